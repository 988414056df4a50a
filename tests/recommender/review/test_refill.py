"""The refill of an order that is taken already (cards.md 9): what is said of it, and what not."""

from __future__ import annotations

from typing import Any

import pytest

from recommender.guidance.policy import Policy
from recommender.review.order_review import review_refill
from recommender.treatment.table import recommend
from tests.recommender.review_cases import build_case


def _said(who: list[str], orders: list[Any], policy: Policy | None = None) -> list[str]:
    scenario, course, default = build_case({"who": who, "orders": orders})
    used = policy or default
    findings = review_refill(course, scenario, recommend(scenario, used), used)
    return [
        " ".join((found.indicator.value, *map(str, (found.card, *found.also_found))))
        for found in findings
    ]


MAINTAINED = ["no signs", "confirmed", "diet", "eGFR 95", "doses only"]
UNTREATED = ["not recorded", "confirmed", "pernicious anaemia", "eGFR 95"]
ACTIVE = {"line": "every 2 months", "state": "active", "authored_days_ago": 100}


@pytest.mark.parametrize(
    ("who", "orders", "said"),
    [
        (MAINTAINED, ["every 2 months"], []),
        (MAINTAINED, ["every 6 months"], ["warning b6"]),
        (MAINTAINED, [{"line": "every 2 months", "dose": 5000}], ["critical b8"]),
        (MAINTAINED, ["injections as needed"], ["warning b6"]),
        (MAINTAINED, ["CC monthly"], []),
        # the order that is refilled is no second order (RN8), another of its kind is
        (MAINTAINED, ["every 2 months", ACTIVE], []),
        (MAINTAINED, ["every 2 months", {**ACTIVE, "line": "monthly"}], ["info e1"]),
        # nothing but the refill is known: a missed dose is asked about, loading is not missed
        (UNTREATED, ["every 2 months"], ["info b23"]),
        ([*MAINTAINED[:3], "eGFR 40"], ["CC monthly"], ["warning d1 b23"]),
        (["age unknown"], ["every 2 months"], ["info k4"]),
    ],
)
def test_what_a_refill_is_told(who: list[str], orders: list[Any], said: list[str]) -> None:
    assert _said(who, orders) == said


def test_a_site_may_switch_the_cards_of_refills_off() -> None:
    assert not _said(MAINTAINED, ["every 6 months"], Policy(refill_cards=False))


def test_a_refill_of_which_nothing_else_is_known_recommends_nothing() -> None:
    scenario, course, policy = build_case({"who": UNTREATED, "orders": ["every 2 months"]})
    (found,) = review_refill(course, scenario, recommend(scenario, policy), policy)

    assert found.summary == "No B12 dose on record: if doses were missed, reload first"
    assert not any(offer.recommended for offer in found.resolutions)
