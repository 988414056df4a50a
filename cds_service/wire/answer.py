"""One request answered: read by gunicorn's strict parser, given to the application, its answer
written.

The head of the answer is written as gunicorn writes it, with the same checks, in fewer steps: an
eighth of what an order that is none of ours costs went into it.
"""

from __future__ import annotations

import enum
import functools
import re
import time
from typing import Any

import structlog
from gunicorn.http.errors import NoMoreData
from gunicorn.http.wsgi import Response, create
from gunicorn.util import http_date, is_hoppish

from cds_service.protocol import Problem
from cds_service.telemetry import describe_failure
from cds_service.wire.connection import Connection, WholeBody
from cds_service.wire.incoming import origin_of
from cds_service.wire.parsed import ParsedRequest, read_body
from cds_service.wire.refusals import cut_off, problem_of, write_refusal

log = structlog.get_logger(__name__)


_HEADERS = re.compile(r"(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+: [\t\x20-\x7e\x80-\xff]*\r\n)*")
"""Lines of headers, whatever they are (RFC 9110 section 5.5); there must be as many as headers."""


_CHUNKED = "Transfer-Encoding: chunked\r\n"


class Answer(Response):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's answer to one request."""

    headers_sent: bool

    def process_headers(self, headers: list[tuple[str, str]]) -> None:
        """Take the headers of the application, without those that are the server's."""
        for name, value in headers:
            said_by = _who_says(name)
            if said_by is Says.LENGTH:
                self.response_length = int(value)
            if said_by is not Says.SERVER:
                self.headers.append((name, value))

    def send_headers(self) -> None:
        """Write the head, once.

        Raises: ValueError, which says nothing of what stood there.
        """
        if self.headers_sent:
            return
        lines = "".join([f"{name}: {value}\r\n" for name, value in self.headers])
        if not _HEADERS.fullmatch(lines) or lines.count("\r\n") != len(self.headers):
            raise ValueError("a header of the application is more than a line")
        self.sock.sendall(f"{self._first_lines()}{lines}\r\n".encode("latin-1"))
        self.headers_sent = True

    def _first_lines(self) -> str:
        """Return the lines that are the server's."""
        connection = "close" if self.should_close() else "keep-alive"
        return (
            f"HTTP/{self.req.version[0]}.{self.req.version[1]} {self.status}\r\n"
            f"Server: {self.version}\r\n{_date_line(int(time.time()))}Connection: {connection}\r\n"
            f"{_CHUNKED if self.chunked else ''}"
        )


class Says(enum.Enum):
    """Whose header it is."""

    LENGTH = "the application's: how long the body is"
    SERVER = "the server's"
    APPLICATION = "the application's"


@functools.lru_cache(maxsize=256)
def _who_says(name: str) -> Says:
    """Return whose header a name is; an application says few names."""
    if name.lower() == "content-length":
        return Says.LENGTH
    return Says.SERVER if is_hoppish(name) else Says.APPLICATION


@functools.lru_cache(maxsize=1)
def _date_line(second: int) -> str:
    return f"Date: {http_date(second)}\r\n"


def answer_one(conn: Connection, server: Any, app: Any, closes: bool) -> bool:
    """Answer one request that is whole, and return whether another may follow.

    Args:
        conn: the connection on which it came; what is answered is kept there to be sent.
        server: tells which headers let a browser read a refusal.
        app: the application.
        closes: this is the last answer on the connection.
    """
    req, head = None, b""
    try:
        conn.init()
        head, body = conn.incoming.take()
        conn.unreader.unread(head)
        req = ParsedRequest(conn.cfg, conn.unreader, conn.client, conn.requests)
        req.body = WholeBody(read_body(req) if body is None else body)
        req._expected_100_continue = False  # it was told to go on while its body came
        return _let_answer(app, req, conn, closes)
    except StopIteration:
        return False
    except NoMoreData:
        if req is not None:
            _tell(conn, server, head, cut_off())
    except Exception as error:  # noqa: BLE001 - whatever ended it, the client is told by kind
        _tell(conn, server, head, error)
    return False


def _tell(conn: Connection, server: Any, head: bytes, error: BaseException) -> None:
    """Answer a request that could not be read; what was wrong with it is not repeated."""
    conn.sock.sendall(refusal(server, head, problem_of(error)))


def refusal(server: Any, head: bytes, problem: Problem) -> bytes:
    """Return the answer to a request that the server refuses itself, counted like any other."""
    server.note_refused(head, problem.status)
    return write_refusal(problem, server.cors_headers(origin_of(head)))


def _let_answer(app: Any, req: ParsedRequest, conn: Connection, closes: bool) -> bool:
    """Let the application answer a request, and return whether another may follow.

    Raises: what the application raises before anything of its answer was written.
    """
    answer, environ = create(req, conn.sock, conn.client, conn.server, conn.cfg, Answer)
    environ["wsgi.multithread"] = True
    if closes:
        answer.force_close()
    parts = app(environ, answer.start_response)
    try:
        for part in parts:
            answer.write(part)
        answer.close()
    except Exception as error:
        if not answer.headers_sent:
            raise
        log.error("failed", **describe_failure(error))
        return False  # half an answer was written: that it ends is all that can be said
    finally:
        if hasattr(parts, "close"):
            parts.close()
    return not answer.should_close()
