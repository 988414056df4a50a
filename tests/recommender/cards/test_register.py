"""The words of the cards: complete, short enough, overridable, and shown as they are on the page of
the cards.
"""

from __future__ import annotations

import pytest

from recommender.cards import CARDS, OVERRIDE_REASONS, Card, Indicator, Remedy, severity_key

BY_ID = {card.id: card for card in CARDS}
LOUD_SOMETIMES = [card for card in CARDS if card.id not in ("a1", "a3", "b14", "g2", "h5", "k4")]


def test_each_card_has_an_id_and_a_place_of_its_own() -> None:
    assert len(BY_ID) == len(CARDS) == len({card.rank for card in CARDS})
    assert len({card.name for card in CARDS}) == len(CARDS)


def test_every_card_of_cards_md_is_in_the_register() -> None:
    numbers = {"a": (1, 3), "b": range(1, 25), "c": range(1, 6), "d": range(1, 7), "e": (1, 2)}
    numbers |= {"f": (1, 2), "g": (1, 2), "h": range(1, 6), "i": (1,), "k": range(1, 5), "m": (1,)}
    assert set(BY_ID) == {f"{letter}{number}" for letter in numbers for number in numbers[letter]}


@pytest.mark.parametrize("card", [card for card in CARDS if card.tests], ids=str)
def test_a_card_that_asks_for_tests_leaves_the_order_as_it_is(card: Card) -> None:
    assert card.remedy in (Remedy.ADD, Remedy.ADD_TREATMENT)


@pytest.mark.parametrize("card", CARDS, ids=str)
def test_a_first_line_is_one_short_sentence_R76(card: Card) -> None:
    summary = card.summary
    assert 20 < len(summary) < 140
    assert summary[0].isupper()
    assert not summary.endswith(".")


@pytest.mark.parametrize("card", LOUD_SOMETIMES, ids=str)
def test_every_card_that_may_be_loud_can_be_overridden_R82(card: Card) -> None:
    assert card.overrides
    assert set(card.overrides) <= set(OVERRIDE_REASONS)


def test_every_override_reason_says_what_it_is_R100() -> None:
    assert all(len(reason.display) > 4 for reason in OVERRIDE_REASONS)
    assert len({reason.display for reason in OVERRIDE_REASONS}) == len(OVERRIDE_REASONS) == 46
    assert len({reason.code for reason in OVERRIDE_REASONS}) == len(OVERRIDE_REASONS)


def test_a_comment_is_asked_where_the_reason_alone_does_not_explain() -> None:
    required = {reason.code for reason in OVERRIDE_REASONS if reason.requires_comment}
    assert required == {
        "NEURO-UNRELATED",
        "NEURO-ABSENT",
        "IM-IMPOSSIBLE",
        "LOCAL-PROTOCOL",
        "METABOLIC-SPECIALIST",
        "STABLE-AT-LONGER",
        "SERIOUSLY-ILL-BOTH",
        "DOSE-CONFIRMED",
        "ENTRY-NOT-RELEVANT",
        "OTHER",
    }


CRITICAL = "b8 b24 b21 d4 d3 c1 b1 h3 d1 f1"
WARNING = (
    "d4 d5 d6 d1 d2 b20 b21 b2 c2 c3 c4 c5 b22 b3 b4 b5 b6 b7 b9 b10 b11 b15 b16 b19 b23 f1 e1 "
    "h1 h2 h4 k2"
)


def test_cards_come_in_the_merge_order() -> None:
    for indicator, expected in ((Indicator.CRITICAL, CRITICAL), (Indicator.WARNING, WARNING)):
        found = sorted(
            (BY_ID[card] for card in expected.split()),
            key=lambda card: severity_key(card, indicator),
        )
        assert [card.id for card in found] == expected.split()
    assert severity_key(BY_ID["k2"], Indicator.WARNING) < severity_key(BY_ID["b2"], Indicator.INFO)
