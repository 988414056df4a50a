"""The resources of one piece of the input, of whatever kind its file is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from population.sources.content import BYTE_ORDER_MARK, Refuse, blocks_of, look_at_head
from population.sources.documents import read_document
from population.sources.files import Kind, Piece
from population.sources.lines import Lines
from population.sources.parquet import read_table

LONGEST_LINE = 64 << 20
"""Bytes; a line that is longer is refused, so that memory stays bounded."""

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
    """Yield the lines that begin within the piece; the last of them is read to its end."""
    at = piece.start
    if piece.start:
        file.seek(piece.start - 1)
        at += len(file.readline()) - 1  # the line that the piece before this one began
    rest, number = b"", 0
    for content in blocks_of(file, piece, refuse) if not piece.end or at < piece.end else ():
        block = content
        at += len(block)
        ends = bool(piece.end) and at >= piece.end
        if ends:
            block = _to_the_end_of_a_line(file, block, len(block) - (at - piece.end))
        if not piece.start and at == len(content):
            block = block.removeprefix(BYTE_ORDER_MARK)
        cut = block.rfind(b"\n")
        if cut < 0:
            raw, rest = b"", rest + block
        else:
            raw, rest = b"".join((rest, memoryview(block)[:cut])), block[cut + 1 :]
        if len(rest) > LONGEST_LINE:
            refuse(number + 1, TOO_LONG)
            return
        if cut >= 0:
            found = Lines(number + 1, raw)
            yield found
            number += found.count
        if ends:
            break
    if rest.strip():
        yield Lines(number + 1, rest)


def _to_the_end_of_a_line(file: IO[bytes], block: bytes, least: int) -> bytes:
    """Return the block up to the end of the line that holds its byte number `least`."""
    end = block.find(b"\n", max(0, least - 1))
    return block[: end + 1] if end >= 0 else block + file.readline()
