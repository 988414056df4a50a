"""A result of two units, of a range, or under a code that leaves open which test it is may be low:
it alarms, is told as reported, and permits nothing (decisions Q35, Q36, I27, I30).
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.vignettes.laboratory.test_named_though_not_counted import EGFR_90, WELL, last_result
from tests.vignettes.test_stops_and_doubtful_orders import cards_of, only_card, request

Json = dict[str, Any]
UCUM = "http://unitsofmeasure.org"
LOINC = "http://loinc.org"
FOLIC_ACID = "folic acid tablet 5 mg, 1 tablet, oral, daily"
LOADING = "hydroxocobalamin, 1000 mcg, IM, three times a week for 2 weeks"
AFTER = "hydroxocobalamin, 1000 mcg, IM, every 2 months"
TABLETS = "vitamin B12 tablet 1 mg, 1 tablet, oral, daily"
DIET = ["vegan diet, since 2020-01-01"]


def with_units(words: str, code: str, value: float, *orders: str) -> Json:
    asked = request(*orders, results=["B12 100 pmol/L, on 2026-11-06"])
    said = {"value": value, "unit": words, "system": UCUM, "code": code}
    last_result(asked)["valueQuantity"] = said
    return asked


@pytest.mark.parametrize(("words", "code"), [("pmol/L", "pg/mL"), ("pg/mL", "pmol/L")])
def test_a_level_low_by_its_unit_in_words_and_by_its_code_is_low(words: str, code: str) -> None:
    card = only_card(with_units(words, code, 95))
    assert card["indicator"] == "warning"
    assert card["summary"].startswith(f"B12 95 {words} (6 Nov), low in either unit, not treated")
    card = only_card(with_units(words, code, 95, FOLIC_ACID))
    assert card["source"]["topic"]["code"] == "c1"
    assert card["indicator"] == "critical"


@pytest.mark.parametrize(
    ("words", "code", "value", "shown"),
    [
        ("pmol/L", "pg/mL", 150, True),  # borderline, or low
        ("pmol/L", "umol/L", 95, True),  # 95 umol/L are no level
        ("pmol/L", "pg/mL", 800, False),
    ],
)
def test_a_level_that_may_be_low_by_one_of_its_units_is_repeated_E3(
    words: str, code: str, value: float, shown: bool
) -> None:
    cards = cards_of(with_units(words, code, value))
    assert bool(cards) == shown
    said = f"B12 {value} {words} (6 Nov), may be low, its unit contradicts itself or the test"
    assert all(card["summary"].startswith(said) for card in cards)


@pytest.mark.parametrize("word", ["Low", "niedrig", "bas", "bajo", "laag", "Lavt", "deficient"])
def test_a_level_reported_as_low_in_a_word_is_repeated_E3(word: str) -> None:
    asked = request(results=["B12 100 pmol/L, on 2026-11-06"])
    del last_result(asked)["valueQuantity"]
    last_result(asked)["valueString"] = word
    assert only_card(asked)["summary"].startswith(f"B12 {word} (6 Nov), flagged low")
    last_result(asked)["valueString"] = f"not {word}"
    assert cards_of(asked) == []


def loading_beside(name: str, value: Json) -> Json:
    results = [*WELL, EGFR_90, f"{name}, on 2026-11-20"]
    asked = request(LOADING, AFTER, conditions=DIET, results=results)
    del last_result(asked)["valueQuantity"]
    last_result(asked).update(value)
    return asked


def between(low: float, high: float, unit: str) -> Json:
    return {
        "valueRange": {"low": {"value": low, "unit": unit}, "high": {"value": high, "unit": unit}}
    }


PLATELETS, POTASSIUM = "platelets 220 10*9/L", "potassium 4.1 mmol/L"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (PLATELETS, between(20, 60, "10*9/L"), "Platelets 20 10*9/L to 60 10*9/L (20 Nov)"),
        (PLATELETS, {"valueString": "20-45 10*9/L"}, "Platelets 20-45 10*9/L (20 Nov)"),
        (POTASSIUM, between(2.6, 2.9, "mmol/L"), "Potassium 2.6 mmol/L to 2.9 mmol/L (20 Nov)"),
        ("INR 1.0 {INR}", between(2, 4.5, "{INR}"), "INR 2 {INR} to 4.5 {INR} (20 Nov)"),
        (
            PLATELETS,
            {"valueQuantity": {"value": 24, "unit": "10*9/L", "system": UCUM, "code": "/uL"}},
            "Platelets 24 10*9/L (20 Nov)",
        ),
    ],
)
def test_a_range_that_may_alarm_is_told_as_it_was_reported_Q35(
    name: str, value: Json, said: str
) -> None:
    assert f"{said} cannot be used" in only_card(loading_beside(name, value))["summary"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (PLATELETS, between(180, 240, "10*9/L")),
        (POTASSIUM, between(3.9, 4.2, "mmol/L")),
        ("INR 1.0 {INR}", between(2, 2.5, "{INR}")),
    ],
)
def test_a_range_that_alarms_at_neither_end_is_no_noise(name: str, value: Json) -> None:
    assert cards_of(loading_beside(name, value)) == []


def test_a_range_on_warfarin_is_told_as_it_was_reported() -> None:
    asked = loading_beside("INR 1.0 {INR}", between(4, 5, "{INR}"))
    warfarin = request(
        LOADING, AFTER, conditions=DIET, active=["warfarin, 5 mg, oral, daily, since 2026-01-01"]
    )
    asked["prefetch"]["medications"] = warfarin["prefetch"]["medications"]
    assert "INR 4 {INR} to 5 {INR} (20 Nov) cannot be used" in only_card(asked)["summary"]


def coded(asked: Json, system: str, code: str, text: str = "") -> Json:
    last_result(asked)["code"] = {"coding": [{"system": system, "code": code}]}
    if text:
        last_result(asked)["code"]["text"] = text
    return asked


@pytest.mark.parametrize("text", ["", "Vitamin B12"])
@pytest.mark.parametrize(
    ("system", "code"),
    [(LOINC, "16695-9"), ("http://npu-terminology.org", "NOR05918")],
)
def test_a_level_under_a_code_that_leaves_it_open_is_no_missing_test_I27(
    system: str, code: str, text: str
) -> None:
    asked = coded(request(results=["B12 98 pmol/L, on 2026-11-06"]), system, code, text)
    del last_result(asked)["valueQuantity"]["code"]
    last_result(asked)["valueQuantity"]["unit"] = "pg/mL" if system == LOINC else "pmol/L"
    said = only_card(asked)["summary"]
    assert said.startswith("B12 98 p")
    assert "may be low, its name leaves open which test it is" in said


def test_the_words_decide_beside_a_code_that_is_no_concept_Q26() -> None:
    """The id of a description of SNOMED CT in the place of the concept's, as records moved between
    practices have it.
    """
    asked = request(results=["B12 98 pmol/L, on 2026-11-06"])
    coded(asked, "http://snomed.info/sct", "2572251000000117", "Serum vitamin B12 level")
    assert only_card(asked)["summary"].startswith("B12 98 pmol/L (6 Nov), not treated")


def test_a_result_called_vitamin_b12_under_the_code_of_another_test_is_told_Q35() -> None:
    asked = request(LOADING, results=["B12 98 pg/mL, on 2026-11-06"])
    coded(asked, LOINC, "26464-8", "Vitamin B12")  # leukocytes
    said = "B12 98 pg/mL (6 Nov) cannot be used (its code and its words name different tests)"
    assert only_card(asked)["summary"].startswith(said)
    coded(asked, LOINC, "26464-8", "Leukocytes")
    assert only_card(asked)["summary"].startswith("No B12 test on record")


@pytest.mark.parametrize("code", ["13056-7", "26516-5"])
def test_few_platelets_in_plasma_are_asked_about_before_an_injection(code: str) -> None:
    value = {"valueQuantity": {"value": 24, "unit": "10*9/L", "system": UCUM, "code": "10*9/L"}}
    asked = coded(loading_beside(PLATELETS, value), LOINC, code)
    said = "Platelets 24 (20 Nov) cannot be used (its name leaves open which test it is)"
    assert only_card(asked)["summary"].startswith(said)


@pytest.mark.parametrize(("code", "text"), [("101475-2", "Creatinine"), ("103616-9", "")])
def test_a_newer_creatinine_under_such_a_code_doubts_a_good_egfr_I30(code: str, text: str) -> None:
    results = [
        *WELL,
        "eGFR 90 mL/min/{1.73_m2}, on 2026-09-27",
        "creatinine 300 umol/L, on 2026-11-21",
    ]
    asked = coded(request(TABLETS, conditions=DIET, results=results), LOINC, code, text)
    card = only_card(asked)
    assert (card["source"]["topic"]["code"], card["indicator"]) == ("d2", "warning")
