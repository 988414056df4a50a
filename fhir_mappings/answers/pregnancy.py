"""What observations and answers say of a pregnancy (decisions 2.2, F2; hints: Q28)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from fhir_mappings.answers.answer import Answer, Answers, affirms, take_newest, unread
from fhir_mappings.answers.states import ONLY_ISSUED
from fhir_mappings.fhir import as_text, code_of, is_mistaken, read_date, sayings_of, texts_of
from fhir_mappings.intake import RecordIndex, words_as_recorded
from fhir_mappings.judging import text_of_pregnancy
from fhir_mappings.laboratory import MAY_BE_NEWER, Observed
from fhir_mappings.said import NOT_ANSWERED, answers_said, is_of_family
from fhir_mappings.terminology import Concept, Field, read_words
from fhir_mappings.values import may_be_pregnant, read_booleanish
from recommender.guidance import look_back
from recommender.language import Fact, HintAt, Truth, truth_of


def read_pregnancy(index: RecordIndex, answers: Answers, nothing: Fact) -> Fact:
    """Return what the newest pregnancy status says (F2)."""
    given = (answer for concept in _PREGNANCY for answer in answers.get(concept, []))
    newest = take_newest(index, given, lambda one: SAID[_pregnancy_value(index, one)])
    if newest is None:
        return nothing
    means = _pregnancy_value(index, newest)
    days = look_back.PREGNANCY_DAYS if means.is_true else look_back.NOT_PREGNANT_DAYS
    if means.is_unknown:
        _hint(index, newest, means)
        return unread(index, newest, "pregnancy status not readable")
    if not newest.is_within(index.as_of, days):
        _hint(index, newest, means)
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
    Concept.PREGNANCY_ANSWER_PREGNANT,  # as the name of a question: "Pregnant?"
)


_OF_PREGNANCY = frozenset(
    {Concept.PREGNANT, Concept.POSSIBLE_PREGNANCY, Concept.PREGNANCY_ANSWER_PREGNANT}
)
_NAMED_PREGNANT = frozenset({Concept.PREGNANT, Concept.PREGNANCY_ANSWER_PREGNANT})


def _pregnancy_value(index: RecordIndex, answer: Answer) -> Truth:
    if answer.observed.from_answer and answer.match.concept is Concept.PREGNANCY_ANSWER_PREGNANT:
        return Truth.UNKNOWN  # nobody knows the question
    value = answer.observed.body.get("valueCodeableConcept")
    concepts = {match.concept for match in index.value_sets.concepts(value)}
    for text in (*texts_of(value), as_text(answer.observed.body.get("valueString"))):
        concepts |= _named_in(index, text)
    if answer.match.concept is not Concept.PREGNANCY_STATUS and not concepts:
        said = affirms(answer)
        if answer.match.concept in _NAMED_PREGNANT:
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


def hint_at_pregnancy(index: RecordIndex, passed_over: Iterable[Observed]) -> None:
    """Note a pregnancy of which answers tell that cannot count: one that is not final or dated in
    the future, and one to a question that is known by its words alone.
    """
    for saying in answers_said(index):
        if code_of(saying.resource.get("status")) in NOT_ANSWERED:
            continue
        day = read_date(saying.day)
        for body in saying.bodies:
            text = "" if is_of_family(saying, body) else text_of_pregnancy(texts_of(body["code"]))
            if text and may_be_pregnant(body, text, day, index.as_of):
                index.understanding.hint(HintAt.PREGNANCY, saying.placed, text, day and day.latest)
    for item in passed_over:
        if item.not_counted in MAY_BE_NEWER and not is_mistaken(item.placed.resource):
            for match in item.matches:
                if match.concept in _PREGNANCY:
                    answer = Answer(item, match)
                    _hint(index, answer, _pregnancy_value(index, answer))


def _hint(index: RecordIndex, answer: Answer, means: Truth) -> None:
    """Note an answer that speaks of a pregnancy and may hold today, where its day or its words
    leave that open.
    """
    day = answer.observed.day
    since = index.as_of - dt.timedelta(days=look_back.PREGNANCY_DAYS)
    if day is not None and day.latest < since:
        return
    body = answer.observed.body
    value = body.get("valueCodeableConcept")
    said = [text for text in (*texts_of(value), as_text(body.get("valueString"))) if text]
    coded = any(match.concept in _OF_PREGNANCY for match in index.value_sets.concepts(value))
    open_still = means.is_unknown and (coded or any(map(_speaks_of_pregnancy, said)))
    if means.is_true or open_still:
        words = next(iter(said), answer.name)
        index.understanding.hint(HintAt.PREGNANCY, answer.observed.placed, words, answer.date)


def _speaks_of_pregnancy(text: str) -> bool:
    read = read_words(text, Field.CONDITIONS)
    return any(member.concept in _PREGNANCY for member in (*read.decided, *read.shown))
