"""What the words of an allergy name: substances, a doubt, or something that may be vitamin B12.

Source: decisions F21, Q27.
"""

from __future__ import annotations

import difflib
import re
from typing import Any

from fhir_mappings.history.reading_lists import LONGEST_SEARCHED, is_doubted, is_resolved_in_words
from fhir_mappings.intake import RecordIndex
from fhir_mappings.judging import meaningful_texts
from fhir_mappings.terminology import Concept, Field, Match, Member, read_words
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

COMBINED = frozenset(
    {Concept.B12_COMBINATION, Concept.B12_FOLIC_COMBO, Concept.IRON_B12_FOLATE_COMBO}
)
"""Products in which vitamin B12 is one of several parts: an allergy to one may be to it."""


def name_substance(index: RecordIndex, substance: Any) -> tuple[Match, ...]:
    """Return what a substance is, by its code, else by the names in its words; words that deny or
    doubt it name nothing.
    """
    coded = index.value_sets.concepts(substance)
    if coded:
        return coded
    texts = meaningful_texts(index.value_sets, substance)
    for text in texts:
        worded = () if is_doubted(_without_resolved(text)) else names_in(index, text)
        if worded:
            return worded
    return ()


def names_in(index: RecordIndex, text: str) -> tuple[Match, ...]:
    """Return the medicines and substances that a text names (Q27)."""
    cobalt = (member for member in read_words(text, Field.DRUGS).decided if not is_type(member))
    return index.value_sets.match_text(text, Field.DRUGS) or tuple(
        Match(member, "text", text) for member in cobalt
    )


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
