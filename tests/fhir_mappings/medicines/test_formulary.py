"""The formulary of a site: what is refused, and why."""

from __future__ import annotations

import pytest

from fhir_mappings.medicines.formulary import read_formulary

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
