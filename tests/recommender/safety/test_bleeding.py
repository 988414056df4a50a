"""What is said of the risk of bleeding before an injection into muscle.

Expectations: decisions 2.6 (K2 to K6), 2.1 (what is not known restricts too), Q17 (technique and
test resolve), Q35; cards h1 to h5.
"""

from __future__ import annotations

from typing import Any

import pytest

from recommender.case import Case, Issue
from recommender.guidance import Policy
from recommender.language import NOT_RECORDED, Course, HintAt, Test, TestOrder, Unit
from recommender.safety.bleeding import check_bleeding
from recommender.treatment.table import recommend
from tests.recommender.review_space import (
    CAUSES,
    DEFICIENCY,
    EXTRAS,
    KIDNEYS,
    LINES,
    NEUROLOGY,
    measured,
    order,
    person,
    unusable,
)

GOOD: list[dict[str, Any]] = [
    NEUROLOGY["no signs"],
    DEFICIENCY["confirmed"],
    KIDNEYS["eGFR 95"],
]
PA, DIET = CAUSES["pernicious anaemia"], CAUSES["diet"]
INR_TEST = TestOrder("t", Test.INR)


def said(
    *known: dict[str, Any], tests: tuple[TestOrder, ...] = (), technique: bool = False
) -> list[Issue]:
    policy, scenario = Policy(), person(*GOOD, *known)
    drafted = order("a", LINES["every 2 months"], technique_noted=technique)
    case = Case(Course((drafted,), tests=tests), scenario, recommend(scenario, policy), policy)
    return list(check_bleeding(case, drafted))


def named(issues: list[Issue]) -> list[str]:
    return [f"{issue.indicator.value} {issue.card.id}" for issue in issues]


def platelets(value: int) -> dict[str, Any]:
    return {"platelets": measured(value, Unit.PER_NL)}


def inr(value: str) -> dict[str, Any]:
    return {"inr": measured(value, Unit.RATIO)}


FEW_UNUSABLE = {"platelets": unusable(24, Unit.PER_NL)}
HIGH_UNUSABLE = {"inr": unusable(8, Unit.RATIO)}
WORDS = f"words of {HintAt.BLEEDING_DISORDER.value}"
WARFARIN, HAEMOPHILIA = EXTRAS["warfarin"], EXTRAS["haemophilia"]


@pytest.mark.parametrize(
    ("known", "cards", "with_technique", "with_inr"),
    [
        ([], [], [], []),
        ([platelets(51)], [], [], []),
        ([platelets(50)], ["warning h1"], [], ["warning h1"]),
        ([platelets(25)], ["warning h1"], [], ["warning h1"]),
        ([platelets(24)], ["warning h2"], [], ["warning h2"]),
        ([platelets(10)], ["warning h2"], [], ["warning h2"]),
        ([platelets(9)], ["critical h3"], [], ["critical h3"]),
        ([FEW_UNUSABLE], ["info h5"], [], ["info h5"]),
        ([{"platelets": unusable(51, Unit.PER_NL)}], [], [], []),
        # of warfarin an INR is asked for, whatever the technique; a bleeding disorder stays
        ([WARFARIN], ["info h5"], ["info h5"], []),
        ([WARFARIN, inr("3.0")], ["info h5"], [], ["info h5"]),
        ([WARFARIN, inr("3.1")], ["warning h4"], ["warning h4"], []),
        ([inr("3.1")], ["warning h4"], ["warning h4"], []),
        ([WARFARIN, HAEMOPHILIA], ["info h5", "info h5"], ["info h5"], ["info h5"]),
        ([HAEMOPHILIA], ["info h5"], [], ["info h5"]),
        # an INR above range that cannot be used, of somebody not known to be on warfarin
        ([HIGH_UNUSABLE], ["info h5"], ["info h5"], []),
        ([{"inr": unusable(2, Unit.RATIO)}], [], [], []),
        ([EXTRAS[WORDS]], ["info h5"], [], ["info h5"]),
    ],
)
def test_card_of_bleeding_and_what_resolves_it_Q17(
    known: list[dict[str, Any]], cards: list[str], with_technique: list[str], with_inr: list[str]
) -> None:
    assert named(said(PA, *known)) == cards
    assert named(said(PA, *known, technique=True)) == with_technique
    assert named(said(PA, *known, tests=(INR_TEST,))) == with_inr


@pytest.mark.parametrize(
    ("known", "begins"),
    [
        (HIGH_UNUSABLE, "INR 8 "),
        (FEW_UNUSABLE, "Platelets 24 "),
    ],
)
def test_a_result_that_cannot_be_used_is_named_and_read_again(
    known: dict[str, Any], begins: str
) -> None:
    (issue,) = said(PA, known)
    assert issue.summary.startswith(begins)
    assert issue.summary.endswith(
        "cannot be used (it is preliminary): read or repeat it; fine needle, firm pressure"
    )


def test_words_are_quoted_and_asked_about_Q28() -> None:
    (issue,) = said(PA, EXTRAS[WORDS])
    assert issue.summary == (
        "Record says 'words that may mean it': ask about bleeding; fine needle, firm pressure"
    )


@pytest.mark.parametrize(
    ("known", "named"),
    [
        ([DIET], True),
        ([PA], False),  # established malabsorption
        ([DIET, {"neurological_screen": NOT_RECORDED}], False),
        ([DIET, NEUROLOGY["signs"]], False),
        ([DIET, KIDNEYS["eGFR 20"]], False),
        ([DIET, EXTRAS["Leber's"]], False),
    ],
)
@pytest.mark.parametrize("risk", [inr("3.1"), HAEMOPHILIA, platelets(20), platelets(5)])
def test_tablets_are_another_route_only_where_they_suit_K5_K6_C14(
    known: list[dict[str, Any]], named: bool, risk: dict[str, Any]
) -> None:
    reasons = " ".join(reason for issue in said(*known, risk) for reason in issue.reasons)
    assert ("Daily tablets are another route." in reasons) is named
