"""How many calls a worker answers at once, and how long it decides on one. What comes beyond is
told at once to come back, so that nobody waits in a long queue.

Reading a request, deciding and writing cards is work for one processor: more calls at once make
none of them faster.
"""

from __future__ import annotations

import time
from collections import deque

from cds_service.protocol import Problem
from cds_service.telemetry import metrics

MOST_AT_ONCE = 16
"""Calls that one worker answers at once; its other threads refuse, and answer health checks
meanwhile.
"""

RETRY_AFTER_SECONDS = "1"

PROCESSOR_SECONDS = 1.0
"""Processor time of one call, after which it is given up; with what cannot be interrupted it stays
below 2 s, with a quarter to spare (R182). It is not the time that passes, so that a busy machine
refuses nobody for it.
"""

LOOKS = 64
"""The processor time is asked for every so many ticks: asking costs more than a tick."""


class Admission:
    """The places of one worker: `with` holds one meanwhile."""

    def __init__(self) -> None:
        self._places = deque(range(MOST_AT_ONCE))  # each step on it is whole in itself

    def __enter__(self) -> None:
        """Take a place.

        Raises: Problem 503 when there is none.
        """
        try:
            self._places.pop()
        except IndexError:
            raise Problem(
                503,
                "throttled",
                "Too many calls at once. Please send this one again.",
                {"Retry-After": RETRY_AFTER_SECONDS},
            ) from None

    def __exit__(self, *_: object) -> None:
        """Give the place back."""
        self._places.append(0)


class Patience:
    """Called again and again while a call is decided; ends it when it has cost too much."""

    def __init__(self) -> None:
        """Begin to measure: the time of the thread that answers the call."""
        self._started = time.thread_time()
        self._ticks = 0

    def __call__(self) -> None:
        """Raise Problem 503 when the call has cost more than is allowed; half a decision is none
        (R182).
        """
        self._ticks += 1
        if self._ticks % LOOKS == 0:
            self.look()

    def look(self) -> None:
        """Raise what a tick raises, whatever the number of ticks."""
        if time.thread_time() - self._started < PROCESSOR_SECONDS:
            return
        metrics.OUT_OF_TIME.labels("processor").inc()
        text = "The decision took longer than is allowed. Please send the call again later."
        raise Problem(503, "too-costly", text, {"Retry-After": RETRY_AFTER_SECONDS})
