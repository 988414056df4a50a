"""Feedback for other programs: one row for each card that was shown, with what became of it."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator

import sqlalchemy as sa

from cds_service.protocol import make_cell, write_json
from cds_service.records import CARDS, DECISIONS, FEEDBACK, find_patient_key, open_words
from governance.figures.board import reading
from governance.figures.categories import WORDS, category_of
from governance.figures.report import NAMES, OVERRIDDEN

COLUMNS = ("intervention", "action", "feedback", "user", "date", "place")
NO_ANSWER = "no answer"
HASH_DIGITS = 12
"""Digits of the keyed hash of a user: enough to tell users apart, not to find one."""


def each_row(store_url: str, patient_key: str = "") -> Iterator[dict[str, str]]:
    """Yield the rows of the export, oldest first: the card by id and name, what was done with it
    last, the reason with its category and the user's own words, who (kind, role, keyed hash), when
    it was shown (UTC), and where.

    Args:
        patient_key: of the record as configured; the user's own words open with it.
    Raises: StoreUnavailable.
    """
    whose = (FEEDBACK.c.card, FEEDBACK.c.client)
    last = sa.select(sa.func.max(FEEDBACK.c.id).label("id")).group_by(*whose).subquery()
    said = sa.select(FEEDBACK).join(last, last.c.id == FEEDBACK.c.id).subquery()
    query = (
        sa.select(CARDS.c.card, CARDS.c.uuid, DECISIONS)
        .add_columns(said.c.outcome, said.c.reason_code, said.c.user_comment)
        .join(DECISIONS, DECISIONS.c.id == CARDS.c.decision)
        .outerjoin(said, sa.and_(said.c.card == CARDS.c.uuid, said.c.client == CARDS.c.client))
        .where(CARDS.c.shown)
        .order_by(DECISIONS.c.received_at, CARDS.c.id)
    )
    with reading(store_url) as connection:
        key = find_patient_key(store_url, patient_key)
        for row in connection.execution_options(yield_per=1000).execute(query).mappings():
            yield _row(row, key)


def _row(row: sa.RowMapping, key: bytes) -> dict[str, str]:
    user = (row["user_kind"], row["user_role"], row["user"][:HASH_DIGITS])
    return {
        "intervention": f"{row['card']} {NAMES.get(row['card'], '')}".strip(),
        "action": row["outcome"] or NO_ANSWER,
        "feedback": _feedback(row, key),
        "user": " ".join(part for part in user if part),
        "date": row["received_at"].isoformat(timespec="seconds") + "Z",
        "place": row["place"],
    }


def _feedback(row: sa.RowMapping, key: bytes) -> str:
    if row["outcome"] is None:
        return ""
    parts = [open_words(row["user_comment"], row["uuid"], key)]
    if row["outcome"] == OVERRIDDEN:
        code = row["reason_code"]
        words = f"{code} ({WORDS[code]})" if code in WORDS else code
        parts = [category_of(code), words, *parts]
    return "; ".join(part for part in parts if part)


def as_csv(rows: Iterator[dict[str, str]]) -> Iterator[str]:
    """Yield the lines of a CSV file; no cell begins as a formula. Its head comes once the rows can
    be read, so that no file looks whole that is not.
    """
    first = list(itertools.islice(rows, 1))
    yield ",".join(COLUMNS) + "\r\n"
    for row in itertools.chain(first, rows):
        line = io.StringIO()
        csv.writer(line).writerow(make_cell(row[name]) for name in COLUMNS)
        yield line.getvalue()


def as_ndjson(rows: Iterator[dict[str, str]]) -> Iterator[str]:
    """Yield a line of JSON for each row."""
    for row in rows:
        yield write_json(row).decode() + "\n"
