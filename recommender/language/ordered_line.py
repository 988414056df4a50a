"""One reading of an ordered line of vitamin B12: its rhythm, doses and kind, and whether it treats.
The phase of treatment and every check of an order read it here, so that "alternate days"
means one thing (Q39).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from recommender.language.choices import Choice
from recommender.language.doses import (
    DAYS_PER_UNIT,
    DoseLine,
    DosePart,
    PhaseKind,
    Route,
    Substance,
    Timing,
    contradictions,
)
from recommender.language.logic import Truth, truth_of

TREATMENT_DOSE_INJECTED = Decimal(250)
"""Micrograms of one injection from which it is treatment; anything lower is a supplement (2.3)."""

TREATMENT_DOSE_ORAL = Decimal(1000)
"""Micrograms by mouth a day from which it is treatment; anything lower is a supplement (2.3)."""

UNIT_ERROR_INJECTED = Decimal(5000)
"""Micrograms of one injection from which a unit or product error is likely (card b8)."""

MOST_DOSES_A_DAY = 24
"""Doses a day above which a frequency is a slip, whatever the medicine (Q42)."""

LOADING_BELOW_DAYS = Decimal(7)
"""Days from injection to injection below which an order is a loading course (Q11)."""

ALTERNATE_DAYS_OVER = Decimal("1.75")
"""Days from injection to injection above which it is no daily course; four a week, which is
exactly this, is another loading course (Q39, Q91).
"""

ALTERNATE_DAYS_UP_TO = Decimal(2)
"""Days from injection to injection up to which it is an alternate-day course (Q39)."""

THREE_A_WEEK_UP_TO = Decimal(7) / 3
"""Days from injection to injection up to which loading is not slower than three a week (S10)."""


class Rhythm(Choice):
    """How an injection order is timed."""

    ALTERNATE_DAYS = "on alternate days"
    DAILY = "daily"
    THREE_A_WEEK = "three or four times a week"
    LESS_THAN_THREE_A_WEEK = "less often than three times a week"
    SINGLE = "a single dose"
    MAINTENANCE = "at intervals of a week or more"


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """What one line amounts to.

    `rhythm` and `kind` are `None` when the frequency is not known, `kind` of one injection too: it
    has no place in a course. `doses` is how many are ordered in all (the largest reading), `None`
    without a bound. `daily_dose` is micrograms a day at the
    least frequent reading, `None` when not known. `bound_days` is for how many days it is ordered,
    counted in days or in 2 days a dose, the shorter (Q39); `None` without a bound.
    """

    is_injected: bool
    rhythm: Rhythm | None
    kind: PhaseKind | None
    doses: Decimal | None
    daily_dose: Decimal | None
    bound_days: Decimal | None


@lru_cache(maxsize=4096)
def read_line(line: DoseLine) -> OrderedLine:
    """Return what the line amounts to; worked out once for equal lines of a call."""
    timing = line.timing
    injected = is_injected(line)
    return OrderedLine(
        is_injected=injected,
        rhythm=rhythm_of(timing) if timing else None,
        kind=None if is_one_injection(line) else _kind(injected, timing),
        doses=total_doses(timing) if timing else None,
        daily_dose=line.dose * timing.doses_per_day if line.dose is not None and timing else None,
        bound_days=_bound_days(timing) if timing else None,
    )


def forget_lines() -> None:
    """Forget what was worked out of dose lines: they are a patient's."""
    read_line.cache_clear()


def is_injected(line: DoseLine) -> bool:
    """Return whether the line is given by injection; hydroxocobalamin without a route is, for it
    exists as injection only.
    """
    if line.route is None:
        return line.substance is Substance.HYDROXOCOBALAMIN
    return line.route.is_parenteral


def is_treatment_dose(line: DoseLine | None) -> Truth:
    """Return whether the line is vitamin B12 at treatment dose; UNKNOWN when its dose, route or
    frequency is not known and may make it one. One tablet alone treats nobody.
    """
    if line is None or not line.substance.is_cobalamin:
        return Truth.FALSE
    if is_injected(line):
        return truth_of(None if line.dose is None else line.dose >= TREATMENT_DOSE_INJECTED)
    if line.route is Route.NASAL:
        return Truth.FALSE
    if line.dose is None or line.timing is None:
        return Truth.UNKNOWN
    daily = line.dose * line.timing.doses_per_day
    if line.route is None:
        too_little = line.dose < TREATMENT_DOSE_INJECTED and daily < TREATMENT_DOSE_ORAL
        return Truth.FALSE if too_little else Truth.UNKNOWN
    return truth_of(daily >= TREATMENT_DOSE_ORAL and not is_one_dose(line.timing))


def total_doses(timing: Timing) -> Decimal | None:
    """Return how many doses are ordered in all (the largest reading), or `None` when there is no
    bound.
    """
    if timing.count is not None:
        return Decimal(timing.count_max or timing.count)
    if timing.duration is None:
        return None
    value, unit = timing.duration
    days = value * DAYS_PER_UNIT[unit][1]
    return max(Decimal(1), days / timing.shortest_interval)


def is_one_dose(timing: Timing) -> bool:
    """Return whether it is one dose in all, by its number or as "daily for 1 day"."""
    return total_doses(timing) == 1


def is_one_injection(line: DoseLine | None) -> bool:
    """Return whether it is a single injection: given once, it goes on from no other order."""
    timing = line.timing if line is not None else None
    if line is None or timing is None or (timing.count is None and timing.duration is None):
        return False  # most orders, at no cost
    return (
        is_one_dose(timing) and timing.longest_interval < LOADING_BELOW_DAYS and is_injected(line)
    )


def ends_with_one(line: DoseLine | None) -> bool:
    """Return whether it is one injection whatever is said of how often ("every 2 months", 1 dose):
    nothing goes on by it.
    """
    if line is None or line.timing is None:
        return False
    return is_one_injection(line) or (line.timing.is_single and is_injected(line))


def rhythm_of(timing: Timing) -> Rhythm:
    """Return how injections are timed, told by the days from dose to dose."""
    if total_doses(timing) == 1:
        return Rhythm.SINGLE
    return rhythm_by_days(timing.longest_interval)


def rhythm_by_days(days: Decimal) -> Rhythm:
    """Return the rhythm of injections that are so many days apart (Q11, Q39)."""
    if days >= LOADING_BELOW_DAYS:
        return Rhythm.MAINTENANCE
    if days < ALTERNATE_DAYS_OVER:
        return Rhythm.DAILY
    if ALTERNATE_DAYS_OVER < days <= ALTERNATE_DAYS_UP_TO:
        return Rhythm.ALTERNATE_DAYS
    return Rhythm.THREE_A_WEEK if days <= THREE_A_WEEK_UP_TO else Rhythm.LESS_THAN_THREE_A_WEEK


def _kind(injected: bool, timing: Timing | None) -> PhaseKind | None:
    if timing is None:
        return None
    if not injected:
        return PhaseKind.ORAL
    loading = rhythm_of(timing) not in (Rhythm.SINGLE, Rhythm.MAINTENANCE)
    return PhaseKind.LOADING if loading else PhaseKind.MAINTENANCE


def _bound_days(timing: Timing) -> Decimal | None:
    bounds = []
    if timing.duration is not None:
        value, unit = timing.duration
        bounds.append(value * DAYS_PER_UNIT[unit][1])
    if timing.count is not None:
        bounds.append((timing.count_max or timing.count) * timing.longest_interval)
    return min(bounds, default=None)


def differences(line: DoseLine, written: DoseLine) -> tuple[DosePart, ...]:
    """Return in what fields and words of one order differ: also in the number of doses where one of
    them ends by a time, at the same frequency ("for 6 weeks" beside six doses, Q41). Of alternate
    days the end that comes first is told by itself (b19, Q39).
    """
    found = contradictions(line, written)
    one, other = line.timing, written.timing
    alike = one is not None and other is not None and DosePart.FREQUENCY not in found
    if not alike or DosePart.NUMBER in found or one is None or other is None:
        return found
    if rhythm_of(one) is Rhythm.ALTERNATE_DAYS:
        return found
    first, second = _number_of_doses(one), _number_of_doses(other)
    if not first or not second or (first[0] <= second[1] and second[0] <= first[1]):
        return found
    return (*found, DosePart.NUMBER)


def _number_of_doses(timing: Timing) -> tuple[Decimal, Decimal] | None:
    """Return the fewest and the most doses until the end, first and last day included; `None`
    without an end.
    """
    if timing.count is not None:
        return Decimal(timing.count), Decimal(timing.count_max or timing.count)
    if timing.duration is None:
        return None
    length, unit = timing.duration
    shortest, longest = (length * days for days in DAYS_PER_UNIT[unit])
    fewest = max(shortest // timing.longest_interval, Decimal(1))
    return fewest, longest // timing.shortest_interval + 1
