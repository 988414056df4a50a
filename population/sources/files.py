"""Which files there are to read, and into which pieces they are cut so that several processes can
read them.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PIECE_BYTES = 64 << 20
"""A plain file of lines is read in pieces of this size; other files are one piece each."""

GZIP_RATIO = 8
"""How much larger JSON is than its gzip, for estimates only."""


class Kind(enum.Enum):
    """How a file is read."""

    LINES = "lines"
    DOCUMENT = "document"
    TABLE = "table"


SUFFIXES = {
    ".ndjson": Kind.LINES,
    ".jsonl": Kind.LINES,
    ".json": Kind.DOCUMENT,
    ".parquet": Kind.TABLE,
}


@dataclass(frozen=True, slots=True)
class Piece:
    """What one task reads: a file, or the lines of it that begin from `start` to before `end`
    (bytes). `number` orders the pieces of all files; `name` is what is said of the file, its path
    within the folder that was given; `end` is 0 for the whole file.
    """

    number: int
    path: str
    name: str
    kind: Kind
    zipped: bool
    start: int = 0
    end: int = 0
    size: int = 0


def find_pieces(paths: Iterable[Path]) -> tuple[list[Piece], list[Path]]:
    """Return the pieces to read, and the files that are of no kind that is read.

    A folder stands for every file in and below it. The same files give the same pieces in the same
    order, wherever they were listed from.
    """
    pieces: list[Piece] = []
    unread: list[Path] = []
    for path, name in _each_file(paths):
        kind, zipped = _kind_of(path)
        if kind is None:
            unread.append(path)
            continue
        pieces += _cut(path, name, kind, zipped, len(pieces))
    return pieces, unread


def _each_file(paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    seen: set[Path] = set()
    for path in paths:
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in found:
            if file.is_file() and file.resolve() not in seen and not file.name.startswith("."):
                seen.add(file.resolve())
                yield file, str(file.relative_to(path)) if file != path else file.name


def _kind_of(path: Path) -> tuple[Kind | None, bool]:
    name = path.name.lower()
    zipped = name.endswith(".gz")
    suffix = Path(name.removesuffix(".gz")).suffix
    kind = SUFFIXES.get(suffix)
    return (None if zipped and kind is Kind.TABLE else kind), zipped


def _cut(path: Path, name: str, kind: Kind, zipped: bool, first: int) -> list[Piece]:
    size = path.stat().st_size
    if kind is not Kind.LINES or zipped or size <= PIECE_BYTES:
        whole = size * GZIP_RATIO if zipped else size
        return [Piece(first, str(path), name, kind, zipped, size=whole)]
    starts = range(0, size, PIECE_BYTES)
    return [
        Piece(
            first + number,
            str(path),
            name,
            kind,
            False,
            start,
            min(size, start + PIECE_BYTES),
            min(PIECE_BYTES, size - start),
        )
        for number, start in enumerate(starts)
    ]
