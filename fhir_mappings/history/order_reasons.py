"""The reason of a draft order is evidence of what it names (F10, F31, Q27).

A coded reason counts like an entry of the problem list of today; words decide where they name a
sign or a danger, never a deficiency or its cause, since the drafts of this service name those. The
notes of an order only show.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence, Set
from types import MappingProxyType
from typing import Any

from fhir_mappings.fhir import (
    MEDICATION_ORDER_TYPES,
    NO_EVIDENCE,
    STATEMENT_TYPES,
    Placed,
    Resource,
    as_dict,
    as_list,
    as_text,
    code_of,
    contained_in,
    read_authored,
    read_date,
    read_reasons,
    read_verification,
    reference_of,
    texts_of,
)
from fhir_mappings.history.allergy_words import pointed_at
from fhir_mappings.history.conditions import DEFICIENCY
from fhir_mappings.history.reading_lists import notes_of
from fhir_mappings.history.signs_and_causes import CAUSES
from fhir_mappings.intake import HINTS, RecordIndex, is_about_another
from fhir_mappings.judging import Judged, judge, speaks_of_allergy
from fhir_mappings.medicines import BASIS
from fhir_mappings.terminology import Concept, Field, Role
from recommender.guidance import look_back

MOST_REASONS = 20
"""Reasons of one order that are read."""


def add_order_reasons(index: RecordIndex, drafts: Sequence[Placed]) -> None:
    """Add what the drafts of this patient give as their reasons to the Conditions of the index.

    They stand in no list, so they are not counted, and the receipt has the draft itself.
    """
    for draft in drafts:
        resource = draft.resource
        if as_text(resource.get("resourceType")) not in MEDICATION_ORDER_TYPES or is_about_another(
            resource, index.record.patient_id
        ):
            continue
        for number, (codeable, stands) in enumerate(_reasons(index, resource)):
            _add(index, draft, f"reason[{number}]", codeable, (), stands)
        notes = () if _is_ours(resource) else (*notes_of(resource), *_said_beside(resource))
        if any(notes):
            _add(index, draft, "note", None, tuple(text for text in notes if text))


def hint_at_reasons(index: RecordIndex) -> None:
    """Note what orders and statements in force, of the last months, give as their reasons, where
    nothing in the problem list says it: a sign, or a danger. It decides nothing (Q27), and the
    deficiency and its causes are left out, since our own drafts name those.
    """
    uses = index.of_type(*sorted(MEDICATION_ORDER_TYPES | STATEMENT_TYPES))
    reasoned = [placed for placed in uses if not _REASONED.isdisjoint(placed.resource)]
    if not reasoned:
        return
    since = index.as_of - dt.timedelta(days=look_back.PREGNANCY_DAYS)
    said = {one.concept for each in index.understanding.judged.values() for one in each.matches}
    for placed in reasoned:
        resource = placed.resource
        authored = read_date(read_authored(resource) or resource.get("dateAsserted"))
        if code_of(resource.get("status")) not in _IN_FORCE or _is_ours(resource):
            continue
        if authored is None or not since <= authored.latest <= index.tomorrow:
            continue
        for codeable, stands in _reasons(index, resource):
            if not stands:
                _hint_at(index, placed, codeable, said, authored.latest)


_IN_FORCE = frozenset({"active", "on-hold", "recorded"})
_REASONED = frozenset({"reasonCode", "reasonCodeableConcept", "reason", "reasonReference"}) | {
    *("reasonForUse", "reasonForUseCodeableConcept")
}
"""Where `read_reasons` looks."""


def _hint_at(
    index: RecordIndex, placed: Placed, codeable: Any, said: Set[Concept], day: dt.date
) -> None:
    judged = judge(index.value_sets, codeable, (Field.CONDITIONS,))
    named = [(one.concept, one.words) for one in judged.matches if one.role in _COUNTED]
    for concept, text in (*named, *judged.shown):
        if concept not in said and concept not in _OUR_WORDS:
            for at in HINTS.get(concept, ()):
                index.understanding.hint(at, placed, text, day)


_COUNTED = frozenset({Role.INCLUDE, Role.REVIEW, Role.COMPETING_CAUSE})


def _add(
    index: RecordIndex,
    draft: Placed,
    element: str,
    codeable: Any,
    notes: tuple[str, ...],
    stands: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    judged = judge(index.value_sets, codeable, (Field.CONDITIONS,), notes)
    matches = tuple(
        match
        for match in judged.matches
        if match.matched_by == "code" or match.concept not in _OUR_WORDS
    )
    today = {"recordedDate": index.as_of.isoformat()}
    reason = _as_condition(draft, element, codeable, {**today, **stands})
    counted = Judged(matches, judged.shown, judged.understood, judged.past)
    index.receipt.leave_out(reason)
    index.understanding.judged[reason.place] = counted
    index.understanding.show(reason, counted, index.as_of)
    _show_allergies(index, reason, (*notes, *texts_of(codeable)))
    for match in () if _is_ours(draft.resource) else judged.matches:
        if match.concept in _OUR_WORDS and match not in matches:
            for at in HINTS.get(match.concept, ()):
                index.understanding.hint(at, reason, match.words, index.as_of)
    if matches:
        index.by_type.setdefault("Condition", []).append(reason)


def _as_condition(draft: Placed, element: str, codeable: Any, stands: Resource) -> Placed:
    """Return a reason of an order as an entry of the problem list."""
    named = {"resourceType": draft.type, "id": draft.resource.get("id"), "code": codeable}
    return Placed(f"{draft.place}.{element}", named | stands)


def _show_allergies(index: RecordIndex, reason: Placed, texts: tuple[str, ...]) -> None:
    """Note that the words of an order speak of an allergy to vitamin B12 or cobalt (Q27)."""
    for text in texts:
        if speaks_of_allergy(text):
            for at in pointed_at(index, text):
                index.understanding.hint(at, reason, text, index.as_of)


_OUR_WORDS = frozenset(DEFICIENCY) | frozenset(CAUSES)


_HOW_IT_STANDS = ("clinicalStatus", "verificationStatus", "abatementDateTime", "abatementPeriod")


def _reasons(index: RecordIndex, resource: Resource) -> Iterator[tuple[Any, Resource]]:
    """Yield the CodeableConcepts of the reasons and how a contained Condition stands: one that is
    refuted or entered in error is none. Of a reference to what is not in the record its words.
    """
    on_record = {placed.reference for placed in index.of_type("Condition")}
    for reason in read_reasons(resource)[:MOST_REASONS]:
        referred = reason["reference"] if isinstance(reason.get("reference"), dict) else reason
        target = contained_in(resource, reference_of(referred))
        if target:
            if read_verification(target) not in NO_EVIDENCE:
                yield target.get("code"), {k: target[k] for k in _HOW_IT_STANDS if k in target}
        elif isinstance(reason.get("concept"), dict):
            yield reason["concept"], {}
        elif "coding" in reason or "text" in reason:
            yield reason, {}
        elif referred.get("display") and reference_of(referred) not in on_record:
            yield {"text": as_text(referred["display"])}, {}


def _said_beside(resource: Resource) -> Iterator[str]:
    """Yield what an order says beside its reasons and notes: what it is as needed for, what the
    patient is told, and what it was written in sight of.
    """
    for dosage in map(as_dict, as_list(resource.get("dosageInstruction"))):
        yield as_text(dosage.get("patientInstruction"))
        for needed in (dosage.get("asNeededCodeableConcept"), *as_list(dosage.get("asNeededFor"))):
            yield from texts_of(needed)
    for seen in as_list(resource.get("supportingInformation"))[:MOST_REASONS]:
        yield as_text(as_dict(seen).get("display"))


def _is_ours(resource: Resource) -> bool:
    """Return whether this service wrote the draft, so that its notes are our own words."""
    return any(
        as_text(as_dict(extension).get("url")) == BASIS
        for extension in as_list(resource.get("extension"))
    )
