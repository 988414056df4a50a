"""Cases saved from the workbench run as they are: a file in tests/cases/http or a folder of it is
one request, its day, and what must follow. `records`, `clinical` and `clients` hold what was once
answered wrongly.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.app import create_app
from cds_service.site import demonstration
from cds_service.web.deployment import CONFIG_KEY

CASES = sorted((Path(__file__).parent / "cases" / "http").rglob("*.json"))

ALWAYS = {"rule", "cards"}
MORE = {"facts", "says", "never"}
"""What a case may expect besides: facts by name, with their value or "unknown"; words that the
cards say, and words that they never say.
"""


def read_case(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


class Clock:
    """The day the service believes it is."""

    today = dt.date(2026, 1, 1)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    store = f"sqlite:///{tmp_path_factory.mktemp('store')}/cases.db"
    app = create_app(replace(demonstration(), store_url=store), lambda: Clock.today)
    yield app.test_client()
    app.config[CONFIG_KEY].close()


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_a_saved_case_still_answers_as_it_did(client: FlaskClient, path: Path) -> None:
    case = read_case(path)
    Clock.today = dt.date.fromisoformat(case["as_of"])

    answer = client.post(f"/cds-services/b12-{case['request']['hook']}", json=case["request"])
    explained = client.post("/workbench/explain", json=case["request"]).get_json()

    assert answer.status_code == 200, case["name"]
    cards = [
        {"topic": card["source"]["topic"]["code"], "indicator": card["indicator"]}
        for card in answer.get_json()["cards"]
    ]
    assert cards == case["expect"]["cards"], case["name"]
    assert explained["decision"]["rule"] == case["expect"]["rule"], case["name"]
    check_facts(case, explained["facts"])
    check_words(case, answer.get_json()["cards"])


def check_facts(case: Any, facts: list[Any]) -> None:
    found = {
        fact["name"]: fact["value"] if fact["certainty"] == "known" else "unknown" for fact in facts
    }
    expected = case["expect"].get("facts", {})
    assert {name: found[name] for name in expected} == expected, case["name"]


def check_words(case: Any, cards: list[Any]) -> None:
    said = "\n".join(
        words
        for card in cards
        for words in (
            card["summary"],
            card.get("detail", ""),
            *(suggestion["label"] for suggestion in card.get("suggestions", [])),
        )
    )
    assert [words for words in case["expect"].get("says", []) if words not in said] == []
    assert [words for words in case["expect"].get("never", []) if words in said] == []


def test_there_are_saved_cases_and_each_has_its_parts() -> None:
    assert CASES
    for path in CASES:
        case = read_case(path)
        assert set(case) == {"name", "as_of", "request", "expect"}, path.name
        assert ALWAYS <= set(case["expect"]) <= ALWAYS | MORE, path.name


def test_names_of_files_and_sentences_are_told_apart() -> None:
    assert len({path.stem for path in CASES}) == len(CASES)
    assert len({read_case(path)["name"] for path in CASES}) == len(CASES)
