"""Small FHIR resources for the mapping tests, written for them, and the record they make up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from fhir_mappings.fhir.record import PREFETCH_KEYS, Availability, PatientRecord, Placed, RecordPart
from fhir_mappings.scenario_mapping import MappedScenario, map_scenario
from fhir_mappings.terminology.loading import load_value_sets
from recommender.language.scenario import ClinicalScenario

AS_OF = dt.date(2026, 6, 15)
VALUE_SETS = load_value_sets()
SUBJECT = {"reference": "Patient/pat-1"}

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
ATC = "http://www.whocc.no/atc"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
UCUM = "http://unitsofmeasure.org"
OWN = "urn:b12-cds:observation"

KEY_OF_TYPE = {
    "Patient": "patient",
    "Condition": "conditions",
    "Observation": "labs",
    "DiagnosticReport": "labs",
    "Specimen": "labs",
    "QuestionnaireResponse": "labs",
    "MedicationRequest": "medications",
    "MedicationStatement": "statements",
    "MedicationAdministration": "administrations",
    "MedicationDispense": "administrations",
    "Procedure": "procedures",
    "AllergyIntolerance": "allergies",
}

Resource = dict[str, Any]


def days_ago(days: int) -> str:
    """Return the date so many days before the day of the tests."""
    return (AS_OF - dt.timedelta(days=days)).isoformat()


def concept(system: str, code: str, display: str = "", text: str = "") -> Resource:
    coding = {"system": system, "code": code, **({"display": display} if display else {})}
    return {"coding": [coding], **({"text": text} if text else {})}


def patient(**changes: Any) -> Resource:
    return {
        "resourceType": "Patient",
        "id": "pat-1",
        "gender": "female",
        "birthDate": "1970-03-02",
        **changes,
    }


def observation(
    test: str,
    value: object = None,
    unit: str = "",
    days: int = 1,
    system: str = LOINC,
    **changes: Any,
) -> Resource:
    """Return a final Observation of so many days ago; `value` is a number with its unit, or a whole
    `value[x]` given in `changes`.
    """
    body: Resource = {
        "resourceType": "Observation",
        "status": "final",
        "code": concept(system, test),
        "subject": SUBJECT,
        "effectiveDateTime": days_ago(days),
    }
    if value is not None:
        body["valueQuantity"] = {
            "value": value,
            **({"unit": unit, "system": UCUM, "code": unit} if unit else {}),
        }
    return {**body, **changes}


def condition(
    diagnosis: str, system: str = SNOMED, clinical: str = "active", days: int = 400, **changes: Any
) -> Resource:
    return {
        "resourceType": "Condition",
        "clinicalStatus": {"coding": [{"code": clinical}]},
        "verificationStatus": {"coding": [{"code": "confirmed"}]},
        "code": concept(system, diagnosis),
        "subject": SUBJECT,
        "recordedDate": days_ago(days),
        **changes,
    }


def procedure(operation: str, system: str = SNOMED, days: int = 1000, **changes: Any) -> Resource:
    return {
        "resourceType": "Procedure",
        "status": "completed",
        "code": concept(system, operation),
        "subject": SUBJECT,
        "performedDateTime": days_ago(days),
        **changes,
    }


def allergy(allergen: str, system: str = SNOMED, **changes: Any) -> Resource:
    return {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": concept(system, allergen),
        "patient": SUBJECT,
        **changes,
    }


def injection_given(days: int, dose: int = 1000) -> Resource:
    """Return one hydroxocobalamin injection, given so many days ago."""
    return {
        "resourceType": "MedicationAdministration",
        "status": "completed",
        "medicationCodeableConcept": concept(RXNORM, "5514", "Hydroxocobalamin"),
        "subject": SUBJECT,
        "effectiveDateTime": days_ago(days),
        "dosage": {
            "route": concept(SNOMED, "78421000"),
            "dose": {"value": dose, "unit": "ug", "system": UCUM, "code": "ug"},
        },
    }


def record_of(
    resources: Iterable[Resource],
    unavailable: Iterable[str] = (),
    incomplete: Iterable[str] = (),
    patient_id: str = "pat-1",
) -> PatientRecord:
    """Return a record of these resources, each under the prefetch key of its type; resources
    without an id get one.
    """
    listed: dict[str, list[Placed]] = {key: [] for key in PREFETCH_KEYS}
    for number, resource in enumerate(resources):
        kind = resource.get("resourceType")
        key = KEY_OF_TYPE.get(kind, "labs") if isinstance(kind, str) else "labs"
        listed[key].append(
            Placed(f"prefetch.{key}.entry[{len(listed[key])}]", {"id": f"r{number}", **resource})
        )
    availability = dict.fromkeys(PREFETCH_KEYS, Availability.COMPLETE)
    availability |= dict.fromkeys(unavailable, Availability.UNAVAILABLE) | dict.fromkeys(
        incomplete, Availability.INCOMPLETE
    )
    return PatientRecord(
        patient_id,
        {key: RecordPart(availability[key], tuple(listed[key])) for key in PREFETCH_KEYS},
    )


def map_all(*resources: Resource, **availability: Iterable[str]) -> MappedScenario:
    """Map a record of a woman of 56 and these resources."""
    return map_scenario(record_of([patient(), *resources], **availability), AS_OF, VALUE_SETS)


def scenario_of(*resources: Resource, **availability: Iterable[str]) -> ClinicalScenario:
    return map_all(*resources, **availability).scenario


def why_ignored(mapped: MappedScenario, kind: str) -> list[str]:
    """Return the reasons in the receipt for the resources of a type that were not used."""
    return [line.ignored for line in mapped.lines() if line.type == kind and not line.used]
