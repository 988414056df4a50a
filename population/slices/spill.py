"""What was kept of each piece of the input, on disk by bucket, until every piece is read.

A bucket holds the patients of one hash; the rows of a bucket are put together at once, so memory
holds one bucket and never the input.
"""

from __future__ import annotations

import marshal
import os
import sqlite3
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from population.slices.kept import Kept
from population.slices.rows import version_of

BUCKET_BYTES = 256 << 20
"""Input bytes for which one bucket is made; most of the input is dropped before."""

FEWEST_BUCKETS, MOST_BUCKETS = 4, 4096


def count_buckets(input_bytes: int) -> int:
    """Return into how many buckets an input of this size is sorted; the same for the same input."""
    buckets = FEWEST_BUCKETS
    while buckets < MOST_BUCKETS and buckets * BUCKET_BYTES < input_bytes:
        buckets *= 2
    return buckets


def bucket_of(patient: str, buckets: int) -> int:
    """Return the bucket of a patient, the same on every machine."""
    return zlib.crc32(patient.encode()) % buckets


def write_spill(folder: Path, name: str, kept: Iterable[Kept], buckets: int) -> None:
    """Write what was kept of one piece, if anything was; the file holds a block for each bucket and
    ends with where each begins and the last one ends.
    """
    sorted_out: list[list[tuple[Any, ...]]] = [[] for _ in range(buckets)]
    patient, bucket = "", 0
    for entry in kept:
        if entry.patient != patient:  # entries of one patient often stand together
            patient, bucket = entry.patient, bucket_of(entry.patient, buckets)
        sorted_out[bucket].append(tuple(entry))
    if not any(sorted_out):
        return
    places = array(PLACES, [0])
    with (folder / f"{name}.part").open("wb") as file:
        for entries in sorted_out:
            if entries:
                file.write(marshal.dumps(entries))
            places.append(file.tell())
        places.tofile(file)
    (folder / f"{name}.part").replace(folder / f"{name}.spill")


PLACES = "Q"
"""How places in a file are written: eight bytes each."""


class Spills:
    """Reads what was written of all pieces, bucket by bucket; built in each process that does.

    Where the buckets begin in each file is read once: files and buckets both grow with the input.
    """

    def __init__(self, folder: Path, buckets: int) -> None:
        self._files = [(path, _places_in(path, buckets)) for path in sorted(folder.glob("*.spill"))]

    def read(self, bucket: int) -> Iterator[tuple[str, list[Kept]]]:
        """Yield what each file holds of a bucket, with the name of the file, in their order."""
        for path, places in self._files:
            begins, ends = places[bucket], places[bucket + 1]
            if ends > begins:
                with path.open("rb", buffering=0) as file:
                    file.seek(begins)
                    entries = marshal.loads(file.read(ends - begins))
                yield path.stem, list(map(Kept._make, entries))


def _places_in(path: Path, buckets: int) -> array[int]:
    places = array(PLACES)
    with path.open("rb") as file:
        file.seek(-places.itemsize * (buckets + 1), os.SEEK_END)
        places.fromfile(file, buckets + 1)
    return places


def write_medications(folder: Path, name: str, medications: Iterable[Kept]) -> None:
    """Write the Medications of one piece, by id: entries of any patient may point to them."""
    rows = [(entry.reference, version_of(entry.line), entry.line) for entry in medications]
    if rows:
        with closing(sqlite3.connect(folder / f"{name}.medications")) as store, store:
            store.execute("CREATE TABLE medication (reference TEXT, updated TEXT, line BLOB)")
            store.executemany("INSERT INTO medication VALUES (?, ?, ?)", rows)


def join_medications(folder: Path) -> int:
    """Put the Medications of all pieces into one file, of each the newest version; return how many
    there are.
    """
    with closing(sqlite3.connect(folder / "medications.all")) as store:
        store.execute(
            "CREATE TABLE IF NOT EXISTS medication "
            "(reference TEXT PRIMARY KEY, updated TEXT, line BLOB) WITHOUT ROWID"
        )
        for path in sorted(folder.glob("*.medications")):
            store.execute("ATTACH DATABASE ? AS piece", (str(path),))
            with store:
                store.execute(
                    "INSERT INTO medication SELECT reference, updated, line FROM piece.medication "
                    "WHERE true ON CONFLICT (reference) DO UPDATE SET "
                    "updated = excluded.updated, line = excluded.line "
                    "WHERE (excluded.updated, excluded.line) > (updated, line)"
                )
            store.execute("DETACH DATABASE piece")
        count: int = store.execute("SELECT count(*) FROM medication").fetchone()[0]
    return count


class Medications:
    """Looks Medications up by reference; built in each process that puts rows together."""

    def __init__(self, folder: Path) -> None:
        self._store = sqlite3.connect(f"file:{folder / 'medications.all'}?mode=ro", uri=True)

    def find(self, reference: str) -> bytes | None:
        """Return the Medication, or `None` where it was not in the input."""
        found = self._store.execute(
            "SELECT line FROM medication WHERE reference = ?", (reference,)
        ).fetchone()
        return bytes(found[0]) if found else None


KEYS = pa.schema([("key", pa.uint64()), ("piece", pa.uint32()), ("line", pa.uint64())])
KEYS_AT_ONCE = 4 << 20
"""How many keys are compared at once; it bounds the memory."""


class ReferenceKeys:
    """Notes of each resource that a bucket keeps a key of type and id, and where it stands: one
    that stands in two buckets, or twice in one, belongs to two patients.
    """

    def __init__(self) -> None:
        self._columns = (array("Q"), array("I"), array("Q"))

    def add(self, reference: str, piece: int, line: int) -> None:
        named = reference.encode()
        key = zlib.crc32(named) << 32 | zlib.crc32(named[::-1])
        for column, value in zip(self._columns, (key, piece, line), strict=True):
            column.append(value)

    def write(self, path: Path) -> None:
        parts = [
            pa.Array.from_buffers(one.type, len(column), [None, pa.py_buffer(column)])
            for one, column in zip(KEYS, self._columns, strict=True)
        ]
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, KEYS) as writer:
            writer.write_table(pa.Table.from_arrays(parts, schema=KEYS))


def find_shared(paths: Sequence[Path]) -> tuple[int, list[tuple[int, int]]]:
    """Return how many references belong to more than one patient, and the piece and line of each
    resource that has one of them.
    """
    rounds, shared = 1, []
    while rounds * KEYS_AT_ONCE < sum(map(_count_keys, paths)):
        rounds *= 2
    for number in range(rounds):
        counted = pa.chunked_array(
            [_keys_of(path, rounds, number) for path in paths], pa.uint64()
        ).value_counts()
        more = pc.greater(counted.field("counts"), 1)
        shared.append(counted.field("values").filter(more))
    wanted = pa.chunked_array(shared, pa.uint64())
    places = [place for path in paths for place in _places_of(path, wanted)] if wanted else []
    return len(wanted), places


def _count_keys(path: Path) -> int:
    return path.stat().st_size // (8 + 4 + 8)


def _keys_of(path: Path, rounds: int, number: int) -> pa.Array:
    """Return the keys of a file that are looked at in one of several rounds."""
    keys = _read_keys(path)["key"].combine_chunks()
    turn = pc.bit_wise_and(keys, pa.scalar(rounds - 1, pa.uint64()))
    return keys.filter(pc.equal(turn, pa.scalar(number, pa.uint64())))


def _places_of(path: Path, wanted: pa.ChunkedArray) -> Iterator[tuple[int, int]]:
    table = _read_keys(path)
    found = table.filter(pc.is_in(table["key"], wanted.combine_chunks()))
    yield from zip(found["piece"].to_pylist(), found["line"].to_pylist(), strict=True)


def _read_keys(path: Path) -> pa.Table:
    with pa.OSFile(str(path), "rb") as file:
        return pa.ipc.open_file(file).read_all()
