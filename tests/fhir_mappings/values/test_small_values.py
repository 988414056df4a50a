"""The computed eGFR, yes and no in codes, and the words by which an entry denies a dose."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from fhir_mappings.values import compute_egfr, read_booleanish, words_of_not_given
from recommender.language import Comparator, Evidence, Measurement, Quantity, Unit

DAY = dt.date(2026, 6, 1)


def creatinine(value: str, comparator: Comparator = Comparator.EXACT) -> Measurement:
    quantity = Quantity(Decimal(value), Unit.UMOL_PER_L, comparator)
    evidence = Evidence("Observation/c", "code", "Creatinine", f"{value} umol/L", "", DAY)
    return Measurement(quantity, DAY, "", (evidence,))


@pytest.mark.parametrize(
    ("value", "born", "female", "egfr"),
    [  # the published equation of 2021, computed apart; 88.42 umol/L are 1 mg/dL
        ("88.42", 1976, False, "91.7"),
        ("70.7", 1986, False, "114.8"),
        ("106.1", 1966, True, "51.8"),
        ("53.05", 1996, True, "123.8"),
        ("200", 1951, True, "22.1"),
    ],
)
def test_the_egfr_of_a_creatinine_is_that_of_ckd_epi_2021(
    value: str, born: int, female: bool, egfr: str
) -> None:
    computed = compute_egfr(creatinine(value), dt.date(born, 1, 1), female)
    assert computed is not None
    assert computed.quantity is not None
    assert computed.quantity.unit is Unit.EGFR
    assert abs(computed.quantity.value - Decimal(egfr)) < Decimal("0.1")
    assert computed.date == DAY
    assert "CKD-EPI 2021" in computed.evidence[0].converted


@pytest.mark.parametrize("lacking", ["value", "date", "comparator", "birth", "sex", "child"])
def test_no_egfr_is_computed_from_less_than_the_equation_needs(lacking: str) -> None:
    result = creatinine("88.42", Comparator.LESS if lacking == "comparator" else Comparator.EXACT)
    born: dt.date | None = dt.date(2008 if lacking != "child" else 2009, 6, 1)
    female: bool | None = True
    if lacking == "value":
        result = Measurement(None, DAY, "none recorded")
    elif lacking == "date":
        result = Measurement(result.quantity, None, "", result.evidence)
    elif lacking == "birth":
        born = None
    elif lacking == "sex":
        female = None
    assert compute_egfr(result, born, female) is None


def test_the_equation_holds_from_the_day_of_the_eighteenth_birthday() -> None:
    assert compute_egfr(creatinine("88.42"), dt.date(2008, 6, 1), True) is not None
    assert compute_egfr(creatinine("88.42"), dt.date(2008, 6, 2), True) is None


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ({"valueCodeableConcept": {"coding": [{"code": "POS"}]}}, True),
        ({"valueCodeableConcept": {"coding": [{"code": "Y"}]}}, True),
        ({"valueCodeableConcept": {"coding": [{"code": "NEG"}]}}, False),
        ({"valueCodeableConcept": {"coding": [{"code": "N"}]}}, False),
        ({"valueCodeableConcept": {"coding": [{"code": "IND"}]}}, None),
        ({"valueString": "Weakly positive"}, True),
        ({"valueString": "NOT detected."}, False),
        ({"valueString": "not positive"}, None),
        ({"valueBoolean": True}, True),
        ({"valueBoolean": False}, False),
        ({"valueBoolean": True, "dataAbsentReason": {"text": "unknown"}}, None),
        ({}, None),
    ],
)
def test_yes_and_no_are_read_where_they_are_plain(
    result: dict[str, Any], said: bool | None
) -> None:
    assert read_booleanish(result) is said


@pytest.mark.parametrize(
    "entry",
    [
        {"statusReason": [{"text": "refused"}]},
        {"statusReason": [{"concept": {"text": "refused"}}]},
        {"statusReasonCodeableConcept": {"coding": [{"display": "refused"}]}},
        {"notes": [{"text": "refused"}]},
        {"note": ["refused"]},
        {"dosage": {"text": "refused"}},
        {"code": {"text": "refused"}},
        {"outcome": {"text": "refused"}},
        {"note": [{"text": "given"}] * 18 + [{"text": "refused"}]},
    ],
)
def test_words_that_deny_a_dose_are_found_wherever_they_stand(entry: dict[str, Any]) -> None:
    assert words_of_not_given(entry) == "refused"


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"note": [{"text": "given, no reaction"}]},
        {"note": [{"text": "refusenik"}]},
        {"note": None, "statusReason": "refused?", "dosage": 3},
        {"dosage": [{"text": "not given with food"}]},
        {"reasonCode": [{"text": "tablets refused"}]},
        {"note": [{"text": "given"}] * 20 + [{"text": "refused"}]},
        {"note": [{"text": "x" * 2000 + " refused"}]},
    ],
)
def test_what_denies_no_dose_is_left_alone(entry: dict[str, Any]) -> None:
    assert words_of_not_given(entry) == ""


def noted(text: str) -> str:
    return words_of_not_given({"note": [{"text": text}]})


@pytest.mark.parametrize(
    "text",
    [
        "Flu vaccine declined",
        "B12 given, flu vaccine refused",
        "Given in left deltoid. Declined blood test.",
        "Declined a chaperone",
        "Hydroxocobalamin given. Patient did not attend last appointment",
        "No longer takes metformin",
        "Previously declined, given today",
    ],
)
def test_a_note_that_denies_another_thing_denies_no_dose(text: str) -> None:
    assert noted(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Patient declined",
        "Not given due to high BP",
        "Not given awaiting bloods",
        "Refused because of covid",
        "B12 and flu jab declined",
        "Declined B12 and flu vaccine",
        "Did not have injection, flu vaccine declined",
        "Not given. Flu vaccine given",
        "Tablets not taken",
        "pas faite",
    ],
)
def test_a_note_that_denies_the_entry_or_both_is_found(text: str) -> None:
    assert noted(text) == text


@pytest.mark.parametrize(
    "entry",
    [
        {"quantity": {"value": 0}},
        {"dosage": {"dose": {"value": 0, "unit": "mg"}}},
        {"note": [{"text": "Not collected, returned to stock"}]},
        {"statusReason": {"text": "Ordered in error"}},
    ],
)
def test_nothing_collected_or_a_dose_of_zero_is_none(entry: dict[str, Any]) -> None:
    assert words_of_not_given(entry)


def test_a_quantity_is_something() -> None:
    assert words_of_not_given({"quantity": {"value": 1}}) == ""


@pytest.mark.parametrize(
    "name",
    [
        "Nie Vitamin B12",
        "Tar ej vitamin B12",
        "Jamais de vitamine B12",
        "Eventuell Vitamin B12",
        "Peut-être vitamine B12",
        "Mor tager vitamin B12",
        "Mutter nimmt Vitamin B12",
        "Vitamin B12 (mother)",
    ],
)
def test_a_name_denied_doubted_or_of_a_relative_in_another_language_is_none_Q27(name: str) -> None:
    assert words_of_not_given({"medicationCodeableConcept": {"text": name}}) == name


@pytest.mark.parametrize(
    "name",
    [
        "Vitamin B12, more than 10 years",
        "Vitamin B12 due to diet",
        "Vitamin B12 no. 30",
        "Vitamin B12 ej socker",
        "Vitamine B12 sans gluten",
        "Vitamin B12 (Dr Mor)",
    ],
)
def test_a_name_beside_another_denial_stands_Q27(name: str) -> None:
    assert words_of_not_given({"medicationCodeableConcept": {"text": name}}) == ""
