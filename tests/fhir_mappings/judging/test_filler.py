"""Words with which systems fill a field say nothing, and silence no word beside them."""

import pytest

from fhir_mappings.judging import Understood, judge
from fhir_mappings.judging.plain_words import is_a_name
from fhir_mappings.terminology import Concept, Field, load_value_sets

VALUE_SETS = load_value_sets()


def understood(display: str, text: str) -> Understood:
    coding = {"system": "https://hospital.example/codes", "code": "X1", "display": display}
    return judge(VALUE_SETS, {"coding": [coding], "text": text}, (Field.CONDITIONS,)).understood


@pytest.mark.parametrize(
    "display",
    [
        "Medical history",
        "Past medical history",
        "Not coded",
        "No code",
        "Coded entry",
        "Imported record",
        "Other specified disorder",
        "Clinical diagnosis",
        "Sonstige Erkrankung",
        "Local code",
        "Local term",
        "In house code",
        "Code missing",
        "Converted problem",
        "Principal diagnosis",
        "ICD code",
    ],
)
def test_filler_beside_words_that_nobody_knows_leaves_the_list_open(display: str) -> None:
    assert understood(display, "Xyloptose Typ Quandt") is Understood.NOT
    assert understood(display, "Knee pain") is Understood.BY_WORDS


@pytest.mark.parametrize(
    "text",
    [
        "No problems",
        "Essential hypertension",
        "Other chest pain",
        "Missing teeth",
        "Immune system disease",
        "Local swelling of the knee",
    ],
)
def test_what_says_something_is_no_filler(text: str) -> None:
    assert understood(text, text) is Understood.BY_WORDS


@pytest.mark.parametrize("text", ["??", "アレルギー", ""])
def test_a_text_without_words_is_no_filler_and_not_understood(text: str) -> None:
    assert understood(text, text) is Understood.NOT


@pytest.mark.parametrize("text", ["nasal spray", "Nasal gel weekly", "powder", "sachets powder"])
def test_a_form_without_a_name_may_be_one_of_ours(text: str) -> None:
    assert not is_a_name(text, ("en",))


@pytest.mark.parametrize(
    "before", ["Transfer-degraded record entry (record artifact)", "Problem list item", "Diagnosis"]
)
def test_the_words_of_a_system_before_a_colon_say_nothing(before: str) -> None:
    assert understood("", f"{before}: Xyloptose") is Understood.NOT
    assert understood("", f"{before} Xyloptose") is Understood.NOT
    assert understood("", f"{before}: Knee pain") is Understood.BY_WORDS


def test_what_stands_behind_the_words_of_a_system_counts_as_if_it_stood_alone() -> None:
    told = judge(VALUE_SETS, {"text": "Imported record: Haemophilia A"}, (Field.CONDITIONS,))
    assert [match.concept for match in told.matches] == [Concept.HAEMOPHILIA_BLEEDING]
    past = judge(VALUE_SETS, {"text": "Past history: Haemophilia A"}, (Field.CONDITIONS,))
    assert past.past or not past.matches


@pytest.mark.parametrize("before", ["Absent", "Condition absent", "Unknown", "Missing", "Concern"])
def test_words_of_a_system_that_doubt_or_deny_are_no_filler_before_a_colon(before: str) -> None:
    for name in ("Haemophilia A", "Peripheral neuropathy"):
        told = judge(VALUE_SETS, {"text": f"{before}: {name}"}, (Field.CONDITIONS,))
        assert not told.matches
        assert told.shown
