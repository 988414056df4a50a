"""Laboratory results: look-back windows, status, which of several counts, treatment, and the eGFR
(decisions 2.1, 2.2; Q8 to Q10).
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from fhir_mappings.scenario_mapping import map_scenario
from fhir_mappings.values.computed_gfr import estimate_gfr
from recommender.language import MonthDate, NotCounted
from recommender.language.logic import Comparator, Measurement
from tests.fhir_mappings.records import (
    AS_OF,
    LOINC,
    VALUE_SETS,
    Resource,
    concept,
    condition,
    days_ago,
    injection_given,
    map_all,
    observation,
    patient,
    record_of,
    scenario_of,
    why_ignored,
)

B12_MASS, B12_MOLES, HOLOTC, MMA, HCY, FOLATE = (
    "2132-9",
    "14685-2",
    "72160-5",
    "13964-2",
    "13965-9",
    "2284-8",
)
HB, MCV, PLATELETS, EGFR, POTASSIUM, INR, CREATININE = (
    "718-7",
    "787-2",
    "777-3",
    "98979-8",
    "2823-3",
    "6301-6",
    "2160-0",
)


def b12(value: object = 96, unit: str = "pmol/L", days: int = 10, **changes: Any) -> Resource:
    return observation(B12_MOLES, value, unit, days, **changes)


def value_of(measured: Measurement) -> str:
    return (
        ""
        if measured.quantity is None
        else f"{measured.quantity.value.normalize():f} {measured.quantity.unit.value}"
    )


@pytest.mark.parametrize(
    ("fact", "code", "unit", "days"),
    [
        ("total_b12", B12_MOLES, "pmol/L", 365),
        ("holotranscobalamin", HOLOTC, "pmol/L", 365),
        ("mma", MMA, "umol/L", 182),
        ("homocysteine", HCY, "umol/L", 182),
        ("folate", FOLATE, "ng/mL", 182),
        ("egfr", EGFR, "mL/min/{1.73_m2}", 365),
        ("platelets", PLATELETS, "10*9/L", 90),
        ("inr", INR, "{INR}", 30),
        ("haemoglobin", HB, "g/L", 14),
        ("mcv", MCV, "fL", 14),
        ("potassium", POTASSIUM, "mmol/L", 14),
    ],
)
def test_a_result_counts_to_the_last_day_of_its_window(
    fact: str, code: str, unit: str, days: int
) -> None:
    value = {"mma": 0.5, "inr": 2, "potassium": 4}.get(fact, 130)
    assert getattr(scenario_of(observation(code, value, unit, days)), fact).is_known
    older = map_all(observation(code, value, unit, days + 1))
    assert not getattr(older.scenario, fact).is_known
    assert getattr(older.scenario, fact).reason.startswith("older than")
    assert why_ignored(older, "Observation")[0].endswith(days_ago(days + 1))


@pytest.mark.parametrize(
    ("status", "counts"),
    [
        ("final", True),
        ("amended", True),
        ("corrected", True),
        ("preliminary", False),
        ("registered", False),
        ("cancelled", False),
        ("entered-in-error", False),
        ("unknown", False),
        (None, False),
    ],
)
def test_only_final_amended_and_corrected_results_count(status: str | None, counts: bool) -> None:
    mapped = map_all(b12(status=status))
    assert mapped.scenario.total_b12.is_known is counts
    said = f"status is '{status}'" if status else "no status"
    assert counts or why_ignored(mapped, "Observation") == [
        f"Cobalamin (Vitamin B12) [Moles/volume] in Serum or Plasma, {said}"
    ]


def test_the_reason_says_that_results_came_which_do_not_count() -> None:
    uncounted = [
        b12(status="preliminary", id="a"),
        b12(status="preliminary", id="b"),
        b12(days=-5, id="c"),
        b12(status=None, id="d"),
    ]
    scenario = scenario_of(*uncounted)
    assert (
        scenario.total_b12.reason
        == "none recorded that counts: 1 in the future, 2 preliminary, 1 without a status"
    )
    assert scenario.folate.reason == "none recorded"
    assert (
        scenario_of(b12(status="unknown")).total_b12.reason
        == "none recorded that counts: 1 of status unknown"
    )


def test_a_result_that_does_not_count_is_not_spoken_of_where_another_reason_stands() -> None:
    assert scenario_of(
        b12(status="cancelled", id="a"), b12(days=400, id="b")
    ).total_b12.reason.startswith("older than 12 months")
    assert scenario_of(b12(status="cancelled", id="a"), b12(id="b")).total_b12.is_known
    lookalike = observation("54378-5", 96, "pmol/L", 10, status="cancelled")
    assert scenario_of(lookalike).total_b12.reason == "none recorded"


def test_a_partial_date_is_shown_as_recorded_and_never_makes_a_result_look_newer() -> None:
    measured = scenario_of(b12(effectiveDateTime=f"{AS_OF:%Y-%m}")).total_b12
    assert measured.date == AS_OF.replace(day=1)
    assert isinstance(measured.date, MonthDate)
    assert measured.evidence[0].reported == "96 pmol/L"


def test_a_date_that_cannot_be_read_is_the_reason_and_not_a_missing_one() -> None:
    assert (
        scenario_of(b12(effectiveDateTime="14/06/2026")).total_b12.reason
        == "date not readable: 14/06/2026"
    )


def test_the_newest_by_effective_time_counts_not_the_newest_by_issue() -> None:
    old = b12(300, days=40, issued="2026-06-14T08:00:00Z")
    new = b12(96, days=5, issued="2026-06-11T08:00:00Z")
    for results in ([old, new], [new, old]):
        assert value_of(scenario_of(*results).total_b12) == "96 pmol/L"


def test_a_result_without_an_effective_time_does_not_count() -> None:
    mapped = map_all(b12(effectiveDateTime=None, issued="2026-06-14T08:00:00Z"))
    assert not mapped.scenario.total_b12.is_known
    assert "no date on which the sample was taken" in mapped.scenario.total_b12.reason


@pytest.mark.parametrize(
    "when",
    [
        {"effectiveDateTime": "2026-06-05T23:30:00-05:00"},
        {"effectiveInstant": "2026-06-06T01:00:00Z"},
        {"effectivePeriod": {"start": "2026-06-05", "end": "2026-06-06"}},
        {"effectivePeriod": {"start": "2026-06-06"}},
        {"effectiveTiming": {"event": ["2026-06-05", "2026-06-06"]}},
        {"appliesDateTime": "2026-06-06"},
    ],
)
def test_the_effective_time_is_read_in_all_its_forms_and_taken_to_utc(when: Resource) -> None:
    result = {key: value for key, value in b12().items() if key != "effectiveDateTime"} | when
    assert str(scenario_of(result).total_b12.date) == "2026-06-06"


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("2026", True),
        ("2026-06", True),
        ("2025", False),
        ("2025-06", False),
        ("2025-07", True),
        ("2024", False),
    ],
)
def test_a_partial_date_counts_only_when_all_of_it_is_in_the_window(
    written: str, known: bool
) -> None:
    mapped = map_all(b12(effectiveDateTime=written))
    assert mapped.scenario.total_b12.is_known is known
    assert known or written in mapped.scenario.total_b12.reason


def test_a_result_from_the_future_is_not_used() -> None:
    mapped = map_all(b12(days=-3))
    assert not mapped.scenario.total_b12.is_known
    (why,) = why_ignored(mapped, "Observation")
    assert why.endswith(f", in the future: {days_ago(-3)}")


@pytest.mark.parametrize("first", [20, 220])
@pytest.mark.parametrize("timed", ["2026-06-10T08:00:00Z", "2026-06-10T20:00:00Z"])
def test_of_two_results_of_one_day_one_without_a_time_the_more_worrying_one_counts(
    first: int, timed: str
) -> None:
    platelets = [
        observation("777-3", value, "10*9/L", effectiveDateTime=day)
        for value, day in ((first, "2026-06-10"), (240 - first, timed))
    ]
    for given in (platelets, platelets[::-1]):
        quantity = scenario_of(*given).platelets.quantity
        assert quantity is not None
        assert quantity.value == 20


def test_of_two_results_of_one_moment_the_more_worrying_one_counts() -> None:
    for results in ([b12(300), b12(96)], [b12(96), b12(300)]):
        assert value_of(scenario_of(*results).total_b12) == "96 pmol/L"
    for mma in ([observation(MMA, 0.2, "umol/L"), observation(MMA, 0.4, "umol/L")],) * 2:
        assert value_of(scenario_of(*reversed(mma)).mma) == "400 nmol/L"


def test_a_newer_result_that_cannot_be_read_makes_the_fact_unknown() -> None:
    mapped = map_all(b12(300, days=40), b12(96, "", days=5))
    assert not mapped.scenario.total_b12.is_known
    assert mapped.scenario.total_b12.reason == "unit missing: 96"


def test_a_newer_request_without_a_result_leaves_the_older_result_standing() -> None:
    empty = b12(None, days=5, dataAbsentReason={"text": "not performed"})
    assert value_of(scenario_of(b12(300, days=40), empty).total_b12) == "300 pmol/L"


def test_the_unit_reported_is_the_unit_compared_in() -> None:
    assert value_of(scenario_of(observation(B12_MASS, 180, "pg/mL")).total_b12) == "180 pg/mL"
    assert value_of(scenario_of(observation(B12_MASS, 180, "ng/L")).total_b12) == "180 pg/mL"
    assert value_of(scenario_of(b12(133)).total_b12) == "133 pmol/L"


def test_the_evidence_shows_the_value_as_reported_and_as_converted() -> None:
    (evidence,) = scenario_of(observation(MMA, 0.271, "umol/L", days=3)).mma.evidence
    assert (evidence.reported, evidence.converted, str(evidence.date)) == (
        "0.271 umol/L",
        "271 nmol/L",
        days_ago(3),
    )
    assert evidence.code == "http://loinc.org|13964-2"


def test_a_mass_code_with_a_molar_unit_is_unknown() -> None:
    mapped = map_all(observation(B12_MASS, 142, "pmol/L"))
    assert "the code says mass" in mapped.scenario.total_b12.reason
    assert not mapped.scenario.total_b12.is_known


def test_a_comparator_is_kept() -> None:
    measured = scenario_of(observation(B12_MASS, valueString="<150 pg/mL")).total_b12
    assert measured.quantity is not None
    assert measured.quantity.comparator is Comparator.LESS


@pytest.mark.parametrize(
    ("code", "unit"),
    [
        ("2171-7", "pg/mL"),
        ("72160-5", "pmol/L"),
        ("54378-5", "umol/L"),
        ("16695-9", "pg/mL"),
        ("1888-7", "pg/mL"),
    ],
)
def test_a_look_alike_of_total_vitamin_b12_is_not_read_as_one(code: str, unit: str) -> None:
    assert not scenario_of(observation(code, 96, unit)).total_b12.is_known


def test_urine_methylmalonic_acid_is_not_serum() -> None:
    mapped = map_all(observation("32287-5", 0.5, "umol/L"))
    assert not mapped.scenario.mma.is_known
    assert why_ignored(mapped, "Observation")[0].startswith("another test with other limits")


def test_a_code_for_the_test_beside_one_for_a_look_alike_is_a_contradiction() -> None:
    both = {"coding": [{"system": LOINC, "code": B12_MASS}, {"system": LOINC, "code": "2171-7"}]}
    mapped = map_all(observation(B12_MASS, 96, "pg/mL", code=both))
    assert not mapped.scenario.total_b12.is_known
    assert "contradict" in why_ignored(mapped, "Observation")[0]


def test_a_snomed_code_and_a_read_code_of_a_uk_record_are_read() -> None:
    uk = {
        "coding": [
            {"system": "http://snomed.info/sct", "code": "993391000000108"},
            {"system": "http://read.info/readv2", "code": "42T..00"},
        ]
    }
    assert (
        value_of(scenario_of(observation(B12_MASS, 142, "ng/L", code=uk)).total_b12) == "142 pg/mL"
    )


def test_a_local_code_with_plain_words_is_read_and_says_that_it_was_matched_by_text() -> None:
    local = concept("http://lab.example.org", "B12", text="Serum vitamin B12")
    measured = scenario_of(observation("x", 142, "ng/L", code=local)).total_b12
    assert measured.is_known
    assert measured.evidence[0].code == "matched by text"


def test_components_and_contained_results_are_read() -> None:
    panel = observation(
        "58410-2",
        component=[
            {"code": concept(LOINC, HB), "valueQuantity": {"value": 7.2, "unit": "g/dL"}},
            {"code": concept(LOINC, PLATELETS), "valueQuantity": {"value": 40, "unit": "K/uL"}},
        ],
    )
    scenario = scenario_of(panel)
    assert (value_of(scenario.haemoglobin), value_of(scenario.platelets)) == ("72 g/L", "40 10*9/L")
    inner = {
        "resourceType": "Observation",
        "id": "b",
        "code": concept(LOINC, B12_MOLES),
        "valueQuantity": {"value": 96, "unit": "pmol/L"},
    }
    report = {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "effectiveDateTime": days_ago(3),
        "subject": {"reference": "Patient/pat-1"},
        "contained": [inner],
    }
    mapped = map_all(report)
    assert value_of(mapped.scenario.total_b12) == "96 pmol/L"
    assert mapped.scenario.total_b12.evidence[0].reference.startswith("DiagnosticReport/")


def test_a_panel_says_that_its_members_are_read_one_by_one() -> None:
    mapped = map_all(observation("99999-0", hasMember=[{"reference": "Observation/a"}]))
    assert why_ignored(mapped, "Observation") == ["a panel: its results are read one by one"]


def test_only_results_from_before_the_treatment_diagnose() -> None:
    scenario = scenario_of(b12(96, days=100), b12(700, days=10), injection_given(60))
    assert value_of(scenario.total_b12) == "96 pmol/L"
    assert value_of(scenario.total_b12_on_treatment) == "700 pmol/L"


def test_a_result_of_the_day_of_the_first_injection_is_from_before_it() -> None:
    assert value_of(scenario_of(b12(96, days=60), injection_given(60)).total_b12) == "96 pmol/L"
    later = scenario_of(b12(96, days=59), injection_given(60))
    assert later.total_b12.reason == f"taken after vitamin B12 treatment began: {days_ago(59)}"


def test_a_supplement_is_no_treatment_but_is_known_to_have_come_before_the_test() -> None:
    scenario = scenario_of(b12(300, days=10), injection_given(60, dose=100))
    assert value_of(scenario.total_b12) == "300 pmol/L"
    assert scenario.b12_supplement_before_test.is_true
    assert scenario_of(
        b12(300, days=10), injection_given(133, dose=100)
    ).b12_supplement_before_test.is_false


@pytest.mark.parametrize(
    ("count", "days", "known", "reason"),
    [
        (100, 31, True, ""),
        (99, 31, False, "low count older than 30 days"),
        (99, 30, True, ""),
        (50, 31, False, "low count older than 30 days"),
        (49, 7, True, ""),
        (49, 8, True, "last count 8 days ago, repeat"),
        (49, 90, True, "last count 90 days ago, repeat"),
        (49, 91, False, "older than 90 days"),
    ],
)
def test_a_low_platelet_count_ages_faster(count: int, days: int, known: bool, reason: str) -> None:
    platelets = scenario_of(observation(PLATELETS, count, "10*9/L", days)).platelets
    assert platelets.is_known is known
    assert platelets.reason.startswith(reason)


@pytest.mark.parametrize(
    ("creatinine", "age", "female", "expected"),
    [
        ("1.0", 50, False, "91.7"),
        ("1.0", 50, True, "68.6"),
        ("0.6", 30, True, "123.8"),
        ("2.5", 80, False, "25.3"),
        ("0.9", 18, False, "127.0"),
    ],
)
def test_ckd_epi_2021_gives_the_values_of_the_published_equation(
    creatinine: str, age: int, female: bool, expected: str
) -> None:
    umol = Decimal(creatinine) * 10000 / Decimal("113.12")
    assert estimate_gfr(umol, age, female).quantize(Decimal("0.1")) == Decimal(expected)


def test_an_egfr_is_computed_from_creatinine_when_none_is_recorded_and_says_so() -> None:
    egfr = scenario_of(observation(CREATININE, 1.0, "mg/dL", days=20)).egfr
    assert egfr.quantity is not None
    assert egfr.quantity.value.quantize(Decimal(1)) == 66
    assert egfr.reason == "computed by CKD-EPI 2021 from creatinine 1.0 mg/dL"
    assert egfr.evidence[0].converted == "eGFR 66.12 mL/min/1.73 m², computed by CKD-EPI 2021"


def test_a_recorded_egfr_goes_before_a_computed_one() -> None:
    mapped = map_all(
        observation(CREATININE, 1.0, "mg/dL", days=2),
        observation(EGFR, 41, "mL/min/1.73m2", days=200),
    )
    assert value_of(mapped.scenario.egfr) == "41 mL/min/{1.73_m2}"
    assert why_ignored(mapped, "Observation") == ["creatinine is not needed: an eGFR is recorded"]


def test_a_newer_creatinine_that_gives_a_lower_egfr_outweighs_the_recorded_one() -> None:
    mapped = map_all(
        observation(CREATININE, 3.0, "mg/dL", days=2),
        observation(EGFR, 85, "mL/min/1.73m2", days=200),
    )
    assert mapped.scenario.egfr.below(Decimal(30)).is_true
    assert mapped.scenario.egfr.reason == "computed by CKD-EPI 2021 from creatinine 3.0 mg/dL"


def test_an_older_creatinine_never_outweighs_the_recorded_egfr() -> None:
    scenario = scenario_of(
        observation(CREATININE, 3.0, "mg/dL", days=200),
        observation(EGFR, 85, "mL/min/1.73m2", days=2),
    )
    assert value_of(scenario.egfr) == "85 mL/min/{1.73_m2}"


@pytest.mark.parametrize(
    "who",
    [
        {"birthDate": "1970"},
        {"birthDate": None},
        {"gender": "other"},
        {"gender": None},
        {"birthDate": "2010-01-01"},
    ],
)
def test_no_egfr_is_computed_without_age_and_sex_or_for_a_child(who: Resource) -> None:
    record = record_of([patient(**who), observation(CREATININE, 1.0, "mg/dL")])
    assert not map_scenario(record, AS_OF, VALUE_SETS).scenario.egfr.is_known


def test_a_creatinine_that_cannot_be_used_is_the_reason_why_no_egfr_is_known() -> None:
    egfr = scenario_of(observation(CREATININE, 90, "mg/dL", 10)).egfr
    assert egfr.quantity is None
    assert "not computed from creatinine: implausible: 90 mg/dL" in egfr.reason


def test_no_egfr_is_computed_from_a_creatinine_with_a_comparator() -> None:
    assert not scenario_of(observation(CREATININE, valueString="<0.2 mg/dL")).egfr.is_known


def test_race_specific_values_are_used_only_without_another_and_the_lower_is_taken_and_said() -> (
    None
):
    pair = [
        observation("48642-3", 55, "mL/min/1.73m2"),
        observation("48643-1", 64, "mL/min/1.73m2"),
    ]
    mapped = map_all(*pair)
    assert value_of(mapped.scenario.egfr) == "55 mL/min/{1.73_m2}"
    assert mapped.scenario.egfr.reason == "race-specific eGFR: the lower value of the pair is taken"
    assert why_ignored(mapped, "Observation") == [
        "race-specific eGFR, the higher of a pair: never used"
    ]
    alone = scenario_of(pair[1]).egfr
    assert not alone.is_known
    assert alone.passed_over is not None
    assert alone.passed_over.why is NotCounted.HIGHER_BY_RACE
    assert alone.passed_over.evidence.reported.startswith("64 ")
    with_creatinine = scenario_of(*pair, observation(CREATININE, 1.0, "mg/dL")).egfr
    assert with_creatinine.reason.startswith("computed by CKD-EPI 2021")


@pytest.mark.parametrize(("days", "known"), [(7, True), (8, False)])
def test_after_an_acute_kidney_injury_only_an_egfr_of_the_last_week_counts(
    days: int, known: bool
) -> None:
    injury = condition("14669001", days=20)
    assert scenario_of(injury, observation(EGFR, 80, "mL/min/1.73m2", days)).egfr.is_known is known


def test_a_clearance_in_ml_per_minute_is_not_an_egfr() -> None:
    assert (
        scenario_of(observation(EGFR, 80, "mL/min")).egfr.reason
        == "unit not accepted for eGFR: 80 mL/min"
    )


def test_a_unit_that_the_site_spells_in_its_own_way_is_read() -> None:
    told = replace(VALUE_SETS, units={"pmol pro L": "pmol/L"})
    body = observation("14685-2", 95, days=20)
    body["valueQuantity"] = {"value": 95, "unit": "pmol pro L"}
    record = record_of([patient(), body])
    assert map_scenario(record, AS_OF, told).scenario.total_b12.is_known
    assert not map_scenario(record, AS_OF, VALUE_SETS).scenario.total_b12.is_known


def test_a_result_under_a_code_that_was_retired_since_counts_H43() -> None:
    """LOINC 15039-1 is deprecated; results of its time bear it."""
    retired, of_today = (
        scenario_of(observation(code, 96, "pmol/L", 30)).total_b12
        for code in ("15039-1", B12_MOLES)
    )
    assert retired.quantity is not None
    assert (retired.quantity, retired.date) == (of_today.quantity, of_today.date)
