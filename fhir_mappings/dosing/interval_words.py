"""How often, in words: "12 weekly", "every 2-3 months", "Mon, Wed, Fri", "3x wöchentlich", Q30D.

What means two things is not read: "biweekly", "N/12" alone, "3 weekly injections" (Q43).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from functools import partial

from fhir_mappings.dosing.interval_vocabulary import (
    ADVERBS,
    DAYTIMES,
    EVERY,
    EVERY_OTHER,
    HALF_YEARLY,
    NUMBERS,
    ONCE,
    ONE_DOSE,
    ORDINALS,
    PER,
    QUARTERLY,
    TIMES,
    TO,
    UNITS,
    WEEKDAYS,
    fold,
)
from recommender.language import PeriodUnit, Timing

DAY, WEEK, MONTH, YEAR = PeriodUnit.DAY, PeriodUnit.WEEK, PeriodUnit.MONTH, PeriodUnit.YEAR

HIGHEST_COUNT = 10_000
"""A frequency, count or period above this is a slip of the pen and is not computed with."""

FOR_LIFE = re.compile(
    r"(?<![a-z])(?:for life|for ever|life ?-?long|long ?-?term|ongoing|indefinitely|"
    r"lebenslang|a vie|de por vida|a vita|levenslang|livslangt?)(?![a-z])"
)
LONGEST_TEXT = 500
"""Characters; what is longer is a story and not read."""

_UNIT = {"hour": DAY, "day": DAY, "week": WEEK, "month": MONTH, "year": YEAR}
_Q_UNIT = {"h": "hour", "d": "day", "w": "week", "m": "month", "y": "year"}
_FRACTION = {"7": "day", "52": "week", "12": "month"}
"""UK shorthand: 3/7 is three days, 2/52 two weeks, 3/12 three months."""


def times_per(
    frequency: int, period: int | Decimal, unit: PeriodUnit, period_max: int | Decimal | None = None
) -> Timing:
    """Return so many doses every period, which may be a range."""
    longest = None if period_max is None else Decimal(period_max)
    return Timing(frequency, Decimal(period), unit, longest)


_CODES: tuple[tuple[int, int, PeriodUnit, str], ...] = (
    (1, 1, DAY, "qd od om am pm bed hs qhs qam qpm nocte mane nightly qday"),
    (2, 1, DAY, "bid bd"),
    (3, 1, DAY, "tid tds"),
    (4, 1, DAY, "qid qds"),
    (1, 2, DAY, "qod eod"),
    (1, 2, WEEK, "qow eow"),
    (1, 1, WEEK, "wk qw qwk qweek"),
    (2, 1, WEEK, "biw"),
    (3, 1, WEEK, "tiw mwf m/w/f m-w-f"),
    (1, 1, MONTH, "mo qm qmo qmonth"),
)
ABBREVIATIONS: dict[str, Timing] = {
    word: times_per(frequency, period, unit)
    for frequency, period, unit, words in _CODES
    for word in words.split()
}
"""Timing codes and their like, where they are the whole text."""

_IN_TEXT = frozenset(
    [
        "qd",
        "od",
        "bid",
        "bd",
        "tid",
        "tds",
        "qid",
        "qds",
        "qod",
        "eod",
        "qw",
        "tiw",
        "nocte",
        "mane",
        "nightly",
        "qhs",
        "qam",
    ]
)
"""Those that no other word is written like, so that they are read inside a text too."""


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_NUM = rf"(?:\d{{1,5}}(?:\.\d{{1,2}})?|{_any(NUMBERS)})"
_UNITS, _ADVERBS = _any(UNITS), _any(ADVERBS)
_COUNTED = rf"(?:(?P<once>{_any(ONCE)})|(?P<n>{_NUM}) ?(?:{TIMES})(?![a-z]))"
_LOW_HIGH = rf"(?P<low>{_NUM})(?: ?(?:{TO}) ?(?P<high>{_NUM}))?"
_LOW_HIGH2 = rf"(?P<low2>{_NUM})(?: ?(?:{TO}) ?(?P<high2>{_NUM}))?"
_EACH = rf"(?<![a-z])(?:{EVERY})(?![a-z])"
_DAYS = "|".join(sorted(WEEKDAYS, key=len, reverse=True))
_LONG_DAYS = "|".join(sorted((day for day in WEEKDAYS if len(day) > 5), key=len, reverse=True))

_Build = Callable[[re.Match[str]], Timing | None]


def _number(word: str) -> Decimal:
    return Decimal(NUMBERS.get(word, 0) or word)


def _count(match: re.Match[str]) -> int | None:
    if match["once"]:
        return ONCE[match["once"]]
    number = _number(match["n"])
    return int(number) if number == int(number) and 0 < number <= HIGHEST_COUNT else None


def every(period: str, period_max: str | None, unit_name: str, frequency: int = 1) -> Timing | None:
    """Return so many doses every so many units; `None` for a period or a range that is none."""
    low, high = _number(period), _number(period_max) if period_max else None
    if not 0 < low <= HIGHEST_COUNT or (high is not None and not low <= high <= HIGHEST_COUNT):
        return None
    part = Decimal(24) if unit_name == "hour" else Decimal(1)
    return simplest(frequency, low, high, _UNIT[unit_name], part)


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
    number = _number(match["n"])
    return every("1", None, UNITS[match["unit"]], int(number)) if number == int(number) else None


def _every_second(unit_name: str, _: re.Match[str]) -> Timing | None:
    return every("2", None, unit_name)


def _once_per(match: re.Match[str]) -> Timing | None:
    return every("1", None, UNITS[match["unit"]])


def _ordinal(match: re.Match[str]) -> Timing | None:
    return every(str(ORDINALS[match["nth"]]), None, UNITS[match["unit"]])


def _weekdays(match: re.Match[str]) -> Timing | None:
    days = {_day(word) for word in re.findall(_DAYS, match[0])}
    return times_per(len(days), 1, WEEK) if days else None


def _day(word: str) -> str:
    return next(day for name, day in WEEKDAYS.items() if re.fullmatch(name, word))


def _every_adverb(match: re.Match[str]) -> Timing | None:
    """Return "12 weekly" as every 12 weeks (Q43); "2 daily" may be two tablets a day or every other
    day.
    """
    unit, low = ADVERBS[match["adverb"]], match["low"]
    if unit == "day" and (_number(low) != 1 or match["high"]):
        return None
    return every(low, match["high"], unit)


def _fraction(match: re.Match[str]) -> Timing | None:
    return every(match["low"], match["high"], _FRACTION[match["of"]])


def _compile(*rows: tuple[str, _Build]) -> tuple[tuple[re.Pattern[str], _Build], ...]:
    return tuple((re.compile(rf"(?<![a-z0-9/.])(?:{p})(?![a-z0-9/])"), b) for p, b in rows)


_PATTERNS = _compile(
    *((phrases, partial(_every_second, unit)) for unit, phrases in EVERY_OTHER.items()),
    (QUARTERLY, lambda _: every("3", None, "month")),
    (HALF_YEARLY, lambda _: every("6", None, "month")),
    (ONE_DOSE, lambda _: replace(times_per(1, 1, DAY), count=1)),
    (rf"{DAYTIMES} (?:and|&|\+) {DAYTIMES}", lambda _: times_per(2, 1, DAY)),
    (DAYTIMES, lambda _: times_per(1, 1, DAY)),
    (r"(?:mo|tu|we|th|fr|sa|su){2,7}", lambda m: times_per(len(m[0]) // 2, 1, WEEK)),
    (
        rf"{_COUNTED},? ?(?:{_EACH} ?(?:{_LOW_HIGH} ?)?|per {_LOW_HIGH2} )(?P<unit>{_UNITS})",
        _times_every,
    ),
    (rf"(?:once )?{_EACH} (?P<nth>{_any(ORDINALS)}) ?(?P<unit>{_UNITS})", _ordinal),
    (
        rf"(?:(?:1|one) )?(?:{_EACH}|q) ?(?:{_LOW_HIGH} ?)(?P<unit>{_UNITS})",
        lambda m: every(m["low"], m["high"], UNITS[m["unit"]]),
    ),
    (rf"(?:{_EACH}|q) ?{_LOW_HIGH} ?/ ?(?P<of>7|52|12)", _fraction),
    (rf"{_LOW_HIGH}/(?P<of>52|12)ly", _fraction),
    (
        r"q ?(?P<low>\d{1,4})(?: ?(?:-|to) ?(?P<high>\d{1,4}))? ?(?P<q>[hdwmy])(?:k|o|on|r)?s?",
        lambda m: every(m["low"], m["high"], _Q_UNIT[m["q"]]),
    ),
    (rf"{_COUNTED},? ?(?:(?:{PER}) ?)?(?:(?P<unit>{_UNITS})|(?P<adverb>{_ADVERBS}))", _times_per),
    (rf"(?P<n>{_NUM}) ?(?:per|a|an|pro|par|por|al|/) ?(?P<unit>{_UNITS})", _bare_per),
    (
        rf"{_LOW_HIGH}[ -]{{0,2}}(?P<adverb>{_ADVERBS})(?! (?:inj|dos|shot|spritz))",
        _every_adverb,
    ),
    (rf"(?:{_EACH} |q ?)(?P<unit>{_UNITS})", lambda m: every("1", None, UNITS[m["unit"]])),
    (
        rf"(?:on |every |each )?(?:{_DAYS})(?:(?: ?[,/&+-] ?(?:and )?| and | )(?:{_DAYS}))+"
        rf"|(?:on |every |each )?(?:{_LONG_DAYS})",
        _weekdays,
    ),
    (rf"(?P<adverb>{_ADVERBS})", lambda m: every("1", None, ADVERBS[m["adverb"]])),
)
"""What is said, the longest first, and the timing it means; `None`: it is said and not readable."""

_AMBIGUOUS = re.compile(
    r"(?<![a-z0-9])(?:bi|semi) ?-?(?:weekly|monthly|annual\w*)|"
    rf"(?<![a-z0-9/.]){_LOW_HIGH}[ -]{{0,2}}(?:{_ADVERBS}) (?:inj|dos|shot|spritz)\w*"
)
_COUNT = re.compile(
    r"(?:(?:^| )x ?(?P<x>\d{1,3})(?: (?:doses?|injections?|weeks|months|days))?"
    rf"|(?:for |fur |pendant |durante |gedurende |i |per )(?P<low>{_NUM}) ?(?P<unit>{_UNITS})"
    rf"|for (?P<short>\d{{1,2}})/(?P<of>7|52|12)"
    rf"|(?:for |total |of )?(?P<n>{_NUM})(?: ?(?:to|-) ?(?P<most>{_NUM}))? "
    r"(?:doses|injections|injektionen|dosen|dosis|doser))"
    r"(?![a-z0-9/])"
)
_AMOUNT_PER = re.compile(rf"(?<=[a-z]) (?:a|per|pro|par|por|al|om) (?P<unit>{_UNITS})(?![a-z0-9/])")
"""What stands behind an amount: "1 tablet a day"."""
_CODE_IN_TEXT = re.compile(rf"(?<![a-z0-9/])(?:{'|'.join(sorted(_IN_TEXT))})(?![a-z0-9/])")
AS_NEEDED = re.compile(
    r"(?<![a-z])(?:prn|as needed|as required|when required|when needed|if needed|if required|"
    r"bei bedarf|si besoin|si necesario|al bisogno|se necessario|zo nodig|vid behov|ved behov|"
    r"sos)(?![a-z])"
)


class Rhythms:
    """What one text says of how often: the timings found, each once, and whether something of it
    cannot be read. `rest` is the text without them.
    """

    def __init__(self, text: str) -> None:
        self.rest = text
        self.found: list[Timing] = []
        self.unreadable = False
        self.ended: list[tuple[int | None, int | None, tuple[Decimal, PeriodUnit] | None]] = []
        self.rest = _AMBIGUOUS.sub(self._refuse, self.rest)
        for pattern, build in _PATTERNS:
            self.rest = pattern.sub(partial(self.take, build), self.rest)
        self.rest = _COUNT.sub(self._end, self.rest)

    def _refuse(self, _: re.Match[str]) -> str:
        self.unreadable = True
        return " | "

    def take(self, build: _Build, match: re.Match[str]) -> str:
        timing = build(match)
        if timing is None:
            self.unreadable = True
        elif timing not in self.found:
            self.found.append(timing)
        return " | "

    def _end(self, match: re.Match[str]) -> str:
        """Note for how many doses or how long; "x 4 weeks" is a time, "x 4" a number of doses."""
        times = match["x"] or match["n"]
        unit = next(
            (word for word in ("week", "month", "day") if match["x"] and word in match[0]), ""
        )
        if match["x"] and unit:
            self.ended.append((None, None, (Decimal(match["x"]), _UNIT[unit])))
        elif times:
            most = int(_number(match["most"])) if match["most"] else None
            self.ended.append((int(_number(times)), most, None))
        elif match["of"]:
            self.ended.append(
                (None, None, (Decimal(match["short"]), _UNIT[_FRACTION[match["of"]]]))
            )
        elif UNITS[match["unit"]] == "hour":
            self.unreadable = True
        else:
            self.ended.append((None, None, (_number(match["low"]), _UNIT[UNITS[match["unit"]]])))
        return " | "

    @property
    def timing(self) -> Timing | None:
        """The one timing that the text says, with its end; `None` for none, for several, and where
        the time it lasts is no longer than its interval (Q91).
        """
        if self.unreadable or len(self.found) != 1:
            return None
        timing = self.found[0]
        for count, most, duration in self.ended:
            if count is not None and timing.count not in (None, count):
                return None
            timing = replace(
                timing,
                count=count or timing.count,
                count_max=most or timing.count_max,
                duration=duration or timing.duration,
            )
        return None if _lasts_no_longer(timing) else timing


def _lasts_no_longer(timing: Timing) -> bool:
    if timing.duration is None:
        return False
    days = {DAY: 1, WEEK: 7, MONTH: 31, YEAR: 366}
    return timing.duration[0] * days[timing.duration[1]] <= timing.shortest_interval


_BESIDE = re.compile(r"(?<![a-z])(?:as directed|injections?|inj|doses?|by the nurse)(?![a-z])")
"""What may stand beside a frequency without changing it."""


def parse_rhythm(text: str) -> Timing | None:
    """Return the timing of a timing code ("BID", "Q1M") or a set phrase ("every 2-3 months");
    `None` when it is anything else, or says more.
    """
    if len(text) > LONGEST_TEXT:
        return None
    words = re.sub(r"\([^()]{0,60}\)", " ", fold(text))
    words = FOR_LIFE.sub(" ", AS_NEEDED.sub(" ", words))
    words = " ".join(words.replace(" .", " ").split()).strip(" .,;")
    if words in ABBREVIATIONS:
        return ABBREVIATIONS[words]
    rhythms = Rhythms(words)
    rest = _BESIDE.sub(" ", rhythms.rest)
    return rhythms.timing if not rest.strip(" |,.") else None


def find_rhythm(text: str) -> Rhythms:
    """Return what a folded text says of how often, abbreviations included."""
    codes: list[Timing] = []

    def take(match: re.Match[str]) -> str:
        codes.append(ABBREVIATIONS[match[0]])
        return " | "

    rhythms = Rhythms(_CODE_IN_TEXT.sub(take, text))
    rhythms.found += [code for code in dict.fromkeys(codes) if code not in rhythms.found]
    if not rhythms.found:
        rhythms.rest = _AMOUNT_PER.sub(partial(rhythms.take, _once_per), rhythms.rest)
    return rhythms
