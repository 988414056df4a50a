"""Every rule speaks on every hook, or is silent for a stated reason (I29)."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
import yaml

from recommender.cards import CARDS, Finding
from recommender.guidance.policy import Policy
from recommender.language.course import Course, Test, TestOrder
from recommender.language.scenario import ClinicalScenario
from recommender.review.order_review import review, review_record, review_refill
from recommender.review.spoken import SPOKEN, Where
from recommender.treatment.table import RULES, recommend
from tests.recommender.review_cases import FACTS, build_case
from tests.recommender.review_space import folic, order, person

POLICY = Policy()
IDS = {card.id for card in CARDS}


def test_every_rule_of_the_decision_table_has_a_row() -> None:
    assert {rule.id for rule in RULES} <= set(SPOKEN)


@pytest.mark.parametrize("rule", SPOKEN)
@pytest.mark.parametrize("where", Where, ids=lambda where: where.name)
def test_every_cell_names_a_card_of_the_register_or_a_reason(rule: str, where: Where) -> None:
    cell = SPOKEN[rule][where]
    assert cell.cards or cell.silent_because
    assert set(cell.cards) <= IDS


def people() -> list[tuple[str, ClinicalScenario]]:
    """A person of every kind of signs, deficiency and cause that the review space knows."""
    signs = ("signs", "no signs", "not recorded")
    deficiency = ("confirmed", "unlikely", "unknown", "unresolved")
    causes = ("cause unknown", "diet", "pernicious anaemia", "ileum 25 cm", "Crohn's", "bariatric")
    names = [
        combination
        for combination in itertools.product(signs, deficiency, causes)
        if all(name in FACTS for name in combination)
    ]
    return [(", ".join(one), person(*(FACTS[name] for name in one))) for one in names]


@pytest.mark.parametrize(("who", "scenario"), people(), ids=lambda value: str(value)[:60])
def test_an_opened_record_meets_silence_only_where_the_table_says_so(
    who: str, scenario: ClinicalScenario
) -> None:
    recommendation = recommend(scenario, POLICY)
    said = review_record(scenario, recommendation, POLICY)
    assert said or _silent(recommendation.rule, recommendation.also, Where.PATIENT_VIEW), who


@pytest.mark.parametrize(("who", "scenario"), people(), ids=lambda value: str(value)[:60])
def test_a_test_or_folic_acid_meets_silence_only_where_the_table_says_so(
    who: str, scenario: ClinicalScenario
) -> None:
    recommendation = recommend(scenario, POLICY)
    test = Course((), (TestOrder("ServiceRequest/1", Test.MMA, selected=True),))
    for where, course in ((Where.TEST, test), (Where.FOLIC_ACID, Course((order("f", folic()),)))):
        said = review(course, scenario, recommendation, POLICY)
        assert said or _silent(recommendation.rule, recommendation.also, where), (who, where)


def _silent(rule: str, also: tuple[str, ...], where: Where) -> bool:
    return any(SPOKEN[one][where].silent_because for one in (rule, *also) if one in SPOKEN)


# --- cells that name a card and a silence: the condition decides

CELLS = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "review" / "spoken.yaml").read_text(encoding="utf-8")
)
SILENT_WORDS_NAME_A_CARD = {"E1 FOLIC_ACID", "E3 TEST"}
"""Cells whose reason of silence says in brackets when a card comes all the same."""


def test_every_cell_that_names_both_is_decided() -> None:
    both = {
        f"{rule} {where.name}"
        for rule, cells in SPOKEN.items()
        for where, cell in cells.items()
        if cell.cards and cell.silent_because
    }
    assert {cell["cell"] for cell in CELLS} == both | SILENT_WORDS_NAME_A_CARD


def _said(case: dict[str, Any], rule: str, where: Where) -> tuple[Finding, ...]:
    """Return what comes of a case, after checking that it is one of this rule."""
    scenario, course, policy = build_case({k: v for k, v in case.items() if k != "rule"})
    recommendation = recommend(scenario, policy)
    assert case.get("rule", rule) in (recommendation.rule, *recommendation.also)
    if where is Where.PATIENT_VIEW:
        return review_record(scenario, recommendation, policy)
    ask = review_refill if where is Where.REFILL else review
    return ask(course, scenario, recommendation, policy)


@pytest.mark.parametrize("cell", CELLS, ids=[cell["cell"] for cell in CELLS])
def test_the_condition_decides_between_card_and_silence(cell: dict[str, Any]) -> None:
    rule, where = cell["cell"].split()
    said = _said(cell["speaks"], rule, Where[where])
    assert [finding.card.id for finding in said] == cell["cards"], cell["when"]
    assert not _said(cell["silent"], rule, Where[where]), f"not: {cell['when']}"
