"""Order review (cards.md): the clinician's course against the recommendation, as findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recommender.cards import LOUDNESS, Finding, Indicator, Remedy, cards
from recommender.case import Case, Column, Issue, case_of, is_treatment
from recommender.checks import check_order
from recommender.courses import (
    ask_about_new_words,
    check_duplicates,
    check_maintenance,
    check_reviews,
    check_unread,
    due_treatment,
    is_worth_asking,
    watches_pregnancy,
)
from recommender.deficiency import Deficiency
from recommender.folic_acid import check_folate
from recommender.guidance import Policy
from recommender.language import (
    AddRegimen,
    ClinicalScenario,
    Course,
    Order,
    RecordArea,
    RemoveOrder,
    Route,
    Substance,
)
from recommender.remedies import resolve_folate, resolve_review
from recommender.review.course_card import course_card
from recommender.review.merging import fold
from recommender.review.not_adult import review_not_adult
from recommender.review.other_cards import (
    consistent,
    due_card,
    not_ordered,
    refilled_as_it_is,
    stop_and_test_cards,
)
from recommender.review.refill import said_on_a_refill
from recommender.safety import check_safety
from recommender.treatment import Outcome, Recommendation, hydroxocobalamin_allowed
from recommender.wording import LISTS, join

STARTS_B12 = frozenset({Remedy.START_FIRST, Remedy.START_BESIDE})
"""Remedies of cards about folic acid that vitamin B12 treatment resolves."""


def review(
    course: Course,
    scenario: ClinicalScenario,
    recommendation: Recommendation,
    policy: Policy,
    *,
    chart_asks: bool = True,
) -> tuple[Finding, ...]:
    """Return what is to be said about the selected orders, the loudest first; nothing when they are
    as they should be.

    Args:
        chart_asks: false only where the client is known never to say that a chart is opened (Q93).
    """
    return _review(case_of(course, scenario, recommendation, policy, chart_asks=chart_asks))


def review_refill(
    course: Course, scenario: ClinicalScenario, recommendation: Recommendation, policy: Policy
) -> tuple[Finding, ...]:
    """Return what is to be said about orders that are being refilled (cards.md 9)."""
    if not policy.refill_cards:
        return ()
    case = case_of(course, scenario, recommendation, policy, refill=True)
    return _review(case) or tuple(not_checked(case))


def _review(case: Case) -> tuple[Finding, ...]:
    if case.assessment.deceased.is_true or not case.course.has_anything_selected:
        return ()
    if not case.assessment.adult.is_true:
        asks = _is_age_unread(case) and any(map(bool, _folate_issues(case)))
        return tuple(review_not_adult(case)) or tuple(not_checked(case) if asks else ())
    return tuple(
        sorted(
            _findings(case),
            key=lambda finding: (LOUDNESS[finding.indicator], finding.card.id),
        )
    )


def review_record(
    scenario: ClinicalScenario, recommendation: Recommendation, policy: Policy
) -> tuple[Finding, ...]:
    """Return what is to be said when the record is opened: treatment, prophylaxis or a test that is
    due, at most one card (Q19).
    """
    if recommendation.assessment.deceased.is_true:
        return ()
    course = Course(orders=scenario.orders, doses=scenario.doses)
    case = case_of(course, scenario, recommendation, policy)
    if not recommendation.assessment.adult.is_true:  # the table offers them nothing either
        return tuple(not_checked(case)) if _is_age_unread(case) else ()
    # an old order without any basis of deficiency stands in the receipt alone (Q29)
    asks_nothing = case.rule == "T7" and not is_worth_asking(case)
    overdue = [] if asks_nothing else list(check_reviews(case))
    line = overdue if case.is_under_way else [one for one in overdue if watches_pregnancy(one)]
    due = tuple(
        due_card(case, issue, also=line, about_drug_or_test=True) for issue in due_treatment(case)
    )
    return due or tuple(_review_cards(case, overdue)) or tuple(not_checked(case))


def _review_cards(case: Case, overdue: Sequence[Issue]) -> Iterator[Finding]:
    """Yield m1 by itself: a review is overdue and nothing else is said."""
    if overdue:
        yield fold(case, overdue, resolve_review(case))


CONCLUSIONS_NEED = (RecordArea.CONDITIONS, RecordArea.LABORATORY, RecordArea.MEDICATIONS)
"""The parts of the record without which an empty answer would claim too much (Q59)."""


def not_checked(case: Case) -> Iterator[Finding]:
    """Yield a3 where the age or parts that conclusions need could not be read and nothing else is
    said: all of these parts, or some while what was read holds a reason to look (Q59, Q92, R176).
    """
    unread = [LISTS[area] for area in CONCLUSIONS_NEED if area in case.scenario.unavailable]
    whole = len(unread) < len(CONCLUSIONS_NEED)
    unread = (["the age"] if _is_age_unread(case) else []) + unread
    if not unread or (whole and not _has_reason_to_look(case)):
        return
    summary = f"B12 not checked: {join(unread)} could not be read"
    reason = "That nothing else is said here does not mean that nothing is due."
    yield fold(
        case,
        (Issue(cards.A3_NOT_CHECKED, Indicator.INFO, (reason,), ("S52",), (), summary),),
        (),
    )


def _is_age_unread(case: Case) -> bool:
    """Return whether not even the Patient could be read; with one who is, an age that is not
    recorded is known to be so.
    """
    return RecordArea.PATIENT in case.scenario.unavailable


def _has_reason_to_look(case: Case) -> bool:
    a = case.assessment
    low = a.is_deficient or a.deficiency is Deficiency.UNRESOLVED
    b12 = case.course.orders or case.course.doses
    return bool(b12 or a.causes or a.neurological.is_true or low or case.refill)


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
        finding = course_card(case, b12 + with_b12)
        taken_out = _may_leave_nothing(case, finding)
        yield finding
    if waiting:
        yield fold(case, waiting, () if taken_out else resolve_folate(case, waiting))
    yield from stop_and_test_cards(case)
    if case.refill:
        if not (b12 or with_b12):
            yield from refilled_as_it_is(case, overdue)
        return
    if not (b12 or with_b12):
        yield from _review_cards(case, [issue for issue in overdue if issue.is_loud])
    if not b12 and not any(order.key in together for order in case.drafts):
        yield from consistent(case)
    if not with_b12 and not _asks_the_same(case, waiting):
        yield from not_ordered(case)


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
    if not any(map(_forbids, found)):  # else nothing is missed after loading
        yield from check_maintenance(case)
    yield from check_duplicates(case)
    if not any(issue.card in (cards.B2_ASK_ABOUT_SIGNS, cards.D4_REACTION) for issue in found):
        yield from ask_about_new_words(case)
    if case.drafts:
        yield from _supply(case, case.drafts)


def _forbids(issue: Issue) -> bool:
    """Return whether no dose at all is to be given before allergy advice (I16)."""
    return issue.card == cards.D4_REACTION and issue.is_critical


HOW_TO_GIVE = frozenset(
    {cards.B2_ASK_ABOUT_SIGNS, cards.B3_TOO_SELDOM_WITH_SIGNS, cards.B4_NO_LOADING}
    | {cards.B6_INTERVAL_TOO_LONG, cards.B9_SECOND_CHOICE, cards.B16_METHYLCOBALAMIN}
    | {cards.B23_LAPSED}
)
"""Cards about how and when it is given: none may be given before allergy advice (d4)."""


def _without_repeats(issues: Sequence[Issue]) -> Iterator[Issue]:
    """Leave out what a louder issue about the same order already says.

    Cyanocobalamin that is not to be used at all need not also be called second choice.
    """
    found = {issue.card for issue in issues}
    forbidden = found & {cards.D1_KIDNEY, cards.D3_LEBERS, cards.D4_REACTION}
    no_dose = any(map(_forbids, issues))
    for issue in issues:
        if issue.card == cards.B9_SECOND_CHOICE and forbidden:
            continue
        if no_dose and issue.card in HOW_TO_GIVE:
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
