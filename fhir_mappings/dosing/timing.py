"""How often a dose is given: FHIR Timing and timing codes of every version, or in words why it
cannot be computed.

Source: cards.md 2; R166.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from fhir_mappings.dosing.interval_timings import HIGHEST_COUNT, simplest, times_per
from fhir_mappings.dosing.interval_vocabulary import fold
from fhir_mappings.dosing.interval_words import AS_NEEDED, LONGEST_TEXT, parse_rhythm
from fhir_mappings.fhir import as_dict, as_list, read_period, words_of
from fhir_mappings.fhir import read_number as read_any_number
from fhir_mappings.fhir import versions as fhir_versions
from recommender.language import MONTH_DAYS, PeriodUnit, Timing

_DAY, _WEEK, _MONTH, _YEAR = PeriodUnit.DAY, PeriodUnit.WEEK, PeriodUnit.MONTH, PeriodUnit.YEAR

_PERIOD_UNITS: dict[str, tuple[PeriodUnit, Decimal]] = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), (_DAY, Decimal(86400))),
    **dict.fromkeys(("min", "minute", "minutes"), (_DAY, Decimal(1440))),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), (_DAY, Decimal(24))),
    **dict.fromkeys(("d", "day", "days"), (_DAY, Decimal(1))),
    **dict.fromkeys(("wk", "w", "week", "weeks"), (_WEEK, Decimal(1))),
    **dict.fromkeys(("mo", "mon", "month", "months"), (_MONTH, Decimal(1))),
    **dict.fromkeys(("a", "y", "yr", "year", "years"), (_YEAR, Decimal(1))),
}
"""The unit a spelling counts as, and how many of the spelt unit make one of it."""


class NotComputable(ValueError):
    """What of a dose or timing could not be read, in words."""


LARGEST = 12
"""The power of ten beyond which a number is none of a dose or a timing."""


def read_number(value: object) -> Decimal | None:
    """Return a number of a dose or timing exactly as written; `None` for anything else."""
    return read_any_number(value, LARGEST)


def shorten(text: str) -> str:
    """Return words of the record for use in a sentence: on one line and not endless."""
    plain = " ".join(text.split())
    return plain if len(plain) <= 80 else f"{plain[:77]}..."


class TimingReading(NamedTuple):
    """The timing of one dosage line. `starts` and `ends` are the days it names, `None` when it
    names none. `written` is what its code or words say where they differ from its structure (Q41).
    """

    timing: Timing | None
    as_needed: bool = False
    starts: dt.date | None = None
    ends: dt.date | None = None
    written: Timing | None = None


def read_timing(timing: object, authored: dt.date | None = None) -> TimingReading:
    """Return how often a FHIR Timing says, with its bounds.

    Args:
        authored: the day the order was written, from which an end date alone is counted.
    Raises: NotComputable, when it says nothing, or two different things.
    """
    stated = as_dict(timing)
    repeat = as_dict(stated.get("repeat"))
    coded = bool(words_of(stated.get("code")))
    from_repeat = None if coded and _says_only_when(repeat) else _rhythm_of_repeat(repeat)
    from_code, as_needed = _rhythm_of_code(stated.get("code"))
    rhythm = from_repeat or from_code or _single_dose(stated, repeat)
    if rhythm is None:
        raise NotComputable(_why_no_rhythm(stated, repeat))
    starts, ends = _bounds_period(repeat)
    duration = _duration(repeat, starts or authored, ends) or rhythm.duration
    count, count_max = _whole(repeat, "count") or rhythm.count, _whole(repeat, "countMax")
    number = from_code is not None and from_code.count not in (None, count, count_max)
    number = number or bool(rhythm.is_single and len(as_list(stated.get("event"))) > 1)
    if number and from_repeat is None:
        raise NotComputable("number of doses is given in two ways that differ")
    differs = from_repeat and from_code and _interval(from_repeat) != _interval(from_code)
    if count or count_max or duration:
        most = None if count_max == count else count_max or rhythm.count_max
        rhythm = replace(rhythm, count=count, count_max=most, duration=duration)
    return TimingReading(rhythm, as_needed, starts, ends, from_code if differs or number else None)


def _single_dose(stated: Mapping[str, Any], repeat: Mapping[str, Any]) -> Timing | None:
    """Return the timing of one dose: a count of one, or one named moment, and nothing more."""
    once = _whole(repeat, "count") == 1 and repeat.get("countMax") in (None, 1)
    one_moment = len(as_list(stated.get("event"))) == 1 and not repeat
    if (once or one_moment) and stated.get("code") is None:
        return replace(times_per(1, 1, _DAY), count=1)
    return None


def _interval(timing: Timing) -> tuple[Decimal, Decimal]:
    return timing.shortest_interval, timing.longest_interval


def _why_no_rhythm(stated: Mapping[str, Any], repeat: Mapping[str, Any]) -> str:
    text = words_of(stated.get("code"))
    if text:
        return f"frequency only as text: {shorten(text)}"
    if repeat.get("count") is not None or stated.get("event"):
        return "number of doses without a frequency"
    return "frequency not stated"


def _rhythm_of_repeat(repeat: Mapping[str, Any]) -> Timing | None:
    """Return frequency and period of `Timing.repeat`; `None` when it has neither."""
    days = len({str(day)[:3].lower() for day in as_list(repeat.get("dayOfWeek"))})
    period, period_max = _positive(repeat, "period"), _positive(repeat, "periodMax")
    per_day = len(as_list(repeat.get("timeOfDay"))) or len(as_list(repeat.get("when")))
    if period is None:
        if repeat.get("frequency") is not None and not (days or per_day):
            raise NotComputable("frequency without a period")
        if not (days or per_day):
            return None
    unit, part = _unit(repeat) if period is not None else (_DAY, Decimal(1))
    daily = unit is _DAY and period in (None, part)
    frequency = _whole(repeat, "frequency") or (max(per_day, 1) if daily else 1)
    if per_day > 1 and frequency != per_day:
        raise NotComputable("times of day and frequency do not fit together")
    period = period or Decimal(1)
    if days:
        return _on_days(days, frequency, period / part, unit)
    rhythm = simplest(frequency, period, period_max, unit, part)
    frequency_max = _whole(repeat, "frequencyMax")
    same = frequency_max in (None, frequency)
    return rhythm if same else _ranged(rhythm, frequency, Decimal(frequency_max or 0))


def _says_only_when(repeat: Mapping[str, Any]) -> bool:
    """Return whether a structure without a period names at most one hour, day or part of the day:
    how often is what the code beside it says, "every 30 days" at 09:00 too.
    """
    several = any(len(as_list(repeat.get(name))) > 1 for name in ("dayOfWeek", "timeOfDay", "when"))
    once = all(repeat.get(name) in (None, 1) for name in ("frequency", "frequencyMax"))
    return once and not several and repeat.get("period") is None


def _on_days(days: int, frequency: int, period: Decimal, unit: PeriodUnit) -> Timing:
    """Return the timing of a line bound to days of the week: so many doses on each of them, or so
    many in all.
    """
    if unit is _DAY and period == 1:
        return times_per(frequency * days, 1, _WEEK)
    if unit is _WEEK and frequency in (1, days) and (days == 1 or frequency == days):
        return times_per(frequency, period, _WEEK)
    raise NotComputable("days of the week and frequency do not fit together")


def _ranged(rhythm: Timing, frequency: int, frequency_max: Decimal) -> Timing:
    """Turn "one to three times a day" into one dose every third of a day to every day; the rhythm
    is in its simplest form, hourly as 24 a day.
    """
    if frequency_max < frequency:
        raise NotComputable("highest frequency is below the frequency")
    longest = (rhythm.period_max or rhythm.period) / rhythm.frequency
    shortest = rhythm.period / rhythm.frequency * frequency / frequency_max
    return Timing(1, shortest, rhythm.unit, longest)


def _unit(repeat: Mapping[str, Any]) -> tuple[PeriodUnit, Decimal]:
    """Return the period's unit. Some clients put a Quantity's code beside a spelt-out unit; either
    may be the one that is known.
    """
    for name in (fhir_versions.read_period_unit(repeat), repeat.get("code")):
        known = _PERIOD_UNITS.get(name.strip().lower()) if isinstance(name, str) else None
        if known:
            return known
    raise NotComputable("unit of the period is missing or not known")


def _positive(repeat: Mapping[str, Any], name: str) -> Decimal | None:
    if repeat.get(name) is None:
        return None
    value = read_number(repeat[name])
    if value is None or not 0 < value <= HIGHEST_COUNT:
        raise NotComputable(f"{name} is not a usable number: {shorten(str(repeat[name]))}")
    return value


def _whole(repeat: Mapping[str, Any], name: str) -> int | None:
    value = _positive(repeat, name)
    if value is not None and value != value.to_integral_value():
        raise NotComputable(f"{name} is not a whole number: {shorten(str(repeat[name]))}")
    return None if value is None else int(value)


def _bounds_period(repeat: Mapping[str, Any]) -> tuple[dt.date | None, dt.date | None]:
    start, end = read_period(repeat.get("boundsPeriod"))
    if start and end and end.latest < start.earliest:
        raise NotComputable("it ends before it starts")
    return (start.earliest if start else None), (end.latest if end else None)


_BOUNDS = frozenset({"boundsPeriod", "boundsDuration", "boundsRange", "boundsQuantity"})


def read_worded(
    said: Timing | None, as_needed: bool, timing: object, authored: dt.date | None
) -> TimingReading | None:
    """Return the rhythm that the words of a line say, where its FHIR Timing says none: at most its
    bounds, and the words no end of their own. `None` where the Timing is to be read.
    """
    stated = as_dict(timing)
    repeat = as_dict(stated.get("repeat"))
    if said is None or not stated:
        return TimingReading(said, as_needed) if said else None
    says_when = stated.keys() - {"repeat"} or repeat.keys() - _BOUNDS
    if says_when or said.duration or said.count or as_needed:
        return None
    starts, ends = _bounds_period(repeat)
    duration = _duration(repeat, starts or authored, ends)
    bounded = replace(said, duration=duration) if duration else said
    return TimingReading(bounded, starts=starts, ends=ends)


def read_bounds(timing: object) -> TimingReading:
    """Return the days a FHIR Timing names, whatever else of it cannot be read."""
    try:
        starts, ends = _bounds_period(as_dict(as_dict(timing).get("repeat")))
    except NotComputable:
        return TimingReading(None)
    return TimingReading(None, starts=starts, ends=ends)


def _last_day_counts(repeat: Mapping[str, Any]) -> int:
    """Return 1 where the last day of the bounds belongs to them, as FHIR's Period says of a date
    without a time; 0 where a time of that day ends them.
    """
    end = str(as_dict(repeat.get("boundsPeriod")).get("end"))
    return int("T" not in end or end.partition("T")[2].startswith("23:59"))


def _duration(
    repeat: Mapping[str, Any], starts: dt.date | None, ends: dt.date | None
) -> tuple[Decimal, PeriodUnit] | None:
    """Return for how long, from a duration, a range of durations (the longest) or two dates; empty
    bounds count as none (R166).
    """
    bounds = as_dict(fhir_versions.first_of(repeat, "boundsDuration", "boundsQuantity"))
    bounds = bounds or as_dict(as_dict(repeat.get("boundsRange")).get("high"))
    if bounds.get("value") is not None:
        value = _positive(bounds, "value") or Decimal(0)
        unit, part = _unit({"periodUnit": bounds.get("unit"), "code": bounds.get("code")})
        return value / part, unit
    if starts and ends:
        return Decimal(max((ends - starts).days + _last_day_counts(repeat), 1)), _DAY
    return None


_DAYS = {_DAY: Decimal(1), _WEEK: Decimal(7), _MONTH: MONTH_DAYS, _YEAR: Decimal("365.25")}


def days_of(quantity: object) -> Decimal | None:
    """Return a Quantity of time in days; `None` when it is none."""
    stated = as_dict(quantity)
    try:
        value = _positive(stated, "value")
        if value is None:
            return None
        unit, part = _unit({"periodUnit": stated.get("unit"), "code": stated.get("code")})
    except NotComputable:
        return None
    return value / part * _DAYS[unit]


def _rhythm_of_code(code: object) -> tuple[Timing | None, bool]:
    """Return what a timing code or its words say, and whether they say "as needed".

    Raises: NotComputable, when they say two different things.
    """
    if code is None:
        return None, False
    concept = as_dict(code)
    codings = [as_dict(coding) for coding in as_list(concept.get("coding"))]
    texts = [
        concept.get("text"),
        *(coding.get(name) for name in ("display", "code") for coding in codings),
    ]
    spoken = [text for text in texts if isinstance(text, str) and len(text) <= LONGEST_TEXT]
    rhythms = [rhythm for rhythm in map(parse_rhythm, spoken) if rhythm]
    if len({_interval(rhythm) for rhythm in rhythms}) > 1:
        raise NotComputable(
            f"frequency is given in two ways that differ: {shorten(words_of(code))}"
        )
    as_needed = any(AS_NEEDED.search(fold(text)) for text in spoken)
    return (rhythms[0] if rhythms else None), as_needed
