"""What there is to decide on for one patient: the chart opened today, or each past order, refill
and stop, with what was on record then.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cds_service.protocol import MEDICATION_REFILL, ORDER_SIGN, PATIENT_VIEW
from fhir_mappings.fhir import as_text, read_medication, reference_id
from population.runs.moments import (
    Times,
    as_it_was,
    is_timeless,
    recorded_at,
    stopped_at,
    times_of,
    was_recorded,
)

ORDER_TYPES = frozenset({"MedicationRequest", "MedicationOrder"})

FOLLOWED_DAYS = 30
"""How long after an order the record is looked through for what the prescriber did next."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing to decide on: the request a client would have sent.

    `then` is what the prescriber did next where the record tells; `without_time` counts the
    entries left out because nothing says when they were recorded. `prescriber` is a digest of who
    ordered; empty where that is not told, and of a stop.
    """

    kind: str
    time: dt.datetime
    order: str
    body: dict[str, Any]
    then: str = ""
    without_time: int = 0
    prescriber: str = ""


def chart_opened(patient: str, prefetch: Mapping[str, Any], as_of: dt.date) -> Event:
    """Return the opening of a chart on a day."""
    time = dt.datetime.combine(as_of, dt.time(), dt.UTC)
    return Event("chart", time, "", _body(PATIENT_VIEW, patient, prefetch, {}))


def past_orders(
    patient: str,
    prefetch: Mapping[str, Any],
    as_of: dt.date,
    concerns: Callable[[dict[str, Any]], bool] = lambda _: True,
) -> Iterator[Event]:
    """Yield what was ordered, refilled or stopped at each moment, the earliest first, up to the end
    of a day.

    What was ordered at one moment is one event, as it was signed together. Orders of other
    medicines are among them: whether one is about vitamin B12 or folic acid is for the decision to
    say.

    Args:
        concerns: whether a request may be about vitamin B12 or folic acid; asked with its orders
            and the Medications alone, before the record of that moment is put together, which for
            each of thousands of other orders would take time and memory by their square.
    """
    orders = [
        order
        for order in _entries(prefetch.get("medications"))
        if str(order.get("resourceType")) in ORDER_TYPES
        and as_text(order.get("status")) not in NEVER_ORDERED
    ]
    last = dt.datetime.combine(as_of, dt.time(23, 59, 59), dt.UTC)
    beside, timed, replaced = _Medications(prefetch), _timed(prefetch), _replacements(orders)
    for (time, kind), together in _moments(orders):
        hook, context = _asked(kind, together)
        if time <= last and concerns(_body(hook, patient, beside.named_by(together), context)):
            then = "" if kind == STOP else what_followed(together, replaced, time, last)
            drafted = () if kind == STOP else together
            known, without_time = _known_then(prefetch, timed, time, drafted)
            body, named = _body(hook, patient, known, context), _named(together)
            who = "" if kind == STOP else prescriber_of(together[0])
            yield Event(kind, time, named, body, then, without_time, who)


def _moments(
    orders: Sequence[dict[str, Any]],
) -> list[tuple[tuple[dt.datetime, str], list[dict[str, Any]]]]:
    """Return what was ordered, refilled or stopped together, by moment and kind, the earliest
    first.
    """
    medicines = _medicines_by_id(orders)
    moments: dict[tuple[dt.datetime, str], list[dict[str, Any]]] = {}
    for order in sorted(orders, key=lambda one: str(one.get("id"))):
        written, ended = recorded_at(order), stopped_at(order)
        if written is not None:
            kind = REFILL if continues(order, medicines) else ORDER
            moments.setdefault((written, kind), []).append(order)
        if ended is not None and as_text(order["status"]) in STOPPED:
            moments.setdefault((ended, STOP), []).append(order)
    return sorted(moments.items(), key=lambda item: item[0])


ORDER, REFILL, STOP = "order", "refill", "stop"
NEVER_ORDERED = frozenset({"draft", "entered-in-error"})
STOPPED = frozenset({"stopped", "cancelled", "on-hold"})


def _asked(kind: str, together: list[dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    """Return the hook on which an event is asked, and its context."""
    drafts = [order if kind == STOP else {**order, "status": "draft"} for order in together]
    bundle = {"resourceType": "Bundle", "entry": [{"resource": draft} for draft in drafts]}
    if kind == REFILL:
        return MEDICATION_REFILL, {"medications": bundle}
    return ORDER_SIGN, {"draftOrders": bundle}


def _named(orders: Iterable[Mapping[str, Any]]) -> str:
    return " ".join(str(order.get("id") or "") for order in orders)


PRESCRIBER_DIGITS = 16
"""Digits of the digest that stands for a prescriber: enough to tell them apart, and no name."""


def prescriber_of(order: Mapping[str, Any]) -> str:
    """Return a digest of the reference or identifier of who ordered, in any version of FHIR; empty
    where none is given.
    """
    who = order.get("requester") or order.get("prescriber")
    who = who.get("agent", who) if isinstance(who, dict) else None
    if not isinstance(who, dict):
        return ""
    identifier = who.get("identifier")
    value = identifier.get("value") if isinstance(identifier, dict) else None
    named = who.get("reference") or value
    if not isinstance(named, str):
        return ""
    return hashlib.sha256(named.encode()).hexdigest()[:PRESCRIBER_DIGITS]


def continues(order: Mapping[str, Any], medicines: Mapping[str, Collection[str]]) -> bool:
    """Return whether an order goes on with the one it names as its prior: with the same medicine.
    One that puts another medicine in its place is an order like any other.
    """
    prior = order.get("priorPrescription")
    reference = str(prior.get("reference", "")) if isinstance(prior, dict) else ""
    _, slash, named = reference.rpartition("/")
    return bool(slash) and _medicine_of(order) in medicines.get(named, ())


def _medicines_by_id(orders: Iterable[Mapping[str, Any]]) -> dict[str, set[str]]:
    """Return what the orders of each id are for."""
    found: dict[str, set[str]] = {}
    for order in orders:
        found.setdefault(str(order.get("id")), set()).add(_medicine_of(order))
    return found


def _medicine_of(order: Mapping[str, Any]) -> str:
    """Return what is ordered, as it is written: a code, words, or a reference."""
    written = {name: order[name] for name in sorted(order) if name.startswith("medication")}
    return json.dumps(written, sort_keys=True)


def what_followed(
    together: Sequence[Mapping[str, Any]],
    replaced: Mapping[str, Sequence[dt.datetime]],
    time: dt.datetime,
    last: dt.datetime,
) -> str:
    """Return what the record tells of the month after an order: "replaced" by one that names it as
    its prior, "stopped", or "kept"; "not told" where the month reaches beyond the last day of the
    record, or where nothing says when the order ended.

    Args:
        replaced: when the orders were written that name one of this id as their prior.
    """
    until = time + dt.timedelta(days=FOLLOWED_DAYS)
    followed = (written for order in together for written in replaced.get(str(order.get("id")), ()))
    if any(time < written <= until for written in followed):
        return "replaced"
    ends = [stopped_at(order) for order in together if as_text(order.get("status")) in STOPPED]
    if any(end and time < end <= until for end in ends):
        return "stopped"
    return NOT_TOLD if until > last or None in ends else "kept"


NOT_TOLD = "not told"


def _replacements(orders: Iterable[Mapping[str, Any]]) -> dict[str, list[dt.datetime]]:
    """Return when the orders were written that name another one as their prior, by its id."""
    found: dict[str, list[dt.datetime]] = {}
    for order in orders:
        prior = order.get("priorPrescription")
        target = str(prior.get("reference", "")) if isinstance(prior, dict) else ""
        if target and (written := recorded_at(order)) is not None:
            found.setdefault(target.rsplit("/", 1)[-1], []).append(written)
    return found


def _timed(prefetch: Mapping[str, Any]) -> dict[str, list[tuple[dict[str, Any], Times | None]]]:
    """Return the entries of each list with their times; without any, those that have none."""
    return {
        key: [
            (entry, None if is_timeless(entry["resource"]) else times_of(entry["resource"]))
            for entry in bundle["entry"]
        ]
        for key, bundle in prefetch.items()
        if key != "patient"
    }


def _known_then(
    prefetch: Mapping[str, Any],
    timed: Mapping[str, Sequence[tuple[dict[str, Any], Times | None]]],
    time: dt.datetime,
    drafted: Sequence[Any],
) -> tuple[dict[str, Any], int]:
    """Return the prefetch with what had been recorded by a moment, and of how many entries of it
    that is not known.
    """
    known: dict[str, Any] = {}
    left_out = 0
    for key, value in prefetch.items():
        if key == "patient":
            known[key] = as_it_was(value, time)
            continue
        kept, unsaid = [], 0
        for entry, times in timed[key]:
            resource = entry["resource"]
            if times is None:
                kept.append(entry)
            elif (there := was_recorded(resource, time, times)) is None:
                unsaid += 1
            elif there and not any(resource is one for one in drafted):
                kept.append({**entry, "resource": as_it_was(resource, time, times)})
        known[key] = {**value, "entry": kept}
        if unsaid or "total" in value:
            known[key]["total"] = len(kept) + 1
        left_out += unsaid
    return known, left_out


class _Medications:
    """The Medications of a record, by what may point to them."""

    def __init__(self, prefetch: Mapping[str, Any]) -> None:
        self._by_name: dict[str, list[tuple[int, str, dict[str, Any]]]] = {}
        entries = (
            (key, entry)
            for key, bundle in prefetch.items()
            if key != "patient"
            for entry in bundle["entry"]
            if is_timeless(entry["resource"])
        )
        for place, (key, entry) in enumerate(entries):
            names = {as_text(entry["resource"].get("id")), reference_id(entry.get("fullUrl"))}
            for name in names - {""}:
                self._by_name.setdefault(name, []).append((place, key, entry))

    def named_by(self, orders: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
        """Return the lists of those that orders may point to, in their order."""
        names = {reference_id(read_medication(order)[1]) for order in orders}
        found = {one[0]: one for name in names for one in self._by_name.get(name, ())}
        lists: dict[str, Any] = {}
        for _, (_, key, entry) in sorted(found.items()):
            listed = lists.setdefault(key, {"resourceType": "Bundle", "entry": []})
            listed["entry"].append(entry)
        return lists


def _entries(bundle: Any) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in bundle["entry"]] if bundle else []


def _body(
    hook: str, patient: str, prefetch: Mapping[str, Any], context: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "hook": hook,
        "hookInstance": "population",
        "context": {"patientId": patient, "userId": "Practitioner/population", **context},
        "prefetch": dict(prefetch),
    }


def day_of(time: dt.datetime) -> dt.date:
    """Return the day that an event is decided for, as the service takes it: in UTC."""
    return time.astimezone(dt.UTC).date()
