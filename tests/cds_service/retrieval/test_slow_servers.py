"""One server's silence costs no other server's calls anything, and what came in time is used.

Source: R188, R189.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler

import pytest

from cds_service.protocol.hook_request import HookRequest
from cds_service.protocol.services import build_prefetch, build_queries
from cds_service.retrieval import Retrieval
from cds_service.retrieval.fhir_client import BUSY, LATE, NO_CONNECTION, RESTING, FhirClient
from cds_service.retrieval.patient_record import assemble_record
from cds_service.retrieval.server_shares import (
    FAILURES,
    MOST_CALLS,
    MOST_SERVERS,
    REST_SECONDS,
    WITHIN_SECONDS,
    ServerShares,
    Share,
)
from cds_service.site import Client, demonstration
from fhir_mappings.fhir.record import Availability, PatientRecord
from fhir_mappings.terminology import load_value_sets
from tests.cds_service.misbehaving_fhir import (
    FhirServer,
    answer_never,
    answer_with,
    bundle,
    fhir_server,
)
from tests.cds_service.records.records import wait_until

CONDITION = {"resourceType": "Condition", "id": "c1"}
QUERIES = {"conditions": ("Condition?patient={{context.patientId}}",)}


@pytest.fixture
def fhir() -> Iterator[FhirClient]:
    client = FhirClient()
    yield client
    client.close()


def ask(
    fhir: FhirClient,
    server: FhirServer,
    seconds: float,
    queries: dict[str, tuple[str, ...]] | None = None,
) -> PatientRecord:
    request = HookRequest("order-select", "i", "p", fhir_server=server.base)
    client = Client("EHR", fhir_base_urls=(server.base,))
    deadline = time.monotonic() + seconds
    retrieval = Retrieval(request, client, demonstration(), fhir, deadline)
    return assemble_record(queries or QUERIES, retrieval)


def ask_until_some_came(
    fhir: FhirClient, server: FhirServer, queries: dict[str, tuple[str, ...]], key: str
) -> PatientRecord:
    """Ask with deadlines that grow until one is long enough for what is answered at once."""
    for seconds in (0.5, 2, 8, 30):
        record = ask(fhir, server, seconds, queries)
        if record.part(key).resources:
            break
    return record


def test_a_dead_server_of_one_client_delays_no_other_client_R188(fhir: FhirClient) -> None:
    with (
        fhir_server(Condition=answer_never) as dead,
        fhir_server(Condition=answer_with(bundle(CONDITION))) as well,
    ):
        waiting = [threading.Thread(target=ask, args=(fhir, dead, 30)) for _ in range(40)]
        for thread in waiting:
            thread.start()
        wait_until(lambda: len(dead.asked) >= MOST_CALLS)
        record = ask(fhir, well, 20)
        held = len(dead.asked)
        dead.stop.set()
        for thread in waiting:
            thread.join()

    assert held == MOST_CALLS, "the dead server still held its share"
    assert record.part("conditions").availability is Availability.COMPLETE


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_failed_five_times_is_left_alone_and_it_is_said_R188(
    fhir: FhirClient, status: int
) -> None:
    """One that says that it is asked too much is not asked on."""
    with fhir_server(Condition=answer_with({}, status, Retry_After="5")) as server:
        for _ in range(FAILURES):
            ask(fhir, server, 20)
        record = ask(fhir, server, 20)

    assert len(server.asked) == FAILURES
    assert record.part("conditions").reason == RESTING


@pytest.mark.parametrize(
    ("begins", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a"),
        (b"HTTP/1.1 200 ", b"O"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_a_header_that_drips_holds_no_thread_beyond_the_deadline_R182(
    fhir: FhirClient, begins: bytes, drop: bytes
) -> None:
    """Each drop began the time of the socket anew: a few calls took the threads of the server for
    good, and what was asked then waited in memory with its token.
    """
    let_go = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        try:
            handler.wfile.write(begins)
            for _ in range(3000):
                handler.wfile.write(drop)
                time.sleep(0.01)
        except OSError:
            let_go.set()

    with fhir_server(Condition=drip) as server:
        record = ask(fhir, server, 0.3)
        was_let_go = let_go.wait(10)

    assert record.part("conditions").reason == LATE
    assert was_let_go


def test_an_answer_between_failures_keeps_a_server_asked_R188(fhir: FhirClient) -> None:
    statuses = [503, 503, 503, 503, 200, 503, 503, 503, 503, 200]

    def answer(handler: BaseHTTPRequestHandler) -> None:
        answer_with(bundle(CONDITION), statuses[len(server.asked) - 1])(handler)

    with fhir_server(Condition=answer) as server:
        for _ in statuses:
            record = ask(fhir, server, 20)

    assert record.part("conditions").availability is Availability.COMPLETE


def test_what_one_call_asks_side_by_side_is_one_failure_R188(fhir: FhirClient) -> None:
    """A server that has one slow moment is asked again by the next call."""
    whole = build_queries(load_value_sets())
    kinds = {query.partition("?")[0].partition("/")[0] for part in whole.values() for query in part}
    with fhir_server(**dict.fromkeys(kinds, answer_with({}, 503))) as server:
        ask(fhir, server, 20, whole)
        first = len(server.asked)
        ask(fhir, server, 20, whole)

    assert first > FAILURES
    assert len(server.asked) == 2 * first


def test_many_calls_at_once_that_are_answered_in_part_begin_no_rest_R188() -> None:
    """The answers come before the failures of all of them."""
    share, calls = Share(), [float(number) for number in range(FAILURES + 3)]
    for deadline in calls:
        share.note_status(200, 0.1, deadline)
    for deadline in calls:
        share.note_failure(0.4, deadline)
    assert not share.rests(0.5)
    for deadline in calls:
        share.note_failure(0.6, deadline + 100)
    assert share.rests(0.7)


@pytest.mark.parametrize(("apart", "rests"), [(7.4, True), (7.5, True), (7.6, False)])
def test_failures_count_within_thirty_seconds_R188(apart: float, rests: bool) -> None:
    share = Share()
    for number in range(FAILURES):
        share.note_failure(number * apart, deadline=number)
    last = (FAILURES - 1) * apart

    assert WITHIN_SECONDS == 30
    assert share.rests(last + REST_SECONDS - 0.01) is rests
    assert not share.rests(last + REST_SECONDS)


def test_a_server_that_refuses_connections_is_left_alone_too_R188(fhir: FhirClient) -> None:
    with fhir_server() as server:
        pass
    reasons = [ask(fhir, server, 20).part("conditions").reason for _ in range(FAILURES + 1)]

    assert reasons == [NO_CONNECTION] * FAILURES + [RESTING]


def test_the_number_of_shares_is_bounded() -> None:
    shares = ServerShares()
    first = shares.of(("http", "h", 1))
    for port in range(2, MOST_SERVERS + 2):
        shares.of(("http", "h", port))

    assert shares.of(("http", "h", 1)) is not first
    shares.close()


def test_the_pages_that_came_before_the_deadline_are_used_R189(fhir: FhirClient) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        if "page" in handler.path:
            answer_never(handler)
        else:
            answer_with(bundle(CONDITION, next_url="Condition?page=2"))(handler)

    with fhir_server(Condition=answer) as server:
        record = ask_until_some_came(fhir, server, QUERIES, "conditions")

    part = record.part("conditions")
    assert (part.availability, part.reason) == (Availability.INCOMPLETE, LATE)
    assert [placed.reference for placed in part.resources] == ["Condition/c1"]


def test_urgent_results_count_when_the_rest_is_late_R189(fhir: FhirClient) -> None:
    queries = {"labs": build_queries(load_value_sets())["labs"]}
    result = {"resourceType": "Observation", "id": "b12"}

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if "2132-9" in handler.path:
            answer_with(bundle(result))(handler)
        else:
            answer_never(handler)

    with fhir_server(Observation=answer) as server:
        record = ask_until_some_came(fhir, server, queries, "labs")

    part = record.part("labs")
    assert (part.availability, part.reason) == (Availability.INCOMPLETE, LATE)
    assert [placed.reference for placed in part.resources] == ["Observation/b12"]


def test_the_two_queries_for_results_ask_for_every_code_once_R189() -> None:
    value_sets = load_value_sets()
    (whole,) = (build_prefetch(value_sets)["labs"],)
    urgent, rest = build_queries(value_sets)["labs"]

    def codes(query: str) -> list[str]:
        return query.partition("code=")[2].partition("&")[0].split(",")

    assert sorted(codes(urgent) + codes(rest)) == sorted(codes(whole))
    assert {"2132-9", "777-3"} <= set(codes(urgent))
    assert len(codes(urgent)) < len(codes(rest))


def test_only_laboratory_results_are_asked_for_in_two_R189() -> None:
    queries, prefetch = build_queries(load_value_sets()), build_prefetch(load_value_sets())

    assert {key for key, asked in queries.items() if asked != (prefetch[key],)} == {"labs"}


def test_no_more_calls_wait_for_one_server_than_are_allowed_R188(fhir: FhirClient) -> None:
    """Where every list is late but one answer comes, no rest begins: its calls must not take the
    places of another server's.
    """
    conditions = answer_with(bundle(CONDITION))
    with (
        fhir_server(Condition=answer_never) as slow,
        fhir_server(Condition=conditions) as well,
        ThreadPoolExecutor(MOST_CALLS) as callers,
    ):
        waiting = [callers.submit(ask, fhir, slow, 4) for _ in range(MOST_CALLS)]
        wait_until(lambda: len(slow.asked) == MOST_CALLS)
        refused = ask(fhir, slow, 20).part("conditions")
        at_once = not any(one.done() for one in waiting)
        other = ask(fhir, well, 5).part("conditions")
        reasons = {one.result().part("conditions").reason for one in waiting}
        again = ask(fhir, slow, 0.2).part("conditions")

    assert (refused.reason, refused.availability) == (BUSY, Availability.UNAVAILABLE)
    assert at_once, "it was refused while the others still waited"
    assert len(other.resources) == 1
    assert reasons == {LATE}
    assert again.reason != BUSY
