"""Retrieval: what is missing is fetched from a real server on loopback, in parallel, within the
deadline, and never from elsewhere.
"""

from __future__ import annotations

import gc
import gzip
import json
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from urllib3.exceptions import HTTPError

from cds_service.protocol.hook_request import HookRequest
from cds_service.retrieval import Retrieval
from cds_service.retrieval.fhir_client import (
    FAILED,
    LATE,
    NO_CONNECTION,
    NO_VALID_TOKEN,
    NOT_OFFERED,
    NOT_READABLE,
    OTHER_ORIGIN,
    REDIRECTED,
    REFUSED,
    REPEATED,
    TOO_LONG,
    TOO_MANY_PAGES,
    FhirClient,
)
from cds_service.retrieval.patient_record import (
    assemble_record,
    describe_availability,
)
from cds_service.site import DEMONSTRATION_CLIENT, Client, demonstration
from fhir_mappings.fhir.record import Availability, PatientRecord
from tests.cds_service.misbehaving_fhir import (
    FhirServer,
    answer_drop_by_drop,
    answer_endlessly,
    answer_never,
    answer_with,
    bundle,
    fhir_server,
)

PREFETCH = {
    "patient": ("Patient/{{context.patientId}}",),
    "conditions": ("Condition?patient={{context.patientId}}&_count=250",),
}
PATIENT = {"resourceType": "Patient", "id": "p", "birthDate": "1960-02-01"}
CONDITION = {"resourceType": "Condition", "id": "c1"}
TOKEN = "a-secret-token"


@pytest.fixture(scope="module")
def fhir() -> Iterator[FhirClient]:
    client = FhirClient()
    yield client
    client.close()


def ask(
    fhir: FhirClient,
    server: str,
    prefetch: dict[str, Any] | None = None,
    client: Client = DEMONSTRATION_CLIENT,
    seconds: float = 30.0,
    production: bool = False,
    patient_id: str = "p",
) -> PatientRecord:
    settings = replace(demonstration(), profile="production") if production else demonstration()
    request = HookRequest(
        "order-select",
        "i",
        patient_id,
        fhir_server=server,
        access_token=TOKEN,
        prefetch=prefetch or {},
    )
    retrieval = Retrieval(request, client, settings, fhir, time.monotonic() + seconds)
    return assemble_record(PREFETCH, retrieval)


def test_what_is_missing_is_fetched_with_the_token_R55_R61(fhir: FhirClient) -> None:
    with fhir_server(
        Patient=answer_with(PATIENT), Condition=answer_with(bundle(CONDITION))
    ) as server:
        record = ask(fhir, server.base)

    assert sorted(server.asked) == ["Condition?patient=p&_count=250", "Patient/p"]
    assert all(headers["Authorization"] == f"Bearer {TOKEN}" for headers in server.headers)
    assert all("application/fhir+json" in headers["Accept"] for headers in server.headers)
    assert [placed.reference for placed in record] == ["Patient/p", "Condition/c1"]
    assert describe_availability(record) == {"patient": "data", "conditions": "data"}


def test_what_came_is_not_fetched_again_R48_R54(fhir: FhirClient) -> None:
    error = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "x"}]}
    with fhir_server() as server:
        record = ask(fhir, server.base, {"patient": PATIENT, "conditions": error})

    assert server.asked == []
    assert record.part("conditions").availability is Availability.UNAVAILABLE


def test_null_is_known_absent_and_not_fetched_R52(fhir: FhirClient) -> None:
    with fhir_server() as server:
        record = ask(fhir, server.base, {"patient": PATIENT, "conditions": None})

    assert server.asked == []
    assert describe_availability(record)["conditions"] == "absent"


def test_the_patient_id_is_quoted_in_queries(fhir: FhirClient) -> None:
    with fhir_server() as server:
        ask(fhir, server.base, {"patient": None}, patient_id="a/../b?c&d")

    assert server.asked == ["Condition?patient=a%2F..%2Fb%3Fc%26d&_count=250"]


@pytest.mark.parametrize(
    ("status", "patient", "conditions"),
    [
        (401, NO_VALID_TOKEN, NO_VALID_TOKEN),
        (403, REFUSED, REFUSED),
        (404, "there is no such Patient", NOT_OFFERED),
        (410, "there is no such Patient", NOT_OFFERED),
        (400, NOT_OFFERED, NOT_OFFERED),
        (429, FAILED, FAILED),
        (500, FAILED, FAILED),
        (503, FAILED, FAILED),
    ],
)
def test_each_status_has_one_meaning_R66(
    fhir: FhirClient, status: int, patient: str, conditions: str
) -> None:
    with fhir_server(default=answer_with({}, status)) as server:
        record = ask(fhir, server.base)

    assert record.part("patient").reason == patient
    assert record.part("patient").availability is Availability.UNAVAILABLE
    assert record.part("conditions").reason == conditions
    assert record.part("conditions").availability is Availability.UNAVAILABLE
    assert record.why_nothing


@pytest.mark.parametrize(
    ("refused", "asked"),
    [
        ("_sort", ["&_sort=-onset-date&_count=250", "&_count=250"]),
        ("_count=250", ["&_sort=-onset-date&_count=250", "&_count=250", ""]),
    ],
)
def test_a_server_that_refuses_to_sort_or_such_a_page_is_asked_without(
    fhir: FhirClient, refused: str, asked: list[str]
) -> None:
    def refuse(handler: BaseHTTPRequestHandler) -> None:
        answer = answer_with({}, 400) if refused in handler.path else answer_with(bundle(CONDITION))
        answer(handler)

    templates = {
        "patient": PREFETCH["patient"],
        "conditions": ("Condition?patient={{context.patientId}}&_sort=-onset-date&_count=250",),
    }
    with fhir_server(Condition=refuse) as server:
        request = HookRequest(
            "order-select", "i", "p", prefetch={"patient": PATIENT}, fhir_server=server.base
        )
        retrieval = Retrieval(
            request, DEMONSTRATION_CLIENT, demonstration(), fhir, time.monotonic() + 30
        )
        record = assemble_record(templates, retrieval)

    assert server.asked == [f"Condition?patient=p{parameters}" for parameters in asked]
    assert record.part("conditions").availability is Availability.COMPLETE


@pytest.mark.parametrize("answer", [answer_never, answer_drop_by_drop])
def test_a_server_that_does_not_answer_is_left_at_the_deadline_R35(
    fhir: FhirClient, answer: Any
) -> None:
    with fhir_server(Condition=answer) as server:
        record = ask(fhir, server.base, {"patient": PATIENT}, seconds=0.3)

    assert record.part("patient").availability is Availability.COMPLETE
    assert (record.part("conditions").availability, record.part("conditions").reason) == (
        Availability.UNAVAILABLE,
        LATE,
    )


def test_a_server_that_fails_leaves_no_garbage_behind(fhir: FhirClient) -> None:
    """An error holds the frames it went through, and they hold the answer read so far; memory would
    grow until it is collected.
    """
    gc.collect()
    gc.disable()
    try:
        with fhir_server(Condition=answer_never) as server:
            ask(fhir, server.base, {"patient": PATIENT}, seconds=0.3)
        left = [one for one in gc.get_objects() if isinstance(one, HTTPError)]
    finally:
        gc.enable()
    assert left == []


def test_an_endless_answer_is_cut_off_R65(fhir: FhirClient) -> None:
    with fhir_server(Patient=answer_with(PATIENT), Condition=answer_endlessly) as server:
        record = ask(fhir, server.base)

    assert record.part("conditions").reason == TOO_LONG


def test_all_queries_are_asked_at_the_same_time(fhir: FhirClient) -> None:
    together = threading.Barrier(2)

    def wait_for_the_other(handler: BaseHTTPRequestHandler) -> None:
        together.wait(60)
        answer_with(bundle(CONDITION))(handler)

    with fhir_server(default=wait_for_the_other) as server:
        record = ask(fhir, server.base)

    assert len(server.asked) == 2
    assert record.part("conditions").availability is Availability.COMPLETE


@pytest.mark.parametrize("body", [b"<html>", b"{", b"[1", b"\xff\xfe"])
def test_an_answer_that_is_not_json_is_unknown(fhir: FhirClient, body: bytes) -> None:
    with fhir_server(default=answer_with(body)) as server:
        record = ask(fhir, server.base)

    assert {part.reason for part in record.parts.values()} == {NOT_READABLE}


@pytest.mark.parametrize("status", [200, 201])
def test_an_answer_that_says_null_is_no_answer_that_there_is_none_R52(
    fhir: FhirClient, status: int
) -> None:
    """In prefetch `null` says that the EHR looked and found nothing; a FHIR server says so with a
    Bundle.
    """
    with fhir_server(default=answer_with(b" null\n", status)) as server:
        record = ask(fhir, server.base)

    assert {part.availability for part in record.parts.values()} == {Availability.UNAVAILABLE}
    assert "no such Patient" not in record.part("patient").reason


def test_an_answer_with_a_byte_order_mark_is_read(fhir: FhirClient) -> None:
    body = b"\xef\xbb\xbf" + json.dumps(bundle(CONDITION, total=1)).encode()
    with fhir_server(Condition=answer_with(body), Patient=answer_with(PATIENT)) as server:
        record = ask(fhir, server.base)

    assert describe_availability(record)["conditions"] == "data"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "gzip, br"])
def test_an_answer_that_is_not_packed_as_it_says_is_unknown(
    fhir: FhirClient, encoding: str
) -> None:
    body = json.dumps(bundle()).encode()
    packed = answer_with(b"\x1b" + body, Content_Encoding=encoding)
    with fhir_server(Condition=packed, Patient=answer_with(PATIENT)) as server:
        record = ask(fhir, server.base)

    assert record.part("conditions").reason == NOT_READABLE


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)]
)
def test_an_answer_that_is_packed_though_nobody_asked_is_read(
    fhir: FhirClient, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    body = pack(json.dumps(bundle(CONDITION, total=1)).encode())
    with fhir_server(
        Condition=answer_with(body, Content_Encoding=encoding), Patient=answer_with(PATIENT)
    ) as server:
        record = ask(fhir, server.base)

    assert record.part("conditions").availability is Availability.COMPLETE
    assert len(record.part("conditions").resources) == 1


def test_an_answer_of_another_type_is_unknown_R57(fhir: FhirClient) -> None:
    with fhir_server(default=answer_with({"resourceType": "Device", "id": "d"})) as server:
        record = ask(fhir, server.base)

    assert {part.availability for part in record.parts.values()} == {Availability.UNAVAILABLE}


def pages(*followers: str) -> Any:
    """Answer page after page; each page names the next."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        state: FhirServer = handler.server.fhir  # type: ignore[attr-defined]
        number = sum(path.startswith("Condition") for path in state.asked) - 1
        follower = followers[number] if number < len(followers) else ""
        answer_with(
            bundle({**CONDITION, "id": f"c{number}"}, next_url=follower.replace("BASE", state.base))
        )(handler)

    return answer


@pytest.mark.parametrize(
    "follower", ["BASE/Condition?page=2", "Condition?page=2", "/fhir/Condition?page=2"]
)
def test_the_next_page_is_read_to_the_end_R56(fhir: FhirClient, follower: str) -> None:
    with fhir_server(Condition=pages(follower), Patient=answer_with(PATIENT)) as server:
        record = ask(fhir, server.base)

    assert record.part("conditions").availability is Availability.COMPLETE
    assert [placed.reference for placed in record.part("conditions").resources] == [
        "Condition/c0",
        "Condition/c1",
    ]
    assert record.part("conditions").resources[1].place == "fhirServer.conditions.page[1].entry[0]"


def test_a_first_page_from_prefetch_is_read_on_R56(fhir: FhirClient) -> None:
    with fhir_server(Condition=answer_with(bundle(CONDITION, total=2))) as server:
        sent = bundle(
            {**CONDITION, "id": "c0"}, next_url=f"{server.base}/Condition?page=2", total=2
        )
        record = ask(fhir, server.base, {"patient": PATIENT, "conditions": sent})

    assert server.asked == ["Condition?page=2"]
    assert record.part("conditions").availability is Availability.COMPLETE
    assert [placed.reference for placed in record.part("conditions").resources] == [
        "Condition/c0",
        "Condition/c1",
    ]


def numbered(*numbers: int) -> list[dict[str, Any]]:
    return [{**CONDITION, "id": f"c{number}"} for number in numbers]


def listed(
    first: list[dict[str, Any]], second: list[dict[str, Any]], total: int | None = None
) -> Callable[[BaseHTTPRequestHandler], None]:
    """Answer with two pages."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        is_second = "page=2" in handler.path
        sent = (
            bundle(*second, total=total)
            if is_second
            else bundle(*first, next_url="Condition?page=2", total=total)
        )
        answer_with(sent)(handler)

    return answer


@pytest.mark.parametrize(
    ("first", "second", "total"),
    [
        (numbered(0), numbered(0), 2),  # the server does not turn the page
        (numbered(0, 1), numbered(1, 2), 4),  # the order changed meanwhile
        (numbered(0, 1), numbered(1, 2), None),
    ],
)
@pytest.mark.parametrize("first_was_sent", [False, True])
def test_pages_that_repeat_entries_are_not_the_whole_list_R56(
    fhir: FhirClient,
    first: list[dict[str, Any]],
    second: list[dict[str, Any]],
    total: int | None,
    first_was_sent: bool,
) -> None:
    """What one page shows again has pushed something else off the pages."""
    pages_of = listed(first, second, total)
    with fhir_server(Condition=pages_of, Patient=answer_with(PATIENT)) as server:
        sent = bundle(*first, next_url="Condition?page=2", total=total)
        record = ask(fhir, server.base, {"conditions": sent} if first_was_sent else None)

    assert (record.part("conditions").availability, record.part("conditions").reason) == (
        Availability.INCOMPLETE,
        REPEATED,
    )


def test_pages_of_entries_without_an_id_are_read_to_the_end_R56(fhir: FhirClient) -> None:
    unnamed = {"resourceType": "Condition"}
    pages_of = listed([unnamed], [unnamed])
    with fhir_server(Condition=pages_of, Patient=answer_with(PATIENT)) as server:
        record = ask(fhir, server.base)

    assert record.part("conditions").availability is Availability.COMPLETE


@pytest.mark.parametrize(
    "follower",
    [
        "http://127.0.0.1:1/fhir/x",
        "https://BASE/x",
        "file:///etc/passwd",
        "http://[",
        "//elsewhere.example/x",
    ],
)
def test_a_next_page_elsewhere_is_not_followed_R65(fhir: FhirClient, follower: str) -> None:
    with fhir_server(Condition=pages(follower), Patient=answer_with(PATIENT)) as server:
        record = ask(fhir, server.base)

    assert record.part("conditions").availability is Availability.INCOMPLETE
    assert record.part("conditions").reason == OTHER_ORIGIN
    assert len(record.part("conditions").resources) == 1


def test_pages_in_a_circle_are_left_incomplete_R56(fhir: FhirClient) -> None:
    with fhir_server(
        Condition=pages(*["BASE/Condition?page=2"] * 50), Patient=answer_with(PATIENT)
    ) as server:
        record = ask(fhir, server.base)

    assert (record.part("conditions").availability, record.part("conditions").reason) == (
        Availability.INCOMPLETE,
        TOO_MANY_PAGES,
    )
    assert sum(path.startswith("Condition") for path in server.asked) == 2


def test_more_pages_than_are_read_leave_the_list_incomplete_R56(fhir: FhirClient) -> None:
    with fhir_server(
        Condition=pages(*[f"BASE/Condition?page={number}" for number in range(60)]),
        Patient=answer_with(PATIENT),
    ) as server:
        record = ask(fhir, server.base)

    assert (record.part("conditions").availability, record.part("conditions").reason) == (
        Availability.INCOMPLETE,
        TOO_MANY_PAGES,
    )
    assert len(record.part("conditions").resources) == 20


def test_a_page_that_fails_leaves_the_list_incomplete_R56(fhir: FhirClient) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        first = "page" not in handler.path
        answer_with(
            bundle(CONDITION, next_url="Condition?page=2") if first else {}, 200 if first else 500
        )(handler)

    with fhir_server(Condition=answer, Patient=answer_with(PATIENT)) as server:
        record = ask(fhir, server.base)

    assert (record.part("conditions").availability, record.part("conditions").reason) == (
        Availability.INCOMPLETE,
        FAILED,
    )


def test_a_redirect_within_the_server_is_followed_and_one_elsewhere_is_not_R65(
    fhir: FhirClient,
) -> None:
    def redirect(handler: BaseHTTPRequestHandler) -> None:
        if "moved" in handler.path:
            answer_with(bundle(CONDITION))(handler)
        else:
            answer_with({}, 307, Location="/fhir/Condition?moved=1")(handler)

    with (
        fhir_server() as other,
        fhir_server(
            Condition=redirect, Patient=answer_with({}, 302, Location=f"{other.base}/Patient/p")
        ) as server,
    ):
        record = ask(fhir, server.base)

    assert other.asked == []
    assert record.part("conditions").availability is Availability.COMPLETE
    assert record.part("patient").reason == REDIRECTED


def test_redirects_in_a_circle_end_R65(fhir: FhirClient) -> None:
    with fhir_server(default=answer_with({}, 302, Location="/fhir/Condition?again=1")) as server:
        record = ask(fhir, server.base)

    assert {part.reason for part in record.parts.values()} == {REDIRECTED}


def test_production_asks_registered_servers_only_R65(fhir: FhirClient) -> None:
    client = Client("EHR", fhir_base_urls=("https://ehr.example.org/fhir",))
    with fhir_server() as server:
        record = ask(fhir, server.base, client=client, production=True)

    assert server.asked == []
    assert (
        record.part("conditions").reason
        == "not sent by the EHR, and the FHIR server is not registered for this client"
    )


def test_production_connects_to_no_private_address_even_when_registered_R65(
    fhir: FhirClient,
) -> None:
    with fhir_server() as server:
        for site_network in (False, True):
            client = Client("EHR", fhir_base_urls=(server.base,), fhir_on_site_network=site_network)
            record = ask(fhir, server.base, client=client, production=True)
            assert record.part("conditions").reason == NO_CONNECTION

    assert server.asked == []


@pytest.mark.parametrize(
    "server",
    [
        "http://169.254.169.254/fhir",
        "http://10.0.0.1/fhir",
        "http://192.168.1.1/fhir",
        "http://[fe80::1]/fhir",
    ],
)
def test_the_demonstration_connects_to_this_machine_only_R65(fhir: FhirClient, server: str) -> None:
    assert ask(fhir, server).part("conditions").reason == NO_CONNECTION


@pytest.mark.parametrize(
    "server", ["ftp://127.0.0.1/x", "file:///etc/passwd", "not a url", "http://[", "gopher://x"]
)
def test_a_server_without_http_address_is_not_asked_R29(fhir: FhirClient, server: str) -> None:
    record = ask(fhir, server)

    assert record.part("conditions").availability is Availability.UNAVAILABLE
    assert record.part("conditions").reason.startswith("not sent by the EHR, and the FHIR server")


def test_the_base_is_compared_without_its_last_slash_R65(fhir: FhirClient) -> None:
    with fhir_server() as server:
        ask(fhir, server.base + "/", client=Client("EHR", fhir_base_urls=(server.base,)))

    assert len(server.asked) == 2


def test_without_server_everything_missing_is_unknown_with_the_reason_R63(fhir: FhirClient) -> None:
    record = ask(fhir, "", {"patient": PATIENT})

    assert (
        record.part("conditions").reason == "not sent by the EHR, and the EHR named no FHIR server"
    )
    assert not record.why_nothing


def test_a_key_that_is_not_ours_is_not_used_and_named_R49(fhir: FhirClient) -> None:
    record = ask(
        fhir,
        "",
        {
            "patient": PATIENT,
            "conditions": None,
            "meds": bundle({"resourceType": "MedicationRequest", "id": "m"}),
        },
    )

    assert [placed.reference for placed in record] == ["Patient/p"]
    ((placed, why),) = record.unusable
    assert (placed.reference, placed.place) == ("MedicationRequest/m", "prefetch.meds.entry[0]")
    assert why == 'came under the prefetch key "meds", which is not one of this service'


def test_the_token_is_in_no_text_of_request_or_record_R64(fhir: FhirClient) -> None:
    request = HookRequest(
        "order-select", "i", "p", fhir_server="http://127.0.0.1:9", access_token=TOKEN
    )

    assert TOKEN not in repr(request)
    assert TOKEN not in repr(ask(fhir, "ftp://x"))
