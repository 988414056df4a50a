"""An allergy may stand as a Condition: then it counts, and leaves the other facts of the problem
list alone. One that does not say to what leaves it open whether there is one (F21, Q26, Q27).
"""

from __future__ import annotations

import pytest

from recommender.language import Allergen, Because, ClinicalScenario, HintAt
from tests.fhir_mappings.records import (
    ICD_10_CM,
    SNOMED,
    Resource,
    concept,
    condition,
    scenario_of,
)

GM = "http://fhir.de/CodeSystem/bfarm/icd-10-gm"


def problem(text: str, **changes: Resource) -> ClinicalScenario:
    return scenario_of(condition("", code={"text": text}, **changes))


@pytest.mark.parametrize(
    ("text", "allergen"),
    [
        ("Allergie gegen Vitamin B12", Allergen.UNSPECIFIED_B12),
        ("B12-Allergie", Allergen.UNSPECIFIED_B12),
        ("Reaction with cytamen", Allergen.UNSPECIFIED_B12),
        ("Bad reaction to Cytamen", Allergen.UNSPECIFIED_B12),
        ("Sensitivity to cobalin", Allergen.UNSPECIFIED_B12),
        ("Anaphylaxis from cobalamin", Allergen.UNSPECIFIED_B12),
        ("Alergia a cianocobalamina", Allergen.CYANOCOBALAMIN),
        ("Overgevoeligheid voor hydroxocobalamine", Allergen.HYDROXOCOBALAMIN),
        ("Intolerant of cyanocobalamin", Allergen.CYANOCOBALAMIN),
        ("Cobalt sensitivity", Allergen.COBALT),
    ],
)
def test_it_counts_and_the_problem_list_stays_closed(text: str, allergen: Allergen) -> None:
    scenario = problem(text)
    assert [item.allergen for item in scenario.allergies] == [allergen]
    assert scenario.lebers.is_false
    assert scenario.bleeding_disorder.is_false


@pytest.mark.parametrize(
    "text",
    [
        "Drug allergy",
        "H/O drug allergy",
        "Multiple drug allergies",
        "Anaphylactic shock",
        "Adverse reaction to drug",
        "Arzneimittelallergie",
        "Allergie médicamenteuse",
        "Allergy to Zorbex",
    ],
)
def test_one_that_does_not_say_to_what_leaves_it_open(text: str) -> None:
    scenario = problem(text)
    assert scenario.allergy_fact.because is Because.NOT_UNDERSTOOD
    assert "in the problem list" in scenario.allergy_fact.reason
    assert scenario.lebers.is_false


@pytest.mark.parametrize(
    "code",
    [
        concept(ICD_10_CM, "Z88.8"),
        concept(GM, "Z88.9", "Allergie gegenüber nicht näher bezeichneten Arzneimitteln"),
        concept("http://hl7.org/fhir/sid/icd-10", "T88.7"),
        concept(SNOMED, "416098002", "Drug allergy (disorder)"),
        concept(SNOMED, "416098002", "Drug allergy (disorder)", "Zorbex"),
    ],
)
def test_so_does_a_code_that_says_no_more(code: Resource) -> None:
    scenario = scenario_of(condition("", code=code))
    assert scenario.allergy_fact.is_unknown
    assert scenario.lebers.is_false


def test_the_words_beside_such_a_code_name_it() -> None:
    code = concept(SNOMED, "416098002", "Drug allergy (disorder)", "Hydroxocobalamin")
    scenario = scenario_of(condition("", code=code))
    assert [item.allergen for item in scenario.allergies] == [Allergen.HYDROXOCOBALAMIN]
    assert scenario.hints == ()  # no word of a treatment


@pytest.mark.parametrize(
    "code",
    [
        concept(SNOMED, "416098002", "Drug allergy (disorder)", "Penicillin"),
        concept(SNOMED, "414285001", "Food allergy"),
        concept(ICD_10_CM, "Z88.0", "Allergy status to penicillin"),
        {"text": "Penicillin allergy"},
        {"text": "Allergische Rhinitis"},
        {"text": "Laktoseintoleranz"},
        {"text": "Exercise intolerance"},
        {"text": "No known drug allergies"},
    ],
)
def test_an_allergy_to_another_thing_is_none_to_vitamin_b12(code: Resource) -> None:
    scenario = scenario_of(condition("", code=code))
    assert scenario.allergy_fact.is_false
    assert scenario.lebers.is_false


def test_one_that_was_refuted_or_has_ended_leaves_nothing_open() -> None:
    refuted = {"verificationStatus": {"coding": [{"code": "refuted"}]}}
    assert problem("Drug allergy", **refuted).allergy_fact.is_false
    ended = {"clinicalStatus": {"coding": [{"code": "resolved"}]}}
    assert problem("Drug allergy", **ended).allergy_fact.is_false


@pytest.mark.parametrize("text", ["Allergie, Morbus Quark", "Allergie und Leberleiden der Augen"])
def test_a_text_of_two_things_is_not_understood_by_its_allergy(text: str) -> None:
    assert problem(text).lebers.is_unknown


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("ADR hydroxocobalamin", HintAt.ALLERGY),
        ("Contact dermatitis due to cobalt", HintAt.COBALT_ALLERGY),
        ("No allergy to B12", HintAt.ALLERGY),
    ],
)
def test_what_may_be_one_is_a_hint(text: str, at: HintAt) -> None:
    scenario = problem(text)
    assert at in [hint.at for hint in scenario.hints]
    assert scenario.allergy_fact.is_unknown


@pytest.mark.parametrize(
    "text",
    [
        "Angioedema after hydroxocobalamin",
        "Avoid hydroxocobalamin",
        "Do not give cyanocobalamin",
        "Hydroxocobalamin contraindicated",
    ],
)
def test_what_must_not_be_given_may_be_an_allergy(text: str) -> None:
    assert problem(text).allergy_fact.because is Because.HINT


def test_what_stands_beside_an_adverse_reaction_may_be_what_it_is_to() -> None:
    coded = concept(SNOMED, "62014003", "Adverse reaction to drug", "Hydroxocobalamin")
    assert scenario_of(condition("", code=coded)).allergy_fact.because is Because.HINT
