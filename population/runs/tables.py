"""The columns of what a run writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

UNKNOWN_FACT = pa.struct([("fact", pa.string()), ("code", pa.string())])
NOT_UNDERSTOOD = pa.struct(
    [
        ("list", pa.string()),
        ("system", pa.string()),
        ("code", pa.string()),
        ("text", pa.string()),
        ("unit", pa.string()),
    ]
)

NOT_USED = pa.struct([("test", pa.string()), ("why", pa.string()), ("unit", pa.string())])

DECISIONS = pa.schema(
    [
        ("patient", pa.string()),
        ("hook", pa.string()),
        ("event", pa.string()),
        ("order", pa.string()),
        ("time", pa.string()),
        ("day", pa.string()),
        ("rule", pa.string()),
        ("outcome", pa.string()),
        ("cards", pa.list_(pa.string())),
        ("indicators", pa.list_(pa.string())),
        ("indicator", pa.string()),
        ("offers", pa.list_(pa.string())),
        ("adult", pa.string()),
        ("deficiency", pa.string()),
        ("unknown", pa.list_(UNKNOWN_FACT)),
        ("not_understood", pa.list_(NOT_UNDERSTOOD)),
        ("not_used", pa.list_(NOT_USED)),
        ("incomplete", pa.list_(pa.string())),
        ("without_time", pa.int32()),
        ("unreadable", pa.int32()),
        ("then", pa.string()),
        ("prescriber", pa.string()),
        ("version", pa.string()),
        ("policy_version", pa.string()),
        ("status", pa.int32()),
        ("refused", pa.string()),
    ]
)
"""One row per decision.

`event` is what is decided on: the chart opened, an order, a refill or a stop. `order` is the id of
the order, empty for a chart. `indicators` are those of `cards`, one each; `indicator` is the
loudest, empty where nothing was said. `day` is the day at the site for which it is decided.
`offers` are the suggestions of the cards: card, label, and a digest of the orders in them.
`not_used` holds the results of tests we know whose value
cannot be used, each kind once. `incomplete` names the lists that may lack entries;
`without_time` counts entries left out of a replay because nothing says when they were recorded;
`unreadable` counts lines that are no strict JSON. `then` is what the prescriber did next, where the
record tells; `prescriber` a digest of who ordered, empty where that is not told. `status` is that
of the service's answer: 200, or where it decides nothing 400, as more is written than it reads, or
500, a fault of the service; 422 of an order that does not say when it was written. `refused` says
why.
"""

ROWS_A_GROUP = 2000


class TableWriter:
    """Writes rows of one table, whole or not at all, in groups of a fixed size, so that the same
    rows give the same bytes.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path, self._schema = path, schema
        self._partial = path.with_suffix(f".{token_hex(4)}.partial")  # a part may be begun twice
        self._writer = pq.ParquetWriter(
            self._partial, schema, compression="zstd", compression_level=1
        )
        self._waiting: list[dict[str, Any]] = []

    def add(self, rows: Iterable[dict[str, Any]]) -> None:
        self._waiting.extend(rows)
        while len(self._waiting) >= ROWS_A_GROUP:
            self._write(self._waiting[:ROWS_A_GROUP])
            del self._waiting[:ROWS_A_GROUP]

    def close(self) -> None:
        """Write the rest and put the file in its place."""
        if self._waiting:
            self._write(self._waiting)
        self._writer.close()
        self._partial.replace(self._path)

    def _write(self, rows: list[dict[str, Any]]) -> None:
        self._writer.write_table(pa.Table.from_pylist(rows, self._schema))


def read_rows(paths: Iterable[Path], columns: list[str] | None = None) -> Iterator[dict[str, Any]]:
    """Yield the rows of several files, group by group."""
    for path in paths:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=ROWS_A_GROUP, columns=columns):
                yield from batch.to_pylist()
