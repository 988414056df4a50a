"""The formulary of a site: what is refused, and why (I11, Q62)."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_mappings.formulary import BUILT_IN, read_formulary
from fhir_mappings.terminology import ATC, RXNORM, SNOMED

PRODUCT = {
    "substance": "hydroxocobalamin",
    "route": "IM",
    "strength": "1 mg/mL",
    "text": "Hydroxocobalamin 1 mg/mL solution for injection",
}


@pytest.mark.parametrize("strength", ["1 mg/mL", "1000 micrograms/mL", "5 mg/mL", "9.9 mg", ""])
def test_a_product_for_replacement_is_taken(strength: str) -> None:
    rows, problems = read_formulary([PRODUCT | {"strength": strength, "text": "Hydroxocobalamin"}])
    assert (len(rows), problems) == (1, [])


@pytest.mark.parametrize(
    "slip",
    [
        {"strength": "5 g"},
        {"strength": "1000 mg/mL"},
        {"strength": "10 mg/mL"},
        {"text": "Cyanokit 5 g powder for solution"},
    ],
)
def test_the_antidote_and_a_slip_of_unit_are_refused_I11(slip: dict[str, str]) -> None:
    rows, problems = read_formulary([PRODUCT | slip])
    assert rows == ()
    assert problems == [
        "[0].strength: found 10 mg or more in one mL or piece, expected a product for replacement, "
        "which holds 1 mg or so."
    ]


NAMED = {
    "substance": "hydroxocobalamin",
    "route": "IM",
    "strength": "1 mg/mL",
    "text": "Hydroxocobalamin 1 mg/mL solution for injection",
}


def problems_with(**changes: Any) -> str:
    return " ".join(read_formulary([{**NAMED, **changes}])[1])


def coded(system: str, code: str, display: str = "") -> dict[str, Any]:
    return {"codings": [{"system": system, "code": code, "display": display}]}


@pytest.mark.parametrize(
    ("system", "code"),
    [(RXNORM, "5514"), (ATC, "B03BA03"), (SNOMED, "327529002"), ("urn:site", "X1"), (RXNORM, "1")],
)
def test_codes_of_the_product_and_codes_that_nobody_knows_are_taken(system: str, code: str) -> None:
    assert problems_with(**coded(system, code)) == ""


OTHERS = {
    "folic acid by RxNorm": (RXNORM, "4511", "folic acid"),
    "folic acid by SNOMED CT": (SNOMED, "63718003", "folic acid"),
    "folic acid by ATC": (ATC, "B03BB01", "folic acid"),
    "cyanocobalamin by RxNorm": (RXNORM, "11248", "cyanocobalamin"),
    "tablets of cyanocobalamin": (RXNORM, "309593", "cyanocobalamin"),
    "cyanocobalamin by ATC": (ATC, "B03BA01", "cyanocobalamin"),
    "metformin by RxNorm": (RXNORM, "6809", "another medicine"),
    "metformin by ATC": (ATC, "A10BA02", "another medicine"),
    "an antibiotic by ATC": (ATC, "J01CA04", "another medicine"),
}


@pytest.mark.parametrize(("system", "code", "what"), OTHERS.values(), ids=OTHERS)
def test_a_code_of_another_product_is_refused_with_its_place_Q62(
    system: str, code: str, what: str
) -> None:
    own = {"system": RXNORM, "code": "5514"}
    for display in ("", "Hydroxocobalamin 1 mg/mL"):
        other = {"system": system, "code": code, "display": display}
        problems = read_formulary([{**NAMED, "codings": [own, other]}])[1]
        assert problems
        assert "coding" in problems[0]
        assert what in problems[0] or "vitamin B12" in problems[0]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Folic acid 5 mg/mL solution for injection", "folic acid"),
        ("Methotrexate injection", "another medicine"),
        ("Metformin", "another medicine"),
    ],
)
def test_a_name_of_another_product_is_refused_Q62(text: str, what: str) -> None:
    assert what in problems_with(text=text, strength="")


@pytest.mark.parametrize("strength", ["strong", "1000 IU/mL", "1 %", "1", "1 mcg/mL", "9 mcg"])
def test_a_strength_that_is_none_or_a_slip_of_unit_is_refused_Q62(strength: str) -> None:
    assert "strength" in problems_with(strength=strength, text="Hydroxocobalamin injection")


@pytest.mark.parametrize("strength", ["", "10 mcg", "1000 mcg/mL", "1 mg/mL", "0.5 mg/mL"])
def test_a_strength_that_can_be_read_is_taken(strength: str) -> None:
    assert problems_with(strength=strength, text="Hydroxocobalamin injection") == ""


def test_the_built_in_products_pass_their_own_readers_Q62() -> None:
    for row in BUILT_IN:
        codings = [{"system": one.system, "code": one.code} for one in row.codings]
        site = {
            "substance": row.substance.value,
            "route": row.route.value,
            "strength": row.strength,
            "text": row.text,
            "codings": codings,
        }
        assert read_formulary([site])[1] == []
