"""The production server as a process: it starts, answers, counts over its workers, and stops when
told to, losing nothing.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests

from cds_service.app import create_app
from cds_service.demonstration import load_request
from cds_service.records import Store, decision_queue
from cds_service.server import Server, folder_in_memory, server_options
from cds_service.site import Client, Settings, demonstration
from cds_service.telemetry import WorkerCounts
from cds_service.warm_up import versions_expected, warm_up
from cds_service.web import CONFIG_KEY
from fhir_mappings.fhir.versions import FhirVersion
from fhir_mappings.terminology import SiteCodes
from governance.decisions import versions_of
from tests.cds_service.deployed import folders_of_counts
from tests.cds_service.records.records import decision
from tests.cds_service.site.test_settings import PRODUCTION

ROOT = Path(__file__).parents[2]
PATIENCE = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(folder: Path, *arguments: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run `b12-cds serve` with its database in the folder."""
    port = free_port()
    command = [sys.executable, "-m", "cli.main", "serve", "--port", str(port), *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder)}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    base = f"http://127.0.0.1:{port}"
    try:
        wait_for(base, process, folder)
        yield base, process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def wait_for(base: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None, (folder / "log").read_text()
        try:
            if requests.get(f"{base}/health/ready", timeout=30).ok:
                return
        except (requests.ConnectionError, requests.Timeout):
            time.sleep(0.1)
    pytest.fail("the server did not become ready")


def test_the_server_answers_and_on_sigterm_ends_with_everything_written_R145(
    tmp_path: Path,
) -> None:
    request = load_request(dt.datetime.now(dt.UTC).date())
    with server(tmp_path, "--workers", "2") as (base, process):
        answers = [
            requests.post(f"{base}/cds-services/b12-order-select", json=request, timeout=60)
            for _ in range(8)
        ]
        metrics = requests.get(f"{base}/metrics", timeout=60).text
        counting = folders_of_counts(process.pid)
        [listening] = [
            json.loads(line)
            for line in (tmp_path / "log").read_text("utf-8").splitlines()
            if '"listening"' in line
        ]
        process.send_signal(signal.SIGTERM)
        status = process.wait(PATIENCE)

    assert {answer.status_code for answer in answers} == {200}
    assert (
        'b12_cds_requests_total{endpoint="cds_hooks.call_service",status="200"} 8.0' in metrics
    ), "both workers are counted together"
    assert status == 0
    assert listening["address"] == base
    assert (listening["profile"], listening["public_url"]) == ("demonstration", base)
    assert listening["workbench"] == f"{base}/workbench/"
    assert [folder.exists() for folder in counting] == [False], "the folder of the metrics is gone"
    assert {folder.parent for folder in counting} == {Path(folder_in_memory() or tmp_path)}, (
        "on a disk, its files would kill each worker once that is full"
    )
    assert not list(tmp_path.glob("b12-cds.db-*")), "the database is one file, which can be copied"
    with sqlite3.connect(tmp_path / "b12-cds.db") as database:
        written = {row[0] for row in database.execute("select uuid from cards")}
    assert written == {card["uuid"] for answer in answers for card in answer.json()["cards"]}


def test_what_a_killed_worker_left_beside_the_database_is_brought_into_it_at_the_end(
    tmp_path: Path,
) -> None:
    """A plain copy of the file is whole once the service was stopped (docs/deploying.md). Two
    workers that let go of it at the same moment leave the same beside it, now and then.
    """
    request = load_request(dt.datetime.now(dt.UTC).date())
    database = tmp_path / "b12-cds.db"
    with server(tmp_path, "--workers", "1") as (base, process):
        requests.post(f"{base}/cds-services/b12-order-select", json=request, timeout=60)
        wait_until(lambda: decisions_in(database) == 1)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
        worker = int(children)
        os.kill(worker, signal.SIGSTOP)
        wait_until(lambda: is_stopped(worker))
        process.send_signal(signal.SIGTERM)
        wait_until(lambda: is_told_to_end(worker))
        os.kill(worker, signal.SIGKILL)
        assert process.wait(PATIENCE) == 0

    assert not list(tmp_path.glob("b12-cds.db-*"))
    assert decisions_in(database) == 1


def decisions_in(file: Path) -> int:
    with closing(sqlite3.connect(file)) as database:
        [(count,)] = database.execute("select count(*) from decisions")
    return int(count)


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_stopped(process: int) -> bool:
    """Say whether each thread stands still; one that does not yet would still hear SIGTERM."""
    threads = Path(f"/proc/{process}/task").iterdir()
    return {status_of(thread, "State") for thread in threads} == {"T"}


def is_told_to_end(process: int) -> bool:
    """Say whether SIGTERM waits for a process that is stopped."""
    pending = int(status_of(Path(f"/proc/{process}"), "ShdPnd"), 16)
    return bool(pending & 1 << (signal.SIGTERM - 1))


def status_of(thread: Path, name: str) -> str:
    rows = (thread / "status").read_text().splitlines()
    [value] = [row.split()[1] for row in rows if row.startswith(f"{name}:")]
    return value


def test_a_call_that_is_being_answered_when_sigterm_comes_is_finished(tmp_path: Path) -> None:
    request = load_request(dt.datetime.now(dt.UTC).date())
    statuses: list[int] = []
    with server(tmp_path, "--workers", "1") as (base, process):
        going = threading.Event()

        def call() -> None:
            with requests.Session() as session:
                while not statuses or process.poll() is None:
                    try:
                        statuses.append(
                            session.post(
                                f"{base}/cds-services/b12-order-select", json=request, timeout=60
                            ).status_code
                        )
                        going.set()
                    except requests.ConnectionError:
                        return

        caller = threading.Thread(target=call)
        caller.start()
        assert going.wait(PATIENCE)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        caller.join(PATIENCE)

    assert set(statuses) == {200}


SITE = """[store]
url = "sqlite:///{folder}/b12.db"
[modes]
default = "{mode}"
[[approvals]]
what = "modes.critical"
name = "A. Officer"
date = 2026-01-01
reason = "silent start"
expires = 2099-12-31
[policy]
cyanoMinEgfr = 50
[[approvals]]
what = "cyanoMinEgfr"
name = "A. Officer"
date = 2026-01-01
reason = "one that has ended"
expires = 2026-01-02
"""


def test_sighup_reads_the_site_file_again_and_loses_no_call(tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text(SITE.format(folder=tmp_path, mode="live"))
    request = load_request(dt.datetime.now(dt.UTC).date())

    def ask(base: str) -> requests.Response:
        return requests.post(f"{base}/cds-services/b12-order-select", json=request, timeout=60)

    def wait_until_silent(base: str) -> list[int]:
        answers = [ask(base)]
        deadline = time.monotonic() + PATIENCE
        while answers[-1].json()["cards"] and time.monotonic() < deadline:
            answers.append(ask(base))
        return [answer.status_code for answer in answers] * (not answers[-1].json()["cards"])

    with server(tmp_path, "--config", str(site), "--workers", "1") as (base, process):
        shown = ask(base).json()["cards"][0]["extension"]["org.b12-cds"]
        site.write_text(SITE.format(folder=tmp_path, mode="loud"))
        process.send_signal(signal.SIGHUP)
        while "all stays as it was" not in (tmp_path / "log").read_text():
            assert ask(base).json()["cards"]
        site.write_text(SITE.format(folder=tmp_path, mode="silent"))
        process.send_signal(signal.SIGHUP)

        assert set(wait_until_silent(base)) == {200}

    log = (tmp_path / "log").read_text()
    assert "modes.default: found 'loud'" in log
    assert f'"policy":"{shown["policyVersion"]}","event":"site file read again"' in log
    with sqlite3.connect(tmp_path / "b12.db") as connection:
        noted = connection.execute("SELECT what, mode FROM modes ORDER BY id").fetchall()
    assert noted == [("default", "live"), ("default", "silent")]


def test_the_version_of_the_codes_on_record_is_that_of_the_codes_that_decide(
    tmp_path: Path,
) -> None:
    """A worker that is started after a site's file was changed has the codes of before SIGHUP."""
    head = "concept,system_uri,code,confidence\n"
    codes = tmp_path / "codes.csv"
    codes.write_text(head)
    database = f"sqlite:///{tmp_path / 'b12.db'}"
    settings = Settings(store_url=database, extra_codes=SiteCodes(add=codes))

    def loaded() -> object:
        warm_up(create_app(settings))
        return versions_of(settings)["terminology_version"]

    before = loaded()
    codes.write_text(f"{head}serum_b12,https://lab.example.org/codes,B12S,site\n")
    assert versions_of(settings)["terminology_version"] == before
    assert loaded() != before


def test_a_site_file_that_was_emptied_opens_no_production_service(tmp_path: Path) -> None:
    """H101: an empty file means the demonstration, which asks nobody for a token."""
    site = tmp_path / "site.toml"
    site.write_text(PRODUCTION)
    request = load_request(dt.datetime.now(dt.UTC).date())

    def status(base: str) -> int:
        url = f"{base}/cds-services/b12-order-select"
        return requests.post(url, json=request, timeout=60).status_code

    with server(tmp_path, "--config", str(site), "--workers", "1") as (base, process):
        assert status(base) == 401
        site.write_text("")
        process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + PATIENCE
        while "all stays as it was" not in (log := (tmp_path / "log").read_text()):
            assert time.monotonic() < deadline

        assert status(base) == 401
        assert "another profile takes a restart" in log


def test_the_demonstration_profile_is_not_served_beyond_this_machine(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cli.main", "serve", "--host", "0.0.0.0"]
    ended = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )

    assert ended.returncode == 2
    assert "loopback" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_models_are_loaded_for_clients_of_a_version_without_a_plain_form() -> None:
    clients = (
        Client(name="old", fhir_version="STU3"),
        Client(name="older", fhir_version="DSTU2"),
        Client(name="new", fhir_version="R4"),
        Client(name="any"),
    )

    assert versions_expected(replace(demonstration(), clients=clients)) == (FhirVersion.STU3,)
    assert versions_expected(demonstration()) == ()


def test_every_worker_says_for_all_when_nothing_can_be_written(tmp_path: Path) -> None:
    request = load_request(dt.datetime.now(dt.UTC).date())
    with server(tmp_path, "--workers", "3") as (base, _):
        with sqlite3.connect(tmp_path / "b12-cds.db", isolation_level=None) as database:
            database.execute("BEGIN EXCLUSIVE")
            for _ in range(7):
                call = requests.post(f"{base}/cds-services/b12-order-select", json=request)
                assert call.json()["cards"], "advice goes on"
            locked = [requests.get(f"{base}/health/ready").json() for _ in range(9)]
            database.execute("ROLLBACK")
        deadline = time.monotonic() + PATIENCE
        while requests.get(f"{base}/health/ready").json()["decisionsWaiting"]:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        after = requests.get(f"{base}/health/ready").json()

    assert {(one["status"], one["store"], one["decisionsWaiting"]) for one in locked} == {
        ("ready", "unavailable", 7)
    }
    assert (after["store"], after["decisionsLost"]) == ("available", 0)


def test_what_waited_in_a_worker_that_was_killed_is_said_to_be_lost() -> None:
    counts = WorkerCounts()
    child = os.fork()
    if not child:
        counts.note(3, 1)
        os._exit(0)
    os.waitpid(child, 0)
    counts.note(2, 0)

    assert counts.totals() == (2, 4)
    counts.note(0, 5)
    assert counts.totals() == (0, 9)


def test_a_worker_reaches_its_database_before_it_takes_calls_R138(tmp_path: Path) -> None:
    database = tmp_path / "b12.db"
    app = create_app(replace(demonstration(), store_url=f"sqlite:///{database}"))
    prepare = server_options("127.0.0.1", 8080, 1)["post_worker_init"]

    connections = WorkerCounts()
    prepare(SimpleNamespace(wsgi=app, app=SimpleNamespace(connections=connections)))

    with sqlite3.connect(database) as connection:
        assert connection.execute("SELECT token_id FROM replay").fetchall() == [("readiness",)]
    app.config[CONFIG_KEY].close()


def test_a_worker_that_gets_no_call_deletes_what_has_had_its_time_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept of patients had stayed in a service that nobody called any more."""
    monkeypatch.setattr(decision_queue, "TIDY_SECONDS", 0.05)
    database = f"sqlite:///{tmp_path / 'b12.db'}"
    before = Store(database, "key")
    before.upgrade()
    before.record_decision(decision(received_at=dt.datetime.now(dt.UTC) - dt.timedelta(days=9)))
    before.close(20)
    assert decisions_in(tmp_path / "b12.db") == 1
    app = create_app(replace(demonstration(), store_url=database, retention_days=7))
    worker = SimpleNamespace(wsgi=app, app=SimpleNamespace(connections=WorkerCounts()))

    server_options("127.0.0.1", 8080, 1)["post_worker_init"](worker)

    wait_until(lambda: decisions_in(tmp_path / "b12.db") == 0)
    app.config[CONFIG_KEY].close()


def test_refusals_of_the_server_name_only_origins_of_the_site_R141() -> None:
    settings = replace(demonstration(), cors_origins=("https://ehr.example",))
    server = Server(settings, {}, lambda: settings)

    assert ("Access-Control-Allow-Origin", "https://ehr.example") in server.cors_headers(
        "https://ehr.example"
    )
    assert server.cors_headers("https://evil.example") == (("Vary", "Origin"),)
    assert server.cors_headers(None) == (("Vary", "Origin"),)
