"""Which results may be dropped unread: those in whose bytes no code and no word of any list occurs.

The test errs on the side of keeping. What it keeps is read by the mapping, which decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from fhir_mappings.terminology import ValueSets, observation_words

SIEVED = frozenset({"Observation", "DiagnosticReport", "QuestionnaireResponse"})
"""Resource types of which most are about tests that no fact is read from (decisions Q26 does not
hold for them: that no result is there is never a fact).
"""

GENERIC = frozenset(
    {
        "active", "blood", "concentration", "count", "disease", "estimated", "international",
        "level", "measurement", "measured", "mass", "moles", "plasma", "present", "ratio", "rate",
        "result", "screen", "serum", "status", "test", "total", "unknown", "value", "volume",
        "whole",
    }
)  # fmt: skip
"""Words that stand in the names of most tests; a text is looked for by its other words."""

SHORTEST_PART = 5
"""Letters; a word of as many is looked for inside other words too, a shorter one stands alone."""


class Sieve:
    """Tells for many lines at once in which of them a code or a word of a list occurs."""

    def __init__(self, value_sets: ValueSets) -> None:
        members = [member for listed in value_sets.members.values() for member in listed]
        whole = {member.code for member in members}
        begun = {member.code for member in members if "icd" in member.system.lower()}
        words = _words(observation_words(value_sets))
        self._pattern = (
            f'(?i)"\\s*(?:{_codes(whole)})\\s*"|"\\s*(?:{_codes(begun)})|{words}|{_ESCAPED}'
        )

    def keeps(self, lines: pa.BinaryArray) -> pa.BooleanArray:
        """Return for each line whether it must be kept."""
        return pc.match_substring_regex(lines, self._pattern)


_ESCAPED = r"\\u"
"""A letter written as an escape may belong to a word: such a line is kept."""


def _codes(codes: Iterable[str]) -> str:
    """Match a code; a full stop in it may be missing (E538)."""
    listed = (re.escape(code.strip()).replace(r"\.", r"\.?") for code in sorted(codes))
    return "|".join(listed)


def _words(texts: Iterable[str]) -> str:
    parts: set[str] = set()
    for text in texts:
        words = re.findall(r"[a-z0-9]+", text)
        telling = [word for word in words if word not in GENERIC] or words
        if telling:
            parts.add(_word(max(telling, key=len)))
    return "|".join(sorted(parts))


def _word(word: str) -> str:
    """Match a word in every spelling that the mapping takes for it."""
    spelled = word.replace("em", "a?em").replace("ed", "o?ed")
    spelled = spelled.replace("b12", "b[^a-z0-9]*12")
    if len(word) >= SHORTEST_PART:
        return spelled
    return f"[^a-z0-9]{spelled}[^a-z0-9]"
