"""What observations and answers to questions say of facts that have a list of their own: Leber's
disease, and an allergy to vitamin B12. It decides nothing, and is quoted and asked about (F21, F22,
Q27, Q28).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fhir_mappings.answers.signs_in_words import answers_in, bodies_of, day_of, denies
from fhir_mappings.fhir import Placed, as_dict, as_text, is_mistaken, read_date, texts_of
from fhir_mappings.fhir import versions as fhir_versions
from fhir_mappings.history import show_what_is_said
from fhir_mappings.intake import RecordIndex
from fhir_mappings.terminology import Concept, Field, read_words
from fhir_mappings.values import read_booleanish
from recommender.language import HintAt

_NAMED = re.compile(
    r"lhon|nohl|leber.{0,40}(?:opti[ckqe]|ottic|óptic|sehnerv)|(?:opti|óptic|ottic).{0,40}leber|"
    r"11778|14484|3460",
    re.IGNORECASE,
)
"""What stands in a name of the disease; "Leber" alone is the German liver."""


def hint_at_what_is_said(index: RecordIndex) -> None:
    """Note what observations that measure nothing say of Leber's disease of the person or the
    family, and answers to questions of that and of allergies (of observations: `map_allergies`).
    """
    for placed in index.by_type.get("Observation", ()):
        resource = placed.resource
        if "valueQuantity" not in resource and not is_mistaken(resource):
            _hint_at_lebers(index, placed, _day(day_of(resource)), bodies_of(resource))
    for placed in index.by_type.get("QuestionnaireResponse", ()):
        if is_mistaken(placed.resource):
            continue
        day = _day(placed.resource.get("authored"))
        for said in answers_in(placed.resource.get("item")):
            _hint_at_lebers(index, placed, day, [said])
            show_what_is_said(index, placed, [said], day)


def _day(written: Any) -> dt.date | None:
    day = read_date(written)
    return day.latest if day else None


def _hint_at_lebers(
    index: RecordIndex,
    placed: Placed,
    day: dt.date | None,
    bodies: Iterable[Mapping[str, Any]],
) -> None:
    text = next(_names_in(index, bodies), "")
    if text:
        index.understanding.hint(HintAt.LEBERS, placed, text, day)


def _names_in(index: RecordIndex, bodies: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for body in bodies:
        coded = (as_dict(body.get("code")), as_dict(body.get("valueCodeableConcept")))
        named = [text for said in coded for text in texts_of(said)]
        written = as_text(body.get("valueString"))
        texts = (*named, written, *fhir_versions.read_notes(body))
        text = next(filter(_is_lebers, texts), "")
        if not text:
            text = next(filter(None, (_by_code(index, said) for said in coded)), "")
        if text and read_booleanish(dict(body)) is not False and not denies(written):
            yield text


def _by_code(index: RecordIndex, said: Mapping[str, Any]) -> str:
    """Return the name of a code that stands for Leber's disease; empty for another."""
    found = index.value_sets.concepts(said) if said.get("coding") else ()
    names = (match.member.display for match in found if match.concept is Concept.LHON)
    return next(names, "")


def _is_lebers(text: str) -> bool:
    if not _NAMED.search(text) or denies(text):
        return False
    read = read_words(text, Field.CONDITIONS)
    return any(member.concept is Concept.LHON for member in (*read.decided, *read.shown))
