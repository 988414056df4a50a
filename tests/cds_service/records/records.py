"""Decisions, cards and feedback for the tests of the store."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from cds_service.database import open_engine
from cds_service.records.records import CardRecord, DecisionRecord, FeedbackEntry

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)


def card(**members: Any) -> CardRecord:
    usual: dict[str, Any] = {
        "uuid": str(uuid.uuid4()),
        "card": "b2",
        "rule": "M1",
        "indicator": "info",
        "order": "cyanocobalamin oral",
    }
    return CardRecord(**{**usual, **members})


def decision(*cards: CardRecord, **members: Any) -> DecisionRecord:
    usual: dict[str, Any] = {
        "received_at": NOW,
        "service": "b12-order-select",
        "hook": "order-select",
        "hook_instance": "a5b1c6de-0c8c-4e5f-8a3b-2f6d1c0b9e77",
        "client": "Main EHR",
        "status": 200,
        "duration_ms": 12.5,
        "cards": cards,
    }
    return DecisionRecord(**{**usual, **members})


def overridden(card_id: str, code: str = "NEURO-ABSENT") -> FeedbackEntry:
    return FeedbackEntry(
        card_id,
        "overridden",
        "2026-11-21T12:00:00Z",
        reason_system="urn:b12-cds:override-reason",
        reason_code=code,
    )


def rows(url: str, table: sa.Table) -> list[dict[str, Any]]:
    """Return all rows of a table, read by a connection of our own; none of one that is still to be
    made.
    """
    engine = open_engine(url)
    with engine.connect() as connection:
        there = sa.inspect(connection).has_table(table.name)
        found = connection.execute(sa.select(table)).mappings() if there else ()
        read = [dict(row) for row in found]
    engine.dispose()
    return read


def wait_until(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait for what another thread or process does; fail when it does not come about."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.01)
