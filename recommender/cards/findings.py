"""Findings: what is to be said about the clinician's course, and the edits of the course that would
resolve it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from recommender.language import Edit


class Indicator(enum.Enum):
    """How loud a card is (cards.md 1): CRITICAL could directly cause serious harm, WARNING
    conflicts with a source rule.
    """

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Resolution:
    """One suggestion: what accepting it does, in words (drug, dose, route, frequency), and as edits
    of the course.
    """

    label: str
    edits: tuple[Edit, ...]
    recommended: bool = False


@dataclass(frozen=True, slots=True)
class OverrideReason:
    """A coded reason for going against a card. `code` is the code of cards.md section 5, without
    prefix.
    """

    code: str
    display: str
    requires_comment: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One card to be.

    `card` is the id of cards.md; `summary` one plain sentence of fewer than 140 characters;
    `reasons` the sentences of the detail; `rule` the rule of decisions 2.4 it rests on. `about`
    holds the keys of the orders it speaks of. With `choice` at most one resolution may be taken.
    `also_found` names the cards folded into this one (Q18).
    """

    card: str
    indicator: Indicator
    summary: str
    reasons: tuple[str, ...]
    rule: str
    citations: tuple[str, ...]
    about: tuple[str, ...] = ()
    resolutions: tuple[Resolution, ...] = ()
    choice: bool = True
    override_reasons: tuple[OverrideReason, ...] = ()
    also_found: tuple[str, ...] = ()
