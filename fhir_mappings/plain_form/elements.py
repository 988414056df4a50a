"""The elements of R4 that orders usually have, as the specification lists them. What is not here is
not wrong; it is judged by the models of fhir.resources.

Tests compare each line with those models: type, repetition, codes, targets, choice, requirement.
Source: HL7 FHIR R4 (4.0.1), MedicationRequest, ServiceRequest and the data types.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Element(NamedTuple):
    """What may stand in an element: one value of a type or a list of them; the codes it may have
    and the types it may refer to, any where there are none; the choice it is a leg of, as
    `medication` of medicationReference; whether it, or another leg, must be there.
    """

    type: str
    many: bool = False
    codes: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()
    choice: str = ""
    required: bool = False


def _one(type_: str, *, required: bool = False) -> Element:
    return Element(type_, required=required)


def _list(type_: str) -> Element:
    return Element(type_, many=True)


def _code(codes: str, *, many: bool = False, required: bool = False) -> Element:
    return Element("code", many, frozenset(codes.split()), required=required)


def _reference(targets: str, *, many: bool = False, required: bool = False) -> Element:
    return Element("Reference", many, targets=frozenset(targets.split()), required=required)


def _choice(name: str, types: Mapping[str, str], *, required: bool = False) -> dict[str, Element]:
    """Return the legs of a choice by their endings, each with the types it may refer to."""
    return {
        f"{name}{ending[0].upper()}{ending[1:]}": Element(
            ending, targets=frozenset(targets.split()), choice=name, required=required
        )
        for ending, targets in types.items()
    }


_ASKED = "Practitioner PractitionerRole Organization Patient RelatedPerson Device"
_UNITS_OF_TIME = "s min h d wk mo a"
_INTENTS = "proposal plan order original-order reflex-order filler-order instance-order option"
_ANY_RESOURCE = "Resource"
_VALUES_OF_EXTENSIONS = (
    *("string", "boolean", "code", "uri", "integer", "decimal", "dateTime", "date"),
    *("CodeableConcept", "Coding", "Quantity", "Reference", "Identifier", "Period"),
)

_RESOURCE = {
    "meta": _one("Meta"),
    "text": _one("Narrative"),
    "contained": _list("Medication"),
    "extension": _list("Extension"),
    "identifier": _list("Identifier"),
}

_ORDER = _RESOURCE | {
    "priority": _code("routine urgent asap stat"),
    "category": _list("CodeableConcept"),
    "encounter": _reference("Encounter"),
    "supportingInformation": _reference(_ANY_RESOURCE, many=True),
    "authoredOn": _one("dateTime"),
    "requester": _reference(_ASKED),
    "performerType": _one("CodeableConcept"),
    "reasonCode": _list("CodeableConcept"),
    "insurance": _reference("Coverage ClaimResponse", many=True),
    "note": _list("Annotation"),
    "doNotPerform": _one("boolean"),
}

_MEDICATION_REQUEST = {
    "resourceType": _code("MedicationRequest", required=True),
    **_ORDER,
    "status": _code(
        "active on-hold cancelled completed entered-in-error stopped draft unknown", required=True
    ),
    "statusReason": _one("CodeableConcept"),
    "intent": _code(_INTENTS, required=True),
    **_choice("reported", {"boolean": ""}),
    **_choice("medication", {"CodeableConcept": "", "Reference": "Medication"}, required=True),
    "subject": _reference("Patient Group", required=True),
    "performer": _reference(f"{_ASKED} CareTeam"),
    "recorder": _reference("Practitioner PractitionerRole"),
    "reasonReference": _reference("Condition Observation", many=True),
    "basedOn": _reference(
        "CarePlan MedicationRequest ServiceRequest ImmunizationRecommendation", many=True
    ),
    "groupIdentifier": _one("Identifier"),
    "courseOfTherapyType": _one("CodeableConcept"),
    "dosageInstruction": _list("Dosage"),
    "dispenseRequest": _one("MedicationRequestDispenseRequest"),
    "substitution": _one("MedicationRequestSubstitution"),
    "priorPrescription": _reference("MedicationRequest"),
}

_SERVICE_REQUEST = {
    "resourceType": _code("ServiceRequest", required=True),
    **{name: item for name, item in _ORDER.items() if name != "supportingInformation"},
    "status": _code(
        "draft active on-hold revoked completed entered-in-error unknown", required=True
    ),
    "intent": _code(f"{_INTENTS} directive", required=True),
    "code": _one("CodeableConcept"),
    "orderDetail": _list("CodeableConcept"),
    "subject": _reference("Patient Group Location Device", required=True),
    **_choice("occurrence", {"dateTime": "", "Period": "", "Timing": ""}),
    **_choice("asNeeded", {"boolean": "", "CodeableConcept": ""}),
    "performer": _reference(f"{_ASKED} CareTeam HealthcareService", many=True),
    "locationCode": _list("CodeableConcept"),
    "reasonReference": _reference(
        "Condition Observation DiagnosticReport DocumentReference", many=True
    ),
    "basedOn": _reference("CarePlan ServiceRequest MedicationRequest", many=True),
    "replaces": _reference("ServiceRequest", many=True),
    "requisition": _one("Identifier"),
    "supportingInfo": _reference(_ANY_RESOURCE, many=True),
    "specimen": _reference("Specimen", many=True),
    "bodySite": _list("CodeableConcept"),
    "patientInstruction": _one("string"),
}

_QUANTITY = {
    "value": _one("decimal"),
    "comparator": _one("code"),
    "unit": _one("string"),
    "system": _one("uri"),
    "code": _one("code"),
}

ELEMENTS: Mapping[str, Mapping[str, Element]] = {
    "MedicationRequest": _MEDICATION_REQUEST,
    "ServiceRequest": _SERVICE_REQUEST,
    "Medication": {
        "resourceType": _code("Medication", required=True),
        **{name: item for name, item in _RESOURCE.items() if name != "contained"},
        "id": _one("id"),
        "code": _one("CodeableConcept"),
        "status": _code("active inactive entered-in-error"),
        "form": _one("CodeableConcept"),
    },
    "MedicationRequestDispenseRequest": {
        "initialFill": _one("MedicationRequestDispenseRequestInitialFill"),
        "dispenseInterval": _one("Duration"),
        "validityPeriod": _one("Period"),
        "numberOfRepeatsAllowed": _one("unsignedInt"),
        "quantity": _one("Quantity"),
        "expectedSupplyDuration": _one("Duration"),
        "performer": _reference("Organization"),
    },
    "MedicationRequestDispenseRequestInitialFill": {
        "quantity": _one("Quantity"),
        "duration": _one("Duration"),
    },
    "MedicationRequestSubstitution": {
        **_choice("allowed", {"boolean": "", "CodeableConcept": ""}, required=True),
        "reason": _one("CodeableConcept"),
    },
    "Dosage": {
        "sequence": _one("integer"),
        "text": _one("string"),
        "additionalInstruction": _list("CodeableConcept"),
        "patientInstruction": _one("string"),
        "timing": _one("Timing"),
        **_choice("asNeeded", {"boolean": "", "CodeableConcept": ""}),
        "site": _one("CodeableConcept"),
        "route": _one("CodeableConcept"),
        "method": _one("CodeableConcept"),
        "doseAndRate": _list("DosageDoseAndRate"),
        "maxDosePerPeriod": _one("Ratio"),
        "maxDosePerAdministration": _one("Quantity"),
        "maxDosePerLifetime": _one("Quantity"),
    },
    "DosageDoseAndRate": {
        "type": _one("CodeableConcept"),
        **_choice("dose", {"Quantity": "", "Range": ""}),
        **_choice("rate", {"Quantity": "", "Range": "", "Ratio": ""}),
    },
    "Timing": {
        "event": _list("dateTime"),
        "repeat": _one("TimingRepeat"),
        "code": _one("CodeableConcept"),
    },
    "TimingRepeat": {
        **_choice("bounds", {"Duration": "", "Range": "", "Period": ""}),
        "count": _one("positiveInt"),
        "countMax": _one("positiveInt"),
        "duration": _one("decimal"),
        "durationMax": _one("decimal"),
        "durationUnit": _code(_UNITS_OF_TIME),
        "frequency": _one("positiveInt"),
        "frequencyMax": _one("positiveInt"),
        "period": _one("decimal"),
        "periodMax": _one("decimal"),
        "periodUnit": _code(_UNITS_OF_TIME),
        "dayOfWeek": _code("mon tue wed thu fri sat sun", many=True),
        "when": _list("code"),
        "offset": _one("unsignedInt"),
    },
    "Extension": {
        "url": _one("uri", required=True),
        **_choice("value", dict.fromkeys(_VALUES_OF_EXTENSIONS, "")),
    },
    "Reference": {
        "reference": _one("string"),
        "type": _one("uri"),
        "identifier": _one("Identifier"),
        "display": _one("string"),
    },
    "Identifier": {
        "use": _code("usual official temp secondary old"),
        "type": _one("CodeableConcept"),
        "system": _one("uri"),
        "value": _one("string"),
        "period": _one("Period"),
    },
    "CodeableConcept": {"coding": _list("Coding"), "text": _one("string")},
    "Coding": {
        "system": _one("uri"),
        "version": _one("string"),
        "code": _one("code"),
        "display": _one("string"),
        "userSelected": _one("boolean"),
    },
    "Quantity": _QUANTITY,
    "Duration": _QUANTITY,
    "Range": {"low": _one("Quantity"), "high": _one("Quantity")},
    "Ratio": {"numerator": _one("Quantity"), "denominator": _one("Quantity")},
    "Period": {"start": _one("dateTime"), "end": _one("dateTime")},
    "Annotation": {
        **_choice(
            "author",
            {"Reference": "Practitioner Patient RelatedPerson Organization", "string": ""},
        ),
        "time": _one("dateTime"),
        "text": _one("markdown", required=True),
    },
    "Meta": {
        "versionId": _one("id"),
        "source": _one("uri"),
        "profile": _list("canonical"),
        "security": _list("Coding"),
        "tag": _list("Coding"),
    },
    "Narrative": {
        "status": _code("generated extensions additional empty", required=True),
        "div": _one("xhtml", required=True),
    },
}
