"""Results in what was made by mistake, results that contradict themselves, and events that do not
count.

Expected by decisions 2.1 (entered-in-error never counts), Q28, Q30, Q31, Q33, Q35, I30.
"""

from __future__ import annotations

from typing import Any

import pytest

from recommender.language import HintAt, NotCounted
from tests.fhir_mappings.records import (
    SNOMED,
    SUBJECT,
    days_ago,
    observation,
    scenario_of,
)

B12 = "14685-2"
MISTAKES = ["entered-in-error", "Entered in Error", {"text": "Entered in Error"}, "cancelled"]


def low(**changes: Any) -> dict[str, Any]:
    return observation(B12, 95, "pmol/L", days=20, **changes)


def report(status: Any, **changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "DiagnosticReport",
        "status": status,
        "code": {"text": "Blood tests"},
        "subject": SUBJECT,
        "effectiveDateTime": days_ago(20),
        **changes,
    }


@pytest.mark.parametrize("status", MISTAKES)
def test_a_result_inside_a_mistake_is_none(status: Any) -> None:
    inside = low(id="inside")
    panel = observation("24358-4", status=status, contained=[inside])
    scenario = scenario_of(report(status, contained=[inside]), panel)
    assert not scenario.total_b12.is_known
    assert not scenario.uncounted_b12
    assert scenario_of(report("preliminary", contained=[inside])).total_b12.is_known


@pytest.mark.parametrize("who", ["Patient/child", "Group/g", "RelatedPerson/pat-1"])
def test_a_result_of_somebody_else_inside_a_report_is_none_R38(who: str) -> None:
    for value in (95, 450):
        inside = observation(B12, value, "pmol/L", id="inside", subject={"reference": who})
        scenario = scenario_of(report("final", contained=[inside]))
        assert not scenario.total_b12.is_known
        assert not scenario.uncounted_b12
    own = low(id="inside", subject={"reference": "https://ehr.example.org/fhir/Patient/pat-1"})
    assert scenario_of(report("final", contained=[own])).total_b12.is_known


@pytest.mark.parametrize("status", MISTAKES)
def test_a_mistake_hints_at_nothing(status: Any) -> None:
    given = observation("", status=status, code={"text": "Hydroxocobalamin 1 mg given today"})
    test = observation("", status=status, code={"text": "Pregnancy test"}, valueString="positive")
    noted = low(status=status, note=[{"text": "Patient on B12"}])
    injected = observation("709544008", system=SNOMED, status=status)
    assert not scenario_of(given, test, noted, injected).hints


@pytest.mark.parametrize(
    "status", ["preliminary", "registered", "unknown", "bogus", "", None, "appended"]
)
def test_an_injection_whose_status_does_not_count_is_asked_about_Q28(status: str | None) -> None:
    scenario = scenario_of(observation("709544008", system=SNOMED, status=status))
    assert not scenario.doses
    assert [hint.at for hint in scenario.hints] == [HintAt.B12_TREATMENT]
    denied = observation("709544008", system=SNOMED, status=status, valueBoolean=False)
    assert not scenario_of(denied).hints


def test_an_injection_of_the_future_is_shown_Q31() -> None:
    scenario = scenario_of(observation("709544008", system=SNOMED, days=-60))
    assert not scenario.doses
    (hint,) = scenario.hints
    assert (hint.at, hint.words[:6]) == (HintAt.B12_TREATMENT, "dated ")


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled"])
def test_a_mistaken_report_dates_nothing_Q33(status: str) -> None:
    result = observation(B12, 420, "pmol/L", issued=f"{days_ago(20)}T10:00:00Z", id="b12")
    del result["effectiveDateTime"]
    lists_it = report(status, result=[{"reference": "Observation/b12"}])
    assert scenario_of(result, lists_it).total_b12.by_issue
    assert not scenario_of(result, lists_it | {"status": "final"}).total_b12.by_issue


def test_a_mistaken_specimen_dates_nothing_Q33() -> None:
    sample = {"reference": "Specimen/s"}
    result = observation(B12, 420, "pmol/L", issued=f"{days_ago(20)}T10:00:00Z", specimen=sample)
    del result["effectiveDateTime"]
    specimen = {
        "resourceType": "Specimen",
        "id": "s",
        "subject": SUBJECT,
        "collection": {"collectedDateTime": days_ago(20)},
    }
    assert not scenario_of(result, specimen).total_b12.by_issue
    assert scenario_of(result, specimen | {"status": "entered-in-error"}).total_b12.by_issue


def test_a_result_whose_period_is_reversed_has_no_known_day() -> None:
    result = low(effectivePeriod={"start": days_ago(20), "end": "2020-01-01"})
    del result["effectiveDateTime"]
    scenario = scenario_of(result)
    assert not scenario.total_b12.is_known
    assert [one.why for one in scenario.uncounted_b12] == [NotCounted.NO_DATE]


PMOL = {"unit": "pmol/L", "code": "pmol/L", "system": "http://unitsofmeasure.org"}


@pytest.mark.parametrize(
    "values",
    [
        {"valueQuantity": [{"value": 420, **PMOL}, {"value": 95, **PMOL}]},
        {"valueQuantity": {"value": 420, **PMOL}, "valueString": "95 pmol/L"},
    ],
)
def test_two_values_that_differ_are_none(values: dict[str, Any]) -> None:
    scenario = scenario_of(observation(B12, **values))
    assert not scenario.total_b12.is_known
    assert [one.why for one in scenario.uncounted_b12] == [NotCounted.NOT_READABLE]


@pytest.mark.parametrize(
    "values",
    [
        {"valueQuantity": [{"value": 95, **PMOL}]},
        {"valueQuantity": {"value": 95, **PMOL}, "valueString": "95 pmol/L"},
        {"valueQuantity": {"value": 95, **PMOL}, "valueString": "see comment"},
    ],
)
def test_a_value_that_stands_twice_is_one(values: dict[str, Any]) -> None:
    assert scenario_of(observation(B12, **values)).total_b12.is_known
