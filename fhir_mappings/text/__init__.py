"""How texts are compared and searched, whatever they say."""

from fhir_mappings.text.abbreviations import spelt_out
from fhir_mappings.text.letters import has_words, is_foreign, letter_not_latin, word_of_two_scripts
from fhir_mappings.text.normal import forget_normal_texts, normalise_text, without_accents
from fhir_mappings.text.search import (
    BeginningsOf,
    as_word,
    forget_searched_texts,
    index_beginnings,
    whole_word,
)

__all__ = [
    "BeginningsOf",
    "as_word",
    "forget_normal_texts",
    "forget_searched_texts",
    "has_words",
    "index_beginnings",
    "is_foreign",
    "letter_not_latin",
    "normalise_text",
    "spelt_out",
    "whole_word",
    "without_accents",
    "word_of_two_scripts",
]
