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
from cds_service.site import day_in
from fhir_mappings.fhir import as_text, read_medication, reference_id
from population.runs.moments import (
    END_OF_DAY,
    KEPT,
    NOT_TOLD,
    STOPPED,
    Times,
    as_it_was,
    is_timeless,
    recorded_at,
    replacements,
    stopped_at,
    times_of,
    was_recorded,
    what_followed,
)

ORDER_TYPES = frozenset({"MedicationRequest", "MedicationOrder"})


@dataclass(frozen=True, slots=True)
class Event:
    """One thing to decide on: the request a client would have sent, and the day at the site for
    which it is decided; without a time it is an order that does not say when it was written.

    `then` is what the prescriber did next where the record tells; `without_time` counts the
    entries left out because nothing says when they were recorded. `prescriber` is a digest of who
    ordered; empty where that is not told, and of a stop.
    """

    kind: str
    time: dt.datetime | None
    day: dt.date
    order: str
    body: dict[str, Any]
    then: str = ""
    without_time: int = 0
    prescriber: str = ""


def chart_opened(patient: str, prefetch: Mapping[str, Any], as_of: dt.date) -> Event:
    """Return the opening of a chart on a day."""
    time = dt.datetime.combine(as_of, dt.time(), dt.UTC)
    return Event("chart", time, as_of, "", _body(PATIENT_VIEW, patient, prefetch, {}))


def past_orders(
    patient: str,
    prefetch: Mapping[str, Any],
    as_of: dt.date,
    zone: dt.tzinfo,
    concerns: Callable[[dict[str, Any]], bool] = lambda _: True,
) -> Iterator[Event]:
    """Yield what was ordered, refilled or stopped at each moment, the earliest first, up to the end
    of a day; before them each order of which nothing says when it was written, and which cannot be
    decided.

    What was ordered at one moment is one event, as it was signed together. Orders of other
    medicines are among them: whether one is about vitamin B12 or folic acid is for the decision to
    say.

    Args:
        zone: the time zone of the site, in which days begin and end.
        concerns: whether a request may be about vitamin B12 or folic acid; asked with its orders
            and the Medications alone, before the record of that moment is put together, which for
            each of thousands of other orders would take time and memory by their square.
    """
    orders = _orders_in(prefetch)
    last = dt.datetime.combine(as_of, END_OF_DAY, zone)
    beside, timed = _Medications(prefetch), _timed(prefetch, zone)
    replaced = replacements(orders, zone)
    is_partial = "total" in (prefetch.get("medications") or {})  # what takes its place may lack
    moments, undated = _moments(orders, zone)
    for order in undated:
        hook, context = _asked(ORDER, [order])
        if concerns(body := _body(hook, patient, beside.named_by([order]), context)):
            yield Event(ORDER, None, as_of, _named([order]), body)
    for (time, kind), together in moments:
        hook, context = _asked(kind, together)
        if time <= last and concerns(_body(hook, patient, beside.named_by(together), context)):
            then = "" if kind == STOP else what_followed(together, replaced, time, last)
            then = NOT_TOLD if then == KEPT and is_partial else then
            drafted = () if kind == STOP else together
            known, without_time = _known_then(prefetch, timed, time.astimezone(zone), drafted)
            body, named = _body(hook, patient, known, context), _named(together)
            who = "" if kind == STOP else prescriber_of(together[0])
            day = day_in(zone, time)
            yield Event(kind, time, day, named, body, then, without_time, who)


def _orders_in(prefetch: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        order
        for order in _entries(prefetch.get("medications"))
        if str(order.get("resourceType")) in ORDER_TYPES
        and as_text(order.get("status")) not in NEVER_ORDERED
    ]


def _moments(
    orders: Sequence[dict[str, Any]], zone: dt.tzinfo
) -> tuple[list[tuple[tuple[dt.datetime, str], list[dict[str, Any]]]], list[dict[str, Any]]]:
    """Return what was ordered, refilled or stopped together, by moment and kind, the earliest
    first; and the orders that no moment is told of.
    """
    medicines, undated = _medicines_by_id(orders), []
    moments: dict[tuple[dt.datetime, str], list[dict[str, Any]]] = {}
    for order in sorted(orders, key=lambda one: str(one.get("id"))):
        written, ended = recorded_at(order, zone), stopped_at(order, zone)
        if written is not None:
            kind = REFILL if continues(order, medicines) else ORDER
            moments.setdefault((written, kind), []).append(order)
        else:
            undated.append(order)
        if ended is not None and as_text(order["status"]) in STOPPED:
            moments.setdefault((ended, STOP), []).append(order)
    return sorted(moments.items(), key=lambda item: item[0]), undated


ORDER, REFILL, STOP = "order", "refill", "stop"
NEVER_ORDERED = frozenset({"draft", "entered-in-error"})


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


def _timed(
    prefetch: Mapping[str, Any], zone: dt.tzinfo
) -> dict[str, list[tuple[dict[str, Any], Times]]]:
    """Return the entries of each list with their times, and the Patient as if it were a list."""
    entries = {
        key: [{"resource": value}] if key == "patient" else value["entry"]
        for key, value in prefetch.items()
    }
    return {
        key: [(entry, times_of(entry["resource"], zone)) for entry in listed]
        for key, listed in entries.items()
    }


def _known_then(
    prefetch: Mapping[str, Any],
    timed: Mapping[str, Sequence[tuple[dict[str, Any], Times]]],
    time: dt.datetime,
    drafted: Sequence[Any],
) -> tuple[dict[str, Any], int]:
    """Return the prefetch with what had been recorded by a moment, and of how many entries of it
    that is not known.
    """
    known: dict[str, Any] = {}
    left_out, drafts = 0, {id(one) for one in drafted}
    for key, value in prefetch.items():
        if key == "patient":
            known[key] = as_it_was(value, time, timed[key][0][1])
            continue
        kept, unsaid = [], 0
        for entry, times in timed[key]:
            resource = entry["resource"]
            if is_timeless(resource):
                kept.append(entry)
            elif (there := was_recorded(resource, time, times)) is None:
                unsaid += 1
            elif there and id(resource) not in drafts:
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
