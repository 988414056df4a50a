"""An allergy may stand as an Observation: it is shown, and nobody says that there is none (F21,
Q26, Q27). What denies it, or names something else, leaves the list of allergies closed.
"""

from __future__ import annotations

import pytest

from recommender.language import Because, ClinicalScenario, HintAt
from tests.fhir_mappings.records import (
    LOINC,
    RXNORM,
    SNOMED,
    Resource,
    concept,
    observation,
    scenario_of,
)

HC = "Allergy to hydroxocobalamin"


def told(name: str | Resource, **said: Resource | str | bool | list[Resource]) -> ClinicalScenario:
    code = {"text": name} if isinstance(name, str) else name
    return scenario_of(observation("", code=code, **said))


@pytest.mark.parametrize(
    ("name", "said", "at"),
    [
        (HC, {}, HintAt.ALLERGY),
        (HC, {"valueBoolean": True}, HintAt.ALLERGY),
        (HC, {"valueString": "suspected"}, HintAt.ALLERGY),
        (HC, {"status": "preliminary"}, HintAt.ALLERGY),
        ("Vitamin B12 allergy", {"valueString": "present"}, HintAt.ALLERGY),
        ("Bad reaction to Cytamen", {}, HintAt.ALLERGY),
        ("Overgevoeligheid voor hydroxocobalamine", {}, HintAt.ALLERGY),
        (
            "Finding",
            {"valueCodeableConcept": {"text": "Allergic to cyanocobalamin"}},
            HintAt.ALLERGY,
        ),
        ("Allergies", {"valueString": "Hydroxocobalamin: rash"}, HintAt.ALLERGY),
        (
            "Allergies",
            {"valueCodeableConcept": concept(RXNORM, "5514", "Hydroxocobalamin")},
            HintAt.ALLERGY,
        ),
        (concept(LOINC, "48765-2", "Allergies"), {"valueString": "Vit B12"}, HintAt.ALLERGY),
        (concept(SNOMED, "416098002"), {"valueString": "Cobalamin"}, HintAt.ALLERGY),
        (
            "Drug allergy",
            {"component": [{"code": {"text": "Substance"}, "valueString": "Cobalamin"}]},
            HintAt.ALLERGY,
        ),
        ("Cobalt allergy", {"valueBoolean": True}, HintAt.COBALT_ALLERGY),
        ("Patch test: contact allergy", {"valueString": "cobalt chloride"}, HintAt.COBALT_ALLERGY),
    ],
    ids=str,
)
def test_it_is_shown_and_leaves_open_whether_there_is_one(
    name: str | Resource, said: Resource, at: HintAt
) -> None:
    scenario = told(name, **said)
    assert not scenario.allergies
    assert scenario.allergy_fact.because is Because.HINT
    assert at in {hint.at for hint in scenario.hints}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (HC, {"valueBoolean": False}),
        (HC, {"valueString": "absent"}),
        (HC, {"valueCodeableConcept": {"text": "No"}}),
        (HC, {"status": "entered-in-error"}),
        (HC, {"status": "cancelled"}),
        ("Allergies", {"valueString": "No known drug allergies"}),
        ("Allergies", {"valueString": "Penicillin"}),
        ("Allergy to peanut", {"valueBoolean": True}),
        ("Gluten intolerance", {}),
        (
            "Drug allergy screen",
            {"component": [{"code": {"text": "Hydroxocobalamin"}, "valueBoolean": False}]},
        ),
        ("Comment", {"valueString": "takes vitamin B12"}),
    ],
    ids=str,
)
def test_what_denies_it_or_is_something_else_leaves_no_doubt(
    name: str | Resource, said: Resource
) -> None:
    scenario = told(name, **said)
    assert not scenario.allergies
    assert scenario.allergy_fact.is_false


def test_the_name_of_a_result_is_no_allergy() -> None:
    scenario = scenario_of(observation("2132-9", 150, "pg/mL"))
    assert scenario.allergy_fact.is_false
    assert scenario.total_b12 is not None
    assert not scenario.hints
