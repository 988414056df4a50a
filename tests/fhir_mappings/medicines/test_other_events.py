"""Vitamin B12 given, as it stands in other places and words: a dose, or a question, and never "no
treatment" (Q28, Q30).
"""

from __future__ import annotations

from typing import Any

import pytest

from recommender.language import HintAt
from tests.fhir_mappings.records import (
    SNOMED,
    SUBJECT,
    concept,
    condition,
    days_ago,
    observation,
    procedure,
    scenario_of,
)

INJECTION = "308752009"


def given(text: str, kind: str) -> dict[str, Any]:
    code = {"text": text}
    if kind == "Observation":
        return observation("", code=code, days=60)
    if kind == "Procedure":
        return procedure("", code=code, days=60)
    return condition("", code=code, days=60)


@pytest.mark.parametrize("kind", ["Observation", "Procedure", "Condition"])
@pytest.mark.parametrize(
    "text",
    [
        "Hydroxocobalamin 1mg IM given",
        "Vitamin B12 given IM left deltoid",
        "B12 jab",
        "Cyanocobalamin administered by district nurse",
        "B12 therapy",
        "Vitamin-B12-Spritze",
        "Injection de vitamine B12",
        "Inyección de vitamina B12",
        "B12-injectie",
    ],
)
def test_words_of_vitamin_b12_given_are_a_dose_or_a_hint_in_every_list(
    text: str, kind: str
) -> None:
    scenario = scenario_of(given(text, kind))
    assert scenario.doses or scenario.hints_at(HintAt.B12_TREATMENT)
    assert not scenario.b12_supplement_before_test.is_false


@pytest.mark.parametrize("code", [concept(SNOMED, INJECTION), {"text": "B12 injection given"}])
def test_an_event_in_the_problem_list_has_no_day_and_is_a_hint(code: dict[str, Any]) -> None:
    scenario = scenario_of(condition("", code=code, days=60))
    assert scenario.doses == ()
    assert len(scenario.hints_at(HintAt.B12_TREATMENT)) == 1


@pytest.mark.parametrize(
    "said",
    [
        {"valueBoolean": False},
        {"valueString": "Not given"},
        {"valueString": "declined"},
        {"valueCodeableConcept": {"text": "Did not attend"}},
        {"dataAbsentReason": {"text": "not performed"}},
    ],
)
def test_an_event_that_says_it_did_not_happen_is_no_dose(said: dict[str, Any]) -> None:
    scenario = scenario_of(observation(INJECTION, system=SNOMED, days=60, **said))
    assert scenario.doses == ()
    assert scenario.b12_supplement_before_test.is_false


@pytest.mark.parametrize("said", [{}, {"valueBoolean": True}, {"valueString": "left deltoid"}])
def test_an_event_without_such_a_value_is_a_dose(said: dict[str, Any]) -> None:
    scenario = scenario_of(observation(INJECTION, system=SNOMED, days=60, **said))
    assert len(scenario.doses) == 1


@pytest.mark.parametrize("kind", ["MedicationAdministration", "MedicationDispense"])
@pytest.mark.parametrize("status", ["unknown", "stopped", None])
def test_an_administration_of_unsure_status_is_a_hint(status: str | None, kind: str) -> None:
    entry = {
        "resourceType": kind,
        "subject": SUBJECT,
        "medicationCodeableConcept": {"text": "Hydroxocobalamin 1mg"},
        "effectiveDateTime": days_ago(40),
        **({"status": status} if status else {}),
    }
    scenario = scenario_of(entry)
    assert scenario.doses == ()
    assert scenario.hints_at(HintAt.B12_TREATMENT)
    assert scenario_of({**entry, "status": "not-done"}).hints == ()


@pytest.mark.parametrize(
    "text", ["Vitamin B12 level", "Hydroxocobalamin deficiency", "Injection of steroid", "Fatigue"]
)
def test_other_words_speak_of_no_treatment(text: str) -> None:
    for kind in ("Observation", "Procedure", "Condition"):
        assert scenario_of(given(text, kind)).hints_at(HintAt.B12_TREATMENT) == ()
