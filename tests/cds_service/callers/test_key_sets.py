"""Where keys come from: only from the registered address, kept for a while, and old rather than
none for a while more. R133 to R136.

The key set server is a real one on loopback; the clock of the cache is an argument.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from cds_service.callers.authentication import authenticate
from cds_service.callers.key_sets import (
    BACK_OFF_SECONDS,
    GRACE_SECONDS,
    LONGEST_FRESH_SECONDS,
    LONGEST_KEY_SET,
    SHORTEST_FRESH_SECONDS,
    USUAL_FRESH_SECONDS,
    KeySets,
    KeySetUnavailable,
    fetch_keys,
)
from cds_service.records.tokens import TokenMemory
from cds_service.retrieval.addresses import Reach
from cds_service.site import Client
from tests.cds_service.signing import ENDPOINT, NOW, claims, client, ec_key, public_jwk, sign

KEY_1, KEY_2 = public_jwk(ec_key(), "key-1"), public_jwk(ec_key("P-384", 2), "key-2")


class KeySetServer(ThreadingHTTPServer):
    """Publishes `keys`, in whatever manner `answer` makes of it, and counts the requests."""

    def __init__(self) -> None:
        self.keys: list[dict[str, Any]] = [KEY_1]
        self.requests = 0
        self.headers: dict[str, str] = {}
        self.answer: Callable[[BaseHTTPRequestHandler], None] = self.publish
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/jwks.json"

    @property
    def client(self) -> Client:
        return client(keys=(), jku=self.url)

    def publish(self, handler: BaseHTTPRequestHandler) -> None:
        self.send(handler, 200, json.dumps({"keys": self.keys}).encode(), self.headers)

    @staticmethod
    def send(
        handler: BaseHTTPRequestHandler,
        status: int,
        body: bytes,
        headers: dict[str, str] | None = None,
    ) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)


class _Handler(BaseHTTPRequestHandler):
    server: KeySetServer

    def do_GET(self) -> None:
        self.server.requests += 1
        try:
            self.server.answer(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, *_arguments: object) -> None:
        """Stay silent."""


@pytest.fixture
def server() -> Iterator[KeySetServer]:
    with KeySetServer() as running:
        threading.Thread(
            target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()
        yield running
        running.shutdown()


def key_sets(server: KeySetServer) -> KeySets:
    return KeySets([server.client], production=False)


def has(keys: KeySets, server: KeySetServer, kid: str, now: float) -> bool:
    return keys.find_key(server.client, kid, "ES384", now) is not None


def fail(server: KeySetServer) -> None:
    server.answer = lambda handler: server.send(handler, 500, b"{}")


def test_a_set_is_fetched_once_and_then_kept_R136(server: KeySetServer) -> None:
    keys = key_sets(server)

    assert all(has(keys, server, "key-1", NOW + second) for second in range(100))
    assert server.requests == 1


def test_static_keys_are_used_and_nothing_is_fetched_R134(server: KeySetServer) -> None:
    registered = client(keys=(KEY_1,), jku=server.url)
    keys = KeySets([registered], production=False)

    assert keys.find_key(registered, "key-1", "ES384", NOW) is not None
    assert keys.find_key(registered, "key-2", "ES384", NOW) is None
    assert server.requests == 0


def test_an_unknown_kid_makes_the_set_be_fetched_once_more_R136(server: KeySetServer) -> None:
    keys = key_sets(server)
    assert has(keys, server, "key-1", NOW)
    server.keys = [KEY_1, KEY_2]

    assert has(keys, server, "key-2", NOW + BACK_OFF_SECONDS)
    assert server.requests == 2


@pytest.mark.parametrize(
    ("later", "fetched"),
    [(BACK_OFF_SECONDS - 1, 1), (BACK_OFF_SECONDS, 2), (BACK_OFF_SECONDS + 1, 2)],
)
def test_unknown_kids_cannot_make_the_service_fetch_faster_than_the_back_off_R136(
    server: KeySetServer, later: int, fetched: int
) -> None:
    keys = key_sets(server)
    has(keys, server, "key-1", NOW)

    assert not any(has(keys, server, f"nonsense-{number}", NOW + later) for number in range(5))
    assert server.requests == fetched


def test_a_key_that_was_withdrawn_is_gone_after_the_next_fetch_R136(server: KeySetServer) -> None:
    keys = key_sets(server)
    has(keys, server, "key-1", NOW)
    server.keys = [KEY_2]

    assert not has(keys, server, "key-1", NOW + USUAL_FRESH_SECONDS)


FRESHNESS = [
    ("", USUAL_FRESH_SECONDS),
    ("max-age=7200", 7200),
    ("public, Max-Age=7200, must-revalidate", 7200),
    ("max-age=1", SHORTEST_FRESH_SECONDS),
    ("max-age=31536000", LONGEST_FRESH_SECONDS),
    ("no-store", SHORTEST_FRESH_SECONDS),
    ("no-cache, max-age=7200", SHORTEST_FRESH_SECONDS),
    ("max-age=nonsense", USUAL_FRESH_SECONDS),
]


@pytest.mark.parametrize(("cache_control", "seconds"), FRESHNESS)
def test_a_set_is_fresh_as_long_as_cache_control_says_within_limits_R136(
    server: KeySetServer, cache_control: str, seconds: int
) -> None:
    server.headers = {"Cache-Control": cache_control} if cache_control else {}
    keys = key_sets(server)
    has(keys, server, "key-1", NOW)

    has(keys, server, "key-1", NOW + seconds - 1)
    assert server.requests == 1
    has(keys, server, "key-1", NOW + seconds)
    assert server.requests == 2


def test_a_token_is_checked_with_the_key_that_its_clients_own_address_publishes_R133(
    server: KeySetServer,
) -> None:
    class Tokens(TokenMemory):
        remember_token = TokenMemory.add

    caller = authenticate(
        sign(claims(), jku=server.url), [ENDPOINT], key_sets(server), Tokens(), NOW
    )

    assert caller.client == server.client
    assert server.requests == 1


class TestTheSetCannotBeFetched:
    def test_old_keys_are_used_for_the_grace_time_and_then_no_more_R136(
        self, server: KeySetServer
    ) -> None:
        keys = key_sets(server)
        has(keys, server, "key-1", NOW)
        fail(server)

        assert has(keys, server, "key-1", NOW + USUAL_FRESH_SECONDS + GRACE_SECONDS - 1)
        assert not has(keys, server, "key-1", NOW + USUAL_FRESH_SECONDS + GRACE_SECONDS)

    def test_it_is_tried_again_after_the_back_off_and_not_before_R136(
        self, server: KeySetServer
    ) -> None:
        keys = key_sets(server)
        fail(server)
        assert not has(keys, server, "key-1", NOW)
        server.answer = server.publish

        assert not has(keys, server, "key-1", NOW + BACK_OFF_SECONDS - 1)
        assert has(keys, server, "key-1", NOW + BACK_OFF_SECONDS)
        assert server.requests == 2

    def test_a_clock_that_was_set_back_makes_the_set_be_fetched_anew_R136(
        self, server: KeySetServer
    ) -> None:
        keys = key_sets(server)
        has(keys, server, "key-1", NOW)

        assert has(keys, server, "key-1", NOW - 86400)
        assert server.requests == 2

    def test_many_callers_at_once_make_one_fetch_R136(self, server: KeySetServer) -> None:
        keys, found = key_sets(server), []
        callers = [
            threading.Thread(target=lambda: found.append(has(keys, server, "key-1", NOW)))
            for _ in range(20)
        ]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()

        assert found == [True] * 20
        assert server.requests == 1


def _drip(handler: BaseHTTPRequestHandler, piece: bytes) -> None:
    for _ in range(200):
        handler.wfile.write(piece)
        handler.wfile.flush()
        time.sleep(0.02)


def _drip_body(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    _drip(handler, b" ")


def _drip_header(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.0 200 OK\r\n")
    _drip(handler, b"X")


def _redirect(handler: BaseHTTPRequestHandler) -> None:
    KeySetServer.send(handler, 302, b"", {"Location": "/elsewhere"})


MISBEHAVIOURS: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {
    "a redirect": _redirect,
    "not found": lambda handler: KeySetServer.send(handler, 404, b'{"keys": []}'),
    "a server error": lambda handler: KeySetServer.send(handler, 503, b""),
    "not JSON": lambda handler: KeySetServer.send(handler, 200, b"<html>"),
    "not a key set": lambda handler: KeySetServer.send(handler, 200, b"[]"),
    "keys that are no array": lambda handler: KeySetServer.send(handler, 200, b'{"keys": {}}'),
    "far too long": lambda handler: KeySetServer.send(handler, 200, b" " * (LONGEST_KEY_SET + 1)),
    "a body that drips": _drip_body,
    "a header that drips": _drip_header,
    "no answer": lambda handler: handler.connection.close(),
}


@pytest.mark.parametrize("misbehave", MISBEHAVIOURS.values(), ids=MISBEHAVIOURS.keys())
def test_a_server_that_misbehaves_is_given_up_R135(
    server: KeySetServer, misbehave: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    server.answer = misbehave

    with pytest.raises(KeySetUnavailable):
        fetch_keys(server.url, Reach.ANYWHERE, production=False)
    assert server.requests == 1


def test_keys_that_cannot_be_used_do_not_spoil_the_others_R136(server: KeySetServer) -> None:
    server.keys = [{"kty": "oct", "k": "x", "kid": "a"}, {"kty": "EC"}, KEY_1]

    assert has(key_sets(server), server, "key-1", NOW)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_in_production_no_private_address_is_connected_to_R135(
    server: KeySetServer, scheme: str
) -> None:
    registered = client(keys=(), jku=server.url.replace("http", scheme))

    assert (
        KeySets([registered], production=True).find_key(registered, "key-1", "ES384", NOW) is None
    )
    assert server.requests == 0


def test_a_client_on_the_sites_network_is_still_not_looked_for_on_loopback_R135(
    server: KeySetServer,
) -> None:
    registered = client(keys=(), jku=server.url.replace("http", "https"), fhir_on_site_network=True)

    assert (
        KeySets([registered], production=True).find_key(registered, "key-1", "ES384", NOW) is None
    )
    assert server.requests == 0


def test_a_fetched_key_that_everybody_holds_is_none_in_production_R140() -> None:
    """The filter on fetched sets is that on static ones, which needs no network to be seen."""
    sandbox = client(
        keys=(
            {
                "kty": "EC",
                "crv": "P-384",
                "kid": "k",
                "x": "dw_JGR8nB2I6XveNxUOl2qk699ZPLM2nYI5STSdiEl9avAkrm3CkfYMbrrjr8laB",
                "y": "Sm3mLE-n1zYNla_aiE3cb3nZsL51RbC7ysw3q8aJLxGm-hx79RPMYpITDjp7kgzy",
            },
        )
    )

    assert KeySets([sandbox], production=True).find_key(sandbox, "k", "ES384", NOW) is None
    assert KeySets([sandbox], production=False).find_key(sandbox, "k", "ES384", NOW) is not None
