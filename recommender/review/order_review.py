"""Order review (cards.md): the clinician's course against the recommendation, as findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recommender.assessment import Deficiency
from recommender.cards import Card, Finding, Indicator, Remedy, Resolution, cards
from recommender.checks import (
    Case,
    Column,
    Issue,
    check_folate,
    check_lowering_drug,
    check_maintenance,
    check_not_ordered,
    check_order,
    check_safety,
    check_tests,
    check_unread,
    due_treatment,
    has_test,
    is_emergency,
    is_treatment,
)
from recommender.courses import (
    check_duplicates,
    check_reviews,
    check_stops,
    more_than_an_order,
    right_order,
    sources_differ,
)
from recommender.guidance import ConfirmConsistentOrders, Policy
from recommender.language import (
    AddFollowUps,
    AddRegimen,
    ChangeOrder,
    ClinicalScenario,
    Course,
    FollowUp,
    Order,
    RecordArea,
    RemoveOrder,
    Route,
    Substance,
    Test,
)
from recommender.review.labels import label_of_tests
from recommender.review.merging import fold, sort_issues
from recommender.review.not_adult import review_not_adult
from recommender.review.refill import said_on_a_refill
from recommender.review.suggestions import (
    resolve_course,
    resolve_folate,
    resolve_not_ordered,
    resolve_review,
    resolve_stop,
    resolve_test,
    resolve_tests_due,
)
from recommender.treatment import (
    Outcome,
    Recommendation,
    hydroxocobalamin_allowed,
    review_follow_ups,
)
from recommender.wording import LISTS, join

STARTS_B12 = frozenset({Remedy.START_FIRST, Remedy.START_BESIDE})
"""Remedies of cards about folic acid that vitamin B12 treatment resolves."""

CAUSE_TESTS = (Test.INTRINSIC_FACTOR_ANTIBODY, Test.COELIAC_SEROLOGY)
"""Tests of which the advice about the cause already speaks (K16)."""


def review(
    course: Course, scenario: ClinicalScenario, recommendation: Recommendation, policy: Policy
) -> tuple[Finding, ...]:
    """Return what is to be said about the selected orders, the loudest first; nothing when they are
    as they should be.
    """
    return _review(Case(course, scenario, recommendation, policy))


def review_refill(
    course: Course, scenario: ClinicalScenario, recommendation: Recommendation, policy: Policy
) -> tuple[Finding, ...]:
    """Return what is to be said about orders that are being refilled (cards.md 9)."""
    if not policy.refill_cards:
        return ()
    case = Case(course, scenario, recommendation, policy, refill=True)
    return _review(case) or tuple(not_checked(case))


def _review(case: Case) -> tuple[Finding, ...]:
    if case.assessment.deceased.is_true or not case.course.has_anything_selected:
        return ()
    if not case.assessment.adult.is_true:
        return tuple(review_not_adult(case))
    return tuple(
        sorted(
            _findings(case),
            key=lambda finding: (_LOUDNESS.index(finding.indicator), finding.card.id),
        )
    )


_LOUDNESS = (Indicator.CRITICAL, Indicator.WARNING, Indicator.INFO)


def review_record(
    scenario: ClinicalScenario, recommendation: Recommendation, policy: Policy
) -> tuple[Finding, ...]:
    """Return what is to be said when the record is opened: treatment, prophylaxis or a test that is
    due, at most one card (Q19).
    """
    if recommendation.assessment.deceased.is_true or not recommendation.assessment.adult.is_true:
        return ()  # the table offers them nothing either; said here all the same
    case = Case(
        Course(orders=scenario.orders, doses=scenario.doses), scenario, recommendation, policy
    )
    overdue = list(check_reviews(case))
    line = overdue if case.is_under_way else []
    due = tuple(
        _due(case, issue, also=line, about_drug_or_test=True) for issue in due_treatment(case)
    )
    return due or tuple(_review_cards(case, overdue)) or tuple(not_checked(case))


def _review_cards(case: Case, overdue: Sequence[Issue]) -> Iterator[Finding]:
    """Yield m1 by itself: a review is overdue and nothing else is said."""
    if overdue:
        yield fold(case, overdue, resolve_review(case))


CONCLUSIONS_NEED = (RecordArea.CONDITIONS, RecordArea.LABORATORY, RecordArea.MEDICATIONS)
"""The parts of the record without which an empty answer would claim too much (Q59)."""


def not_checked(case: Case) -> Iterator[Finding]:
    """Yield a3 where parts that conclusions need could not be read and nothing else is said: all of
    them, or some while what was read holds a reason to look (Q59, Q92).
    """
    unread = [area for area in CONCLUSIONS_NEED if area in case.scenario.unavailable]
    if not unread or (len(unread) < len(CONCLUSIONS_NEED) and not _has_reason_to_look(case)):
        return
    lists = join([LISTS[area] for area in unread])
    summary = f"B12 not checked: {lists} could not be read"
    reason = "That nothing else is said here does not mean that nothing is due."
    yield fold(
        case,
        (Issue(cards.A3_NOT_CHECKED, Indicator.INFO, (reason,), ("S52",), (), summary),),
        (),
    )


def _has_reason_to_look(case: Case) -> bool:
    a = case.assessment
    low = a.is_deficient or a.deficiency is Deficiency.UNRESOLVED
    return bool(case.course.orders or a.causes or a.neurological.is_true or low or case.refill)


# --- adults
# --------------------------------------------------------------------------------------------------


def _findings(case: Case) -> Iterator[Finding]:
    b12, folate = list(_course_issues(case)), list(_folate_issues(case))
    if case.refill:
        b12 = list(said_on_a_refill(case, b12))
    overdue = list(check_reviews(case)) if case.drafts else []
    if b12:
        b12 += overdue
    together = {key for issue in folate if _belongs_to_course(case, issue) for key in issue.about}
    with_b12 = [issue for issue in folate if together & set(issue.about)]
    waiting = [issue for issue in folate if issue not in with_b12]
    taken_out = False
    if b12 or with_b12:
        finding = _course_card(case, b12 + with_b12)
        taken_out = _may_leave_nothing(case, finding)
        yield finding
    if waiting:
        yield fold(case, waiting, () if taken_out else resolve_folate(case, waiting))
    yield from _stop_and_test_cards(case)
    if not (b12 or with_b12):
        yield from _review_cards(case, [issue for issue in overdue if case.refill or issue.is_loud])
    if case.refill:
        return
    if not b12:
        yield from _consistent(case)
    if not with_b12 and not _asks_the_same(case, waiting):
        yield from _not_ordered(case)


def _may_leave_nothing(case: Case, finding: Finding) -> bool:
    """Return whether a suggestion takes the drafted vitamin B12 out with nothing in its place: then
    no other may rest on its first dose, for both can be accepted (Q65).
    """
    drafts = {order.key for order in case.all_drafts}
    return any(
        drafts <= {edit.key for edit in one.edits if isinstance(edit, RemoveOrder)}
        and not any(isinstance(edit, AddRegimen) for edit in one.edits)
        for one in finding.resolutions
    )


def _belongs_to_course(case: Case, issue: Issue) -> bool:
    """Return whether the card of the vitamin B12 course speaks for this folic acid: what resolves
    it is the same, or the product is.
    """
    loud_n2 = issue.card == cards.C3_B12_NOT_KNOWN and case.rule == "N2" and issue.is_loud
    one_product = any(order.has_cobalamin and order.key in issue.about for order in case.drafts)
    return issue.card.remedy in STARTS_B12 or loud_n2 or one_product


def _asks_the_same(case: Case, waiting: Sequence[Issue]) -> bool:
    """Return whether the card of the folic acid already asks for the test that is due, or whether
    the treatment on record is given (section 6, T7).
    """
    asked = {issue.card for issue in waiting}
    if case.rule in ("T7", "T5b"):
        return cards.C2_FIRST_DOSE_PENDING in asked
    return case.recommendation.outcome is Outcome.TEST and cards.C3_B12_NOT_KNOWN in asked


def _course_issues(case: Case) -> Iterator[Issue]:
    """Yield everything about the selected drafts of vitamin B12."""
    found: list[Issue] = []
    for order in case.drafts:
        found += _without_repeats([*check_order(case, order), *check_safety(case, order)])
    yield from found
    yield from check_unread(case, found)
    yield from check_maintenance(case)
    yield from check_duplicates(case)
    if case.drafts:
        yield from _supply(case, case.drafts)


def _without_repeats(issues: Sequence[Issue]) -> Iterator[Issue]:
    """Leave out what a louder issue about the same order already says.

    Cyanocobalamin that is not to be used at all need not also be called second choice.
    """
    found = {issue.card for issue in issues}
    forbidden = found & {cards.D1_KIDNEY, cards.D3_LEBERS, cards.D4_REACTION}
    for issue in issues:
        if issue.card == cards.B9_SECOND_CHOICE and forbidden:
            continue
        if issue.card in (cards.D1_KIDNEY, cards.D2_KIDNEY_NOT_KNOWN) and cards.D3_LEBERS in found:
            continue
        yield issue


def _folate_issues(case: Case) -> Iterator[Issue]:
    for order in case.selected_folate:
        yield from check_folate(case, order)


def _supply(case: Case, orders: Sequence[Order]) -> Iterator[Issue]:
    """Yield k3: the recommended injection is not on the formulary, and nothing else may be drafted
    (PS3).
    """
    available = (Substance.HYDROXOCOBALAMIN, Route.INTRAMUSCULAR) in case.policy.available_products
    if (
        available
        or not hydroxocobalamin_allowed(case.assessment)
        or not case.recommendation.not_drafted
        or case.column is Column.NONE
    ):
        return
    beyond_advice = [
        order
        for order in orders
        if order.cobalamin and not case.is_offered_product(order.cobalamin)
    ]
    if any(is_treatment(order) for order in beyond_advice):
        about = tuple(order.key for order in orders)
        yield Issue(
            cards.K3_NOT_AVAILABLE,
            Indicator.WARNING,
            (case.recommendation.not_drafted,),
            ("S23", "S77", "X12"),
            about,
        )


def _course_card(case: Case, issues: Sequence[Issue]) -> Finding:
    resolutions = resolve_course(case, issues)
    return fold(
        case,
        issues,
        resolutions,
        _advice(case, issues, resolutions),
        _planned(issues, case, resolutions),
    )


ALWAYS_SAID = frozenset({"G2", "T5", "K12", "K15"})
"""Advice that is given although no regimen is offered with it: it is the whole answer of its row,
or does not wait for one (Q50).
"""

LEFT_OUT = frozenset({"K1", "2.7"})
"""The site of injection stands in every drafted order; when to monitor yearly decides nothing about
an order.
"""

SAID_BY: dict[str, set[Card]] = {
    "K2": {cards.H1_PLATELETS_25_TO_50, cards.H2_PLATELETS_10_TO_24, cards.H3_PLATELETS_BELOW_10},
    "K3": {cards.H2_PLATELETS_10_TO_24, cards.H3_PLATELETS_BELOW_10},
    "K4": {cards.H3_PLATELETS_BELOW_10},
    "K5": {cards.H4_INR, cards.H5_BLEEDING},
    "K6": {cards.H5_BLEEDING},
    "K7": {cards.D1_KIDNEY},
    "K8": {cards.D3_LEBERS},
    "K9": {cards.K2_POTASSIUM},
    "T5": {cards.B10_BY_MOUTH_MALABSORPTION},
}
"""Advice that these cards already give."""


def _advice(
    case: Case, issues: Sequence[Issue], resolutions: Sequence[Resolution]
) -> tuple[str, ...]:
    """Return what goes with a regimen that is offered: the modifiers, and why nothing can be
    drafted where that is so.
    """
    offers = any(
        isinstance(edit, AddRegimen | ChangeOrder)
        for resolution in resolutions
        for edit in resolution.edits
    )
    found = {issue.card for issue in issues}
    advice = (
        advice.text
        for advice in case.recommendation.advice
        if (offers or advice.id in ALWAYS_SAID or _pregnant_now(case, advice.id))
        and advice.id not in LEFT_OUT
        and not SAID_BY.get(advice.id, set()) & found
    )
    return (
        *advice,
        *((case.recommendation.not_drafted,) if case.recommendation.not_drafted else ()),
    )


def _pregnant_now(case: Case, advice: str) -> bool:
    return advice == "K10" and case.assessment.pregnant.is_true


def _planned(
    issues: Sequence[Issue], case: Case, resolutions: Sequence[Resolution]
) -> tuple[FollowUp, ...]:
    """Return the tests before the first dose and the reviews that go with treatment that starts;
    nothing waits for them (2.7).
    """
    starts = any(
        isinstance(edit, AddRegimen) for resolution in resolutions for edit in resolution.edits
    )
    matters = any(issue.is_loud or issue.card == cards.K1_DUE for issue in issues)
    if not (starts and matters) or not case.starts_treatment or case.rule == "N2":
        return ()
    return tuple(item for item in case.recommendation.follow_ups if item.test not in CAUSE_TESTS)


def _stop_and_test_cards(case: Case) -> Iterator[Finding]:
    stops = list(check_stops(case))
    if stops:
        yield fold(case, stops, resolve_stop(case, stops))
    tests = list(check_tests(case))
    if tests:
        yield fold(case, tests, resolve_test(case, tests))


def _not_ordered(case: Case) -> Iterator[Finding]:
    """Yield k1, g1 or g2: what is due while something else is selected. Of two that say the same
    the louder one is shown.
    """
    if case.drafts or case.selected_stops:
        return
    drug = list(check_lowering_drug(case))
    in_scope = (
        bool(case.selected_folate) or any(test.selected for test in case.course.tests) or bool(drug)
    )
    due = list(check_not_ordered(case)) if in_scope else []
    issues = sort_issues([*due, *drug])
    if issues:
        yield _due(case, issues[0], also=issues[1:], about_drug_or_test=not case.selected_folate)


def _due(
    case: Case, issue: Issue, *, also: Sequence[Issue] = (), about_drug_or_test: bool
) -> Finding:
    """Return the card of treatment that is due. N2 offers its regimen only beside vitamin B12 or
    folic acid (cards.md 1).
    """
    opened = not case.course.has_anything_selected  # the chart, not an order
    emergency = opened and is_emergency(case)
    tests_only = case.rule == "N2" and about_drug_or_test and not emergency
    resolutions = resolve_tests_due(case) if tests_only else resolve_not_ordered(case)
    issues = (issue, *also)
    return fold(
        case,
        issues,
        resolutions,
        _advice(case, issues, resolutions),
        _planned(issues, case, resolutions),
    )


def _consistent(case: Case) -> Iterator[Finding]:
    """Yield a1 for orders that match the guidance, where the site or the person calls for it, or
    where not all could be checked.
    """
    if case.drafts and case.column is not Column.NONE and (urgent := more_than_an_order(case)):
        yield fold(case, (urgent,), ())
        return
    if case.drafts and (conflict := sources_differ(case)):
        yield fold(case, (conflict,), resolve_tests_due(case))
        return
    follow_ups = [
        item for item in review_follow_ups(case.assessment) if not has_test(case, item.test)
    ]
    a = case.assessment
    personal = (a.pregnant | a.breastfeeding).is_true and bool(follow_ups) and case.starts_treatment
    always = case.policy.confirm_consistent_orders is ConfirmConsistentOrders.ALWAYS
    wanted = always or (
        personal
        and case.policy.confirm_consistent_orders is ConfirmConsistentOrders.ACTIONABLE_ONLY
    )
    if not case.drafts or case.column is Column.NONE or not wanted:
        return
    tests = tuple(follow_ups) if case.starts_treatment else ()
    resolutions = (Resolution(label_of_tests(tests), (AddFollowUps(tests),)),) if tests else ()
    yield fold(case, (right_order(case, tests),), resolutions)
