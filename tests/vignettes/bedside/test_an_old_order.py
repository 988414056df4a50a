"""An order of years ago, of which no dose is on record, stands for no treatment: not beside folic
acid for a child, a multivitamin, or tablets of which nobody injected anything since.

Expectations: decisions Q29, Q49, Q55, Q73, Q77, E3, G1, G2; cards.md 1 (c1, c2), 6 (G1, T7).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.vignettes.test_stops_and_doubtful_orders import (
    LOW,
    MAINTENANCE,
    NO_SIGNS,
    TABLETS,
    cards_of,
    only_card,
    request,
)

Json = dict[str, Any]

OLD = [f"{MAINTENANCE}, since 2023-11-20"]
OF_MARCH = [f"{MAINTENANCE}, since 2026-03-02"]
LOW_LONG_AGO = ["B12 95 pmol/L, on 2025-09-06"]
BORDERLINE = ["B12 200 pmol/L, on 2026-11-06", *NO_SIGNS]
VEGAN = ["vegan diet, since 2018-01-01"]
FOLIC_ACID = "folic acid tablet 5 mg, 5 mg, oral, daily"
MULTIVITAMIN = "multivitamin, 10 mcg, oral, daily"
CHILD = {"born": "2014-03-01", "results": LOW[:1]}
SUPPLIED = [
    "vitamin B12 tablet 1 mg, on 2026-05-10, for 90 days",
    "vitamin B12 tablet 1 mg, on 2026-08-10, for 120 days",
]


def topic(card: Json) -> str:
    code: str = card["source"]["topic"]["code"]
    return code


def test_folic_acid_of_a_child_meets_an_old_order_as_it_meets_none_G1() -> None:
    without, beside = (
        only_card(request(FOLIC_ACID, **CHILD)),
        only_card(request(FOLIC_ACID, active=OLD, **CHILD)),
    )

    assert (topic(without), without["indicator"]) == ("c1", "critical")
    assert (topic(beside), beside["indicator"]) == ("c2", "warning")
    assert "ordered Nov 2023, no dose on record" in beside["summary"]
    assert not beside.get("suggestions")  # nothing is drafted for a child (Q14)


def test_folic_acid_of_a_child_without_deficiency_stays_silent_G1() -> None:
    normal = {"born": "2014-03-01", "results": ["B12 400 pmol/L, on 2026-11-06"]}
    assert cards_of(request(FOLIC_ACID, active=OLD, **normal)) == []


def test_a_multivitamin_beside_an_old_order_is_met_by_the_question_of_the_chart_Q73() -> None:
    card = only_card(request(MULTIVITAMIN, conditions=VEGAN, results=[*LOW, *NO_SIGNS], active=OLD))

    assert (topic(card), card["indicator"]) == ("k1", "warning")
    assert "is it given?" in card["summary"]


def test_a_multivitamin_beside_an_order_of_last_week_is_silent_Q55() -> None:
    ordered = [f"{TABLETS}, since 2026-11-20"]
    assert (
        cards_of(request(MULTIVITAMIN, conditions=VEGAN, results=[*LOW, *NO_SIGNS], active=ordered))
        == []
    )


@pytest.mark.parametrize("signs", ["paraesthesia, since 2026-11-10"])
def test_a_multivitamin_with_nerve_signs_beside_an_old_order_treats_nothing_Q49(signs: str) -> None:
    card = only_card(request(MULTIVITAMIN, conditions=[*VEGAN, signs], results=LOW, active=OLD))

    assert (topic(card), card["indicator"]) == ("k1", "warning")
    assert "a multivitamin does not treat this" in card["summary"]


@pytest.mark.parametrize("results", [LOW_LONG_AGO, BORDERLINE], ids=["low long ago", "borderline"])
def test_what_the_chart_asks_for_without_an_old_order_is_not_silenced_by_it_Q73(
    results: list[str],
) -> None:
    without = only_card(request(results=results))
    beside = only_card(request(results=results, active=OLD))

    assert (without["indicator"], beside["indicator"]) == ("info", "info")
    assert beside["summary"].endswith("no dose on record since: still given?")


@pytest.mark.parametrize(
    "results", [[], ["B12 400 pmol/L, on 2026-11-06"]], ids=["none", "not low"]
)
def test_an_old_order_of_somebody_of_whom_nothing_is_known_stays_in_the_receipt_Q29(
    results: list[str],
) -> None:
    assert cards_of(request(results=results, active=OLD)) == []


def test_tablets_document_no_injection_Q55() -> None:
    """The old order had been maintenance that goes on, though nothing was ever injected."""
    chart = {"conditions": VEGAN, "results": LOW, "supplied": SUPPLIED}
    without = only_card(request(FOLIC_ACID, **chart))
    beside = only_card(request(FOLIC_ACID, active=OLD, **chart))

    assert without["summary"] == beside["summary"]


def test_injections_ordered_after_tablets_and_never_given_are_asked_about_Q55() -> None:
    taken = ["vitamin B12 tablet 1 mg, on 2026-01-10, for 30 days"]
    chart = {"conditions": ["pernicious anaemia, since 2022-11-15"], "supplied": taken}
    card = only_card(request(active=OF_MARCH, **chart))

    assert (topic(card), card["indicator"]) == ("k1", "info")
    assert card["summary"] == "Last B12 on record 10 Jan: is it still given?"


@pytest.mark.parametrize("active", [[], OLD], ids=["nothing ordered", "an old order"])
def test_an_old_low_level_of_somebody_allergic_is_said_E3_G2(active: list[str]) -> None:
    allergies = ["severe: hydroxocobalamin", "severe: cyanocobalamin"]
    card = only_card(request(results=LOW_LONG_AGO, allergies=allergies, active=active))

    assert card["indicator"] == "info"
    assert not card.get("suggestions")
    if not active:
        assert "B12 95 pmol/L (Sep 2025) was low" in card["summary"]
        assert "allergy to B12" in card["summary"]


def test_an_old_order_of_a_product_that_harms_is_asked_about_d1() -> None:
    """Kidney disease had led to "change to hydroxocobalamin" until the order was 15 months old."""
    kidneys = {"conditions": ["'Chronic kidney disease stage 4', since 2024-03-01"]}
    of_tablets = [f"{TABLETS}, since 2024-11-20"]
    card = only_card(request(active=of_tablets, **kidneys))

    assert "change to hydroxocobalamin" in card["summary"]
    assert "no dose on record: if given" in card["summary"]


PERNICIOUS = ["pernicious anaemia, since 2022-11-15"]
GIVEN = [f"hydroxocobalamin, 1000 mcg, IM, on 2026-{month}-20" for month in ("05", "08", "10")]
UNDER_WAY = f"{MAINTENANCE}, since 2025-11-01"


@pytest.mark.parametrize(
    ("other", "cards"),
    [
        ([], 1),
        ([f"{TABLETS}, since 2023-11-20"], 1),  # nobody is known to take them
        ([f"{TABLETS}, since 2026-11-20"], 0),  # they take the place of the injections
    ],
    ids=["nothing else", "tablets of years ago", "tablets of last week"],
)
def test_a_stop_is_no_change_to_tablets_that_nobody_is_known_to_take_Q72(
    other: list[str], cards: int
) -> None:
    chart = {"conditions": PERNICIOUS, "given": GIVEN, "active": [UNDER_WAY, *other]}
    assert len(cards_of(request(f"stop: {UNDER_WAY}", **chart))) == cards


def in_substance(entry: Json) -> None:
    entry["medicationCodeableConcept"] = {"text": "Vitamin B12 1 mg"}
    del entry["dosage"]["route"]


def on_no_day(entry: Json) -> None:
    del entry["effectiveDateTime"]


def without_route(entry: Json) -> None:
    del entry["dosage"]["route"]


@pytest.mark.parametrize(
    ("left_out", "cards"),
    [
        (in_substance, 1),  # injected or swallowed: it may be of the tablets that are stopped
        (on_no_day, 1),  # of this year or of years ago
        (without_route, 0),  # hydroxocobalamin is injected whatever is meant
    ],
)
def test_a_dose_of_unknown_day_or_form_keeps_no_old_order_going_Q73(
    left_out: Callable[[Json], None], cards: int
) -> None:
    injections = f"{MAINTENANCE}, since 2023-11-20"
    chart = {"conditions": PERNICIOUS, "active": [f"{TABLETS}, since 2026-01-20", injections]}
    asked = request(f"stop: {TABLETS}", given=GIVEN[:1], **chart)
    assert cards_of(asked) == []
    left_out(asked["prefetch"]["administrations"]["entry"][0]["resource"])
    said = cards_of(asked)

    assert len(said) == cards
    assert all((topic(one), one["indicator"]) == ("f1", "warning") for one in said)
