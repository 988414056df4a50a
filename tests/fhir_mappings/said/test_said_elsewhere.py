"""Leber's disease and an allergy to vitamin B12 may stand in an observation or an answer to a
question: they are shown, and nobody says that there is none (F21, F22, Q26 to Q28).
"""

from __future__ import annotations

from typing import Any

import pytest

from recommender.language import ClinicalScenario, HintAt
from tests.fhir_mappings.records import RXNORM, SNOMED, SUBJECT, concept, observation, scenario_of

LHON = "Leber hereditary optic neuropathy"


def observed(name: Any, **said: Any) -> ClinicalScenario:
    code = {"text": name} if isinstance(name, str) else name
    return scenario_of(observation("", code=code, **said))


def answered(question: str, status: str = "completed", **answer: Any) -> ClinicalScenario:
    return scenario_of(
        {
            "resourceType": "QuestionnaireResponse",
            "status": status,
            "subject": SUBJECT,
            "authored": "2026-06-01",
            "item": [{"linkId": "1", "text": question, "answer": [answer]}],
        }
    )


def pointed_at(scenario: ClinicalScenario) -> set[HintAt]:
    return {hint.at for hint in scenario.hints}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("LHON mutation m.11778G>A", {"valueString": "detected"}),
        ("Diagnosis", {"valueCodeableConcept": {"text": LHON}}),
        ("Diagnosis", {"valueCodeableConcept": concept(SNOMED, "58610003")}),
        (concept(SNOMED, "58610003"), {"valueBoolean": True}),
        ("Social history", {"valueString": "Brother has Leber optic atrophy"}),
        ("Visual acuity", {"valueString": "0.1", "note": [{"text": f"known {LHON}"}]}),
        ("Genetics", {"component": [{"code": {"text": "MT-ND4"}, "valueString": "LHON m.11778"}]}),
    ],
    ids=str,
)
def test_lebers_in_an_observation_is_shown_and_no_known_no_Q28(
    name: Any, said: dict[str, Any]
) -> None:
    scenario = observed(name, **said)
    assert HintAt.LEBERS in pointed_at(scenario)
    assert scenario.lebers.is_unknown


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("LHON mutation m.11778G>A", {"valueString": "not detected"}),
        ("LHON genetic test", {"valueCodeableConcept": {"text": "Negative"}}),
        ("Genetics", {"valueString": "No LHON mutation found"}),
        (concept(SNOMED, "58610003"), {"valueBoolean": False}),
        ("LHON mutation", {"valueString": "detected", "status": "entered-in-error"}),
        ("Sonographie", {"valueString": "Leber vergrößert, optimal einsehbar"}),
        ("Leber palpabel", {"valueBoolean": True}),
        ("Sample number", {"valueString": "11778"}),
        ("Visual acuity", {"valueString": "1.0"}),
    ],
    ids=str,
)
def test_what_denies_lebers_or_names_the_liver_leaves_it_a_no(
    name: Any, said: dict[str, Any]
) -> None:
    scenario = observed(name, **said)
    assert HintAt.LEBERS not in pointed_at(scenario)
    assert scenario.lebers.is_false


@pytest.mark.parametrize(
    ("question", "answer", "at"),
    [
        ("Allergies?", {"valueString": "B12 injections: rash"}, HintAt.ALLERGY),
        ("Are you allergic to vitamin B12?", {"valueBoolean": True}, HintAt.ALLERGY),
        ("Allergien", {"valueString": "Vitamin B12"}, HintAt.ALLERGY),
        (
            "Known allergies",
            {"valueCoding": {"system": RXNORM, "code": "5514", "display": "hydroxocobalamin"}},
            HintAt.ALLERGY,
        ),
        ("Known allergies", {"valueString": "penicillin, cobalt"}, HintAt.COBALT_ALLERGY),
        ("Anything else?", {"valueString": "anaphylaxis after hydroxocobalamin"}, HintAt.ALLERGY),
        ("Eye disease in the family?", {"valueString": "brother LHON"}, HintAt.LEBERS),
    ],
    ids=str,
)
def test_what_an_answer_says_is_shown_and_no_known_no_Q27(
    question: str, answer: dict[str, Any], at: HintAt
) -> None:
    scenario = answered(question, **answer)
    assert at in pointed_at(scenario)
    assert (scenario.lebers if at is HintAt.LEBERS else scenario.allergy_fact).is_unknown


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Are you allergic to vitamin B12?", {"valueBoolean": False}),
        ("Are you allergic to vitamin B12?", {"valueString": "No"}),
        ("Any allergies (penicillin, vitamin B12)?", {"valueString": "penicillin"}),
        ("Any allergies?", {"valueString": "none"}),
        ("Supplements?", {"valueString": "vitamin B12"}),
        ("Leber's disease of the optic nerve in the family?", {"valueBoolean": False}),
    ],
    ids=str,
)
def test_what_an_answer_denies_or_asks_alone_is_not_shown(
    question: str, answer: dict[str, Any]
) -> None:
    scenario = answered(question, **answer)
    assert not pointed_at(scenario) & {HintAt.ALLERGY, HintAt.COBALT_ALLERGY, HintAt.LEBERS}
    assert scenario.allergy_fact.is_false
    assert scenario.lebers.is_false


def test_answers_entered_in_error_say_nothing() -> None:
    scenario = answered("Allergies?", "entered-in-error", valueString="vitamin B12")
    assert scenario.allergy_fact.is_false
