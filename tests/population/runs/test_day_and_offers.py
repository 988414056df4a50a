"""A past order is decided for its day at the site, and what two settings offer otherwise within the
same card is told.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from cds_service.site import load_settings
from population.report.change_tables import change_tables
from population.report.counts import count_decisions
from population.report.tables import build_tables
from population.runs import (
    Decider,
    DeciderSetup,
    Mode,
    RunJob,
    changes_between,
    compares_offers,
    read_rows,
    run_decisions,
)
from population.slices import SliceJob, list_parts, run_slice
from tests.population.conftest import AS_OF

AUCKLAND, SANTIAGO = "Pacific/Auckland", "America/Santiago"


def site(folder: Path, text: str, name: str = "site.toml") -> Path:
    path = folder / name
    path.write_text(f'profile = "demonstration"\n{text}\n', encoding="utf-8")
    return path


def order(written: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "id": "o",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/p"},
        "authoredOn": written,
        "medicationCodeableConcept": {"text": "Cyanocobalamin 1 mg tablets"},
        "dosageInstruction": [{"text": "1 mg orally once daily"}],
        **more,
    }


def row_of(*medications: dict[str, Any], labs: Iterable[dict[str, Any]] = ()) -> dict[str, Any]:
    listed = {"medications": medications, "labs": labs}
    return {"patient": "p"} | {key: "\n".join(map(json.dumps, of)) for key, of in listed.items()}


def decider(policy: Path | None, as_of: dt.date = AS_OF) -> Decider:
    return Decider(DeciderSetup(Mode.REPLAY, as_of, str(policy or ""), {}))


@pytest.mark.parametrize(
    ("zone", "written", "day"),
    [
        (AUCKLAND, "2026-03-01T20:00:00Z", "2026-03-02"),
        (AUCKLAND, "2026-03-01T10:00:00Z", "2026-03-01"),
        (SANTIAGO, "2026-03-01T02:00:00Z", "2026-02-28"),
        (AUCKLAND, "2026-03-01", "2026-03-01"),
        (SANTIAGO, "2026-03-01", "2026-03-01"),
        (AUCKLAND, "2026-02", "2026-02-28"),
        (AUCKLAND, "2026-03-01T00:30:00", "2026-03-01"),
        ("UTC", "2026-03-01T20:00:00-05:00", "2026-03-02"),
    ],
)
def test_a_past_order_is_decided_for_the_day_on_which_the_service_would_have_been_asked(
    tmp_path: Path, zone: str, written: str, day: str
) -> None:
    """By the day in UTC an order of the morning in Auckland had been one of the day before."""
    policy = site(tmp_path, f'[service]\ntime_zone = "{zone}"')

    (row,) = decider(policy).rows_of([row_of(order(written))])

    assert row["day"] == day
    moment = dt.datetime.fromisoformat(row["time"])
    assert load_settings(policy).today(moment).isoformat() == day  # the day that a call has


@pytest.mark.parametrize("zone", [AUCKLAND, SANTIAGO, "UTC"])
def test_the_last_day_of_a_replay_is_one_of_the_site(tmp_path: Path, zone: str) -> None:
    policy = site(tmp_path, f'[service]\ntime_zone = "{zone}"')

    def days(written: str) -> list[str]:
        return [one["day"] for one in decider(policy).rows_of([row_of(order(written))])]

    assert days("2026-11-26") == days("2026-11-26T23:59:59") == ["2026-11-26"]
    assert days("2026-11-27") == days("2026-11-27T00:00:00") == []


def test_what_was_recorded_by_then_is_told_by_the_days_of_the_site(tmp_path: Path) -> None:
    """A result of the day of an order may have been there; one
    that was taken on the next day at the site was not there.
    """
    policy = site(tmp_path, f'[service]\ntime_zone = "{AUCKLAND}"')
    changed = {"lastUpdated": "2026-11-20T01:00:00Z"}

    def without_time(taken: str) -> int:
        lab = {"resourceType": "Observation", "id": "l", "effectiveDateTime": taken}
        row = row_of(order("2026-03-01T20:00:00Z"), labs=[lab | {"meta": changed}])
        (found,) = decider(policy).rows_of([row])
        return int(found["without_time"])

    assert without_time("2026-03-02") == 1  # the day of the order at the site: not known
    assert without_time("2026-03-03") == 0  # taken later: it was not there


@pytest.mark.parametrize("written", ["0001-01-01", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_the_first_and_the_last_day_of_all_end_no_replay(tmp_path: Path, written: str) -> None:
    for zone in (AUCKLAND, SANTIAGO):
        policy = site(tmp_path, f'[service]\ntime_zone = "{zone}"')
        later = order("2026-03-01", id="later")
        rows = list(decider(policy).rows_of([row_of(order(written), later)]))
        assert rows[-1]["order"] == "later"
        assert rows[-1]["status"] == 200


TABLETS = order("2026-03-01T10:00:00Z")
SIGNS = {
    "resourceType": "Condition",
    "id": "c",
    "subject": {"reference": "Patient/p"},
    "recordedDate": "2026-01-01",
    "code": {"coding": [{"system": "http://snomed.info/sct", "code": "302226006"}]},
}
EGFR = {
    "resourceType": "Observation",
    "id": "e",
    "status": "final",
    "subject": {"reference": "Patient/p"},
    "effectiveDateTime": "2026-11-20",
    "code": {"coding": [{"system": "http://loinc.org", "code": "98979-8"}]},
    "valueQuantity": {"value": 95, "unit": "mL/min/1.73m2"},
}
LOW = {
    "resourceType": "Observation",
    "id": "l",
    "status": "final",
    "subject": {"reference": "Patient/p"},
    "effectiveDateTime": "2026-11-20",
    "code": {"coding": [{"system": "http://loinc.org", "code": "14685-2"}]},
    "valueQuantity": {"value": 80, "unit": "pmol/L", "code": "pmol/L"}
    | {"system": "http://unitsofmeasure.org"},
}


def test_an_order_that_does_not_say_when_it_was_written_is_told_and_counted() -> None:
    """No row came of it, and nothing said so."""
    undated = order("2026-03-01", id="undated")
    del undated["authoredOn"]
    statin = {"medicationCodeableConcept": {"text": "Simvastatin"}}
    other = undated | {"id": "other"} | statin
    rows = list(decider(None).rows_of([row_of(order("2026-03-01"), undated, other)]))

    told = {row["order"]: (row["status"], row["time"], row["day"], row["cards"]) for row in rows}
    assert told.keys() == {"o", "undated"}
    assert told["undated"] == (422, "", "", [])
    assert "when it was written" in rows[0]["refused"]
    tables = {one.name: one for one in build_tables(count_decisions(rows), True)}
    assert tables["incomplete"].rows[-1] == (
        "orders that do not say when they were written, and are not decided",
        1,
    )


def test_an_order_is_not_kept_where_what_took_its_place_may_be_missing() -> None:
    def then(*more: dict[str, Any], **row: Any) -> str:
        rows = decider(None).rows_of([row_of(order("2026-03-01"), *more) | row])
        (found,) = [one["then"] for one in rows if one["order"] == "o"]
        return str(found)

    prior = {"priorPrescription": {"reference": "MedicationRequest/o"}}
    after = order("2026-03-20", id="after", **prior)
    undated = {name: value for name, value in after.items() if name != "authoredOn"}
    lacking = json.dumps({"medications": "a line that is no JSON"})
    assert then() == "kept"
    assert then(after) == "replaced"
    assert then(undated) == "not told"
    assert then(incomplete=lacking) == "not told"
    assert then(after, incomplete=lacking) == "replaced"


def compared(folder: Path, text: str, mode: Mode, *record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the changes by a second site file for one patient."""
    export = folder / "export"
    export.mkdir()
    person = {"resourceType": "Patient", "id": "p", "birthDate": "1950-01-01"}
    lines = [json.dumps(one) for one in (person, *record)]
    (export / "record.ndjson").write_text("\n".join(lines) + "\n")
    run_slice(SliceJob((export,), folder / "slice"), lambda _: None)
    against = str(site(folder, text, "other.toml"))
    setup = DeciderSetup(mode, AS_OF, "", {})
    run_decisions(RunJob(folder / "slice", folder / "out", setup, against), lambda _: None)
    changes: list[dict[str, Any]] = pq.read_table(folder / "out" / "changes.parquet").to_pylist()
    return changes


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[policy]\ndraftDispense = false", "draftDispense"),
        (
            '[[formulary]]\nsubstance = "hydroxocobalamin"\nroute = "IM"\nstrength = "1 mg/mL"\n'
            'text = "Hydroxocobalamin 1 mg/mL solution for injection (House)"\navailable = true',
            "formulary",
        ),
    ],
)
def test_another_draft_in_the_same_card_is_a_difference(
    tmp_path: Path, text: str, named: str
) -> None:
    (change,) = compared(tmp_path, text, Mode.REPLAY, SIGNS, TABLETS)

    assert change["rule_before"] == change["rule_after"]
    assert change["cards_before"] == change["cards_after"] != []
    assert change["offers_before"] != change["offers_after"]
    assert change["settings"] == [named]
    assert change["facts"] == []


def test_another_dose_in_the_same_card_is_told_by_run_and_report(tmp_path: Path) -> None:
    """It was not told: rule, card and loudness are the same."""
    (change,) = compared(tmp_path, "[policy]\noralDoseMcg = 2000", Mode.SNAPSHOT, LOW, EGFR)

    assert change["cards_before"] == change["cards_after"] != []
    assert any("cyanocobalamin 1 mg by mouth" in offer for offer in change["offers_before"])
    assert any("cyanocobalamin 2 mg by mouth" in offer for offer in change["offers_after"])
    counts = count_decisions(read_rows(list_parts(tmp_path / "out" / "decisions")))
    moves, _ = change_tables([change], counts, True)
    ((before, after, decisions),) = moves.rows
    assert (after, decisions) == (f"{before}, other orders offered", 1)


def test_the_same_offer_twice_is_none(tmp_path: Path) -> None:
    """Each offer has random ids."""
    assert compared(tmp_path, "", Mode.REPLAY, SIGNS, TABLETS) == []


def test_a_version_that_writes_down_no_offers_is_said_to_be_compared_without(
    tmp_path: Path,
) -> None:
    compared(tmp_path, "", Mode.SNAPSHOT, LOW)
    ours, old = tmp_path / "out", tmp_path / "old"
    (old / "decisions").mkdir(parents=True)
    for part in list_parts(ours / "decisions"):
        pq.write_table(pq.read_table(part).drop(["offers"]), old / "decisions" / part.name)

    assert list(changes_between(ours, old, {})) == []
    assert compares_offers(ours, ours)
    assert not compares_offers(ours, old)
    counts = count_decisions(read_rows(list_parts(ours / "decisions")))
    change = {f"{what}_{side}": [] for what in ("cards", "offers") for side in ("before", "after")}
    change |= {"rule_before": "U1", "rule_after": "M1", "facts": [], "settings": []}
    (moves,) = change_tables([change], counts, True, offers=False)
    assert "does not write down what it offers" in moves.note


def test_a_comparison_without_a_difference_says_so() -> None:
    """No table stood there, as if nothing had been compared."""
    counts = count_decisions(decider(None).rows_of([row_of(TABLETS)]))

    (moves,) = change_tables([], counts, True)

    assert moves.rows == (("every decision", "the same answer", "1"),)


def test_a_table_that_is_cut_says_of_how_many_rows() -> None:
    change = {f"{what}_{side}": [] for what in ("cards", "offers") for side in ("before", "after")}
    change |= {"rule_before": "U1", "facts": [], "settings": []}
    changes = [change | {"rule_after": f"M{number}"} for number in range(60)]

    moves, *_ = change_tables(changes, count_decisions([]), True)

    assert len(moves.rows) == 50
    assert moves.note.endswith("The first 50 of 60 rows.")
