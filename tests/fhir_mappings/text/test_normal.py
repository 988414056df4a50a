"""The form in which words are compared."""

from __future__ import annotations

import pytest

from fhir_mappings.text import normalise_text


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Thrombocytopenia (HCC)", "thrombocytopenia"),
        ("Pernicious anemia (CMS/HCC)", "pernicious anemia"),
        ("Mild cognitive impairment (CMS-HCC)", "mild cognitive impairment"),
        ("Dementia (HHS/HCC)", "dementia"),
        ("Morbid obesity (CMS/HHS-HCC)", "morbid obesity"),
        ("Type 2 diabetes mellitus (RxHCC) (HCC)", "type 2 diabetes mellitus"),
        ("Heart failure (HCC 85)", "heart failure"),
        ("AKI (acute kidney injury) (HCC) 2021", "aki acute kidney injury 2021"),
        ("Crohn's disease [HCC]", "crohn s disease"),
        ("HCC", "hcc"),
        ("(HCC)", "hcc"),
        ("HCC, resected", "hcc resected"),
        ("Cirrhosis with HCC", "cirrhosis with hcc"),
    ],
)
def test_the_flag_for_risk_behind_a_diagnosis_is_no_word_of_it(text: str, normal: str) -> None:
    assert normalise_text(text) == normal
