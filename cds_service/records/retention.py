"""What is deleted when it has had its time: old decisions with all that belongs to them."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from cds_service.database import CARDS, DECISIONS, FEEDBACK, KEPT_REQUESTS, Database
from cds_service.records.rows import utc
from cds_service.records.tallies import drop_tallies

PRUNED_AT_ONCE = 500
"""Decisions that are deleted in one transaction."""


JUMP = dt.timedelta(days=1)
"""From it on a clock that was set forward deletes nothing; times of deletion are in days."""

REST = dt.timedelta(days=90)
"""From it on the time between the newest decision on record and the start of the service is rather
a wrong clock than a rest: for TRUSTED_AFTER nothing is deleted.
"""

TRUSTED_AFTER = dt.timedelta(days=1)

_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""The clock that nobody sets; it goes on while the machine sleeps, where there is one that does."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What the clock of the machine shows at a moment, and what the steady one does, in seconds."""

    shown: dt.datetime
    steady: float

    @classmethod
    def now(cls) -> Clock:
        return cls(dt.datetime.now(dt.UTC), time.clock_gettime(_STEADY))

    def has_jumped(self, later: Clock) -> bool:
        """Return whether the clock was set forward in between by JUMP or more."""
        return later.shown - self.shown - self.until(later) >= JUMP

    def until(self, later: Clock) -> dt.timedelta:
        """Return how much time passed, whatever the clock was set to."""
        return dt.timedelta(seconds=later.steady - self.steady)


def why_nothing_goes(database: Database, started: Clock, now: Clock) -> str:
    """Return why nothing is deleted by age now; empty when the clock can be believed. It cannot
    when it was set forward since the start, nor for a day when the newest decision on record from
    before the start is older than REST. What is of the day before the start proves nothing: after
    one start with a wrong clock comes another, and what came between has the wrong date.

    Raises: StoreUnavailable.
    """
    if started.has_jumped(now):
        return "the clock was set forward by a day or more"
    if started.until(now) >= TRUSTED_AFTER:
        return ""
    newest = sa.select(sa.func.max(DECISIONS.c.received_at)).where(
        DECISIONS.c.received_at < utc(started.shown) - TRUSTED_AFTER
    )
    with database.transaction() as connection:
        found = connection.execute(newest).scalar_one()
    if found is None or utc(started.shown) - found < REST:
        return ""
    days = (utc(started.shown) - found).days
    return f"the newest decision was {days} days old at the start: the clock may be wrong"


def prune_decisions(database: Database, before: dt.datetime) -> Counter[str]:
    """Delete decisions from before a time, with their cards, feedback and kept requests; also
    feedback and kept requests as old whose decision nobody knows. Return how many by table.

    Each PRUNED_AT_ONCE decisions are a transaction of their own, so that nobody waits for long.
    Raises: StoreUnavailable; what was deleted until then stays deleted.
    """
    gone: Counter[str] = Counter()
    oldest = (
        sa.select(DECISIONS.c.id)
        .where(DECISIONS.c.received_at < utc(before))
        .order_by(DECISIONS.c.received_at)
        .limit(PRUNED_AT_ONCE)
    )
    while True:
        with database.transaction() as connection:
            ids = connection.execute(oldest).scalars().all()
            which = _of_decisions(ids) if ids else _of_nobody(utc(before))
            for table, rows in which:
                gone[table.name] += connection.execute(sa.delete(table).where(rows)).rowcount
            if not ids:
                drop_tallies(connection, utc(before))
        if not ids:
            return gone


def _of_decisions(ids: Sequence[str]) -> list[tuple[sa.Table, sa.ColumnElement[bool]]]:
    """Return which rows of which table belong to these decisions, in the order of deletion."""
    cards = sa.select(CARDS.c.uuid).where(CARDS.c.decision.in_(ids))
    return [
        (FEEDBACK, FEEDBACK.c.card.in_(cards)),
        (KEPT_REQUESTS, KEPT_REQUESTS.c.decision.in_(ids)),
        (CARDS, CARDS.c.decision.in_(ids)),
        (DECISIONS, DECISIONS.c.id.in_(ids)),
    ]


def _of_nobody(before: dt.datetime) -> list[tuple[sa.Table, sa.ColumnElement[bool]]]:
    """Return which feedback and kept requests from before a time belong to no decision."""
    card = sa.exists().where(CARDS.c.uuid == FEEDBACK.c.card)
    decision = sa.exists().where(DECISIONS.c.id == KEPT_REQUESTS.c.decision)
    return [
        (FEEDBACK, (FEEDBACK.c.received_at < before) & ~card),
        (KEPT_REQUESTS, (KEPT_REQUESTS.c.kept_at < before) & ~decision),
    ]
