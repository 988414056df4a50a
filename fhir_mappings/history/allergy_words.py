"""What the words of an allergy name: substances, a doubt, or something that may be vitamin B12.

Source: decisions F21, Q27.
"""

from __future__ import annotations

import difflib
import re
from functools import partial
from typing import Any

from fhir_mappings.fhir import (
    codings_of,
    texts_of,
)
from fhir_mappings.intake import RecordIndex
from fhir_mappings.judging import (
    clauses_of,
    denies,
    is_doubted,
    is_negative,
    meaningful_texts,
    names_another_substance,
    speaks_of_allergy,
    without_intolerance,
    without_tolerated,
)
from fhir_mappings.terminology import (
    LONGEST_SEARCHED,
    Concept,
    Field,
    Match,
    Member,
    Role,
    ValueSets,
    has_marker,
    read_markers,
    read_words,
    without_wordings,
)
from fhir_mappings.text import normalise_text
from recommender.language import EXCIPIENTS, Allergen, HintAt

ALLERGENS: dict[Concept, Allergen] = {
    Concept.HYDROXOCOBALAMIN: Allergen.HYDROXOCOBALAMIN,
    Concept.HYDROXOCOBALAMIN_INJECTION: Allergen.HYDROXOCOBALAMIN,
    Concept.HYDROXOCOBALAMIN_LOOKALIKE: Allergen.HYDROXOCOBALAMIN,
    Concept.HYDROXOCOBALAMIN_CYANIDE_ANTIDOTE: Allergen.HYDROXOCOBALAMIN,
    Concept.HYDROXOCOBALAMIN_COMBO: Allergen.HYDROXOCOBALAMIN,
    Concept.CYANOCOBALAMIN: Allergen.CYANOCOBALAMIN,
    Concept.CYANOCOBALAMIN_INJECTION: Allergen.CYANOCOBALAMIN,
    Concept.CYANOCOBALAMIN_ORAL: Allergen.CYANOCOBALAMIN,
    Concept.CYANOCOBALAMIN_SUBLINGUAL: Allergen.CYANOCOBALAMIN,
    Concept.CYANOCOBALAMIN_COMBO: Allergen.CYANOCOBALAMIN,
    # The guidance has no word for the other forms; read as vitamin B12 in general, which restricts
    # more.
    Concept.COBALAMIN_UNSPECIFIED: Allergen.UNSPECIFIED_B12,
    Concept.B12_GROUP: Allergen.UNSPECIFIED_B12,
    Concept.B12_GROUP_PILL: Allergen.UNSPECIFIED_B12,
    Concept.METHYLCOBALAMIN: Allergen.UNSPECIFIED_B12,
    Concept.METHYLCOBALAMIN_ORAL: Allergen.UNSPECIFIED_B12,
    Concept.ADENOSYLCOBALAMIN: Allergen.UNSPECIFIED_B12,
    Concept.COBALT: Allergen.COBALT,
    Concept.BENZYL_ALCOHOL: Allergen.BENZYL_ALCOHOL,
    Concept.MACROGOL: Allergen.MACROGOL,
    Concept.PARABENS: Allergen.PARABENS,
}
"""What an allergy to a substance or product is to."""

_ANTIDOTE = Concept.HYDROXOCOBALAMIN_CYANIDE_ANTIDOTE
"""The cyanide antidote never counts as treatment, but a reaction to it is one to
hydroxocobalamin.
"""

COMBINED = frozenset(
    {Concept.B12_COMBINATION, Concept.B12_FOLIC_COMBO, Concept.IRON_B12_FOLATE_COMBO}
)
"""Products in which vitamin B12 is one of several parts: an allergy to one may be to it."""


def counts(match: Match) -> bool:
    """Return whether a code or word stands for an allergen."""
    return match.role is not Role.EXCLUDE or match.concept is _ANTIDOTE


def name_substance(index: RecordIndex, substance: Any) -> tuple[Match, ...]:
    """Return what a substance is, by its code, else by the names in its words; words that deny or
    doubt it name nothing.
    """
    coded = index.value_sets.concepts(substance)
    if coded:
        return (*coded, *_some_form_beside(index, substance, coded))
    texts = meaningful_texts(index.value_sets, substance)
    for text in texts:
        worded = names_in(index, affirmed_in(index, _without_resolved(text)))
        if worded:
            return worded
    return ()


def _some_form_beside(
    index: RecordIndex, substance: Any, coded: tuple[Match, ...]
) -> tuple[Match, ...]:
    """Return vitamin B12 of some form, where an allergy is coded as one to cyanocobalamin and
    called "Vitamin B12", as RxNorm calls it: which form it was to nobody knows.
    """
    if {match.concept for match in coded} != {Concept.CYANOCOBALAMIN}:
        return ()
    names = texts_of(substance) or [match.member.display for match in coded]
    named = {match.concept for name in names for match in names_in(index, name)}
    if Concept.COBALAMIN_UNSPECIFIED not in named or Concept.CYANOCOBALAMIN in named:
        return ()
    return (Match(_SOME_FORM, "text", names[0]),)


def affirmed_in(index: RecordIndex, text: str) -> str:
    """Return the words of an allergy that affirm it: all where none deny or doubt it, else those
    beside the denial of another one ("Hydroxocobalamin, not penicillin"), else none.
    """
    if not is_doubted(text):
        return text
    denied = [clause for clause in clauses_of(without_intolerance(text)) if has_marker(clause)]
    rest = "; ".join(clause for clause in clauses_of(text) if clause not in denied)
    named = {match.concept for match in names_in(index, rest)}
    return rest if named and all(_is_of_another(index, one, named) for one in denied) else ""


def _is_of_another(index: RecordIndex, clause: str, named: set[Concept]) -> bool:
    """Return whether a clause that denies or doubts names something else than what is named: of
    ours only where it denies it.
    """
    ours = {match.concept for match in names_in(index, clause)}
    if ours:
        return ours.isdisjoint(named) and denies(clause)
    return names_another_substance(without_wordings(clause, ()), index.value_sets.languages)


def names_in(index: RecordIndex, text: str) -> tuple[Match, ...]:
    """Return the medicines and substances that a text names, but what is tolerated (Q27)."""
    text = without_tolerated(text)
    cobalt = (member for member in read_words(text, Field.DRUGS).decided if not is_type(member))
    named = index.value_sets.match_text(text, Field.DRUGS) or tuple(
        Match(member, "text", text) for member in cobalt
    )
    if named or len(text) > LONGEST_NAMING or not _SOME_COBALAMIN.search(normalise_text(text)):
        return named
    return (Match(_SOME_FORM, "text", text),)


LONGEST_NAMING = 200
"""Characters of a text that may name what an allergy is to: what is longer is a story."""

_SOME_COBALAMIN = re.compile(r"(?<![a-z])(?:cytamen|cobalin|[ck]obalamin[a-z]{0,3})(?![a-z])")
_SOME_FORM = Member(Concept.COBALAMIN_UNSPECIFIED, Role.INCLUDE, "", "", "cobalamin")
"""Names that say, of an allergy, that it is to vitamin B12 and not to which form of it."""


def is_type(member: Member) -> bool:
    """Return whether a word says that there is an allergy, and not to what."""
    return member.concept is Concept.ALLERGY_GENERIC


def _without_resolved(text: str) -> str:
    return text[len("resolved") + 1 :] if is_resolved_in_words(text) else text


_VITAMIN = re.compile(
    r"\bvitamins?\b(?! ?(?:[acdek]|b ?[1-9])\b(?! ?12))|\bvit b\b|\bb vitamins?\b"
)
"""A vitamin that is not named: it may be B12."""


_COBALAMIN = re.compile(r"(?<!trans)[ck]obalamin|[ck]obam|bedou?z|dodeca")
_WHOLE_NAMES = ("hydroxocobalamin", "cyanocobalamin", "methylcobalamin", "hydroxycobalamin")
_SLIPS = 0.85
"""How near to a name a word of 10 letters or more is a slip of it: a sixth of its letters may be
wrong. A design default.
"""


def _names_a_cobalamin(normal: str) -> bool:
    """Return whether a word of the text is some cobalamin, holds a part by which brands of vitamin
    B12 are named, or is a slip of the name of one.
    """
    if _COBALAMIN.search(normal):
        return True
    long_words = [word for word in normal.split() if 10 <= len(word) <= 20 and word.isalpha()]
    return any(difflib.get_close_matches(word, _WHOLE_NAMES, 1, _SLIPS) for word in long_words[:20])


def pointed_at(index: RecordIndex, text: str) -> list[HintAt]:
    """Return which of the two allergies a text may mean."""
    concepts = {match.concept for match in names_in(index, text)}
    concepts |= {member.concept for member in read_words(text, Field.DRUGS).shown}
    allergens = {ALLERGENS[concept] for concept in concepts if concept in ALLERGENS}
    if concepts & COMBINED:  # it may be to another of its parts
        allergens.add(Allergen.UNSPECIFIED_B12)
    normal = normalise_text(text[:LONGEST_SEARCHED])
    pointed = []
    if Allergen.COBALT in allergens:
        pointed.append(HintAt.COBALT_ALLERGY)
    named = allergens - {Allergen.COBALT, *EXCIPIENTS}
    if named or _names_a_cobalamin(normal) or _VITAMIN.search(normal):
        pointed.append(HintAt.ALLERGY)
    return pointed


def is_allergy_type(text: str) -> bool:
    """Return whether a text says that there is an allergy and not to what."""
    read = read_words(text, Field.DRUGS)
    return any(is_type(member) for member in (*read.decided, *read.shown)) and len(text) < 40


# --- allergies in the problem list

_RESOLVED_BEFORE_NAME = re.compile(r"^\s*resolved\b", re.IGNORECASE)


def is_resolved_in_words(text: str) -> bool:
    """Return whether the words of a degraded allergy say that it is over ("Resolved '...'")."""
    return _RESOLVED_BEFORE_NAME.match(text) is not None


_SEVERAL = re.compile(r"[,;/+&\n]|\b(?:und|and|et|y|ed?|en|og|och)\b", re.IGNORECASE)
_HISTORY = re.compile(r"\b[hs]/[op]\b", re.IGNORECASE)
_MOST_WORDS = 8


def names_only_an_allergy(value_sets: ValueSets, codeable: Any) -> bool:
    """Return whether an entry of the problem list is an allergy and nothing else: its code says no
    more than that, or a text speaks of an allergy to one thing in a few words.
    """
    return is_coded_as_allergy(value_sets, codeable) or any(
        speaks_of_allergy(text)
        and not _SEVERAL.search(_HISTORY.sub("", text))
        and len(normalise_text(text).split()) <= _MOST_WORDS
        for text in texts_of(codeable)
    )


def is_coded_as_allergy(value_sets: ValueSets, codeable: Any) -> bool:
    """Return whether a code says that there is an allergy, and not to what."""
    return any(map(value_sets.is_allergy_type, codings_of(codeable)))


_TYPE_WORDS = frozenset(word for text in read_markers("allergy") for word in text.split())
_NO_MEDICINE = re.compile(
    r"rh?init|asth?ma|ecz?em|ekzem|dermatit|[ck]onjun[ck]tivit|la[ck]tos|lattos|glu[ck]os|"
    r"fru[ck]tos|gluten|histamin|exercise|effort|exertion|alveolit|pneumonit|vas[ck]ulit|purpura|"
    r"[ck]olit|gastroenterit|esofagit|esophagit|oesophagit"
)
"""Diseases that are called allergic, and what is not tolerated without being a medicine."""


def leaves_substance_open(index: RecordIndex, codeable: Any) -> bool:
    """Return whether an entry of the problem list that is an allergy does not say to what, or names
    what may be a brand of vitamin B12: then there is an allergy of which nobody knows (Q26).
    """
    coded = is_coded_as_allergy(index.value_sets, codeable)
    named = meaningful_texts(index.value_sets, codeable) if coded else ()
    texts = named or [text for text in texts_of(codeable) if speaks_of_allergy(text)]
    return (coded and not texts) or any(map(partial(_is_to_anything, index), texts))


def _is_to_anything(index: RecordIndex, text: str) -> bool:
    normal = normalise_text(text[:LONGEST_SEARCHED])
    if is_negative(text) or _NO_MEDICINE.search(normal):
        return False
    return _TYPE_WORDS.issuperset(normal.split()) or not names_another_substance(
        text, index.value_sets.languages
    )
