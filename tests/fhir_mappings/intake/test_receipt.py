"""What receipt and evidence say is true: what was used, why the rest was not, what each fact rests
on, and how it is named.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_mappings.scenario_mapping import MappedScenario, map_scenario
from recommender.language import Because, Fact, Measurement, Truth
from recommender.language.scenario import Cause, ClinicalScenario
from tests.fhir_mappings.records import (
    AS_OF,
    ICD_10_CM,
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
from tests.fhir_mappings.test_scenario_mapping import FULL_RECORD

PREGNANCY_STATUS = "82810-3"
BREASTFEEDING_STATUS = "63895-7"
EGFR = "98979-8"
CREATININE = "2160-0"
HYDROXOCOBALAMIN = concept(RXNORM, "5514", "Hydroxocobalamin")
FOLIC_ACID = concept(RXNORM, "4511", "Folic acid")
METFORMIN = concept(RXNORM, "6809", "Metformin")


def order(medicine: Resource, days: int, status: str = "active", **changes: Any) -> Resource:
    return {
        "resourceType": "MedicationRequest",
        "status": status,
        "intent": "order",
        "medicationCodeableConcept": medicine,
        "subject": {"reference": "Patient/pat-1"},
        "authoredOn": days_ago(days),
        **changes,
    }


def statement(medicine: Resource, since: int, asserted: int) -> Resource:
    return {
        "resourceType": "MedicationStatement",
        "status": "active",
        "medicationCodeableConcept": medicine,
        "subject": {"reference": "Patient/pat-1"},
        "effectivePeriod": {"start": days_ago(since)},
        "dateAsserted": days_ago(asserted),
    }


def used_for(mapped: MappedScenario, identity: str) -> tuple[str, ...]:
    """Return what the resource with this id was used for."""
    (line,) = [line for line in mapped.lines() if line.reference.endswith(f"/{identity}")]
    return line.used_for


def why(mapped: MappedScenario, identity: str) -> str:
    """Return why the resource with this id was not used."""
    (line,) = [line for line in mapped.lines() if line.reference.endswith(f"/{identity}")]
    return line.ignored


# How an entry is named


@pytest.mark.parametrize(
    ("resource", "fact", "name"),
    [
        (condition("84027009"), "deficiency_diagnosis", "Pernicious anemia"),
        (
            observation("14685-2", 96, "pmol/L"),
            "total_b12",
            "Cobalamin (Vitamin B12) [Moles/volume] in Serum or Plasma",
        ),
        (observation(PREGNANCY_STATUS, valueBoolean=True), "pregnant", "Pregnancy status"),
    ],
)
def test_an_entry_whose_code_has_no_words_is_named_as_its_code_is_listed(
    resource: Resource, fact: str, name: str
) -> None:
    assert [entry.display for entry in getattr(scenario_of(resource), fact).evidence] == [name]


def test_an_entry_is_named_by_its_own_words_with_single_spaces() -> None:
    coded = concept(SNOMED, "84027009", text=" Pernicious   anaemia,\n  confirmed ")
    (evidence,) = scenario_of(condition("84027009", code=coded)).deficiency_diagnosis.evidence
    assert evidence.display == "Pernicious anaemia, confirmed"


# Vitamin B12 before the test (F9)


def b12(days: int) -> Resource:
    return observation("14685-2", 300, "pmol/L", days, id="test")


def test_only_vitamin_b12_of_the_4_months_before_the_test_is_cited_F9() -> None:
    near, far = {**injection_given(30), "id": "near"}, {**injection_given(300), "id": "far"}
    mapped = map_all(
        b12(29),
        near,
        far,
        order(FOLIC_ACID, 60, id="folic"),
        order(HYDROXOCOBALAMIN, 350, "completed", id="past"),
    )
    fact = mapped.scenario.b12_supplement_before_test
    assert [entry.reference for entry in fact.evidence] == ["MedicationAdministration/near"]
    assert "b12_supplement_before_test" in used_for(mapped, "near")
    assert "b12_supplement_before_test" not in used_for(mapped, "far") + used_for(mapped, "folic")


def test_what_is_stated_as_taken_is_cited_once_and_with_its_date_F9() -> None:
    fact = scenario_of(b12(10), statement(HYDROXOCOBALAMIN, 100, 20)).b12_supplement_before_test
    (evidence,) = fact.evidence
    assert (fact.truth, str(evidence.date)) == (Truth.TRUE, days_ago(20))


@pytest.mark.parametrize(("days", "taken"), [(30, True), (300, False)])
def test_the_cyanide_antidote_is_no_treatment_and_may_have_raised_the_level_F9(
    days: int, taken: bool
) -> None:
    antidote = concept(RXNORM, "700499", "Cyanokit")
    given = {**injection_given(days), "id": "antidote", "medicationCodeableConcept": antidote}
    mapped = map_all(b12(10), given)
    assert (mapped.scenario.doses, mapped.scenario.orders) == ((), ())
    assert mapped.scenario.b12_supplement_before_test.is_true is taken
    if taken:
        assert used_for(mapped, "antidote") == ("b12_supplement_before_test",)
    else:
        assert why(mapped, "antidote") == "cyanide antidote, not vitamin B12 treatment"


def test_without_a_test_vitamin_b12_was_not_recorded_before_it_F9() -> None:
    assert (
        scenario_of(injection_given(30)).b12_supplement_before_test.reason
        == "vitamin B12 recorded in the last 4 months"
    )
    taken = scenario_of(b12(10), injection_given(30, dose=100)).b12_supplement_before_test
    assert taken.reason == "vitamin B12 recorded in the 4 months before the test"


# Facts that the record says nothing of


@pytest.mark.parametrize("key", ["conditions", "procedures", "medications"])
@pytest.mark.parametrize("how", ["unavailable", "incomplete"])
def test_whether_every_cause_ended_is_unknown_while_another_may_stand_in_what_did_not_come(
    key: str, how: str
) -> None:
    ended = condition("396331005", clinical="resolved", abatementDateTime=days_ago(30))
    assert scenario_of(ended).cause_resolved.is_true
    fact = scenario_of(ended, **{how: [key]}).cause_resolved
    assert fact.is_unknown
    assert fact.reason != "none recorded"


def test_an_operation_is_a_cause_that_does_not_end() -> None:
    fact = scenario_of(
        condition("396331005", clinical="resolved", abatementDateTime=days_ago(30)),
        procedure("26452005"),
    ).cause_resolved
    assert (fact.truth, fact.reason) == (
        Truth.FALSE,
        "another cause is recorded that has not ended",
    )


@pytest.mark.parametrize("name", ["oral_feasible", "im_feasible"])
def test_what_is_not_read_from_fhir_is_unknown_and_says_so(name: str) -> None:
    fact = getattr(scenario_of(), name)
    assert fact == Fact(Truth.UNKNOWN, "not read from FHIR", because=Because.NONE_RECORDED)


# Lengths


def length(value: Any, days: int, **changes: Any) -> Resource:
    body = {"valueString": value} if isinstance(value, str) else {}
    return observation(
        "ileal-resection-length", None if body else value, "cm", days, OWN, **body, **changes
    )


def test_a_newer_length_that_cannot_be_read_leaves_it_unknown() -> None:
    mapped = map_all(length("a lot", 26, id="new"), length(10, 87, id="old"))
    measured = mapped.scenario.ileal_resection_length
    assert not measured.is_known
    assert "not a number" in measured.reason
    assert "behind an answer that cannot be read: Observation/new" in why(mapped, "old")
    assert "not a number" in why(mapped, "new")


def test_a_length_that_says_there_is_none_leaves_the_older_one_standing() -> None:
    none = length(None, 5, id="none", dataAbsentReason=concept("x", "unknown", "unknown"))
    assert scenario_of(none, length(10, 87)).ileal_resection_length.is_known


@pytest.mark.parametrize(
    ("values", "expected"), [((10, 25), "25"), ((25, 10), "25"), ((25, "a lot"), "25")]
)
def test_of_one_moment_the_longest_length_counts(values: tuple[Any, Any], expected: str) -> None:
    quantity = scenario_of(*(length(value, 5) for value in values)).ileal_resection_length.quantity
    assert quantity is not None
    assert str(quantity.value) == expected


@pytest.mark.parametrize(("days", "known"), [(99, False), (100, False), (101, True)])
def test_a_length_observed_since_the_operation_that_cannot_be_read_outweighs_its_words(
    days: int, known: bool
) -> None:
    written = procedure("51346007", days=100, note=[{"text": "18 cm of ileum removed"}])
    assert scenario_of(length("a lot", days), written).ileal_resection_length.is_known is known


# Answers that are not used


def test_a_pregnancy_status_that_cannot_be_read_outweighs_nothing() -> None:
    old = {"valueCodeableConcept": concept(SNOMED, "77386006")}
    new = {"valueCodeableConcept": {"text": "see letter"}}
    mapped = map_all(
        observation(PREGNANCY_STATUS, days=60, id="old", **old),
        observation(PREGNANCY_STATUS, days=5, id="new", **new),
    )
    assert why(mapped, "old").endswith(
        f"behind an answer that cannot be read: Observation/new of {days_ago(5)}"
    )
    assert mapped.scenario.pregnant.truth is Truth.UNKNOWN


def test_an_older_pregnancy_status_is_outweighed_by_the_newer_one() -> None:
    pregnant = {"valueCodeableConcept": concept(SNOMED, "77386006")}
    mapped = map_all(
        *(
            observation(PREGNANCY_STATUS, days=days, id=name, **pregnant)
            for name, days in (("old", 60), ("new", 5))
        )
    )
    assert why(mapped, "old").endswith(
        f"outweighed by a newer answer: Observation/new of {days_ago(5)}"
    )
    assert [entry.reported for entry in mapped.scenario.pregnant.evidence] == ["Pregnant (finding)"]


def test_breastfeeding_of_two_years_ago_is_too_old() -> None:
    mapped = map_all(observation(BREASTFEEDING_STATUS, days=730, id="old", valueBoolean=True))
    assert why(mapped, "old").endswith(f", not within 12 months: {days_ago(730)}")
    assert mapped.scenario.breastfeeding.is_unknown


def test_a_denied_diet_is_not_called_background() -> None:
    mapped = map_all(
        observation("x", id="diet", code=concept(SNOMED, "24930006"), valueBoolean=False)
    )
    assert "background" not in why(mapped, "diet")


def test_the_screen_feeds_the_fact_that_is_named_after_it() -> None:
    mapped = map_all(observation("neuro-screen", system=OWN, id="screen", valueBoolean=False))
    assert used_for(mapped, "screen") == ("neurological_screen",)


# Laboratory results that are not used


def test_creatinine_beside_a_recorded_egfr_is_not_needed_whichever_of_them_is_newest() -> None:
    mapped = map_all(
        observation(EGFR, 80, "mL/min/{1.73_m2}", 30),
        *(observation(CREATININE, 0.6, "mg/dL", days, id=f"c{days}") for days in (40, 30, 29)),
        observation(CREATININE, 0.5, "mg/dL", 29, id="same-day"),
    )
    for identity in ("c40", "c30", "c29", "same-day"):
        assert why(mapped, identity) == "creatinine is not needed: an eGFR is recorded"


def test_an_egfr_outweighed_by_a_newer_creatinine_is_not_said_to_be_used() -> None:
    mapped = map_all(
        observation(EGFR, 80, "mL/min/{1.73_m2}", 30, id="egfr"),
        observation(CREATININE, 3, "mg/dL", 2, id="creatinine"),
    )
    assert used_for(mapped, "creatinine") == ("egfr", "kidney_risk")
    assert (
        why(mapped, "egfr") == "eGFR, outweighed by the lower one computed from a newer creatinine"
    )


def test_a_computed_egfr_is_shown_alike_in_fact_and_evidence() -> None:
    (evidence,) = scenario_of(observation(CREATININE, 1.17, "mg/dL")).egfr.evidence
    assert evidence.converted == "eGFR 54.77 mL/min/1.73 m², computed by CKD-EPI 2021"


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ((), "the other of its pair did not come"),
        (("48643-1",), "the lower value of the pair is taken"),
    ],
)
def test_a_race_specific_egfr_says_whether_its_pair_came(
    others: tuple[str, ...], said: str
) -> None:
    measured = scenario_of(
        *(observation(code, 70, "mL/min/{1.73_m2}") for code in ("48642-3", *others))
    ).egfr
    assert measured.reason == f"race-specific eGFR: {said}"


def test_a_low_platelet_count_that_is_too_old_is_not_said_to_be_used() -> None:
    mapped = map_all(observation("777-3", 80, "10*9/L", 31, id="count"))
    assert not mapped.scenario.platelets.is_known
    assert why(mapped, "count").startswith("platelets, low count older than 30 days: 80")
    assert used_for(map_all(observation("777-3", 80, "10*9/L", 30, id="count")), "count") == (
        "platelets",
    )


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        (observation("718-7", 120, "g/L", 15), f"haemoglobin, older than 14 days: {days_ago(15)}"),
        (
            observation("718-7", 120, "g/L", effectiveDateTime=None),
            "haemoglobin, no date on which the sample was taken",
        ),
        (
            observation("718-7", 120, "g/L", status="unknown"),
            "Hemoglobin [Mass/volume] in Blood, status is 'unknown'",
        ),
        (procedure("26452005", status="unknown"), ""),
        (procedure("26452005", status="not-done"), "Total gastrectomy, status is 'not-done'"),
        (
            condition("84027009", verificationStatus="entered-in-error"),
            f"{SNOMED}|84027009, status is 'entered-in-error'",
        ),
        (
            allergy("5514", RXNORM, clinicalStatus={"coding": [{"code": "inactive"}]}),
            f"allergy to {RXNORM}|5514, status is 'inactive'",
        ),
        (order(HYDROXOCOBALAMIN, 5, "draft"), "Hydroxocobalamin, status is 'draft'"),
        (order(HYDROXOCOBALAMIN, 5, status="draft"), "Hydroxocobalamin, status is 'draft'"),
        (
            order(METFORMIN, 700, "stopped"),
            f"Metformin, older than 18 months: {days_ago(700)}",
        ),
    ],
)
def test_a_reason_says_first_what_the_entry_is(resource: Resource, reason: str) -> None:
    mapped = map_all(resource)
    assert "".join(why_ignored(mapped, resource["resourceType"])).startswith(reason)


def test_an_older_result_names_itself_and_the_newer_one() -> None:
    mapped = map_all(
        observation("718-7", 120, "g/L", 9, id="old"),
        observation("718-7", 130, "g/L", 3, id="new"),
    )
    assert (
        why(mapped, "old")
        == f"haemoglobin, outweighed by a newer result: Observation/new of {days_ago(3)}"
    )


def test_what_cannot_be_used_outweighs_nothing() -> None:
    mapped = map_all(
        observation("718-7", 120, "g/L", 9, id="old"), observation("718-7", 120, days=3, id="new")
    )
    assert (
        why(mapped, "old")
        == f"haemoglobin, behind a result that cannot be used: Observation/new of {days_ago(3)}"
    )
    assert why(mapped, "new") == "haemoglobin, unit missing: 120"


# People, diagnoses, medicines


def test_a_patient_is_used_for_what_it_says_R38() -> None:
    whole = map_scenario(record_of([patient()]), AS_OF, VALUE_SETS)
    empty = map_scenario(record_of([patient(gender=None, birthDate=None)]), AS_OF, VALUE_SETS)
    assert used_for(whole, "pat-1") == ("age", "female", "deceased")
    assert used_for(empty, "pat-1") == ("deceased",)
    unreadable = map_scenario(
        record_of([patient(gender="?", birthDate="?", deceasedBoolean="?")]), AS_OF, VALUE_SETS
    )
    assert why(unreadable, "pat-1") == "neither birth date, sex nor death can be read from it"


def test_a_moment_of_death_is_shown_as_a_day() -> None:
    dead = patient(deceasedDateTime="2000-09-17T05:46:40+00:00")
    (evidence,) = map_scenario(record_of([dead]), AS_OF, VALUE_SETS).scenario.deceased.evidence
    assert evidence.reported == "2000-09-17"


def test_an_undated_pregnancy_is_doubted_for_its_date() -> None:
    fact = scenario_of(condition("77386006", recordedDate=None)).pregnant
    assert (fact.truth, fact.reason) == (Truth.UNKNOWN, "no date, so it may be over: Pregnant")
    suspected = condition(
        "77386006", verificationStatus={"coding": [{"code": "provisional"}]}, days=5
    )
    assert scenario_of(suspected).pregnant.reason == "not certain: Pregnant, suspected"


def test_a_long_term_medicine_cites_what_proves_how_long_it_was_taken() -> None:
    mapped = map_all(order(METFORMIN, 10, id="new"), order(METFORMIN, 400, "completed", id="old"))
    (cause,) = [found for found in mapped.scenario.causes if found.cause is Cause.DRUG]
    assert (cause.evidence.reference, str(cause.evidence.date)) == (
        "MedicationRequest/old",
        days_ago(400),
    )
    assert used_for(mapped, "old") == ("kidney_risk", "cause", "lowering_drugs")
    assert used_for(mapped, "new") == ("lowering_drugs",)


def test_a_stated_medicine_is_cited_with_its_start() -> None:
    (cause,) = scenario_of(statement(METFORMIN, 400, 10)).causes
    assert str(cause.evidence.date) == days_ago(400)


def test_folic_acid_of_the_record_is_read_into_the_course() -> None:
    assert used_for(map_all(order(FOLIC_ACID, 10, id="folic")), "folic") == ("course",)


# Of every record: a fact rests on what the receipt says was used for it, and on nothing else


MIXED: list[Resource] = [
    *FULL_RECORD[1:],
    condition("302215000", id="x1"),
    condition("Z79.01", ICD_10_CM, id="x0"),
    condition("77386006", id="x2", days=300),
    condition("84229001", id="x3", days=20),
    condition("396331005", id="x4", clinical="resolved", abatementDateTime=days_ago(30)),
    observation(PREGNANCY_STATUS, days=5, id="x5", valueBoolean=False),
    observation("777-3", 80, "10*9/L", 31, id="x6"),
    observation("777-3", 180, "10*9/L", 20, id="x7"),
    observation(EGFR, 80, "mL/min/{1.73_m2}", 30, id="x8"),
    observation(CREATININE, 3, "mg/dL", 2, id="x9"),
    observation("ileal-resection-length", id="x10", system=OWN, valueString="a lot"),
    observation("b12-symptoms", id="x11", system=OWN, valueBoolean=True, days=80),
    observation("b12-symptoms", id="x12", system=OWN, valueBoolean=False),
    order(METFORMIN, 10, id="x13"),
    order(METFORMIN, 400, "completed", id="x14"),
    statement(HYDROXOCOBALAMIN, 100, 20),
]
OF_OTHER_NAME = {"anticoagulant_fact": "anticoagulant", "allergy_fact": "allergies"}


@given(st.sets(st.sampled_from(range(len(MIXED)))))
@settings(max_examples=150, deadline=None)
def test_a_known_fact_rests_on_what_was_used_for_it(chosen: set[int]) -> None:
    mapped = map_all(*(MIXED[number] for number in sorted(chosen)))
    used: dict[str, set[str]] = {}
    for line in mapped.lines():
        for fact in line.used_for:
            used.setdefault(fact, set()).add(line.reference)
    for field in dataclasses.fields(ClinicalScenario):
        fact = getattr(mapped.scenario, field.name)
        if isinstance(fact, Fact | Measurement) and field.name not in ("age", "female", "deceased"):
            known = fact.is_known if isinstance(fact, Measurement) else not fact.is_unknown
            cited = {entry.reference for entry in fact.evidence}
            found = used.get(OF_OTHER_NAME.get(field.name, field.name), set())
            assert found == cited if known else found <= cited, field.name


@pytest.mark.parametrize(("days", "died"), [(1, True), (-1, True), (-2, False)])
def test_a_death_of_the_future_silences_nothing_Q31(days: int, died: bool) -> None:
    person = patient(deceasedDateTime=days_ago(days))
    deceased = map_scenario(record_of([person]), AS_OF, VALUE_SETS).scenario.deceased
    assert (deceased.is_true, deceased.because is Because.IN_FUTURE) == (died, not died)
