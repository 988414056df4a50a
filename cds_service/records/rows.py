"""What the record holds as rows of its tables: texts that every database takes, times in UTC."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from cds_service.database import CARDS, DECISIONS, FEEDBACK, MODES
from cds_service.records.kept_requests import Keeping, seal
from cds_service.records.records import OVERRIDDEN, CardRecord, DecisionRecord, Listener
from cds_service.records.tallies import week_of

LONGEST_CHOSEN_TEXT = 512
"""Characters kept of each text of a decision; clients choose some of them."""


TRY_TO_WRITE = sa.text(
    "INSERT INTO replay (issuer, token_id, expires) VALUES ('', 'readiness', 0) "
    "ON CONFLICT (issuer, token_id) DO UPDATE SET expires = excluded.expires"
)
"""No issuer is empty, so no token is meant; the row goes with the tokens that expired."""


def utc(time_of: dt.datetime) -> dt.datetime:
    """Return a time as the tables hold it: in UTC, without saying so."""
    return time_of.astimezone(dt.UTC).replace(tzinfo=None)


def clean_text(text: str, longest: int) -> str:
    """Return a text that every database takes and no terminal obeys: no control or half characters,
    not longer than allowed.
    """
    if len(text) <= longest and text.isprintable():
        return text
    return "".join(
        character for character in text[:longest] if character.isprintable() or character == "\n"
    )


def decision_row(record: DecisionRecord) -> dict[str, Any]:
    """Return a decision as the row of its table."""
    row = _row(record)
    del row["cards"], row["kept"]
    at = utc(record.received_at)
    return _clean({**row, "received_at": at, "week": week_of(at)})


def kept_row(record: DecisionRecord, keeping: Keeping | None) -> dict[str, Any] | None:
    """Return the request of a decision as the row of its table; None where none is kept."""
    if keeping is None or not keeping.key or record.kept is None:
        return None
    sealed = seal(record.kept, record.id, keeping.key)
    return {"decision": record.id, "kept_at": utc(record.received_at), "sealed": sealed}


def card_rows(record: DecisionRecord) -> list[dict[str, Any]]:
    """Return the cards of a decision, withheld ones too, as rows of theirs."""
    common = {
        "decision": record.id,
        "week": week_of(utc(record.received_at)),
        "client": record.client,
        "hook": record.hook,
        "user_role": record.user_role,
    }
    return [_clean({**_row(card), **common}) for card in record.cards]


def _row(record: DecisionRecord | CardRecord) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in fields(record)}


def _clean(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: clean_text(value, LONGEST_CHOSEN_TEXT) if isinstance(value, str) else value
        for name, value in row.items()
    }


def count_overridden(
    listener: Listener, card: str, rule: str, since: dt.datetime, about: str
) -> sa.Select[int]:
    """Return the query for how many cards of this kind, rule and order were overridden since a
    time, for the same patient, by the same client at the same service, which is that of the
    decision too (Q45, R173).
    """
    return (
        sa.select(sa.func.count(sa.distinct(FEEDBACK.c.card)))
        .join(CARDS, CARDS.c.uuid == FEEDBACK.c.card)
        .join(DECISIONS, DECISIONS.c.id == CARDS.c.decision)
        .where(
            DECISIONS.c.patient == listener.patient,
            DECISIONS.c.client == listener.client,
            DECISIONS.c.service == listener.service,
            CARDS.c.card == card,
            CARDS.c.rule == rule,
            CARDS.c.order == about,
            FEEDBACK.c.client == listener.client,
            FEEDBACK.c.service == listener.service,
        )
        .where(FEEDBACK.c.outcome == OVERRIDDEN, FEEDBACK.c.received_at >= utc(since))
    )


def count_shown(
    listener: Listener, card: str, rule: str, since: dt.datetime, about: str
) -> sa.Select[int]:
    """Return the query for how many cards of this kind, rule and order were shown since a time, for
    the same patient, to the same client at any service (Q93).
    """
    return (
        sa.select(sa.func.count())
        .select_from(CARDS)
        .join(DECISIONS, DECISIONS.c.id == CARDS.c.decision)
        .where(
            DECISIONS.c.patient == listener.patient,
            DECISIONS.c.client == listener.client,
            DECISIONS.c.received_at >= utc(since),
            CARDS.c.card == card,
            CARDS.c.rule == rule,
            CARDS.c.order == about,
            CARDS.c.shown,
        )
    )


def note_modes(connection: sa.Connection, modes: Mapping[tuple[str, str], str]) -> None:
    """Write down each mode of a (client, hook or card) that is not as it was last written."""
    before = {
        (client, what): mode
        for client, what, mode in connection.execute(
            sa.select(MODES.c.client, MODES.c.what, MODES.c.mode).order_by(MODES.c.id)
        )
    }
    gone = {key: "" for key, mode in before.items() if mode and key not in modes}
    rows = [
        {"since": utc(dt.datetime.now(dt.UTC)), "client": client, "what": what, "mode": mode}
        for (client, what), mode in {**modes, **gone}.items()
        if before.get((client, what), "") != mode
    ]
    if rows:
        connection.execute(sa.insert(MODES), rows)
