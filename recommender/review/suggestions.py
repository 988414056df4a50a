"""The suggestions of each card: labelled edits of the course (cards.md 4, column "Suggestions")."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace

from recommender.assessment import TreatmentPhase
from recommender.cards import Indicator, Remedy, Resolution, cards
from recommender.checks import (
    Case,
    Column,
    FolateClass,
    FolateGate,
    Issue,
    first_b12_day,
    folate_class,
    folate_gate,
    has_test,
    holds_treatment_dose,
    starts_after_first_dose,
)
from recommender.courses import Repeats, overdue_review, repeated_order, repeats
from recommender.guidance import N_LOAD, starting_now
from recommender.language import (
    AddFollowUps,
    AddRegimen,
    ChangeOrder,
    ChangeStart,
    Edit,
    FollowUp,
    NameReplaced,
    Order,
    Phase,
    PhaseKind,
    RecordArea,
    Regimen,
    RemoveOrder,
    Test,
)
from recommender.monitoring import CITATIONS
from recommender.review.labels import label_of, label_of_tests
from recommender.review.merging import sort_issues
from recommender.review.remedies import (
    LEAVES_ORDER_AS_IT_IS,
    Target,
    additions,
    distinct_tests,
    find_targets,
    put_right,
    remove,
)
from recommender.treatment import interval_of, maintenance_phase, product_for

RECHECK = tuple(
    FollowUp(test, months=3, why="recheck after stopping", citations=("S84",))
    for test in (Test.SYMPTOM_REVIEW, Test.SERUM_B12, Test.MMA)
)
"""The recheck after stopping: 3 to 6 months later (C18)."""


def resolve_course(case: Case, issues: Sequence[Issue]) -> tuple[Resolution, ...]:
    """Return the suggestions for issues about drafted vitamin B12, and about folic acid that waits
    for it; never removal alone of what may renew an active order (I31).
    """
    resolutions = _resolve_course(case, issues)
    removal = all(isinstance(edit, RemoveOrder) for one in resolutions for edit in one.edits)
    if not resolutions or not removal:
        return resolutions
    named = tuple(
        NameReplaced(order.key, old.key)
        for issue in issues
        if issue.card == cards.E1_SECOND_ORDER and _repeats_an_active_order(case, issue)
        for order in case.drafts
        if order.key in issue.about and (old := repeated_order(case, order)) is not None
    )
    return (Resolution(label_of(named), named), *resolutions) if named else resolutions


def _resolve_course(case: Case, issues: Sequence[Issue]) -> tuple[Resolution, ...]:
    if any(
        issue.card == cards.D4_REACTION and issue.is_loud and _is_severe(issue) for issue in issues
    ):
        return resolve_removals(
            case,
            [
                issue
                for issue in issues
                if issue.card
                in (cards.D4_REACTION, cards.C1_FOLIC_ACID_FIRST, cards.B8_UNIT_OR_PRODUCT)
            ],
        )
    if all(issue.card.remedy is Remedy.ADD for issue in issues) and not _is_a_choice(case, issues):
        return (*_additions_only(case, issues), *_second_order_removed(case, issues))
    targets = find_targets(case, issues)
    first = (*_kidney_test_first(case, issues), *_b12_test_first(case, issues))
    regimens = tuple(
        resolution
        for target in targets
        if (resolution := _towards(case, target, issues, alone=len(targets) == 1))
    )
    if answers := _which_order(case, issues, regimens):
        return first + answers + tuple(map(_one_of_several, regimens))
    if regimens or first:
        return first + regimens
    return _without_regimen(case, issues)


def _which_order(
    case: Case, issues: Sequence[Issue], regimens: Sequence[Resolution]
) -> tuple[Resolution, ...]:
    """Return the answers to "a renewal, or a second order?" where that leads (Q38); a lapsed course
    is resumed by the regimens, which name the old order themselves (T4).
    """
    leads = bool(regimens) and sort_issues(issues)[0].card == cards.E1_SECOND_ORDER
    if not leads or case.rule == "T4":
        return ()
    asked = [issue for issue in issues if issue.card == cards.E1_SECOND_ORDER]
    edits = tuple(edit for edit in additions(case, asked) if isinstance(edit, NameReplaced))
    named = (Resolution(label_of(edits), edits),) if edits else ()
    return named + _second_order_removed(case, asked)


def _one_of_several(resolution: Resolution) -> Resolution:
    return replace(resolution, recommended=False)


def _is_a_choice(case: Case, issues: Sequence[Issue]) -> bool:
    """Return whether two different drafts of one kind stand beside each other: what is recommended
    says which of them stays.
    """
    keys = {key for issue in issues if issue.card == cards.E1_SECOND_ORDER for key in issue.about}
    beside = (order for order in case.drafts if order.key in keys)
    return any(repeats(case, order) is Repeats.BESIDE for order in beside)


def _second_order_removed(case: Case, issues: Sequence[Issue]) -> tuple[Resolution, ...]:
    """Return the removal of a draft that repeats another order: never the only suggestion for one
    that may go on from an active order (I31).
    """
    second = [
        issue
        for issue in issues
        if issue.card == cards.E1_SECOND_ORDER and _repeats_an_active_order(case, issue)
    ]
    return resolve_removals(case, second)


def _repeats_an_active_order(case: Case, issue: Issue) -> bool:
    """Return whether the draft repeats an active order; one that changes it is only named (RN5)."""
    orders = [order for order in case.drafts if order.key in issue.about]
    same = (Repeats.STANDING, Repeats.ACTIVE)
    return any(repeats(case, order) in same for order in orders)


def _without_regimen(case: Case, issues: Sequence[Issue]) -> tuple[Resolution, ...]:
    """Return what is left when nothing can be put in the place of an order that is wrong (PS3).

    It is taken out only when it harms, as folic acid alone does: too little is better than none,
    and the card says what to source.
    """
    wrong = [
        issue
        for issue in issues
        if issue.card.remedy not in LEAVES_ORDER_AS_IT_IS and issue.is_loud
    ]
    if not wrong:
        return _additions_only(case, issues)
    return resolve_removals(
        case,
        [issue for issue in wrong if _harms(issue)],
    )


def _harms(issue: Issue) -> bool:
    """Return whether the order had better go with nothing in its place: not for a reaction that is
    to be clarified first, nor for what words may mean (Q52).
    """
    clarify = issue.card in (cards.D4_REACTION, cards.D6_PERHAPS_LEBERS) and not _is_severe(issue)
    slip = issue.card == cards.B21_FREQUENCY and _is_severe(issue)
    removes = issue.card.remedy in (Remedy.REPLACE, Remedy.START_FIRST)
    return slip or (removes and not clarify)


def _is_severe(issue: Issue) -> bool:
    return issue.indicator is Indicator.CRITICAL


def _towards(
    case: Case, target: Target, issues: Sequence[Issue], *, alone: bool
) -> Resolution | None:
    """Return the resolution that brings the course to the target, or `None` when nothing would
    change.
    """
    edits = put_right(case, target, issues)
    edits += tuple(
        edit for order in _folate_to_remove(case, issues, edits) for edit in remove(case, order)
    )
    edits += _folate_after(case, edits)
    edits += _resumed_today(case, target, issues, edits)
    if not any(not isinstance(edit, AddFollowUps) for edit in edits):
        return None
    treats = any(isinstance(edit, AddRegimen | ChangeOrder) for edit in edits)
    asked = any(issue.card == cards.B23_LAPSED for issue in issues) and case.rule != "T4"
    open_still = asked or _is_open(case)
    recommended = treats and alone and not target.condition and not open_still
    return Resolution(_label(case, edits, target.condition), edits, recommended)


def _resumed_today(
    case: Case, target: Target, issues: Sequence[Issue], edits: tuple[Edit, ...]
) -> tuple[Edit, ...]:
    """Let an order that resumes treatment start today, unless loading comes first (b23)."""
    if any(phase.kind is PhaseKind.LOADING for phase in target.regimen.phases):
        return ()
    today = case.scenario.as_of
    gone = {edit.key for edit in edits if isinstance(edit, RemoveOrder)}
    about = {key for issue in issues if issue.card == cards.B23_LAPSED for key in issue.about}
    return tuple(
        ChangeStart(order.key, today)
        for order in case.drafts
        if order.key in about - gone and order.starts != today
    )


def _is_open(case: Case) -> bool:
    """Return whether allergies or treatment so far are not known, or a test comes first (P5), so
    that nothing is marked as recommended (C35, Q6, Q28, Q58).
    """
    s = case.scenario
    unread = RecordArea.MEDICATIONS in s.unavailable or s.allergy_fact.is_unknown
    open_still = case.assessment.allergies_unavailable or unread
    return open_still or not case.recommendation.may_be_marked


def _label(case: Case, edits: tuple[Edit, ...], condition: str) -> str:
    """Say the edits; where folic acid goes and vitamin B12 comes, say both."""
    folate = {order.key for order in case.selected_folate if not order.has_cobalamin}
    treatment = tuple(
        edit for edit in edits if not (isinstance(edit, RemoveOrder) and edit.key in folate)
    )
    if treatment != edits:
        return label_of(treatment, condition, lead="Hold folic acid")
    folate |= {order.key for order in case.selected_folate}
    later = any(isinstance(edit, ChangeStart) and edit.key in folate for edit in edits)
    lead = "Folic acid a day later" if later else ""
    claim = condition or ("GLOSSITIS" if _rests_on_glossitis(case, edits) else "")
    return label_of(treatment, claim, lead=lead)


def _rests_on_glossitis(case: Case, edits: tuple[Edit, ...]) -> bool:
    """Return whether alternate days are drafted for glossitis alone (C6)."""
    loads = any(
        N_LOAD in edit.regimen.phases
        if isinstance(edit, AddRegimen)
        else isinstance(edit, ChangeOrder) and edit.phase.id == N_LOAD.id
        for edit in edits
    )
    return loads and case.assessment.glossitis_only and case.column is Column.NEUROLOGICAL


def _folate_to_remove(
    case: Case, issues: Sequence[Issue], edits: tuple[Edit, ...]
) -> Iterator[Order]:
    keys = {
        key for issue in issues if issue.card.remedy is Remedy.START_FIRST for key in issue.about
    }
    gone = {edit.key for edit in edits if isinstance(edit, RemoveOrder)}
    return (order for order in case.selected_folate if order.key in keys and order.key not in gone)


def _folate_after(case: Case, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """Let folic acid that stays start the day after the vitamin B12 drafted here (c2), unless the
    gate is open.
    """
    drafted = any(isinstance(edit, AddRegimen | ChangeOrder) for edit in edits)
    if not drafted or folate_gate(case) in (FolateGate.OPEN_EXCLUDED, FolateGate.OPEN_TREATED):
        return ()
    gone = {edit.key for edit in edits if isinstance(edit, RemoveOrder)}
    return tuple(
        edit
        for order in case.selected_folate
        if order.key not in gone
        for edit in _start_after(case, order)
    )


def _start_after(case: Case, order: Order) -> tuple[Edit, ...]:
    """Return the later start of therapeutic folic acid that does not bring vitamin B12 at treatment
    dose itself.
    """
    waits = folate_class(order, case) is FolateClass.THERAPEUTIC and not holds_treatment_dose(order)
    return (
        (ChangeStart(order.key, _day_after(case)),)
        if waits and not starts_after_first_dose(case, order)
        else ()
    )


def _day_after(case: Case) -> dt.date:
    return first_b12_day(case) + dt.timedelta(days=1)


def _kidney_test_first(case: Case, issues: Sequence[Issue]) -> Iterator[Resolution]:
    """Offer the eGFR for d2, where nothing else is wrong with the order (Q17)."""
    loud = {
        issue.card
        for issue in issues
        if issue.is_loud and issue.card.remedy not in LEAVES_ORDER_AS_IT_IS
    }
    if loud == {cards.D2_KIDNEY_NOT_KNOWN}:
        test = FollowUp(
            Test.EGFR, why="cyanocobalamin needs a kidney result", citations=("S25", "S74")
        )
        added = _with_tests(additions(case, issues), (test,))
        alone = added == (AddFollowUps((test,)),)
        words = (
            label_of_tests((test,), after=" before the first dose") if alone else label_of(added)
        )
        yield Resolution(words, added)


def _b12_test_first(case: Case, issues: Sequence[Issue]) -> tuple[Resolution, ...]:
    waiting = [issue for issue in issues if issue.card == cards.C3_B12_NOT_KNOWN]
    return resolve_folate(case, waiting) if len(waiting) == len(issues) else ()


def _with_tests(edits: tuple[Edit, ...], tests: tuple[FollowUp, ...]) -> tuple[Edit, ...]:
    """Return the edits with these tests joined to those that they already add."""
    before = tuple(
        item for edit in edits if isinstance(edit, AddFollowUps) for item in edit.follow_ups
    )
    others = tuple(edit for edit in edits if not isinstance(edit, AddFollowUps))
    return (*others, AddFollowUps(distinct_tests((*before, *tests)))) if before or tests else others


def _additions_only(case: Case, issues: Sequence[Issue]) -> tuple[Resolution, ...]:
    """Return one resolution of technique, site, tests and start dates, or none."""
    found = {issue.card for issue in issues}
    asking = () if case.rule == "N2" else (cards.B13_NO_USABLE_TEST, cards.C3_B12_NOT_KNOWN)
    asked = dict.fromkeys(test for card in asking if card in found for test in card.tests)
    why = "before choosing route and frequency"
    tests = tuple(
        FollowUp(test, why=why, citations=("S52", "S87"))
        for test in asked
        if not has_test(case, test)
    )
    if cards.B17_NO_INDICATION in found and not has_test(case, Test.MMA):
        tests += _tests_behind_the_level(case)
    open_ileum = cards.A1_RIGHT_BUT_MORE in found and case.rule == "P3"
    if cards.B18_BORDERLINE in found or open_ileum or case.rule == "N2":
        tests += tuple(
            item
            for item in case.recommendation.follow_ups
            if not item.months and not has_test(case, item.test)
        )
    waiting = {
        key for issue in issues if issue.card == cards.C2_FIRST_DOSE_PENDING for key in issue.about
    }
    later = tuple(ChangeStart(key, _day_after(case)) for key in sorted(waiting))
    edits = (*_with_tests(additions(case, issues), tests), *later)
    return (Resolution(label_of(edits), edits),) if edits else ()


def _tests_behind_the_level(case: Case) -> tuple[FollowUp, ...]:
    """Return the tests that say more than a level that is not low, where signs or symptoms ask for
    them (b17, Q69).
    """
    asked: tuple[Test, ...] = () if case.scenario.mma.is_known else (Test.MMA,)
    if case.rule == "N3" and asked:
        asked = (Test.MMA, Test.HOMOCYSTEINE)
    if case.rule != "N3" and not case.assessment.symptoms.is_true:
        asked = ()
    why = "the level does not rule deficiency out"
    return tuple(FollowUp(test, why=why, citations=("S38", "S88")) for test in asked)


def resolve_removals(case: Case, issues: Sequence[Issue]) -> tuple[Resolution, ...]:
    """Return the removal of the drafts that the issues are about; protected folic acid stays."""
    keys = {key for issue in issues for key in issue.about}
    orders = [order for order in (*case.drafts, *case.selected_folate) if order.key in keys]
    edits = tuple(dict.fromkeys(edit for order in orders for edit in remove(case, order)))
    return (Resolution(label_of(edits), edits),) if edits else ()


# --- folic acid
# --------------------------------------------------------------------------------------------------


def resolve_folate(case: Case, issues: Sequence[Issue]) -> tuple[Resolution, ...]:
    """Return the suggestions for folic acid that waits for a test or a first dose (c2, c3)."""
    if any(issue.card == cards.B24_FOLIC_ACID_DOSE for issue in issues):
        return resolve_removals(case, issues)  # never another dose of folic acid (I3)
    keys = [key for issue in issues for key in issue.about]
    failing = case.rule == "T5b" and not case.all_drafts  # else the card of the draft treats
    if failing and any(issue.card == cards.C2_FIRST_DOSE_PENDING for issue in issues):
        return resolve_not_ordered(case)
    if all(issue.card == cards.C2_FIRST_DOSE_PENDING for issue in issues):
        day = _day_after(case)
        edits: tuple[Edit, ...] = tuple(ChangeStart(key, day) for key in dict.fromkeys(keys))
        return (Resolution(f"Start folic acid on {day}, the day after the first B12 dose", edits),)
    tests: tuple[FollowUp, ...] = (
        FollowUp(Test.SERUM_B12, why="before folic acid", citations=("S40", "S83")),
    )
    if case.rule == "B1":
        tests += tuple(
            item for item in case.recommendation.follow_ups if not has_test(case, item.test)
        )
    protected = all(issue.indicator is Indicator.INFO for issue in issues)
    when = "; folic acid goes on" if protected else " before folic acid"
    return (Resolution(label_of_tests(tests, after=when), (AddFollowUps(tests),)),)


# --- stops, tests, treatment not ordered
# ------------------------------------------------------------------------------------


def resolve_stop(case: Case, issues: Sequence[Issue]) -> tuple[Resolution, ...]:
    """Return the suggestions for a drafted stop: take it out of the draft set (f1), or plan the
    recheck (f2).
    """
    if all(issue.card == cards.F1_STOP and not issue.is_loud for issue in issues):
        return ()  # the stop is right, and never offered for deletion (Q72)
    if all(issue.card == cards.F2_STOP_CAUSE_RESOLVED for issue in issues):
        return (Resolution(label_of_tests(RECHECK, before="Plan"), (AddFollowUps(RECHECK),)),)
    stops = {key for issue in issues for key in issue.about}
    edits: tuple[Edit, ...] = tuple(RemoveOrder(key) for key in sorted(stops))
    phase = _maintenance_if_nothing_remains(case)
    if plateau := _maintenance_after_plateau(case):
        return (
            Resolution("STILL IMPROVING: do not stop, injections go on as ordered", edits),
            Resolution(label_of((plateau,), "NO further improvement"), (plateau,)),
        )
    if phase is None:
        return (Resolution("Do not stop: B12 goes on as ordered", edits, recommended=True),)
    edits = (phase, *edits)
    return (Resolution(label_of((phase,), lead="Do not stop"), edits, recommended=True),)


def _maintenance_after_plateau(case: Case) -> AddRegimen | None:
    """Return the maintenance that must follow when alternate-day loading is stopped because nothing
    improves further (C24, S9).
    """
    treatment = case.assessment.treatment
    if not (
        case.rule == "T6" and treatment.phase is TreatmentPhase.LOADING and treatment.alternate_days
    ):
        return None
    phase = product_for(
        maintenance_phase(case.assessment, case.policy), case.assessment, case.policy
    )
    return AddRegimen(Regimen((phase,)), case.recommendation.technique) if phase else None


def _maintenance_if_nothing_remains(case: Case) -> AddRegimen | None:
    """Return maintenance to draft where no active order remains once the stop is taken out
    (Q20).
    """
    treated = case.is_under_way and not case.recommendation.not_drafted
    if not treated or any(order.has_cobalamin for order in case.course.active):
        return None
    phase = product_for(starting_now(_maintenance_due(case)), case.assessment, case.policy)
    return AddRegimen(Regimen((phase,)), case.recommendation.technique) if phase else None


def _maintenance_due(case: Case) -> Phase:
    """Return maintenance as it is recommended now: more often than usual where symptoms returned
    (T1, T2).
    """
    regimens = [option.regimen for option in case.recommendation.options if option.regimen]
    offered = [
        phase
        for regimen in regimens
        for phase in regimen.phases
        if phase.kind is PhaseKind.MAINTENANCE
    ]
    return min([maintenance_phase(case.assessment, case.policy), *offered], key=interval_of)


def resolve_test(case: Case, issues: Sequence[Issue]) -> tuple[Resolution, ...]:
    """Return the suggestion for a level that sets no interval: a symptom review in its place; where
    a review is overdue, what belongs to it beside the level (i1, Q54).
    """
    overdue = overdue_review(replace(case, course=replace(case.course, tests=())))
    if overdue is not None and Test.FULL_BLOOD_COUNT in overdue.tests:
        missing = tuple(
            FollowUp(test, why="the review is overdue", citations=CITATIONS[overdue.row])
            for test in overdue.tests
            if not has_test(case, test)
        )
        return (Resolution(label_of_tests(missing), (AddFollowUps(missing),)),)
    review = AddFollowUps(
        (
            FollowUp(
                Test.SYMPTOM_REVIEW,
                why="injections are adjusted by symptoms",
                citations=("S91", "S92"),
            ),
        )
    )
    removals = tuple(
        RemoveOrder(key) for key in dict.fromkeys(key for issue in issues for key in issue.about)
    )
    return (
        Resolution(
            "Replace the B12 level by a review of symptoms and nerve signs",
            (review, *removals),
        ),
    )


def resolve_review(case: Case) -> tuple[Resolution, ...]:
    """Return the tests of a review that is overdue (m1); a line alone asks for none (V6)."""
    overdue = overdue_review(case)
    if overdue is None or not overdue.tests:
        return ()
    tests = tuple(
        FollowUp(test, why="the review is overdue", citations=CITATIONS[overdue.row])
        for test in overdue.tests
    )
    return (Resolution(label_of_tests(tests), (AddFollowUps(tests),)),)


def resolve_not_ordered(case: Case) -> tuple[Resolution, ...]:
    """Return the suggestions of k1: what the recommendation offers, or the tests it asks for."""
    options = case.recommendation.options
    offered = tuple(
        _offer(case, option.condition, option.follow_ups)
        for option in options
        if option.regimen is None and option.follow_ups
    )
    targets = tuple(
        Target(option.regimen, option.condition, option.replaces)
        for option in options
        if option.regimen
    )
    regimens = tuple(
        resolution
        for target in targets
        if (resolution := _towards(case, target, (), alone=len(options) == 1))
    )
    if offered or regimens or case.recommendation.not_drafted:
        return offered + regimens
    return resolve_tests_due(case)


def resolve_tests_due(case: Case) -> tuple[Resolution, ...]:
    """Return the tests that the recommendation asks for now and nobody has drafted."""
    tests = tuple(
        item
        for item in case.recommendation.follow_ups
        if not item.months and not has_test(case, item.test)
    )
    return (Resolution(label_of_tests(tests), (AddFollowUps(tests),)),) if tests else ()


def _offer(case: Case, condition: str, follow_ups: tuple[FollowUp, ...]) -> Resolution:
    tests = tuple(replace(item) for item in follow_ups if not has_test(case, item.test))
    return Resolution(label_of_tests(tests, condition=condition), (AddFollowUps(tests),))
