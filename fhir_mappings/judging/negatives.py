"""Whole texts that say that there is none: "no known drug allergies" (Q26)."""

from __future__ import annotations

from fhir_mappings.terminology import read_markers, without_semantic_tags
from fhir_mappings.text import normalise_text

KNOWN_NEGATIVES = frozenset(map(normalise_text, read_markers("negative")))
"""Whole texts that say in so many words that there is none: understood (Q26)."""

_LONGEST_NEGATIVE = 200


def is_negative(text: str) -> bool:
    """Return whether a whole text, but for the tag of its code system, says that there is none."""
    if len(text) > _LONGEST_NEGATIVE:
        return False
    return any(
        normalise_text(said) in KNOWN_NEGATIVES for said in (text, without_semantic_tags(text))
    )
