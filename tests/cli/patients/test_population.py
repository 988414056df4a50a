"""`b12-cds population` and `b12-cds sandbox`, end to end as a person types them."""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import json
import os
import shlex
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import requests
from werkzeug.serving import make_server

from cds_service.app import create_app
from cds_service.protocol import write_json
from cds_service.site import demonstration
from cli.main import main
from cli.patients import sandbox
from cli.patients.commands import (
    read_commands,
    report_command,
    run_command,
    slice_command,
)
from population.runs import Decider, DeciderSetup, Mode, read_rows
from population.slices import list_parts
from recommender.guidance import Policy
from synthetic import MadePopulation, make_population, sandbox_patients
from tests.population.conftest import AS_OF

DAY = ["--as-of", AS_OF.isoformat()]


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a made population, its slice, a replay and a report."""
    folder = tmp_path_factory.mktemp("population")
    made, sliced, decided = folder / "made", folder / "slice", folder / "run"
    population = "population"
    size = ["--patients", 300, "--seed", 4, "--resources", 30, "--share", 0.5]
    one = ["--workers", 1]
    assert run(population, "make", *size, "--out", made, *DAY) == 0
    assert run(population, "slice", "--input", made, "--out", sliced, *one) == 0
    mode = ["--mode", "replay", *DAY, *one]
    assert run(population, "run", "--input", sliced, "--out", decided, *mode) == 0
    assert run(population, "report", "--input", decided, "--out", folder / "report.html") == 0
    return folder


def test_the_four_steps_write_what_the_next_one_reads(folder: Path) -> None:
    assert (folder / "made" / "Patient.ndjson").read_text().count("\n") == 300
    rows = pq.read_table(folder / "run" / "decisions").to_pylist()
    columns = {"patient", "hook", "order", "time", "rule", "cards", "indicator"}
    assert columns <= rows[0].keys()
    assert "Population report" in (folder / "report.html").read_text()


def test_what_names_patients_is_for_its_owner_alone(folder: Path) -> None:
    cases = folder / "cases.csv"
    cases.touch(0o644)
    given = ["--input", folder / "run", "--out", folder / "again.html", "--cases", cases]
    assert run("population", "report", *given) == 0

    private = [cases, *(path for name in ("slice", "run") for path in (folder / name).rglob("*"))]
    modes = {path: path.stat().st_mode & 0o077 for path in private}
    assert len(private) > 5
    assert set(modes.values()) == {0}
    assert "patient" in cases.read_text()


def test_who_took_the_ids_when_and_what_for_is_recorded(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = folder / "run" / "cases.ndjson"
    record.unlink(missing_ok=True)
    given = ["--input", folder / "run", "--out", tmp_path / "report.html"]
    cases = ["--cases", tmp_path / "cases.csv"]

    assert run("population", "report", *given, *cases) == 0
    said = capsys.readouterr().err
    assert "report: 4 parts in" in said
    assert "no purpose was given" in said
    assert run("population", "report", *given, *cases, "--purpose", "audit of \n recall") == 0
    assert run("population", "report", *given, "--purpose", "nothing") == 2

    told = [json.loads(line) for line in record.read_text().splitlines()]
    assert [one["purpose"] for one in told] == ["not stated", "audit of \n recall"]
    assert all(set(one) == {"at", "by", "purpose"} and one["by"] for one in told)
    assert record.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("user", "known"), [(0, "root"), (2_000_001, "uid 2000001")])
def test_who_took_the_ids_is_the_user_of_the_system_named_or_not_H107(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: int, known: str
) -> None:
    """A container may run as a user without a name, and the environment may name anybody."""
    monkeypatch.setenv("LOGNAME", "somebody else")
    monkeypatch.setattr(os, "getuid", lambda: user)
    record = folder / "run" / "cases.ndjson"
    record.unlink(missing_ok=True)
    given = ["--input", folder / "run", "--out", tmp_path / "report.html"]

    assert run("population", "report", *given, "--cases", tmp_path / "cases.csv") == 0
    assert json.loads(record.read_text())["by"] == known


@pytest.mark.parametrize("purpose", ["", "   ", "\t\n", "\u00a0", "\u200b", "-", "..."])
def test_a_purpose_without_a_word_is_none_H107(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], purpose: str
) -> None:
    record = folder / "run" / "cases.ndjson"
    record.unlink(missing_ok=True)
    given = ["--input", folder / "run", "--out", tmp_path / "report.html"]

    assert (
        run("population", "report", *given, "--cases", tmp_path / "c.csv", f"--purpose={purpose}")
        == 0
    )
    assert "no purpose was given" in capsys.readouterr().err
    assert json.loads(record.read_text())["purpose"] == "not stated"


def test_people_whose_making_was_interrupted_are_made_again(tmp_path: Path) -> None:
    def plan(folder: str) -> MadePopulation:
        return MadePopulation(20, 1, tmp_path / folder, dt.date(2026, 11, 26), resources=20)

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_population(plan("half"), interrupt)
    for folder in ("half", "whole"):
        make_population(plan(folder), lambda _: None)

    half, whole = ({path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()}
                   for folder in ("half", "whole"))  # fmt: skip
    assert half == whole


def test_made_people_are_not_mixed_with_what_a_folder_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = tmp_path / "made"
    given = ["population", "make", "--patients", 3, "--resources", 20, "--out", made, *DAY]

    assert run(*given) == 0
    before = {path.name: path.read_bytes() for path in made.iterdir()}
    assert run(*given) == 0
    assert {path.name: path.read_bytes() for path in made.iterdir()} == before
    assert run(*given, "--seed", 2) == 2
    assert "holds something else already" in capsys.readouterr().err
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "Patient.ndjson").write_text("mine")
    assert run(*given[:-3], tmp_path / "mine", *DAY) == 2
    assert (tmp_path / "mine" / "Patient.ndjson").read_text() == "mine"


def test_made_people_packed_are_the_same_people(folder: Path, tmp_path: Path) -> None:
    packed, sliced = tmp_path / "made", tmp_path / "slice"
    size = ["--patients", 300, "--seed", 4, "--resources", 30, "--share", 0.5]

    assert run("population", "make", *size, "--out", packed, "--gzip", *DAY) == 0
    files = {path.name: gzip.decompress(path.read_bytes()) for path in packed.glob("*.gz")}
    plain = {f"{path.name}.gz": path.read_bytes() for path in (folder / "made").glob("*.ndjson")}
    assert files == plain
    assert run("population", "slice", "--input", packed, "--out", sliced, "--workers", 1) == 0
    told = json.loads((sliced / "slice.json").read_bytes())
    assert told["bytes"] == sum(path.stat().st_size for path in packed.glob("*.gz"))
    parts = [path.read_bytes() for path in list_parts(sliced)]
    assert parts == [path.read_bytes() for path in list_parts(folder / "slice")]


def test_a_slice_is_not_written_over_its_input(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    part = tmp_path / "part-00000.parquet"
    part.write_bytes(next((folder / "slice").glob("part-*.parquet")).read_bytes())

    assert run("population", "slice", "--input", tmp_path, "--out", tmp_path) == 2
    assert "holds the input" in capsys.readouterr().err
    assert part.exists()


def test_the_commands_in_the_foot_of_the_report_make_the_same_bytes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (folder / "report.html").read_text()
    commands = unescape(page.partition('<pre tabindex="0">')[2].partition("</pre>")[0])
    monkeypatch.chdir(folder)
    for command in commands.splitlines():
        program, *arguments = shlex.split(command)
        assert program == "b12-cds"
        assert run(*arguments) == 0

    assert len(commands.splitlines()) == 3
    for name in ("report.html", "report.csv", "report.parquet", "local-codes.csv"):
        assert (folder / "again" / name).read_bytes() == (folder / name).read_bytes(), name


def test_the_commands_hold_every_choice_and_no_token(tmp_path: Path) -> None:
    given = argparse.Namespace(
        from_server="https://ehr.example/fhir", group="all of us", token="secret", input=[],
        ca_file=Path("ca.pem"), complete=True, policy=Path("site 1.toml"), mode="snapshot",
        against="/opt/b12-cds",
    )  # fmt: skip

    assert slice_command(given) == (
        "b12-cds population slice --from-server https://ehr.example/fhir --group 'all of us' "
        "--ca-file ca.pem --complete --policy 'site 1.toml' --out again/slice"
    )
    assert run_command(given, AS_OF) == (
        f"b12-cds population run --input again/slice --mode snapshot --as-of {AS_OF} "
        "--policy 'site 1.toml' --against /opt/b12-cds --out again/run"
    )
    assert report_command(True).endswith("--show-small --out again/report.html")
    assert read_commands(tmp_path) == []


def test_the_report_says_what_it_is_not_for(folder: Path) -> None:
    for name in ("report.html", "report.csv"):
        assert "not for decisions about single people" in (folder / name).read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["slice", "--out", "x"], "either --input PATH or --from-server"),
        (["slice", "--input", "nowhere", "--out", "x"], "nowhere: there is no such file"),
        (["slice", "--from-server", "http://x", "--out", "x"], "needs --group"),
        (["run", "--input", "nowhere", "--out", "x"], "holds no slice"),
        (["report", "--input", "nowhere", "--out", "x.html"], "holds no run"),
        (["make", "--patients", "5", "--out", "x", "--share", "2"], "from 0 to 1"),
        (["make", "--patients", "5", "--out", "x", "--weight", "N1"], "expected RULE=NUMBER"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_status_2(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)

    assert run("population", *arguments) == 2

    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


@contextmanager
def serving(tmp_path: Path) -> Iterator[str]:
    settings = replace(demonstration(), store_url=f"sqlite:///{tmp_path}/b12.db")
    app = create_app(settings, today=lambda: AS_OF)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()


NEW_EACH_TIME = frozenset({"uuid", "id", "groupIdentifier", "identifier", "url"})


def without_ids(value: Any) -> Any:
    """Return a card without what is new in every answer."""
    if isinstance(value, dict):
        return {
            name: without_ids(item) for name, item in value.items() if name not in NEW_EACH_TIME
        }
    return [without_ids(item) for item in value] if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("mode", list(Mode))
def test_the_answer_of_a_run_is_the_answer_over_http(
    folder: Path, mode: Mode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A replayed day other than the server's is left out: the server answers for its own today.

    Orders of other medicines, of which a run makes no event, are asked too: both say nothing.
    """
    concerns = Decider.concerns
    monkeypatch.setattr(Decider, "concerns", lambda *_: True)
    decider = Decider(DeciderSetup(mode, AS_OF, "", {}))
    compared = spoken = 0
    with serving(tmp_path) as url, requests.Session() as session:
        for row in list(read_rows(list_parts(folder / "slice")))[:120]:
            for event in decider.events_of(row)[0]:
                event = replace(event, day=AS_OF)
                decision = decider.decide(event)
                assert decision is None or mode is Mode.SNAPSHOT or concerns(decider, event.body)
                target = f"{url}/cds-services/b12-{event.body['hook']}"
                answer = session.post(target, data=write_json(event.body), timeout=60)
                ours = json.loads(write_json(decision.cards if decision else []))
                assert without_ids(answer.json()["cards"]) == without_ids(ours)
                compared += 1
                spoken += bool(ours)
    assert compared >= 50
    assert spoken >= 10


def test_sandbox_patients_as_json_state_the_request_and_the_answer(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("sandbox", "patients", "--rule", "N1", "--json", *DAY) == 0

    rows = json.loads(capsys.readouterr().out)
    assert {"name", "rules", "cards", "expected", "request"} <= rows[0].keys()
    assert all(row["rules"] == ["N1"] for row in rows)
    assert rows[0]["request"]["hook"] in ("patient-view", "order-sign")


def test_sandbox_patients_as_a_bundle(tmp_path: Path) -> None:
    assert run("sandbox", "patients", "--bundle", tmp_path / "all.json", *DAY) == 0

    bundle = json.loads((tmp_path / "all.json").read_bytes())
    people = [entry for entry in bundle["entry"] if entry["resource"]["resourceType"] == "Patient"]
    assert bundle["type"] == "transaction"
    assert len(people) >= 40


def test_an_unknown_rule_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("sandbox", "patients", "--rule", "Z9") == 2
    assert "no test patient" in capsys.readouterr().err


class _Taker(BaseHTTPRequestHandler):
    taken: list[dict[str, Any]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.taken.append(json.loads(body))
        nowhere = self.path == "/nowhere"
        self.send_response(403 if nowhere else 422 if len(self.taken) == 2 else 200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        return


def test_sandbox_load_puts_each_patient_and_says_which_was_not_taken(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _Taker.taken = []
    with ThreadingHTTPServer(("127.0.0.1", 0), _Taker) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}/fhir"
        assert run("sandbox", "load", base, "--rule", "N1", *DAY) == 1
        server.shutdown()

    output = capsys.readouterr().out
    there = len(sandbox_patients(AS_OF, "N1"))
    assert len(_Taker.taken) == there
    assert f"{there - 1} of {there} patients" in output
    assert output.count("not taken by the server") == 1
    assert {bundle["type"] for bundle in _Taker.taken} == {"transaction"}


def test_sandbox_load_says_at_once_that_a_server_takes_nobody(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _Taker.taken = []
    with ThreadingHTTPServer(("127.0.0.1", 0), _Taker) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}/nowhere"
        assert run("sandbox", "load", base, "--rule", "N1", *DAY) == 1
        server.shutdown()

    there = len(sandbox_patients(AS_OF, "N1"))
    first, second = capsys.readouterr().out.splitlines()
    assert first == f"0 of {there} patients are on 127.0.0.1"
    assert second.startswith("each was answered 403; b12-cds check-server http://127.0.0.1:")


def test_sandbox_load_writes_to_another_machine_only_when_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", open("/dev/null"))  # noqa: SIM115

    assert run("sandbox", "load", "https://fhir.example.org/r4") == 1
    assert "is not this machine" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("host", "own"),
    [("localhost", True), ("127.0.0.1", True), ("::1", True), ("10.0.0.1", False), ("x.y", False)],
)
def test_which_hosts_are_this_machine(host: str, own: bool) -> None:
    assert sandbox.is_this_machine(host) is own


def test_sandbox_walk_sends_the_story_until_the_orders_are_signed_and_refilled(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(tmp_path) as url:
        assert run("sandbox", "walk", "Fred", "--url", url, *DAY) == 0

    output = capsys.readouterr().out
    steps = [line for line in output.splitlines() if line.endswith(": 200")]
    assert [step.rpartition(" (")[2] for step in steps] == [
        "patient-view): 200",
        "order-select): 200",
        "order-select): 200",
        "order-sign): 200",
        "order-sign): 200",
        "patient-view): 200",
        "medication-refill): 200",
    ]
    assert output.count("CRITICAL") == 1
    assert "CRITICAL" not in output.rpartition("the suggestion is taken")[2]


def test_sandbox_walk_without_a_service_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("sandbox", "walk", "Fred", "--url", "http://127.0.0.1:9") == 2
    assert "is it served?" in capsys.readouterr().err


def test_sandbox_walk_for_curl_is_one_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("sandbox", "walk", "Fred", "--curl", *DAY) == 0

    output = capsys.readouterr().out
    assert output.startswith("curl -s http://127.0.0.1:8080/cds-services/b12-order-sign")
    body = output.split("<<'JSON'\n")[1].removesuffix("\nJSON\n")
    assert json.loads(body)["context"]["patientId"] == "fred-oakes"


@pytest.mark.parametrize("text", ["", "\n \n", "<html>login</html>\n", "[]\n"])
def test_an_input_without_a_patient_is_said_and_is_status_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    export = tmp_path / "in"
    export.mkdir()
    (export / "x.ndjson").write_text(text)

    sliced = ["--input", export, "--out", tmp_path / "out", "--workers", 1]
    assert run("population", "slice", *sliced) == 1
    assert "No patient was found" in capsys.readouterr().err


@pytest.mark.parametrize(("expires", "said"), [("2026-01-31", True), ("2099-01-31", False)])
def test_a_run_says_that_a_looser_setting_of_its_site_file_is_at_its_default(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], expires: str, said: bool
) -> None:
    site = tmp_path / "site.toml"
    site.write_text(
        "[policy]\ncyanoMinEgfr = 50\n[[approvals]]\nwhat = 'cyanoMinEgfr'\nname = 'A. Officer'\n"
        f"date = 2026-01-01\nreason = 'agreed'\nexpires = {expires}\n"
    )
    out = ["--out", tmp_path / "run", "--policy", site, *DAY, "--workers", 1]
    assert run("population", "run", "--input", folder / "slice", *out) == 0

    assert ("policy.cyanoMinEgfr is at its default" in capsys.readouterr().err) is said
    rows = pq.read_table(tmp_path / "run" / "decisions").to_pylist()
    assert {row["policy_version"] == Policy().version for row in rows} == {said}
