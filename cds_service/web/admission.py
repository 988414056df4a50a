"""How many calls a worker answers at once. What comes beyond is told at once to come back, so that
nobody waits in a long queue.

Reading a request, deciding and writing cards is work for one processor: more calls at once make
none of them faster.
"""

from __future__ import annotations

import threading

from cds_service.protocol import Problem

MOST_AT_ONCE = 16
"""Calls that one worker answers at once; its other threads refuse, and answer health checks
meanwhile.
"""

RETRY_AFTER_SECONDS = "1"


class Admission:
    """The places of one worker: `with` holds one meanwhile."""

    def __init__(self) -> None:
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)

    def __enter__(self) -> None:
        """Take a place.

        Raises: Problem 503 when there is none.
        """
        if not self._places.acquire(blocking=False):
            raise Problem(
                503,
                "throttled",
                "Too many calls at once. Please send this one again.",
                {"Retry-After": RETRY_AFTER_SECONDS},
            )

    def __exit__(self, *_: object) -> None:
        """Give the place back."""
        self._places.release()
