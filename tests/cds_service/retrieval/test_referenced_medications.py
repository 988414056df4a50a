"""An order that names its medicine by a reference alone: the Medication is read from the client's
FHIR server, and only then.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.protocol.hook_request import HookRequest
from cds_service.retrieval import Retrieval
from cds_service.retrieval.addresses import Reach
from cds_service.retrieval.fhir_client import REFUSED, FhirClient
from cds_service.retrieval.fhir_server import FhirServer, find_id
from cds_service.retrieval.referenced_medications import (
    MOST_MEDICATIONS,
    Medications,
    read_medications,
    with_medications,
)
from cds_service.site import Client, Settings, demonstration
from cds_service.site.web_address import WebAddress
from fhir_mappings.fhir.record import PatientRecord
from tests.cds_service.conftest import running
from tests.cds_service.misbehaving_fhir import Answer, answer_never, answer_with, fhir_server

Json = dict[str, Any]
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
TOKEN = "a-token-of-this-call"
SUPPLIES = "MedicationDispense?patient=pat1&_count=250"


def medication(
    identity: str = "m1", code: str = "309593", text: str = "Vitamin B 12 1 MG Oral Tablet"
) -> Json:
    return {
        "resourceType": "Medication",
        "id": identity,
        "code": {"text": text, "coding": [{"system": RXNORM, "code": code}]},
    }


def by_reference(resource: Json, reference: str = "Medication/m1", **beside: str) -> Json:
    named = {key: value for key, value in resource.items() if key != "medicationCodeableConcept"}
    return {**named, "medicationReference": {"reference": reference, **beside}}


def draft_of(request: Json) -> Json:
    found: Json = request["context"]["draftOrders"]["entry"][0]["resource"]
    return found


def refer(request: Json, base: str, reference: str = "Medication/m1", **beside: str) -> Json:
    """Return the request with its draft naming the medicine by reference, and a FHIR server."""
    changed = copy.deepcopy(request)
    changed["context"]["draftOrders"]["entry"][0]["resource"] = by_reference(
        draft_of(changed), reference, **beside
    )
    access = {
        "access_token": TOKEN,
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "user/*.read",
        "subject": "b12",
    }
    everything = {
        key: {"resourceType": "Bundle", "type": "searchset", "entry": []}
        for key in ("statements", "administrations")
    }
    changed["prefetch"] = {**everything, **changed["prefetch"]}
    return {**changed, "fhirServer": base, "fhirAuthorization": access}


def recorded(*resources: Json) -> Json:
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "entry": [{"resource": resource} for resource in resources],
    }


@pytest.fixture(scope="module")
def patient(settings: Settings) -> Iterator[FlaskClient]:
    """A client of a service that waits for FHIR servers longer than any busy machine needs."""
    with running(replace(settings, call_ms=60_000)) as client:
        yield client


def topics(client: FlaskClient, request: Json, service: str = "b12-order-select") -> list[str]:
    answer = client.post(f"/cds-services/{service}", json=request)
    assert answer.status_code == 200, answer.text
    return [card["source"]["topic"]["code"] for card in answer.json["cards"]]  # type: ignore[index]


def test_the_medicine_of_a_selected_draft_is_read_from_the_fhir_server_R160(
    patient: FlaskClient, order_select: Json
) -> None:
    expected = topics(patient, order_select)
    with fhir_server(Medication=answer_with(medication())) as server:
        found = topics(patient, refer(order_select, server.base))

    assert found == expected == ["b1"]
    assert server.asked == ["Medication/m1", SUPPLIES]
    assert server.headers[0]["Authorization"] == f"Bearer {TOKEN}"


def test_an_absolute_reference_to_the_same_server_is_read_there_R160(
    patient: FlaskClient, order_select: Json
) -> None:
    with fhir_server(Medication=answer_with(medication())) as server:
        assert topics(
            patient, refer(order_select, server.base, f"{server.base}/Medication/m1/_history/2")
        ) == ["b1"]

    assert server.asked == ["Medication/m1", SUPPLIES]


def test_an_absolute_reference_to_another_server_is_not_followed_R65(
    patient: FlaskClient, order_select: Json
) -> None:
    with (
        fhir_server(Medication=answer_with(medication())) as server,
        fhir_server(Medication=answer_with(medication())) as other,
    ):
        assert (
            topics(patient, refer(order_select, server.base, f"{other.base}/Medication/m1")) == []
        )

    assert server.asked == other.asked == []


@pytest.mark.parametrize(
    "draft",
    [
        {"medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": "199390"}]}},
        {"medicationCodeableConcept": {"text": "Etodolac 500 MG Oral Tablet"}},
        {
            "medicationReference": {"reference": "#m1"},
            "contained": [medication(code="199390", text="Etodolac 500 MG Oral Tablet")],
        },
        {},
    ],
)
def test_an_unrelated_order_that_names_its_medicine_fetches_nothing(
    patient: FlaskClient, order_select: Json, draft: Json
) -> None:
    with fhir_server(Medication=answer_with(medication())) as server:
        request = refer(order_select, server.base)
        bare = {
            key: value for key, value in draft_of(request).items() if key != "medicationReference"
        }
        request["context"]["draftOrders"]["entry"][0]["resource"] = {**bare, **draft}

        assert topics(patient, request) == []

    assert server.asked == []


def test_a_medication_in_prefetch_is_not_read_again_also_beside_a_display_R160(
    patient: FlaskClient, order_select: Json
) -> None:
    with fhir_server(Medication=answer_with(medication())) as server:
        request = refer(order_select, server.base, display="A tonic")
        request["prefetch"]["medications"] = recorded(medication())

        assert topics(patient, request) == ["b1"]

    assert server.asked == [SUPPLIES]


def test_the_server_comes_before_the_display_text_R160(
    patient: FlaskClient, order_select: Json
) -> None:
    with fhir_server(Medication=answer_with(medication())) as server:
        assert topics(patient, refer(order_select, server.base, display="A tonic")) == ["b1"]


@pytest.mark.parametrize(
    "answer",
    [
        answer_with({}, 401),
        answer_with({}, 404),
        answer_with({}, 500),
        answer_with(b"<html>"),
        answer_with(medication("m2")),
        answer_with({"resourceType": "Patient", "id": "m1"}),
        answer_with({}, 302, Location="http://127.0.0.1:9/fhir/Medication/m1"),
        answer_never,
    ],
)
def test_what_cannot_be_read_leaves_the_display_or_no_card_R157_R160(
    client: FlaskClient, order_select: Json, answer: Answer
) -> None:
    with fhir_server(Medication=answer) as server:
        assert topics(client, refer(order_select, server.base)) == []
        assert topics(
            client, refer(order_select, server.base, display="Vitamin B 12 1 MG Oral Tablet")
        ) == ["b1"]


def recommended(client: FlaskClient, request: Json) -> Json:
    """Return the topics of the cards and what they say."""
    cards = client.post("/cds-services/b12-order-select", json=request).json["cards"]  # type: ignore[index]
    return {
        "topics": [card["source"]["topic"]["code"] for card in cards],
        "text": " ".join(card.get("detail", "") for card in cards),
    }


def hydroxocobalamin_order(request: Json) -> Json:
    """Return an active order for an injection, as a record has it: by reference alone."""
    order = by_reference(draft_of(request), "Medication/hc") | {
        "id": "active-1",
        "status": "active",
        "intent": "order",
    }
    route = {"coding": [{"system": "http://snomed.info/sct", "code": "78421000"}]}
    timing = {"repeat": {"frequency": 1, "period": 2, "periodUnit": "d"}}
    dose = [{"doseQuantity": {"value": 1000, "system": "http://unitsofmeasure.org", "code": "ug"}}]
    return order | {"dosageInstruction": [{"route": route, "timing": timing, "doseAndRate": dose}]}


def test_the_medicine_of_a_recorded_order_is_read_and_counts_as_treatment_R160(
    patient: FlaskClient, order_select: Json
) -> None:
    injection = medication("hc", "5514", "Hydroxocobalamin 1 mg/mL solution for injection")
    with fhir_server(Medication=answer_with(injection)) as server:
        request = refer(order_select, server.base)
        request["context"]["draftOrders"] = order_select["context"]["draftOrders"]
        request["prefetch"]["medications"] = recorded(hydroxocobalamin_order(request))
        known = recommended(patient, request)

    named = copy.deepcopy(request)
    coded = {
        key: value
        for key, value in hydroxocobalamin_order(request).items()
        if key != "medicationReference"
    }
    named["prefetch"]["medications"] = recorded(
        coded | {"medicationCodeableConcept": injection["code"]}
    )
    assert server.asked == [SUPPLIES, "Medication/hc"]
    assert known["topics"] == recommended(patient, named)["topics"]


def test_a_recorded_order_of_an_unknown_medicine_is_not_taken_for_no_treatment(
    patient: FlaskClient, order_select: Json
) -> None:
    with fhir_server(Medication=answer_with({}, 403)) as server:
        request = refer(order_select, server.base)
        request["context"]["draftOrders"] = order_select["context"]["draftOrders"]
        request["prefetch"]["medications"] = recorded()
        none = recommended(patient, request)["text"]
        request["prefetch"]["medications"] = recorded(hydroxocobalamin_order(request))
        unknown = recommended(patient, request)["text"]

    assert "does not say which medicine it is" in unknown
    assert "does not say which medicine it is" not in none


def test_old_and_refused_entries_are_not_read_and_the_number_of_reads_is_bounded(
    patient: FlaskClient, order_select: Json
) -> None:
    with fhir_server(Medication=answer_with({}, 404)) as server:
        request = refer(order_select, server.base)
        request["context"]["draftOrders"] = order_select["context"]["draftOrders"]
        active = hydroxocobalamin_order(request)
        other = [
            active | {"id": "a1", "status": "entered-in-error"},
            active | {"id": "a2", "status": "stopped", "authoredOn": "2001-01-01"},
            active | {"id": "a3", "subject": {"reference": "Patient/somebody"}},
        ]
        many = [
            by_reference(active | {"id": f"b{n}"}, f"Medication/n{n}")
            for n in range(MOST_MEDICATIONS + 5)
        ]
        request["prefetch"]["medications"] = recorded(*other, *many)
        topics(patient, request)

    assert len([one for one in server.asked if one != SUPPLIES]) == MOST_MEDICATIONS
    assert "Medication/hc" not in server.asked


@pytest.mark.parametrize(
    ("reference", "identity"),
    [
        ("Medication/a-1", "a-1"),
        ("Medication/a-1/_history/3", "a-1"),
        ("https://ehr.example.org/fhir/Medication/a-1", "a-1"),
        ("https://EHR.example.org/fhir/Medication/a-1", "a-1"),
        ("https://ehr.example.org/other/Medication/a-1", ""),
        ("https://ehr.example.org.evil.example/fhir/Medication/a-1", ""),
        ("http://ehr.example.org/fhir/Medication/a-1", ""),
        ("Patient/a-1", ""),
        ("Medication/..", ""),
        ("Medication/../Patient", ""),
        ("Medication/a?b", ""),
        ("Medication", ""),
        ("#m1", ""),
        ("urn:uuid:1", ""),
        ("https://[broken/Medication/a", ""),
    ],
)
def test_only_a_medication_on_the_server_itself_has_an_id_there_R65(
    reference: str, identity: str
) -> None:
    base = WebAddress("https", "ehr.example.org", 443, "/fhir")
    server = FhirServer(base, "", Reach.PUBLIC)

    assert find_id(server, "Medication", reference) == identity


def test_a_server_that_is_not_the_clients_is_not_asked_R65() -> None:
    ehr = Client(
        name="EHR", iss="https://ehr.example.org", fhir_base_urls=("https://ehr.example.org/fhir",)
    )
    fhir = FhirClient()
    with fhir_server(Medication=answer_with(medication())) as server:
        request = HookRequest("order-select", "i", "p", fhir_server=server.base)
        retrieval = Retrieval(request, ehr, demonstration(), fhir, time.monotonic() + 30)
        read = read_medications(["Medication/m1"], retrieval)
    fhir.close()

    assert server.asked == []
    assert read == Medications(
        missing={"Medication/m1": "the FHIR server is not registered for this client"}
    )


def test_why_a_medication_is_missing_stands_in_the_receipt() -> None:
    read = Medications(missing={"Medication/m1": REFUSED})

    ((placed, why),) = with_medications(PatientRecord("p"), read).unusable
    assert (placed.reference, placed.type, why) == ("Medication/m1", "Medication", REFUSED)
