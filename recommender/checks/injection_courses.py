"""Injections that make one course: the bounded alternate-day course (Q39, Q81), the loading used in
the United States (C38, Q40), and treatment that resumes (T4, T7).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, Decimal

from recommender.cards import INFO, WARNING, cards
from recommender.case import (
    Case,
    Issue,
    alternate_day_bound,
    is_readable,
    is_treatment,
    kind_of,
)
from recommender.checks.beside import symptoms_answered
from recommender.guidance import INJECTION_DOSE
from recommender.language import (
    LONGEST_MONTH,
    Order,
    OrderState,
    PhaseKind,
    Substance,
    Test,
    Timing,
    is_injected,
    total_doses,
)
from recommender.treatment_so_far import TreatmentPhase

REVIEW_AFTER_BOUND = dt.timedelta(days=3)
"""How long after its last day a drafted review still belongs to a bounded course (Q39)."""

AMERICAN_FIRST_DAYS = 14
AMERICAN_FIRST_DOSES = 5
AMERICAN_SECOND_INTERVAL = 14
AMERICAN_SECOND_DOSES = 2
AMERICAN_LAST_INTERVAL = LONGEST_MONTH
"""Loading in the United States: five injections in the first 14 days, then at least two at most 14
days apart, then without end at most 31 days apart (Q40).
"""


# --- alternate days with an end


def check_bound(case: Case, order: Order) -> Iterator[Issue]:
    """Yield b19: an alternate-day course for nerve signs that ends by days or doses (C33)."""
    bound = alternate_day_bound(order)
    if bound is None:
        return
    enough = bound >= case.policy.neuro_min_loading_days
    if enough and _review_in_sight(case, order, bound):
        return
    reason = (
        "The order ends without a word about a review of improvement."
        if enough
        else "Alternate-day injections go on for as long as anything improves."
    )
    yield Issue(
        cards.B19_ALTERNATE_DAYS_END,
        INFO if enough else WARNING,
        (reason,),
        ("S4", "S7", "S65"),
        (order.key,),
    )


def _review_in_sight(case: Case, order: Order, bound_days: Decimal) -> bool:
    """Return whether the order's words or a drafted review bind its end to improvement; blood tests
    alone do not (Q81).
    """
    begins = order.starts or case.scenario.as_of
    last = begins + dt.timedelta(days=int(bound_days)) + REVIEW_AFTER_BOUND
    return order.review_noted or any(
        test.test is Test.SYMPTOM_REVIEW and test.due is not None and begins <= test.due <= last
        for test in case.course.tests
    )


# --- loading as in the United States


def american_course(case: Case) -> frozenset[str]:
    """Return the keys of the drafts that are loading as in the United States, empty when they are
    not, or where the site does not accept it.
    """
    return case.once(_american_course)


def _american_course(case: Case) -> frozenset[str]:
    if not case.policy.alt_loading_accepted:
        return frozenset()
    orders = [order for order in case.all_drafts if _counts(order)]
    lines = [order.cobalamin for order in orders if order.cobalamin]
    timings = sorted(
        (line.timing for line in lines if line.timing), key=lambda timing: timing.longest_interval
    )
    if len({line.substance for line in lines}) != 1 or len(timings) != 3:
        return frozenset()
    if not _follow_one_another(case, orders):
        return frozenset()
    hydroxo = lines[0].substance is Substance.HYDROXOCOBALAMIN
    last = case.longest_interval(lines[0]) if hydroxo else AMERICAN_LAST_INTERVAL
    return frozenset(order.key for order in orders) if _is_american(timings, last) else frozenset()


def _follow_one_another(case: Case, orders: Sequence[Order]) -> bool:
    """Return whether no two of them are as frequent from the same day on: one phase drafted twice
    is no phase that follows (RN6, RN7).
    """
    today = case.scenario.as_of
    phases = {
        (order.cobalamin.timing.longest_interval, order.starts or today)
        for order in orders
        if order.cobalamin and order.cobalamin.timing
    }
    return len(phases) == len(orders)


def _counts(order: Order) -> bool:
    line = order.cobalamin
    return (
        line is not None
        and is_readable(order)
        and not line.as_needed
        and is_injected(line)
        and line.dose == INJECTION_DOSE
    )


def _is_american(timings: Sequence[Timing], longest_last: Decimal) -> bool:
    first, second, last = timings
    firsts, seconds = total_doses(first), total_doses(second)
    if firsts is None or seconds is None or last.is_bounded:
        return False
    in_time = min(firsts, AMERICAN_FIRST_DAYS / first.longest_interval)  # the first on day 0
    return (
        in_time.to_integral_value(ROUND_CEILING) >= AMERICAN_FIRST_DOSES
        and second.longest_interval <= AMERICAN_SECOND_INTERVAL
        and seconds >= AMERICAN_SECOND_DOSES
        and last.longest_interval <= longest_last
    )


# --- treatment that resumes


def check_resuming(case: Case, order: Order) -> Iterator[Issue]:
    """Yield b23: the order resumes treatment that lapsed (T4), or of which no dose is known (T7).

    A start that was set to today answers the question of the missed dose: what stays is an info,
    and nothing where nerve signs and symptoms are known to be absent.
    """
    line = order.cobalamin
    answered = case.once(symptoms_answered)
    resumes = case.rule in ("T4", "T7") or (case.refill and case.starts_treatment)
    if not resumes or line is None or answered or not is_treatment(order):
        return
    loads = kind_of(order) is PhaseKind.LOADING or _has_loading_beside(case, order)
    if loads and case.rule != "T7":
        return
    a = case.assessment
    today = order.starts is not None and order.starts == case.scenario.as_of
    well = a.neurological_ever.is_false and not a.symptoms.is_true
    if case.rule == "T4" and today and well:
        return
    loud = case.rule == "T4" and not today and (a.neurological_ever | a.symptoms).is_true
    loud = loud or (case.rule == "N1" and case.refill)
    reason = (
        "A dose is due now; nerve signs, if any, call for loading again."
        if case.rule == "T4"
        else "Whether it was given cannot be told from the record."
    )
    yield Issue(
        cards.B23_LAPSED,
        WARNING if loud else INFO,
        (reason,),
        ("S16", "S84"),
        (order.key,),
        rank=AFTER_A_RENEWAL if case.rule == "T7" else 0,
    )


AFTER_A_RENEWAL = cards.E1_SECOND_ORDER.rank + 1
"""Where b23 stands while it is only asked whether treatment goes on: after e1, which names the old
order (section 6, T7).
"""


def _has_loading_beside(case: Case, order: Order) -> bool:
    return bool(case.once(_loading_keys) - {order.key})


def _loading_keys(case: Case) -> frozenset[str]:
    """Return the keys of orders that load, drafted or standing; not of a course with which nobody
    went on, though its order is active (Q11).
    """
    treatment = case.assessment.treatment
    lapsed = treatment.phase is TreatmentPhase.LAPSED
    stopped = treatment.last_dose if lapsed else None
    return frozenset(
        order.key
        for order in (*case.all_drafts, *case.standing)
        if is_readable(order) and kind_of(order) is PhaseKind.LOADING
        if order.state is OrderState.DRAFT or not _began_by(order, stopped)
    )


def _began_by(order: Order, day: dt.date | None) -> bool:
    begun = order.starts or order.authored
    return day is not None and begun is not None and begun <= day
