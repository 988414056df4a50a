"""The reason of a draft order is evidence of what it names (F10, F31, Q27)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from fhir_mappings.fhir import Placed
from fhir_mappings.scenario_mapping import MappedScenario, map_scenario
from recommender.assessment import assess
from recommender.guidance import Policy
from recommender.language import (
    Because,
    Cause,
    ClinicalScenario,
    HintAt,
    NeurologicalSign,
    RecordArea,
)
from recommender.wording.words import Words
from tests.fhir_mappings.records import (
    AS_OF,
    SNOMED,
    SUBJECT,
    VALUE_SETS,
    concept,
    condition,
    patient,
    record_of,
)

PARAESTHESIA = concept(SNOMED, "91019004", "Paraesthesia")


def map_with(*recorded: dict[str, Any], **changes: Any) -> MappedScenario:
    """Map a record of these entries beside one draft."""
    draft = {
        "resourceType": "MedicationRequest",
        "id": "d1",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": "Patient/pat-1"},
        "medicationCodeableConcept": {"text": "Vitamin B12 tablets"},
        **changes,
    }
    placed = Placed("context.draftOrders.entry[0]", draft)
    return map_scenario(record_of([patient(), *recorded]), AS_OF, VALUE_SETS, [placed])


@pytest.mark.parametrize(
    "changes",
    [
        {"reasonCode": [PARAESTHESIA]},
        {"reasonCode": PARAESTHESIA},
        {"reason": [{"concept": PARAESTHESIA}]},
        {
            "reasonReference": [{"reference": "#c"}],
            "contained": [{"resourceType": "Condition", "id": "c", "code": PARAESTHESIA}],
        },
        {"reasonCode": [{"text": "Paraesthesia"}]},
    ],
)
def test_a_reason_that_names_a_sign_is_one(changes: dict[str, Any]) -> None:
    mapped = map_with(**changes)
    (finding,) = mapped.scenario.neurological_findings
    assert (finding.current, finding.evidence.reference) == (True, "MedicationRequest/d1")
    assert [line.type for line in mapped.lines()] == ["Patient"]


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Haemophilia A", "bleeding_disorder"),
        ("Leber's optic neuropathy", "lebers"),
        ("Sickle cell disease", "haemolysis"),
        ("On dialysis", "dialysis"),
        ("CKD stage 4", "kidney_disease"),
    ],
)
def test_the_words_of_a_reason_decide_as_a_whole(text: str, fact: str) -> None:
    scenario = map_with(reasonCode=[{"text": text}]).scenario
    assert getattr(scenario, fact).is_true


def test_the_words_of_a_reason_name_no_deficiency_and_no_cause() -> None:
    for text in ("Vitamin B12 deficiency", "Pernicious anaemia"):
        scenario = map_with(reasonCode=[{"text": text}]).scenario
        assert scenario.deficiency_diagnosis.is_unknown
        assert scenario.causes == ()
    coded = concept(SNOMED, "84027009", "Pernicious anaemia")
    found = map_with(reasonCode=[coded]).scenario.causes
    assert [cause.cause for cause in found] == [Cause.PERNICIOUS_ANAEMIA]


def test_the_note_of_an_order_shows_and_our_own_does_not() -> None:
    note = [{"text": "has numbness in both feet, possible haemophilia"}]
    scenario = map_with(note=note).scenario
    assert scenario.neurological_findings == ()
    assert len(scenario.hints_at(HintAt.NEUROLOGY)) == 1
    assert scenario.bleeding_disorder.because is Because.HINT
    ours = map_with(note=note, extension=[{"url": "urn:b12-cds:basis"}]).scenario
    assert ours.hints == ()


@pytest.mark.parametrize(
    "said",
    [
        {"supportingInformation": [{"display": "numbness in both feet"}]},
        {"dosageInstruction": [{"patientInstruction": "for numbness in both feet"}]},
        {"dosageInstruction": [{"asNeededCodeableConcept": {"text": "numbness in both feet"}}]},
        {"dosageInstruction": [{"asNeededFor": [{"text": "numbness in both feet"}]}]},
    ],
)
def test_what_an_order_says_beside_its_notes_shows_too(said: dict[str, Any]) -> None:
    scenario = map_with(**said).scenario
    assert len(scenario.hints_at(HintAt.NEUROLOGY)) == 1
    assert scenario.neurological_findings == ()
    assert map_with(**said, extension=[{"url": "urn:b12-cds:basis"}]).scenario.hints == ()


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"note": [{"text": "Allergic to hydroxocobalamin - anaphylaxis"}]}, HintAt.ALLERGY),
        ({"note": [{"text": "Anaphylaxis after B12 injection 2019"}]}, HintAt.ALLERGY),
        ({"reasonCode": [{"text": "Allergy to cyanocobalamin"}]}, HintAt.ALLERGY),
        ({"note": [{"text": "cobalt allergy"}]}, HintAt.COBALT_ALLERGY),
    ],
)
def test_words_of_an_order_that_speak_of_an_allergy_to_vitamin_b12_leave_it_open(
    changes: dict[str, Any], at: HintAt
) -> None:
    scenario = map_with(**changes).scenario
    assert len(scenario.hints_at(at)) == 1
    assert scenario.allergies == ()


@pytest.mark.parametrize(
    "text", ["Allergic to penicillin", "allergies reviewed", "give B12 injection", "NKDA"]
)
def test_other_words_of_an_order_say_nothing_of_such_an_allergy(text: str) -> None:
    scenario = map_with(note=[{"text": text}]).scenario
    assert not scenario.hints_at(HintAt.ALLERGY, HintAt.COBALT_ALLERGY)


def test_the_reason_of_another_patients_order_is_none() -> None:
    theirs = map_with(reasonCode=[PARAESTHESIA], subject={"reference": "Patient/other"})
    assert theirs.scenario.neurological_findings == ()


def test_a_reason_stands_in_no_list() -> None:
    scenario = map_with(reasonCode=[{"text": "unbekannt"}, {}, {"coding": "x"}]).scenario
    assert scenario.lebers.is_false
    assert [listed.area for listed in scenario.lists if listed.entries] == [RecordArea.PATIENT]


@pytest.mark.parametrize(
    "reason",
    [
        {"reference": "Condition/elsewhere", "display": "Peripheral neuropathy"},
        {"display": "Peripheral neuropathy"},
        {"reference": {"reference": "Condition/elsewhere", "display": "Peripheral neuropathy"}},
    ],
)
def test_the_words_of_a_reference_to_what_is_not_in_the_record_are_a_reason(
    reason: dict[str, Any],
) -> None:
    name = "reason" if isinstance(reason.get("reference"), dict) else "reasonReference"
    (found,) = map_with(**{name: [reason]}).scenario.neurological_findings
    assert found.sign is NeurologicalSign.PERIPHERAL_NEUROPATHY


def test_a_reference_to_what_is_in_the_record_counts_once_and_as_the_record_has_it() -> None:
    recorded = condition("302226006", id="c1", days=900)
    reason = {"reference": "Condition/c1", "display": "Peripheral neuropathy"}
    drafted = Placed(
        "context.draftOrders.entry[0]",
        {
            "resourceType": "MedicationRequest",
            "id": "d1",
            "status": "draft",
            "subject": SUBJECT,
            "reasonReference": [reason],
        },
    )
    record = record_of([patient(), recorded])
    found = map_scenario(record, AS_OF, VALUE_SETS, (drafted,)).scenario.neurological_findings
    assert [one.evidence.date for one in found] == [AS_OF - dt.timedelta(days=900)]


DEFICIENCY = concept(SNOMED, "190634004", "Cobalamin deficiency")


def test_a_reason_dates_the_diagnosis_today_and_is_not_called_recorded() -> None:
    scenario = map_with(reasonCode=[DEFICIENCY]).scenario
    assert scenario.deficiency_diagnosis.is_true
    assert (scenario.deficiency_diagnosed_on, scenario.deficiency_recorded_on) == (AS_OF, None)
    assert words_of(scenario).diagnosis == "B12 deficiency is the order's reason"


def test_the_entry_on_record_dates_the_words_where_a_reason_says_the_same() -> None:
    recorded = condition("190634004", days=30)
    scenario = map_with(recorded, reasonCode=[DEFICIENCY]).scenario
    assert scenario.deficiency_diagnosed_on == AS_OF
    assert scenario.deficiency_recorded_on == AS_OF - dt.timedelta(days=30)
    assert words_of(scenario).diagnosis.startswith("B12 deficiency recorded (")


def words_of(scenario: ClinicalScenario) -> Words:
    return Words(scenario, assess(scenario, Policy()), Policy())
