"""A medicine or an allergen is understood as none of ours by a known name in it; words of a
language alone name nothing (Q26).
"""

from __future__ import annotations

import pytest

from recommender.language import Because, HintAt
from tests.fhir_mappings.noise import as_resource, map_words, noisy_entries, open_facts


@pytest.mark.parametrize(
    "text",
    [
        "As per discharge letter",
        "Take as directed by consultant",
        "one daily",
        "Medicine for blood",
        "Injections from practice nurse",
        "Weekly tablet for arthritis",
        "Chemotherapy",
        "Study medication",
        "Vitamin tablets",
        "Food supplement",
        "jab",
    ],
)
def test_words_without_a_name_may_be_any_medicine(text: str) -> None:
    scenario = map_words(as_resource("medicine", text))
    assert scenario.methotrexate.because is Because.NOT_UNDERSTOOD
    assert scenario.b12_supplement_before_test.is_unknown


@pytest.mark.parametrize(
    "text", ["Medicine taken in 2010", "Red medicine", "Tonic", "Shot", "Something at the dentist"]
)
def test_they_may_be_any_allergen_too(text: str) -> None:
    assert map_words(as_resource("allergy", text)).allergy_fact.is_unknown


@pytest.mark.parametrize(
    "text",
    ["Home oxygen", "Test strips", "Eye drops", "Vitamin D 800 units", "Iron supplement", "Qtern"],
)
def test_what_is_no_medicine_of_ours_is_understood(text: str) -> None:
    assert open_facts(map_words(as_resource("medicine", text))) == []


SPOKEN = ("da", "de", "es", "fr", "it", "nl", "no", "pt", "sv")


@pytest.mark.parametrize(
    ("language", "spoken"), [("en", ()), ("en-2", ()), *((one, (one,)) for one in SPOKEN)]
)
def test_everyday_entries_leave_nothing_open(language: str, spoken: tuple[str, ...]) -> None:
    assert not any(noisy_entries(language, spoken).values())


@pytest.mark.parametrize("text", ["vial and needles", "Ampoule 1 ml with needle"])
def test_a_vial_without_a_name_may_hold_anything(text: str) -> None:
    assert map_words(as_resource("medicine", text)).anticoagulant_fact.is_unknown


@pytest.mark.parametrize("text", ["Valsartan/HCT", "Lipitor 20", "EpiPen", "Euthyrox 100"])
def test_brands_of_other_medicines_and_joined_names_leave_nothing_open(text: str) -> None:
    assert open_facts(map_words(as_resource("medicine", text))) == []


@pytest.mark.parametrize("text", ["Depo-Cobolin", "Depo injection", "Ensure given monthly"])
def test_parts_of_brands_do_not_make_a_medicine_a_known_one(text: str) -> None:
    assert open_facts(map_words(as_resource("medicine", text)))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Syndrome du canal carpien"),
        ("es", "Fractura de muñeca"),
        ("nl", "Oorsuizen"),
        ("sv", "Handledsfraktur"),
        ("da", "Urinsyregigt"),
        ("no", "Håndleddsbrudd"),
        ("it", "Infarto miocardico"),
        ("pt", "Infeção urinária"),
        ("de", "Herzschwäche"),
    ],
)
def test_everyday_entries_in_the_language_of_a_site_leave_nothing_open(
    language: str, text: str
) -> None:
    assert open_facts(map_words(as_resource("problem", text), spoken=(language,))) == []
    assert open_facts(map_words(as_resource("problem", text)))


@pytest.mark.parametrize(
    "text",
    [
        "Factor Xa inhibitor",
        "Direct thrombin inhibitor",
        "Vitamin K antagonist",
        "Vitamin-K-Antagonist",
        "Faktor-Xa-Hemmer",
        "Antagonista de la vitamina K",
        "VKA",
    ],
)
def test_a_class_of_anticoagulants_is_asked_about(text: str) -> None:
    scenario = map_words(as_resource("medicine", text))
    assert [hint.at for hint in scenario.hints] == [HintAt.ANTICOAGULANT]
    assert scenario.anticoagulant_fact.is_unknown


def test_an_antagonist_of_folate_is_no_folic_acid() -> None:
    scenario = map_words(as_resource("medicine", "Folate antagonist"))
    assert scenario.orders == ()
    assert scenario.methotrexate.is_unknown


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Nuts and injection"),
        ("en", "Egg and injections at surgery"),
        ("de", "Nüsse und Spritze"),
        ("de", "Penicillin und rote Spritze"),
        ("it", "Penicillina, puntura per anemia"),
        ("fr", "Noix et piqûre"),
        ("sv", "Nötter och spruta"),
    ],
)
def test_an_injection_without_a_name_beside_an_allergen_may_be_vitamin_b12(
    language: str, text: str
) -> None:
    scenario = map_words(as_resource("allergy", text), spoken=("en", language))
    assert scenario.allergy_fact.is_unknown


@pytest.mark.parametrize("text", ["Iron injection", "Nuts, egg", "Penicillin injections"])
def test_an_injection_of_what_is_named_is_another_allergen(text: str) -> None:
    assert map_words(as_resource("allergy", text)).allergy_fact.is_false


@pytest.mark.parametrize("text", ["White tablet", "House supply", "Local medicine", "Sun tablets"])
def test_a_food_or_a_thing_of_the_surroundings_is_no_name_of_a_medicine(text: str) -> None:
    assert map_words(as_resource("medicine", text)).anticoagulant_fact.is_unknown


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("No information about problems", ()),
        ("See clinic letter", ()),
        ("Scanned document", ()),
        ("Problem list not available", ()),
        ("Not recorded", ()),
        ("Keine Informationen über Diagnosen", ("de",)),
        ("Siehe Arztbrief", ("de",)),
        ("Aucune information sur les problèmes", ("fr",)),
        ("Geen informatie over problemen", ("nl",)),
        ("Ingen information om problem", ("sv",)),
    ],
)
def test_that_nothing_is_known_is_no_list_of_none_Q26(text: str, spoken: tuple[str, ...]) -> None:
    """The first is how the International Patient Summary writes an empty list."""
    scenario = map_words(as_resource("problem", text), spoken=spoken)
    assert scenario.lebers.is_unknown
    assert scenario.bleeding_disorder.is_unknown


@pytest.mark.parametrize("text", ["No known problems", "Gout", "Patient information leaflet given"])
def test_that_there_are_none_and_everyday_entries_are(text: str) -> None:
    assert map_words(as_resource("problem", text)).lebers.is_false
