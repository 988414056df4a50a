"""From files to a slice: read every piece, sort what it holds, put the rows together, say what was
found.
"""

from __future__ import annotations

import functools
import gc
import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cds_service.protocol import write_json
from fhir_mappings.terminology import SiteCodes, load_value_sets
from population.slices.kept import SHARED, Fault, Kept, Sorted
from population.slices.rows import RowMaker, file_of, write_rows
from population.slices.sieve import Sieve
from population.slices.sorting import sort_lines
from population.slices.spill import (
    Medications,
    Spills,
    bucket_of,
    count_buckets,
    join_medications,
    write_medications,
    write_spill,
)
from population.slices.summary import (
    Error,
    Found,
    SliceJob,
    lists_named,
    summarise,
    take,
    write_errors,
)
from population.sources import Piece, find_pieces, make_room, read_lines, run_tasks

SPILL_BYTES = 48 << 20
"""What one process keeps in memory of a piece before it is written out."""

COLLECTOR_THRESHOLDS = (200_000, 50, 1000)
"""Entries are many and hold no circles: looking for garbage among them costs a tenth and finds
none.
"""


NO_KIND = "is not a kind of file that is read (an archive is unpacked first)"


class SliceRefused(Exception):
    """An input or an output that cannot be used, in one sentence."""


def run_slice(job: SliceJob, advance: Callable[[float], None]) -> dict[str, Any]:
    """Slice the input and return what stands in slice.json.

    Args:
        advance: told how many bytes more of the input were read.
    Raises: SliceRefused.
    """
    pieces, unread = find_pieces(job.inputs)
    if not pieces:
        found_there = f" {unread[0].name} {NO_KIND}." if unread else ""
        raise SliceRefused(
            f"The input holds no file that is read: .ndjson, .jsonl, .json (also .gz) or .parquet."
            f"{found_there}"
        )
    if any(Path(piece.path).resolve().parent == job.out.resolve() for piece in pieces):
        raise SliceRefused(f"{job.out}: holds the input; expected another folder for the slice.")
    size = sum(piece.size for piece in pieces)
    buckets = count_buckets(size)
    work = _clear(job.out)
    found = Found()
    for path in unread:
        found.errors.append(Error(path.name, 0, NO_KIND))
        found.cut |= lists_named(path.name)
    _read_pieces(job, pieces, work, buckets, found, advance)
    found.counts["Medications"] = join_medications(work)
    deleted = _read_deleted(job.deleted, found)
    _write_parts(job, work, buckets, found, deleted)
    shutil.rmtree(work)
    summary = summarise(job, pieces, buckets, found)
    write_errors(job.out / "errors.ndjson", found.errors)
    (job.out / "slice.json").write_bytes(write_json(summary) + b"\n")
    return summary


def _clear(out: Path) -> Path:
    """Make the folder ready; a slice that stands there already is made anew."""
    out.mkdir(parents=True, exist_ok=True)
    for path in (*out.glob("part-*.parquet"), out / "slice.json", out / "errors.ndjson"):
        path.unlink(missing_ok=True)
    work = out / "unfinished"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    return work


def _read_pieces(
    job: SliceJob,
    pieces: Sequence[Piece],
    work: Path,
    buckets: int,
    found: Found,
    advance: Callable[[float], None],
) -> None:
    faults: dict[int, tuple[list[Fault], int]] = {}
    setup = (str(work), buckets, job.extra_codes)
    largest_first = sorted(pieces, key=lambda piece: -piece.size)
    for piece, result in run_tasks(prepare_reading, setup, largest_first, job.workers):
        faults[piece.number] = (result.faults, result.lines)
        take(piece, result, found)
        advance(piece.size)
    lines_before: dict[str, int] = {}
    for piece in pieces:
        base = lines_before.get(piece.path, 0)
        listed, lines = faults[piece.number]
        lines_before[piece.path] = base + lines
        found.bases[str(piece.number)] = (piece.name, base)
        found.errors += (Error(piece.name, base + fault.line, fault.reason) for fault in listed)


def prepare_reading(setup: tuple[str, int, SiteCodes | None]) -> Callable[[Piece], Sorted]:
    """Return what reads one piece and writes down what was kept of it."""
    gc.set_threshold(*COLLECTOR_THRESHOLDS)
    folder, buckets, extra = setup
    reader = _Reader(Path(folder), buckets, Sieve(load_value_sets(extra)), make_room())
    return functools.partial(_read_piece, reader)


@dataclass(frozen=True, slots=True)
class _Reader:
    """What a process needs to read one piece after the other."""

    folder: Path
    buckets: int
    sieve: Sieve
    room: bytearray


def _read_piece(reader: _Reader, piece: Piece) -> Sorted:
    found = Sorted()
    rounds, waiting = 0, 0
    for lines in read_lines(piece, found.refuse, reader.room):
        before = len(found.kept)
        sort_lines(lines, reader.sieve, found)
        waiting += sum(len(entry.line) for entry in found.kept[before:])
        if waiting > SPILL_BYTES:
            _write_out(reader, f"{piece.number:06d}-{rounds:04d}", found)
            rounds, waiting = rounds + 1, 0
    _write_out(reader, f"{piece.number:06d}-{rounds:04d}", found)
    return found


def _write_out(reader: _Reader, name: str, found: Sorted) -> None:
    medications = [entry for entry in found.kept if entry.reference.startswith(f"{SHARED}/")]
    write_medications(reader.folder, name, medications)
    owned = (entry for entry in found.kept if entry.patient)
    write_spill(reader.folder, name, owned, reader.buckets)
    found.kept = []


def _read_deleted(files: Iterable[Path], found: Found) -> frozenset[str]:
    """Return the references that an export lists as deleted."""
    deleted: set[str] = set()
    for path in files:
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            try:
                bundle = json.loads(line) if line.strip() else {}
            except ValueError:
                found.errors.append(Error(path.name, number, "is not JSON"))
                continue
            for entry in bundle.get("entry", ()) if isinstance(bundle, dict) else ():
                request = entry.get("request") if isinstance(entry, dict) else None
                if isinstance(request, dict) and request.get("method") == "DELETE":
                    deleted.add("/".join(str(request.get("url", "")).split("/")[-2:]))
    return frozenset(deleted)


def _write_parts(
    job: SliceJob, work: Path, buckets: int, found: Found, deleted: frozenset[str]
) -> None:
    faults: dict[int, dict[str, list[Fault]]] = defaultdict(dict)
    for patient, listed in found.faults.items():
        faults[bucket_of(patient, buckets)][patient] = listed
    tasks = [(bucket, faults.get(bucket, {})) for bucket in range(buckets)]
    setup = (str(work), str(job.out), buckets, found.bases, deleted)
    outcomes = {
        task[0]: result for task, result in run_tasks(prepare_rows, setup, tasks, job.workers)
    }
    for bucket in range(buckets):
        counts, said = outcomes[bucket]
        found.counts += counts
        found.errors += said


def prepare_rows(
    setup: tuple[str, str, int, dict[str, tuple[str, int]], frozenset[str]],
) -> Callable[[tuple[int, dict[str, list[Fault]]]], tuple[Counter[str], list[Error]]]:
    """Return what writes the rows of one bucket."""
    gc.set_threshold(*COLLECTOR_THRESHOLDS)
    work, out, buckets, bases, deleted = setup
    spills, medications = Spills(Path(work), buckets), Medications(Path(work))
    return functools.partial(_write_part, Path(out), bases, spills, medications, deleted)


def _write_part(
    out: Path,
    bases: dict[str, tuple[str, int]],
    spills: Spills,
    medications: Medications,
    deleted: frozenset[str],
    task: tuple[int, dict[str, list[Fault]]],
) -> tuple[Counter[str], list[Error]]:
    bucket, faults = task
    said: list[Error] = []

    def say(source: str, entry: Kept, reason: str) -> None:
        name, base = bases[str(int(source.partition("-")[0]))]
        said.append(Error(name, base + entry.position, reason))

    maker = RowMaker(medications.find, deleted, say)
    write_rows(out / file_of(bucket), maker.make(spills.read(bucket), faults))
    return maker.counts, said
