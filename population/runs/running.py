"""A run over a slice: each part decided by itself, by a pool of processes or by Spark, and written
beside the others.

A part that is written is done: an interrupted run goes on with the others, and a worker that is
killed costs the part it was at, which is done again.
"""

from __future__ import annotations

import functools
import gc
import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cds_service import __version__
from cds_service.decision import facts_of_rules
from cds_service.protocol import write_json
from cds_service.site import knowledge_version, load_settings
from population.runs.changes import CHANGES, rows_and_changes
from population.runs.deciding import Decider, DeciderSetup, PartSetup, RunRefused
from population.runs.spark import run_on_spark
from population.runs.tables import DECISIONS, TableWriter, read_rows
from population.runs.versions import CannotAsk, changes_between, is_program, run_beside, version_of
from population.slices import (
    SIEVED,
    FolderInUse,
    codes_of_site,
    file_of,
    held_still,
    list_parts,
    read_description,
    write_whole,
)
from population.sources import run_tasks


@dataclass(frozen=True, slots=True)
class RunJob:
    """What to run: `against` is a second site file, the program of another version, or empty;
    `spark` chooses the engine.
    """

    slices: Path
    out: Path
    setup: DeciderSetup
    against: str = ""
    workers: int = 1
    spark: bool = False


def run_decisions(job: RunJob, advance: Callable[[float], None]) -> dict[str, Any]:
    """Decide the parts that are not decided yet, and return what stands in run.json.

    Args:
        advance: told how many patients more were decided on.
    Raises: RunRefused; CannotAsk of the program of another version.
    """
    try:
        with held_still(job.slices):  # a slice made anew meanwhile would be decided in part
            return _decide_parts(job, advance)
    except FolderInUse as error:
        raise RunRefused(str(error)) from None


def _decide_parts(job: RunJob, advance: Callable[[float], None]) -> dict[str, Any]:
    parts = _parts_of(job.slices)
    _check_codes(job)
    decisions = job.out / "decisions"
    decisions.mkdir(parents=True, exist_ok=True)
    description = describe_run(job)
    _check_same_run(job.out / "run.json", description)
    write_whole(job.out / "run.json", write_json(description) + b"\n")
    for half in job.out.rglob("*.partial"):
        half.unlink()
    other = "" if is_program(job.against) else job.against
    waiting = _waiting(job.out, parts, compared=bool(other))
    if waiting:  # until theirs are in it too
        (job.out / "changes.parquet").unlink(missing_ok=True)
    setup = PartSetup(str(job.slices), str(job.out), job.setup, other)
    if job.spark:
        done = run_on_spark(prepare_part, setup, waiting, job.workers)
    else:
        done = run_tasks(prepare_part, setup, waiting, job.workers)
    for _, patients in done:
        advance(patients)
    if is_program(job.against):
        _run_against_program(job)
    elif job.against:
        _join_changes(job.out)
    return description


def _waiting(out: Path, parts: int, *, compared: bool) -> list[int]:
    """Return the parts that are not done: not decided, or not compared where the differences of
    all parts are not one file yet or must be made anew.
    """
    decided = {one.name for one in list_parts(out / "decisions")}
    if compared and not (len(decided) == parts and (out / "changes.parquet").is_file()):
        decided &= {one.name for one in list_parts(out / "changes")}
    return [number for number in range(parts) if file_of(number) not in decided]


def count_decided(job: RunJob) -> int:
    """Return how many patients an earlier run into the same folder has decided on."""
    done = (part.name for part in list_parts(job.out / "decisions"))
    slices = (job.slices / name for name in done)
    return sum(pq.read_metadata(part).num_rows for part in slices if part.exists())


def _run_against_program(job: RunJob) -> None:
    """Let another version run over the slice, in a folder within ours, and write what changes."""
    beside = job.out / "against"
    options = {
        "input": job.slices,
        "out": beside,
        "mode": job.setup.mode.value,
        "as-of": job.setup.as_of.isoformat(),
        "policy": job.setup.policy,
        "workers": job.workers,
    }
    run_beside(job.against, options)
    if not {one.name for one in list_parts(job.out / "decisions")} <= {
        one.name for one in list_parts(beside / "decisions")
    }:
        raise CannotAsk(f"{job.against}: did not decide every part of the slice")
    writer = TableWriter(job.out / "changes.parquet", CHANGES)
    writer.add(changes_between(job.out, beside, facts_of_rules()))
    writer.close()


def _parts_of(slices: Path) -> int:
    if not (slices / "slice.json").is_file():
        raise RunRefused(
            f"{slices}: holds no slice; expected the folder that `population slice` wrote."
        )
    parts: int = read_slice(slices)["parts"]
    lacking = [file_of(part) for part in range(parts) if not _is_whole(slices / file_of(part))]
    if lacking:
        raise RunRefused(
            f"{slices}: lacks {', '.join(lacking[:3])} of {parts} parts, or they are damaged; "
            f"expected the whole folder that `population slice` wrote."
        )
    return parts


def read_slice(slices: Path) -> dict[str, Any]:
    """Return what stands in slice.json. Raises: RunRefused."""
    return read_description(
        slices / "slice.json", ("parts", "patients", "missing", "dropped"), RunRefused
    )


def _is_whole(part: Path) -> bool:
    """Return whether a part is there, with the foot that is written last."""
    try:
        pq.read_metadata(part)
    except FileNotFoundError:
        return False
    except PermissionError:
        raise
    except (pa.ArrowException, OSError):
        return False
    return True


def _check_codes(job: RunJob) -> None:
    """Refuse a slice that has dropped results unread which only the codes of a site file name.

    Raises: RunRefused.
    """
    sliced = read_slice(job.slices)
    if SIEVED.isdisjoint(sliced["dropped"]):
        return
    for name in (job.setup.policy, "" if is_program(job.against) else job.against):
        extra = load_settings(Path(name)).extra_codes if name else None
        unknown = [one for one in codes_of_site(extra) if one not in sliced.get("siteCodes", ())]
        if unknown:
            raise RunRefused(
                f"{job.slices}: was made without {len(unknown)} codes or words of results that "
                f"{name} adds, and results that only they name were dropped; slice again with "
                f"--policy {name}."
            )


def describe_run(job: RunJob) -> dict[str, Any]:
    """Return what the decisions hang on, and nothing else: the slice, the settings, the version."""
    summary = (job.slices / "slice.json").read_bytes()
    sliced = read_slice(job.slices)
    return {
        "mode": job.setup.mode.value,
        "asOf": job.setup.as_of.isoformat(),
        "version": __version__,
        "knowledge": knowledge_version(),
        "slice": hashlib.sha256(summary).hexdigest(),
        "policy": _site_digest(job.setup.policy),
        "against": version_of(job.against)
        if is_program(job.against)
        else _site_digest(job.against),
        "sliced": {name: value for name, value in sliced.items() if name != "version"},
    }


def _site_digest(name: str) -> str:
    """Return the digest of a site file with the files of codes that it names."""
    if not name:
        return ""
    codes = load_settings(Path(name)).extra_codes
    paths = (Path(name), *(codes.paths if codes else ()))
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def _check_same_run(path: Path, description: dict[str, Any]) -> None:
    if not path.exists():
        return
    if read_description(path, (), RunRefused) != json.loads(write_json(description)):
        raise RunRefused(
            f"{path.parent}: holds another run (other slice, settings, day or version); choose "
            f"another folder or remove it."
        )


def prepare_part(setup: PartSetup) -> Callable[[int], int]:
    """Return what decides one part, by number, and gives the number of its patients."""
    decider = Decider(setup.setup)
    gc.freeze()  # what is built once is not looked through again, as in a worker of the service
    gc.set_threshold(50_000, 20, 50)
    other = None
    if setup.against:
        other = Decider(
            DeciderSetup(setup.setup.mode, setup.setup.as_of, setup.against, setup.setup.missing)
        )
    return functools.partial(decide_part, setup, decider, other)


def decide_part(setup: PartSetup, decider: Decider, other: Decider | None, number: int) -> int:
    """Decide every patient of a part, write the decisions, and return how many patients it has."""
    source = Path(setup.slices) / file_of(number)
    target = Path(setup.out) / "decisions" / file_of(number)
    writer = TableWriter(target, DECISIONS)
    changes = None
    if other is not None:
        folder = Path(setup.out) / "changes"
        folder.mkdir(exist_ok=True)
        changes = TableWriter(folder / file_of(number), CHANGES)
    looks_at = facts_of_rules() if other is not None else {}
    rows = read_rows([source])
    if other is None or changes is None:
        for row in decider.rows_of(rows):
            writer.add([row])
    else:
        for decided, changed in rows_and_changes(rows, decider, other, looks_at):
            writer.add(decided)
            changes.add(changed)
        changes.close()
    writer.close()
    return int(pq.read_metadata(source).num_rows)


def _join_changes(out: Path) -> None:
    """Put the changes of all parts into one file; where that is done already, it stays."""
    shutil.rmtree(out / "joined", ignore_errors=True)  # of a run that was killed over it
    if not (out / "changes").exists():
        return
    parts = list_parts(out / "changes")
    writer = TableWriter(out / "changes.parquet", CHANGES)
    for row in read_rows(parts):
        writer.add([row])
    writer.close()
    (out / "changes").rename(out / "joined")  # at once: half of them would be taken for all
    shutil.rmtree(out / "joined")
