"""Made records: one patient with results, diagnoses and orders, of which every result and a third
of the rest feed a fact; and one with as many results that no rule asks for.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from fhir_mappings.fhir.record import PREFETCH_KEYS

AS_OF = dt.date(2026, 6, 1)
SUBJECT = {"reference": "Patient/p1", "display": "Bench Patient"}
LOINC, SNOMED, RXNORM, UCUM = (
    "http://loinc.org",
    "http://snomed.info/sct",
    "http://www.nlm.nih.gov/research/umls/rxnorm",
    "http://unitsofmeasure.org",
)

RESULTS = (
    ("8302-2", "Body height", 171.2, "cm"),
    ("29463-7", "Body weight", 73.1, "kg"),
    ("2093-3", "Cholesterol [Mass/volume] in Serum or Plasma", 182.0, "mg/dL"),
    ("2571-8", "Triglyceride [Mass/volume] in Serum or Plasma", 131.0, "mg/dL"),
    ("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", 5.9, "%"),
    ("718-7", "Hemoglobin [Mass/volume] in Blood", 12.4, "g/dL"),
    ("777-3", "Platelets [#/volume] in Blood by Automated count", 231.0, "10*3/uL"),
    ("33914-3", "Glomerular filtration rate/1.73 sq M.predicted", 82.0, "mL/min/{1.73_m2}"),
    ("2132-9", "Cobalamin (Vitamin B12) [Mass/volume] in Serum or Plasma", 171.0, "pg/mL"),
    ("2823-3", "Potassium [Moles/volume] in Serum or Plasma", 4.1, "mmol/L"),
)
DIAGNOSES = (
    ("38341003", "Hypertension"),
    ("44054006", "Diabetes mellitus type 2"),
    ("84027009", "Pernicious anemia"),
)
MEDICINES = (
    ("314076", "lisinopril 10 MG Oral Tablet"),
    ("310798", "Hydrochlorothiazide 25 MG"),
    ("309594", "cyanocobalamin 1 mg/mL injection"),
)


def make_record(resources: int) -> dict[str, list[dict[str, Any]]]:
    """Return resources by prefetch key: seven results to one diagnosis, order and procedure
    each.
    """
    keys: dict[str, list[dict[str, Any]]] = {key: [] for key in PREFETCH_KEYS}
    keys["patient"].append(
        {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1961-04-05"}
    )
    for number in range(resources - 1):
        day = (AS_OF - dt.timedelta(days=3 * number)).isoformat()
        match number % 10:
            case 7:
                keys["conditions"].append(_condition(number, day))
            case 8:
                keys["medications"].append(_order(number, day))
            case 9:
                keys["procedures"].append(_procedure(number, day))
            case _:
                keys["labs"].append(_observation(number, day))
    return keys


def make_vital_signs(resources: int) -> dict[str, list[dict[str, Any]]]:
    """Return a record that holds nothing but results of no interest."""
    days = ((AS_OF - dt.timedelta(days=number % 700)).isoformat() for number in range(resources))
    signs = [
        _result(number, day, ("8867-4", "Heart rate", 72.0, "/min"))
        for number, day in enumerate(days)
    ]
    return {
        **{key: [] for key in PREFETCH_KEYS},
        "patient": make_record(1)["patient"],
        "labs": signs,
    }


def _observation(number: int, day: str) -> dict[str, Any]:
    return _result(number, day, RESULTS[number // 3 % len(RESULTS)])


def _result(number: int, day: str, measured: tuple[str, str, float, str]) -> dict[str, Any]:
    code, display, value, unit = measured
    return {
        "resourceType": "Observation",
        "id": f"o{number}",
        "meta": {"versionId": "1", "lastUpdated": f"{day}T10:02:11.000+00:00"},
        "status": "final",
        "category": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                        "code": "laboratory",
                    }
                ]
            }
        ],
        "code": {"coding": [{"system": LOINC, "code": code, "display": display}], "text": display},
        "subject": SUBJECT,
        "encounter": {"reference": f"Encounter/e{number}"},
        "effectiveDateTime": f"{day}T09:12:00+00:00",
        "issued": f"{day}T09:59:00.000+00:00",
        "valueQuantity": {"value": value, "unit": unit, "system": UCUM, "code": unit},
        "referenceRange": [
            {"low": {"value": value / 2, "unit": unit}, "high": {"value": value * 2, "unit": unit}}
        ],
    }


def _condition(number: int, day: str) -> dict[str, Any]:
    code, display = DIAGNOSES[number // 10 % len(DIAGNOSES)]
    clinical = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    return {
        "resourceType": "Condition",
        "id": f"c{number}",
        "clinicalStatus": {"coding": [{"system": clinical, "code": "active"}]},
        "code": {"coding": [{"system": SNOMED, "code": code, "display": display}], "text": display},
        "subject": SUBJECT,
        "onsetDateTime": day,
        "recordedDate": day,
    }


def _order(number: int, day: str) -> dict[str, Any]:
    code, display = MEDICINES[number // 10 % len(MEDICINES)]
    return {
        "resourceType": "MedicationRequest",
        "id": f"m{number}",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {
            "coding": [{"system": RXNORM, "code": code, "display": display}],
            "text": display,
        },
        "subject": SUBJECT,
        "authoredOn": day,
        "dosageInstruction": [
            {
                "text": "once daily",
                "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
            }
        ],
    }


def _procedure(number: int, day: str) -> dict[str, Any]:
    return {
        "resourceType": "Procedure",
        "id": f"x{number}",
        "status": "completed",
        "code": {
            "coding": [{"system": SNOMED, "code": "73761001", "display": "Colonoscopy"}],
            "text": "Colonoscopy",
        },
        "subject": SUBJECT,
        "performedPeriod": {"start": f"{day}T09:00:00Z", "end": f"{day}T09:30:00Z"},
    }
