"""Every mapped fact has a rule that reads it, or a written reason why none does (Q63)."""

from __future__ import annotations

import ast
import dataclasses
import enum
from pathlib import Path

import pytest

from recommender.cards import CARDS
from recommender.guidance.readers import FACTS, MEMBERS_NOT_READ
from recommender.language.scenario import (
    Allergen,
    Anticoagulant,
    Cause,
    ClinicalScenario,
    LoweringDrug,
    NeurologicalSign,
)
from recommender.language.understanding import HintAt, NotCounted
from recommender.review.spoken import SPOKEN

RECOMMENDER = Path(__file__).parents[3] / "recommender"
DOCUMENT = Path(__file__).parents[3] / "docs" / "clinical" / "decisions.md"
FIELDS = [field.name for field in dataclasses.fields(ClinicalScenario)]
THROUGH = {"lists": "list_of", "hints": "hints_at"}
"""Facts that are read by a method of the scenario."""


def _attributes() -> set[str]:
    """Every attribute that the rules read, of whatever object: rooms above the language."""
    found: set[str] = set()
    for path in RECOMMENDER.rglob("*.py"):
        if path.parent.name == "language" or path.name == "readers.py":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return found


READ = _attributes()


def test_every_fact_stands_in_the_table() -> None:
    assert list(FACTS) == FIELDS


@pytest.mark.parametrize("name", FIELDS)
def test_what_is_said_to_be_read_is_read_and_nothing_else(name: str) -> None:
    reader = FACTS[name]
    assert bool(reader.by) is not bool(reader.why_none)
    assert (THROUGH.get(name, name) in READ) is bool(reader.by)


@pytest.mark.parametrize("name", [name for name in FIELDS if FACTS[name].by])
def test_a_reader_is_a_rule_a_card_or_a_row_of_the_document(name: str) -> None:
    known = {card.id for card in CARDS} | set(SPOKEN) | {"every rule"}
    document = DOCUMENT.read_text(encoding="utf-8")
    for one in FACTS[name].by:
        assert one in known or f"{one}" in document, one


MEMBERS: tuple[type[enum.Enum], ...] = (
    Cause,
    Allergen,
    Anticoagulant,
    LoweringDrug,
    HintAt,
    NotCounted,
    NeurologicalSign,
)


@pytest.mark.parametrize(
    "member", [member for kind in MEMBERS for member in kind], ids=lambda member: str(member)
)
def test_every_member_is_named_by_a_rule_or_has_a_reason(member: enum.Enum) -> None:
    name = f"{type(member).__name__}.{member.name}"
    assert (member.name in READ) is not (name in MEMBERS_NOT_READ), name
