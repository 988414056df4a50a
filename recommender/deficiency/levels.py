"""Where a vitamin B12 or holotranscobalamin result lies: compared in the unit it was reported in,
never converted (1.1, I9), at full precision.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from recommender.guidance import Policy, look_back
from recommender.language import (
    Choice,
    ClinicalScenario,
    Measurement,
    NotCounted,
    Quantity,
    Test,
    Truth,
    UncountedResult,
    Unit,
    months_after,
)

HOLOTC_LOW = Decimal(25)
HOLOTC_HIGH = Decimal(70)
"""Holotranscobalamin in pmol/L: below 25 deficient, above 70 not low (X4)."""

LOW_BORDERLINE_BELOW = {Unit.PMOL_PER_L: Decimal(140), Unit.PG_PER_ML: Decimal(190)}
"""Below this a borderline result is "low borderline": deficient by the molar range of S87,
borderline by the mass range (C7).
"""


class B12Class(Choice):
    """Where the lower of total vitamin B12 and holotranscobalamin lies.

    UNDECIDED: there is a result, but its comparator or unit leaves the class open (Q9).
    """

    LOW = "low"
    LOW_BORDERLINE = "low borderline"
    BORDERLINE = "borderline"
    NOT_LOW = "not low"
    UNDECIDED = "undecided"
    NO_RESULT = "no result"


_LOWEST_FIRST = (
    B12Class.LOW,
    B12Class.LOW_BORDERLINE,
    B12Class.BORDERLINE,
    B12Class.UNDECIDED,
    B12Class.NOT_LOW,
    B12Class.NO_RESULT,
)
"""Which class wins when two results disagree: the lower one; an undecided result may be low, so it
outweighs one that is not low.
"""


def classify_b12(scenario: ClinicalScenario, policy: Policy) -> B12Class:
    """Return the class of the pre-treatment results; the lower one where total vitamin B12 and
    holotranscobalamin disagree.
    """
    classes = [
        class_of_total(scenario.total_b12, policy),
        holotc_class(scenario.holotranscobalamin),
    ]
    if low_in_both_readings(scenario, policy) is not None:
        classes.append(B12Class.LOW)
    return min(classes, key=_LOWEST_FIRST.index)


def low_in_both_readings(scenario: ClinicalScenario, policy: Policy) -> UncountedResult | None:
    """Return a result of 12 months whose unit contradicts its test and that is low whichever of the
    two is right (Q35); `None` where none is, or a usable one is newer.
    """
    if not scenario.uncounted_b12:
        return None
    days = (scenario.total_b12.date, scenario.holotranscobalamin.date)
    newest = max((day for day in days if day), default=None)
    for result in scenario.uncounted_b12:
        day = result.evidence.date
        doubtful = result.why is NotCounted.UNIT_CONTRADICTS and len(result.readings) > 1
        if not doubtful or day is None or months_after(day, look_back.B12_MONTHS) < scenario.as_of:
            continue
        classes = {class_of_reading(result.test, reading, policy) for reading in result.readings}
        if classes == {B12Class.LOW} and (newest is None or day >= newest):
            return result
    return None


_UNUSABLE = frozenset(
    {
        NotCounted.UNIT_MISSING,
        NotCounted.UNIT_CONTRADICTS,
        NotCounted.NAMES_CONTRADICT,
        NotCounted.SEVERAL_TESTS,
        NotCounted.NAME_UNCERTAIN,
        NotCounted.IN_WORDS,
        NotCounted.NOT_READABLE,
        NotCounted.CHANGED,
        NotCounted.IMPLAUSIBLE,
        NotCounted.PRELIMINARY,
        NotCounted.OTHER_STATUS,
    }
)
"""Why a level cannot be used that was taken on a known day."""


def unusable_low_since(
    scenario: ClinicalScenario, policy: Policy, since: dt.date
) -> UncountedResult | None:
    """Return the newest level of that day or later that cannot be used, and that its laboratory
    calls low or that is low in one of its readings; `None` for none, or where a usable one is as
    new.
    """
    newest = scenario.total_b12_on_treatment  # it has a day also where its value cannot be used
    usable = (newest.date if newest.is_known else None) or dt.date.min
    for result in scenario.uncounted_b12:
        day = result.evidence.date
        if result.why not in _UNUSABLE or day is None or day < since or day <= usable:
            continue
        classes = {class_of_reading(result.test, reading, policy) for reading in result.readings}
        if result.flagged_low or B12Class.LOW in classes:
            return result
    return None


def total_b12_is_low(result: Measurement, policy: Policy) -> Truth:
    """Return whether total vitamin B12 lies below the deficiency limit of its own unit."""
    limits = _limits(result, policy)
    return Truth.UNKNOWN if limits is None else result.below(limits[0])


def total_b12_is_borderline(result: Measurement, policy: Policy) -> bool:
    """Return whether total vitamin B12 is known to lie between the limits of its own unit."""
    return class_of_total(result, policy) in (B12Class.LOW_BORDERLINE, B12Class.BORDERLINE)


def active_alone_is_low(scenario: ClinicalScenario, policy: Policy) -> bool:
    """Return whether active B12 reaches the smaller fraction of its deficiency limit, of the two
    results that were taken; FALSE where either is missing or its unit has no limit.
    """
    limits = _limits(scenario.total_b12, policy)
    total, active = scenario.total_b12.quantity, scenario.holotranscobalamin.quantity
    if total is None or active is None or limits is None:
        return False
    return active.value / HOLOTC_LOW < total.value / limits[0]


def _limits(result: Measurement, policy: Policy) -> tuple[Decimal, Decimal] | None:
    if result.quantity is None:
        return None
    match result.quantity.unit:
        case Unit.PMOL_PER_L:
            return policy.b12_low_pmol_l, policy.b12_high_pmol_l
        case Unit.PG_PER_ML:
            return policy.b12_low_pg_ml, policy.b12_high_pg_ml
        case _:
            return None


def class_of_total(result: Measurement, policy: Policy) -> B12Class:
    """Return the class of a total vitamin B12 result, by the limits of its own unit."""
    if result.quantity is None:
        return B12Class.NO_RESULT
    limits = _limits(result, policy)
    if limits is None:
        return B12Class.UNDECIDED
    found = _class_between(result, *limits)
    if (
        found is B12Class.BORDERLINE
        and result.below(LOW_BORDERLINE_BELOW[result.quantity.unit]).is_true
    ):
        return B12Class.LOW_BORDERLINE
    return found


def holotc_class(result: Measurement) -> B12Class:
    """Return the class of a holotranscobalamin result, in pmol/L."""
    if result.quantity is None:
        return B12Class.NO_RESULT
    if result.quantity.unit is not Unit.PMOL_PER_L:
        return B12Class.UNDECIDED
    return _class_between(result, HOLOTC_LOW, HOLOTC_HIGH)


def _class_between(result: Measurement, low: Decimal, high: Decimal) -> B12Class:
    """Below `low` is deficient, above `high` is not low, both ends belong to borderline (C8)."""
    if result.below(low).is_true:
        return B12Class.LOW
    if result.above(high).is_true:
        return B12Class.NOT_LOW
    if result.below(low).is_false and result.above(high).is_false:
        return B12Class.BORDERLINE
    return B12Class.UNDECIDED


def class_of_reading(test: Test, reading: Quantity, policy: Policy) -> B12Class:
    """Return the class of one value that a result may have."""
    result = Measurement(reading)
    if test is Test.HOLOTRANSCOBALAMIN:
        return holotc_class(result)
    return class_of_total(result, policy)


def is_low_or_borderline(test: Test, reading: Quantity, policy: Policy) -> bool:
    """Return whether one value that a result may have is for certain not above the upper limit."""
    result = Measurement(reading)
    if test is Test.HOLOTRANSCOBALAMIN:
        return reading.unit is Unit.PMOL_PER_L and result.above(HOLOTC_HIGH).is_false
    limits = _limits(result, policy)
    return limits is not None and result.above(limits[1]).is_false


def flagged_low(scenario: ClinicalScenario) -> Truth:
    """Return whether the laboratory calls a result that decides low, or below its range (Q60)."""
    flagged = scenario.total_b12.flagged_low or scenario.holotranscobalamin.flagged_low
    return Truth.TRUE if flagged else Truth.FALSE
