"""How often, in words: "12 weekly", "every 2-3 months", "Mon, Wed, Fri", "3x wöchentlich", Q30D.

What means two things is not read: "biweekly", "N/12" alone, "3 weekly injections" (Q43).
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import partial

from fhir_mappings.dosing.interval_phrases import PHRASES, Build
from fhir_mappings.dosing.interval_timings import (
    DAY,
    FRACTION_OF,
    MONTH,
    UNIT_OF,
    WEEK,
    number_in,
    once_per,
    times_per,
)
from fhir_mappings.dosing.interval_vocabulary import (
    ADVERB_WORDS,
    EVERY,
    LOW_HIGH,
    NUMBER,
    PER,
    UNIT_WORDS,
    UNITS,
    fold,
    write_out,
)
from recommender.language import DAYS_PER_UNIT, PeriodUnit, Timing

FOR_LIFE = re.compile(
    r"(?<![a-z])(?:for life|for ever|life ?-?long|long ?-?term|ongoing|indefinitely|"
    r"until discontinued|"
    r"lebenslang|a vie|de por vida|a vita|levenslang|livslangt?)(?![a-z])"
)

_TEST = r"(?: the)?(?: (?:serum |vitamin |vit )?b ?-?12)?(?: (?:levels?|labs?|bloods?))?"
THEN_CHECKED = re.compile(
    r"(?:[,;]? ?(?:and )?then|[,;]| -) "
    rf"(?:(?:re-? ?check(?:ed)?|review|re-?assess|re-?evaluate|check){_TEST}"
    rf"|repeat(?= (?:the|serum|vit|b ?-?12|level|lab|blood)){_TEST})"
    r"(?: (?:in|after|at) \d{1,2} (?:weeks?|months?))?[ .]*$",
    re.IGNORECASE,
)
"""A review or a test after a dosage, and no other dosage behind it: "x 3 months then recheck". What
is repeated without saying what is the dose.
"""

REVIEW = re.compile(
    r"until no (?:further|more) (?:neurological )?improvement|as long as (?:it is )?improving|"
    r"until (?:symptoms|signs) (?:stop|no longer) improv\w*|until improvement (?:stops|plateaus)|"
    r"while (?:still )?improving|bis (?:zu )?keiner weiteren besserung"
)
_REVIEW_ABOUT = re.compile(
    r"(?<!no )(?<!without )\b(?:review|reassess)\w*\b[^.;\n]{0,60}"
    r"\b(?:improv|nerve|neuro|symptom|sign|stop|continu)|"
    r"\b(?:improv|nerve|neuro|symptom|sign|stop|continu)\w*\b[^.;\n]{0,60}\b(?:review|reassess)"
)

SUPPLY = re.compile(
    r"(?:#|(?<![a-z])(?:disp(?:ense)?|qty|quantity)(?![a-z])) ?[:-]? ?\d{1,4}(?:\.\d{1,2})?"
    r"(?: ?(?:tab(?:let)?|cap(?:sule)?|ml|vial|amp(?:oule)?|each|ea|dose)(?:s|\(s\))?)?(?![a-z])|"
    r"(?<![a-z0-9.])\d{1,2} refills?(?:\(s\))?(?![a-z])|"
    r"(?<![a-z])r(?:efills?|fl)? ?[:-] ?\d{1,2}(?![a-z0-9])|(?<=,) ?(?:normal|maintenance)$|"
    r"(?:(?<= day)|(?<= daily)|(?<= month)|(?<= monthly)|(?<= week)|(?<= weekly)|(?<=orally)),? "
    r"\d{1,3} days?(?:\(s\))?(?: supply)?(?:, ?\d{1,4})?$"
)
"""How much is handed over, as American systems print it behind a dosage: "# 90 tab(s),
3 Refill(s)", "Disp: 90 tablet, Rfl: 3", "Once a day 30 day(s)".
"""

LONGEST_TEXT = 500
"""Characters; what is longer is a story and not read."""

_ONCE = replace(times_per(1, 1, DAY), count=1)

_CODES: tuple[tuple[int, int, PeriodUnit, str], ...] = (
    (1, 1, DAY, "qd od om am pm bed hs qhs qam qpm nocte mane nightly qday"),
    (2, 1, DAY, "bid bd bds"),
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
} | dict.fromkeys(("once", "once stat", "stat once", "once-stat", "once-only"), _ONCE)
"""Timing codes and their like, where they are the whole text: a frequency of "Once" is one dose."""

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
        "qhs",
        "qam",
        "mwf",
        "m/w/f",
        "m-w-f",
    ]
)
"""Those that no other word is written like, so that they are read inside a text too."""

_AMBIGUOUS = re.compile(
    r"(?<![a-z0-9])(?:bi|semi) ?-?(?:weekly|monthly|annual\w*)|"
    r"(?<![a-z])(?:each|every) meals?(?![a-z])|"
    rf"(?<![a-z0-9])x ?1 ?[,;:.(-] ?(?=(?:{EVERY}|{PER}|{ADVERB_WORDS})(?![a-z]))|"
    rf"(?<![a-z0-9/.]){LOW_HIGH}[ -]{{0,2}}(?:{ADVERB_WORDS}) (?:inj|dos|shot|spritz)\w*"
)

_FORTNIGHT = re.compile(r"(?<![a-z])for (?:a|one|1) fortnight(?![a-z])")

_COUNT = re.compile(
    r"(?:(?:^| )x ?(?P<x>\d{1,3})"
    r"(?: (?:doses?|injections?|weeks?|months?|days?|years?)| ?(?P<short_unit>[dwm]|wks?|mos?))?"
    r"|(?:for |fur |uber |por |pendant |durante |gedurende |i |per )"
    rf"(?P<low>{NUMBER}) ?(?P<unit>{UNIT_WORDS})"
    rf"|(?:for|x) ?(?P<short>\d{{1,2}})/(?P<of>7|52|12)"
    rf"|(?:for |total |of )?(?P<n>{NUMBER})(?: ?(?:to|-) ?(?P<most>{NUMBER}))? "
    r"(?:doses|injections|injektionen|dosen|dosis|doser))"
    r"(?![a-z0-9/])"
)

_SHORT_UNITS = {"d": "day", "w": "week", "m": "month"}

_AMOUNT_PER = re.compile(
    r"(?:(?<=[a-z]) ?(?:/ ?|c/|(?<= )(?:a|per|pro|par|por|al(?= (?:dia|mes|gior|an))|alla|ao|om|pr)"
    r" |im (?=monat|jahr))|(?:^|(?<=[|,;:] ))(?:per|pro|par|por|al|ao) )"
    rf"(?P<unit>{UNIT_WORDS})(?![a-z0-9/])"
)
"""What stands behind an amount: "1 tablet a day", "1000 mcg/day", "1 mg IM, per week"."""

_CODE_IN_TEXT = re.compile(rf"(?<![a-z0-9/])(?:{'|'.join(sorted(_IN_TEXT))})(?![a-z0-9/])")

AS_NEEDED = re.compile(
    r"(?<![a-z])(?:prn|as needed|as required|when required|when needed|if needed|if required|"
    r"bei bedarf|si besoin|au besoin|en cas de besoin|si necesario|si precisa|a demanda|"
    r"segun necesidad|al bisogno|se serve|se necessario|zo nodig|indien nodig|vid behov|ved behov|"
    r"efter behov|etter behov|"
    r"sos)(?![a-z])"
)


def is_review_noted(text: str) -> bool:
    """Return whether words bind an end to improvement or to a review of it (Q81)."""
    return len(text) <= LONGEST_TEXT and binds_to_improvement(fold(text))


def binds_to_improvement(folded: str) -> bool:
    """Return the same of folded words of any length."""
    return bool(REVIEW.search(folded) or _REVIEW_ABOUT.search(folded))


class Rhythms:
    """What one text says of how often: the timings found, each once, and whether something of it
    cannot be read. `rest` is the text without them.
    """

    def __init__(self, text: str) -> None:
        self.rest = write_out(text)
        self.found: list[Timing] = []
        self.unreadable = False
        self.ended: list[tuple[int | None, int | None, tuple[Decimal, PeriodUnit] | None]] = []
        self.rest = _AMBIGUOUS.sub(self._refuse, _FORTNIGHT.sub("for 2 weeks", self.rest))
        for pattern, build in PHRASES:
            self.rest = pattern.sub(partial(self.take, build), self.rest)
        self.rest = _COUNT.sub(self._end, self.rest)

    def _refuse(self, _: re.Match[str]) -> str:
        self.unreadable = True
        return " | "

    def take(self, build: Build, match: re.Match[str]) -> str:
        timing = build(match)
        if timing is None:
            self.unreadable = True
        elif timing not in self.found:
            self.found.append(timing)
        return " | "

    def _end(self, match: re.Match[str]) -> str:
        """Note for how many doses or how long; "x 4 weeks" is a time, "x 4" a number of doses."""
        times = match["x"] or match["n"]
        named = (one for one in ("week", "month", "day", "year") if match["x"] and one in match[0])
        unit = _SHORT_UNITS.get((match["short_unit"] or "")[:1]) or next(named, "")
        if match["x"] and unit:
            self.ended.append((None, None, (Decimal(match["x"]), UNIT_OF[unit])))
        elif times:
            most = int(number_in(match["most"])) if match["most"] else None
            self.ended.append((int(number_in(times)), most, None))
        elif match["of"]:
            self.ended.append(
                (None, None, (Decimal(match["short"]), UNIT_OF[FRACTION_OF[match["of"]]]))
            )
        elif UNITS[match["unit"]] == "hour":
            self.unreadable = True
        else:
            self.ended.append(
                (None, None, (number_in(match["low"]), UNIT_OF[UNITS[match["unit"]]]))
            )
        return " | "

    @property
    def timing(self) -> Timing | None:
        """The one timing that the text says, with its end; `None` for none, for several, and where
        the time it lasts is no longer than its interval (Q91).
        """
        found = [_ONCE] if self.count_alone == 1 else self.found
        if self.unreadable or len(found) != 1:
            return None
        timing = found[0]
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

    @property
    def count_alone(self) -> int | None:
        """The one number of doses of a text that does not say how often; else `None`."""
        counts = {(count, most) for count, most, _ in self.ended if count is not None}
        if self.unreadable or self.found or len(counts) != 1:
            return None
        count, most = counts.pop()
        return count if most is None else None


def _lasts_no_longer(timing: Timing) -> bool:
    if timing.duration is None:
        return False
    length, unit = timing.duration
    return length * DAYS_PER_UNIT[unit][1] <= timing.shortest_interval


_BESIDE = re.compile(r"(?<![a-z])(?:as directed|injections?|inj|doses?|by the nurse|only)(?![a-z])")
_HOUR = r"(?:[01]\d|2[0-3])[0-5]\d(?![\d])"
_WHEN = re.compile(
    r"(?<![a-z])(?:(?:with|before|after) (?:breakfast|lunch|dinner|supper|food)(?![a-z])|"
    rf"(?:at|@) ?{_HOUR}|(?<=\| ){_HOUR}$)"
)
"""What may stand beside a frequency without changing it; one hour or meal, for two may be two."""


def parse_rhythm(text: str) -> Timing | None:
    """Return the timing of a timing code ("BID", "Q1M") or a set phrase ("every 2-3 months");
    `None` when it is anything else, or says more.
    """
    if len(text) > LONGEST_TEXT:
        return None
    words = re.sub(r"\([^()]{0,60}\)", " ", fold(text))
    words = REVIEW.sub(" ", FOR_LIFE.sub(" ", AS_NEEDED.sub(" ", words)))
    words = " ".join(words.replace(" .", " ").split()).strip(" .,;")
    if words in ABBREVIATIONS:
        return ABBREVIATIONS[words]
    rhythms = Rhythms(words)
    rest = _WHEN.sub(" ", _BESIDE.sub(" ", " ".join(rhythms.rest.split())), count=1)
    return rhythms.timing if not rest.strip(" |,.-") else None


def find_rhythm(text: str) -> Rhythms:
    """Return what a folded text says of how often, abbreviations included."""
    codes: list[Timing] = []

    def take(match: re.Match[str]) -> str:
        codes.append(ABBREVIATIONS[match[0]])
        return " | "

    rhythms = Rhythms(_CODE_IN_TEXT.sub(take, text))
    rhythms.found += [code for code in dict.fromkeys(codes) if code not in rhythms.found]
    if not rhythms.found:
        rhythms.rest = _AMOUNT_PER.sub(partial(rhythms.take, once_per), rhythms.rest)
    return rhythms
