"""The words of the cards: complete, short enough, overridable, and shown as they are on the page of
the cards.
"""

from __future__ import annotations

import pytest

from recommender.cards.card_texts import CARDS, severity_key
from recommender.cards.findings import Indicator
from recommender.cards.override_reasons import OVERRIDE_REASONS

LOUD_SOMETIMES = set(CARDS) - {"a1", "b14", "g2", "h5", "k4"}


@pytest.mark.parametrize("card", CARDS)
def test_a_first_line_is_one_short_sentence_R76(card: str) -> None:
    summary = CARDS[card].summary
    assert 20 < len(summary) < 140
    assert summary[0].isupper()
    assert not summary.endswith(".")


@pytest.mark.parametrize("card", sorted(LOUD_SOMETIMES))
def test_every_card_that_may_be_loud_can_be_overridden_R82(card: str) -> None:
    assert CARDS[card].overrides
    assert set(CARDS[card].overrides) <= set(OVERRIDE_REASONS)


def test_every_override_reason_says_what_it_is_R100() -> None:
    assert all(
        code == reason.code and len(reason.display) > 4 for code, reason in OVERRIDE_REASONS.items()
    )
    assert (
        len({reason.display for reason in OVERRIDE_REASONS.values()}) == len(OVERRIDE_REASONS) == 41
    )


def test_a_comment_is_asked_where_the_reason_alone_does_not_explain() -> None:
    required = {code for code, reason in OVERRIDE_REASONS.items() if reason.requires_comment}
    assert required == {
        "NEURO-UNRELATED",
        "NEURO-ABSENT",
        "IM-IMPOSSIBLE",
        "LOCAL-PROTOCOL",
        "METABOLIC-SPECIALIST",
        "STABLE-AT-LONGER",
        "SERIOUSLY-ILL-BOTH",
        "OTHER",
    }


def test_cards_come_in_the_merge_order() -> None:
    critical = ["b8", "d4", "d3", "c1", "b1", "h3", "d1", "f1"]
    assert (
        sorted(CARDS.keys() & critical, key=lambda card: severity_key(card, Indicator.CRITICAL))
        == critical
    )
    warning = [
        "d1",
        "d2",
        "b2",
        "c2",
        "c3",
        "c4",
        "b3",
        "b4",
        "b5",
        "b6",
        "b7",
        "b9",
        "b10",
        "b11",
        "f1",
        "e1",
        "h1",
        "h2",
        "h4",
        "k2",
    ]
    assert (
        sorted(CARDS.keys() & warning, key=lambda card: severity_key(card, Indicator.WARNING))
        == warning
    )
    assert severity_key("k2", Indicator.WARNING) < severity_key("b2", Indicator.INFO)
