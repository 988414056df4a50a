"""A name is taken out of what stands around it: what systems put there, in a time that grows with
the text (R181), and words that deny or doubt it, beside which it only shows (Q27).
"""

from __future__ import annotations

import pytest

from fhir_mappings.judging import Understood, judge
from fhir_mappings.terminology import Concept, Field, load_value_sets
from tests.yardstick import turns_of

VALUE_SETS = load_value_sets()


@pytest.mark.parametrize("piece", [" ,", " -", "[", "1.", " NOS", " D51.0"])
def test_what_a_text_costs_grows_no_faster_than_the_text(piece: str) -> None:
    def turns(length: int) -> int:
        text = "x" + piece * (length // len(piece)) + "x"
        return turns_of(lambda: judge(VALUE_SETS, {"text": text}, (Field.CONDITIONS,)))[1]

    turns(100)
    assert turns(40_000) < 30 * (turns(4_000) + 10_000)


DOUBTED = [
    ("Neuropathy?", Concept.PERIPHERAL_NEUROPATHY),
    ("No neuropathy", Concept.PERIPHERAL_NEUROPATHY),
    ("No evidence of neuropathy", Concept.PERIPHERAL_NEUROPATHY),
    ("Neuropathy ruled out", Concept.PERIPHERAL_NEUROPATHY),
    ("Possible short bowel syndrome", Concept.SHORT_BOWEL),
    ("?Ileectomy", Concept.ILEAL_RESECTION),
    ("Bariatric surgery status?", Concept.BARIATRIC_STATUS),
    ("Pernicious anaemia (unknown)", Concept.PERNICIOUS_ANAEMIA),
    ("Pernicious anaemia [status unknown]", Concept.PERNICIOUS_ANAEMIA),
    ("Neuropathy (unconfirmed)", Concept.PERIPHERAL_NEUROPATHY),
    ("Neuropathy (none)", Concept.PERIPHERAL_NEUROPATHY),
    ("Ileectomy (to be confirmed)", Concept.ILEAL_RESECTION),
]


@pytest.mark.parametrize(("text", "concept"), DOUBTED)
def test_a_listed_name_beside_a_word_of_doubt_is_shown_and_understood(
    text: str, concept: Concept
) -> None:
    """Every name that decides as a whole is a hint beside a marker (Q27 b), and an entry that says
    no more than that is no gap: "No neuropathy" had left Leber's disease open, and with it tablets.
    """
    field = Field.PROCEDURES if "Ileectomy" in text else Field.CONDITIONS
    judged = judge(VALUE_SETS, {"text": text}, (field,))
    assert not judged.matches
    assert [shown.concept for shown in judged.shown] == [concept]
    assert judged.understood is Understood.BY_WORDS


@pytest.mark.parametrize("note", ["onset unknown", "antibodies pending", "HCC", "disorder"])
def test_a_note_about_something_else_takes_nothing_from_the_name(note: str) -> None:
    judged = judge(VALUE_SETS, {"text": f"Pernicious anaemia ({note})"}, (Field.CONDITIONS,))
    assert [match.concept for match in judged.matches] == [Concept.PERNICIOUS_ANAEMIA]


@pytest.mark.parametrize(
    "text",
    [
        "Mini-gastric bypass",
        "OAGB",
        "One anastomosis gastric bypass 2019",
        "LRYGB",
        "Omega loop gastric bypass",
        "Gastric bypass surgery",
        "S/P laparoscopic gastric bypass",
    ],
)
def test_each_bypass_of_the_stomach_decides_by_its_name_C36(text: str) -> None:
    judged = judge(VALUE_SETS, {"text": text}, (Field.PROCEDURES,))
    assert [match.concept for match in judged.matches] == [Concept.GASTRIC_BYPASS_RNY]


@pytest.mark.parametrize("text", ["No worries", "Not otherwise known", "Gout?", "No evidence"])
def test_words_of_doubt_beside_no_listed_name_show_nothing(text: str) -> None:
    assert judge(VALUE_SETS, {"text": text}, (Field.CONDITIONS,)).shown == ()
