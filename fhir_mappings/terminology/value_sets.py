"""The value sets: which concept is this coding? Built once from the CSV files in `terminology/`,
then only dictionary look-ups.

A code is matched on (normalised system, code), never on the code alone. Words are matched only as a
last resort, and the match says so.
"""

from __future__ import annotations

import csv
import dataclasses
import difflib
import functools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fhir_mappings.fhir import codings_of, texts_of
from fhir_mappings.terminology.code_systems import (
    ICD_10,
    ICD_10_CM,
    NATIONAL_ICD_10,
    SKS,
    SPELLED_FREELY,
    code_candidates,
    covers_its_own,
    index_key,
    normalise_spelling,
    systems_sharing,
)
from fhir_mappings.terminology.concepts import SPELLED_OTHERWISE, Concept
from fhir_mappings.terminology.site_words import PREFIXES, AliasError, SiteCodes
from recommender.language import Choice

TERMINOLOGY = Path(__file__).parent


class Field(Choice):
    """The part of the terminology that a word is looked up in; the value is the name of its CSV
    file.
    """

    __hash__ = object.__hash__  # by identity, like a Concept

    LABS = "labs"
    OBSERVATIONS = "observations"
    CONDITIONS = "conditions"
    PROCEDURES = "procedures"
    DRUGS = "drugs"
    ROUTES = "routes"


class Role(Choice):
    """What a code means for its concept. The role belongs to the pair: one code can be INCLUDE for
    one concept and EXCLUDE for another.

    REVIEW is ambiguous and needs a second fact; CONTEXT is background on which no rule fires alone;
    COMPETING_CAUSE explains the finding without vitamin B12; EXCLUDE looks alike and must not
    count; HISTORY is of the past; ACCEPT_OLD is a deprecated code of old results.
    """

    INCLUDE = "include"
    REVIEW = "review"
    CONTEXT = "context"
    COMPETING_CAUSE = "competing-cause"
    EXCLUDE = "exclude"
    HISTORY = "history"
    WARN = "warn"
    ORDER = "order"
    SEPARATE = "separate"
    ACCEPT_OLD = "accept-old"


@dataclass(frozen=True, slots=True)
class Member:
    """One row of the terminology. `property` is the kind of property of a LOINC code (MCnc, SCnc,
    mixed, ...), empty elsewhere; `unit` what a site's results of this code are in where they say no
    unit.
    """

    concept: Concept
    role: Role
    system: str
    code: str
    display: str = ""
    property: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A member that a coding or a text stands for. `matched_by` is "code" or "text"; `source` the
    `system|code` or the text.
    """

    member: Member
    matched_by: str
    source: str

    @property
    def concept(self) -> Concept:
        return self.member.concept

    @property
    def role(self) -> Role:
        return self.member.role


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one field that are looked for inside a text; `any_word` tells quickly that a
    text holds none of them. The pattern of each word is compiled when it is first looked for.
    """

    any_word: re.Pattern[str]
    each: tuple[tuple[str, Member], ...]
    never: re.Pattern[str] | None = None

    def members_in(self, text: str) -> tuple[Member, ...]:
        """Return the members whose word stands in a text, which must be normalised; each concept
        once. Phrases that hold a word and mean another thing are taken out first.
        """
        if not self.any_word.search(text):
            return ()
        plain = self.never.sub(" ", text) if self.never else text
        found = (member for pattern, member in self.each if _as_word(pattern).search(plain))
        once = {(member.concept, member.role, member.property): member for member in found}
        return tuple(once.values())


LANGUAGES = tuple(
    sorted(path.stem.removeprefix("vocabulary_") for path in TERMINOLOGY.glob("vocabulary_*"))
)
"""The languages that have a word list, and may be named as those of the record."""

_NORWEGIAN = {"nb": "no", "nn": "no"}


class TerminologyError(ValueError):
    """A CSV of codes that cannot be used; the message lists everything that is wrong, with line
    numbers.
    """


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
    languages: tuple[str, ...] = ("en",)
    units: Mapping[str, str] = dataclasses.field(default_factory=dict)

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
        """Return every member that a Coding stands for; empty when its system or code is not
        known.
        """
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
        return (
            self._match_spelling(system, code)
            if system in SPELLED_FREELY or code[0] == " " or code[-1] == " "
            else ()
        )

    def says_something(self, coding: Mapping[str, Any]) -> bool:
        """Return whether a Coding has a code that carries meaning, known or not."""
        system, code = self.normalise_system(coding.get("system")), coding.get("code")
        return isinstance(code, str) and bool(code) and not self._says_nothing(system, code)

    def words_say_something(self, text: str) -> bool:
        """Return whether a text is more than the name of a code that carries no meaning."""
        return (
            len(text) > LONGEST_TEXT or normalise_text(_without_tags(text)) not in self._empty_words
        )

    def _says_nothing(self, system: str, code: str) -> bool:
        """Return whether a code carries no meaning, so that the words beside it decide."""
        plain = code.strip().replace(".", "") if system in SPELLED_FREELY else code
        system = ICD_10 if system in (NATIONAL_ICD_10, SKS, ICD_10_CM) else system
        return (system, plain) in self._generic

    def _match_spelling(self, system: str, code: str) -> tuple[Match, ...]:
        for candidate_system, candidate in code_candidates(system, code.strip()):
            found = self._by_code.get(candidate_system, {}).get(candidate)
            if found:
                return found
        return ()

    def concepts(self, codeable: Any) -> tuple[Match, ...]:
        """Return every member that a CodeableConcept or Coding stands for by code; empty when none
        does.
        """
        return self._look_up_all(codeable)[0]

    def _look_up_all(self, codeable: Any) -> tuple[tuple[Match, ...], bool]:
        """Return the members of all codings, and whether any of them is a code of a known
        system.
        """
        codings = codeable.get("coding") if isinstance(codeable, dict) else None
        if (
            isinstance(codings, list) and len(codings) == 1 and isinstance(codings[0], dict)
        ):  # what nearly all records hold
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
        """Return the members by code, and only when no code is known, by words of these fields,
        asked in turn.

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
        """Return the members that the words of a CodeableConcept name; the first of its texts that
        names any decides.
        """
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
        `display` is then the word. The last resort.
        """
        if len(text) > LONGEST_TEXT:
            return ()
        named = _without_tags(text)
        normal = normalise_text(named)
        members = self._by_text.get(field, {}).get(normal, ())
        words = self._by_word.get(field)
        if not members and words:
            members = words.members_in(normal if named == text else normalise_text(text))
        return tuple(Match(member, "text", text) for member in members)


LONGEST_TEXT = 500
"""Characters; what is longer is a story, not the name of something."""

_TAGS = re.compile(r"(?<!\s)\s*(\[[^\]]*\]|\([^)]*\))\s*$")
_PUNCTUATION = re.compile(
    r"(?:[^a-z0-9.%/+]|\.(?!\d))+"
)  # a full stop before a digit is a decimal point
_B_12 = re.compile(r"\bb[ .]12\b")


@functools.lru_cache(maxsize=8192)
def normalise_text(text: str) -> str:
    """Return words in the form in which they are compared: lower case, no punctuation, "b-12" as
    "b12", "anaemia" as "anemia".
    """
    plain = _PUNCTUATION.sub(" ", without_accents(text.lower())).strip()
    return _B_12.sub("b12", plain).replace("aem", "em").replace("oed", "ed")


_LETTERS = str.maketrans({"ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "ł": "l"})


def without_accents(text: str) -> str:
    """Return a text whose letters stand without accents: "Folsäure" as "folsaure"."""
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def _without_tags(display: str) -> str:
    """Return a display without the semantic tag or the note in brackets at its end."""
    while True:
        shorter = _TAGS.sub("", display)
        if shorter in (display, ""):
            return display
        display = shorter


def load_value_sets(site: Path | SiteCodes | None = None) -> ValueSets:
    """Return the value sets of the package with the site's own codes, if any, added to them.

    Args:
        site: the site's files; a path alone is a CSV in the shape of the files in `terminology/`,
            in which the columns concept, system_uri and code are required.

    Raises:
        TerminologyError: the CSV cannot be used.
    """
    own = site if isinstance(site, SiteCodes) else SiteCodes(add=site)
    systems = _read_systems() | _site_systems(own)
    rows = {
        field: tuple(_read_members(TERMINOLOGY / f"{field.value}.csv", systems)) for field in Field
    }
    extra = tuple(_read_members(own.add, systems)) if own.add else ()
    every = [row for part in rows.values() for row in part] + list(extra)
    members: dict[Concept, tuple[Member, ...]] = {}
    for member, _ in every:
        members[member.concept] = (*members.get(member.concept, ()), member)
    by_text, by_word = _index_texts(rows)
    codes = _index_codes(every)
    for national in (NATIONAL_ICD_10, SKS):  # they have no codes of their own here
        codes[national] = {}
    for kind in PREFIXES:
        for text, member in _site_words(own, kind):
            _add_text(by_text[Field.ROUTES], text, member)
    found = ValueSets(members, systems, codes, by_text, by_word, *_read_generic_codes())
    return replace(found, units=_aliases(own, "units"), languages=own.languages)


def _aliases(site: SiteCodes, kind: str) -> dict[str, str]:
    try:
        return site.aliases(kind)
    except AliasError as error:
        raise TerminologyError(str(error)) from error


def _site_systems(site: SiteCodes) -> dict[str, str]:
    """Return the site's spellings of code systems, in small letters too."""
    aliases = _aliases(site, "systems")
    known = set(_read_systems().values())
    for spelling, uri in aliases.items():
        if uri not in known:
            raise TerminologyError(f'systems: "{spelling}" stands for {uri}, which is not known')
    return aliases | {spelling.lower(): uri for spelling, uri in aliases.items()}


def _site_words(site: SiteCodes, kind: str) -> Iterator[tuple[str, Member]]:
    """Yield the site's words for routes or forms; the display of a form says it in our words."""
    for text, name in _aliases(site, kind).items():
        if not name.startswith(PREFIXES[kind]) or name not in Concept._value2member_map_:
            known = ", ".join(one.value for one in Concept if one.value.startswith(PREFIXES[kind]))
            raise TerminologyError(f'{kind}: "{text}" stands for {name}, expected one of {known}')
        words = name.removeprefix("doseform_").removeprefix("route_").replace("_", " ")
        yield text, Member(Concept(name), Role.INCLUDE, "", "", words)


def _read_generic_codes() -> tuple[frozenset[tuple[str, str]], frozenset[str]]:
    """Return the codes that carry no meaning, as system and code without a full stop, and their
    names.
    """
    with (TERMINOLOGY / "generic_codes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    codes = frozenset(
        (row["system_uri"], row["code"].replace(".", ""))
        if row["system_uri"] in SPELLED_FREELY
        else (row["system_uri"], row["code"])
        for row in rows
    )
    return codes, frozenset(normalise_text(_without_tags(row["display"])) for row in rows)


def _read_systems() -> dict[str, str]:
    with (TERMINOLOGY / "systems.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    systems: dict[str, str] = {}
    for row in rows:
        uri = _SYSTEM_OF_ROLE.get(row["role"], row["system_uri"])
        if row["role"] in ("canonical", "normalise", *_SYSTEM_OF_ROLE):
            for spelling in (row["spelling"].strip(), row["spelling"].strip().lower()):
                systems.setdefault(spelling, uri)
    return systems


_SYSTEM_OF_ROLE = {"first-4": NATIONAL_ICD_10, "strip-d": SKS}
"""Systems that are read by a rule of their own instead of a list of their own."""


def _read_members(path: Path, systems: Mapping[str, str]) -> Iterator[tuple[Member, str]]:
    """Yield each row as a member and the code prefixes it covers besides its own."""
    problems: list[str] = []
    for line, row in read_rows(path):
        found = read_member(row, lambda system: normalise_spelling(system, systems))
        if isinstance(found, str):
            problems.append(f"{path.name} line {line}: {found}")
        else:
            yield found, (row.get("covers") or "").strip()
    if problems:
        raise TerminologyError("; ".join(problems))


def read_rows(path: Path) -> list[tuple[int, dict[str, str | None]]]:
    """Return the rows of a CSV of codes with their line numbers."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = {"concept", "system_uri", "code"} - set(reader.fieldnames or ())
            if missing:
                raise TerminologyError(
                    f"{path.name}: the columns {', '.join(sorted(missing))} are missing"
                )
            return [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TerminologyError(
            f"{path.name} cannot be read as a UTF-8 CSV file: "
            f"{getattr(error, 'strerror', None) or error}"
        ) from error


def read_member(row: Mapping[str, str | None], normalise: Callable[[str], str]) -> Member | str:
    """Return the member of a row, or what is wrong with it."""
    name, system, code = (
        (row.get(column) or "").strip() for column in ("concept", "system_uri", "code")
    )
    role = (row.get("role") or Role.INCLUDE.value).strip()
    name = SPELLED_OTHERWISE.get(name, name)
    if name not in Concept._value2member_map_:
        near = difflib.get_close_matches(name, list(Concept._value2member_map_), 2)
        hint = f"; did you mean {' or '.join(near)}" if near else ""
        return f"concept {name!r} is not known{hint}"
    if role not in Role._value2member_map_:
        return (
            f"role {role!r} is not known; expected one of "
            f"{', '.join(member.value for member in Role)}"
        )
    if not system or not code:
        return "system_uri and code must both be given"
    display, kind = (row.get("display") or "").strip(), (row.get("property") or "").strip()
    return Member(
        Concept(name),
        Role(role),
        normalise(system),
        code,
        display,
        kind,
        (row.get("unit") or "").strip(),
    )


def _index_codes(rows: Iterable[tuple[Member, str]]) -> dict[str, dict[str, tuple[Match, ...]]]:
    index: dict[str, dict[str, tuple[Match, ...]]] = {}
    for member, covers in rows:
        match = Match(member, "code", f"{member.system}|{member.code}")
        keys = [
            index_key(member.system, member.code),
            *(f"{index_key(member.system, prefix)}*" for prefix in covers.split()),
        ]
        if covers_its_own(member.system, member.code):
            keys.append(f"{keys[0]}*")
        for system in systems_sharing(member.system):
            codes = index.setdefault(system, {})
            for key in keys:
                if match not in codes.get(key, ()):
                    codes[key] = (*codes.get(key, ()), match)
    return index


_TextIndex = dict[Field, dict[str, tuple[Member, ...]]]
_WordIndex = dict[Field, Words]


def _index_texts(
    rows: Mapping[Field, Iterable[tuple[Member, str]]],
) -> tuple[_TextIndex, _WordIndex]:
    texts: _TextIndex = {field: {} for field in Field}
    words: dict[Field, list[tuple[str, Member]]] = {}
    for field, part in rows.items():
        if field in (Field.LABS, Field.DRUGS, Field.ROUTES):
            # here one display can stand for several things (a test, an antidote); texts.csv has
            # what is safe
            continue
        for member, _ in part:
            _add_text(texts[field], _without_tags(member.display), member)
    with (TERMINOLOGY / "texts.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            field, member = (
                Field(row["field"]),
                Member(Concept(row["concept"]), Role(row["role"]), "", "", row["text"]),
            )
            if row["kind"] == "word":
                words.setdefault(field, []).append((row["text"], member))
            else:
                _add_text(texts[field], row["text"], member)
    never = _read_medicine_names(texts[Field.DRUGS], words.setdefault(Field.DRUGS, []))
    compiled = {field: _compile_words(listed) for field, listed in words.items()}
    drugs = compiled[Field.DRUGS]
    compiled[Field.DRUGS] = replace(drugs, never=_as_word("|".join(map(re.escape, never))))
    return texts, compiled


def _read_medicine_names(
    texts: dict[str, tuple[Member, ...]], words: list[tuple[str, Member]]
) -> list[str]:
    """Add the names of medicines to the texts and words of their field; return the phrases that
    hold such a name and mean another thing.

    A name of kind "start" may be the beginning of a longer word, as German and Dutch join salts
    ("hydroxocobalaminacetat").
    """
    never: list[str] = []
    with (TERMINOLOGY / "medicine_names.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            text = row["text"]
            member = Member(Concept(row["concept"]), Role(row["role"]), "", "", text, row["detail"])
            match row["kind"]:
                case "whole":
                    _add_text(texts, text, member)
                case "never":
                    never.append(normalise_text(text))
                case kind:
                    words.append((f"{text}*" if kind == "start" else text, member))
    return never


def _compile_words(listed: list[tuple[str, Member]]) -> Words:
    patterns = [_pattern_of(word) for word, _ in listed]
    each = tuple((pattern, member) for pattern, (_, member) in zip(patterns, listed, strict=True))
    return Words(_as_word("|".join(patterns)), each)


def _pattern_of(word: str) -> str:
    """Return the pattern of a word; one that ends in an asterisk may go on with further letters. A
    name of several parts may also be written as one ("NeoCytamen").
    """
    normal = re.escape(normalise_text(word.removesuffix("*"))).replace("\\ ", " ?")
    return rf"{normal}[a-z]*" if word.endswith("*") else normal


@functools.cache
def _as_word(pattern: str) -> re.Pattern[str]:
    """Compile a pattern that must not continue a word; a number may follow ("b12 1000")."""
    return re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z])")


def _add_text(texts: dict[str, tuple[Member, ...]], text: str, member: Member) -> None:
    normal = normalise_text(text)
    present = texts.get(normal, ())
    if normal and all(
        (other.concept, other.role) != (member.concept, member.role) for other in present
    ):
        texts[normal] = (*present, member)
