"""What was given and what is taken: which supply may last, which entry counts beside which."""

import datetime as dt

import pytest

from recommender.language.doses import Substance
from recommender.language.logic import Truth
from recommender.language.scenario import Anticoagulant, LoweringDrug
from tests.fhir_mappings.medicines.test_medications import (
    HC,
    METFORMIN,
    WARFARIN,
    entry,
    given,
    order,
    read,
    reason,
)

SOLUTION = "Hydroxocobalamin 1 mg/mL solution for injection"


@pytest.mark.parametrize(
    ("text", "line", "dose"),
    [
        ("Cyanocobalamin 50 microgram tablets", {}, 50),
        ("Cyanocobalamin 50 microgram tablets", {"text": "as directed"}, None),
        (SOLUTION, {}, None),
        ("Cyanocobalamin 50 microgram/mL oral solution", {}, None),
    ],
)
def test_tablets_supplied_without_a_word_of_how_they_are_taken_are_one_at_least(text, line, dose):
    supplied = {
        "resourceType": "MedicationDispense",
        "id": "supplied",
        "status": "completed",
        "whenHandedOver": "2026-11-01",
        "medicationCodeableConcept": {"text": text},
        "dosageInstruction": [line] if line else [],
    }

    assert [found.dose for found in read(supplied)[0].doses] == [dose]


@pytest.mark.parametrize(
    ("day", "taken"),
    [("2026-11-21", Truth.UNKNOWN), ("2026-08-22", Truth.UNKNOWN), ("2026-08-20", Truth.FALSE)],
)
def test_an_anticoagulant_of_a_completed_order_may_still_be_taken_and_has_no_class(day, taken):
    facts, _ = read(order(WARFARIN, status="completed", authoredOn=day))

    assert facts.anticoagulant_fact.truth is taken
    assert facts.anticoagulant is None


def test_of_an_anticoagulant_no_longer_taken_the_class_does_not_count():
    old = order(WARFARIN, id="old", status="stopped", authoredOn="2026-10-01")
    apixaban = order("1364430", id="now")

    assert read(old, apixaban)[0].anticoagulant is Anticoagulant.DIRECT_ORAL
    assert reason(old) == "Warfarin, no longer taken: 2026-10-01"


def test_each_entry_of_a_medicine_is_read_after_one_that_does_not_count():
    stopped = order(METFORMIN, id="stopped", status="stopped", authoredOn="2026-10-01")
    statement = entry("MedicationStatement", METFORMIN, status="active", effectiveDateTime="2020")

    for records in ((stopped, statement), (statement, stopped)):
        (use,) = read(*records)[0].lowering_drugs
        assert (use.drug, use.long_term) == (LoweringDrug.METFORMIN, Truth.TRUE)


def test_a_dose_given_is_one_whatever_else_the_record_holds():
    antidote = {
        "resourceType": "MedicationAdministration",
        "id": "antidote",
        "status": "completed",
        "effectiveDateTime": "2026-11-10",
        "medicationCodeableConcept": {"text": "Cyanokit 5 g powder for solution for infusion"},
    }
    facts, _ = read(antidote, given(HC, "2026-11-20"))

    assert [dose.date for dose in facts.doses] == [dt.date(2026, 11, 20)]
    assert [dose.substance for dose in facts.antidotes] == [Substance.HYDROXOCOBALAMIN]


@pytest.mark.parametrize(
    ("members", "day", "truth"),
    [
        ({"daysSupply": {"value": 180, "code": "d"}}, "2026-05-26", Truth.TRUE),
        ({"daysSupply": {"value": 180, "code": "d"}}, "2026-05-24", Truth.FALSE),
        ({"daysSupply": {"value": 14, "code": "d"}}, "2026-09-01", Truth.TRUE),
        ({"daysSupply": {"value": 9999, "code": "d"}}, "2025-11-22", Truth.TRUE),
        ({"daysSupply": {"value": 9999, "code": "d"}}, "2025-11-20", Truth.FALSE),
    ],
)
def test_an_anticoagulant_counts_for_as_long_as_its_supply_is_stated_to_last_F19(
    members, day, truth
):
    supplied = entry("MedicationDispense", WARFARIN, status="completed", whenHandedOver=day)

    assert read(supplied | members)[0].anticoagulant_fact.truth is truth


@pytest.mark.parametrize(
    ("repeats", "truth"), [(None, Truth.FALSE), (1, Truth.FALSE), (3, Truth.UNKNOWN)]
)
def test_the_repeats_of_a_completed_order_lengthen_its_supply(repeats, truth):
    request = {"expectedSupplyDuration": {"value": 56, "code": "d"}}
    request |= {} if repeats is None else {"numberOfRepeatsAllowed": repeats}
    completed = order(
        WARFARIN, status="completed", authoredOn="2026-06-01", dispenseRequest=request
    )

    assert read(completed)[0].anticoagulant_fact.truth is truth


@pytest.mark.parametrize(
    ("day", "truth"), [("2026-11-01", Truth.UNKNOWN), ("2026-08-01", Truth.FALSE)]
)
def test_what_is_stated_as_completed_of_late_is_neither_taken_nor_known_not_to_be(day, truth):
    over = entry("MedicationStatement", WARFARIN, status="completed", effectiveDateTime=day)

    assert read(over)[0].anticoagulant_fact.truth is truth


def test_a_lowering_medicine_of_completed_orders_counts_while_their_supply_may_last_F27():
    orders = [
        order(METFORMIN, id=day, status="completed", authoredOn=day)
        for day in ("2026-01-05", "2026-10-05")
    ]
    (use,) = read(*orders)[0].lowering_drugs

    assert (use.drug, use.long_term) == (LoweringDrug.METFORMIN, Truth.TRUE)
    assert not read(orders[0])[0].lowering_drugs


@pytest.mark.parametrize(
    ("asserted", "truth"), [("2026-11-01", Truth.TRUE), ("2025-11-01", Truth.UNKNOWN)]
)
def test_what_was_put_on_hold_long_ago_may_have_gone_on_Q29(asserted, truth):
    held = entry("MedicationStatement", WARFARIN, status="on-hold", dateAsserted=asserted)

    assert read(held)[0].anticoagulant_fact.truth is truth


@pytest.mark.parametrize(
    ("status", "day", "truth"),
    [
        ("active", "2020-01-01", Truth.TRUE),
        ("on-hold", "2020-01-01", Truth.TRUE),
        ("completed", "2026-11-01", Truth.UNKNOWN),
        ("completed", "2026-08-01", Truth.FALSE),
        ("stopped", "2026-11-01", Truth.FALSE),
    ],
)
def test_what_a_patient_reports_is_read_as_what_is_stated_Q32(status, day, truth):
    reported = order(WARFARIN, intent="plan", status=status, authoredOn=day, reportedBoolean=True)

    assert read(reported)[0].anticoagulant_fact.truth is truth
