"""One share of threads and of waiting calls a FHIR server, and a rest for a server that fails: what
one server does not answer delays no other's calls.

Source: R188.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from concurrent.futures import ThreadPoolExecutor

from cds_service.wire import let_another_lead

PARALLEL = 16
"""Queries that one server is asked at the same time."""

MOST_SERVERS = 16
"""Servers with a share at the same time; of more, the one not asked for longest gives up its
threads when they are done.
"""

FAILURES = 5
WITHIN_SECONDS = 30.0
REST_SECONDS = 10.0
"""So many calls that failed, without an answer between, within so many seconds: then the server is
left alone for so long. A call asks many queries side by side; one slow moment is one failure, and
a call of which a query was answered is none: what a server that is dead in part still says counts.
"""

REMEMBERED = 64
"""Calls of which it is remembered that the server answered them in part; fewer wait at once."""

MOST_CALLS = 8
"""Calls of one process that wait for one server at the same time; a further one does without it, so
that a server that is slow never takes the places of another's calls.
"""

Origin = tuple[str, str, int]


class Share:
    """The threads of one server, and how it answered of late."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(PARALLEL, thread_name_prefix="fhir")
        self._failed: deque[tuple[float, float]] = deque(maxlen=FAILURES)
        """When the server failed, and the deadline of the call that it failed: one entry a call."""
        self._answered: deque[float] = deque(maxlen=REMEMBERED)
        self._rests_until = 0.0
        self._lock = threading.Lock()
        self._calls = 0

    def enter(self) -> bool:
        """Let a call wait for this server; return False where enough of them do."""
        with self._lock:
            enters = self._calls < MOST_CALLS
            self._calls += enters
        if enters:
            let_another_lead()
        return enters

    def leave(self) -> None:
        """Note that a call that entered waits no longer."""
        with self._lock:
            self._calls -= 1

    def rests(self, now: float) -> bool:
        """Say whether the server is left alone now."""
        return now < self._rests_until

    def note_status(self, status: int, now: float, deadline: float) -> None:
        """Note that the server answered; what failed before counts no more. A server error is a
        failure, and so is that it was asked too much.
        """
        if status >= 500 or status == 429:
            self.note_failure(now, deadline)
            return
        with self._lock:
            self._failed.clear()
            if deadline not in self._answered:
                self._answered.append(deadline)

    def note_failure(self, now: float, deadline: float) -> None:
        """Note that the server did not answer, or failed, in the call with this deadline."""
        with self._lock:
            if deadline in self._answered or any(deadline == call for _, call in self._failed):
                return
            self._failed.append((now, deadline))
            if len(self._failed) == FAILURES and now - self._failed[0][0] <= WITHIN_SECONDS:
                self._rests_until = now + REST_SECONDS


class ServerShares:
    """The shares of all servers that one process asks."""

    def __init__(self) -> None:
        self._shares: OrderedDict[Origin, Share] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, origin: Origin) -> Share:
        """Return the share of a server."""
        with self._lock:
            share = self._shares.get(origin)
            if share is None:
                share = self._shares[origin] = Share()
                if len(self._shares) > MOST_SERVERS:
                    _, oldest = self._shares.popitem(last=False)
                    oldest.pool.shutdown(wait=False)
            self._shares.move_to_end(origin)
            return share

    def close(self) -> None:
        """Let go of the threads."""
        with self._lock:
            for share in self._shares.values():
                share.pool.shutdown(wait=False, cancel_futures=True)
