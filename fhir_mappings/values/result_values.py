"""The value of a result in each element that may hold it: a quantity, a text, a range, a comment.

Source: decisions 2.1 and Q35 (comments, comparators in words).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fhir_mappings.fhir import (
    as_dict,
    as_list,
    as_text,
    read_notes,
    read_number,
    words_of,
)
from fhir_mappings.values.quantities import Reading, as_reported, low_either_way, read_quantity
from fhir_mappings.values.units import Analyte
from fhir_mappings.values.written_results import read_written
from recommender.language import Comparator, NotCounted


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
        return told._replace(reported=reported)
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
    stated = [name for name in result if name.startswith("value") and result[name] is not None]
    if len(stated) > 1 or (stated and isinstance(result[stated[0]], list)):
        return _read_several(result, stated, analyte, property_kind)
    element = stated[0] if stated else ""
    value = result.get(element)
    match element:
        case "":
            return _read_comment(result, analyte, property_kind)
        case "valueQuantity":
            return _read_in_its_units(as_dict(value), analyte, property_kind)
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
                return reading._replace(reason=said)
            return reading
        case _:
            said = f"reported as {element}, expected a number with a unit"
            return Reading(None, "", said, why=NotCounted.NOT_READABLE)


def _read_in_its_units(value: dict[str, Any], analyte: Analyte, property_kind: str) -> Reading:
    """Return a quantity; of one whose unit in words contradicts its code the values that it has by
    the one and by the other, low where both are (Q35).
    """
    reading = read_quantity(value, analyte, property_kind)
    if reading.why is not NotCounted.NOT_READABLE or not {"unit", "code"} <= value.keys():
        return reading
    apart = [
        {name: one for name, one in value.items() if name != left} for left in ("code", "unit")
    ]
    read = (read_quantity(one, analyte, property_kind) for one in apart)
    readings = tuple(one.quantity for one in read if one.quantity is not None)
    if not readings:
        return reading
    if not low_either_way(analyte, readings):
        return reading._replace(why=NotCounted.UNIT_CONTRADICTS, readings=readings)
    most = replace(readings[0], comparator=Comparator.AT_MOST)
    shown = f"{reading.reported}, low whichever unit holds"
    return Reading(most, reading.reported, reading.reason, shown, NotCounted.UNIT_CONTRADICTS)


def _read_several(
    result: dict[str, Any], stated: list[str], analyte: Analyte, property_kind: str
) -> Reading:
    """Return what the values of a result come to that has more than FHIR allows: the first that can
    be read, unless another says otherwise.
    """
    pairs = [(name, one) for name in stated for one in as_list(result[name]) if one is not None]
    readings = [_read_value({name: one}, analyte, property_kind) for name, one in pairs]
    read = [one for one in readings if one.quantity is not None]
    if any(one.quantity != read[0].quantity for one in read[1:]):
        shown = ", ".join(one.reported for one in read)
        return Reading(None, shown, f"several values: {shown}", why=NotCounted.NOT_READABLE)
    return next(iter(read or readings), Reading(None, "", "no value"))


def _read_comment(result: dict[str, Any], analyte: Analyte, property_kind: str) -> Reading:
    """Return the value that the comment of a result without one gives (Q35); a comment that is no
    number with a unit is no value.
    """
    for text in read_notes(result):
        reading = read_written(text, analyte, property_kind)
        if reading.quantity is not None:
            return reading
    return Reading(None, "", "no value")


def _read_range(value: dict[str, Any], analyte: Analyte, property_kind: str) -> Reading:
    """A range open on one side is a comparator; a closed one has no single value."""
    low, high = as_dict(value.get("low")), as_dict(value.get("high"))
    if low and high:
        shown = " to ".join(
            as_reported(side, read_number(side.get("value")), "") for side in (low, high)
        )
        said = f"reported as a range: {shown}"
        ends = (read_quantity(side, analyte, property_kind).quantity for side in (low, high))
        may_be = tuple(dict.fromkeys(end for end in ends if end is not None))
        return Reading(None, shown, said, why=NotCounted.NOT_READABLE, readings=may_be)
    if low or high:
        return read_quantity(
            {**(low or high), "comparator": ">=" if low else "<="}, analyte, property_kind
        )
    return Reading(None, "", "no value")
