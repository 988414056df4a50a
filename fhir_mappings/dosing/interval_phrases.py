"""Phrases that say how often, and the timing each means: "every 2-3 months", "twice a week"."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial

from fhir_mappings.dosing.interval_vocabulary import (
    ADVERB_WORDS,
    ADVERBS,
    COUNTED,
    DAY_WORDS,
    DAYS,
    DAYTIMES,
    EACH,
    EVERY_OTHER,
    HALF_YEARLY,
    LASTING,
    LONG_DAYS,
    LOW_HIGH,
    LOW_HIGH2,
    NUMBER,
    NUMBERS,
    ONCE,
    ONE_DOSE,
    ONE_GIVEN,
    ORDINALS,
    PER,
    QUARTERLY,
    SEVERAL,
    UNIT_WORDS,
    UNITS,
    WEEKDAYS,
    any_of,
)
from recommender.language import PeriodUnit, Timing

DAY, WEEK, MONTH, YEAR = PeriodUnit.DAY, PeriodUnit.WEEK, PeriodUnit.MONTH, PeriodUnit.YEAR

HIGHEST_COUNT = 10_000
"""A frequency, count or period above this is a slip of the pen and is not computed with."""

UNIT_OF = {"hour": DAY, "day": DAY, "week": WEEK, "month": MONTH, "year": YEAR}

_Q_UNIT = {"h": "hour", "d": "day", "w": "week", "m": "month", "y": "year"}

FRACTION_OF = {"7": "day", "52": "week", "12": "month"}
"""UK shorthand: 3/7 is three days, 2/52 two weeks, 3/12 three months."""


def times_per(
    frequency: int, period: int | Decimal, unit: PeriodUnit, period_max: int | Decimal | None = None
) -> Timing:
    """Return so many doses every period, which may be a range."""
    longest = None if period_max is None else Decimal(period_max)
    return Timing(frequency, Decimal(period), unit, longest)


_DAILY = times_per(1, 1, DAY)

_DOSE = r"\d(?:[.,/\u2044]\d)?"

LONGEST_SCHEME = 4
"""Morning, noon, evening and night."""

Build = Callable[[re.Match[str]], Timing | None]


def number_in(word: str) -> Decimal:
    """Return the number that a word or digits say."""
    return Decimal(NUMBERS.get(word, 0) or word)


def _count(match: re.Match[str]) -> int | None:
    if match["once"]:
        return ONCE[match["once"]]
    number = number_in(match["n"])
    return int(number) if number == int(number) and 0 < number <= HIGHEST_COUNT else None


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


def _times_every(match: re.Match[str]) -> Timing | None:
    count = _count(match)
    low, high = match["low"] or match["low2"] or "1", match["high"] or match["high2"]
    return every(low, high, UNITS[match["unit"]], count) if count else None


def _times_per(match: re.Match[str]) -> Timing | None:
    count = _count(match)
    unit = UNITS.get(match["unit"] or "") or ADVERBS[match["adverb"]]
    return every("1", None, unit, count) if count else None


def _bare_per(match: re.Match[str]) -> Timing | None:
    number = number_in(match["n"])
    return every("1", None, UNITS[match["unit"]], int(number)) if number == int(number) else None


def _every_second(unit_name: str, _: re.Match[str]) -> Timing | None:
    return every("2", None, unit_name)


def once_per(match: re.Match[str]) -> Timing | None:
    """Return one dose every unit that was said."""
    return every("1", None, UNITS[match["unit"]])


def _ordinal(match: re.Match[str]) -> Timing | None:
    return every(str(ORDINALS[match["nth"]]), None, UNITS[match["unit"]])


def _weekdays(match: re.Match[str]) -> Timing | None:
    """Return "Mon, Wed, Fri" as three a week; "Mon-Fri" may be two days or five."""
    if re.search(rf"^(?:\w+ )?(?:{DAYS}) ?- ?(?:{DAYS})$", match[0]):
        return None
    days = {_day(word) for word in re.findall(DAYS, match[0])}
    return times_per(len(days), 1, WEEK) if days else None


def _from_day_to_day(match: re.Match[str]) -> Timing | None:
    """Return "Monday to Friday" as five a week."""
    names = list(dict.fromkeys(WEEKDAYS.values()))
    first, last = (names.index(_day(match[end])) for end in ("from", "till"))
    return times_per((last - first) % len(names) + 1, 1, WEEK) if first != last else None


def _days_per(match: re.Match[str]) -> Timing | None:
    """Return "3 days a week" as three a week; "every 3 days a week" means two things."""
    number, unit = number_in(match["n"]), match["unit"]
    of_a_week = (UNITS[unit] if unit else ADVERBS[match["adverb"]]) == "week"
    if match["every"] or not of_a_week or number not in range(1, 8):
        return None
    return times_per(int(number), 1, WEEK)


def _two_meanings(_: re.Match[str]) -> None:
    """Refuse what means two things."""


def _injections_per(match: re.Match[str]) -> Timing | None:
    """Return "three injections a week" as three a week."""
    return every("1", None, UNITS[match["unit"]], int(number_in(match["n"])))


def _day(word: str) -> str:
    return next(day for name, day in WEEKDAYS.items() if re.fullmatch(name, word))


def _every_adverb(match: re.Match[str]) -> Timing | None:
    """Return "12 weekly" as every 12 weeks (Q43); "2 daily" may be two tablets a day or every other
    day.
    """
    unit, low = ADVERBS[match["adverb"]], match["low"]
    if unit == "day" and (number_in(low) != 1 or match["high"]):
        return None
    return every(low, match["high"], unit)


def _fraction(match: re.Match[str]) -> Timing | None:
    return every(match["low"], match["high"], FRACTION_OF[match["of"]])


def _time_of_day(match: re.Match[str]) -> Timing | None:
    """Return one dose a day, unless another time of day stands further on: the doses of each are
    not read.
    """
    return None if re.search(rf"\b{DAYTIMES}\b", match.string[match.end() :]) else _DAILY


def _scheme(match: re.Match[str]) -> Timing | None:
    """Return "1-0-1", the doses of morning, noon, evening (and night), as two a day; `None` where
    one of them is no single dose ("2-1-0-1", "1-0-½").
    """
    doses = match[0].split("-")
    if len(doses) > LONGEST_SCHEME or not {"1"} <= set(doses) <= {"0", "1"}:
        return None
    return times_per(doses.count("1"), 1, DAY)


def _every(match: re.Match[str]) -> Timing | None:
    return every(match["low"], match["high"], UNITS[match["unit"]])


def _repeated(match: re.Match[str]) -> Timing | None:
    """Return "15/15 dias", "8/8 h" or "de 3 em 3 meses" as every 15 days, 8 hours, 3 months."""
    return every(match["low"], None, UNITS[match["unit"]])


def _compile(*rows: tuple[str, Build]) -> tuple[tuple[re.Pattern[str], Build], ...]:
    return tuple((re.compile(rf"(?<![a-z0-9/.])(?:{p})(?![a-z0-9/])"), b) for p, b in rows)


PHRASES = _compile(
    *((phrases, partial(_every_second, unit)) for unit, phrases in EVERY_OTHER.items()),
    (QUARTERLY, lambda _: every("3", None, "month")),
    (HALF_YEARLY, lambda _: every("6", None, "month")),
    (ONE_DOSE, lambda _: replace(times_per(1, 1, DAY), count=1)),
    (rf"{DAYTIMES} ?(?:and|&|\+|und|et|e|y) ?{DAYTIMES}", lambda _: times_per(2, 1, DAY)),
    (rf"{_DOSE}(?:-{_DOSE}){{2,}}", _scheme),
    (r"(?P<low>\d{1,2})/(?P=low) ?(?P<unit>h|horas?|dias?)", _repeated),
    (
        rf"(?:de )?(?P<low>{NUMBER}) em (?P=low) (?P<unit>horas|dias|semanas|meses|anos)",
        _repeated,
    ),
    (DAYTIMES, _time_of_day),
    (r"(?:mo|tu|we|th|fr|sa|su){2,7}", lambda m: times_per(len(m[0]) // 2, 1, WEEK)),
    (rf"\d{{1,2}}/\d{{1,2}}[ -]{{0,2}}(?:{ADVERB_WORDS})", _two_meanings),
    (
        rf"(?P<n>[2-9]|{SEVERAL}) (?:injections?|doses?|jabs?|shots?) (?:{PER}) ?"
        rf"(?P<unit>{UNIT_WORDS})",
        _injections_per,
    ),
    (
        rf"(?P<n>[2-9]|{SEVERAL})(?= [0-9.]+ ?m[cg]g? (?:injections?|doses?|jabs?|shots?) "
        rf"(?:{PER}) ?(?P<unit>{UNIT_WORDS})(?![a-z]))",
        _injections_per,
    ),
    (
        rf"(?:{EACH} (?:other|second|2nd)|alternate|alternating) (?:{DAYS})",
        partial(_every_second, "week"),
    ),
    (r"days? [1-9]\d?(?: ?(?:[,.&+]|and) ?\d{1,2})+", _two_meanings),
    (
        rf"(?P<every>{EACH} )?(?P<n>{NUMBER}) ?(?:{DAY_WORDS}) ?"
        rf"(?:(?:{PER}|{EACH}) ?(?P<unit>{UNIT_WORDS})|(?P<adverb>{ADVERB_WORDS}))",
        _days_per,
    ),
    (
        rf"(?P<from>{DAYS}) ?"
        rf"(?:to|through|thru|until|bis|a|au|tot|t/m|til) ?(?P<till>{DAYS})",
        _from_day_to_day,
    ),
    (
        rf"{COUNTED},? ?(?:{EACH} ?(?:{LOW_HIGH} ?)?|"
        rf"(?:(?:per|in de) |/ ?){LOW_HIGH2} ?)(?P<unit>{UNIT_WORDS})",
        _times_every,
    ),
    (
        rf"(?:1|one|une?|una|uma|en|ett?) (?:{ONE_GIVEN}) ?/ ?{LOW_HIGH} ?(?P<unit>{UNIT_WORDS})",
        _every,
    ),
    (rf"(?:at |in )?{LOW_HIGH}[ -]?(?P<unit>{UNIT_WORDS}) (?:intervals?|apart)", _every),
    (rf"(?:once )?{EACH} (?P<nth>{any_of(ORDINALS)}) ?(?P<unit>{UNIT_WORDS})", _ordinal),
    (
        rf"(?:(?:1|one) )?(?:{EACH}|q|(?<![0-9] )(?:per(?! [a-z0-9]+ (?:{LASTING})\b)|pro|par)) ?"
        rf"(?:{LOW_HIGH}[ -]?)"
        rf"(?P<unit>{UNIT_WORDS})",
        _every,
    ),
    (rf"(?:{EACH}|q) ?{LOW_HIGH} ?/ ?(?P<of>7|52|12)", _fraction),
    (rf"{LOW_HIGH}/(?P<of>52|12)ly", _fraction),
    (
        r"q ?(?P<low>\d{1,4})(?: ?(?:-|to) ?(?P<high>\d{1,4}))? ?(?P<q>[hdwmy])(?:k|o|on|r)?s?",
        lambda m: every(m["low"], m["high"], _Q_UNIT[m["q"]]),
    ),
    (
        rf"{COUNTED},? ?(?:(?:{PER}) ?)?(?:(?P<unit>{UNIT_WORDS})|(?P<adverb>{ADVERB_WORDS}))",
        _times_per,
    ),
    (rf"(?P<n>{NUMBER}) ?(?:per|a|an|pro|par|por|al|/) ?(?P<unit>{UNIT_WORDS})", _bare_per),
    (r"x ?(?P<n>[1-9]) ?(?:dagl\w*|dgl)", lambda m: times_per(int(m["n"]), 1, DAY)),
    (rf"x ?[2-9] ?(?:{ADVERB_WORDS})", _two_meanings),
    (
        rf"{LOW_HIGH}[ -]{{0,2}}(?P<adverb>{ADVERB_WORDS})(?! (?:inj|dos|shot|spritz))",
        _every_adverb,
    ),
    (rf"(?:{EACH} |q ?)(?P<unit>{UNIT_WORDS})", lambda m: every("1", None, UNITS[m["unit"]])),
    (
        rf"(?:on |every |each )?(?:{DAYS})(?:(?: ?[,/&+-] ?(?:and )?| and | )(?:{DAYS}))+"
        rf"|(?:on |every |each )?(?:{LONG_DAYS})",
        _weekdays,
    ),
    (rf"(?:q ?)?(?P<adverb>{ADVERB_WORDS})", lambda m: every("1", None, ADVERBS[m["adverb"]])),
)
"""What is said, the longest first, and the timing it means; `None`: it is said and not readable."""
