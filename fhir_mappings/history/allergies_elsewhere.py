"""Allergies that stand in another list: in the problem list, where they count, or as an
Observation, where they are shown and leave it open whether there is one (F21, Q26, Q27).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from fhir_mappings.fhir import (
    Placed,
    as_dict,
    as_key,
    as_list,
    as_text,
    is_mistaken,
    read_clinical,
    texts_of,
)
from fhir_mappings.history.allergy_words import (
    ALLERGENS,
    affirmed_in,
    counts,
    is_coded_as_allergy,
    leaves_substance_open,
    names_in,
    pointed_at,
)
from fhir_mappings.history.reading_lists import (
    name_of,
    newest_of,
    notes_of,
    performed_on,
    says_nothing_for,
)
from fhir_mappings.intake import RecordIndex, cite, describe_codes
from fhir_mappings.judging import (
    Understood,
    clauses_of_reaction,
    is_negative,
    meaningful_texts,
    names_another_substance,
    speaks_of_allergy,
    speaks_of_anaphylaxis,
    speaks_of_family,
    speaks_of_reaction,
    without_its_treatment,
)
from fhir_mappings.terminology import LONGEST_SEARCHED, Concept
from fhir_mappings.values import read_affirmed, reasons_and_notes
from recommender.language import Allergy, HintAt, truth_of

NOT_CURRENT = frozenset({"inactive", "resolved"})
"""Statuses of an allergy that is over; a severe one still counts until it is cleared (Q52)."""


def read_condition(index: RecordIndex, placed: Placed) -> list[Allergy]:
    """Return the allergies that an entry of the problem list names. One that does not say to what,
    or names what nobody knows, leaves it open whether there is one.
    """
    resource = placed.resource
    texts, noted, coded = _texts_that_speak(index, resource)
    if not (texts or noted or coded) or says_nothing_for(resource):
        return []
    date = newest_of(resource, "recordedDate", "assertedDate", "dateRecorded", "onsetDateTime")
    day = date.latest if date else None
    of_family = any(map(speaks_of_family, as_list(resource.get("category"))))
    for text in texts:
        affirmed = "" if of_family else affirmed_in(index, text)
        counted = _allergies_in(index, placed, affirmed, day) if affirmed else []
        if counted:
            return counted
    hints = [(at, text) for text in (*texts, *noted) for at in pointed_at(index, text)]
    for at, text in hints:
        index.understanding.hint(at, placed, text, day)
    if not hints:
        _note_open(index, placed)
    return []


def _note_open(index: RecordIndex, placed: Placed) -> None:
    """Note an allergy of the problem list of which nobody knows to what it is."""
    code, ledger = placed.resource.get("code"), index.understanding
    by = ledger.judged[placed.place].understood
    ended = read_clinical(placed.resource) in NOT_CURRENT
    if by is not Understood.BY_CODE and not ended and leaves_substance_open(index, code):
        named = describe_codes(code)
        ledger.open_allergy = f"an allergy in the problem list, to what is not known: {named}"


_Speaking = tuple[list[str], list[str], bool]


def _texts_that_speak(index: RecordIndex, resource: dict[str, Any]) -> _Speaking:
    """Return which words of an entry speak of an allergy, which others, notes too, may speak of one
    or of a reaction, and whether its code does; the same entry is looked through once in a record.
    """
    code, notes = resource.get("code"), notes_of(resource)
    written = ("allergy", as_key(code), notes)
    found: _Speaking | None = index.read_before.get(written)
    if found is None:
        coded = is_coded_as_allergy(index.value_sets, code)
        named = meaningful_texts(index.value_sets, code) if coded else tuple(texts_of(code))
        texts = [text for text in dict.fromkeys(named) if coded or speaks_of_allergy(text)]
        speaks = bool(texts)  # then what stands beside it may be what it is to
        noted = [
            text
            for text in (*named, *notes)
            if text not in texts and (speaks or speaks_of_allergy(text) or speaks_of_reaction(text))
        ]
        found = index.read_before[written] = (texts, noted, coded)
    return found


def _allergies_in(
    index: RecordIndex, placed: Placed, text: str, day: dt.date | None
) -> list[Allergy]:
    """Return the allergies that a text of the problem list names, of those that are over only the
    severe ones.
    """
    code = placed.resource.get("code")
    severe = truth_of(True if speaks_of_anaphylaxis(text) else None)
    over = read_clinical(placed.resource) in NOT_CURRENT
    if over and not severe.is_true:
        return []
    return [
        Allergy(ALLERGENS[match.concept], severe, cite(placed, match, code, day), active=not over)
        for match in names_in(index, text)
        if match.concept in ALLERGENS and counts(match)
    ]


def show_observation(index: RecordIndex, placed: Placed) -> None:
    """Note that the words of an Observation that is no result may mean an allergy to vitamin B12 or
    cobalt: what it is to stands in its name, its answer, or its components.
    """
    resource = placed.resource
    if is_mistaken(resource) or read_affirmed(resource) is False:
        return
    date = newest_of(resource, "effectiveDateTime", "effectiveInstant", "issued")
    bodies = [resource, *map(as_dict, as_list(resource.get("component")))]
    show_what_is_said(index, placed, bodies, date.latest if date else None)


def show_what_is_said(
    index: RecordIndex, placed: Placed, bodies: Sequence[Mapping[str, Any]], day: dt.date | None
) -> None:
    """Note the same of what has a name and an answer, each in words or by a code. A question names
    only what is affirmed: "Any allergies (penicillin, vitamin B12)?" is answered "penicillin".
    """
    texts = [text for body in bodies for text in _said_in(body)]
    if not any(map(speaks_of_allergy, texts)) and not any(
        is_coded_as_allergy(index.value_sets, body.get("code")) for body in bodies
    ):
        return
    asked = {text for text in texts if "?" in text}
    if any(_is_affirmed(index, body) for body in bodies):
        asked = set()
    for text in texts:
        for at in [] if is_negative(text) or text in asked else pointed_at(index, text):
            index.understanding.hint(at, placed, text, day)


def _is_affirmed(index: RecordIndex, body: Mapping[str, Any]) -> bool:
    """Return whether the answer is yes, and names nothing else ("Yes, penicillin")."""
    languages = index.value_sets.languages
    answer = as_text(body.get("valueString"))
    return read_affirmed(body) is True and not names_another_substance(answer, languages)


def _said_in(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield the words of a result: its name and its answer."""
    if read_affirmed(body) is not False:
        yield from texts_of(body.get("code"))
        yield from texts_of(body.get("valueCodeableConcept"))
        yield as_text(body.get("valueString"))


def show_complication(index: RecordIndex, placed: Placed) -> None:
    """Note that an injection of vitamin B12 recorded as a procedure had a complication that may be
    a reaction to it.
    """
    resource, matches = placed.resource, index.understanding.judged[placed.place].matches
    if not matches or is_mistaken(resource):
        return
    if _INJECTED.isdisjoint([match.concept for match in matches]):
        return
    complications = as_list(resource.get("complication"))
    followed = [
        text for one in complications for text in texts_of(as_dict(one).get("concept") or one)
    ]
    words = reaction_in(index, (*followed, *reasons_and_notes(resource)))
    if words:
        date, named = performed_on(resource), f"{words} ({name_of(resource.get('code'))})"
        index.understanding.hint(HintAt.ALLERGY, placed, named, date.latest if date else None)


_INJECTED = frozenset({Concept.B12_ADMINISTRATION, Concept.CYANOCOBALAMIN_INJECTION})


def reaction_in(index: RecordIndex, texts: Iterable[str]) -> str:
    """Return the words beside an entry of vitamin B12 that speak of a reaction, which may be to it;
    empty where they deny one, or name something else as its cause.
    """
    for text in texts:
        for clause in clauses_of_reaction(text[:LONGEST_SEARCHED]):
            cause = without_its_treatment(clause)
            if pointed_at(index, clause) or not names_another_substance(
                cause, index.value_sets.languages
            ):
                return text
    return ""
