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
