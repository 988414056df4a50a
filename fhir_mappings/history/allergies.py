"""Allergies to vitamin B12, cobalt, or the excipients of vitamin B12 products (F21)."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from dataclasses import dataclass
from functools import partial
from typing import Any

from fhir_mappings.fhir import Placed, as_dict, as_list, as_text, code_of, texts_of
from fhir_mappings.history.reading_lists import (
    LONGEST_SEARCHED,
    is_doubted,
    is_resolved_in_words,
    newest_of,
    notes_of,
    says_nothing_for,
    speaks_of_allergy,
    speaks_of_reaction,
)
from fhir_mappings.intake import RecordIndex, cite, describe_codes, why_status
from fhir_mappings.judging import Understood, is_negative, judge_allergen, meaningful_texts
from fhir_mappings.terminology import Concept, Field, Match, Member, Role, ValueSets, read_words
from fhir_mappings.text import normalise_text
from recommender.language import EXCIPIENTS, Allergen, Allergy, Fact, HintAt, Truth, truth_of

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

_ANTIDOTE = Concept.HYDROXOCOBALAMIN_CYANIDE_ANTIDOTE
"""The cyanide antidote never counts as treatment, but a reaction to it is one to
hydroxocobalamin.
"""

NO_ALLERGY = frozenset({"refuted", "entered-in-error"})
"""Statuses (DSTU2: `status`) of an entry that says nothing for an allergy."""

NOT_CURRENT = frozenset({"inactive", "resolved"})
"""Statuses of an allergy that is over; a severe one still counts until it is cleared (Q52)."""


@dataclass(frozen=True, slots=True)
class AllergyFacts:
    """The allergies that matter here, and whether there is any (F21)."""

    allergies: tuple[Allergy, ...]
    fact: Fact


def map_allergies(index: RecordIndex) -> AllergyFacts:
    """Return the unrefuted allergies that matter here; suspected ones count, and those kept in the
    problem list too.
    """
    found: list[Allergy] = []
    for placed in index.of_type("AllergyIntolerance"):
        found += _read_allergy(index, placed)
    for placed in index.of_type("Condition"):
        found += _read_condition(index, placed)
    if found:
        evidence = tuple(allergy.evidence for allergy in found)
        return AllergyFacts(tuple(found), Fact(Truth.TRUE, "", evidence))
    hints = (HintAt.ALLERGY, HintAt.COBALT_ALLERGY)
    return AllergyFacts((), index.nothing_found("allergies", at=hints))


def _read_allergy(index: RecordIndex, placed: Placed) -> list[Allergy]:
    resource, ledger = placed.resource, index.understanding
    substances = _substances(resource)
    status = _status(resource)
    if status in NO_ALLERGY:
        ledger.count("allergies", placed, Understood.BY_CODE)
        index.receipt.ignore(placed, partial(_why_not_current, resource, status))
        return []
    named = [(substance, _named(index, substance)) for substance in substances]
    value_sets = index.value_sets_for(resource)
    ledger.count("allergies", placed, _understood(value_sets, named))
    date = newest_of(resource, "recordedDate", "assertedDate", "onsetDateTime")
    if date is not None and date.earliest > index.tomorrow:
        ledger.future.setdefault(HintAt.ALLERGY, f"dated {date}: {placed.reference}")
        index.receipt.ignore(placed, f"{describe_codes(substances[0])}, in the future: {date}")
        return []
    over = status in NOT_CURRENT or any(
        is_resolved_in_words(text) for substance in substances for text in texts_of(substance)
    )
    found = _allergens(index, placed, named, date.latest if date else None, over)
    if not found:
        _show_hints(index, placed, substances, date.latest if date else None)
        what = describe_codes(substances[0])
        why = f"not an allergy to vitamin B12, cobalt or an excipient: {what}"
        index.receipt.ignore(
            placed, partial(_why_not_current, resource, status or "resolved") if over else why
        )
    return found


def _why_not_current(resource: dict[str, Any], status: str) -> str:
    return why_status(f"allergy to {describe_codes(_substances(resource)[0])}", status)


def _status(resource: dict[str, Any]) -> str:
    """Return the status that takes the allergy out of account, else the clinical status."""
    statuses = [
        code_of(resource.get(name)) for name in ("verificationStatus", "clinicalStatus", "status")
    ]
    decides = NO_ALLERGY | NOT_CURRENT
    return next((status for status in statuses if status in decides), statuses[1])


def reactions_of(resource: dict[str, Any]) -> list[Any]:
    return as_list(resource.get("reaction"))


def _substances(resource: dict[str, Any]) -> list[Any]:
    """Everything the allergy may be to: `code` (STU3 on), `substance` (DSTU2), and the substance of
    each reaction.
    """
    reactions = [
        as_dict(reaction).get("substance") for reaction in as_list(resource.get("reaction"))
    ]
    return [
        resource.get("code") or resource.get("substance"),
        *(substance for substance in reactions if substance),
    ]


def _named(index: RecordIndex, substance: Any) -> tuple[Match, ...]:
    """Return what a substance is, by its code, else by the names in its words; words that deny or
    doubt it name nothing.
    """
    coded = index.value_sets.concepts(substance)
    if coded:
        return coded
    texts = meaningful_texts(index.value_sets, substance)
    for text in texts:
        worded = () if is_doubted(_without_resolved(text)) else _names_in(index, text)
        if worded:
            return worded
    return ()


def _names_in(index: RecordIndex, text: str) -> tuple[Match, ...]:
    """Return the medicines and substances that a text names (Q27)."""
    cobalt = (member for member in read_words(text, Field.DRUGS).decided if not _is_type(member))
    return index.value_sets.match_text(text, Field.DRUGS) or tuple(
        Match(member, "text", text) for member in cobalt
    )


def _is_type(member: Member) -> bool:
    return member.concept is Concept.ALLERGY_GENERIC


def _without_resolved(text: str) -> str:
    return text[len("resolved") + 1 :] if is_resolved_in_words(text) else text


def _understood(value_sets: ValueSets, named: list[tuple[Any, tuple[Match, ...]]]) -> Understood:
    """Return by what the entry was understood; the best of its substances counts."""
    found = {judge_allergen(value_sets, substance, matches) for substance, matches in named}
    order = (Understood.BY_CODE, Understood.BY_WORDS)
    return next((by for by in order if by in found), Understood.NOT)


def _allergens(
    index: RecordIndex,
    placed: Placed,
    named: list[tuple[Any, tuple[Match, ...]]],
    day: dt.date | None,
    over: bool,
) -> list[Allergy]:
    severe = _severe(placed.resource)
    if over and not severe.is_true:
        return []
    found: dict[Allergen, Allergy] = {}
    for substance, matches in named:
        for match in matches:
            allergen = ALLERGENS.get(match.concept)
            if allergen is None or not _counts(match):
                continue
            evidence = cite(placed, match, substance, day, _described(placed.resource))
            found.setdefault(allergen, Allergy(allergen, severe, evidence, active=not over))
            index.receipt.use(placed, "allergies")
    return list(found.values())


def _counts(match: Match) -> bool:
    return match.role is not Role.EXCLUDE or match.concept is _ANTIDOTE


def _show_hints(
    index: RecordIndex, placed: Placed, substances: list[Any], day: dt.date | None
) -> None:
    """Note what the words of an entry may mean: a name beside a doubt or in a note, a vitamin, or
    an allergy to something that is not named (Q27 b).
    """
    texts = [text for item in substances for text in meaningful_texts(index.value_sets, item)]
    described = (
        as_text(as_dict(item).get("description")) for item in reactions_of(placed.resource)
    )
    for text in (*texts, *notes_of(placed.resource), *(words for words in described if words)):
        for at in _pointed_at(index, text):
            index.understanding.hint(at, placed, text, day)
    unnamed = [text for text in texts if not _is_allergy_type(text)]
    if not unnamed and not index.value_sets.concepts(substances[0]):
        for text in texts or texts_of(substances[0]):
            if not is_negative(text):
                index.understanding.hint(HintAt.ALLERGY, placed, text, day)


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


def _pointed_at(index: RecordIndex, text: str) -> list[HintAt]:
    """Return which of the two allergies a text may mean."""
    concepts = {match.concept for match in _names_in(index, text)}
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


def _is_allergy_type(text: str) -> bool:
    """Return whether a text says that there is an allergy and not to what."""
    read = read_words(text, Field.DRUGS)
    return any(_is_type(member) for member in (*read.decided, *read.shown)) and len(text) < 40


def _read_condition(index: RecordIndex, placed: Placed) -> list[Allergy]:
    """Return the allergies that an entry of the problem list names; its words are asked unless its
    code is a listed one.
    """
    resource, code = placed.resource, placed.resource.get("code")
    texts = [text for text in texts_of(code) if speaks_of_allergy(text)]
    noted = [
        text
        for text in (*texts_of(code), *notes_of(resource))
        if text not in texts and (speaks_of_allergy(text) or speaks_of_reaction(text))
    ]
    if not (texts or noted) or says_nothing_for(resource):
        return []
    date = newest_of(resource, "recordedDate", "assertedDate", "dateRecorded", "onsetDateTime")
    day = date.latest if date else None
    over = code_of(resource.get("clinicalStatus")) in NOT_CURRENT
    for text in texts:
        if not is_doubted(text):
            found = [
                Allergy(
                    ALLERGENS[match.concept],
                    truth_of(True if "anaphyla" in text.lower() else None),
                    cite(placed, match, code, day),
                    active=not over,
                )
                for match in _names_in(index, text)
                if match.concept in ALLERGENS and _counts(match)
            ]
            counted = [item for item in found if item.active or item.severe.is_true]
            if counted:
                index.receipt.use(placed, "allergies")
                return counted
    for text in (*texts, *noted):
        for at in _pointed_at(index, text):
            index.understanding.hint(at, placed, text, day)
    return []


def _severe(resource: dict[str, Any]) -> Truth:
    """An immediate severe reaction or high criticality; FALSE only when the record says low or
    every reaction was mild or moderate.
    """
    criticality = code_of(resource.get("criticality"))
    reactions = [as_dict(reaction) for reaction in as_list(resource.get("reaction"))]
    severities = {code_of(reaction.get("severity")) for reaction in reactions}
    if (
        criticality in ("high", "crith")
        or "severe" in severities
        or any(_is_anaphylaxis(reaction) for reaction in reactions)
    ):
        return Truth.TRUE
    if criticality in ("low", "critl") or (reactions and severities <= {"mild", "moderate"}):
        return Truth.FALSE
    return Truth.UNKNOWN


def _is_anaphylaxis(reaction: dict[str, Any]) -> bool:
    return any(
        "anaphyla" in text.lower()
        for item in as_list(reaction.get("manifestation"))
        for text in _manifestation_texts(item)
    )


def _manifestation_texts(manifestation: Any) -> list[str]:
    """A CodeableConcept (to R4B) or a CodeableReference (R5)."""
    return texts_of(manifestation) + texts_of(as_dict(manifestation).get("concept"))


def _described(resource: dict[str, Any]) -> str:
    """How the reaction is described: criticality, then manifestations."""
    said = (
        [f"criticality {code_of(resource.get('criticality'))}"]
        if resource.get("criticality")
        else []
    )
    for reaction in as_list(resource.get("reaction")):
        said += [
            text
            for item in as_list(as_dict(reaction).get("manifestation"))
            for text in _manifestation_texts(item)
        ]
        said += [as_text(as_dict(reaction).get("severity"))]
    return ", ".join(dict.fromkeys(item for item in said if item))
