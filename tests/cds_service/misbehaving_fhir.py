"""A FHIR server on loopback that answers as told, also badly: slow, endless, wrong, in circles."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]
Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class FhirServer:
    """What the server was asked, and what it answers by path and query (the first whose key the
    path starts with).
    """

    base: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)


@contextmanager
def fhir_server(tls: ssl.SSLContext | None = None, **answers: Answer) -> Iterator[FhirServer]:
    """Run a server for the time of a test; keys of `answers` are resource types, `default` is for
    the rest. With `tls` it speaks https alone.
    """
    state = FhirServer(answers=dict(answers))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.removeprefix("/fhir/")
            state.asked.append(path)
            state.headers.append(dict(self.headers))
            kind = path.split("?")[0].split("/")[0]
            try:
                state.answers.get(
                    kind,
                    state.answers.get(
                        "default", answer_with({"resourceType": "Bundle", "entry": []})
                    ),
                )(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    server.fhir = state  # type: ignore[attr-defined]
    if tls:
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    scheme = "https" if tls else "http"
    state.base = f"{scheme}://127.0.0.1:{server.server_address[1]}/fhir"
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
    )
    thread.start()
    try:
        yield state
    finally:
        state.stop.set()
        server.shutdown()
        server.server_close()


def answer_with(body: object, status: int = 200, **headers: str) -> Answer:
    """Answer with this JSON, or these bytes."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", "application/fhir+json")
        handler.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def answer_never(handler: BaseHTTPRequestHandler) -> None:
    """Take the request and say nothing until the test is over."""
    handler.server.fhir.stop.wait(30)  # type: ignore[attr-defined]
    handler.close_connection = True


def answer_endlessly(handler: BaseHTTPRequestHandler) -> None:
    """Send a body without end, as fast as it is taken."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/fhir+json")
    handler.end_headers()
    handler.close_connection = True
    while not handler.server.fhir.stop.is_set():  # type: ignore[attr-defined]
        handler.wfile.write(b" " * 65_536)


def answer_drop_by_drop(handler: BaseHTTPRequestHandler) -> None:
    """Send a byte now and then, so that no single read ever times out."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/fhir+json")
    handler.end_headers()
    handler.close_connection = True
    while not handler.server.fhir.stop.wait(0.02):  # type: ignore[attr-defined]
        handler.wfile.write(b" ")
        handler.wfile.flush()


def bundle(*resources: Json, next_url: str = "", total: int | None = None) -> Json:
    """Return a searchset of these resources."""
    made: Json = {
        "resourceType": "Bundle",
        "type": "searchset",
        "entry": [{"resource": item} for item in resources],
    }
    if next_url:
        made["link"] = [{"relation": "self", "url": "x"}, {"relation": "next", "url": next_url}]
    return made if total is None else {**made, "total": total}
