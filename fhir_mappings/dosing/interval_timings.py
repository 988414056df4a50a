"""The timing that a number of doses, a period and a unit make."""

from __future__ import annotations

import re
from decimal import Decimal

from fhir_mappings.dosing.interval_vocabulary import NUMBERS, UNITS
from recommender.language import PeriodUnit, Timing

DAY, WEEK, MONTH, YEAR = PeriodUnit.DAY, PeriodUnit.WEEK, PeriodUnit.MONTH, PeriodUnit.YEAR

HIGHEST_COUNT = 10_000
"""A frequency, count or period above this is a slip of the pen and is not computed with."""

UNIT_OF = {"hour": DAY, "day": DAY, "week": WEEK, "month": MONTH, "year": YEAR}

FRACTION_OF = {"7": "day", "52": "week", "12": "month"}
"""UK shorthand: 3/7 is three days, 2/52 two weeks, 3/12 three months."""


def times_per(
    frequency: int, period: int | Decimal, unit: PeriodUnit, period_max: int | Decimal | None = None
) -> Timing:
    """Return so many doses every period, which may be a range."""
    longest = None if period_max is None else Decimal(period_max)
    return Timing(frequency, Decimal(period), unit, longest)


def number_in(word: str) -> Decimal:
    """Return the number that a word or digits say."""
    return Decimal(NUMBERS.get(word, 0) or word)


def every(period: str, period_max: str | None, unit_name: str, frequency: int = 1) -> Timing | None:
    """Return so many doses every so many units; `None` for a period or a range that is none."""
    low, high = number_in(period), number_in(period_max) if period_max else None
    if not 0 < low <= HIGHEST_COUNT or (high is not None and not low <= high <= HIGHEST_COUNT):
        return None
    part = Decimal(24) if unit_name == "hour" else Decimal(1)
    return simplest(frequency, low, high, UNIT_OF[unit_name], part)


def simplest(
    frequency: int, period: Decimal, period_max: Decimal | None, unit: PeriodUnit, part: Decimal
) -> Timing:
    """Write a period counted in parts of a unit in the unit itself: once every 8 hours is 3 per
    day.
    """
    per_day = frequency * part / period
    if part > 1 and period_max is None and period < part and per_day == per_day.to_integral_value():
        return times_per(int(per_day), 1, unit)
    longest = None if period_max in (None, period) else period_max / part
    return times_per(frequency, period / part, unit, longest)


def once_per(match: re.Match[str]) -> Timing | None:
    """Return one dose every unit that was said."""
    return every("1", None, UNITS[match["unit"]])
