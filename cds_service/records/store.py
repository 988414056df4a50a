"""The store: the decision record, feedback, and the token ids already used, in SQLite or
PostgreSQL.

Advice never waits for it: decisions are written behind its back, a token id is asked about within a
short time, and while the database cannot answer this process's own memory decides. Feedback alone
is durable before the client is told so.

Source: R119, R121 to R124, R138, R145.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import os
import re
import threading
import time
import weakref
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, fields
from typing import Any, TypeVar

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from cds_service.database import (
    CARDS,
    DECISIONS,
    FEEDBACK,
    KEPT_REQUESTS,
    MODES,
    REPLAY,
    StoreUnavailable,
    is_in_memory,
    open_engine,
    upgrade_schema,
)
from cds_service.records.decision_queue import DecisionQueue
from cds_service.records.kept_requests import Keeping, prune_kept, seal
from cds_service.records.patient_key import load_patient_key
from cds_service.records.records import CardRecord, DecisionRecord, FeedbackEntry, Listener
from cds_service.records.sealed_words import seal_words
from cds_service.records.tallies import (
    add_tallies,
    count_decisions,
    drop_tallies,
    settle_feedback,
    week_of,
)
from cds_service.records.token_memory import TokenMemory
from cds_service.records.worker_counts import Counts, WorkerCounts

log = structlog.get_logger(__name__)
Answer = TypeVar("Answer")

PREPARE_SECONDS = 5.0
"""How long a worker that starts waits for the database before it takes calls."""

ASK_SECONDS = 0.25
"""How long advice waits for the database."""

REST_SECONDS = 5.0
"""After the database failed to answer, how long advice goes on without asking it again."""

FEEDBACK_SECONDS = 3.0
"""How long feedback is tried again before the client is told to come back."""

FEEDBACK_AT_ONCE = 3
"""Calls with feedback that may wait for the database together; fewer than the threads of a worker,
so that some are left for advice.
"""

RETRY_SECONDS = 0.1
PRUNED_AT_ONCE = 500
"""Decisions that are deleted in one transaction."""

OVERRIDES_TO_QUIET = 2
"""An override is repeated from the second on."""

LONGEST_CHOSEN_TEXT = 512
"""Characters kept of each text of a decision; clients choose some of them."""

UUID = re.compile(
    r"(?:urn:uuid:)?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE | re.ASCII
)
CODE_DIGITS = 16
"""Digits of a keyed hash that stand for a text: 64 bits tell all texts of a site apart."""

ADD_CALLS = sa.text(
    "INSERT INTO calls (day, client, hook, outcome, times) "
    "VALUES (:day, :client, :hook, :outcome, :times) "
    "ON CONFLICT (day, client, hook, outcome) DO UPDATE SET times = calls.times + excluded.times"
)


TRY_TO_WRITE = sa.text(
    "INSERT INTO replay (issuer, token_id, expires) VALUES ('', 'readiness', 0) "
    "ON CONFLICT (issuer, token_id) DO UPDATE SET expires = excluded.expires"
)
"""No issuer is empty, so no token is meant; the row goes with the tokens that expired."""


class Store:
    """One database, shared by the threads of a process; a forked worker gets connections and a
    writing thread of its own.
    """

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
        self._engine = open_engine(url)
        self._url = url
        self._configured_key = patient_key
        self._key = b""
        self._keeping = keeping
        self._retention_days = retention_days
        self._modes = dict(modes or {})
        self._modes_noted = False
        self._newest_schema = False
        self._counts = WorkerCounts()
        self._start_process()
        this = weakref.ref(self)
        os.register_at_fork(after_in_child=lambda: _start_child(this))

    def _start_process(self) -> None:
        """Make what cannot be shared with another process."""
        self._decisions = DecisionQueue(self._write, self._purge_quietly, self._counts)
        self._askers = ThreadPoolExecutor(8, thread_name_prefix="store")
        self._memory = TokenMemory()
        self._calls: Counter[tuple[str, str, str, str]] = Counter()
        self._calls_lock = threading.Lock()
        self._feedback_slots = threading.BoundedSemaphore(FEEDBACK_AT_ONCE)
        self._schema_lock = threading.Lock()
        self._resting_until = 0.0

    def upgrade(self) -> None:
        """Bring the database to the newest schema; whenever the store is used before that
        succeeded, it is tried again.

        Raises: StoreUnavailable.
        """
        if not self._newest_schema:
            with self._schema_lock:
                if not self._newest_schema:
                    upgrade_schema(self._engine)
                    self._newest_schema = True

    def prepare(self) -> None:
        """Connect, and bring the database to the newest schema, before the first call comes: a
        call waits for neither, and until then each worker would know its own token ids only. A
        database that cannot be used now is tried again with the calls.
        """
        with suppress(StoreUnavailable):
            self._within(PREPARE_SECONDS, self._try_to_write)

    def is_available(self) -> bool:
        """Say whether the database takes a row now, for the readiness check: what one worker cannot
        write, none can.
        """
        try:
            self._within(ASK_SECONDS, self._try_to_write)
        except StoreUnavailable:
            return False
        return True

    def _try_to_write(self) -> None:
        with self._transaction() as connection:
            connection.execute(TRY_TO_WRITE)

    @property
    def keeps_requests(self) -> bool:
        """Whether the site keeps requests to decide them again."""
        return self._keeping is not None

    @property
    def waiting(self) -> int:
        """How many decisions wait to be written, in all workers together."""
        return self.counts.waiting

    @property
    def dropped(self) -> int:
        """How many decisions were lost, in all workers together."""
        return self.counts.lost

    @property
    def counts(self) -> Counts:
        """How many decisions wait to be written and how many were lost, in all workers together."""
        return self._counts.totals()

    def remember_token(self, issuer: str, token_id: str, expires: float) -> bool:
        """Return False when this issuer's token id was used before, by any worker; remember it
        until `expires` (seconds since 1970).

        While the database cannot be asked, only uses in this process are known: a failing disk must
        not silence advice.
        Source: R138.
        """
        self._decisions.start()
        token_id = self.code_of(token_id)
        if not self._memory.add(issuer, token_id, expires):
            return False
        if self._rests():
            return True
        try:
            return self._within(ASK_SECONDS, self._insert_token, issuer, token_id, expires)
        except StoreUnavailable as error:
            self._rest("token ids are remembered in this process only", error)
            return True

    def purge_tokens(self, now: float) -> None:
        """Forget the token ids that expired before `now` (seconds since 1970).

        Raises: StoreUnavailable.
        """
        self._memory.purge(now)
        with self._transaction() as connection:
            connection.execute(sa.delete(REPLAY).where(REPLAY.c.expires < now))

    def hash_patient(self, issuer: str, patient_id: str) -> str:
        """Return the keyed hash under which a patient of an EHR stands in the record; without the
        key it leads nowhere.
        """
        return self.hash_text(f"{issuer}\n{patient_id}")

    def hash_text(self, text: str) -> str:
        """Return a text hashed with the key of the record: 64 hexadecimal digits."""
        return hmac.new(self.key, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def code_of(self, text: str) -> str:
        """Return what stands in the tables for a text that a client chose: a UUID as it is, any
        other as `#` and the first digits of its keyed hash; nothing for nothing (R187).
        """
        if not text or UUID.fullmatch(text):
            return text
        return "#" + self.hash_text(text)[:CODE_DIGITS]

    def seal_words(self, words: str, card: str) -> str:
        """Return the user's own words so that only the key of the record opens them; nothing for
        nothing.
        """
        return seal_words(words, card, self.key) if words else ""

    @property
    def key(self) -> bytes:
        """The key of the record."""
        if not self._key:
            self._key = load_patient_key(self._url, self._configured_key)
        return self._key

    def record_decision(self, record: DecisionRecord) -> None:
        """Take a decision to be written soon; never waits and never fails (R145)."""
        self._decisions.put(record)

    def count_call(self, day: str, client: str, hook: str, outcome: str) -> None:
        """Count a call of a day (ISO); it is written down within a minute, and never waits."""
        self._decisions.start()
        with self._calls_lock:
            self._calls[day, client, hook, outcome] += 1

    def _write_calls(self) -> None:
        with self._calls_lock:
            counted, self._calls = self._calls, Counter()
        if not counted:
            return
        try:
            with self._transaction() as connection:
                connection.execute(
                    ADD_CALLS,
                    [
                        {"day": day, "client": client, "hook": hook, "outcome": outcome, "times": n}
                        for (day, client, hook, outcome), n in sorted(counted.items())
                    ],
                )
        except StoreUnavailable:
            with self._calls_lock:
                self._calls.update(counted)
            raise

    def recently_overridden(
        self, listener: Listener, card: str, rule: str, since: dt.datetime, about: str
    ) -> bool:
        """Say whether this card was overridden repeatedly for the same patient, rule and what it is
        about, by the same client at the same service; False when that cannot be found out.

        Source: Q45, R173; which cards may be quieter for it is for the caller to see to.
        """
        if not listener.patient or self._rests():
            return False
        count = (
            sa.select(sa.func.count(sa.distinct(FEEDBACK.c.card)))
            .join(CARDS, CARDS.c.uuid == FEEDBACK.c.card)
            .join(DECISIONS, DECISIONS.c.id == CARDS.c.decision)
            .where(
                DECISIONS.c.patient == listener.patient,
                DECISIONS.c.client == listener.client,
                CARDS.c.card == card,
                CARDS.c.rule == rule,
                CARDS.c.order == about,
                FEEDBACK.c.client == listener.client,
                FEEDBACK.c.service == listener.service,
            )
            .where(FEEDBACK.c.outcome == "overridden", FEEDBACK.c.received_at >= utc(since))
        )
        try:
            return self._within(ASK_SECONDS, self._read, count) >= OVERRIDES_TO_QUIET
        except StoreUnavailable as error:
            self._rest("earlier overrides are not known", error)
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
            self._within(FEEDBACK_SECONDS + ASK_SECONDS, self._insert_feedback, rows)
        finally:
            self._feedback_slots.release()

    def close(self, seconds: float = 5.0) -> None:
        """Write what waits, for so long at most, and let go of the database."""
        self._decisions.close(seconds)
        with suppress(StoreUnavailable):
            self._write_calls()
        self._askers.shutdown(wait=False, cancel_futures=True)
        self._engine.dispose()

    def _insert_token(self, issuer: str, token_id: str, expires: float) -> bool:
        try:
            with self._transaction() as connection:
                connection.execute(
                    sa.insert(REPLAY), {"issuer": issuer, "token_id": token_id, "expires": expires}
                )
        except IntegrityError:
            return False
        return True

    def _insert_feedback(self, rows: Sequence[dict[str, Any]]) -> None:
        deadline = time.monotonic() + FEEDBACK_SECONDS
        while True:
            try:
                with self._transaction(durable=True) as connection:
                    connection.execute(sa.insert(FEEDBACK), rows)
                return
            except StoreUnavailable:
                if time.monotonic() > deadline:
                    raise
                time.sleep(RETRY_SECONDS)

    def _write(self, records: Sequence[DecisionRecord]) -> None:
        decisions = [_decision_row(record) for record in records]
        cards = [row for record in records for row in _card_rows(record)]
        kept = [row for record in records if (row := self._kept_row(record))]
        with self._transaction() as connection:
            self._note_modes(connection)
            connection.execute(sa.insert(DECISIONS), decisions)
            if cards:
                connection.execute(sa.insert(CARDS), cards)
            if kept:
                connection.execute(sa.insert(KEPT_REQUESTS), kept)
            add_tallies(connection, count_decisions(decisions, cards))
        self._modes_noted = True

    def _kept_row(self, record: DecisionRecord) -> dict[str, Any] | None:
        if self._keeping is None or record.kept is None:
            return None
        sealed = seal(record.kept, record.id, self._keeping.key)
        return {"decision": record.id, "kept_at": utc(record.received_at), "sealed": sealed}

    def _note_modes(self, connection: sa.Connection) -> None:
        """Write down, with the first decisions of this process, each mode that is not as it was."""
        if self._modes_noted:
            return
        before = {
            (client, what): mode
            for client, what, mode in connection.execute(
                sa.select(MODES.c.client, MODES.c.what, MODES.c.mode).order_by(MODES.c.id)
            )
        }
        gone = {key: "" for key, mode in before.items() if mode and key not in self._modes}
        rows = [
            {"since": utc(dt.datetime.now(dt.UTC)), "client": client, "what": what, "mode": mode}
            for (client, what), mode in {**self._modes, **gone}.items()
            if before.get((client, what), "") != mode
        ]
        if rows:
            connection.execute(sa.insert(MODES), rows)

    def prune(self, before: dt.datetime) -> Counter[str]:
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
            with self._transaction() as connection:
                ids = connection.execute(oldest).scalars().all()
                which = _of_decisions(ids) if ids else _of_nobody(utc(before))
                for table, rows in which:
                    gone[table.name] += connection.execute(sa.delete(table).where(rows)).rowcount
                if not ids:
                    drop_tallies(connection, utc(before))
            if not ids:
                return gone

    def _purge_quietly(self) -> None:
        """Delete what has had its time: token ids, kept requests, and decisions where the site
        says so.
        """
        now = dt.datetime.now(dt.UTC)
        try:
            self._write_calls()
            self._settle_feedback(utc(now))
            self.purge_tokens(now.timestamp())
            with self._transaction() as connection:
                prune_kept(connection, self._keeping.days if self._keeping else 0, utc(now))
            if self._retention_days:
                self.prune(now - dt.timedelta(days=self._retention_days))
        except StoreUnavailable as error:
            log.warning("what has had its time is not deleted", why=str(error))

    def _settle_feedback(self, now: dt.datetime) -> None:
        more = True
        while more:
            with self._transaction() as connection:
                more = settle_feedback(connection, now)

    def _read(self, query: sa.Select[int]) -> int:
        with self._transaction() as connection:
            return connection.execute(query).scalar_one()

    @contextmanager
    def _transaction(self, durable: bool = False) -> Iterator[sa.Connection]:
        """Open a transaction on the newest schema; with `durable`, its commit reaches the disk
        before it returns.

        PostgreSQL always commits so; SQLite in WAL mode only with `synchronous` FULL, which token
        ids and decisions are not worth.
        """
        try:
            self.upgrade()
            with self._engine.connect() as connection:
                flush = durable and connection.dialect.name == "sqlite"
                if flush:
                    connection.exec_driver_sql("PRAGMA synchronous=FULL")
                yield connection
                connection.commit()
                if flush:
                    connection.exec_driver_sql("PRAGMA synchronous=NORMAL")
        except (IntegrityError, DataError):
            raise
        except (DBAPIError, sa.exc.TimeoutError) as error:
            raise StoreUnavailable(
                f"the database cannot be used ({type(getattr(error, 'orig', error)).__name__})"
            ) from None

    def _within(self, seconds: float, ask: Callable[..., Answer], *arguments: object) -> Answer:
        """Ask the database in a thread of its own, and wait for the answer only so long.

        SQLite is asked directly: it waits for a lock no longer than BUSY_MS anyway, and a change of
        threads costs more than the answer.
        Raises: StoreUnavailable.
        """
        if self._newest_schema and self._engine.dialect.name == "sqlite":
            return ask(*arguments)
        answer: Future[Answer] = self._askers.submit(ask, *arguments)
        try:
            return answer.result(seconds)
        except TimeoutError:
            answer.cancel()
            raise StoreUnavailable(f"the database did not answer within {seconds:g} s") from None

    def _rests(self) -> bool:
        return time.monotonic() < self._resting_until

    def _rest(self, consequence: str, error: StoreUnavailable) -> None:
        self._resting_until = time.monotonic() + REST_SECONDS
        log.error(
            "the database is left alone for a while",
            consequence=consequence,
            why=str(error),
            seconds=REST_SECONDS,
        )


def _start_child(this: weakref.ref[Store]) -> None:
    """Give a forked worker what it must not share with its parent."""
    store = this()
    if store is not None:
        store._engine.dispose(close=False)
        store._newest_schema = store._newest_schema and not is_in_memory(store._engine.url)
        store._start_process()


def utc(time_of: dt.datetime) -> dt.datetime:
    """Return a time as the tables hold it: in UTC, without saying so."""
    return time_of.astimezone(dt.UTC).replace(tzinfo=None)


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


def clean_text(text: str, longest: int) -> str:
    """Return a text that every database takes and no terminal obeys: no control or half characters,
    not longer than allowed.
    """
    if len(text) <= longest and text.isprintable():
        return text
    return "".join(
        character for character in text[:longest] if character.isprintable() or character == "\n"
    )


def _decision_row(record: DecisionRecord) -> dict[str, Any]:
    row = _row(record)
    del row["cards"], row["kept"]
    at = utc(record.received_at)
    return _clean({**row, "received_at": at, "week": week_of(at)})


def _card_rows(record: DecisionRecord) -> list[dict[str, Any]]:
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
