"""Reads the CSV files of the terminology, and those of a site, into the value sets."""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path

from fhir_mappings.terminology.code_systems import (
    CIE_10_ES,
    NATIONAL_ICD_10,
    SKS,
    SKS_OR_ICPC,
    SPELLED_FREELY,
    covers_its_own,
    index_key,
    normalise_spelling,
    systems_sharing,
)
from fhir_mappings.terminology.concepts import SPELLED_OTHERWISE, Concept
from fhir_mappings.terminology.members import (
    TERMINOLOGY,
    Field,
    Match,
    Member,
    Role,
    TerminologyError,
    Words,
    without_tags,
)
from fhir_mappings.terminology.site_words import (
    PREFIXES,
    SiteCodes,
    read_table,
    refuse_read_already,
    spellings_of_systems,
)
from fhir_mappings.terminology.value_sets import ValueSets
from fhir_mappings.text import as_word, index_beginnings, normalise_text


def load_value_sets(site: Path | SiteCodes | None = None) -> ValueSets:
    """Return the value sets of the package with the site's own codes, if any, added to them.

    Args:
        site: the site's files; a path alone is a CSV in the shape of the files in `terminology/`,
            in which the columns concept, system_uri and code are required.

    Raises:
        TerminologyError: the CSV cannot be used.
    """
    own = site if isinstance(site, SiteCodes) else SiteCodes(add=site)
    systems = _read_systems()
    systems |= spellings_of_systems(own, systems)
    paths = {field: TERMINOLOGY / f"{field.value}.csv" for field in Field}
    rows = {field: tuple(_read_members(path, systems)) for field, path in paths.items()}
    extra = _read_members(own.add, systems) if own.add else ()
    every = [*chain(*rows.values()), *extra]
    members: dict[Concept, tuple[Member, ...]] = {}
    for member, _ in every:
        members[member.concept] = (*members.get(member.concept, ()), member)
    by_text, by_word = _index_texts(rows)
    codes = _index_codes(every)
    for national in _SYSTEM_OF_ROLE.values():  # they have no codes of their own here
        codes[national] = {}
    for kind, prefix in PREFIXES.items():
        refuse_read_already(kind, own.aliases(kind), partial(_read_as, by_text, prefix))
        for text, member in _site_words(own, kind):
            _add_text(by_text[Field.ROUTES], text, member)
    sets = ValueSets(members, systems, codes, by_text, by_word, *_read_generic_codes())
    return replace(sets, units=own.aliases("units"), languages=own.languages)


def _read_as(by_text: _TextIndex, prefix: str, text: str) -> set[str]:
    """Return the routes, or the forms, that a text is read as."""
    read = by_text[Field.ROUTES].get(normalise_text(text), ())
    return {one.concept.value for one in read if one.concept.value.startswith(prefix)}


def _site_words(site: SiteCodes, kind: str) -> Iterator[tuple[str, Member]]:
    """Yield the site's words for routes or forms; the display of a form says it in our words."""
    for text, name in site.aliases(kind).items():
        known = [one.value for one in Concept if one.value.startswith(PREFIXES[kind])]
        if name not in known:
            wrong = f'{kind}: "{text}" stands for {name}'
            raise TerminologyError(f"{wrong}, expected one of {', '.join(known)}")
        words = name.removeprefix("doseform_").removeprefix("route_").replace("_", " ")
        yield text, Member(Concept(name), Role.INCLUDE, "", "", words)


_Coded = frozenset[tuple[str, str]]


def _read_generic_codes() -> tuple[_Coded, frozenset[str], _Coded]:
    """Return the codes that carry no meaning, as system and code without a full stop, their names,
    and those of them that say that there is an allergy, and not to what.
    """
    with (TERMINOLOGY / "generic_codes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = frozenset(normalise_text(without_tags(row["display"])) for row in rows)
    typed = (row for row in rows if row["field"] == "allergy" or row["kind"] == "type only")
    allergies = (row for row in typed if "food" not in row["display"].lower())
    return frozenset(map(_coded, rows)), names, frozenset(map(_coded, allergies))


def _coded(row: Mapping[str, str]) -> tuple[str, str]:
    system, code = row["system_uri"], row["code"]
    return system, code.replace(".", "") if system in SPELLED_FREELY else code


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


_SYSTEM_OF_ROLE = {
    "first-4": NATIONAL_ICD_10,
    "strip-d": SKS,
    "by-shape": SKS_OR_ICPC,
    "agreed": CIE_10_ES,
}
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
        columns, rows = read_table(path)
    except ValueError as error:
        raise TerminologyError(str(error)) from error
    missing = sorted({"concept", "system_uri", "code"} - set(columns))
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if missing or twice:
        named, wrong = ", ".join(missing or twice), "missing" if missing else "there twice"
        several = "s" if len(missing or twice) > 1 else ""
        raise TerminologyError(
            f"{path.name}: the column{several} {named} {'are' if several else 'is'} {wrong}"
        )
    return rows


def read_member(row: Mapping[str, str | None], normalise: Callable[[str], str]) -> Member | str:
    """Return the member of a row, or what is wrong with it."""
    name, system, code = (
        (row.get(column) or "").strip() for column in ("concept", "system_uri", "code")
    )
    role = (row.get("role") or Role.INCLUDE.value).strip()
    if not name:
        return "concept is empty; expected one that `b12-cds codes list` shows, or no such line"
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
            _add_text(texts[field], without_tags(member.display), member)
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
    compiled[Field.DRUGS] = drugs._replace(never=as_word("|".join(map(re.escape, never))))
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
    return Words(index_beginnings(patterns), each)


def _pattern_of(word: str) -> str:
    """Return the pattern of a word; one that ends in an asterisk may go on with further letters. A
    name of several parts may also be written as one ("NeoCytamen").
    """
    normal = re.escape(normalise_text(word.removesuffix("*"))).replace("\\ ", " ?")
    return rf"{normal}[a-z]*" if word.endswith("*") else normal


def _add_text(texts: dict[str, tuple[Member, ...]], text: str, member: Member) -> None:
    normal = normalise_text(text)
    present = texts.get(normal, ())
    if normal and all(
        (other.concept, other.role) != (member.concept, member.role) for other in present
    ):
        texts[normal] = (*present, member)
