"""Small things that results hang on: bounds of days and numbers, which of two counts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fhir_mappings.scenario_mapping import map_scenario
from recommender.language import ClinicalScenario, HintAt, NotCounted, Truth
from tests.fhir_mappings.records import (
    AS_OF,
    VALUE_SETS,
    days_ago,
    injection_given,
    observation,
    patient,
    record_of,
    scenario_of,
)

EGFR, EGFR_NON_BLACK, EGFR_BLACK = "98979-8", "48642-3", "48643-1"
CREATININE, PLATELETS, B12, MMA = "14682-9", "777-3", "2132-9", "13964-2"
PER_1_73 = "mL/min/{1.73_m2}"


def egfr(value: int, days: int = 5, code: str = EGFR, **changes: Any) -> dict[str, Any]:
    return observation(code, value, PER_1_73, days, **changes)


def creatinine(value: int, days: int = 5, **changes: Any) -> dict[str, Any]:
    return observation(CREATININE, value, "umol/L", days, **changes)


def value_of(scenario: ClinicalScenario, name: str) -> Decimal | None:
    quantity = getattr(scenario, name).quantity
    return None if quantity is None else quantity.value


@pytest.mark.parametrize(
    ("value", "risk"), [(89, Truth.TRUE), (90, Truth.FALSE), (91, Truth.FALSE)]
)
def test_an_egfr_below_90_points_at_the_kidneys_Q51(value: int, risk: Truth) -> None:
    assert scenario_of(egfr(value)).kidney_risk.truth is risk


@pytest.mark.parametrize(("value", "risk"), [(89, Truth.TRUE), (90, Truth.FALSE)])
def test_an_old_egfr_points_at_the_kidneys_while_none_counts_Q51(value: int, risk: Truth) -> None:
    assert scenario_of(egfr(value, days=2000)).kidney_risk.truth is risk


def test_a_date_of_issue_takes_nothing_from_an_older_egfr_that_points_there_I30() -> None:
    issued = egfr(95) | {"issued": f"{days_ago(5)}T08:00:00Z"}
    del issued["effectiveDateTime"]
    assert scenario_of(issued).kidney_risk.is_false
    assert scenario_of(egfr(70, days=2000), issued).kidney_risk.is_true
    assert scenario_of(egfr(70, days=2000), egfr(95)).kidney_risk.is_false


@pytest.mark.parametrize(("value", "risk"), [(89, Truth.TRUE), (90, Truth.FALSE)])
@pytest.mark.parametrize(
    "changes",
    [
        {"effectiveDateTime": days_ago(-9)},
        {"status": "preliminary"},
        {"implicitRules": "https://example.org/rules-of-ours"},
        {"modifierExtension": [{"url": "urn:x", "valueBoolean": True}]},
    ],
    ids=str,
)
def test_an_egfr_that_is_named_and_cannot_count_points_at_the_kidneys_Q31_Q51(
    changes: dict[str, Any], value: int, risk: Truth
) -> None:
    """It permits nothing, so it hushes nothing: beside "eGFR 58 cannot be used" d2 is no info."""
    assert scenario_of(egfr(value, **changes)).kidney_risk.truth is risk


@pytest.mark.parametrize(("value", "risk"), [(89, Truth.TRUE), (90, Truth.FALSE)])
def test_so_does_one_of_the_future_beside_one_that_reassures_Q31(value: int, risk: Truth) -> None:
    future = egfr(value, effectiveDateTime=days_ago(-9))
    assert scenario_of(egfr(95), future).kidney_risk.truth is risk


def test_a_creatinine_that_its_laboratory_calls_high_points_at_the_kidneys_Q51() -> None:
    called = {"interpretation": [{"coding": [{"code": "H"}]}]}
    assert scenario_of(creatinine(130, days=2000, **called)).kidney_risk.is_true
    assert scenario_of(creatinine(130, days=2000)).kidney_risk.is_false


@pytest.mark.parametrize(("value", "risk"), [(50, Truth.FALSE), (400, Truth.TRUE)])
def test_a_creatinine_of_the_future_points_at_the_kidneys_by_the_egfr_it_gives_Q31_Q51(
    value: int, risk: Truth
) -> None:
    future = creatinine(value, effectiveDateTime=days_ago(-9))
    assert scenario_of(future).kidney_risk.truth is risk


@pytest.mark.parametrize("value", [40, 70, 89])
def test_the_value_of_a_creatinine_is_no_egfr_Q51(value: int) -> None:
    """A normal creatinine that is not final, or of which no eGFR can be computed."""
    assert scenario_of(creatinine(value, status="preliminary")).kidney_risk.is_false
    nobody_knows_whose = record_of([patient(gender="unknown"), creatinine(value)])
    scenario = map_scenario(nobody_knows_whose, AS_OF, VALUE_SETS).scenario
    assert scenario.egfr.passed_over is not None
    assert scenario.kidney_risk.is_false


def test_of_a_pair_of_race_specific_values_the_lower_counts_F16() -> None:
    lower, higher = egfr(44, code=EGFR_NON_BLACK), egfr(52, code=EGFR_BLACK)
    paired = scenario_of(lower, higher).egfr
    alone = scenario_of(lower).egfr
    other_day = scenario_of(lower, egfr(52, days=9, code=EGFR_BLACK)).egfr

    assert paired.quantity is not None
    assert paired.quantity.value == 44
    assert "the lower value of the pair" in paired.reason
    assert "did not come" in alone.reason
    assert "did not come" in other_day.reason
    assert scenario_of(higher).egfr.quantity is None


def test_an_egfr_without_race_counts_before_one_with_F16() -> None:
    assert value_of(scenario_of(egfr(60), egfr(44, 1, EGFR_NON_BLACK)), "egfr") == 60


@pytest.mark.parametrize(
    ("since", "counts"),
    [(4, False), (5, True), (6, True)],
)
def test_a_creatinine_of_a_later_day_that_is_worse_outweighs_the_egfr_F16(
    since: int, counts: bool
) -> None:
    """`since`: days ago of the eGFR; the creatinine is of 4 days ago."""
    scenario = scenario_of(egfr(80, days=since), creatinine(250, days=4))
    value = value_of(scenario, "egfr")
    assert value is not None
    assert (value < 40) is counts


def test_a_later_creatinine_that_is_better_does_not_F16() -> None:
    assert value_of(scenario_of(egfr(40, days=9), creatinine(60, days=4)), "egfr") == 40


@pytest.mark.parametrize(("born", "computed"), [("2008-06-15", True), ("2008-06-16", False)])
def test_egfr_is_computed_from_the_day_somebody_is_18(born: str, computed: bool) -> None:
    record = record_of([patient(birthDate=born), creatinine(80, days=0)])
    scenario = map_scenario(record, AS_OF, VALUE_SETS).scenario
    assert scenario.egfr.is_known is computed


def test_a_creatinine_with_a_comparator_is_not_computed_with() -> None:
    at_least = creatinine(250)
    at_least["valueQuantity"]["comparator"] = ">"
    assert not scenario_of(at_least).egfr.is_known


@pytest.mark.parametrize(("days", "repeat"), [(6, False), (7, False), (8, True)])
def test_a_very_low_count_is_to_be_repeated_after_7_days_F18(days: int, repeat: bool) -> None:
    count = scenario_of(observation(PLATELETS, 30, "10*9/L", days)).platelets
    assert count.is_known
    assert ("repeat" in count.reason) is repeat


@pytest.mark.parametrize(("days", "known"), [(29, True), (30, True), (31, False)])
@pytest.mark.parametrize("value", [50, 99])
def test_a_low_count_counts_for_30_days_F18(value: int, days: int, known: bool) -> None:
    assert scenario_of(observation(PLATELETS, value, "10*9/L", days)).platelets.is_known is known


@pytest.mark.parametrize(("days", "known"), [(0, True), (-1, True), (-2, False)])
def test_a_result_of_tomorrow_counts_as_one_of_today_Q46(days: int, known: bool) -> None:
    assert scenario_of(observation(B12, 150, "pg/mL", days)).total_b12.is_known is known


@pytest.mark.parametrize(("days", "before"), [(101, True), (100, True), (99, False)])
def test_a_level_counts_for_diagnosis_up_to_the_day_treatment_began_F4(
    days: int, before: bool
) -> None:
    scenario = scenario_of(
        observation(B12, 150, "pg/mL", days), injection_given(100), injection_given(40)
    )
    assert scenario.total_b12.is_known is before
    assert scenario.total_b12_on_treatment.is_known is not before


@pytest.mark.parametrize(
    ("unit", "text", "value"),
    [("umol/L", "0.45", 450), ("nmol/L", "450", 450), ("µmol/l", "0,45", 450)],
)
def test_a_number_in_words_is_converted_like_one_in_structure(
    unit: str, text: str, value: int
) -> None:
    said = observation(MMA, valueString=f"{text} {unit}")
    assert value_of(scenario_of(said), "mma") == value


@pytest.mark.parametrize("name", ["valueInteger", "valueDecimal"])
def test_a_bare_number_without_a_unit_does_not_count(name: str) -> None:
    assert not scenario_of(observation(B12, **{name: 150})).total_b12.is_known


def test_a_value_that_fits_both_units_of_vitamin_B12_is_not_guessed() -> None:
    assert not scenario_of(observation(B12, 300)).total_b12.is_known


@pytest.mark.parametrize(
    "name",
    [
        "DFG",
        "DFG estimé",
        "Débit de filtration glomérulaire (estimé)",
        "Filtrado glomerular (estimado)",
        "TFG",
    ],
)
def test_the_egfr_in_french_spanish_and_portuguese(name: str) -> None:
    result = observation("", 50, "mL/min/{1.73_m2}", code={"text": name})
    quantity = scenario_of(result).egfr.quantity
    assert quantity is not None
    assert quantity.value == 50


def test_further_names_of_laboratories() -> None:
    b12 = observation("", 120, "pmol/L", code={"text": "P-Kobalaminer(B12)NY"})
    platelets = observation("", 40, "10*9/L", code={"text": "Thrombo"})
    inr = observation("", 2, "{INR}", code={"text": "INR - ber."})
    scenario = scenario_of(b12, platelets, inr)
    for measured in (scenario.total_b12, scenario.platelets, scenario.inr):
        assert measured.quantity is not None


def test_a_quick_value_is_no_inr() -> None:
    assert scenario_of(observation("", 70, "%", code={"text": "Quick"})).inr.quantity is None


@pytest.mark.parametrize(
    "said",
    ["pending", "Not done", "Sample haemolysed", "Insufficient sample", "QNS", "nicht bestimmt"],
)
def test_words_that_there_is_no_result_leave_the_older_one_standing(said: str) -> None:
    older = observation(B12, 95, "pmol/L", days=60)
    scenario = scenario_of(older, observation(B12, valueString=said, days=5))
    assert scenario.total_b12.quantity is not None
    assert scenario.total_b12.quantity.value == 95
    alone = scenario_of(observation(B12, valueString=said, days=5))
    assert [item.why for item in alone.uncounted_b12] == [NotCounted.NO_VALUE]


@pytest.mark.parametrize("said", ["Low", "see comment", "Deficient"])
def test_other_words_may_hold_a_result(said: str) -> None:
    older = observation(B12, 95, "pmol/L", days=60)
    assert not scenario_of(older, observation(B12, valueString=said, days=5)).total_b12.is_known


@pytest.mark.parametrize(
    "note", ["Patient on B12 injections", "On regular vitamin B12. Repeat in 3 months", "unter B12"]
)
def test_a_result_that_says_it_is_on_treatment_points_at_it(note: str) -> None:
    for told in ({"note": [{"text": note}]}, {"comment": note}):
        scenario = scenario_of(observation(B12, 900, "pmol/L", **told))
        assert [hint.at for hint in scenario.hints] == [HintAt.B12_TREATMENT]
        assert scenario.b12_supplement_before_test.is_unknown


@pytest.mark.parametrize(
    "note", ["If on B12, not reliable", "Consider B12 treatment", "not on B12", "sent by post"]
)
def test_what_a_laboratory_advises_everybody_points_at_nothing(note: str) -> None:
    assert scenario_of(observation(B12, 900, "pmol/L", note=[{"text": note}])).hints == ()
