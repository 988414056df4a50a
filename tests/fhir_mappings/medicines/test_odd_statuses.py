"""Statuses, intents and periods of medicine entries that are not plainly one of FHIR's.

Expected by decisions Q29 (what is of unknown status may be taken), Q32 (intent), Q31, I26, I33.
"""

from __future__ import annotations

from typing import Any

import pytest

from recommender.language import HintAt
from recommender.language.course import OrderState
from tests.fhir_mappings.records import SUBJECT, days_ago, scenario_of

HYDROXOCOBALAMIN = {"text": "Hydroxocobalamin 1 mg injection"}
WARFARIN = {"text": "Warfarin 3 mg tablets"}
KINDS = {
    "MedicationRequest": {"intent": "order", "authoredOn": days_ago(60)},
    "MedicationStatement": {"effectiveDateTime": days_ago(60)},
    "MedicationDispense": {"whenHandedOver": days_ago(60)},
    "MedicationAdministration": {"effectiveDateTime": days_ago(60)},
}


def entry(kind: str, medicine: dict[str, Any], status: Any, **changes: Any) -> dict[str, Any]:
    named = {"resourceType": kind, "medicationCodeableConcept": medicine, "subject": SUBJECT}
    return named | KINDS[kind] | {"status": status} | changes


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "status", ["Entered in Error", "entered in error", {"text": "Entered in Error"}]
)
def test_a_mistake_in_words_is_none(kind: str, status: Any) -> None:
    scenario = scenario_of(
        entry(kind, HYDROXOCOBALAMIN, status), entry(kind, WARFARIN, status, id="other")
    )
    assert scenario.anticoagulant_fact.is_false
    assert (scenario.doses, scenario.orders, scenario.hints) == ((), (), ())


@pytest.mark.parametrize("intent", ["bogus", "recommendation", "suggestion", "offer-response"])
def test_an_intent_that_is_not_understood_leaves_use_open_Q32(intent: str) -> None:
    ordered = entry("MedicationRequest", HYDROXOCOBALAMIN, "active", intent=intent)
    warfarin = entry("MedicationRequest", WARFARIN, "active", intent=intent, id="other")
    scenario = scenario_of(ordered, warfarin)
    assert scenario.anticoagulant_fact.is_unknown
    assert [order.planned for order in scenario.orders] == [True]


@pytest.mark.parametrize("intent", ["order", "ORDER", "Filler Order", "instance-order", None])
def test_an_order_is_one_in_every_spelling(intent: str | None) -> None:
    scenario = scenario_of(entry("MedicationRequest", WARFARIN, "active", intent=intent))
    assert scenario.anticoagulant_fact.is_true


NOT_TAKEN = [
    {"taken": False},
    {"taken": "n"},
    {"taken": "no"},
    {"taken": {"text": "No"}},
    {"adherence": {"code": {"text": "Not Taking"}}},
    {"adherence": {"code": {"coding": [{"code": "not-taking-unknown"}]}}},
]


@pytest.mark.parametrize("said", NOT_TAKEN)
def test_what_is_stated_as_not_taken_is_no_use_in_every_spelling(said: dict[str, Any]) -> None:
    scenario = scenario_of(
        entry("MedicationStatement", HYDROXOCOBALAMIN, "active", **said),
        entry("MedicationStatement", WARFARIN, "active", id="other", **said),
    )
    assert scenario.anticoagulant_fact.is_false
    assert (scenario.doses, scenario.orders) == ((), ())


@pytest.mark.parametrize(
    "said",
    [
        {"taken": "maybe"},
        {"taken": "stopped by the ward"},
        {"adherence": {"code": {"text": "Never really"}}},
        {"adherence": {"code": {"coding": [{"code": "declined"}]}}},
    ],
)
def test_a_word_about_use_that_is_not_understood_leaves_it_open_Q29(said: dict[str, Any]) -> None:
    scenario = scenario_of(
        entry("MedicationStatement", HYDROXOCOBALAMIN, "active", **said),
        entry("MedicationStatement", WARFARIN, "active", id="other", **said),
    )
    assert scenario.anticoagulant_fact.is_unknown
    assert all(order.planned for order in scenario.orders)
    assert scenario.orders or HintAt.B12_TREATMENT in {hint.at for hint in scenario.hints}
    assert not any(dose.date for dose in scenario.doses)


def test_a_statement_whose_period_ends_later_is_of_now_and_no_dose_of_today() -> None:
    period = {"start": "2026-01-05", "end": "2027-01-05"}
    scenario = scenario_of(
        entry("MedicationStatement", HYDROXOCOBALAMIN, "active", effectivePeriod=period)
    )
    assert [order.state for order in scenario.orders] == [OrderState.ACTIVE]
    assert {str(dose.date) for dose in scenario.doses} <= {"2026-01-05"}


@pytest.mark.parametrize(
    "period", [{"start": days_ago(400), "end": "2020-01-01"}, {"end": "2027-01-05"}, {}]
)
def test_a_period_that_cannot_end_it_leaves_a_statement_in_force(period: dict[str, str]) -> None:
    stated = entry("MedicationStatement", WARFARIN, "active", effectivePeriod=period)
    del stated["effectiveDateTime"]
    assert scenario_of(stated).anticoagulant_fact.is_true


def test_a_period_that_has_ended_ends_it() -> None:
    period = {"start": days_ago(900), "end": days_ago(400)}
    stated = entry("MedicationStatement", WARFARIN, "active", effectivePeriod=period)
    del stated["effectiveDateTime"]
    assert scenario_of(stated).anticoagulant_fact.is_false


PERHAPS = [
    entry("MedicationRequest", WARFARIN, "unknown"),
    entry("MedicationRequest", WARFARIN, None),
    entry("MedicationRequest", WARFARIN, "in force"),
    entry("MedicationRequest", WARFARIN, "active", intent="plan"),
    entry("MedicationRequest", WARFARIN, "active", intent="bogus"),
    entry("MedicationStatement", WARFARIN, "unknown"),
    entry("MedicationStatement", WARFARIN, "intended"),
    entry("MedicationStatement", WARFARIN, "on-hold", effectiveDateTime=days_ago(400)),
]
OVER = [
    entry("MedicationRequest", WARFARIN, "stopped"),
    entry("MedicationRequest", WARFARIN, "completed", authoredOn=days_ago(400)),
    entry("MedicationRequest", WARFARIN, "draft"),
    entry("MedicationStatement", WARFARIN, "completed", effectiveDateTime=days_ago(400)),
    entry("MedicationStatement", WARFARIN, "not-taken"),
]


def at_anticoagulant(resource: dict[str, Any]) -> list[str]:
    hints = scenario_of(resource).hints
    return [hint.words for hint in hints if hint.at is HintAt.ANTICOAGULANT]


@pytest.mark.parametrize("resource", PERHAPS)
def test_an_anticoagulant_that_may_be_taken_is_asked_about_F19(resource: dict[str, Any]) -> None:
    (words,) = at_anticoagulant(resource)
    assert words.endswith(": Warfarin 3 mg tablets")
    assert scenario_of(resource).anticoagulant_fact.is_unknown


@pytest.mark.parametrize("resource", OVER)
def test_one_that_is_over_is_not_asked_about_F19(resource: dict[str, Any]) -> None:
    assert at_anticoagulant(resource) == []
