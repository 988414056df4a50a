"""The resources of a Parquet file that holds them as JSON in a column."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from population.sources.content import NO_COLUMN, NO_TABLE, Refuse
from population.sources.files import Piece
from population.sources.lines import Lines

JSON_COLUMNS = ("json", "resource", "resource_json", "content", "body", "raw")
"""Names a Parquet column of resources may have; without any of them the first column of text that
holds JSON is taken.
"""


def read_table(piece: Piece, refuse: Refuse) -> Iterator[Lines]:
    try:
        table = pq.ParquetFile(piece.path)
    except (pa.ArrowInvalid, OSError):
        refuse(1, NO_TABLE)
        return
    with table:
        column = _json_column(table)
        if column is None:
            refuse(1, NO_COLUMN)
            return
        number = 0
        for batch in table.iter_batches(batch_size=2000, columns=[column]):
            cells = batch.column(0).cast(pa.binary()).to_pylist()
            written = [(cell or b"").replace(b"\n", b" ") for cell in cells]
            yield Lines(number + 1, pa.array(written, pa.binary()))
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
