"""Which names of a record are told as not understood: those that the decision itself did not
understand (Q26), and results of tests that nothing names.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from cds_service.decision import decide_request
from cds_service.site import load_settings
from fhir_mappings.terminology import load_value_sets
from population.runs.understood import NotUnderstood
from tests.population.conftest import AS_OF

PLACES = {
    "MedicationRequest": ("medications", "medicationCodeableConcept"),
    "AllergyIntolerance": ("allergies", "code"),
    "Condition": ("conditions", "code"),
    "Procedure": ("procedures", "code"),
    "Observation": ("labs", "code"),
}
VALUE_SETS = load_value_sets()


def told(kind: str, text: str, **more: Any) -> list[str]:
    return told_of(kind, {PLACES[kind][1]: {"text": text}}, **more)


def told_of(kind: str, stated: dict[str, Any], **more: Any) -> list[str]:
    key = PLACES[kind][0]
    entry: dict[str, Any] = {"resourceType": kind, "id": "e", **stated, **more}
    entry["patient" if kind == "AllergyIntolerance" else "subject"] = {"reference": "Patient/p"}
    bundle = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": entry}]}
    patient = {"resourceType": "Patient", "id": "p", "birthDate": "1960-01-01"}
    request = {
        "hook": "patient-view",
        "hookInstance": "0d8c3cf4-3a48-4b0f-9d1c-0a8f0e5a3c11",
        "context": {"patientId": "p", "userId": "Practitioner/dr"},
        "prefetch": {"patient": patient, key: bundle},
    }
    decision = decide_request(request, load_settings(None), VALUE_SETS, AS_OF)
    return [found["text"] for found in NotUnderstood(VALUE_SETS).find(decision)]


ACTIVE = {"status": "active", "intent": "order", "authoredOn": "2026-10-01"}


@pytest.mark.parametrize("name", ["Paracetamol 500 mg tablet", "Simvastatine 40 mg", "Zyrtec"])
def test_a_medicine_that_the_decision_took_for_another_is_no_name_to_be_completed(
    name: str,
) -> None:
    assert told("MedicationRequest", name, **ACTIVE) == []


def test_a_name_in_no_list_is_told() -> None:
    assert told("MedicationRequest", "Xobaline", **ACTIVE) == ["Xobaline"]
    assert told("AllergyIntolerance", "Xobaline") == ["Xobaline"]
    assert told("Condition", "Xqzt's state") == ["Xqzt's state"]
    assert told("Observation", "Xqzt level", status="final") == ["Xqzt level"]


def test_an_order_that_can_say_nothing_of_today_is_not_told() -> None:
    ended = ACTIVE | {"status": "completed", "authoredOn": "2001-10-01"}
    assert told("MedicationRequest", "Xobaline", **ended) == []
    late = dt.date(2026, 11, 1).isoformat()
    assert told("MedicationRequest", "Xobaline", **(ended | {"authoredOn": late})) == ["Xobaline"]


def test_a_medicine_that_an_order_contains_or_that_is_written_as_in_r5_is_told() -> None:
    contained = {
        "contained": [{"resourceType": "Medication", "id": "m", "code": {"text": "Xobaline"}}],
        "medicationReference": {"reference": "#m"},
    }
    assert told_of("MedicationRequest", contained, **ACTIVE) == ["Xobaline"]
    r5 = {"medication": {"concept": {"text": "Xobaline"}}}
    assert told_of("MedicationRequest", r5, **ACTIVE) == ["Xobaline"]
