"""Specimens and reports that say when a result was sampled are read where the client allows it, and
only where a result does not say it itself (Q33).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from cds_service.protocol.hook_request import HookRequest
from cds_service.retrieval import Retrieval
from cds_service.retrieval.fhir_client import FhirClient
from cds_service.retrieval.patient_record import assemble_record
from cds_service.site import DEMONSTRATION_CLIENT, demonstration
from fhir_mappings.fhir.record import PatientRecord
from tests.cds_service.misbehaving_fhir import answer_with, bundle, fhir_server

Json = dict[str, Any]
QUERIES = {"patient": ("Patient/p",), "labs": ("Observation?patient=p",)}
PATIENT = {"resourceType": "Patient", "id": "p"}
SPECIMEN = {"resourceType": "Specimen", "id": "s1"}
REPORT = {"resourceType": "DiagnosticReport", "id": "d1"}


@pytest.fixture(scope="module")
def fhir() -> Iterator[FhirClient]:
    client = FhirClient()
    yield client
    client.close()


def result(**changes: Any) -> Json:
    return {"resourceType": "Observation", "id": "o1", "status": "final", **changes}


def ask(fhir: FhirClient, server: str, *labs: Json) -> PatientRecord:
    listed = {"resourceType": "Bundle", "entry": [{"resource": one} for one in labs]}
    request = HookRequest(
        "order-select",
        "i",
        "p",
        fhir_server=server,
        access_token="a-token",
        prefetch={"patient": PATIENT, "labs": listed},
    )
    deadline = time.monotonic() + 30
    retrieval = Retrieval(request, DEMONSTRATION_CLIENT, demonstration(), fhir, deadline)
    return assemble_record(QUERIES, retrieval)


def kinds(record: PatientRecord) -> list[str]:
    return [placed.reference for placed in record.part("labs").resources]


def test_the_specimen_of_a_result_without_a_date_is_read(fhir: FhirClient) -> None:
    undated = result(specimen={"reference": "Specimen/s1"}, issued="2026-11-01T10:00:00Z")
    with fhir_server(Specimen=answer_with(bundle(SPECIMEN))) as server:
        record = ask(fhir, server.base, undated)
    assert kinds(record) == ["Observation/o1", "Specimen/s1"]
    assert server.asked == ["Specimen?_id=s1&_count=100"]


def test_the_report_of_a_result_without_date_and_specimen_is_read(fhir: FhirClient) -> None:
    with fhir_server(DiagnosticReport=answer_with(bundle(REPORT))) as server:
        record = ask(fhir, server.base, result())
    assert kinds(record) == ["Observation/o1", "DiagnosticReport/d1"]
    assert server.asked == ["DiagnosticReport?result=Observation/o1&_count=100"]


@pytest.mark.parametrize(
    "labs",
    [
        (result(effectiveDateTime="2026-11-01"),),
        (result(effectivePeriod={"start": "2026-11-01"}),),
        (result(specimen={"reference": "Specimen/s1"}), SPECIMEN),
        (result(specimen={"reference": "#inside"}),),
        (result(), {**REPORT, "result": [{"reference": "Observation/o1"}]}),
        (result(specimen={"reference": "https://elsewhere.example.org/fhir/Specimen/s1"}),),
    ],
)
def test_nothing_is_read_that_came_or_that_no_result_needs(
    fhir: FhirClient, labs: tuple[Json, ...]
) -> None:
    with fhir_server() as server:
        record = ask(fhir, server.base, *labs)
    assert server.asked == []
    assert len(kinds(record)) == len(labs)


def test_without_access_the_record_is_as_it_came(fhir: FhirClient) -> None:
    assert kinds(ask(fhir, "", result())) == ["Observation/o1"]


def test_a_server_that_fails_leaves_the_result_as_it_came(fhir: FhirClient) -> None:
    with fhir_server(DiagnosticReport=answer_with({}, status=500)) as server:
        assert kinds(ask(fhir, server.base, result())) == ["Observation/o1"]
