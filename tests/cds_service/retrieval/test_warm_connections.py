"""Connections to a FHIR server stay open from call to call, and a token never does."""

from __future__ import annotations

from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from cds_service.demonstration import load_request
from cds_service.retrieval.server_shares import PARALLEL
from cds_service.site import demonstration
from tests.cds_service.conftest import AS_OF, running
from tests.cds_service.misbehaving_fhir import answer_with, fhir_server


def test_calls_share_their_connections_and_each_sends_its_own_token_R64(
    tmp_path: Path,
) -> None:
    request = load_request(AS_OF)
    patient = request["prefetch"]["patient"]
    ports: list[int] = []
    answer_patient = answer_with(patient)
    answer_list = answer_with({"resourceType": "Bundle", "type": "searchset", "entry": []})

    def noted_patient(handler: BaseHTTPRequestHandler) -> None:
        ports.append(handler.client_address[1])
        answer_patient(handler)

    def noted_list(handler: BaseHTTPRequestHandler) -> None:
        ports.append(handler.client_address[1])
        answer_list(handler)

    settings = replace(demonstration(), store_url=f"sqlite:///{tmp_path}/b12.db", call_ms=5000)
    with (
        fhir_server(Patient=noted_patient, default=noted_list) as server,
        running(settings) as http,
    ):
        for token in ("one", "two", "three", "four"):
            server.headers.clear()
            access = {"access_token": token, "token_type": "Bearer"}
            asked = {"prefetch": None, "fhirServer": server.base, "fhirAuthorization": access}
            answer = http.post("/cds-services/b12-order-select", json={**request, **asked})
            assert answer.status_code == 200, answer.text
            sent = {headers.get("Authorization") for headers in server.headers}
            assert sent == {f"Bearer {token}"}
        asked_without = {"prefetch": None, "fhirServer": server.base, "fhirAuthorization": None}
        server.headers.clear()
        http.post("/cds-services/b12-order-select", json={**request, **asked_without})
        without = {headers.get("Authorization") for headers in server.headers}

    assert len(ports) >= 5 * 8
    assert len(set(ports)) <= PARALLEL
    assert without == {None}
