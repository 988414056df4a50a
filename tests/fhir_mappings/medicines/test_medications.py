"""The medicines of the record: orders, doses, and what else is taken; every resource used or
ignored with its reason.
"""

import datetime as dt
from decimal import Decimal

import pytest

from fhir_mappings.fhir.record import Placed
from fhir_mappings.intake.receipt import Receipt
from fhir_mappings.medicines.medications import map_medications
from fhir_mappings.terminology.code_systems import ATC, RXNORM, SNOMED
from fhir_mappings.terminology.value_sets import load_value_sets
from recommender.language.course import OrderState
from recommender.language.doses import PeriodUnit, Route, Substance
from recommender.language.logic import Truth
from recommender.language.scenario import Anticoagulant, LoweringDrug

VALUE_SETS = load_value_sets()
AS_OF = dt.date(2026, 11, 21)
HC, METFORMIN, OMEPRAZOLE, WARFARIN = "5514", "6809", "7646", "11289"
IM_MONTHLY = {
    "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "mo"}},
    "route": {"coding": [{"system": SNOMED, "code": "78421000"}]},
    "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "mg"}}],
}


def entry(kind: str, code: str, system: str = RXNORM, **elements) -> dict:
    concept = {"coding": [{"system": system, "code": code}]}
    return {
        "resourceType": kind,
        "id": f"{kind}-{code}",
        "medicationCodeableConcept": concept,
    } | elements


def order(code: str = HC, **elements) -> dict:
    usual = {
        "status": "active",
        "intent": "order",
        "authoredOn": "2026-06-01",
        "dosageInstruction": [IM_MONTHLY],
    }
    return entry("MedicationRequest", code, **(usual | elements))


def given(code: str = HC, day: str = "2026-11-20", **elements) -> dict:
    dosage = {"route": IM_MONTHLY["route"], "dose": {"value": 1000, "unit": "mcg"}}
    return entry(
        "MedicationAdministration",
        code,
        **({"status": "completed", "effectiveDateTime": day, "dosage": dosage} | elements),
    )


def read(*resources: dict):
    receipt = Receipt()
    placed = [
        Placed(f"prefetch.medications.entry[{number}]", resource)
        for number, resource in enumerate(resources)
    ]
    for item in placed:
        receipt.enter(item)
    return map_medications(placed, AS_OF, VALUE_SETS, receipt), receipt


def reason(*resources: dict) -> str:
    """Return why the first resource was ignored."""
    return read(*resources)[1].lines()[0].ignored


def test_an_active_order_is_read_with_its_dose_and_evidence():
    facts, receipt = read(order())

    (found,) = facts.orders
    assert (found.key, found.state, found.not_computable) == (
        "MedicationRequest/MedicationRequest-5514",
        OrderState.ACTIVE,
        "",
    )
    assert (found.lines[0].dose, found.lines[0].timing.unit) == (1000, PeriodUnit.MONTH)
    assert (found.evidence.code, found.evidence.date) == (f"{RXNORM}|5514", dt.date(2026, 6, 1))
    assert receipt.lines()[0].used_for == ("treatment_phase",)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("active", OrderState.ACTIVE),
        ("on-hold", OrderState.ON_HOLD),
        ("completed", OrderState.COMPLETED),
        ("ended", OrderState.COMPLETED),
        ("stopped", OrderState.STOPPED),
    ],
)
def test_the_status_of_an_order_is_kept(status, state):
    assert [found.state for found in read(order(status=status))[0].orders] == [state]


@pytest.mark.parametrize(
    ("elements", "why"),
    [
        ({"status": "entered-in-error"}, "status is 'entered-in-error'"),
        ({"status": "cancelled"}, "status is 'cancelled'"),
        ({"status": "draft"}, "status is 'draft'"),
        ({"status": "unknown"}, "status is 'unknown'"),
        ({"status": None}, "no status"),
        ({"intent": "proposal"}, "intent proposal: not ordered"),
        ({"doNotPerform": True}, "an order not to give it"),
        (
            {"authoredOn": "1998-03-01"},
            "older than 15 months with no dose, dispense or statement since: 1998-03-01",
        ),
    ],
)
def test_an_order_that_says_nothing_of_treatment_is_ignored_with_its_reason(elements, why):
    facts, receipt = read(order(**elements))

    assert facts.orders == ()
    assert [line.ignored for line in receipt.lines()] == [f"Hydroxocobalamin, {why}"]


@pytest.mark.parametrize(
    ("authored", "kept"), [("2025-08-20", False), ("2025-08-21", True), ("2025-08-22", True)]
)
def test_an_active_order_counts_for_fifteen_months_Q11(authored, kept):
    assert bool(read(order(authoredOn=authored))[0].orders) is kept


def test_an_old_active_order_counts_while_doses_are_given_Q11():
    facts, _ = read(order(authoredOn="2020-01-01"), given(day="2026-10-01"))

    assert len(facts.orders) == 1


def test_an_old_active_order_does_not_count_for_a_dose_as_old_Q11():
    facts, _ = read(order(authoredOn="2020-01-01"), given(day="2020-02-01"))

    assert (facts.orders, facts.doses) == ((), ())


def test_an_order_without_any_date_is_kept():
    assert len(read(order(authoredOn=None))[0].orders) == 1


def test_an_administration_is_a_dose():
    facts, _ = read(given())

    (dose,) = facts.doses
    assert (dose.substance, dose.route, dose.dose, dose.date) == (
        Substance.HYDROXOCOBALAMIN,
        Route.INTRAMUSCULAR,
        Decimal(1000),
        dt.date(2026, 11, 20),
    )


@pytest.mark.parametrize(
    "elements",
    [
        {"effectiveDateTime": None, "effectivePeriod": {"start": "2026-11-20T09:00:00Z"}},
        {"effectiveDateTime": None, "effectiveTimeDateTime": "2026-11-20"},
        {"effectiveDateTime": None, "occurenceDateTime": "2026-11-20"},
    ],
)
def test_the_day_of_an_administration_is_found_in_every_version(elements):
    assert read(given(**elements))[0].doses[0].date == dt.date(2026, 11, 20)


@pytest.mark.parametrize(
    ("elements", "why"),
    [
        ({"status": "not-done"}, "status is 'not-done'"),
        ({"status": "entered-in-error"}, "status is 'entered-in-error'"),
        ({"status": "stopped"}, "status is 'stopped'"),
        ({"notGiven": True}, "not given"),
        ({"wasNotGiven": True}, "not given"),
    ],
)
def test_what_was_not_given_is_no_dose(elements, why):
    assert read(given(**elements))[0].doses == ()
    assert reason(given(**elements)) == f"Hydroxocobalamin, {why}"


def test_a_dispense_is_a_dose_on_the_day_it_was_handed_over():
    dispense = entry(
        "MedicationDispense", "309593", status="completed", whenHandedOver="2026-11-10T10:00:00Z"
    )

    facts, _ = read(dispense)

    assert [(dose.date, dose.dose, dose.route) for dose in facts.doses] == [
        (dt.date(2026, 11, 10), None, Route.ORAL)
    ]


def test_a_dispense_that_is_not_finished_is_no_dose():
    assert reason(entry("MedicationDispense", "309593", status="preparation")).endswith(
        ", status is 'preparation'"
    )


STATEMENT = {
    "status": "active",
    "effectivePeriod": {"start": "2024-01-01"},
    "dateAsserted": "2026-11-01",
    "dosage": [IM_MONTHLY],
}


def test_a_statement_of_taking_is_a_dose_and_where_nothing_is_ordered_also_the_course():
    facts, _ = read(entry("MedicationStatement", HC, **STATEMENT))

    assert [dose.date for dose in facts.doses] == [dt.date(2026, 11, 1)]
    assert [(found.state, found.starts) for found in facts.orders] == [
        (OrderState.ACTIVE, dt.date(2024, 1, 1))
    ]


def test_a_statement_beside_an_active_order_is_no_second_course():
    facts, _ = read(order(), entry("MedicationStatement", HC, **STATEMENT))

    assert [found.key for found in facts.orders] == ["MedicationRequest/MedicationRequest-5514"]
    assert len(facts.doses) == 1


@pytest.mark.parametrize(
    "elements",
    [
        {"taken": "n"},
        {"taken": "unk"},
        {"wasNotTaken": True},
        {"adherence": {"code": {"coding": [{"code": "not-taking"}]}}},
        {"status": "not-taken"},
        {"status": "entered-in-error"},
        {"status": "intended"},
    ],
)
def test_a_statement_of_not_taking_counts_for_nothing(elements):
    facts, receipt = read(entry("MedicationStatement", HC, **(STATEMENT | elements)))

    assert (facts.orders, facts.doses) == ((), ())
    assert receipt.lines()[0].ignored


def test_a_statement_that_ended_is_a_dose_but_no_course():
    ended = STATEMENT | {"effectivePeriod": {"start": "2026-01-01", "end": "2026-06-30"}}

    facts, _ = read(entry("MedicationStatement", HC, **ended))

    assert [dose.date for dose in facts.doses] == [dt.date(2026, 6, 30)]
    assert facts.orders == ()


def test_the_cyanide_antidote_never_counts_as_treatment_I11():
    facts, receipt = read(given("700499"))

    assert facts.doses == ()
    assert receipt.lines()[0].ignored == "cyanide antidote, which is no vitamin B12 treatment"


def test_a_combination_counts_as_the_vitamin_B12_it_holds():
    facts, _ = read(
        order(
            "476628",
            dosageInstruction=[
                IM_MONTHLY | {"doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}]}
            ],
        )
    )

    assert {line.substance: line.dose for line in facts.orders[0].lines} == {
        Substance.CYANOCOBALAMIN: 500,
        Substance.FOLIC_ACID: 1000,
    }


def test_a_medication_resource_is_used_with_the_order_that_names_it():
    medication = {
        "resourceType": "Medication",
        "id": "m",
        "code": {"coding": [{"system": RXNORM, "code": HC}]},
    }
    by_reference = order() | {"medicationReference": {"reference": "Medication/m"}}
    del by_reference["medicationCodeableConcept"]

    facts, receipt = read(by_reference, medication)

    assert facts.orders[0].lines[0].substance is Substance.HYDROXOCOBALAMIN
    assert [line.used for line in receipt.lines()] == [True, True]


def test_a_medicine_known_by_its_name_alone_says_so():
    named = order() | {"medicationCodeableConcept": {"text": "Hydroxocobalamin injection"}}

    assert read(named)[0].orders[0].evidence.code == "matched by text"


def test_other_medicines_are_ignored_by_name():
    etodolac = order() | {"medicationCodeableConcept": {"text": "Etodolac"}}

    assert reason(etodolac) == "not a medicine that any fact is read from: Etodolac"


@pytest.mark.parametrize(
    ("code", "authored", "long_term"),
    [
        (METFORMIN, "2026-07-20", Truth.TRUE),
        (METFORMIN, "2026-07-21", Truth.UNKNOWN),
        (METFORMIN, "2026-07-22", Truth.UNKNOWN),
        (OMEPRAZOLE, "2025-11-20", Truth.TRUE),
        (OMEPRAZOLE, "2025-11-21", Truth.UNKNOWN),
        (OMEPRAZOLE, "2025-11-22", Truth.UNKNOWN),
        ("2683", "2025-11-01", Truth.UNKNOWN),
    ],
)
def test_long_term_use_begins_after_four_or_twelve_months(code, authored, long_term):
    assert [use.long_term for use in read(order(code, authoredOn=authored))[0].lowering_drugs] == [
        long_term
    ]


def test_a_stated_recent_start_is_not_long_term():
    statement = entry(
        "MedicationStatement", METFORMIN, status="active", effectivePeriod={"start": "2026-11-01"}
    )

    assert [use.long_term for use in read(statement)[0].lowering_drugs] == [Truth.FALSE]


@pytest.mark.parametrize(
    ("first", "long_term", "cited"),
    [
        ("2026-01-01", Truth.TRUE, dt.date(2026, 1, 1)),
        ("2026-09-01", Truth.UNKNOWN, dt.date(2026, 10, 1)),
    ],
)
def test_each_lowering_medicine_stands_once_with_what_proves_long_use_or_its_newest_entry(
    first, long_term, cited
):
    named = order(authoredOn="2026-10-01") | {
        "id": "newer",
        "medicationCodeableConcept": {"text": "Metformin 500 mg"},
    }

    facts, _ = read(order(METFORMIN, authoredOn=first), named)

    (use,) = facts.lowering_drugs
    assert (use.drug, use.long_term, use.evidence.date) == (
        LoweringDrug.METFORMIN,
        long_term,
        cited,
    )


@pytest.mark.parametrize(("authored", "kept"), [("2025-05-20", False), ("2025-05-21", True)])
def test_a_lowering_medicine_is_read_for_eighteen_months(authored, kept):
    assert bool(read(order(METFORMIN, authoredOn=authored))[0].lowering_drugs) is kept


def test_an_active_anticoagulant_is_a_fact_with_its_class():
    facts, _ = read(order(WARFARIN))

    assert (facts.anticoagulant, facts.anticoagulant_fact.truth) == (
        Anticoagulant.WARFARIN,
        Truth.TRUE,
    )


def test_warfarin_comes_first_of_several_anticoagulants():
    apixaban = entry("MedicationRequest", "B01AF02", ATC, status="active", authoredOn="2026-10-01")

    assert read(apixaban, order(WARFARIN))[0].anticoagulant is Anticoagulant.WARFARIN


@pytest.mark.parametrize(
    ("day", "truth"), [("2026-08-20", Truth.FALSE), ("2026-08-21", Truth.TRUE)]
)
def test_an_anticoagulant_dispensed_within_three_months_counts_as_taken(day, truth):
    dispense = entry("MedicationDispense", WARFARIN, status="completed", whenHandedOver=day)

    assert read(dispense)[0].anticoagulant_fact.truth is truth


def test_a_stopped_anticoagulant_is_not_taken():
    facts, receipt = read(order(WARFARIN, status="stopped"))

    assert facts.anticoagulant_fact.truth is Truth.FALSE
    assert receipt.lines()[0].ignored.startswith("Warfarin, no longer taken")


def test_methotrexate_and_nitrous_oxide_are_facts():
    facts, _ = read(order("6851"), given("7486", day="2026-05-01"))

    assert (facts.methotrexate.truth, facts.nitrous_oxide.truth) == (Truth.TRUE, Truth.TRUE)


@pytest.mark.parametrize(
    ("day", "truth"), [("2025-05-20", Truth.FALSE), ("2025-05-21", Truth.TRUE)]
)
def test_nitrous_oxide_counts_for_eighteen_months(day, truth):
    assert read(given("7486", day=day))[0].nitrous_oxide.truth is truth


def test_nothing_recorded_is_said_as_that():
    facts, _ = read()

    assert (facts.orders, facts.doses, facts.lowering_drugs, facts.anticoagulant) == (
        (),
        (),
        (),
        None,
    )
    assert facts.anticoagulant_fact.reason == "none recorded"
