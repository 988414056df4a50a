"""The threads that answer: made when they are first needed, and kept.

`concurrent.futures` makes an object with a lock for each piece of work, so that somebody may wait
for it. Nobody does here, and an order that is none of ours takes little longer than that.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import Generic, TypeVar

Work = TypeVar("Work")


class Threads(Generic[Work]):
    """Threads that all do the same with what is submitted; `do` raises nothing."""

    def __init__(self, do: Callable[[Work], None], most: int) -> None:
        self._do = do
        self._most = most
        self._waiting: SimpleQueue[Work | None] = SimpleQueue()
        self._idle: deque[None] = deque()  # one for each thread that no work was submitted for
        self._made = 0

    def submit(self, work: Work) -> None:
        """Let a thread do a piece of work; called by one thread alone."""
        self._waiting.put(work)
        try:
            self._idle.pop()
        except IndexError:
            if self._made < self._most:
                self._made += 1
                threading.Thread(target=self._run, daemon=True, name="answers").start()

    def shutdown(self, wait: bool = False) -> None:  # noqa: ARG002 - as gunicorn calls it
        """Let each thread end when it has done what it is doing, and do not wait for it."""
        for _ in range(self._made):
            self._waiting.put(None)

    def _run(self) -> None:
        while (work := self._waiting.get()) is not None:
            self._do(work)
            del work  # not held until the next comes
            self._idle.append(None)
