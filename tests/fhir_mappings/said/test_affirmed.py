"""What of a text nothing denies: the rest of an answer is not lost with a denial, nor does a denial
lose its list (Q1, Q27).
"""

from __future__ import annotations

import pytest

from fhir_mappings.said.affirmed import affirmed_in, without_finding


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
        ("Denies numbness, CKD 4", ["CKD 4"]),
        ("Denies numbness or tingling, apixaban 5 mg bd", ["apixaban 5 mg bd"]),
        ("Denies numbness, patient is on haemodialysis", ["patient is on haemodialysis"]),
        ("No history of haemophilia, takes warfarin", ["takes warfarin"]),
        ("No medication other than warfarin", ["warfarin"]),
        ("Nil of note apart from CKD 4", ["CKD 4"]),
        ("Keine Medikamente außer Marcumar", ["Marcumar"]),
        ("Aucun traitement sauf Xarelto", ["Xarelto"]),
        ("Geen medicatie behalve acenocoumarol", ["acenocoumarol"]),
        ("Ingen medisiner utenom Marevan", ["Marevan"]),
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
        "No history of haemophilia, factor 8 deficiency",
        "Denies bleeding, B12 treatment",
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


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Findings consistent with pernicious anaemia.", "pernicious anaemia"),
        ("Appearances are in keeping with a peripheral neuropathy", "peripheral neuropathy"),
        ("Autoimmune gastritis on biopsy", "Autoimmune gastritis"),
        ("Final diagnosis: autoimmune gastritis", "autoimmune gastritis"),
        ("Befund vereinbar mit perniziöser Anämie", "perniziöser Anämie"),
        ("Aspect compatible avec une maladie de Biermer", "une maladie de Biermer"),
        ("Tyder på perniciös anemi", "perniciös anemi"),
        ("Pernicious anaemia", "Pernicious anaemia"),
    ],
)
def test_a_report_says_what_it_finds_and_by_what(text: str, found: str) -> None:
    assert without_finding(text) == found
