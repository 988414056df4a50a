"""The shapes of FHIR versions: drafts are built in R4 and written in the version of the request;
what a client sent in a shape that its own version does not allow is repaired.

Source: PROTOCOL R110, R159, R166 and the table of 3.5.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fhir_mappings.fhir.record import Resource
from fhir_mappings.fhir.versions import FhirVersion

# Writing: an R4 resource in, the same in the version of the request out.


def write_shape(resource: Resource, version: FhirVersion) -> Resource | None:
    """Return a draft built in R4 in the shape of another version; `None` when that version is not
    written (R159).

    The resource is not changed; the result shares no part of it that differs.
    """
    if not version.can_be_written:
        return None
    reshape = _SHAPES.get((version, str(resource.get("resourceType"))))
    return reshape(dict(resource)) if reshape else dict(resource)


def _stu3_medication_request(resource: Resource) -> Resource:
    resource = _stu3_request(resource)
    # STU3 has no courseOfTherapyType; what it says also stands in the dosage text.
    resource.pop("courseOfTherapyType", None)
    resource |= _stu3_supply(resource)
    if isinstance(resource.get("category"), list):
        resource["category"] = resource["category"][0]
    if "dosageInstruction" in resource:
        resource["dosageInstruction"] = [
            _flat_dosage(line) for line in resource["dosageInstruction"]
        ]
    return resource


def _stu3_supply(resource: Resource) -> Resource:
    """Return supply and substitution as STU3 has them: repeats are positive, and what may be
    substituted stands in words.
    """
    changed: Resource = {}
    supply = resource.get("dispenseRequest")
    if isinstance(supply, dict) and supply.get("numberOfRepeatsAllowed") == 0:
        changed["dispenseRequest"] = {
            name: value for name, value in supply.items() if name != "numberOfRepeatsAllowed"
        }
    allowed = (resource.get("substitution") or {}).get("allowedCodeableConcept")
    if isinstance(allowed, dict):
        changed["substitution"] = {"allowed": True, "reason": {"text": allowed.get("text", "")}}
    return changed


def _stu3_procedure_request(resource: Resource) -> Resource:
    return _stu3_request(resource) | {"resourceType": "ProcedureRequest"}


def _stu3_request(resource: Resource) -> Resource:
    if "encounter" in resource:
        resource["context"] = resource.pop("encounter")
    requester = resource.pop("requester", None)
    # STU3 allows no PractitionerRole here.
    if requester and not str(requester.get("reference", "")).startswith("PractitionerRole/"):
        resource["requester"] = {"agent": requester}
    return resource


def _flat_dosage(line: Resource) -> Resource:
    """Move the dose of the first `doseAndRate` onto the line, where STU3 has it."""
    flat = dict(line)
    for rate in flat.pop("doseAndRate", [])[:1]:
        flat |= {name: value for name, value in rate.items() if name != "type"}
    return flat


def _r5_medication_request(resource: Resource) -> Resource:
    resource = _r5_reasons(resource)
    for old, new in (
        ("medicationCodeableConcept", "concept"),
        ("medicationReference", "reference"),
    ):
        if old in resource:
            resource["medication"] = {new: resource.pop(old)}
    if "dosageInstruction" in resource:
        resource["dosageInstruction"] = [
            _renamed(line, "asNeededBoolean", "asNeeded") for line in resource["dosageInstruction"]
        ]
    return resource


def _r5_service_request(resource: Resource) -> Resource:
    resource = _r5_reasons(resource)
    if "code" in resource:
        resource["code"] = {"concept": resource["code"]}
    return resource


def _r5_reasons(resource: Resource) -> Resource:
    reasons = [
        *resource.pop("reason", []),
        *({"concept": concept} for concept in resource.pop("reasonCode", [])),
    ]
    reasons += [{"reference": reference} for reference in resource.pop("reasonReference", [])]
    return resource | ({"reason": reasons} if reasons else {})


def _renamed(line: Resource, old: str, new: str) -> Resource:
    return {new if name == old else name: value for name, value in line.items()}


_SHAPES: dict[tuple[FhirVersion, str], Callable[[Resource], Resource]] = {
    (FhirVersion.STU3, "MedicationRequest"): _stu3_medication_request,
    (FhirVersion.STU3, "ServiceRequest"): _stu3_procedure_request,
    (FhirVersion.R5, "MedicationRequest"): _r5_medication_request,
    (FhirVersion.R5, "ServiceRequest"): _r5_service_request,
}

# Repairing: what a client sent in a shape its own FHIR version does not allow (R110, R166).

_ARRAYS = (
    "category",
    "reasonCode",
    "reasonReference",
    "reason",
    "insurance",
    "note",
    "identifier",
    "basedOn",
    "dosageInstruction",
)


def repair_order(received: Resource, version: FhirVersion) -> Resource:
    """Return a medication order without the faults of shape that clients are known to send; nothing
    else is changed.
    """
    order: Resource = _without_empty(received)
    for name in _ARRAYS:
        if name in order and not isinstance(order[name], list):
            order[name] = [order[name]]
    if version is FhirVersion.STU3 and "category" in order:
        order["category"] = order["category"][0]
    lines = [
        _repair_dosage(line, version)
        for line in order.pop("dosageInstruction", [])
        if isinstance(line, dict)
    ]
    if lines:
        order["dosageInstruction"] = lines
    return _r5_medication_request(order) if version is FhirVersion.R5 else order


def _repair_dosage(received: Resource, version: FhirVersion) -> Resource:
    """Put the dose of a line where its version has it, name the period's unit as it does, and drop
    bounds that say nothing.
    """
    line = dict(received)
    rates = line.pop("doseAndRate", [])
    rates = [
        rate for rate in (rates if isinstance(rates, list) else [rates]) if isinstance(rate, dict)
    ]
    flat = {name: line.pop(name) for name in ("doseQuantity", "doseRange") if name in line}
    rates = rates or ([flat] if flat else [])
    if rates and version is FhirVersion.STU3:
        line |= {name: value for name, value in rates[0].items() if name != "type"}
    elif rates:
        line["doseAndRate"] = rates
    timing = line.get("timing")
    if isinstance(timing, dict) and isinstance(timing.get("repeat"), dict):
        repeat = _renamed(timing["repeat"], "periodUnits", "periodUnit")
        line["timing"] = timing | {"repeat": repeat}
    return line


def _without_empty(value: Any) -> Any:
    """Return a value without the texts, lists and objects in it that hold nothing, which some
    clients write for what they do not have, and no resource may hold (FHIR, JSON format). A null in
    a list keeps the place of its extension.
    """
    if isinstance(value, dict):
        inner = ((name, _without_empty(one)) for name, one in value.items())
        return {name: one for name, one in inner if one is not None and not _is_empty(one)}
    if isinstance(value, list):
        return [one for one in map(_without_empty, value) if not _is_empty(one)]
    return value


def _is_empty(value: Any) -> bool:
    return not value.strip() if isinstance(value, str) else value in ([], {})
