"""The wordings of conditions, operations and allergies that decide safety, in ten languages.

A wording `decides` where it is the whole text and nothing in it negates, doubts or speaks of
somebody else; everywhere else in a text it only `shows`: it makes the fact unknown and is quoted.

Source: decisions Q27. The lists of negations beyond those of Q27 are our judgement.
"""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fhir_mappings.terminology.concepts import Concept
from fhir_mappings.terminology.value_sets import (
    LANGUAGES,
    TERMINOLOGY,
    Field,
    Member,
    Role,
    TerminologyError,
    normalise_text,
)

LONGEST_SEARCHED = 2000
"""Characters of one text that are searched; what stands behind them makes the text a cut one."""


def _read_markers(kind: str) -> tuple[str, ...]:
    with (TERMINOLOGY / "word_markers.csv").open(encoding="utf-8", newline="") as file:
        return tuple(row["text"] for row in csv.DictReader(file) if row["kind"] == kind)


LONGEST_DECIDING = 200
"""Characters of a text that may decide: what is longer is a story, not the name of a thing."""

_MARKER = re.compile(rf"(?<![a-z0-9])(?:{'|'.join(_read_markers('marker'))})(?![a-z])")
_PAST = re.compile(rf"^(?:{'|'.join(_read_markers('past'))}) ")
_YEAR = re.compile(r"(?: (?:in|since|on|from))?(?: \d{1,2})?(?:[ /]\d{1,2})?[ /](?:19|20)\d\d$")
_QUALIFIER = "|".join(_read_markers("qualifier"))
_BEFORE = re.compile(rf"^(?:(?:{_QUALIFIER}) )+")
_AFTER = re.compile(rf"(?: (?:{_QUALIFIER}))+$")


@dataclass(frozen=True, slots=True)
class WordsRead:
    """What the words of one text say.

    `decided` counts like a code; `shown` are concepts the text points at. `past`: taken off words
    such as "history of" make a finding past and an operation done.
    """

    decided: tuple[Member, ...] = ()
    shown: tuple[Member, ...] = ()
    past: bool = False


NOTHING = WordsRead()


@dataclass(frozen=True, slots=True)
class _Wording:
    member: Member
    decides: bool
    whole: re.Pattern[str]
    word: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Wordings:
    """The wordings of one field; `any_word` tells quickly that a text holds none of them."""

    any_word: re.Pattern[str]
    each: tuple[_Wording, ...]
    never: re.Pattern[str] | None


def has_marker(text: str) -> bool:
    """Return whether a text negates, doubts, or speaks of somebody else than the patient (Q27)."""
    return "?" in text or _MARKER.search(normalise_text(text[:LONGEST_SEARCHED])) is not None


@functools.lru_cache(maxsize=4096)
def read_words(text: str, field: Field) -> WordsRead:
    """Return what the words of a text say in one field; markers leave nothing decided."""
    wordings = _load_wordings().get(field)
    if wordings is None:
        return NOTHING
    normal = normalise_text(text[:LONGEST_SEARCHED])
    if not wordings.any_word.search(normal):
        return NOTHING
    cores, past = _cores(normal)
    decided: tuple[Member, ...] = ()
    if len(text) <= LONGEST_DECIDING and not has_marker(text):
        decided = _once(
            item.member
            for item in wordings.each
            if item.decides and any(item.whole.fullmatch(core) for core in cores)
        )
    if decided:
        return WordsRead(decided, (), past)
    plain = wordings.never.sub(" ", normal) if wordings.never else normal
    found = (item.member for item in wordings.each if item.word.search(plain))
    shown = _once(member for member in found if member.role is not Role.EXCLUDE)
    return WordsRead((), shown, past)


def _cores(normal: str) -> tuple[tuple[str, ...], bool]:
    """Return a text without what stands around the name of a thing, as it is and without words
    that qualify it; and whether it is past.
    """
    past = _PAST.search(normal) is not None
    core = _YEAR.sub("", _PAST.sub("", normal))
    return tuple(dict.fromkeys((core, _AFTER.sub("", _BEFORE.sub("", core))))), past


def _once(members: Iterable[Member]) -> tuple[Member, ...]:
    return tuple({(member.concept, member.role): member for member in members}.values())


@functools.lru_cache(maxsize=1)
def _load_wordings() -> Mapping[Field, _Wordings]:
    listed: dict[Field, list[_Wording]] = {}
    never: dict[Field, list[str]] = {}
    patterns: dict[Field, list[str]] = {}
    with (TERMINOLOGY / "words.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            field, pattern = Field(row["field"]), row["pattern"]
            if row["kind"] == "never":
                never.setdefault(field, []).append(pattern)
                continue
            member = Member(Concept(row["concept"]), Role(row["role"]), "", "", pattern)
            patterns.setdefault(field, []).append(pattern)
            decides = row["kind"] == "decides"
            listed.setdefault(field, []).append(
                _Wording(member, decides, re.compile(f"(?:{pattern})"), _as_word(pattern))
            )
    return {
        field: _Wordings(
            _as_word("|".join(patterns[field])),
            tuple(each),
            _as_word("|".join(never[field])) if field in never else None,
        )
        for field, each in listed.items()
    }


def _as_word(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z])")


# --- the language of a text


@functools.lru_cache(maxsize=16)
def load_vocabulary(language: str) -> frozenset[str]:
    """Return the words of a language that has a word list.

    Raises:
        TerminologyError: there is no list of this language.
    """
    if language not in LANGUAGES:
        raise TerminologyError(
            f"there is no word list of language {language!r}, only of {', '.join(LANGUAGES)}"
        )
    path = TERMINOLOGY / f"vocabulary_{language}.txt"
    return frozenset(path.read_text(encoding="utf-8").split())


_WORD = re.compile(r"[a-z0-9]*[a-z][a-z0-9]+")
_CUT = re.compile(r"(?:\.\.\.|…)\s*$")


@functools.lru_cache(maxsize=4096)
def is_understood(text: str, languages: tuple[str, ...]) -> bool:
    """Return whether a text has at least three letters and is mostly of words of these languages;
    never a cut one, nor one that says something of a fact in words that no list holds (Q26).
    """
    if len(text) > LONGEST_SEARCHED or _CUT.search(text):
        return False
    normal = normalise_text(text)
    if _leaves_open(normal):
        return False
    words = _WORD.findall(normal)
    foreign = sum(sign.isalpha() and not sign.isascii() for sign in text)
    if sum(sign.isalpha() for word in words for sign in word) < 3 or foreign * 2 > len(text):
        return False
    return any(
        2 * sum(word in vocabulary for word in words) > len(words)
        for vocabulary in map(load_vocabulary, languages)
    )


@functools.lru_cache(maxsize=1)
def _load_pairs() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    with (TERMINOLOGY / "open_words.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            (_whole_word(row["one"]), _whole_word(row["other"])) for row in csv.DictReader(file)
        )


def _whole_word(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])")


def _leaves_open(normal: str) -> bool:
    """Return whether words that are each known speak together of what a fact is about, such as
    "removal of the stomach": no wording of ours holds them, and they are not of no interest.
    """
    return any(one.search(normal) and other.search(normal) for one, other in _load_pairs())


_NAME_WORD = re.compile(r"[a-z]{3,}")
_FOREIGN = frozenset(_read_markers("small"))
"""Small and class words of other languages: beside them a name is a phrase in that language."""
_UNNAMED = frozenset(_read_markers("unnamed"))
"""Words that stand beside the name of a medicine and are none."""


@functools.lru_cache(maxsize=4096)
def is_a_name(text: str, languages: tuple[str, ...]) -> bool:
    """Return whether a text can be taken for the name of a medicine or substance, which belongs to
    no language: Latin letters, and no small word of a language that the record is not in. Words
    such as "tablets as before" or "all injections" name nothing.
    """
    normal = normalise_text(text)
    if len(text) > LONGEST_SEARCHED or _CUT.search(text) or _leaves_open(normal):
        return False
    words = normal.split()
    foreign = sum(sign.isalpha() and not sign.isascii() for sign in text)
    named = any(_NAME_WORD.fullmatch(word) and word not in _UNNAMED for word in words)
    if not named or foreign * 2 > len(text):
        return False
    return _FOREIGN.isdisjoint(words) or is_understood(text, languages)


KNOWN_NEGATIVES = frozenset(map(normalise_text, _read_markers("negative")))
"""Whole texts that say in so many words that there is none: understood (Q26)."""


def is_negative(text: str) -> bool:
    """Return whether a whole text says that there is none."""
    return len(text) <= LONGEST_DECIDING and normalise_text(text) in KNOWN_NEGATIVES


def forget_texts() -> None:
    """Forget what was remembered of texts while one record was read: nothing of a record outlasts
    the reading of it.
    """
    for remembered in (normalise_text, read_words, is_understood, is_a_name):
        remembered.cache_clear()
