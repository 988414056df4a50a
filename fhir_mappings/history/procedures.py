"""Procedures: operations that stop vitamin B12 from being absorbed, dialysis, and injections
recorded as procedures (F13, F14, F17).

Not taken into account: right hemicolectomy, which removes only the end of the ileum. Bowel
resections that do not name the ileum are asked about.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from fhir_mappings.fhir import (
    DONE,
    DONE_OR_UNKNOWN,
    NOT_DONE,
    DateSpan,
    Placed,
    code_of,
    read_flag,
    read_notes,
    texts_of,
    what_changes,
)
from fhir_mappings.history.reading_lists import performed_on
from fhir_mappings.intake import (
    HINTS,
    RecordIndex,
    cite,
    day_given,
    name_entry,
    newest_day,
    why_role_unused,
    why_status,
    why_unknown,
)
from fhir_mappings.terminology import Concept, Match, Role
from fhir_mappings.values import holds_length, read_resected_length, words_of_not_given
from recommender.guidance import look_back
from recommender.language import (
    NO_RESULT,
    NONE_RECORDED,
    Cause,
    CauseFinding,
    DoseGiven,
    DoseKind,
    Evidence,
    Fact,
    HintAt,
    Measurement,
    Route,
    Substance,
    Truth,
)

CAUSES: dict[Concept, Cause] = {
    Concept.ILEAL_RESECTION: Cause.ILEAL_RESECTION,
    Concept.TOTAL_ILEAL_RESECTION: Cause.ILEAL_RESECTION,
    Concept.TOTAL_GASTRECTOMY: Cause.TOTAL_GASTRECTOMY,
    Concept.PARTIAL_GASTRECTOMY: Cause.GASTRECTOMY_OTHER,
    Concept.ILEAL_BYPASS: Cause.OTHER_MALABSORPTION,
    Concept.GASTRIC_BYPASS_RNY: Cause.BARIATRIC,
    Concept.SLEEVE_GASTRECTOMY: Cause.BARIATRIC,
    Concept.BPD_DUODENAL_SWITCH: Cause.BARIATRIC,
    Concept.BARIATRIC_GENERIC: Cause.BARIATRIC,
    Concept.GASTRIC_BAND: Cause.GASTRIC_BAND,
}
"""The causes of F13 that an operation makes."""

UNDONE_BY: dict[Concept, Concept] = {
    Concept.ILEAL_BYPASS: Concept.ILEAL_BYPASS_REVERSAL,
    Concept.BPD_DUODENAL_SWITCH: Concept.BPD_REVERSAL,
}
"""Operations that a later one takes back."""

RESECTIONS = frozenset({Concept.ILEAL_RESECTION, Concept.TOTAL_ILEAL_RESECTION})

INJECTIONS: dict[Concept, Substance] = {
    Concept.B12_ADMINISTRATION: Substance.COBALAMIN_UNSPECIFIED,
    Concept.CYANOCOBALAMIN_INJECTION: Substance.CYANOCOBALAMIN,
}

COUNTS_FOR = {
    **dict.fromkeys(INJECTIONS, look_back.TREATMENT_DAYS),
    Concept.DIALYSIS: look_back.DIALYSIS_DAYS,
}
"""Days after which a procedure that was carried out says nothing any more; any other stays."""


class Operation(NamedTuple):
    """One procedure that was done, as one of the things it stands for."""

    placed: Placed
    match: Match
    done: DateSpan | None
    evidence: Evidence


class ProcedureFacts(NamedTuple):
    """What the Procedures say."""

    causes: tuple[CauseFinding, ...] = ()
    dialysis: Fact = NONE_RECORDED
    doses: tuple[DoseGiven, ...] = ()
    ileal_resection_complete: Fact = NONE_RECORDED
    ileal_resection_length: Measurement = NO_RESULT
    anticoagulant_use: tuple[Evidence, ...] = ()


def map_procedures(index: RecordIndex) -> ProcedureFacts:
    """Return the facts of the Procedures."""
    operations = _read_operations(index)
    last_done = _last_done(operations)
    standing = [item for item in operations if not _was_undone(item, last_done)]
    causing = [
        item
        for item in standing
        if item.match.concept in CAUSES and item.match.role is Role.INCLUDE
    ]
    complete = [item for item in causing if item.match.concept is Concept.TOTAL_ILEAL_RESECTION]
    anticoagulated = [
        item for item in operations if item.match.concept is Concept.ANTICOAGULANT_THERAPY
    ]
    nothing = index.nothing_found("procedures", at=(HintAt.ILEAL_SURGERY,))
    no_dialysis = index.nothing_found("procedures", at=(HintAt.DIALYSIS,))
    facts = ProcedureFacts(
        causes=tuple(CauseFinding(CAUSES[item.match.concept], item.evidence) for item in causing),
        dialysis=_dialysis(index, operations, no_dialysis),
        doses=_doses(index, operations),
        ileal_resection_complete=_claim(complete, nothing),
        ileal_resection_length=_resection_length(index, causing),
        anticoagulant_use=tuple(item.evidence for item in anticoagulated),
    )
    _close(index, operations, standing)
    return facts


def _close(index: RecordIndex, operations: list[Operation], standing: list[Operation]) -> None:
    """Write into the receipt what is said of each operation that no fact cites."""
    stands = {id(item) for item in standing}
    for item in operations:
        index.receipt.unless_cited(
            item.placed,
            _why_not_used(item.match) if id(item) in stands else "undone by a later operation",
        )


def _read_operations(index: RecordIndex) -> list[Operation]:
    operations: list[Operation] = []
    for placed in index.of_type("Procedure"):
        index.receipt.tick()
        resource = placed.resource
        code = resource.get("code")
        matches = index.understanding.judged[placed.place].matches
        if not matches:
            index.receipt.ignore(placed, partial(why_unknown, code))
            continue
        done = performed_on(resource)
        name = name_entry(code, matches[0])
        if why_not := _why_not_done(name, resource, done, index.tomorrow):
            index.receipt.ignore(placed, why_not)
            continue
        if _leaves_open(index, placed, name, matches) or _denies_injection(index, placed, matches):
            continue
        for match in matches:
            operations.append(
                Operation(placed, match, done, cite(placed, match, code, newest_day(done), "done"))
            )
    return operations


def _leaves_open(index: RecordIndex, placed: Placed, name: str, matches: tuple[Match, ...]) -> bool:
    """Return whether the status of a procedure leaves open whether it was carried out, or all of
    it: what it would mean is then asked about.
    """
    resource, injected = placed.resource, any(one.concept in INJECTIONS for one in matches)
    status, changed = code_of(resource.get("status")), what_changes(resource)
    if status in (DONE if injected else DONE_OR_UNKNOWN) and not (changed and injected):
        return False
    why = f"changed by {changed}" if changed else f"status {status or 'missing'}"
    said, day = f"{name}, {why}", newest_day(performed_on(resource))
    index.receipt.ignore(placed, said)
    age = (index.as_of - day).days if day else 0  # a day that is not known may be any
    for concept in (match.concept for match in matches if match.role is not Role.EXCLUDE):
        if age <= COUNTS_FOR.get(concept, age):
            for at in HINTS.get(concept, ()):
                index.understanding.hint(at, placed, said, day)
    return True


def _denies_injection(index: RecordIndex, placed: Placed, matches: tuple[Match, ...]) -> bool:
    """Return whether an entry that names an injection says in words that none was given: no dose,
    and it is open whether there is treatment.
    """
    if not any(match.concept in INJECTIONS for match in matches):
        return False
    denied = words_of_not_given(placed.resource)
    if denied:
        index.understanding.hint(HintAt.B12_TREATMENT, placed, denied, None)
    return bool(denied)


def _why_not_done(
    name: str, resource: dict[str, Any], done: DateSpan | None, tomorrow: dt.date
) -> str:
    status = code_of(resource.get("status"))
    if status in NOT_DONE and not what_changes(resource):
        return why_status(name, status)
    if any(read_flag(resource.get(name)) for name in ("notDone", "notPerformed")):
        return f"{name}, not done"
    if done is not None and done.earliest > tomorrow:
        return f"{name}, in the future: {done}"
    return ""


def _why_not_used(match: Match) -> str:
    if match.concept is Concept.RIGHT_HEMICOLECTOMY:
        name = match.words
        return f"removes only the end of the ileum, not counted as ileal resection: {name}"
    return why_role_unused(match, "known, but no rule asks for it")


def _last_done(operations: list[Operation]) -> dict[Concept, dt.date]:
    """Return for each kind of operation the first day on which the last one may have been."""
    last: dict[Concept, dt.date] = {}
    for item in operations:
        if item.done is not None:
            earliest = item.done.earliest
            last[item.match.concept] = max(last.get(item.match.concept, earliest), earliest)
    return last


def _was_undone(operation: Operation, last_done: Mapping[Concept, dt.date]) -> bool:
    """Whether a later operation took this one back; without both dates that cannot be told, and the
    operation stands.
    """
    reversal = UNDONE_BY.get(operation.match.concept)
    undone = last_done.get(reversal) if reversal is not None else None
    return operation.done is not None and undone is not None and undone > operation.done.latest


def _claim(operations: list[Operation], nothing: Fact) -> Fact:
    if not operations:
        return nothing
    return Fact(Truth.TRUE, "", tuple(item.evidence for item in operations))


def _dialysis(index: RecordIndex, operations: list[Operation], nothing: Fact) -> Fact:
    recent = index.as_of - dt.timedelta(days=look_back.DIALYSIS_DAYS)
    sessions = [item for item in operations if item.match.concept is Concept.DIALYSIS]
    now = [item for item in sessions if item.done is None or item.done.latest >= recent]
    for item in sessions:
        index.receipt.ignore(
            item.placed, f"dialysis more than {look_back.DIALYSIS_DAYS} days ago: {item.done}"
        )
    return _claim(now, nothing)


def _doses(index: RecordIndex, operations: list[Operation]) -> tuple[DoseGiven, ...]:
    """Injections of vitamin B12 recorded as procedures; their dose is not in the code."""
    doses = []
    for item in operations:
        if substance := INJECTIONS.get(item.match.concept):
            day = day_given(newest_day(item.done), index.as_of)
            route, kind = Route.INTRAMUSCULAR, DoseKind.EVENT
            doses.append(DoseGiven(substance, route, None, day, item.evidence, kind))
    return tuple(doses)


def _resection_length(index: RecordIndex, causing: list[Operation]) -> Measurement:
    """The length of ileum removed as written in the words of the procedure, in a fixed form only
    (Q34). The longest of several counts.
    """
    resections = [item for item in causing if item.match.concept in RESECTIONS]
    found = [
        (length, item)
        for item in resections
        if (length := read_resected_length(_words(item.placed.resource)))
    ]
    if not found:
        _quote_numbers(index, resections)
        return NO_RESULT
    length, item = max(found, key=lambda each: each[0].value)
    evidence = item.evidence._replace(reported=f"{length.value:f} cm, read from text")
    return Measurement(length, item.evidence.date, "read from text", (evidence,))


def _quote_numbers(index: RecordIndex, resections: list[Operation]) -> None:
    """Note words that hold a length in no fixed form: quoted and asked about, no more (C34)."""
    for item in resections:
        for text in filter(holds_length, _words(item.placed.resource)):
            day = item.evidence.date
            index.understanding.hint(HintAt.ILEAL_LENGTH, item.placed, text, day)


def _words(resource: dict[str, Any]) -> list[str]:
    code, outcome = resource.get("code"), resource.get("outcome")
    return [*texts_of(code), *read_notes(resource), *texts_of(outcome)]
