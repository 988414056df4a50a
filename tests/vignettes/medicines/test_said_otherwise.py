"""The same fact said in other places and other words: what is known of it is the same, and what
only points at it is asked about.

Expectations: decisions Q27, Q28 (words that hint), Q39, Q41, Q57, F10, 2.8; cards.md 4 (b1, b6,
b12, b19, b23, c1, c3) and 6 (T7, T8, B1 beside a laboratory order; N1 on a refill).
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.vignettes.test_stops_and_doubtful_orders import (
    LOADING,
    TABLETS,
    cards_of,
    draft_of,
    labels,
    only_card,
    request,
)

Json = dict[str, Any]

PARAESTHESIA = {"coding": [{"system": "http://snomed.info/sct", "code": "91019004"}]}

# --- what the order alone shows, where nothing of the patient could be read (Q57)


def unread(order: str) -> Json:
    asked = request(order)
    asked["prefetch"] = {}
    return asked


def test_tablets_with_nerve_signs_as_their_own_reason_are_never_silent_Q57() -> None:
    asked = unread(TABLETS)
    draft_of(asked)["reasonCode"] = [PARAESTHESIA]
    card = only_card(asked)

    assert (card["source"]["topic"]["code"], card["indicator"]) == ("b1", "warning")  # D unknown
    assert card["summary"].startswith("Paraesthesia (26 Nov): start with hydroxocobalamin")
    assert labels(card) == []  # nothing is created for somebody of unknown age (Q14)


def test_a_child_or_nobody_s_age_is_no_reason_for_adult_injections_Q14() -> None:
    asked = request(TABLETS, born="2012-02-02")
    draft_of(asked)["reasonCode"] = [PARAESTHESIA]
    assert [card["source"]["topic"]["code"] for card in cards_of(asked)] == ["k4"]


@pytest.mark.parametrize(
    "words",
    [
        "gluteus maximus",
        "buttock, upper outer quadrant",
        "R buttock (IM)",
        "Gesäß links",
        "M. glutaeus maximus",
        "fesse droite",
        "glúteo derecho",
        "nádega",
    ],
)
def test_the_buttock_is_read_in_longer_words_and_other_languages_b12(words: str) -> None:
    asked = unread("hydroxocobalamin, 1000 mcg, IM, every 2 months")
    draft_of(asked)["dosageInstruction"][0]["site"] = {"text": words}
    assert only_card(asked)["source"]["topic"]["code"] == "b12"


@pytest.mark.parametrize("words", ["deltoid, not the buttock", "bil deltoid", "left upper arm"])
def test_other_sites_are_no_buttock(words: str) -> None:
    asked = unread("hydroxocobalamin, 1000 mcg, IM, every 2 months")
    draft_of(asked)["dosageInstruction"][0]["site"] = {"text": words}
    assert only_card(asked)["source"]["topic"]["code"] == "k4"
