"""Which names somebody would have to tell us of, and the concept each is nearest to: proposed,
never taken by itself.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from fhir_mappings.judging import reads_as_words
from fhir_mappings.terminology import Field, Role, ValueSets, known_systems
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


Name = tuple[str, ...]
"""The list a name stands in, by prefetch key, code system, code, text, and unit of a result."""


class Nearest:
    """Looks for the nearest concept among the words of a field."""

    def __init__(self, value_sets: ValueSets) -> None:
        self._value_sets = value_sets

    @cached_property
    def _systems(self) -> frozenset[str]:
        return known_systems(self._value_sets)

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

    def to_complete(self, counted: Iterable[tuple[Name, int]]) -> Iterator[tuple[Name, int]]:
        """Yield the names that somebody would have to tell us of: all but those of results whose
        words name another test ("Triglycerides") and are like those of none of ours.
        """
        for name, count in counted:
            key, _, code, text, _ = name
            is_another = key == "labs" and reads_as_words(self._value_sets, {"text": text})
            if not is_another or self.concept(key, text or code)[0]:
                yield name, count

    def names_of(self, codeable: Any) -> Iterator[Name]:
        """Yield the name of a dropped result where its code is of no system that we know, and its
        words are not those of another test.
        """
        codings = codeable.get("coding") if isinstance(codeable, dict) else None
        listed = [one for one in codings or () if isinstance(one, dict)]
        systems = [self._value_sets.normalise_system(one.get("system")) for one in listed]
        if listed and self._systems.isdisjoint(systems):
            text = str(listed[0].get("display") or codeable.get("text") or "")[:80]
            if not self._value_sets.match_text(text, Field.LABS):
                yield "labs", systems[0], str(listed[0].get("code") or ""), text, ""
