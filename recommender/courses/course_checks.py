"""Checks of the course as a whole: maintenance missing, tests that set no interval, medicines that
lower vitamin B12.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from recommender.cards import INFO, WARNING, Card, cards
from recommender.case import (
    WITHOUT_A_DOSE,
    Case,
    Column,
    Issue,
    has_test,
    is_readable,
    is_treatment,
    kind_of,
)
from recommender.courses.stored_drafts import is_maintenance_waiting
from recommender.deficiency import Deficiency
from recommender.language import (
    B12_LEVELS,
    Order,
    OrderState,
    PhaseKind,
    Route,
    Test,
    TestOrder,
    ends_with_one,
    is_injected,
    is_one_injection,
    months_after,
)
from recommender.monitoring import find_overdue, review_points
from recommender.safety import is_implausible
from recommender.treatment_so_far import TreatmentPhase

REVIEW_TOLERANCE = 30
"""Days around the point of a review within which a test belongs to it (Q54)."""


A_YEAR_SINCE_LAST = (10, 14)
"""Months since the last vitamin B12 within which a test is the yearly one, where the start of
treatment is not certain (Q54).
"""


def check_maintenance(case: Case) -> Iterator[Issue]:
    """Yield b5: a loading course is drafted, or one injection after the course is over (T3), and no
    order would follow it (I5); a stored draft follows it where it is without doubt the other half
    of the pair (Q56).
    """
    loading = [order for order in case.drafts if _loads(order) or _is_last(case, order)]
    if not loading or case.rule == "N2" or case.column is Column.NONE or case.is_prophylaxis:
        return
    following = [order for order in (*case.all_drafts, *case.standing) if _follows_loading(order)]
    signs = case.assessment.neurological.is_true
    tablets_only = signs and following and all(_is_drafted_tablet(order) for order in following)
    if case.rule == "T1" or (following and not tablets_only):
        return
    if is_maintenance_waiting(case, loading):
        return
    loud = case.assessment.stays_for_life
    reason = "Without maintenance, treatment ends with the last loading dose."
    about = tuple(order.key for order in loading)
    first = _said_before(loading)
    yield Issue(
        cards.B5_NO_MAINTENANCE,
        WARNING if loud else INFO,
        (_AFTER_SIGNS if tablets_only else reason,),
        ("S6", "S9", "S12", "S16"),
        about,
        ONLY_TABLETS_FOLLOW if tablets_only else "",
        rank=first.rank + 1 if first else 0,
    )


def _is_last(case: Case, order: Order) -> bool:
    """Return whether it is one injection after a loading course that nothing follows."""
    over = case.rule in ("T3", "T3b")
    return over and is_readable(order) and is_one_injection(order.cobalamin)


def _said_before(loading: Sequence[Order]) -> Card | None:
    """Return what is said before that nothing follows: a product without a dose in the guidance, or
    a vein, for then the course is replaced as a whole.
    """
    lines = [order.cobalamin for order in loading]
    if all(line and line.substance in WITHOUT_A_DOSE for line in lines):
        return cards.B16_METHYLCOBALAMIN
    into_a_vein = any(line and line.route is Route.INTRAVENOUS for line in lines)
    return cards.B15_ROUTE if into_a_vein else None


ONLY_TABLETS_FOLLOW = (
    "Only tablets follow the injections; after nerve signs injections go on every 2 months"
)
_AFTER_SIGNS = "Tablets do not take the place of maintenance injections after nerve signs."


def _is_drafted_tablet(order: Order) -> bool:
    return order.state is OrderState.DRAFT and kind_of(order) is PhaseKind.ORAL


def _loads(order: Order) -> bool:
    """Return whether the order is a loading course; one whose dose or frequency cannot be read is
    not taken for any course.
    """
    readable = not order.not_computable and not is_implausible(order)
    return readable and kind_of(order) is PhaseKind.LOADING and is_injected_order(order)


def _follows_loading(order: Order) -> bool:
    kind = kind_of(order)
    goes_on = kind in (PhaseKind.MAINTENANCE, PhaseKind.ORAL) and is_treatment(order)
    return goes_on and not ends_with_one(order.cobalamin)


def is_injected_order(order: Order) -> bool:
    line = order.cobalamin
    return line is not None and is_injected(line)


def check_tests(case: Case) -> Iterator[Issue]:
    """Yield i1: a vitamin B12 level ordered on maintenance injections outside a scheduled review,
    and neither for adherence nor for a diagnosis (Q54).
    """
    a = case.assessment
    if a.treatment.phase is not TreatmentPhase.MAINTENANCE or _has_reason_to_test(case):
        return
    for test in case.course.tests:
        if (
            test.selected
            and test.drafted
            and test.test is Test.SERUM_B12
            and test.purpose is None
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
    """Return whether a level is asked for a reason: symptoms, a pregnancy, or treatment that is
    being stopped, which f2 itself has rechecked.
    """
    a = case.assessment
    asked = a.symptoms | a.recurrence | a.neurological_new | a.pregnant | a.planning_pregnancy
    return asked.is_true or any(
        order.state is OrderState.STOP and order.has_cobalamin for order in case.course.orders
    )


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
    last = max(
        (done.date for done in case.scenario.reviews_done if done.test in B12_LEVELS), default=None
    )
    if last is None:
        return False
    first, until = (months_after(last, months) for months in A_YEAR_SINCE_LAST)
    return first <= day <= until


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
        and B12_LEVELS.isdisjoint(a.tests_on_record)
        and (a.causes or a.lowering_drugs)
    ):
        reason = (
            "A risk factor for deficiency is on record, no vitamin B12 result of the last 12 "
            "months."
        )
        yield Issue(cards.G2_LOWERING_DRUG_UNTESTED, INFO, (reason,), ("X13", "X25"), ())
