"""Entries that an extension modifies which is not read, or that rules made which are not: they
may mean the opposite, so they deny and permit nothing (FHIR's `modifierExtension` and
`implicitRules`; decisions 2.1, Q26, I26).
"""

from __future__ import annotations

from typing import Any

import pytest

from fhir_mappings.scenario_mapping import map_scenario
from recommender.deficiency.older_results import older_low_result
from recommender.guidance import Policy
from recommender.language import HintAt, NotCounted
from tests.fhir_mappings.records import (
    AS_OF,
    OWN,
    RXNORM,
    SNOMED,
    SUBJECT,
    UCUM,
    VALUE_SETS,
    allergy,
    concept,
    condition,
    days_ago,
    observation,
    patient,
    procedure,
    record_of,
    scenario_of,
    why_ignored,
)

CHANGED = {"modifierExtension": [{"url": "urn:x", "valueBoolean": True}]}
RULES = {"implicitRules": "https://example.org/rules-of-ours"}
of_whole_entries = pytest.mark.parametrize("changed", [CHANGED, RULES])
LEBERS, SICKLE, DIALYSIS, INJECTION = "58610003", "127040003", "302497006", "709544008"


def warfarin(kind: str, **more: Any) -> dict[str, Any]:
    """Return an entry of a list beside the orders that tells of warfarin, given ten days ago."""
    given = {"status": "completed", "effectiveDateTime": days_ago(10)}
    named = {"medicationCodeableConcept": {"text": "Warfarin 3 mg tablets"}}
    handed_over = {"whenHandedOver": days_ago(10)}
    return {"resourceType": kind, "subject": SUBJECT, **given, **named, **handed_over, **more}


@of_whole_entries
def test_what_is_denied_and_changed_is_not_denied(changed: dict[str, Any]) -> None:
    scenario = scenario_of(
        condition(LEBERS, verificationStatus="refuted", **changed),
        allergy("1217428002", verificationStatus="refuted", **changed),
        procedure(DIALYSIS, days=5, status="not-done", **changed),
    )
    assert scenario.lebers.is_unknown
    assert scenario.allergy_fact.is_true
    assert scenario.dialysis.is_unknown


@of_whole_entries
def test_what_is_over_and_changed_is_not_over(changed: dict[str, Any]) -> None:
    over = {"clinicalStatus": "resolved", **changed}
    scenario = scenario_of(
        condition("431857002", **over),
        allergy("1217428002", clinicalStatus="inactive", criticality="low", **changed),
    )
    assert scenario.kidney_disease.is_unknown
    assert scenario.allergy_fact.is_true


@of_whole_entries
def test_what_is_said_and_changed_permits_nothing(changed: dict[str, Any]) -> None:
    scenario = scenario_of(condition(SICKLE, **changed), procedure(INJECTION, days=20, **changed))
    assert scenario.haemolysis.is_unknown  # it would protect folic acid
    assert not scenario.doses
    assert HintAt.B12_TREATMENT in {hint.at for hint in scenario.hints}


def test_one_part_of_a_panel_may_be_changed() -> None:
    answer = {"code": concept(OWN, "neuro-screen"), "valueBoolean": False}
    level = {"value": 420, "unit": "pmol/L", "code": "pmol/L", "system": UCUM}
    result = {"code": concept("http://loinc.org", "14685-2"), "valueQuantity": level}
    panel = observation("", code={"text": "Panel"}, component=[answer | CHANGED, result | CHANGED])
    scenario = scenario_of(panel)
    assert scenario.neurological_screen.is_unknown
    assert not scenario.total_b12.is_known
    assert [one.why for one in scenario.uncounted_b12] == [NotCounted.CHANGED]
    plain = observation("", code={"text": "Panel"}, component=[answer, result])
    assert scenario_of(plain).total_b12.is_known


@pytest.mark.parametrize(
    "kind", ["MedicationStatement", "MedicationAdministration", "MedicationDispense"]
)
@pytest.mark.parametrize(
    "changed", [CHANGED, RULES, {"wasNotTaken": "perhaps"}, {"notGiven": "perhaps"}]
)
def test_an_entry_of_a_list_beside_leaves_the_medicines_open(
    kind: str, changed: dict[str, Any]
) -> None:
    assert scenario_of(warfarin(kind, **changed)).anticoagulant_fact.is_unknown


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (CHANGED, "changed by an extension that is not read"),
        (RULES, "changed by a set of rules that is not read"),
        ({"notGiven": "perhaps"}, "changed by an element notGiven that is not read"),
    ],
)
def test_the_receipt_says_what_changes_a_dose(changed: dict[str, Any], why: str) -> None:
    dose = warfarin("MedicationAdministration", **changed)
    mapped = map_scenario(record_of([patient(), dose]), AS_OF, VALUE_SETS)
    assert why_ignored(mapped, "MedicationAdministration") == [why]


@pytest.mark.parametrize("where", ["line", "timing"])
def test_a_dosage_that_is_changed_is_not_read(where: str) -> None:
    timing: dict[str, Any] = {"repeat": {"frequency": 1, "period": 2, "periodUnit": "mo"}}
    line = {
        "timing": timing | (CHANGED if where == "timing" else {}),
        "route": concept(SNOMED, "78421000"),
        "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "mg", "code": "mg", "system": UCUM}}],
        **(CHANGED if where == "line" else {}),
    }
    order = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "subject": SUBJECT,
        "authoredOn": days_ago(100),
        "medicationCodeableConcept": concept(RXNORM, "5514", "Hydroxocobalamin"),
        "dosageInstruction": [line],
    }
    (read,) = scenario_of(order).orders
    assert read.not_computable


@of_whole_entries
def test_a_result_that_is_changed_is_told_and_not_used(changed: dict[str, Any]) -> None:
    level = {"value": 420, "unit": "pmol/L", "code": "pmol/L", "system": UCUM}
    told = scenario_of(observation("14685-2", valueQuantity=level, **changed))
    assert not told.total_b12.is_known
    assert [one.why for one in told.uncounted_b12] == [NotCounted.CHANGED]


@of_whole_entries
def test_a_level_that_is_changed_and_may_be_low_asks_for_a_test_E3(changed: dict[str, Any]) -> None:
    low = {"value": 95, "unit": "pmol/L", "code": "pmol/L", "system": UCUM}
    scenario = scenario_of(observation("14685-2", days=3, valueQuantity=low, **changed))
    assert not scenario.total_b12.is_known
    assert older_low_result(scenario, Policy()) == scenario.uncounted_b12[0]
    fine = observation("14685-2", days=3, valueQuantity=low | {"value": 420}, **changed)
    assert older_low_result(scenario_of(fine), Policy()) is None


@of_whole_entries
def test_a_level_that_is_changed_takes_nothing_from_a_low_one_before_it_I30(
    changed: dict[str, Any],
) -> None:
    low = {"value": 95, "unit": "pmol/L", "code": "pmol/L", "system": UCUM}
    newer = observation("14685-2", days=3, valueQuantity=low | {"value": 420}, **changed)
    scenario = scenario_of(observation("14685-2", days=70, valueQuantity=low), newer)
    assert scenario.total_b12.quantity is not None
    assert scenario.total_b12.quantity.value == 95


@of_whole_entries
@pytest.mark.parametrize("question", ["neuro-screen", "b12-symptoms"])
def test_an_answer_that_is_changed_takes_the_word_of_an_older_no(
    question: str, changed: dict[str, Any]
) -> None:
    name = {"neuro-screen": "neurological_screen", "b12-symptoms": "symptoms"}[question]
    no = observation("", code=concept(OWN, question), days=20, valueBoolean=False)
    newer = observation("", code=concept(OWN, question), days=5, valueBoolean=True, **changed)
    of_a_form = {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "subject": SUBJECT,
        "authored": days_ago(5),
        "item": [{"linkId": question, "answer": [{"valueBoolean": True}]}],
        **changed,
    }
    assert getattr(scenario_of(no), name).is_false
    assert getattr(scenario_of(no, newer), name).is_unknown
    assert getattr(scenario_of(no, of_a_form), name).is_unknown


@pytest.mark.parametrize("empty", ["", None])
def test_rules_that_are_not_named_change_nothing(empty: Any) -> None:
    scenario = scenario_of(condition(LEBERS, verificationStatus="refuted", implicitRules=empty))
    assert scenario.lebers.is_false


@pytest.mark.parametrize("empty", [[], None])
def test_an_extension_that_is_empty_changes_nothing(empty: Any) -> None:
    scenario = scenario_of(condition(LEBERS, verificationStatus="refuted", modifierExtension=empty))
    assert scenario.lebers.is_false


@pytest.mark.parametrize(
    ("category", "status"),
    [
        ([{"text": "Encounter Diagnosis"}], None),
        ([{"coding": [{"code": "ENCOUNTER-DIAGNOSIS"}]}], {}),
        ({"coding": [{"code": "encounter-diagnosis"}]}, "unknown"),
    ],
)
def test_an_old_encounter_is_one_in_every_spelling_F10(category: Any, status: Any) -> None:
    sign = condition("91019004", days=800, category=category, clinicalStatus=status)
    scenario = scenario_of(sign)
    assert not scenario.neurological_findings
    assert [hint.at for hint in scenario.hints] == [HintAt.NEUROLOGY]


@pytest.mark.parametrize("kind", ["MedicationStatement", "MedicationAdministration"])
@pytest.mark.parametrize("subject", [{"reference": "Patient/pat-2"}, "unknown", "?"])
def test_an_entry_beside_about_somebody_else_leaves_the_medicines_open_Q64(
    kind: str, subject: Any
) -> None:
    assert scenario_of(warfarin(kind, subject=subject)).anticoagulant_fact.is_unknown


@pytest.mark.parametrize("language", [[], {}, [None], {"coding": [{"code": "en"}]}, 5, "de"])
def test_a_language_that_is_no_code_breaks_nothing(language: Any) -> None:
    """It was an error 500 of the whole call."""
    order = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "subject": SUBJECT,
        "medicationCodeableConcept": {"text": "Warfarin 3 mg tablets"},
        "language": language,
    }
    scenario = scenario_of(
        condition(LEBERS, language=language),
        procedure(DIALYSIS, days=5, language=language),
        allergy("1217428002", language=language),
        observation("", code={"text": "Vitamin B12"}, language=language),
        order,
    )
    assert scenario.lebers.is_true
    assert scenario.dialysis.is_true
    assert scenario.anticoagulant_fact.is_true
