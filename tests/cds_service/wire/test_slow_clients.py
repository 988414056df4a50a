"""The real server from outside: clients that send halves, read nothing, break the framing, or want
to be believed what no proxy said.
"""

from __future__ import annotations

import datetime as dt
import json
import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest
import requests

from cds_service.demonstration import load_request
from tests.cds_service.test_server import PATIENCE, server

CALL = "/cds-services/b12-order-select"
HEAD = f"POST {CALL} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n".encode()
GET = b"GET /cds-services HTTP/1.1\r\nHost: x\r\n"
Answer = tuple[int, dict[str, str], Any]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One worker with the demonstration profile."""
    folder = tmp_path_factory.mktemp("server")
    with server(folder, "--workers", "1") as (base, _):
        yield base
    log = (folder / "log").read_text()
    assert "Traceback" not in log
    assert "quokka" not in log


def connect(base: str) -> socket.socket:
    host, _, port = base.removeprefix("http://").partition(":")
    made = socket.create_connection((host, int(port)), timeout=PATIENCE)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def read_answer(connection: socket.socket) -> Answer:
    """Return status, headers and body of one answer."""
    file = connection.makefile("rb")
    first = file.readline()
    headers = {}
    while (line := file.readline().strip()) != b"":
        name, _, value = line.decode().partition(": ")
        headers[name.lower()] = value
    body = file.read(int(headers["content-length"]))
    return int(first.split()[1]), headers, json.loads(body)


def ask(base: str, data: bytes, then_close: bool = True) -> Answer:
    with connect(base) as connection:
        connection.sendall(data)
        answer = read_answer(connection)
        if then_close:
            assert connection.recv(1) == b"", "the connection is closed after the answer"
    return answer


def check_refusal(answer: Answer, status: int) -> None:
    found, headers, body = answer
    assert found == status, body
    assert headers["content-type"] == "application/json"
    assert headers["x-request-id"]
    assert headers["connection"] == "close"
    assert headers["access-control-allow-origin"] == "*", "a browser client may read why (R141)"
    assert body["resourceType"] == "OperationOutcome"
    assert "quokka" not in str(body)


def test_half_sent_requests_of_a_hundred_clients_leave_health_checks_green_R183(base: str) -> None:
    halves = (HEAD, HEAD + b"Content-Length: 50\r\n\r\n{", HEAD[:20], GET + b"X: y")
    chunked = HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{"
    request = load_request(dt.datetime.now(dt.UTC).date())
    with ExitStack() as stack:
        slow = [stack.enter_context(connect(base)) for _ in range(100)]
        for number, connection in enumerate(slow):
            connection.sendall([*halves, chunked][number % 5])
        given_up = []
        for _ in range(10):
            assert requests.get(f"{base}/health/live", timeout=PATIENCE).ok
            assert requests.post(base + CALL, json=request, timeout=PATIENCE).json()["cards"]
            given_up.append(len(select.select(slow, [], [], 0)[0]))
        assert given_up[0] == 0, "the others are answered before any half is given up"
        for connection in slow:
            check_refusal(read_answer(connection), 408)
            assert connection.recv(1) == b""
    assert requests.get(f"{base}/health/ready", timeout=PATIENCE).ok


def test_a_request_that_drips_is_given_up_in_time_R183(base: str) -> None:
    """Its headers after 5 s, its body after 10 s: the later, however slow the machine is."""
    begins = {"headers": HEAD, "body": HEAD + b"Content-Length: 5000\r\n\r\n"}
    began, took = time.monotonic(), {}
    with ExitStack() as stack:
        dripping = {stack.enter_context(connect(base)): name for name in begins}
        for connection, name in dripping.items():
            connection.sendall(begins[name])
        while dripping and time.monotonic() - began < PATIENCE:
            for connection in select.select(list(dripping), [], [], 0.3)[0]:
                assert connection.recv(12) == b"HTTP/1.1 408"
                took[dripping.pop(connection)] = time.monotonic() - began
            for connection in dripping:
                with suppress(ConnectionError):  # what it said before it closed is read next
                    connection.sendall(b"X")
    assert list(took) == ["headers", "body"], "each is given up, the headers first"
    assert took["headers"] > 4.5
    assert took["body"] > 9.5


def test_forty_clients_that_read_no_answer_hold_no_thread_R183(base: str) -> None:
    with ExitStack() as stack:
        for _ in range(40):
            deaf = stack.enter_context(connect(base))
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.sendall(b"GET /guidance HTTP/1.1\r\nHost: x\r\n\r\n")
        for _ in range(5):
            assert requests.get(f"{base}/health/live", timeout=PATIENCE).ok
    assert requests.get(f"{base}/health/live", timeout=PATIENCE).ok


def test_a_long_answer_comes_whole_to_a_client_that_reads_slowly(base: str) -> None:
    whole = requests.get(f"{base}/guidance", headers={"Accept": "text/html"}, timeout=60).content
    with connect(base) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(
            b"GET /guidance HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
        )
        read = b""
        while piece := connection.recv(65_536):
            read += piece
            time.sleep(0.001)
    assert len(whole) > 50_000
    assert read.endswith(whole)


@pytest.mark.parametrize("body", [b"", b"x" * 100_000], ids=["not sent", "in part"])
def test_a_body_that_is_too_long_is_refused_unread_and_the_connection_closed_R184(
    base: str, body: bytes
) -> None:
    check_refusal(ask(base, HEAD + b"Content-Length: 99999999\r\n\r\n" + body), 413)


def counted(base: str, outcome: str) -> float:
    """Return how many calls of hooks are counted with an outcome, of no client that is known."""
    name = f'b12_cds_hook_calls_total{{client="",hook="",outcome="{outcome}"}} '
    told = requests.get(f"{base}/metrics", timeout=PATIENCE).text.splitlines()
    return sum(float(line.removeprefix(name)) for line in told if line.startswith(name))


def test_a_call_that_is_refused_unread_is_counted_like_any_other_R145(base: str) -> None:
    before = counted(base, "413")
    too_long = b"Content-Length: 99999999\r\n\r\n"
    ask(base, HEAD + too_long)
    ask(base, HEAD.replace(b"/cds-services", b"/b12/cds-services") + too_long)
    for path in (b"/cds-services/b12-order-select/feedback", b"/workbench/explain"):
        ask(base, HEAD.replace(b"/cds-services/b12-order-select", path) + too_long)

    assert counted(base, "413") == before + 2


def test_a_refusal_of_a_body_that_came_and_was_not_read_closes_R184(base: str) -> None:
    second = b"GET /quokka HTTP/1.1\r\nHost: x\r\n\r\n"
    wrong_type = HEAD.replace(b"application/json", b"text/plain")
    for path in (wrong_type, HEAD.replace(b"b12-order-select", b"b12-nothing")):
        data = path + f"Content-Length: {len(second)}\r\n\r\n".encode() + second
        status, headers, _ = ask(base, data)
        assert status in (404, 415)
        assert headers["connection"] == "close"


MALFORMED = {
    "no first line": (400, b"quokka\r\n\r\n"),
    "a version that is none": (400, b"GET / HTTP/quokka\r\n\r\n"),
    "a method that is none": (400, b"quo ka / HTTP/1.1\r\n\r\n"),
    "bare line feeds": (400, b"GET / HTTP/1.1\nHost: quokka\n\n"),
    "a header without colon": (400, GET + b"quokka\r\n\r\n"),
    "a header with a space": (400, GET + b"quokka : y\r\n\r\n"),
    "a header with a NUL": (400, GET + b"X: quo\0kka\r\n\r\n"),
    "a folded header": (400, GET + b"X: y\r\n quokka\r\n\r\n"),
    "two hosts": (400, GET + b"Host: quokka\r\n\r\n"),
    "no host": (400, b"GET /cds-services HTTP/1.1\r\n\r\n"),
    "no host in HTTP/1.2": (400, b"GET /cds-services HTTP/1.2\r\n\r\n"),
    "two hosts in HTTP/1.0": (400, b"GET / HTTP/1.0\r\nHost: x\r\nHost: quokka\r\n\r\n"),
    "a host that is two": (400, b"GET / HTTP/1.1\r\nHost: x, quokka\r\n\r\n"),
    "a host with a path": (400, b"GET / HTTP/1.1\r\nHost: x/quokka\r\n\r\n"),
    "a host with a user": (400, b"GET / HTTP/1.1\r\nHost: quokka@x\r\n\r\n"),
    "another expectation": (417, GET + b"Expect: quokka\r\n\r\n"),
    "a long header": (431, GET + b"X: " + b"quokka" * 20_000 + b"\r\n\r\n"),
    "many headers": (431, GET + b"X: quokka\r\n" * 200 + b"\r\n"),
    "a long first line": (414, b"GET /" + b"quokka" * 3000 + b" HTTP/1.1\r\n\r\n"),
    "two lengths": (400, HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
    "a length with a sign": (400, HEAD + b"Content-Length: +2\r\n\r\n{}"),
    "a length that is a word": (400, HEAD + b"Content-Length: quokka\r\n\r\n{}"),
    "a negative length": (400, HEAD + b"Content-Length: -2\r\n\r\n{}"),
    "length and chunks": (
        400,
        HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    "another coding": (400, HEAD + b"Transfer-Encoding: quokka\r\n\r\n{}"),
    "chunks of HTTP/1.0": (
        400,
        HEAD.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    "a chunk size that is none": (
        400,
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nquokka\r\n{}\r\n",
    ),
    "a chunk longer than its size": (
        400,
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{quokka}\r\n0\r\n\r\n",
    ),
    "a chunk extension that is none": (
        400,
        HEAD + b'Transfer-Encoding: chunked\r\n\r\n2;"quokka\r\n{}\r\n0\r\n\r\n',
    ),
    "a trailer without colon": (
        400,
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nquokka\r\n\r\n",
    ),
    "a trailer that is a length": (
        400,
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nContent-Length: 9\r\n\r\n",
    ),
    "long trailers": (
        431,
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n" + b"X: quokka\r\n" * 9000,
    ),
    "many chunks": (
        400,
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\n \r\n" * 20_001 + b"0\r\n\r\n",
    ),
}


@pytest.mark.parametrize(("status", "data"), MALFORMED.values(), ids=MALFORMED)
def test_what_the_server_refuses_before_us_is_json_with_a_request_id_R186(
    base: str, status: int, data: bytes
) -> None:
    check_refusal(ask(base, data), status)


@pytest.mark.parametrize(
    "head",
    [
        b"GET /cds-services HTTP/1.0\r\n\r\n",
        b"GET /cds-services HTTP/1.0\r\nHost: x\r\n\r\n",
        b"GET /cds-services HTTP/1.1\r\nHost: [::1]:8080\r\nConnection: close\r\n\r\n",
        b"GET /cds-services HTTP/1.1\r\nhOST:x.example.org:80\r\nConnection: close\r\n\r\n",
    ],
)
def test_one_host_or_none_in_the_version_that_knows_none_is_answered(
    base: str, head: bytes
) -> None:
    status, _, discovery = ask(base, head)
    assert status == 200
    assert discovery["services"]


@pytest.mark.parametrize(
    "ending", [b"Content-Length: 50\r\n\r\n{", b"Transfer-Encoding: chunked\r\n\r\n5\r\n{"]
)
def test_a_body_that_breaks_off_is_a_400_R186(base: str, ending: bytes) -> None:
    with connect(base) as connection:
        connection.sendall(HEAD + ending)
        connection.shutdown(socket.SHUT_WR)
        check_refusal(read_answer(connection), 400)


def test_good_requests_of_every_framing_are_answered_on_one_connection(base: str) -> None:
    body = json.dumps(load_request(dt.datetime.now(dt.UTC).date())).encode()
    length = f"Content-Length: {len(body)}\r\n".encode()
    cut = [body[at : at + 1000] for at in range(0, len(body), 1000)]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in cut) + b"0\r\n"
    coded = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    with connect(base) as connection:
        for data in (
            HEAD + length + b"\r\n" + body,
            coded + chunks + b"\r\n",
            coded + chunks + b"X-Trailer: y\r\n\r\n",
        ):
            connection.sendall(data)
            status, _, answer = read_answer(connection)
            assert (status, bool(answer["cards"])) == (200, True)
        connection.sendall(HEAD + length + b"Expect: 100-continue\r\n\r\n")
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        assert read_answer(connection)[0] == 200
        connection.sendall((HEAD + length + b"\r\n" + body) * 3)  # pipelined
        read = b""
        while read.count(b"HTTP/1.1 200") < 3:
            read += connection.recv(65_536)


FORWARDED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Host": "quokka.example.org",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": "/quokka",
    "X-Forwarded-Ssl": "on",
    "X-Script-Name": "/quokka",
    "X-Original-URL": "/quokka",
    "X-Rewrite-URL": "/quokka",
    "X-Http-Method-Override": "DELETE",
    "Forwarded": "for=203.0.113.9;host=quokka.example.org;proto=https",
    "SCRIPT_NAME": "/cds-services",
    "PATH_INFO": "/quokka",
    "REMOTE_ADDR": "203.0.113.9",
    "Host": "quokka.example.org",
}


@pytest.mark.parametrize("name", FORWARDED)
def test_no_header_says_where_the_service_is_or_what_was_asked_R185(base: str, name: str) -> None:
    request = load_request(dt.datetime.now(dt.UTC).date())
    header = {name: FORWARDED[name]}
    plain = requests.post(base + CALL, json=request, timeout=60)
    called = requests.post(base + CALL, json=request, headers=header, timeout=60)
    front = requests.get(f"{base}/", headers={**header, "Accept": "application/json"}, timeout=60)

    assert called.status_code == 200
    assert [card["source"] for card in called.json()["cards"]] == [
        card["source"] for card in plain.json()["cards"]
    ]
    assert "quokka" not in called.text + front.text
    assert requests.get(f"{base}/quokka", headers=header, timeout=60).status_code == 404
