"""The lists of a record that is closed, merged into another or too old are not whole (Q61)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from fhir_mappings.intake import Limits
from fhir_mappings.scenario_mapping import map_scenario
from recommender.language import Because, ClinicalScenario, HintAt, RecordArea
from tests.fhir_mappings.records import (
    AS_OF,
    VALUE_SETS,
    condition,
    injection_given,
    patient,
    record_of,
)

LISTS = frozenset(RecordArea) - {RecordArea.PATIENT}
OTHER = {"reference": "Patient/pat-2"}


def scenario_with(**changes: Any) -> ClinicalScenario:
    return map_scenario(record_of([patient(**changes)]), AS_OF, VALUE_SETS).scenario


@pytest.mark.parametrize(
    "changes",
    [
        {"active": False},
        {"link": [{"type": "replaced-by", "other": OTHER}]},
        {"link": [{"type": "replace", "other": OTHER}]},
        {"link": [{"type": {"coding": [{"code": "replaced-by"}]}, "other": OTHER}]},
        {"link": [{"type": ["refer"], "other": OTHER}]},
        {"link": [{"other": OTHER}]},
        {"link": [{"type": "seealso", "other": OTHER}, {"type": {}, "other": OTHER}]},
    ],
)
def test_a_closed_record_has_no_whole_list(changes: dict[str, Any]) -> None:
    scenario = scenario_with(**changes)
    assert scenario.incomplete == LISTS
    assert scenario.lebers.because is Because.LIST_NOT_COMPLETE
    assert "names another record that counts" in scenario.lebers.reason
    assert scenario.age.is_known


@pytest.mark.parametrize(
    "changes",
    [
        {"active": True},
        {"link": [{"type": "replaces", "other": OTHER}]},
        {"link": [{"type": "seealso", "other": OTHER}]},
        {"link": [{}, None, "x"]},
    ],
)
def test_the_record_in_use_has_whole_lists(changes: dict[str, Any]) -> None:
    scenario = scenario_with(**changes)
    assert scenario.incomplete == frozenset()
    assert scenario.lebers.is_false


@pytest.mark.parametrize(("days", "whole"), [(0, True), (1, True), (2, False), (400, False)])
def test_a_list_that_was_put_together_too_long_ago_is_not_whole(days: int, whole: bool) -> None:
    record = record_of([patient(), condition("38341003")])
    stamped = record.part("conditions")._replace(stamped=AS_OF - dt.timedelta(days=days))
    record = replace(record, parts={**record.parts, "conditions": stamped})
    scenario = map_scenario(record, AS_OF, VALUE_SETS).scenario
    assert scenario.lebers.is_false is whole
    assert (RecordArea.CONDITIONS in scenario.incomplete) is not whole
    assert RecordArea.PROCEDURES not in scenario.incomplete


@pytest.mark.parametrize(("days", "whole"), [(1, True), (2, False), (4000, False)])
def test_a_list_that_is_of_a_day_after_tomorrow_is_not_whole_Q46_Q61(
    days: int, whole: bool
) -> None:
    """Nobody knows how old it is: a clock that is wrong may be wrong by years."""
    record = record_of([patient(), condition("38341003")])
    day = AS_OF + dt.timedelta(days=days)
    stamped = record.part("conditions")._replace(stamped=day)
    record = replace(record, parts={**record.parts, "conditions": stamped})
    mapped = map_scenario(record, AS_OF, VALUE_SETS)
    assert mapped.scenario.lebers.is_false is whole
    assert (RecordArea.CONDITIONS in mapped.scenario.incomplete) is not whole
    said = f"that came are of {day}, in the future"
    assert (said in mapped.scenario.lebers.reason) is not whole


@pytest.mark.parametrize(
    ("hours", "days", "whole"),
    [(1, 0, True), (1, 1, False), (23, 1, False), (24, 1, True), (48, 2, True), (71, 3, False),
     (168, 7, True), (168, 8, False)],
)  # fmt: skip
def test_a_site_sets_how_old_a_list_may_be_Q61(hours: int, days: int, whole: bool) -> None:
    """Of a list only the day is known on which it was made; part of a day counts as none."""
    record = record_of([patient(), condition("38341003")])
    stamped = record.part("conditions")._replace(stamped=AS_OF - dt.timedelta(days=days))
    record = replace(record, parts={**record.parts, "conditions": stamped})
    limits = Limits(list_hours=hours)
    assert map_scenario(record, AS_OF, VALUE_SETS, limits=limits).scenario.lebers.is_false is whole


@pytest.mark.parametrize(("months", "hinted"), [(12, True), (24, False)])
def test_a_site_sets_for_how_long_the_diagnosis_of_an_encounter_counts_F10(
    months: int, hinted: bool
) -> None:
    encounter = [{"coding": [{"code": "encounter-diagnosis"}]}]
    sign = condition("91019004", days=500, category=encounter)
    sign.pop("clinicalStatus")
    limits = Limits(old_encounter_months=months)
    record = record_of([patient(), sign])
    scenario = map_scenario(record, AS_OF, VALUE_SETS, limits=limits).scenario
    assert bool(scenario.hints_at(HintAt.NEUROLOGY)) is hinted
    assert bool(scenario.neurological_findings) is not hinted


@pytest.mark.parametrize(("born", "known"), [("1905-06-15", False), ("1906-06-15", True)])
def test_an_age_over_120_is_not_usable(born: str, known: bool) -> None:
    assert scenario_with(birthDate=born).age.is_known is known


@pytest.mark.parametrize("flag", [1, "yes", {"extension": []}, [True]])
@pytest.mark.parametrize("name", ["notGiven", "wasNotGiven"])
def test_a_dose_of_which_nobody_knows_whether_it_was_given_is_none_and_no_none(
    name: str, flag: object
) -> None:
    """It treats nobody, and the list of what was given is not whole (Q28, R166)."""
    dose = injection_given(20) | {name: flag}
    mapped = map_scenario(record_of([patient(), dose]), AS_OF, VALUE_SETS)
    assert mapped.scenario.doses == ()
    assert RecordArea.ADMINISTRATIONS in mapped.scenario.incomplete
    assert map_scenario(
        record_of([patient(), injection_given(20)]), AS_OF, VALUE_SETS
    ).scenario.doses
