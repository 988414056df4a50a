"""What one order or dose of vitamin B12 is: treatment or supplement, loading or maintenance, and
when it begins and ends.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from decimal import Decimal

from recommender.language import (
    DAYS_PER_UNIT,
    LOADING_BELOW_DAYS,
    TREATMENT_DOSE_INJECTED,
    TREATMENT_DOSE_ORAL,
    DoseGiven,
    DoseLine,
    Order,
    OrderState,
    Rhythm,
    Route,
    changed,
    is_one_dose,
    is_one_injection,
    is_treatment_dose,
    rhythm_by_days,
)
from recommender.language import is_injected as is_injected_line


def is_given_at_treatment_dose(dose: DoseGiven) -> bool:
    """An injection of unknown size counts, for none under 250 micrograms is in use; a tablet of
    unknown size may be a supplement, and of one alone nobody is treated.
    """
    match dose.route:
        case Route.NASAL:
            return False
        case Route.ORAL:
            alone = dose.timing is not None and is_one_dose(dose.timing)
            return dose.dose is not None and dose.dose >= TREATMENT_DOSE_ORAL and not alone
        case _:
            return dose.dose is None or dose.dose >= TREATMENT_DOSE_INJECTED


def is_injected(line: DoseLine | None) -> bool:
    """Return whether there is a line and it is given by injection."""
    return line is not None and is_injected_line(line)


def interval_of_order(order: Order) -> Decimal | None:
    """Return the days from dose to dose at the least frequent reading; `None` when not known, and
    of a single dose.
    """
    line = order.cobalamin
    if line is None or line.timing is None:
        return None
    return None if is_one_injection(line) else line.timing.longest_interval


def is_loading(order: Order) -> bool:
    """Return whether doses follow each other in less than 7 days (Q11)."""
    interval = interval_of_order(order)
    return interval is not None and interval < LOADING_BELOW_DAYS


def is_alternate_days(order: Order) -> bool:
    """Return whether it is one injection every other day (Q39); daily and 3 a week are others."""
    interval = interval_of_order(order)
    return interval is not None and rhythm_by_days(interval) is Rhythm.ALTERNATE_DAYS


def start_of(order: Order) -> dt.date | None:
    """Return the day an order begins, that of writing where none is given; `None`: unknown."""
    return order.starts or order.authored


def period_of(order: Order) -> tuple[dt.date | None, dt.date | None]:
    """Return from when to when an order may have been taken, `None` where that is open; one that is
    over without an end counts for the day on which it began.
    """
    begins = start_of(order)
    running = order.state in (OrderState.ACTIVE, OrderState.ON_HOLD)
    return begins, order.ends if order.ends is not None or running else begins


def end_of(order: Order) -> dt.date | None:
    """Return the day an order ends (Q38): by its period, its bound, or else the day on which it can
    no longer be supplied or its supply is used up, whichever comes first; `None`: open.

    A supply counts from the start where that is later than the day of writing (Q93).
    """
    if order.ends is not None:
        return order.ends
    if bound := bound_end(order):
        return bound
    ends = [order.valid_until] if order.valid_until else []
    days = [day for day in (order.authored, order.starts) if day is not None]
    if order.supply_days is not None and days:
        ends.append(max(days) + dt.timedelta(days=int(order.supply_days)))
    return min(ends, default=None)


def bound_end(order: Order) -> dt.date | None:
    """Return the last day for which a bounded order was written; `None` when it cannot be told."""
    line, start = order.cobalamin, start_of(order)
    if start is None or line is None or line.timing is None:
        return None
    if is_one_injection(line):
        return start
    days = (
        [line.timing.duration[0] * DAYS_PER_UNIT[line.timing.duration[1]][1]]
        if line.timing.duration
        else []
    )
    if line.timing.count is not None:
        days.append((line.timing.count_max or line.timing.count) * line.timing.longest_interval)
    return start + dt.timedelta(days=int(max(days))) if days else None


def bound_passed(order: Order, as_of: dt.date) -> bool:
    """Return whether the time a bounded order was written for is over; false when not known."""
    end = bound_end(order)
    return end is not None and as_of > end


def from_first_dose(order: Order, injected: Sequence[dt.date]) -> Order:
    """Return maintenance without a start of its own so that it starts one interval after the
    loading doses given since it was written: its supply counts from there (2.5, Q93).
    """
    timing = order.cobalamin.timing if order.cobalamin else None
    if (
        timing is None
        or order.authored is None
        or (order.starts or order.authored) > order.authored
    ):
        return order
    given = [date for date in injected if date >= order.authored]
    if not (loading := loading_run(given)):
        return order
    return changed(order, starts=loading + dt.timedelta(days=int(timing.shortest_interval)))


def loading_run(given: Sequence[dt.date]) -> dt.date | None:
    """Return the last of injections less than 7 days after the one before."""
    return max(
        (
            date
            for before, date in itertools.pairwise(given)
            if (date - before).days < LOADING_BELOW_DAYS
        ),
        default=None,
    )


__all__ = [
    "bound_end",
    "bound_passed",
    "end_of",
    "from_first_dose",
    "interval_of_order",
    "is_alternate_days",
    "is_given_at_treatment_dose",
    "is_injected",
    "is_loading",
    "is_treatment_dose",
    "loading_run",
    "start_of",
]
