"""Facts that several lists speak of, and what entries of the medication lists leave open."""

from __future__ import annotations

from typing import Any

import pytest

from recommender.language import Cause, Truth
from tests.fhir_mappings.records import (
    ATC,
    ICD_10_CM,
    SUBJECT,
    Resource,
    concept,
    condition,
    days_ago,
    map_all,
    observation,
    scenario_of,
)

METFORMIN, WARFARIN = concept(ATC, "A10BA02"), concept(ATC, "B01AA03")
HYDROXOCOBALAMIN = concept(ATC, "B03BA03")


def order(medicine: Resource, **changes: Any) -> Resource:
    body = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "subject": SUBJECT,
        "authoredOn": days_ago(300),
        "medicationCodeableConcept": medicine,
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def test_an_order_of_the_future_leaves_the_medication_list_open() -> None:
    fact = scenario_of(order(METFORMIN, authoredOn=days_ago(-60))).anticoagulant_fact
    assert fact.is_unknown
    assert "in the future" in fact.reason


def test_entries_that_do_not_say_which_medicine_are_counted_in_words() -> None:
    nameless = {"medicationCodeableConcept": None, "medicationReference": {"reference": "#gone"}}
    one = scenario_of(order(METFORMIN, **nameless)).anticoagulant_fact
    two = scenario_of(order(METFORMIN, **nameless), order(METFORMIN, **nameless)).anticoagulant_fact
    assert "1 entry does not say" in one.reason
    assert "2 entries do not say" in two.reason


def test_metformin_taken_for_nobody_knows_how_long_is_no_cause() -> None:
    long = scenario_of(order(METFORMIN))
    assert [item.cause for item in long.causes] == [Cause.DRUG]
    stated = {
        "resourceType": "MedicationStatement",
        "status": "active",
        "subject": SUBJECT,
        "medicationCodeableConcept": METFORMIN,
    }
    undated = scenario_of(stated)
    assert [use.long_term for use in undated.lowering_drugs] == [Truth.UNKNOWN]
    assert undated.causes == ()


def test_a_plan_of_somebody_else_may_have_been_taken_before_the_test() -> None:
    b12 = observation("2132-9", 150, "pg/mL")
    planned = scenario_of(b12, order(HYDROXOCOBALAMIN, intent="plan", authoredOn=days_ago(30)))
    assert planned.b12_supplement_before_test.is_unknown
    ordered = scenario_of(b12, order(HYDROXOCOBALAMIN, authoredOn=days_ago(30)))
    assert ordered.b12_supplement_before_test.is_true


@pytest.mark.parametrize("status", ["completed", "stopped", "on-hold"])
def test_what_a_patient_reports_to_have_taken_counts_after_it_ended(status: str) -> None:
    """A plan that is a report is a statement of use, whatever became of it (Q32, F9)."""
    b12 = observation("2132-9", 700, "pg/mL")
    own = concept(ATC, "B03BA01")
    plan = order(own, intent="plan", status=status, authoredOn=days_ago(30))
    assert scenario_of(b12, plan | {"reportedBoolean": True}).b12_supplement_before_test.is_true
    assert scenario_of(b12, plan).b12_supplement_before_test.is_false


@pytest.mark.parametrize("status", ["active", "completed", "stopped", "on-hold"])
@pytest.mark.parametrize(
    ("began", "ended", "told", "taken"),
    [
        (200, None, 5, True),  # until when is not known: not later than it was told
        (200, 5, 5, True),
        (200, 80, 5, True),
        (15, 5, 5, False),
        (400, 300, 5, False),
    ],
)
def test_what_was_taken_while_the_level_was_measured_counts_after_it_ended_F9(
    began: int, ended: int | None, told: int, taken: bool, status: str
) -> None:
    """The level of 20 days ago may stand on it and excludes nothing, as of one that was stopped."""
    until = {"end": days_ago(ended)} if ended else {}
    stated = {
        "resourceType": "MedicationStatement",
        "status": status,
        "subject": SUBJECT,
        "effectivePeriod": {"start": days_ago(began), **until},
        "dateAsserted": days_ago(told),
        "medicationCodeableConcept": concept(ATC, "B03BA01"),
    }
    scenario = scenario_of(observation("2132-9", 700, "pg/mL", days=20), stated)
    assert scenario.b12_supplement_before_test.is_true is taken


@pytest.mark.parametrize("status", ["completed", "on-hold", "unknown", "intended"])
@pytest.mark.parametrize(
    ("ended", "told", "perhaps"),
    [(None, 5, True), (12, 5, True), (300, 5, False), (None, 300, False)],
)
def test_what_is_over_and_began_nobody_knows_when_may_have_been_taken_before_F9(
    ended: int | None, told: int, perhaps: bool, status: str
) -> None:
    """It was "none recorded" before the level of 20 days ago."""
    stated = {
        "resourceType": "MedicationStatement",
        "status": status,
        "subject": SUBJECT,
        "effectivePeriod": {"end": days_ago(ended)} if ended else {},
        "dateAsserted": days_ago(told),
        "medicationCodeableConcept": concept(ATC, "B03BA01"),
    }
    scenario = scenario_of(observation("2132-9", 700, "pg/mL", days=20), stated)
    goes_on = status in ("unknown", "intended") and not ended
    assert scenario.b12_supplement_before_test.is_false is not (perhaps or goes_on)


def test_a_period_that_ends_before_it_starts_ends_nothing_F9() -> None:
    stated = {
        "resourceType": "MedicationStatement",
        "status": "active",
        "subject": SUBJECT,
        "effectivePeriod": {"start": days_ago(200), "end": days_ago(900)},
        "medicationCodeableConcept": concept(ATC, "B03BA01"),
    }
    scenario = scenario_of(observation("2132-9", 700, "pg/mL", days=20), stated)
    assert scenario.b12_supplement_before_test.is_true


@pytest.mark.parametrize("dosage", [None, [{"text": "1 daily"}], [{"text": "as before"}]])
@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("Multivitamin tablet B12 1000 mcg", True),
        ("Vitamin B complex forte (B12 500 µg)", True),
        ("Multivitamin with vitamin B12 10 micrograms", False),
    ],
)
def test_more_than_a_trace_counts_by_what_a_piece_holds_where_the_dosage_is_not_read(
    name: str, taken: bool, dosage: Any
) -> None:
    """A combination of a stated content up to 100 micrograms is a trace at most (Q49, Q75)."""
    b12 = observation("2132-9", 700, "pg/mL")
    own = order({"text": name}, authoredOn=days_ago(60), dosageInstruction=dosage)
    assert scenario_of(b12, own).b12_supplement_before_test.is_true is taken


def test_an_anticoagulant_reported_as_on_hold_counts_like_an_order_on_hold() -> None:
    held = order(WARFARIN, intent="plan", status="on-hold", reportedBoolean=True)
    assert scenario_of(held).anticoagulant_fact.is_true


def test_a_coded_anticoagulant_counts_while_the_list_does_not_say_which() -> None:
    coded = condition("Z79.01", ICD_10_CM)
    mapped = map_all(coded, unavailable=["medications"])
    assert mapped.scenario.anticoagulant_fact.is_true
    (used,) = [line for line in mapped.lines() if line.type == "Condition"]
    assert used.used_for == ("anticoagulant",)
    told = map_all(coded, order(WARFARIN))
    (outweighed,) = [line for line in told.lines() if line.type == "Condition"]
    assert not outweighed.used


def test_an_unreadable_length_since_the_operation_outweighs_its_words() -> None:
    operation = {
        "resourceType": "Procedure",
        "status": "completed",
        "subject": SUBJECT,
        "code": {"text": "Ileal resection 30 cm"},
        "performedDateTime": days_ago(400),
    }
    length = {"system": "urn:b12-cds:observation", "valueString": "about a foot"}
    measured = scenario_of(operation).ileal_resection_length
    assert measured.is_known
    for days, known in ((300, False), (500, True)):
        later = observation("ileal-resection-length", days=days, **length)
        assert scenario_of(operation, later).ileal_resection_length.is_known is known


def test_a_medication_resource_says_in_the_receipt_by_what_it_was_understood() -> None:
    medication = {"resourceType": "Medication", "id": "m", "code": METFORMIN}
    mapped = map_all(medication, order(METFORMIN))
    (line,) = [line for line in mapped.lines() if line.type == "Medication"]
    assert line.understood == "code"
