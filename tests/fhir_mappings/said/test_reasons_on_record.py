"""What orders and statements in force give as their reasons is asked about where the problem list
does not say it: no known "no", and no fact (Q26, Q27).
"""

from __future__ import annotations

from typing import Any

import pytest

from recommender.language import ClinicalScenario, HintAt
from tests.fhir_mappings.records import SNOMED, SUBJECT, concept, condition, days_ago, scenario_of

REASONS = [
    (concept(SNOMED, "91019004", "Paraesthesia"), HintAt.NEUROLOGY),
    (concept(SNOMED, "58610003"), HintAt.LEBERS),
    (concept(SNOMED, "90935002"), HintAt.BLEEDING_DISORDER),
    (concept(SNOMED, "431857002"), HintAt.KIDNEY_DISEASE),
    ({"text": "Dialysis"}, HintAt.DIALYSIS),
    ({"text": "numb feet"}, HintAt.NEUROLOGY),
    ({"text": "Pregnant"}, HintAt.PREGNANCY),
]


def ordered(why: Any, **changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "subject": SUBJECT,
        "authoredOn": days_ago(20),
        "medicationCodeableConcept": {"text": "Paracetamol 500 mg tablet"},
        "reasonCode": [why],
    } | changes


def stated(reason: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationStatement",
        "status": "active",
        "subject": SUBJECT,
        "dateAsserted": days_ago(20),
        "medicationCodeableConcept": {"text": "Paracetamol 500 mg tablet"},
        "reasonCode": [reason],
    }


def pointed_at(scenario: ClinicalScenario) -> set[HintAt]:
    return {hint.at for hint in scenario.hints}


@pytest.mark.parametrize(("reason", "at"), REASONS, ids=str)
def test_the_reason_of_an_order_in_force_is_asked_about_and_decides_nothing(
    reason: Any, at: HintAt
) -> None:
    newer = {"reason": [{"concept": reason}], "reasonCode": []}
    for entry in (ordered(reason), stated(reason), ordered({}, **newer)):
        scenario = scenario_of(entry)
        assert at in pointed_at(scenario)
        assert not scenario.neurological_findings
        assert not any(
            fact.is_true for fact in (scenario.lebers, scenario.kidney_disease, scenario.pregnant)
        )


@pytest.mark.parametrize(("reason", "at"), REASONS, ids=str)
def test_an_order_that_is_over_old_or_no_order_says_nothing(reason: Any, at: HintAt) -> None:
    for changes in (
        {"status": "stopped"},
        {"status": "completed"},
        {"status": "entered-in-error"},
        {"status": "draft"},
        {"authoredOn": days_ago(400)},
        {"subject": {"reference": "Patient/other"}},
    ):
        assert at not in pointed_at(scenario_of(ordered(reason, **changes)))


def test_what_the_problem_list_says_is_not_asked_again() -> None:
    entry = condition("90935002")
    scenario = scenario_of(entry, ordered(concept(SNOMED, "90935002")))
    assert scenario.bleeding_disorder.is_true
    assert not scenario.hints


def test_deficiency_and_its_causes_are_left_to_the_problem_list() -> None:
    for code in ("190634004", "84027009"):
        assert not scenario_of(ordered(concept(SNOMED, code))).hints
    for words in ("Headache", "Pain", "Hypertension"):
        assert not scenario_of(ordered({"text": words})).hints
