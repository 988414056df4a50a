"""Findings: what is to be said about the clinician's course, and the edits of the course that would
resolve it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from recommender.cards.cards import Card, Indicator
from recommender.cards.override_reasons import OverrideReason
from recommender.language import Edit


@dataclass(frozen=True, slots=True)
class Resolution:
    """One suggestion: what accepting it does, in words (drug, dose, route, frequency), and as edits
    of the course.
    """

    label: str
    edits: tuple[Edit, ...]
    recommended: bool = False


@dataclass(frozen=True, slots=True)
class Detail:
    """What stands below the sentences of a card (cards.md 7): the facts that decided, what could
    not be read, the tests, where the sources differ. What has nothing to say is empty.
    """

    facts: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    tests: str = ""
    differs: str = ""


NO_DETAIL = Detail()


@dataclass(frozen=True, slots=True)
class Finding:
    """One card to be.

    `summary` is one plain sentence of fewer than 140 characters; `reasons` the sentences of the
    detail; `rule` the rule of decisions 2.4 it rests on. `about` holds the keys of the orders it
    speaks of. With `choice` at most one resolution may be taken. `also_found` are the cards folded
    into this one (Q18).
    """

    card: Card
    indicator: Indicator
    summary: str
    reasons: tuple[str, ...]
    rule: str
    citations: tuple[str, ...]
    about: tuple[str, ...] = ()
    resolutions: tuple[Resolution, ...] = ()
    choice: bool = True
    override_reasons: tuple[OverrideReason, ...] = ()
    also_found: tuple[Card, ...] = ()
    detail: Detail = NO_DETAIL

    @property
    def sentences(self) -> tuple[str, ...]:
        """The reasons that say more than the first line does: nobody reads a thing twice."""
        said = _words_of(self.summary)
        return tuple(reason for reason in self.reasons if not _words_of(reason) <= said)


def _words_of(text: str) -> set[str]:
    return set(re.findall(r"[\w./]*\w", text.lower()))
