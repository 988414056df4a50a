"""The suggestions about stops, tests, reviews, and treatment that is not ordered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from recommender.cards import Resolution, cards
from recommender.case import Case, Issue, has_test, may_be_cyanocobalamin
from recommender.courses import asks_for_kidneys, overdue_review
from recommender.guidance import starting_now
from recommender.language import (
    AddFollowUps,
    AddRegimen,
    Claim,
    Claims,
    Edit,
    FollowUp,
    Phase,
    PhaseKind,
    Regimen,
    RemoveOrder,
    Test,
    is_injected,
    is_one_injection,
)
from recommender.monitoring import CITATIONS, interval_of, maintenance_phase
from recommender.remedies.additions import additions, the_level_again
from recommender.remedies.labels import label_of, label_of_tests
from recommender.remedies.targets import Target
from recommender.remedies.towards import is_open, towards
from recommender.safety import may_put_off, puts_off
from recommender.treatment import Option, product_for
from recommender.treatment_so_far import TreatmentPhase

RECHECK = tuple(
    FollowUp(test, months=3, why="recheck after stopping", citations=("S84",))
    for test in (Test.SYMPTOM_REVIEW, Test.SERUM_B12, Test.MMA)
)
"""The recheck after stopping: 3 to 6 months later (C18)."""


def resolve_stop(case: Case, issues: Sequence[Issue]) -> tuple[Resolution, ...]:
    """Return the suggestions for a drafted stop: take it out of the draft set (f1), or plan the
    recheck (f2).
    """
    # a stop that is right is never offered for deletion, nor beside one that is not (Q72)
    issues = [issue for issue in issues if issue.card != cards.F1_STOP or issue.is_loud]
    if not issues:
        return ()
    if all(issue.card == cards.F2_STOP_CAUSE_RESOLVED for issue in issues):
        return (Resolution(label_of_tests(RECHECK, before="Plan"), (AddFollowUps(RECHECK),)),)
    whole = {stop.key: stop.part_of or stop.key for stop in case.selected_stops}
    stops = {whole.get(key, key) for issue in issues for key in issue.about}
    edits: tuple[Edit, ...] = tuple(RemoveOrder(key) for key in sorted(stops))
    if case.rule == "T1b":  # maintenance would be too seldom, unless nothing improves (Q70)
        return (Resolution(_GOES_ON["T1b"], edits, True),)
    if (instead := _in_its_place(case, issues)) is not None:
        return instead
    if all(is_one_injection(stop.cobalamin) for stop in case.selected_stops):
        return (_more_than_one(case, issues, edits),)
    phase = _maintenance_if_nothing_remains(case)
    if plateau := _maintenance_after_plateau(case):
        return (
            Resolution("STILL IMPROVING: do not stop, injections go on as ordered", edits),
            Resolution(label_of((plateau,), (Claim.NO_FURTHER,)), (plateau,)),
        )
    if phase is None:
        return (_going_on(case, edits),)
    due = (case.rule in LOADS_AGAIN and _loading_due(case)) or phase
    edits = (due, *additions(case, issues, (*edits, due)), *edits)
    is_sure = not is_open(case) and len(case.recommendation.options) == 1
    is_due = due is phase or is_sure
    return (Resolution(label_of((due,), lead="Do not stop"), edits, recommended=is_due),)


def _going_on(case: Case, edits: tuple[Edit, ...]) -> Resolution:
    """Return that treatment goes on; not marked while the kidneys are open, or bleeding puts the
    injection off, or may.
    """
    kidneys_open = any(asks_for_kidneys(case, stop) for stop in case.selected_stops)
    waits = any(puts_off(case, stop) for stop in case.selected_stops)
    goes_on = _GOES_ON.get(case.rule, "Do not stop: B12 goes on as ordered")
    label = "Do not stop: B12 goes on, the next injection is put off" if waits else goes_on
    sure = not (kidneys_open or waits or any(may_put_off(case, one) for one in case.selected_stops))
    return Resolution(label, edits, recommended=sure)


def _more_than_one(case: Case, issues: Sequence[Issue], edits: tuple[Edit, ...]) -> Resolution:
    """Return what goes on where one injection is stopped and nothing else is ordered: it is given,
    and the course that is due beside it, unless an answer decides which.
    """
    loads = any(one.phases[0].kind is PhaseKind.LOADING for one in case.offered_regimens)
    treated = case.is_under_way and not case.recommendation.not_drafted and not loads
    due = _loading_due(case) or (_maintenance(case) if treated else None)
    if due is None:
        return Resolution("Do not stop: give it, then order the course that is due", edits)
    edits = (due, *additions(case, issues, (*edits, due)), *edits)
    return Resolution(label_of((due,), lead="Do not stop"), edits)


LOADS_AGAIN = frozenset({"T0", "T4a"})
"""Rules by which maintenance alone is too seldom: with nerve signs loading comes before it."""

_GOES_ON = {
    **dict.fromkeys(
        ("T0", "T1", "T1b", "T3b", "T4a", "N1", "N2"),
        "Do not stop: B12 goes on, nerve signs decide how",
    ),
    "T2": "Do not stop: B12 goes on, symptoms decide how often",
    "T4": "Do not stop: B12 goes on, a dose is due now",
}
"""What is said of going on where the rule wants it otherwise than as it is ordered."""


def _in_its_place(case: Case, issues: Sequence[Issue]) -> tuple[Resolution, ...] | None:
    """Return what is offered where the stop stays, because what it ends must not be advised:
    tablets with nerve signs (T0, I1), or cyanocobalamin while Leber's disease is not ruled out
    (I2); with the tests that treatment waits for (K9). `None` where going on is right.
    """
    stopped = [line for stop in case.selected_stops if (line := stop.cobalamin) is not None]
    by_mouth = stopped and not any(is_injected(line) for line in stopped)
    signs = by_mouth and case.assessment.neurological.is_true
    eyes = case.assessment.lebers.may_be_true and any(map(may_be_cyanocobalamin, stopped))
    if not (signs or eyes):
        return None
    if due := _loading_due(case):
        edits = (due, *additions(case, issues, (due,)))
        is_due = bool(signs) and not is_open(case)
        return (Resolution(label_of((due,)), edits, recommended=is_due),)
    if signs:
        return None
    treated = case.is_under_way and not case.recommendation.not_drafted
    phase = _maintenance(case) if treated else None
    return (Resolution(label_of((phase,)), (phase,)),) if phase else ()


def _loading_due(case: Case) -> AddRegimen | None:
    """Return the loading that the recommendation offers, with what follows it; `None` where there
    is none, or a choice of two.
    """
    loading = [one for one in case.offered_regimens if one.phases[0].kind is PhaseKind.LOADING]
    return AddRegimen(loading[0], case.recommendation.technique) if len(loading) == 1 else None


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
    return _maintenance(case)


def _maintenance(case: Case) -> AddRegimen | None:
    """Return maintenance from today, with the product that is allowed here."""
    phase = product_for(starting_now(_maintenance_due(case)), case.assessment, case.policy)
    return AddRegimen(Regimen((phase,)), case.recommendation.technique) if phase else None


def _maintenance_due(case: Case) -> Phase:
    """Return maintenance as it is recommended now: more often than usual where symptoms returned
    (T1, T2).
    """
    offered = [one for one in case.offered_phases if one.kind is PhaseKind.MAINTENANCE]
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
    legs = tuple(leg for one in options if (leg := _leg(case, one, alone=len(options) == 1)))
    tests = resolve_tests_due(case)
    if legs and case.is_prophylaxis:
        return tests + legs if case.rule in ("B1", "P5") else legs + tests
    return legs if legs or case.recommendation.not_drafted else tests


def _leg(case: Case, option: Option, *, alone: bool) -> Resolution | None:
    """Return one way to go on as a suggestion; None where nothing is left to be done."""
    if option.regimen:
        target = Target(option.regimen, option.claims, option.replaces)
        return towards(case, target, (), alone=alone)
    return _offer(case, option.claims, option.follow_ups) if option.follow_ups else None


def resolve_tests_due(case: Case) -> tuple[Resolution, ...]:
    """Return the tests that the recommendation asks for now and nobody has drafted."""
    tests = tuple(
        item
        for item in case.recommendation.follow_ups
        if not item.months and not has_test(case, item.test)
    )
    tests += the_level_again(case) if tests else ()
    return (Resolution(label_of_tests(tests), (AddFollowUps(tests),)),) if tests else ()


def _offer(case: Case, claims: Claims, follow_ups: tuple[FollowUp, ...]) -> Resolution:
    tests = tuple(replace(item) for item in follow_ups if not has_test(case, item.test))
    return Resolution(label_of_tests(tests, claims=claims), (AddFollowUps(tests),))
