"""The medicines of the record: orders, doses, and what else is taken; every resource used or
ignored with its reason.
"""

import datetime as dt
from decimal import Decimal

import pytest

from fhir_mappings.fhir.record import Placed
from fhir_mappings.intake.receipt import Receipt
from fhir_mappings.medicines.medications import map_medications
from fhir_mappings.scenario.citations import cited_by
from fhir_mappings.terminology.code_systems import ATC, RXNORM, SNOMED
from fhir_mappings.terminology.loading import load_value_sets
from recommender.language.course import DoseKind, OrderState
from recommender.language.doses import PeriodUnit, Route, Substance
from recommender.language.logic import Truth
from recommender.language.scenario import Anticoagulant, ClinicalScenario, LoweringDrug

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
    facts = map_medications(placed, AS_OF, VALUE_SETS, receipt)
    scenario = ClinicalScenario(
        AS_OF,
        anticoagulant_fact=facts.anticoagulant_fact,
        orders=facts.orders,
        doses=facts.doses,
        combinations=facts.combinations,
        methotrexate=facts.methotrexate,
        nitrous_oxide=facts.nitrous_oxide,
    )
    return facts, receipt.lines(cited_by(scenario))


def reason(*resources: dict) -> str:
    """Return why the first resource was ignored."""
    return read(*resources)[1][0].ignored


def test_an_active_order_is_read_with_its_dose_and_evidence():
    facts, lines = read(order())

    (found,) = facts.orders
    assert (found.key, found.state, found.not_computable) == (
        "MedicationRequest/MedicationRequest-5514",
        OrderState.ACTIVE,
        "",
    )
    assert (found.lines[0].dose, found.lines[0].timing.unit) == (1000, PeriodUnit.MONTH)
    assert (found.evidence.code, found.evidence.date) == (f"{RXNORM}|5514", dt.date(2026, 6, 1))
    assert lines[0].used_for == ("treatment_phase",)


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
        ({"intent": "proposal"}, "intent proposal: not ordered"),
        ({"doNotPerform": True}, "an order not to give it"),
        ({"doNotPerform": "true"}, "an order not to give it"),
        ({"intent": "option"}, "intent option: not ordered"),
        ({"intent": "plan", "status": "completed"}, "intent plan: not ordered"),
        ({"authoredOn": "2026-11-23"}, "dated in the future: 2026-11-23"),
    ],
)
def test_an_order_that_says_nothing_of_treatment_is_ignored_with_its_reason(elements, why):
    facts, lines = read(order(**elements))

    assert facts.orders == ()
    assert [line.ignored for line in lines] == [f"Hydroxocobalamin, {why}"]


@pytest.mark.parametrize("authored", ["1988-05-01", "2025-08-20", "2025-08-21", "2026-11-21"])
def test_an_active_order_of_any_age_is_kept_Q29(authored):
    (found,) = read(order(authoredOn=authored))[0].orders

    assert (found.state, found.authored) == (OrderState.ACTIVE, dt.date.fromisoformat(authored))


@pytest.mark.parametrize("day", ["2020-02-01", "2025-08-20", "2026-10-01"])
def test_a_dose_of_any_age_is_kept_and_the_rules_say_what_it_counts_for(day):
    assert [dose.date for dose in read(given(day=day))[0].doses] == [dt.date.fromisoformat(day)]


@pytest.mark.parametrize(
    ("authored", "kept", "dated"),
    [
        ("2026-11-21", True, "2026-11-21"),
        ("2026-11-22", True, "2026-11-21"),
        ("2026-11-23", False, ""),
    ],
)
def test_what_is_dated_tomorrow_counts_as_of_today_and_later_is_no_fact_Q31_Q46(
    authored, kept, dated
):
    facts, _ = read(given(day=authored))

    assert [str(dose.date) for dose in facts.doses] == ([dated] if kept else [])
    later = [use.dated for use in facts.in_future]
    assert later == ([] if kept else [dt.date(2026, 11, 23)])


@pytest.mark.parametrize(
    "elements",
    [
        {"reportedBoolean": True},
        {"reported": True},
        {"reportedReference": {"reference": "Patient/p"}},
        {"informationSource": [{"reference": "Patient/p"}]},
        {
            "informationSource": [{"reference": "RelatedPerson/r"}],
            "requester": {"reference": "Practitioner/d"},
        },
    ],
)
def test_a_plan_that_somebody_reports_is_use_Q32(elements):
    facts, _ = read(order(intent="plan", **elements))

    assert [dose.kind for dose in facts.doses] == [DoseKind.STATED]
    assert [(found.state, found.planned) for found in facts.orders] == [(OrderState.ACTIVE, False)]
    blood, _ = read(order(WARFARIN, intent="plan", **elements))
    assert blood.anticoagulant_fact.truth is Truth.TRUE


@pytest.mark.parametrize(
    "elements",
    [
        {"intent": "plan"},
        {"intent": "plan", "reportedBoolean": False},
        {"status": "unknown"},
        {"status": None},
        {
            "intent": "plan",
            "informationSource": [{"reference": "Practitioner/d"}],
            "requester": {"reference": "Practitioner/d"},
        },
    ],
)
def test_a_plan_that_nobody_reports_leaves_open_whether_it_is_taken_Q32(elements):
    facts, _ = read(order(**elements))

    assert facts.doses == ()
    assert [found.planned for found in facts.orders] == [True]
    blood, _ = read(order(WARFARIN, **elements))
    assert blood.anticoagulant_fact.truth is Truth.UNKNOWN
    assert blood.anticoagulant_fact.reason == (
        "planned, supplied of late, or of unknown status: Warfarin"
    )


@pytest.mark.parametrize(
    "line",
    [
        {"text": "1mg IM every 3 months"},
        {"text": "as directed by the practice nurse"},
        IM_MONTHLY,
        {},
        {"text": "1mg IM three times a week for 2 weeks"},
    ],
)
def test_a_completed_order_is_an_issue_whatever_its_dosage_says_Q30(line):
    facts, _ = read(order(status="completed", dosageInstruction=[line]))

    assert [(dose.kind, dose.date) for dose in facts.doses] == [
        (DoseKind.ISSUED, dt.date(2026, 6, 1))
    ]
    assert [found.state for found in facts.orders] == [OrderState.COMPLETED]


def test_a_completed_structured_loading_course_is_no_issue_Q30():
    loading = {
        "repeat": {"frequency": 3, "period": 1, "periodUnit": "wk", "count": 6},
    }
    facts, _ = read(order(status="completed", dosageInstruction=[IM_MONTHLY | {"timing": loading}]))

    assert facts.doses == ()


def test_a_completed_maintenance_order_with_an_end_is_an_issue_Q30():
    yearly = {"repeat": {"frequency": 1, "period": 2, "periodUnit": "mo", "count": 6}}
    facts, _ = read(order(status="completed", dosageInstruction=[IM_MONTHLY | {"timing": yearly}]))

    assert [dose.kind for dose in facts.doses] == [DoseKind.ISSUED]


@pytest.mark.parametrize(
    ("line", "dose"),
    [
        ({}, 1000),
        ({"timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}}, None),
        ({"text": "as the label says"}, None),
    ],
)
def test_tablets_supplied_without_a_word_are_taken_one_at_a_time(line, dose):
    supplied = entry("MedicationDispense", "309593", status="completed")
    facts, _ = read(supplied | ({"dosageInstruction": [line]} if line else {}))

    assert [found.dose for found in facts.doses] == [dose]


def test_an_injection_given_without_its_dose_has_none():
    named = {"medicationCodeableConcept": {"text": "Hydroxocobalamin 1 mg injection"}}
    facts, _ = read(given(dosage={"route": IM_MONTHLY["route"]}) | named)

    assert [found.dose for found in facts.doses] == [None]


@pytest.mark.parametrize("status", ["active", "on-hold", "stopped"])
def test_an_order_that_is_not_completed_is_no_dose_Q55(status):
    assert read(order(status=status))[0].doses == ()


@pytest.mark.parametrize(
    ("text", "line", "content"),
    [
        ("Berocca multivitamin (incl. B12 10 mcg)", {}, 10),
        ("multivitamin tablets", {}, None),
        ("Vitamin B complex", {"text": "1 tablet daily"}, None),
        ("Vitamin B compound, vitamin B12 25 micrograms tablets", {"text": "2 tablets daily"}, 50),
        ("Vitamin B compound, vitamin B12 25 micrograms tablets", {"text": "1 tablet bd"}, 50),
        ("Vitamin B compound, vitamin B12 25 micrograms tablets", {"text": "1 tablet weekly"}, 25),
        ("multivitamin, vitamin B12 100 micrograms tablets", {}, 100),
        ("Neurobion", {"text": "1 tablet daily"}, None),
    ],
)
def test_a_multivitamin_is_set_apart_from_treatment_Q49_Q75(text, line, content):
    named = order(dosageInstruction=[line]) | {"medicationCodeableConcept": {"text": text}}
    facts, lines = read(named)

    assert (facts.orders, facts.doses) == ((), ())
    assert [use.micrograms_per_day for use in facts.combinations] == [content]
    assert lines[0].used_for == ("trace_supplement",)


@pytest.mark.parametrize(
    "text",
    ["multivitamin, vitamin B12 101 micrograms tablets", "Vitamin B12 50 microgram tablets"],
)
def test_more_than_a_trace_and_vitamin_B12_alone_are_read_as_ever_Q75(text):
    named = order() | {"medicationCodeableConcept": {"text": text}}
    facts, _ = read(named)

    assert facts.combinations == ()
    assert len(facts.orders) == 1


def test_what_binds_orders_into_one_course_is_carried_Q56():
    facts, _ = read(
        order(
            groupIdentifier={"system": "urn:g", "value": "7"},
            basedOn=[{"reference": "MedicationRequest/plan"}],
            priorPrescription={"reference": "MedicationRequest/old"},
            identifier=[{"system": "urn:i", "value": "1"}, {"system": "urn:empty"}],
            dispenseRequest={
                "expectedSupplyDuration": {"value": 4, "unit": "weeks", "code": "wk"},
                "numberOfRepeatsAllowed": 2,
                "validityPeriod": {"start": "2026-01-05", "end": "2026-12-20"},
            },
        )
    )

    (found,) = facts.orders
    assert (found.group, found.based_on, found.replaces, found.identifiers) == (
        "urn:g|7",
        ("MedicationRequest/plan",),
        "MedicationRequest/old",
        ("urn:i|1",),
    )
    assert found.supply_days == 84
    assert found.valid_until == dt.date(2026, 12, 20)
    assert found.ends is None


@pytest.mark.parametrize(
    ("elements", "days"),
    [
        ({"daysSupply": {"value": 30, "unit": "days"}}, 30),
        ({"daysSupply": {"value": "x"}}, None),
        ({"daysSupply": {"value": 30, "unit": "fortnights"}}, None),
        ({}, None),
    ],
)
def test_for_how_long_a_dispense_lasts_Q77(elements, days):
    facts, _ = read(entry("MedicationDispense", "309593", status="completed", **elements))

    assert [(dose.kind, dose.supply_days) for dose in facts.doses] == [(DoseKind.DISPENSED, days)]


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
        ({"notGiven": "true"}, "not given"),
        ({"wasNotGiven": " True "}, "not given"),
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
        (dt.date(2026, 11, 10), 1000, Route.ORAL)  # of tablets at least one is taken
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
        {"wasNotTaken": True},
        {"wasNotTaken": "true"},
        {"adherence": {"code": {"coding": [{"code": "not-taking"}]}}},
        {"status": "not-taken"},
        {"status": "entered-in-error"},
    ],
)
def test_a_statement_of_not_taking_counts_for_nothing(elements):
    facts, lines = read(entry("MedicationStatement", HC, **(STATEMENT | elements)))

    assert (facts.orders, facts.doses) == ((), ())
    assert lines[0].ignored


@pytest.mark.parametrize(
    "elements",
    [
        {"status": "intended"},
        {"status": "unknown"},
        {"taken": "unk"},
        {"taken": "na"},
        {"status": None},
    ],
)
def test_a_statement_that_leaves_open_whether_it_is_taken_is_no_dose_and_no_none(elements):
    facts, _ = read(entry("MedicationStatement", HC, **(STATEMENT | elements)))

    assert facts.doses == ()
    assert [found.planned for found in facts.orders] == [True]


@pytest.mark.parametrize(
    "elements",
    [
        {"status": "stopped"},
        {"status": "recorded", "adherence": {"code": {"coding": [{"code": "stopped"}]}}},
        {
            "status": "recorded",
            "adherence": {"code": {"coding": [{"code": "stopped-as-directed"}]}},
        },
    ],
)
def test_what_is_stated_as_stopped_is_an_order_that_ended_on_that_day(elements):
    facts, _ = read(entry("MedicationStatement", HC, **(STATEMENT | elements)))

    assert facts.doses == ()
    assert [(found.state, found.starts, found.ends) for found in facts.orders] == [
        (OrderState.STOPPED, dt.date(2024, 1, 1), dt.date(2026, 11, 1))
    ]


def test_what_was_stopped_on_no_known_day_leaves_open_when_it_was_taken():
    undated = {"status": "stopped", "dosage": [IM_MONTHLY]}

    facts, _ = read(entry("MedicationStatement", HC, **undated))

    assert facts.orders == ()
    assert [dose.date for dose in facts.doses] == [None]


def test_a_statement_that_ended_is_a_dose_but_no_course():
    ended = STATEMENT | {"effectivePeriod": {"start": "2026-01-01", "end": "2026-06-30"}}

    facts, _ = read(entry("MedicationStatement", HC, **ended))

    assert [dose.date for dose in facts.doses] == [dt.date(2026, 6, 30)]
    assert facts.orders == ()


def test_the_cyanide_antidote_never_counts_as_treatment_I11():
    facts, lines = read(given("700499"))

    assert facts.doses == ()
    assert lines[0].ignored == "cyanide antidote, not vitamin B12 treatment"


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

    facts, lines = read(by_reference, medication)

    assert facts.orders[0].lines[0].substance is Substance.HYDROXOCOBALAMIN
    assert [line.used for line in lines] == [True, True]


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
    ended = order(METFORMIN, authoredOn=authored, status="stopped")
    assert reason(ended).startswith("Metformin, older than 18 months") is not kept


@pytest.mark.parametrize("authored", ["1999-01-01", "2025-05-20", "2025-05-21"])
def test_an_active_lowering_medicine_counts_however_old_its_order_is_F27(authored):
    facts, _ = read(order(METFORMIN, authoredOn=authored))

    assert [use.long_term for use in facts.lowering_drugs] == [Truth.TRUE]


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
    facts, lines = read(order(WARFARIN, status="stopped"))

    assert facts.anticoagulant_fact.truth is Truth.FALSE
    assert lines[0].ignored.startswith("Warfarin, no longer taken")


STOPPED = {"adherence": {"code": {"coding": [{"code": "stopped"}]}}}
ON_HOLD = {"adherence": {"code": {"coding": [{"code": "on-hold"}]}}}


@pytest.mark.parametrize("elements", [{"status": "stopped"}, {"status": "recorded"} | STOPPED])
def test_an_anticoagulant_stated_as_stopped_is_not_taken_I33(elements):
    facts, _ = read(entry("MedicationStatement", WARFARIN, dateAsserted="2026-11-01", **elements))

    assert facts.anticoagulant_fact.truth is Truth.FALSE


@pytest.mark.parametrize("elements", [{"status": "on-hold"}, {"status": "recorded"} | ON_HOLD])
def test_an_anticoagulant_stated_as_on_hold_is_no_known_none_Q29(elements):
    for since, truth in (({}, Truth.UNKNOWN), ({"dateAsserted": "2026-11-01"}, Truth.TRUE)):
        facts, _ = read(entry("MedicationStatement", WARFARIN, **elements, **since))
        assert facts.anticoagulant_fact.truth is truth


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
