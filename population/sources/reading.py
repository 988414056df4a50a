"""The resources of one piece of the input, of whatever kind its file is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from population.sources.content import (
    BLOCK_BYTES,
    BYTE_ORDER_MARK,
    EVERYTHING,
    Refuse,
    blocks_of,
    look_at_head,
)
from population.sources.documents import read_document
from population.sources.files import Kind, Piece
from population.sources.lines import Lines, split_lines
from population.sources.parquet import read_table

LONGEST_LINE = 64 << 20
"""Bytes; a line that is longer is refused, so that memory stays bounded."""

LINES_BYTES = 64 << 20
"""How many are handed on at once: many, as the test of them is made ready anew each time."""

TOO_LONG = "the line is longer than 64 MB; the rest is not read"


def read_lines(piece: Piece, refuse: Refuse) -> Iterator[Lines]:
    """Yield the lines of a piece in blocks; `refuse` is told what cannot be read.

    An export that ends in the middle, a zipped file that is cut and a Bundle of two patients are
    refused where they are found; what came before them is read.
    """
    if piece.kind is Kind.TABLE:
        yield from read_table(piece, refuse)
        return
    with open(piece.path, "rb") as file:
        seen, why = look_at_head(file, piece)
        if piece.start and (why or seen.zipped or seen.kind is not piece.kind):
            return  # the piece that begins the file says so, or reads all of it
        if why:
            refuse(1, why)
        elif seen.kind is Kind.DOCUMENT:
            yield from read_document(file, seen, refuse)
        else:
            yield from _read_blocks(file, seen, refuse)


def _read_blocks(file: IO[bytes], piece: Piece, refuse: Refuse) -> Iterator[Lines]:
    """Yield the lines that begin within the piece, many at once."""
    number, size, together = 1, 0, []
    for contents in _lines_of(file, piece, refuse):
        together += contents
        size += BLOCK_BYTES
        if size >= LINES_BYTES:
            yield Lines(number, together)
            number, size, together = number + len(together), 0, []
    if together:
        yield Lines(number, together)


def _lines_of(file: IO[bytes], piece: Piece, refuse: Refuse) -> Iterator[list[bytes]]:
    """Yield the lines of each block of a piece; the last of them is read to its end."""
    if piece.start:
        file.seek(piece.start - 1)
        file.readline()  # the line that the piece before this one began
    left = piece.end - file.tell() if piece.end else EVERYTHING
    rest, before = b"", 0
    for block in blocks_of(file, piece, refuse, left):
        contents = split_lines(block)
        contents[0] = rest + contents[0]
        if not before and not piece.start:
            contents[0] = contents[0].removeprefix(BYTE_ORDER_MARK)
        rest = b"" if contents[-1].endswith(b"\n") else contents.pop()
        before += len(contents)
        yield contents
        if len(rest) > LONGEST_LINE:
            refuse(before + 1, TOO_LONG)
            return
    if rest and piece.end:
        rest += file.readline(LONGEST_LINE)
    if rest.strip():
        yield [rest]
