"""One thing to say about the course, before it is folded into a card."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from recommender.cards import Card, Indicator, severity_key
from recommender.language import Order


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing to say about the course, before it is folded into a card.

    `about` holds the keys of the orders it speaks of. `summary` replaces the card's own where the
    case differs from the usual one. `rank` is its place among cards of one indicator where that is
    not the card's own.
    """

    card: Card
    indicator: Indicator
    reasons: tuple[str, ...]
    citations: tuple[str, ...]
    about: tuple[str, ...]
    summary: str = ""
    rank: int = 0

    @property
    def is_loud(self) -> bool:
        return self.indicator is not Indicator.INFO

    @property
    def is_critical(self) -> bool:
        return self.indicator is Indicator.CRITICAL


def sort_issues(issues: Iterable[Issue]) -> list[Issue]:
    """Return the issues in merge order, the primary one first."""
    return sorted(issues, key=_place)


def _place(issue: Issue) -> tuple[int, int, str, tuple[str, ...]]:
    loudness, rank, card = severity_key(issue.card, issue.indicator)
    return loudness, issue.rank or rank, card, issue.about


def issue_of(
    card: Card,
    indicator: Indicator,
    order: Order,
    reason: str,
    citations: tuple[str, ...],
    summary: str = "",
) -> Issue:
    """Return what one card says about one order."""
    return Issue(card, indicator, (reason,), citations, (order.key,), summary)
