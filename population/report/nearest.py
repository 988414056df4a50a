"""The concept that a name we do not know is nearest to: proposed, never taken by itself."""

from __future__ import annotations

import difflib
from functools import cached_property

from fhir_mappings.terminology import Field, Role, ValueSets
from fhir_mappings.text import normalise_text

LEAST_LIKENESS = 0.72
"""Below it nothing is proposed; from 0 (nothing in common) to 1 (the same)."""

FIELD_OF_LIST = {
    "labs": Field.LABS,
    "conditions": Field.CONDITIONS,
    "procedures": Field.PROCEDURES,
    "medications": Field.DRUGS,
    "statements": Field.DRUGS,
    "administrations": Field.DRUGS,
    "allergies": Field.DRUGS,
}


class Nearest:
    """Looks for the nearest concept among the words of a field."""

    def __init__(self, value_sets: ValueSets) -> None:
        self._value_sets = value_sets

    @cached_property
    def _texts(self) -> dict[Field, dict[str, str]]:
        return {
            field: {
                text: match.concept.value
                for text in self._value_sets.texts(field)
                for match in self._value_sets.match_text(text, field)[:1]
                if match.role is not Role.EXCLUDE
            }
            for field in Field
        }

    def concept(self, key: str, name: str) -> tuple[str, str]:
        """Return the nearest concept and the words it is known by; both empty for none.

        Args:
            key: the list the name stands in, by prefetch key.
        """
        texts = self._texts[FIELD_OF_LIST.get(key, Field.LABS)]
        wanted = normalise_text(name)
        if len(wanted) < 3:
            return "", ""
        within = [text for text in texts if len(text) > 2 and f" {text} " in f" {wanted} "]
        found = [max(within, key=len)] if within else []
        found = found or difflib.get_close_matches(wanted, texts, 1, LEAST_LIKENESS)
        return (texts[found[0]], found[0]) if found else ("", "")
