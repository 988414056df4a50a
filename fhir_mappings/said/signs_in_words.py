"""Nerve signs that stand in words alone in an observation, a report or a questionnaire, or in an
answer that is in doubt: they decide nothing, and are quoted and asked about (Q27, Q28).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Set

from fhir_mappings.fhir import Placed, code_of, read_date, texts_of
from fhir_mappings.fhir import versions as fhir_versions
from fhir_mappings.intake import HINTS, RecordIndex
from fhir_mappings.said.affirmed import affirmed_in
from fhir_mappings.said.sayings import (
    Body,
    Saying,
    answer_in_words,
    answers_said,
    first_of,
    has_no_value,
    is_doubted,
    is_of_family,
    observations_said,
    reports_said,
)
from fhir_mappings.terminology import Concept, Field, Role, has_marker, read_words
from fhir_mappings.text import without_accents
from fhir_mappings.values import read_affirmed
from recommender.guidance import NEW_SIGN_DAYS
from recommender.language import HintAt

NEVER_MADE = frozenset({"cancelled", "registered"})
NOT_ANSWERED = frozenset({"in-progress", "stopped"})
"""How answers say that they are not to the end; of another status nobody knows whether they are."""


def hint_at_signs(index: RecordIndex, read: Set[str]) -> None:
    """Note the nerve signs of the last 90 days in words of observations that stand for nothing
    known here, of reports, and of answers to questions.

    Args:
        read: the places of what is read as a result or an answer already.
    """
    for saying in observations_said(index):
        inside = saying.resource is not saying.placed.resource
        known = inside and index.value_sets.concepts(saying.resource.get("code"))
        if known or (not inside and saying.placed.place in read):
            continue
        if code_of(saying.resource.get("status")) not in NEVER_MADE:
            _hint(index, saying)
    for saying in reports_said(index):
        _hint(index, saying)
    for saying in answers_said(index):
        if code_of(saying.resource.get("status")) not in NOT_ANSWERED:
            _hint(index, saying)


_SENTENCE = re.compile(r"[.;\n]")
_LOOKED_FOR = re.compile(
    r"\b(?:ask\w*|enquir\w+|inquir\w+|screen\w*|check\w*|assess\w*|examin\w*|test\w*|none|negative|"
    r"gefragt|erfragt|gepr\w+|unauff\w+)\b",
    re.IGNORECASE,
)


def hint_at_signs_noted(index: RecordIndex, placed: Placed, day: dt.date | None) -> None:
    """Note a sign that the note of a screen names, and not what was asked and looked for: beside
    "none found" nobody knows which holds.
    """
    notes = fhir_versions.read_notes(placed.resource)
    sentences = (one for note in notes for one in _SENTENCE.split(note))
    text = first_of(_signs_in(one for one in sentences if not _LOOKED_FOR.search(one)))
    if text:
        index.understanding.hint(HintAt.NEUROLOGY, placed, text, day)


def _hint(index: RecordIndex, saying: Saying) -> None:
    day = read_date(saying.day)
    since = index.as_of - dt.timedelta(days=NEW_SIGN_DAYS)
    if day is not None and (day.latest < since or day.earliest > index.tomorrow):
        return
    own = (body for body in saying.bodies if not is_of_family(saying, body))
    text = first_of(_sign_in(index, body) for body in own)
    if text:
        index.understanding.hint(HintAt.NEUROLOGY, saying.placed, text, day and day.latest)


def _sign_in(index: RecordIndex, body: Body) -> str:
    """Return the words by which a body says that there is a sign: its value or note names one, or
    its name does and the value affirms or doubts it. A name without a value has to be that of a
    sign as a whole.
    """
    affirmed = read_affirmed(body)
    said = list(answer_in_words(body))
    if affirmed is not False:
        said += fhir_versions.read_notes(body)
    names = texts_of(body.get("code"))
    if impaired := _impaired(names, said):
        return impaired
    if affirmed or (affirmed is None and is_doubted(body)):
        return first_of(
            (*_signs_in((*said, *names)), *_coded(index, body, "valueCodeableConcept", "code"))
        )
    bare = affirmed is None and has_no_value(body)
    named = list(_signs_in(said))
    named += (name for name in names if _is_a_sign(index, name)) if bare else ()
    coded = ("valueCodeableConcept", *(("code",) if bare else ()))
    return first_of((*named, *_coded(index, body, *coded)))


_EXAMINED = re.compile(
    r"vibration\w*|propriocep\w*|(?:joint )?position sense|monofilament|light touch|pin ?prick|"
    r"(?:ankle|achilles|knee|tendon) (?:reflex|jerk)\w*|tandem gait|sensation|"
    r"sensib\w+(?! (?:aux?|to|agli|alle|a los|der|gegen|antib))|pall\w*sth\w+|"
    r"pal+estesi\w+|vibrat\w+zin|vibratoire",
    re.IGNORECASE,
)
_IMPAIRED = re.compile(
    r"\b(?<!not )(?<!nicht )(?:reduced|decreased|diminished|absent|impaired|abnormal|poor|loss|"
    r"not felt|vermindert|herabgesetzt|aufgehoben|fehlend|diminue\w*|aboli\w*|disminuid\w+|ausente|"
    r"ridott\w+|assente|diminuid\w+|verminderd|afwezig|nedsatt?|sankt)\b",
    re.IGNORECASE,
)
"""What an examination of the nerves is called, and how its answer says that it found a sign."""


def _impaired(names: Iterable[str], said: Iterable[str]) -> str:
    """Return an examination with its answer ("Vibration sense: reduced"), of which neither names
    the sign by itself.
    """
    found = [one for one in said if _IMPAIRED.search(without_accents(one))]
    examined = [name for name in names if _EXAMINED.search(without_accents(name))]
    return f"{examined[0]}: {found[0]}" if examined and found else ""


def _coded(index: RecordIndex, body: Body, *names: str) -> Iterator[str]:
    """Yield what the codes of signs are called."""
    for name in names:
        for one in index.value_sets.concepts(body.get(name)):
            if one.role is not Role.EXCLUDE and _is_sign(one.concept):
                yield one.member.display


def _signs_in(texts: Iterable[str]) -> Iterator[str]:
    """Yield what these say of signs that nothing denies."""
    for part in (part for text in texts for part in affirmed_in(text)):
        read = read_words(part, Field.CONDITIONS)
        if any(_is_sign(member.concept) for member in (*read.decided, *read.shown)):
            yield part


def _is_a_sign(index: RecordIndex, text: str) -> bool:
    """Return whether a name is that of a sign as a whole, by its wordings or as the lists have it
    ("Paresthesia of foot").
    """
    found = () if has_marker(text) else index.value_sets.match_text(text, Field.CONDITIONS)
    listed = (match.member for match in found)
    named = (*read_words(text, Field.CONDITIONS).decided, *listed)
    return any(_is_sign(one.concept) for one in named if one.role is not Role.EXCLUDE)


def _is_sign(concept: Concept) -> bool:
    return HintAt.NEUROLOGY in HINTS.get(concept, ())
