"""What of a text nothing denies: the rest of an answer is not lost with a denial, nor does a denial
lose its list (Q1, Q27).
"""

from __future__ import annotations

import pytest

from fhir_mappings.said.affirmed import affirmed_in


@pytest.mark.parametrize(
    ("text", "affirmed"),
    [
        ("CKD stage 4 not on dialysis", ["ckd stage 4"]),
        ("Dialysis patient - no BP left arm", ["dialysis patient"]),
        ("No chest pain. Numb feet for 3 months", ["Numb feet for 3 months"]),
        ("No diabetes, CKD 4", ["CKD 4"]),
        ("numb feet, no chest pain", ["numb feet"]),
        ("Gait normal but unsteady on turning", ["unsteady on turning"]),
        ("Power normal, gait unsteady", ["gait unsteady"]),
        ("no history of haemophilia, has CKD 4", ["has CKD 4"]),
        ("Absent ankle jerks", ["Absent ankle jerks"]),
    ],
)
def test_what_stands_beside_a_denial_is_said(text: str, affirmed: list[str]) -> None:
    assert list(affirmed_in(text)) == affirmed


@pytest.mark.parametrize(
    "text",
    [
        "Denies numbness, tingling, weakness",
        "No history of haemophilia, kidney disease, blood thinners",
        "no numbness, tingling or weakness",
        "Kidney disease: no",
        "Gait steady",
        "Gait and stance normal",
        "Romberg test negative",
        "numbness absent",
        "keine Taubheit",
        "",
    ],
)
def test_what_is_denied_or_well_is_not(text: str) -> None:
    assert list(affirmed_in(text)) == []


def test_advice_to_everybody_is_left_out_where_a_laboratory_writes() -> None:
    text = "Chronic atrophic gastritis, no dysplasia. If neuropathy is present, treat at once."
    assert list(affirmed_in(text, but_advice=True)) == ["Chronic atrophic gastritis"]
