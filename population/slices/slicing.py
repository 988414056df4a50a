"""From files to a slice: read every piece, sort what it holds, put the rows together, say what was
found.
"""

from __future__ import annotations

import functools
import gc
import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cds_service.protocol import write_json
from fhir_mappings.terminology import SiteCodes, load_value_sets
from population.slices.kept import MOST_FAULTS, Fault, Kept, Sorted
from population.slices.output import write_whole
from population.slices.rows import LISTS, RowMaker, file_of, write_rows
from population.slices.sieve import Sieve
from population.slices.sorting import sort_lines
from population.slices.spill import (
    Medications,
    ReferenceKeys,
    Spills,
    bucket_of,
    count_buckets,
    find_shared,
    join_medications,
    write_medications,
    write_spill,
)
from population.slices.summary import (
    Error,
    Found,
    SliceJob,
    lists_named,
    say_changed,
    states_of,
    summarise,
    take,
    write_errors,
)
from population.sources import (
    EMPTY,
    Piece,
    deleted_in,
    find_pieces,
    make_room,
    read_lines,
    run_tasks,
)

SPILL_BYTES = 48 << 20
"""What one process keeps in memory of a piece before it is written out."""

COLLECTOR_THRESHOLDS = (200_000, 50, 1000)
"""Entries are many and hold no circles: looking for garbage among them costs a tenth and finds
none.
"""


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
        found_there = f" {unread[0].name} {unread[0].why}." if unread else ""
        raise SliceRefused(
            f"The input holds no file that is read: .ndjson, .jsonl, .json (also .gz) or .parquet."
            f"{found_there}"
        )
    _check_apart(job, pieces)
    size = sum(piece.size for piece in pieces)
    buckets = count_buckets(size)
    work = _clear(job.out)
    found, before = Found(), states_of(pieces)
    for one in unread:
        found.errors.append(Error(one.name, 0, one.why))
        found.cut |= lists_named(Path(one.name).name, LISTS if one.may_hold else ())
    _read_pieces(job, pieces, work, buckets, found, advance)
    say_changed(pieces, before, found)
    found.counts["Medications"] = join_medications(work)
    deleted = _read_deleted(job.deleted, found) | found.deleted
    _write_parts(job, work, buckets, found, deleted)
    shutil.rmtree(work)
    summary = summarise(job, pieces, buckets, found)
    write_errors(job.out / "errors.ndjson", found.errors)
    write_whole(job.out / "slice.json", write_json(summary) + b"\n")
    return summary


def _check_apart(job: SliceJob, pieces: Iterable[Piece]) -> None:
    """Refuse to write a slice where it would be read as input, now or by the next slice."""
    out = job.out.resolve()
    if any(Path(piece.path).resolve().parent == out for piece in pieces):
        raise SliceRefused(f"{job.out}: holds the input; expected another folder for the slice.")
    if any(path.resolve() in out.parents for path in job.inputs if path.is_dir()):
        raise SliceRefused(
            f"{job.out}: lies within the input; expected a folder beside it for the slice."
        )


def _clear(out: Path) -> Path:
    """Make the folder ready; a slice that stands there already is made anew."""
    out.mkdir(parents=True, exist_ok=True)
    old = (out / name for name in ("slice.json", "errors.ndjson", "commands.json"))
    for path in (*old, *out.glob("part-*.par*"), *out.glob("*.partial")):
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
    told: dict[int, float] = defaultdict(float)

    def so_far(piece: Piece, size: float) -> None:
        if size > told[piece.number]:  # less where a worker was killed and another one begins
            advance(size - told[piece.number])
            told[piece.number] = size

    for piece, result in run_tasks(prepare_reading, setup, largest_first, job.workers, so_far):
        faults[piece.number] = (result.faults, result.lines)
        take(piece, result, found)
        so_far(piece, piece.size)
    lines_before: dict[str, int] = {}
    for piece in pieces:
        base = lines_before.get(piece.path, 0)
        listed, lines = faults[piece.number]
        lines_before[piece.path] = base + lines
        found.bases[str(piece.number)] = (piece.name, base)
        found.errors += (Error(piece.name, base + fault.line, fault.reason) for fault in listed)


def prepare_reading(
    setup: tuple[str, int, SiteCodes | None],
) -> Callable[[Piece], Generator[float, None, Sorted]]:
    """Return what reads one piece and writes down what was kept of it, and tells how many bytes of
    it are read.
    """
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


def _read_piece(reader: _Reader, piece: Piece) -> Generator[float, None, Sorted]:
    found = Sorted()
    rounds, waiting = 0, 0
    for lines in read_lines(piece, found.refuse, reader.room):
        before = len(found.kept)
        sort_lines(lines, reader.sieve, found)
        waiting += sum(len(entry.line) for entry in found.kept[before:])
        if waiting > SPILL_BYTES:
            _write_out(reader, f"{piece.number:06d}-{rounds:04d}", found)
            rounds, waiting = rounds + 1, 0
        yield piece.size * lines.share
    if not (piece.end or found.read or found.faults or found.deleted):
        found.refuse(1, EMPTY)
    _write_out(reader, f"{piece.number:06d}-{rounds:04d}", found)
    return found


def _write_out(reader: _Reader, name: str, found: Sorted) -> None:
    medications = [entry for entry in found.kept if not entry.patient]
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
            deleted |= deleted_in(bundle)
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
    _say_shared(work, found)


def _say_shared(work: Path, found: Found) -> None:
    """Say of which resources the type and id stand under another patient too; the first ten
    thousand are named.
    """
    count, places = find_shared(sorted(work.glob("*.keys")))
    found.counts["ids that stand under two patients"] = count
    for piece, line in sorted(places)[:MOST_FAULTS]:
        name, base = found.bases[str(piece)]
        found.errors.append(Error(name, base + line, SHARED_ID))


SHARED_ID = "its type and id stand under another patient too; each keeps its own"


def prepare_rows(
    setup: tuple[str, str, int, dict[str, tuple[str, int]], frozenset[str]],
) -> Callable[[tuple[int, dict[str, list[Fault]]]], tuple[Counter[str], list[Error]]]:
    """Return what writes the rows of one bucket."""
    gc.set_threshold(*COLLECTOR_THRESHOLDS)
    work, out, buckets, bases, deleted = setup
    spills, medications = Spills(Path(work), buckets), Medications(Path(work))
    folders = Path(work), Path(out)
    return functools.partial(_write_part, folders, bases, spills, medications, deleted)


def _write_part(
    folders: tuple[Path, Path],
    bases: dict[str, tuple[str, int]],
    spills: Spills,
    medications: Medications,
    deleted: frozenset[str],
    task: tuple[int, dict[str, list[Fault]]],
) -> tuple[Counter[str], list[Error]]:
    (work, out), (bucket, faults) = folders, task
    said: list[Error] = []
    keys = ReferenceKeys()

    def say(source: str, entry: Kept, reason: str) -> None:
        name, base = bases[str(int(source.partition("-")[0]))]
        said.append(Error(name, base + entry.position, reason))

    def note(source: str, entry: Kept) -> None:
        if not entry.bundled:
            keys.add(entry.reference, int(source.partition("-")[0]), entry.position)

    maker = RowMaker(medications.find, deleted, say, note)
    write_rows(out / file_of(bucket), maker.make(spills.read(bucket), faults))
    keys.write(work / f"{bucket:05d}.keys")
    return maker.counts, said
