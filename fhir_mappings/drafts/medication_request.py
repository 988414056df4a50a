"""One phase of a regimen as a draft MedicationRequest.

Drafts are built in R4 and written in the version of the request.
Source: CONTRACT "The draft order"; R110, R163; Q16; decisions 2.5.
"""

from __future__ import annotations

import datetime as dt

from fhir_mappings.drafts.dosage_instruction import start_on, write_dosage
from fhir_mappings.drafts.draft_context import DraftContext, write_circumstances
from fhir_mappings.drafts.supply import write_dispense
from fhir_mappings.fhir import Resource, as_dict, as_text, write_shape
from fhir_mappings.formulary import FormularyRow
from fhir_mappings.medicines import BASIS, STATED
from fhir_mappings.terminology import SNOMED
from recommender.language import (
    Phase,
    PhaseKind,
    Route,
    Timing,
    describe_interval,
    describe_timing,
)


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
    resource = draft_r4(phase, context, technique)
    prior = prior_prescription(replaces)
    if prior:
        resource["priorPrescription"] = prior
    if starts:
        resource = start_on(resource, starts)
    return write_shape(resource, context.version)


def draft_r4(phase: Phase, context: DraftContext, technique: tuple[str, ...]) -> Resource:
    """Return the draft of one phase in R4."""
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
    resource["dosageInstruction"] = [write_dosage(phase, context, technique)]
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
        supply = write_dispense(phase, row, context.as_of, context.follows, writing)
        written |= {"dispenseRequest": supply} if supply else {}
    if writing.substitution:
        written["substitution"] = _substitution()
    return written


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
    then = _then(context.before)
    if phase.kind is PhaseKind.LOADING and timing and not timing.is_bounded:
        return f"{reason} with nerve signs: continue until no further improvement{then}."
    if phase.kind is PhaseKind.LOADING:
        return f"{reason}: {_loading_words(timing)}{then}."
    if phase.line.route is Route.ORAL:
        return "For life; take every day."
    if phase.starts_after_loading:
        return "For life. Start after the loading course."
    return "For life." if phase.lifelong else "Until further review."


def _then(maintenance: Phase | None) -> str:
    """Say what follows loading: ", then every 2 months for life"; empty where nothing is drafted
    with it.
    """
    if maintenance is None or maintenance.line.timing is None:
        return ""
    lasting = " for life" if maintenance.lifelong else ""
    if maintenance.line.route is Route.ORAL:
        return f", then tablets every day{lasting}"
    return f", then {describe_interval(maintenance.line.timing)}{lasting}"


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


def prior_prescription(replaces: str) -> Resource | None:
    """Return the reference to the order replaced; `None` for any other key."""
    # The course may mark a key with what follows "#"; the reference is what stands before it.
    reference = replaces.partition("#")[0]
    return {"reference": reference} if reference.startswith("MedicationRequest/") else None
