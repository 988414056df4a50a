"""Hostile strings through the commands that work on many patients, compare versions, decide again
or talk to a server: what they print and write for people is obeyed by nobody.
"""

from __future__ import annotations

import csv
import json
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from cds_service.protocol import make_cell
from cds_service.records import Store
from cds_service.workbench.prepared import load_patients
from tests.cds_service.records.records import card, decision
from tests.cli.parsing.test_hostile_output import HALVES, NOW, each, patient_with, print_of
from tests.hostile import HOSTILE, OBEYED, Elements, without_breaks

READABLE = {name: text for name, text in HOSTILE.items() if not HALVES.search(text)}
"""What a file of UTF-8 can hold."""


def write_export(folder: Path) -> Path:
    """Write one patient for each string, all of whose texts are it; ids and file names too."""
    folder.mkdir()
    for number, text in enumerate(READABLE.values()):
        entries = json.loads(
            json.dumps(patient_with(text)).replace("Patient/p", f"Patient/{number}")
        )
        resources = [entry["resource"] for entry in entries["entry"]]
        resources[0]["id"] = str(number)
        local = {"system": text, "code": text, "display": text}
        for one in resources[1:]:
            one["id"] = f"{one['id']}{number}"
        resources[1]["code"] = {"coding": [local]}
        resources[3]["code"]["coding"].append(local)
        resources.append(resources[1] | {"id": text})
        lines = [json.dumps(one) for one in resources] + [text.replace("\n", " ")]
        (folder / f"any\x1b[31m{number}.ndjson").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_a_population_and_its_report_obey_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    made, sliced, decided = write_export(tmp_path / "in"), tmp_path / "slice", tmp_path / "run"
    one = ["--workers", "1"]
    steps = ["population", "slice", "--input", str(made), "--out", str(sliced), *one]
    print_of(capfd, steps, 0, 1)
    steps = ["population", "run", "--input", str(sliced), "--out", str(decided), *one]
    print_of(capfd, steps, 0)
    report, cases = tmp_path / "report.html", tmp_path / "cases.csv"
    steps = ["population", "report", "--input", str(decided), "--out", str(report)]
    print_of(capfd, [*steps, "--cases", str(cases), "--show-small"], 0)

    page = report.read_text(encoding="utf-8")
    assert not OBEYED.search(without_breaks(page))
    elements = Elements(page)
    assert {name for name, _ in elements.found}.isdisjoint({"img", "script", "iframe"})
    assert [name for _, names in elements.found for name in names if name.startswith("on")] == []
    assert [link for link in elements.links if not link.startswith("#")] == []
    for name in ("report.csv", "local-codes.csv", "cases.csv"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert not OBEYED.search(without_breaks(text)), name
        rows = list(csv.reader(text.splitlines()))
        assert len(rows) > 1, name
        assert [cell for row in rows for cell in row if make_cell(cell) != cell] == []


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(1)", "'@SUM(1)"),
        ("+cmd", "'+cmd"),
        ("-2+3", "'-2+3"),
        ("\t=1", "'\t=1"),
        (" =1+1", "' =1+1"),
        ("-3.5", "-3.5"),
        ("+2", "+2"),
        ("-", "-"),
        ("B12", "B12"),
        ("a\x1b[2J", "a\\x1b[2J"),
    ],
)
def test_a_cell_is_no_formula_and_a_number_stays_one(text: str, cell: str) -> None:
    assert make_cell(text) == cell


@each
def test_a_program_to_compare_with_is_not_obeyed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], hostile: str
) -> None:
    printed = tmp_path / "printed.json"
    printed.write_text(json.dumps({"digests": {hostile: hostile}, "rules": hostile}))
    program = tmp_path / "b12-cds"
    program.write_text(f"#!/bin/sh\ncat {printed}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)

    said = print_of(capfd, ["diff", str(program), str(program)], 2)
    assert len(said) < 1000


@each
def test_what_is_to_be_decided_again_is_not_obeyed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], hostile: str
) -> None:
    url, site = f"sqlite:///{tmp_path}/b12.db", tmp_path / "site.toml"
    site.write_text(f'[store]\nurl = "{url}"\npatient_key = "a key for this test"\n')
    recorded = decision(card(), received_at=NOW, hook="patient-view", as_of="2026-11-20")
    store = Store(url, "a key for this test")
    store.record_decision(recorded)
    store.close()
    body = load_patients()[0].request_at(NOW.date())
    body["hook"] = "patient-view"
    body["prefetch"]["conditions"]["entry"] = patient_with(hostile)["entry"][1:2]
    request = tmp_path / "request.json"
    request.write_text(json.dumps(body))
    replay = ["replay", "--config", str(site), "--decision"]

    if "\0" not in hostile and not HALVES.search(hostile):
        assert len(print_of(capfd, [*replay, hostile], 2)) < 1000 + 2 * len(hostile)
    for form in ([], ["--json"]):
        print_of(capfd, [*replay, recorded.id, "--request", str(request), *form], 1, 2)


@contextmanager
def answering(body: bytes) -> Iterator[str]:
    """Serve one answer to everything, on loopback."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@each
def test_a_service_that_is_walked_through_is_not_obeyed(
    capfd: pytest.CaptureFixture[str], hostile: str
) -> None:
    ours = {"topic": {"system": "urn:b12-cds:card", "code": hostile}}
    spoken = {"summary": hostile, "indicator": hostile, "suggestions": [{"label": hostile}]}
    spoken["source"] = ours
    silent = {"cards": [], "extension": {"org.b12-cds": {"why": hostile}}}
    for answer in ({"cards": [spoken]}, silent):
        with answering(json.dumps(answer).encode()) as url:
            for form in ([], ["--json"]):
                print_of(capfd, ["sandbox", "walk", "fred oakes", "--url", url, *form], 0, 2)


@pytest.mark.parametrize(
    "answer",
    [
        [],
        "x",
        None,
        {"cards": {}},
        {"cards": [1]},
        {"cards": [{"summary": 1, "indicator": "info"}]},
        {"cards": [{"summary": "x", "indicator": "info", "suggestions": [1]}]},
    ],
)
def test_an_answer_of_another_shape_is_said_in_one_sentence(
    capfd: pytest.CaptureFixture[str], answer: Any
) -> None:
    with answering(json.dumps(answer).encode()) as url:
        said = print_of(capfd, ["sandbox", "walk", "fred oakes", "--url", url], 2)

    assert said.splitlines()[0].startswith("Fred Oakes:")
    assert said.splitlines()[1].endswith("found status 200, expected cards.")
    assert said.count("\n") == 2
