"""Conditions, procedures, allergies, demographics and answering Observations, fact by fact
(decisions 2.2; Q1 to Q7).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from fhir_mappings.scenario_mapping import map_scenario
from recommender.language import HintAt
from recommender.language.logic import Comparator, Truth
from recommender.language.scenario import Allergen, Cause, ClinicalScenario, NeurologicalSign
from tests.fhir_mappings.records import (
    AS_OF,
    ICD_10_CM,
    LOINC,
    OWN,
    RXNORM,
    SNOMED,
    VALUE_SETS,
    Resource,
    allergy,
    concept,
    condition,
    days_ago,
    injection_given,
    map_all,
    observation,
    patient,
    procedure,
    record_of,
    scenario_of,
    why_ignored,
)

B12_DEFICIENCY = "64117007"
PERNICIOUS_ANAEMIA, NEUROPATHY, PARAESTHESIA, GAIT, MEMORY = (
    "84027009",
    "302226006",
    "91019004",
    "22325002",
    "386807006",
)
DIABETIC_NEUROPATHY, LEBERS, HEREDITARY_OPTIC_ATROPHY = "424736006", "58610003", "26360005"
ILEAL_CROHN, VEGAN, FATIGUE, PREGNANT, NOT_PREGNANT = (
    "38106008",
    "24930006",
    "84229001",
    "77386006",
    "60001007",
)
ILEECTOMY, TOTAL_ILEECTOMY, GASTRIC_BYPASS, TOTAL_GASTRECTOMY = (
    "51346007",
    "37593003",
    "442338001",
    "26452005",
)
FOUR_SIGNS = (NEUROPATHY, PARAESTHESIA, GAIT, MEMORY)


def status(code: str) -> Resource:
    return {"coding": [{"code": code}]}


def refuted(diagnosis: str, days: int = 10) -> Resource:
    return condition(diagnosis, days=days, verificationStatus=status("refuted"))


def causes_of(scenario: ClinicalScenario) -> set[Cause]:
    return {found.cause for found in scenario.causes}


# --- deficiency (F8) ---


@pytest.mark.parametrize("clinical", ["active", "recurrence", "relapse"])
def test_a_confirmed_current_diagnosis_is_deficiency(clinical: str) -> None:
    scenario = scenario_of(condition(PERNICIOUS_ANAEMIA, clinical=clinical, days=30))
    assert scenario.deficiency_diagnosis.is_true
    assert str(scenario.deficiency_diagnosed_on) == days_ago(30)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"clinicalStatus": status("resolved")}, "recorded as resolved"),
        ({"clinicalStatus": status("inactive")}, "recorded as inactive"),
        ({"clinicalStatus": status("remission")}, "recorded as inactive"),
        ({"clinicalStatus": None, "abatementDateTime": "2020-01-01"}, "recorded as resolved"),
        ({"verificationStatus": status("provisional")}, "suspected, not confirmed"),
        ({"verificationStatus": status("unconfirmed")}, "suspected, not confirmed"),
        ({"verificationStatus": status("entered-in-error")}, "none recorded"),
    ],
)
def test_a_past_or_unconfirmed_diagnosis_is_not_deficiency(changes: Resource, reason: str) -> None:
    diagnosis = scenario_of(condition(PERNICIOUS_ANAEMIA, **changes)).deficiency_diagnosis
    assert diagnosis.is_unknown
    assert diagnosis.reason.startswith(reason)


def test_statuses_of_old_fhir_versions_are_plain_codes_and_are_read() -> None:
    dstu2 = condition(
        B12_DEFICIENCY,
        clinicalStatus="active",
        verificationStatus="confirmed",
        subject=None,
        patient={"reference": "Patient/pat-1"},
    )
    assert scenario_of(dstu2).deficiency_diagnosis.is_true
    assert scenario_of({**dstu2, "verificationStatus": "refuted"}).deficiency_diagnosis.is_false


def test_what_refutes_a_cause_of_deficiency_refutes_no_deficiency() -> None:
    refuted = {"verificationStatus": {"coding": [{"code": "refuted"}]}}
    cause = condition(PERNICIOUS_ANAEMIA, **refuted)
    deficiency = condition(B12_DEFICIENCY, **refuted)
    doubted = condition("", code={"text": "?Vitamin B12 deficiency"})
    unread = condition("", code={"text": "Xyzzy"})
    past = condition(B12_DEFICIENCY, clinical="resolved", days=900)

    assert scenario_of(cause).deficiency_diagnosis.is_unknown
    assert scenario_of(deficiency).deficiency_diagnosis.is_false
    for beside in (doubted, unread, past):
        assert scenario_of(deficiency, beside).deficiency_diagnosis.is_unknown


def test_a_diagnosis_without_statuses_is_current() -> None:
    assert scenario_of(
        condition(PERNICIOUS_ANAEMIA, clinicalStatus=None, verificationStatus=None)
    ).deficiency_diagnosis.is_true


def test_an_unspecific_vitamin_b_code_needs_a_second_fact() -> None:
    unspecific = condition("E53.8", ICD_10_CM)
    assert scenario_of(unspecific).deficiency_diagnosis.is_unknown
    assert "other vitamins" in scenario_of(unspecific).deficiency_diagnosis.reason
    assert scenario_of(unspecific, injection_given(30)).deficiency_diagnosis.is_true
    assert scenario_of(
        condition("E53.8", ICD_10_CM, note=[{"text": "B12 deficiency"}])
    ).deficiency_diagnosis.is_true
    assert scenario_of(
        condition(
            "E53.8", ICD_10_CM, code=concept(ICD_10_CM, "E53.8", text="Vitamin B 12 deficiency")
        )
    ).deficiency_diagnosis.is_true


@pytest.mark.parametrize("code", ["161457000", "1025551000000105", "170818005", "165645009"])
def test_history_monitoring_and_low_results_are_not_a_diagnosis(code: str) -> None:
    assert scenario_of(condition(code)).deficiency_diagnosis.is_unknown


# --- neurological findings (F10, F11; Q1, Q3, Q4) ---


@pytest.mark.parametrize(
    ("code", "sign"),
    [
        (NEUROPATHY, NeurologicalSign.PERIPHERAL_NEUROPATHY),
        (PARAESTHESIA, NeurologicalSign.PARAESTHESIA),
        (GAIT, NeurologicalSign.GAIT_DISTURBANCE),
        (MEMORY, NeurologicalSign.COGNITIVE_IMPAIRMENT),
        ("60576007", NeurologicalSign.SUBACUTE_COMBINED_DEGENERATION),
        ("45534005", NeurologicalSign.GLOSSITIS),
        ("20262006", NeurologicalSign.ATAXIA),
        ("274816000", NeurologicalSign.ATAXIA),
        ("420920007", NeurologicalSign.OPTIC_NEUROPATHY),
    ],
)
def test_a_neurological_sign_is_found(code: str, sign: NeurologicalSign) -> None:
    (finding,) = scenario_of(condition(code)).neurological_findings
    assert (finding.sign, finding.current, finding.other_cause, finding.is_new) == (
        sign,
        True,
        False,
        False,
    )


@pytest.mark.parametrize(
    ("code", "system"),
    [
        (DIABETIC_NEUROPATHY, SNOMED),
        ("7916009", SNOMED),
        ("G60.9", ICD_10_CM),
        ("429998004", SNOMED),
    ],
)
def test_a_sign_whose_code_names_another_cause_or_leaves_it_open_says_so(
    code: str, system: str
) -> None:
    (finding,) = scenario_of(condition(code, system)).neurological_findings
    assert finding.other_cause


@pytest.mark.parametrize("code", ["95399003", "449813001"])
def test_a_look_alike_of_numbness_is_no_sign(code: str) -> None:
    mapped = map_all(condition(code))
    assert mapped.scenario.neurological_findings == ()
    assert why_ignored(mapped, "Condition")[0].startswith("looks alike")


def test_a_resolved_sign_is_kept_as_past() -> None:
    (finding,) = scenario_of(condition(NEUROPATHY, clinical="resolved")).neurological_findings
    assert not finding.current


@pytest.mark.parametrize(("days", "counted"), [(90, True), (91, False)])
def test_refuted_signs_count_for_90_days(days: int, counted: bool) -> None:
    scenario = scenario_of(*(refuted(sign, days) for sign in FOUR_SIGNS))
    assert (len(scenario.refuted_signs) == 4) is counted
    assert scenario.neurological_findings == ()


def test_a_refuted_sign_without_a_date_does_not_count() -> None:
    assert (
        scenario_of(
            condition(NEUROPATHY, recordedDate=None, verificationStatus=status("refuted"))
        ).refuted_signs
        == ()
    )


@pytest.mark.parametrize(("began", "is_new"), [(61, False), (60, False), (59, True)])
def test_a_sign_is_new_when_it_began_after_treatment_did(began: int, is_new: bool) -> None:
    (finding,) = scenario_of(
        injection_given(60), condition(PARAESTHESIA, onsetDateTime=days_ago(began))
    ).neurological_findings
    assert finding.is_new is is_new


@pytest.mark.parametrize(("began", "is_new"), [(90, True), (91, False)])
def test_a_sign_is_new_for_90_days(began: int, is_new: bool) -> None:
    (finding,) = scenario_of(
        injection_given(200), injection_given(100), condition(PARAESTHESIA, days=began)
    ).neurological_findings
    assert finding.is_new is is_new


def test_a_relapse_is_new_and_a_recorded_onset_goes_before_the_date_of_recording() -> None:
    assert scenario_of(condition(PARAESTHESIA, clinical="relapse")).neurological_findings[0].is_new
    old = condition(PARAESTHESIA, days=5, onsetDateTime="2019")
    assert not scenario_of(injection_given(60), old).neurological_findings[0].is_new


@pytest.mark.parametrize(
    ("answer", "days", "expected"),
    [
        ({"valueBoolean": False}, 90, Truth.FALSE),
        ({"valueBoolean": False}, 91, Truth.UNKNOWN),
        ({"valueBoolean": True}, 10, Truth.TRUE),
        ({"valueCodeableConcept": {"text": "Negative"}}, 10, Truth.FALSE),
        ({"valueString": "not assessed"}, 10, Truth.UNKNOWN),
    ],
)
def test_the_neurological_screen_counts_for_90_days(
    answer: Resource, days: int, expected: Truth
) -> None:
    assert (
        scenario_of(
            observation("neuro-screen", days=days, system=OWN, **answer)
        ).neurological_screen.truth
        is expected
    )


def test_the_newest_screen_counts() -> None:
    screens = [
        observation("neuro-screen", days=days, system=OWN, valueBoolean=value)
        for days, value in ((40, True), (3, False))
    ]
    for order in (screens, screens[::-1]):
        assert scenario_of(*order).neurological_screen.is_false


def test_a_sign_observed_is_a_finding_and_one_denied_is_not() -> None:
    assert (
        scenario_of(observation(PARAESTHESIA, system=SNOMED, valueBoolean=True))
        .neurological_findings[0]
        .current
    )
    assert (
        scenario_of(
            observation(PARAESTHESIA, system=SNOMED, valueBoolean=False)
        ).neurological_findings
        == ()
    )
    assert (
        not scenario_of(observation(PARAESTHESIA, days=91, system=SNOMED))
        .neurological_findings[0]
        .current
    )
    answered = observation("1234-5", valueCodeableConcept=concept(SNOMED, GAIT))
    assert scenario_of(answered).neurological_findings[0].sign is NeurologicalSign.GAIT_DISTURBANCE


# --- symptoms, recurrence ---


def test_symptoms_and_recurrence() -> None:
    assert scenario_of(condition(FATIGUE)).symptoms.is_true
    assert scenario_of().symptoms.is_unknown
    assert scenario_of(
        observation("b12-symptoms", system=OWN, valueBoolean=False)
    ).symptoms.is_false
    assert scenario_of(condition(FATIGUE, days=20), injection_given(60)).recurrence.is_true
    assert scenario_of(condition(FATIGUE, days=80), injection_given(60)).recurrence.is_unknown
    assert scenario_of(condition(PERNICIOUS_ANAEMIA, clinical="relapse")).recurrence.is_true


# --- kidneys (F17, Q7) ---


@pytest.mark.parametrize(
    ("code", "system", "expected"),
    [
        ("433144002", SNOMED, Truth.TRUE),
        ("709044004", SNOMED, Truth.TRUE),
        ("E11.22", ICD_10_CM, Truth.TRUE),
        ("N17.9", ICD_10_CM, Truth.TRUE),
        ("I12.9", ICD_10_CM, Truth.TRUE),
        ("105502003", SNOMED, Truth.TRUE),
        ("127013003", SNOMED, Truth.TRUE),
        ("431856006", SNOMED, Truth.FALSE),
        ("Z94.0", ICD_10_CM, Truth.FALSE),
        ("161693006", SNOMED, Truth.FALSE),
        ("9345005", SNOMED, Truth.FALSE),
    ],
)
def test_kidney_disease_by_code(code: str, system: str, expected: Truth) -> None:
    assert scenario_of(condition(code, system)).kidney_disease.truth is expected


@pytest.mark.parametrize(
    "words",
    [
        "Disorder of kidney (disorder)",
        "Unspecified disorder of kidney and ureter",
        "Renal disorder due to type 2 diabetes mellitus",
        "Kidney disorder",
    ],
)
def test_a_disorder_of_the_kidney_in_no_list_is_never_none(words: str) -> None:
    coded = condition("", code=concept(SNOMED, "999999011000000", words))
    for entry in (coded, condition("", code={"text": words})):
        assert scenario_of(entry).kidney_disease.is_unknown


def test_suspected_kidney_disease_is_unknown() -> None:
    assert scenario_of(
        condition("433144002", verificationStatus=status("provisional"))
    ).kidney_disease.is_unknown


@pytest.mark.parametrize(("days", "expected"), [(90, Truth.TRUE), (91, Truth.FALSE)])
def test_a_dialysis_session_counts_for_90_days(days: int, expected: Truth) -> None:
    scenario = scenario_of(procedure("302497006", days=days))
    assert (scenario.dialysis.truth, scenario.kidney_disease.truth) == (expected, expected)


# --- closed-world facts ---


def test_lebers_by_code_by_doubt_and_by_silence() -> None:
    assert scenario_of(condition(LEBERS, clinical="inactive")).lebers.is_true
    assert scenario_of(condition(HEREDITARY_OPTIC_ATROPHY)).lebers.is_unknown
    assert scenario_of(condition("H47.22", ICD_10_CM)).lebers.is_unknown
    assert scenario_of(condition("866099002")).lebers.is_false
    assert scenario_of().lebers.reason == "none recorded"


def test_a_bleeding_disorder_by_code_and_by_a_low_count_that_is_only_coded() -> None:
    assert scenario_of(condition("90935002")).bleeding_disorder.is_true
    assert scenario_of(condition("302215000")).bleeding_disorder.is_true
    assert scenario_of(
        condition("302215000"), observation("777-3", 180, "10*9/L")
    ).bleeding_disorder.is_false
    assert scenario_of(condition("76612001")).bleeding_disorder.is_false


@pytest.mark.parametrize(
    "ended", [{"clinical": "resolved"}, {"clinicalStatus": None, "abatementDateTime": "2019"}]
)
def test_a_bleeding_disorder_marked_as_resolved_may_be_for_life_F20(ended: Resource) -> None:
    disorder = scenario_of(condition("90935002", **ended)).bleeding_disorder
    assert disorder.is_unknown
    assert disorder.reason.startswith("recorded as resolved")
    refuted = condition("90935002", verificationStatus=status("refuted"))
    assert scenario_of(refuted).bleeding_disorder.is_false


def test_nitrous_oxide_is_a_cause_and_inhalants_in_general_are_a_doubt() -> None:
    scenario = scenario_of(condition("73891003"))
    assert scenario.nitrous_oxide.is_true
    assert causes_of(scenario) == {Cause.NITROUS_OXIDE}
    assert scenario_of(condition("70340006")).nitrous_oxide.is_unknown
    assert causes_of(scenario_of(condition("70340006"))) == set()


# --- causes (F13, F15) ---


@pytest.mark.parametrize(
    ("resource", "cause"),
    [
        (condition(PERNICIOUS_ANAEMIA), Cause.PERNICIOUS_ANAEMIA),
        (condition("D51.0", ICD_10_CM), Cause.PERNICIOUS_ANAEMIA),
        (condition(ILEAL_CROHN), Cause.CROHNS_ILEAL),
        (condition("K50.00", ICD_10_CM), Cause.CROHNS_ILEAL),
        (condition("396331005"), Cause.OTHER_MALABSORPTION),
        (condition("Z98.84", ICD_10_CM), Cause.BARIATRIC),
        (condition("Z90.3", ICD_10_CM), Cause.GASTRECTOMY_OTHER),
        (condition(VEGAN), Cause.DIETARY),
        (condition("D51.3", ICD_10_CM), Cause.DIETARY),
        (condition("717947009"), Cause.DRUG),
        (condition("1153353002"), Cause.TOTAL_GASTRECTOMY),
        (procedure(ILEECTOMY), Cause.ILEAL_RESECTION),
        (procedure(TOTAL_GASTRECTOMY), Cause.TOTAL_GASTRECTOMY),
        (procedure("49209004"), Cause.GASTRECTOMY_OTHER),
        (procedure(GASTRIC_BYPASS), Cause.BARIATRIC),
        (procedure("427074001"), Cause.BARIATRIC),
        (procedure("0DTB0ZZ", "http://www.icd10data.com/icd10pcs"), Cause.ILEAL_RESECTION),
        (
            observation("31444-3", valueCodeableConcept={"text": "Positive"}, days=3000),
            Cause.PERNICIOUS_ANAEMIA,
        ),
        (
            observation("31443-5", 42, "U/mL", interpretation=[{"coding": [{"code": "H"}]}]),
            Cause.PERNICIOUS_ANAEMIA,
        ),
        (observation("1234-5", valueCodeableConcept=concept(SNOMED, VEGAN)), Cause.DIETARY),
    ],
)
def test_a_cause_is_found(resource: Resource, cause: Cause) -> None:
    assert causes_of(scenario_of(resource)) == {cause}


@pytest.mark.parametrize(
    "resource",
    [
        condition("34000006"),
        condition("7620006"),
        condition("K50.8", "http://hl7.org/fhir/sid/icd-10"),
        condition("Z90.49", ICD_10_CM),
        condition("300928006"),
        condition("433442009"),
        refuted(PERNICIOUS_ANAEMIA),
        procedure("359571009"),
        procedure("243429009"),
        procedure("287834004"),
        procedure("301704008"),
        procedure(ILEECTOMY, status="not-done"),
        procedure(ILEECTOMY, status="entered-in-error"),
        procedure(ILEECTOMY, notDone=True),
        procedure(ILEECTOMY, days=-10),
        observation("31444-3", valueString="negative"),
        observation("31443-5", 42, "U/mL"),
        observation("14241-4", valueString="positive"),
        {
            "resourceType": "FamilyMemberHistory",
            "patient": {"reference": "Patient/pat-1"},
            "condition": [{"code": concept(SNOMED, PERNICIOUS_ANAEMIA)}],
        },
    ],
)
def test_what_is_no_cause_is_not_taken_for_one(resource: Resource) -> None:
    assert scenario_of(resource).causes == ()


def test_a_bypass_that_was_undone_is_no_cause() -> None:
    bypass, undone = procedure("426738005", days=900), procedure("447892004", days=300)
    assert causes_of(scenario_of(bypass)) == {Cause.BARIATRIC}
    assert scenario_of(bypass, undone).causes == ()
    assert causes_of(scenario_of(procedure("426738005", days=100), undone)) == {Cause.BARIATRIC}


@pytest.mark.parametrize("ended", [days_ago(365), days_ago(366), days_ago(3000), None])
def test_a_cause_that_ended_stays_ended_however_long_ago(ended: str | None) -> None:
    gone = condition(VEGAN, clinical="resolved", onsetDateTime="2010", abatementDateTime=ended)
    resolved = scenario_of(gone).cause_resolved
    assert resolved.is_true
    assert resolved.evidence[0].date == (dt.date.fromisoformat(ended) if ended else None)
    assert scenario_of(gone, condition("396331005")).cause_resolved.is_false
    assert not scenario_of(condition(VEGAN, clinical="inactive")).cause_resolved.is_true


# --- lengths (F14, Q2) ---


def test_lengths_are_read_from_their_observations() -> None:
    scenario = scenario_of(
        procedure(ILEECTOMY),
        observation("ileal-resection-length", 250, "mm", system=OWN),
        observation("crohns-ileal-extent", 40, "cm", system=OWN, days=3000),
    )
    assert str(scenario.ileal_resection_length.quantity.value) == "25"  # type: ignore[union-attr]
    assert str(scenario.crohns_ileal_extent.quantity.value) == "40"  # type: ignore[union-attr]
    by_words = observation("x", 25, "cm", code={"text": "Length of ileum resected"})
    assert scenario_of(by_words).ileal_resection_length.is_known


def test_a_length_in_the_text_of_the_procedure_is_read_last_and_said_to_be() -> None:
    written = procedure(ILEECTOMY, note=[{"text": "25 cm of terminal ileum removed"}])
    length = scenario_of(written).ileal_resection_length
    assert (length.reason, length.evidence[0].reported) == (
        "read from text",
        "25 cm, read from text",
    )
    measured = scenario_of(
        written, observation("ileal-resection-length", 18, "cm", system=OWN)
    ).ileal_resection_length
    assert str(measured.quantity.value) == "18"  # type: ignore[union-attr]
    assert not scenario_of(procedure(ILEECTOMY)).ileal_resection_length.is_known
    crohn = scenario_of(
        condition(ILEAL_CROHN, note=[{"text": "40 cm of terminal ileum involved"}])
    ).crohns_ileal_extent
    assert crohn.reason == "read from text"


def in_words(text: str, **more: Any) -> Resource:
    return condition("", code={"text": text}, **more)


@pytest.mark.parametrize(
    "text",
    [
        "ileal resection 25 cm",
        "status post ileal resection 25 cm",
        "laparoscopic ileocaecal resection of approx. 25 cm of ileum 2019",
        "s/p terminal ileal resection, 25 cm",
        "length of ileum removed: 25 cm",
    ],
)
@pytest.mark.parametrize("listed", ["problem", "operation"])
def test_a_resection_in_a_fixed_form_counts_in_either_list_Q34(text: str, listed: str) -> None:
    operation = procedure("", code={"text": text})
    scenario = scenario_of(in_words(text) if listed == "problem" else operation)

    assert causes_of(scenario) == {Cause.ILEAL_RESECTION}
    assert str(scenario.ileal_resection_length.quantity.value) == "25"  # type: ignore[union-attr]


def test_the_longest_resection_in_words_counts_of_both_lists_Q34() -> None:
    problem, operation = "ileal resection 15 cm", "resection of 25 cm of terminal ileum"
    scenario = scenario_of(in_words(problem), procedure("", code={"text": operation}))
    assert str(scenario.ileal_resection_length.quantity.value) == "25"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    [
        "extent of ileal involvement: 45 cm",
        "ileal involvement: 45 cm",
        "ileal extent: 45 cm",
        "45 cm of terminal ileum involved",
    ],
)
def test_an_extent_as_a_problem_of_its_own_counts_beside_crohns_Q34(text: str) -> None:
    extent = scenario_of(condition(ILEAL_CROHN), in_words(text)).crohns_ileal_extent
    assert extent.quantity is not None
    assert str(extent.quantity.value) == "45"

    alone = scenario_of(in_words(text))
    assert not alone.crohns_ileal_extent.is_known
    assert [hint.words for hint in alone.hints_at(HintAt.ILEAL_LENGTH)] == [text]


@pytest.mark.parametrize(
    "text",
    [
        "Crohn's ileitis 45 cm involved",
        "Ileal Crohn's disease, 45 cm, stricture",
        "Crohn's disease, 45 cm of terminal ileum",
        "ileal resection 10 inches",
        "length of ileum removed: 250 mm",
        "ileal extent: 3 inches",
    ],
)
def test_any_other_length_of_ileum_is_quoted_and_decides_nothing_C34(text: str) -> None:
    scenario = scenario_of(in_words(text))
    assert [hint.words for hint in scenario.hints_at(HintAt.ILEAL_LENGTH)] == [text]
    assert not scenario.ileal_resection_length.is_known
    assert not scenario.crohns_ileal_extent.is_known


@pytest.mark.parametrize(
    "text", ["Stricture 25 cm from the valve", "colonic Crohn's disease 45 cm", "lipoma 4 cm"]
)
def test_a_length_of_something_else_is_not_quoted_C34(text: str) -> None:
    assert not scenario_of(in_words(text)).hints_at(HintAt.ILEAL_LENGTH)


def test_a_total_ileectomy_is_complete() -> None:
    assert scenario_of(procedure(TOTAL_ILEECTOMY)).ileal_resection_complete.is_true
    assert scenario_of(condition(TOTAL_ILEECTOMY)).ileal_resection_complete.is_true
    assert scenario_of(condition(ILEECTOMY)).ileal_resection_complete.is_false
    assert scenario_of(procedure(ILEECTOMY)).ileal_resection_complete.is_false


# --- pregnancy (F2, F3) ---


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (condition(PREGNANT, days=294), Truth.TRUE),
        (condition(PREGNANT, days=295), Truth.UNKNOWN),
        (condition(PREGNANT, days=100, clinical="resolved"), Truth.UNKNOWN),
        (condition(PREGNANT, recordedDate=None), Truth.UNKNOWN),
        (condition("Z34.03", ICD_10_CM, days=30), Truth.TRUE),
        (condition("102874004", days=10), Truth.UNKNOWN),
        (
            observation("82810-3", valueCodeableConcept=concept(SNOMED, PREGNANT), days=100),
            Truth.TRUE,
        ),
        (
            observation("82810-3", valueCodeableConcept=concept(LOINC, "LA15173-0"), days=100),
            Truth.TRUE,
        ),
        (
            observation("82810-3", valueCodeableConcept=concept(SNOMED, NOT_PREGNANT), days=30),
            Truth.FALSE,
        ),
        (
            observation("82810-3", valueCodeableConcept=concept(SNOMED, NOT_PREGNANT), days=31),
            Truth.UNKNOWN,
        ),
        (
            observation("82810-3", valueCodeableConcept=concept(LOINC, "LA4489-6"), days=3),
            Truth.UNKNOWN,
        ),
    ],
)
def test_pregnancy(resource: Resource, expected: Truth) -> None:
    assert scenario_of(resource).pregnant.truth is expected


def test_the_newer_word_on_pregnancy_counts() -> None:
    no_longer = observation("82810-3", valueCodeableConcept=concept(SNOMED, NOT_PREGNANT), days=5)
    assert scenario_of(condition(PREGNANT, days=200), no_longer).pregnant.is_false
    assert scenario_of(condition(PREGNANT, days=2), no_longer).pregnant.is_true


def test_breastfeeding_and_planning() -> None:
    assert scenario_of(condition("169745008", days=100)).breastfeeding.is_true
    assert scenario_of(condition("169449001", days=100)).planning_pregnancy.is_true
    assert scenario_of(condition("169449001", days=400)).planning_pregnancy.is_unknown


# --- anticoagulants by code ---


def test_a_coded_anticoagulant_is_known_without_its_class() -> None:
    scenario = scenario_of(condition("Z79.01", ICD_10_CM))
    assert scenario.anticoagulant_fact.is_true
    assert scenario.anticoagulant is None


def test_anticoagulant_therapy_in_the_problem_list_is_one_while_it_is_current() -> None:
    """Its code is that of a procedure; it stands where the person is treated."""
    therapy = "182764009"
    assert scenario_of(condition(therapy)).anticoagulant_fact.is_true
    assert scenario_of(condition(therapy, clinical="resolved")).anticoagulant_fact.is_false
    named = condition("", code={"text": "Anticoagulant therapy"})
    assert scenario_of(named).anticoagulant_fact.is_true


# --- allergies (F21) ---


@pytest.mark.parametrize(
    ("code", "system", "allergen"),
    [
        ("5514", RXNORM, Allergen.HYDROXOCOBALAMIN),
        ("1217428002", SNOMED, Allergen.HYDROXOCOBALAMIN),
        ("419382002", SNOMED, Allergen.CYANOCOBALAMIN),
        ("304111003", SNOMED, Allergen.UNSPECIFIED_B12),
        ("54808007", SNOMED, Allergen.COBALT),
    ],
)
def test_an_allergy_is_found(code: str, system: str, allergen: Allergen) -> None:
    (found,) = scenario_of(allergy(code, system)).allergies
    assert (found.allergen, found.severe) == (allergen, Truth.UNKNOWN)


@pytest.mark.parametrize(
    ("changes", "severe"),
    [
        ({"criticality": "high"}, Truth.TRUE),
        ({"criticality": "CRITH"}, Truth.TRUE),
        ({"criticality": "low"}, Truth.FALSE),
        ({"criticality": "unable-to-assess"}, Truth.UNKNOWN),
        ({"reaction": [{"severity": "severe"}]}, Truth.TRUE),
        ({"reaction": [{"severity": "mild"}, {"severity": "moderate"}]}, Truth.FALSE),
        ({"reaction": [{"manifestation": [{"text": "Anaphylactic reaction"}]}]}, Truth.TRUE),
        (
            {
                "reaction": [{"manifestation": [{"concept": {"text": "anaphylaxis"}}]}],
                "criticality": "low",
            },
            Truth.TRUE,
        ),
        ({"reaction": [{"manifestation": [{"text": "rash"}]}]}, Truth.UNKNOWN),
    ],
)
def test_how_severe_an_allergy_is(changes: Resource, severe: Truth) -> None:
    assert scenario_of(allergy("5514", RXNORM, **changes)).allergies[0].severe is severe


@pytest.mark.parametrize(
    "changes",
    [
        {"clinicalStatus": status("inactive")},
        {"clinicalStatus": status("resolved")},
        {"verificationStatus": status("refuted")},
        {"verificationStatus": status("entered-in-error")},
        {"clinicalStatus": None, "status": "entered-in-error"},
    ],
)
def test_an_allergy_that_does_not_stand_is_not_used(changes: Resource) -> None:
    mapped = map_all(allergy("5514", RXNORM, **changes))
    assert mapped.scenario.allergies == ()
    assert ", status is '" in why_ignored(mapped, "AllergyIntolerance")[0]


def test_an_allergen_is_found_in_words_in_the_reaction_and_in_dstu2() -> None:
    assert (
        scenario_of(allergy("x", code={"text": "Hydroxocobalamin injection"})).allergies[0].allergen
        is Allergen.HYDROXOCOBALAMIN
    )
    assert (
        scenario_of(allergy("x", code={"text": "benzyl alcohol"})).allergies[0].allergen
        is Allergen.BENZYL_ALCOHOL
    )
    reacted = allergy(
        "x", code={"text": "injection"}, reaction=[{"substance": concept(RXNORM, "5514")}]
    )
    assert scenario_of(reacted).allergies[0].allergen is Allergen.HYDROXOCOBALAMIN
    dstu2 = allergy(
        "x", code=None, substance=concept(RXNORM, "5514"), clinicalStatus=None, status="confirmed"
    )
    assert scenario_of(dstu2).allergies[0].allergen is Allergen.HYDROXOCOBALAMIN


@pytest.mark.parametrize("code", ["256526003", "317870009"])
def test_cobalt_alloys_and_the_cyanide_antidote_edetate_are_no_cobalt_allergy(code: str) -> None:
    assert scenario_of(allergy(code)).allergies == ()


# --- the patient (F1) ---


def person(**changes: Any) -> ClinicalScenario:
    return map_scenario(record_of([patient(**changes)]), AS_OF, VALUE_SETS).scenario


@pytest.mark.parametrize(
    ("born", "age"),
    [
        ("1970-06-15", "56"),
        ("1970-06-16", "55"),
        ("2008-06-15", "18"),
        ("2008-06-16", "17"),
        ("2004-02-29", "22"),
    ],
)
def test_age_is_counted_in_full_years(born: str, age: str) -> None:
    assert str(person(birthDate=born).age.quantity.value) == age  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("born", "under_18"),
    [
        ("1970", Truth.FALSE),
        ("2008", Truth.UNKNOWN),
        ("2008-06", Truth.UNKNOWN),
        ("2008-05", Truth.FALSE),
        ("2009", Truth.UNKNOWN),
        ("2007", Truth.FALSE),
    ],
)
def test_a_partial_birth_date_decides_only_what_it_can(born: str, under_18: Truth) -> None:
    age = person(birthDate=born).age
    assert age.below(18) is under_18  # type: ignore[arg-type]
    assert age.quantity is not None
    assert age.quantity.comparator in (Comparator.EXACT, Comparator.AT_LEAST)


@pytest.mark.parametrize("born", [None, "", "yesterday", "2030-01-01", 1970])
def test_an_unreadable_birth_date_leaves_the_age_unknown(born: object) -> None:
    assert not person(birthDate=born).age.is_known


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"deceasedBoolean": True}, Truth.TRUE),
        ({"deceasedDateTime": "2020-01-01"}, Truth.TRUE),
        ({"deceasedDateTime": "2020"}, Truth.TRUE),
        ({"deceasedDateTime": "unknown"}, Truth.UNKNOWN),
        ({"deceasedBoolean": "true"}, Truth.UNKNOWN),
        ({"deceasedBoolean": "false"}, Truth.UNKNOWN),
        ({"deceasedBoolean": 1}, Truth.UNKNOWN),
        ({"deceasedBoolean": [True]}, Truth.UNKNOWN),
        ({"deceasedDateTime": {"extension": []}}, Truth.UNKNOWN),
        ({"deceasedDateTime": "", "deceasedBoolean": True}, Truth.TRUE),
        ({"deceasedDateTime": "2020-01-01", "deceasedBoolean": False}, Truth.UNKNOWN),
        ({"deceasedBoolean": False}, Truth.FALSE),
        ({}, Truth.FALSE),
    ],
)
def test_the_deceased_are_known(changes: Resource, expected: Truth) -> None:
    assert person(**changes).deceased.truth is expected


@pytest.mark.parametrize(
    ("gender", "expected"),
    [
        ("female", Truth.TRUE),
        ("male", Truth.FALSE),
        ("other", Truth.UNKNOWN),
        ("unknown", Truth.UNKNOWN),
        (None, Truth.UNKNOWN),
    ],
)
def test_recorded_sex(gender: str | None, expected: Truth) -> None:
    assert person(gender=gender).female.truth is expected


def test_pregnancy_observed_by_its_own_code() -> None:
    assert scenario_of(observation(PREGNANT, system=SNOMED, valueBoolean=True)).pregnant.is_true
    assert scenario_of(observation(PREGNANT, system=SNOMED, valueBoolean=False)).pregnant.is_false
    assert scenario_of(
        observation(PREGNANT, system=SNOMED, valueString="unclear")
    ).pregnant.is_unknown
    assert scenario_of(observation(NOT_PREGNANT, system=SNOMED, days=3)).pregnant.is_false
    assert scenario_of(observation("102874004", system=SNOMED, days=3)).pregnant.is_unknown
    assert scenario_of(observation("82810-3", valueString="yes", days=3)).pregnant.is_true


def test_breastfeeding_observed() -> None:
    assert scenario_of(observation("63895-7", valueBoolean=True, days=30)).breastfeeding.is_true
    assert scenario_of(observation("63895-7", valueBoolean=False, days=30)).breastfeeding.is_false
    assert scenario_of(observation("63895-7", valueBoolean=True, days=400)).breastfeeding.is_unknown
    assert scenario_of(observation("77318-4", valueBoolean=True, days=30)).breastfeeding.is_unknown


def test_a_length_that_cannot_be_read_says_why() -> None:
    mapped = map_all(observation("ileal-resection-length", 25, system=OWN))
    assert mapped.scenario.ileal_resection_length.reason == "unit missing: 25"
    assert why_ignored(mapped, "Observation") == ["Length of ileum resected, unit missing: 25"]


def test_procedure_times_are_read_in_all_their_forms() -> None:
    for when in (
        {"performedPeriod": {"start": "2020-01-01", "end": "2020-01-02"}},
        {"occurrenceDateTime": "2020-01-02"},
        {"performedDateTime": "2020"},
    ):
        operation = {**procedure(ILEECTOMY), "performedDateTime": None, **when}
        assert causes_of(scenario_of(operation)) == {Cause.ILEAL_RESECTION}
    undated = {**procedure(ILEECTOMY), "performedDateTime": None}
    assert scenario_of(undated).causes[0].evidence.date is None


def test_injections_recorded_as_procedures_are_doses() -> None:
    scenario = scenario_of(
        procedure("308752009", days=20),
        procedure("J3420", "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", days=10),
    )
    assert {(dose.substance.name, str(dose.date)) for dose in scenario.doses} == {
        ("COBALAMIN_UNSPECIFIED", days_ago(20)),
        ("CYANOCOBALAMIN", days_ago(10)),
    }


def test_the_receipt_says_what_known_codes_are_that_no_fact_uses() -> None:
    mapped = map_all(
        procedure("107938000"),
        procedure("76601001"),
        procedure("359571009"),
        condition("300928006"),
        condition("69322001"),
    )
    assert set(why_ignored(mapped, "Procedure")) == {
        "in the record, not read: 'Small intestine excision (procedure)'",
        "background, no rule rests on it: Intramuscular injection (procedure)",
        "removes only the end of the ileum, not counted as ileal resection: Right colectomy "
        "(procedure)",
    }
    assert set(why_ignored(mapped, "Condition")) == {
        "not specific enough to count: Vegetarian (finding)",
        "background, no rule rests on it: Psychotic disorder (disorder)",
    }
