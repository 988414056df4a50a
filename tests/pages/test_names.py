"""One spelling of each concept: British in words, the standard's in identifiers (docs/generated/
names.md).
"""

from __future__ import annotations

import re
from pathlib import Path

from fhir_mappings.terminology import describe_concepts, load_value_sets
from recommender.cards import CARDS
from recommender.guidance.statements import STATEMENTS

ROOT = Path(__file__).parents[2]
AMERICAN = re.compile(
    r"\b(hemoglobin|anemias?|anemic|hematolog\w*|pediatric\w*|celiac|paresthesias?|"
    r"leukocyt\w*|hemolysis|esophag\w*|diarrhea|fetal|labeled)\b",
    re.IGNORECASE,
)
IDENTIFIER = re.compile(r"`[^`]*`|\"[^\"]*\"|\w*_\w*|https?://\S+|^\|.*\|$|^    .*$", re.MULTILINE)


def test_name_and_words_of_every_concept_are_british() -> None:
    for concept in describe_concepts(load_value_sets(None)):
        assert not AMERICAN.search(concept.meaning), concept.concept
        assert not AMERICAN.search(concept.concept.value.replace("_", " ")), concept.concept


def test_cards_and_statements_are_british() -> None:
    for text in (*(card.summary for card in CARDS), *(one.text for one in STATEMENTS.values())):
        assert not AMERICAN.search(text), text


def test_the_documents_are_british_outside_identifiers() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "docs/clinical").glob("*")]
    assert len(pages) > 15
    for page in pages:
        if page.is_file():
            prose = IDENTIFIER.sub(" ", page.read_text("utf-8"))
            found = AMERICAN.search(prose)
            assert not found, f"{page.name}: {found and found.group()}"


def test_the_pages_of_the_service_are_british() -> None:
    for page in (ROOT / "cds_service").rglob("*.html"):
        found = AMERICAN.search(page.read_text("utf-8"))
        assert not found, f"{page.name}: {found and found.group()}"
