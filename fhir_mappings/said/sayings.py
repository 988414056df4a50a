"""Everything that says something without measuring it: observations with their components, those
inside another or inside a report, what a report concludes, and answers to questions, with the
questions and headings under which they stand (Q27).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from fhir_mappings.fhir import (
    NO_EVIDENCE,
    Placed,
    as_dict,
    as_list,
    as_text,
    code_of,
    codings_of,
    is_about_another,
    is_mistaken,
    read_date,
    read_verification,
    reference_of,
    texts_of,
)
from fhir_mappings.intake import RecordIndex
from fhir_mappings.judging import speaks_of_allergy, speaks_of_family
from fhir_mappings.said.affirmed import affirmed_in, is_denied
from fhir_mappings.terminology import has_marker
from fhir_mappings.text import normalise_text
from fhir_mappings.values import read_affirmed

Body = Mapping[str, Any]


class Saying(NamedTuple):
    """What one resource says: bodies with a name and an answer, as an observation has them. `day`
    is the day of it as it is written; `resource` states the status.
    """

    placed: Placed
    resource: Body
    day: Any
    bodies: tuple[Body, ...]


def observations_said(index: RecordIndex) -> Iterator[Saying]:
    """Yield the observations that measure nothing, those inside others and inside reports too; what
    is entered in error says nothing.
    """
    for placed in index.by_type.get("Observation", ()):
        if "valueQuantity" not in placed.resource and not is_mistaken(placed.resource):
            index.receipt.tick()
            yield _saying(placed, placed.resource)
        if "contained" in placed.resource:
            yield from _inside(index, placed)
    for placed in index.by_type.get("DiagnosticReport", ()):
        yield from _inside(index, placed)


def reports_said(index: RecordIndex) -> Iterator[Saying]:
    """Yield what reports conclude, in words and by codes."""
    for placed in index.by_type.get("DiagnosticReport", ()):
        index.receipt.tick()
        if not is_mistaken(placed.resource):
            bodies = tuple(_concluded(placed.resource))
            yield Saying(placed, placed.resource, day_of(placed.resource), bodies)


def answers_said(index: RecordIndex) -> Iterator[Saying]:
    """Yield the answers of questionnaires."""
    for placed in index.by_type.get("QuestionnaireResponse", ()):
        resource = placed.resource
        index.receipt.tick()
        if not is_mistaken(resource):
            bodies = tuple(answers_in(resource.get("item")))
            yield Saying(placed, resource, resource.get("authored"), bodies)


def alerts_said(index: RecordIndex) -> Iterator[Saying]:
    """Yield the flags, issues, adverse events and allergies that came in a list in which their type
    is not read: what they warn of decides nothing, and is not passed over either.
    """
    read = {placed.reference for placed in index.by_type.get("AllergyIntolerance", ())}
    for placed, _ in index.record.unusable:
        resource = placed.resource
        if placed.type not in ALERTS or is_about_another(resource, index.record.patient_id):
            continue
        if placed.reference in read or _is_over(resource, index.as_of):
            continue
        day = first_of(as_text(resource.get(name)) for name in ALERTS[placed.type])
        yield Saying(placed, resource, day or None, tuple(_alerted(placed.type, resource)))


ALERTS = {
    "Flag": (),
    "DetectedIssue": ("identifiedDateTime", "date"),
    "AdverseEvent": ("date", "occurrenceDateTime"),
    "AllergyIntolerance": ("recordedDate", "assertedDate"),
}
"""Types that nobody asks for under another key, with where they say their day. A flag in force is
of today.
"""


def _is_over(alert: Body, as_of: dt.date) -> bool:
    """Return whether an alert was taken back, or is no longer in force."""
    ended = read_date(as_dict(alert.get("period")).get("end"))
    return (
        is_mistaken(alert)
        or read_verification(alert) in NO_EVIDENCE
        or code_of(alert.get("status")) == "inactive"
        or (ended is not None and ended.latest < as_of)
    )


def _alerted(kind: str, resource: Body) -> Iterator[Body]:
    coded = (resource.get("code"), resource.get("event"), resource.get("substance"))
    named = [text for code in coded for text in texts_of(code)]
    parties = (*as_list(resource.get("implicated")), *as_list(resource.get("suspectEntity")))
    for party in map(as_dict, parties):
        named += [
            as_text(party.get("display")),
            as_text(as_dict(party.get("instance")).get("display")),
        ]
    named += [as_text(resource.get(name)) for name in ("detail", "description")]
    of_reaction = {"AllergyIntolerance": "Allergy", "AdverseEvent": "Adverse reaction"}
    name = of_reaction.get(kind, "Allergy" if any(map(speaks_of_allergy, named)) else "")
    for text in filter(None, named):
        said = text if not name or speaks_of_allergy(text) else f"{name}: {text}"
        yield {"code": {"text": name}, "valueString": said}
    for code in coded if kind == "Flag" else ():
        yield {"valueCodeableConcept": code}


def _saying(placed: Placed, resource: Body) -> Saying:
    bodies = (resource, *map(as_dict, as_list(resource.get("component"))))
    return Saying(placed, resource, day_of(resource), bodies)


_INHERITED = ("status", "effectiveDateTime", "effectivePeriod", "issued")


def _inside(index: RecordIndex, placed: Placed) -> Iterator[Saying]:
    """Yield the observations inside a resource: they take status and time from it where they have
    none of their own.
    """
    outer = placed.resource
    if is_mistaken(outer):
        return
    inherited = {name: outer[name] for name in _INHERITED if name in outer}
    for inner in map(as_dict, as_list(outer.get("contained"))):
        if inner.get("resourceType") != "Observation" or "valueQuantity" in inner:
            continue
        if not (is_mistaken(inner) or is_about_another(inner, index.record.patient_id)):
            yield _saying(placed, {**inherited, **inner})


def day_of(resource: Body) -> Any:
    """Return the day of an observation or a report, as it is written."""
    period = as_dict(resource.get("effectivePeriod"))
    days = (resource.get("effectiveDateTime"), period.get("end"), period.get("start"))
    return next(filter(None, days), resource.get("issued"))


def _concluded(report: Body) -> Iterator[Body]:
    """Yield the coded conclusions of a report, and what its conclusion says that is neither denied
    nor advice to everybody.
    """
    for name in ("conclusionCode", "codedDiagnosis"):
        for code in as_list(report.get(name)):
            yield {"valueCodeableConcept": as_dict(code).get("concept") or code}
    for said in affirmed_in(as_text(report.get("conclusion")), but_advice=True):
        yield {"valueString": said}


def answers_in(items: Any, headings: tuple[str, ...] = (), depth: int = 0) -> Iterator[Body]:
    """Yield the answers of a questionnaire as observations named by their questions, with the
    headings and questions above them; what is asked inside an answer, too.
    """
    for item in map(as_dict, as_list(items)):
        question = as_text(item.get("text"))
        below = (*headings, question) if question else headings
        inner = [item.get("item")]
        for answer in map(as_dict, as_list(item.get("answer"))):
            coding = as_dict(answer.get("valueCoding"))
            said = {"valueCodeableConcept": {"coding": [coding]}} if coding else {}
            yield {"code": {"text": question}, "headings": headings, **answer, **said}
            inner.append(answer.get("item"))
        for items_below in inner if depth < MOST_DEPTH else ():
            yield from answers_in(items_below, below, depth + 1)


MOST_DEPTH = 8


def is_of_family(saying: Saying, body: Body) -> bool:
    """Return whether what a body says is about the family, a donor or a child unborn, by a name or
    by a focus other than the patient.
    """
    own = reference_of(as_dict(saying.resource.get("subject")))
    focus = [as_dict(one) for one in as_list(saying.resource.get("focus"))]
    if any(one and reference_of(one) != own for one in focus):
        return True
    above = ({"text": text} for text in body.get("headings", ()))
    return any(map(speaks_of_family, (saying.resource.get("code"), body.get("code"), *above)))


def denies(text: str) -> bool:
    """Return whether a text begins as what was looked for and not found does."""
    return _DENIES.match(normalise_text(text[:40])) is not None


_DENIES = re.compile(
    r"(?:no|not|denie[sd]|without|nil|none|negative|absent(?!.*(?:reflex|jerk|vibrat|propriocep))|"
    r"normal|declin\w+|refus\w+|omitted|withheld|deferred|cancelled|did not|didn t|dna|nein|nej|"
    r"nei|nee|neen|non|nao|kein\w*|nie|nunca|jamais|aldrig?|geen|ingen)\b"
)
"""How an examination that found nothing, and what was not done, begins: it is no answer, and no
sign (Q1).
"""


_UNSURE = re.compile(
    r"(?:i am |i m )?(?:not (?:quite |really |entirely )?(?:sure|certain)|unsure|uncertain)|"
    r"(?:i )?(?:don t|dont|do not) know|maybe|perhaps|could be|might be|"
    r"(?:ich )?weiss (?:ich )?nicht|nicht sicher|unsicher|vielleicht|(?:je )?ne sais pas|"
    r"peut etre|no (?:lo )?se|quizas|tal vez|"
    r"non (?:lo )?so|forse|nao sei|talvez|(?:ik )?weet (?:ik |het )?niet|misschien|onzeker|"
    r"vet (?:inte|ej|ikke)|ved ikke|kanske|kanskje|maske|osaker|usikker"
)
"""The whole answer of somebody who does not know."""


def is_doubted(body: Body) -> bool:
    """Return whether the answer is that it may be so ("possible", "?", "not sure"), or a code alone
    that is neither yes nor no.
    """
    words = [text for text in answer_in_words(body) if text]
    if not words and codings_of(body.get("valueCodeableConcept")):
        return read_affirmed(body) is None
    if any(_UNSURE.fullmatch(normalise_text(text).strip(" .!?")) for text in words):
        return True
    told = [text for text in words if not (is_denied(text) or denies(text))]
    return any(map(has_marker, told)) and not any(
        speaks_of_family({"text": text}) for text in words
    )


def has_no_value(body: Body) -> bool:
    """Return whether a body has neither a value nor parts: that it is there is all it says."""
    return not any(name.startswith("value") or name in _SAYS_MORE for name in body)


_SAYS_MORE = ("component", "hasMember", "related", "dataAbsentReason", "headings")


def answer_in_words(body: Body) -> tuple[str, ...]:
    """Return the words of the answer that a body gives."""
    return (*texts_of(body.get("valueCodeableConcept")), as_text(body.get("valueString")))


def first_of(texts: Iterable[str]) -> str:
    """Return the first of these that is not empty; empty without."""
    return next(filter(None, texts), "")
