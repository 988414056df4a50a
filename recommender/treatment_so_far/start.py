"""When the current vitamin B12 treatment began: what was tested before it diagnoses, what was
tested after it does not (F4, F5).
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable

from recommender.guidance import TRACE_BOUNDS, look_back
from recommender.language import DoseGiven, Order, OrderState, is_treatment_dose
from recommender.treatment_so_far.entries import STARTED, TABLETS_COUNT_AFTER
from recommender.treatment_so_far.reading import (
    interval_of_order,
    is_given_at_treatment_dose,
    is_injected,
    is_loading,
    period_of,
    start_of,
)


def find_treatment_start(
    orders: Iterable[Order], doses: Iterable[DoseGiven], as_of: dt.date
) -> dt.date | None:
    """Return the first day of the current course of vitamin B12 at treatment dose; `None` when
    there is none.

    A pause of more than 15 months ends a course. A supplement is no treatment. Ordered is not
    given: while no dose is on record, only loading and tablets of a month begin a course (Q55).
    """
    days = _days_of_treatment(tuple(orders), tuple(doses), as_of)
    if not days or (as_of - days[0]).days > look_back.TREATMENT_DAYS:
        return None
    pauses = itertools.pairwise(days)
    return next(
        (later for later, earlier in pauses if (later - earlier).days > look_back.TREATMENT_DAYS),
        days[-1],
    )


def _days_of_treatment(
    orders: tuple[Order, ...], doses: tuple[DoseGiven, ...], as_of: dt.date
) -> list[dt.date]:
    """Return the days on which treatment was ordered or given, newest first."""
    treating = [
        order
        for order in orders
        if order.state in STARTED
        and not order.planned
        and is_treatment_dose(order.cobalamin).is_true
    ]
    documented = any(_is_dose(dose, as_of) for dose in doses) or any(
        order.state is not OrderState.ACTIVE for order in treating
    )
    ordered = [start_of(order) for order in treating if documented or _counts_alone(order, as_of)]
    given = [
        dose.date
        for dose in doses
        if dose.substance.is_cobalamin and is_given_at_treatment_dose(dose)
    ]
    days = {day for day in ordered + given if day is not None and day <= as_of}
    return sorted(days, reverse=True)


def _is_dose(dose: DoseGiven, as_of: dt.date) -> bool:
    return (
        dose.substance.is_cobalamin
        and dose.date is not None
        and (as_of - dose.date).days <= look_back.TREATMENT_DAYS
        and is_given_at_treatment_dose(dose)
    )


def _counts_alone(order: Order, as_of: dt.date) -> bool:
    start = start_of(order)
    if is_injected(order.cobalamin):
        return is_loading(order)
    return start is not None and (as_of - start).days >= TABLETS_COUNT_AFTER


def took_b12_before(day: dt.date, orders: Iterable[Order], doses: Iterable[DoseGiven]) -> bool:
    """Return whether any vitamin B12, a supplement included, was taken in the 4 months before a day
    (F9). A multivitamin of little or unstated content is left to the policy (Q75).
    """
    since = day - dt.timedelta(days=look_back.SUPPLEMENT_DAYS)
    if any(
        dose.substance.is_cobalamin and dose.date is not None and since <= dose.date < day
        for dose in doses
    ):
        return True
    return any(
        order.has_cobalamin
        and order.state in (*STARTED, OrderState.ON_HOLD)
        and not _is_perhaps_a_trace(order)
        and _covers(order, since, day)
        for order in orders
    )


def _is_perhaps_a_trace(order: Order) -> bool:
    """Whether an order is a trace supplement at some site, so that the policy decides whether it
    counts (Q75).
    """
    line = order.cobalamin
    if not order.combination or line is None:
        return False
    if line.dose is None or line.timing is None:
        return True
    return line.dose * line.timing.doses_per_day <= TRACE_BOUNDS[1]


def _covers(order: Order, since: dt.date, day: dt.date) -> bool:
    """Whether an order may have been taken between the two days; one without dates may have
    been.
    """
    begins, ends = period_of(order)
    return (begins is None or begins < day) and (ends is None or ends >= since)


def last_increase(orders: Iterable[Order]) -> dt.date | None:
    """Return the newest day on which injections were ordered more often than an order before them
    says and still stand, or loading, whatever was taken before it; `None` where that never was.
    """
    timed = [
        (written, interval, order)
        for order in orders
        if order.state in STARTED
        and not order.planned
        and is_injected(order.cobalamin)
        and is_treatment_dose(order.cobalamin).is_true
        and (written := order.authored or order.starts) is not None
        and (interval := interval_of_order(order)) is not None
    ]
    return max(
        (
            written
            for written, interval, order in timed
            if is_loading(order)
            or (
                order.state is OrderState.ACTIVE
                and any(
                    earlier < written and interval < longer and not is_loading(before)
                    for earlier, longer, before in timed
                )
            )
        ),
        default=None,
    )
