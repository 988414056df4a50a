"""Levels of long ago, a loading course that was not finished, and what is said once.

Expectations: cards.md 4 (b3, b13, b21, e1, h2, h4), 4.1 (T4), 7 (rules 2, 3 and 6); decisions 2.4
(T4, M6), F35, C1, C14, Q11, Q14, Q36, Q70; I27, I33.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.vignettes.chart import write_request
from tests.vignettes.test_stops_and_doubtful_orders import (
    cards_of,
    draft_of,
    labels,
    only_card,
    request,
)

Json = dict[str, Any]

DIAGNOSIS = "vitamin B12 deficiency, since 2026-10-10"
SIGNS = "paraesthesia, since 2026-11-10"
NO_SIGNS = "no neurological symptoms, on 2026-11-20"
LOW = "B12 96 pmol/L, on 2026-11-02"
KIDNEYS = "eGFR 90 mL/min/{1.73_m2}, on 2026-11-06"
LOADING = "hydroxocobalamin, 1000 mcg, IM, three times a week for 2 weeks"
THEN = "hydroxocobalamin, 1000 mcg, IM, every 2 to 3 months"
EVERY_3 = "hydroxocobalamin, 1000 mcg, IM, every 3 months"
TABLETS = "vitamin B12 tablet 1 mg, 1 tablet, oral, daily"
FOLIC = "folic acid tablet 5 mg, 1 tablet, oral, daily"


def opened(**chart: Any) -> Json:
    return write_request({"chart": {"born": "1960-02-02", "sex": "female"} | chart})


def given(*days: str) -> list[str]:
    return [f"hydroxocobalamin, 1000 mcg, IM, on 2026-{day}" for day in days]


# --- a level that is on record is never "no test", however old (I27)


@pytest.mark.parametrize(
    ("level", "summary"),
    [
        ("B12 100 pmol/L, on 2020-11-02", "is 6 years old and was low: repeat it; do not wait"),
        ("B12 100 pmol/L, on 2023-11-02", "is 3 years old and was low: repeat it; do not wait"),
        ("B12 400 pmol/L, on 2018-11-02", "is 8 years old: test before the first dose"),
    ],
)
def test_an_old_level_is_named_and_whether_it_was_low_Q36(level: str, summary: str) -> None:
    card = only_card(request(EVERY_3, results=[level, KIDNEYS]))
    assert summary in card["summary"]
    assert "No B12 test" not in str(card)


def test_folic_acid_beside_a_level_of_long_ago_says_so_too() -> None:
    card = only_card(request(FOLIC, results=["B12 400 pmol/L, on 2018-11-02"]))
    assert card["summary"] == "Last B12 400 pmol/L is 8 years old: test before folic acid"


def test_of_levels_of_long_ago_only_the_newest_is_named_and_a_younger_one_stands_alone() -> None:
    old = ["B12 100 pmol/L, on 2015-11-02", "B12 400 pmol/L, on 2018-11-02"]
    assert "100 pmol/L" not in str(only_card(request(EVERY_3, results=[*old, KIDNEYS])))
    younger = "B12 300 pmol/L, on 2024-11-02"
    said = str(only_card(request(EVERY_3, results=[*old, younger, KIDNEYS])))
    assert "Last B12 300 pmol/L is 24 months old" in said
    assert "100 pmol/L" not in said
    assert cards_of(opened(results=[*old, "B12 500 pmol/L, on 2026-11-02"])) == []


def test_a_level_is_said_in_the_unit_of_its_report() -> None:
    asked = opened(results=["B12 96 pg/mL, on 2026-11-02", KIDNEYS])
    assert "B12 96 pg/mL (2 Nov)" in only_card(asked)["summary"]
    (level, _) = asked["prefetch"]["labs"]["entry"]
    level["resource"]["valueQuantity"] = {"value": 96, "unit": "ng/L"}
    assert "B12 96 ng/L (2 Nov)" in only_card(asked)["summary"]


# --- a loading course that stopped halfway is a lapse: a dose is due now, not in two months (T4)

HALFWAY = {
    "conditions": [DIAGNOSIS],
    "active": [f"{LOADING}, since 2026-10-18"],
    "given": given("10-19", "10-21", "10-23", "10-26"),
}


def first_day(action: Json) -> str:
    repeat = action["resource"]["dosageInstruction"][0]["timing"]["repeat"]
    return str(repeat["boundsPeriod"]["start"])


def test_what_is_due_now_starts_now_T4() -> None:
    card = only_card(opened(**HALFWAY))
    assert card["summary"] == "Last B12 injection 26 Oct, loading stopped: give one now"
    *_, resume = card["suggestions"]
    assert resume["label"] == "NO symptoms: hydroxocobalamin 1 mg IM every 2 months for life"
    assert [first_day(action) for action in resume["actions"]] == ["2026-11-26"]


def test_a_lapse_of_maintenance_says_what_was_due_as_before_T4() -> None:
    chart = {"conditions": [DIAGNOSIS], "active": [f"{EVERY_3}, since 2025-12-15"]}
    card = only_card(opened(**chart | {"given": given("01-10", "04-10")}))
    assert card["summary"] == "Last B12 injection 10 Apr, due every 2 months: give one now"


@pytest.mark.parametrize("status", ["active", "completed"])
def test_maintenance_after_half_a_course_is_asked_about_Q11(status: str) -> None:
    asked = request(EVERY_3, **HALFWAY)
    asked["prefetch"]["medications"]["entry"][0]["resource"]["status"] = status
    card = only_card(asked)
    assert card["source"]["topic"]["code"] == "b23"
    assert card["summary"].startswith("Last B12 injection 26 Oct, 31 days ago: give one now")


# --- what is said once


def test_words_that_a_folded_card_quotes_are_not_quoted_again() -> None:
    few = "eGFR 40 mL/min/{1.73_m2}, on 2026-11-06"
    card = only_card(
        request(TABLETS, conditions=["'numb feet', since 2026-11-10"], results=[LOW, few])
    )
    assert card["source"]["topic"]["code"] == "d1"
    assert card["detail"].count("numb feet") == 1
    assert "- Nerve signs: not known, words may mean them" in card["detail"]


def test_words_are_not_called_not_recorded_I33() -> None:
    words = "'numb feet', since 2026-11-10"
    card = only_card(request(TABLETS, conditions=[words], results=[LOW, KIDNEYS]))
    assert "not recorded" not in card["detail"]
    assert "are not known, words of the record may mean them" in card["detail"]
    without = only_card(request(TABLETS, results=[LOW, KIDNEYS]))
    assert "are not recorded, which does not mean absent" in without["detail"]
    assert "- Nerve signs: not recorded" in without["detail"]


def test_of_two_orders_that_are_too_seldom_the_first_says_why_b3() -> None:
    weekly = "hydroxocobalamin, 1000 mcg, IM, weekly"
    every_2 = "hydroxocobalamin, 1000 mcg, IM, every 2 months"
    card = only_card(request(weekly, every_2, conditions=[SIGNS], results=[LOW, KIDNEYS]))
    assert card["source"]["topic"]["code"] == "b3"
    assert card["detail"].count("With neurological involvement") == 1
    (label,) = labels(card)
    assert label.endswith("hydroxocobalamin 1 mg IM alternate days")


def test_injections_that_were_not_checked_are_advised_as_they_are_offered_C1() -> None:
    results = [LOW, KIDNEYS, NO_SIGNS]
    asked = request("hydroxocobalamin, '1000 IU IM monthly'", results=results)
    card = only_card(asked)
    assert card["detail"].startswith(
        "Vitamin B12 deficiency without neurological involvement: loading, then maintenance."
    )
    assert "IM x6 in 2 weeks" in labels(card)[0]


# --- suggestions say what they do


def test_what_somebody_told_of_cannot_be_named_by_an_order_e1() -> None:
    asked = request(TABLETS, conditions=[DIAGNOSIS], results=[KIDNEYS], active=[])
    stated = draft_of(request("vitamin B12 tablet 1 mg, 2 tablet, oral, daily"))
    asked["prefetch"]["statements"]["entry"] = [
        {
            "resource": {
                "resourceType": "MedicationStatement",
                "id": "s1",
                "status": "active",
                "medicationCodeableConcept": stated["medicationCodeableConcept"],
                "subject": {"reference": "Patient/p1"},
                "effectivePeriod": {"start": "2026-05-01"},
                "dateAsserted": "2026-11-01",
                "dosage": stated["dosageInstruction"],
            }
        }
    ]
    for card in cards_of(asked):
        for offer in card.get("suggestions", ()):
            assert "replaces" not in offer["label"]
            assert offer["actions"]


# --- other routes are named where they suit (C14)


@pytest.mark.parametrize(
    ("found", "signs", "tablets"),
    [
        ("platelets 18 10*9/L", NO_SIGNS, True),
        ("INR 4.2 {INR}", NO_SIGNS, True),
        ("platelets 18 10*9/L", "", False),
    ],
)
def test_tablets_are_another_route_without_nerve_signs(
    found: str, signs: str, tablets: bool
) -> None:
    results = [LOW, KIDNEYS, f"{found}, on 2026-11-25", *filter(None, [signs])]
    card = only_card(request(LOADING, THEN, results=results))
    assert ("Daily tablets are another route." in card["detail"]) is tablets


# --- children


def test_the_loading_course_of_adults_is_not_held_against_a_child_Q14() -> None:
    daily = "hydroxocobalamin, 1000 mcg, IM, daily"
    card = only_card(request(daily, born="2026-07-02"))
    assert card["summary"] == "Daily injections without an end: check for how long they are meant"
    assert "5 to 6 doses" not in card["detail"]
    assert "suggestions" not in card or not card["suggestions"]
