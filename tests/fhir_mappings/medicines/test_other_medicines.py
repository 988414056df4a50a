"""Medicines in other names, systems, statuses and types of entry: what may be taken is never a
known "no" (Q26, Q27, Q29, Q32).
"""

from __future__ import annotations

from typing import Any

import pytest

from recommender.language import Because, HintAt, RecordArea, Truth
from tests.fhir_mappings.records import SUBJECT, concept, condition, days_ago, scenario_of

WARFARIN = {"text": "Warfarin 3mg tablets"}


def ordered(medicine: dict[str, Any], days: int = 60, **changes: Any) -> dict[str, Any]:
    body = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "subject": SUBJECT,
        "authoredOn": days_ago(days),
        "medicationCodeableConcept": medicine,
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def stated(status: str | None, **changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationStatement",
        "subject": SUBJECT,
        "medicationCodeableConcept": WARFARIN,
        "effectiveDateTime": days_ago(20),
        **({"status": status} if status else {}),
        **changes,
    }


@pytest.mark.parametrize(
    "text",
    [
        "Marcumar",
        "Waran 2,5 mg",
        "Falithrom 3 mg",
        "Sintrom 4",
        "Previscan",
        "Aldocumar",
        "Lixiana 60",
        "Innohep",
        "Inhixa",
        "Fraxiparine",
        "Acenocumarol",
    ],
)
@pytest.mark.parametrize("days", [10, 2000])
def test_an_anticoagulant_in_use_counts_by_any_name_however_old(text: str, days: int) -> None:
    assert scenario_of(ordered({"text": text}, days)).anticoagulant_fact.is_true


@pytest.mark.parametrize(
    ("system", "code"),
    [
        ("urn:oid:2.16.840.1.113883.6.73", "B01AA03"),
        ("http://www.whocc.no/atc/", "B01AF02"),
        ("http://fhir.de/CodeSystem/bfarm/atc", "B01AF01"),
        ("http://fhir.de/CodeSystem/dimdi/atc", "B01AA04"),
        ("https://www.whocc.no/atc", "b01aa03"),
    ],
)
def test_an_anticoagulant_counts_under_every_spelling_of_the_atc(system: str, code: str) -> None:
    assert scenario_of(ordered(concept(system, code))).anticoagulant_fact.is_true


@pytest.mark.parametrize("group", ["B", "B01A", "B01AF", "b01af"])
def test_a_group_of_the_atc_that_holds_anticoagulants_is_never_a_known_no(group: str) -> None:
    code = concept("http://www.whocc.no/atc", group)
    assert scenario_of(ordered(code)).anticoagulant_fact.because is Because.NOT_UNDERSTOOD
    named = {**code, "text": "Apixaban 5 mg"}
    assert scenario_of(ordered(named)).anticoagulant_fact.is_true


@pytest.mark.parametrize("group", ["B01AC", "C07AB", "C07AB02"])
def test_a_code_or_group_of_the_atc_without_any_of_ours_is_another_medicine(group: str) -> None:
    code = concept("http://www.whocc.no/atc", group)
    assert scenario_of(ordered(code)).anticoagulant_fact.is_false


@pytest.mark.parametrize(
    "text",
    [
        "Blood thinner",
        "Blutverdünner",
        "Anticoagulant clinic drug",
        "Warfarinum",
        "Parnaparin 4250 IU",
        "Betrixaban",
    ],
)
def test_words_for_an_anticoagulant_are_a_hint(text: str) -> None:
    scenario = scenario_of(ordered({"text": text}))
    assert scenario.anticoagulant_fact.because is Because.HINT
    assert scenario.hints_at(HintAt.ANTICOAGULANT)[0].words == text


def test_mtx_alone_is_a_hint_at_methotrexate() -> None:
    assert scenario_of(ordered({"text": "MTX 15 mg weekly"})).methotrexate.because is Because.HINT


@pytest.mark.parametrize(
    "text", ["Tablets as before", "Blister pack", "see letter", "Tabletten wie bisher", "private"]
)
def test_words_that_name_no_medicine_make_none_unknown(text: str) -> None:
    scenario = scenario_of(ordered({"text": text}))
    assert scenario.anticoagulant_fact.because is Because.NOT_UNDERSTOOD
    assert scenario_of(ordered({"text": f"Amlodipine {text}"})).anticoagulant_fact.is_false


@pytest.mark.parametrize("status", ["intended", "unknown", None])
def test_a_statement_of_unknown_status_makes_use_unknown(status: str | None) -> None:
    fact = scenario_of(stated(status)).anticoagulant_fact
    assert (fact.truth, fact.because) == (Truth.UNKNOWN, Because.NOT_CERTAIN)


@pytest.mark.parametrize("status", ["not-taken", "entered-in-error"])
def test_a_statement_of_not_taking_is_no_use(status: str) -> None:
    assert scenario_of(stated(status)).anticoagulant_fact.is_false


@pytest.mark.parametrize("status", ["unknown", None])
def test_an_order_without_a_status_may_be_in_force(status: str | None) -> None:
    fact = scenario_of(ordered(WARFARIN, status=status)).anticoagulant_fact
    assert (fact.truth, fact.because) == (Truth.UNKNOWN, Because.NOT_CERTAIN)


@pytest.mark.parametrize(("days", "truth"), [(80, Truth.UNKNOWN), (100, Truth.FALSE)])
def test_what_a_completed_order_supplied_may_still_be_taken_for_3_months(
    days: int, truth: Truth
) -> None:
    assert (
        scenario_of(ordered(WARFARIN, days, status="completed")).anticoagulant_fact.truth is truth
    )


@pytest.mark.parametrize("status", ["stopped", "cancelled", "draft", "entered-in-error"])
def test_an_order_that_ended_is_no_use(status: str) -> None:
    assert scenario_of(ordered(WARFARIN, status=status)).anticoagulant_fact.is_false


@pytest.mark.parametrize(
    "reported",
    [
        {"reportedBoolean": True},
        {"reportedReference": {"reference": "Patient/pat-1"}},
        {"informationSource": [{"reference": "Patient/pat-1"}]},
    ],
)
def test_a_plan_that_somebody_reports_is_use(reported: dict[str, Any]) -> None:
    assert scenario_of(ordered(WARFARIN, intent="plan", **reported)).anticoagulant_fact.is_true


def test_a_plan_that_nobody_reports_leaves_it_unknown() -> None:
    fact = scenario_of(ordered(WARFARIN, intent="plan")).anticoagulant_fact
    assert (fact.truth, fact.because) == (Truth.UNKNOWN, Because.NOT_CERTAIN)


@pytest.mark.parametrize(
    "name", ["Xobaline", "Vicapan N", "Reticulogen", "Benexol", "Novobedouze 5000"]
)
def test_a_name_in_no_list_may_be_a_brand_of_vitamin_b12_or_an_anticoagulant_Q26(name):
    scenario = scenario_of(ordered({"text": name}))

    assert scenario.list_of(RecordArea.MEDICATIONS).not_understood == 1
    assert scenario.b12_supplement_before_test.is_unknown
    assert scenario.anticoagulant_fact.is_unknown


@pytest.mark.parametrize("name", ["Jardiance", "Ventolin 100", "Zestril (lisinopril)", "Lantus"])
def test_a_known_name_of_another_medicine_leaves_the_list_whole(name):
    scenario = scenario_of(ordered({"text": name}))

    assert scenario.list_of(RecordArea.MEDICATIONS).not_understood == 0
    assert scenario.anticoagulant_fact.is_false


@pytest.mark.parametrize(
    "named",
    [
        {"medicationReference": {"reference": "Medication/gone", "display": "Warfarin 3 mg"}},
        {
            "medicationReference": {"reference": "#m"},
            "contained": [
                {
                    "resourceType": "Medication",
                    "id": "m",
                    "ingredient": [{"itemCodeableConcept": {"text": "Warfarin"}}],
                }
            ],
        },
    ],
)
def test_a_medicine_known_by_its_reference_or_only_ingredient_is_understood(
    named: dict[str, Any],
) -> None:
    order = {"resourceType": "MedicationRequest", "status": "active", "intent": "order", **named}
    scenario = scenario_of(order)
    assert scenario.anticoagulant_fact.is_true
    assert scenario.methotrexate.is_false


@pytest.mark.parametrize(
    "text",
    ["Self-administers B12", "Takes vitamin B12 tablets", "Uses B12 spray", "nimmt Vitamin B12"],
)
def test_own_vitamin_b12_among_the_problems_is_a_hint_at_treatment(text: str) -> None:
    scenario = scenario_of(condition("", code={"text": text}))
    assert HintAt.B12_TREATMENT in [hint.at for hint in scenario.hints]
    assert scenario.b12_supplement_before_test.is_unknown


@pytest.mark.parametrize("text", ["Has low B12", "Taking bloods for B12 level"])
def test_a_level_of_it_is_no_treatment(text: str) -> None:
    assert scenario_of(condition("", code={"text": text})).b12_supplement_before_test.is_false


@pytest.mark.parametrize("name", ["Warfarin 3mg tablets", "Hydroxocobalamin 1 mg injection"])
def test_an_order_changed_by_an_extension_leaves_its_list_open(name: str) -> None:
    changed = {"modifierExtension": [{"url": "https://example.org/not", "valueBoolean": True}]}
    order = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "subject": SUBJECT,
        "authoredOn": days_ago(20),
        "medicationCodeableConcept": {"text": name},
        **changed,
    }
    scenario = scenario_of(order)
    assert scenario.orders == ()
    assert scenario.anticoagulant_fact.is_unknown
    assert scenario.b12_supplement_before_test.is_unknown


def supplied(kind: str, status: str | None, name: str, **changes: Any) -> dict[str, Any]:
    return {
        "resourceType": kind,
        "subject": SUBJECT,
        "medicationCodeableConcept": {"text": name},
        **({"status": status} if status else {}),
        **changes,
    }


UNSURE_SUPPLIES = [
    *(("MedicationDispense", one) for one in ("in-progress", "preparation", "on-hold", "unknown")),
    *(("MedicationAdministration", one) for one in ("on-hold", "unknown", "stopped")),
    ("MedicationDispense", None),
]


@pytest.mark.parametrize(("kind", "status"), UNSURE_SUPPLIES)
@pytest.mark.parametrize("days", [None, 30])
def test_a_supply_that_may_not_have_been_given_leaves_open_what_is_taken(
    kind: str, status: str | None, days: int | None
) -> None:
    when = "whenPrepared" if kind == "MedicationDispense" else "effectiveDateTime"
    dated = {when: days_ago(days)} if days else {}
    scenario = scenario_of(supplied(kind, status, "Warfarin 3mg tablets", **dated))
    assert scenario.anticoagulant_fact.is_unknown
    assert scenario.hints_at(HintAt.ANTICOAGULANT)
    methotrexate = scenario_of(supplied(kind, status, "Methotrexate 2.5 mg tablets", **dated))
    assert methotrexate.methotrexate.is_unknown
    gas = scenario_of(supplied(kind, status, "Nitrous oxide 50% / oxygen 50%", **dated))
    assert gas.nitrous_oxide.is_unknown
    ours = scenario_of(supplied(kind, status, "Hydroxocobalamin 1 mg injection", **dated))
    assert ours.hints_at(HintAt.B12_TREATMENT)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("MedicationDispense", "declined"),
        ("MedicationDispense", "cancelled"),
        ("MedicationDispense", "entered-in-error"),
        ("MedicationAdministration", "not-done"),
        ("MedicationAdministration", "entered-in-error"),
    ],
)
def test_a_supply_that_was_not_given_says_nothing(kind: str, status: str) -> None:
    scenario = scenario_of(supplied(kind, status, "Warfarin 3mg tablets"))
    assert scenario.anticoagulant_fact.is_false


def test_a_supply_of_unknown_status_of_long_ago_is_over() -> None:
    old = supplied(
        "MedicationDispense", "unknown", "Warfarin 3mg tablets", whenHandedOver=days_ago(200)
    )
    assert scenario_of(old).anticoagulant_fact.is_false


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("MedicationDispense", {}),
        ("MedicationAdministration", {}),
        ("MedicationRequest", {"intent": "order"}),
    ],
)
def test_a_supply_without_a_date_leaves_open_whether_it_is_still_taken(
    kind: str, changes: dict[str, Any]
) -> None:
    for name in ("Warfarin 3mg tablets", "Methotrexate 2.5 mg tablets"):
        scenario = scenario_of(supplied(kind, "completed", name, **changes))
        fact = scenario.methotrexate if "Metho" in name else scenario.anticoagulant_fact
        assert fact.is_unknown
        assert fact.reason.startswith("supplied or given on no known day")


def test_a_statement_that_is_over_needs_no_date() -> None:
    over = stated("completed", effectiveDateTime=None)
    assert scenario_of(over).anticoagulant_fact.is_false
