"""When the current vitamin B12 treatment began: what was tested before it diagnoses, what was
tested after it does not (F4, F5).
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable

from recommender.assessment.treatment_phase import (
    LOOKBACK,
    is_given_at_treatment_dose,
    is_treatment_dose,
)
from recommender.language import DoseGiven, Order, OrderState

SUPPLEMENT_DAYS = 122
"""Days before a test within which any vitamin B12 taken may have raised the result: 4 months
(F9).
"""


def find_treatment_start(
    orders: Iterable[Order], doses: Iterable[DoseGiven], as_of: dt.date
) -> dt.date | None:
    """Return the first day of the current course of vitamin B12 at treatment dose; `None` when
    there is none.

    A pause of more than 15 months ends a course. A supplement is no treatment.
    """
    ordered = [
        order.starts or order.authored
        for order in orders
        if order.state in _STARTED and is_treatment_dose(order.cobalamin).is_true
    ]
    given = [
        dose.date
        for dose in doses
        if dose.substance.is_cobalamin and is_given_at_treatment_dose(dose)
    ]
    days = sorted(
        {day for day in ordered + given if day is not None and day <= as_of}, reverse=True
    )
    if not days or (as_of - days[0]).days > LOOKBACK:
        return None
    pauses = itertools.pairwise(days)
    return next((later for later, earlier in pauses if (later - earlier).days > LOOKBACK), days[-1])


_STARTED = frozenset(
    {OrderState.ACTIVE, OrderState.ON_HOLD, OrderState.COMPLETED, OrderState.STOPPED}
)


def took_b12_before(day: dt.date, orders: Iterable[Order], doses: Iterable[DoseGiven]) -> bool:
    """Return whether any vitamin B12, a supplement included, was taken in the 4 months before a day
    (F9).
    """
    since = day - dt.timedelta(days=SUPPLEMENT_DAYS)
    if any(
        dose.substance.is_cobalamin and dose.date is not None and since <= dose.date < day
        for dose in doses
    ):
        return True
    return any(
        order.has_cobalamin and order.state in _STARTED and _covers(order, since, day)
        for order in orders
    )


def _covers(order: Order, since: dt.date, day: dt.date) -> bool:
    """Whether an order may have been taken between the two days; one without dates may have
    been.
    """
    begins = order.starts or order.authored
    ends = (
        order.ends
        if order.ends is not None or order.state in (OrderState.ACTIVE, OrderState.ON_HOLD)
        else begins
    )
    return (begins is None or begins < day) and (ends is None or ends >= since)
