"""The words in which facts are named to a reader: each once, as they stand on cards and pages."""

from __future__ import annotations

import enum

import pytest

from recommender.language.scenario import (
    Allergen,
    Anticoagulant,
    Cause,
    LoweringDrug,
    NeurologicalSign,
)
from recommender.language.understanding import RecordArea


@pytest.mark.parametrize(
    ("concepts", "words"),
    [
        (
            Cause,
            [
                "pernicious anaemia or autoimmune gastritis",
                "total gastrectomy",
                "ileal resection",
                "Crohn's disease of the ileum",
                "bariatric surgery",
                "partial gastrectomy, or one of unknown extent",
                "gastric band",
                "other malabsorption",
                "diet low in vitamin B12",
                "medicine that lowers vitamin B12",
                "nitrous oxide",
            ],
        ),
        (
            LoweringDrug,
            ["metformin", "proton pump inhibitor", "H2-receptor antagonist", "colchicine"],
        ),
        (
            NeurologicalSign,
            [
                "peripheral neuropathy",
                "paraesthesia",
                "gait disturbance",
                "cognitive impairment",
                "subacute combined degeneration of the cord",
                "glossitis",
                "ataxia or loss of vibration sense",
                "myelopathy",
                "optic neuropathy",
            ],
        ),
        (
            Allergen,
            [
                "hydroxocobalamin",
                "cyanocobalamin",
                "vitamin B12 (form not recorded)",
                "cobalt",
                "benzyl alcohol",
                "polyethylene glycol",
                "parabens",
            ],
        ),
        (Anticoagulant, ["warfarin", "direct oral anticoagulant", "heparin"]),
        (
            RecordArea,
            [
                "patient",
                "conditions",
                "laboratory results",
                "medication orders",
                "medication statements",
                "administrations",
                "procedures",
                "allergies",
            ],
        ),
    ],
)
def test_the_words_of_a_closed_list(concepts: type[enum.Enum], words: list[str]) -> None:
    assert [concept.value for concept in concepts] == words
