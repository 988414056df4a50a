"""Shapes in which EHRs send their drafts, through HTTP, that need more than one part of the service
to be read.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest
from flask.testing import FlaskClient

Json = dict[str, Any]
FULL_URL = "urn:uuid:5b0e5f0e-3c0c-4c0e-9f39-6a3f5a4b6c01"
ETODOLAC = {
    "coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "199390"}],
    "text": "Etodolac 500 MG Oral Tablet",
}


def topics(client: FlaskClient, request: Json) -> list[str]:
    answer = client.post("/cds-services/b12-order-select", json=request)
    assert answer.status_code == 200, answer.text
    return [card["source"]["topic"]["code"] for card in answer.json["cards"]]  # type: ignore[index]


def beside_another(request: Json) -> Json:
    """Return the request with an unrelated draft beside the one of vitamin B12."""
    changed = copy.deepcopy(request)
    entries = changed["context"]["draftOrders"]["entry"]
    other = copy.deepcopy(entries[0]["resource"]) | {
        "id": "other",
        "medicationCodeableConcept": ETODOLAC,
    }
    entries.append({"resource": other, "fullUrl": "urn:uuid:other"})
    return changed


@pytest.mark.parametrize("has_id", [True, False])
@pytest.mark.parametrize(
    "full_url", [FULL_URL, "https://ehr.example.org/fhir/MedicationRequest/77"]
)
def test_a_selection_may_be_the_full_url_of_an_entry_R155(
    client: FlaskClient, order_select: Json, has_id: bool, full_url: str
) -> None:
    request = beside_another(order_select)
    entry = request["context"]["draftOrders"]["entry"][0]
    entry["fullUrl"] = full_url
    if not has_id:
        del entry["resource"]["id"]
    request["context"]["selections"] = [full_url]

    assert topics(client, request) == ["b1"]


def test_the_full_url_of_another_draft_selects_that_one_R155(
    client: FlaskClient, order_select: Json
) -> None:
    request = beside_another(order_select)
    request["context"]["selections"] = ["urn:uuid:other"]

    assert topics(client, request) == []


@pytest.mark.parametrize("full_url", [FULL_URL, "https://ehr.example.org/fhir/Medication/77"])
def test_a_medicine_may_be_named_by_the_full_url_of_a_sibling_R160(
    client: FlaskClient, order_select: Json, full_url: str
) -> None:
    request = copy.deepcopy(order_select)
    entries = request["context"]["draftOrders"]["entry"]
    concept = entries[0]["resource"].pop("medicationCodeableConcept")
    entries[0]["resource"]["medicationReference"] = {"reference": full_url}
    entries.append(
        {"fullUrl": full_url, "resource": {"resourceType": "Medication", "code": concept}}
    )

    assert topics(client, request) == ["b1"]
