"""What the terminology is made of: its fields, the roles of a code, and a row of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from fhir_mappings.terminology.code_systems import (
    ATC,
    DMD,
    ICD_9_CM,
    ICD_10,
    ICD_10_CM,
    ICD_10_PCS,
    LOINC,
    NATIONAL_ICD_10,
    NPU,
    RXNORM,
    SKS,
    SNOMED,
)
from fhir_mappings.terminology.concepts import Concept
from fhir_mappings.text import BeginningsOf, as_word
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


ENUMERATES: dict[Field, frozenset[str]] = {
    Field.CONDITIONS: frozenset({SNOMED, ICD_10_CM, ICD_10, NATIONAL_ICD_10, SKS, ICD_9_CM}),
    Field.PROCEDURES: frozenset({SNOMED, ICD_10_PCS}),
    Field.DRUGS: frozenset({ATC, RXNORM, SNOMED, DMD}),
    Field.LABS: frozenset({LOINC, SNOMED, NPU}),
}
"""The systems of which a code in no value set means "not one of ours" (Q26)."""

LISTS_BY_SUBSTANCE = frozenset({ATC})
"""Of those of medicines, the system in which each code names a substance. The others have a code
for each product, more than a list can hold: a code that stands alone says nothing (Q26).
"""


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


class Member(NamedTuple):
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


class Match(NamedTuple):
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

    @property
    def words(self) -> str:
        """How to name it to a reader: by the words it was found by, else as its code is listed."""
        return self.source if self.matched_by == "text" else self.member.display


class Words(NamedTuple):
    """The words of one field that are looked for inside a text, each with what it stands for. The
    pattern of a word is compiled when it is first looked for.
    """

    beginnings: BeginningsOf
    each: tuple[tuple[str, Member], ...]
    never: re.Pattern[str] | None = None

    def members_in(self, text: str) -> tuple[Member, ...]:
        """Return the members whose word stands in a text, which must be normalised; each concept
        once. Phrases that hold a word and mean another thing are taken out first.
        """
        numbers = self.beginnings.candidates(text)
        if not numbers:
            return ()
        plain = self.never.sub(" ", text) if self.never else text
        if plain != text:
            numbers = self.beginnings.candidates(plain)
        listed = [self.each[number] for number in numbers]
        found = [member for pattern, member in listed if as_word(pattern).search(plain)]
        once = {(member.concept, member.role, member.property): member for member in found}
        return tuple(once.values())


class TerminologyError(ValueError):
    """A CSV of codes that cannot be used; the message lists everything that is wrong, with line
    numbers.
    """


LONGEST_TEXT = 500
LONGEST_DIRECTIONS = 5000
"""Characters; what is longer is a story, not the name of something; of a medicine with its
directions the beginning is its name.
"""

_TAGS = re.compile(r"(?<!\s)\s*(\[[^\]]*\]|\([^)]*\))\s*$")


_STRENGTH = re.compile(
    r" (?:\d[\d ]* ?(?:mg|mcg|ug|g|ml|micro|mikro|ie|iu|ui)|"
    r"(?:inj|amp|tab|cap|kap|comp|sol|depot ?amp))[a-z]*(?:[^a-z].*)?$"
)


def without_strength(normal: str) -> str:
    """Return a normalised name of a medicine without the strength or the form that follows it."""
    return _STRENGTH.sub("", normal)


def without_tags(display: str) -> str:
    """Return a display of a list without the semantic tag or the note in brackets at its end."""
    while True:
        shorter = _TAGS.sub("", display)
        if shorter in (display, ""):
            return display
        display = shorter


_TAG_WORD = re.compile(
    r"finding|disorder|disease|procedure|regime/therapy|situation(?: with explicit context)?|"
    r"event|substance|product|medicinal product(?: form)?|clinical drug|observable entity|sample|"
    r"qualifier value|morphologic abnormality|record artifact|context-dependent category|person|"
    r"navigational concept|body structure|assessment scale|occupation|social concept|specimen|"
    r"physical object|nos|n\.o\.s\.?|dx|diagnosis|[dxvm]",
    re.IGNORECASE,
)
_CODE_OR_DATE = re.compile(
    r"[a-z]\d\d(?:\.?\w{1,4})?|\d{6,18}|(?=\w*\d)(?=\w*[a-z])\w{5}|"
    r"(?:\d{1,2}[/.-]){0,2}(?:19|20)\d\d",
    re.IGNORECASE,
)


def without_semantic_tags(text: str) -> str:
    """Return a text of a record without the tag, code or date in brackets at its end. Other words
    in brackets may say that it is another thing: "Vitamin B12 (urine)".
    """
    while True:
        found = _TAGS.search(text)
        inside = found[1][1:-1].strip() if found else ""
        if found is None or found.start() == 0 or not _is_tag(inside):
            return text
        text = text[: found.start()]


def _is_tag(inside: str) -> bool:
    return any(one.fullmatch(inside) for one in (_TAG_WORD, _CODE_OR_DATE))
