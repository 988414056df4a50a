"""The page docs/generated/mapping.md is complete."""

from __future__ import annotations

import dataclasses

from fhir_mappings.scenario_mapping import map_scenario
from pages.product.mapping import DERIVED, NOT_READ, ROWS
from recommender.assessment.assessment import assess
from recommender.guidance.policy import Policy
from recommender.language.logic import Fact, Measurement
from recommender.language.scenario import ClinicalScenario
from tests.fhir_mappings.records import AS_OF, VALUE_SETS, record_of
from tests.fhir_mappings.test_scenario_mapping import FULL_RECORD


def test_every_fact_of_the_scenario_stands_on_the_page() -> None:
    scenario = ClinicalScenario(AS_OF)
    facts = {
        field.name
        for field in dataclasses.fields(scenario)
        if isinstance(getattr(scenario, field.name), Fact | Measurement)
    }
    listed = {name for row in ROWS for name in row.holds or (row.name,)} | set(NOT_READ)
    assert facts <= listed
    assert {
        "neurological_findings",
        "refuted_signs",
        "causes",
        "allergies",
        "lowering_drugs",
        "orders",
        "doses",
    } <= listed


def test_what_the_receipt_says_a_resource_was_used_for_stands_on_the_page() -> None:
    lines = map_scenario(record_of(FULL_RECORD), AS_OF, VALUE_SETS).lines()
    named = {fact for line in lines for fact in line.used_for}
    assert {"neurological_involvement", "cause", "treatment_phase", "anticoagulant"} <= named
    assert named <= {row.name for row in ROWS}


def test_every_derived_fact_of_the_explain_json_stands_on_the_page() -> None:
    assert {name for name, _ in assess(ClinicalScenario(AS_OF), Policy()).facts} == set(DERIVED)
