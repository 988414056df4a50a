"""The register of cards: what each says, which statements it rests on, and the reasons to go
against it. A card is named by its constant: `cards.B14_UNREADABLE`.
"""

from recommender.cards import cards, override_reasons
from recommender.cards.cards import (
    CARDS,
    CRITICAL,
    INFO,
    LOUDNESS,
    MAY_BE_SILENCED,
    NEVER_SILENCED_WITH_SIGNS,
    WARNING,
    Card,
    Indicator,
    Remedy,
    severity_key,
)
from recommender.cards.findings import Detail, Finding, Resolution
from recommender.cards.override_reasons import OVERRIDE_REASONS, OverrideReason

__all__ = [
    "CARDS",
    "CRITICAL",
    "INFO",
    "LOUDNESS",
    "MAY_BE_SILENCED",
    "NEVER_SILENCED_WITH_SIGNS",
    "OVERRIDE_REASONS",
    "WARNING",
    "Card",
    "Detail",
    "Finding",
    "Indicator",
    "OverrideReason",
    "Remedy",
    "Resolution",
    "cards",
    "override_reasons",
    "severity_key",
]
