"""Whether a text that names nothing of ours can be taken for one of no interest: it is in a
language of the record, and no word of it belongs to what a closed fact is about (Q26).

Such a word stands alone ("kidney") or beside another ("hereditary" and "eyes"); phrases that hold
one and are of no interest are listed ("kidney stone"). A word in no list may be at most the lesser
part of what a text says, and no slip of the name of a thing that counts ("gastrectmy").
"""

from __future__ import annotations

import csv
import difflib
import functools
import re
from collections.abc import Iterable
from typing import NamedTuple

from fhir_mappings.terminology import (
    LANGUAGES,
    LONGEST_SEARCHED,
    TERMINOLOGY,
    TerminologyError,
    forget_wordings,
    read_markers,
)
from fhir_mappings.text import (
    BeginningsOf,
    forget_normal_texts,
    forget_searched_texts,
    index_beginnings,
    is_foreign,
    normalise_text,
    whole_word,
)

_CUT = re.compile(r"(?:\.\.\.|…)\s*$")
_WORD = re.compile(r"[a-z0-9]*[a-z][a-z0-9]+")


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


def _words_of(kind: str) -> frozenset[str]:
    return frozenset(word for text in read_markers(kind) for word in text.split())


_CLASS_WORDS = _words_of("class")
"""Words that say nothing of what a thing is: sides, times, "disease", "removal of"."""
FILLER = _words_of("filler")
"""Words with which systems fill a field: "clinical diagnosis", "imported record"."""
_NEAR = tuple(sorted(_words_of("near")))
"""Names of things that count; a word that is in no list may be a slip of one."""

_SLIP = 0.84
"""How near an unknown word of five to 20 letters is to a name to be a slip of it. A design default.
"""


@functools.lru_cache(maxsize=4096)
def is_understood(text: str, languages: tuple[str, ...]) -> bool:
    """Return whether a text is of no interest: in a language of the record, and nothing in it
    belongs to what a closed fact is about (Q26).
    """
    return is_in_language(text, languages) and not _leaves_open(normalise_text(text), "problems")


@functools.lru_cache(maxsize=4096)
def is_in_language(text: str, languages: tuple[str, ...]) -> bool:
    """Return whether a text has at least three letters, and what it says is said mostly in words
    of one of these languages; never a cut one (Q26).
    """
    if not _can_be_read(text):
        return False
    words = _WORD.findall(normalise_text(text))
    said = [word for word in words if word not in _CLASS_WORDS and word not in FILLER]
    if not said or sum(sign.isalpha() for word in words for sign in word) < 3:
        return False
    return any(_are_mostly_of(said, language) for language in languages)


def _can_be_read(text: str) -> bool:
    return len(text) <= LONGEST_SEARCHED and not _CUT.search(text) and not is_foreign(text)


def _are_mostly_of(words: list[str], language: str) -> bool:
    vocabulary = load_vocabulary(language)
    unknown = [word for word in words if word not in vocabulary]
    return 2 * len(unknown) < len(words) and not any(map(_is_a_slip, unknown))


@functools.lru_cache(maxsize=4096)
def _is_a_slip(word: str) -> bool:
    return 5 <= len(word) <= 20 and bool(difflib.get_close_matches(word, _NEAR, 1, _SLIP))


_SAYS_LITTLE = (
    _CLASS_WORDS
    | _words_of("marker")
    | _words_of("little")
    | frozenset(["i", "ii", "iii", "iv", "v"])
)


def says_nothing_else(text: str, rest: str, languages: tuple[str, ...]) -> bool:
    """Return whether what is left of a text without the wordings in it holds nothing that belongs
    to what a closed fact is about, and the text is in one of these languages or no word left is in
    no list of words, of whatever language: "Leberse opticusneuropathie" says more than
    "opticusneuropathie". What may be two things is asked of the whole text: a loss of sight is a
    sign of the nerves, and may be Leber's disease.
    """
    if not _can_be_read(text) or _load_open_words("whole").stand_in(normalise_text(text)):
        return False
    if is_in_language(text, languages):
        return not _leaves_open(rest, "problems")
    left = [word for word in _WORD.findall(rest) if word not in _SAYS_LITTLE]
    known = all(any(word in load_vocabulary(one) for one in LANGUAGES) for word in left)
    return known and not (left and _leaves_open(" ".join(left), "problems"))


# --- words that belong to what a closed fact is about


class _OpenWords(NamedTuple):
    """Words that leave a text open, found by how they begin: each alone or beside another."""

    beginnings: BeginningsOf
    each: tuple[tuple[re.Pattern[str], re.Pattern[str] | None], ...]

    def stand_in(self, normal: str) -> bool:
        listed = (self.each[number] for number in self.beginnings.candidates(normal))
        return any(
            one.search(normal) and (other is None or other.search(normal)) for one, other in listed
        )


@functools.lru_cache(maxsize=3)
def _load_open_words(asked: str) -> _OpenWords:
    with (TERMINOLOGY / "open_words.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if asked in row["asked"].split()]
    return _OpenWords(
        index_beginnings(row["one"] for row in rows),
        tuple(
            (whole_word(row["one"]), whole_word(row["other"]) if row["other"] else None)
            for row in rows
        ),
    )


@functools.lru_cache(maxsize=1)
def _load_of_no_interest() -> tuple[BeginningsOf, re.Pattern[str]]:
    with (TERMINOLOGY / "of_no_interest.csv").open(encoding="utf-8", newline="") as file:
        phrases = [row["phrase"] for row in csv.DictReader(file)]
    return index_beginnings(phrases), whole_word("|".join(phrases))


def _leaves_open(normal: str, asked: str) -> bool:
    """Return whether words stand in a text that belong to what a fact is about, such as "removal
    of the stomach": no wording of ours holds them, and they are not of no interest.
    """
    words = _load_open_words(asked)
    if not words.stand_in(normal):
        return False
    beginnings, phrases = _load_of_no_interest()
    if not beginnings.candidates(normal):
        return True
    rest = phrases.sub(" ", normal)
    return rest == normal or words.stand_in(rest)


# --- names of medicines and substances

_NAME_WORD = re.compile(r"[a-z]{3,}")
_SEPARATORS = re.compile(r"[ /+]")
_FOREIGN = frozenset(read_markers("small"))
"""Small and class words of other languages: beside them a name is a phrase in that language."""
_UNNAMED = frozenset(read_markers("unnamed"))
"""Words that stand beside the name of a medicine and are none."""


@functools.lru_cache(maxsize=4096)
def is_a_name(text: str, languages: tuple[str, ...]) -> bool:
    """Return whether a text can be taken for the name of another medicine: a known name, or what is
    no medicine, stands in it, and no small word of a language that the record is not in (Q26). A
    name in no list may be a brand of anything; "as per letter" or "weekly injection" names nothing.
    """
    if not _can_be_read(text) or not _names_something(text):
        return False
    words = _SEPARATORS.split(normalise_text(text))
    return _hold_a_name(words) and (_FOREIGN.isdisjoint(words) or is_in_language(text, languages))


def _hold_a_name(words: Iterable[str], of_an_allergen: bool = False) -> bool:
    """Return whether a known name that is none of ours is among the words of a text; of an
    allergen also a food or a thing of the surroundings, which as a medicine is no name ("white
    tablet").
    """
    listed = list(words)
    hold = load_substances().hold_allergen if of_an_allergen else load_substances().hold
    held = {word for word in listed if hold(word)}
    if held - _MINERALS:
        return True
    named = (word for word in listed if _NAME_WORD.fullmatch(word) and word not in _UNNAMED)
    first = next(named, "vitamin")
    begins = of_an_allergen or first in _MINERALS or first in load_vocabulary("en")
    return begins and (bool(held) or _VITAMIN.search(" ".join(listed)) is not None)


_MINERALS = frozenset(read_markers("mineral"))
"""Names of another medicine where they come first: "Sodium chloride", but not "Trinsicon iron"."""
_VITAMIN = re.compile(r"\bvit(?:amin[ae]?)?(?: [ae]| ?(?:[cdk]\d?|b ?[12367]|b5|b8))(?![a-z0-9])")
"""A vitamin that is another than vitamin B12, folic acid and the group of B."""


_STRENGTH = re.compile(r"\d+(?:m?c?g|ug|ml|iu|ie|micrograms?|units?)")


def _names_something(text: str) -> bool:
    normal = normalise_text(text)
    if _leaves_open(normal, "names"):
        return False
    words = _SEPARATORS.split(normal)
    return any(_NAME_WORD.fullmatch(word) and word not in _UNNAMED for word in words)


class _Substances(NamedTuple):
    """Names of substances that are not of ours: whole words, how such names begin and end, and
    words for foods and the surroundings.
    """

    words: frozenset[str]
    parts: re.Pattern[str]
    allergens: frozenset[str]

    def hold(self, word: str) -> bool:
        return word in self.words or self.parts.fullmatch(word) is not None

    def hold_allergen(self, word: str) -> bool:
        """Return whether a word is an allergen of these, or one joined to what it causes."""
        joined = _OF_ALLERGY.fullmatch(word)
        forms = (word, joined[1], _LINK.sub("", joined[1])) if joined else (word,)
        return any(form in self.allergens for form in forms) or self.hold(word)


_OF_ALLERGY = re.compile(r"(\w{3,})(?:allergi\w{0,2}|unvertraglichkeit|intoleranz)")
_LINK = re.compile(r"(?:s|e?n|e)$")
"""An allergen in a word of German, Dutch or a Nordic language: "Katzenallergie"."""


@functools.lru_cache(maxsize=1)
def load_substances() -> _Substances:
    """Return the names of substances that are none of ours."""
    listed: dict[str, list[str]] = {"word": [], "start": [], "end": [], "allergen": []}
    with (TERMINOLOGY / "other_substances.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            listed[row["kind"]] += row["names"].split()
    starts, ends = "|".join(listed["start"]), "|".join(listed["end"])
    parts = re.compile(rf"(?:{starts})[a-z]*|[a-z]{{2,}}(?:{ends})(?:[aeo]|um|en|er|s)?")
    return _Substances(frozenset(listed["word"]), parts, frozenset(listed["allergen"]))


@functools.lru_cache(maxsize=4096)
def is_another_substance(text: str, languages: tuple[str, ...]) -> bool:
    """Return whether a text names a substance that is none of ours: a known name stands in it, and
    every word is one or a word of a language of the record. A name in no list may be a brand of
    anything, "red medicine" too (Q26).
    """
    if not _can_be_read(text) or not _names_something(text):
        return False
    said = [word for word in _WORD.findall(normalise_text(text)) if word not in _CLASS_WORDS]
    named = [word for word in said if word not in _UNNAMED]
    substances = load_substances()
    unknown = [
        word for word in named if not (substances.hold_allergen(word) or _STRENGTH.fullmatch(word))
    ]
    return _hold_a_name(normalise_text(text).split(), of_an_allergen=True) and (
        not unknown or any(load_vocabulary(language).issuperset(unknown) for language in languages)
    )


def forget_texts() -> None:
    """Forget what was remembered of texts while one record was read: nothing of a record outlasts
    the reading of it.
    """
    forget_normal_texts()
    forget_searched_texts()
    forget_wordings()
    for remembered in (is_understood, is_in_language, is_a_name, is_another_substance, _is_a_slip):
        remembered.cache_clear()
