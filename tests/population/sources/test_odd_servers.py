"""Bulk Data servers as they are: told addresses, pages, counts, refusals, lines that break."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from population.sources import ExportFailed, Wanted, fetch_export

PERSON = b'{"resourceType":"Patient","id":"ana"}\n'
PROBLEM = b'{"resourceType":"Condition","id":"c1","subject":{"reference":"Patient/ana"}}\n'
Answer = tuple[int, dict[str, str], bytes]


class _Server(ThreadingHTTPServer):
    """Gives each path its answers one after the other, the last of them again and again; a code of
    0 breaks the line.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.base = f"http://127.0.0.1:{self.server_port}/fhir"
        self.asked: list[tuple[str, str]] = []
        self.answers: dict[str, list[Answer]] = {
            "/fhir/Group/g1/$export": [(202, {"Content-Location": "/jobs/1"}, b"")],
            "/jobs/1": [(200, {}, _manifest())],
            "/jobs/people": [(200, {}, PERSON)],
            "/jobs/problems": [(200, {}, PROBLEM)],
        }


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers.get("Authorization", "")))
        answers = self.server.answers.get(self.path.partition("?")[0], [(404, {}, b"")])
        code, headers, body = answers.pop(0) if len(answers) > 1 else answers[0]
        if not code:
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(code)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_DELETE(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        return


def _manifest(*output: dict[str, Any], **more: Any) -> bytes:
    files = output or (
        {"type": "Patient", "url": "people", "count": 1},
        {"type": "Condition", "url": "problems", "count": 1},
    )
    return json.dumps({"transactionTime": "2026-11-27", "output": files, **more}).encode()


@pytest.fixture
def server() -> Iterator[_Server]:
    with _Server() as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def fetch(server: _Server, folder: Path, waits: list[float] | None = None) -> list[bytes]:
    pause = (waits if waits is not None else []).append
    found = fetch_export(Wanted(server.base, "g1", "secret", ()), folder, lambda _: None, pause)
    return [path.read_bytes() for path in found.files]


def test_addresses_may_be_told_from_where_they_stand(server: _Server, tmp_path: Path) -> None:
    assert fetch(server, tmp_path) == [PERSON, PROBLEM]


def test_a_list_of_files_that_goes_on_is_followed_to_its_end(
    server: _Server, tmp_path: Path
) -> None:
    people = {"type": "Patient", "url": "people"}
    further = _manifest({"type": "Condition", "url": "problems"}, link=[])
    first = _manifest(people, link=[{"relation": "next", "url": "/jobs/1?page=2"}])
    server.answers["/jobs/1"] = [(200, {}, first), (200, {}, further)]

    assert fetch(server, tmp_path) == [PERSON, PROBLEM]


def test_a_further_page_that_cannot_be_had_is_no_export(server: _Server, tmp_path: Path) -> None:
    link = [{"relation": "next", "url": "/jobs/gone"}]
    server.answers["/jobs/1"] = [(200, {}, _manifest(link=link))]

    with pytest.raises(ExportFailed, match="further page of the list of files answered 404"):
        fetch(server, tmp_path)


@pytest.mark.parametrize(
    ("count", "missing"), [(3, {"conditions"}), (1, set()), (0, set()), ("3", set())]
)
def test_fewer_resources_than_announced_leave_their_list_incomplete(
    server: _Server, tmp_path: Path, count: object, missing: set[str]
) -> None:
    problems = {"type": "Condition", "url": "problems", "count": count}
    manifest = _manifest({"type": "Patient", "url": "people"}, problems)
    server.answers["/jobs/1"] = [(200, {}, manifest)]
    assert main(["population", "slice", "--from-server", server.base, "--group", "g1",
                 "--out", str(tmp_path / "slice"), "--workers", "1"]) == 0  # fmt: skip

    summary = json.loads((tmp_path / "slice" / "slice.json").read_bytes())
    assert set(summary["missing"]) == missing


def test_a_line_that_breaks_while_the_server_works_costs_nothing(
    server: _Server, tmp_path: Path
) -> None:
    done = server.answers["/jobs/1"]
    server.answers["/jobs/1"] = [(0, {}, b""), (202, {}, b""), (0, {}, b""), *done]
    waits: list[float] = []

    assert fetch(server, tmp_path, waits) == [PERSON, PROBLEM]
    assert len(waits) == 3


def test_a_server_is_asked_again_when_it_says_even_in_half_an_hour(
    server: _Server, tmp_path: Path
) -> None:
    done = server.answers["/jobs/1"]
    for told in ("1800", "999999", "soon", "1.5"):
        server.answers["/jobs/1"] = [(202, {"Retry-After": told}, b""), *done]
        waits: list[float] = []
        fetch(server, tmp_path, waits)
        assert waits == [{"1800": 1800, "999999": 3600}.get(told, 1.5)]


def test_what_a_server_tells_of_a_refusal_is_told_by_its_codes_alone(
    server: _Server, tmp_path: Path
) -> None:
    issues = [
        {"code": "not-supported", "diagnostics": "Ana Muster, born 1970"},
        {"code": "Ana Muster"},
    ]
    outcome = json.dumps({"resourceType": "OperationOutcome", "issue": issues}).encode()
    server.answers["/fhir/Group/g1/$export"] = [(400, {}, outcome)]

    with pytest.raises(ExportFailed) as failed:
        fetch(server, tmp_path)
    assert str(failed.value) == (
        "The server did not begin the export: it answered 400 (not-supported)."
    )


@pytest.mark.parametrize(
    ("path", "code", "said"),
    [
        ("/jobs/1", 401, "answered 401: the token is not accepted, or no longer"),
        ("/jobs/people", 403, "the address has expired"),
        ("/jobs/people", 410, "is gone or has expired"),
    ],
)
def test_what_has_expired_is_said(
    server: _Server, tmp_path: Path, path: str, code: int, said: str
) -> None:
    server.answers[path] = [(code, {}, b"")]
    with pytest.raises(ExportFailed, match=said):
        fetch(server, tmp_path)


@pytest.mark.parametrize(
    "manifest",
    [b"[]", b"{}", b'{"output": {}}', b'{"output": ["x"]}', b'{"output": [], "error": "none"}'],
)
def test_a_list_of_files_that_is_none_is_refused(
    server: _Server, tmp_path: Path, manifest: bytes
) -> None:
    server.answers["/jobs/1"] = [(200, {}, manifest)]
    with pytest.raises(ExportFailed, match="list of files cannot be read"):
        fetch(server, tmp_path)


def test_zipped_and_chunked_files_come_whole_and_broken_ones_are_fetched_again(
    server: _Server, tmp_path: Path
) -> None:
    packed = gzip.compress(PERSON)
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(PROBLEM), PROBLEM)
    chunked = {"Transfer-Encoding": "chunked", "Content-Length": ""}
    zipped = {"Content-Encoding": "gzip"}
    whole = {**zipped, "Content-Length": str(len(packed)), "Connection": "close"}
    server.answers["/jobs/people"] = [(200, whole, packed[:-9]), (200, zipped, packed)]
    server.answers["/jobs/problems"] = [(200, chunked, chunks)]
    server.socket.settimeout(5)

    assert fetch(server, tmp_path) == [PERSON, PROBLEM]


def test_a_token_does_not_follow_to_another_server(server: _Server, tmp_path: Path) -> None:
    with _Server() as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        place = {"Location": f"{other.base.removesuffix('/fhir')}/jobs/people"}
        server.answers["/jobs/people"] = [(302, place, b"")]
        assert fetch(server, tmp_path) == [PERSON, PROBLEM]
        other.shutdown()

    assert other.asked == [("/jobs/people", "")]


def test_only_types_of_a_version_with_bulk_data_are_asked_for(
    server: _Server, tmp_path: Path
) -> None:
    main(["population", "slice", "--from-server", server.base, "--group", "g1",
          "--out", str(tmp_path / "slice"), "--workers", "1"])  # fmt: skip

    asked = server.asked[0][0]
    assert "MedicationRequest" in asked
    assert "MedicationOrder" not in asked
    assert "MedicationUsage" not in asked
