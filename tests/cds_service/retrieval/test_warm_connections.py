"""Connections to a FHIR server stay open from call to call, but not for long when idle, and a token
never does; a query that crosses with the server closing one is asked again; one address that is
silent does not hide the others.
"""

from __future__ import annotations

import gc
import os
import socket
import ssl
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from cds_service.demonstration import load_request
from cds_service.protocol import Reading
from cds_service.retrieval import Reach, addresses, outbound
from cds_service.retrieval.fhir_client import LATE, NO_CONNECTION, FhirClient
from cds_service.retrieval.fhir_server import FhirServer
from cds_service.retrieval.server_shares import PARALLEL
from cds_service.site import demonstration, read_address
from tests.cds_service.certificates import make_authority
from tests.cds_service.conftest import AS_OF, running
from tests.cds_service.misbehaving_fhir import Answer, answer_never, answer_with, fhir_server

PATIENT = answer_with({"resourceType": "Patient", "id": "p"})


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


def read_patient(
    fhir: FhirClient, base: str, seconds: float = 30, side_by_side: int = 1
) -> Reading:
    address = read_address(base)
    assert address is not None
    named = FhirServer(address, "token of this call", Reach.LOOPBACK)
    asked = {"patient": [address.below("Patient/p")] * side_by_side}
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


def close_with_fin(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def close_with_rst(handler: BaseHTTPRequestHandler) -> None:
    lingering_no_time = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, lingering_no_time)
    os.close(handler.connection.detach())
    handler.close_connection = True


def first_then(first: Answer, later: Answer) -> Answer:
    """Give the first query of each connection one answer and those that follow another."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        is_first = not hasattr(handler, "was_asked")
        handler.was_asked = True  # type: ignore[attr-defined]
        (first if is_first else later)(handler)

    return answer


@pytest.mark.parametrize("close", [close_with_fin, close_with_rst])
@pytest.mark.parametrize("secure", [False, True])
def test_queries_that_cross_with_the_server_closing_kept_connections_are_asked_again_R64(
    close: Answer, secure: bool, tmp_path: Path
) -> None:
    """Servers close idle connections after seconds, all of them at once."""
    tls: ssl.SSLContext | None = None
    authorities = ""
    if secure:
        hospital = make_authority(tmp_path)
        tls, authorities = hospital.server(), hospital.pem
    fhir = FhirClient(authorities)
    with fhir_server(tls, Patient=first_then(PATIENT, close)) as server:
        readings = [read_patient(fhir, server.base, side_by_side=4) for _ in range(3)]
        held = [one.again for one in gc.get_objects() if isinstance(one, outbound._Checked)]
    fhir.close()

    assert [len(reading.part.resources) for reading in readings] == [4, 4, 4]
    assert 12 < len(server.asked) <= 2 * 12
    assert {headers["Authorization"] for headers in server.headers} == {"Bearer token of this call"}
    assert set(held) == {None}


@pytest.mark.parametrize("close", [close_with_fin, close_with_rst])
def test_a_query_over_a_new_connection_is_asked_once(close: Answer) -> None:
    fhir = FhirClient()
    with fhir_server(Patient=close) as server:
        reading = read_patient(fhir, server.base)
    fhir.close()

    assert reading.part.reason == NO_CONNECTION
    assert len(server.asked) == 1


def test_a_query_is_asked_again_once_only() -> None:
    answers = iter([PATIENT])
    fhir = FhirClient()
    with fhir_server(Patient=lambda handler: next(answers, close_with_fin)(handler)) as server:
        read_patient(fhir, server.base)
        reading = read_patient(fhir, server.base)
    fhir.close()

    assert reading.part.reason == NO_CONNECTION
    assert len(server.asked) == 1 + 2


def test_a_server_that_never_answers_is_asked_once_over_a_kept_connection_too() -> None:
    fhir = FhirClient()
    with fhir_server(Patient=first_then(PATIENT, answer_never)) as server:
        assert read_patient(fhir, server.base).part.resources
        reading = read_patient(fhir, server.base, seconds=0.3)
        time.sleep(0.3)
    fhir.close()

    assert reading.part.reason == LATE
    assert len(server.asked) == 2


def watch(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Note the time that each new connection is given."""
    given: list[float] = []

    def connect(connection: outbound.HTTPConnection, reach: Reach) -> socket.socket:
        given.append(float(connection.timeout or 0))
        return addresses.connect(connection, reach)

    monkeypatch.setattr(outbound, "connect", connect)
    return given


def test_a_query_is_asked_again_within_the_time_that_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = watch(monkeypatch)

    def close_late(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(0.3)
        close_with_fin(handler)

    fhir = FhirClient()
    with fhir_server(Patient=first_then(PATIENT, close_late)) as server:
        read_patient(fhir, server.base, seconds=20)
        reading = read_patient(fhir, server.base, seconds=20)
    fhir.close()

    assert reading.part.resources
    assert len(given) == 2
    assert 0 < given[1] <= 20 - 0.3


@pytest.mark.parametrize("found", ["10.0.0.1", "169.254.169.254"])
def test_a_query_is_asked_again_only_where_the_address_may_be_reached_R65(
    found: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name may have come to mean another machine meanwhile."""
    fhir = FhirClient()
    with fhir_server(Patient=first_then(PATIENT, close_with_fin)) as server:
        read_patient(fhir, server.base)
        now_found = [(2, 1, 6, "", (found, 80))]
        monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: now_found)
        reading = read_patient(fhir, server.base)
    fhir.close()

    assert reading.part.reason == NO_CONNECTION
    assert len(server.asked) == 2


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
