"""Phrases that say how often, and the timing each means: "every 2-3 months", "twice a week"."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from fhir_mappings.dosing.interval_timings import (
    DAY,
    FRACTION_OF,
    HIGHEST_COUNT,
    UNIT_OF,
    WEEK,
    every,
    number_in,
    times_per,
)
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
    INJECTIONS,
    LASTING,
    LONG_DAYS,
    LOW_HIGH,
    LOW_HIGH2,
    NUMBER,
    ONCE,
    ONE_GIVEN,
    ORDINALS,
    PER,
    QUARTERLY,
    SEVERAL,
    TIMES,
    UNIT_WORDS,
    UNITS,
    WEEKDAYS,
    any_of,
)
from recommender.language import Timing

_Q_UNIT = {"h": "hour", "d": "day", "w": "week", "m": "month", "y": "year"}

_ONE_DOSE = (
    r"stat|(?:as a )?single dose|(?:one|1) dose only|once only|one ?-? ?(?:off|time)(?: dose)?|"
    r"(?:once )?(?<!for )(?<!from )(?:today|now|heute)(?= ?(?:$|[|;.)]))|"
    r"once(?=,? (?:for )?(?:one|1) dose)|(?<=, )once(?= ?(?:$|[|;]))|"
    r"einmalig|einzeldosis|(?:dose|prise) unique|dosis unica|dose unica|dose singola|una tantum|"
    r"eenmalig|engangsdos(?:e|is)?"
)

_DAILY = times_per(1, 1, DAY)

_DOSE = r"\d(?:[.,/\u2044]\d)?"

LONGEST_SCHEME = 4
"""Morning, noon, evening and night."""

Build = Callable[[re.Match[str]], Timing | None]


def _count(match: re.Match[str]) -> int | None:
    if match["once"]:
        return ONCE[match["once"]]
    number = number_in(match["n"])
    return int(number) if number == int(number) and 0 < number <= HIGHEST_COUNT else None


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


def _spread(match: re.Match[str]) -> Timing | None:
    """Return "x6 over 2 weeks" as six in two weeks, and then no more."""
    number, low, unit = int(number_in(match["n"])), match["low"], UNITS[match["unit"]]
    timing = every(low, None, unit, number) if unit in ("day", "week", "month") else None
    ends = (number_in(low), UNIT_OF[unit])
    return timing and replace(timing, count=number, duration=ends)


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
    (_ONE_DOSE, lambda _: replace(times_per(1, 1, DAY), count=1)),
    (rf"{DAYTIMES} ?(?:and|&|\+|und|et|e|y|och|og|en) ?{DAYTIMES}", lambda _: times_per(2, 1, DAY)),
    (rf"{_DOSE}(?:-{_DOSE}){{2,}}", _scheme),
    (r"(?P<low>\d{1,2})/(?P=low) ?(?P<unit>h|horas?|dias?)", _repeated),
    (
        rf"(?:de )?(?P<low>{NUMBER}) em (?P=low) (?P<unit>horas|dias|semanas|meses|anos)",
        _repeated,
    ),
    (DAYTIMES, _time_of_day),
    (
        r"(?!moth(?![a-z]))(?:mo|tu|we|th|fr|sa|su){2,7}",
        lambda m: times_per(len(m[0]) // 2, 1, WEEK),
    ),
    (rf"\d{{1,2}}/\d{{1,2}}[ -]{{0,2}}(?:{ADVERB_WORDS})", _two_meanings),
    (r"[236] ?x ?(?:monthly|mthly)", _two_meanings),
    (
        rf"(?P<n>[2-9]|{SEVERAL}) (?:{INJECTIONS}) (?:{PER}) ?"
        rf"(?P<unit>{UNIT_WORDS})",
        _injections_per,
    ),
    (
        rf"(?:x ?)?(?P<n>[2-9]|{SEVERAL}) ?(?:(?:{TIMES}|{INJECTIONS}) )?"
        rf"(?:(?:spread )?over|within|uber) (?P<low>{NUMBER}) ?(?P<unit>{UNIT_WORDS})",
        _spread,
    ),
    (
        rf"(?P<n>[2-9]|{SEVERAL})(?= [0-9.]+ ?m[cg]g? (?:{INJECTIONS}) "
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
    (
        rf"(?:x ?)?(?P<n>{NUMBER}) ?(?:per|a|an|pro|par|por|al|/) ?(?P<unit>{UNIT_WORDS})",
        _bare_per,
    ),
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
