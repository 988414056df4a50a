"""The resources of one piece of the input, of whatever kind its file is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import IO

from population.sources.content import (
    BLOCK_BYTES,
    BYTE_ORDER_MARK,
    EVERYTHING,
    GONE,
    Lines,
    Refuse,
    blocks_of,
    cut_lines,
    line_ends,
    look_at_head,
)
from population.sources.documents import read_document
from population.sources.files import Kind, Piece
from population.sources.parquet import read_table

LINES_BYTES = 64 << 20
"""How much is handed on at once: many lines, as the search of them is made ready anew each time. A
line that is longer is refused, so that memory stays bounded.
"""

TOO_LONG = "the line is longer than 64 MB; the rest is not read"


def read_lines(piece: Piece, refuse: Refuse, room: bytearray) -> Iterator[Lines]:
    """Yield the lines of a piece, many at once, in memory that the next are read into; `refuse` is
    told what cannot be read.

    An export that ends in the middle, a zipped file that is cut and a Bundle of two patients are
    refused where they are found; what came before them is read.
    """
    if piece.kind is Kind.TABLE:
        yield from read_table(piece, refuse)
        return
    try:
        file = open(piece.path, "rb")  # noqa: SIM115  closed below
    except OSError:  # it could be when the files were listed
        refuse(1, GONE)
        return
    with file:
        seen, why = look_at_head(file, piece)
        if piece.start and (why or seen.zipped or seen.kind is not piece.kind):
            return  # the piece that begins the file says so, or reads all of it
        if why:
            refuse(1, why)
        elif seen.kind is Kind.DOCUMENT:
            yield from read_document(file, seen, refuse)
        else:
            yield from _read_blocks(file, seen, refuse, room)


def _read_blocks(file: IO[bytes], piece: Piece, refuse: Refuse, room: bytearray) -> Iterator[Lines]:
    """Yield the lines that begin within the piece, many at once; the last of them is read to its
    end.
    """
    begin = _next_line(file, piece.start)
    left = _next_line(file, piece.end) - begin if piece.end else EVERYTHING
    file.seek(begin)
    whole = max(1, min(left, os.fstat(file.fileno()).st_size - begin))
    number, filled, ends, plain = 1, 0, [0], True
    for block in blocks_of(file, piece, refuse, left):
        if number == 1 and not filled and not begin:
            block = block.removeprefix(BYTE_ORDER_MARK)
        room[filled : filled + len(block)] = block
        ends += line_ends(block, filled)
        filled += len(block)
        if not block.endswith(b"\n"):
            ends.pop()
        plain = plain and block.isascii()
        if filled + BLOCK_BYTES <= len(room):
            continue
        if len(ends) == 1:
            refuse(number, TOO_LONG)
            return
        share = (file.tell() - begin) / whole
        yield Lines(number, cut_lines(room, ends), plain=plain, share=share)
        number += len(ends) - 1
        rest = room[ends[-1] : filled]
        room[: len(rest)] = rest
        filled, ends, plain = len(rest), [0], rest.isascii()
    if room[ends[-1] : filled].strip():
        ends.append(filled)
    if len(ends) > 1:
        yield Lines(number, cut_lines(room, ends), plain=plain)


def make_room() -> bytearray:
    """Return the memory that lines are read into, over and over: new memory costs more than reading
    into it.
    """
    return bytearray(LINES_BYTES + 2 * BLOCK_BYTES)


def _next_line(file: IO[bytes], place: int) -> int:
    """Return where the first line begins at or after a place."""
    if not place:
        return 0
    file.seek(place - 1)
    while (part := file.readline(BLOCK_BYTES)) and not part.endswith(b"\n"):
        pass
    return file.tell()
