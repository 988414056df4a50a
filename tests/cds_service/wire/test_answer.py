"""One request answered: what the head of an answer says, what an application may not say in it, and
what becomes of an answer that breaks off.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from gunicorn.config import Config

from cds_service.wire.answer import answer_one
from cds_service.wire.connection import Connection
from cds_service.wire.settled import Settled
from cds_service.wire.threads import Threads

GET = b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n"


class NoOrigins:
    """A server that lets no browser read its refusals."""

    def note_refused(self, head: bytes, status: int) -> None:
        pass

    def cors_headers(self, _: str | None) -> tuple[tuple[str, str], ...]:
        return ()


def answered(app: Any, request: bytes = GET, closes: bool = False) -> tuple[bool, bytes, bytes]:
    """Return whether another request may follow, the head and the body of the answer."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        connection = Connection(Settled(Config()), ours, ("127.0.0.1", 1), ("127.0.0.1", 80), 1000)
        connection.incoming.add(request)
        keeps = answer_one(connection, NoOrigins(), app, closes)
        head, _, body = bytes(connection.sock.unsent).partition(b"\r\n\r\n")
    return keeps, head, body


def app_of(
    *headers: tuple[str, str], status: str = "200 OK", parts: Iterable[bytes] = (b"ok",)
) -> Any:
    def app(_: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response(status, list(headers))
        return parts

    return app


def test_the_head_holds_the_lines_of_the_server_and_those_of_the_application() -> None:
    keeps, head, body = answered(app_of(("Content-Length", "2"), ("X-Y", "z")))

    first, *lines = head.decode().split("\r\n")
    assert (keeps, first, body) == (True, "HTTP/1.1 200 OK", b"ok")
    assert [line.partition(":")[0] for line in lines] == [
        "Server",
        "Date",
        "Connection",
        "Content-Length",
        "X-Y",
    ]
    assert "Connection: keep-alive" in lines


def test_the_last_answer_of_a_worker_that_stops_closes() -> None:
    keeps, head, _ = answered(app_of(("Content-Length", "2")), closes=True)

    assert not keeps
    assert b"\r\nConnection: close" in head


def test_an_answer_without_a_length_comes_in_chunks() -> None:
    _, head, body = answered(app_of(parts=(b"ab", b"cde")))

    assert b"\r\nTransfer-Encoding: chunked" in head
    assert body == b"2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"


def test_nothing_is_written_for_head_but_the_head() -> None:
    _, head, body = answered(app_of(("Content-Length", "2")), GET.replace(b"GET", b"HEAD"))

    assert b"\r\nContent-Length: 2" in head
    assert body == b""


@pytest.mark.parametrize("name", ["Connection", "Transfer-Encoding", "Server", "date"])
def test_what_is_the_servers_to_say_is_not_taken_from_the_application(name: str) -> None:
    _, head, _ = answered(app_of(("Content-Length", "2"), (name, "something")))

    assert b"something" not in head


@pytest.mark.parametrize(
    "header",
    [("X-Y", "a\r\nSet-Cookie: b"), ("X-Y", "a\nb"), ("X-Y", "a\0"), ("X\r\nY", "a"), ("", "a")],
)
def test_a_header_that_would_begin_another_line_is_refused(header: tuple[str, str]) -> None:
    keeps, head, body = answered(app_of(("Content-Length", "2"), header))

    assert not keeps
    assert head.startswith(b"HTTP/1.1 500 ")
    assert b"Set-Cookie" not in head + body


def test_half_an_answer_ends_the_connection_and_nothing_follows_it() -> None:
    def parts() -> Iterator[bytes]:
        yield b"half"
        raise ValueError("patient's name")

    keeps, head, body = answered(app_of(("Content-Length", "8"), parts=parts()))

    assert (keeps, body) == (False, b"half")
    assert head.startswith(b"HTTP/1.1 200 ")


def test_no_proxy_is_believed_about_the_scheme_R185() -> None:
    seen: list[str] = []

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.append(environ["wsgi.url_scheme"])
        start_response("200 OK", [("Content-Length", "0")])
        return []

    answered(app, GET.replace(b"\r\n\r\n", b"\r\nX-Forwarded-Proto: https\r\n\r\n"))

    assert seen == ["http"]


@pytest.mark.parametrize(
    ("said", "keeps"), [(b"close", False), (b"keep-alive", True), (b"Upgrade, Close", False)]
)
def test_the_connection_ends_where_the_client_says_so(said: bytes, keeps: bool) -> None:
    request = GET.replace(b"\r\n\r\n", b"\r\nConnection: " + said + b"\r\n\r\n")

    assert answered(app_of(("Content-Length", "2")), request)[0] is keeps


def test_there_are_no_more_threads_than_are_allowed_and_all_work_is_done() -> None:
    by, all_done, goes_on = set[int](), threading.Semaphore(0), threading.Event()

    def do(_: int) -> None:
        by.add(threading.get_ident())
        goes_on.wait(60)
        all_done.release()

    threads = Threads(do, 3)
    for number in range(10):
        threads.submit(number)
    goes_on.set()

    assert all(all_done.acquire(timeout=60) for _ in range(10))
    assert len(by) <= 3
    threads.shutdown()
