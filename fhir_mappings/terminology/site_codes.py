"""What a site adds to the value sets, checked; the concepts with their meaning; and the nearest
concept to a name.
"""

from __future__ import annotations

import csv
import difflib
import functools
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from fhir_mappings.terminology.code_systems import SNOMED, SPELLED_FREELY, index_key
from fhir_mappings.terminology.concepts import Concept
from fhir_mappings.terminology.loading import load_value_sets, read_member, read_rows
from fhir_mappings.terminology.members import TERMINOLOGY, Field, Member, Role, TerminologyError
from fhir_mappings.terminology.site_words import TOO_MANY_CELLS
from fhir_mappings.terminology.value_sets import ValueSets
from fhir_mappings.terminology.wordings import read_words
from fhir_mappings.text import normalise_text, word_of_two_scripts

COLUMNS = ("concept", "role", "system_uri", "code", "covers", "display", "property", "unit",
           "confidence", "evidence", "notes")  # fmt: skip
"""The columns a file of codes may have; concept, system_uri and code it must have."""

FOR_READERS = ("count", "proposed", "why")
"""Further columns of the `local-codes.csv` of a population report, which say nothing of a code."""

_KINDS = {
    "_lookalike": "looks alike and does not count: {}",
    "_other_cause": "{}, with another cause in its code",
}


class ConceptMeaning(NamedTuple):
    """One concept as a person reads it: its name, what it means, its codes, and an example."""

    concept: Concept
    meaning: str
    codes: int
    example: str


def describe_concepts(value_sets: ValueSets) -> tuple[ConceptMeaning, ...]:
    """Return every concept with its meaning."""
    return tuple(_describe(concept, value_sets.members.get(concept, ())) for concept in Concept)


_WORDS = {
    "ab": "antibody",
    "abbrev": "abbreviation",
    "b12": "B12",
    "cbc": "blood count",
    "crohns": "Crohn's",
    "doseform": "dose form",
    "egfr": "eGFR",
    "holotc": "holotranscobalamin",
    "iga": "IgA",
    "igg": "IgG",
    "inr": "INR",
    "mcv": "MCV",
    "mma": "methylmalonic acid",
    "rbc": "red cells",
    "servicerequest": "ServiceRequest",
    "snomed": "SNOMED CT",
    "ttg": "tissue transglutaminase",
}
"""What a part of a concept's name is in words: British, and written out."""


def _in_words(name: str) -> str:
    return " ".join(_WORDS.get(part, part) for part in name.split("_"))


def _describe(concept: Concept, members: Iterable[Member]) -> ConceptMeaning:
    listed = list(members)
    meaning = _in_words(concept.value)
    for ending, sentence in _KINDS.items():
        if concept.value.endswith(ending):
            meaning = sentence.format(_in_words(concept.value.removesuffix(ending)))
    example = next((member.display for member in listed if member.display), "")
    return ConceptMeaning(concept, meaning, len(listed), example)


def check_codes(path: Path) -> list[str]:
    """Return everything that is wrong with a site's file of codes, one sentence each with its
    line; empty when all of it can be used.
    """
    value_sets = load_value_sets()
    try:
        rows = read_rows(path)
    except TerminologyError as error:
        return [f"{error}{_separator(path)}."]
    allowed = (*COLUMNS, *FOR_READERS)
    problems = [_unknown_column(name) for name in _columns(path) if name not in allowed]
    seen: dict[tuple[str, str], tuple[int, Concept, Role]] = {}
    for line, row in rows:
        found = read_member(row, value_sets.normalise_system)
        if None in row:
            found = TOO_MANY_CELLS
        elif isinstance(found, Member):
            found = _written_wrong(found) or found
        if isinstance(found, str):
            problems.append(f"Line {line}: {found}.")
            continue
        key = (found.system, index_key(found.system, found.code))
        twin = seen.setdefault(key, (line, found.concept, found.role))
        if twin[1:] != (found.concept, found.role):
            problems.append(
                f"Line {line}: {found.system}|{found.code} stands for {found.concept.value} here "
                f"and for {twin[1].value} in line {twin[0]}; expected one concept for a code."
            )
        problems += _against_the_table(line, found, value_sets)
        problems += against_its_name(line, found, value_sets)
    return problems


def _written_wrong(member: Member) -> str:
    """Return what is wrong with how a system or code is written: no coding of a record is so."""
    if not (member.system + member.code).isprintable():
        return "found a sign that is not seen in the system or code, expected none"
    long = member.system == SNOMED and _LOST_ITS_END.fullmatch(member.code)
    if _ROUNDED.fullmatch(member.code) or (long and not _has_check_digit(member.code)):
        return (
            f'found "{member.code}", as a spreadsheet writes a long number; expected the code with '
            "every digit, from a column of text"
        )
    return ""


_ROUNDED = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d+")

_LOST_ITS_END = re.compile(r"\d{15}0{1,3}")
"""Of more than fifteen digits a spreadsheet writes the others as 0."""

_PERMUTED = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def _has_check_digit(code: str) -> bool:
    """Return whether an identifier of SNOMED CT agrees with its last digit.

    Source: SNOMED CT Release File Specification, section "Check-digit" (Verhoeff's scheme).
    """
    total = 0
    for place, digit in enumerate(int(sign) for sign in reversed(code)):
        for _ in range(place % 8):
            digit = _PERMUTED[digit]
        total = _combine(total, digit)
    return total == 0


def _combine(left: int, right: int) -> int:
    """Return the product of two elements of the group of a pentagon's turns (0 to 4) and its
    reflections (5 to 9).
    """
    turned = left % 5 + (-right if left > 4 else right)
    return turned % 5 + 5 * ((left > 4) != (right > 4))


def _against_the_table(line: int, member: Member, value_sets: ValueSets) -> list[str]:
    """Return the complaint about a code that stands for something else in the built-in table."""
    coding = {"system": member.system, "code": member.code}
    if not value_sets.says_something(coding):
        return [f"Line {line}: {member.system}|{member.code} is a code that carries no meaning."]
    listed = [
        match
        for match in value_sets.match_coding(coding)
        if member.system not in SPELLED_FREELY
        or index_key(member.system, match.member.code) == index_key(member.system, member.code)
    ]
    if not listed or any(match.concept is member.concept for match in listed):
        return []
    names = ", ".join(dict.fromkeys(match.concept.value for match in listed))
    return [
        f"Line {line}: {member.system}|{member.code} stands for {names} in the built-in table, not "
        f"for {member.concept.value}."
    ]


def against_its_name(line: int, member: Member, value_sets: ValueSets) -> list[str]:
    """Return the complaint about a code whose display the product itself reads as the name of
    something else: one line would change the meaning of every entry with this code (Q62). What
    looks alike, or has another cause, may bear the name of what it is kept apart from.
    """
    if word := word_of_two_scripts(member.display):
        return [
            f'Line {line}: "{word}" in the display mixes letters that look alike; expected one '
            "script, and no sign that is not seen."
        ]
    if member.role is not Role.INCLUDE or member.concept.value.endswith(_NAMED_OTHERWISE):
        return []
    fields = [field for field in Field if member.concept in concepts_of(field)]
    named = {
        match.concept
        for field in fields
        for match in value_sets.match_text(member.display, field)
        if match.role in _DECISIVE
    }
    if Field.LABS in fields and not member.concept.value.endswith(("_urine", "_status")):
        specimen = _NOT_BLOOD.search(normalise_text(member.display))
        if specimen:
            return [
                f'Line {line}: "{member.display}" names another specimen ("{specimen[0]}") than '
                f"{member.concept.value}, which is measured in blood."
            ]
    said_less = tuple(f"{concept.value}_" for concept in named)
    if not named or member.concept in named or member.concept.value.startswith(said_less):
        return []
    names = ", ".join(sorted(concept.value for concept in named))
    return [
        f'Line {line}: "{member.display}" names {names}, not {member.concept.value}; expected '
        "another concept, or the display of this one."
    ]


_NOT_BLOOD = re.compile(
    r"\b(?:ur|\w*urine?|urina|orina|csf|cerebrospinal|liquor|lcr|lumbar|stool|stuhl|f[a]?eces|"
    r"fezes|heces|selles|avforing|saliva|speichel|spyt|sweat|schweiss|semen|sperma|gastric juice)\b"
)
"""Words of a specimen that is not blood, in the languages that are read."""

_DECISIVE = frozenset({Role.INCLUDE, Role.CONTEXT, Role.EXCLUDE, Role.COMPETING_CAUSE})
_NAMED_OTHERWISE = (*_KINDS, "_group")
"""How concepts end whose members bear the name of what they hold or are kept apart from."""


@functools.cache
def concepts_of(field: Field) -> frozenset[Concept]:
    """Return the concepts that have codes in the built-in table of a field."""
    rows = read_rows(TERMINOLOGY / f"{field.value}.csv")
    return frozenset(Concept(str(row["concept"])) for _, row in rows)


def _columns(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [name for name in next(csv.reader(file), []) if name]


def _unknown_column(name: str) -> str:
    near = difflib.get_close_matches(name, COLUMNS, 1)
    hint = f"; did you mean {near[0]}" if near else ""
    return f'The column "{name}" is not known{hint}.'


LONGEST_FOUND = 120


def _separator(path: Path) -> str:
    """Return what the first line is instead of the names of the columns."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            first = file.readline(1000)
    except (OSError, UnicodeDecodeError):
        return ""
    named = {";": "semicolons", "\t": "tabs"}
    by = next((name for sign, name in named.items() if sign in first), "")
    if by:
        return f"; it is separated by {by}, expected commas"
    return f'; found the line "{first.strip()[:LONGEST_FOUND]}"' if first.strip() else ""


MOST_SUGGESTED = 5


def suggest_concepts(text: str, value_sets: ValueSets) -> tuple[tuple[Concept, str], ...]:
    """Return the concepts nearest to a name, each with the name it was found by, best first."""
    found: dict[Concept, str] = {}
    for field in Field:
        for match in value_sets.match_text(text, field):
            found.setdefault(match.concept, match.member.display or text)
        read = read_words(text, field)
        for member in (*read.decided, *read.shown):
            found.setdefault(member.concept, text)
    names = _names(value_sets)
    for name in difflib.get_close_matches(normalise_text(text), list(names), 20, 0.6):
        found.setdefault(names[name][0], names[name][1])
    return tuple(found.items())[:MOST_SUGGESTED]


def _names(value_sets: ValueSets) -> dict[str, tuple[Concept, str]]:
    """Return every name by which a concept may be looked for, without accents and punctuation."""
    names: dict[str, tuple[Concept, str]] = {}
    for concept, members in value_sets.members.items():
        for name in (concept.value.replace("_", " "), *(member.display for member in members)):
            names.setdefault(normalise_text(name), (concept, name))
    return names
