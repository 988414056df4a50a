"""Only evidence that decided is marked as that; what came and could not be used has no role."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cds_service.decision.test_receipt import PATIENT, bundle, explain_prefetch

SUBJECT = {"reference": "Patient/p"}


def result(name: str, loinc: str, value: dict[str, Any]) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "subject": SUBJECT,
        "effectiveDateTime": "2026-05-20",
        "code": {"coding": [{"system": "http://loinc.org", "code": loinc}]},
        "valueQuantity": value,
    }


EXPLAINED = explain_prefetch(
    patient=PATIENT,
    labs=bundle(
        result("b12", "14685-2", {"value": 96, "unit": "pmol/L"}),
        result("mma", "13964-2", {"value": 600}),
    ),
)


def evidence_of(fact: str) -> list[dict[str, Any]]:
    found = next(item for item in EXPLAINED["facts"] if item["name"] == fact)
    evidence: list[dict[str, Any]] = found.get("evidence", [])
    return evidence


@pytest.mark.parametrize(("fact", "roles"), [("total_b12", ["decides"]), ("mma", [None])])
def test_a_result_decides_its_own_fact_or_nothing(fact: str, roles: list[str | None]) -> None:
    assert [entry.get("role") for entry in evidence_of(fact)] == roles


def test_evidence_has_the_name_of_its_code_beside_the_words_of_the_record() -> None:
    """CONTRACT, the explain JSON: code, name and display of each piece of evidence."""
    local = result("b12", "14685-2", {"value": 96, "unit": "pmol/L"})
    local["code"]["text"] = "Kobalamin"
    explained = explain_prefetch(patient=PATIENT, labs=bundle(local))
    (evidence,) = next(one for one in explained["facts"] if one["name"] == "total_b12")["evidence"]

    assert (evidence["code"], evidence["display"]) == ("http://loinc.org|14685-2", "Kobalamin")
    assert evidence["name"] == "Cobalamin (Vitamin B12) [Moles/volume] in Serum or Plasma"


def test_a_result_without_a_unit_is_no_evidence_of_deficiency() -> None:
    assert [entry["reference"] for entry in evidence_of("deficiency")] == ["Observation/b12"]


def test_what_speaks_against_the_level_that_decided_says_so() -> None:
    explained = explain_prefetch(
        patient=PATIENT,
        labs=bundle(
            result("b12", "14685-2", {"value": 96, "unit": "pmol/L"}),
            result("active", "72160-5", {"value": 90, "unit": "pmol/L"}),
            result("mma", "13964-2", {"value": 600, "unit": "nmol/L"}),
        ),
    )
    deficiency = next(item for item in explained["facts"] if item["name"] == "deficiency")
    assert {entry["reference"]: entry["role"] for entry in deficiency["evidence"]} == {
        "Observation/b12": "decides",
        "Observation/active": "contradicts",
        "Observation/mma": "supports",
    }
