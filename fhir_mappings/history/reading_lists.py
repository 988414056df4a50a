"""Goes through the lists of a record once, before any fact is read: what each entry says, by what
it was understood, and what its words point at (Q26, Q27).

Everything that concludes "none" comes after this, since a hint may stand in any list.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from fhir_mappings.fhir import (
    NO_EVIDENCE,
    NOT_DONE,
    NOTES,
    DateSpan,
    Placed,
    as_dict,
    as_key,
    as_list,
    as_text,
    code_of,
    is_changed,
    is_reversed,
    read_clinical,
    read_date,
    read_flag,
    read_notes,
    read_onset,
    read_period,
    read_verification,
    texts_of,
)
from fhir_mappings.history.allergy_words import (
    is_coded_as_allergy,
    names_only_an_allergy,
)
from fhir_mappings.intake import (
    HINTS,
    InFuture,
    RecordIndex,
    describe_codes,
    name_entry,
    newest_day,
    that_may_last,
)
from fhir_mappings.judging import (
    Judged,
    Shown,
    Understood,
    as_of_family,
    certainty_of,
    judge,
    shown_by_edition,
    speaks_of_allergy,
)
from fhir_mappings.terminology import Concept, Field, Match, Role, has_marker
from fhir_mappings.values import holds_length
from recommender.guidance import look_back
from recommender.language import HintAt

MOST_NOTES = 10
"""Notes of one entry that are looked through."""

_ONLY_NOW = frozenset({HintAt.PREGNANCY, HintAt.SYMPTOMS, HintAt.NITROUS_OXIDE})
"""What the words of an entry that has ended no longer point at."""


def judge_lists(index: RecordIndex) -> None:
    """Judge every Condition and Procedure; hints and counts stand in `index.understanding`."""
    for placed in index.of_type("Condition"):
        index.receipt.tick()
        _judge_condition(index, placed)
    for placed in index.of_type("Procedure"):
        index.receipt.tick()
        _judge_procedure(index, placed)


def _judge_condition(index: RecordIndex, placed: Placed) -> None:
    resource, ledger = placed.resource, index.understanding
    judged = _judge(index, resource, (Field.CONDITIONS, Field.PROCEDURES))
    says_nothing = says_nothing_for(resource)
    if says_nothing:
        judged = Judged(judged.matches, (), Understood.BY_CODE)
    ledger.judged[placed.place] = judged
    ledger.count("conditions", placed, judged.understood)
    onset = read_onset(resource)
    date = newest_of(resource, "recordedDate", "assertedDate", "dateRecorded") or onset
    later = next((span for span in (onset, date) if _is_future(span, index.tomorrow)), None)
    day = newest_day(later or date)
    if later:
        _note_future(index, placed, judged, day)
        return
    if judged.shown:
        ledger.show(placed, Judged(judged.matches, _points_at(index, resource, judged)), day)
    if says_nothing:
        return
    _ask_about(index, placed, judged, day)
    _quote_lengths(index, placed, judged, day)
    if injection := _injection_in(judged):
        named = name_entry(resource.get("code"), injection)
        ledger.hint(HintAt.B12_TREATMENT, placed, named, day)
    _note_stopped(index, placed, judged, day)


def _note_stopped(index: RecordIndex, placed: Placed, judged: Judged, day: dt.date | None) -> None:
    """Note that an entry tells of injections of vitamin B12 that were stopped: until then they were
    given, so that a level after it may stand on them (Q28, I18).
    """
    if any(match.concept is Concept.B12_ADMINISTRATION_STOPPED for match in judged.matches):
        since = index.as_of - dt.timedelta(days=look_back.TREATMENT_DAYS)
        if day is None or day >= since:
            what = name_of(placed.resource.get("code"))
            index.understanding.hint(HintAt.B12_TREATMENT, placed, what, day)


def _points_at(index: RecordIndex, resource: dict[str, Any], judged: Judged) -> tuple[Shown, ...]:
    """Return what the words of a Condition point at: not at what is only now, where it has ended,
    nor at treatment where they name an allergen.
    """
    ended = read_clinical(resource) in ("resolved", "inactive", "remission")
    return tuple(
        item
        for item in judged.shown
        if not (ended and _ONLY_NOW.issuperset(HINTS[item.concept]))
        and not _names_an_allergen(index, resource.get("code"), item)
    )


def _names_an_allergen(index: RecordIndex, code: Any, item: Shown) -> bool:
    """Return whether words that seem to speak of vitamin B12 given say what an allergy is to."""
    return item.concept is Concept.B12_ADMINISTRATION and (
        speaks_of_allergy(item.text) or is_coded_as_allergy(index.value_sets, code)
    )


ASKED_ABOUT = frozenset(
    {
        Concept.GASTRIC_BAND,
        Concept.POST_GASTRIC_SURGERY,
        Concept.GASTRIC_BYPASS_RNY,
        Concept.BARIATRIC_STATUS,
        Concept.SMALL_BOWEL_RESECTION_UNSPECIFIED,
        Concept.RIGHT_HEMICOLECTOMY,
        Concept.CROHN_UNSPECIFIED,
        Concept.CROHN_ILEAL,
        Concept.ATROPHIC_GASTRITIS,
        Concept.B12_DEFICIENCY,
    }
)
"""What is asked about where its code is not specific: operations, Crohn's disease of an unknown
part, a vitamin of the B group that lacks (P3, P6, Q26).
"""


def _ask_about(index: RecordIndex, placed: Placed, judged: Judged, day: dt.date | None) -> None:
    """Note the codes that name such a thing without saying enough of it."""
    for match in judged.matches:
        if match.role is Role.REVIEW and match.concept in ASKED_ABOUT:
            for at in HINTS[match.concept]:
                index.understanding.hint(at, placed, match.words, day)


def _quote_lengths(index: RecordIndex, placed: Placed, judged: Judged, day: dt.date | None) -> None:
    """Note words that point at ileal Crohn's disease, or at an ileal resection that they do not
    deny, and hold a length in no fixed form (C34, Q34).
    """
    for item in judged.shown:
        ileal = item.concept is Concept.ILEAL_RESECTION or (
            item.concept is Concept.RIGHT_HEMICOLECTOMY and "ile" in item.text.lower()
        )
        resected = ileal and not has_marker(item.text)
        if (resected or item.concept is Concept.CROHN_ILEAL) and holds_length(item.text):
            index.understanding.hint(HintAt.ILEAL_LENGTH, placed, item.text, day)


def _injection_in(judged: Judged) -> Match | None:
    """Return what in an entry names an injection of vitamin B12, if anything: in the problem list
    such an event has no day on which it was given (Q30).
    """
    return next(
        (
            match
            for match in judged.matches
            if match.concept is Concept.B12_ADMINISTRATION
            and match.role in (Role.INCLUDE, Role.REVIEW)
        ),
        None,
    )


def _judge_procedure(index: RecordIndex, placed: Placed) -> None:
    resource, ledger = placed.resource, index.understanding
    judged = _judge(index, resource, (Field.PROCEDURES,))
    not_done = code_of(resource.get("status")) in NOT_DONE or any(
        read_flag(resource.get(name)) for name in ("notDone", "notPerformed")
    )
    if not_done and not is_changed(resource):
        judged = Judged(judged.matches, (), Understood.BY_CODE)
    ledger.judged[placed.place] = judged
    ledger.count("procedures", placed, judged.understood)
    date = performed_on(resource)
    if _is_future(date, index.tomorrow) and not not_done:
        _note_future(index, placed, judged, date.latest if date else None)
        return
    day = date.latest if date else None
    ledger.show(placed, that_may_last(judged, day, index.as_of), day)
    if not not_done:
        _ask_about(index, placed, judged, day)
        _quote_lengths(index, placed, judged, day)
        _note_stopped(index, placed, judged, day)


def _judge(index: RecordIndex, resource: dict[str, Any], fields: tuple[Field, ...]) -> Judged:
    """Return what an entry says; the same code and notes are judged once in a record."""
    notes = notes_of(resource)
    spoken = as_text(resource.get("language"))
    written = (as_key(resource.get("code")), notes, fields[0].value, spoken)
    judged: Judged | None = index.read_before.get(written)
    if judged is None:
        judged = judge(index.value_sets_for(resource), resource.get("code"), fields, notes)
        if judged.understood is Understood.NOT and names_only_an_allergy(
            index.value_sets, resource.get("code")
        ):
            judged = judged._replace(understood=Understood.BY_WORDS)
        if judged.understood is not Understood.BY_CODE and not judged.matches:
            by_code = shown_by_edition(index.value_sets, resource.get("code"))
            further = (one for one in by_code if one.concept in HINTS)
            judged = judged._replace(shown=(*judged.shown, *further))
        index.read_before[written] = judged
    return as_of_family(judged, resource)


def says_nothing_for(resource: dict[str, Any]) -> bool:
    """Return whether a Condition is refuted or a mistake, wherever that stands."""
    return read_verification(resource) in NO_EVIDENCE or certainty_of(resource) == "A"


def notes_of(resource: dict[str, Any]) -> tuple[str, ...]:
    """Return the notes of an entry as words, and what the evidence of a Condition is called; of
    many the first.
    """
    if NOTES.isdisjoint(resource) and "evidence" not in resource:
        return ()
    texts = read_notes(resource)[:MOST_NOTES]
    for item in as_list(resource.get("evidence"))[:MOST_NOTES]:
        for code in (*as_list(as_dict(item).get("code")), as_dict(item).get("concept")):
            texts += texts_of(code)
    return tuple(text for text in texts if text)


def name_of(code: Any) -> str:
    """Return what an entry is called where it has words, else its codes."""
    return next((text for text in texts_of(code) if text), "") or describe_codes(code)


def newest_of(resource: dict[str, Any], *names: str) -> DateSpan | None:
    """Return the first of these dates that can be read."""
    return next((span for name in names if (span := read_date(resource.get(name)))), None)


def performed_on(resource: dict[str, Any]) -> DateSpan | None:
    """Return when a Procedure was done: `performed[x]` (to R4), `occurrence[x]` (R5)."""
    return next(_performed(resource), None)


def _performed(resource: dict[str, Any]) -> Iterator[DateSpan]:
    for name in ("performed", "occurrence"):
        start, end = read_period(resource.get(f"{name}Period"))
        days = () if is_reversed(start, end) else (end, start)
        for span in (read_date(resource.get(f"{name}DateTime")), *days):
            if span:
                yield span


def _is_future(date: DateSpan | None, tomorrow: dt.date) -> bool:
    return date is not None and date.earliest > tomorrow


def _note_future(index: RecordIndex, placed: Placed, judged: Judged, day: dt.date | None) -> None:
    """Note that an entry of the future is no fact, but that its fact cannot be "none" and its words
    are shown (Q31).
    """
    named = name_of(placed.resource.get("code"))
    said = [(match.concept, named) for match in judged.matches if match.role is not Role.EXCLUDE]
    said += [(shown.concept, shown.text) for shown in judged.shown]
    planned = code_of(placed.resource.get("status")) in _PLANNED
    for concept, text in said:
        for at in HINTS.get(concept, ()):
            if planned:
                index.understanding.future.setdefault(at, InFuture(str(day), placed.reference))
            else:
                index.understanding.put_off(at, placed, text, str(day))


_PLANNED = frozenset({"preparation", "planned", "scheduled", "on-hold"})
"""Statuses of what is rightly dated in the future, so that there is nothing to ask about."""
