"""When an entry of a record was recorded, and what of it was true on an earlier day.

A replay may use only what had been recorded by then. What does not say when it was recorded, or
says only when it was changed last and that was later, is left out, its list counts as incomplete,
and it is counted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from fhir_mappings.fhir import as_text

RECORDED: dict[str, tuple[str, ...]] = {
    "Observation": ("issued",),
    "DiagnosticReport": ("issued",),
    "Condition": ("recordedDate", "assertedDate", "dateRecorded"),
    "AllergyIntolerance": ("recordedDate", "assertedDate"),
    "MedicationRequest": ("authoredOn",),
    "MedicationOrder": ("dateWritten",),
    "MedicationStatement": ("dateAsserted",),
    "MedicationUsage": ("dateAsserted",),
    "MedicationAdministration": ("recorded",),
    "MedicationDispense": ("recorded", "whenHandedOver", "whenPrepared"),
    "Procedure": ("recorded",),
    "QuestionnaireResponse": ("authored",),
    "Specimen": ("receivedTime",),
}
"""Where each type says when it was recorded; `meta.lastUpdated` stands in where it does not."""

TIMELESS = frozenset({"Medication", "Patient"})
"""Types that are not recorded at a time of the patient's story."""


def is_timeless(resource: Mapping[str, Any]) -> bool:
    """Return whether an entry is of a type that is not recorded at a time."""
    return str(resource.get("resourceType")) in TIMELESS


END_OF_DAY = dt.time(23, 59, 59)


def moment_of(text: Any) -> dt.datetime | None:
    """Return a dateTime in UTC; a date without a time is the end of its day, and a partial date the
    end of its month or year, so that nothing counts as recorded too early.
    """
    if not isinstance(text, str) or len(text) < 4:
        return None
    try:
        if len(text) > 10:
            moment = dt.datetime.fromisoformat(text)
            zoned = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
            return zoned.astimezone(dt.UTC)
        return dt.datetime.combine(_last_day(text), END_OF_DAY, dt.UTC)
    except (ValueError, OverflowError):
        return None


def _last_day(text: str) -> dt.date:
    if len(text) == 4:
        return dt.date(int(text), 12, 31)
    if len(text) == 7:
        first = dt.date.fromisoformat(f"{text}-01")
        return (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    return dt.date.fromisoformat(text)


HAPPENED = (
    "effectiveDateTime",
    "effectiveInstant",
    "effectivePeriod",
    "performedDateTime",
    "performedPeriod",
    "occurrenceDateTime",
    "occurrencePeriod",
    "onsetDateTime",
    "onsetPeriod",
    "whenHandedOver",
)
"""Where an entry says when what it tells of happened or began."""


def recorded_at(resource: Mapping[str, Any]) -> dt.datetime | None:
    """Return when an entry was recorded, or last changed where it says only that; `None` where
    nothing says either.
    """
    return _said_to_be_recorded(resource) or _changed_at(resource)


class Times(NamedTuple):
    """When an entry says that it was recorded and changed last, and when what it tells of ended."""

    recorded: dt.datetime | None
    changed: dt.datetime | None
    ended: dt.datetime | None


def times_of(resource: Mapping[str, Any]) -> Times:
    """Return the times of an entry, which are read once for all moments that it is asked about."""
    return Times(_said_to_be_recorded(resource), _changed_at(resource), _ended_at(resource))


def was_recorded(
    resource: Mapping[str, Any], then: dt.datetime, times: Times | None = None
) -> bool | None:
    """Return whether an entry had been recorded by a moment; `None` where that is not known.

    A change after it does not tell: the entry may have been there before, and a server that was
    filled from another one has the day of that for everything. What happened later was not there.
    """
    recorded, changed, _ = times or times_of(resource)
    if recorded is not None:
        return recorded <= then
    if changed is not None and changed <= then:
        return True
    return False if _happened_after(resource, then) else None


def _said_to_be_recorded(resource: Mapping[str, Any]) -> dt.datetime | None:
    for name in RECORDED.get(str(resource.get("resourceType")), ()):
        found = moment_of(resource.get(name))
        if found is not None:
            return found
    return None


def _changed_at(resource: Mapping[str, Any]) -> dt.datetime | None:
    meta = resource.get("meta")
    return moment_of(meta.get("lastUpdated")) if isinstance(meta, dict) else None


def _happened_after(resource: Mapping[str, Any], then: dt.datetime) -> bool:
    """Return whether what an entry tells of began after the day of a moment, however partial its
    date is.
    """
    for name in HAPPENED:
        value = resource.get(name)
        began = value.get("start") if isinstance(value, dict) else value
        if isinstance(began, str) and moment_of(began):
            day = began[:10]
            return day > then.isoformat()[: len(day)]
    return False


def as_it_was(
    resource: dict[str, Any], then: dt.datetime, times: Times | None = None
) -> dict[str, Any]:
    """Return an entry as it stood at a moment: what ended later had not ended yet.

    An order that was stopped, and a problem that was resolved, at a time that is not recorded are
    taken as they are.
    """
    ended = times.ended if times else _ended_at(resource)
    if ended is None or ended <= then:
        return resource
    match resource.get("resourceType"):
        case "Patient":
            return {name: value for name, value in resource.items() if name != "deceasedDateTime"}
        case "Condition":
            return _not_resolved(resource)
    return {**resource, "status": "active"}


def _ended_at(resource: Mapping[str, Any]) -> dt.datetime | None:
    """Return when a person died, a problem was resolved or an order ended, as far as it is told."""
    match resource.get("resourceType"):
        case "Patient":
            return moment_of(resource.get("deceasedDateTime"))
        case "Condition":
            return moment_of(resource.get("abatementDateTime"))
        case "MedicationRequest" | "MedicationOrder":
            return stopped_at(resource)
    return None


ENDED = frozenset({"stopped", "cancelled", "completed", "ended", "on-hold", "revoked"})


def stopped_at(order: Mapping[str, Any]) -> dt.datetime | None:
    """Return when an order ended, or `None` where it has not or nothing says when."""
    if as_text(order.get("status")) not in ENDED:
        return None
    meta = order.get("meta")
    updated = meta.get("lastUpdated") if isinstance(meta, dict) else None
    return (
        moment_of(order.get("statusChanged"))
        or moment_of(order.get("dateEnded"))
        or moment_of(updated)
    )


def _not_resolved(problem: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in problem.items() if name != "abatementDateTime"}
    if "clinicalStatus" in kept:
        kept["clinicalStatus"] = ACTIVE if isinstance(kept["clinicalStatus"], dict) else "active"
    return kept


ACTIVE = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/condition-clinical",
            "code": "active",
        }
    ]
}
