"""The dosage line of a draft: dose, route, site, timing and the sentence that says them.

Source: CONTRACT "The draft order"; I14, I35.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from fhir_mappings.fhir import Resource, as_dict
from fhir_mappings.terminology import SNOMED
from recommender.language import (
    InjectionSite,
    Phase,
    PhaseKind,
    Route,
    Timing,
    describe,
    describe_interval,
)

UCUM = "http://unitsofmeasure.org"

ROUTE_CODINGS: dict[Route, tuple[str, str]] = {
    Route.INTRAMUSCULAR: ("78421000", "Intramuscular route"),
    Route.ORAL: ("26643006", "Oral route"),
    Route.SUBCUTANEOUS: ("34206005", "Subcutaneous route"),
    Route.NASAL: ("46713006", "Nasal route"),
    Route.INTRAVENOUS: ("47625008", "Intravenous route"),
}

SITE_CODINGS: dict[InjectionSite, tuple[str, str]] = {
    InjectionSite.DELTOID: ("35259002", "Deltoid muscle"),
    InjectionSite.VASTUS_LATERALIS: ("181681008", "Vastus lateralis muscle"),
}
"""The sites that may be ordered; the buttock is never written (I14)."""


def write_dosage(
    phase: Phase, technique: tuple[str, ...], review_days: int | None, with_site: bool
) -> Resource:
    """Return the dosage line of a phase without its days, with the technique as its
    instructions.
    """
    line = phase.line
    dosage: Resource = {"text": write_text(phase, review_days)}
    if technique:
        dosage["additionalInstruction"] = [{"text": text} for text in technique]
    if line.timing:
        dosage["timing"] = {"repeat": write_repeat(line.timing)}
    if with_site and line.route is Route.INTRAMUSCULAR:
        code, display = SITE_CODINGS[InjectionSite.DELTOID]
        dosage["site"] = {
            "coding": [{"system": SNOMED, "code": code, "display": display}],
            "text": "deltoid or vastus lateralis",
        }
    dosage["asNeededBoolean"] = line.as_needed
    if line.route:
        code, display = ROUTE_CODINGS[line.route]
        dosage["route"] = {
            "coding": [{"system": SNOMED, "code": code, "display": display}],
            "text": line.route.value.capitalize(),
        }
    if line.dose is not None:
        dosage["doseAndRate"] = [{"doseQuantity": write_quantity(line.dose, "micrograms", "ug")}]
    return dosage


def write_text(phase: Phase, review_days: int | None = None) -> str:
    """Return the dosage in one sentence that a clinician can act on without the rest of the
    order.
    """
    words, timing = f"{describe(phase)}{write_start(phase)}", phase.line.timing
    if phase.kind is PhaseKind.LOADING and timing and not timing.is_bounded and review_days:
        words += f"; review every {review_days} days"
    return f"{words}."


def write_start(phase: Phase) -> str:
    """Return when the first dose of a phase that follows loading is due, as the end of a sentence;
    empty for any other.
    """
    if not phase.starts_after_loading or phase.line.timing is None:
        return ""
    after = describe_interval(phase.line.timing).removeprefix("every ")
    return f"; first dose {'1 ' + after if after == 'month' else after} after the last loading dose"


def write_repeat(timing: Timing) -> Resource:
    """Return `Timing.repeat`."""
    repeat: Resource = {}
    if timing.duration:
        value, unit = timing.duration
        repeat["boundsDuration"] = write_quantity(value, unit.value, unit.value)
    counts = {"count": timing.count, "countMax": timing.count_max}
    repeat |= {name: count for name, count in counts.items() if count is not None}
    repeat |= {"frequency": timing.frequency, "period": as_json_number(timing.period)}
    if timing.period_max is not None:
        repeat["periodMax"] = as_json_number(timing.period_max)
    return repeat | {"periodUnit": timing.unit.value}


def write_quantity(value: Decimal, unit: str, code: str) -> Resource:
    """Return a Quantity with the unit in words and its code of UCUM."""
    return {"value": as_json_number(value), "unit": unit, "system": UCUM, "code": code}


def as_json_number(value: Decimal) -> int | float:
    """Return a number as JSON has it: whole where it is."""
    return int(value) if value == value.to_integral_value() else float(value)


def first_line(order: Resource) -> Resource:
    """Return the first dosage line of an order, made where there is none."""
    lines: list[Resource] = order.setdefault("dosageInstruction", [{}])
    return lines[0]


def start_on(order: Resource, starts: dt.date) -> Resource:
    """Write the day of the first dose into the timing; beside a bound of another kind it goes into
    the validity of the order.

    An end that would come before the new start is left out with the old bounds.
    """
    first_line(order)
    lines: list[Resource] = []
    for line in order["dosageInstruction"]:
        timing = dict(as_dict(line.get("timing")))
        repeat = dict(as_dict(timing.get("repeat")))
        if "boundsDuration" in repeat or "boundsRange" in repeat:
            request = dict(as_dict(order.get("dispenseRequest")))
            order["dispenseRequest"] = request | {
                "validityPeriod": _period_from(request.get("validityPeriod"), starts)
            }
            lines.append(line)
        else:
            repeat["boundsPeriod"] = _period_from(repeat.get("boundsPeriod"), starts)
            lines.append(line | {"timing": timing | {"repeat": repeat}})
    order["dosageInstruction"] = lines
    return order


def _period_from(period: Any, starts: dt.date) -> Resource:
    end = str(as_dict(period).get("end", ""))
    return {"start": starts.isoformat()} | ({"end": end} if end[:10] >= starts.isoformat() else {})
