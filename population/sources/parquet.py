"""The resources of a Parquet file that holds them as JSON in a column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from population.sources.content import DAMAGED_TABLE, NO_COLUMN, NO_TABLE, Lines, Refuse
from population.sources.files import Piece

JSON_COLUMNS = ("json", "resource", "resource_json", "content", "body", "raw")
"""Names a Parquet column of resources may have; without any of them the first column of text that
holds JSON is taken.
"""


ROWS_AT_ONCE = 2000


def read_table(piece: Piece, refuse: Refuse) -> Iterator[Lines]:
    """Yield the resources of a file, many at once; `refuse` is told what cannot be read."""
    try:
        table = pq.ParquetFile(piece.path)
    except (pa.ArrowException, OSError):
        refuse(1, NO_TABLE)
        return
    number, nothing = 0, []
    with table:
        try:
            column = _json_column(table)
            if column is None:
                refuse(1, NO_COLUMN)
                return
            for batch in table.iter_batches(batch_size=ROWS_AT_ONCE, columns=[column]):
                cells = _cells_of(batch.column(0))
                nothing += [number + place for place, cell in enumerate(cells, 1) if not cell]
                written = [(cell or b"").replace(b"\n", b" ") for cell in cells]
                share = (number + len(cells)) / table.metadata.num_rows
                yield Lines(number + 1, pa.array(written, pa.binary()), share=share)
                number += len(cells)
        except (pa.ArrowException, OSError):
            refuse(number + 1, DAMAGED_TABLE)
    if nothing:
        refuse(nothing[0], f"{len(nothing)} rows of the Parquet file hold nothing, this one first")


def _cells_of(column: Any) -> list[bytes | None]:
    """Return the cells of a column of text, in whichever way Arrow holds it."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    cells: list[bytes | None] = column.cast(pa.large_binary()).to_pylist()
    return cells


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return any(
        is_kind(kind)
        for is_kind in (
            pa.types.is_string,
            pa.types.is_large_string,
            pa.types.is_binary,
            pa.types.is_large_binary,
        )
    )


def _json_column(table: pq.ParquetFile) -> str | None:
    texts: list[str] = [field.name for field in table.schema_arrow if _is_text(field.type)]
    named = [name for name in texts if name.lower() in JSON_COLUMNS]
    if named or not texts:
        return next(iter(named), None)
    for batch in table.iter_batches(batch_size=ROWS_AT_ONCE, columns=texts):
        for name in texts:
            cells = [cell for cell in _cells_of(batch.column(name)) if cell]
            if cells and all(cell.lstrip()[:1] == b"{" for cell in cells):
                return name
    return None
