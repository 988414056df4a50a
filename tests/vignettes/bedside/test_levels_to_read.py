"""A vitamin B12 that cannot be used and may be low: it makes nothing quieter, and nothing less is
marked as recommended while nobody has read it.

Expectations: decisions 2.4 (P1, P4, T5b, E3), Q35, Q77; cards.md 3 (b6), 7; I27.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.vignettes.chart import write_request
from tests.vignettes.test_stops_and_doubtful_orders import (
    LOADING,
    NO_SIGNS,
    cards_of,
    labels,
    only_card,
    request,
)

Json = dict[str, Any]

KIDNEYS = "eGFR 90 mL/min/{1.73_m2}, on 2026-11-06"
TABLETS = "vitamin B12 tablet 1 mg, 1 tablet, oral, daily"
MONTHLY = "hydroxocobalamin, 1000 mcg, IM, every month"
EVERY_3 = "hydroxocobalamin, 1000 mcg, IM, every 3 months"
FOLIC = "folic acid tablet 5 mg, 1 tablet, oral, daily"
MULTIVITAMIN = "multivitamin, 1 tablet, oral, daily"
LEVEL = "B12 96 pmol/L, on 2026-11-16"
REPEAT = "B12 96 pmol/L (16 Nov), may be low, its status does not count: read it or repeat it"
CONFIRM = "B12 96 pmol/L (16 Nov) cannot be used (its status does not count): confirm or repeat it"
VEGAN = "vegan diet, since 2020-01-01"


def operated(level: str, operation: str = "ileal resection") -> Json:
    length = ["ileal resection 25 cm, on 2023-11-20"] if operation == "ileal resection" else []
    return {
        "procedures": [f"{operation}, on 2023-11-20"],
        "results": [level, *length, KIDNEYS, *NO_SIGNS],
    }


NOT_LOW = LEVEL.replace("96", "310")


def opened(**chart: Any) -> Json:
    return write_request({"chart": {"born": "1960-02-02", "sex": "female"} | chart})


def unread(asked: Json) -> Json:
    """Return the request with the level of vitamin B12 without a status."""
    for entry in asked["prefetch"]["labs"]["entry"]:
        if entry["resource"].get("valueQuantity", {}).get("value") == 96:
            del entry["resource"]["status"]
    return asked


# --- prophylaxis is due, and it may be deficiency already


def test_loading_is_no_excess_while_a_level_may_be_low_b6() -> None:
    card = only_card(unread(request(LOADING, **operated(LEVEL))))
    assert (card["indicator"], card["summary"]) == ("info", REPEAT)
    assert "The loading is right if vitamin B12 is low." in card["detail"]
    assert labels(card)
    assert not any(one.get("isRecommended") for one in card["suggestions"])


def test_with_a_level_that_is_not_low_loading_is_more_than_is_needed_as_before_b6() -> None:
    card = only_card(request(LOADING, **operated(NOT_LOW)))
    assert card["summary"] == "These B12 injections are more frequent than is needed here"
    assert any(one.get("isRecommended") for one in card["suggestions"])


@pytest.mark.parametrize(
    ("order", "operation"),
    [
        (MONTHLY, "ileal resection"),
        (EVERY_3, "sleeve gastrectomy"),
        (TABLETS, "sleeve gastrectomy"),
    ],
)
def test_prophylaxis_that_is_right_says_that_the_level_is_to_be_read(
    order: str, operation: str
) -> None:
    card = only_card(unread(request(order, **operated(LEVEL, operation))))
    assert (card["indicator"], card["summary"]) == ("info", CONFIRM)
    assert any(label.startswith("Order B12") for label in labels(card))
    assert cards_of(request(order, **operated(NOT_LOW, operation))) == []


def test_prevention_is_offered_and_not_marked_while_a_level_may_be_low_P1() -> None:
    """One click would be "every month for life" without the loading; the level is named."""
    card = only_card(unread(opened(**operated(LEVEL))))
    assert card["summary"].startswith("25 cm of ileum resected, no B12 ordered")
    assert "- B12 96 pmol/L (16 Nov), not counted: its status does not count" in card["detail"]
    assert not any(one.get("isRecommended") for one in card["suggestions"])
    known = only_card(opened(**operated(NOT_LOW)))
    assert [one["isRecommended"] for one in known["suggestions"]] == [True]


def test_what_is_wrong_with_an_order_is_put_right_all_the_same_b11() -> None:
    """Every 3 months is too seldom for 25 cm of ileum, whatever the level is."""
    card = only_card(unread(request(EVERY_3, **operated(LEVEL))))
    assert (card["indicator"], card["source"]["topic"]["code"]) == ("warning", "b11")
    assert any(one.get("isRecommended") for one in card["suggestions"])


# --- a supplement that treats nothing, and makes the next level misleading


def test_a_multivitamin_does_not_pass_a_level_that_may_be_low_E3() -> None:
    card = only_card(unread(request(MULTIVITAMIN, results=[LEVEL, KIDNEYS], conditions=[VEGAN])))
    assert (card["indicator"], card["summary"]) == ("info", REPEAT)
    assert any(label.startswith("Order B12") for label in labels(card))


def test_a_multivitamin_whose_route_is_not_known_treats_nothing_either_Q49() -> None:
    """10 micrograms a day are no treatment by whatever route."""
    asked = request(MULTIVITAMIN, results=[LEVEL, KIDNEYS], conditions=[VEGAN])
    (entry,) = asked["context"]["draftOrders"]["entry"]
    dosage = entry["resource"]["dosageInstruction"][0]
    dosage["route"] = {"coding": [{"system": "http://snomed.info/sct", "code": "1"}]}
    dosage["doseAndRate"] = [{"doseQuantity": {"value": 10, "unit": "mcg", "code": "ug"}}]
    card = only_card(asked)
    assert card["indicator"] == "warning"
    assert "a multivitamin does not treat this" in card["summary"]


def test_a_multivitamin_does_not_pass_nerve_signs_that_nobody_tested_N2() -> None:
    signs = "paraesthesia, since 2026-11-10"
    card = only_card(request(MULTIVITAMIN, results=[KIDNEYS], conditions=[VEGAN, signs]))
    assert card["summary"].endswith("test B12 and MMA now, do not wait to treat")


@pytest.mark.parametrize("results", [[LEVEL.replace("96", "420"), KIDNEYS], [KIDNEYS]])
def test_a_multivitamin_passes_where_nothing_speaks_for_deficiency(results: list[str]) -> None:
    assert cards_of(request(MULTIVITAMIN, results=results)) == []


# --- tablets go on, and may not work (T5b)


def on_tablets(since: str = "2026-06-01") -> Json:
    return {
        "conditions": [VEGAN],
        "results": [LEVEL, KIDNEYS, *NO_SIGNS],
        "active": [f"{TABLETS}, since {since}"],
        "supplied": ["vitamin B12 tablet 1 mg, on 2026-10-20, for 90 days"],
    }


def test_a_level_on_tablets_that_cannot_be_used_is_told_when_the_chart_is_opened() -> None:
    card = only_card(unread(opened(**on_tablets())))
    assert (card["indicator"], card["summary"]) == ("info", REPEAT)
    assert not card.get("suggestions")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"status": "preliminary"}, "it is preliminary"),
        ({"valueQuantity": {"value": 96}, "code": {"text": "Vitamin B12"}}, "its unit is missing"),
        ({"valueQuantity": None, "valueString": "96 pmol/L, see note"}, "it could not be read"),
    ],
)
def test_so_it_is_whatever_keeps_it_from_being_used_Q35(changed: Json, why: str) -> None:
    asked = opened(**on_tablets())
    for entry in asked["prefetch"]["labs"]["entry"]:
        if entry["resource"].get("valueQuantity", {}).get("value") == 96:
            entry["resource"].update(changed, interpretation=[{"text": "L"}])
    card = only_card(asked)
    assert card["indicator"] == "info"
    assert card["summary"].endswith(f"{why}: read it or repeat it")


def test_so_it_is_beside_the_tablets_ordered_again() -> None:
    """Which of the two orders it is leads; the level is said with it."""
    card = only_card(unread(request(TABLETS, **on_tablets())))
    assert card["summary"].endswith("a renewal, or a second order?")
    assert f"{REPEAT}." in card["detail"]


def test_so_it_is_beside_folic_acid_which_goes_on() -> None:
    card = only_card(unread(request(FOLIC, **on_tablets())))
    assert (card["indicator"], card["summary"]) == ("info", REPEAT)
    assert labels(card) == ["Order B12; folic acid goes on"]


@pytest.mark.parametrize(
    "since",
    ["2026-10-20", "2026-09-01"],  # tablets of less than three months say nothing yet
)
def test_before_three_months_of_tablets_a_level_says_nothing(since: str) -> None:
    assert cards_of(unread(opened(**on_tablets(since)))) == []


def test_a_usable_level_of_the_same_time_or_later_answers_it() -> None:
    chart = on_tablets()
    chart["results"] = [*chart["results"], "B12 420 pmol/L, on 2026-11-18"]
    assert cards_of(unread(opened(**chart))) == []


def test_beside_injections_a_level_says_nothing() -> None:
    chart = on_tablets() | {
        "active": [f"{EVERY_3}, since 2025-11-01"],
        "supplied": [],
        "given": [f"hydroxocobalamin, 1000 mcg, IM, on 2026-{day}" for day in ("07-20", "10-20")],
    }
    assert cards_of(unread(opened(**chart))) == []


# --- since when tablets are taken


@pytest.mark.parametrize("first", ["2026-06-22", "2026-07-02"])
def test_tablets_supplied_for_90_days_and_again_when_they_are_used_up_are_one_course(
    first: str,
) -> None:
    """22 June for 90 days ends on 20 September, 12 days before the next (Q77: 30 days)."""
    supplied = [f"vitamin B12 tablet 1 mg, on {day}, for 90 days" for day in (first, "2026-10-02")]
    chart = {"conditions": [VEGAN], "results": [LEVEL, KIDNEYS, *NO_SIGNS], "supplied": supplied}
    card = only_card(opened(**chart))
    assert card["summary"].startswith("B12 96 pmol/L (16 Nov) after ")
    assert "months of tablets: check they are taken" in card["summary"]


def test_a_gap_of_more_than_30_days_makes_it_an_earlier_course() -> None:
    days = ("2026-05-20", "2026-10-02")  # used up on 18 August
    supplied = [f"vitamin B12 tablet 1 mg, on {day}, for 90 days" for day in days]
    chart = {"conditions": [VEGAN], "results": [LEVEL, KIDNEYS, *NO_SIGNS], "supplied": supplied}
    assert "of tablets: check they are taken" not in str(cards_of(opened(**chart)))
