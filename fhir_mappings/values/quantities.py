"""Reads a quantity: a number in the unit that the rules compare in, or why there is none.

Source: decisions 2.1 (accepted units, comparators, implausible values) and Q8, Q9.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from fhir_mappings.fhir import as_text, comparator_of, read_number
from fhir_mappings.values.units import UNITS, Analyte, Kind, UnitRow, ucum_of
from recommender.guidance import Policy
from recommender.language import Comparator, NotCounted, Quantity, Unit

PLAUSIBLE: dict[tuple[Analyte, Unit], tuple[Decimal, Decimal]] = {
    (Analyte.TOTAL_B12, Unit.PG_PER_ML): (Decimal(10), Decimal(20000)),
    (Analyte.TOTAL_B12, Unit.PMOL_PER_L): (Decimal("7.38"), Decimal(14760)),
    (Analyte.HOLOTRANSCOBALAMIN, Unit.PMOL_PER_L): (Decimal(0), Decimal(10000)),
    (Analyte.MMA, Unit.NMOL_PER_L): (Decimal(20), Decimal(100000)),
    (Analyte.HOMOCYSTEINE, Unit.UMOL_PER_L): (Decimal("0.5"), Decimal(1000)),
    (Analyte.FOLATE, Unit.NG_PER_ML): (Decimal(0), Decimal(1000)),
    (Analyte.FOLATE, Unit.NMOL_PER_L): (Decimal(0), Decimal(2500)),
    (Analyte.HAEMOGLOBIN, Unit.G_PER_L): (Decimal(20), Decimal(300)),
    (Analyte.MCV, Unit.FL): (Decimal(30), Decimal(200)),
    (Analyte.PLATELETS, Unit.PER_NL): (Decimal(0), Decimal(3000)),
    (Analyte.CREATININE, Unit.UMOL_PER_L): (Decimal(10), Decimal(5000)),
    (Analyte.EGFR, Unit.EGFR): (Decimal(0), Decimal(200)),
    (Analyte.POTASSIUM, Unit.MMOL_PER_L): (Decimal(1), Decimal(12)),
    (Analyte.INR, Unit.RATIO): (Decimal("0.5"), Decimal(30)),
    (Analyte.LENGTH, Unit.CM): (Decimal(0), Decimal(1000)),
}
"""What a living person can have; anything outside is a slip of number or unit.

Vitamin B12, MMA, eGFR and platelets by decisions 2.1 (the molar limits of vitamin B12 are the mass
limits times 0.738); the others are generous limits that only catch a unit slip.
"""


class Reading(NamedTuple):
    """A result as read. `quantity` is `None` when it cannot be used, and `reason` says why;
    `reported` is how the record has it.

    `converted` is the value in the unit of comparison, empty when that is the one reported. `why`
    is the reason as a code, where there is a value that cannot be used; `readings` are then the
    values it may have (Q35).
    """

    quantity: Quantity | None
    reported: str
    reason: str = ""
    converted: str = ""
    why: NotCounted | None = None
    readings: tuple[Quantity, ...] = ()

    @property
    def is_absent(self) -> bool:
        """Whether the record says that there is no result."""
        return self.quantity is None and self.why is None


class _Stated(NamedTuple):
    """A number as the record states it: its comparator by sign and by meaning, and all of it in
    words.
    """

    value: Decimal
    sign: str
    comparator: Comparator
    reported: str


def read_quantity(quantity: dict[str, Any], analyte: Analyte, property_kind: str = "") -> Reading:
    """Return a FHIR Quantity as a value of this analyte."""
    stated = _read_stated(quantity)
    if isinstance(stated, Reading):
        return stated
    value, sign, comparator, reported = stated
    row = _find_unit(quantity, analyte)
    if isinstance(row, str):
        missing = row == UNIT_MISSING
        why = NotCounted.UNIT_MISSING if missing else NotCounted.NOT_READABLE
        of_its_kind = missing or analyte is Analyte.PLATELETS or _is_clearance(quantity)
        may_be = _in_its_only_unit(stated, analyte) if of_its_kind else ()
        return Reading(None, reported, f"{row}: {reported}", why=why, readings=may_be)
    number = value * row.factor.numerator / row.factor.denominator
    read = Quantity(number, row.unit, comparator)
    if _contradicts(property_kind, row.kind):
        return _read_contradicting(stated, read, analyte, property_kind)
    if not _is_plausible(analyte, read):
        return Reading(None, reported, f"implausible: {reported}", why=NotCounted.IMPLAUSIBLE)
    if _may_be_in_thousands(read, row, analyte):
        return _read_as_thousands(stated, row.unit)
    converted = "" if row.factor == 1 else f"{sign}{show_number(number)} {row.unit.value}"
    return Reading(read, reported, "", converted)


def _read_stated(quantity: dict[str, Any]) -> _Stated | Reading:
    """Return the number and the comparator of a quantity, or the reading that says why not."""
    quantity = _with_comparator_apart(quantity)
    value = read_number(quantity.get("value"))
    sign = comparator_of(quantity)
    reported = as_reported(quantity, value, sign)
    if value is None:
        said = f"no readable number{': ' + reported if reported else ''}"
        return Reading(None, reported, said, why=NotCounted.NOT_READABLE)
    if sign not in _COMPARATORS:
        said = f"comparator not known: {reported}"
        return Reading(None, reported, said, why=NotCounted.NOT_READABLE)
    return _Stated(value, sign, _COMPARATORS[sign], reported)


def _read_contradicting(
    stated: _Stated, read: Quantity, analyte: Analyte, property_kind: str
) -> Reading:
    """Return what is left of a value whose code and unit contradict each other: at most as much
    where it is low either way, else those of the two values that it can have, or where it can
    have none what it says (Q35).
    """
    expected = "mass" if property_kind == "MCnc" else "amount of substance"
    reported = stated.reported
    said = f"the code says {expected} per volume, the unit says otherwise: {reported}"
    either = (read, *_in_unit_of_code(stated, analyte, property_kind))
    readings = tuple(one for one in either if _is_plausible(analyte, one)) or (read,)
    if low_either_way(analyte, readings):
        most = replace(read, comparator=Comparator.AT_MOST)
        low = f"{reported}, low whichever unit holds"
        return Reading(most, reported, said, low, why=NotCounted.UNIT_CONTRADICTS)
    return Reading(None, reported, said, why=NotCounted.UNIT_CONTRADICTS, readings=readings)


def _with_comparator_apart(quantity: dict[str, Any]) -> dict[str, Any]:
    """Return a quantity whose number holds its comparator ("<150") with the two apart."""
    value = quantity.get("value")
    if not isinstance(value, str) or quantity.get("comparator") is not None:
        return quantity
    found = re.match(r"\s*(<=|>=|<|>|≤|≥)\s*(?=\d)", value)
    if not found:
        return quantity
    return {**quantity, "comparator": found[1], "value": value[found.end() :]}


UNIT_MISSING = "unit missing"


_ONLY_UNIT = {
    Analyte.PLATELETS: Unit.PER_NL,
    Analyte.EGFR: Unit.EGFR,
    Analyte.POTASSIUM: Unit.MMOL_PER_L,
    Analyte.HAEMOGLOBIN: Unit.G_PER_L,
}


def _in_its_only_unit(stated: _Stated, analyte: Analyte) -> tuple[Quantity, ...]:
    """Return what a result without a usable unit may be, where it has one unit: thousands per
    microlitre of platelets, in which alone so few are counted. Haemoglobin has two a tenfold apart
    (g/L, g/dL): the lower of its plausible values.
    """
    unit = _ONLY_UNIT.get(analyte)
    if unit is None:
        return ()
    tenfold = (1, 10) if analyte is Analyte.HAEMOGLOBIN else (1,)
    values = [Quantity(stated.value * each, unit, stated.comparator) for each in tenfold]
    return tuple([one for one in values if _is_plausible(analyte, one)][:1])


def _is_clearance(quantity: dict[str, Any]) -> bool:
    """Return whether a value is in mL/min: of an eGFR the body surface may have been left out."""
    said = as_text(quantity.get("unit")) or as_text(quantity.get("code"))
    return re.fullmatch(r"ml ?/ ?min\w*\.?", said.strip(), re.IGNORECASE) is not None


_USUAL: dict[tuple[Analyte, str], Unit] = {
    (Analyte.TOTAL_B12, "MCnc"): Unit.PG_PER_ML,
    (Analyte.TOTAL_B12, "SCnc"): Unit.PMOL_PER_L,
}
"""The unit that a code by mass or by substance stands for (Q35)."""


def _in_unit_of_code(stated: _Stated, analyte: Analyte, property_kind: str) -> tuple[Quantity, ...]:
    """Return the number as the code would have it, where one unit is usual for that."""
    unit = _USUAL.get((analyte, property_kind))
    return (Quantity(stated.value, unit, stated.comparator),) if unit else ()


def low_either_way(analyte: Analyte, readings: tuple[Quantity, ...]) -> bool:
    """Return whether a vitamin B12 is deficient in both of its readings, by the limits that hold
    where a site sets none: then it counts as low, whatever it is exactly (Q35).
    """
    if analyte is not Analyte.TOTAL_B12 or len(readings) < 2:
        return False
    return all(one.below(_DEFICIENT[one.unit]).is_true for one in readings)


def _is_plausible(analyte: Analyte, read: Quantity) -> bool:
    low, high = PLAUSIBLE[analyte, read.unit]
    return low <= read.value <= high


_USUAL_POLICY = Policy()
_DEFICIENT = {
    Unit.PG_PER_ML: _USUAL_POLICY.b12_low_pg_ml,
    Unit.PMOL_PER_L: _USUAL_POLICY.b12_low_pmol_l,
}


def _may_be_in_thousands(read: Quantity, row: UnitRow, analyte: Analyte) -> bool:
    """Return whether a platelet count per microlitre is so low that it may be one in thousands
    whose factor was lost ("45 /uL").

    Which of the two it is, nobody can tell (Q8): it is read as at most the higher, so that no rule
    takes it for more or for less.
    """
    return (
        analyte is Analyte.PLATELETS
        and row.factor < 1
        and 0 < read.value < 1
        and read.comparator in _NOT_ABOVE
    )


def _read_as_thousands(stated: _Stated, unit: Unit) -> Reading:
    """Return such a count as at most the higher of the two that it may be."""
    below = stated.comparator is Comparator.LESS
    most = Quantity(stated.value, unit, Comparator.LESS if below else Comparator.AT_MOST)
    said = f"may be a count in thousands: {stated.reported}"
    shown = f"{most.comparator.value}{stated.value:f} {unit.value}"
    return Reading(most, stated.reported, said, shown)


_NOT_ABOVE = (Comparator.EXACT, Comparator.LESS, Comparator.AT_MOST)


_COMPARATORS = {comparator.value: comparator for comparator in Comparator} | {
    "≤": Comparator.AT_MOST,
    "≥": Comparator.AT_LEAST,
}


def show_number(value: Decimal) -> str:
    """Return a number for reading: at most four significant digits after a conversion, no exponent,
    no trailing zeros.
    """
    rounded = (
        value
        if value == value.to_integral_value()
        else value.quantize(Decimal(1).scaleb(min(0, value.adjusted() - 3)))
    )
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_reported(quantity: dict[str, Any], value: Decimal | None, comparator: str) -> str:
    """Return a quantity as the record has it."""
    unit = as_text(quantity.get("unit")) or as_text(quantity.get("code"))
    number = "" if value is None else f"{value:f}"
    return f"{comparator}{number} {unit}".strip()


def _find_unit(quantity: dict[str, Any], analyte: Analyte) -> UnitRow | str:
    """Return the row of the quantity's unit, or in words why there is none.

    A UCUM code and the unit in words must not contradict each other. A code of another system is
    not read; the words are.
    """
    rows = UNITS[analyte]
    system, code, words = (as_text(quantity.get(name)) for name in ("system", "code", "unit"))
    by_code = rows.get(ucum_of(code)) if code and (not system or _is_ucum(system)) else None
    by_words = rows.get(ucum_of(words)) if words else None
    if by_code and by_words and by_code != by_words:
        return f"the unit in words ({words}) contradicts its code ({code})"
    if code and _is_ucum(system) and not by_code and by_words and ucum_of(code):
        return f"the unit in words ({words}) contradicts its code ({code})"
    row = by_code or by_words
    if row:
        return row
    if code or words:
        return f"unit not accepted for {analyte.value}"
    return (
        rows["1"] if analyte is Analyte.INR else UNIT_MISSING
    )  # a ratio has no unit that could be mistaken


def _is_ucum(system: str) -> bool:
    return (
        "unitsofmeasure.org" in system
        or system.endswith("2.16.840.1.113883.6.8")
        or system.upper() == "UCUM"
    )


def _contradicts(property_kind: str, kind: Kind) -> bool:
    """A LOINC code of a mass concentration with a molar unit, or the other way round, is a mapping
    error: none can tell which.
    """
    return (property_kind == "MCnc" and kind is Kind.SUBSTANCE) or (
        property_kind == "SCnc" and kind is Kind.MASS
    )
