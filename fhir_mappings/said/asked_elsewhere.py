"""What observations, reports and answers to questions say of diagnoses, operations and medicines
whose "none recorded" rests on other lists: bleeding, kidneys, anticoagulants, nitrous oxide and the
like. It decides nothing, and is quoted and asked about (Q26 to Q28).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from fhir_mappings.fhir import (
    COUNTED,
    as_text,
    code_of,
    months_before,
    read_date,
    read_notes,
    texts_of,
)
from fhir_mappings.intake import HINTS, RecordIndex
from fhir_mappings.judging import speaks_of_allergy, text_of_event
from fhir_mappings.said.affirmed import (
    affirmed_in,
    is_agreed_to,
    is_denied,
    without_finding,
)
from fhir_mappings.said.sayings import (
    Body,
    Saying,
    alerts_said,
    answers_said,
    has_no_value,
    is_doubted,
    is_of_family,
    observations_said,
    reports_said,
)
from fhir_mappings.terminology import Concept, Field, Role, read_words
from fhir_mappings.text import normalise_text
from fhir_mappings.values import read_affirmed
from recommender.guidance import look_back
from recommender.language import HintAt

FOR_LIFE = frozenset(
    {
        HintAt.BLEEDING_DISORDER,
        HintAt.KIDNEY_DISEASE,
        HintAt.DIALYSIS,
        HintAt.HAEMOLYSIS,
        HintAt.RAISES_B12,
        HintAt.GASTRIC_SURGERY,
        HintAt.BARIATRIC_SURGERY,
        HintAt.ILEAL_SURGERY,
        HintAt.CAUSE,
        HintAt.DEFICIENCY,
    }
)
OF_THE_YEAR = frozenset(
    {
        HintAt.ANTICOAGULANT,
        HintAt.B12_TREATMENT,
        HintAt.METHOTREXATE,
        HintAt.NITROUS_OXIDE,
    }
)
"""What is asked about where an answer names it: always, or while it is of the last year."""

FIELDS = (Field.CONDITIONS, Field.PROCEDURES, Field.DRUGS)
LONGEST_ANSWER = 200
"""Characters of an answer in words that are looked through."""

_METHOTREXATE = re.compile(r"meth?otrexat|\bmtx\b")


def hint_at_what_is_asked(index: RecordIndex) -> None:
    """Note these facts from all that says something without measuring it."""
    for saying in observations_said(index):
        _hint(index, saying, in_answers=False, but=_read_as_they_are(index, saying))
    for saying in reports_said(index):
        _hint(index, saying, in_answers=False)
    flags = (alert for alert in alerts_said(index) if alert.placed.type == "Flag")
    for saying in chain(answers_said(index), flags):
        _hint(index, saying, in_answers=True)


DIETS = frozenset({Concept.VEGAN, Concept.LOW_B12_INTAKE})


def _read_as_they_are(index: RecordIndex, saying: Saying) -> frozenset[HintAt]:
    """Return of which facts an observation is no hint, as it is read for them: a test or question
    that is known, an injection of vitamin B12, a diet.
    """
    if code_of(saying.resource.get("status")) not in COUNTED:
        return frozenset()
    code, answer = saying.resource.get("code"), saying.resource.get("valueCodeableConcept")
    named = index.value_sets.find(code, Field.LABS, Field.OBSERVATIONS)
    if any(match.concept not in HINTS for match in named):
        return FOR_LIFE | OF_THE_YEAR
    coded = any(match.concept is Concept.B12_ADMINISTRATION for match in named)
    given = {HintAt.B12_TREATMENT} if coded or text_of_event(texts_of(code)) else set()
    eats = {match.concept for match in index.value_sets.concepts(answer)} & DIETS
    return frozenset(given | ({HintAt.CAUSE} if eats else set()))


def _hint(
    index: RecordIndex, saying: Saying, *, in_answers: bool, but: frozenset[HintAt] = frozenset()
) -> None:
    day = read_date(saying.day)
    if code_of(saying.resource.get("status")) == "registered":
        return
    if day is not None and day.earliest > index.tomorrow:
        return
    year = months_before(index.as_of, look_back.STATE_MONTHS)
    asked = FOR_LIFE if day is not None and day.latest < year else FOR_LIFE | OF_THE_YEAR
    lately = index.as_of - dt.timedelta(days=look_back.PREGNANCY_DAYS)
    if in_answers and (day is None or day.latest >= lately):  # of observations: `read_pregnancy`
        asked |= {HintAt.PREGNANCY, HintAt.PLANNING_PREGNANCY}
    asked -= but
    for body in saying.bodies:
        if read_affirmed(body) is False or is_of_family(saying, body) or _asks_of_allergy(body):
            continue
        for text, concept in _said(index, body, in_answers):
            for at in HINTS.get(concept, ()):
                if at in asked and (at is not HintAt.METHOTREXATE or _names_methotrexate(text)):
                    index.understanding.hint(at, saying.placed, text, day and day.latest)


def _asks_of_allergy(body: Body) -> bool:
    """Return whether a body names what an allergy is to, which is not taken."""
    return any(map(speaks_of_allergy, (*texts_of(body.get("code")), *body.get("headings", ()))))


def _said(index: RecordIndex, body: Body, in_answers: bool) -> Iterator[tuple[str, Concept]]:
    """Yield what a body says, each with its words: by its answer, and by its name where the answer
    affirms or doubts it. In an answer to a question, and under a name that asks for illnesses or
    medicines, a name anywhere counts, elsewhere a text that is a name as a whole.
    """
    affirmed = read_affirmed(body) or is_doubted(body)
    name, value = body.get("code"), body.get("valueCodeableConcept")
    names = [text for text in texts_of(name) if not is_agreed_to(text)]
    for text in names if affirmed or has_no_value(body) else ():
        yield from _in_words(index, text, anywhere=bool(affirmed))
    written = (*texts_of(value), as_text(body.get("valueString")), *read_notes(body))
    told = [(said, not in_answers) for said in written if said]
    in_answers = in_answers or _asks_of_illness(name)
    for text in (part for said, but_advice in told for part in _parts_of(said, but_advice)):
        yield from _in_words(index, text, anywhere=in_answers)
    coded = [value, name] if affirmed or has_no_value(body) else [value]
    for match in (match for code in coded for match in index.value_sets.concepts(code)):
        if match.role is not Role.EXCLUDE:
            yield match.member.display, match.concept
            if match.concept not in HINTS:  # a medicine, by its name
                yield from _in_words(index, match.member.display, anywhere=in_answers)


def _asks_of_illness(name: Any) -> bool:
    """Return whether an observation is called by what it lists: "Past medical history"."""
    return any(_OF_ILLNESS.search(normalise_text(text[:LONGEST_ANSWER])) for text in texts_of(name))


_OF_ILLNESS = re.compile(
    r"diagnos|problem|history|anamnes|finding|befund|illness|disease|condition|medi[ck]a|medicine|"
    r"medicin\b|farmac|l(?:a|ae)kemed|legemid|laegemid|traitement|treatment|tratam|trattam|behandl|"
    r"therap|terap|procedure|intervention|inje[ck]|injec|iniez|inyec|administ|verabreich|antecedent|"
    r"geschiedenis|voorgeschiedenis|sygehistori|sjukhistori|sy[gk]dom|sjukdom|krankheit|maladie|"
    r"enfermedad|malatti|doenca|ziekte|aandoening|comorbid|komorbid|\bpm?hx?\b|substance|misuse|"
    r"\bdrug|drog"
)


def _parts_of(said: str, but_advice: bool) -> Iterator[str]:
    """Yield the whole of a short answer, else the parts of it that nothing denies."""
    affirmed = list(affirmed_in(said, but_advice=but_advice))
    whole = said.strip()
    short = len(said) <= LONGEST_ANSWER and not is_denied(said) and affirmed
    parts = (part.strip() for sentence in affirmed for part in sentence.split(","))
    for part in dict.fromkeys((*([whole] if short else ()), *parts)):
        if part and len(part) <= LONGEST_ANSWER and not speaks_of_allergy(part):
            yield part


def _in_words(index: RecordIndex, text: str, *, anywhere: bool) -> Iterator[tuple[str, Concept]]:
    """Yield what a text names as a whole, or `anywhere` in it, medicines by their names too. As a
    whole it also names what a report finds it consistent with.
    """
    named = index.value_sets.match_text(text, Field.DRUGS) if anywhere else ()
    found = [match.member for match in named]
    whole = text if anywhere else without_finding(text)
    for field in FIELDS:
        read = read_words(whole, field)
        found += (*read.decided, *(read.shown if anywhere else ()))
    for member in found:
        if member.role is not Role.EXCLUDE:
            yield text, member.concept


def _names_methotrexate(text: str) -> bool:
    """Return whether it is methotrexate itself: its concept holds other drugs too."""
    return _METHOTREXATE.search(normalise_text(text)) is not None
