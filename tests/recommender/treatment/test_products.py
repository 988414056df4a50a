"""Which product a recommended phase may be drafted with, whoever recommends it (decisions 2.5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from recommender.assessment.assessment import assess
from recommender.guidance.policy import Policy, SubcutaneousHydroxocobalamin
from recommender.guidance.regimens import M_LOAD, MAINT_1M, MAINT_BAR, MAINT_M, MAINT_N, ORAL
from recommender.language.course import FollowUp, Test
from recommender.language.doses import Regimen, Route, Substance
from recommender.treatment.products import product_for, select_products
from recommender.treatment.recommendation import Option
from tests.recommender.people import build_scenario

TABLETS_ONLY = Policy(available_products=frozenset({(Substance.CYANOCOBALAMIN, Route.ORAL)}))


CC_PROTOCOL = Policy(
    available_products=frozenset({(Substance.CYANOCOBALAMIN, Route.ORAL)}),
    cyano_im_protocol="Haematology protocol 7, version 2",
)

GOOD = {"egfr": 90, "kidney_disease": "no"}

PERMITTED: list[dict[str, Any]] = [
    GOOD,
    {"egfr": 60},
    {"egfr": ">=60"},
    # hydroxocobalamin was reacted to mildly, cobalt is watched for: neither forbids it (PS4, K12)
    GOOD | {"allergies": {"hydroxocobalamin": "no"}},
    GOOD | {"allergies": {"cobalt": "yes"}},
    GOOD | {"hints": {"cobalt_allergy": "nickel or cobalt"}},
    # what is not read of other lists leaves what forbids it known to be none
    GOOD | {"unavailable": ["medication statements"]},
]

NOT_PERMITTED: list[dict[str, Any]] = [
    {},
    {"egfr": 59},
    {"egfr": "<90"},
    {"egfr": ">59"},
    {"egfr": 90, "kidney_disease": "yes"},
    {"egfr": 90, "dialysis": "yes"},
    {"kidney_disease": "no"},
    GOOD | {"hints": {"kidney_disease": "kidneys?"}},
    GOOD | {"hints": {"dialysis": "HD unit"}},
    GOOD | {"unavailable": ["conditions"]},
    GOOD | {"lebers": "yes"},
    GOOD | {"lebers": "unknown"},
    GOOD | {"hints": {"lebers": "LHON?"}},
    GOOD | {"allergies": {"cyanocobalamin": "no"}},
    GOOD | {"allergies": {"cyanocobalamin": "unknown"}},
    GOOD | {"allergies": {"cyanocobalamin": "yes"}},
    GOOD | {"allergies": {"vitamin B12 (form not recorded)": "no"}},
    GOOD | {"allergies": {"hydroxocobalamin": "yes"}},
    GOOD | {"allergies": {"hydroxocobalamin": "unknown"}},
    GOOD | {"hints": {"allergies": "rash after B12?"}},
]


@pytest.mark.parametrize(
    ("known", "drafted"),
    [*((known, True) for known in PERMITTED), *((known, False) for known in NOT_PERMITTED)],
)
def test_cyanocobalamin_is_drafted_only_where_all_that_permits_it_is_known_I2(
    known: dict[str, Any], drafted: bool
) -> None:
    """Tablets and, where the site has a protocol, injections: both by the same facts (PS2, PS3)."""
    assessment = assess(build_scenario(known), Policy())
    assert product_for(ORAL, assessment, Policy()) == (ORAL if drafted else None)
    injected = product_for(M_LOAD, assessment, CC_PROTOCOL)
    if drafted and assessment.hydroxocobalamin_allergy.is_false:
        assert injected is not None
        assert injected.line == replace(M_LOAD.line, substance=Substance.CYANOCOBALAMIN)
    else:
        assert injected is None


def test_cyanocobalamin_by_protocol_is_maintained_monthly_C27() -> None:
    assessment = assess(build_scenario(GOOD), Policy())
    for phase in (MAINT_N, MAINT_M, MAINT_BAR):
        found = product_for(phase, assessment, CC_PROTOCOL)
        assert found is not None
        assert found.line == replace(MAINT_1M.line, substance=Substance.CYANOCOBALAMIN)


@pytest.mark.parametrize(
    ("facts", "route"),
    [
        ({}, Route.INTRAMUSCULAR),
        ({"platelets": 50}, Route.INTRAMUSCULAR),
        ({"platelets": 25}, Route.INTRAMUSCULAR),
        ({"platelets": 24}, Route.SUBCUTANEOUS),
        ({"platelets": 9}, Route.SUBCUTANEOUS),
        ({"inr": "3.0"}, Route.INTRAMUSCULAR),
        ({"inr": "3.1"}, Route.SUBCUTANEOUS),
        ({"anticoagulant": "warfarin"}, Route.SUBCUTANEOUS),
        ({"bleeding_disorder": "yes"}, Route.SUBCUTANEOUS),
        ({"bleeding_disorder": "unknown"}, Route.INTRAMUSCULAR),
    ],
)
def test_under_the_skin_only_where_the_site_drafts_it_and_bleeding_is_a_risk_C14_PS5(
    facts: dict[str, Any], route: Route
) -> None:
    """K3 to K6 leave another route; K2 (25 to 50) asks for technique alone. No kidney result is
    needed for hydroxocobalamin (PS1).
    """
    assessment = assess(build_scenario(facts), Policy())
    drafts = Policy(sc_hydroxocobalamin=SubcutaneousHydroxocobalamin.DRAFT)
    assert product_for(M_LOAD, assessment, drafts) == replace(
        M_LOAD, line=replace(M_LOAD.line, route=route)
    )
    assert product_for(M_LOAD, assessment, Policy()) == M_LOAD


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
