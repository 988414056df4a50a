"""What answers say of the person now: screens, symptoms, pregnancy and breastfeeding.

Source: decisions 2.2 (F2, F3, F10, F12), Q1.
"""

from __future__ import annotations

from fhir_mappings.answers.answer import (
    NEITHER_YES_NOR_NO,
    Answer,
    Answers,
    affirms,
    read_answer,
    take_newest,
    unread,
)
from fhir_mappings.fhir import as_text, months_before, sayings_of, texts_of
from fhir_mappings.intake import RecordIndex, words_as_recorded
from fhir_mappings.terminology import Concept, Field, Role, read_words
from fhir_mappings.values import read_booleanish
from recommender.guidance import look_back
from recommender.language import Fact, Truth, truth_of

ONLY_ISSUED = "only the day of its issue is known"
"""Why a no does not count: it may be of long before (I30)."""


def read_screen(index: RecordIndex, answers: list[Answer], nothing: Fact) -> Fact:
    """Return the newest answer of a yes-or-no screen while it counts; an older or unreadable one
    leaves it unknown.
    """
    newest = take_newest(index, answers)
    if newest is None:
        return nothing
    said = read_answer(newest)
    if said is None:
        return unread(index, newest, NEITHER_YES_NOR_NO)
    if not newest.is_within(index.as_of, look_back.ANSWER_DAYS):
        return unread(index, newest, f"not within {look_back.ANSWER_DAYS} days: {newest.when}")
    if newest.observed.by_issue and not said:
        return unread(index, newest, ONLY_ISSUED)
    return Fact(
        truth_of(said), "", (newest.cite(str(said).lower(), "found" if said else "none found"),)
    )


def read_pregnancy(index: RecordIndex, answers: Answers, nothing: Fact) -> Fact:
    """Return what the newest pregnancy status says (F2)."""
    given = (answer for concept in _PREGNANCY for answer in answers.get(concept, []))
    newest = take_newest(index, given, lambda one: SAID[_pregnancy_value(index, one)])
    if newest is None:
        return nothing
    means = _pregnancy_value(index, newest)
    days = look_back.PREGNANCY_DAYS if means.is_true else look_back.NOT_PREGNANT_DAYS
    if means.is_unknown:
        return unread(index, newest, "pregnancy status not readable")
    if not newest.is_within(index.as_of, days):
        return unread(index, newest, f"not within {days} days: {newest.when}")
    if newest.observed.by_issue and means.is_false:
        return unread(index, newest, ONLY_ISSUED)
    return Fact(means, "", (newest.cite(_coded_answer(index, newest)),))


SAID = {Truth.TRUE: True, Truth.FALSE: False, Truth.UNKNOWN: None}

_PREGNANCY = (
    Concept.PREGNANCY_STATUS,
    Concept.PREGNANT,
    Concept.NOT_PREGNANT,
    Concept.POSSIBLE_PREGNANCY,
)


def _pregnancy_value(index: RecordIndex, answer: Answer) -> Truth:
    value = answer.observed.body.get("valueCodeableConcept")
    concepts = {match.concept for match in index.value_sets.concepts(value)}
    for text in (*texts_of(value), as_text(answer.observed.body.get("valueString"))):
        concepts |= _named_in(index, text)
    if answer.match.concept is not Concept.PREGNANCY_STATUS and not concepts:
        said = affirms(answer)
        if answer.match.concept is Concept.PREGNANT:
            return truth_of(said)
        concepts = {answer.match.concept} if said else set()
    yes = bool(concepts & {Concept.PREGNANT, Concept.PREGNANCY_ANSWER_PREGNANT})
    no = Concept.NOT_PREGNANT in concepts
    if (yes and no) or "dataAbsentReason" in answer.observed.body:
        return Truth.UNKNOWN
    if yes or no:
        return truth_of(yes)
    if answer.match.concept is not Concept.PREGNANCY_STATUS:
        return Truth.UNKNOWN
    worded = sayings_of(value) | sayings_of(answer.observed.body.get("valueString"))
    said = read_booleanish(answer.observed.body)
    return truth_of(None if "normal" in worded else said)  # a pregnancy may be normal


def _named_in(index: RecordIndex, text: str) -> set[Concept]:
    """Return what the words of an answer say as a whole ("Not pregnant")."""
    named = {member.concept for member in read_words(text, Field.CONDITIONS).decided}
    listed = index.value_sets.is_listed(text, Field.CONDITIONS)
    found = index.value_sets.match_text(text, Field.CONDITIONS) if listed else ()
    return named | {match.concept for match in found}


def _coded_answer(index: RecordIndex, answer: Answer) -> str:
    """Return the coded answer in words; empty when there is none."""
    value = answer.observed.body.get("valueCodeableConcept")
    return next((words_as_recorded(value, match) for match in index.value_sets.concepts(value)), "")


def read_of_the_year(
    index: RecordIndex,
    answers: Answers,
    concepts: tuple[Concept, ...],
    nothing: Fact,
) -> Fact:
    """Return what the newest answer says if it is of the last 12 months (F3)."""
    given = (
        answer
        for concept in concepts
        for answer in answers.get(concept, [])
        if answer.match.role in (Role.INCLUDE, Role.REVIEW)
    )
    newest = take_newest(index, given, affirms)
    if newest is None:
        return nothing
    said = affirms(newest)
    if said is None:
        return unread(index, newest, NEITHER_YES_NOR_NO)
    since = months_before(index.as_of, look_back.STATE_MONTHS)
    if not newest.is_within(index.as_of, (index.as_of - since).days):
        return unread(index, newest, f"not within {look_back.STATE_MONTHS} months: {newest.when}")
    return Fact(truth_of(said), "", (newest.cite(),))
