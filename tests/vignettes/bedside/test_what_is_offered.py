"""What one click does: it leaves nobody with an order that its own card speaks against.

Expectations: cards.md 4 (e1, d1, d2, b6, b15, b16), 5; I2, I6, I31, Q38.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.vignettes.chart import NOT_AVAILABLE
from tests.vignettes.test_second_answers import refill
from tests.vignettes.test_stops_and_doubtful_orders import NO_SIGNS, cards_of, labels, request

Json = dict[str, Any]

ANAEMIA = "pernicious anaemia, since 2022-11-15"
ENOUGH = "eGFR 90 mL/min/{1.73_m2}, on 2026-11-06"
FEW = "eGFR 40 mL/min/{1.73_m2}, on 2026-11-06"
EVERY_3 = "hydroxocobalamin, 1000 mcg, IM, every 3 months"
CYANO = "cyanocobalamin injection, 1000 mcg, IM"
LEADS = ("d1", "d2", "b6", "b15")


def on_hydroxocobalamin(*results: str) -> Json:
    return {
        "conditions": [ANAEMIA],
        "results": list(results),
        "active": [f"{EVERY_3}, since 2026-02-15"],
        "given": [
            f"hydroxocobalamin, 1000 mcg, IM, on 2026-{month}" for month in ("07-15", "10-10")
        ],
    }


def into_vein(asked: Json) -> Json:
    (entry,) = asked["context"]["draftOrders"]["entry"]
    (dosage,) = entry["resource"]["dosageInstruction"]
    dosage["route"] = {"coding": [{"system": "http://snomed.info/sct", "code": "47625008"}]}
    return asked


@pytest.mark.parametrize(
    ("asked", "leads"),
    [
        (request(f"{CYANO}, every month", **on_hydroxocobalamin(FEW)), "d1"),
        (refill(f"{CYANO}, every month", **on_hydroxocobalamin(FEW)), "d1"),
        (request(f"{CYANO}, every month", **on_hydroxocobalamin()), "d2"),
        (request(f"{CYANO}, every 3 months", **on_hydroxocobalamin(ENOUGH)), "b6"),
        (into_vein(request(EVERY_3, **on_hydroxocobalamin(ENOUGH))), "b15"),
    ],
)
def test_a_wrong_order_is_not_offered_in_the_place_of_the_right_one_I2(
    asked: Json, leads: str
) -> None:
    (card,) = cards_of(asked)
    assert card["source"]["topic"]["code"] == leads
    assert labels(card)[-1] == "Remove this order"
    assert not [label for label in labels(card) if "replaces" in label]


def test_an_order_that_is_only_second_choice_may_take_its_place_RN5() -> None:
    (card,) = cards_of(request(f"{CYANO}, every month", **on_hydroxocobalamin(ENOUGH)))
    assert card["indicator"] == "info"
    assert "This replaces the order of 15 Feb 2026" in labels(card)


# --- a change of the dose: by tablets that can be taken so, and from which day


def tablets_of(name: str, dose: Json | None = None) -> Json:
    asked = request(
        "vitamin B12 tablet 1 mg, 1 tablet, oral, daily",
        conditions=["vegan diet, since 2020-01-01"],
        results=["B12 96 pmol/L, on 2026-11-02", ENOUGH, "no neurological symptoms, on 2026-11-20"],
    )
    (entry,) = asked["context"]["draftOrders"]["entry"]
    entry["resource"]["medicationCodeableConcept"] = {"text": name}
    if dose:
        entry["resource"]["dosageInstruction"][0]["doseAndRate"] = [{"doseQuantity": dose}]
    return asked


@pytest.mark.parametrize(
    ("name", "stays"),
    [
        ("Cyanocobalamin 5,000 mcg sublingual tablet", False),  # a fifth of one
        ("Cyanocobalamin 100 mcg tablet", False),  # ten
        ("Cyanocobalamin 50microgram tablets", False),  # twenty
        ("Cyanocobalamin 500 mcg tablet", True),
        ("Cyanocobalamin 2000 mcg tablet", True),  # half of one, where 2 mg are twice too many
        ("Cyanocobalamin tablets", True),
    ],
)
def test_a_dose_is_changed_with_tablets_that_give_it_Q25(name: str, stays: bool) -> None:
    asked = tablets_of(name, {"value": 4000, "unit": "mcg", "code": "ug"})
    (card,) = cards_of(asked)
    (offer,) = card["suggestions"]
    (action,) = offer["actions"]
    ordered = action["resource"]["medicationCodeableConcept"]["text"]
    assert ordered == (name if stays else "Cyanocobalamin 1 mg oral tablet")
    assert ("whose strength fits" in action["description"]) is not stays


def test_a_changed_order_says_from_which_day_it_is_given_cards_8() -> None:
    (card,) = cards_of(
        request(EVERY_3.replace("3 months", "6 months"), **on_hydroxocobalamin(ENOUGH))
    )
    (offer,) = card["suggestions"]
    (action,) = offer["actions"]
    repeat = action["resource"]["dosageInstruction"][0]["timing"]["repeat"]
    assert repeat["boundsPeriod"] == {"start": "2026-12-10"}
    assert "; first dose on 10 Dec 2026" in action["description"]


@pytest.mark.parametrize(
    ("name", "stays"),
    [
        ("Cyanocobalamin 35micrograms/5ml oral solution", False),  # 143 mL
        ("Cyanocobalamin 1000 mcg/15 mL oral solution", True),
    ],
)
def test_a_dose_is_changed_with_a_solution_that_gives_it(name: str, stays: bool) -> None:
    (card,) = cards_of(tablets_of(name, {"value": 4000, "unit": "mcg", "code": "ug"}))
    (offer,) = card["suggestions"]
    (action,) = offer["actions"]
    ordered = action["resource"]["medicationCodeableConcept"]["text"]
    assert ordered == (name if stays else "Cyanocobalamin 1 mg oral tablet")


def test_a_weak_injection_gives_way_to_one_that_fits_into_a_muscle() -> None:
    weak = "hydroxocobalamin 0.25 mg/mL, 250 mcg, IM, every 2 months"
    (card,) = cards_of(request(weak, **on_hydroxocobalamin(ENOUGH) | {"active": []}))
    (offer,) = card["suggestions"]
    (action,) = offer["actions"]
    ordered = action["resource"]["medicationCodeableConcept"]["text"]
    assert ordered == "Hydroxocobalamin 1 mg/mL solution for injection"
    assert "whose strength fits" in action["description"]


@pytest.mark.parametrize("known", ["not recorded", "list failed", "none"])
def test_alternate_days_beside_maintenance_ask_for_signs_that_are_not_known_b6(known: str) -> None:
    """The signs may be why they were ordered: nothing less is marked as recommended."""
    asked = request(
        "hydroxocobalamin, 1000 mcg, IM, alternate days",
        results=NO_SIGNS if known == "none" else [],
        active=[f"{EVERY_3}, since 2025-11-01"],
        given=[f"hydroxocobalamin, 1000 mcg, IM, on 2026-{day}" for day in ("07-20", "10-20")],
    )
    if known == "list failed":
        asked["prefetch"]["conditions"] = NOT_AVAILABLE
    card = next(one for one in cards_of(asked) if one["source"]["topic"]["code"] == "b6")

    assert card["indicator"] == "info"
    assert card["summary"].endswith("are there any?") is (known != "none")
    assert labels(card)
    assert not any(one.get("isRecommended") for one in card["suggestions"] if known != "none")


@pytest.mark.parametrize("interval", ["2 months", "3 months"])
def test_less_often_than_before_a_lapse_is_offered_a_change_that_nobody_marks_T4(
    interval: str,
) -> None:
    """Both are right by the guidance (2.7); what it was ordered for may go on (S14, S15)."""
    asked = request(
        f"hydroxocobalamin, 1000 mcg, IM, every {interval}",
        conditions=[ANAEMIA],
        results=[ENOUGH, *NO_SIGNS],
        active=["hydroxocobalamin, 1000 mcg, IM, every month, since 2025-11-01"],
        given=[f"hydroxocobalamin, 1000 mcg, IM, on 2026-{day}" for day in ("07-20", "08-20")],
    )
    (card,) = cards_of(asked)
    assert (card["indicator"], card["source"]["topic"]["code"]) == ("info", "b23")
    assert labels(card) == ["Change to hydroxocobalamin 1 mg IM every month for life"]
    assert not any(one.get("isRecommended") for one in card["suggestions"])
