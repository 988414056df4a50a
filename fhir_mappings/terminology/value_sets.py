"""The value sets: which concept is this coding? Built once from the CSV files in `terminology/`,
then only dictionary look-ups.

A code is matched on (normalised system, code), never on the code alone. Words are matched only as a
last resort, and the match says so.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fhir_mappings.fhir import codings_of, texts_of
from fhir_mappings.terminology.code_systems import (
    ATC,
    CIE_10_ES,
    ICD_10,
    ICD_10_CM,
    NATIONAL_ICD_10,
    READ_IN_PART,
    SKS,
    SKS_OR_ICPC,
    SPELLED_FREELY,
    code_candidates,
    has_shape,
    normalise_spelling,
    spanish_candidates,
)
from fhir_mappings.terminology.concepts import Concept
from fhir_mappings.terminology.members import (
    ENUMERATES,
    LISTS_BY_SUBSTANCE,
    LONGEST_DIRECTIONS,
    LONGEST_TEXT,
    TERMINOLOGY,
    Field,
    Match,
    Member,
    Words,
    without_semantic_tags,
    without_strength,
    without_tags,
)
from fhir_mappings.text import normalise_text

LANGUAGES = tuple(
    sorted(path.stem.removeprefix("vocabulary_") for path in TERMINOLOGY.glob("vocabulary_*"))
)
"""The languages that have a word list, and may be named as those of the record."""

MOST_REMEMBERED = 20_000
"""Names whose meaning is remembered at most: the same few are seen again and again."""

_NORWEGIAN = {"nb": "no", "nn": "no"}


@dataclass(frozen=True, slots=True)
class ValueSets:
    """All value sets, ready for look-up. Build it with `load_value_sets`."""

    members: Mapping[Concept, tuple[Member, ...]]
    _systems: Mapping[str, str]
    _by_code: Mapping[str, Mapping[str, tuple[Match, ...]]]
    _by_text: Mapping[Field, Mapping[str, tuple[Member, ...]]]
    _by_word: Mapping[Field, Words]
    _generic: frozenset[tuple[str, str]] = frozenset()
    _empty_words: frozenset[str] = frozenset()
    _allergy_types: frozenset[tuple[str, str]] = frozenset()
    languages: tuple[str, ...] = ("en",)
    units: Mapping[str, str] = dataclasses.field(default_factory=dict)
    _remembered: dict[tuple[str, ...], dict[Any, Any]] | None = None

    def remembering(self) -> ValueSets:
        """Return the same value sets for one who decides on many records in turn and ends then:
        what a name means is worked out once for all of them. The service remembers nothing.
        """
        return replace(self, _remembered={})

    @property
    def remembers(self) -> bool:
        """Whether what names mean may outlast the record they stand in."""
        return self._remembered is not None

    def memory(self) -> dict[Any, Any]:
        """Return where to keep what names mean in these languages: of all records where it may
        outlast one, else new.
        """
        if self._remembered is None:
            return {}
        kept = self._remembered.setdefault(self.languages, {})
        if len(kept) > MOST_REMEMBERED:
            kept.clear()
        return kept

    def speaking(self, stated: Iterable[str]) -> ValueSets:
        """Return the value sets for words in these languages too ("de-AT"), where there is a list
        of their words; the same where there is none.
        """
        further = [_NORWEGIAN.get(tag[:2].lower(), tag[:2].lower()) for tag in stated]
        known = tuple(
            language
            for language in dict.fromkeys(further)
            if language in LANGUAGES and language not in self.languages
        )
        return replace(self, languages=(*self.languages, *known)) if known else self

    def texts(self, field: Field) -> tuple[str, ...]:
        """Return every text of a field in the form in which it is compared, those that count as a
        whole and those that are looked for within another.
        """
        words = self._by_word.get(field)
        within = (member.display for _, member in words.each) if words else ()
        return (*self._by_text.get(field, {}), *(normalise_text(text) for text in within))

    def normalise_system(self, system: object) -> str:
        """Return the canonical URI of a code system spelling; one that is not known comes back
        trimmed.
        """
        if not isinstance(system, str):
            return ""
        return self._systems.get(system) or normalise_spelling(system, self._systems)

    def match_coding(self, coding: Mapping[str, Any]) -> tuple[Match, ...]:
        """Return every member that a Coding stands for; empty when it is not known."""
        return self._look_up(coding) or ()

    def _look_up(self, coding: Mapping[str, Any]) -> tuple[Match, ...] | None:
        """Return the members of a Coding, empty for a code that no value set holds, and `None` when
        it has no code of a known system.
        """
        system, code = coding.get("system"), coding.get("code")
        if not isinstance(system, str) or not isinstance(code, str) or not code:
            return None
        codes = self._by_code.get(system)
        if codes is None:
            system = self.normalise_system(system)
            codes = self._by_code.get(system)
            if codes is None:
                return None
        if self._says_nothing(system, code):
            return None
        found = codes.get(code)
        if found is not None:
            return found
        spelled = system in SPELLED_FREELY or code[0] == " " or code[-1] == " "
        found = self._match_spelling(system, code) if spelled else ()
        return found if found or system not in READ_IN_PART else None

    def says_something(self, coding: Mapping[str, Any]) -> bool:
        """Return whether a Coding has a code that carries meaning, known or not."""
        system, code = self.normalise_system(coding.get("system")), coding.get("code")
        return isinstance(code, str) and bool(code) and not self._says_nothing(system, code)

    def words_say_something(self, text: str) -> bool:
        """Return whether a text is more than the name of a code that carries no meaning."""
        return (
            len(text) > LONGEST_TEXT or normalise_text(without_tags(text)) not in self._empty_words
        )

    def _says_nothing(self, system: str, code: str) -> bool:
        """Return whether a code carries no meaning, so that the words beside it decide; one whose
        system is lost is taken for the generic one it may be.
        """
        if not system:
            return any(code == generic for _, generic in self._generic)
        return _without_edition(system, code) in self._generic

    def is_group_of_ours(self, system: str, code: str) -> bool:
        """Return whether a code is a group of the ATC in which some members are ours ("B01A")."""
        group = code.strip().upper()
        return system == ATC and any(c != group and c.startswith(group) for c in self._by_code[ATC])

    def is_allergy_type(self, coding: Mapping[str, Any]) -> bool:
        """Return whether a Coding says that there is an allergy, and not to what."""
        system, code = self.normalise_system(coding.get("system")), coding.get("code")
        return isinstance(code, str) and _without_edition(system, code) in self._allergy_types

    def _match_spelling(self, system: str, code: str) -> tuple[Match, ...]:
        if system == CIE_10_ES:
            who, clinical = map(self._first_of, spanish_candidates(code))
            meant = {(match.concept, match.role) for match in clinical}
            return tuple(match for match in who if (match.concept, match.role) in meant)
        return self._first_of(code_candidates(system, code.strip()))

    def _first_of(self, candidates: Iterable[tuple[str, str]]) -> tuple[Match, ...]:
        """Return what the first of these index keys that is known stands for."""
        found = (self._by_code.get(system, {}).get(code) for system, code in candidates)
        return next(filter(None, found), ())

    def concepts(self, codeable: Any) -> tuple[Match, ...]:
        """Return every member that a CodeableConcept or Coding stands for by code."""
        return self._look_up_all(codeable)[0]

    def _look_up_all(self, codeable: Any) -> tuple[tuple[Match, ...], bool]:
        """Return the members of all codings, and whether any of them is a code of a known
        system.
        """
        codings = codeable.get("coding") if isinstance(codeable, dict) else None
        # what nearly all records hold
        if isinstance(codings, list) and len(codings) == 1 and isinstance(codings[0], dict):
            found = self._look_up(codings[0])
            return found or (), found is not None
        matches: list[Match] = []
        known_system = False
        for coding in codings_of(codeable):
            found = self._look_up(coding)
            known_system = known_system or found is not None
            matches += [match for match in found or () if match not in matches]
        return tuple(matches), known_system

    def find(self, codeable: Any, *fields: Field) -> tuple[Match, ...]:
        """Return the members by code, else, if none is known, by words of these fields in turn.

        Words are not asked when a code of a standard system stands there that is in no value set:
        that code has said what it means. Medicines are the exception, because no list of product
        codes is complete.
        """
        if codeable is None:
            return ()
        found, known_system = self._look_up_all(codeable)
        if found:
            return found
        for field in fields:
            if field is Field.DRUGS or not known_system:
                found = self.match_words(codeable, field)
                if found:
                    return found
        return ()

    def match_words(self, codeable: Any, field: Field) -> tuple[Match, ...]:
        """Return the members that the first text of a CodeableConcept names that names any."""
        for text in dict.fromkeys(texts_of(codeable)):
            matches = self.match_text(text, field)
            if matches:
                return matches
        return ()

    def is_listed(self, text: str, field: Field) -> bool:
        """Return whether a whole text is a name of the terminology, with the words in it that deny
        or doubt elsewhere ("disease without crisis").
        """
        return (
            "?" not in text
            and len(text) <= LONGEST_TEXT
            and normalise_text(text) in self._by_text.get(field, {})
        )

    def match_text(self, text: str, field: Field) -> tuple[Match, ...]:
        """Return the members that a text names as a whole, else (medicines) by words in it:
        `display` is then the word. The last resort. A note in brackets may make a test another
        test; of a diagnosis or an operation it is taken off.
        """
        if len(text) > LONGEST_TEXT:
            if field is not Field.DRUGS or len(text) > LONGEST_DIRECTIONS:
                return ()
            text = text[:LONGEST_TEXT]  # directions may follow the name
        named = without_semantic_tags(text) if field is Field.LABS else without_tags(text)
        normal = normalise_text(named)
        listed = self._by_text.get(field, {})
        members = listed.get(normalise_text(text), ()) or listed.get(normal, ())
        words = self._by_word.get(field)
        if not members and words:
            members = words.members_in(normal if named == text else normalise_text(text))
        if not members and field is Field.DRUGS:
            members = listed.get(without_strength(normal), ())
        return tuple([Match(member, "text", text) for member in members]) if members else ()


_EDITIONS = (NATIONAL_ICD_10, SKS, SKS_OR_ICPC, CIE_10_ES, ICD_10_CM)


def _without_edition(system: str, code: str) -> tuple[str, str]:
    """Return a code as the codes without meaning are listed: of the ICD under the WHO's list."""
    plain = code.strip().replace(".", "") if system in SPELLED_FREELY else code
    return ICD_10 if system in _EDITIONS else system, plain


def is_enumerated(value_sets: ValueSets, codeable: Any, field: Field) -> bool:
    """Return whether a code stands there of a system that enumerates the field; one that says
    nothing, has not the form of its system, or is a group that may hold ours, is none.
    """
    return _has_code_of(value_sets, codeable, ENUMERATES[field])


def is_enumerated_without_words(value_sets: ValueSets, codeable: Any) -> bool:
    """Return whether a code of a medicine tells its substance where no words stand beside it."""
    return _has_code_of(value_sets, codeable, LISTS_BY_SUBSTANCE)


def _has_code_of(value_sets: ValueSets, codeable: Any, systems: frozenset[str]) -> bool:
    for coding in codings_of(codeable):
        if value_sets.says_something(coding):
            system = value_sets.normalise_system(coding.get("system"))
            listed = system in systems and has_shape(system, coding["code"])
            if listed and not value_sets.is_group_of_ours(system, coding["code"]):
                return True
    return False
