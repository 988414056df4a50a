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


OVER = {"line": "every 6 months", "state": "active", "authored_days_ago": 300}


def _offers(who: list[str], orders: list[Any]) -> list[tuple[str, frozenset[str]]]:
    """Return what is offered on a refill, and by which kinds of edits."""
    scenario, course, policy = build_case({"who": who, "orders": orders})
    (found,) = review_refill(course, scenario, recommend(scenario, policy), policy)
    return [
        (one.label, frozenset(type(edit).__name__ for edit in one.edits))
        for one in found.resolutions
    ]


@pytest.mark.parametrize(
    ("refilled", "active", "label"),
    [
        ("every 6 months", OVER, "Change to hydroxocobalamin 1 mg IM every 2-3 months for life"),
        (
            {"line": "every 2 months", "dose": 500},
            {**ACTIVE, "dose": 500},
            "Change to hydroxocobalamin 1 mg IM every 2 months for life",
        ),
        (
            "injections as needed",
            ACTIVE,
            "Change to hydroxocobalamin 1 mg IM every 2-3 months for life",
        ),
        (
            {"line": "every 2 months", "implausible": "2 times a day"},
            ACTIVE,
            "Change to hydroxocobalamin 1 mg IM every 2-3 months for life",
        ),
    ],
)
def test_a_refill_is_changed_in_its_place_and_names_the_order_it_goes_on_from_I31(
    refilled: Any, active: Any, label: str
) -> None:
    assert _offers(MAINTAINED, [refilled, active]) == [
        (label, frozenset({"ChangeOrder", "NameReplaced"}))
    ]


def test_a_refill_with_a_slip_of_the_dose_is_replaced_never_only_removed_I31() -> None:
    slip = {"line": "every 2 months", "dose": 1_000_000}
    assert _offers(MAINTAINED, [slip, ACTIVE]) == [
        (
            "Replace by hydroxocobalamin 1 mg IM every 2-3 months for life",
            frozenset({"AddRegimen", "RemoveOrder"}),
        )
    ]


def test_fewer_tablets_than_those_that_are_taken_are_no_supplement() -> None:
    who = ["no signs", "confirmed", "diet", "eGFR 95", "oral active"]
    half = {"line": "oral 1000", "dose": 500}
    assert _said(who, [half]) == ["warning b7"]
    assert _said(who, [half, {**half, "state": "active", "selected": False}]) == []


def test_a_refill_whose_medication_list_could_not_be_read_claims_no_missing_dose_Q58() -> None:
    case = {"who": [*UNTREATED, "medication orders unread"], "orders": ["every 2 months"]}
    scenario, course, policy = build_case(case)
    (found,) = review_refill(course, scenario, recommend(scenario, policy), policy)

    assert found.summary == "B12 treatment could not be read: if doses were missed, reload first"


def test_a_refill_drafted_twice_is_told_so_RN7() -> None:
    scenario, course, policy = build_case(
        {"who": MAINTAINED, "orders": ["every 2 months", "every 2 months", ACTIVE]}
    )
    (found,) = review_refill(course, scenario, recommend(scenario, policy), policy)

    assert (str(found.card), found.summary) == ("e1", "The same B12 order is drafted twice")
