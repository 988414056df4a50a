"""Words that are each known, and together speak of what a closed fact is about, are not "of no
interest": a list that holds them concludes no "none" (Q26).
"""

from __future__ import annotations

import pytest

from fhir_mappings.terminology.words import is_a_name, is_understood
from recommender.language import Truth
from tests.fhir_mappings.records import condition, scenario_of

OPEN = [
    ("en", "removal of the whole stomach"),
    ("en", "small bowel operation 2015"),
    ("en", "weight loss operation"),
    ("en", "poor kidneys"),
    ("en", "solitary kidney"),
    ("en", "blood does not clot"),
    ("en", "inherited eye nerve disease"),
    ("en", "bad reaction after vitamin injection"),
    ("en", "breaking down of red cells"),
    ("de", "Zustand nach Operation des Magens"),
    ("de", "chronische Erkrankung der Nieren"),
    ("de", "Stoerung der Nieren"),
    ("de", "schwere Störung der Blutgerinnung"),
    ("de", "Operation wegen Übergewicht"),
    ("de", "Allergie gegen Vitamin B"),
    ("fr", "ablation d'une partie de l'intestin"),
    ("fr", "insuffisance des reins"),
    ("fr", "chirurgie de l'obésité"),
    ("es", "enfermedad crónica del riñón"),
    ("es", "cirugía del estómago"),
    ("it", "malattia dei reni"),
    ("it", "asportazione dello stomaco"),
    ("nl", "stoornis van de bloedstolling"),
    ("nl", "erfelijke ziekte van de oogzenuw"),
    ("pt", "remoção do estômago"),
    ("sv", "kronisk sjukdom i njurarna"),
    ("sv", "operation för fetma"),
    ("da", "operation af mavesækken"),
    ("no", "kronisk sykdom i nyrene"),
]

OF_NO_INTEREST = [
    ("en", "kidney stone"),
    ("en", "vitamin D deficiency"),
    ("en", "stomach ache"),
    ("en", "knee operation"),
    ("en", "overweight"),
    ("en", "high blood pressure"),
    ("de", "Operation am Knie"),
    ("de", "Adipositas"),
    ("fr", "reflux gastro-oesophagien"),
    ("es", "dolor de estómago"),
    ("nl", "nierstenen"),
]


@pytest.mark.parametrize(("language", "text"), OPEN)
def test_what_such_words_say_is_not_known_Q26(language: str, text: str) -> None:
    assert not is_understood(text, (language,))


@pytest.mark.parametrize(("language", "text"), OF_NO_INTEREST)
def test_the_name_of_a_thing_of_no_interest_is_understood(language: str, text: str) -> None:
    assert is_understood(text, (language,))


@pytest.mark.parametrize("text", [text for language, text in OPEN if language == "en"])
def test_a_problem_list_with_such_an_entry_concludes_no_none_Q26(text: str) -> None:
    scenario = scenario_of(condition("", code={"text": text}))

    assert scenario.lebers.truth is not Truth.FALSE
    assert scenario.bleeding_disorder.truth is not Truth.FALSE


@pytest.mark.parametrize(
    "text",
    [
        "hydroxo",
        "all injections",
        "monthly injection for anaemia",
        "anemia injection",
        "vitamin B shots",
        "metal allergy",
        "preservatives",
        "complexe B",
        "complejo b",
    ],
)
def test_such_words_are_no_name_of_another_substance_Q26(text: str) -> None:
    assert not is_a_name(text, ("en",))


@pytest.mark.parametrize(
    "text", ["penicillin", "peanut", "latex", "Depo-Provera injection", "amlodipine 5 mg"]
)
def test_the_name_of_another_substance_is_one(text: str) -> None:
    assert is_a_name(text, ("en",))
