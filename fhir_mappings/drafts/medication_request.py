"""One phase of a regimen as a draft MedicationRequest, and the changes of a draft that a suggestion
may make.

Drafts are built in R4 and written in the version of the request. A changed draft keeps every
element that the change does not mean.
Source: CONTRACT "The draft order"; R106, R110, R163, R166; Q16, Q25; decisions 2.5.
"""

from __future__ import annotations

import copy
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fhir_mappings.drafts.supply import ALL_OF_IT, Writing, first_dose, write_dispense
from fhir_mappings.fhir import (
    MEDICATION_ORDER_TYPES,
    FhirVersion,
    Resource,
    as_dict,
    as_list,
    as_text,
    read_dosages,
    read_medication,
    repair_order,
    texts_of,
    write_shape,
)
from fhir_mappings.formulary import BUILT_IN, FormularyRow
from fhir_mappings.medicines import BASIS, STATED, Form, identify_product, read_phases
from fhir_mappings.terminology import RXNORM, SNOMED, ValueSets
from recommender.language import (
    InjectionSite,
    Phase,
    PhaseKind,
    Route,
    Timing,
    describe,
    describe_interval,
    describe_timing,
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


def _continuous_therapy() -> Resource:
    return {
        "coding": [
            {
                "system": "http://terminology.hl7.org/CodeSystem/medicationrequest-course-of-therapy",
                "code": "continuous",
                "display": "Continuous long term therapy",
            }
        ]
    }


@dataclass(frozen=True, slots=True)
class DraftContext:
    """Who and what a draft is for.

    `user_id` is `Type/id`; the other ids are bare. `requester_of_the_draft` is whom the draft at
    hand names, for a new one where no user is known (R190). `reason_reference` names the Condition
    used (`Condition/id`), `reason_text` is said where there is none. `review_days` is after how
    many days an open-ended loading course is reviewed. `group_id` ties the phases of one regimen.
    `rule`, `statements` and `condition`, the claim stated by taking the draft, go into the
    extension that says what it rests on. With `deficient`, the deficiency is coded beside
    `reason_text`. `after` is
    the loading phase of the same suggestion, `writing` what the site wants written.
    """

    version: FhirVersion
    patient_id: str
    as_of: dt.date
    value_sets: ValueSets
    formulary: tuple[FormularyRow, ...] = BUILT_IN
    encounter_id: str = ""
    user_id: str = ""
    requester_of_the_draft: str = ""
    intent: str = "order"
    preferred_system: str = RXNORM
    group_id: str = ""
    reason_reference: str = ""
    reason_text: str = ""
    rule: str = ""
    statements: tuple[str, ...] = ()
    review_days: int | None = None
    condition: str = ""
    deficient: bool = False
    after: Phase | None = None
    writing: Writing = ALL_OF_IT


def draft(
    phase: Phase,
    context: DraftContext,
    technique: tuple[str, ...] = (),
    replaces: str = "",
    starts: dt.date | None = None,
) -> Resource | None:
    """Return the draft of one phase; `None` for a FHIR version that is not written (R159).

    Args:
        replaces: the key of the order that this one takes over from (Q16), or empty.
        starts: the day of the first dose, where it is fixed.
    """
    resource = _draft_r4(phase, context, technique)
    prior = _prior_prescription(replaces)
    if prior:
        resource["priorPrescription"] = prior
    if starts:
        resource = _start_on(resource, starts)
    return write_shape(resource, context.version)


def _draft_r4(phase: Phase, context: DraftContext, technique: tuple[str, ...]) -> Resource:
    resource: Resource = {
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": context.intent,
        "medicationCodeableConcept": write_medication(phase, context),
        **write_circumstances(context),
        **_reason(context),
        "note": [{"text": _note(phase, context)}],
        "extension": [_basis(phase, context)],
    }
    if phase.lifelong:
        resource["courseOfTherapyType"] = _continuous_therapy()
    if context.group_id:
        resource["groupIdentifier"] = {
            "system": "urn:ietf:rfc:3986",
            "value": f"{_GROUP}{context.group_id}",
        }
    resource["dosageInstruction"] = [_dosage(phase, context, technique)]
    return resource | _for_the_pharmacist(phase, context)


_GROUP = "urn:uuid:"


def group_id_of(order: Resource) -> str:
    """Return the id of the regimen that an order is a phase of, empty for one not written here."""
    value = as_text(as_dict(order.get("groupIdentifier")).get("value"))
    return value.removeprefix(_GROUP) if value.startswith(_GROUP) else ""


def _substitution() -> Resource:
    """Any brand, no other form of vitamin B12 (I23)."""
    return {
        "allowedCodeableConcept": {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/v3-substanceAdminSubstitution",
                    "code": "G",
                    "display": "generic composition",
                }
            ],
            "text": "Any brand of the same cobalamin; no other cobalamin.",
        }
    }


def _for_the_pharmacist(phase: Phase, context: DraftContext) -> Resource:
    """Return supply and substitution, as far as the site wants them (cards.md 8)."""
    writing = context.writing
    written: Resource = {}
    if writing.dispense:
        row = _row_of(phase, context)
        supply = write_dispense(phase, row, context.as_of, context.after, writing)
        written |= {"dispenseRequest": supply} if supply else {}
    if writing.substitution:
        written["substitution"] = _substitution()
    return written


def write_circumstances(context: DraftContext) -> Resource:
    """Return subject, encounter, date and requester of any order."""
    circumstances: Resource = {
        "subject": {"reference": f"Patient/{context.patient_id}"},
        "authoredOn": context.as_of.isoformat(),
    }
    if context.encounter_id:
        circumstances["encounter"] = {"reference": f"Encounter/{context.encounter_id}"}
    requester = context.user_id or context.requester_of_the_draft
    if requester:
        circumstances["requester"] = {"reference": requester}
    return circumstances


def write_medication(phase: Phase, context: DraftContext) -> Resource:
    """Return the product of the formulary with all its codings, the client's preferred system
    first, and that spelled as the client spells it: Epic knows RxNorm by its OID only.

    A product that is not on the formulary is named in words alone.
    """
    row = _row_of(phase, context)
    if row is None:
        return {"text": phase.line.substance.value.capitalize()}
    preferred = context.value_sets.normalise_system(context.preferred_system)
    normalise = context.value_sets.normalise_system
    codings = sorted(row.codings, key=lambda coding: normalise(coding.system) != preferred)
    written = [
        {
            "system": context.preferred_system
            if normalise(coding.system) == preferred
            else coding.system,
            "code": coding.code,
        }
        | ({"display": coding.display} if coding.display else {})
        for coding in codings
    ]
    return ({"coding": written} if written else {}) | {"text": row.text}


def _row_of(phase: Phase, context: DraftContext) -> FormularyRow | None:
    """Return the row of the formulary for the product, one that is available first."""
    line = phase.line
    rows = [
        row
        for row in context.formulary
        if (row.substance, row.route) == (line.substance, line.route)
    ]
    return next((row for row in rows if row.available), rows[0] if rows else None)


def _reason(context: DraftContext) -> Resource:
    if context.reason_reference.startswith("Condition/"):
        return {"reasonReference": [{"reference": context.reason_reference}]}
    if not context.reason_text:
        return {}
    coded = {"coding": [_deficiency()]} if context.deficient else {}
    return {"reasonCode": [coded | {"text": context.reason_text}]}


def _deficiency() -> Resource:
    return {
        "system": SNOMED,
        "code": "190634004",
        "display": "Cobalamin deficiency (disorder)",
    }


def _note(phase: Phase, context: DraftContext) -> str:
    """Return one clinical sentence (cards.md 8)."""
    reason = context.reason_text or "Vitamin B12 deficiency"
    timing = phase.line.timing
    if phase.kind is PhaseKind.LOADING and timing and not timing.is_bounded:
        return (
            f"{reason} with nerve signs: continue until no further improvement, then maintenance "
            f"as ordered."
        )
    if phase.kind is PhaseKind.LOADING:
        return f"{reason}: {_loading_words(timing)}, then maintenance as ordered."
    if phase.line.route is Route.ORAL:
        return "For life; take every day."
    if phase.starts_after_loading:
        return "For life. Start after the loading course."
    return "For life." if phase.lifelong else "Until further review."


def _loading_words(timing: Timing | None) -> str:
    if timing is not None and timing.count == 6 and timing.duration:
        return "six injections in two weeks"
    return describe_timing(timing) if timing is not None else "loading injections"


def _basis(phase: Phase, context: DraftContext) -> Resource:
    """Return the extension that says what the draft rests on, and the claim stated by taking it."""
    statements = " ".join(context.statements or phase.citations)
    parts = [f"rule {context.rule}" if context.rule else "", f"regimen {phase.id}"]
    parts += [f"statements {statements}"]
    parts += [f"{STATED}{context.condition}" if context.condition else ""]
    return {"url": BASIS, "valueString": "; ".join(part for part in parts if part)}


def _prior_prescription(replaces: str) -> Resource | None:
    # The course may mark a key with what follows "#"; the reference is what stands before it.
    reference = replaces.partition("#")[0]
    return {"reference": reference} if reference.startswith("MedicationRequest/") else None


def _dosage(phase: Phase, context: DraftContext, technique: tuple[str, ...]) -> Resource:
    line = phase.line
    dosage: Resource = {"text": write_text(phase, context.review_days)}
    if technique:
        dosage["additionalInstruction"] = [{"text": text} for text in technique]
    if line.timing:
        dosage["timing"] = {"repeat": write_repeat(line.timing) | _start(phase, context)}
    if context.writing.site and line.route is Route.INTRAMUSCULAR:
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
        quantity = {"value": _number(line.dose), "unit": "micrograms", "system": UCUM, "code": "ug"}
        dosage["doseAndRate"] = [{"doseQuantity": quantity}]
    return dosage


def _start(phase: Phase, context: DraftContext) -> Resource:
    """Return the day of the first dose as a bound without an end, where it is fixed (I35)."""
    if not context.writing.start or phase.line.timing is None or phase.line.timing.is_bounded:
        return {}
    day = first_dose(phase, context.as_of, context.after)
    return {"boundsPeriod": {"start": day.isoformat()}} if day else {}


def write_text(phase: Phase, review_days: int | None = None) -> str:
    """Return the dosage in one sentence that a clinician can act on without the rest of the
    order.
    """
    words, timing = describe(phase), phase.line.timing
    if phase.starts_after_loading and timing:
        after = describe_interval(timing).removeprefix("every ")
        words += (
            f"; first dose {'1 ' + after if after == 'month' else after} after the last loading "
            f"dose"
        )
    if phase.kind is PhaseKind.LOADING and timing and not timing.is_bounded and review_days:
        words += f"; review every {review_days} days"
    return f"{words}."


def write_repeat(timing: Timing) -> Resource:
    """Return `Timing.repeat`."""
    repeat: Resource = {}
    if timing.duration:
        value, unit = timing.duration
        repeat["boundsDuration"] = {
            "value": _number(value),
            "unit": unit.value,
            "system": UCUM,
            "code": unit.value,
        }
    counts = {"count": timing.count, "countMax": timing.count_max}
    repeat |= {name: count for name, count in counts.items() if count is not None}
    repeat |= {"frequency": timing.frequency, "period": _number(timing.period)}
    if timing.period_max is not None:
        repeat["periodMax"] = _number(timing.period_max)
    return repeat | {"periodUnit": timing.unit.value}


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def rewrite(
    received: Resource,
    phase: Phase,
    context: DraftContext,
    technique: tuple[str, ...] = (),
    replaces: str = "",
) -> Resource | None:
    """Return a received draft as this phase, under its own id; `None` when it is no medication
    order or its version is not written.

    The product stays as the clinician picked it when it is the product of the phase; else it is
    taken from the formulary.
    """
    fresh = write_shape(_draft_r4(phase, context, technique), context.version)
    order = _copy_of(received, context)
    if fresh is None or order is None:
        return None
    later: list[Resource] = []
    if _is_product_of(received, phase, context):
        later = _lines_that_follow(order, context)
    else:
        for name in (
            "medicationCodeableConcept",
            "medicationReference",
            "medication",
            "substitution",
        ):
            order.pop(name, None)
        order |= {
            name: fresh[name]
            for name in ("medicationCodeableConcept", "medication")
            if name in fresh
        }
        order = _without_quantity(order)
    order["dosageInstruction"] = [_merged_dosage(order, fresh["dosageInstruction"][0]), *later]
    order.pop("courseOfTherapyType", None)
    order |= {name: fresh[name] for name in ("courseOfTherapyType",) if name in fresh}
    kept = {
        name: fresh[name]
        for name in ("groupIdentifier", "reasonReference", "reasonCode", "reason")
        if name in fresh
    }
    if any(name in order for name in ("reasonReference", "reasonCode", "reason")):
        kept = {name: value for name, value in kept.items() if name == "groupIdentifier"}
    prior = _prior_prescription(replaces)
    if prior:
        order["priorPrescription"] = prior
    others = [one for one in as_list(order.get("extension")) if as_dict(one).get("url") != BASIS]
    return kept | order | {"extension": [*others, *fresh["extension"]]}


def with_technique(
    received: Resource, technique: tuple[str, ...], context: DraftContext
) -> Resource | None:
    """Return the draft with the injection technique among its additional instructions."""
    order = _copy_of(received, context)
    if order is None:
        return None
    line = _first_line(order)
    present = as_list(line.get("additionalInstruction"))
    known = {text for item in present for text in texts_of(item)}
    line["additionalInstruction"] = [
        *present,
        *({"text": text} for text in technique if text not in known),
    ]
    return order


def with_start(received: Resource, starts: dt.date, context: DraftContext) -> Resource | None:
    """Return the draft with this day as its first."""
    order = _copy_of(received, context)
    return None if order is None else _start_on(order, starts)


def with_prior(received: Resource, replaces: str, context: DraftContext) -> Resource | None:
    """Return the draft with the order that it renews or takes the place of (Q38)."""
    order = _copy_of(received, context)
    prior = _prior_prescription(replaces)
    return None if order is None or prior is None else {**order, "priorPrescription": prior}


def with_site(received: Resource, site: InjectionSite, context: DraftContext) -> Resource | None:
    """Return the draft with this injection site."""
    order = _copy_of(received, context)
    if order is None:
        return None
    code, display = SITE_CODINGS[site]
    _first_line(order)["site"] = {
        "coding": [{"system": SNOMED, "code": code, "display": display}],
        "text": site.value.capitalize(),
    }
    return order


def _copy_of(received: Resource, context: DraftContext) -> Resource | None:
    """Return a deep copy that may be changed: known faults of shape repaired, the narrative, now
    stale, left out (R110).
    """
    if (
        as_text(received.get("resourceType")) not in MEDICATION_ORDER_TYPES
        or not context.version.can_be_written
    ):
        return None
    order = repair_order(copy.deepcopy(received), context.version)
    order.pop("text", None)
    order.setdefault("status", "draft")
    order.setdefault("intent", context.intent)
    order.setdefault("subject", {"reference": f"Patient/{context.patient_id}"})
    if not order.get("requester"):
        order |= _requester_of_a_change(context)
    return order


def _requester_of_a_change(context: DraftContext) -> Resource:
    """Return the user as the requester of a draft that names none (R190), as the version has it."""
    if not context.user_id:
        return {}
    written = {"reference": context.user_id}
    if context.version is not FhirVersion.STU3:
        return {"requester": written}
    # STU3 allows no PractitionerRole here.
    role = context.user_id.startswith("PractitionerRole/")
    return {} if role else {"requester": {"agent": written}}


def _first_line(order: Resource) -> Resource:
    lines: list[Resource] = order.setdefault("dosageInstruction", [{}])
    return lines[0]


def _is_product_of(received: Resource, phase: Phase, context: DraftContext) -> bool:
    """Return whether the draft already orders the product of the phase: its substance alone, in a
    form that its route allows.
    """
    concept, _ = read_medication(received)
    product = identify_product(concept, context.value_sets)
    if (
        product.error
        or product.doubt
        or [item.substance for item in product.ingredients] != [phase.line.substance]
    ):
        return False
    return product.form.route is phase.line.route or (
        product.form.route is None and not _is_oral(phase, product.form)
    )


def _lines_that_follow(order: Resource, context: DraftContext) -> list[Resource]:
    """Return the dosage lines after the first where they follow it (loading, then maintenance), so
    that changing it keeps them.
    """
    product = identify_product(read_medication(order)[0], context.value_sets)
    lines: list[Resource] = order.get("dosageInstruction", [])
    return lines[1:] if len(read_phases(order, product, context.value_sets)) == len(lines) else []


def _is_oral(phase: Phase, form: Form) -> bool:
    return phase.line.route is Route.ORAL and form is Form.INJECTION


def _without_quantity(order: Resource) -> Resource:
    """Leave out how much of the former product to dispense."""
    if not isinstance(order.get("dispenseRequest"), dict):
        return order
    request = {
        name: value
        for name, value in order["dispenseRequest"].items()
        if name not in ("quantity", "initialFill")
    }
    return {name: value for name, value in order.items() if name != "dispenseRequest"} | (
        {"dispenseRequest": request} if request else {}
    )


_KEPT_OF_A_LINE = ("id", "sequence", "additionalInstruction", "site", "method", "modifierExtension")
"""What of the received dosage line is not about dose, route or timing."""


def _merged_dosage(order: Resource, fresh: Resource) -> Resource:
    """Return the new dosage line with what the received one holds besides dose, route and
    timing.
    """
    received = as_dict(read_dosages(order))
    kept = {name: received[name] for name in _KEPT_OF_A_LINE if name in received}
    instructions = [
        *as_list(kept.pop("additionalInstruction", None)),
        *fresh.get("additionalInstruction", []),
    ]
    distinct = [
        item for number, item in enumerate(instructions) if item not in instructions[:number]
    ]
    return fresh | kept | ({"additionalInstruction": distinct} if distinct else {})


def _start_on(order: Resource, starts: dt.date) -> Resource:
    """Write the day of the first dose into the timing; beside a bound of another kind it goes into
    the validity of the order.

    An end that would come before the new start is left out with the old bounds.
    """
    _first_line(order)
    for line in order["dosageInstruction"]:
        timing = dict(as_dict(line.get("timing")))
        repeat = dict(as_dict(timing.get("repeat")))
        if "boundsDuration" in repeat or "boundsRange" in repeat:
            request = dict(as_dict(order.get("dispenseRequest")))
            order["dispenseRequest"] = request | {
                "validityPeriod": _period_from(request.get("validityPeriod"), starts)
            }
        else:
            repeat["boundsPeriod"] = _period_from(repeat.get("boundsPeriod"), starts)
            line["timing"] = timing | {"repeat": repeat}
    return order


def _period_from(period: Any, starts: dt.date) -> Resource:
    end = str(as_dict(period).get("end", ""))
    return {"start": starts.isoformat()} | ({"end": end} if end[:10] >= starts.isoformat() else {})
