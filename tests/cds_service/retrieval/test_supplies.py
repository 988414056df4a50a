"""Medicines supplied and answers to questions are fetched where a fact needs them, and what a
server does not offer takes nothing away.
"""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from cds_service.protocol.hook_request import HookRequest
from cds_service.retrieval import Retrieval, assemble_record, with_supplies
from cds_service.retrieval.fhir_client import FhirClient
from cds_service.site import DEMONSTRATION_CLIENT, demonstration
from fhir_mappings.fhir import Availability, PatientRecord
from fhir_mappings.terminology import load_value_sets
from tests.cds_service.misbehaving_fhir import Answer, answer_with, bundle, fhir_server

Json = dict[str, Any]

VALUE_SETS = load_value_sets()
QUERIES = {
    "labs": ("Observation?patient={{context.patientId}}",),
    "medications": ("MedicationRequest?patient={{context.patientId}}",),
    "administrations": ("MedicationAdministration?patient={{context.patientId}}",),
}
SUPPLIES = "MedicationDispense?patient=p&_count=250"
ANSWERS = "QuestionnaireResponse?patient=p&_count=250"
EMPTY = {"resourceType": "Bundle", "type": "searchset", "entry": []}


def of_b12(kind: str, **changes: Any) -> Json:
    return {
        "resourceType": kind,
        "id": f"{kind}-1",
        "status": "completed",
        "subject": {"reference": "Patient/p"},
        "medicationCodeableConcept": {"text": "Hydroxocobalamin 1 mg/mL solution for injection"},
        **changes,
    }


SUPPLY = of_b12("MedicationDispense", whenHandedOver="2026-10-01")


def ask(
    base: str, prefetch: Json, hook: str = "order-select", seconds: float = 30.0
) -> PatientRecord:
    client = FhirClient()
    request = HookRequest(hook, "i", "p", fhir_server=base, access_token="t", prefetch=prefetch)
    retrieval = Retrieval(
        request, DEMONSTRATION_CLIENT, demonstration(), client, time.monotonic() + seconds
    )
    try:
        return with_supplies(assemble_record(QUERIES, retrieval), retrieval, VALUE_SETS)
    finally:
        client.close()


def test_both_are_asked_for_beside_the_lists_that_are_fetched() -> None:
    answer = {"resourceType": "QuestionnaireResponse", "id": "q", "status": "completed"}
    with fhir_server(
        Observation=answer_with(EMPTY),
        MedicationRequest=answer_with(EMPTY),
        MedicationAdministration=answer_with(bundle(of_b12("MedicationAdministration"))),
        MedicationDispense=answer_with(bundle(SUPPLY)),
        QuestionnaireResponse=answer_with(bundle(answer)),
    ) as server:
        record = ask(server.base, {})

    assert {SUPPLIES, ANSWERS} <= set(server.asked)
    assert len(server.asked) == len(set(server.asked)) == 5
    assert [one.type for one in record.part("administrations").resources] == [
        "MedicationAdministration",
        "MedicationDispense",
    ]
    assert [one.type for one in record.part("labs").resources] == ["QuestionnaireResponse"]
    assert set(record.parts) == set(QUERIES)


@pytest.mark.parametrize(
    ("answer", "availability"),
    [
        (answer_with({}, 404), Availability.COMPLETE),
        (answer_with({}, 400), Availability.COMPLETE),
        (answer_with({}, 403), Availability.COMPLETE),
        (answer_with({}, 401), Availability.INCOMPLETE),  # a token that ran out meanwhile
        (answer_with({}, 500), Availability.INCOMPLETE),
        (answer_with(b"<html>"), Availability.INCOMPLETE),
    ],
)
def test_what_a_server_does_not_offer_takes_nothing_away_and_a_failure_is_said(
    answer: Answer, availability: Availability
) -> None:
    with fhir_server(
        Observation=answer_with(EMPTY),
        MedicationRequest=answer_with(EMPTY),
        MedicationAdministration=answer_with(EMPTY),
        MedicationDispense=answer,
        QuestionnaireResponse=answer,
    ) as server:
        record = ask(server.base, {})

    assert record.part("administrations").availability is availability
    assert record.part("labs").availability is availability


def test_what_entries_point_to_may_come_along_with_each_page() -> None:
    medication = {"resourceType": "Medication", "id": "one", "code": {"text": "Hydroxocobalamin"}}

    def answer(handler: BaseHTTPRequestHandler) -> None:
        first = "page=2" not in handler.path
        order = {"resourceType": "MedicationRequest", "id": "a" if first else "b"}
        following = "MedicationRequest?page=2" if first else ""
        answer_with(bundle(order, medication, next_url=following))(handler)

    with fhir_server(default=answer_with(EMPTY), MedicationRequest=answer) as server:
        record = ask(server.base, {})

    assert record.part("medications").availability is Availability.COMPLETE


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_pages_that_came_count_where_the_server_refuses_the_next(status: int) -> None:
    """A session of paging that ran out, or a token: what came before is no list that it does not
    offer.
    """

    def two_pages(kind: str) -> Answer:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            if "page=2" in handler.path:
                answer_with({}, status)(handler)
            else:
                first = {"resourceType": kind, "id": "one"}
                answer_with(bundle(first, next_url=f"{kind}?page=2"))(handler)

        return answer

    with fhir_server(
        default=answer_with(EMPTY),
        MedicationDispense=two_pages("MedicationDispense"),
        QuestionnaireResponse=two_pages("QuestionnaireResponse"),
    ) as server:
        record = ask(server.base, {})

    for key, kind in (
        ("administrations", "MedicationDispense"),
        ("labs", "QuestionnaireResponse"),
    ):
        assert [one.type for one in record.part(key).resources] == [kind]
        assert record.part(key).availability is Availability.INCOMPLETE


ORDER = of_b12("MedicationRequest", status="active", intent="order")
GIVEN = of_b12("MedicationAdministration", effectiveDateTime="2026-10-01")
IBUPROFEN = {"text": "Ibuprofen 400 mg oral tablet"}


@pytest.mark.parametrize(
    ("hook", "medications", "administrations", "asked"),
    [
        ("order-select", [], [], [SUPPLIES]),
        ("order-sign", [], [], [SUPPLIES]),
        ("medication-refill", [], [], [SUPPLIES]),
        ("patient-view", [], [], []),
        ("patient-view", [ORDER], [], [SUPPLIES]),
        ("patient-view", [ORDER | {"medicationCodeableConcept": IBUPROFEN}], [], []),
        ("order-select", [ORDER], [GIVEN], []),
        ("order-select", [ORDER], [SUPPLY], []),
        ("patient-view", [ORDER], [GIVEN], []),
        (
            "order-select",
            [ORDER],
            [GIVEN | {"medicationCodeableConcept": IBUPROFEN}],
            [SUPPLIES],
        ),
    ],
)
def test_beside_a_whole_prefetch_supplies_are_asked_for_where_no_dose_is_known(
    hook: str, medications: list[Json], administrations: list[Json], asked: list[str]
) -> None:
    prefetch = {
        "labs": EMPTY,
        "medications": bundle(*medications),
        "administrations": bundle(*administrations),
    }
    with fhir_server(MedicationDispense=answer_with(bundle(SUPPLY))) as server:
        record = ask(server.base, prefetch, hook)

    assert server.asked == asked
    supplies = [one for one in record if one.type == "MedicationDispense"]
    assert len(supplies) == (1 if asked or SUPPLY in administrations else 0)


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_a_server_that_gives_none_leaves_a_whole_prefetch_as_it_came(status: int) -> None:
    prefetch = {"labs": EMPTY, "medications": bundle(ORDER), "administrations": EMPTY}
    with fhir_server(MedicationDispense=answer_with({}, status)) as server:
        record = ask(server.base, prefetch)

    assert server.asked == [SUPPLIES]
    assert record.part("administrations").availability is Availability.COMPLETE
    assert [one.type for one in record] == ["MedicationRequest"]


@pytest.mark.parametrize("beside", [[], [SUPPLY]])
def test_a_list_that_failed_stays_one_that_could_not_be_read(beside: list[Json]) -> None:
    with fhir_server(
        Observation=answer_with({}, 500),
        MedicationRequest=answer_with(EMPTY),
        MedicationAdministration=answer_with({}, 500),
        MedicationDispense=answer_with(bundle(*beside)),
        QuestionnaireResponse=answer_with(EMPTY),
    ) as server:
        record = ask(server.base, {})

    assert record.part("labs").availability is Availability.UNAVAILABLE
    assert record.part("administrations").availability is Availability.UNAVAILABLE
    assert len(record.part("administrations").resources) == len(beside)


def test_a_list_that_the_client_could_not_read_stays_that_beside_supplies() -> None:
    error = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "x"}]}
    prefetch = {"labs": EMPTY, "medications": bundle(ORDER), "administrations": error}
    with fhir_server(MedicationDispense=answer_with(bundle(SUPPLY))) as server:
        record = ask(server.base, prefetch)

    assert record.part("administrations").availability is Availability.UNAVAILABLE
    assert [one.type for one in record.part("administrations").resources] == ["MedicationDispense"]
