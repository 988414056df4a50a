"""What had been recorded by an earlier moment, and what of it was true then."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from population.runs import moments
from population.runs.events import past_orders
from population.runs.moments import (
    as_it_was,
    moment_of,
    recorded_at,
    stopped_at,
    times_of,
    was_recorded,
)
from tests.population.conftest import AS_OF


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def then_stood(entry: dict[str, Any], then: dt.datetime) -> dict[str, Any]:
    return as_it_was(entry, then, times_of(entry, dt.UTC))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01T10:00:00+02:00", at("2026-03-01T08:00:00")),
        ("2026-03-01", at("2026-03-01T23:59:59")),
        ("2026-02", at("2026-02-28T23:59:59")),
        ("2026", at("2026-12-31T23:59:59")),
        ("soon", None),
        (None, None),
    ],
)
def test_a_partial_date_is_its_last_moment_so_that_nothing_is_known_too_early(
    text: object, moment: dt.datetime | None
) -> None:
    assert moment_of(text, dt.UTC) == moment


def test_when_an_entry_was_recorded_comes_from_its_own_element_then_from_meta() -> None:
    meta = {"lastUpdated": "2026-05-01"}
    issued = {"resourceType": "Observation", "issued": "2026-01-01", "meta": meta}

    assert recorded_at(issued, dt.UTC) == at("2026-01-01T23:59:59")
    assert recorded_at({"resourceType": "Observation", "meta": meta}, dt.UTC) == at(
        "2026-05-01T23:59:59"
    )
    assert (
        recorded_at({"resourceType": "Observation", "effectiveDateTime": "2026-01-01"}, dt.UTC)
        is None
    )


LOADED = {"meta": {"versionId": "1", "lastUpdated": "2026-11-20T01:00:00Z"}}
"""What a server says of everything that was put into it on one day."""


@pytest.mark.parametrize(
    ("entry", "there"),
    [
        ({"resourceType": "Observation", "issued": "2026-02-01"}, True),
        ({"resourceType": "Observation", "issued": "2026-02-01", **LOADED}, True),
        ({"resourceType": "Observation", "issued": "2026-04-01"}, False),
        ({"resourceType": "Observation", "effectiveDateTime": "2026-02-01", **LOADED}, None),
        ({"resourceType": "Observation", "effectiveDateTime": "2026-03-01", **LOADED}, None),
        ({"resourceType": "Observation", "effectiveDateTime": "2026-03-02", **LOADED}, False),
        ({"resourceType": "Observation", "effectiveDateTime": "2026-04"}, False),
        ({"resourceType": "Observation", "effectiveDateTime": "2026", **LOADED}, None),
        ({"resourceType": "Condition", "onsetPeriod": {"start": "2026-04-01"}, **LOADED}, False),
        ({"resourceType": "Condition", "onsetDateTime": "2019", **LOADED}, None),
        ({"resourceType": "Condition", **LOADED}, None),
        ({"resourceType": "Condition", "meta": {"lastUpdated": "2026-02-01"}}, True),
        ({"resourceType": "Procedure", "performedDateTime": "2020-05-01", **LOADED}, None),
        ({"resourceType": "Procedure", "performedDateTime": "soon", **LOADED}, None),
        ({"resourceType": "MedicationDispense", "whenHandedOver": "2026-04-01"}, False),
        ({"resourceType": "MedicationRequest"}, None),
    ],
)
def test_a_later_change_does_not_tell_that_an_entry_was_not_there_H109(
    entry: dict[str, Any], there: bool | None
) -> None:
    """Asked of 1 March 2026; what happened after that day was not on record then."""
    assert was_recorded(entry, at("2026-03-01T12:00:00"), times_of(entry, dt.UTC)) is there


def test_what_ended_later_had_not_ended_then() -> None:
    then = at("2026-03-01T00:00:00")
    order = {
        "resourceType": "MedicationRequest",
        "status": "stopped",
        "meta": {"lastUpdated": "2026-06-01"},
    }
    problem = {
        "resourceType": "Condition",
        "clinicalStatus": {"coding": [{"code": "resolved"}]},
        "abatementDateTime": "2026-04-01",
    }
    person = {"resourceType": "Patient", "deceasedDateTime": "2026-05-01"}

    assert then_stood(order, then)["status"] == "active"
    assert then_stood(order, at("2026-07-01T00:00:00")) == order
    assert then_stood(problem, then)["clinicalStatus"]["coding"][0]["code"] == "active"
    assert "abatementDateTime" not in then_stood(problem, then)
    assert "deceasedDateTime" not in then_stood(person, then)
    assert stopped_at({**order, "status": "active"}, dt.UTC) is None


def _bundle(*resources: dict[str, object]) -> dict[str, object]:
    return {"resourceType": "Bundle", "entry": [{"resource": one} for one in resources]}


def test_a_past_order_is_decided_with_what_was_on_record_before_it() -> None:
    def order(identity: str, day: str, **more: object) -> dict[str, object]:
        return {
            "resourceType": "MedicationRequest",
            "id": identity,
            "status": "active",
            "authoredOn": day,
            **more,
        }

    first = order("first", "2026-01-01T10:00:00Z")
    second = order(
        "second",
        "2026-02-01T10:00:00Z",
        status="stopped",
        priorPrescription={"reference": "MedicationRequest/first"},
        meta={"lastUpdated": "2026-02-10T10:00:00Z"},
    )
    early = {"resourceType": "Observation", "id": "early", "issued": "2026-01-15"}
    late = {"resourceType": "Observation", "id": "late", "issued": "2026-03-15"}
    unsaid = {"resourceType": "Observation", "id": "unsaid"}
    prefetch = {"medications": _bundle(first, second), "labs": _bundle(early, late, unsaid)}

    events = list(past_orders("ana", prefetch, dt.date(2026, 11, 26), dt.UTC))

    assert [(event.kind, event.order) for event in events] == [
        ("order", "first"),
        ("refill", "second"),
        ("stop", "second"),
    ]
    refill = events[1].body
    assert refill["hook"] == "medication-refill"
    assert refill["context"]["medications"]["entry"][0]["resource"]["status"] == "draft"
    known = refill["prefetch"]
    assert [entry["resource"]["id"] for entry in known["medications"]["entry"]] == ["first"]
    assert [entry["resource"]["id"] for entry in known["labs"]["entry"]] == ["early"]
    assert known["labs"]["total"] == 2  # one entry does not say when it was recorded
    assert events[1].without_time == 1
    assert events[1].then == "stopped"
    assert events[2].body["context"]["draftOrders"]["entry"][0]["resource"]["status"] == "stopped"


def test_lists_of_a_server_that_was_filled_later_are_never_known_to_be_empty_H109() -> None:
    """Before, all results and problems were gone from every past order, and nothing said so."""
    order = {"resourceType": "MedicationRequest", "id": "o", "authoredOn": "2026-03-01T10:00:00Z"}
    result = {"resourceType": "Observation", "id": "r", "effectiveDateTime": "2026-02-01"}
    later = {"resourceType": "Condition", "id": "later", "onsetDateTime": "2026-09-01"}
    prefetch = {
        "medications": _bundle(order),
        "labs": _bundle(result | LOADED),
        "conditions": _bundle(later | LOADED),
    }
    (event,) = past_orders("ana", prefetch, dt.date(2026, 11, 26), dt.UTC)

    known = event.body["prefetch"]
    assert known["labs"] == {"resourceType": "Bundle", "entry": [], "total": 1}
    assert known["conditions"] == {"resourceType": "Bundle", "entry": []}
    assert event.without_time == 1


def test_orders_after_the_day_are_not_decided() -> None:
    later = {
        "resourceType": "MedicationRequest",
        "id": "later",
        "status": "active",
        "authoredOn": "2026-11-27T00:00:00Z",
    }

    assert not list(
        past_orders("a", {"medications": _bundle(later)}, dt.date(2026, 11, 26), dt.UTC)
    )


@pytest.mark.parametrize(
    ("medicine", "hook"),
    [
        ({"medicationCodeableConcept": {"text": "B12"}}, "medication-refill"),
        ({"medicationCodeableConcept": {"text": "B12 tablets"}}, "order-sign"),
        ({"medicationReference": {"reference": "Medication/1"}}, "order-sign"),
    ],
)
def test_an_order_that_goes_on_with_another_is_a_refill_and_one_that_replaces_it_is_not(
    medicine: dict[str, object], hook: str
) -> None:
    common = {"resourceType": "MedicationRequest", "status": "active"}
    first = {
        **common,
        "id": "first",
        "authoredOn": "2026-01-01T10:00:00Z",
        "medicationCodeableConcept": {"text": "B12"},
    }
    second = {
        **common,
        **medicine,
        "id": "second",
        "authoredOn": "2026-04-01T10:00:00Z",
        "priorPrescription": {"reference": "MedicationRequest/first"},
    }
    prefetch = {"medications": _bundle(first, second)}
    _, event = past_orders("ana", prefetch, dt.date(2026, 11, 26), dt.UTC)

    assert (event.order, event.body["hook"]) == ("second", hook)
    assert ("medications" in event.body["context"]) is (hook == "medication-refill")


def test_a_refill_and_a_new_order_of_one_moment_are_two_events() -> None:
    common = {"resourceType": "MedicationRequest", "status": "active"}
    now = "2026-04-01T10:00:00Z"
    first = {**common, "id": "first", "authoredOn": "2026-01-01T10:00:00Z"}
    again = {**common, "id": "again", "authoredOn": now}
    again["priorPrescription"] = {"reference": "MedicationRequest/first"}  # type: ignore[assignment]
    new = {**common, "id": "new", "authoredOn": now}
    prefetch = {"medications": _bundle(first, again, new)}
    events = list(past_orders("ana", prefetch, dt.date(2026, 11, 26), dt.UTC))

    assert [(one.kind, one.order) for one in events[1:]] == [("order", "new"), ("refill", "again")]


STOPPED = {"status": "stopped", "meta": {"lastUpdated": "2026-04-20T10:00:00Z"}}


@pytest.mark.parametrize(
    ("changes", "last", "then"),
    [
        ({}, dt.date(2026, 5, 1), "kept"),
        ({}, dt.date(2026, 4, 30), "not told"),  # 30 days after the order are not over
        (STOPPED, dt.date(2026, 5, 1), "stopped"),
        (STOPPED, dt.date(2026, 4, 21), "stopped"),
        ({"status": "stopped"}, dt.date(2026, 11, 26), "not told"),  # nothing says when
        (
            {**STOPPED, "meta": {"lastUpdated": "2026-06-20T10:00:00Z"}},
            dt.date(2026, 11, 26),
            "kept",
        ),
    ],
)
def test_what_the_prescriber_did_is_told_only_where_the_record_tells_it(
    changes: dict[str, object], last: dt.date, then: str
) -> None:
    order = {
        "resourceType": "MedicationRequest",
        "id": "first",
        "status": "active",
        "authoredOn": "2026-04-01T10:00:00Z",
        **changes,
    }
    event, *_ = past_orders("ana", {"medications": _bundle(order)}, last, dt.UTC)

    assert event.then == then


WRONG: list[Any] = [None, 0, True, "", "x", [], {}, ["active"], [None], {"a": 1}, [{}]]


@pytest.mark.parametrize(
    "field",
    ["id", "status", "authoredOn", "priorPrescription", "requester", "meta", "subject", "intent"],
)
def test_a_field_of_any_type_ends_no_replay(field: str) -> None:
    """Whatever stands in one order, the others are decided on."""
    right = {
        "resourceType": "MedicationRequest",
        "id": "right",
        "status": "stopped",
        "authoredOn": "2026-04-01T10:00:00Z",
        "meta": {"lastUpdated": "2026-06-20T10:00:00Z"},
    }
    for value in WRONG:
        odd = {**right, "id": "odd", field: value}
        events = list(
            past_orders("ana", {"medications": _bundle(odd, right)}, dt.date(2026, 11, 26), dt.UTC)
        )
        assert any("right" in event.order for event in events), value
        assert any("right" in event.order and event.kind == "stop" for event in events), value


def test_the_times_of_an_entry_are_read_once_however_many_orders_are_decided(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[object] = []
    right = moments.moment_of
    monkeypatch.setattr(
        moments, "moment_of", lambda text, zone: read.append(text) or right(text, zone)
    )

    def reads(count: int) -> int:
        orders = [
            {
                "resourceType": "MedicationRequest",
                "id": f"o{day}",
                "authoredOn": f"20{day:02}-01-01",
            }
            for day in range(count)
        ]
        read.clear()
        events = past_orders("ana", {"medications": _bundle(*orders)}, dt.date(2100, 1, 1), dt.UTC)
        assert len(list(events)) == count
        return len(read)

    assert reads(80) < 2.2 * reads(40)


@pytest.mark.parametrize(
    ("reference", "medication", "url"),
    [
        ("Medication/m", "m", ""),
        ("https://example.org/fhir/Medication/m/_history/2", "m", ""),
        ("urn:uuid:3f2c9a5e-0000-4000-8000-000000000001", "m", "same"),
        ("urn:uuid:m", "m", ""),
    ],
)
def test_whether_an_order_is_ours_is_asked_with_the_medication_that_it_points_to(
    reference: str, medication: str, url: str
) -> None:
    """To ask for each order with all that stand in the record costs their square."""
    order = {
        "resourceType": "MedicationRequest",
        "id": "o",
        "authoredOn": "2026-03-01",
        "medicationReference": {"reference": reference},
    }
    others = [{"resourceType": "Medication", "id": f"x{number}"} for number in range(3)]
    bundle = _bundle(order, *others, {"resourceType": "Medication", "id": medication})
    if url:
        bundle["entry"][-1]["fullUrl"] = reference  # type: ignore[index]
    asked: list[dict[str, object]] = []

    list(
        past_orders(
            "ana", {"medications": bundle}, AS_OF, dt.UTC, lambda body: bool(asked.append(body))
        )
    )

    (body,) = asked
    (found,) = body["prefetch"]["medications"]["entry"]  # type: ignore[index]
    assert found["resource"]["id"] == medication
