"""A Bulk Data export against a server that makes one wait, breaks off and lists deletions."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from cli.main import main
from population.slices import SliceJob, run_slice
from population.slices.rows import LISTS
from population.sources import ExportFailed, Wanted, fetch_export
from population.sources.bulk_export import Bearer

PATIENT = b'{"resourceType":"Patient","id":"ana"}\n'
PROBLEMS = (
    b'{"resourceType":"Condition","id":"c1","subject":{"reference":"Patient/ana"}}\n'
    b'{"resourceType":"Condition","id":"c2","subject":{"reference":"Patient/ana"}}\n'
)
DELETED = json.dumps(
    {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [{"request": {"method": "DELETE", "url": "Condition/c2"}}],
    }
).encode()


class _Server(ThreadingHTTPServer):
    """`answers` are given to the status one after the other; `broken` files end early once."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[int] = [202, 429, 202, 200]
        self.broken = {"/files/conditions"}
        self.starts: list[int] = []
        self.busy: set[str] = set()
        self.retry_after = "0"
        self.errors: list[dict[str, str]] = []
        self.asked: list[tuple[str, str]] = []
        self.files_at = self.base
        self.needs_token = True

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.server.asked.append((self.path, self.headers.get("Authorization", "")))
        if path == "/Group/g1/$export" and self.server.starts:
            self._answer(self.server.starts.pop(0), b"", {"Retry-After": self.server.retry_after})
        elif path == "/Group/g1/$export":
            self._answer(202, b"", {"Content-Location": f"{self.server.base}/status"})
        elif path == "/status":
            code = self.server.answers.pop(0)
            body = self._manifest() if code == 200 else b""
            self._answer(code, body, {**self._retry(), "X-Progress": "half done"})
        elif path in FILES:
            body = FILES[path]
            if path in self.server.busy:
                self.server.busy.remove(path)
                self._answer(429, b"", self._retry())
            elif path in self.server.broken:
                self.server.broken.remove(path)
                self._answer(200, body[:20], {"Content-Length": str(len(body))})
                self.close_connection = True
            else:
                self._answer(200, body)
        else:
            self._answer(404, b"")

    def _retry(self) -> dict[str, str]:
        return {"Retry-After": self.server.retry_after}

    def do_DELETE(self) -> None:
        self.server.asked.append((f"DELETE {self.path}", ""))
        self._answer(202, b"")

    def _manifest(self) -> bytes:
        base = self.server.files_at
        return json.dumps(
            {
                "transactionTime": "2026-11-26T00:00:00Z",
                "requiresAccessToken": self.server.needs_token,
                "output": [
                    {"type": "Patient", "url": f"{base}/files/patients"},
                    {"type": "Condition", "url": f"{base}/files/conditions"},
                ],
                "deleted": [{"type": "Bundle", "url": f"{base}/files/deleted"}],
                "error": self.server.errors,
            }
        ).encode()

    def _answer(self, code: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(code)
        for name, value in ({"Content-Length": str(len(body))} | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        return


NOT_EXPORTED = (
    b'{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"processing"}]}\n'
)
NO_MORE = (
    b'{"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"success"}]}\n'
)
FILES = {
    "/files/patients": PATIENT,
    "/files/conditions": PROBLEMS,
    "/files/deleted": DELETED,
    "/files/errors": NOT_EXPORTED,
    "/files/remarks": NO_MORE,
}


@pytest.fixture
def server() -> Iterator[_Server]:
    with _Server() as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def export(server: _Server, folder: Path, waits: list[float], token: str = "secret") -> Any:
    said: list[str] = []
    wanted = Wanted(server.base, "g1", token, ("Patient", "Condition"))
    found = fetch_export(wanted, folder, said.append, waits.append)
    return found, said


def test_the_server_is_asked_until_it_is_done_and_what_broke_off_is_fetched_again(
    server: _Server, tmp_path: Path
) -> None:
    waits: list[float] = []
    found, said = export(server, tmp_path, waits)

    assert [path.read_bytes() for path in found.files] == [PATIENT, PROBLEMS]
    assert [path.read_bytes() for path in found.deleted] == [DELETED]
    assert "half done" in said[0]
    assert server.asked[0][0].startswith("/Group/g1/$export?_type=Condition%2CPatient")
    assert all(token == "Bearer secret" for path, token in server.asked if "DELETE" not in path)
    assert server.asked[-1][0] == "DELETE /status"
    assert not list(tmp_path.rglob("*.part"))


def test_what_is_listed_as_deleted_is_not_in_the_slice(server: _Server, tmp_path: Path) -> None:
    found, _ = export(server, tmp_path / "export", [])

    job = SliceJob(found.files, tmp_path / "slice", deleted=found.deleted, complete=True)
    summary = run_slice(job, lambda _: None)

    assert summary["found"]["deleted by the export"] == 1
    assert summary["missing"] == {}


@pytest.mark.parametrize(
    ("file", "kind", "lacking"),
    [
        ("errors", "OperationOutcome", set(LISTS)),
        ("errors", "Condition", {"conditions"}),
        ("remarks", "OperationOutcome", set()),
    ],
)
def test_what_the_server_could_not_export_leaves_lists_incomplete(
    server: _Server, tmp_path: Path, file: str, kind: str, lacking: set[str]
) -> None:
    server.errors = [{"type": kind, "url": f"{server.base}/files/{file}"}]
    assert main(["population", "slice", "--from-server", server.base, "--group", "g1",
                 "--out", str(tmp_path / "slice"), "--workers", "1"]) == 0  # fmt: skip

    summary = json.loads((tmp_path / "slice" / "slice.json").read_bytes())
    assert set(summary["missing"]) == lacking
    assert summary["patients"] == 1


@pytest.mark.parametrize(
    ("retry_after", "least", "most"), [("7", 7, 7), ("", 1, 2), ("DATE", 2, 9)]
)
def test_a_server_that_is_busy_is_asked_again_when_it_says(
    server: _Server, tmp_path: Path, retry_after: str, least: float, most: float
) -> None:
    """At the start, at the status and at a file, in seconds or as a date."""
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=9)
    server.retry_after = (
        format_datetime(soon, usegmt=True) if retry_after == "DATE" else retry_after
    )
    server.starts, server.answers, server.busy = [429], [429, 200], {"/files/patients"}
    server.broken = set()
    waits: list[float] = []
    found, _ = export(server, tmp_path, waits)

    assert len(found.files) == 2
    assert len(waits) == 3
    assert all(least <= wait <= most for wait in waits)


def test_a_server_that_stays_busy_at_the_start_is_given_up(server: _Server, tmp_path: Path) -> None:
    server.starts = [429] * 9
    with pytest.raises(ExportFailed, match="did not begin the export: it answered 429"):
        export(server, tmp_path, [])


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([500], "answered 500"),
        ([503] * 9, "answered 503"),
        ([202, 404], "answered 404: the job is gone or has expired"),
        ([202, 410], "answered 410: the job is gone or has expired"),
    ],
)
def test_an_export_that_fails_is_said(
    server: _Server, tmp_path: Path, answers: list[int], said: str
) -> None:
    server.answers = answers
    with pytest.raises(ExportFailed, match=said):
        export(server, tmp_path, [])


def test_the_token_goes_to_the_files_only_where_they_need_it_or_stand_on_the_same_server(
    server: _Server, tmp_path: Path
) -> None:
    with _Server() as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        server.files_at, server.needs_token = other.base, False
        export(server, tmp_path / "free", [])
        server.answers, server.needs_token = [200], True
        export(server, tmp_path / "needed", [])
        other.shutdown()

    assert [token for _, token in other.asked] == [""] * 4 + ["Bearer secret"] * 3


@pytest.mark.parametrize(
    ("base", "url", "sent"),
    [
        ("https://ehr.example/fhir", "https://ehr.example/files/1", True),
        ("https://ehr.example/fhir", "HTTPS://files.example/1", True),
        ("https://ehr.example/fhir", "http://ehr.example/files/1", False),
        ("HTTPS://ehr.example/fhir", "http://files.example/1", False),
        ("http://127.0.0.1:8080/fhir", "http://127.0.0.1:8080/files/1", True),
        ("http://127.0.0.1:8080/fhir", "https://files.example/1", True),
    ],
)
def test_the_token_is_not_shown_on_the_way_by_an_address_that_the_server_tells(
    base: str, url: str, sent: bool
) -> None:
    asked = requests.Request("GET", url, auth=Bearer("secret", base)).prepare()
    assert asked.headers.get("Authorization", "") == ("Bearer secret" if sent else "")


def test_a_group_that_is_not_there_is_said(server: _Server, tmp_path: Path) -> None:
    with pytest.raises(ExportFailed, match="did not begin the export: it answered 404"):
        fetch_export(Wanted(server.base, "none", "", ()), tmp_path, print, lambda _: None)


def test_a_server_that_is_not_there_is_said_without_a_trace(tmp_path: Path) -> None:
    with pytest.raises(ExportFailed, match="cannot be asked"):
        fetch_export(Wanted("http://127.0.0.1:9", "g1", "", ()), tmp_path, print, lambda _: None)
