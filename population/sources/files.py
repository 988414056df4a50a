"""Which files there are to read, and into which pieces they are cut so that several processes can
read them.
"""

from __future__ import annotations

import enum
import os
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


NO_KIND = "is not a kind of file that is read (an archive is unpacked first)"
HIDDEN = "is a hidden file, expected a name without a full stop before it; it is not read"
LEADS_NOWHERE = "is a link that leads nowhere"
NO_FILE = "is no file but a pipe or a device; it is not read"
NOT_ALLOWED = "cannot be opened: this user may not read it"

MADE_MARK = ".made.json"
"""The file in which `population make` says what it made."""

ARCHIVES = frozenset(
    {".7z", ".br", ".bz2", ".gz", ".lz4", ".rar", ".tar", ".tgz", ".xz", ".z", ".zip", ".zst"}
)
"""How files are named that may hold others, or one in another packing."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A file or folder of which nothing is read, and why; `may_hold` says that resources may be
    in it whatever its name says.
    """

    name: str
    why: str
    may_hold: bool


def find_pieces(paths: Iterable[Path]) -> tuple[list[Piece], list[Unread]]:
    """Return the pieces to read, and what else stands there and is not read.

    A folder stands for every file in and below it, links to folders too. The same files give the
    same pieces in the same order, wherever they were listed from.
    """
    pieces: list[Piece] = []
    unread: list[Unread] = []
    for path, name, named in _each_file(paths, unread):
        kind, zipped = _kind_of(path)
        if why := _why_not_opened(path, named):
            unread.append(Unread(name, why, why != HIDDEN))
        elif kind is None:
            unread.append(Unread(name, NO_KIND, path.suffix.lower() in ARCHIVES))
        else:
            pieces += _cut(path, name, kind, zipped, len(pieces))
    return pieces, unread


def _each_file(paths: Iterable[Path], unread: list[Unread]) -> Iterator[tuple[Path, str, bool]]:
    """Yield each file once, with its name for people and whether it was named itself."""
    seen: set[str] = set()
    for path in paths:
        for file in sorted(_files_below(path, unread)) if path.is_dir() else [path]:
            real = os.path.realpath(file)
            if real not in seen and file.name != MADE_MARK:
                seen.add(real)
                yield file, _name_of(file, path), file == path


def _files_below(folder: Path, unread: list[Unread]) -> Iterator[Path]:
    """Yield what stands in and below a folder; a link that leads back is not followed again."""

    def refuse(error: OSError) -> None:
        where = Path(error.filename or folder)
        unread.append(Unread(_name_of(where, folder), f"cannot be opened: {error.strerror}", True))

    seen: set[str] = set()
    for place, folders, files in os.walk(folder, onerror=refuse, followlinks=True):
        seen.add(os.path.realpath(place))
        folders[:] = [
            name for name in folders if os.path.realpath(os.path.join(place, name)) not in seen
        ]
        yield from (Path(place) / name for name in files)


def _name_of(file: Path, folder: Path) -> str:
    """Return the path of a file within its folder; bytes that are no UTF-8 as a sign."""
    name = file.relative_to(folder) if file != folder else Path(file.name)
    return os.fsencode(name).decode("utf-8", "replace")


def _why_not_opened(path: Path, named: bool) -> str:
    """Return why a file is not opened, empty where it is."""
    if path.name.startswith(".") and not named:
        return HIDDEN
    if not path.exists():
        return LEADS_NOWHERE
    if not path.is_file():
        return NO_FILE
    return "" if os.access(path, os.R_OK) else NOT_ALLOWED


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
