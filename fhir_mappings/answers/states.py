"""What answers say of the person now: screens, symptoms, breastfeeding and plans.

Source: decisions 2.2 (F3, F10, F12), Q1.
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
from fhir_mappings.fhir import months_before
from fhir_mappings.intake import RecordIndex
from fhir_mappings.terminology import Concept, Role
from recommender.guidance import look_back
from recommender.language import Fact, truth_of

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
