"""The rows of a slice: one patient each, with the JSON lines of every list of the record."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from fhir_mappings.fhir import PREFETCH_KEYS, version_key
from population.slices.kept import EVERY_LIST, SHARED, Fault, Kept

LISTS = tuple(key for key in PREFETCH_KEYS if key != "patient")
"""The lists of the record, each a column of JSON lines."""

SCHEMA = pa.schema(
    [
        ("patient", pa.string()),
        ("birth_year", pa.int32()),
        ("person", pa.string()),
        *((key, pa.string()) for key in LISTS),
        ("incomplete", pa.string()),
    ]
)
"""`person` is the Patient resource, `incomplete` a JSON object that says of which list why more may
be there than came; both are empty where there is nothing.
"""

ROWS_A_GROUP = 2000
"""Patients that are read at once; it bounds the memory of a run."""

_REFERENCE = re.compile(rb'"reference"\s*:\s*"((?:[^"]*/)?Medication/[^"/\s\\]+)["/]')


def file_of(part: int) -> str:
    """Return the name of the file of a part of the slice, or of its decisions."""
    return f"part-{part:05d}.parquet"


def list_parts(folder: Path) -> list[Path]:
    """Return the files of a slice or of decisions, in order."""
    return sorted(folder.glob("part-*.parquet"))


class RowMaker:
    """Puts the entries of one bucket together, and counts what it found on the way.

    Args:
        find_medication: returns the line of a Medication by reference, or `None`.
        deleted: references of resources that the export says are deleted.
        say: told the source of an entry, the entry, and what is said of it.
        note: told the source and each entry with a reference that no other of its patient has.
    """

    def __init__(
        self,
        find_medication: Callable[[str], bytes | None],
        deleted: Collection[str],
        say: Callable[[str, Kept, str], None],
        note: Callable[[str, Kept], None],
    ) -> None:
        self._find_medication = find_medication
        self._deleted = deleted
        self._say, self._note = say, note
        self.counts: Counter[str] = Counter()

    def make(
        self, bucket: Iterable[tuple[str, list[Kept]]], faults: Mapping[str, list[Fault]]
    ) -> Iterator[dict[str, Any]]:
        """Yield the rows of a bucket, sorted by patient."""
        patients: dict[str, list[tuple[str, Kept]]] = defaultdict(list)
        for source, entries in bucket:
            for entry in entries:
                patients[entry.patient].append((source, entry))
        for patient in sorted(patients.keys() | faults.keys()):
            yield self._row(patient, patients.get(patient, []), faults.get(patient, ()))

    def _row(
        self, patient: str, entries: list[tuple[str, Kept]], faults: Iterable[Fault]
    ) -> dict[str, Any]:
        kept = self._without_repeats(entries)
        persons = [entry for entry in kept if entry.key == "patient"]
        person = _newest(persons)
        lines: dict[str, list[bytes]] = {key: [] for key in (*LISTS, "patient")}
        own: dict[str, list[Kept]] = defaultdict(list)
        for entry in kept:
            if entry.reference.startswith(f"{SHARED}/"):
                own[entry.reference].append(entry)
            else:
                lines[entry.key].append(entry.line)
        del lines["patient"]
        if repeats := sum(len(found) - len(set(found)) for found in lines.values()):
            self.counts["came twice, the same"] += repeats  # entries without an id
        lines["medications"] += self._medications_of(lines, own)
        self.counts["patients"] += 1
        self.counts["patients without a Patient resource"] += person is None
        incomplete = _may_lack(faults)
        self.counts["patients with a list that may lack an entry"] += bool(incomplete)
        return {
            "patient": patient,
            "birth_year": _birth_year(person.line) if person else None,
            "person": person.line if person else b"",
            "incomplete": json.dumps(incomplete, sort_keys=True) if incomplete else "",
            **{key: b"\n".join(sorted(set(found))) for key, found in lines.items()},
        }

    def _without_repeats(self, entries: list[tuple[str, Kept]]) -> list[Kept]:
        """Return the entries without those deleted and those that came twice.

        Two versions of one resource both stay: the mapping takes the newer one, as in a call.
        """
        by_reference: dict[str, list[Kept]] = {}
        kept: list[Kept] = []
        for source, entry in entries:
            reference = entry.reference
            if reference in self._deleted:
                self.counts["deleted by the export"] += 1
                continue
            before = by_reference.get(reference) if reference else ()
            if before is None:
                by_reference[reference] = [entry]
                self._note(source, entry)
            elif any(other.line == entry.line for other in before):
                self.counts["came twice, the same"] += 1
                continue
            elif before:
                self.counts["came in two versions"] += 1
                kind = reference.partition("/")[0]
                self._say(source, entry, f"{kind} that came in another version too")
                by_reference[reference].append(entry)
            kept.append(entry)
        return kept

    def _medications_of(
        self, lines: Mapping[str, list[bytes]], own: Mapping[str, list[Kept]]
    ) -> list[bytes]:
        """Return the Medications that the medicine entries of a patient point to: those that came
        in a Bundle of the patient, as their ids may be known in it alone, else those of everybody.
        """
        wanted = {
            "/".join(match.decode("utf-8", "replace").split("/")[-2:])
            for key in ("medications", "statements", "administrations")
            for line in lines[key]
            if b"Medication" in line
            for match in _REFERENCE.findall(line.replace(b"\\/", b"/"))  # JSON may write it so
        }
        found = {
            reference: newest.line
            if (newest := _newest(own.get(reference, [])))
            else None
            if reference in self._deleted
            else self._find_medication(reference)
            for reference in sorted(wanted)
        }
        self.counts["medicines pointed to that were not in the input"] += sum(
            line is None for line in found.values()
        )
        return [line for line in found.values() if line is not None]


def _may_lack(faults: Iterable[Fault]) -> dict[str, str]:
    """Return the lists that may lack an entry by these faults, and why."""
    return {
        key: "an entry of the export could not be read"
        for fault in faults
        for key in LISTS
        if fault.key in (key, EVERY_LIST)
    }


def _newest(versions: list[Kept]) -> Kept | None:
    """Return the newest of the versions of one resource."""
    if len(versions) < 2:
        return versions[0] if versions else None
    return max(versions, key=lambda entry: (version_of(entry.line), entry.line))


def version_of(line: bytes) -> str:
    """Return a text by which the versions of one resource are put in order."""
    resource: dict[str, Any] = orjson.loads(line)
    return version_key(resource if "resourceType" in resource else resource["resource"])


def _birth_year(person: bytes) -> int | None:
    try:
        born = orjson.loads(person).get("birthDate")
    except (ValueError, AttributeError):
        return None
    year = born[:4] if isinstance(born, str) else ""
    return int(year) if year.isdecimal() and len(year) == 4 else None


def _as_table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.table([_column([row[one.name] for row in rows], one) for one in SCHEMA], SCHEMA)


def _column(cells: list[Any], described: pa.Field) -> pa.Array:
    """Return the cells of a column; bytes become text, what is not UTF-8 a sign that says so."""
    if not cells or not isinstance(cells[0], bytes):
        return pa.array(cells, described.type)
    try:
        return pa.array(cells, pa.binary()).cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array([cell.decode("utf-8", "replace") for cell in cells], pa.string())


def write_rows(path: Path, rows: Iterable[dict[str, Any]]) -> int:
    """Write the rows of one part, whole or not at all; return how many there are."""
    count = 0
    group: list[dict[str, Any]] = []
    partial = path.with_suffix(".partial")
    with pq.ParquetWriter(partial, SCHEMA, compression="zstd", compression_level=1) as writer:
        for row in rows:
            group.append(row)
            count += 1
            if len(group) == ROWS_A_GROUP:
                writer.write_table(_as_table(group))
                group = []
        if group:
            writer.write_table(_as_table(group))
    partial.replace(path)
    return count
