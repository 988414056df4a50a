"""Read what prefetch lacks from the client's FHIR server: in parallel, within the deadline, and
only from a server of the client.

Source: R56, R59 to R66, R178 to R180, R188.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Hashable, Iterable, Mapping, Sequence
from concurrent.futures import Future, wait
from typing import TypeVar
from urllib.parse import quote

import msgspec
from msgspec.structs import replace
from urllib3.exceptions import DecodeError, HTTPError, NewConnectionError
from urllib3.exceptions import TimeoutError as NoAnswerError

from cds_service.protocol import MORE_PAGES, HookRequest, Problem, Reading, read_json, read_part
from cds_service.retrieval.addresses import Reach
from cds_service.retrieval.fhir_server import FhirServer, Redirected, find_server
from cds_service.retrieval.outbound import (
    Outbound,
    TooLate,
    TooLong,
    certificate_problem,
    let_go,
)
from cds_service.retrieval.server_shares import PARALLEL, ServerShares, Share
from cds_service.site import Client, Settings, WebAddress
from fhir_mappings.fhir import Availability, RecordPart

Key = TypeVar("Key", bound=Hashable)

MOST_PAGES = 20
LONGEST_ANSWER = 10_485_760  # bytes of one page

GRACE_SECONDS = 0.02
"""How long the call waits beyond the deadline for the pages of readers that stop at it."""

LATE = "no answer within the time allowed"
TOO_LONG = "the answer is too long"
NO_CONNECTION = "the FHIR server cannot be reached"
CERTIFICATE = "the FHIR server's certificate "  # what is wrong with it follows
REFUSED = "the FHIR server refused access"
NO_VALID_TOKEN = f"{REFUSED}: no valid token"
NOT_OFFERED = "the FHIR server does not offer this"
REDIRECTED = "the FHIR server redirected elsewhere"
FAILED = "the FHIR server failed"
RESTING = "the FHIR server failed repeatedly and is left alone for a moment"
BUSY = "too many calls wait for this FHIR server already"
NOT_READABLE = "the answer is not FHIR JSON"
TOO_MANY_PAGES = "there are more pages than are read"
OTHER_ORIGIN = "the next page is at another origin"
REPEATED = "its pages repeat entries, so that others may be missing"


class _Query(msgspec.Struct, frozen=True):
    """One list or resource to read: where it starts (None for a link that leads nowhere), and by
    when. `read_before` is how many entries came otherwise, `so_far` what of it came.
    """

    server: FhirServer
    outbound: Outbound
    share: Share
    key: str
    place: str
    start: WebAddress | None
    deadline: float
    read_before: int = 0
    so_far: list[Reading] = msgspec.field(default_factory=lambda: [_failed(LATE)])


class FhirClient:
    """Shared by all calls of one process: connections and threads, no patient's data and no
    token. `authorities` are trusted besides the public ones, as PEM text.
    """

    def __init__(self, authorities: str = "") -> None:
        self._outbound = {reach: Outbound(reach, PARALLEL, authorities) for reach in Reach}
        self._shares = ServerShares()

    def fetch(
        self,
        server: FhirServer,
        queries: Mapping[str, Sequence[WebAddress | None]],
        deadline: float,
        read_before: Mapping[str, int] | None = None,
    ) -> dict[str, Reading]:
        """Return what the server has for each key; of a key that is late what came until then,
        whatever the server is still doing.

        Args:
            queries: for each key the addresses to start from, the most urgent first; None for a
                link that leads nowhere.
            deadline: on the clock of `time.monotonic`.
            read_before: of a list that is read on, how many entries came before.
        """
        asked = {}
        for key, addresses in queries.items():
            for number, address in enumerate(addresses):
                place = f"fhirServer.{key}" + (f".part[{number}]" if number else "")
                query = self._query(server, key, place, address, deadline)
                asked[key, number] = replace(query, read_before=(read_before or {}).get(key, 0))
        parts = self._read_all(server, asked, deadline)
        return {
            key: join_parts([parts[key, number] for number in range(len(addresses))])
            for key, addresses in queries.items()
        }

    def read_medications(
        self, server: FhirServer, ids: Iterable[str], deadline: float
    ) -> dict[str, Reading]:
        """Return what the server has for each id of a Medication (R160)."""
        asked = {}
        for identity in ids:
            place = f"fhirServer.Medication/{identity}"
            address = server.base.below(f"Medication/{quote(identity, safe='')}")
            asked[identity] = self._query(server, "medications", place, address, deadline)
        return self._read_all(server, asked, deadline)

    def _read_all(
        self, server: FhirServer, asked: Mapping[Key, _Query], deadline: float
    ) -> dict[Key, Reading]:
        """Return what each query reads; nothing where too many calls wait for the server."""
        share = self._shares.of(server.base.origin)
        if not share.enter():
            return {key: _failed(BUSY) for key in asked}
        try:
            return _await(
                {key: (one, share.pool.submit(_read_pages, one)) for key, one in asked.items()},
                deadline,
            )
        finally:
            share.leave()

    def _query(
        self, server: FhirServer, key: str, place: str, start: WebAddress | None, deadline: float
    ) -> _Query:
        share = self._shares.of(server.base.origin)
        return _Query(server, self._outbound[server.reach], share, key, place, start, deadline)

    def close(self) -> None:
        """Let go of connections and threads."""
        self._shares.close()
        for outbound in self._outbound.values():
            outbound.close()


class Retrieval(msgspec.Struct, frozen=True):
    """What one call may ask of a FHIR server: for which request and client, by which connections,
    and until when.

    `deadline` is on the clock of `time.monotonic`.
    """

    request: HookRequest
    client: Client
    settings: Settings
    fhir: FhirClient
    deadline: float

    def find_server(self) -> FhirServer:
        """Return the server that is asked. Raises: NoAccess when there is none."""
        return find_server(self.request, self.client, self.settings)


def _await(
    jobs: Mapping[Key, tuple[_Query, Future[Reading]]], deadline: float
) -> dict[Key, Reading]:
    futures = [future for _, future in jobs.values()]
    wait(futures, timeout=max(0.0, deadline + GRACE_SECONDS - time.monotonic()))
    return {
        key: future.result() if future.done() else cut_short(query.so_far[-1], LATE)
        for key, (query, future) in jobs.items()
    }


def _failed(reason: str) -> Reading:
    return Reading(RecordPart(Availability.UNAVAILABLE, reason=reason, source="fhirServer"))


def _read_pages(query: _Query) -> Reading:
    """Follow a list to its end, or as far as limits and deadline allow."""
    whole, seen, address = None, set(), query.start
    for number in range(MOST_PAGES):
        if address is None or not query.server.base.holds(address):
            return cut_short(whole or _failed(OTHER_ORIGIN), OTHER_ORIGIN)
        if address in seen:
            break
        seen.add(address)
        place = query.place + (f".page[{number}]" if number else "")
        came = query.read_before + (len(whole.part.resources) if whole else 0)
        page = _read_page(query, address, place, came)
        whole = add_page(whole, page) if whole else page
        query.so_far.append(whole)
        if not page.next_url:
            return whole
        address = address.follow(page.next_url)
    return cut_short(whole or _failed(TOO_MANY_PAGES), TOO_MANY_PAGES)


def add_page(whole: Reading, page: Reading) -> Reading:
    """Return the list with its next page. Where that repeats entries, others were passed over: the
    order changed meanwhile, or the server does not turn the page. What entries point to may come
    along with each page.
    """
    matches = (one for one in whole.part.resources if one.type not in ("Medication", "Specimen"))
    seen = {placed.reference for placed in matches}
    repeats = any(placed.reference in seen for placed in page.part.resources)
    both = append_page(whole, page)
    return cut_short(both, REPEATED) if repeats else both


def append_page(whole: Reading, page: Reading) -> Reading:
    """Return the list with one more page; a page that was not available leaves the list
    incomplete.
    """
    if page.part.availability is Availability.UNAVAILABLE:
        return cut_short(whole, page.part.reason)
    reason = page.part.reason if whole.part.reason in ("", MORE_PAGES) else whole.part.reason
    availability = Availability.INCOMPLETE if reason else Availability.COMPLETE
    part = RecordPart(
        availability, whole.part.resources + page.part.resources, reason, whole.part.source
    )
    return Reading(part, page.next_url, unusable=whole.unusable + page.unusable)


def join_parts(parts: Sequence[Reading]) -> Reading:
    """Return one list of the parts that were asked for side by side; a part that was not available
    leaves it incomplete.
    """
    came_first = sorted(parts, key=lambda part: part.part.availability is Availability.UNAVAILABLE)
    return functools.reduce(append_page, came_first)


def cut_short(whole: Reading, reason: str) -> Reading:
    """Return the list as incomplete for this reason; one that is not available at all stays so."""
    if whole.part.availability is Availability.UNAVAILABLE:
        return whole
    return replace(
        whole,
        part=whole.part._replace(availability=Availability.INCOMPLETE, reason=reason),
        next_url="",
    )


def _read_page(query: _Query, address: WebAddress, place: str, read_before: int = 0) -> Reading:
    if query.share.rests(time.monotonic()):
        return _failed(RESTING)
    if time.monotonic() >= query.deadline:
        return _failed(LATE)
    get = functools.partial(
        query.server.get, query.outbound, deadline=query.deadline, longest=LONGEST_ANSWER
    )
    try:
        status, body = get(address)
        for optional in ("_sort", "_count"):  # not every server can sort, or takes this page size
            if status == 400 and (less := address.without(optional)) != address:
                status, body = get(address := less)
    except (TooLong, Redirected, DecodeError) as error:
        let_go(error)
        return _failed(_NO_USE[type(error)])
    except (TooLate, HTTPError, OSError, ValueError) as error:
        query.share.note_failure(time.monotonic(), query.deadline)
        let_go(error)
        return _failed(_why_no_answer(error, query.deadline))
    query.share.note_status(status, time.monotonic(), query.deadline)
    if status != 200:
        return _read_refusal(query.key, status, place)
    try:
        # null says in prefetch alone that there is none; some servers write a byte order mark
        value = read_json(body.removeprefix(b"\xef\xbb\xbf")) or {}
        return read_part(query.key, value, place, "fhirServer", read_before)
    except Problem:
        return _failed(NOT_READABLE)


_NO_USE = {TooLong: TOO_LONG, Redirected: REDIRECTED, DecodeError: NOT_READABLE}


def _why_no_answer(error: Exception, deadline: float) -> str:
    wrong = certificate_problem(error)
    if wrong:
        return CERTIFICATE + wrong
    is_late = isinstance(error, TooLate | NoAnswerError) and not isinstance(
        error, NewConnectionError
    )
    return LATE if is_late or time.monotonic() >= deadline else NO_CONNECTION


def _read_refusal(key: str, status: int, place: str) -> Reading:
    """Return what a status other than 200 says: not there, not allowed, or not known (R66)."""
    if status in (404, 410) and key == "patient":
        return read_part(key, None, place, "fhirServer")
    if status in (401, 403):
        return _failed(REFUSED if status == 403 else NO_VALID_TOKEN)
    return _failed(NOT_OFFERED if status in (400, 404, 405, 410) else FAILED)
