"""Feedback for other programs: one row for each card that was shown, with what became of it."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from cds_service.protocol import make_cell, write_json
from cds_service.records import (
    CARDS,
    DECISIONS,
    FEEDBACK,
    OVERRIDDEN,
    find_patient_key,
    open_for_reading,
    open_words,
)
from governance.figures.categories import WORDS, category_of
from governance.figures.report import NAMES

COLUMNS = ("intervention", "action", "feedback", "user", "date", "place")
NO_ANSWER = "no answer"
CARDS_AT_ONCE = 500
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
    with open_for_reading(store_url) as connection:
        key = find_patient_key(store_url, patient_key)
        shown = connection.execution_options(yield_per=CARDS_AT_ONCE).execute(_SHOWN).mappings()
        for cards in shown.partitions():
            said = _last_words(connection, [card["uuid"] for card in cards])
            for card in cards:
                yield _row(card, said.get((card["uuid"], card["client"], card["service"])), key)


_SHOWN = (
    sa.select(
        CARDS.c.card,
        CARDS.c.uuid,
        CARDS.c.client,
        *(
            DECISIONS.c[name]
            for name in ("service", "received_at", "user_kind", "user_role", "user", "place")
        ),
    )
    .join(DECISIONS, DECISIONS.c.id == CARDS.c.decision)
    .where(CARDS.c.shown)
    .order_by(DECISIONS.c.received_at, CARDS.c.id)
)


def _last_words(
    connection: sa.Connection, uuids: Sequence[str]
) -> dict[tuple[str, str, str], sa.RowMapping]:
    """Return what was last said of each of these cards, by card, client and service (R173). It is
    asked for by itself: joined to all cards, the last words of a million are searched for as a
    whole.
    """
    columns = ("card", "client", "service", "outcome", "reason_code", "user_comment")
    query = sa.select(*(FEEDBACK.c[name] for name in columns))
    query = query.where(FEEDBACK.c.card.in_(uuids)).order_by(FEEDBACK.c.id)
    rows = connection.execute(query, execution_options={"yield_per": None}).mappings()
    return {(row["card"], row["client"], row["service"]): row for row in rows}


def _row(card: sa.RowMapping, said: sa.RowMapping | None, key: bytes) -> dict[str, str]:
    user = (card["user_kind"], card["user_role"], card["user"][:HASH_DIGITS])
    return {
        "intervention": f"{card['card']} {NAMES.get(card['card'], '')}".strip(),
        "action": said["outcome"] if said else NO_ANSWER,
        "feedback": _feedback(said, key) if said else "",
        "user": " ".join(part for part in user if part),
        "date": card["received_at"].isoformat(timespec="seconds") + "Z",
        "place": card["place"],
    }


def _feedback(said: sa.RowMapping, key: bytes) -> str:
    parts = [open_words(said["user_comment"], said["card"], key)]
    if said["outcome"] == OVERRIDDEN:
        code = said["reason_code"]
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
