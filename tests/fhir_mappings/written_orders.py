"""Writes dosages and results the ways real records say them, with what each of them means.

`python -m tests.fhir_mappings.written_orders 100000` reads so many of each back and fails on any
that is read as something else than was written; unread is always allowed.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from fhir_mappings.dosing import read_written
from fhir_mappings.dosing.interval_words import parse_rhythm
from fhir_mappings.values import Analyte, read_result
from recommender.language import Comparator, PeriodUnit, Quantity, Timing, Unit

DAY, WEEK, MONTH = PeriodUnit.DAY, PeriodUnit.WEEK, PeriodUnit.MONTH

EVERY: dict[PeriodUnit, tuple[str, ...]] = {
    DAY: (
        "every {n} days",
        "q{n}d",
        "Q{n}D",
        "alle {n} Tage",
        "tous les {n} jours",
        "cada {n} días",
        "ogni {n} giorni",
        "om de {n} dagen",
        "var {n}:e dag",
        "hver {n}. dag",
    ),
    WEEK: (
        "every {n} weeks",
        "{n} weekly",
        "{n}-weekly",
        "EVERY {n} WEEKS",
        "every {n}/52",
        "q{n}w",
        "alle {n} Wochen",
        "{n}-wöchentlich",
        "toutes les {n} semaines",
        "cada {n} semanas",
        "ogni {n} settimane",
        "elke {n} weken",
        "hver {n}. uge",
    ),
    MONTH: (
        "every {n} months",
        "{n} monthly",
        "{n}-monthly",
        "every {n}/12",
        "q{n}mo",
        "Q {n} MONTHS",
        "alle {n} Monate",
        "tous les {n} mois",
        "cada {n} meses",
        "ogni {n} mesi",
        "a cada {n} meses",
        "elke {n} maanden",
        "var {n}:e månad",
        "hver {n}. måned",
    ),
}
TIMES: dict[PeriodUnit, tuple[str, ...]] = {
    DAY: ("{n} times a day", "{n}x/day", "{n} mal täglich", "{n} fois par jour", "{n}x per day"),
    WEEK: (
        "{n} times a week",
        "{n}x weekly",
        "{n} per week",
        "{n}x pro Woche",
        "{n} fois par semaine",
        "{n} veces por semana",
        "{n} volte alla settimana",
        "{n} keer per week",
        "{n} gånger per vecka",
        "{n} gange om ugen",
    ),
    MONTH: ("{n} times a month", "{n}x monthly", "{n} mal pro Monat", "{n} fois par mois"),
}
NOISE = (
    "",
    " as directed",
    " until seen",
    " if needed",
    ", then stop",
    " or monthly",
    " (see notes)",
    "; review in 3 months",
    " for life",
    " unless told otherwise",
    "\u202e",
    " ",
)
SAID = ("{c}{v} {u}", "{c} {v} {u}", "{c}{v}{u}", "result: {c}{v} {u}")
COMPARATORS = {
    "": Comparator.EXACT,
    "<": Comparator.LESS,
    ">": Comparator.MORE,
    "<=": Comparator.AT_MOST,
    ">=": Comparator.AT_LEAST,
    "less than ": Comparator.LESS,
    "more than ": Comparator.MORE,
    "= ": Comparator.EXACT,
}
UNITS = {"pg/mL": Unit.PG_PER_ML, "ng/L": Unit.PG_PER_ML, "pmol/L": Unit.PMOL_PER_L}


def written_timings(count: int, seed: int = 1) -> Iterator[tuple[str, Timing]]:
    """Yield texts of how often, with what was meant."""
    chance = random.Random(seed)
    for _ in range(count):
        unit = chance.choice((DAY, WEEK, MONTH))
        number = chance.randint(2, 12)
        if chance.random() < 0.6:
            text, meant = chance.choice(EVERY[unit]), Timing(1, Decimal(number), unit)
        else:
            number = min(number, 6)
            text, meant = chance.choice(TIMES[unit]), Timing(number, Decimal(1), unit)
        text = text.replace("{n}", str(number)) + chance.choice(NOISE)
        yield (text.upper() if chance.random() < 0.1 else text), meant


def written_results(count: int, seed: int = 1) -> Iterator[tuple[dict[str, Any], Quantity]]:
    """Yield vitamin B12 results in the elements that hold them, with what was meant."""
    chance = random.Random(seed)
    for _ in range(count):
        sign, unit = chance.choice(list(COMPARATORS)), chance.choice(list(UNITS))
        value = chance.choice((str(chance.randint(20, 2000)), f"{chance.randint(20, 900)}.5"))
        text = chance.choice(SAID).format(c=sign, v=value, u=unit) + chance.choice(NOISE)
        meant = Quantity(Decimal(value), UNITS[unit], COMPARATORS[sign])
        place = chance.randrange(4)
        if place == 0:
            yield {"valueString": text}, meant
        elif place == 1:
            yield {"valueCodeableConcept": {"text": text}}, meant
        elif place == 2:
            yield {"note": [{"text": "see below"}, {"text": text}]}, meant
        else:
            bare = sign if sign in ("<", ">", "<=", ">=") else ""
            kept = Quantity(Decimal(value), UNITS[unit], COMPARATORS[bare])
            quantity = {"value": Decimal(value), "unit": unit, "comparator": bare}
            yield {"valueQuantity": quantity}, kept


def misread(count: int, seed: int = 1) -> tuple[list[str], int]:
    """Return what was read as something else than was written, and how many texts were read."""
    wrong, read = [], 0
    for text, meant in written_timings(count, seed):
        for timing in (parse_rhythm(text), read_written(f"1 mg IM {text}").timing):
            read += timing is not None
            if timing is not None and _days(timing) != _days(meant):
                wrong.append(f"{text!r}: {timing}")
    for result, meant_value in written_results(count, seed):
        quantity = read_result(result, Analyte.TOTAL_B12).quantity
        read += quantity is not None
        if quantity not in (None, meant_value):
            wrong.append(f"{result}: {quantity}")
    return wrong, read


def _days(timing: Timing) -> tuple[Decimal, Decimal]:
    return timing.shortest_interval, timing.longest_interval


if __name__ == "__main__":
    found, understood = misread(int(sys.argv[1]), seed=int(sys.argv[2]) if sys.argv[2:] else 1)
    print(f"{understood} read, {len(found)} misread")
    print("\n".join(found[:20]))
    sys.exit(bool(found))
