"""The content of a file block by block, also of one that is zipped, and its lines.

Lines are not parsed here, and of most no Python object is made: nearly all of an export is dropped
unread.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import accumulate
from typing import IO

import pyarrow as pa

from population.sources.files import Kind, Piece

BLOCK_BYTES = 2 << 20
"""How much of a file is read at once: what a processor keeps near."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""What some programs put before the first line of UTF-8."""

GZIP = 31
"""Tells zlib that a gzip header comes first."""

PACKED_BYTES = 1 << 20

EVERYTHING = 1 << 62
"""More bytes than any file has."""

DAMAGED = "the zipped file is damaged or ends in the middle"

Refuse = Callable[[int, str], None]
"""Takes the number of a line, counted from 1 in its piece, and what is wrong with it."""

HEAD_BYTES = 4096
EMPTY = "the file is empty"
UTF_16 = "is UTF-16 text, expected UTF-8; nothing of it is read"
ARCHIVE = "is a zip archive, expected the files within or gzip; nothing of it is read"
PACKED = "is packed or an archive, expected the files within or gzip; nothing of it is read"
PARQUET = "is a Parquet file by another name, expected .parquet; nothing of it is read"
NO_JSON = "holds no JSON, but text or a table of another kind; nothing of it is read"
SPREAD = "is JSON over several lines, expected one resource a line; nothing of it is read"
NOT_JSON = "the file is not JSON; nothing of it is read"
TOO_LARGE = "is larger than 64 MB; as lines (.ndjson) any size is read"
GONE = "cannot be opened any more; nothing of it is read"
NO_TABLE = "is not a Parquet file, or ends in the middle"
NO_COLUMN = "no column of the Parquet file holds JSON"
DAMAGED_TABLE = "the Parquet file is damaged; the rest of it is not read"
NOTHING_READ = frozenset(
    {
        *(UTF_16, ARCHIVE, PACKED, PARQUET, NO_JSON, SPREAD, NOT_JSON, TOO_LARGE),
        *(NO_TABLE, NO_COLUMN, GONE),
    }
)
"""Faults by which nothing of a file is read, so that lists lack for anybody what it held."""

_GZIP_MAGIC = b"\x1f\x8b"
_MAGIC = (
    (b"\xff\xfe", UTF_16),
    (b"\xfe\xff", UTF_16),
    (b"PK\x03\x04", ARCHIVE),
    (b"PAR1", PARQUET),
    (b"BZh", PACKED),
    (b"\xfd7zXZ\0", PACKED),
    (b"7z\xbc\xaf", PACKED),
    (b"\x28\xb5\x2f\xfd", PACKED),
    (b"\x04\x22\x4d\x18", PACKED),
    (_GZIP_MAGIC, PACKED),
)
_TAR, _TAR_PLACE = b"ustar", 257


def look_at_head(file: IO[bytes], piece: Piece) -> tuple[Piece, str]:
    """Return the piece with how its file is read by what it holds, whatever its name says: packed
    or not, one JSON value over several lines or lines; and why nothing of the file can be read,
    empty where it can.
    """
    head = file.read(HEAD_BYTES)
    file.seek(0)
    packed, named_packed = head.startswith(_GZIP_MAGIC), piece.zipped
    piece = replace(piece, zipped=packed, end=0 if packed else piece.end)
    if packed:
        head = _unzipped_head(head)
        if not head:  # what is wrong with it is said when it is read
            return piece, ""
    if not head:  # a packed file holds a few bytes even of nothing
        return piece, DAMAGED if named_packed else EMPTY
    why = next((why for magic, why in _MAGIC if head.startswith(magic)), "")
    why = why or (PACKED if head.startswith(_TAR, _TAR_PLACE) else "")
    why = why or (UTF_16 if b"\0" in head else "")
    if why:
        return piece, why
    lines = [line.strip() for line in head.removeprefix(BYTE_ORDER_MARK).splitlines()]
    lines = [line for line in lines if line]
    if not lines:
        return piece, EMPTY if len(head) < HEAD_BYTES else ""
    if piece.kind is Kind.LINES and not any(line[:1] in b"{[" for line in lines):
        return piece, NO_JSON
    if piece.kind is Kind.LINES and _is_spread(lines):
        return replace(piece, kind=Kind.DOCUMENT, end=0), ""
    return piece, ""


def _unzipped_head(head: bytes) -> bytes:
    """Return what the first bytes of a gzip file hold, as far as they can be unzipped."""
    try:
        return zlib.decompressobj(GZIP).decompress(head, HEAD_BYTES)
    except zlib.error:
        return b""


def _is_spread(lines: list[bytes]) -> bool:
    """Return whether one JSON value stands on several lines: the first opens it alone."""
    return len(lines) > 1 and lines[0] in (b"{", b"[", b"[{")


def blocks_of(
    file: IO[bytes], piece: Piece, refuse: Refuse, most: int = EVERYTHING
) -> Iterator[bytes]:
    """Yield the content of a file block by block; a zipped one that is cut ends with a refusal.

    Args:
        most: how many bytes of a plain file to read.
    """
    try:
        if not piece.zipped:
            while block := file.read(max(0, min(BLOCK_BYTES, most))):
                most -= len(block)
                yield block
            return
        unzipped = Unzipped(file)
        while block := unzipped.read():
            yield block
    except (EOFError, OSError, zlib.error):
        refuse(1, DAMAGED)


class Unzipped:
    """A gzip file that is read as far as it goes: one that is cut gives what came before the cut,
    and only then an error.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._unzip = zlib.decompressobj(GZIP)
        self._waiting = b""

    def read(self) -> bytes:
        """Return more of the content, empty at its end. Raises: EOFError where it is cut."""
        while True:
            packed = self._waiting or self._file.read(PACKED_BYTES)
            if not packed:
                if self._unzip.eof:
                    return b""
                raise EOFError
            if self._unzip.eof and not (packed := packed.lstrip(b"\0")):
                self._waiting = b""  # zeros behind the end, as tapes leave them
                continue
            if self._unzip.eof:  # the next file in the file
                self._unzip = zlib.decompressobj(GZIP)
            content = self._unzip.decompress(packed, BLOCK_BYTES)
            self._waiting = self._unzip.unused_data or self._unzip.unconsumed_tail
            if content:
                return content


@dataclass(frozen=True, slots=True)
class Lines:
    """Resources that came together: `contents` is an Arrow array that holds the JSON of each as it
    stands in the file, with or without a line end behind it; blank lines are among them. It may
    lie in memory that the next lines are read into.

    `first` is the number of the first line, counted from 1 in its piece, and `step` 1 for lines or
    0 for the resources of one document. `owner` is whose they are where they do not say so
    themselves: the one patient of a Bundle, or empty. `lacks` says why a Bundle is not whole.
    `plain` says that all are ASCII; else some may not be. `share` is the part of the piece, from 0
    to 1, that had been read by then.
    """

    first: int
    contents: pa.Array
    step: int = 1
    owner: str = ""
    lacks: str = ""
    plain: bool = False
    share: float = 0

    def number(self, place: int) -> int:
        """Return the number of the line of one of them."""
        return self.first + place * self.step

    def at(self, places: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """Yield those at the places given, each with its place."""
        whole = len(places) == len(self.contents)
        found = self.contents if whole else self.contents.take(pa.array(places, pa.int64()))
        yield from zip(places, found.to_pylist(), strict=True)


def line_ends(block: bytes, begins: int = 0) -> list[int]:
    """Return where each line of a block ends, its line end with it; the last may have none.

    Args:
        begins: where the block begins.
    """
    return list(accumulate(map(len, BytesIO(block)), initial=begins))[1:]


def split_lines(block: bytes) -> pa.Array:
    """Return the lines of a content, each with its line end."""
    return cut_lines(block, [0, *line_ends(block)])


def cut_lines(room: bytes | bytearray, places: list[int]) -> pa.Array:
    """Return what lies between each two places as an array, without copying it."""
    offsets = pa.array(places, pa.int64()).buffers()[1]
    parts = [None, offsets, pa.py_buffer(room)]
    return pa.Array.from_buffers(pa.large_binary(), len(places) - 1, parts)
