"""What came of all pieces together, and what slice.json and errors.ndjson say of it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from cds_service.protocol import write_json
from fhir_mappings.terminology import SiteCodes
from population.slices.kept import CUT_LINE, EVERY_LIST, HOME, Fault, Sorted
from population.slices.request_body import NOT_EXPORTED
from population.slices.rows import LISTS
from population.slices.sieve import codes_of_site
from population.sources import (
    DAMAGED,
    DAMAGED_TABLE,
    MADE_MARK,
    NOTHING_READ,
    SPEAKS_OF_AN_ERROR,
    TOO_LONG,
    Kind,
    Piece,
)

MOST_CODES = 1000
"""Codes of dropped results that slice.json lists, the most frequent first."""


@dataclass(frozen=True, slots=True)
class SliceJob:
    """What to slice. `complete` says that a type without any resource in the input means that
    nobody has one; `deleted` are the files of an export that list what was deleted.
    """

    inputs: tuple[Path, ...]
    out: Path
    workers: int = 1
    complete: bool = False
    deleted: tuple[Path, ...] = ()
    extra_codes: SiteCodes | None = None


class Error(NamedTuple):
    """What errors.ndjson says of a line; 0 stands for the whole file."""

    file: str
    line: int
    reason: str


@dataclass(slots=True)
class Found:
    """What came of all pieces together."""

    read: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    codes: Counter[bytes] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    errors: list[Error] = field(default_factory=list)
    deleted: set[str] = field(default_factory=set)
    faults: dict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))
    cut: set[str] = field(default_factory=set)
    bases: dict[str, tuple[str, int]] = field(default_factory=dict)
    as_documents: bool = True


def take(piece: Piece, result: Sorted, found: Found) -> None:
    """Add what came of one piece."""
    found.read += result.read
    found.dropped += result.dropped
    found.deleted |= result.deleted
    found.codes += result.codes
    if len(found.codes) > 20 * MOST_CODES:
        found.codes = Counter(dict(found.codes.most_common(10 * MOST_CODES)))
    whole = piece.kind is Kind.DOCUMENT and not result.loose
    found.as_documents = found.as_documents and whole
    for fault in result.faults:
        if fault.patient and (fault.key in LISTS or fault.key == EVERY_LIST):
            found.faults[fault.patient].append(fault)
    if result.more_faults:
        said = f"{result.more_faults} further lines are at fault"
        found.errors.append(Error(piece.name, 0, said))
    if result.more_faults or any(_cuts(fault, result) for fault in result.faults):
        found.cut |= _lists_held(piece, result)


def _lists_held(piece: Piece, result: Sorted) -> frozenset[str]:
    """Return the lists of which entries may be missing where a file was not read whole: that of the
    one type that was read of it, or any where there were several types or none and its name tells
    no type.
    """
    kinds = result.read.keys() - {"OperationOutcome"}
    if len(kinds) > 1:
        return frozenset(LISTS)
    listed = frozenset(HOME[kind] for kind in kinds if kind in HOME)
    return listed or lists_named(Path(piece.path).name, () if kinds else LISTS)


def _cuts(fault: Fault, result: Sorted) -> bool:
    """Return whether more than the line itself is missing; one that ends in the middle costs no
    other line unless it is the last.
    """
    return fault.reason in CUT and (fault.reason != CUT_LINE or fault.line >= result.lines)


NOT_WHOLE = "a file it came in was not read whole, or the server says that some are missing"

CUT = frozenset(
    {
        SPEAKS_OF_AN_ERROR,
        CUT_LINE,
        DAMAGED,
        DAMAGED_TABLE,
        TOO_LONG,
        *NOTHING_READ,
    }
)
"""Faults by which the rest of a file is missing, or what the server could not export: the lists it
holds may lack entries for anybody.
"""


def lists_named(file: str, otherwise: Iterable[str] = ()) -> frozenset[str]:
    """Return the lists that a file nothing was read of may have held, by the types in its name;
    without any the lists given.
    """
    named = {key for kind, key in HOME.items() if kind.lower() in file.lower()}
    return frozenset(named or otherwise)


def states_of(pieces: Iterable[Piece]) -> dict[Piece, tuple[int, int] | None]:
    """Return size and time of change of each file, by a piece of it; `None` where it is gone."""
    files = {piece.path: piece for piece in pieces}
    return {piece: _state_of(Path(path)) for path, piece in files.items()}


def _state_of(path: Path) -> tuple[int, int] | None:
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_size, state.st_mtime_ns


def say_changed(
    pieces: Iterable[Piece], before: Mapping[Piece, tuple[int, int] | None], found: Found
) -> None:
    """Say which files were changed while they were read: part of what they hold may be missing."""
    for piece, state in states_of(pieces).items():
        if state != before[piece]:
            found.errors.append(Error(piece.name, 0, CHANGED))
            found.cut |= lists_named(Path(piece.path).name, LISTS)


CHANGED = "was changed while it was read, expected an export that is at its end; slice it again"


def summarise(job: SliceJob, pieces: Sequence[Piece], buckets: int, found: Found) -> dict[str, Any]:
    """Return what stands in slice.json."""
    missing = dict.fromkeys(sorted(found.cut & set(LISTS)), NOT_WHOLE)
    if not job.complete and not found.as_documents:
        exported = {HOME[kind] for kind in found.read if kind in HOME}
        missing |= {key: NOT_EXPORTED for key in LISTS if key not in exported}
    files = {piece.path for piece in pieces}
    kept = {kind: found.read[kind] - found.dropped[kind] for kind in sorted(found.read)}
    return {
        "version": 1,
        "made": any((Path(piece.path).parent / MADE_MARK).exists() for piece in pieces),
        "files": len(files),
        "bytes": sum(state[0] for state in states_of(pieces).values() if state),
        "parts": buckets,
        "patients": found.counts["patients"],
        "read": dict(sorted(found.read.items())),
        "kept": {kind: count for kind, count in kept.items() if count},
        "dropped": dict(sorted((+found.dropped).items())),
        "found": {
            name: count
            for name, count in sorted(found.counts.items())
            if count and name != "patients"
        },
        "missing": missing,
        "errors": len(found.errors),
        "siteCodes": codes_of_site(job.extra_codes),
        "codes": list(_codes_of(found.codes)),
    }


def _codes_of(codes: Counter[bytes]) -> Iterator[dict[str, Any]]:
    """Yield the most frequent codes of dropped results; an unreadable one is left out."""
    for code, count in sorted(codes.items(), key=lambda item: (-item[1], item[0]))[:MOST_CODES]:
        text = code.decode("utf-8", "replace")
        for attempt in (text, f"{text}}}"):
            try:
                value = json.loads(attempt)
            except ValueError:
                continue
            yield {"code": value, "count": count}
            break


def write_errors(path: Path, errors: list[Error]) -> None:
    """Write errors.ndjson, in the order of files and lines."""
    with path.open("wb") as file:
        for error in sorted(errors):
            file.write(write_json(error._asdict()) + b"\n")
