"""Words that are each known, and speak of what a closed fact is about, are not "of no interest": a
list that holds them concludes no "none" (Q26). Some 600 phrases in ten languages, as people write
them, and a hundred of no interest, which are not to leave lists open.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from fhir_mappings.judging.plain_words import (
    is_a_name,
    is_another_substance,
    is_in_language,
    is_understood,
    load_vocabulary,
)
from fhir_mappings.terminology import LANGUAGES, Field, read_words
from recommender.language import HintAt, RecordArea, Truth
from tests.fhir_mappings.noise import as_resource, map_words
from tests.fhir_mappings.records import allergy, condition, scenario_of

with (Path(__file__).parent / "phrases.csv").open(encoding="utf-8", newline="") as file:
    PHRASES = list(csv.DictReader(file))

with (Path(__file__).parent / "hinted.csv").open(encoding="utf-8", newline="") as file:
    HINTED = [(row["language"], row["at"], row["text"]) for row in csv.DictReader(file)]

OPEN = [(row["language"], row["text"]) for row in PHRASES if row["kind"] == "open"]
OF_NO_INTEREST = [(row["language"], row["text"]) for row in PHRASES if row["kind"] != "open"]


def says_something(text: str) -> bool:
    """Return whether wordings of ours stand in a text."""
    fields = (Field.CONDITIONS, Field.PROCEDURES, Field.DRUGS)
    read = [read_words(text, field) for field in fields]
    return any(item.decided or item.shown for item in read)


def test_phrases_of_ten_languages_are_held() -> None:
    assert len(OPEN) > 590
    assert {language for language, _ in OPEN} == {
        "da", "de", "en", "es", "fr", "it", "nl", "no", "pt", "sv"
    }  # fmt: skip


@pytest.mark.parametrize("language", sorted({language for language, _ in OPEN}))
def test_what_such_words_say_is_not_known_Q26(language: str) -> None:
    taken = [
        text
        for spoken, text in OPEN
        if spoken == language and is_understood(text, ("en", language)) and not says_something(text)
    ]
    assert taken == []


@pytest.mark.parametrize("language", sorted({language for language, _ in OF_NO_INTEREST}))
def test_the_name_of_a_thing_of_no_interest_is_understood_Q26(language: str) -> None:
    left_open = [
        text
        for spoken, text in OF_NO_INTEREST
        if spoken == language and not is_understood(text, ("en", language))
    ]
    assert left_open == []


@pytest.mark.parametrize(
    "text",
    [
        "removal of the whole stomach",
        "solitary kidney",
        "blood does not clot",
        "eats only plants",
        "gas from balloons",
        "conceived in May",
        "inherited loss of eyesight",
    ],
)
def test_a_problem_list_with_such_an_entry_concludes_no_none_Q26(text: str) -> None:
    scenario = scenario_of(condition("", code={"text": text}))

    assert scenario.lebers.truth is Truth.UNKNOWN
    assert scenario.bleeding_disorder.truth is Truth.UNKNOWN


def test_three_plain_problems_are_judged_by_their_words_Q26() -> None:
    texts = ("tennis elbow", "recurrent sore throats", "kidney stone")
    problems = [
        condition("", f"p{number}", code={"text": text}) for number, text in enumerate(texts)
    ]
    scenario = scenario_of(*problems)

    assert scenario.list_of(RecordArea.CONDITIONS).by_words == 3
    assert scenario.lebers.truth is Truth.FALSE


@pytest.mark.parametrize(
    "text",
    [
        "Cervical spondylosis without myelopathy",
        "Lumbar disc disorder without radiculopathy or myelopathy",
        "Spondylosis w/o myelopathy or radiculopathy, lumbar region",
    ],
)
def test_a_disease_of_the_spine_without_myelopathy_is_no_nerve_sign(text: str) -> None:
    scenario = scenario_of(condition("", code={"text": text}))

    assert scenario.hints == ()
    assert scenario.lebers.truth is Truth.FALSE


@pytest.mark.parametrize(
    "text",
    [
        "Cervical spondylosis with myelopathy",
        "Myelopathy",
        "Spondylosis without myelopathy, numbness of both feet",
    ],
)
def test_with_it_or_with_another_sign_it_is_asked_about_Q28(text: str) -> None:
    hints = scenario_of(condition("", code={"text": text})).hints

    assert [hint.at for hint in hints] == [HintAt.NEUROLOGY]


@pytest.mark.parametrize(
    "text",
    [
        "history of surgery",  # what is left says nothing
        "chronic disease of the left",
        "Imerslund disease",
        "total gastrectmy in hospital",  # a slip
        "preganncy booking visit",
        "stomach, kidney stone",  # a phrase of no interest, and a word beside it
        "kidney stone, kidney failure",
        "pain of the …",
        "x" * 2001,
    ],
)
def test_what_cannot_be_read_whole_is_not_understood_Q26(text: str) -> None:
    assert not is_understood(text, ("en",))


def test_at_most_the_lesser_part_of_what_is_said_may_be_unknown_Q26() -> None:
    assert is_in_language("pain and fever after Xyzzy", ("en",))
    assert not is_in_language("pain after Xyzzy", ("en",))


@pytest.mark.parametrize(
    "text",
    [
        "hydroxo",
        "all injections",
        "red injection",
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
    assert not is_another_substance(text, ("en",))


@pytest.mark.parametrize(
    "text",
    ["Hepavit", "Vicapan N", "Triobe", "Benexol", "Milgamma", "Becozyme", "Vibisone", "Tribedoce",
     "Bedoyecta", "Rubisol", "Pabrinex", "Xobaline", "rash and swelling after Rubisol"],
)  # fmt: skip
def test_a_name_in_no_list_may_be_a_brand_of_vitamin_B12_Q26(text: str) -> None:
    """In a list of allergies such a name leaves open whether there is one to vitamin B12."""
    assert not is_another_substance(text, ("en",))
    entry = allergy("")
    entry["code"] = {"text": text}
    assert scenario_of(entry).allergy_fact.truth is Truth.UNKNOWN


@pytest.mark.parametrize(
    "text",
    ["penicillin", "Penicillin V", "amoxicilline", "co-trimoxazole", "Sulfonamides", "NSAIDs",
     "Codeine phosphate", "peanut", "cow's milk protein", "shellfish", "Erdnuss", "latex gloves",
     "house dust mites", "bee stings", "grass pollen", "iodine contrast", "Elastoplast", "statins",
     "ACE inhibitors", "atorvastatin", "Depo-Provera injection", "amlodipine 5 mg", "Nickel",
     "Allergie gegen Penicillin", "Alergia a la penicilina"],
)  # fmt: skip
def test_the_name_of_another_substance_is_one(text: str) -> None:
    assert is_another_substance(text, ("en", "de", "es"))
    entry = allergy("")
    entry["code"] = {"text": text}
    entry["language"] = "es" if text.startswith("Alergia") else "de"
    assert scenario_of(entry).allergy_fact.truth is Truth.FALSE


@pytest.mark.parametrize("language", sorted({language for language, *_ in HINTED}))
def test_what_may_be_a_fact_is_asked_about_as_people_write_it_Q27(language: str) -> None:
    silent = [
        (at, text)
        for spoken, at, text in HINTED
        if spoken == language
        and not map_words(as_resource("problem", text), spoken=("en", language)).hints_at(
            HintAt[at]
        )
    ]
    assert silent == []


def test_several_hundred_such_texts_are_held() -> None:
    assert len(HINTED) > 1150
    assert len({language for language, *_ in HINTED}) == 10


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Visual loss"),
        ("en", "Sudden loss of vision"),
        ("de", "Plötzlicher Sehverlust"),
        ("fr", "Perte de la vue"),
        ("es", "Pérdida visual"),
        ("it", "Perdita visiva improvvisa"),
        ("pt", "Perda de visão"),
        ("nl", "Visusverlies"),
        ("da", "Synstab"),
        ("no", "Synstap"),
        ("sv", "Synförlust"),
    ],
)
def test_a_loss_of_sight_is_a_sign_of_the_nerves_and_leaves_Lebers_disease_open(
    language: str, text: str
) -> None:
    scenario = map_words(as_resource("problem", text), spoken=(language,))

    assert [hint.at for hint in scenario.hints] == [HintAt.NEUROLOGY]
    assert scenario.lebers.truth is Truth.UNKNOWN


@pytest.mark.parametrize("text", ["Gangstoerung", "Foelelsesloeshed", "Gaangsvaarigheter"])
def test_letters_written_as_two_point_at_a_sign_and_decide_nothing(text: str) -> None:
    scenario = map_words(as_resource("problem", text), spoken=("de", "da", "sv"))

    assert scenario.hints_at(HintAt.NEUROLOGY)
    assert scenario.neurological_findings == ()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Seen in coordination with GP"),
        ("en", "Facial nerve disorder"),
        ("en", "Vibration white finger"),
        ("en", "Weight loss intervention"),
        ("en", "Beta-haemolytic streptococcus"),
        ("en", "Pregnancy test negative"),
        ("en", "Coronary by-pass graft"),
        ("de", "Nervosität"),
        ("fr", "Aréflexie vestibulaire"),
        ("fr", "Ulcère variqueux opéré"),
        ("es", "Nerviosismo"),
        ("pt", "Desequilíbrio hidroeletrolítico"),
        ("it", "By-pass coronarico"),
        ("sv", "Om tunga lyft"),
        ("en", "Number of fingers"),
        ("en", "Burn of hand"),
        ("en", "Heparin allergy"),
        ("de", "Verbrennung der Hand"),
        ("fr", "Brûlure de la main"),
        ("es", "Ardor de estómago"),
        ("nl", "Rusteloze benen bij slapen"),
        ("da", "Stiksår i hånd"),
        ("sv", "Nålstick i fingret"),
        ("en", "Large bowel resection"),
        ("de", "Magen-Darm-Infekt"),
        ("es", "Osteomielitis"),
        ("de", "Schwindel und Taumel"),
        ("pt", "Pequeno para a idade gestacional"),
    ],
)
def test_what_only_sounds_like_one_is_not_asked_about(language: str, text: str) -> None:
    assert map_words(as_resource("problem", text), spoken=(language,)).hints == ()


OF_ONE_LANGUAGE = sorted(set(LANGUAGES) - {"en"})


@pytest.mark.parametrize("language", OF_ONE_LANGUAGE)
def test_no_list_of_everyday_words_holds_one_that_points_at_a_fact(language: str) -> None:
    pointing = {
        word
        for word in load_vocabulary(language)
        if says_something(word) or word.startswith(("neurolog", "nevrolog"))
    }
    assert pointing <= {"leber", "allergi"}, "an organ in German; allergy in the Nordic languages"
