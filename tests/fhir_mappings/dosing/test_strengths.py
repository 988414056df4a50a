"""How strong a product is by its name: a slip here is one of a thousand times."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fhir_mappings.dosing.dosage_words import read_written
from fhir_mappings.dosing.interval_vocabulary import fold
from fhir_mappings.dosing.strengths import (
    Strength,
    plain_numbers,
    read_container,
    read_ratio,
    read_strengths,
    spelt_unit,
)
from fhir_mappings.products.name_parts import LONGEST_NAME, split_name


def strengths(name: str) -> list[Strength]:
    return [strength for part in split_name(name) for strength in read_strengths(part)]


@pytest.mark.parametrize(
    ("name", "micrograms"),
    [
        ("Vitamin B12 1000 µg", 1000),
        ("Vitamin B12 1,000 mcg", 1000),
        ("Vitamin B12 1.000 µg Injektionslösung", 1000),
        ("B12 Ankermann 1.000 Mikrogramm", 1000),
        ("Vitamin B12 2.500 µg", 2500),
        ("Vitamine B12 1 000 µg", 1000),
        ("Vitamine B12 1 000 microgrammes", 1000),
        ("Vitamin B12 1'000 µg", 1000),
        ("Vitamin B12 10.000 µg", 10000),
        ("Cyanocobalamin 1.000 mg", 1000),
        ("Cyanocobalamin 0,5 mg", 500),
        ("Cyanocobalamin 0,500 mg", 500),
        ("Cyanocobalamin 0.500 mg", 500),
        ("Cyanocobalamin 2,5 µg", Decimal("2.5")),
        ("Cyanocobalamin 2.5 µg", Decimal("2.5")),
        ("Cyanocobalamin 2.4 µg", Decimal("2.4")),
        ("Cyanocobalamin 1 mg", 1000),
        ("Hydroxocobalamin 5 g", 5_000_000),
        ("Cyanocobalamin 500 ng", Decimal("0.5")),
    ],
)
def test_the_amount_of_a_name_in_micrograms(name: str, micrograms: Decimal) -> None:
    assert strengths(name) == [Strength(Decimal(micrograms))]


@pytest.mark.parametrize(
    ("name", "strength"),
    [
        ("Hydroxocobalamin 1 mg/ml", Strength(Decimal(1000), True)),
        ("Hydroxocobalamin 1 mg per ml", Strength(Decimal(1000), True)),
        ("Hydroxocobalamin 5 mg in 2 ml", Strength(Decimal(2500), True, Decimal(2))),
        ("Hydroxocobalamin 1 mg pro ml", Strength(Decimal(1000), True)),
        ("Hydroxocobalamin 1.000 µg / ml", Strength(Decimal(1000), True)),
        ("Hydroxocobalamin 1 mg/2 ml", Strength(Decimal(500), True, Decimal(2))),
        ("Hydroxocobalamin 10 mg / 2 mL", Strength(Decimal(5000), True, Decimal(2))),
    ],
)
def test_the_amount_in_a_millilitre(name: str, strength: Strength) -> None:
    assert strengths(name) == [strength]


def test_the_parts_of_a_name_each_have_their_amount() -> None:
    name = "Folic acid 0.4 mg / Cyanocobalamin 1000 mcg + Pyridoxine 25 mg"
    assert [item.micrograms for item in strengths(name)] == [400, 1000, 25000]


def test_a_story_is_no_name() -> None:
    assert split_name("B12 1 mg" + " " * (LONGEST_NAME - 8)) != []
    assert split_name("B12 1 mg" + " " * (LONGEST_NAME - 7)) == []


@pytest.mark.parametrize(
    ("name", "container"),
    [
        ("Hydroxocobalamin 1 mg/ml, 2 ml ampoule", 2),
        ("Hydroxocobalamin 1 mg/ml 0,5 ml", Decimal("0.5")),
        ("Hydroxocobalamin 1 mg/ml", None),
        ("Hydroxocobalamin 1 ml or 2 ml", None),
    ],
)
def test_the_millilitres_of_one_ampoule(name: str, container: Decimal | None) -> None:
    assert read_container(split_name(name)) == container


def ratio(amount: Any, unit: str, per: Any, of: str) -> dict[str, Any]:
    denominator = {"unit": of} if per is None else {"value": per, "unit": of}
    return {"numerator": {"value": amount, "unit": unit}, "denominator": denominator}


@pytest.mark.parametrize(
    ("stated", "strength"),
    [
        (ratio(1, "mg", 1, "mL"), Strength(Decimal(1000), True)),
        (ratio(10, "mg", 2, "mL"), Strength(Decimal(5000), True)),
        (ratio(1, "mg", None, "tablet"), Strength(Decimal(1000))),
        (ratio(50, "ug", 1, "tablet"), Strength(Decimal(50))),
        (ratio(0, "mg", 1, "mL"), None),
        (ratio(-1, "mg", 1, "mL"), None),
        (ratio(1, "mg", 0, "mL"), None),
        (ratio(1, "mg", -1, "mL"), None),
        (ratio(1, "IU", 1, "mL"), None),
        (ratio("much", "mg", 1, "mL"), None),
        ({}, None),
    ],
)
def test_a_ratio_is_an_amount_in_a_millilitre_or_a_piece(
    stated: dict[str, Any], strength: Strength | None
) -> None:
    assert read_ratio(stated) == strength


@pytest.mark.parametrize(
    ("quantity", "unit"),
    [
        ({"code": "ug", "unit": "micrograms"}, "ug"),
        ({"unit": "Micrograms"}, "micrograms"),
        ({"code": "mg{total}"}, "mg"),
        ({"code": "{tbl}"}, "{tbl}"),
        ({"code": "G", "unit": "g"}, "g"),
        ({"code": "G"}, ""),
        ({}, ""),
    ],
)
def test_the_unit_is_spelt_by_its_code_first(quantity: dict[str, Any], unit: str) -> None:
    assert spelt_unit(quantity) == unit


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("1.000 µg i.m. alle 3 Monate", [(1000, "ug")]),
        ("1 000 µg IM tous les 3 mois", [(1000, "ug")]),
        ("1,000 mcg monthly", [(1000, "ug")]),
        ("0,5 mg monatlich", [(Decimal("0.5"), "mg")]),
        ("0,500 mg monatlich", [(Decimal("0.500"), "mg")]),
        ("1.000 mg monthly", [(1, "mg")]),
    ],
)
def test_the_words_of_a_dosage_read_numbers_as_names_do(text: str, amounts: list[Any]) -> None:
    read = read_written(text, ()).amounts
    units = {"µg": "ug", "μg": "ug", "mcg": "ug"}
    assert [(number, units.get(unit, unit)) for number, unit in read] == amounts


@pytest.mark.parametrize(
    "text", ["take 1 500 mcg tablet", "12 100 µg", "2.450 µg", "1.000 tablets"]
)
def test_what_may_be_two_numbers_or_a_decimal_stays_as_it_is(text: str) -> None:
    assert plain_numbers(fold(text)) == fold(text)
