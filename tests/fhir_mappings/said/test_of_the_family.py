"""What is said of the family, of a donor or of a child unborn is never evidence for the person,
whatever carries it: an answer, a component, a category (decisions 2.1, Q27).
"""

from __future__ import annotations

from typing import Any

import pytest

from recommender.language import HintAt
from tests.fhir_mappings.records import SNOMED, concept, condition, observation, scenario_of

PARAESTHESIA = concept(SNOMED, "91019004", "Paresthesia")
PREGNANT = concept(SNOMED, "77386006", "Pregnant")
VEGAN = concept(SNOMED, "24930006", "Vegan")
NAMES = [
    {"text": "Family history"},
    {"coding": [{"system": "http://loinc.org", "display": "History of family member diseases"}]},
    {"text": "Familienanamnese"},
    {"text": "Illnesses of the mother"},
    {"text": "Does a sister or brother have it?"},
    {"text": "Antecedentes familiares"},
]


def seen(code: Any, **said: Any) -> Any:
    return scenario_of(observation("", code=code, **said))


@pytest.mark.parametrize("name", NAMES, ids=str)
def test_a_coded_answer_about_the_family_is_nobody_elses_fact(name: Any) -> None:
    assert not seen(name, valueCodeableConcept=PARAESTHESIA).neurological_findings
    assert not seen(name, valueCodeableConcept=PREGNANT).pregnant.is_true
    assert not seen(name, valueCodeableConcept=VEGAN).causes


def test_a_component_about_the_family_is_nobody_elses_fact() -> None:
    parts = [{"code": PARAESTHESIA, "valueBoolean": True}]
    assert not seen({"text": "Family history"}, component=parts).neurological_findings
    mother = [{"code": {"text": "Mother"}, "valueCodeableConcept": PARAESTHESIA}]
    assert not seen({"text": "History"}, component=mother).neurological_findings


@pytest.mark.parametrize("name", ["History", "Finding", "Family planning", "Diagnosis"])
def test_the_same_answer_about_the_person_counts(name: str) -> None:
    assert seen({"text": name}, valueCodeableConcept=PARAESTHESIA).neurological_findings


FAMILY = {"text": "Family history"}
CATEGORIES = [FAMILY, {"coding": [{"code": "family-history"}]}, {"text": "Familienanamnese"}]


@pytest.mark.parametrize("category", CATEGORIES, ids=str)
def test_a_problem_of_the_category_family_history_is_quoted_and_decides_nothing(
    category: Any,
) -> None:
    facts = {
        "58610003": (HintAt.LEBERS, "lebers"),
        "90935002": (HintAt.BLEEDING_DISORDER, "bleeding_disorder"),
        "431857002": (HintAt.KIDNEY_DISEASE, "kidney_disease"),
        "190634004": (HintAt.DEFICIENCY, "deficiency_diagnosis"),
    }
    for code, (at, name) in facts.items():
        scenario = scenario_of(condition(code, category=[category]))
        assert getattr(scenario, name).is_unknown
        quoted = [hint.words for hint in scenario.hints if hint.at is at]
        assert quoted
        assert quoted[0].startswith("family history: ")


def test_signs_causes_and_allergies_of_the_family_are_not_the_persons() -> None:
    for code in ("91019004", "84027009", "24930006"):
        scenario = scenario_of(condition(code, days=20, category=[FAMILY]))
        assert not scenario.neurological_findings
        assert not scenario.causes
    allergic = {"text": "Allergy to hydroxocobalamin"}
    scenario = scenario_of(condition("", code=allergic, category=[FAMILY]))
    assert not scenario.allergies
    assert scenario.allergy_fact.is_unknown


def test_a_problem_of_another_category_counts_as_ever() -> None:
    category = [{"coding": [{"code": "problem-list-item"}]}]
    assert scenario_of(condition("58610003", category=category)).lebers.is_true
