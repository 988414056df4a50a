"""No call may become dearer unnoticed: Python functions entered, by scenario."""

from __future__ import annotations

import json

import pytest

from benchmarks.alone import calls
from benchmarks.scenarios.scenarios import list_scenarios

RECORDED: dict[str, int] = json.loads(calls.RECORDED.read_text())
HOW = "say why in the change and run `python -m benchmarks.alone.calls --record`"


@pytest.fixture(scope="module")
def counted() -> dict[str, int]:
    return calls.count_all()


def test_every_scenario_is_recorded() -> None:
    names = {f"{scenario.name} {scenario.resources}" for scenario in list_scenarios()}
    assert set(RECORDED) == names


@pytest.mark.parametrize("name", RECORDED)
def test_no_call_became_dearer(name: str, counted: dict[str, int]) -> None:
    most = RECORDED[name] * calls.MAY_GROW
    assert counted[name] <= most, f"{name}: {counted[name]}, recorded {RECORDED[name]}; {HOW}"
