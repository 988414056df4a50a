"""Connections to a FHIR server stay open from call to call, but not for long when idle, and a token
never does; one address that is silent does not hide the others.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from cds_service.demonstration import load_request
from cds_service.protocol import Reading
from cds_service.retrieval import Reach, outbound
from cds_service.retrieval.fhir_client import FhirClient
from cds_service.retrieval.fhir_server import FhirServer
from cds_service.retrieval.server_shares import PARALLEL
from cds_service.site import demonstration, read_address
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


def read_patient(fhir: FhirClient, base: str, seconds: float = 30) -> Reading:
    address = read_address(base)
    assert address is not None
    named = FhirServer(address, "", Reach.ANYWHERE)
    asked = {"patient": [address.below("Patient/p")]}
    return fhir.fetch(named, asked, time.monotonic() + seconds)["patient"]


@pytest.mark.parametrize(("longest", "used"), [(0.05, 2), (30.0, 1)])
def test_a_connection_that_was_idle_for_long_is_not_used_again(
    longest: float, used: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Firewalls forget such connections and say nothing: each query would wait out its time."""
    monkeypatch.setattr(outbound, "LONGEST_IDLE_SECONDS", longest)
    ports: set[int] = set()

    def noted(handler: BaseHTTPRequestHandler) -> None:
        ports.add(handler.client_address[1])
        answer_with({"resourceType": "Patient", "id": "p"})(handler)

    fhir = FhirClient()
    with fhir_server(Patient=noted) as server:
        for _ in range(2):
            assert read_patient(fhir, server.base).part.resources
            time.sleep(0.1)
    fhir.close()

    assert len(ports) == used


def test_an_address_at_which_nobody_answers_does_not_take_all_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fhir = FhirClient()
    with fhir_server(Patient=answer_with({"resourceType": "Patient", "id": "p"})) as server:
        port = int(server.base.rpartition(":")[2].partition("/")[0])
        with silent("127.0.0.9", port):
            found = [(2, 1, 6, "", (host, port)) for host in ("127.0.0.9", "127.0.0.1")]
            monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: found)
            reading = read_patient(fhir, server.base, seconds=6)
    fhir.close()

    assert reading.part.resources, reading.part.reason


@contextmanager
def silent(host: str, port: int) -> Iterator[None]:
    """Have a listener at an address that takes no further connection and refuses none."""
    with ExitStack() as open_sockets:
        listener = open_sockets.enter_context(socket.socket())
        listener.bind((host, port))
        listener.listen(0)
        for _ in range(4):
            waiting = open_sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex((host, port))
        yield
