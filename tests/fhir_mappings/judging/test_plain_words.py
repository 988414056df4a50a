"""Small things on which it hangs whether a text was understood."""

from __future__ import annotations

import pytest

from fhir_mappings.judging import Understood, is_negative, judge, meaningful_texts
from fhir_mappings.judging.plain_words import (
    forget_texts,
    is_a_name,
    is_another_substance,
    is_in_language,
    is_understood,
    load_vocabulary,
)
from fhir_mappings.terminology import Concept, Field, TerminologyError
from tests.fhir_mappings.records import ICD_10_CM, SNOMED, VALUE_SETS, concept

ENGLISH = ("en",)
CONDITIONS = (Field.CONDITIONS, Field.PROCEDURES)


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("pain and fever after kidny", False),
        ("pain and fever after hemophelia", False),
        ("pain and fever after dialisys", False),
        ("pain and fever after vegeterian", False),
        ("pain and fever after anticoagulent", False),
        ("pain and fever after kidn", True),  # too short to be told
        ("pain and fever after Xyzzyqw", True),
        ("pain and fever after Xyzzy", True),
    ],
)
def test_a_slip_of_a_name_that_counts_is_no_unknown_word(text: str, understood: bool) -> None:
    assert is_in_language(text, ENGLISH) is understood


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("pain", True),
        ("flu", True),
        ("uk", False),
        ("", False),
        ("12 34", False),
        ("高血圧と診断された pain", False),
        ("pain é", True),
        ("pain ...", False),
        ("pain…", False),
    ],
)
def test_what_is_too_little_foreign_or_cut_is_not_in_a_language(
    text: str, understood: bool
) -> None:
    assert is_in_language(text, ENGLISH) is understood


def test_one_language_of_the_record_is_enough() -> None:
    assert not is_in_language("Bluthochdruck", ENGLISH)
    assert is_in_language("Bluthochdruck", ("en", "de"))


def test_a_list_of_an_unknown_language_is_refused() -> None:
    with pytest.raises(TerminologyError, match="no word list of language 'xx', only of da, de"):
        load_vocabulary("xx")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Omeprazole 20 mg gastro-resistant capsules", True),  # words of problems are not asked
        ("Lisinopril", True),
        ("tablets as before", False),
        ("Tabletten wie bisher", False),
        ("Lisinopril gegen Bluthochdruck", False),  # a phrase in a language not of the record
        ("12345", False),
        ("Lisinopril ...", False),
        ("vitamin injection", False),
    ],
)
def test_what_can_be_the_name_of_a_medicine(text: str, named: bool) -> None:
    assert is_a_name(text, ENGLISH) is named


@pytest.mark.parametrize(
    ("text", "another"),
    [
        ("Ampicillin", True),
        ("Ampicilline", True),
        ("Ramipril 5 mg tablets", True),
        ("tablets", False),
        ("allergy", False),
        ("peanut ...", False),
        ("peanut and Xyzzy", False),
        ("peanut" * 400, False),
    ],
)
def test_what_names_another_substance(text: str, another: bool) -> None:
    assert is_another_substance(text, ENGLISH) is another


def test_a_negative_is_a_whole_text_of_some_length() -> None:
    assert is_negative("No known drug allergies")
    assert is_negative("No known drug allergy (situation)")
    assert not is_negative("No known drug allergies, but see letter")
    assert not is_negative("No known drug allergies (except penicillin)")
    assert not is_negative("no known allergies" + " " * 200)


def test_words_beside_an_ambiguous_code_decide_and_beside_a_certain_one_only_show() -> None:
    said = "Leber hereditary optic neuropathy"
    ambiguous = judge(VALUE_SETS, concept(ICD_10_CM, "H47.22", text=said), CONDITIONS)
    certain = judge(VALUE_SETS, concept(SNOMED, "84027009", text=said), CONDITIONS)

    assert {match.concept for match in ambiguous.matches} == {Concept.LHON}
    assert {match.matched_by for match in ambiguous.matches} == {"text"}
    assert Concept.LHON not in {match.concept for match in certain.matches}
    assert [item.concept for item in certain.shown] == [Concept.LHON]
    assert ambiguous.understood is certain.understood is Understood.BY_CODE


def test_a_concept_is_shown_once_with_the_first_words_that_show_it() -> None:
    judged = judge(VALUE_SETS, {"text": "?haemophilia"}, CONDITIONS, ["haemophilia in family"])
    shown = [item for item in judged.shown if item.concept is Concept.HAEMOPHILIA_BLEEDING]

    assert [item.text for item in shown] == ["?haemophilia"]
    assert judged.understood is Understood.BY_WORDS


def test_what_only_looks_alike_is_not_shown() -> None:
    assert judge(VALUE_SETS, {"text": "?Leber congenital amaurosis"}, CONDITIONS).shown == ()


def test_the_name_of_a_code_without_meaning_is_no_text() -> None:
    assert meaningful_texts(VALUE_SETS, concept(SNOMED, "64572001", "Disease")) == ()
    assert meaningful_texts(VALUE_SETS, {"text": "Transfer-degraded record entry"}) == ()
    assert meaningful_texts(VALUE_SETS, {"text": "Asthma"}) == ("Asthma",)


def test_nothing_of_a_text_is_kept_after_a_record_was_read() -> None:
    assert is_understood("tennis elbow of Mrs Xyzzy at home", ENGLISH)
    is_a_name("Lisinopril", ENGLISH)
    is_another_substance("peanut", ENGLISH)
    forget_texts()

    for remembered in (is_understood, is_in_language, is_a_name, is_another_substance):
        assert remembered.cache_info().currsize == 0
