"""What observations, reports and answers to questions say of facts that have a list of their own:
Leber's disease, and an allergy to vitamin B12. It decides nothing, and is quoted and asked about
(F21, F22, Q27, Q28).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from fhir_mappings.fhir import (
    as_dict,
    as_list,
    as_text,
    is_about_another,
    is_mistaken,
    read_date,
    texts_of,
)
from fhir_mappings.fhir import versions as fhir_versions
from fhir_mappings.history import show_what_is_said
from fhir_mappings.intake import RecordIndex
from fhir_mappings.judging import speaks_of_allergy
from fhir_mappings.said.sayings import (
    Body,
    Saying,
    alerts_said,
    answers_said,
    denies,
    first_of,
    observations_said,
    reports_said,
)
from fhir_mappings.terminology import Concept, Field, read_words
from fhir_mappings.values import read_affirmed
from recommender.language import HintAt

_NAMED = re.compile(
    r"lhon|nohl|leber.{0,40}(?:opti[ckqe]|ottic|óptic|sehnerv)|(?:opti|óptic|ottic).{0,40}leber|"
    r"11778|14484|3460",
    re.IGNORECASE,
)
"""What stands in a name of the disease; "Leber" alone is the German liver."""


def hint_at_what_is_said(index: RecordIndex) -> None:
    """Note what observations that measure nothing, reports, and answers to questions say of Leber's
    disease of the person or the family, and of allergies.
    """
    for saying in observations_said(index):
        _hint_at_lebers(index, saying)
        if saying.resource is not saying.placed.resource:  # the others: `map_allergies`
            _show_allergies(index, saying, saying.bodies)
    for saying in chain(reports_said(index), alerts_said(index)):
        _hint_at_lebers(index, saying)
        _show_allergies(index, saying, saying.bodies)
    _hint_at_lebers_in_the_family(index)
    for saying in answers_said(index):
        _hint_at_lebers(index, saying)
        for body in saying.bodies:
            _show_allergies(index, saying, [_under_its_heading(body)])


def _hint_at_lebers_in_the_family(index: RecordIndex) -> None:
    """Note what a family history names of Leber's disease, which is inherited, wherever it came: no
    list of its own is asked for (F22).
    """
    for placed, _ in index.record.unusable:
        if placed.type != "FamilyMemberHistory":
            continue
        if is_about_another(placed.resource, index.record.patient_id):
            continue
        codes = (as_dict(one).get("code") for one in as_list(placed.resource.get("condition")))
        text = first_of(_names_in(index, ({"code": code} for code in codes)))
        if text and not is_mistaken(placed.resource):
            relative = first_of(texts_of(placed.resource.get("relationship")))
            words = f"{relative}: {text}" if relative else text
            index.understanding.hint(
                HintAt.LEBERS, placed, words, _day(placed.resource.get("date"))
            )


def _show_allergies(index: RecordIndex, saying: Saying, bodies: Iterable[Body]) -> None:
    own = [body for body in bodies if read_affirmed(body) is not False]
    show_what_is_said(index, saying.placed, own, _day(saying.day))


def _under_its_heading(body: Body) -> Body:
    """Return an answer named by its heading too, where that asks for allergies ("Allergies: to
    what?").
    """
    above = [text for text in body.get("headings", ()) if speaks_of_allergy(text)]
    if not above or "valueBoolean" in body:
        return body
    return {**body, "code": {"text": ": ".join((*above, *texts_of(body.get("code"))))}}


def _day(written: Any) -> dt.date | None:
    day = read_date(written)
    return day.latest if day else None


def _hint_at_lebers(index: RecordIndex, saying: Saying) -> None:
    text = first_of(_names_in(index, saying.bodies))
    if text:
        index.understanding.hint(HintAt.LEBERS, saying.placed, text, _day(saying.day))


def _names_in(index: RecordIndex, bodies: Iterable[Body]) -> Iterator[str]:
    for body in bodies:
        coded = (as_dict(body.get("code")), as_dict(body.get("valueCodeableConcept")))
        named = [text for said in coded for text in texts_of(said)]
        written = as_text(body.get("valueString"))
        texts = (*named, written, *fhir_versions.read_notes(body))
        text = first_of(filter(_is_lebers, texts)) or first_of(
            _by_code(index, said) for said in coded
        )
        if text and read_affirmed(body) is not False and not denies(written):
            yield text


def _by_code(index: RecordIndex, said: Body) -> str:
    """Return the name of a code that stands for Leber's disease; empty for another."""
    found = index.value_sets.concepts(said) if said.get("coding") else ()
    return first_of(match.member.display for match in found if match.concept is Concept.LHON)


def _is_lebers(text: str) -> bool:
    if not _NAMED.search(text) or denies(text):
        return False
    read = read_words(text, Field.CONDITIONS)
    return any(member.concept is Concept.LHON for member in (*read.decided, *read.shown))
