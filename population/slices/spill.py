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
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from population.slices.kept import Kept

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
    rows = [(entry.reference, entry.updated, entry.line) for entry in medications]
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
