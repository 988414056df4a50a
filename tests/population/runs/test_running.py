"""A run decides every patient of a slice once, whatever happens to the workers, and always writes
the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from cds_service.decision import decide_request
from cds_service.site import load_settings
from fhir_mappings.terminology import load_value_sets
from population.runs import (
    Decider,
    DeciderSetup,
    Mode,
    RunJob,
    RunRefused,
    read_rows,
    run_decisions,
    running,
)
from population.slices import alone_in, list_parts
from population.sources import TaskFailed, run_tasks
from tests.population.conftest import AS_OF


def job(sliced: Path, out: Path, mode: Mode = Mode.SNAPSHOT, **more: Any) -> RunJob:
    missing = json.loads((sliced / "slice.json").read_text())["missing"]
    return RunJob(sliced, out, DeciderSetup(mode, AS_OF, "", missing), **more)


def run(sliced: Path, out: Path, mode: Mode = Mode.SNAPSHOT, **more: Any) -> Path:
    run_decisions(job(sliced, out, mode, **more), lambda _: None)
    return out


def decisions(out: Path) -> list[dict[str, Any]]:
    return list(read_rows(list_parts(out / "decisions")))


def digest(out: Path) -> dict[str, str]:
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*.parquet"))
    }


@pytest.fixture(scope="module")
def snapshot(sliced: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(sliced, tmp_path_factory.mktemp("snapshot"))


@pytest.fixture(scope="module")
def replay(sliced: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(sliced, tmp_path_factory.mktemp("replay"), Mode.REPLAY)


def test_a_snapshot_has_one_row_per_patient_silent_ones_too(snapshot: Path) -> None:
    rows = decisions(snapshot)

    assert len(rows) == 500 == len({row["patient"] for row in rows})
    assert {row["hook"] for row in rows} == {"patient-view"}
    assert any(row["cards"] for row in rows)
    assert any(not row["cards"] and row["indicator"] == "" for row in rows)


def test_a_replay_has_one_row_per_order_of_ours(replay: Path) -> None:
    rows = decisions(replay)

    assert rows
    assert {row["hook"] for row in rows} == {"order-sign"}
    assert {row["event"] for row in rows} >= {"order", "stop"}
    assert all(row["order"] and row["time"] < "2026-11-27" for row in rows)


def test_a_slice_gives_the_answer_that_the_whole_record_gives(made: Path, snapshot: Path) -> None:
    """What was dropped decides nothing."""
    records: dict[str, list[dict[str, Any]]] = {}
    for path in made.glob("*.ndjson"):
        for line in path.read_text().splitlines():
            resource = json.loads(line)
            who = resource.get("subject") or resource.get("patient") or {}
            owner = resource["id"] if path.stem == "Patient" else who["reference"].split("/")[1]
            records.setdefault(owner, []).append(resource)
    settings, value_sets = load_settings(None), load_value_sets()
    for row in decisions(snapshot):
        decision = decide_request(_whole_request(row, records), settings, value_sets, AS_OF)
        cards = [card["source"]["topic"]["code"] for card in decision.cards]
        assert (row["rule"], row["cards"]) == (decision.recommendation.rule, cards), row["patient"]


TYPES = {
    "conditions": "Condition",
    "labs": "Observation",
    "medications": "MedicationRequest",
    "statements": "MedicationStatement",
    "administrations": "MedicationAdministration",
    "procedures": "Procedure",
    "allergies": "AllergyIntolerance",
}


def _whole_request(row: dict[str, Any], records: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    resources = records[row["patient"]]
    prefetch: dict[str, Any] = {
        key: {
            "resourceType": "Bundle",
            "entry": [{"resource": one} for one in resources if one["resourceType"] == kind],
        }
        for key, kind in TYPES.items()
    }
    prefetch["patient"] = next(one for one in resources if one["resourceType"] == "Patient")
    context = {"patientId": row["patient"], "userId": "Practitioner/1"}
    return {"hook": row["hook"], "hookInstance": "x", "context": context, "prefetch": prefetch}


@pytest.mark.parametrize("mode", list(Mode))
def test_the_bytes_are_the_same_whatever_the_number_of_workers(
    sliced: Path, snapshot: Path, replay: Path, tmp_path: Path, mode: Mode
) -> None:
    once = snapshot if mode is Mode.SNAPSHOT else replay

    assert digest(run(sliced, tmp_path, mode, workers=2)) == digest(once)


def test_an_interrupted_run_goes_on_where_it_was(
    sliced: Path, snapshot: Path, tmp_path: Path
) -> None:
    run(sliced, tmp_path)
    parts = list_parts(tmp_path / "decisions")
    kept = parts[0].stat().st_mtime_ns
    parts[1].unlink()
    (tmp_path / "decisions" / "part-00002.partial").write_bytes(b"half")

    run(sliced, tmp_path)

    assert digest(tmp_path) == digest(snapshot)
    assert parts[0].stat().st_mtime_ns == kept
    assert list(tmp_path.rglob("*.partial")) == []


def test_another_run_does_not_go_on_in_the_same_folder(sliced: Path, tmp_path: Path) -> None:
    run(sliced, tmp_path)

    with pytest.raises(RunRefused, match="holds another run"):
        run(sliced, tmp_path, Mode.REPLAY)


def test_a_run_with_other_codes_of_the_site_does_not_go_on_in_the_same_folder(
    sliced: Path, tmp_path: Path
) -> None:
    """The site file is the same and the file of codes that it names is not: what was decided would
    be told as decided with the new codes.
    """
    site, codes = tmp_path / "site.toml", tmp_path / "routes.csv"
    site.write_text('[codes]\nroutes = "routes.csv"\n')
    codes.write_text("text,concept\nins Muskelfleisch,route_im\n")
    again = replace(job(sliced, tmp_path / "out"), setup=_under(site, sliced))
    run_decisions(again, lambda _: None)
    codes.write_text("text,concept\nins Muskelfleisch,route_nasal\n")

    with pytest.raises(RunRefused, match="holds another run"):
        run_decisions(again, lambda _: None)


def _under(site: Path, sliced: Path) -> DeciderSetup:
    return replace(job(sliced, site.parent).setup, policy=str(site))


def test_a_run_of_other_rules_does_not_go_on_in_the_same_folder(
    sliced: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program was brought up to date, and calls itself as before."""
    run(sliced, tmp_path)
    monkeypatch.setattr(running, "knowledge_version", lambda: "other")

    with pytest.raises(RunRefused, match="holds another run"):
        run(sliced, tmp_path)


def test_a_folder_without_a_slice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunRefused, match="holds no slice"):
        run_decisions(
            RunJob(tmp_path, tmp_path / "out", DeciderSetup(Mode.SNAPSHOT, AS_OF, "", {})),
            lambda _: None,
        )


def test_a_slice_that_lacks_a_part_is_refused_and_not_decided_in_part(
    sliced: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "slice"
    shutil.copytree(sliced, copy)
    list_parts(copy)[-1].unlink()

    with pytest.raises(RunRefused, match=r"lacks part-00003\.parquet of 4 parts"):
        run(copy, tmp_path)


def test_two_site_files_are_compared_and_what_changed_is_said(sliced: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text('profile = "demonstration"\n[policy]\nnonNeuroRoute = "IM_FIRST"\n')

    out = run(sliced, tmp_path / "out", against=str(other), workers=2)

    changes = pq.read_table(out / "changes.parquet").to_pylist()
    assert {(one["rule_before"], one["rule_after"]) for one in changes} >= {("M6", "M5")}
    assert {(*one["facts"], *one["settings"]) for one in changes} == {("nonNeuroRoute",)}
    assert len(decisions(out)) == 500
    before = digest(out)
    assert digest(run(sliced, out, against=str(other))) == before  # a run that is done stays


def test_a_part_that_is_decided_again_costs_no_difference_of_the_others(
    sliced: Path, tmp_path: Path
) -> None:
    """A damaged part is removed and run again, as the report says: the differences of all other
    parts were gone.
    """
    other = tmp_path / "other.toml"
    other.write_text('profile = "demonstration"\n[policy]\nnonNeuroRoute = "IM_FIRST"\n')
    out = run(sliced, tmp_path / "out", against=str(other))
    whole = digest(out)

    (out / "decisions" / "part-00002.parquet").unlink()
    assert digest(run(sliced, out, against=str(other))) == whole

    (out / "changes.parquet").unlink()
    assert digest(run(sliced, out, against=str(other))) == whole


def test_differences_are_those_of_every_part_wherever_a_run_was_killed(
    sliced: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.toml"
    other.write_text('profile = "demonstration"\n[policy]\nnonNeuroRoute = "IM_FIRST"\n')
    asked = job(sliced, tmp_path / "out", against=str(other))
    out = run(sliced, asked.out, against=str(other))
    whole = digest(out)

    for killed_after in (1, 3):
        (out / "decisions" / "part-00000.parquet").unlink()
        done: list[float] = []

        def kill(patients: float, done: list[float] = done, most: int = killed_after) -> None:
            done.append(patients)
            if len(done) == most:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            run_decisions(asked, kill)
        assert digest(run(sliced, out, against=str(other))) == whole


def test_a_slice_that_is_made_anew_is_not_decided_meanwhile(sliced: Path, tmp_path: Path) -> None:
    copy = tmp_path / "slice"
    shutil.copytree(sliced, copy)

    with alone_in(copy), pytest.raises(RunRefused, match="another b12-cds is writing into it"):
        run(copy, tmp_path / "out")


def test_a_list_that_was_not_exported_is_unknown_for_everybody(sliced: Path) -> None:
    missing = {"allergies": "not exported"}
    decider = Decider(DeciderSetup(Mode.SNAPSHOT, AS_OF, "", missing))
    row = next(
        row for row in read_rows(list_parts(sliced)) if not row["allergies"] and row["person"]
    )

    (decided,) = decider.rows_of([row])

    assert "allergies" in {fact["fact"] for fact in decided["unknown"]}


def kill_once(folder: str) -> Callable[[int], int]:
    """Return work that kills its process the first time it meets the number 3."""

    def work(number: int) -> int:
        mark = Path(folder) / "killed"
        if number == 3 and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return number * number

    return work


def test_a_killed_worker_loses_nothing(tmp_path: Path) -> None:
    done = dict(run_tasks(kill_once, str(tmp_path), list(range(8)), 2))

    assert done == {number: number * number for number in range(8)}
    assert (tmp_path / "killed").exists()


def test_what_starts_the_workers_may_be_killed_too(tmp_path: Path) -> None:
    running = run_tasks(kill_once, str(tmp_path), list(range(8)), 2)
    done = dict([next(running)])
    os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)  # type: ignore[attr-defined]

    assert done | dict(running) == {number: number * number for number in range(8)}


def slow(folder: str) -> Callable[[int], int]:
    """Return work that says which process does it, and takes a minute."""

    def work(number: int) -> int:
        (Path(folder) / str(os.getpid())).touch()
        time.sleep(60)
        return number

    return work


SHARES_OUT = (
    "import signal, sys; from tests.population.runs.test_running import run_tasks, slow\n"
    "signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored behind nohup and &\n"
    "if __name__ == '__main__': list(run_tasks(slow, sys.argv[1], [1, 2], 2))"
)


def test_workers_end_with_the_process_that_shares_the_work_out(tmp_path: Path) -> None:
    """Else they would write beside the run that is begun again."""
    shares_out = subprocess.Popen([sys.executable, "-c", SHARES_OUT, str(tmp_path)])
    _wait_until(lambda: len(list(tmp_path.iterdir())) == 2)
    workers = [Path("/proc", path.name) for path in tmp_path.iterdir()]

    shares_out.kill()
    shares_out.wait()

    _wait_until(lambda: not any(map(_is_alive, workers)))


def test_ctrl_c_is_told_to_nobody_by_the_workers(tmp_path: Path) -> None:
    """A terminal sends it to every process, and each worker printed where it was."""
    shares_out = subprocess.Popen(
        [sys.executable, "-c", SHARES_OUT, str(tmp_path)],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    _wait_until(lambda: len(list(tmp_path.iterdir())) == 2)
    workers = [Path("/proc", path.name) for path in tmp_path.iterdir()]

    os.killpg(shares_out.pid, signal.SIGINT)

    assert shares_out.communicate()[1].count("Traceback") == 1  # that of the script above itself
    _wait_until(lambda: not any(map(_is_alive, workers)))


def _wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 150  # two interpreters start with all that the tests import
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def _is_alive(process: Path) -> bool:
    """Return whether a process is there, and not only waits to be counted as ended."""
    try:
        return " Z " not in (process / "stat").read_text()
    except OSError:
        return False


def always_killed(_: str) -> Callable[[int], int]:
    def work(number: int) -> int:
        os.kill(os.getpid(), signal.SIGKILL)
        return number

    return work


def test_a_part_that_kills_every_worker_ends_the_run_and_says_so() -> None:
    with pytest.raises(TaskFailed, match="killed three times"):
        list(run_tasks(always_killed, "", [1, 2], 2))


def raises(_: str) -> Callable[[int], int]:
    def work(number: int) -> int:
        raise ValueError("Anna Muster, born 1970")

    return work


@pytest.mark.parametrize("workers", [1, 2])
def test_what_fails_is_said_without_what_it_failed_on(workers: int) -> None:
    with pytest.raises(TaskFailed) as failure:
        list(run_tasks(raises, "", [1, 2], workers))

    assert "ValueError" in str(failure.value)
    assert "Anna" not in str(failure.value)


def test_a_result_in_a_unit_that_is_not_read_is_named_with_its_unit(sliced: Path) -> None:
    decider = Decider(DeciderSetup(Mode.SNAPSHOT, AS_OF, "", {}))
    row = next(row for row in read_rows(list_parts(sliced)) if row["person"])
    result = {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "2132-9"}]},
        "subject": {"reference": f"Patient/{row['patient']}"},
        "effectiveDateTime": "2026-11-01",
        "valueQuantity": {"value": 200, "unit": "furlong"},
    }

    (decided,) = decider.rows_of([{**row, "labs": json.dumps(result)}])

    assert [(one["test"], one["unit"]) for one in decided["not_used"]] == [
        ("total vitamin B12", "furlong")
    ]
