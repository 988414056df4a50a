"""What a result is named: which tests its codes and its words stand for, and whether they agree.

Source: decisions Q35 (code and words that name different tests), Q26 (words).
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from itertools import chain
from typing import Any, NamedTuple

from fhir_mappings.fhir import as_key, as_text, codings_of, texts_of
from fhir_mappings.intake import RecordIndex
from fhir_mappings.judging import (
    IN_FLUID,
    LONGEST_NAME,
    NAMES_B12,
    TOLD,
    Understood,
    match_test,
    reads_as_words,
    speaks_of_more,
    test_perhaps_named,
    without_specimen,
)
from fhir_mappings.terminology import (
    LOINC,
    NPU,
    Concept,
    Field,
    Match,
    Role,
    is_enumerated,
)
from fhir_mappings.text import normalise_text
from recommender.language import NotCounted

_LEVEL_TOLD = re.compile(
    r"\b(?:(?:vit(?:amin[ae]?|\.)? ?)?b ?-?12|[ck]obalamin[ae]?)\b[^.;\n]{0,30}?(?<![\d.,])"
    r"([<>]? ?\d{1,5}(?:[.,]\d+)? ?(?:pg ?/ ?ml|ng ?/ ?l|pmol ?/ ?l)\b[^.;\n]{0,40})",
    re.IGNORECASE,
)
_OF_EVERYBODY = re.compile(
    r"\b(?:ref\w*|ranges?|normal values?|targets?|cut ?-?off|thresholds?|if|when|should|consider|"
    r"norm\w*werte?|referen\w+|soll\w*|valeurs? norm\w+|valores? norm\w+|previous\w*)\b|"
    r"\b(?:was|were)\b.{0,60}\b(?:19|20)\d\d\b(?! ?(?:pg|ng|pmol))",
    re.IGNORECASE,
)
"""Words of what a laboratory writes on everybody's report, and of a level of another year."""


def b12_told(text: str) -> str:
    """Return the level of vitamin B12 that the words of a report tell; empty for none."""
    for sentence in re.split(r"[;\n]|\.(?!\d)", text[:LONGEST_TOLD]):
        found = _LEVEL_TOLD.search(sentence)
        if found and not _OF_EVERYBODY.search(sentence):
            return found[1].strip()
    return ""


LONGEST_TOLD = 5000
"""Characters of a report that are looked through."""

COUNTED_ROLES = (Role.INCLUDE, Role.ACCEPT_OLD)
"""A code in one of these roles gives a result of its concept."""


class Named(NamedTuple):
    """What the code of a result says: what it stands for, if it has neither that nor words, and if
    how codes and words contradict each other.
    """

    matches: tuple[Match, ...]
    says_nothing: bool
    contradicts: NotCounted | None


def read_name(index: RecordIndex, code: Any, as_written: Hashable = None) -> Named:
    """Return what a code says; the same test stands in a record again and again. `as_written` is
    the key of the code, where the caller has it already.
    """
    written = as_key(code) if as_written is None else as_written
    known: Named | None = index.read_before.get(written)
    if known is None:
        matches = _matches_of(index, code)
        nothing = not matches and not texts_of(code)
        contradicts = _contradiction(index, code, matches) if matches else None
        if contradicts is NotCounted.NAMES_CONTRADICT and not B12_CONCEPTS & {
            m.concept for m in matches
        }:
            named = chain.from_iterable(match_test(index.value_sets, one) for one in texts_of(code))
            matches = (*matches, *(match for match in named if match.concept in B12_CONCEPTS))
        if matches and not any(match.role in COUNTED_ROLES for match in matches):
            matches, contradicts = _only_told(index, code, matches)
        if not (matches or nothing):
            matches = _may_be_ours(index, code)
            contradicts = NotCounted.NAME_UNCERTAIN if matches else None
        known = index.read_before[written] = Named(matches, nothing, contradicts)
    return known


def name_understood(index: RecordIndex, resource: dict[str, Any]) -> Understood:
    """Return by what the name of a test that is none of ours is understood; each is looked at
    once in a record.
    """
    code = resource.get("code")
    written = ("test", as_key(code), as_text(resource.get("language")))
    by: Understood | None = index.read_before.get(written)
    if by is None:
        if is_enumerated(index.value_sets, code, Field.LABS):
            by = Understood.BY_CODE
        else:
            worded = reads_as_words(index.value_sets_for(resource), code)
            by = Understood.BY_WORDS if worded else Understood.NOT
        index.read_before[written] = by
    return by


def understood_as_another(
    index: RecordIndex, resource: dict[str, Any], as_written: Hashable
) -> Understood | None:
    """Return by what the name of a test is understood that is none of ours; `None` for one that is,
    that has no name, or that speaks of more than a test.
    """
    code = resource.get("code")
    named = read_name(index, code, as_written)
    if named.matches or named.says_nothing or speaks_of_more(texts_of(code)):
        return None
    return name_understood(index, resource)


def _matches_of(index: RecordIndex, code: Any) -> tuple[Match, ...]:
    """Return what a code stands for; of one whose system lists no laboratory tests, what its words
    name.
    """
    matches = index.value_sets.find(code, Field.LABS, Field.OBSERVATIONS)
    if any(match.role is not Role.REVIEW for match in matches) or any(
        index.value_sets.normalise_system(coding.get("system")) in (LOINC, NPU)
        for coding in codings_of(code)
    ):
        return matches
    named = (
        match
        for text in texts_of(code)
        for match in match_test(index.value_sets, text) or _match_each(index, text)
    )
    return tuple(dict.fromkeys(named)) or matches


B12_CONCEPTS = frozenset({Concept.SERUM_B12, Concept.ACTIVE_B12_HOLOTC})


def _only_told(
    index: RecordIndex, code: Any, matches: tuple[Match, ...]
) -> tuple[tuple[Match, ...], NotCounted | None]:
    """Return what codes that give no result stand for, with the test that they may be, and vitamin
    B12 where words beside them name it: told, and decides nothing (Q35, Q36, I27).
    """
    perhaps = [
        match._replace(member=TOLD[match.concept])
        for match in matches
        if match.role is Role.REVIEW and match.concept in TOLD
    ]
    if perhaps:
        return (*matches, *perhaps), NotCounted.NAME_UNCERTAIN
    coded = {match.member.display for match in matches}
    named = [
        match
        for text in texts_of(code)
        if text not in coded
        for match in match_test(index.value_sets, text)
        if match.concept in B12_CONCEPTS and match.role in COUNTED_ROLES
    ]
    return (*matches, *named), NotCounted.NAMES_CONTRADICT if named else None


def _may_be_ours(index: RecordIndex, code: Any) -> tuple[Match, ...]:
    """Return the test named beside a code in no list; else the one that stands in the name, where
    nothing makes that another thing: told, and decides nothing (Q36, I27).
    """
    texts = texts_of(code)
    for text in texts:
        named = index.value_sets.match_text(text, Field.LABS)
        if named and all(match.role in COUNTED_ROLES for match in named):
            return named
        plain = without_specimen(text) if len(text) <= LONGEST_NAME else ""
        member = test_perhaps_named(normalise_text(plain))
        if member and not speaks_of_more(texts):
            return (Match(member, "text", text),)
    return ()


_JOINED = re.compile(r"\s*(?:[/&+,;]|\band\b|\bund\b|\bet\b)\s*", re.IGNORECASE)


def _match_each(index: RecordIndex, text: str) -> tuple[Match, ...]:
    """Return the tests that a text names side by side ("Vitamin B12 and folate"), where each part
    of it is the name of a test; nothing otherwise.
    """
    parts = _JOINED.split(text) if len(text) <= LONGEST_NAME else []
    named = [match_test(index.value_sets, part) for part in parts if part]
    if len(named) < 2 or not all(named):
        return ()
    return tuple(match for matches in named for match in matches)


_KINDS: dict[Concept, str] = {
    Concept.EGFR_NON_BLACK: Concept.EGFR.value,
    Concept.EGFR_BLACK: Concept.EGFR.value,
}


def _contradiction(index: RecordIndex, code: Any, matches: tuple[Match, ...]) -> NotCounted | None:
    """Return how the names of a result contradict each other, so that nobody can tell which test it
    is (Q35): its codes or its words name several, or its code one and its words another.
    """
    if len(_kinds_of(matches)) > 1:
        return NotCounted.SEVERAL_TESTS
    return NotCounted.NAMES_CONTRADICT if words_contradict(index, code, matches) else None


def _kinds_of(matches: Iterable[Match]) -> set[str]:
    """Return which tests these stand for, as far as they may count."""
    return {
        _KINDS.get(match.concept, match.concept.value)
        for match in matches
        if match.role in COUNTED_ROLES
    }


_IN_BLOOD = IN_FLUID | {Concept.POTASSIUM, Concept.HAEMOGLOBIN}
_ELSEWHERE = re.compile(
    r"\b(?:urin(?:e|ary|aire|aria|ario|a)?|csf|cerebrospinal|saliva|dialysate|stool|fa?eces|"
    r"ascites|ascitic|pleural)\b"
)
"""Fluids of the body in which a test of the blood is another test."""


def is_of_another_fluid(matches: Iterable[Match], words: Iterable[str]) -> bool:
    """Return whether words say of a test of the blood that it is one of another fluid (Q35)."""
    counted = {match.concept for match in matches if match.role in COUNTED_ROLES}
    return not _IN_BLOOD.isdisjoint(counted) and any(
        _ELSEWHERE.search(normalise_text(text[:LONGEST_NAME])) for text in words
    )


def words_contradict(index: RecordIndex, code: Any, matches: tuple[Match, ...]) -> bool:
    """Return whether a result is coded as one test and called another, or is coded as one in blood
    and called one of another fluid (Q35).
    """
    coded = _kinds_of(match for match in matches if match.matched_by == "code")
    if not coded:
        return False
    if is_of_another_fluid(matches, texts_of(code)):
        return True
    if coded == {Concept.SERUM_B12.value} and any(map(_is_another_than_b12, texts_of(code))):
        return True
    for text in texts_of(code):
        named = match_test(index.value_sets, text)
        if named and _kinds_of(named).isdisjoint(coded):
            return any(match.role in (*COUNTED_ROLES, Role.EXCLUDE) for match in named)
    return False


_BESIDE_B12 = re.compile(r"\bbinding\b|\bbio ?active\b|\btranscobalamin|\bantibod")
"""Words that make of a name of vitamin B12 that of another test."""
_NO_B12 = re.compile(
    r"\btranscobalamin|microglobulin|\bh ?cg\b|thiamin|dihydroxy|\b25 ?oh\b|calcidiol|calcitriol|"
    r"folat|folic|folsau|folsaeu|foliumz|\bfoliq|"
    r"\bvit(?:amin[ae]?)? ?(?:[acdek]\d?|b ?[1235679])\b"
)
"""Words of other tests, in a name without vitamin B12."""


def _is_another_than_b12(text: str) -> bool:
    """Return whether words beside the code of vitamin B12 name another test, in no list (Q35)."""
    normal = normalise_text(text[:LONGEST_NAME])
    another = _BESIDE_B12 if NAMES_B12.search(normal) else _NO_B12
    return another.search(normal) is not None
