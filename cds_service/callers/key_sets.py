"""The key sets of all clients: static ones from the site file, the others fetched from the one
registered address and kept for a while.

Source: R133 to R136.
"""

from __future__ import annotations

import queue
import re
import threading
import time
from collections.abc import Sequence

import msgspec
import structlog
from urllib3.exceptions import HTTPError

from cds_service.callers.refusals import listed, shown
from cds_service.protocol import Problem, read_json
from cds_service.retrieval import (
    Outbound,
    Reach,
    TooLate,
    TooLong,
    describe_failure,
    get_within,
)
from cds_service.site import Client, PublicKey, WebAddress, read_address, read_keys
from cds_service.wire import let_another_lead

log = structlog.get_logger(__name__)

FETCH_SECONDS = 1.0
"""How long one fetch may take in all, name resolution included; a caller waits for it."""

LONGEST_KEY_SET = 262_144
"""Bytes of a key set that are read."""

SHORTEST_FRESH_SECONDS = 5 * 60
LONGEST_FRESH_SECONDS = 24 * 3600
USUAL_FRESH_SECONDS = 3600
"""How long a fetched set is used unasked: as `Cache-Control` says within these limits, else the
usual.
"""

BACK_OFF_SECONDS = 30
"""Between two fetches of one set, whatever the tokens name."""

GRACE_SECONDS = 24 * 3600
"""How long a set that is no longer fresh is used while it cannot be fetched; then its client is not
authenticated.
"""


class KeySetUnavailable(Exception):
    """A key set could not be fetched; the text says why."""


class FetchedSet(msgspec.Struct):
    """What was last fetched from one address, and when; `attempted_at` counts failures too."""

    url: str
    reach: Reach
    keys: tuple[PublicKey, ...] = ()
    fetched_at: float | None = None
    fresh_seconds: float = 0
    attempted_at: float | None = None
    lock: threading.Lock = msgspec.field(default_factory=threading.Lock)

    def age(self, now: float) -> float:
        """Return the seconds since the set was fetched; infinite for never, and for a clock that
        was set back.
        """
        return (
            now - self.fetched_at
            if self.fetched_at is not None and now >= self.fetched_at
            else float("inf")
        )

    def is_fresh(self, now: float) -> bool:
        return self.age(now) < self.fresh_seconds

    def is_usable(self, now: float) -> bool:
        return self.age(now) < self.fresh_seconds + GRACE_SECONDS

    def may_fetch(self, now: float) -> bool:
        return self.attempted_at is None or not 0 <= now - self.attempted_at < BACK_OFF_SECONDS


class KeySets:
    """The keys of the registered clients. Only their own addresses are ever fetched.

    In production by HTTPS alone, and from public addresses, or those of the site's own network
    where the site file allows them. `authorities` are trusted besides the public ones, as PEM text.
    """

    def __init__(self, clients: Sequence[Client], production: bool, authorities: str = "") -> None:
        self.clients = tuple(clients)
        self._production = production
        self._authorities = authorities
        self._static = {
            _of(client): read_keys(client.keys, production) for client in clients if client.keys
        }
        self._fetched = {
            client.jku: FetchedSet(client.jku, _reach(client, production))
            for client in clients
            if not client.keys
        }

    def find_key(self, client: Client, kid: str, algorithm: str, now: float) -> PublicKey | None:
        """Return the client's key of this id that suits the algorithm; an id not known makes a
        fetched set be fetched anew.
        """
        if client.keys:
            return _pick(self._static[_of(client)], kid, algorithm)
        held = self._fetched[client.jku]
        key = _pick(held.keys, kid, algorithm) if held.is_usable(now) else None
        if key is not None and held.is_fresh(now):
            return key
        self._refresh(held, now, wait=key is None)
        return _pick(held.keys, kid, algorithm) if held.is_usable(now) else None

    def describe(self, client: Client, now: float) -> str:
        """Return for the log which keys of the client can be used now: their ids and algorithms."""
        held = None if client.keys else self._fetched[client.jku]
        if held is not None and not held.is_usable(now):
            return f"a key of the set at {shown(client.jku)}, which could not be fetched"
        keys = self._static[_of(client)] if held is None else held.keys
        if not keys:
            return "a key, but the set of this client holds none that is accepted"
        return listed([f"kid {shown(key.kid)} with {_algorithms(key, client)}" for key in keys])

    def _refresh(self, held: FetchedSet, now: float, wait: bool) -> None:
        """Fetch a set anew; one caller at a time, and the others wait only when they have nothing
        to go on with.
        """
        let_another_lead()
        if not held.lock.acquire(blocking=wait):
            return
        try:
            if held.may_fetch(now):
                held.attempted_at = now
                held.keys, held.fresh_seconds = fetch_keys(
                    held.url, held.reach, self._production, self._authorities
                )
                held.fetched_at = now
        except KeySetUnavailable as error:
            log.warning(
                "key set not fetched",
                host=address.host if (address := read_address(held.url)) else "",
                why=str(error),
                stale=held.is_usable(now),
            )
        finally:
            held.lock.release()


def _of(client: Client) -> tuple[str, tuple[str, ...]]:
    """Return what tells clients apart: one issuer may serve several tenants."""
    return client.iss, client.tenants


def _reach(client: Client, production: bool) -> Reach:
    if not production:
        return Reach.ANYWHERE
    return Reach.SITE if client.fhir_on_site_network else Reach.PUBLIC


def _algorithms(key: PublicKey, client: Client) -> str:
    return " or ".join(filter(key.suits, client.algorithms)) or "no alg of this client"


def _pick(keys: Sequence[PublicKey], kid: str, algorithm: str) -> PublicKey | None:
    return next((key for key in keys if key.kid == kid and key.suits(algorithm)), None)


def fetch_keys(
    url: str, reach: Reach, production: bool, authorities: str = ""
) -> tuple[tuple[PublicKey, ...], float]:
    """Return the keys at an address and for how many seconds they are fresh, within the time a
    caller can wait.

    Raises: KeySetUnavailable.
    """
    address = read_address(url)
    if address is None:
        raise KeySetUnavailable("the address cannot be read in one way only")
    if production and address.scheme != "https":
        raise KeySetUnavailable("the address is not https")
    answers: queue.SimpleQueue[tuple[tuple[PublicKey, ...], float] | KeySetUnavailable] = (
        queue.SimpleQueue()
    )
    # In a thread of its own: neither a slow name server nor a server that drips its header can hold
    # the caller.
    threading.Thread(
        target=lambda: answers.put(_answer_of(address, reach, production, authorities)),
        daemon=True,
        name="key-set",
    ).start()
    try:
        answer = answers.get(timeout=FETCH_SECONDS)
    except queue.Empty:
        raise KeySetUnavailable(f"no whole answer within {FETCH_SECONDS:g} s") from None
    if isinstance(answer, KeySetUnavailable):
        raise answer
    return answer


def _answer_of(
    address: WebAddress, reach: Reach, production: bool, authorities: str
) -> tuple[tuple[PublicKey, ...], float] | KeySetUnavailable:
    """Fetch and read; a redirect is not followed, as it would lead where nobody registered."""
    headers = {"Accept": "application/jwk-set+json, application/json"}
    deadline = time.monotonic() + FETCH_SECONDS
    try:
        with Outbound(reach, connections=1, authorities=authorities) as outbound:
            status, answered, body = get_within(
                outbound, address, headers, deadline, LONGEST_KEY_SET
            )
        document = read_json(body) if status == 200 else None
    except (
        TooLate,
        TooLong,
        Problem,
        HTTPError,
        OSError,
        ValueError,
    ) as error:
        return KeySetUnavailable(f"no readable answer ({describe_failure(error)})")
    if status != 200:
        return KeySetUnavailable(f"status {status}, expected 200")
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        return KeySetUnavailable("the answer is not a JWK Set, an object with the array keys")
    return read_keys(entries, production), _fresh_seconds(answered.get("Cache-Control", ""))


def _fresh_seconds(cache_control: str) -> float:
    if re.search(r"\bno-(store|cache)\b", cache_control, re.IGNORECASE):
        return SHORTEST_FRESH_SECONDS
    named = re.search(r"\bmax-age=\"?(\d{1,9})", cache_control, re.IGNORECASE)
    return (
        min(max(int(named[1]), SHORTEST_FRESH_SECONDS), LONGEST_FRESH_SECONDS)
        if named
        else USUAL_FRESH_SECONDS
    )
