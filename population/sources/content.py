"""The content of a file block by block, also of one that is zipped."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import IO

from population.sources.files import Piece

BLOCK_BYTES = 16 << 20
"""How much of a file is read at once: large, as the test of a block is made ready anew for each."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""What some programs put before the first line of UTF-8."""

GZIP = 31
"""Tells zlib that a gzip header comes first."""

PACKED_BYTES = 1 << 20

DAMAGED = "the zipped file is damaged or ends in the middle"

Refuse = Callable[[int, str], None]
"""Takes the number of a line, counted from 1 in its piece, and what is wrong with it."""


def blocks_of(file: IO[bytes], piece: Piece, refuse: Refuse) -> Iterator[bytes]:
    """Yield the content of a file block by block; a zipped one that is cut ends with a refusal."""
    try:
        if not piece.zipped:
            while block := file.read(BLOCK_BYTES):
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
            if self._unzip.eof:  # the next file in the file
                self._unzip = zlib.decompressobj(GZIP)
            content = self._unzip.decompress(packed, BLOCK_BYTES)
            self._waiting = self._unzip.unused_data or self._unzip.unconsumed_tail
            if content:
                return content
