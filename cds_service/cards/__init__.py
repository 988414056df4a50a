"""Findings written as CDS Hooks cards with their suggestions."""

from cds_service.cards.cards import CardContext, write_cards
from cds_service.cards.facts_in_words import LABELS, UNIT_WORDS, FactInWords, describe_facts
from cds_service.cards.override_codings import HL7_REASONS
from cds_service.cards.suggestions import UNLESS, SuggestionContext

__all__ = [
    "HL7_REASONS",
    "LABELS",
    "UNIT_WORDS",
    "UNLESS",
    "CardContext",
    "FactInWords",
    "SuggestionContext",
    "describe_facts",
    "write_cards",
]
