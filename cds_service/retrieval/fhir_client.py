"""Read what prefetch lacks from the client's FHIR server: in parallel, within the deadline, and
only from a server of the client.

Source: R56, R59 to R66.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError

from cds_service.protocol import MORE_PAGES, HookRequest, Problem, Reading, read_json, read_part
from cds_service.retrieval.outbound import Reach, TooLate, TooLong, get_within, open_session
from cds_service.site import Client, Settings
from fhir_mappings.fhir import Availability, RecordPart

MOST_PAGES = 20
MOST_REDIRECTS = 3
LONGEST_ANSWER = 10_485_760
"""Bytes of one page that are read."""

PARALLEL = 16

GRACE_SECONDS = 0.02
"""How long the call waits beyond the deadline for readers that stop at it, so that their pages are
not lost.
"""

LATE = "no answer within the time allowed"
TOO_LONG = "the answer is too long"
NO_CONNECTION = "the FHIR server cannot be reached"
REFUSED = "the FHIR server refused access"
NOT_OFFERED = "the FHIR server does not offer this"
REDIRECTED = "the FHIR server redirected elsewhere"
FAILED = "the FHIR server failed"
NOT_READABLE = "the answer is not FHIR JSON"
TOO_MANY_PAGES = "there are more pages than are read"
OTHER_ORIGIN = "the next page is at another origin"


class NoAccess(Exception):
    """The FHIR server may not be asked; the text says why, in words for card and receipt."""


@dataclass(frozen=True, slots=True)
class FhirServer:
    """The FHIR server of one call. The token lives here, for this call, and is never shown."""

    base: str
    token: str = field(repr=False)
    reach: Reach

    @property
    def headers(self) -> dict[str, str]:
        headers = {
            "Accept": "application/fhir+json, application/json+fhir;q=0.9, application/json;q=0.8",
            "Accept-Encoding": "identity",
        }
        return {**headers, "Authorization": f"Bearer {self.token}"} if self.token else headers


def find_server(request: HookRequest, client: Client, settings: Settings) -> FhirServer:
    """Return the FHIR server of this call.

    Raises: NoAccess when none was named, or it is not one of the client's.
    Source: R29, R65.
    """
    if not request.fhir_server:
        raise NoAccess("the EHR named no FHIR server")
    named = _plain(request.fhir_server)
    if not settings.is_production and not client.fhir_base_urls:
        if urlsplit(named).scheme not in ("http", "https"):
            raise NoAccess("the FHIR server has no http address")
        return FhirServer(named, request.access_token, Reach.LOOPBACK)
    registered = next((base for base in client.fhir_base_urls if _plain(base) == named), "")
    if not registered:
        raise NoAccess("the FHIR server is not registered for this client")
    return FhirServer(registered.rstrip("/"), request.access_token, _reach(client, settings))


def _reach(client: Client, settings: Settings) -> Reach:
    if not settings.is_production:
        return Reach.ANYWHERE
    return Reach.SITE if client.fhir_on_site_network else Reach.PUBLIC


def _plain(url: str) -> str:
    """Return the URL without trailing slash, scheme and host in lower case; empty for one that
    cannot be read.
    """
    try:
        parts = urlsplit(url.strip())
        return (
            f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"
            if parts.netloc
            else ""
        )
    except ValueError:
        return ""


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return (
        parts.scheme,
        parts.hostname or "",
        parts.port or {"http": 80, "https": 443}.get(parts.scheme),
    )


def _same_origin(one: str, other: str) -> bool:
    try:
        return _origin(one) == _origin(other)
    except ValueError:
        return False


def join_url(base: str, reference: str) -> str:
    """Return the absolute form of a link; empty when it is no URL."""
    try:
        return urljoin(base, reference)
    except ValueError:
        return ""


def find_id(server: FhirServer, kind: str, reference: str) -> str:
    """Return the id of the resource of this kind to which a reference leads on this server; empty
    when it leads anywhere else.

    Source: R65, R160.
    """
    path = reference.strip().partition("/_history/")[0]
    if "://" in path:
        base = f"{_plain(server.base)}/"
        path = _plain(path).removeprefix(base) if _plain(path).startswith(base) else ""
    found, _, identity = path.partition("/")
    return (
        identity
        if found == kind and identity not in ("", ".", "..") and not set("/?#") & set(identity)
        else ""
    )


class FhirClient:
    """Shared by all calls of one process: connections and threads, no patient's data and no
    token.
    """

    def __init__(self) -> None:
        self._sessions = {reach: open_session(reach, connections=PARALLEL) for reach in Reach}
        self._pool = ThreadPoolExecutor(PARALLEL, thread_name_prefix="fhir")

    def fetch(
        self, server: FhirServer, queries: Mapping[str, str], deadline: float
    ) -> dict[str, Reading]:
        """Return what the server has for each key; a key that is late is unavailable, whatever the
        server is still doing.

        Args:
            queries: for each key the URL to start from.
            deadline: on the clock of `time.monotonic`.
        """
        session = self._sessions[server.reach]
        return _await(
            {
                key: self._pool.submit(_read_pages, session, server, key, url, deadline)
                for key, url in queries.items()
            },
            deadline,
        )

    def read_medications(
        self, server: FhirServer, ids: Iterable[str], deadline: float
    ) -> dict[str, Reading]:
        """Return what the server has for each id of a Medication (R160)."""
        session = self._sessions[server.reach]
        jobs = {
            identity: self._pool.submit(_read_medication, session, server, identity, deadline)
            for identity in ids
        }
        return _await(jobs, deadline)

    def close(self) -> None:
        """Let go of connections and threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for session in self._sessions.values():
            session.close()


def _await(jobs: Mapping[str, Future[Reading]], deadline: float) -> dict[str, Reading]:
    wait(jobs.values(), timeout=max(0.0, deadline + GRACE_SECONDS - time.monotonic()))
    return {key: job.result() if job.done() else _failed(LATE) for key, job in jobs.items()}


def _failed(reason: str) -> Reading:
    return Reading(RecordPart(Availability.UNAVAILABLE, reason=reason, source="fhirServer"))


def _read_pages(
    session: requests.Session, server: FhirServer, key: str, url: str, deadline: float
) -> Reading:
    """Follow a list to its end, or as far as limits and deadline allow."""
    whole, seen = None, set()
    for number in range(MOST_PAGES):
        if not _same_origin(url, server.base):
            return cut_short(whole or _failed(OTHER_ORIGIN), OTHER_ORIGIN)
        if url in seen:
            break
        seen.add(url)
        place = f"fhirServer.{key}" if number == 0 else f"fhirServer.{key}.page[{number}]"
        page = _read_page(
            session, server, key, url, deadline, place, len(whole.part.resources) if whole else 0
        )
        whole = append_page(whole, page) if whole else page
        if not page.next_url:
            return whole
        url = join_url(url, page.next_url)
    return cut_short(whole or _failed(TOO_MANY_PAGES), TOO_MANY_PAGES)


def append_page(whole: Reading, page: Reading) -> Reading:
    """Return the list with one more page; a page that could not be had leaves the list
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


def cut_short(whole: Reading, reason: str) -> Reading:
    """Return the list as incomplete for this reason; one that is not available at all stays so."""
    if whole.part.availability is Availability.UNAVAILABLE:
        return whole
    return replace(
        whole,
        part=replace(whole.part, availability=Availability.INCOMPLETE, reason=reason),
        next_url="",
    )


def _read_medication(
    session: requests.Session, server: FhirServer, identity: str, deadline: float
) -> Reading:
    url = f"{server.base}/Medication/{quote(identity, safe='')}"
    return _read_page(
        session, server, "medications", url, deadline, f"fhirServer.Medication/{identity}"
    )


def _read_page(
    session: requests.Session,
    server: FhirServer,
    key: str,
    url: str,
    deadline: float,
    place: str,
    read_before: int = 0,
) -> Reading:
    try:
        status, body = _get(session, server, url, deadline)
    except (TooLate, requests.Timeout) as error:
        _let_go(error)
        return _failed(LATE)
    except TooLong:
        return _failed(TOO_LONG)
    except _Redirected:
        return _failed(REDIRECTED)
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        _let_go(error)
        return _failed(NO_CONNECTION if time.monotonic() < deadline else LATE)
    if status != 200:
        return _read_refusal(key, status, place)
    try:
        return read_part(key, read_json(body), place, "fhirServer", read_before)
    except Problem:
        return _failed(NOT_READABLE)


def _let_go(error: BaseException | None) -> None:
    """Empty the frames that an error went through: they hold the error and the answer read so far,
    and would stay until collected.
    """
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__context__


class _Redirected(Exception):
    """The server sends the call to another origin, or in circles."""


def _get(
    session: requests.Session, server: FhirServer, url: str, deadline: float
) -> tuple[int, bytes]:
    """Return status and body, following redirects within the origin only, since the token goes
    along.
    """
    for _ in range(MOST_REDIRECTS + 1):
        status, headers, body = get_within(session, url, server.headers, deadline, LONGEST_ANSWER)
        if status not in (301, 302, 303, 307, 308):
            return status, body
        url = join_url(url, headers.get("Location", ""))
        if not _same_origin(url, server.base):
            break
    raise _Redirected


def _read_refusal(key: str, status: int, place: str) -> Reading:
    """Return what a status other than 200 says: not there, not allowed, or not known (R66)."""
    if status in (404, 410) and key == "patient":
        return read_part(key, None, place, "fhirServer")
    if status in (401, 403):
        return _failed(REFUSED)
    return _failed(NOT_OFFERED if status in (400, 404, 405, 410) else FAILED)
