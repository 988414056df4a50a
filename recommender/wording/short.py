"""Dates, ages, numbers, doses and results as a clinic writes them: "6 Nov", "14 months",
"B12 96 pmol/L" (cards.md 7).
"""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_DOWN, Decimal

from recommender.language import (
    MONTH_DAYS,
    Allergen,
    DoseLine,
    Measurement,
    MonthDate,
    Quantity,
    Substance,
    Test,
    Unit,
    YearDate,
    describe_interval,
    lower_first,
)

WITHOUT_ITS_YEAR = 365
"""Days before today up to which a date is said without its year (cards.md 7, row 3)."""

QUOTE = 60
"""Characters of the record quoted at most (cards.md 7, row 9)."""

SHORT_QUOTE = 30
"""Characters of a result in words that a first line has room for (cards.md 7, row 1)."""

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

_UNITS = {Unit.EGFR: "", Unit.PER_NL: "", Unit.RATIO: "", Unit.UMOL_PER_L: "µmol/L"}
"""Units that a clinic writes otherwise than UCUM does, or leaves out."""


def say_date(date: dt.date | None, as_of: dt.date) -> str:
    """Return "6 Nov", or "Sep 2025" for what lies more than a year back or of which the record
    gives no day, "2025" where it gives the year alone; empty when unknown.
    """
    if date is None:
        return ""
    if date > as_of or isinstance(date, MonthDate | YearDate):
        return say_full_date(date)
    if (as_of - date).days < WITHOUT_ITS_YEAR:
        return f"{date.day} {_MONTHS[date.month - 1]}"
    return f"{_MONTHS[date.month - 1]} {date.year}"


def say_full_date(date: dt.date) -> str:
    """Return "6 Nov 2026", or as much of it as the record gives: "Nov 2026", "2026"."""
    if isinstance(date, YearDate):
        return f"{date.year}"
    month = f"{_MONTHS[date.month - 1]} {date.year}"
    return month if isinstance(date, MonthDate) else f"{date.day} {month}"


def say_age(date: dt.date, as_of: dt.date) -> str:
    """Return how long ago: "12 days", "14 months"; "up to" it for a date without a day."""
    if isinstance(date, MonthDate | YearDate):
        return f"up to {say_age(dt.date(date.year, date.month, date.day), as_of)}"
    days = max((as_of - date).days, 0)
    if days < 62:
        return f"{days} day{'' if days == 1 else 's'}"
    months = int(days / MONTH_DAYS)
    return f"{months} months" if months < 36 else f"{months // 12} years"


def plain(number: Decimal) -> str:
    """Return the number without trailing zeros and without an exponent; of a computed or converted
    one four digits, cut and not rounded, so that 59.996 is not said to be 60.
    """
    if number != number.to_integral_value():
        places = Decimal(1).scaleb(min(0, number.adjusted() - 3))
        number = number.quantize(places, rounding=ROUND_DOWN)
    return f"{number.normalize():f}"


def say_quantity(quantity: Quantity) -> str:
    """Return the value with its comparator and the unit as the clinic writes it."""
    unit = _UNITS.get(quantity.unit, quantity.unit.value)
    return f"{quantity.comparator.value}{plain(quantity.value)} {unit}".strip()


def say_result(name: str, result: Measurement, as_of: dt.date, *, dated: bool = True) -> str:
    """Return "eGFR 88 (27 Oct)"; empty where there is no usable result."""
    if result.quantity is None:
        return ""
    words = f"{name} {_as_the_clinic_writes_it(result, result.quantity)}"
    return with_date(words, result.date if dated else None, as_of, by_issue=result.by_issue)


def _as_the_clinic_writes_it(result: Measurement, quantity: Quantity) -> str:
    """Return the value in the unit of its report, where that is another name of the same (ng/L)."""
    said = say_quantity(quantity)
    reported = result.evidence[0].reported.lower() if result.evidence else ""
    return said.replace(Unit.PG_PER_ML.value, "ng/L") if "ng/l" in reported else said


def with_date(words: str, date: dt.date | None, as_of: dt.date, *, by_issue: bool = False) -> str:
    """Return the words with their date in brackets; an unknown date is left out."""
    if not words or date is None:
        return words
    return f"{words} ({'issued ' if by_issue else ''}{say_date(date, as_of)})"


def say_often(line: DoseLine | None) -> str:
    """Return how often an order gives the dose: "every 2 months", "as needed"; empty when not
    known.
    """
    if line is None:
        return ""
    if line.as_needed:
        return "as needed"
    return describe_interval(line.timing) if line.timing else ""


def quote(words: str, most: int = QUOTE) -> str:
    """Return words of the record in quotes, on one line, at most so many characters."""
    words = " ".join(words.split()).replace("'", "’")
    return f"'{words if len(words) <= most else words[: most - 1].rstrip() + '…'}'"


def name_of(product: Substance | Allergen) -> str:
    """Return the name within a sentence: "hydroxocobalamin"; "vitamin B12" where the form is not
    recorded.
    """
    if product in (Substance.COBALAMIN_UNSPECIFIED, Allergen.UNSPECIFIED_B12):
        return "vitamin B12"
    return str(product.value)


def join(words: list[str], last: str = "and") -> str:
    """Return words as a list is read: "B12, blood count and homocysteine"."""
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)


def every_months(months: int) -> str:
    """Return "every month", or "every 2 months"."""
    return "every month" if months == 1 else f"every {months} months"


def in_sentence(words: str) -> str:
    """Return a first line's lead as it stands after other words."""
    return words if words.startswith("B12") else lower_first(words)


def capital(words: str) -> str:
    """Return the words with a capital first letter; "eGFR" is written as it is."""
    if words.startswith("eGFR"):
        return words
    return words[:1].upper() + words[1:]


TEST_NAMES = {
    Test.SERUM_B12: "B12",
    Test.HOLOTRANSCOBALAMIN: "active B12",
    Test.MMA: "methylmalonic acid",
    Test.HOMOCYSTEINE: "homocysteine",
    Test.FULL_BLOOD_COUNT: "blood count",
    Test.FOLATE: "folate",
    Test.EGFR: "eGFR",
    Test.POTASSIUM: "potassium",
    Test.INR: "INR",
    Test.INTRINSIC_FACTOR_ANTIBODY: "intrinsic factor antibody",
    Test.COELIAC_SEROLOGY: "coeliac serology",
    Test.SYMPTOM_REVIEW: "symptom review",
}
"""Tests as a card names them."""
