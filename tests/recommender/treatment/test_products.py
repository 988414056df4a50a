"""Which product a recommended phase may be drafted with, whoever recommends it (decisions 2.5)."""

from __future__ import annotations

from typing import Any

import pytest

from recommender.assessment.assessment import assess
from recommender.guidance.policy import Policy
from recommender.guidance.regimens import M_LOAD, ORAL
from recommender.language.course import FollowUp, Test
from recommender.language.doses import Regimen, Route, Substance
from recommender.treatment.products import product_for, select_products
from recommender.treatment.recommendation import Option
from tests.recommender.people import build_scenario

TABLETS_ONLY = Policy(available_products=frozenset({(Substance.CYANOCOBALAMIN, Route.ORAL)}))


@pytest.mark.parametrize(
    ("known", "drafted"),
    [
        ({"egfr": 90}, True),
        ({"egfr": 20}, False),
        ({}, False),
        ({"egfr": 90, "lebers": "yes"}, False),
        ({"egfr": 90, "allergies": {"cyanocobalamin": "no"}}, False),
    ],
)
def test_tablets_are_drafted_only_where_cyanocobalamin_may_be_taken_PS4(
    known: dict[str, Any], drafted: bool
) -> None:
    assessment = assess(build_scenario({"kidney_disease": "no"} | known), Policy())
    assert product_for(ORAL, assessment, Policy()) == (ORAL if drafted else None)


def test_an_injection_beside_a_test_that_comes_first_is_not_drafted_where_none_can_be_had_PS3() -> (
    None
):
    test_first = Option(
        "", None, follow_ups=(FollowUp(Test.EGFR, why="before tablets", citations=("S52",)),)
    )
    selected = select_products(
        (test_first, Option((), Regimen((M_LOAD,)))),
        assess(build_scenario({}), TABLETS_ONLY),
        TABLETS_ONLY,
    )
    assert [option.regimen for option in selected.options] == [None, None]
    assert selected.why.startswith("Hydroxocobalamin injection is not available on the formulary")
