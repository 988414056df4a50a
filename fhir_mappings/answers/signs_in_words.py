"""Nerve signs that stand in words alone in an observation or a questionnaire: they decide nothing,
and are quoted and asked about (Q27, Q28).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any

from fhir_mappings.fhir import (
    Placed,
    as_dict,
    as_list,
    as_text,
    code_of,
    is_mistaken,
    read_date,
    texts_of,
)
from fhir_mappings.fhir import versions as fhir_versions
from fhir_mappings.intake import HINTS, RecordIndex
from fhir_mappings.terminology import Field, read_words
from fhir_mappings.text import normalise_text
from fhir_mappings.values import read_booleanish
from recommender.guidance import NEW_SIGN_DAYS
from recommender.language import HintAt

IN_WORDS = fhir_versions.NOTES | {
    "valueBoolean",
    "valueString",
    "valueCodeableConcept",
    "component",
}
"""What an observation that may speak of signs holds; a measured value does not."""

NEVER_MADE = frozenset({"cancelled", "registered"})
ANSWERED = frozenset({"completed", "amended"})

_DENIES = re.compile(r"(?:no|not|denie[sd]|without|nil|none|negative|absent|normal)\b")
"""How an examination that found nothing begins: it is no answer, and no sign (Q1)."""


def hint_at_signs(index: RecordIndex, read: Set[str]) -> None:
    """Note the nerve signs of the last 90 days in words of observations that stand for nothing
    known here, and of answers to questions.

    Args:
        read: the places of what is read as a result or an answer already.
    """
    for placed in index.by_type.get("Observation", ()):
        resource = placed.resource
        if placed.place in read or IN_WORDS.isdisjoint(resource) or "valueQuantity" in resource:
            continue
        if is_mistaken(resource) or code_of(resource.get("status")) in NEVER_MADE:
            continue
        _hint(index, placed, day_of(resource), bodies_of(resource))
    for placed in index.by_type.get("QuestionnaireResponse", ()):
        resource = placed.resource
        if code_of(resource.get("status")) in ANSWERED:
            _hint(index, placed, resource.get("authored"), answers_in(resource.get("item")))


def _hint(
    index: RecordIndex, placed: Placed, written: Any, bodies: Iterable[Mapping[str, Any]]
) -> None:
    day = read_date(written)
    since = index.as_of - dt.timedelta(days=NEW_SIGN_DAYS)
    if day is not None and (day.latest < since or day.earliest > index.tomorrow):
        return
    text = next(filter(None, map(_sign_in, bodies)), "")
    if text:
        index.understanding.hint(HintAt.NEUROLOGY, placed, text, day and day.latest)


def day_of(resource: Mapping[str, Any]) -> Any:
    """Return the day of an observation, as it is written."""
    period = as_dict(resource.get("effectivePeriod"))
    days = (resource.get("effectiveDateTime"), period.get("end"), period.get("start"))
    return next(filter(None, days), resource.get("issued"))


def bodies_of(resource: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield an observation and its components."""
    yield resource
    for part in as_list(resource.get("component")):
        yield as_dict(part)


def answers_in(items: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Yield the answers of a questionnaire as observations named by their questions."""
    for item in map(as_dict, as_list(items)):
        for answer in map(as_dict, as_list(item.get("answer"))):
            coding = as_dict(answer.get("valueCoding"))
            said = {"valueCodeableConcept": {"coding": [coding]}} if coding else {}
            yield {"code": {"text": as_text(item.get("text"))}, **answer, **said}
        if depth < MOST_DEPTH:
            yield from answers_in(item.get("item"), depth + 1)


MOST_DEPTH = 8


def _sign_in(body: Mapping[str, Any]) -> str:
    """Return the words by which a body says that there is a sign: its value or note names one, or
    its name does and the value affirms it.
    """
    said = [*texts_of(body.get("valueCodeableConcept")), as_text(body.get("valueString"))]
    affirmed = read_booleanish(dict(body))
    if affirmed is not False:
        said += fhir_versions.read_notes(body)
    names = texts_of(body.get("code")) if affirmed else []
    return next((text for text in (*said, *names) if text and _names_a_sign(text)), "")


def denies(text: str) -> bool:
    """Return whether a text begins as what was looked for and not found does."""
    return _DENIES.match(normalise_text(text[:40])) is not None


def _names_a_sign(text: str) -> bool:
    if denies(text):
        return False
    read = read_words(text, Field.CONDITIONS)
    found = (member.concept for member in (*read.decided, *read.shown))
    return any(HintAt.NEUROLOGY in HINTS.get(concept, ()) for concept in found)
