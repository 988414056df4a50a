"""Decisions on their way to the database: a bounded queue and the one thread that empties it, so
that no call ever waits for a disk.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog
from sqlalchemy.exc import DataError, IntegrityError

from cds_service.database import StoreUnavailable
from cds_service.records.records import DecisionRecord
from cds_service.telemetry import WorkerCounts

log = structlog.get_logger(__name__)

LONGEST_QUEUE = 10_000
"""Decisions that wait at most; more are dropped and counted, as memory is not to run out with the
disk.
"""

LARGEST_BATCH = 200
GATHER_SECONDS = 0.5
"""How long a decision waits for others to be written with it: a transaction costs as much as three
decisions.
"""

RETRY_SECONDS = 0.1
TIDY_SECONDS = 60.0


class DecisionQueue:
    """Writes what it is given, in batches and in order, and tidies up between.

    `write` raises StoreUnavailable while the database cannot take a batch; it is then tried again
    until the queue is closed.
    """

    def __init__(
        self,
        write: Callable[[Sequence[DecisionRecord]], None],
        tidy: Callable[[], None],
        counts: WorkerCounts,
    ) -> None:
        self._write = write
        self._tidy = tidy
        self._counts = counts
        self._waiting: queue.Queue[DecisionRecord | None] = queue.Queue(LONGEST_QUEUE)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._held = 0
        self.dropped = 0

    def __len__(self) -> int:
        """How many were taken and are neither written nor lost."""
        return self._waiting.qsize() + self._held

    def _note(self) -> None:
        self._counts.note(len(self), self.dropped)

    def start(self) -> None:
        """Start the writing thread, if it does not run yet: a process that forks workers has
        none.
        """
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(
                        target=self._write_until_closed, daemon=True, name="decision-record"
                    )
                    self._thread.start()

    def put(self, record: DecisionRecord) -> None:
        """Take a record without waiting; when too many wait already it is dropped and counted."""
        self.start()
        try:
            self._waiting.put_nowait(record)
        except queue.Full:
            self.dropped += 1
            if self.dropped % 1000 == 1:
                log.error(
                    "decision records dropped, as the database does not take them",
                    dropped=self.dropped,
                )
        self._note()

    def close(self, seconds: float) -> None:
        """Write what waits, within so many seconds."""
        self._closing.set()
        if self._thread is not None:
            with suppress(queue.Full):
                self._waiting.put_nowait(None)  # wakes the thread
            self._thread.join(seconds)

    def _write_until_closed(self) -> None:
        tidy_at = time.monotonic() + TIDY_SECONDS
        while not (self._closing.is_set() and self._waiting.empty()):
            batch = self._next_batch(max(0.0, tidy_at - time.monotonic()))
            self._held = len(batch)
            if batch:
                self._note()
                self._write_patiently(batch)
            self._held = 0
            self._note()
            if time.monotonic() >= tidy_at:
                tidy_at = time.monotonic() + TIDY_SECONDS
                self._tidy()

    def _next_batch(self, seconds: float) -> list[DecisionRecord]:
        batch: list[DecisionRecord | None] = []
        with suppress(queue.Empty):
            batch.append(self._waiting.get(timeout=seconds))
            self._held = 1
            self._note()
            self._closing.wait(GATHER_SECONDS)
            while len(batch) < LARGEST_BATCH:
                batch.append(self._waiting.get_nowait())
        return [record for record in batch if record is not None]

    def _write_patiently(self, batch: Sequence[DecisionRecord]) -> None:
        """Write a batch, again and again while the database cannot take it; a record that it
        refuses is dropped alone.
        """
        while True:
            try:
                return self._write(batch)
            except StoreUnavailable as error:
                if self._closing.is_set():
                    return self._drop(batch, str(error))
                self._closing.wait(RETRY_SECONDS)
            except (IntegrityError, DataError) as error:
                if len(batch) == 1:
                    return self._drop(
                        batch, f"refused by the database ({type(error.orig).__name__})"
                    )
                for record in batch:
                    self._write_patiently([record])
                return None

    def _drop(self, batch: Sequence[DecisionRecord], why: str) -> None:
        self.dropped += len(batch)
        self._note()
        log.error("decision records lost", lost=len(batch), why=why)
