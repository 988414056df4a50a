"""A name with its abbreviation beside it (Q27)."""

from __future__ import annotations

import pytest

from fhir_mappings.judging import judge
from fhir_mappings.terminology import Concept, Field, load_value_sets
from fhir_mappings.text import spelt_out
from tests.yardstick import turns_of

VALUE_SETS = load_value_sets()
PA, CKD4 = Concept.PERNICIOUS_ANAEMIA, Concept.CKD_STAGE_4
WORDS_AND_WHAT_THEY_NAME = [
    ("PA (pernicious anemia)", PA),
    ("PA (pernicious anemia) (HCC)", PA),
    ("PA - pernicious anaemia", PA),
    ("PA/pernicious anaemia", PA),
    ("PA: pernicious anaemia", PA),
    ("(PA) pernicious anaemia", PA),
    ("Pernicious anaemia - PA", PA),
    ("CKD (chronic kidney disease) stage 4", CKD4),
    ("CKD (chronic kidney disease), stage IV (HCC)", CKD4),
    ("CKD (chronic kidney disease) stage 4, GFR 15-29 ml/min (HCC)", CKD4),
    ("ESRD (end stage renal disease) on dialysis (HCC)", Concept.DIALYSIS_DEPENDENCE),
    ("SCD (subacute combined degeneration)", Concept.SUBACUTE_COMBINED_DEGENERATION),
    ("SCD (sickle cell disease)", Concept.HAEMOLYSIS),
    ("PN (peripheral neuropathy)", Concept.PERIPHERAL_NEUROPATHY),
    ("vWD (von Willebrand's disease)", Concept.HAEMOPHILIA_BLEEDING),
]


@pytest.mark.parametrize(("text", "concept"), WORDS_AND_WHAT_THEY_NAME)
def test_a_name_beside_its_abbreviation_is_the_name(text: str, concept: Concept) -> None:
    judged = judge(VALUE_SETS, {"text": text}, (Field.CONDITIONS,))
    assert [match.concept for match in judged.matches] == [concept]


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("TG (total gastrectomy)", Concept.TOTAL_GASTRECTOMY),
        ("RYGB (Roux-en-Y gastric bypass)", Concept.GASTRIC_BYPASS_RNY),
    ],
)
def test_so_is_an_operation(text: str, concept: Concept) -> None:
    judged = judge(VALUE_SETS, {"text": text}, (Field.PROCEDURES,))
    assert [match.concept for match in judged.matches] == [concept]


@pytest.mark.parametrize(
    "text",
    [
        "Possible PA (pernicious anaemia)",
        "PA (pernicious anaemia)?",
        "No PA (pernicious anaemia)",
        "FH: PA (pernicious anaemia)",
        "Mother, pernicious anaemia",
        "Query, pernicious anaemia",
        "No, pernicious anaemia",
        "Wife, pregnant",
        "Partner, vegan",
        "Anaemia, not pernicious",
        "PA (panic attacks)",
        "PA (pulmonary atresia)",
        "IBD (Crohn's disease)",
        "Hypertension, pernicious anaemia",
        "PA",
        "No: neuritis optica",
        "CKD stage 4? GFR 15-29 ml/min",
        "ESRD not on HD",
    ],
)
def test_doubt_somebody_else_or_another_name_decides_nothing(text: str) -> None:
    assert not judge(VALUE_SETS, {"text": text}, (Field.CONDITIONS,)).matches


@pytest.mark.parametrize("text", ["Asthma", "Type 2 diabetes", "B12 deficiency (dietary)", ""])
def test_a_plain_name_stays_as_it_is(text: str) -> None:
    assert spelt_out(text) == text


@pytest.mark.parametrize("piece", ["pa (", "- pa ", "pa: ", "a, b ", "(pa) "])
def test_what_a_text_costs_grows_no_faster_than_the_text(piece: str) -> None:
    def turns(length: int) -> int:
        text = piece * (length // len(piece))
        return turns_of(lambda: spelt_out(text))[1]

    turns(100)
    assert turns(40_000) < 30 * (turns(4_000) + 10_000)
