"""The store: the decision record, feedback, and the token ids already used, in SQLite or
PostgreSQL.

Advice never waits for it: decisions are written behind its back, a token id is asked about within a
short time, and while the database cannot answer this process's own memory decides. Feedback alone
is durable before the client is told so (R119, R121 to R124, R138, R145).
"""

from __future__ import annotations

import datetime as dt
import os
import threading
import time
import weakref
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
import structlog

from cds_service.database import (
    ASK_SECONDS,
    CARDS,
    DECISIONS,
    FEEDBACK,
    KEPT_REQUESTS,
    Database,
    StoreUnavailable,
)
from cds_service.records.decision_queue import DecisionQueue
from cds_service.records.kept_requests import Keeping, prune_kept
from cds_service.records.record_key import RecordKey, seal_open_words
from cds_service.records.records import DecisionRecord, FeedbackEntry, Listener
from cds_service.records.retention import Clock, prune_decisions, why_nothing_goes
from cds_service.records.rows import (
    TRY_TO_WRITE,
    card_rows,
    count_overridden,
    count_shown,
    decision_row,
    kept_row,
    note_modes,
    utc,
)
from cds_service.records.tallies import CallCounts, add_tallies, count_decisions, settle_all
from cds_service.records.tokens import UsedTokens
from cds_service.telemetry import Counts, WorkerCounts

log = structlog.get_logger(__name__)

PREPARE_SECONDS = 5.0
"""How long a worker that starts waits for the database before it takes calls."""

FEEDBACK_SECONDS = 3.0
"""How long feedback is tried again before the client is told to come back."""

FEEDBACK_AT_ONCE = 3
"""Calls with feedback that may wait for the database together; fewer than the threads of a worker,
so that some are left for advice.
"""

RETRY_SECONDS = 0.1


class Store:
    """What is kept in one database; a forked worker gets a writing thread of its own."""

    def __init__(
        self,
        url: str,
        patient_key: str = "",
        keeping: Keeping | None = None,
        retention_days: int = 0,
        modes: Mapping[tuple[str, str], str] | None = None,
    ) -> None:
        """Make a store that connects when it is first used.

        Args:
            keeping: how requests are kept; none are without.
            retention_days: how long decisions are kept; 0 without end.
            modes: the mode of each (client, hook or card) that the site sets.
        Raises: ValueError in words when the URL cannot be used.
        """
        self.database = Database(url)
        self.key = RecordKey(url, patient_key)
        self._keeping = keeping
        self._retention_days = retention_days
        self._modes = dict(modes or {})
        self._modes_noted = False
        self._clock = Clock.now()
        self._counts = WorkerCounts()
        self._start_process()
        this = weakref.ref(self)
        os.register_at_fork(after_in_child=lambda: _start_child(this))

    def _start_process(self) -> None:
        """Make what cannot be shared with another process."""
        self._decisions = DecisionQueue(self._write, self.tidy, self._counts)
        self._tokens = UsedTokens(self.database)
        self._calls = CallCounts(self.database)
        self._feedback_slots = threading.BoundedSemaphore(FEEDBACK_AT_ONCE)

    def upgrade(self) -> None:
        """Bring the database to the newest schema. Raises: StoreUnavailable."""
        self.database.upgrade()

    def begin(self) -> None:
        """Write, and delete what has had its time, from now on, though no call comes."""
        self._decisions.start()

    def prepare(self) -> None:
        """Connect, bring the database to the newest schema, write down the modes that are set and
        seal old words, before the first call comes: it waits for none of it, and until then each
        worker would know its own token ids only. What cannot be used now is tried with the calls.
        """
        with suppress(StoreUnavailable):
            self.database.within(PREPARE_SECONDS, self._try_to_write)
            self.database.within(PREPARE_SECONDS, self._note_modes)
            self.database.within(PREPARE_SECONDS, seal_open_words, self.database, self.key)

    def _note_modes(self) -> None:
        with self.database.transaction() as connection:
            note_modes(connection, self._modes)
        self._modes_noted = True

    def is_available(self) -> bool:
        """Say whether the database takes a row now, for the readiness check: what one worker cannot
        write, none can.
        """
        try:
            self.database.ask(self._try_to_write)
        except StoreUnavailable:
            return False
        return True

    def _try_to_write(self) -> None:
        with self.database.transaction() as connection:
            connection.execute(TRY_TO_WRITE)

    @property
    def keeps_requests(self) -> bool:
        """Whether requests are kept to decide them again: wanted, and their key is there."""
        return self._keeping is not None and bool(self._keeping.key)

    @property
    def counts(self) -> Counts:
        """How many decisions wait to be written and how many were lost, in all workers together."""
        return self._counts.totals()

    def remember_token(self, issuer: str, token_id: str, expires: float) -> bool:
        """Return False when this issuer's token id was used before, by any worker; remember it
        until `expires` (seconds since 1970).

        Source: R138.
        """
        self._decisions.start()
        return self._tokens.remember(issuer, self.key.code_of(token_id), expires)

    def purge_tokens(self, now: float) -> None:
        """Forget the token ids that expired before `now` (seconds since 1970).

        Raises: StoreUnavailable.
        """
        self._tokens.purge(now)

    def record_decision(self, record: DecisionRecord) -> None:
        """Take a decision to be written soon; never waits and never fails (R145)."""
        self._decisions.put(record)

    def count_call(self, day: str, client: str, hook: str, outcome: str) -> None:
        """Count a call of a day at the site (ISO); written down within a minute, it never waits."""
        self._decisions.start()
        self._calls.add(day, client, hook, outcome)

    def recently_overridden(
        self, listener: Listener, card: str, rule: str, since: dt.datetime, about: str
    ) -> bool:
        """Say whether this card was overridden for the same patient, rule and what it is
        about, by the same client at the same service; False when that cannot be found out.

        Source: Q45, R173; which cards may be quieter for it is for the caller to see to.
        """
        return self._any(listener, count_overridden(listener, card, rule, since, about))

    def recently_shown(
        self, listener: Listener, card: str, rule: str, since: dt.datetime, about: str
    ) -> bool:
        """Say the same of a card that was shown, at any service (Q93)."""
        return self._any(listener, count_shown(listener, card, rule, since, about))

    def _any(self, listener: Listener, query: sa.Select[int]) -> bool:
        if not listener.patient or self.database.rests:
            return False
        try:
            return self.database.ask(self._read, query) > 0
        except StoreUnavailable as error:
            self.database.rest("earlier cards are not known", error)
            return False

    def record_feedback(
        self, entries: Sequence[FeedbackEntry], service: str, client: str, received_at: dt.datetime
    ) -> None:
        """Write feedback so that it survives a crash of the process and of the machine, before
        returning.

        Raises: StoreUnavailable when that did not succeed within FEEDBACK_SECONDS; the client may
        send it again (R119).
        """
        common = {"service": service, "client": client, "received_at": utc(received_at)}
        rows = [
            {**asdict(entry), **common, "accepted_suggestions": list(entry.accepted_suggestions)}
            for entry in entries
        ]
        if not rows:
            return
        if not self._feedback_slots.acquire(timeout=ASK_SECONDS):
            raise StoreUnavailable("other feedback waits for the database already")
        try:
            self.database.within(FEEDBACK_SECONDS + ASK_SECONDS, self._insert_feedback, rows)
        finally:
            self._feedback_slots.release()

    def close(self, seconds: float = 5.0) -> None:
        """Write what waits, for so long at most, and let go of the database."""
        self._decisions.close(seconds)
        with suppress(StoreUnavailable):
            self._calls.write()
        self.database.close()

    def _insert_feedback(self, rows: Sequence[dict[str, Any]]) -> None:
        deadline = time.monotonic() + FEEDBACK_SECONDS
        while True:
            try:
                with self.database.transaction(durable=True) as connection:
                    connection.execute(sa.insert(FEEDBACK), rows)
                return
            except StoreUnavailable:
                if time.monotonic() > deadline:
                    raise
                time.sleep(RETRY_SECONDS)

    def _write(self, records: Sequence[DecisionRecord]) -> None:
        decisions = [decision_row(record) for record in records]
        cards = [row for record in records for row in card_rows(record)]
        kept = [row for record in records if (row := kept_row(record, self._keeping))]
        with self.database.transaction() as connection:
            if not self._modes_noted:
                note_modes(connection, self._modes)
            connection.execute(sa.insert(DECISIONS), decisions)
            if cards:
                connection.execute(sa.insert(CARDS), cards)
            if kept:
                connection.execute(sa.insert(KEPT_REQUESTS), kept)
            add_tallies(connection, count_decisions(decisions, cards))
        self._modes_noted = True

    def prune(self, before: dt.datetime) -> Counter[str]:
        """Delete decisions from before a time with all that belongs to them; return how many rows
        by table.

        Raises: StoreUnavailable; what was deleted until then stays deleted.
        """
        return prune_decisions(self.database, before)

    def tidy(self) -> None:
        """Delete what has had its time, unless the clock may be wrong, and write down what was
        counted. Never fails.
        """
        now = Clock.now()
        try:
            if why := why_nothing_goes(self.database, self._clock, now):
                log.error("nothing is deleted", why=why)
            else:
                self._delete_old(now.shown)
            self._calls.write()
            settle_all(self.database, utc(now.shown))  # last, as it may take long
        except StoreUnavailable as error:
            log.warning("what has had its time is not deleted", why=str(error))

    def _delete_old(self, now: dt.datetime) -> None:
        self.purge_tokens(now.timestamp())
        with self.database.transaction() as connection:
            prune_kept(connection, self._keeping.days if self._keeping else 0, utc(now))
        if self._retention_days:
            self.prune(now - dt.timedelta(days=self._retention_days))

    def _read(self, query: sa.Select[int]) -> int:
        with self.database.transaction() as connection:
            return connection.execute(query).scalar_one()


def _start_child(this: weakref.ref[Store]) -> None:
    """Give a forked worker what it must not share with its parent."""
    store = this()
    if store is not None:
        store._start_process()
