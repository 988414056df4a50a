"""A Bulk Data export against a server that makes one wait, breaks off and lists deletions."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from population.slices import SliceJob, run_slice
from population.sources import ExportFailed, Wanted, fetch_export

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
        if path == "/Group/g1/$export":
            self._answer(202, b"", {"Content-Location": f"{self.server.base}/status"})
        elif path == "/status":
            code = self.server.answers.pop(0)
            body = self._manifest() if code == 200 else b""
            self._answer(code, body, {"Retry-After": "0", "X-Progress": "half done"})
        elif path in FILES:
            body = FILES[path]
            if path in self.server.broken:
                self.server.broken.remove(path)
                self._answer(200, body[:20], {"Content-Length": str(len(body))})
                self.close_connection = True
            else:
                self._answer(200, body)
        else:
            self._answer(404, b"")

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
                "error": [],
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


FILES = {"/files/patients": PATIENT, "/files/conditions": PROBLEMS, "/files/deleted": DELETED}


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
    ("answers", "said"),
    [([500], "answered 500"), ([503] * 9, "answered 503"), ([202, 404], "answered 404")],
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


def test_a_group_that_is_not_there_is_said(server: _Server, tmp_path: Path) -> None:
    with pytest.raises(ExportFailed, match="did not begin the export: it answered 404"):
        fetch_export(Wanted(server.base, "none", "", ()), tmp_path, print, lambda _: None)


def test_a_server_that_is_not_there_is_said_without_a_trace(tmp_path: Path) -> None:
    with pytest.raises(ExportFailed, match="cannot be asked"):
        fetch_export(Wanted("http://127.0.0.1:9", "g1", "", ()), tmp_path, print, lambda _: None)
