"""What single faults in the intake of a record would change: versions, failed lists, hints, the
person.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fhir_mappings.fhir import Placed
from fhir_mappings.scenario_mapping import map_scenario
from fhir_mappings.terminology import SiteCodes, load_value_sets
from recommender.language import Because, ClinicalScenario, NotCounted
from tests.fhir_mappings.records import (
    AS_OF,
    VALUE_SETS,
    condition,
    injection_given,
    map_all,
    observation,
    patient,
    record_of,
    scenario_of,
    why_ignored,
)


def who(**changes: Any) -> ClinicalScenario:
    return map_scenario(record_of([patient(**changes)]), AS_OF, VALUE_SETS).scenario


@pytest.mark.parametrize("newer_says", ["refuted", "confirmed"])
@pytest.mark.parametrize("newer_first", [True, False])
def test_of_two_versions_the_one_updated_last_counts(newer_says: str, newer_first: bool) -> None:
    older_says = "confirmed" if newer_says == "refuted" else "refuted"
    older, newer = (
        condition(
            "90935002",
            id="c",
            meta={"lastUpdated": f"2026-05-0{day}T10:00:00Z"},
            verificationStatus={"coding": [{"code": says}]},
        )
        for day, says in ((1, older_says), (2, newer_says))
    )
    mapped = map_all(*((newer, older) if newer_first else (older, newer)))
    assert mapped.scenario.bleeding_disorder.is_true is (newer_says == "confirmed")
    assert any("the same resource came" in why for why in why_ignored(mapped, "Condition"))


@pytest.mark.parametrize("failed", ["conditions", "medications"])
def test_one_failed_list_of_several_is_told_as_not_read(failed: str) -> None:
    fact = scenario_of(unavailable=[failed]).nitrous_oxide
    assert fact.because is Because.COULD_NOT_BE_READ


def test_the_newest_hint_is_the_one_that_is_told() -> None:
    fact = scenario_of(
        condition("", code={"text": "Leber disease"}, days=300),
        condition("", code={"text": "Lebers sykdom"}, days=20),
        condition("", code={"text": "Morbus Leber"}, days=200),
    ).lebers
    assert "Lebers sykdom" in fact.reason
    undated = condition("", code={"text": "Leber disease"})
    undated.pop("recordedDate")
    told = scenario_of(undated, condition("", code={"text": "Lebers sykdom"}, days=20)).lebers
    assert "Lebers sykdom" in told.reason


def test_a_hint_at_one_fact_is_none_at_another() -> None:
    scenario = scenario_of(condition("", code={"text": "Leber disease"}))
    assert scenario.lebers.is_unknown
    assert scenario.bleeding_disorder.is_false


@pytest.mark.parametrize(
    ("born", "because"),
    [
        ("", Because.NONE_RECORDED),
        ("soon", NotCounted.NOT_READABLE),
        ("2062-03-01", NotCounted.IMPLAUSIBLE),
    ],
)
def test_an_age_that_is_not_known_says_why(born: str, because: object) -> None:
    age = who(birthDate=born).age
    assert not age.is_known
    assert age.because is because
    assert born in age.reason


def test_somebody_born_today_is_of_known_age() -> None:
    age = who(birthDate=AS_OF.isoformat()).age
    assert age.quantity is not None
    assert age.quantity.value == 0
    assert [item.reported for item in age.evidence] == [AS_OF.isoformat()]


@pytest.mark.parametrize(
    ("gender", "because"),
    [("other", Because.NOT_CERTAIN), (None, Because.NONE_RECORDED)],
)
def test_a_sex_that_is_not_known_says_why(gender: str | None, because: Because) -> None:
    female = who(gender=gender).female
    assert female.is_unknown
    assert female.because is because


@pytest.mark.parametrize("words", ["Haemophilia A", " Leber's optic atrophy ", "Acute gout"])
def test_a_text_in_the_place_of_a_concept_is_read_as_its_words(words: str) -> None:
    bare, worded = (scenario_of(condition("", code=code)) for code in (words, {"text": words}))
    assert bare == worded


CHILD = {"id": "", "birthDate": "2020-01-01"}


@pytest.mark.parametrize(
    ("beside", "unknown"),
    [
        (CHILD, {"age"}),
        ({"id": "", "birthDate": "1970"}, set()),
        ({"id": "", "birthDate": None}, set()),
        ({"id": "", "birthDate": "2020", "gender": "male"}, {"age", "female"}),
        ({"birthDate": "1970-03-03"}, {"age"}),
        ({"id": "", "gender": "unknown"}, set()),
        ({"id": "", "deceasedBoolean": True}, {"deceased"}),
    ],
)
@pytest.mark.parametrize("turned", [True, False])
def test_what_two_patients_contradict_each_other_in_is_not_known(
    beside: dict[str, Any], unknown: set[str], turned: bool
) -> None:
    """Nobody knows which of the two is the patient: a child is never dosed as an adult."""
    both = [patient(), patient(**beside)]
    scenario = map_scenario(record_of(both[::-1] if turned else both), AS_OF, VALUE_SETS).scenario
    known = {
        "age": scenario.age.is_known,
        "female": not scenario.female.is_unknown,
        "deceased": not scenario.deceased.is_unknown,
    }

    assert {name for name, is_known in known.items() if not is_known} == unknown


def test_the_units_of_a_site_are_read_in_components_too(tmp_path: Any) -> None:
    table = tmp_path / "units.csv"
    table.write_text("spelling,ucum\nnmolprol,nmol/L\n")
    sets = load_value_sets(SiteCodes(units=table))
    part = {
        "code": {"coding": [{"system": "http://loinc.org", "code": "13964-2"}]},
        "valueQuantity": {"value": 400, "unit": "nmolprol"},
    }
    panel = observation("", code={"text": "Panel"}, component=[part, "not a component"])
    scenario = map_scenario(record_of([patient(), panel]), AS_OF, sets).scenario
    assert scenario.mma.quantity is not None
    assert scenario.mma.quantity.value == 400


HAEMOPHILIA, HYPERTENSION = "90935002", "38341003"
ONE_SERVER, ANOTHER = "https://one.example.org/fhir/", "https://another.example.org/fhir/"


def of_two(key: str, *entries: tuple[Any, str]) -> ClinicalScenario:
    """Read a list in which entries of one type and id stand, each with the address of its entry."""
    record = record_of([patient()])
    placed = [
        Placed(f"prefetch.{key}.entry[{number}]", one | {"id": "1"}, url)
        for number, (one, url) in enumerate(entries)
    ]
    part = record.part(key)._replace(resources=tuple(placed))
    record = replace(record, parts={**record.parts, key: part})
    return map_scenario(record, AS_OF, VALUE_SETS).scenario


@pytest.mark.parametrize("dated", [{}, {"lastUpdated": "2026-05-01T10:00:00Z"}])
@pytest.mark.parametrize("turned", [True, False])
def test_entries_of_two_servers_with_one_id_are_two(turned: bool, dated: dict[str, Any]) -> None:
    """An id is one of its server: either had been taken for an old version of the other (Q26)."""
    ill = condition(HAEMOPHILIA, meta=dated), f"{ONE_SERVER}Condition/1"
    well = condition(HYPERTENSION, meta={}), f"{ANOTHER}Condition/1"
    pair = (well, ill) if turned else (ill, well)
    assert of_two("conditions", *pair, *pair).bleeding_disorder.is_true
    given = [
        ({**injection_given(days), "meta": dated}, f"{server}MedicationAdministration/1")
        for days, server in ((20, ONE_SERVER), (90, ANOTHER))
    ]
    assert len(of_two("administrations", *given, *given).doses) == 2


@pytest.mark.parametrize("url", ["", f"{ONE_SERVER}Condition/1"])
@pytest.mark.parametrize("turned", [True, False])
def test_of_two_that_differ_and_name_no_version_both_count(turned: bool, url: str) -> None:
    ill, well = (condition(HAEMOPHILIA), url), (condition(HYPERTENSION), url)
    both = of_two("conditions", *((well, ill) if turned else (ill, well)))
    assert both.bleeding_disorder.is_true
    low, high = ((observation("2823-3", value, "mmol/L"), url) for value in ("2.6", "4.5"))
    found = of_two("labs", *((high, low) if turned else (low, high)))
    assert str(found.potassium.quantity.value) == "2.6"  # type: ignore[union-attr]


def test_of_doses_that_name_no_version_one_counts_and_the_list_is_open() -> None:
    """A dose is not counted twice, and nobody knows which of the two is right."""
    doses = [(injection_given(days), "") for days in (20, 90)]
    scenario = of_two("administrations", *doses)
    assert len(scenario.doses) == 1
    assert scenario.anticoagulant_fact.is_unknown
    assert of_two("administrations", doses[0], doses[0]).anticoagulant_fact.is_false
