"""Every rule speaks on every hook, or is silent for a stated reason (I29)."""

from __future__ import annotations

import itertools

import pytest

from recommender.cards import CARDS
from recommender.guidance.policy import Policy
from recommender.language.course import Course, Test, TestOrder
from recommender.language.scenario import ClinicalScenario
from recommender.review.order_review import review, review_record
from recommender.review.spoken import SPOKEN, Where
from recommender.treatment.table import RULES, recommend
from tests.recommender.review_cases import FACTS
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
