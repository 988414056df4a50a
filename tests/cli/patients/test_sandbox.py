"""`b12-cds sandbox`: who there is to test with, put on a server and walked through."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from cds_service.app import create_app
from cds_service.site import demonstration
from cds_service.web.deployment import CONFIG_KEY
from cli.main import main

DAY = dt.date(2026, 6, 1)
AS_OF = ("--as-of", DAY.isoformat())


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store = f"sqlite:///{tmp_path_factory.mktemp('store')}/walk.db"
    app = create_app(replace(demonstration(), store_url=store), lambda: DAY)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    app.config[CONFIG_KEY].close()


def test_each_row_has_name_rules_cards_expectation_and_request(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert main(["sandbox", "patients", "--json", *AS_OF]) == 0
    rows = json.loads(capfd.readouterr().out)

    assert len(rows) >= 40
    for row in rows:
        assert set(row) - {"site"} == {"name", "rules", "cards", "expected", "request"}
        assert row["request"]["hook"] in ("patient-view", "order-sign")


def test_a_bundle_is_written_and_nothing_else_is_printed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "all.json"
    assert main(["sandbox", "patients", "--rule", "N1", "--bundle", str(out), *AS_OF]) == 0

    said = capfd.readouterr()
    assert said.out == ""
    assert json.loads(out.read_bytes())["type"] == "transaction"


def test_a_walk_says_each_step_until_nothing_is_left_to_say(
    service: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["sandbox", "walk", "fred oakes", "--url", service, *AS_OF]) == 0
    said = capfd.readouterr().out

    assert "the order is chosen (order-select): 200\n  CRITICAL Paraesthesia" in said
    assert (
        "the suggestion is taken (order-select): 200\n  no card: checked: consistent with N1"
        in said
    )
    assert said.rstrip().splitlines()[-2] == "the order is refilled (medication-refill): 200"
    assert said.rstrip().splitlines()[-1].startswith("  no card: checked")


def test_a_walk_as_epic_goes_on_after_the_dose_was_lost(
    service: str, capfd: pytest.CaptureFixture[str]
) -> None:
    walk = ["sandbox", "walk", "fred oakes", "--url", service, "--profile", "epic", "--json"]
    assert main([*walk, *AS_OF]) == 0
    steps = [json.loads(line) for line in capfd.readouterr().out.splitlines()]

    by_name: dict[str, dict[str, Any]] = {step["step"]: step for step in steps}
    accepted = by_name["accepted"]["request"]["context"]["draftOrders"]["entry"]
    taken = [one["resource"] for one in accepted if one["resource"]["id"].startswith("taken")]
    assert len(taken) == 1, "the second action is not done"
    assert "dosageInstruction" not in taken[0]
    topics = [
        [card["source"]["topic"]["code"] for card in by_name[step]["answer"]["cards"]]
        for step in ("by hand", "taken too")
    ]
    assert topics == [["b5"], []], "maintenance is offered alone once the loading course is there"


def test_a_step_that_sends_the_same_again_is_not_said(
    service: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["sandbox", "walk", "una byrne", "--url", service, *AS_OF]) == 0
    said = capfd.readouterr().out

    assert "the suggestion is taken" not in said, "none was offered"
    assert "signed: Lisinopril 10 mg tablet, " in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["walk", "nobody"], 'NAME: no test patients are called "nobody"'),
        (["walk", "fred oakes", "--url", "http://127.0.0.1:1"], "does not answer"),
        (["patients", "--rule", "Z9"], 'no test patient has the rule or card "Z9"'),
        (["load", "ftp://x"], "expected an http or https URL"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    arguments: list[str], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["sandbox", *arguments]) == 2
    told = capfd.readouterr().err
    assert said in told
    assert told.count("\n") == 1


def test_nothing_is_sent_to_another_machine_unasked(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["sandbox", "load", "https://fhir.example.org/"]) == 1
    assert "nothing was sent" in capfd.readouterr().err
