"""One call is about one patient (Q64)."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.protocol import HookRequest, build_prefetch
from cds_service.retrieval import assemble_from_prefetch
from fhir_mappings.fhir import Availability, RecordPart
from fhir_mappings.fhir.withheld import is_not_main
from fhir_mappings.terminology import load_value_sets

PATH = "/cds-services/b12-order-select"


def refused(client: FlaskClient, body: dict[str, Any]) -> str:
    answer = client.post(PATH, json=body)
    assert answer.status_code == 400
    text: str = answer.json["issue"][0]["diagnostics"]
    return text


@pytest.mark.parametrize(
    ("named", "status"), [("pat1", 200), ("Patient/pat1", 200), ("pat2", 400), ("", 200)]
)
def test_a_token_of_another_patient_refuses_the_call_Q64(
    client: FlaskClient, order_select: dict[str, Any], named: str, status: int
) -> None:
    order_select["fhirServer"] = "http://127.0.0.1:1/fhir"
    order_select["fhirAuthorization"] = {"access_token": "t", "patient": named}
    answer = client.post(PATH, json=order_select)

    assert answer.status_code == status
    if status == 400:
        assert "fhirAuthorization.patient" in answer.json["issue"][0]["diagnostics"]
        assert "pat2" not in answer.get_data(as_text=True)


def test_another_patient_in_prefetch_refuses_the_call_Q64(
    client: FlaskClient, order_select: dict[str, Any]
) -> None:
    order_select["prefetch"]["patient"]["id"] = "pat2"

    assert refused(client, order_select).startswith("prefetch.patient: found another Patient")


@pytest.mark.parametrize("identity", [2, "pat1x", "PAT1", "pat 1"])
def test_an_id_that_is_a_number_is_one_too_Q64(
    client: FlaskClient, order_select: dict[str, Any], identity: Any
) -> None:
    order_select["prefetch"]["patient"]["id"] = identity

    assert refused(client, order_select).startswith("prefetch.patient: found another Patient")


@pytest.mark.parametrize(
    ("named", "identity"), [("2", 2), ("pat1 ", "pat1 "), ("pat1", " pat1"), ("pat1", "pat1")]
)
def test_the_same_id_padded_or_as_a_number_is_the_same_patient(
    client: FlaskClient, order_select: dict[str, Any], named: str, identity: Any
) -> None:
    order_select["context"]["patientId"] = named
    order_select["prefetch"]["patient"]["id"] = identity

    assert client.post(PATH, json=order_select).status_code == 200


def test_a_patient_without_an_id_is_taken_to_be_the_one_of_the_call(
    client: FlaskClient, order_select: dict[str, Any]
) -> None:
    del order_select["prefetch"]["patient"]["id"]

    assert client.post(PATH, json=order_select).status_code == 200


TEMPLATES = build_prefetch(load_value_sets())
HERS = {"subject": {"reference": "Patient/pat1"}}


def part_of(key: str, query: str, *resources: dict[str, Any]) -> RecordPart:
    """Return what is read of a list whose `self` link says this search."""
    bundle = {
        "resourceType": "Bundle",
        "link": [{"relation": "self", "url": f"https://ehr.example.org/fhir/{query}"}],
        "entry": [{"resource": resource} for resource in resources],
    }
    request = HookRequest("order-select", "i", "pat1", prefetch={key: bundle})
    return assemble_from_prefetch(request, TEMPLATES).part(key)


CONDITION = {"resourceType": "Condition", "id": "c1"}


@pytest.mark.parametrize(
    "query",
    [
        "Condition?patient=pat2",
        "Condition?subject=Patient/pat2",
        "Condition?patient=pat1,pat2",
        "Condition?subject%3APatient=https%3A%2F%2Fehr.example.org%2Ffhir%2FPatient%2Fpat2",
        "Patient/pat2/$everything",
    ],
)
def test_what_only_a_list_of_another_patient_holds_does_not_count_Q64(query: str) -> None:
    alone = part_of("conditions", query, CONDITION)
    assert alone.availability is Availability.UNAVAILABLE
    assert not alone.resources

    both = part_of("conditions", query, CONDITION, CONDITION | HERS | {"id": "c2"})
    assert both.availability is Availability.INCOMPLETE
    assert [placed.reference for placed in both.resources] == ["Condition/c2"]
    assert both.reason == alone.reason == "the list that came was searched for another patient"


@pytest.mark.parametrize(
    "query",
    [
        "Condition?patient=pat1",
        "Condition?subject=Patient/pat1",
        "Condition?patient=https://ehr.example.org/fhir/Patient/pat1/_history/2",
        "Condition?patient.identifier=urn:oid:1.2|77",
        "Condition?subject=urn:oid:1.2|77",
        "Patient/pat1/$everything",
    ],
)
def test_a_list_of_the_patient_of_the_call_counts_whole_Q64(query: str) -> None:
    part = part_of("conditions", query, CONDITION)
    assert part.availability is Availability.COMPLETE
    assert len(part.resources) == 1


CODES = TEMPLATES["labs"].partition("code=")[2].partition("&")[0].split(",")


@pytest.mark.parametrize(
    ("codes", "availability"),
    [
        (CODES, Availability.COMPLETE),
        ([f"http%3A%2F%2Floinc.org%7C{code}" for code in CODES], Availability.COMPLETE),
        ([*CODES, "9999-9"], Availability.COMPLETE),
        (CODES[1:], Availability.INCOMPLETE),
        (["2132-9"], Availability.INCOMPLETE),
    ],
    ids=["ours", "with system, encoded", "one more", "one fewer", "one"],
)
def test_a_search_for_fewer_codes_than_ours_gives_no_whole_list_Q61(
    codes: list[str], availability: Availability
) -> None:
    result = {"resourceType": "Observation", "id": "o1"} | HERS
    part = part_of("labs", f"Observation?patient=pat1&code={','.join(codes)}", result)
    assert part.availability is availability
    assert len(part.resources) == 1


@pytest.mark.parametrize(
    ("key", "query"),
    [
        ("conditions", "Observation?patient=pat1"),
        ("conditions", "Patient/pat1/Procedure"),
        ("conditions", "Encounter?patient=pat1&_count=250"),
        ("conditions", "Patient?_count=1"),
        ("conditions", "Observation/_search?patient=pat1"),
        ("conditions", "Observation/$lastn?patient=pat1"),
        ("conditions", "AllergyIntolerance"),
        ("medications", "MedicationStatement?patient=pat1"),
        ("medications", "MedicationDispense?patient=pat1"),
        ("statements", "MedicationRequest?patient=pat1"),
        ("administrations", "MedicationRequest?patient=pat1"),
        ("labs", "DiagnosticReport?patient=pat1"),
        ("allergies", "Flag?patient=pat1"),
        ("procedures", "Condition?patient=pat1"),
    ],
)
def test_an_empty_list_of_another_type_does_not_say_that_there_is_none_Q61(
    key: str, query: str
) -> None:
    part = part_of(key, query)
    assert part.availability is Availability.INCOMPLETE
    assert part.reason


@pytest.mark.parametrize(
    ("key", "query"),
    [
        ("conditions", "Condition?patient=pat1"),
        ("conditions", "Condition/_search?patient=pat1"),
        ("conditions", "Patient/pat1/Condition?_count=250"),
        ("conditions", "Patient/pat1/$everything"),
        ("conditions", "?_getpages=7d1b3c2e&_getpagesoffset=0"),
        ("conditions", "pages/7d1b3c2e"),
        ("medications", "MedicationOrder?patient=pat1"),
        ("medications", "MedicationRequest?patient=pat1"),
        ("statements", "MedicationUsage?patient=pat1"),
        ("labs", "Observation?patient=pat1"),
    ],
)
def test_a_list_of_the_type_that_is_asked_for_counts_whole_Q61(key: str, query: str) -> None:
    assert part_of(key, query).availability is Availability.COMPLETE


@pytest.mark.parametrize(
    ("active", "counts"), [(True, True), (None, True), (False, False), ("false", False), (0, False)]
)
def test_a_patient_who_may_be_out_of_use_has_no_whole_list_Q61(active: Any, counts: bool) -> None:
    assert is_not_main({"resourceType": "Patient", "active": active}) is not counts
