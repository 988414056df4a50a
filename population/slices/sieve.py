"""Which results may be dropped unread: those in whose bytes no code and no word of any list occurs.

The test errs on the side of keeping. What it keeps is read by the mapping, which decides.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

import pyarrow.compute as pc

from fhir_mappings.terminology import (
    Field,
    SiteCodes,
    ValueSets,
    concepts_of,
    load_value_sets,
    observation_words,
)
from fhir_mappings.text import normalise_text
from population.sources import Lines

SIEVED = frozenset({"Observation", "DiagnosticReport", "QuestionnaireResponse"})
"""Resource types of which most are about tests that no fact is read from (decisions Q26 does not
hold for them: that no result is there is never a fact).
"""

GENERIC = frozenset(
    {
        "active", "blood", "concentration", "count", "date", "disease", "due", "estimated",
        "international", "level", "measurement", "measured", "mass", "moles", "plasma", "present",
        "ratio", "rate", "result", "screen", "serum", "status", "test", "total", "unknown",
        "value", "volume", "whole",
    }
)  # fmt: skip
"""Words that stand in the names of most tests; a text is looked for by its other words."""

SHORTEST_PART = 5
"""Letters; a word of as many is looked for inside other words too, a shorter one stands alone."""

MOST_REMEMBERED = 50_000
"""Different texts with other than plain letters whose reading is remembered."""


class Sieve:
    """Tells for many lines at once in which of them a code or a word of a list occurs."""

    def __init__(self, value_sets: ValueSets) -> None:
        members = [member for listed in value_sets.members.values() for member in listed]
        whole = {member.code for member in members}
        begun = {member.code for member in members if "icd" in member.system.lower()}
        words = "|".join(sorted(_words(observation_words(value_sets))))
        codes = f'"\\s*(?:{_codes(whole)})\\s*"|"\\s*(?:{_codes(begun)})'
        self._pattern = f"(?i){codes}|{words}|{_ESCAPED}|{_NAMELESS}"
        self._words = re.compile(words)
        self._speaks = functools.lru_cache(MOST_REMEMBERED)(self._text_speaks)

    def find(self, lines: Lines, more: str = "") -> set[int]:
        """Return the places of the lines in which a code or a word occurs.

        Args:
            more: what else is looked for, as a pattern.
        """
        pattern = f"{self._pattern}|{more}" if more else self._pattern
        found = pc.match_substring_regex(lines.contents, pattern)
        places: set[int] = set(pc.indices_nonzero(found).to_pylist())
        if not lines.plain:
            places.update(
                place
                for place, line in enumerate(lines.contents.to_pylist())
                if not line.isascii() and any(map(self._speaks, _MARKED.findall(line)))
            )
        return places

    def _text_speaks(self, text: bytes) -> bool:
        """Return whether a word occurs in a text with other letters than a to z, read as the
        mapping reads it ("Folsäure" as "folsaure").
        """
        normal = normalise_text(text.decode("utf-8", "replace"))
        return self._words.search(f" {normal} ") is not None


def codes_of_site(extra: SiteCodes | None) -> list[str]:
    """Return the codes and words by which a result may be ours at one site alone: a slice that does
    not look for them drops such results.
    """
    return sorted(_telling(load_value_sets(extra)) - _telling(load_value_sets())) if extra else []


def _telling(value_sets: ValueSets) -> set[str]:
    codes = {
        member.code.strip()
        for concept, listed in value_sets.members.items()
        if concept not in OF_MEDICINES
        for member in listed
    }
    return codes | _words(observation_words(value_sets))


OF_MEDICINES = frozenset().union(*map(concepts_of, (Field.DRUGS, Field.ROUTES)))
"""Concepts that are never looked for in results: orders and doses are all kept."""

_ESCAPED = r"\\u"
"""A letter written as an escape may belong to a word: such a line is kept."""

_CODING = (
    r'\s*\{(?:\s*"(?:system|version|code|userSelected)"\s*:\s*(?:"[^"]*"|true|false|null)\s*,?)*'
    r"\s*\}\s*,?"
)
_NAMELESS = (
    rf'"code"\s*:\s*\{{\s*(?:"coding"\s*:\s*\[(?:{_CODING})*\s*\]\s*)?\}}'
    r'|"code"\s*:\s*\{\s*"(?:id|extension)"'
)
"""A code without words: a report that lists the result may name it, so that it is kept."""

_MARKED = re.compile(rb'["\\]([^"\\]*[\x80-\xff][^"\\]*)')
"""A text in which other letters stand, from its begin or an escape up to its end or the next."""


def _codes(codes: Iterable[str]) -> str:
    """Match a code; a full stop in it may be missing (E538)."""
    listed = (re.escape(code.strip()).replace(r"\.", r"\.?") for code in sorted(codes))
    return "|".join(listed)


def _words(texts: Iterable[str]) -> set[str]:
    parts: set[str] = set()
    for text in texts:
        words = re.findall(r"[a-z0-9]+", text)
        telling = [word for word in words if word not in GENERIC]
        parts.add(_word(max(telling, key=len)) if telling else _phrase(words))
    return parts


def _word(word: str) -> str:
    """Match a word in every spelling that the mapping takes for it."""
    spelled = word.replace("em", "a?em").replace("ed", "o?ed")
    spelled = spelled.replace("b12", "b[^a-z0-9]*12")
    if len(word) >= SHORTEST_PART:
        return spelled
    return f"[^a-z0-9]{spelled}[^a-z0-9]"


def _phrase(words: list[str]) -> str:
    """Match words that say nothing each for itself, one behind the other."""
    return "[^a-z0-9]+".join(words)
