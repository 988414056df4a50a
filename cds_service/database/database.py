"""One database as a process uses it: transactions on the newest schema, nobody waits for it longer
than told, and after a failure it is left alone for a while.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TypeVar

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from cds_service.database.engine import (
    FileId,
    StoreUnavailable,
    file_of,
    is_in_memory,
    open_engine,
)
from cds_service.database.failures import say_failure
from cds_service.database.upgrade import upgrade_schema
from cds_service.wire import let_another_lead

log = structlog.get_logger(__name__)
Answer = TypeVar("Answer")

ASK_SECONDS = 0.25
"""How long advice waits for the database."""

REST_SECONDS = 5.0
"""After the database failed to answer, how long advice goes on without asking it again."""

LEAVE_TRIES = 20
LEAVE_TRY_SECONDS = 0.1
"""How often, and how far apart, a database is tried to be left as one file."""

ASKERS = 8
"""Questions that are asked at the same time."""


class Database:
    """One database, shared by the threads of a process; a forked worker gets connections and
    threads of its own.
    """

    def __init__(self, url: str) -> None:
        """Raise ValueError in words when the URL cannot be used; nothing is connected yet."""
        self.url = url
        self._engine = open_engine(url)
        self._newest_schema = False
        self._file: FileId | None = None
        self._start_process()
        this = weakref.ref(self)
        os.register_at_fork(
            before=lambda: _before_fork(this), after_in_child=lambda: _start_child(this)
        )

    def _start_process(self) -> None:
        """Make what cannot be shared with another process."""
        self._askers = ThreadPoolExecutor(ASKERS, thread_name_prefix="store")
        self._schema_lock = threading.Lock()
        self._resting_until = 0.0

    def upgrade(self) -> None:
        """Bring the database to the newest schema; whenever it is used before that succeeded, it is
        tried again.

        Raises: StoreUnavailable.
        """
        if not self._newest_schema:
            with self._schema_lock:
                if not self._newest_schema:
                    upgrade_schema(self._engine)
                    self._file = file_of(self._engine.url)
                    self._newest_schema = True

    def _look_at_its_place(self) -> None:
        """Open anew what stands in the place of a SQLite file that was moved away while it was
        used: what is written to the old one is read by nobody.

        Raises: StoreUnavailable while nothing stands there.
        """
        if self._file is None or (found := file_of(self._engine.url)) == self._file:
            return
        if found is None:
            raise StoreUnavailable("the database file is gone; a restart makes a new one")
        with self._schema_lock:
            if self._newest_schema and found != self._file:
                log.error("another database file stands in the place of the one that was used")
                self._engine.dispose()
                self._newest_schema = False

    @contextmanager
    def transaction(self, durable: bool = False) -> Iterator[sa.Connection]:
        """Open a transaction on the newest schema; with `durable`, its commit reaches the disk
        before it returns.

        PostgreSQL always commits so; SQLite in WAL mode only with `synchronous` FULL, which token
        ids and decisions are not worth.
        Raises: StoreUnavailable; IntegrityError and DataError for a row that is not taken.
        """
        try:
            self._look_at_its_place()
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
                f"the database cannot be used: {say_failure(self._engine.url, error)}"
            ) from None

    def within(self, seconds: float, ask: Callable[..., Answer], *arguments: object) -> Answer:
        """Ask the database in a thread of its own, and wait for the answer only so long.

        SQLite is asked directly: it waits for a lock no longer than BUSY_MS anyway, and a change of
        threads costs more than the answer.
        Raises: StoreUnavailable.
        """
        if self._newest_schema and self._engine.dialect.name == "sqlite":
            return ask(*arguments)
        let_another_lead()
        answer: Future[Answer] = self._askers.submit(ask, *arguments)
        try:
            return answer.result(seconds)
        except TimeoutError:
            answer.cancel()
            raise StoreUnavailable(f"the database did not answer within {seconds:g} s") from None

    def ask(self, ask: Callable[..., Answer], *arguments: object) -> Answer:
        """Ask for advice: wait for ASK_SECONDS only.

        Raises: StoreUnavailable.
        """
        return self.within(ASK_SECONDS, ask, *arguments)

    @property
    def rests(self) -> bool:
        """Whether the database is left alone now."""
        return time.monotonic() < self._resting_until

    def rest(self, consequence: str, error: StoreUnavailable) -> None:
        """Leave the database alone for REST_SECONDS, and log what that means."""
        self._resting_until = time.monotonic() + REST_SECONDS
        log.error(
            "the database is left alone for a while",
            consequence=consequence,
            why=str(error),
            seconds=REST_SECONDS,
        )

    def close(self) -> None:
        """Let go of the database."""
        self._askers.shutdown(wait=False, cancel_futures=True)
        self._engine.dispose()

    def leave_one_file(self) -> None:
        """Bring what stands beside a file of SQLite into it, once every process let go of it.

        The last one to close does that itself. But one that was killed does not, and of two that
        close at the same moment each finds the lock of the other, and neither does. One that is
        only about to end, or reads a report, is waited for a moment.
        """
        for _ in range(LEAVE_TRIES):
            if file_of(self._engine.url) is None:
                return
            with suppress(DBAPIError), self._engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            self._engine.dispose()
            if not os.path.exists(f"{self._engine.url.database}-wal"):
                return
            time.sleep(LEAVE_TRY_SECONDS)
        log.warning(
            "the database is not one file: something else holds it, or its disk is full",
            expected="copy what ends in -wal with it, or make a backup with b12-cds store backup",
        )


def _before_fork(this: weakref.ref[Database]) -> None:
    """Let the idle threads end before a fork: a process of several threads cannot be forked
    safely. New ones start with the next question. So do connections: one of SQLite that the main
    process kept would leave what the workers wrote beside the database file when all have ended.
    """
    database = this()
    if database is not None:
        askers = database._askers
        database._askers = ThreadPoolExecutor(ASKERS, thread_name_prefix="store")
        askers.shutdown(wait=True)
        if not is_in_memory(database._engine.url):
            database._engine.dispose()


def _start_child(this: weakref.ref[Database]) -> None:
    """Give a forked worker what it must not share with its parent."""
    database = this()
    if database is not None:
        database._engine.dispose(close=False)
        database._newest_schema = database._newest_schema and not is_in_memory(database._engine.url)
        database._start_process()
