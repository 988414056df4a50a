"""The register is whole, and everything that calls for behaviour has some."""

from __future__ import annotations

import re

import pytest

from pages.clinical.statements import WITHOUT_BEHAVIOUR, places_by_citation
from recommender.guidance.regimens import CATALOGUE
from recommender.guidance.statements import (
    EXTERNAL_SOURCES,
    LOST_FRAGMENTS,
    STATEMENTS,
    check_citations,
    cite,
    is_citable,
)
from recommender.precautions.modifiers import MODIFIERS, Modifier
from recommender.treatment.recommendation import Outcome
from recommender.treatment.table import RULES, Rule


def test_the_register_has_every_statement_and_source() -> None:
    assert list(STATEMENTS) == [f"S{number}" for number in range(1, 93)]
    assert list(EXTERNAL_SOURCES) == [f"X{number}" for number in range(1, 37)]
    assert [lost.id for lost in LOST_FRAGMENTS] == ["F1", "F2", "F3", "F4"]
    assert {statement.document for statement in STATEMENTS.values()} == {"A", "B"}
    assert {id_: statement.lost for id_, statement in STATEMENTS.items() if statement.lost} == {
        "S20": "F1",
        "S70": "F2",
        "S81": "F3",
    }


def test_every_statement_says_something_and_no_citation_number_of_the_sources() -> None:
    for statement in STATEMENTS.values():
        assert statement.text.endswith(".")
        assert statement.kinds
        assert statement.heading
        assert not re.search(r"\[\d+\]|\(\d+(,\d+)*\)", statement.text)


@pytest.mark.parametrize("citation", STATEMENTS)
def test_every_statement_is_used_or_says_why_not(citation: str) -> None:
    used = citation in places_by_citation()
    assert used != (citation in WITHOUT_BEHAVIOUR)


def test_everything_cited_is_in_the_register() -> None:
    assert all(is_citable(citation) for citation in places_by_citation())
    for modifier in MODIFIERS:
        check_citations(modifier.id, modifier.citations)
    for phase in CATALOGUE:
        check_citations(phase.id, phase.citations)


@pytest.mark.parametrize(
    ("citations", "says"),
    [((), "has no citation"), (("S7", "S93", "X0"), "cites S93, X0, which the register")],
)
def test_nothing_is_built_without_a_known_citation(citations: tuple[str, ...], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Modifier("K0", lambda _: True, "text", citations)
    with pytest.raises(ValueError, match="rule Z1"):
        Rule("Z1", (), Outcome.CANNOT, "summary", RULES[0].offer, citations)


def test_external_sources_are_marked() -> None:
    assert (
        cite("X6")
        == "External: British guideline on cobalamin and folate disorders (Devalia 2014) "
        "(secondary reading)"
    )
    assert cite("X25") == "External: MHRA drug safety update on metformin (June 2022)"
    assert cite("S25") == "With impaired kidney function avoid cyanocobalamin: cyanide accumulates."
    with pytest.raises(KeyError):
        cite("S93")
