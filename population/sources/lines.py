"""Resources that came together, each as the bytes of its JSON and the place it came from.

Lines are not parsed here, and of most no Python object is made: nearly all of an export is dropped
unread.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import accumulate

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Lines:
    """Resources that came together: `contents` is an Arrow array that holds the JSON of each as it
    stands in the file, with or without a line end behind it; blank lines are among them. It may
    lie in memory that the next lines are read into.

    `first` is the number of the first line, counted from 1 in its piece, and `step` 1 for lines or
    0 for the resources of one document. `owner` is whose they are where they do not say so
    themselves: the one patient of a Bundle, or empty. `lacks` says why a Bundle is not whole.
    `plain` says that all are ASCII; else some may not be.
    """

    first: int
    contents: pa.Array
    step: int = 1
    owner: str = ""
    lacks: str = ""
    plain: bool = False

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
