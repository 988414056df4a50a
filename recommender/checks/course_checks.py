"""Checks of the course as a whole: maintenance missing, duplicates, stops, tests that set no
interval, treatment not ordered.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from recommender.assessment import Deficiency, TreatmentPhase
from recommender.cards import Indicator, Remedy, cards
from recommender.checks.case import Case, Column, Issue, has_test
from recommender.checks.course_reading import (
    fulfils,
    is_count_alone,
    is_oral,
    is_readable,
    is_treatment,
    kind_of,
)
from recommender.checks.plausibility import is_implausible
from recommender.guidance import NEW_SIGN_DAYS
from recommender.language import (
    HintAt,
    Order,
    PhaseKind,
    Substance,
    Test,
    TestOrder,
    is_injected,
)
from recommender.monitoring import find_overdue, months_after, review_points
from recommender.treatment import Outcome, cyanocobalamin_may_go_on

INFO, WARNING, CRITICAL = Indicator.INFO, Indicator.WARNING, Indicator.CRITICAL

REVIEW_TOLERANCE = 30
"""Days around the point of a review within which a test belongs to it (Q54)."""

A_YEAR_SINCE_LAST = (10, 14)
"""Months since the last vitamin B12 within which a test is the yearly one, where the start of
treatment is not certain (Q54).
"""


# --- loading without maintenance
# --------------------------------------------------------------------------------------------


def check_maintenance(case: Case) -> Iterator[Issue]:
    """Yield b5: a loading course is drafted, and no order would follow it (I5)."""
    loading = [order for order in case.drafts if _loads(order)]
    if not loading or case.rule == "N2" or case.column is Column.NONE or case.is_prophylaxis:
        return
    if case.rule == "T1" or any(
        _follows_loading(order) for order in (*case.all_drafts, *case.standing)
    ):
        return
    loud = case.assessment.stays_for_life
    reason = "Without one, treatment ends with the last loading dose."
    about = tuple(order.key for order in loading)
    yield Issue(
        cards.B5_NO_MAINTENANCE,
        WARNING if loud else INFO,
        (reason,),
        ("S6", "S9", "S12", "S16"),
        about,
    )


def _loads(order: Order) -> bool:
    """Return whether the order is a loading course; one whose dose or frequency cannot be read is
    not taken for any course.
    """
    readable = not order.not_computable and not is_implausible(order)
    return readable and kind_of(order) is PhaseKind.LOADING and is_injected_order(order)


def _follows_loading(order: Order) -> bool:
    kind = kind_of(order)
    return kind in (PhaseKind.MAINTENANCE, PhaseKind.ORAL) and is_treatment(order)


def is_injected_order(order: Order) -> bool:
    line = order.cobalamin
    return line is not None and is_injected(line)


# --- tests and other orders
# -------------------------------------------------------------------------------------------------


def check_tests(case: Case) -> Iterator[Issue]:
    """Yield i1: a vitamin B12 level ordered on maintenance injections outside a scheduled
    review.
    """
    a = case.assessment
    if a.treatment.phase is not TreatmentPhase.MAINTENANCE or _has_reason_to_test(case):
        return
    for test in case.course.tests:
        if (
            test.selected
            and test.drafted
            and test.test is Test.SERUM_B12
            and not _is_scheduled(case, test)
        ):
            reason = (
                "Injections are adjusted by symptoms; a level may be measured at the scheduled "
                "reviews or to look for another cause."
            )
            yield Issue(
                cards.I1_LEVEL_SETS_NO_INTERVAL,
                INFO,
                (reason,),
                ("S42", "S43", "S91", "S92"),
                (test.key,),
                _REVIEW_TOO if _review_overdue(case) else "",
            )


_REVIEW_TOO = (
    "On B12 injections, a review is due: ask about symptoms, take blood count and homocysteine too"
)


def _review_overdue(case: Case) -> bool:
    overdue = find_overdue(case.scenario, case.assessment, case.policy)
    return overdue is not None and Test.FULL_BLOOD_COUNT in overdue.tests


def _has_reason_to_test(case: Case) -> bool:
    a = case.assessment
    return (
        a.symptoms | a.recurrence | a.neurological_new | a.pregnant | a.planning_pregnancy
    ).is_true


def _is_scheduled(case: Case, test: TestOrder) -> bool:
    """Return whether the test belongs to a review (Q54): it falls on one of its points, goes with
    its other tests while one is overdue, or is the yearly one where the start is not certain.

    An unknown start decides nothing.
    """
    treatment = case.assessment.treatment
    if treatment.started is None:
        return True
    day = test.due or case.scenario.as_of
    points = (point for _, point in review_points(case.scenario, case.assessment, day))
    if any(abs((day - point).days) <= REVIEW_TOLERANCE for point in points):
        return True
    if _review_overdue(case) and has_test(case, Test.FULL_BLOOD_COUNT):
        return True
    return not treatment.start_certain and _is_yearly(case, treatment.started, day)


def _is_yearly(case: Case, started: dt.date, day: dt.date) -> bool:
    """Return whether a day is near a year of the oldest sign of treatment, or a year after the last
    vitamin B12.
    """
    years = range(12, (day.year - started.year + 1) * 12 + 1, 12)
    near = (abs((day - months_after(started, months)).days) for months in years)
    if any(days <= REVIEW_TOLERANCE for days in near):
        return True
    last = max((done.date for done in case.scenario.reviews_done if done.test in B12), default=None)
    if last is None:
        return False
    first, until = (months_after(last, months) for months in A_YEAR_SINCE_LAST)
    return first <= day <= until


B12 = frozenset({Test.SERUM_B12, Test.HOLOTRANSCOBALAMIN})


def check_lowering_drug(case: Case) -> Iterator[Issue]:
    """Yield g1 or g2 for a selected long-term medicine that lowers vitamin B12, where the site
    wants them.
    """
    if (
        not case.course.lowering_drug_selected
        or not case.policy.lowering_drug_cards
        or has_test(case, Test.SERUM_B12)
    ):
        return
    a = case.assessment
    if a.deficiency is Deficiency.DIAGNOSED:
        return
    low = a.deficiency in (Deficiency.CONFIRMED, Deficiency.PROBABLE, Deficiency.UNRESOLVED)
    if low or (a.symptoms.is_true and a.deficiency is not Deficiency.UNLIKELY):
        reason = (
            "The medicine is not stopped for this; deficiency is tested for, or treated where it "
            "is shown."
        )
        yield Issue(cards.G1_LOWERING_DRUG, WARNING, (reason,), ("X13", "X25"), ())
    elif (
        not a.symptoms.is_true
        and not a.tests_on_record & {Test.SERUM_B12, Test.HOLOTRANSCOBALAMIN}
        and (a.causes or a.lowering_drugs)
    ):
        reason = "No vitamin B12 result of the last 12 months is on record, and a risk factor is."
        yield Issue(cards.G2_LOWERING_DRUG_UNTESTED, INFO, (reason,), ("X13", "X25"), ())


def check_not_ordered(case: Case) -> Iterator[Issue]:
    """Yield k1: treatment is due, and what is selected is another order in scope (Q19)."""
    if any(is_treatment(order) for order in case.all_drafts):
        return
    yield from due_treatment(case)


UNREAD_RANK = 1050
"""Where k1 about an unread order stands among the cards: after c5, before b22 (cards.md 5)."""


def check_unread(case: Case, found: Iterable[Issue]) -> Iterator[Issue]:
    """Yield k1 about a selected draft that cannot be read, where treatment is recommended that
    nothing else in the course gives: what is recommended leads, the reading is folded (Q37, I36).

    Args: found: what is said of the drafts already; a card that brings a regimen leads by itself.
    """
    said = {key for issue in found if _says_what_is_due(issue) for key in issue.about}
    unread = [order for order in case.drafts if _is_unread(order) and order.key not in said]
    in_time = case.rule in ("T6", "T8")  # nothing is due: b14 says that it was not checked (Q37)
    if not unread or in_time or case.recommendation.not_drafted or not _lacks_an_option(case):
        return
    loud = case.assessment.neurological.is_true or case.rule in ("T0", "T1")
    by_mouth = any(order.cobalamin and is_oral(order.cobalamin) for order in unread)
    loud = loud or (by_mouth and case.assessment.established_malabsorption.is_true)
    yield Issue(
        cards.K1_DUE,
        WARNING if loud else INFO,
        _advice(case),
        case.recommendation.citations,
        tuple(order.key for order in unread),
        rank=UNREAD_RANK,
    )


def _says_what_is_due(issue: Issue) -> bool:
    """Return whether a card about route or frequency brings the regimen; one about the product does
    not say what is due.
    """
    about_product = issue.card in (cards.D2_KIDNEY_NOT_KNOWN, cards.B9_SECOND_CHOICE)
    return issue.card.remedy in (Remedy.CHANGE, Remedy.ASK) and not about_product


def _is_unread(order: Order) -> bool:
    return not is_readable(order) and not is_count_alone(order) and not is_implausible(order)


def _lacks_an_option(case: Case) -> bool:
    """Return whether regimens are offered and the orders that can be read make up none of them."""
    orders = (*case.all_drafts, *case.standing)
    regimens = [option.regimen for option in case.recommendation.options if option.regimen]
    return bool(regimens) and not any(
        all(any(fulfils(order, phase) for order in orders) for phase in regimen.phases)
        for regimen in regimens
    )


def due_treatment(case: Case) -> Iterator[Issue]:
    """Yield k1 when the recommendation asks for treatment, prophylaxis or a test that is not under
    way (Q19). An active order that is what would be drafted meets the rule: accepted advice falls
    silent (Q55).
    """
    recommendation = case.recommendation
    if recommendation.already_ordered:
        return
    offered = any(option.regimen or option.follow_ups for option in recommendation.options)
    if case.excluded_for_now:
        return
    if _asks_for_a_first_test(case):
        yield Issue(cards.K1_DUE, INFO, _advice(case), recommendation.citations, ())
        return
    tests_first = (
        recommendation.outcome is Outcome.TEST and not case.is_prophylaxis
    ) or _looks_behind_the_level(case)
    if tests_first:
        missing = [
            item
            for item in recommendation.follow_ups
            if not has_test(case, item.test) and item.months == 0
        ]
        if missing:
            yield Issue(
                cards.K1_DUE,
                WARNING if is_emergency(case) or _low_and_ill(case) else INFO,
                _advice(case),
                recommendation.citations,
                (),
            )
        elif _ileal_size_is_missing(case):
            yield Issue(
                cards.K1_DUE,
                INFO,
                (_SIZE_DECIDES,),
                recommendation.citations,
                (),
            )
    elif (
        offered
        or recommendation.not_drafted
        or recommendation.rule == "T5"
        or _is_deficient_without_product(case)
    ):
        yield Issue(
            cards.K1_DUE,
            WARNING if _is_pressing(case) else INFO,
            _advice(case),
            recommendation.citations,
            (),
        )


def _asks_for_a_first_test(case: Case) -> bool:
    """Return whether the opened chart asks for a vitamin B12 where nothing is known of it: words
    hint at nerve signs, or a cause meets symptoms or nerve signs that another cause explains (E2,
    Q89).
    """
    a, s = case.assessment, case.scenario
    if case.rule != "E2" or case.course.has_anything_selected:
        return False
    explained = any(found.current and found.other_cause for found in s.neurological_findings)
    return bool(s.hints_at(HintAt.NEUROLOGY)) or (
        bool(a.causes) and (a.symptoms.is_true or explained)
    )


def _looks_behind_the_level(case: Case) -> bool:
    """Return whether the opened chart asks for methylmalonic acid though the level is not low:
    nerve signs that are new, or of the cord or the optic nerve, and neither test done (Q69).
    """
    a, today = case.assessment, case.scenario.as_of
    if case.rule != "N3" or case.course.has_anything_selected:
        return False
    dates = [one.evidence.date for one in case.scenario.neurological_findings if one.current]
    new = any(date and (today - date).days <= NEW_SIGN_DAYS for date in dates)
    return (new or a.urgent_neurology) and not a.tests_on_record & {Test.MMA, Test.HOMOCYSTEINE}


_SIZE_DECIDES = (
    "More than 20 cm of ileum resected, or extensive ileal Crohn's disease, calls for injections "
    "every month for life."
)


def _ileal_size_is_missing(case: Case) -> bool:
    """Return whether only the missing length or extent keeps ileal disease from being treated or
    left alone (P3).
    """
    return (
        "P3" in (case.rule, *case.recommendation.also) and case.causes_of_ileal_disease.is_unknown
    )


def _is_deficient_without_product(case: Case) -> bool:
    """Return whether there is deficiency or neurological involvement, and reactions stand against
    every product (G2).
    """
    a = case.assessment
    needs_treatment = case.needs_treatment or (
        a.neurological.is_true and a.deficiency is not Deficiency.UNLIKELY
    )
    return case.rule == "G2" and needs_treatment


def _low_and_ill(case: Case) -> bool:
    """Return whether an old or unusable low result meets symptoms, so that its repeat does not
    wait (E3).
    """
    return case.rule == "E3" and case.assessment.symptoms.is_true


def is_emergency(case: Case) -> bool:
    """Return whether signs of the cord or the optic nerve call for the same day (K15)."""
    return case.assessment.urgent_neurology and case.assessment.neurological.is_true


def _is_pressing(case: Case) -> bool:
    """Return whether treatment is due now: untreated, lapsed, incomplete or failing deficiency, or
    a product that harms this person. Treatment that may be under way is only asked about, unless a
    recent result shows deficiency (T7, Q73).
    """
    if case.rule == "T7":
        return case.assessment.positive_by_recent_result
    return (
        case.assessment.is_deficient
        or case.rule in ("G2", "T0", "T1", "T1b", "T3", "T3b", "T4a", "T4")
        or _is_on_unsuitable_product(case)
    )


def _is_on_unsuitable_product(case: Case) -> bool:
    treatment = case.assessment.treatment
    unsuitable = treatment.substance is Substance.CYANOCOBALAMIN and not cyanocobalamin_may_go_on(
        case.assessment
    )
    return case.rule == "T6" and unsuitable


def _advice(case: Case) -> tuple[str, ...]:
    return (f"{case.recommendation.summary}.",)
