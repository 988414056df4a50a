"""Reads a result: a number in the unit that the rules compare in, or the reason why there is none.

Source: decisions 2.1 (accepted units, comparators, implausible values) and Q8, Q9.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from fhir_mappings.fhir import as_dict, as_list, as_text, words_of
from fhir_mappings.laboratory.units import UNITS, Analyte, Kind, UnitRow, ucum_of
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


@dataclass(frozen=True, slots=True)
class Reading:
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


def read_result(
    result: dict[str, Any], analyte: Analyte, property_kind: str = "", usual_unit: str = ""
) -> Reading:
    """Return the value of an Observation (or of one component of it) for this analyte.

    Args:
        result: the Observation or component.
        analyte: what it measures, as its code says.
        property_kind: the property of its LOINC code (MCnc, SCnc, mixed); empty when not known.
        usual_unit: the unit that the site's own table gives for results of this code that have
            none; empty for none.
    """
    reading = _read_value(result, analyte, property_kind)
    if reading.why is NotCounted.UNIT_MISSING and usual_unit:
        told = _read_value(_with_unit(result, usual_unit), analyte, property_kind)
        reported = f"{reading.reported} (unit by the site's table: {usual_unit})"
        return replace(told, reported=reported)
    return reading


def _with_unit(result: dict[str, Any], unit: str) -> dict[str, Any]:
    """Return a result whose value has no unit with this one."""
    quantity = result.get("valueQuantity")
    if isinstance(quantity, dict):
        return {**result, "valueQuantity": {**quantity, "unit": unit}}
    for name in ("valueInteger", "valueDecimal"):
        if name in result:
            return {"valueQuantity": {"value": result[name], "unit": unit}}
    text = as_text(result.get("valueString")) or words_of(result.get("valueCodeableConcept"))
    return {"valueString": f"{text} {unit}"}


def _read_value(result: dict[str, Any], analyte: Analyte, property_kind: str) -> Reading:
    absent = result.get("dataAbsentReason")
    if absent is not None:
        return Reading(None, "", f"no result: {words_of(absent) or 'reason not given'}")
    element = next(
        (name for name in result if name.startswith("value") and result[name] is not None), ""
    )
    value = result.get(element)
    match element:
        case "":
            return _read_comment(result, analyte, property_kind)
        case "valueQuantity":
            return read_quantity(as_dict(value), analyte, property_kind)
        case "valueString":
            return read_written(as_text(value), analyte, property_kind)
        case "valueInteger" | "valueDecimal":
            return read_quantity({"value": value}, analyte, property_kind)
        case "valueRange":
            return _read_range(as_dict(value), analyte, property_kind)
        case "valueCodeableConcept":
            reading = read_written(words_of(value), analyte, property_kind)
            if reading.why is NotCounted.IN_WORDS:
                said = f"reported in words, not as a number: {reading.reported}"
                return replace(reading, reason=said)
            return reading
        case _:
            said = f"reported as {element}, expected a number with a unit"
            return Reading(None, "", said, why=NotCounted.NOT_READABLE)


def _read_comment(result: dict[str, Any], analyte: Analyte, property_kind: str) -> Reading:
    """Return the value that the comment of a result without one gives (Q35); a comment that is no
    number with a unit is no value.
    """
    notes = [as_text(as_dict(note).get("text")) for note in as_list(result.get("note"))]
    for text in (*notes, as_text(result.get("comment")), as_text(result.get("comments"))):
        reading = read_written(text.strip(), analyte, property_kind)
        if reading.quantity is not None:
            return reading
    return Reading(None, "", "no value")


def read_quantity(quantity: dict[str, Any], analyte: Analyte, property_kind: str = "") -> Reading:
    """Return a FHIR Quantity as a value of this analyte."""
    quantity = _with_comparator_apart(quantity)
    value = _read_number(quantity.get("value"))
    comparator = as_text(quantity.get("comparator"))
    reported = _as_reported(quantity, value, comparator)
    if value is None:
        said = f"no readable number{': ' + reported if reported else ''}"
        return Reading(None, reported, said, why=NotCounted.NOT_READABLE)
    if comparator not in _COMPARATORS:
        said = f"comparator not known: {reported}"
        return Reading(None, reported, said, why=NotCounted.NOT_READABLE)
    row = _find_unit(quantity, analyte)
    if isinstance(row, str):
        why = NotCounted.UNIT_MISSING if row == UNIT_MISSING else NotCounted.NOT_READABLE
        return Reading(None, reported, f"{row}: {reported}", why=why)
    number = value * row.factor.numerator / row.factor.denominator
    if _contradicts(property_kind, row.kind):
        expected = "mass" if property_kind == "MCnc" else "amount of substance"
        said = f"the code says {expected} per volume, the unit says otherwise: {reported}"
        as_stated = Quantity(number, row.unit, _COMPARATORS[comparator])
        other = _in_unit_of_code(value, comparator, analyte, property_kind)
        readings = (as_stated, *other)
        if _low_either_way(analyte, readings):
            most = replace(as_stated, comparator=Comparator.AT_MOST)
            return Reading(most, reported, said, f"{reported}, low whichever unit holds")
        return Reading(None, reported, said, why=NotCounted.UNIT_CONTRADICTS, readings=readings)
    low, high = PLAUSIBLE[analyte, row.unit]
    if not low <= number <= high:
        return Reading(None, reported, f"implausible: {reported}", why=NotCounted.IMPLAUSIBLE)
    if _may_be_in_thousands(number, row, analyte, comparator):
        most = Quantity(
            value, row.unit, Comparator.LESS if comparator == "<" else Comparator.AT_MOST
        )
        return Reading(
            most,
            reported,
            f"may be a count in thousands: {reported}",
            f"{most.comparator.value}{value:f} {row.unit.value}",
        )
    converted = "" if row.factor == 1 else f"{comparator}{show_number(number)} {row.unit.value}"
    return Reading(Quantity(number, row.unit, _COMPARATORS[comparator]), reported, "", converted)


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

_USUAL: dict[tuple[Analyte, str], Unit] = {
    (Analyte.TOTAL_B12, "MCnc"): Unit.PG_PER_ML,
    (Analyte.TOTAL_B12, "SCnc"): Unit.PMOL_PER_L,
}
"""The unit that a code by mass or by substance stands for (Q35)."""


def _in_unit_of_code(
    value: Decimal, comparator: str, analyte: Analyte, property_kind: str
) -> tuple[Quantity, ...]:
    """Return the number as the code would have it, where one unit is usual for that."""
    unit = _USUAL.get((analyte, property_kind))
    return (Quantity(value, unit, _COMPARATORS[comparator]),) if unit else ()


def _low_either_way(analyte: Analyte, readings: tuple[Quantity, ...]) -> bool:
    """Return whether a vitamin B12 is deficient in both of its readings, by the limits that hold
    where a site sets none: then it counts as low, whatever it is exactly (Q35).
    """
    if analyte is not Analyte.TOTAL_B12 or len(readings) < 2:
        return False
    plausible = all(
        low <= one.value <= high
        for one in readings
        for low, high in (PLAUSIBLE[analyte, one.unit],)
    )
    return plausible and all(one.below(_DEFICIENT[one.unit]).is_true for one in readings)


_USUAL_POLICY = Policy()
_DEFICIENT = {
    Unit.PG_PER_ML: _USUAL_POLICY.b12_low_pg_ml,
    Unit.PMOL_PER_L: _USUAL_POLICY.b12_low_pmol_l,
}


def _may_be_in_thousands(number: Decimal, row: UnitRow, analyte: Analyte, comparator: str) -> bool:
    """Return whether a platelet count per microlitre is so low that it may be one in thousands
    whose factor was lost ("45 /uL").

    Which of the two it is, nobody can tell (Q8): it is read as at most the higher, so that no rule
    takes it for more or for less.
    """
    return (
        analyte is Analyte.PLATELETS
        and row.factor < 1
        and 0 < number < 1
        and _COMPARATORS[comparator] in _NOT_ABOVE
    )


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


def _as_reported(quantity: dict[str, Any], value: Decimal | None, comparator: str) -> str:
    unit = as_text(quantity.get("unit")) or as_text(quantity.get("code"))
    number = "" if value is None else f"{value:f}"
    return f"{comparator}{number} {unit}".strip()


def _read_number(value: object) -> Decimal | None:
    """Return a JSON number as an exact Decimal: the digits as written, not the binary fraction
    behind them.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        number = Decimal(str(value).strip())
    except (InvalidOperation, ValueError):
        return None  # ValueError: an integer of more digits than Python turns into text
    return number if number.is_finite() and -30 < number.adjusted() < 30 else None


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


_WRITTEN = re.compile(
    r"^(<=|>=|<|>|≤|≥|=)?\s*(\d{1,12}(?:\.\d{1,12})?|\d{1,12},\d{1,2})(?![\d.,])\s*"
    r"([a-zA-Zµμ/{×%].*|10.*|)$"
)
_SPOKEN = (
    (re.compile(r"^(?:less than or equal to|at most|not more than)\b", re.IGNORECASE), "<="),
    (re.compile(r"^(?:greater|more) than or equal to\b|^at least\b", re.IGNORECASE), ">="),
    (
        re.compile(
            r"^(?:less than|below|under|lower than|kleiner als|weniger als|unter|moins de|"
            r"inf[ée]rieur à|menor (?:de|que)|inferior a|minore di|inferiore a|meno di|kleiner dan|"
            r"minder dan|lager dan|mindre [äe]n[nd]?|under|abaixo de)(?= ?\d)",
            re.IGNORECASE,
        ),
        "<",
    ),
    (
        re.compile(
            r"^(?:greater than|more than|above|over|higher than|gr(?:ö|oe)(?:ß|ss)er als|mehr als|"
            r"über|plus de|sup[ée]rieur à|mayor (?:de|que)|superior a|maior que|acima de|"
            r"maggiore di|superiore a|groter dan|meer dan|hoger dan|st[öø]rre [äe]n[nd]?|mer [äe]n)"
            r"(?= ?\d)",
            re.IGNORECASE,
        ),
        ">",
    ),
    (re.compile(r"^(?:equals?|equal to|result:?)(?= )", re.IGNORECASE), ""),
)
"""Comparators in words (Q35)."""

_FLAG = re.compile(
    r"\s+[(\[]?(?:ll?|hh?|low|high|abnormal|\*{1,3}|[+-]{1,2})[)\]]?$", re.IGNORECASE
)
"""The mark of the laboratory behind a unit ("150 pg/mL (L)")."""

LONGEST_RESULT = 100
"""Characters; what is longer is a story, not a result."""


def read_written(text: str, analyte: Analyte, property_kind: str = "") -> Reading:
    """Return a result written as text ("<150 pg/mL"); a number with a thousands separator or words
    around it is not read.
    """
    if not text:
        return Reading(None, "", "no value")
    shown = text if len(text) <= LONGEST_RESULT else f"{text[: LONGEST_RESULT - 3]}..."
    plain = text.strip() if len(text) <= LONGEST_RESULT else ""
    for pattern, sign in _SPOKEN:
        plain = pattern.sub(sign, plain)
    found = _WRITTEN.match(plain.strip())
    if not found:
        said = f"reported as text that is not a number with a unit: {shown}"
        return Reading(None, shown, said, why=NotCounted.IN_WORDS)
    comparator, number, unit = found.groups()
    quantity = {
        "value": number.replace(",", "."),
        "comparator": (comparator or "").strip("="),
        "unit": unit.strip(),
    }
    if comparator in ("<=", ">="):
        quantity["comparator"] = comparator
    reading = read_quantity(quantity, analyte, property_kind)
    plain_unit = _FLAG.sub("", quantity["unit"])
    if reading.quantity is None and plain_unit != quantity["unit"]:
        reading = read_quantity({**quantity, "unit": plain_unit}, analyte, property_kind)
    return replace(reading, reported=text)


def _read_range(value: dict[str, Any], analyte: Analyte, property_kind: str) -> Reading:
    """A range open on one side is a comparator; a closed one has no single value."""
    low, high = as_dict(value.get("low")), as_dict(value.get("high"))
    if low and high:
        shown = " to ".join(
            _as_reported(side, _read_number(side.get("value")), "") for side in (low, high)
        )
        said = f"reported as a range: {shown}"
        return Reading(None, shown, said, why=NotCounted.NOT_READABLE)
    if low or high:
        return read_quantity(
            {**(low or high), "comparator": ">=" if low else "<="}, analyte, property_kind
        )
    return Reading(None, "", "no value")


_NUMBER = r"(?:approx\.? |about )?(\d{1,3}(?:[.,]\d{1,2})?) ?cm"
_ILEUM = r"(?:terminal )?ileum"
_RESECTED = (
    rf"(?:terminal )?(?:ileal|ileum|ileoca?ecal) resection,?(?: of)? {_NUMBER}(?: of {_ILEUM})?",
    rf"resection of {_NUMBER}(?: of)? {_ILEUM}",
    rf"{_NUMBER}(?: of)? {_ILEUM} (?:resected|removed)",
    rf"length of ileum (?:resected|removed): ?{_NUMBER}",
    rf"ileal resection length: ?{_NUMBER}",
)
_INVOLVED = (
    rf"ileal crohn'?s(?: disease)?,? {_NUMBER}(?: involved)?",
    rf"(?:extent of ileal involvement|ileal involvement|ileal extent): ?{_NUMBER}",
    rf"{_NUMBER} of {_ILEUM} involved",
)


def _whole_text(forms: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    before, after = r"(?:status post |s/p )?(?:laparoscopic )?", r"(?:,? (?:in )?(?:19|20)\d\d)?"
    return tuple(re.compile(f"{before}{form}{after}") for form in forms)


_RESECTED_FORMS, _INVOLVED_FORMS = _whole_text(_RESECTED), _whole_text(_INVOLVED)


def read_resected_length(texts: Iterable[str]) -> Quantity | None:
    """Return the length of ileum removed that one whole text names in a fixed form; `None` for
    any other text, whatever number it holds, and where texts differ (Q34).
    """
    return _length_in(texts, _RESECTED_FORMS)


def read_involved_length(texts: Iterable[str]) -> Quantity | None:
    """Return the length of ileum involved in Crohn's disease, likewise (Q34)."""
    return _length_in(texts, _INVOLVED_FORMS)


def _length_in(texts: Iterable[str], forms: tuple[re.Pattern[str], ...]) -> Quantity | None:
    plain = [" ".join(text.lower().split()).rstrip(".") for text in texts]
    found = {
        Decimal(match[1].replace(",", "."))
        for text in plain
        for form in forms
        if (match := form.fullmatch(text))
    }
    return Quantity(found.pop(), Unit.CM) if len(found) == 1 else None


def read_booleanish(result: dict[str, Any]) -> bool | None:
    """Return whether an Observation says yes or no: `valueBoolean`, or a value that is plainly
    positive or negative; `None` otherwise.

    Reads ordinal results in any of their forms: a coded "Positive", a text "NEGATIVE", a boolean.
    """
    if result.get("dataAbsentReason") is not None:
        return None
    value = result.get("valueBoolean")
    if isinstance(value, bool):
        return value
    said = result.get("valueCodeableConcept")
    texts = [words_of(item) for item in as_list(said)] + [as_text(result.get("valueString"))]
    codes = {
        as_text(coding.get("code"))
        for item in as_list(said)
        for coding in as_list(as_dict(item).get("coding"))
        if isinstance(coding, dict)
    }
    if codes & _POSITIVE_CODES:
        return True
    if codes & _NEGATIVE_CODES:
        return False
    for text in texts:
        plain = re.sub(r"[^a-z ]", "", text.lower()).strip()
        if plain in _POSITIVE_WORDS:
            return True
        if plain in _NEGATIVE_WORDS:
            return False
    return None


_POSITIVE_CODES: frozenset[str] = frozenset({"POS", "Y"})
_NEGATIVE_CODES: frozenset[str] = frozenset({"NEG", "N"})
_POSITIVE_WORDS = frozenset(
    {
        "positive",
        "pos",
        "detected",
        "present",
        "yes",
        "true",
        "reactive",
        "strongly positive",
        "weakly positive",
    }
)
_NEGATIVE_WORDS = frozenset(
    {
        "negative",
        "neg",
        "not detected",
        "absent",
        "no",
        "false",
        "none",
        "nonreactive",
        "non reactive",
        "normal",
    }
)
