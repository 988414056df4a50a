"""Vitamin B12 given, as it stands in other places and words: a dose, or a question, and never "no
treatment" (Q28, Q30).
"""

from __future__ import annotations

from typing import Any

import pytest

from recommender.assessment import assess
from recommender.guidance import Policy
from recommender.language import HintAt, MonthDate, Truth
from recommender.treatment_so_far.treatment import TreatmentPhase, UnknownPhase
from tests.fhir_mappings.records import (
    AS_OF,
    SNOMED,
    SUBJECT,
    concept,
    condition,
    days_ago,
    injection_given,
    map_all,
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


def undated(resource: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in resource.items()
        if not name.startswith(("effective", "performed", "occurrence", "issued"))
    }


EVENTS = (
    injection_given(50),
    procedure(INJECTION, days=50),
    observation("", code=concept(SNOMED, INJECTION), days=50),
)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event["resourceType"])
@pytest.mark.parametrize("written", [None, "soon", f"{AS_OF:%Y}", f"{AS_OF.year - 1}"])
def test_a_dose_without_a_day_is_on_record_and_leaves_the_course_unknown(
    event: dict[str, Any], written: str | None
) -> None:
    name = next(key for key in event if key.startswith(("effective", "performed")))
    resource = undated(event) | ({name: written} if written else {})
    scenario = scenario_of(resource)

    (dose,) = scenario.doses
    assert dose.date is None
    assert scenario.b12_supplement_before_test.is_unknown
    treatment = assess(scenario, Policy()).treatment
    assert treatment.unknown is UnknownPhase.UNDATED_DOSE


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event["resourceType"])
def test_a_dose_of_a_month_counts_within_it_and_is_said_as_the_month(
    event: dict[str, Any],
) -> None:
    name = next(key for key in event if key.startswith(("effective", "performed")))
    (dose,) = scenario_of(undated(event) | {name: f"{AS_OF:%Y-%m}"}).doses

    assert isinstance(dose.date, MonthDate)
    assert AS_OF.replace(day=1) <= dose.date <= AS_OF


DENIALS = [
    {"statusReason": [{"text": "Patient refused"}]},
    {"reasonNotGiven": [{"coding": [{"code": "a", "display": "Patient declined"}]}]},
    {"note": [{"text": "Not given: out of stock"}]},
    {"note": [{"text": "Patient lehnt ab"}]},
    {"note": [{"text": "El paciente rechaza la inyección"}]},
    {"note": [{"text": "Injection non administrée"}]},
    {"dosage": {"text": "declined by patient"}},
]


@pytest.mark.parametrize("denial", DENIALS)
def test_a_dose_given_whose_words_say_that_it_was_not_is_no_dose_and_asked_about(
    denial: dict[str, Any],
) -> None:
    scenario = scenario_of({**injection_given(30), **denial})
    assert scenario.doses == ()
    assert len(scenario.hints_at(HintAt.B12_TREATMENT)) == 1
    assert scenario.b12_supplement_before_test.is_unknown


@pytest.mark.parametrize("text", ["given into the left deltoid", "declared fit", "no reaction"])
def test_a_note_that_denies_nothing_leaves_the_dose(text: str) -> None:
    scenario = scenario_of({**injection_given(30), "note": [{"text": text}]})
    assert len(scenario.doses) == 1
    assert scenario.hints_at(HintAt.B12_TREATMENT) == ()


@pytest.mark.parametrize("kind", ["Observation", "Procedure"])
@pytest.mark.parametrize(
    "changes",
    [
        {"note": [{"text": "Patient declined today"}]},
        {"statusReason": {"text": "refused by patient"}},
        {"code": concept(SNOMED, INJECTION, "", "B12 injection - patient declined, will rebook")},
    ],
)
def test_a_coded_event_whose_words_say_that_it_did_not_happen_is_no_dose_and_asked_about(
    changes: dict[str, Any], kind: str
) -> None:
    make = observation if kind == "Observation" else procedure
    event = {**make("", code=concept(SNOMED, INJECTION), days=60), **changes}
    scenario = scenario_of(event)
    assert scenario.doses == ()
    assert len(scenario.hints_at(HintAt.B12_TREATMENT)) == 1


def test_a_statement_of_no_longer_taking_is_no_treatment_and_asked_about() -> None:
    taken = {
        "resourceType": "MedicationStatement",
        "status": "active",
        "subject": SUBJECT,
        "effectiveDateTime": days_ago(100),
        "medicationCodeableConcept": {"text": "Cyanocobalamin 1 mg tablets"},
    }
    scenario = scenario_of({**taken, "note": [{"text": "No longer taking these"}]})
    assert (scenario.doses, scenario.orders) == ((), ())
    assert len(scenario.hints_at(HintAt.B12_TREATMENT)) == 1
    assert len(scenario_of(taken).doses) == 1


def test_words_of_not_taking_never_take_an_anticoagulant_off_the_list() -> None:
    taken = {
        "resourceType": "MedicationStatement",
        "status": "active",
        "subject": SUBJECT,
        "effectiveDateTime": days_ago(100),
        "medicationCodeableConcept": {"text": "Warfarin 3 mg tablets"},
        "note": [{"text": "No longer taking these"}],
    }
    assert scenario_of(taken).anticoagulant_fact.is_true


MEDICINE = "medicationReference"

DENIED_NAMES = [
    "No {}",
    "Not on {}",
    "Denies {}",
    "?{}",
    "Mother takes {}",
    "{} - never started",
    "{} declined",
    "{} not given",
    "Kein {}",
    "Pas de {}",
    "Nessuna {}",
    "Ne prend pas: {}",
    "Patient neemt geen {}",
    "Nimmt kein {}",
    "Avoid {}",
    "Considering {}",
    "Allergic to {}",
    "{}?",
]


@pytest.mark.parametrize("words", DENIED_NAMES)
def test_a_medicine_denied_by_its_own_name_is_no_dose_and_asked_about(words: str) -> None:
    """Q27: a name beside a word that denies, doubts or speaks of another person decides nothing."""
    stated = {
        "resourceType": "MedicationStatement",
        "status": "active",
        "subject": SUBJECT,
        "effectiveDateTime": days_ago(20),
        "medicationCodeableConcept": {"text": words.format("vitamin B12")},
    }
    b12 = scenario_of(stated)
    assert (b12.doses, b12.orders, len(b12.hints_at(HintAt.B12_TREATMENT))) == ((), (), 1)
    named = {"display": words.format("warfarin")}
    warfarin = scenario_of({**stated, "medicationCodeableConcept": None, MEDICINE: named})
    assert warfarin.anticoagulant_fact.is_unknown
    assert len(warfarin.hints_at(HintAt.ANTICOAGULANT)) == 1
    for name in ("methotrexate", "metformin", "omeprazole"):
        stated["medicationCodeableConcept"] = {"text": words.format(name)}
        other = scenario_of(stated)
        assert other.lowering_drugs == ()
        assert other.methotrexate.is_unknown is (name == "methotrexate")


@pytest.mark.parametrize("words", DENIED_NAMES)
def test_methotrexate_denied_in_an_order_permits_nothing_2_1(words: str) -> None:
    """It protects folic acid, so only what is said outright counts."""
    order = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "subject": SUBJECT,
        "authoredOn": days_ago(20),
        "medicationCodeableConcept": {"text": words.format("methotrexate")},
    }
    assert scenario_of(order).methotrexate.is_unknown
    order["medicationCodeableConcept"] = {"text": "Methotrexate 2.5 mg"}
    assert scenario_of(order).methotrexate.is_true


@pytest.mark.parametrize("name", ["Methotrexate", "Warfarin", "Vitamin B12 1 mg"])
def test_what_is_stated_on_a_day_to_come_is_no_fact_Q31(name: str) -> None:
    stated = {
        "resourceType": "MedicationStatement",
        "status": "active",
        "subject": SUBJECT,
        "effectivePeriod": {"start": days_ago(100)},
        "dateAsserted": days_ago(-20),
        "medicationCodeableConcept": {"text": name},
    }
    scenario = scenario_of(stated)
    for fact in (scenario.methotrexate, scenario.anticoagulant_fact):
        assert fact.is_unknown
    assert (scenario.doses, scenario.orders) == ((), ())
    (hint,) = scenario.hints
    assert hint.words.startswith(f"dated {days_ago(-20)}: ")


@pytest.mark.parametrize(
    "name", ["{} 1 mg (no preservative)", "{} non-proprietary", "{}, not for injection"]
)
def test_a_small_word_of_a_part_of_the_product_denies_nothing(name: str) -> None:
    stated = {
        "resourceType": "MedicationStatement",
        "status": "active",
        "subject": SUBJECT,
        "effectiveDateTime": days_ago(20),
        "medicationCodeableConcept": {"text": name.format("Warfarin")},
    }
    assert scenario_of(stated).anticoagulant_fact.is_true
    given = {**stated, "medicationCodeableConcept": {"text": name.format("Hydroxocobalamin")}}
    assert len(scenario_of(given).doses) == 1


def test_an_order_in_force_stays_ordered_whatever_its_note_says() -> None:
    order = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "subject": SUBJECT,
        "authoredOn": days_ago(30),
        "medicationCodeableConcept": {"text": "Hydroxocobalamin 1 mg/1 ml injection"},
        "note": [{"text": "Patient declined tablets"}],
    }
    assert len(scenario_of(order).orders) == 1
    issued = scenario_of({**order, "status": "completed"})
    assert (issued.doses, len(issued.hints_at(HintAt.B12_TREATMENT))) == ((), 1)


@pytest.mark.parametrize("kind", ["Observation", "Procedure", "Condition"])
@pytest.mark.parametrize(
    "text",
    [
        "Vitamin B12 injection declined",
        "B12 injection - refused by patient",
        "Patient declined B12 injections",
        "Refused hydroxocobalamin injection",
        "Hydroxocobalamin injection not given",
        "No B12 injection given",
        "B12 treatment declined",
    ],
)
def test_an_entry_that_only_says_that_none_was_given_says_nothing_of_treatment(
    text: str, kind: str
) -> None:
    mapped = map_all(given(text, kind))
    scenario = mapped.scenario
    assert (scenario.doses, scenario.hints) == ((), ())
    assert not any(line.understood == "not" for line in mapped.lines())
    assert scenario.b12_supplement_before_test.is_false


@pytest.mark.parametrize("kind", ["Observation", "Procedure", "Condition"])
@pytest.mark.parametrize(
    "text",
    [
        "Declined B12 injection last month, given today",
        "B12 injection due",
        "Did not attend for B12 injection",
        "B12 injection withheld, usual dose next month",
        "Invitation for B12 injection",
    ],
)
def test_words_that_speak_of_a_course_beside_one_dose_leave_it_open(text: str, kind: str) -> None:
    scenario = scenario_of(given(text, kind))
    assert scenario.doses == ()
    assert scenario.hints_at(HintAt.B12_TREATMENT)
    assert scenario.b12_supplement_before_test.is_unknown


def taken(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationStatement",
        "id": "taken",
        "status": "active",
        "subject": SUBJECT,
        "medicationCodeableConcept": {"text": name},
        "effectivePeriod": {"start": days_ago(180)},
        **changes,
    }


@pytest.mark.parametrize("name", ["B12 OTC gummies", "Vitamin B12 supplement", "Medivitan"])
def test_b12_stated_as_taken_by_no_known_route_is_asked_about_and_is_no_injection(
    name: str,
) -> None:
    """A period of taking is not two injections: what is taken may be tablets of any size."""
    treatment = assess(scenario_of(taken(name)), Policy()).treatment
    assert treatment.phase is TreatmentPhase.UNKNOWN
    assert treatment.unknown_by_record


def test_b12_that_was_stated_as_taken_for_a_time_is_asked_about() -> None:
    times = {"start": days_ago(180), "end": days_ago(20)}
    ended = taken("Vitamin B12 supplement", status="completed", effectivePeriod=times)

    treatment = assess(scenario_of(ended), Policy()).treatment
    assert (treatment.phase, treatment.unknown) == (TreatmentPhase.UNKNOWN, UnknownPhase.STATED)
    assert treatment.unknown_by_record


def test_injections_given_stand_beside_what_is_only_stated() -> None:
    given = [injection_given(days) for days in (130, 70, 10)]

    treatment = assess(scenario_of(taken("Vitamin B12 supplement"), *given), Policy()).treatment
    assert treatment.phase is TreatmentPhase.MAINTENANCE
    assert treatment.interval == 60


@pytest.mark.parametrize(
    "text", ["Inyección intramuscular de vitamina B12", "Depot B12", "Nurse visit B12"]
)
def test_events_in_other_words_are_asked_about(text: str) -> None:
    scenario = scenario_of(procedure("", code={"text": text}, days=40))
    assert [hint.at for hint in scenario.hints] == [HintAt.B12_TREATMENT]


@pytest.mark.parametrize("status", ["current", "taking", "bogus", "ACTIVE-ish"])
@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("MedicationStatement", {}),
        ("MedicationRequest", {"intent": "order", "authoredOn": "2026-05-01"}),
        ("MedicationDispense", {"whenHandedOver": "2026-05-20"}),
        ("MedicationAdministration", {"effectiveDateTime": "2026-06-10"}),
    ],
)
def test_a_status_that_fhir_does_not_have_leaves_use_open(kind, more, status):
    """Q29: what is of unknown status may be taken; none of it is a known "none recorded"."""
    entry = {
        "resourceType": kind,
        "id": "odd",
        "status": status,
        "subject": SUBJECT,
        "medicationCodeableConcept": {"text": "Warfarin 3 mg tablets"},
        **more,
    }
    assert scenario_of(entry).anticoagulant_fact.truth is Truth.UNKNOWN

    entry["medicationCodeableConcept"] = {"text": "Hydroxocobalamin 1 mg injection"}
    found = scenario_of(entry)
    assert not any(dose.date for dose in found.doses)
    assert HintAt.B12_TREATMENT in {hint.at for hint in found.hints} or found.orders
