"""Cases saved from the workbench run as they are: a file in tests/cases/http is one request, its
day, and what must follow.
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

CASES = sorted((Path(__file__).parent / "cases" / "http").glob("*.json"))


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


def test_there_are_saved_cases_and_each_has_its_parts() -> None:
    assert CASES
    for path in CASES:
        case = read_case(path)
        assert set(case) == {"name", "as_of", "request", "expect"}, path.name
        assert set(case["expect"]) == {"rule", "cards"}, path.name
