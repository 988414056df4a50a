"""How far one entry of the record is understood: by its code, by its words, or not (Q26, Q27)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from fhir_mappings.fhir import as_text, codings_of, texts_of
from fhir_mappings.judging.negatives import is_negative
from fhir_mappings.judging.plain_words import (
    FILLER,
    is_a_name,
    is_another_substance,
    is_in_language,
    is_understood,
    says_nothing_else,
)
from fhir_mappings.terminology import (
    NATIONAL_ICD_10,
    Concept,
    Field,
    Match,
    Role,
    ValueSets,
    has_marker,
    is_enumerated,
    is_enumerated_without_words,
    is_kept_out,
    leaves_open,
    names_icd_10,
    names_in_doubt,
    read_words,
    without_wordings,
    without_year,
)
from fhir_mappings.text import has_words, normalise_text, spelt_out
from recommender.language import Choice

MOST_TEXTS = 20
"""Texts of one entry that are read; an entry with more is not understood by its words."""


class Understood(Choice):
    """By what an entry was understood; the value is what explanations say."""

    BY_CODE = "code"
    BY_WORDS = "words"
    NOT = "not"


class Shown(NamedTuple):
    """A concept that words point at without deciding it, with the text they stand in."""

    concept: Concept
    text: str


class Judged(NamedTuple):
    """What one entry says: what counts, what its words only show, and by what it was understood.

    `past`: its words say "history of" or the like.
    """

    matches: tuple[Match, ...] = ()
    shown: tuple[Shown, ...] = ()
    understood: Understood = Understood.NOT
    past: bool = False


def judge(
    value_sets: ValueSets,
    codeable: Any,
    fields: tuple[Field, ...],
    notes: Iterable[str] = (),
) -> Judged:
    """Return what an entry says in these fields, the first of which is that of its list.

    A code that is listed decides; words beside a code of a system that enumerates the field only
    show. Notes never decide.
    """
    coded = value_sets.concepts(codeable)
    certain = [match for match in coded if match.role not in (Role.REVIEW, Role.CONTEXT)]
    enumerated = bool(coded) or is_enumerated(value_sets, codeable, fields[0])
    texts = meaningful_texts(value_sets, codeable)
    asked = not certain and (bool(coded) or not enumerated)
    worded, past = _decided_by_words(value_sets, texts, fields) if asked else ((), False)
    matches = worded or coded
    decided = {match.concept for match in matches}
    left_open = [one.concept for one in coded if one.concept not in decided]
    shown = (
        *_shown((*texts, *notes), fields, decided),
        *(Shown(concept, matches[0].source) for concept in left_open),
    )
    doubted = () if matches or shown else tuple(_named_in_doubt(value_sets, texts, fields))
    if enumerated:
        by = Understood.BY_CODE
    elif worded or doubted or _are_read(value_sets, texts, fields, {item.text for item in shown}):
        by = Understood.BY_WORDS
    else:
        by = Understood.NOT
    return Judged(matches, shown or doubted, by, past)


def meaningful_texts(value_sets: ValueSets, codeable: Any) -> tuple[str, ...]:
    """Return the words of an entry without those of codes that carry no meaning ("Disease"), and
    without texts that say of no entry what it is ("Imported record, not coded").
    """
    empty = {
        as_text(coding.get("display"))
        for coding in codings_of(codeable)
        if as_text(coding.get("code")) and not value_sets.says_something(coding)
    }
    texts = dict.fromkeys(
        _without_filler(text)
        for text in texts_of(codeable)
        if text not in empty and value_sets.words_say_something(text) and not _is_filler(text)
    )
    return tuple(texts)[:MOST_TEXTS]


def _without_filler(text: str) -> str:
    """Return a text without the words of a system before its colon: "Imported record: Gout"."""
    before = _BEFORE_COLON.match(text[:LONGEST_FILLER])
    words = normalise_text(before[1]).split() if before else []
    return text[before.end() :] if before and _SYSTEM_WORDS.issuperset(words) else text


_NOT_CODED = re.compile(
    r"\b(?:no|not) coded?\b|\bnot (?=(?:recorded|documented|available|stated|provided)\b)|"
    r"\b(?:no|keine?|aucune|pas d|sin|nessuna|geen|ingen|inga|sem|uten|utan|uden) "
    r"(?=(?:info|angabe|opplysning|oplysning|uppgift))"
)
"""That nothing is known, as system entries say it: no denial of anything."""
_DOUBTS = "past history absent missing unknown unbekannt concern concerns concerning over"
_SYSTEM_WORDS = FILLER.difference(_DOUBTS.split())
_BEFORE_COLON = re.compile(r"^([^:]{3,60}):\s+(?=\S)")


def _is_filler(text: str) -> bool:
    """Return whether a text has no other words than those with which systems fill a field."""
    words = _NOT_CODED.sub("code ", normalise_text(text[:LONGEST_FILLER])).split()
    return len(text) <= LONGEST_FILLER and bool(words) and FILLER.issuperset(words)


LONGEST_FILLER = 100
"""Characters of a text that may be filler alone."""


def _decided_by_words(
    value_sets: ValueSets, texts: tuple[str, ...], fields: tuple[Field, ...]
) -> tuple[tuple[Match, ...], bool]:
    """Return what the first text that names a whole thing names, and whether as past."""
    for text in texts:
        name = spelt_out(plain := _AROUND_A_NAME.sub("", text) or text)
        if name != plain and has_marker(plain) and not has_marker(name):
            name = plain  # "No: neuritis optica"
        for field in fields:
            read = read_words(name, field)
            if read.decided:
                return tuple(Match(member, "text", text) for member in read.decided), read.past
            doubted = leaves_open(name, field) and not value_sets.is_listed(name, field)
            listed = () if doubted else value_sets.match_text(name, field)
            if not (listed or doubted) and field is Field.PROCEDURES:
                listed = value_sets.match_text(without_year(name), field)
            if listed:
                return tuple(match._replace(source=text) for match in listed), False
    return (), False


_CODE = r"(?!b12\b)[a-tv-z]\d[\da-z](?:\.[\da-z]{1,4}|(?= ?- ))|\d{6,18}"
_AROUND_A_NAME = re.compile(
    rf"^\s*(?:\[[dxvm]\]|\d{{1,2}}[.)]|\[(?:{_CODE})\]|(?:{_CODE})(?: \(icd[^)]*\))?)[ :-]*(?=\w)|"
    rf"[ ,]{{1,3}}n\.?(?:o\.?s|e\.?c)\.?$| - (?:primary|secondary)$|(?: ?-)? (?:{_CODE})$",
    re.IGNORECASE,
)
"""What systems put before and behind a name: tags of Read codes ("[X]", "NOS"), the number of a
list, a code.
"""


def _shown(
    texts: Iterable[str], fields: tuple[Field, ...], decided: set[Concept]
) -> Iterable[Shown]:
    seen = set(decided)
    for text in texts:
        for field in fields:
            read = read_words(text, field)
            for member in (*read.decided, *read.shown):
                if member.concept not in seen and member.role is not Role.EXCLUDE:
                    seen.add(member.concept)
                    yield Shown(member.concept, text)


def _named_in_doubt(
    value_sets: ValueSets, texts: Iterable[str], fields: tuple[Field, ...]
) -> Iterator[Shown]:
    """Yield what texts point at that are a listed name but for words that deny or doubt it
    ("Neuropathy?"): no wording need hold it. "B12 injection declined" names nothing.
    """
    for text in texts:
        for name in names_in_doubt(text):
            for field in fields:
                if is_kept_out(text, field):
                    continue
                for match in value_sets.match_text(name, field):
                    if match.role in _MAY_HOLD:
                        yield Shown(match.concept, text)


_MAY_HOLD = (Role.INCLUDE, Role.REVIEW, Role.COMPETING_CAUSE)


def shown_by_edition(value_sets: ValueSets, codeable: Any) -> tuple[Shown, ...]:
    """Return what codes stand for in the list of the WHO that came under the name of an edition of
    the ICD-10 which is in no list here: it may have another meaning there, so it only shows.
    """
    return tuple(
        Shown(match.concept, " ".join(filter(None, (code, as_text(coding.get("display"))))))
        for coding in codings_of(codeable)
        if names_icd_10(value_sets.normalise_system(coding.get("system")))
        and (code := as_text(coding.get("code")))
        for match in value_sets.match_coding({"system": NATIONAL_ICD_10, "code": code})
        if match.role in _MAY_HOLD
    )


def reads_as_words(value_sets: ValueSets, codeable: Any) -> bool:
    """Return whether the words of an entry are of a language of the record."""
    texts = meaningful_texts(value_sets, codeable)
    return any(
        is_negative(text)
        or is_in_language(text, value_sets.languages)
        or is_kept_out(text, Field.PROCEDURES)
        for text in texts
    )


def _are_of_no_interest(
    value_sets: ValueSets, texts: tuple[str, ...], fields: tuple[Field, ...]
) -> bool:
    """Return whether some text of an entry is of no interest, and none leaves it open."""
    return any(
        is_negative(text)
        or is_understood(text, value_sets.languages)
        or any(is_kept_out(text, field) for field in fields)
        for text in texts
    )


def _are_read(
    value_sets: ValueSets, texts: tuple[str, ...], fields: tuple[Field, ...], pointing: set[str]
) -> bool:
    """Return whether the words of an entry are understood: each that points at something says no
    more than that, or there is none, and one is of no interest.
    """
    pointed = [text for text in texts if text in pointing]
    if pointed:
        return all(_says_no_more(value_sets, text, fields) for text in pointed)
    return _are_of_no_interest(value_sets, texts, fields)


def _says_no_more(value_sets: ValueSets, text: str, fields: tuple[Field, ...]) -> bool:
    """Return whether a text that points at something is understood apart from that."""
    return says_nothing_else(text, without_wordings(text, fields), value_sets.languages)


def judge_name(value_sets: ValueSets, codeable: Any, matches: Iterable[Match]) -> Understood:
    """Return by what the name of a medicine was understood, given what it matched."""
    return _judge_named(value_sets, codeable, matches, is_a_name)


def judge_allergen(value_sets: ValueSets, codeable: Any, matches: Iterable[Match]) -> Understood:
    """Return by what the name of a substance was understood to which somebody is allergic, given
    what it matched: a name in no list may be a brand of vitamin B12 (Q26).
    """
    return _judge_named(value_sets, codeable, matches, is_another_substance)


def _judge_named(
    value_sets: ValueSets,
    codeable: Any,
    matches: Iterable[Match],
    names_another: Callable[[str, tuple[str, ...]], bool],
) -> Understood:
    listed = list(matches)
    if any(match.matched_by == "code" for match in listed):
        return Understood.BY_CODE
    texts = meaningful_texts(value_sets, codeable)
    if is_enumerated_without_words(value_sets, codeable) or (
        any(map(has_words, texts)) and is_enumerated(value_sets, codeable, Field.DRUGS)
    ):
        return Understood.BY_CODE
    spoken = value_sets.languages
    if listed or any(is_negative(text) or names_another(text, spoken) for text in texts):
        return Understood.BY_WORDS
    return Understood.NOT
