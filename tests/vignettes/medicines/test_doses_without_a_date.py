"""A dose of which nobody wrote when, or only the year, beside every kind of order: no card says
that nothing was given, or that nobody is treated (decisions I27, I33, Q28, Q30).
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.vignettes.test_one_change import opened
from tests.vignettes.test_stops_and_doubtful_orders import (
    LOADING,
    MAINTENANCE,
    TABLETS,
    cards_of,
    only_card,
    request,
)

Json = dict[str, Any]

ANAEMIA = "pernicious anaemia, since 2022-11-15"
LOW = "B12 96 pmol/L, on 2026-11-06"
FOLIC_ACID = "folic acid tablet 5 mg, 1 tablet, oral, daily"
EVERY_2_MONTHS = "hydroxocobalamin, 1000 mcg, IM, every 2 months"
BEFORE = {
    "nothing": [],
    "of two years ago": [f"{EVERY_2_MONTHS}, since 2024-01-20"],
    "longer ago than an interval": [f"{EVERY_2_MONTHS}, since 2026-06-01"],
    "of this month": [f"{EVERY_2_MONTHS}, since 2026-11-01"],
    "on hold": [f"on hold: {EVERY_2_MONTHS}, since 2026-06-01"],
    "loading": [f"{LOADING}, since 2026-11-10"],
    "loading of old": [f"{LOADING}, since 2026-08-10"],
    "tablets": [f"{TABLETS}, since 2026-10-01"],
    "in words": ["hydroxocobalamin, 'see letter'"],
}
SELECTED = {
    "chart": None,
    "tablets": TABLETS,
    "loading": LOADING,
    "maintenance": MAINTENANCE,
    "folic acid": FOLIC_ACID,
}
DENIED = re.compile(
    r"no (?:b12 |loading or )?dose(?: of it)?(?: is)? on record|no dose\b(?! with a date)|"
    r"not treated|untreated|no b12 treatment|never|before the first dose",
    re.IGNORECASE,
)


def with_dose(selected: str | None, given: str | None, **chart: Any) -> Json:
    """Return a request with an injection of this day, month or year; without any for `None`."""
    chart["given"] = ["hydroxocobalamin, 1000 mcg, IM, on 2026-05-01"]
    asked = request(selected, **chart) if selected else opened(**chart)
    for part in asked["prefetch"].values():
        for entry in part.get("entry", ()):
            dose = entry["resource"]
            if dose["resourceType"] == "MedicationAdministration":
                dose.pop("effectiveDateTime")
                dose |= {"effectiveDateTime": given} if given else {}
    return asked


def said_by(card: Json) -> str:
    labels = [offer["label"] for offer in card.get("suggestions", ())]
    return "\n".join([card["summary"], card.get("detail", ""), *labels])


@pytest.mark.parametrize("given", [None, "2026"])
@pytest.mark.parametrize("results", [[], [LOW]])
@pytest.mark.parametrize("selected", SELECTED)
@pytest.mark.parametrize("before", BEFORE)
def test_no_card_says_that_nothing_was_given_I27(
    before: str, selected: str, results: list[str], given: str | None
) -> None:
    chart = {"conditions": [ANAEMIA], "active": BEFORE[before], "results": results}
    for card in cards_of(with_dose(SELECTED[selected], given, **chart)):
        assert not DENIED.search(said_by(card)), said_by(card)


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (
            "nothing",
            "B12 96 pmol/L (6 Nov); a dose without its date on record: is B12 being given?",
        ),
        (
            "of this month",
            "B12 96 pmol/L (6 Nov); hydroxocobalamin ordered 1 Nov, a dose without its date on "
            "record: is B12 being given?",
        ),
        (
            "longer ago than an interval",
            "B12 96 pmol/L (6 Nov); hydroxocobalamin ordered 1 Jun, a dose without its date on "
            "record: is it given? Ask about numbness, gait, memory",
        ),
    ],
)
def test_the_chart_asks_and_names_the_dose_Q28(before: str, said: str) -> None:
    chart = {"conditions": [ANAEMIA], "active": BEFORE[before], "results": [LOW]}
    card = only_card(with_dose(None, None, **chart))
    assert (card["summary"], card["indicator"]) == (said, "warning")


def test_an_order_of_this_month_without_any_dose_is_still_not_loaded_Q78() -> None:
    asked = opened(conditions=[ANAEMIA], active=BEFORE["of this month"], results=[LOW])
    assert "no loading or dose on record: load first" in only_card(asked)["summary"]
