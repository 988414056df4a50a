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
from typing import NamedTuple

from fhir_mappings.terminology.code_systems import forget_spellings
from fhir_mappings.terminology.concepts import Concept
from fhir_mappings.terminology.members import TERMINOLOGY, Field, Member, Role
from fhir_mappings.text import BeginningsOf, as_word, index_beginnings, normalise_text

LONGEST_SEARCHED = 2000
"""Characters of one text that are searched; what stands behind them makes the text a cut one."""


def read_markers(kind: str) -> tuple[str, ...]:
    """Return the words of one kind in the list of small words."""
    with (TERMINOLOGY / "word_markers.csv").open(encoding="utf-8", newline="") as file:
        return tuple(row["text"] for row in csv.DictReader(file) if row["kind"] == kind)


LONGEST_DECIDING = 200
"""Characters of a text that may decide: what is longer is a story, not the name of a thing."""

_MARKER = re.compile(rf"(?<![a-z0-9])(?:{'|'.join(read_markers('marker'))})(?![a-z])")
_OVER = re.compile(rf"(?<![a-z0-9])(?:{'|'.join(read_markers('over'))})(?![a-z])")
_OPEN = re.compile(
    rf"(?:(?:status|diagnosis) )?(?:{'|'.join(read_markers('open'))})(?: (?:status|diagnosis))?"
)
_CLOSES = (")", "]")
_AT_THE_END = re.compile(r"[(\[]([^()\[\]]{2,40})[)\]]\s*$")
_UNDONE = re.compile(rf"(?<![a-z0-9])(?:{'|'.join(read_markers('undone'))})(?![a-z])")
_NAME = (
    r" (?!(?:No|Not|Nil|None|Never|Denie|Possibl|Probabl|Suspect|Exclu|Kein|Nicht|Pas|Aucun|Sin|"
    r"Ningun|Nessun|Non|Niet|Geen|Ingen|Inte|Ikke)\w*\b)[A-Z][\w.'-]*"
)
_SIGNED = re.compile(
    r"\b(?:(?:Dr|Dra|Prof|Mr|Mrs|Ms|Mme|Herr|Frau|Dott)\.?|(?:[Ee]ntered|[Rr]ecorded|[Ss]igned|"
    rf"[Nn]oted) by)(?:{_NAME}){{1,3}}|\((?:[A-Z]\. ?){{1,3}}[A-Z][\w'-]+\)|"
    r"\([A-Z][\w'-]+, ?[A-Z]\.?\)"
)
"""Who wrote an entry: names are spelt as words that deny or name a relative ("Dr Mor", "R. Sohn").
"""
_PAST = re.compile(rf"^(?:{'|'.join(read_markers('past'))}) ")
_YEAR = re.compile(r"(?: (?:in|since|on|from))?(?: \d{1,2})?(?:[ /]\d{1,2})?[ /](?:19|20)\d\d$")
_QUALIFIER = "|".join(read_markers("qualifier"))
_BEFORE = re.compile(rf"^(?:(?:{_QUALIFIER}) )+")
_AFTER = re.compile(rf"(?: (?:{_QUALIFIER}))+$")


class WordsRead(NamedTuple):
    """What the words of one text say.

    `decided` counts like a code; `shown` are concepts the text points at. `past`: taken off words
    such as "history of" make a finding that is decided past and an operation done.
    """

    decided: tuple[Member, ...] = ()
    shown: tuple[Member, ...] = ()
    past: bool = False


NOTHING = WordsRead()


class _Wording(NamedTuple):
    """One wording; its pattern, the display of the member, is compiled when it is first tried."""

    member: Member
    decides: bool

    @property
    def word(self) -> re.Pattern[str]:
        return as_word(self.member.display)

    @property
    def whole(self) -> re.Pattern[str]:
        return _as_whole(self.member.display)


@functools.cache
def _as_whole(pattern: str) -> re.Pattern[str]:
    return re.compile(f"(?:{pattern})")


class _Wordings(NamedTuple):
    """The wordings of one field, found by how they begin."""

    beginnings: BeginningsOf
    each: tuple[_Wording, ...]
    never: re.Pattern[str] | None

    def candidates(self, normal: str) -> list[_Wording]:
        return [self.each[number] for number in self.beginnings.candidates(normal)]


_WITHOUT_ANAEMIA = re.compile(r"\b(?:non|no|without)[- ]?ana?emi[ac]\b", re.IGNORECASE)
"""Beside a deficiency it denies the anaemia, not the deficiency: "B12 deficiency (non anemic)"."""


def has_marker(text: str) -> bool:
    """Return whether a text negates, doubts, or speaks of somebody else than the patient (Q27), but
    for the names of who wrote it.
    """
    said = _WITHOUT_ANAEMIA.sub(" ", _SIGNED.sub(" ", text[:LONGEST_SEARCHED]))
    return "?" in text or _MARKER.search(normalise_text(said)) is not None


def leaves_open(text: str, field: Field) -> bool:
    """Return whether a text negates or doubts what it names, or says that it is over or not settled
    ("inactive", "provisional"); of an operation also that it is not done ("deferred"), which takes
    nothing from a diagnosis ("CKD stage 4 (dialysis deferred)"). An allergy that is inactive still
    is one (Q80).
    """
    if _without_open_note(text) != text:
        return True
    normal = normalise_text(text[:LONGEST_SEARCHED])
    undone = field is Field.PROCEDURES and _UNDONE.search(normal) is not None
    return undone or has_marker(text) or _OVER.search(normal) is not None


def _without_open_note(text: str) -> str:
    """Return a text without the note in brackets at its end, where that says as a whole that it is
    not known, or not so: "(unconfirmed)", "(status unknown)", "(none)"; not "(cause unknown)".
    """
    note = _AT_THE_END.search(text) if text[-1:] in _CLOSES else None
    is_open = note is not None and _OPEN.fullmatch(normalise_text(note[1])) is not None
    return text[: note.start()] if note is not None and is_open else text


@functools.lru_cache(maxsize=4096)
def read_words(text: str, field: Field) -> WordsRead:
    """Return what the words of a text say in one field; markers leave nothing decided, nor does a
    text whose letters with signs above are written as two ("Gangstoerung", "foelelsesloes").
    """
    wordings = _load_wordings().get(field)
    if wordings is None:
        return NOTHING
    normal = normalise_text(text[:LONGEST_SEARCHED])
    found = _find(wordings, normal)
    if found:
        return _read_found(wordings, field, text, found)
    return _read_spellings(wordings, text) if _TWO_FOR_ONE.search(text) else NOTHING


def _read_found(wordings: _Wordings, field: Field, text: str, found: list[_Wording]) -> WordsRead:
    normal = normalise_text(text[:LONGEST_SEARCHED])
    deciding = [item for item in found if item.decides]
    if deciding and len(text) <= LONGEST_DECIDING:
        decided, past = _decided(normal, deciding)
        if decided and not leaves_open(text, field):
            return WordsRead(decided, (), past)
    shown = _shown_in(wordings, normal, found)
    return WordsRead((), shown) if shown else NOTHING


def _shown_in(wordings: _Wordings, normal: str, found: list[_Wording]) -> tuple[Member, ...]:
    plain = wordings.never.sub(" ", normal) if wordings.never else normal
    left = found if plain == normal else _find(wordings, plain)
    return _once(item.member for item in left if item.member.role is not Role.EXCLUDE)


def _find(wordings: _Wordings, normal: str) -> list[_Wording]:
    numbers = wordings.beginnings.candidates(normal)
    listed = [wordings.each[number] for number in numbers]
    return [item for item in listed if as_word(item.member.display).search(normal)]


_TWO_FOR_ONE = re.compile(r"(a)a|([aou])e", re.IGNORECASE)
_ROUND_ONLY = re.compile(r"([ou])e", re.IGNORECASE)


def _read_spellings(wordings: _Wordings, text: str) -> WordsRead:
    """Return what a text points at as its language spells it where "ö" is written "oe", or that and
    also "ä" and "å" as two letters.
    """
    searched = text[:LONGEST_SEARCHED]
    for spelt in (_ROUND_ONLY.sub(r"\1", searched), _TWO_FOR_ONE.sub(r"\1\2", searched)):
        normal = normalise_text(spelt)
        found = _find(wordings, normal) if spelt != searched else []
        if found:
            return WordsRead((), _shown_in(wordings, normal, found))
    return NOTHING


def without_wordings(text: str, fields: Iterable[Field]) -> str:
    """Return a text in the form in which it is compared, without the wordings of these fields and
    the words that deny or doubt them.
    """
    text = _without_open_note(text)
    rest = _MARKER.sub(" ", normalise_text(text[:LONGEST_SEARCHED]))
    kept = list(rest)
    for wordings in filter(None, map(_load_wordings().get, fields)):
        for item in wordings.candidates(rest):
            for found in item.word.finditer(rest):
                kept[found.start() : found.end()] = " " * (found.end() - found.start())
    return "".join(kept)


def is_kept_out(text: str, field: Field) -> bool:
    """Return whether a text is as a whole one that looks like a wording of a field and is another
    thing ("Factor V Leiden", "B12 injection declined"): it names nothing of ours.
    """
    wordings = _load_wordings().get(field)
    if wordings is None or wordings.never is None or len(text) > LONGEST_DECIDING:
        return False
    return wordings.never.fullmatch(normalise_text(text)) is not None


def _decided(normal: str, deciding: list[_Wording]) -> tuple[tuple[Member, ...], bool]:
    """Return what a whole text names, and whether as past."""
    cores, past = _cores(normal)
    named = [item.member for item in deciding if any(map(item.whole.fullmatch, cores))]
    return _once(named), past


def _cores(normal: str) -> tuple[tuple[str, ...], bool]:
    """Return a text without what stands around the name of a thing, as it is and without words
    that qualify it; and whether it is past.
    """
    past = _PAST.search(normal) is not None
    core = _YEAR.sub("", _PAST.sub("", normal))
    return tuple(dict.fromkeys((core, _AFTER.sub("", _BEFORE.sub("", core))))), past


def names_in_doubt(text: str) -> tuple[str, ...]:
    """Return what a text may name that negates, doubts or speaks of somebody else, without the
    words by which it does and those that qualify the name ("No evidence of neuropathy").
    """
    name = _without_open_note(text)
    if len(name) > LONGEST_DECIDING or (name == text and not has_marker(text)):
        return ()
    rest = _MARKER.sub(" ", normalise_text(_SIGNED.sub(" ", name)))
    return _cores(_EVIDENCE.sub("", " ".join(rest.split())))[0]


_EVIDENCE = re.compile(r"^(?:(?:evidence|signs?|symptoms?|history) (?:of|for) )+")


def without_year(text: str) -> str:
    """Return a text in the form in which it is compared, without the year at its end."""
    return _YEAR.sub("", normalise_text(text[:LONGEST_SEARCHED]))


def _once(members: Iterable[Member]) -> tuple[Member, ...]:
    return tuple({(member.concept, member.role): member for member in members}.values())


@functools.lru_cache(maxsize=1)
def _load_wordings() -> Mapping[Field, _Wordings]:
    listed: dict[Field, list[_Wording]] = {}
    never: dict[Field, list[str]] = {}
    with (TERMINOLOGY / "words.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            field, pattern = Field(row["field"]), row["pattern"]
            if row["kind"] == "never":
                never.setdefault(field, []).append(pattern)
                continue
            member = Member(Concept(row["concept"]), Role(row["role"]), "", "", pattern)
            listed.setdefault(field, []).append(_Wording(member, row["kind"] == "decides"))
    return {
        field: _Wordings(
            index_beginnings(item.member.display for item in each),
            tuple(each),
            as_word("|".join(never[field])) if field in never else None,
        )
        for field, each in listed.items()
    }


def forget_wordings() -> None:
    """Forget what was remembered of texts, and of how systems are written."""
    read_words.cache_clear()
    forget_spellings()
