"""One phase of a regimen as a draft MedicationRequest.

Drafts are built in R4 and written in the version of the request.
Source: CONTRACT "The draft order"; R110, R163; Q16; decisions 2.5.
"""

from __future__ import annotations

import datetime as dt
import functools
import pickle
from typing import NamedTuple

from fhir_mappings.drafts.dosage_instruction import start_on, write_dosage
from fhir_mappings.drafts.draft_context import DraftContext, write_circumstances, write_reason
from fhir_mappings.drafts.supply import Writing, first_dose, write_dispense, write_validity
from fhir_mappings.fhir import Resource, as_dict, as_text, write_shape
from fhir_mappings.formulary import FormularyRow
from fhir_mappings.medicines import BASIS, STATED
from recommender.guidance import LOADING_DOSES
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
        phase: one of the catalogue, as the site has it: what is written of it is remembered.
        replaces: the key of the order that this one takes over from (Q16), or empty.
        starts: the day of the first dose, where it is fixed.
    """
    parts = pickle.loads(_write_once(*_said_in(phase, context, technique)))
    resource = _fill(parts, phase, context)
    prior = prior_prescription(replaces)
    if prior:
        resource["priorPrescription"] = prior
    if starts:
        resource = start_on(resource, starts)
    return write_shape(resource, context.version)


def draft_r4(phase: Phase, context: DraftContext, technique: tuple[str, ...]) -> Resource:
    """Return the draft of one phase in R4, also of one that takes its timing from an order of the
    patient.
    """
    return _fill(_write_parts(*_said_in(phase, context, technique)), phase, context)


class _Parts(NamedTuple):
    """What of a draft is nobody's: the product, what it rests on, and dose and supply, in which the
    days are missing.
    """

    product: Resource
    words: Resource
    dose: Resource


class _Said(NamedTuple):
    """What the parts are written from, beside the phase; `preferred`: which codings of the row are
    of the preferred system.
    """

    row: FormularyRow | None
    preferred_system: str
    preferred: tuple[bool, ...]
    technique: tuple[str, ...]
    rule: str
    statements: tuple[str, ...]
    condition: str
    review_days: int | None
    writing: Writing


def _said_in(
    phase: Phase, context: DraftContext, technique: tuple[str, ...]
) -> tuple[Phase, _Said]:
    row, normalise = _row_of(phase, context), context.value_sets.normalise_system
    preferred = normalise(context.preferred_system)
    return phase, _Said(
        row,
        context.preferred_system,
        tuple(normalise(one.system) == preferred for one in row.codings) if row else (),
        technique,
        context.rule,
        context.statements,
        context.condition,
        context.review_days,
        context.writing,
    )


def _write_parts(phase: Phase, said: _Said) -> _Parts:
    words: Resource = {"extension": [_basis(phase, said)]}
    if phase.lifelong:
        words["courseOfTherapyType"] = _continuous_therapy()
    line = write_dosage(phase, said.technique, said.review_days, said.writing.site)
    dose = {"dosageInstruction": [line]}
    product = {"medicationCodeableConcept": write_medication(phase, said)}
    return _Parts(product, words, dose | _for_the_pharmacist(phase, said))


@functools.lru_cache(512)
def _write_once(phase: Phase, said: _Said) -> bytes:
    """Return the parts of a phase of the catalogue, as bytes: whoever changes a draft changes no
    other.
    """
    return pickle.dumps(_write_parts(phase, said))


def _fill(parts: _Parts, phase: Phase, context: DraftContext) -> Resource:
    """Return the draft for the patient and the days of the context."""
    resource: Resource = {
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": context.intent,
        **parts.product,
        **write_circumstances(context),
        **write_reason(context),
        "note": [{"text": _note(phase, context)}],
        **parts.words,
    }
    if context.group_id:
        resource["groupIdentifier"] = {
            "system": "urn:ietf:rfc:3986",
            "value": f"{_GROUP}{context.group_id}",
        }
    return resource | parts.dose | _write_days(parts.dose, phase, context)


def _write_days(dose: Resource, phase: Phase, context: DraftContext) -> Resource:
    """Return dose and supply with their days, as far as they have any."""
    written: Resource = {}
    timing = phase.line.timing
    if context.writing.start and timing is not None and not timing.is_bounded:
        start = first_dose(phase, context.as_of, context.follows)
        if start:
            [line] = dose["dosageInstruction"]
            repeat = {**line["timing"]["repeat"], "boundsPeriod": {"start": start.isoformat()}}
            written["dosageInstruction"] = [{**line, "timing": {"repeat": repeat}}]
    if "dispenseRequest" in dose:
        validity = write_validity(phase, context.as_of, context.follows, context.writing)
        written["dispenseRequest"] = {"validityPeriod": validity, **dose["dispenseRequest"]}
    return written


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


def _for_the_pharmacist(phase: Phase, said: _Said) -> Resource:
    """Return supply and substitution, as far as the site wants them (cards.md 8)."""
    written: Resource = {}
    if said.writing.dispense:
        supply = write_dispense(phase, said.row, said.writing)
        written |= {"dispenseRequest": supply} if supply else {}
    if said.writing.substitution:
        written["substitution"] = _substitution()
    return written


def write_medication(phase: Phase, said: _Said) -> Resource:
    """Return the product of the formulary with all its codings, the client's preferred system
    first, and that spelled as the client spells it: Epic knows RxNorm by its OID only.

    A product that is not on the formulary is named in words alone.
    """
    row = said.row
    if row is None:
        return {"text": phase.line.substance.value.capitalize()}
    marked = zip(said.preferred, row.codings, strict=True)
    written = [
        {"system": said.preferred_system if is_preferred else coding.system, "code": coding.code}
        | ({"display": coding.display} if coding.display else {})
        for is_preferred, coding in sorted(marked, key=lambda one: not one[0])
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
    if timing is not None and timing.count == LOADING_DOSES and timing.duration:
        return "six injections in two weeks"
    return describe_timing(timing) if timing is not None else "loading injections"


def _basis(phase: Phase, said: _Said) -> Resource:
    """Return the extension that says what the draft rests on, and the claim stated by taking it."""
    statements = " ".join(said.statements or phase.citations)
    parts = [f"rule {said.rule}" if said.rule else "", f"regimen {phase.id}"]
    parts += [f"statements {statements}"]
    parts += [f"{STATED}{said.condition}" if said.condition else ""]
    return {"url": BASIS, "valueString": "; ".join(part for part in parts if part)}


def prior_prescription(replaces: str) -> Resource | None:
    """Return the reference to the order replaced; `None` for any other key."""
    # The course may mark a key with what follows "#"; the reference is what stands before it.
    reference = replaces.partition("#")[0]
    return {"reference": reference} if reference.startswith("MedicationRequest/") else None
