"""How often a dose is given: FHIR Timing and timing codes of every version, or in words why it
cannot be computed.

Source: cards.md 2; R166.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from fhir_mappings.fhir import as_dict, as_list, read_period, words_of
from fhir_mappings.fhir import versions as fhir_versions
from recommender.language import PeriodUnit, Timing

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


def _times(
    frequency: int, period: int | Decimal, unit: PeriodUnit, period_max: int | Decimal | None = None
) -> Timing:
    return Timing(
        frequency, Decimal(period), unit, None if period_max is None else Decimal(period_max)
    )


_ABBREVIATIONS: dict[str, Timing] = {
    **dict.fromkeys(
        (
            "qd",
            "od",
            "am",
            "pm",
            "bed",
            "hs",
            "qhs",
            "qam",
            "qpm",
            "daily",
            "nightly",
            "once daily",
        ),
        _times(1, 1, _DAY),
    ),
    **dict.fromkeys(("bid", "bd", "twice daily"), _times(2, 1, _DAY)),
    **dict.fromkeys(("tid", "tds", "thrice daily"), _times(3, 1, _DAY)),
    **dict.fromkeys(("qid", "qds"), _times(4, 1, _DAY)),
    **dict.fromkeys(
        (
            "qod",
            "eod",
            "every other day",
            "every second day",
            "alternate days",
            "on alternate days",
        ),
        _times(1, 2, _DAY),
    ),
    **dict.fromkeys(("wk", "qw", "qwk", "weekly", "once weekly"), _times(1, 1, _WEEK)),
    **dict.fromkeys(("biw", "twice weekly"), _times(2, 1, _WEEK)),
    **dict.fromkeys(("tiw", "thrice weekly"), _times(3, 1, _WEEK)),
    **dict.fromkeys(("fortnightly", "every other week", "every second week"), _times(1, 2, _WEEK)),
    **dict.fromkeys(("mo", "qm", "qmo", "monthly", "once monthly"), _times(1, 1, _MONTH)),
    **dict.fromkeys(("every other month", "every second month"), _times(1, 2, _MONTH)),
    **dict.fromkeys(("quarterly", "every quarter"), _times(1, 3, _MONTH)),
    **dict.fromkeys(("yearly", "annually", "once yearly"), _times(1, 1, _YEAR)),
}
"""Timing codes and fixed phrases. "Biweekly" and "bimonthly" mean two things and are left out."""

_UP_TO_TWELVE = (
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
_NUMBER_WORDS = {word: str(number) for number, word in enumerate(_UP_TO_TWELVE, start=1)} | {
    "once": "1 time",
    "twice": "2 times",
    "thrice": "3 times",
}
_PER = {
    "day": _DAY,
    "daily": _DAY,
    "week": _WEEK,
    "weekly": _WEEK,
    "month": _MONTH,
    "monthly": _MONTH,
    "year": _YEAR,
    "yearly": _YEAR,
}
_TIMES_PER = re.compile(
    r"(\d+) ?(?:times?|x)?,? ?(?:an?|per|each|every)? "
    r"?(day|daily|week|weekly|month|monthly|year|yearly)"
)
_EVERY = re.compile(r"every (?:(\d+)(?: ?(?:-|to) ?(\d+))? )?(hour|day|week|month|year)s?")
_Q_CODE = re.compile(r"q ?(\d+) ?(?:-|to)? ?(\d+)? ?(h|d|w|wk|m|mo|mon|y)(?:rs?|s)?")
_Q_UNITS = {
    "h": "hour",
    "d": "day",
    "w": "week",
    "wk": "week",
    "m": "month",
    "mo": "month",
    "mon": "month",
    "y": "year",
}
_AS_NEEDED = re.compile(r"\b(?:prn|as needed|as required|when required|if needed)\b.*")

HIGHEST_COUNT = 10_000
"""A frequency, count or period above this is a slip of the pen and is not computed with."""


class NotComputable(ValueError):
    """What of a dose or timing could not be read, in words."""


def read_number(value: object) -> Decimal | None:
    """Return a JSON number, or a string that holds one, exactly as written; `None` for anything
    else.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= 12 else None


def shorten(text: str) -> str:
    """Return words of the record for use in a sentence: on one line and not endless."""
    plain = " ".join(text.split())
    return plain if len(plain) <= 80 else f"{plain[:77]}..."


@dataclass(frozen=True, slots=True)
class TimingReading:
    """The timing of one dosage line. `starts` and `ends` are the days it names, `None` when it
    names none.
    """

    timing: Timing | None
    as_needed: bool = False
    starts: dt.date | None = None
    ends: dt.date | None = None


def read_timing(timing: object, authored: dt.date | None = None) -> TimingReading:
    """Return how often a FHIR Timing says, with its bounds.

    Args:
        authored: the day the order was written, from which an end date alone is counted.
    Raises: NotComputable, when it says nothing, or two different things.
    """
    stated = as_dict(timing)
    repeat = as_dict(stated.get("repeat"))
    from_repeat = _rhythm_of_repeat(repeat)
    from_code, as_needed = _rhythm_of_code(stated.get("code"))
    rhythm = from_repeat or from_code
    if rhythm is None:
        raise NotComputable(_why_no_rhythm(stated, repeat))
    if from_repeat and from_code and _interval(from_repeat) != _interval(from_code):
        raise NotComputable(
            f"frequency is given in two ways that differ: {shorten(words_of(stated.get('code')))}"
        )
    starts, ends = _bounds_period(repeat)
    duration = _duration(repeat, starts or authored, ends)
    count, count_max = _whole(repeat, "count"), _whole(repeat, "countMax")
    if count or count_max or duration:
        rhythm = replace(
            rhythm,
            count=count,
            count_max=None if count_max == count else count_max,
            duration=duration,
        )
    return TimingReading(rhythm, as_needed, starts, ends)


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
    frequency = _whole(repeat, "frequency") or (max(per_day, 1) if period is None else 1)
    unit, part = _unit(repeat) if period is not None else (_DAY, Decimal(1))
    period = period or Decimal(1)
    if days:
        return _on_days(days, frequency, period / part, unit)
    rhythm = _simplest(frequency, period, period_max, unit, part)
    frequency_max = _whole(repeat, "frequencyMax")
    return (
        rhythm
        if frequency_max in (None, frequency)
        else _ranged(rhythm, frequency, Decimal(frequency_max or 0))
    )


def _on_days(days: int, frequency: int, period: Decimal, unit: PeriodUnit) -> Timing:
    """Return the timing of a line bound to days of the week: so many doses on each of them, or so
    many in all.
    """
    if unit is _DAY and period == 1:
        return _times(frequency * days, 1, _WEEK)
    if unit is _WEEK and frequency in (1, days) and (days == 1 or frequency == days):
        return _times(frequency, period, _WEEK)
    raise NotComputable("days of the week and frequency do not fit together")


def _simplest(
    frequency: int, period: Decimal, period_max: Decimal | None, unit: PeriodUnit, part: Decimal
) -> Timing:
    """Write a period counted in parts of a unit in the unit itself: once every 8 hours is 3 per
    day.
    """
    per_day = frequency * part / period
    if part > 1 and period_max is None and period < part and per_day == per_day.to_integral_value():
        return _times(int(per_day), 1, unit)
    return _times(
        frequency, period / part, unit, None if period_max in (None, period) else period_max / part
    )


def _ranged(rhythm: Timing, frequency: int, frequency_max: Decimal) -> Timing:
    """Turn "one to three times a day" into one dose every third of a day to every day."""
    if frequency_max < frequency:
        raise NotComputable("highest frequency is below the frequency")
    longest = (rhythm.period_max or rhythm.period) / frequency
    return Timing(1, rhythm.period / frequency_max, rhythm.unit, longest)


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
        return Decimal(max((ends - starts).days, 1)), _DAY
    return None


def _rhythm_of_code(code: object) -> tuple[Timing | None, bool]:
    """Return what a timing code or its text says, and whether it says "as needed"."""
    if code is None:
        return None, False
    concept = as_dict(code)
    codings = [as_dict(coding) for coding in as_list(concept.get("coding"))]
    texts = [
        concept.get("text"),
        *(coding.get(name) for name in ("display", "code") for coding in codings),
    ]
    spoken = [text for text in texts if isinstance(text, str)]
    rhythms = [rhythm for rhythm in map(parse_rhythm, spoken) if rhythm]
    return (rhythms[0] if rhythms else None), any(
        _AS_NEEDED.search(text.lower()) for text in spoken
    )


def parse_rhythm(text: str) -> Timing | None:
    """Return the timing of a timing code ("BID", "Q1M") or a set phrase ("every 2-3 months");
    `None` when it is anything else.
    """
    words = re.sub(r"\([^)]*\)|[.]", " ", text.lower())
    words = " ".join(_AS_NEEDED.sub(" ", words).split())
    if words in _ABBREVIATIONS:
        return _ABBREVIATIONS[words]
    words = " ".join(_NUMBER_WORDS.get(word, word) for word in words.split())
    if words in _ABBREVIATIONS:
        return _ABBREVIATIONS[words]
    coded, every, times = (
        _Q_CODE.fullmatch(words),
        _EVERY.fullmatch(words),
        _TIMES_PER.fullmatch(words),
    )
    if coded:
        return _every(coded[1], coded[2], _Q_UNITS[coded[3]])
    if every:
        return _every(every[1] or "1", every[2], every[3])
    return (
        _times(int(times[1]), 1, _PER[times[2]])
        if times and 0 < int(times[1]) <= HIGHEST_COUNT
        else None
    )


def _every(period: str, period_max: str | None, unit_name: str) -> Timing | None:
    unit, part = _PERIOD_UNITS[unit_name]
    low, high = Decimal(period), Decimal(period_max) if period_max else None
    if not 0 < low <= HIGHEST_COUNT or (high is not None and not low <= high <= HIGHEST_COUNT):
        return None
    return _simplest(1, low, high, unit, part)
