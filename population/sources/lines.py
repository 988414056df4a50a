"""The resources of one piece of the input, each as the bytes of its JSON and the place it came
from.

Lines are not parsed here: most of an export is dropped unread.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cds_service.protocol import (
    Problem,
    bundles_within,
    empty_entries,
    is_failure,
    lacks_some,
    read_json,
    resources_within,
    why_not_whole,
    write_json,
)
from fhir_mappings.fhir import Placed, is_cut, says_suppressed
from population.sources.files import Kind, Piece

BLOCK_BYTES = 16 << 20
"""How much of a file is read at once: large, as the test of a block is made ready anew for each."""

LONGEST_LINE = 64 << 20
"""Bytes; a line that is longer is refused, so that memory stays bounded."""

LARGEST_DOCUMENT = 256 << 20
"""Bytes of a file that is one JSON value, as it must be read whole."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""What some programs put before the first line of UTF-8."""

JSON_COLUMNS = ("json", "resource", "resource_json", "content", "body", "raw")
"""Names a Parquet column of resources may have; without any of them the first column of text that
holds JSON is taken.
"""

Refuse = Callable[[int, str], None]
"""Takes the number of a line, counted from 1 in its piece, and what is wrong with it."""


@dataclass
class Lines:
    """Resources that came together, as they stand in the file: `raw` holds the JSON of each on a
    line of its own, without a line end after the last.

    `first` is the number of the first line, counted from 1 in its piece, and `step` 1 for lines or
    0 for the resources of one document. `owner` is whose they are where they do not say so
    themselves: the one patient of a Bundle, or empty. `lacks` says why a Bundle is not whole.
    """

    first: int
    raw: bytes
    step: int = 1
    owner: str = ""
    lacks: str = ""

    @cached_property
    def contents(self) -> list[bytes]:
        """The bytes of each."""
        return self.raw.split(b"\n")

    @property
    def array(self) -> pa.BinaryArray:
        """The bytes of each, without a Python object for each."""
        return pc.split_pattern(pa.array([self.raw], pa.binary()), pattern="\n").flatten()

    @cached_property
    def count(self) -> int:
        """How many there are, blank lines among them."""
        return self.raw.count(b"\n") + 1

    def number(self, place: int) -> int:
        """Return the number of the line of one of them."""
        return self.first + place * self.step


def read_lines(piece: Piece, refuse: Refuse) -> Iterator[Lines]:
    """Yield the lines of a piece in blocks; `refuse` is told what cannot be read.

    An export that ends in the middle, a zipped file that is cut and a Bundle of two patients are
    refused where they are found; what came before them is read.
    """
    if piece.kind is Kind.TABLE:
        yield from _read_table(piece, refuse)
        return
    with open(piece.path, "rb") as file:
        if piece.kind is Kind.DOCUMENT:
            yield from _read_document(file, piece, refuse)
        else:
            yield from _read_blocks(file, piece, refuse)


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


GZIP = 31
"""Tells zlib that a gzip header comes first."""

PACKED_BYTES = 1 << 20


def _read_blocks(file: IO[bytes], piece: Piece, refuse: Refuse) -> Iterator[Lines]:
    """Yield the lines that begin within the piece; the last of them is read to its end."""
    at = piece.start
    if piece.start:
        file.seek(piece.start - 1)
        at += len(file.readline()) - 1  # the line that the piece before this one began
    rest, number = b"", 0
    for content in _blocks_of(file, piece, refuse) if not piece.end or at < piece.end else ():
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


TOO_LONG = "the line is longer than 64 MB; the rest is not read"


def _to_the_end_of_a_line(file: IO[bytes], block: bytes, least: int) -> bytes:
    """Return the block up to the end of the line that holds its byte number `least`."""
    end = block.find(b"\n", max(0, least - 1))
    return block[: end + 1] if end >= 0 else block + file.readline()


def _blocks_of(file: IO[bytes], piece: Piece, refuse: Refuse) -> Iterator[bytes]:
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


DAMAGED = "the zipped file is damaged or ends in the middle"


def _read_document(file: IO[bytes], piece: Piece, refuse: Refuse) -> Iterator[Lines]:
    """Read a file that is one JSON value: a Bundle, an array or a resource; else lines of them."""
    blocks, size = [], 0
    for block in _blocks_of(file, piece, refuse):
        blocks.append(block)
        size += len(block)
        if size > LARGEST_DOCUMENT:
            refuse(1, "is larger than 256 MB; as lines (.ndjson) any size is read")
            return
    content = b"".join(blocks).removeprefix(BYTE_ORDER_MARK)
    if not content.strip():
        refuse(1, "the file is empty")
        return
    try:
        value = read_json(content)
    except Problem:
        first, _, more = content.partition(b"\n")
        if first.rstrip().endswith(b"}") and more.strip():
            yield Lines(1, content)
        else:
            refuse(1, "is not JSON")
        return
    yield from resources_of(value, 1, refuse)


def resources_of(value: Any, number: int, refuse: Refuse) -> Iterator[Lines]:
    """Yield the resources of a Bundle, an array or a single one.

    In a Bundle of one patient a resource that names nobody is that patient's, and references by
    `fullUrl` are kept by keeping the entry whole.
    """
    placed = [item for item in resources_within(value, "") if item.type]
    if not placed:
        refuse(number, "holds no resource")
        return
    patients = {str(item.resource.get("id")) for item in placed if item.type == "Patient"}
    if len(patients) > 1:
        refuse(number, f"a Bundle of {len(patients)} patients: each resource goes to its subject")
    owner = next(iter(patients)) if len(patients) == 1 else ""
    content = b"\n".join(_content_of(item) for item in placed)
    yield Lines(number, content, 0, owner, _why_not_whole(value, placed))


def _why_not_whole(value: Any, placed: list[Placed]) -> str:
    """Return why a Bundle does not hold all there is: by its own words or those of one within, by
    entries that hold nothing, or by an error or a withholding that stands among them.
    """
    if not isinstance(value, dict) or value.get("resourceType") != "Bundle":
        return ""
    within = list(bundles_within(value, ""))
    bundles = [value, *(one.bundle for one in within)]
    empty = sum(len(list(empty_entries(bundle, ""))) for bundle in bundles)
    outcomes = [item.resource for item in placed if item.type == "OperationOutcome"]
    if empty:
        return f"a Bundle in which {empty} entries hold no resource"
    if any(map(is_failure, outcomes)):
        return f"a Bundle that is not whole: {SPEAKS_OF_AN_ERROR}"
    if any(map(says_suppressed, outcomes)) or any(is_cut(item.resource) for item in placed):
        return "a Bundle that is not whole: part of it is withheld"
    why = "one within it lacks some" if lacks_some(within) else why_not_whole(value, len(placed))
    return f"a Bundle that is not whole: {why}" if why else ""


SPEAKS_OF_AN_ERROR = "an OperationOutcome speaks of an error"


def _content_of(item: Placed) -> bytes:
    named = item.full_url.startswith("urn:") and not item.full_url.endswith(
        str(item.resource.get("id"))
    )
    return write_json(
        {"fullUrl": item.full_url, "resource": item.resource} if named else item.resource
    )


def _read_table(piece: Piece, refuse: Refuse) -> Iterator[Lines]:
    try:
        table = pq.ParquetFile(piece.path)
    except (pa.ArrowInvalid, OSError):
        refuse(1, "is not a Parquet file, or ends in the middle")
        return
    with table:
        column = _json_column(table)
        if column is None:
            refuse(1, "no column of the Parquet file holds JSON")
            return
        number = 0
        for batch in table.iter_batches(batch_size=2000, columns=[column]):
            cells = batch.column(0).cast(pa.binary()).to_pylist()
            yield Lines(
                number + 1, b"\n".join((cell or b"").replace(b"\n", b" ") for cell in cells)
            )
            number += len(cells)


def _json_column(table: pq.ParquetFile) -> str | None:
    texts: list[str] = [
        field.name
        for field in table.schema_arrow
        if pa.types.is_string(field.type)
        or pa.types.is_large_string(field.type)
        or pa.types.is_binary(field.type)
    ]
    named = [name for name in texts if name.lower() in JSON_COLUMNS]
    if named or not texts:
        return next(iter(named), None)
    for batch in table.iter_batches(batch_size=20, columns=texts):
        for name in texts:
            cells = [str(cell) for cell in batch.column(name).to_pylist() if cell]
            if cells and all(cell.lstrip()[:1] == "{" for cell in cells):
                return name
        break
    return None
