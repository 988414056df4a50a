"""A result that cannot count is named where "none" would be said, and one of the future that alarms
is shown (decisions Q31, I2, I27, K9, Q84; cards.md d2).
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.every_case.cases import site
from tests.vignettes.test_stops_and_doubtful_orders import cards_of, only_card, request

Json = dict[str, Any]
WELL = ["B12 96 pmol/L, on 2026-11-02", "no neurological symptoms, on 2026-11-20"]
TABLETS_DAILY = "vitamin B12 tablet 1 mg, 1 tablet, oral, daily"
DIET = "vegan diet, since 2020-01-01"
EGFR_90 = "eGFR 90 mL/min/{1.73_m2}, on 2026-11-06"


def with_tablets(*results: str) -> Json:
    return request(TABLETS_DAILY, conditions=[DIET], results=[*WELL, *results])


def last_result(asked: Json) -> Json:
    found: Json = asked["prefetch"]["labs"]["entry"][-1]["resource"]
    return found


def _without_unit(asked: Json) -> None:
    last_result(asked)["valueQuantity"] = {"value": 180}


def _not_final(asked: Json) -> None:
    last_result(asked)["status"] = "preliminary"


def _without_sex(asked: Json) -> None:
    del asked["prefetch"]["patient"]["gender"]


def _of_the_future(asked: Json) -> None:
    last_result(asked)["effectiveDateTime"] = "2027-03-03"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_without_unit, "Creatinine 180 (6 Nov) cannot be used (its unit is missing)"),
        (_not_final, "Creatinine 180 µmol/L (6 Nov) cannot be used (it is preliminary)"),
        (
            _without_sex,
            "Creatinine 180 µmol/L (6 Nov) cannot be used (no eGFR can be computed from it)",
        ),
        (
            _of_the_future,
            "Creatinine 180 µmol/L (3 Mar 2027) cannot be used (it is dated in the future)",
        ),
    ],
)
def test_a_creatinine_that_gives_no_egfr_is_not_no_kidney_result_I27(
    change: Any, said: str
) -> None:
    asked = with_tablets("creatinine 180 umol/L, on 2026-11-06")
    change(asked)
    card = only_card(asked)
    assert card["indicator"] == "warning"
    assert card["summary"] == f"{said}: check eGFR, or use hydroxocobalamin"
    assert "No kidney result" not in card["detail"]


def test_a_creatinine_entered_in_error_is_no_kidney_result() -> None:
    asked = with_tablets("creatinine 180 umol/L, on 2026-11-06")
    last_result(asked)["status"] = "entered-in-error"
    assert only_card(asked)["summary"].startswith("No kidney result in 12 months")


@pytest.mark.parametrize("others", [[], ["creatinine 55 umol/L, on 2027-03-04"]])
def test_a_creatinine_of_the_future_speaks_against_a_good_egfr_Q31_I2(others: list[str]) -> None:
    high = "creatinine 180 umol/L, on 2027-03-03"
    card = only_card(with_tablets(EGFR_90, high, *others))
    assert card["indicator"] == "warning"
    assert card["summary"].startswith("eGFR 90 (6 Nov); eGFR 26.3 (3 Mar 2027) cannot be used")


def test_a_normal_creatinine_of_the_future_is_no_noise() -> None:
    assert cards_of(with_tablets(EGFR_90, "creatinine 60 umol/L, on 2027-03-03")) == []


@pytest.mark.parametrize("value", ["90", "25"])
@pytest.mark.parametrize(("day", "shown"), [("2025", "2025"), ("2025-11", "Nov 2025")])
def test_an_egfr_that_may_be_of_the_last_12_months_is_not_no_kidney_result_I27(
    value: str, day: str, shown: str
) -> None:
    card = only_card(with_tablets(f"eGFR {value} mL/min/{{1.73_m2}}, on {day}"))
    said = f"eGFR {value} ({shown}) cannot be used (its day is not recorded)"
    assert card["summary"].startswith(said)


@pytest.mark.parametrize("with_usual", [False, True])
@pytest.mark.parametrize(
    ("usual", "low", "said"),
    [
        ("potassium 4.1 mmol/L", "potassium 2.9 mmol/L", "Potassium 2.9 mmol/L"),
        ("haemoglobin 12.8 g/dL", "haemoglobin 6.2 g/dL", "Haemoglobin 62 g/L"),
    ],
)
def test_what_is_low_in_the_future_is_shown_before_treatment_starts_K9_Q31(
    usual: str, low: str, said: str, with_usual: bool
) -> None:
    counted = [f"{usual}, on 2026-11-20"] if with_usual else []
    later = f"{low}, on 2027-03-03"
    card = only_card(request(conditions=[DIET], results=[*WELL, EGFR_90, *counted, later]))
    shown = f"{said} (3 Mar 2027) cannot be used (it is dated in the future)"
    assert shown in card["detail"]
    assert "correct it" not in card["detail"]
    assert "within 48 hours" not in card["detail"]


@pytest.mark.parametrize(("value", "shown"), [("2.9", True), ("4.2", False)])
def test_a_low_potassium_that_is_not_final_is_shown_before_treatment_starts_K9_Q35(
    value: str, shown: bool
) -> None:
    result = f"potassium {value} mmol/L, on 2026-11-20"
    asked = request(conditions=[DIET], results=[*WELL, EGFR_90, result])
    _not_final(asked)
    said = f"Potassium {value} mmol/L (20 Nov) cannot be used (it is preliminary)"
    assert (said in only_card(asked)["detail"]) == shown


def test_a_low_potassium_of_years_ago_is_not_shown() -> None:
    old = "potassium 2.9 mmol/L, on 2023-11-20"
    card = only_card(request(conditions=[DIET], results=[*WELL, EGFR_90, old]))
    assert "Potassium 2.9" not in card["detail"]


def test_a_value_whose_unit_is_in_doubt_is_shown_as_reported_Q35() -> None:
    """3.2 mg/dL would be 0.8 mmol/L; nobody measured that."""
    asked = request(
        conditions=[DIET], results=[*WELL, EGFR_90, "potassium 3.2 mmol/L, on 2026-11-20"]
    )
    last_result(asked)["valueQuantity"]["unit"] = last_result(asked)["valueQuantity"]["code"] = (
        "mg/dL"
    )
    said = "Potassium 3.2 mg/dL (20 Nov) cannot be used (its unit contradicts itself or the test)"
    assert said in only_card(asked)["detail"]


def test_a_newer_result_is_shown_in_the_unit_of_the_older_one_I30() -> None:
    older = "eGFR 20 mL/min/{1.73_m2}, on 2026-10-06"
    asked = with_tablets(older, "eGFR 45 mL/min/{1.73_m2}, on 2026-11-06")
    last_result(asked)["implicitRules"] = "https://example.org/rules"
    assert "eGFR 20 (6 Oct); newer result 45 (6 Nov) cannot be used" in only_card(asked)["detail"]


@pytest.mark.parametrize("later", ["potassium 4.2 mmol/L", "haemoglobin 13.1 g/dL"])
def test_a_normal_one_of_the_future_is_not_shown(later: str) -> None:
    usual = request(conditions=[DIET], results=[*WELL, EGFR_90])
    odd = request(conditions=[DIET], results=[*WELL, EGFR_90, f"{later}, on 2027-03-03"])
    assert [c["detail"] for c in cards_of(odd)] == [c["detail"] for c in cards_of(usual)]


@pytest.mark.parametrize(
    ("later", "excused"), [([], True), (["haemoglobin 6.2 g/dL, on 2027-03-03"], False)]
)
def test_an_anaemia_of_the_future_leaves_low_b12_in_pregnancy_no_excuse_Q84(
    later: list[str], excused: bool
) -> None:
    """A total vitamin B12 that is only low is put down to pregnancy where the haemoglobin is
    normal.
    """
    results = ["B12 110 pmol/L, on 2026-11-02", "haemoglobin 12.1 g/dL, on 2026-11-20", *later]
    asked = request(
        "hydroxocobalamin, 1000 mcg, IM, three times a week for 2 weeks",
        born="1992-02-02",
        conditions=["pregnant, since 2026-08-15"],
        results=[*results, "no neurological symptoms, on 2026-11-20"],
    )
    said = "B12 110 pmol/L (2 Nov): measure active B12 or methylmalonic acid, ask haematology"
    assert (said in only_card(asked)["summary"]) == excused


def by_mass(value: float, unit: str) -> Json:
    """An opened chart with one B12, under a code by amount of substance and a unit by mass."""
    asked = request(results=["B12 100 pmol/L, on 2026-11-06"])
    said = {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}
    last_result(asked)["valueQuantity"] = said
    return asked


@pytest.mark.parametrize(("limit", "value"), [(133, 90), (150, 135.5)])
def test_a_level_low_in_either_unit_is_what_the_card_rests_on_Q35(limit: int, value: float) -> None:
    """135.5 pg/mL are 100 pmol/L: low either way where the site has 150 pmol/L and 203 pg/mL."""
    settings = site()
    if limit != 133:
        higher = {"b12_low_pmol_l": Decimal(150), "b12_low_pg_ml": Decimal(203)}
        settings = replace(settings, policy=replace(settings.policy, **higher))
    (card,) = cards_of(by_mass(value, "pg/mL"), settings)
    assert card["summary"].startswith(f"B12 {value} pg/mL (6 Nov), low in either unit, not treated")
    assert f"- B12 {value} pg/mL (6 Nov), low in either unit" in card["detail"]
    assert "not counted" not in card["detail"]


@pytest.mark.parametrize("unit", ["ug/L", "ng/mL"])
def test_a_number_that_no_level_has_decides_nothing_Q35(unit: str) -> None:
    """0.1355 may be 135.5 pg/mL, and as pmol/L it is not plausible: one class, not two alike."""
    said = f"B12 0.1355 {unit} (6 Nov), may be low, its unit contradicts itself or the test"
    assert only_card(by_mass(0.1355, unit))["summary"].startswith(said)
    assert cards_of(by_mass(0.542, unit)) == []


def _named(asked: Json, name: str) -> Json:
    last_result(asked)["code"] = {"text": name}
    return asked


PERHAPS_OF_BLOOD = [
    "Creatinine",
    "CREATININE",
    "Creatinine, Ser",
    "Créatinine",
    "Creatinina",
    "Creatinine level",
]
OF_SOMETHING_ELSE = [
    "Urine creatinine",
    "Creatinine (U)",
    "Albumin/creatinine ratio",
    "Creatinine, ascites fluid",
    "24h creatinine",
]


@pytest.mark.parametrize("name", PERHAPS_OF_BLOOD)
def test_a_creatinine_by_its_bare_name_is_not_no_kidney_result_I27(name: str) -> None:
    asked = _named(with_tablets("creatinine 300 umol/L, on 2026-11-06"), name)
    card = only_card(asked)
    assert card["indicator"] == "warning"
    assert card["summary"].startswith("Creatinine 300 µmol/L (6 Nov) cannot be used (its name ")


@pytest.mark.parametrize("name", [*PERHAPS_OF_BLOOD, "eGFRcr"])
def test_a_newer_worse_one_by_its_bare_name_leaves_no_good_kidneys_I2(name: str) -> None:
    """An eGFR of 90 some days before does not permit cyanocobalamin beside it."""
    worse = "creatinine 300 umol/L, on 2026-11-16"
    if name.startswith("eGFR"):
        worse = "eGFR 22 mL/min/{1.73_m2}, on 2026-11-16"
    card = only_card(_named(with_tablets(EGFR_90, worse), name))
    assert card["indicator"] == "warning"
    assert "cannot be used (its name leaves open which test it is): check eGFR" in card["summary"]


@pytest.mark.parametrize("name", OF_SOMETHING_ELSE)
def test_what_is_plainly_of_something_else_says_nothing_of_the_kidneys(name: str) -> None:
    asked = _named(with_tablets("creatinine 300 umol/L, on 2026-11-06"), name)
    assert only_card(asked)["summary"].startswith("No kidney result in 12 months")
    beside = _named(with_tablets(EGFR_90, "creatinine 300 umol/L, on 2026-11-16"), name)
    assert cards_of(beside) == []


def test_one_that_is_no_worse_by_its_bare_name_says_nothing() -> None:
    asked = _named(with_tablets(EGFR_90, "creatinine 60 umol/L, on 2026-11-16"), "Creatinine")
    assert cards_of(asked) == []


@pytest.mark.parametrize(
    "name",
    ["Creatinine clearance", "CrCl (Cockcroft-Gault)", "Kreatinin-Clearance", "Kreatininklaring"],
)
def test_a_clearance_is_not_no_kidney_result_I27(name: str) -> None:
    asked = _named(with_tablets("eGFR 18 mL/min/{1.73_m2}, on 2026-11-06"), name)
    assert "18" in only_card(asked)["summary"]
    assert "No kidney result" not in only_card(asked)["detail"]


@pytest.mark.parametrize(
    ("worse", "said"),
    [
        ("eGFR 22 mL/min/{1.73_m2}, on 2026-11-16", "eGFR 22 cannot be used (its day is not "),
        ("creatinine 300 umol/L, on 2026-11-16", "cannot be used (its day is not recorded)"),
    ],
)
def test_a_worse_one_without_a_day_leaves_no_good_kidneys_I2(worse: str, said: str) -> None:
    asked = with_tablets(EGFR_90, worse)
    del last_result(asked)["effectiveDateTime"]
    card = only_card(asked)
    assert card["indicator"] == "warning"
    assert said in card["summary"]


@pytest.mark.parametrize(
    "better", ["eGFR 95 mL/min/{1.73_m2}, on 2026-11-16", "creatinine 40 umol/L, on 2026-11-16"]
)
def test_one_that_is_no_worse_without_a_day_says_nothing(better: str) -> None:
    asked = with_tablets(EGFR_90, better)
    del last_result(asked)["effectiveDateTime"]
    assert cards_of(asked) == []


@pytest.mark.parametrize(
    ("name", "value", "doubts"),
    [
        ("Creatinine clearance (C-G)", 22, True),
        ("Taxa de filtração glomerular", 22, True),
        ("Creatinine clearance (C-G)", 95, False),
    ],
)
def test_a_newer_value_in_ml_per_min_that_is_worse_takes_the_word_of_a_good_egfr_I30(
    name: str, value: int, doubts: bool
) -> None:
    asked = with_tablets(EGFR_90, "eGFR 22 mL/min/{1.73_m2}, on 2026-11-20")
    newest = last_result(asked)
    newest["code"] = {"text": name}
    newest["valueQuantity"] = {"value": value, "unit": "mL/min"}
    cards = cards_of(asked)

    assert [card["summary"][:7] for card in cards] == (["eGFR 90"] if doubts else [])


def test_a_newer_count_that_is_not_final_and_has_no_unit_is_told_on_an_injection() -> None:
    asked = request(
        "hydroxocobalamin, 1000 mcg, IM, alternate days",
        conditions=["paraesthesia, since 2026-11-10"],
        results=[
            *WELL[:1],
            "platelets 200 10*9/L, on 2026-11-06",
            "platelets 8 10*9/L, on 2026-11-24",
        ],
    )
    last_result(asked)["status"] = "preliminary"
    last_result(asked)["valueQuantity"] = {"value": 8}

    assert any("platelets 8" in card["detail"].lower() for card in cards_of(asked))


@pytest.mark.parametrize(
    "note",
    [
        "WRONG PATIENT",
        "Wrong blood in tube suspected",
        "Probenverwechslung",
        "feil pasient",
        "Labelling error, please repeat",
        "specimen mix-up",
        "muestra de otro paciente",
        "scambio di provette",
        "erreur d'étiquetage",
        "Please disregard this result",
        "taken from drip arm",
        "Result withdrawn",
    ],
)
def test_what_its_note_calls_a_mistake_reassures_nobody_I30(note: str) -> None:
    asked = with_tablets(EGFR_90)
    last_result(asked)["note"] = [{"text": note}]
    summary = only_card(asked)["summary"]
    assert summary.startswith("eGFR 90 (6 Nov) cannot be used (its note says that it is a mistake)")


def test_a_report_that_calls_its_results_a_mistake_is_heard_I30() -> None:
    asked = with_tablets(EGFR_90)
    result = last_result(asked)
    report = {
        "resourceType": "DiagnosticReport",
        "id": "r1",
        "status": "final",
        "subject": result["subject"],
        "code": {"text": "Renal profile"},
        "conclusion": "Sample mislabelled",
        "result": [{"reference": f"Observation/{result['id']}"}],
    }
    asked["prefetch"]["labs"]["entry"].append({"resource": report})
    asked["prefetch"]["labs"]["total"] += 1
    assert only_card(asked)["summary"].startswith("eGFR 90 (6 Nov) cannot be used")


@pytest.mark.parametrize(
    "note",
    ["sample labelled correctly", "no mislabelling found", "not the wrong patient", "fasting"],
)
def test_what_its_note_says_of_the_right_patient_changes_nothing(note: str) -> None:
    asked = with_tablets(EGFR_90)
    last_result(asked)["note"] = [{"text": note}]
    assert cards_of(asked) == []


def test_the_note_of_a_corrected_result_speaks_of_what_was() -> None:
    asked = with_tablets(EGFR_90)
    last_result(asked)["status"] = "corrected"
    last_result(asked)["note"] = [{"text": "Entered in error as 19, corrected"}]
    assert cards_of(asked) == []


def test_a_diagnosis_that_its_note_calls_a_mistake_is_only_suspected_I33() -> None:
    asked = request(conditions=["pernicious anaemia, since 2022-11-15"], results=WELL)
    (entry,) = asked["prefetch"]["conditions"]["entry"]
    entry["resource"]["note"] = [{"text": "Entered in error, wrong patient"}]
    asked["prefetch"]["labs"]["entry"][0]["resource"]["valueQuantity"]["value"] = 450
    card = only_card(asked)

    assert card["indicator"] == "info"
    assert "measure methylmalonic acid" in card["summary"]
