"""Events are decided side by side; each is answered as if it were alone, and what the service
refuses costs itself only.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cds_service.decision import Decision
from fhir_mappings.terminology import load_value_sets
from population.report.counts import count_decisions
from population.report.tables import REFUSALS
from population.runs import Decider, DeciderSetup, Mode, deciding, read_rows
from population.slices import list_parts
from tests.population.conftest import AS_OF

MANY = 201
"""One more than what is read of one thing (R181)."""


@pytest.fixture
def rows(sliced: Path) -> list[dict[str, Any]]:
    return [row for row in read_rows(list_parts(sliced)) if row["person"]]


def decider(mode: Mode = Mode.SNAPSHOT) -> Decider:
    return Decider(DeciderSetup(mode, AS_OF, "", {}))


@pytest.mark.parametrize("mode", Mode)
def test_each_is_answered_as_if_it_were_alone(rows: list[dict[str, Any]], mode: Mode) -> None:
    together, alone = decider(mode), decider(mode)
    asked = [one for batch in together.ask(rows) for one in batch]

    decided = list(together.rows_of(rows))

    singly = [(one, alone.decide(one.event)) for one in asked]
    assert decided == [alone.row_of(one, answer) for one, answer in singly if answer is not None]
    assert len({row["patient"] for row in decided}) > deciding.SIDE_BY_SIDE
    assert len({row["rule"] for row in decided}) > 5


def test_no_more_than_a_few_records_are_held_at_once(
    rows: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[str] = []

    def counted() -> Any:
        for row in rows:
            taken.append(row["patient"])
            yield row

    first = next(decider().rows_of(counted()))

    assert first["patient"] == rows[0]["patient"]
    assert len(taken) == deciding.SIDE_BY_SIDE < len(rows)


def resource(row: dict[str, Any], kind: str, **more: Any) -> str:
    subject = {"reference": f"Patient/{row['patient']}"}
    return json.dumps({"resourceType": kind, "id": "x1", "subject": subject, **more})


CODED = {"coding": [{"system": "http://loinc.org", "code": "2132-9"}] * MANY}
TOO_MUCH = {
    "codings of a result": (
        "labs",
        {"resourceType": "Observation", "status": "final", "code": CODED},
    ),
    "codings of a diagnosis": ("conditions", {"resourceType": "Condition", "code": CODED}),
    "dosage lines": (
        "medications",
        {
            "resourceType": "MedicationRequest",
            "status": "active",
            "intent": "order",
            "authoredOn": "2026-05-01",
            "medicationCodeableConcept": {"text": "Cyanocobalamin 1 mg tablets"},
            "dosageInstruction": [{"text": "one a day"}] * MANY,
        },
    ),
}


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("case", TOO_MUCH)
def test_a_record_of_more_than_is_read_is_refused_and_no_other(
    rows: list[dict[str, Any]], case: str, mode: Mode
) -> None:
    key, stated = TOO_MUCH[case]
    own = dict(stated)
    odd = {**rows[3], key: resource(rows[3], own.pop("resourceType"), **own)}
    others = [*rows[:3], *rows[4:40]]

    answered = list(decider(mode).rows_of([*rows[:3], odd, *rows[4:40]]))

    refused = [row for row in answered if row["status"] == 400]
    if mode is Mode.SNAPSHOT or key == "medications":
        assert [row["patient"] for row in refused] == [odd["patient"]]
        assert f"{MANY} " in refused[0]["refused"]
        assert (refused[0]["rule"], refused[0]["cards"], refused[0]["unknown"]) == ("", [], [])
    alone = list(decider(mode).rows_of(others))
    assert [row for row in answered if row["patient"] != odd["patient"]] == alone
    counts = count_decisions(answered)
    assert counts.refused[400] == len(refused)
    assert counts.decisions == len(answered) - len(refused)


def test_an_entry_of_another_patient_that_is_too_long_refuses_nothing(
    rows: list[dict[str, Any]],
) -> None:
    theirs = resource({"patient": "another"}, "Observation", status="final", code=CODED)

    (row,) = decider().rows_of([{**rows[3], "labs": theirs}])

    assert row["status"] == 200
    assert row["not_understood"] == []


def test_a_fault_of_ours_costs_its_record_and_is_counted(
    rows: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    unwilling = decider()
    broken = rows[2]["patient"]
    right = deciding.assemble_from_prefetch

    def assemble(request: Any, templates: Any) -> Any:
        if request.patient_id == broken:
            raise KeyError("Anna")
        return right(request, templates)

    monkeypatch.setattr(deciding, "assemble_from_prefetch", assemble)
    answered = list(unwilling.rows_of(rows[:5]))

    assert [row["status"] for row in answered] == [200, 200, 500, 200, 200]
    assert "KeyError" in answered[2]["refused"]
    assert "Anna" not in answered[2]["refused"]
    assert count_decisions(answered).refused == {500: 1}
    assert {400, deciding.UNDATED, 500} == REFUSALS.keys()


def test_what_is_remembered_for_one_record_is_not_taken_for_another(
    rows: list[dict[str, Any]],
) -> None:
    """The same without the memory that a run keeps over records."""
    plain = decider()
    forgetful = decider()
    forgetful.value_sets = load_value_sets()
    assert plain.value_sets.remembers
    assert not forgetful.value_sets.remembers
    events = [one.event for batch in plain.ask(rows[:60]) for one in batch]

    for ours, theirs in zip(plain.decide_all(events), forgetful.decide_all(events), strict=True):
        assert isinstance(ours, Decision)
        assert isinstance(theirs, Decision)
        assert ours.facts == theirs.facts
        assert ours.findings == theirs.findings


def of_many_orders(count: int, by_reference: bool) -> dict[str, Any]:
    """Return the row of a patient with so many orders of another medicine, each with its prior, and
    one of vitamin B12; the medicine may stand in a Medication of each order.
    """

    def medicine(number: int) -> dict[str, Any]:
        return {"text": "Vitamin B12 1 mg" if not number else "Statin"}

    def named(number: int) -> dict[str, Any]:
        if by_reference:
            return {"medicationReference": {"reference": f"Medication/m{number}"}}
        return {"medicationCodeableConcept": medicine(number)}

    orders = [
        {
            "resourceType": "MedicationRequest",
            "id": f"o{number}",
            "status": "active",
            "intent": "order",
            "subject": {"reference": "Patient/p"},
            "authoredOn": f"2020-01-01T10:{number // 60:02}:{number % 60:02}Z",
            "priorPrescription": {"reference": f"MedicationRequest/o{number - 1}"},
            **named(number),
        }
        for number in range(count)
    ]
    medications = [
        {"resourceType": "Medication", "id": f"m{number}", "code": medicine(number)}
        for number in range(count if by_reference else 0)
    ]
    return {"patient": "p", "medications": "\n".join(map(json.dumps, orders + medications))}


@pytest.mark.parametrize("by_reference", [False, True])
def test_a_replay_of_many_orders_of_other_medicines_costs_by_their_number_not_its_square(
    by_reference: bool,
) -> None:
    """Before, 1,000 such orders of one person took 17 times as long as 250, and no row came."""

    def calls(count: int) -> int:
        row, seen = of_many_orders(count, by_reference), Counter[str]()
        asked = decider(Mode.REPLAY)
        list(asked.rows_of([row]))  # what is kept after the first time
        sys.setprofile(lambda *seen_now: seen.update([seen_now[1]]))
        try:
            rows = list(asked.rows_of([row]))
        finally:
            sys.setprofile(None)
        assert [(one["hook"], one["order"]) for one in rows] == [("order-sign", "o0")]
        return seen.total()

    assert calls(400) < 2.2 * calls(200)
