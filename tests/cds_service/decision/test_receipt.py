"""The receipt of a whole call: every resource that came stands in it once, named by what it is, and
leads to facts that exist.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from cds_service.decision.explain import explain
from cds_service.decision.explain_words import say
from cds_service.decision.explainable import decide_bundle, decide_request
from cds_service.site import demonstration
from cds_service.workbench.prepared import PreparedPatient, load_patients
from fhir_mappings.terminology.loading import load_value_sets

AS_OF = dt.date(2026, 6, 1)
VALUE_SETS = load_value_sets()
SETTINGS = demonstration()
PATIENT = {"resourceType": "Patient", "id": "p", "birthDate": "1960-01-01", "gender": "female"}


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "entry": [{"resource": resource} for resource in resources]}


def explain_prefetch(**prefetch: Any) -> dict[str, Any]:
    """Return the explain JSON of a patient-view with this prefetch."""
    request = {
        "hook": "patient-view",
        "hookInstance": "i",
        "context": {"patientId": "p", "userId": "Practitioner/1"},
        "prefetch": prefetch,
    }
    return explain(decide_request(request, SETTINGS, VALUE_SETS, AS_OF))


def line_of(explained: dict[str, Any], place: str) -> dict[str, Any]:
    (line,) = [line for line in explained["resources"] if line["place"] == place]
    return line


@pytest.mark.parametrize(
    ("key", "resource"),
    [
        ("b12", {"resourceType": "Observation", "id": "o1"}),  # a key that is not one of ours
        (
            "conditions",
            {"resourceType": "Practitioner", "id": "x"},
        ),  # a type that is not read under this key
        (
            "conditions",
            {
                "resourceType": "OperationOutcome",
                "id": "oo",
                "issue": [{"severity": "warning", "code": "x"}],
            },
        ),
    ],
)
def test_what_cannot_be_used_is_named_by_its_id_and_type(
    key: str, resource: dict[str, Any]
) -> None:
    explained = explain_prefetch(**{"patient": PATIENT, key: bundle(resource)})

    line = line_of(explained, f"prefetch.{key}.entry[0]")
    assert (line["reference"], line["type"]) == (
        f"{resource['resourceType']}/{resource['id']}",
        resource["resourceType"],
    )
    assert line["ignored"]


def test_what_has_no_id_is_named_by_its_place_and_its_type() -> None:
    explained = explain_prefetch(patient=PATIENT, meds=bundle({"resourceType": "Observation"}))

    line = line_of(explained, "prefetch.meds.entry[0]")
    assert (line["reference"], line["type"]) == ("prefetch.meds.entry[0]", "Observation")
    assert "prefetch.meds.entry[0] (Observation): came under the prefetch key" in say(
        explained, colour=False
    )


def test_what_is_no_resource_has_a_place_and_no_type() -> None:
    explained = explain_prefetch(
        patient=PATIENT,
        conditions="text",
        labs={"resourceType": "Bundle", "entry": [{"fullUrl": "urn:uuid:1"}]},
    )

    for place in ("prefetch.conditions", "prefetch.labs.entry[0]"):
        line = line_of(explained, place)
        assert (line["reference"], "type" in line) == (place, False)


def test_a_resource_of_a_bundle_that_is_not_read_has_its_type() -> None:
    explained = explain(
        decide_bundle(
            bundle(PATIENT, {"resourceType": "Encounter", "id": "e"}), SETTINGS, VALUE_SETS, AS_OF
        )
    )

    assert line_of(explained, "Bundle.entry[1]")["type"] == "Encounter"


def test_a_value_and_what_it_was_converted_to_are_one_thing() -> None:
    platelets = {
        "resourceType": "Observation",
        "id": "o",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "777-3"}], "text": "Platelets"},
        "effectiveDateTime": "2026-05-30",
        "valueQuantity": {
            "value": 210000,
            "unit": "/uL",
            "system": "http://unitsofmeasure.org",
            "code": "/uL",
        },
    }
    explained = explain_prefetch(patient=PATIENT, labs=bundle(platelets))

    assert "Platelets, 210000 /uL = 210 10*9/L, 2026-05-30, from Observation/o" in say(
        explained, colour=False
    )


@pytest.mark.parametrize("patient", load_patients(), ids=lambda patient: patient.id)
def test_what_a_resource_was_used_for_is_a_fact_of_the_same_answer(
    patient: PreparedPatient,
) -> None:
    explained = explain(decide_request(patient.request_at(AS_OF), SETTINGS, VALUE_SETS, AS_OF))

    facts = {fact["name"] for fact in explained["facts"]}
    assert {fact for line in explained["resources"] for fact in line.get("for", ())} <= facts | {
        "course"
    }


def test_allergies_anticoagulants_and_lowering_medicines_lead_to_facts() -> None:
    drugs = {"warfarin": "11289", "metformin": "6809"}
    orders = [
        {
            "resourceType": "MedicationRequest",
            "id": name,
            "status": "active",
            "intent": "order",
            "authoredOn": "2026-05-01",
            "medicationCodeableConcept": {
                "coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": code}],
                "text": name,
            },
        }
        for name, code in drugs.items()
    ]
    reaction = {"resourceType": "AllergyIntolerance", "id": "a", "code": {"text": "cyanocobalamin"}}
    explained = explain_prefetch(
        patient=PATIENT, medications=bundle(*orders), allergies=bundle(reaction)
    )

    used = {line["reference"]: line["for"] for line in explained["resources"] if line["used"]}
    assert used["MedicationRequest/warfarin"] == ["anticoagulant"]
    assert set(used["MedicationRequest/metformin"]) == {"lowering_drugs", "kidney_risk"}
    assert used["AllergyIntolerance/a"] == ["allergies"]
    assert {"anticoagulant", "lowering_drugs", "allergies"} <= {
        fact["name"] for fact in explained["facts"]
    }
