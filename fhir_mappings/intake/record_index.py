"""One pass over the record: every resource entered in the receipt, and those of this patient sorted
by resource type.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fhir_mappings.fhir import (
    Availability,
    PatientRecord,
    Placed,
    Resource,
    as_dict,
    as_list,
    as_text,
    changed_by,
    codings_of,
    is_about_another,
    is_not_main,
    not_known_newer,
    of_two_servers,
    version_of,
)
from fhir_mappings.intake.limits import USUAL, Limits
from fhir_mappings.intake.receipt import Receipt, no_clock
from fhir_mappings.intake.site_units import with_site_units
from fhir_mappings.intake.understanding import COUNTED_WITH, Understanding
from fhir_mappings.terminology import Concept, ValueSets
from recommender.language import (
    NONE_RECORDED,
    NOT_RECORDED,
    Because,
    Fact,
    HintAt,
    RecordArea,
    Truth,
)

AREAS: dict[str, RecordArea] = {
    "patient": RecordArea.PATIENT,
    "conditions": RecordArea.CONDITIONS,
    "labs": RecordArea.LABORATORY,
    "medications": RecordArea.MEDICATIONS,
    "statements": RecordArea.STATEMENTS,
    "administrations": RecordArea.ADMINISTRATIONS,
    "procedures": RecordArea.PROCEDURES,
    "allergies": RecordArea.ALLERGIES,
}
"""The prefetch keys and the areas of the record they hold."""


@dataclass(frozen=True, slots=True)
class RecordIndex:
    """The readable resources of the patient by type, with what every mapping needs beside them.

    `complete` names the prefetch keys of which all there is came. `gaps` says for a prefetch key
    why what was read of it cannot say "none" even so: entries about somebody else came with it
    (R38), or the medicine of some is not known. `uncounted` says of each concept in a word or two
    why results of it do not count ("preliminary"), once for each. `read_before` keeps what names
    say that stand in several entries, for as long as this record is mapped and no longer, unless
    the value sets remember.
    """

    record: PatientRecord
    as_of: dt.date
    value_sets: ValueSets
    receipt: Receipt
    complete: frozenset[str]
    understanding: Understanding
    limits: Limits = USUAL
    read_before: dict[Any, Any] = field(default_factory=dict)
    by_type: dict[str, list[Placed]] = field(default_factory=dict)
    gaps: dict[str, str] = field(default_factory=dict)
    uncounted: dict[Concept, list[str]] = field(default_factory=dict)

    def value_sets_for(self, resource: Resource) -> ValueSets:
        """Return the value sets for the words of one resource: in the language that it states, too
        (Q26).
        """
        stated = as_text(resource.get("language"))
        return self.value_sets.speaking((stated,)) if stated else self.value_sets

    def of_type(self, *types: str) -> list[Placed]:
        """Return the resources of these types, sorted by reference."""
        return [placed for name in types for placed in self.by_type.get(name, ())]

    def reason_missing(self, *keys: str) -> str:
        """Return why "nothing found" under these prefetch keys does not mean "none": empty when all
        of them came completely.
        """
        if not self.gaps and self.complete.issuperset(keys):
            return ""
        for key in keys:
            part = self.record.part(key)
            if part.availability is Availability.UNAVAILABLE:
                return _named(f"{AREAS[key].value} not available", part.reason)
        for key in keys:
            part = self.record.part(key)
            if part.availability is Availability.INCOMPLETE:
                return _named(
                    f"none among the {AREAS[key].value} that came, but the list is incomplete",
                    part.reason,
                )
        for key in keys:
            if key in self.gaps:
                return f"none recorded, but {self.gaps[key]}"
        return ""

    def nothing_found(self, *keys: str, at: tuple[HintAt, ...] = ()) -> Fact:
        """Return the fact of a closed-world question (decisions 2.1): false, unless words point at
        it, or the list did not come completely (Q6) or was not understood whole (Q26).
        """
        if self._is_plain and self.complete.issuperset(keys):
            return NONE_RECORDED
        hinted = self.understanding.hint_fact(at) if at else None
        if hinted is not None:
            return hinted
        return self._unknown_for(keys) or self.understanding.gap_fact(keys) or NONE_RECORDED

    def not_recorded(self, *keys: str, at: tuple[HintAt, ...] = ()) -> Fact:
        """Return the fact of an open-world question (decisions 2.1) on which nothing was found:
        unknown in any case.
        """
        if self._is_plain and self.complete.issuperset(keys):
            return NOT_RECORDED
        hinted = self.understanding.hint_fact(at) if at else None
        return hinted or self._unknown_for(keys) or NOT_RECORDED

    @property
    def _is_plain(self) -> bool:
        """Whether nothing in the whole record speaks against a "none" of a list that came whole."""
        seen = self.understanding
        return not (self.gaps or seen.missed or seen.hints or seen.future or seen.open_allergy)

    def _unknown_for(self, keys: tuple[str, ...]) -> Fact | None:
        missing = self.reason_missing(*keys)
        if not missing:
            return None
        failed = any(self.record.part(key).availability is Availability.UNAVAILABLE for key in keys)
        because = Because.COULD_NOT_BE_READ if failed else Because.LIST_NOT_COMPLETE
        return Fact(Truth.UNKNOWN, missing, because=because)

    @property
    def tomorrow(self) -> dt.date:
        """The last day that counts as today, since clocks and zones differ (Q46)."""
        return self.as_of + ONE_DAY


ONE_DAY = dt.timedelta(days=1)


def _named(words: str, reason: str) -> str:
    return words if not reason or reason in words else f"{words} ({reason})"


def index_record(
    record: PatientRecord,
    as_of: dt.date,
    value_sets: ValueSets,
    tick: Callable[[], None] = no_clock,
    limits: Limits = USUAL,
) -> RecordIndex:
    """Return the index of a record. A resource about somebody else, or that came twice, is left out
    and the receipt says so.
    """
    complete = frozenset(
        key for key, part in record.parts.items() if part.availability is Availability.COMPLETE
    )
    receipt = Receipt(tick=tick)
    value_sets = value_sets.speaking(_languages_of(record))
    ledger = Understanding(receipt)
    memory = value_sets.memory()
    index = RecordIndex(record, as_of, value_sets, receipt, complete, ledger, limits, memory)
    index.gaps.update(_lists_of_another_day(index))
    kept = _without_copies(index)
    # What a server returns has no order of its own: nothing may hang on it.
    for reference in sorted(kept):
        placed = kept[reference]
        index.by_type.setdefault(placed.resource["resourceType"], []).append(placed)
    if any(is_not_main(placed.resource) for placed in index.by_type.get("Patient", ())):
        for key in AREAS.keys() - {"patient"}:
            index.gaps.setdefault(key, NOT_MAIN)
    return index


def _without_copies(index: RecordIndex) -> dict[str, Placed]:
    """Return the resources about this patient by reference, of several versions the newest; one
    without an id stands under its place.
    """
    kept: dict[str, Placed] = {}
    patient_id = index.record.patient_id
    own = (f"Patient/{patient_id}", f"urn:uuid:{patient_id}")
    enter, units = index.receipt.enter, index.value_sets.units
    for key, came in index.record.entries():
        placed = with_site_units(came, units) if units else came
        resource = placed.resource
        enter(placed)
        kind = resource.get("resourceType")
        if not isinstance(kind, str):
            index.receipt.set_aside(placed, "no resourceType")
            continue
        subject = resource.get("subject")
        if not (isinstance(subject, dict) and subject.get("reference") in own) and is_about_another(
            resource, patient_id
        ):
            index.receipt.set_aside(placed, "about another patient")
            mixed = f"the {AREAS[key].value} that came were mixed with another patient's"
            _leave_open(index, key, mixed)
            continue
        if kind in CHANGED_IS_UNREAD and (by := changed_by(resource)):
            index.receipt.set_aside(placed, f"changed by {by}")
            _leave_open(index, key, f"an entry of the {AREAS[key].value} is changed by {by}")
            continue
        identity = resource.get("id")
        named = f"{kind}/{identity}" if isinstance(identity, str) and identity else ""
        if not named or kept.setdefault(named, placed) is not placed:
            _keep_too(index, kept, placed, key, named)
    return kept


def _leave_open(index: RecordIndex, key: str, why: str) -> None:
    """Note why a list says no "none"; of the lists of medicines one answers for all."""
    for each in {key, "medications"} if key in COUNTED_WITH["medications"] else {key}:
        index.gaps.setdefault(each, why)


_OF_MEDICINES = ("Request", "Order", "Statement", "Usage", "Administration", "Dispense")
CHANGED_IS_UNREAD = frozenset(f"Medication{kind}" for kind in _OF_MEDICINES)
"""Types of which an entry that is changed (`changed_by`) may mean the opposite: it is not read."""


def _keep_too(
    index: RecordIndex, kept: dict[str, Placed], placed: Placed, key: str, named: str
) -> None:
    """Keep a resource without a name, the newer of two of the same, and both where they are two or
    may be; of what may be one dose twice one, with its list left open.
    """
    place = placed.place if placed.place not in kept else f"{placed.place} {len(kept)}"
    for name in filter(None, (named, placed.full_url if named else "", place)):
        if name not in kept:
            kept[name] = placed
            return
        unsure = not_known_newer(kept[name], placed)
        if of_two_servers(kept[name], placed) or (unsure and placed.type not in CHANGED_IS_UNREAD):
            continue
        if unsure:
            _leave_open(index, key, f"two of the {AREAS[key].value} that came have one id")
        kept[name] = _newer(index, kept[name], placed)
        return


NOT_MAIN = "the Patient is out of use or names another record that counts"
"""Why no list of a merged or inactive record says "none"."""


def _languages_of(record: PatientRecord) -> list[str]:
    """Return the languages that the Patient states: of the resource, and those preferred."""
    stated = []
    for placed in record.part("patient").resources:
        stated.append(as_text(placed.resource.get("language")))
        for spoken in as_list(placed.resource.get("communication")):
            if as_dict(spoken).get("preferred") is True:
                codings = codings_of(as_dict(spoken).get("language"))
                stated += [as_text(coding.get("code")) for coding in codings]
    return [language for language in stated if language]


def _lists_of_another_day(index: RecordIndex) -> dict[str, str]:
    """Return which lists were put together too long ago to be all there is (Q61), and which say a
    day after tomorrow, so that nobody knows how old they are (Q46).
    """
    oldest = index.as_of - dt.timedelta(days=index.limits.list_days)
    gaps = {}
    for key, part in index.record.parts.items():
        if key == "patient" or part.stamped is None:
            continue
        if not oldest <= part.stamped <= index.tomorrow:
            ahead = ", in the future" if part.stamped > index.tomorrow else ""
            gaps[key] = f"the {AREAS[key].value} that came are of {part.stamped}{ahead}"
    return gaps


def is_encounter_of_another(record: PatientRecord, encounter_id: str) -> bool:
    """Return whether the Encounter of this id came along, and is another patient's (H14)."""
    came = (placed.resource for placed, _ in record.unusable if placed.type == "Encounter")
    return any(
        one.get("id") == encounter_id and is_about_another(one, record.patient_id) for one in came
    )


def _newer(index: RecordIndex, earlier: Placed, later: Placed) -> Placed:
    """Return of two versions of one resource the one updated last, whatever order they came in."""
    keep, drop = (later, earlier) if version_of(later) > version_of(earlier) else (earlier, later)
    index.receipt.set_aside(drop, f"the same resource came at {keep.place}")
    return keep
