"""Kidneys, blood, nitrous oxide, pregnancy and reactions: what they make of a level and of tablets,
and that the card says so.

Expectations: cards.md 4 (b2, b10, c3, d1), 4.1 (T1b, T5), 7 (rule 4); decisions 2.4 (T1b, N2, N3),
2.6 (K10, K14), 2.7, Q60, Q69, Q79; I16, I18, I33.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.vignettes.chart import write_request
from tests.vignettes.test_second_answers import refill
from tests.vignettes.test_stops_and_doubtful_orders import cards_of, labels, only_card, request

Json = dict[str, Any]

ANAEMIA = "pernicious anaemia, since 2022-11-15"
STAGE_4 = "kidney disease stage 4, since 2023-10-01"
GAS = "nitrous oxide poisoning, since 2026-10-01"
SIGNS = "paraesthesia, since 2026-11-10"
HIGH = "B12 800 pmol/L, on 2026-11-02"
NOT_LOW = "B12 300 pmol/L, on 2026-11-02"
LOW = "B12 96 pmol/L, on 2026-11-02"
KIDNEYS = "eGFR 90 mL/min/{1.73_m2}, on 2026-11-06"
TABLETS = "vitamin B12 tablet 1 mg, 1 tablet, oral, daily"
FOLIC = "folic acid tablet 5 mg, 1 tablet, oral, daily"
EVERY_3 = "hydroxocobalamin, 1000 mcg, IM, every 3 months"


def opened(**chart: Any) -> Json:
    return write_request({"chart": {"born": "1960-02-02", "sex": "female"} | chart})


# --- kidney disease of stage 4 and 5 raises the level, also where no eGFR is on record (Q79)


def test_with_nerve_signs_the_level_of_severe_kidney_disease_excludes_nothing() -> None:
    card = only_card(opened(conditions=[STAGE_4, SIGNS], results=[HIGH]))
    assert card["summary"].endswith("test B12 and MMA now, do not wait to treat")
    assert "- Kidney disease recorded (Oct 2023)" in card["detail"]


def test_without_signs_or_symptoms_it_is_read_as_ever() -> None:
    assert cards_of(opened(conditions=[STAGE_4], results=[HIGH])) == []


@pytest.mark.parametrize(
    ("results", "tests"),
    [
        ([HIGH], "methylmalonic acid, homocysteine"),
        ([], "B12, blood count, methylmalonic acid"),
    ],
)
def test_the_tests_that_the_card_asks_for_come_with_the_removal(
    results: list[str], tests: str
) -> None:
    reduced = "eGFR 45 mL/min/{1.73_m2}, on 2026-11-06"
    signs = [SIGNS] if results else []
    card = only_card(request(TABLETS, conditions=signs, results=[*results, reduced]))
    assert labels(card) == [f"Remove this order; order {tests}"]


def test_so_they_do_where_a_severe_reaction_takes_the_order_out() -> None:
    card = only_card(request(TABLETS, allergies=["severe: cyanocobalamin"]))
    assert card["source"]["topic"]["code"] == "d4"
    assert labels(card) == ["Remove this order; order B12, blood count, methylmalonic acid"]


# --- what leaves the level open is named


def test_the_condition_that_raises_the_level_is_named_Q60() -> None:
    chart = {"conditions": ["cirrhosis, since 2020-01-01"], "results": [HIGH]}
    for card in (only_card(opened(**chart)), only_card(request(FOLIC, **chart))):
        assert "(a condition that raises it): measure methylmalonic acid" in card["summary"]
        assert "\n- Raises B12: 'cirrhosis' (Jan 2020)" in card["detail"]


def test_beside_nitrous_oxide_another_level_would_mislead_again_K14() -> None:
    card = only_card(request(FOLIC, conditions=[GAS], results=[NOT_LOW, KIDNEYS]))
    assert card["summary"].endswith(
        ", with nitrous oxide, does not exclude deficiency: measure methylmalonic acid before "
        "folic acid"
    )
    assert labels(card) == ["Order B12, methylmalonic acid before folic acid"]
    assert card["detail"].count("itrous oxide") == 1


def test_a_neuropathy_of_another_cause_that_asks_for_the_test_is_named_E2() -> None:
    metformin = "metformin, 500 mg, oral, twice a day, since 2020-01-01"
    asked = opened(conditions=["fatigue, since 2026-10-01"], active=[metformin], results=[KIDNEYS])
    (entry,) = asked["prefetch"]["conditions"]["entry"]
    polyneuropathy = {"system": "http://snomed.info/sct", "code": "713706002"}
    entry["resource"]["code"] = {"coding": [polyneuropathy]}
    card = only_card(asked)
    assert card["summary"].startswith("Medicine that lowers B12 and nerve signs recorded.")
    assert "\n- Peripheral neuropathy (1 Oct), by its code of another cause" in card["detail"]


# --- pregnancy: injections are preferred, tablets not wrong (K10)


def test_pregnancy_offers_what_it_prefers_beside_tablets() -> None:
    chart = {"born": "1995-02-02", "sex": "female"}
    pregnant = ["pregnant, since 2026-10-01"]
    asked = request(TABLETS, **chart, conditions=pregnant, results=[LOW, KIDNEYS])
    card = only_card(asked)
    assert "oral treatment is suitable" not in card["detail"]
    assert [one.split(":")[0] for one in labels(card)] == ["NEURO signs", "NO neuro signs"]
    assert "hydroxocobalamin 1 mg IM x6 in 2 weeks" in labels(card)[1]


# --- tablets in pernicious anaemia beside a reaction to the injections


@pytest.mark.parametrize("ask", [opened, refill])
def test_injections_are_not_preferred_over_a_reaction_to_them_I16(ask: Any) -> None:
    chart: Json = {
        "conditions": [ANAEMIA],
        "results": [LOW, KIDNEYS],
        "active": [f"{TABLETS}, since 2026-10-01"],
        "allergies": ["severe: hydroxocobalamin"],
    }
    (card,) = cards_of(ask(**chart) if ask is opened else ask(TABLETS, **chart))
    said = "Reaction to hydroxocobalamin: allergy advice before any injection"
    assert card["summary"].endswith(said)
    assert "injections are preferred" not in card["summary"]
    assert card["detail"].count("safely replaces injections") == 1


# --- T1b: where nothing improves any further it goes on at the interval of 2.7


@pytest.mark.parametrize(
    ("every", "legs"),
    [
        ("every 3 months", ["STILL improving", "NO further improvement"]),
        ("every 2 months", ["STILL improving"]),
    ],
)
def test_going_on_is_at_most_every_2_months_after_nerve_signs(every: str, legs: list[str]) -> None:
    days = ("2026-07-15", "2026-10-10")
    chart: Json = {
        "conditions": [ANAEMIA, "paraesthesia, since 2025-11-01"],
        "active": [f"hydroxocobalamin, 1000 mcg, IM, {every}, since 2026-02-15"],
        "given": [f"hydroxocobalamin, 1000 mcg, IM, on {day}" for day in days],
    }
    card = only_card(opened(**chart))
    assert [label.split(":")[0] for label in labels(card)] == legs
    if len(legs) > 1:
        assert labels(card)[1].endswith("hydroxocobalamin 1 mg IM every 2 months for life")


def test_a_level_that_an_earlier_one_contradicts_is_repeated_by_the_same_click_D5b() -> None:
    results = ["B12 300 pmol/L, on 2026-11-02", "B12 100 pmol/L, on 2026-10-01", KIDNEYS]
    for card in (only_card(opened(results=results)), only_card(request(EVERY_3, results=results))):
        assert card["summary"].endswith("no B12 between: repeat it with methylmalonic acid")
        assert labels(card) == ["Order methylmalonic acid, B12"]


@pytest.mark.parametrize(("level", "said"), [("400", True), ("96", False)])
def test_the_diagnosis_that_decides_beside_a_level_stands_among_the_facts_D2(
    level: str, said: bool
) -> None:
    results = [f"B12 {level} pmol/L, on 2026-11-02", KIDNEYS]
    card = only_card(
        opened(conditions=["vitamin B12 deficiency, since 2019-01-01"], results=results)
    )
    assert ("\n- B12 deficiency recorded (Jan 2019)\n" in card["detail"]) is said
