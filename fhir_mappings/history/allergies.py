"""Allergies to vitamin B12, cobalt, or the excipients of vitamin B12 products (F21)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import partial
from typing import Any, NamedTuple

from fhir_mappings.fhir import (
    NO_EVIDENCE,
    Placed,
    as_dict,
    as_list,
    code_of,
    is_changed,
    read_clinical,
    read_verification,
    texts_of,
)
from fhir_mappings.history.allergies_elsewhere import (
    NOT_CURRENT,
    read_condition,
    show_complication,
    show_observation,
)
from fhir_mappings.history.allergy_words import (
    ALLERGENS,
    counts,
    is_allergy_type,
    is_resolved_in_words,
    name_substance,
    pointed_at,
)
from fhir_mappings.history.reading_lists import (
    name_of,
    newest_of,
    notes_of,
)
from fhir_mappings.intake import InFuture, RecordIndex, cite, describe_codes, why_status
from fhir_mappings.judging import (
    Understood,
    describe_reactions,
    is_negative,
    is_severe,
    judge_allergen,
    meaningful_texts,
    words_of_reaction,
)
from fhir_mappings.terminology import Match, ValueSets
from recommender.language import EXCIPIENTS, Allergen, Allergy, Fact, HintAt, Truth


class AllergyFacts(NamedTuple):
    """The allergies that matter here, and whether there is any (F21)."""

    allergies: tuple[Allergy, ...]
    fact: Fact


def map_allergies(index: RecordIndex, others: Iterable[Placed]) -> AllergyFacts:
    """Return the unrefuted allergies that matter here; suspected ones count, and those kept in the
    problem list too.

    Args:
        others: Observations that are no result we know: they may tell of an allergy.
    """
    found: list[Allergy] = []
    for placed in index.of_type("AllergyIntolerance"):
        index.receipt.tick()
        found += _read_allergy(index, placed)
    for placed in index.of_type("Condition"):
        found += read_condition(index, placed)
    for placed in index.of_type("Procedure"):
        show_complication(index, placed)
    for placed in others:
        show_observation(index, placed)
    if found:
        evidence = tuple(allergy.evidence for allergy in found)
        return AllergyFacts(tuple(found), Fact(Truth.TRUE, "", evidence))
    hints = (HintAt.ALLERGY, HintAt.COBALT_ALLERGY)
    return AllergyFacts((), index.nothing_found("allergies", at=hints))


def _read_allergy(index: RecordIndex, placed: Placed) -> list[Allergy]:
    resource, ledger = placed.resource, index.understanding
    substances = _substances(resource)
    status = _status(resource)
    if status in NO_EVIDENCE:
        ledger.count("allergies", placed, Understood.BY_CODE)
        index.receipt.ignore(placed, partial(_why_not_current, resource, status))
        return []
    named = [(substance, name_substance(index, substance)) for substance in substances]
    value_sets = index.value_sets_for(resource)
    ledger.count("allergies", placed, _understood(value_sets, named))
    date = newest_of(resource, "recordedDate", "assertedDate", "onsetDateTime")
    if date is not None and date.earliest > index.tomorrow:
        _note_future(index, placed, named, str(date))
        return []
    words = (text for substance in substances for text in texts_of(substance))
    over = status in NOT_CURRENT or any(map(is_resolved_in_words, words))
    over = over and not is_changed(resource)
    day = date.latest if date else None
    found = _allergens(placed, named, day, over)
    if not found:
        if not (over and is_severe(resource).is_false):  # mild, and over (Q52)
            _show_hints(index, placed, substances, day)
            _show_coded(index, placed, named if over else [], day)
        what = describe_codes(substances[0])
        why = f"not an allergy to vitamin B12, cobalt or an excipient: {what}"
        index.receipt.ignore(
            placed, partial(_why_not_current, resource, status or "resolved") if over else why
        )
    return found


def _note_future(
    index: RecordIndex, placed: Placed, named: list[tuple[Any, tuple[Match, ...]]], dated: str
) -> None:
    """Note that an allergy of the future is no fact; one that matters is shown (Q31)."""
    ledger, substance = index.understanding, named[0][0]
    ledger.future.setdefault(HintAt.ALLERGY, InFuture(dated, placed.reference))
    if _allergens(placed, named, None, over=False):
        ledger.put_off(HintAt.ALLERGY, placed, name_of(substance), dated)
    index.receipt.ignore(placed, f"{describe_codes(substance)}, in the future: {dated}")


def _why_not_current(resource: dict[str, Any], status: str) -> str:
    return why_status(f"allergy to {describe_codes(_substances(resource)[0])}", status)


def _status(resource: dict[str, Any]) -> str:
    """Return the status that takes the allergy out of account (DSTU2 has one for all), else the
    clinical status.
    """
    clinical = read_clinical(resource)
    statuses = (read_verification(resource), clinical, code_of(resource.get("status")))
    decides = NO_EVIDENCE | NOT_CURRENT
    return next((status for status in statuses if status in decides), clinical)


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


def _understood(value_sets: ValueSets, named: list[tuple[Any, tuple[Match, ...]]]) -> Understood:
    """Return by what the entry was understood; the best of its substances counts."""
    found = {judge_allergen(value_sets, substance, matches) for substance, matches in named}
    order = (Understood.BY_CODE, Understood.BY_WORDS)
    return next((by for by in order if by in found), Understood.NOT)


def _allergens(
    placed: Placed,
    named: list[tuple[Any, tuple[Match, ...]]],
    day: dt.date | None,
    over: bool,
) -> list[Allergy]:
    severe = is_severe(placed.resource)
    if over and not severe.is_true:
        return []
    found: dict[Allergen, Allergy] = {}
    for substance, matches in named:
        for match in matches:
            allergen = ALLERGENS.get(match.concept)
            if allergen is None or not counts(match):
                continue
            evidence = cite(placed, match, substance, day, describe_reactions(placed.resource))
            found.setdefault(allergen, Allergy(allergen, severe, evidence, active=not over))
    return list(found.values())


def _show_hints(
    index: RecordIndex, placed: Placed, substances: list[Any], day: dt.date | None
) -> None:
    """Note what the words of an entry may mean: a name beside a doubt or in a note, a vitamin, or
    an allergy to something that is not named (Q27 b).
    """
    texts = [text for item in substances for text in meaningful_texts(index.value_sets, item)]
    described = [
        words for item in reactions_of(placed.resource) for words in words_of_reaction(item)
    ]
    for text in (*texts, *notes_of(placed.resource), *described):
        for at in pointed_at(index, text):
            index.understanding.hint(at, placed, text, day)
    unnamed = [text for text in texts if not is_allergy_type(text)]
    if not unnamed and not index.value_sets.concepts(substances[0]):
        for text in texts or texts_of(substances[0]):
            if not is_negative(text):
                index.understanding.hint(HintAt.ALLERGY, placed, text, day)


def _show_coded(
    index: RecordIndex,
    placed: Placed,
    named: list[tuple[Any, tuple[Match, ...]]],
    day: dt.date | None,
) -> None:
    """Note what an allergy is to that is over, and of whose reaction something is said (Q52)."""
    if not describe_reactions(placed.resource):
        return
    for match in (match for _, matches in named for match in matches if counts(match)):
        allergen = ALLERGENS.get(match.concept)
        if allergen is not None and allergen not in EXCIPIENTS:
            at = HintAt.COBALT_ALLERGY if allergen is Allergen.COBALT else HintAt.ALLERGY
            index.understanding.hint(at, placed, match.words, day)
