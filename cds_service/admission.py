"""How many calls a worker answers at once. What comes beyond is told at once to come back, so that nobody waits in a long queue.

Reading a request, deciding and writing cards is work for one processor: more calls at once make none of them faster.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from cds_service.problems import Problem

MOST_AT_ONCE = 16
"""Calls that one worker answers at once; its other threads refuse, and answer health checks meanwhile."""

RETRY_AFTER_SECONDS = "1"


class Admission:
    """The places of one worker."""

    def __init__(self) -> None:
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place meanwhile.

        Raises: Problem 503 when there is none.
        """
        if not self._places.acquire(blocking=False):
            raise Problem(503, "throttled", "Too many calls at once. Please send this one again.", {"Retry-After": RETRY_AFTER_SECONDS})
        try:
            yield
        finally:
            self._places.release()
