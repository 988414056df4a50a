"""When an entry of a record was recorded, what of it was true on an earlier day, and what followed.

A replay may use only what had been recorded by then. What does not say when it was recorded, or
says only when it was changed last and that was later, is left out, its list counts as incomplete,
and it is counted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from cds_service.site import day_in
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


def moment_of(text: Any, zone: dt.tzinfo) -> dt.datetime | None:
    """Return a dateTime in UTC; a date without a time is the end of its day, and a partial date the
    end of its month or year, so that nothing counts as recorded too early.

    Args:
        zone: the time zone of the site, in which its days begin and end.
    """
    if not isinstance(text, str) or len(text) < 4:
        return None
    try:
        if len(text) > 10:
            moment = dt.datetime.fromisoformat(text)
        else:
            moment = dt.datetime.combine(_last_day(text), END_OF_DAY)
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        day_in(zone, zoned)  # the first and the last moments of all have none everywhere
        return zoned.astimezone(dt.UTC)
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


def recorded_at(resource: Mapping[str, Any], zone: dt.tzinfo) -> dt.datetime | None:
    """Return when an entry was recorded, or last changed where it says only that; `None` where
    nothing says either.
    """
    return _said_to_be_recorded(resource, zone) or _changed_at(resource, zone)


class Times(NamedTuple):
    """When an entry says that it was recorded and changed last, and when what it tells of ended."""

    recorded: dt.datetime | None
    changed: dt.datetime | None
    ended: dt.datetime | None


def times_of(resource: Mapping[str, Any], zone: dt.tzinfo) -> Times:
    """Return the times of an entry, which are read once for all moments that it is asked about."""
    recorded, changed = _said_to_be_recorded(resource, zone), _changed_at(resource, zone)
    return Times(recorded, changed, _ended_at(resource, zone))


def was_recorded(resource: Mapping[str, Any], then: dt.datetime, times: Times) -> bool | None:
    """Return whether an entry had been recorded by a moment, in the time zone of the site; `None`
    where that is not known.

    A change after it does not tell: the entry may have been there before, and a server that was
    filled from another one has the day of that for everything. What happened later was not there.
    """
    recorded, changed, _ = times
    if recorded is not None:
        return recorded <= then
    if changed is not None and changed <= then:
        return True
    return False if _happened_after(resource, then.date()) else None


def _said_to_be_recorded(resource: Mapping[str, Any], zone: dt.tzinfo) -> dt.datetime | None:
    for name in RECORDED.get(str(resource.get("resourceType")), ()):
        found = moment_of(resource.get(name), zone)
        if found is not None:
            return found
    return None


def _changed_at(resource: Mapping[str, Any], zone: dt.tzinfo) -> dt.datetime | None:
    meta = resource.get("meta")
    return moment_of(meta.get("lastUpdated"), zone) if isinstance(meta, dict) else None


def _happened_after(resource: Mapping[str, Any], then: dt.date) -> bool:
    """Return whether what an entry tells of began after a day, however partial its date is."""
    for name in HAPPENED:
        value = resource.get(name)
        began = value.get("start") if isinstance(value, dict) else value
        if isinstance(began, str) and moment_of(began, dt.UTC):
            day = began[:10]
            return day > then.isoformat()[: len(day)]
    return False


def as_it_was(resource: dict[str, Any], then: dt.datetime, times: Times) -> dict[str, Any]:
    """Return an entry as it stood at a moment: what ended later had not ended yet.

    An order that was stopped, and a problem that was resolved, at a time that is not recorded are
    taken as they are.
    """
    if times.ended is None or times.ended <= then:
        return resource
    match resource.get("resourceType"):
        case "Patient":
            return {name: value for name, value in resource.items() if name != "deceasedDateTime"}
        case "Condition":
            return _not_resolved(resource)
    return {**resource, "status": "active"}


def _ended_at(resource: Mapping[str, Any], zone: dt.tzinfo) -> dt.datetime | None:
    """Return when a person died, a problem was resolved or an order ended, as far as it is told."""
    match resource.get("resourceType"):
        case "Patient":
            return moment_of(resource.get("deceasedDateTime"), zone)
        case "Condition":
            return moment_of(resource.get("abatementDateTime"), zone)
        case "MedicationRequest" | "MedicationOrder":
            return stopped_at(resource, zone)
    return None


ENDED = frozenset({"stopped", "cancelled", "completed", "ended", "on-hold", "revoked"})


def stopped_at(order: Mapping[str, Any], zone: dt.tzinfo) -> dt.datetime | None:
    """Return when an order ended, or `None` where it has not or nothing says when."""
    if as_text(order.get("status")) not in ENDED:
        return None
    stated = (order.get("statusChanged"), order.get("dateEnded"))
    told = (moment for text in stated if (moment := moment_of(text, zone)))
    return next(told, None) or _changed_at(order, zone)


STOPPED = frozenset({"stopped", "cancelled", "on-hold"})

FOLLOWED_DAYS = 30
"""How long after an order the record is looked through for what the prescriber did next."""


def what_followed(
    together: Sequence[Mapping[str, Any]],
    replaced: Mapping[str, Sequence[dt.datetime | None]],
    time: dt.datetime,
    last: dt.datetime,
) -> str:
    """Return what the record tells of the month after an order: "replaced" by one that names it as
    its prior, "stopped", or "kept"; "not told" where the month reaches beyond the last day of the
    record, or where nothing says when the order ended or was replaced.

    Args:
        replaced: when the orders were written that name one of this id as their prior.
        last: in the time zone of the site.
    """
    until = time + dt.timedelta(days=FOLLOWED_DAYS)
    followed = [written for one in together for written in replaced.get(str(one.get("id")), ())]
    if any(written and time < written <= until for written in followed):
        return "replaced"
    stopped = (order for order in together if as_text(order.get("status")) in STOPPED)
    ends = [stopped_at(order, last.tzinfo or dt.UTC) for order in stopped]
    if any(end and time < end <= until for end in ends):
        return "stopped"
    return NOT_TOLD if until > last or None in (*ends, *followed) else KEPT


KEPT, NOT_TOLD = "kept", "not told"


def replacements(
    orders: Iterable[Mapping[str, Any]], zone: dt.tzinfo
) -> dict[str, list[dt.datetime | None]]:
    """Return when the orders were written that name another one as their prior, by its id; `None`
    of one that does not say.
    """
    found: dict[str, list[dt.datetime | None]] = {}
    for order in orders:
        prior = order.get("priorPrescription")
        target = str(prior.get("reference", "")) if isinstance(prior, dict) else ""
        if target:
            found.setdefault(target.rsplit("/", 1)[-1], []).append(recorded_at(order, zone))
    return found


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
