"""Statuses of diagnoses, allergies and operations that are not plainly one of FHIR's: several that
differ, words in the place of a code, what FHIR does not have.

Expected by decisions 2.1 (what restricts acts on true or unknown, what permits on true alone;
entered-in-error and refuted never count for), Q26, Q30, Q52, I26, I33.
"""

from __future__ import annotations

from typing import Any

import pytest

from fhir_mappings.history.procedures import CAUSES, INJECTIONS
from fhir_mappings.intake import HINTS
from fhir_mappings.terminology import Concept
from recommender.language import Cause, HintAt, NeurologicalSign, Truth
from tests.fhir_mappings.records import SNOMED, allergy, condition, procedure, scenario_of

CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFIED = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
LEBERS, KIDNEY, PERNICIOUS, SICKLE = "58610003", "431857002", "84027009", "127040003"
HYDROXOCOBALAMIN, TOTAL_GASTRECTOMY, INJECTION = "1217428002", "26452005", "709544008"
DIALYSIS = "302497006"


def codes(*pairs: tuple[str, str]) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code} for system, code in pairs]}


def of_hl7(system: str, *statuses: str) -> dict[str, Any]:
    return codes(*((system, status) for status in statuses))


WRONG = [
    "entered-in-error",
    "ENTERED-IN-ERROR",
    "entered_in_error",
    {"text": "Entered in Error"},
    {"coding": [{"system": VERIFIED, "display": "Entered in Error"}]},
    [of_hl7(VERIFIED, "entered-in-error")],
    codes(("urn:local", "X"), (VERIFIED, "entered-in-error")),
]
REFUTED = [
    "refuted",
    {"text": "Refuted"},
    codes((SNOMED, "410594000"), (VERIFIED, "refuted")),
    codes((VERIFIED, "refuted"), ("urn:local", "confirmed")),
]


@pytest.mark.parametrize("status", WRONG + REFUTED)
def test_a_mistake_is_none_however_it_is_written(status: Any) -> None:
    entries = [condition(code, verificationStatus=status) for code in (LEBERS, PERNICIOUS)]
    scenario = scenario_of(*entries, allergy(HYDROXOCOBALAMIN, verificationStatus=status))
    assert scenario.lebers.is_false
    assert not scenario.deficiency_diagnosis.is_true
    assert not scenario.causes
    assert scenario.allergy_fact.is_false


CONTRADICT = [
    of_hl7(VERIFIED, "refuted", "confirmed"),
    of_hl7(VERIFIED, "confirmed", "refuted"),
    of_hl7(VERIFIED, "entered-in-error", "confirmed"),
    [of_hl7(VERIFIED, "refuted"), of_hl7(VERIFIED, "confirmed")],
]


@pytest.mark.parametrize("status", CONTRADICT)
def test_what_is_refuted_and_confirmed_is_neither(status: Any) -> None:
    entries = [condition(code, verificationStatus=status) for code in (LEBERS, PERNICIOUS, KIDNEY)]
    scenario = scenario_of(*entries, allergy(HYDROXOCOBALAMIN, verificationStatus=status))
    assert scenario.lebers.is_unknown
    assert scenario.kidney_disease.is_unknown
    assert scenario.deficiency_diagnosis.is_unknown
    assert scenario.allergy_fact.is_true


@pytest.mark.parametrize(
    "status",
    [
        {"text": "Suspected"},
        {"text": "Probable"},
        {"text": "Ruled out"},
        {"text": "Unverified"},
        {"text": "Likely"},
        {"text": "To be confirmed"},
        {"text": "Not confirmed"},
        {"coding": [{"system": SNOMED, "code": "415684004", "display": "Suspected"}]},
        {"coding": [{"system": VERIFIED, "display": "Unconfirmed"}]},
        codes((SNOMED, "415684004"), (VERIFIED, "provisional")),
        of_hl7(VERIFIED, "confirmed", "provisional"),
        "differential",
    ],
)
def test_what_is_doubted_in_other_words_confirms_nothing_and_denies_nothing(status: Any) -> None:
    entries = [condition(code, verificationStatus=status) for code in (LEBERS, PERNICIOUS, SICKLE)]
    scenario = scenario_of(*entries)
    assert scenario.lebers.is_unknown
    assert scenario.deficiency_diagnosis.is_unknown
    assert scenario.haemolysis.is_unknown  # it would protect folic acid
    assert [one.cause for one in scenario.causes] == [Cause.PERNICIOUS_ANAEMIA]


@pytest.mark.parametrize(
    "status",
    [
        None,
        {"text": "Confirmed"},
        {"text": "Not specified"},
        {"text": "None"},
        {"text": "Noted"},
        {"coding": [{"system": SNOMED, "code": "410605003", "display": "Confirmed present"}]},
        codes((SNOMED, "410605003"), (VERIFIED, "confirmed")),
        codes(("urn:local", "C")),
    ],
)
def test_what_nobody_doubts_stands(status: Any) -> None:
    scenario = scenario_of(condition(PERNICIOUS, verificationStatus=status))
    assert scenario.deficiency_diagnosis.is_true


@pytest.mark.parametrize(
    "status",
    [
        of_hl7(CLINICAL, "resolved", "active"),
        of_hl7(CLINICAL, "inactive", "recurrence"),
        [of_hl7(CLINICAL, "resolved"), of_hl7(CLINICAL, "active")],
        codes((CLINICAL, "active"), ("urn:local", "resolved")),
        {"text": "current"},
        [None],
        None,
    ],
)
def test_what_is_over_and_not_over_is_not_over(status: Any) -> None:
    entries = [condition(code, clinicalStatus=status) for code in (KIDNEY, PERNICIOUS)]
    scenario = scenario_of(*entries, allergy(HYDROXOCOBALAMIN, clinicalStatus=status))
    assert scenario.kidney_disease.is_true
    assert scenario.deficiency_diagnosis.is_true
    assert [one.active for one in scenario.allergies] == [True]


@pytest.mark.parametrize(
    "status", [{"text": "Resolved"}, codes((SNOMED, "413322009"), (CLINICAL, "resolved"))]
)
def test_what_is_resolved_is_so_in_other_spellings(status: Any) -> None:
    scenario = scenario_of(condition(PERNICIOUS, clinicalStatus=status))
    assert scenario.deficiency_diagnosis.is_unknown


@pytest.mark.parametrize(
    "abated",
    [
        {"abatementDateTime": "2027-01-10"},
        {"abatementPeriod": {"start": "2027-01-10"}},
        {"abatementDateTime": "unknown"},
        {"abatementString": "ongoing"},
        {"abatementString": ""},
        {"abatementBoolean": "false"},
        {"abatementPeriod": {}},
    ],
)
def test_what_has_not_ended_yet_or_cannot_be_read_is_no_end_I26(abated: dict[str, Any]) -> None:
    entries = (condition(code, clinicalStatus=None, **abated) for code in (KIDNEY, "77386006"))
    scenario = scenario_of(*entries)  # a pregnancy may state when it will be over
    assert scenario.kidney_disease.is_true
    assert not scenario.pregnant.is_false


@pytest.mark.parametrize(
    "abated",
    [
        {"abatementDateTime": "2026-01"},
        {"abatementPeriod": {"end": "2026-01-10"}},
        {"abatementBoolean": True},
        {"abatementAge": {"value": 40, "unit": "years"}},
    ],
)
def test_what_has_ended_is_over(abated: dict[str, Any]) -> None:
    assert scenario_of(condition(KIDNEY, clinicalStatus=None, **abated)).kidney_disease.is_false


def reaction(severity: Any) -> list[dict[str, Any]]:
    return [{"severity": severity, "manifestation": [{"text": "Rash"}]}]


SEVERE_DISPLAY = {"coding": [{"system": SNOMED, "code": "24484000", "display": "Severe"}]}
MILD_DISPLAY = {"coding": [{"system": SNOMED, "code": "255604002", "display": "Mild"}]}


@pytest.mark.parametrize(
    ("said", "severe"),
    [
        ({"criticality": {"text": "High Risk"}}, Truth.TRUE),
        ({"criticality": ["low", "high"]}, Truth.TRUE),
        ({"reaction": reaction(SEVERE_DISPLAY)}, Truth.TRUE),
        ({"criticality": "low", "reaction": reaction("life-threatening")}, Truth.TRUE),
        ({"criticality": "low", "reaction": reaction("4")}, Truth.UNKNOWN),
        ({"criticality": "extreme", "reaction": reaction("mild")}, Truth.UNKNOWN),
        ({"criticality": "low", "reaction": [{"severity": "mild"}, {}]}, Truth.FALSE),
        ({"criticality": {"text": "Low Risk"}}, Truth.FALSE),
        ({"reaction": reaction(MILD_DISPLAY)}, Truth.FALSE),
        ({"criticality": "unable-to-assess", "reaction": reaction("moderate")}, Truth.FALSE),
        ({"reaction": [None]}, Truth.UNKNOWN),
    ],
)
def test_a_reaction_is_mild_only_where_all_that_is_said_of_it_is_understood_Q52(
    said: dict[str, Any], severe: Truth
) -> None:
    (found,) = scenario_of(allergy(HYDROXOCOBALAMIN, **said)).allergies
    assert found.severe is severe


@pytest.mark.parametrize("said", [{"criticality": "extreme"}, {"reaction": reaction("fatal")}])
def test_an_allergy_that_is_over_counts_unless_it_is_known_to_have_been_mild_Q52(
    said: dict[str, Any],
) -> None:
    entry = allergy(HYDROXOCOBALAMIN, clinicalStatus="inactive", **{"criticality": "low"} | said)
    scenario = scenario_of(entry)
    assert scenario.allergies or HintAt.ALLERGY in {hint.at for hint in scenario.hints}


NOT_UNDERSTOOD = ["scheduled", "requested", "bogus", "stopped", "on-hold", "suspended", "aborted"]


@pytest.mark.parametrize("status", [*NOT_UNDERSTOOD, "unknown", "", None])
def test_an_injection_is_a_dose_only_where_it_was_carried_out_Q30(status: str | None) -> None:
    scenario = scenario_of(procedure(INJECTION, days=30, status=status))
    assert not scenario.doses
    assert [hint.at for hint in scenario.hints] == [HintAt.B12_TREATMENT]


@pytest.mark.parametrize("code", [INJECTION, DIALYSIS])
def test_what_would_say_nothing_any_more_is_not_asked_about(code: str) -> None:
    """Dialysis counts for 90 days (F17), treatment for 15 months (Q29)."""
    assert not scenario_of(procedure(code, days=900, status="stopped")).hints
    assert scenario_of(procedure(code, days=60, status="stopped")).hints


@pytest.mark.parametrize(
    ("code", "at"),
    [("182764009", HintAt.ANTICOAGULANT), ("173958005", HintAt.CAUSE)],
)
@pytest.mark.parametrize("status", ["scheduled", "stopped", "bogus"])
def test_what_restricts_and_may_have_been_done_is_asked_about(
    code: str, at: HintAt, status: str
) -> None:
    scenario = scenario_of(procedure(code, days=400, status=status))
    assert at in {hint.at for hint in scenario.hints}
    assert not scenario.anticoagulant_fact.is_false or at is HintAt.CAUSE


def test_whatever_a_procedure_may_mean_can_be_asked_about() -> None:
    meant = {*CAUSES, *INJECTIONS, Concept.DIALYSIS, Concept.ANTICOAGULANT_THERAPY}
    assert meant <= HINTS.keys()


@pytest.mark.parametrize("status", ["completed", "Completed", "in-progress", {"text": "Completed"}])
def test_an_injection_that_was_carried_out_is_one(status: Any) -> None:
    assert len(scenario_of(procedure(INJECTION, days=30, status=status)).doses) == 1


@pytest.mark.parametrize("status", NOT_UNDERSTOOD)
def test_an_operation_of_which_nobody_knows_is_asked_about_I26(status: str) -> None:
    scenario = scenario_of(
        procedure(TOTAL_GASTRECTOMY, status=status), procedure(DIALYSIS, days=5, status=status)
    )
    assert not scenario.causes
    assert scenario.dialysis.is_unknown
    assert scenario.kidney_disease.is_unknown
    assert HintAt.GASTRIC_SURGERY in {hint.at for hint in scenario.hints}


@pytest.mark.parametrize("status", ["completed", "unknown", None])
def test_an_operation_counts_as_done_where_nobody_says_otherwise(status: str | None) -> None:
    (cause,) = scenario_of(procedure(TOTAL_GASTRECTOMY, status=status)).causes
    assert cause.cause is Cause.TOTAL_GASTRECTOMY


@pytest.mark.parametrize(
    "status", ["not-done", "Not Done", {"text": "Not Done"}, "cancelled", "preparation", "declined"]
)
def test_an_operation_that_was_not_done_is_none(status: Any) -> None:
    scenario = scenario_of(
        procedure(TOTAL_GASTRECTOMY, status=status), procedure(INJECTION, days=30, status=status)
    )
    assert not scenario.causes
    assert not scenario.doses
    assert not scenario.hints


def test_a_session_whose_period_is_reversed_may_be_of_now() -> None:
    """Nobody knows which of its days is meant."""
    period = {"start": "2026-06-10", "end": "2020-01-01"}
    session = procedure(DIALYSIS) | {"performedPeriod": period}
    del session["performedDateTime"]
    assert scenario_of(session).dialysis.is_true


def test_signs_refuted_and_confirmed_at_once_are_no_evidence_against_Q1() -> None:
    entry = condition("91019004", verificationStatus=of_hl7(VERIFIED, "refuted", "confirmed"))
    scenario = scenario_of(entry)
    assert not scenario.refuted_signs
    assert [one.sign for one in scenario.neurological_findings] == [NeurologicalSign.PARAESTHESIA]
