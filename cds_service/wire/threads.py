"""The threads that answer: made when they are first needed, and kept.

`concurrent.futures` makes an object with a lock for each piece of work, so that somebody may wait
for it. Nobody does here, and an order that is none of ours takes little longer than that.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import Generic, TypeVar

Work = TypeVar("Work")

MOST_WAITING = 16
"""Pieces of work that wait for one thread; beyond that others help, so that what is too much is
refused at once.
"""

LATE_SECONDS = 0.03
"""How long nobody may take the next piece of work; then another thread helps, so that a costly one
holds up nobody for long.
"""

_this_thread = threading.local()


class Threads(Generic[Work]):
    """Threads that all do the same with what is submitted; `do` raises nothing.

    One of them leads: it takes what comes and does one after the other. Several at once would be no
    faster, as one interpreter runs one thread at a time; they would hand it around every 5 ms, so
    that of four each is answered as late as the last, with what it works on in other processors'
    caches and in memory of its own.
    """

    def __init__(self, do: Callable[[Work], None], most: int) -> None:
        self._do = do
        self._most = most
        self._waiting: SimpleQueue[Work | None] = SimpleQueue()
        self._waits_since = 0.0
        self._parked: deque[None] = deque()  # one for each thread that waits until it leads
        self._calls_to_lead: SimpleQueue[None] = SimpleQueue()
        self._leader = 0  # 0: one was called and did not begin yet
        self._made = 0
        self._appointing = threading.Lock()

    def submit(self, work: Work) -> None:
        """Let a thread do a piece of work; called by one thread alone."""
        if not self._waiting.qsize():
            self._waits_since = time.monotonic()
        self._waiting.put(work)
        if not self._made or self._waiting.qsize() > MOST_WAITING:
            self._appoint()

    def help_what_is_late(self) -> bool:
        """Let another thread lead if nobody took the next piece of work for LATE_SECONDS; return
        whether any waits.
        """
        if not self._waiting.qsize():
            return False
        now = time.monotonic()
        if now - self._waits_since >= LATE_SECONDS:
            self._waits_since = now
            self._appoint()
        return True

    def shutdown(self, wait: bool = False) -> None:  # noqa: ARG002 - as gunicorn calls it
        """Let each thread end when it has done what it is doing, and do not wait for it."""
        for _ in range(self._made):
            self._waiting.put(None)
            self._calls_to_lead.put(None)

    def let_another_lead(self) -> None:
        """Let another thread take what comes, if this is the one that does."""
        if self._leader == threading.get_ident():
            self._appoint()

    def _appoint(self) -> None:
        """Let a thread lead that is parked or can still be made; where there is none, all stays as
        it is.
        """
        with self._appointing:
            if self._parked:
                self._parked.pop()
                self._leader = 0
                self._calls_to_lead.put(None)
            elif self._made < self._most:
                self._made += 1
                self._leader = 0
                threading.Thread(target=self._run, daemon=True, name="answers").start()

    def _run(self) -> None:
        _this_thread.threads = self
        this = self._leader = threading.get_ident()
        while (work := self._waiting.get()) is not None:
            self._waits_since = time.monotonic()
            self._do(work)
            del work  # not held until the next comes
            if self._leader != this and self._waiting.qsize() <= MOST_WAITING:
                self._parked.append(None)
                self._calls_to_lead.get()
                self._leader = this


def let_another_lead() -> None:
    """Say that this thread is about to wait for somebody else, such as a FHIR server: if it is the
    one that takes what comes, another does so from now on.
    """
    threads = getattr(_this_thread, "threads", None)
    if threads is not None:
        threads.let_another_lead()
