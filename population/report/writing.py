"""Reads the decisions of a run and writes what is made of them."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.parquet as pq

from cds_service.protocol import make_cell
from fhir_mappings.terminology import load_value_sets
from population.report.change_tables import change_tables
from population.report.counts import count_decisions
from population.report.nearest import Name, Nearest
from population.report.page import NOT_FOR_PERSONS, build_page
from population.report.small_counts import SMALLEST_SHOWN
from population.report.tables import Table, build_tables
from population.runs import CHANGES, compares_offers, read_rows
from population.slices import list_parts, read_description, write_whole, written_whole

CODE_COLUMNS = (
    "concept",
    "role",
    "system_uri",
    "code",
    "display",
    "unit",
    "count",
    "proposed",
    "why",
)
LONG = pa.schema([(name, pa.string()) for name in ("table", "row", "column", "value")])
MOST_CODES = 500

COLUMNS = [
    "patient",
    "event",
    "rule",
    "outcome",
    "cards",
    "indicators",
    "adult",
    "deficiency",
    "unknown",
    "not_understood",
    "not_used",
    "incomplete",
    "without_time",
    "unreadable",
    "then",
    "day",
    "prescriber",
    "version",
    "policy_version",
    "status",
]


class ReportRefused(Exception):
    """A run that cannot be reported on, in one sentence."""


def write_report(
    run: Path,
    out: Path,
    show_small: bool,
    commands: Sequence[str] = (),
    advance: Callable[[float], None] = lambda _: None,
) -> list[Path]:
    """Write the page, the same as CSV and Parquet, and local-codes.csv beside it; return the files.

    Args:
        commands: those from which every figure comes again, for the foot of the page.
        advance: told of each part that was read.
    Raises: ReportRefused.
    """
    description, parts = _open_run(run)
    names_to_complete = out.parent / "local-codes.csv"
    _refuse_completed(names_to_complete)
    counts, nearest = count_decisions(_read_parts(parts, advance)), Nearest(load_value_sets())
    counts.names = Counter(dict(nearest.to_complete(counts.names.items())))
    tables = build_tables(counts, show_small)
    if (run / "changes.parquet").is_file():
        offers = compares_offers(run, run / "against")
        tables += change_tables(_read_changes(run), counts, show_small, offers=offers)
    dropped = description["sliced"].get("codes", ())
    codes = list(codes_to_complete(counts.names, dropped, nearest, show_small))
    out.parent.mkdir(parents=True, exist_ok=True)
    page = build_page(counts, description, tables, codes, commands, show_small)
    write_whole(out, page.encode())
    return [out, *_write_tables(out, tables), _write_codes(names_to_complete, codes)]


def _refuse_completed(path: Path) -> None:
    """Refuse to write over names that somebody has completed, or saved in another form. Raises:
    ReportRefused.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            as_written = tuple(reader.fieldnames or ()) == CODE_COLUMNS
            completed = not as_written or any(row["concept"] for row in reader)
    except FileNotFoundError:
        return
    except (OSError, UnicodeError, csv.Error):
        completed = True
    if completed:
        raise ReportRefused(
            f"{path}: somebody has written in it, and the report would write over that; give it "
            f"another name, in the site file too, or write the report into another folder."
        )


def _read_parts(parts: Sequence[Path], advance: Callable[[float], None]) -> Iterator[Any]:
    for part in parts:
        try:
            yield from read_rows([part], COLUMNS)
        except (pa.ArrowException, OSError):
            raise ReportRefused(f"{part}: {DAMAGED}") from None
        advance(1)


def _read_changes(run: Path) -> Iterator[Any]:
    changes = run / "changes.parquet"
    try:
        if not {*CHANGES.names} <= {*pq.read_schema(changes).names}:
            raise ReportRefused(f"{changes}: {DAMAGED}")
        yield from read_rows([changes])
    except (pa.ArrowException, OSError):
        raise ReportRefused(f"{changes}: {DAMAGED}") from None


DAMAGED = "is damaged or cannot be read; remove it and run again into the same folder."


def _open_run(run: Path) -> tuple[dict[str, Any], list[Path]]:
    """Return what stands in run.json, and the files of the decisions. Raises: ReportRefused."""
    parts = list_parts(run / "decisions")
    if not (run / "run.json").is_file() or not parts:
        raise ReportRefused(f"{run}: holds no run; expected what population run wrote.")
    try:
        lacking = set(COLUMNS) - set(pq.read_schema(parts[0]).names)
    except (pa.ArrowException, OSError):
        raise ReportRefused(f"{parts[0]}: {DAMAGED}") from None
    if lacking:
        raise ReportRefused(
            f"{run}: holds a run of another version, without {', '.join(sorted(lacking))}; let "
            f"this version run again."
        )
    members = ("mode", "asOf", "slice", "policy", "sliced")
    description = read_description(run / "run.json", members, ReportRefused)
    whole = description["sliced"]["parts"]
    if len(parts) < whole:
        raise ReportRefused(
            f"{run}: holds {len(parts)} of {whole} parts, as the run was interrupted; run it again "
            f"into the same folder, and it goes on."
        )
    if description.get("against") and not (run / "changes.parquet").is_file():
        raise ReportRefused(
            f"{run}: lacks what --against decides otherwise, as the run was interrupted; run it "
            f"again into the same folder, and it goes on."
        )
    return description, parts


def codes_to_complete(
    names: Counter[Name], dropped: Sequence[Mapping[str, Any]], nearest: Nearest, show_small: bool
) -> Iterator[dict[str, Any]]:
    """Yield the names that are not understood with the nearest concept: those for which there is
    one first, then the most frequent.

    Args:
        names: of the decisions, how often each was seen.
        dropped: codes of results that were dropped unread, from slice.json.
    """
    unread = ((name, one["count"]) for one in dropped for name in nearest.names_of(one["code"]))
    named: Counter[tuple[str, ...]] = Counter()
    lists: dict[tuple[str, ...], str] = {}
    for (key, *name), count in (*names.most_common(), *nearest.to_complete(unread)):
        named[tuple(name)] += count
        lists.setdefault(tuple(name), key)
    ranked = sorted(named.items(), key=lambda item: (-item[1], item[0]))
    shown = [item for item in ranked if show_small or item[1] >= SMALLEST_SHOWN][:MOST_CODES]
    proposed = [(item, nearest.concept(lists[item[0]], item[0][2] or item[0][1])) for item in shown]
    for ((system, code, text, unit), count), (concept, words) in sorted(
        proposed, key=lambda one: not one[1][0]
    ):
        yield {
            "concept": "",
            "role": "include",
            "system_uri": system,
            "code": code,
            "display": text,
            "unit": unit,
            "count": count,
            "proposed": concept,
            "why": f'like "{words}"' if words else "",
        }


def _write_tables(out: Path, tables: Sequence[Table]) -> tuple[Path, Path]:
    """Write every cell of every table as one line."""
    lines = [
        {"table": table.name, "row": str(row[0]), "column": column, "value": str(value)}
        for table in tables
        for row in table.rows
        for column, value in zip(table.head[1:], row[1:], strict=True)
    ]
    lines.insert(0, {"table": "about", "row": "use", "column": "note", "value": NOT_FOR_PERSONS})
    flat = pa.Table.from_pylist(lines, LONG)
    with written_whole(out.with_suffix(".parquet")) as partial:
        pq.write_table(flat, partial)
    with (
        written_whole(out.with_suffix(".csv")) as partial,
        partial.open("w", encoding="utf-8", newline="") as file,
    ):
        writer = csv.DictWriter(file, LONG.names)
        writer.writeheader()
        writer.writerows({name: make_cell(value) for name, value in one.items()} for one in lines)
    return out.with_suffix(".csv"), out.with_suffix(".parquet")


def _write_codes(path: Path, codes: Sequence[Mapping[str, Any]]) -> Path:
    with written_whole(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, CODE_COLUMNS)
        writer.writeheader()
        writer.writerows(
            {name: make_cell(str(value)) for name, value in one.items()} for one in codes
        )
    return path


def write_cases(run: Path, path: Path) -> Path:
    """Write who of a run got which card by which rule, for its owner alone: the file names
    patients. An older file, which might be open to others, is replaced.

    Raises: ReportRefused.
    """
    _, parts = _open_run(run)
    columns = ["patient", "order", "time", "rule", "cards", "indicator"]
    with written_whole(path) as partial, _open_for_owner(partial) as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in read_rows(parts, columns):
            shown = row | {"cards": " ".join(row["cards"])}
            writer.writerow([make_cell(str(shown[column] or "")) for column in columns])
    return path


def _open_for_owner(path: Path) -> TextIO:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return open(handle, "w", encoding="utf-8", newline="")
