"""The refill of an order that is taken already: what is said, and what is not (cards.md 9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from recommender.cards import Card, Indicator, cards
from recommender.case import Case, Issue
from recommender.review.spoken import SPOKEN, Where

NOT_ON_A_REFILL: dict[Card, str] = {
    cards.B4_NO_LOADING: "it is a continuation; loading is history, or asked by b23",
    cards.B5_NO_MAINTENANCE: "it is a continuation",
    cards.B9_SECOND_CHOICE: "the product was argued when it was started",
    cards.B16_METHYLCOBALAMIN: "the product was argued when it was started",
    cards.B17_NO_INDICATION: "stopping is the matter of f1",
    cards.K1_DUE: "other needs are not what is being decided",
    cards.K3_NOT_AVAILABLE: "the product was argued when it was started",
}
"""Cards that a refill does not get, and why."""

QUIETER = frozenset({cards.B10_BY_MOUTH_MALABSORPTION})
"""Cards that are an info on a refill: the route was argued when it was started."""

TESTS_STILL_ASKED = frozenset({"N2", "E3"})
"""Rules in which b13 is said on a refill too: nerve signs, or an old low result."""


def said_on_a_refill(case: Case, issues: Iterable[Issue]) -> Iterator[Issue]:
    """Yield the issues that a refill gets, as loud as they are there."""
    for issue in issues:
        if issue.card in NOT_ON_A_REFILL and not _follows_nothing(case, issue):
            continue
        if issue.card == cards.B13_NO_USABLE_TEST and case.rule not in TESTS_STILL_ASKED:
            continue
        if issue.card == cards.B23_LAPSED and not _is_asked_about(case):
            continue
        yield replace(issue, indicator=Indicator.INFO) if issue.card in QUIETER else issue


def _follows_nothing(case: Case, issue: Issue) -> bool:
    """Return whether a loading course that is over is refilled, and no maintenance is ordered: the
    opened chart warns of it (T3), so that it is no continuation.
    """
    return issue.card == cards.B5_NO_MAINTENANCE and case.rule == "T3"


def _is_asked_about(case: Case) -> bool:
    """Return whether a missed dose is asked about on a refill by this rule: nobody without
    deficiency is to be loaded again (section 6).
    """
    return cards.B23_LAPSED.id in SPOKEN[case.rule][Where.REFILL].cards or case.rule == "T4a"
