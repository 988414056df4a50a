"""The register of cards: what each says, which statements it rests on, and the reasons to go
against it.
"""

from recommender.cards.card_statements import CARD_STATEMENTS
from recommender.cards.card_texts import CARDS, severity_key
from recommender.cards.findings import Finding, Indicator, OverrideReason, Resolution
from recommender.cards.override_reasons import OVERRIDE_REASONS

__all__ = [
    "CARDS",
    "CARD_STATEMENTS",
    "OVERRIDE_REASONS",
    "Finding",
    "Indicator",
    "OverrideReason",
    "Resolution",
    "severity_key",
]
