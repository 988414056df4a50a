"""Findings written as CDS Hooks cards with their suggestions."""

from cds_service.cards.cards import BY_HAND, CARD_SYSTEM, EXTENSION, write_cards
from cds_service.cards.context import Case, read_context
from cds_service.cards.facts_in_words import LABELS, UNIT_WORDS, FactInWords, describe_facts
from cds_service.cards.override_codings import HL7_REASONS

__all__ = [
    "BY_HAND",
    "CARD_SYSTEM",
    "EXTENSION",
    "HL7_REASONS",
    "LABELS",
    "UNIT_WORDS",
    "Case",
    "FactInWords",
    "describe_facts",
    "read_context",
    "write_cards",
]
