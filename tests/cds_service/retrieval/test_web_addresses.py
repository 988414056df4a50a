"""A token goes to the FHIR server of its call and nowhere else, whatever an address looks like.

Connections and name look-ups are counted by the interpreter's audit events; nothing is replaced.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from cds_service.protocol.hook_request import HookRequest
from cds_service.retrieval import Retrieval
from cds_service.retrieval.addresses import Reach, may_reach
from cds_service.retrieval.fhir_client import FhirClient
from cds_service.retrieval.patient_record import assemble_record
from cds_service.retrieval.referenced_medications import read_medications
from cds_service.site import Client, demonstration
from cds_service.site.web_address import WebAddress, read_address
from fhir_mappings.fhir.record import Availability, PatientRecord
from tests.cds_service.misbehaving_fhir import FhirServer, answer_with, bundle, fhir_server
from tests.cds_service.retrieval.tricky_urls import HONEST, TRICKY

TOKEN = "a-secret-token"
QUERIES = {"conditions": ("Condition?patient={{context.patientId}}",)}
ALL_TRICKY = [url for urls in TRICKY.values() for url in urls]


class Reached:
    """Hosts and ports that were connected to or looked up while it was on."""

    def __init__(self) -> None:
        self.on = False
        self.places: set[tuple[str, int]] = set()

    def note(self, event: str, arguments: Any) -> None:
        if not self.on:
            return
        if event == "socket.connect" and isinstance(arguments[1], tuple):
            self.places.add((str(arguments[1][0]), int(arguments[1][1])))
        elif event == "socket.getaddrinfo":
            self.places.add((str(arguments[0]), int(arguments[1])))


REACHED = Reached()
sys.addaudithook(REACHED.note)


@contextmanager
def reached() -> Iterator[set[tuple[str, int]]]:
    REACHED.places.clear()
    REACHED.on = True
    try:
        yield REACHED.places
    finally:
        REACHED.on = False


@pytest.fixture(scope="module")
def fhir() -> Iterator[FhirClient]:
    client = FhirClient()
    yield client
    client.close()


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[FhirServer, FhirServer]]:
    with fhir_server() as own, fhir_server() as other:
        yield own, other


def place_of(server: FhirServer) -> tuple[str, int]:
    address = read_address(server.base)
    assert address is not None
    return address.host, address.port


def filled(url: str, own: FhirServer, other: FhirServer) -> str:
    (host, port), (other_host, other_port) = place_of(own), place_of(other)
    return (
        url.replace("OWNPORT", str(port))
        .replace("OTHERPORT", str(other_port))
        .replace("OWN", f"{host}:{port}")
        .replace("OTHER", f"{other_host}:{other_port}")
    )


def request_to(server: str, next_url: str = "") -> HookRequest:
    prefetch = {"conditions": bundle({"resourceType": "Condition"}, next_url=next_url)}
    return HookRequest(
        "order-select",
        "i",
        "p",
        fhir_server=server,
        access_token=TOKEN,
        prefetch=prefetch if next_url else {},
    )


def ask(fhir: FhirClient, own: FhirServer, request: HookRequest) -> PatientRecord:
    client = Client("EHR", fhir_base_urls=(own.base,))
    retrieval = Retrieval(request, client, demonstration(), fhir, time.monotonic() + 20)
    return assemble_record(QUERIES, retrieval)


def assert_only_own(own: FhirServer, other: FhirServer, places: set[tuple[str, int]]) -> None:
    assert places <= {place_of(own)}
    assert other.asked == []


def test_the_table_has_at_least_two_hundred_addresses() -> None:
    assert len(set(ALL_TRICKY)) == len(ALL_TRICKY) >= 200


@pytest.mark.parametrize("kind", TRICKY)
def test_a_tricky_next_link_is_not_followed_R178_R180(
    fhir: FhirClient, servers: tuple[FhirServer, FhirServer], kind: str
) -> None:
    own, other = servers
    for url in TRICKY[kind]:
        own.asked.clear()
        with reached() as places:
            record = ask(fhir, own, request_to(own.base, filled(url, own, other)))
        assert record.part("conditions").availability is Availability.INCOMPLETE, url
        assert (own.asked, places) == ([], set()), url
        assert_only_own(own, other, places)


@pytest.mark.parametrize("kind", TRICKY)
def test_a_tricky_fhir_server_is_not_asked_R178(
    fhir: FhirClient, servers: tuple[FhirServer, FhirServer], kind: str
) -> None:
    own, other = servers
    for url in TRICKY[kind]:
        own.asked.clear()
        with reached() as places:
            record = ask(fhir, own, request_to(filled(url, own, other)))
        assert record.part("conditions").availability is Availability.UNAVAILABLE, url
        assert (own.asked, places) == ([], set()), url


@pytest.mark.parametrize("kind", TRICKY)
def test_a_tricky_redirect_is_not_followed_R178_R179(fhir: FhirClient, kind: str) -> None:
    where: list[str] = []

    def redirect(handler: BaseHTTPRequestHandler) -> None:
        answer_with({}, 302, Location=where[0].split("\r")[0].split("\n")[0])(handler)

    with fhir_server(Condition=redirect) as own, fhir_server() as other:
        for url in TRICKY[kind]:
            if not url.isascii():
                continue  # a header field has none
            where[:] = [filled(url, own, other)]
            own.asked.clear()
            with reached() as places:
                record = ask(fhir, own, request_to(own.base))
            assert len(own.asked) == 1 or "\n" in url, url
            if "\n" not in url and url.strip() == url:
                assert record.part("conditions").availability is Availability.UNAVAILABLE, url
            assert_only_own(own, other, places)


@pytest.mark.parametrize("kind", TRICKY)
def test_a_tricky_reference_is_not_followed_R160_R178(
    fhir: FhirClient, servers: tuple[FhirServer, FhirServer], kind: str
) -> None:
    own, other = servers
    client = Client("EHR", fhir_base_urls=(own.base,))
    for url in TRICKY[kind]:
        reference = filled(url, own, other).removesuffix("/x") + "/Medication/m"
        own.asked.clear()
        with reached() as places:
            deadline = time.monotonic() + 20
            asked = Retrieval(request_to(own.base), client, demonstration(), fhir, deadline)
            read_medications([reference], asked)
        assert own.asked in ([], ["Medication/m"]), url
        assert_only_own(own, other, places)


@pytest.mark.parametrize("link", HONEST)
def test_an_honest_link_is_followed_with_the_token_R56_R180(fhir: FhirClient, link: str) -> None:
    with fhir_server(default=answer_with(bundle({"resourceType": "Condition"}))) as own:
        record = ask(fhir, own, request_to(own.base, filled(link, own, own)))

    assert len(own.asked) == 1
    assert own.headers[0]["Authorization"] == f"Bearer {TOKEN}"
    assert record.part("conditions").availability is Availability.COMPLETE


def test_the_token_stays_with_its_origin_R179() -> None:
    from cds_service.retrieval.fhir_server import FhirServer as Asked

    base = WebAddress("https", "ehr.example.org", 443, "/fhir")
    server = Asked(base, TOKEN, Reach.PUBLIC)

    assert server.headers_for(base.below("Patient/p"))["Authorization"] == f"Bearer {TOKEN}"
    for scheme, host, port in (
        ("http", "ehr.example.org", 443),
        ("https", "ehr.example.com", 443),
        ("https", "ehr.example.org", 8443),
    ):
        assert "Authorization" not in server.headers_for(WebAddress(scheme, host, port, "/fhir"))


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "100.100.100.200",
        "168.63.129.16",
        "169.254.169.254",
        "192.0.0.192",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "fe80::1",
        "fec0::1",
        "fd00:ec2::254",
        "fd20:ce::254",
        "ff02::1",
        "::ffff:169.254.169.254",
        "::169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "2001:db8::5efe:a9fe:a9fe",
    ],
)
def test_no_reach_leads_to_metadata_and_what_is_no_host(address: str) -> None:
    assert not any(may_reach(address, reach) for reach in Reach)


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "172.16.0.1",
        "192.0.2.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "::1",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001:2::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "4000::1",
    ],
)
def test_what_is_not_public_is_not_reached_as_public(address: str) -> None:
    assert not may_reach(address, Reach.PUBLIC)


@pytest.mark.parametrize(
    ("address", "reach"),
    [
        ("9.9.9.9", Reach.PUBLIC),
        ("2620:fe::9", Reach.PUBLIC),
        ("64:ff9b::909:909", Reach.PUBLIC),
        ("10.0.0.1", Reach.SITE),
        ("fd12:3456::1", Reach.SITE),
        ("127.0.0.1", Reach.LOOPBACK),
        ("::1", Reach.LOOPBACK),
        ("::ffff:127.0.0.1", Reach.LOOPBACK),
        ("10.0.0.1", Reach.ANYWHERE),
    ],
)
def test_what_may_be_reached_is(address: str, reach: Reach) -> None:
    assert may_reach(address, reach)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("https://EHR.example.org:443/fhir/", "https://ehr.example.org/fhir"),
        ("http://ehr.example.org:8080", "http://ehr.example.org:8080"),
        ("https://[2001:DB8::1]/fhir?x=1", "https://[2001:db8::1]/fhir?x=1"),
    ],
)
def test_an_address_is_written_in_one_way(text: str, written: str) -> None:
    assert str(read_address(text)) == written
