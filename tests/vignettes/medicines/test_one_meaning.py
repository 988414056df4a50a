"""One meaning of an order in several expressions, and several meanings that look alike.

Expectations: cards.md 2 and 8; decisions 2.7, Q37, Q41 (words and fields), I27 (never "not
ordered" beside an order), architecture.md (what is offered and taken draws no second complaint).
"""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.vignettes.test_stops_and_doubtful_orders import (
    LOADING,
    LOW,
    MAINTENANCE,
    NO_SIGNS,
    SIGNS,
    cards_of,
    draft_of,
    labels,
    only_card,
    request,
)

Json = dict[str, Any]

EVERY_2_MONTHS = "hydroxocobalamin, 1000 mcg, IM, every 2 months"
CHART: Json = {"conditions": SIGNS[:1], "results": [*LOW, *NO_SIGNS]}


def beside(words: str, **repeat: Any) -> set[str]:
    """Return the cards of a maintenance order with these words beside its fields."""
    asked = request(LOADING, EVERY_2_MONTHS, **CHART)
    line = draft_of(asked, 1)["dosageInstruction"][0]
    line["text"] = words
    line["timing"] = {"repeat": line["timing"]["repeat"] | repeat}
    return {card["source"]["topic"]["code"] for card in cards_of(asked)}


@pytest.mark.parametrize(
    "words",
    [
        "1 mg i.m. zweimonatlich",
        "1 mg en IM tous les 2 mois",
        "1 fiala intramuscolo ogni due mesi",
        "1 mg IM a mesi alterni",
        "1 mg i.m. en gang hver 2. måned",
        "1 mg IM meses alternados",
    ],
)
def test_words_of_the_same_meaning_are_no_contradiction_Q41(words: str) -> None:
    assert "b20" not in beside(words)


@pytest.mark.parametrize(
    "words",
    [
        "1 mg i.m. monatlich",
        "1 mg i.m. jährlich",
        "1 Amp. s. c. alle 2 Monate",
        "2 mg IM ogni due mesi",
        "1 mg IM un día sí y otro no",
        "1 mg IM ogni due settimane",
        "1 mg VO cada 2 meses",
        "1 mg i.m. var 14:e dag",
        "1 mg IM, por semana",
    ],
)
def test_words_of_another_meaning_are_told_Q41(words: str) -> None:
    assert "b20" in beside(words)


@pytest.mark.parametrize("words", ["half an ampoule IM every 2 months", "due fiale ogni due mesi"])
def test_half_a_piece_and_two_pieces_are_told_Q41(words: str) -> None:
    asked = request(LOADING, EVERY_2_MONTHS, **CHART)
    draft = draft_of(asked, 1)
    named = "Hydroxocobalamin 1mg/1ml solution for injection ampoules"
    draft["medicationCodeableConcept"]["text"] = named
    draft["dosageInstruction"][0]["text"] = words
    assert "b20" in {card["source"]["topic"]["code"] for card in cards_of(asked)}


@pytest.mark.parametrize(
    ("words", "fortnight"),
    [
        ("1 mg IM tous les 15 jours", True),
        ("1 mg IM cada 15 días", True),
        ("1 mg IM ogni 15 giorni", True),
        ("1 mg IM every 14 days", True),
        ("1 mg IM tous les 10 jours", False),
        ("1 mg IM cada 16 días", False),
    ],
)
def test_fifteen_days_are_a_fortnight_Q41(words: str, fortnight: bool) -> None:
    assert ("b20" in beside(words, period=2, periodUnit="wk")) is not fortnight


def signed_in_words(asked: Json, suggestion: Json) -> list[Json]:
    """Return the cards of the order-sign that follows when a suggestion was taken by a client that
    keeps the words of a dosage alone.
    """
    entries = {one["resource"]["id"]: one for one in asked["context"]["draftOrders"]["entry"]}
    for number, action in enumerate(copy.deepcopy(suggestion["actions"])):
        if action["type"] == "delete":
            del entries[action["resourceId"].split("/")[1]]
            continue
        resource = {"id": f"new-{number}"} | action["resource"]
        if resource["resourceType"] == "MedicationRequest":
            texts = [line["text"] for line in resource["dosageInstruction"]]
            resource["dosageInstruction"] = [{"text": text} for text in texts]
        entries[resource["id"]] = {"resource": resource}
    drafts = {"resourceType": "Bundle", "entry": list(entries.values())}
    context = {"patientId": "p1", "userId": "Practitioner/dr", "draftOrders": drafts}
    return cards_of(asked | {"hook": "order-sign", "context": context})


@pytest.mark.parametrize("signs", [False, True])
@pytest.mark.parametrize(
    "order",
    [
        "hydroxocobalamin, 1000 mcg, IM, every 6 months",
        "hydroxocobalamin, 10 mg, IM, every 2 months",
        "vitamin B12 tablet 1 mg, 1 tablet, oral, daily",
    ],
)
def test_what_is_offered_is_understood_by_its_words_alone(order: str, signs: bool) -> None:
    """Beside the loading course the maintenance was "not checked", or "nothing is ordered"."""
    asked = request(order, **(CHART | ({"conditions": SIGNS, "results": LOW} if signs else {})))
    (suggestion,) = cards_of(asked)[0]["suggestions"]
    assert signed_in_words(asked, suggestion) == []


def test_an_order_that_cannot_be_read_is_an_order_after_the_loading_course_I27_b5() -> None:
    asked = request(LOADING, "hydroxocobalamin, 'as directed'", **CHART)
    (card,) = [one for one in cards_of(asked) if one["source"]["topic"]["code"] == "b5"]
    assert card["summary"].startswith("Nothing that could be read is ordered after the loading")
    assert only_card(request(LOADING, **CHART))["summary"].startswith("Nothing is ordered after")
    assert labels(card) == ["Change to hydroxocobalamin 1 mg IM every 2-3 months for life"]


def test_the_pair_itself_is_right() -> None:
    assert cards_of(request(LOADING, MAINTENANCE, **CHART)) == []


IN_TURN = "1 mg IM three times a week for 2 weeks, then 1 mg every 3 months"


def in_words(words: str, **chart: Any) -> list[tuple[str, str]]:
    """Return the cards of an order that is words alone."""
    asked = request(f"hydroxocobalamin, '{words}'", **chart)
    return [(card["source"]["topic"]["code"], card["indicator"]) for card in cards_of(asked)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (IN_TURN, []),
        (IN_TURN.replace("3 months", "6 months"), [("b6", "warning")]),
        (IN_TURN.replace("then 1 mg", "then 10 mg"), [("b8", "critical")]),
        ("1 mg IM three times a week for 2 weeks", [("b5", "warning")]),
    ],
)
def test_loading_then_maintenance_in_one_text_are_judged_as_both(
    words: str, said: list[tuple[str, str]]
) -> None:
    assert in_words(words, **CHART) == said


def test_alternate_days_then_every_2_months_in_one_text_are_right_with_nerve_signs() -> None:
    signs: Json = {"conditions": SIGNS, "results": LOW}
    right = "1 mg IM on alternate days until no further improvement, then every 2 months"
    assert in_words(right, **signs) == []
    assert in_words(IN_TURN, **signs) == [("b3", "warning")]


def test_an_active_order_in_one_text_is_one_under_way_T6() -> None:
    given = [f"hydroxocobalamin, 1000 mcg, IM, on 2026-{at}" for at in ("04-20", "07-18", "10-16")]
    chart: Json = {"conditions": SIGNS[:1], "results": NO_SIGNS, "given": given}
    active = [f"{EVERY_2_MONTHS.replace('2', '3')}, since 2026-01-10"]
    asked = request(MAINTENANCE, active=active, **chart)
    said = [card["summary"] for card in cards_of(asked)]
    assert len(said) == 1
    assert said[0].startswith("Hydroxocobalamin every 3 months (from 10 Jan) is still active")
    order = asked["prefetch"]["medications"]["entry"][0]["resource"]
    order["dosageInstruction"] = [{"text": IN_TURN}]
    assert [card["summary"] for card in cards_of(asked)] == said


def test_maintenance_without_an_end_before_loading_is_no_right_pair() -> None:
    asked = request(LOADING, MAINTENANCE, **CHART)
    entries = asked["context"]["draftOrders"]["entry"]
    (loading,), (maintenance,) = (one["resource"]["dosageInstruction"] for one in entries)
    del entries[1]
    asked["context"]["selections"] = asked["context"]["selections"][:1]
    draft = draft_of(asked)
    draft["dosageInstruction"] = [loading | {"sequence": 1}, maintenance | {"sequence": 2}]
    assert cards_of(asked) == []
    draft["dosageInstruction"] = [maintenance | {"sequence": 1}, loading | {"sequence": 2}]
    assert "not checked" in only_card(asked)["summary"]


ENDED_FIRST = "1 mg IM every 3 months for 1 year, then three times a week for 2 weeks"


@pytest.mark.parametrize(
    "words",
    [
        ENDED_FIRST,
        "1 mg IM every 2 months for 6 doses, then on alternate days until no further improvement",
    ],
)
@pytest.mark.parametrize("conditions", [SIGNS[:1], SIGNS])
def test_maintenance_that_ends_before_loading_is_no_right_pair_either(
    words: str, conditions: list[str]
) -> None:
    asked = request(f"hydroxocobalamin, '{words}'", conditions=conditions, results=LOW)
    assert "not checked" in only_card(asked)["summary"]


@pytest.mark.parametrize(
    "words",
    [
        "1 mg IM stat, then three times a week for 2 weeks, then every 3 months",
        "1 mg IM three times a week for 2 weeks, then monthly for 6 months, then every 3 months",
        "1 mg IM daily for 1 week, then weekly for 4 weeks, then every 3 months",
        "1mg IM x6 over 2 weeks then every 12 weeks",
    ],
)
def test_the_phases_of_one_order_are_no_second_orders_RN6(words: str) -> None:
    assert in_words(words, **CHART) == []


def test_lines_that_begin_with_then_follow_the_one_before() -> None:
    asked = request(LOADING, **CHART)
    first, second = IN_TURN.split(", ")
    draft_of(asked)["dosageInstruction"] = [
        {"text": first},
        {"text": second.replace("mg", "mg IM")},
    ]
    assert cards_of(asked) == []


def test_words_go_on_where_the_fields_end_b5() -> None:
    asked = request(LOADING, **CHART)
    line = draft_of(asked)["dosageInstruction"][0]
    assert only_card(asked)["source"]["topic"]["code"] == "b5"
    line["text"] = IN_TURN
    assert cards_of(asked) == []
    line["text"] = IN_TURN.replace("then 1 mg", "then 10 mg")
    assert only_card(asked)["source"]["topic"]["code"] == "b8"


@pytest.mark.parametrize(
    ("words", "quoted"),
    [
        ("1 mg IM every 6 months, then call the clinic", "1 mg IM every 6 months"),
        ("then every 6 months", "every 6 months"),
        ("1 mg IM daily for 1 week, then every 2 months", "1 mg IM daily for 1 week"),
    ],
)
def test_what_words_in_turn_say_otherwise_than_the_fields_is_told_Q41(
    words: str, quoted: str
) -> None:
    asked = request(EVERY_2_MONTHS, **CHART)
    draft_of(asked)["dosageInstruction"][0]["text"] = words
    card = only_card(asked)
    assert card["source"]["topic"]["code"] == "b20"
    assert f"'{quoted}' in the text" in card["summary"]


@pytest.mark.parametrize(
    "words", ["1 mg IM every 2 months, then call the clinic", "then every 2 months", "then review"]
)
def test_words_in_turn_that_agree_with_the_fields_are_no_contradiction_Q41(words: str) -> None:
    assert "b20" not in beside(words)


def test_a_slip_in_a_later_part_of_the_words_leads_I11() -> None:
    asked = request(EVERY_2_MONTHS, **CHART)
    words = "1 mg IM three times a week for 2 weeks, then 1000 mg every 2 months"
    draft_of(asked)["dosageInstruction"][0]["text"] = words
    assert cards_of(asked)[0]["indicator"] == "critical"


@pytest.mark.parametrize(("weeks", "said"), [(2, []), (20, [("b6", "info")])])
def test_loading_that_does_not_end_after_six_doses_is_told(
    weeks: int, said: list[tuple[str, str]]
) -> None:
    assert in_words(IN_TURN.replace("2 weeks", f"{weeks} weeks"), **CHART) == said


@pytest.mark.parametrize("then", ["1 tablet weekly", "1 tablet on alternate days"])
def test_tablets_that_grow_rarer_in_one_order_are_no_supplement_beside_it_b6(then: str) -> None:
    """Daily tablets that end treated beside the weekly ones that follow them."""
    eats_no_meat: Json = {
        "conditions": ["vegan diet, since 2022-10-01"],
        "results": [*LOW, *NO_SIGNS],
    }
    words = f"1 tablet daily for 3 months, then {then}"
    asked = request(f"vitamin B12 tablet 1 mg, '{words}'", **eats_no_meat)
    card = only_card(asked)
    assert (card["source"]["topic"]["code"], card["indicator"]) == ("b6", "warning")
