"""Who answers for the content of each rule, and the day by which it is to be read again against its
sources.

A passed day is said on the guidance page and fails the release check (`b12-cds manifest --check`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from recommender.treatment import RULES


@dataclass(frozen=True, slots=True)
class Review:
    """When a rule is to be read again at the latest, and who sees to it."""

    rule: str
    owner: str
    due: dt.date


OWNER = "clinical content owner (to be named by the deploying site before use)"
DUE = dt.date(2027, 11, 30)
"""A year after the edition of the guidance."""

SOONER: dict[str, dt.date] = dict.fromkeys(
    ("N1", "N2", "T0", "T1", "T3", "T4", "G2", "M6", "M7"), dt.date(2027, 5, 31)
)
"""Rules whose error does lasting harm, or where NICE NG239 differs from the sources (C37)."""


def list_reviews() -> tuple[Review, ...]:
    """Return the review of each rule of the decision table, in its order."""
    return tuple(
        Review(identity, OWNER, SOONER.get(identity, DUE))
        for identity in dict.fromkeys(rule.id for rule in RULES)
    )


def overdue(today: dt.date) -> tuple[Review, ...]:
    """Return the reviews whose day has passed."""
    return tuple(review for review in list_reviews() if review.due < today)
