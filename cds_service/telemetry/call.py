"""One call while it is answered: its id, its clock, the time of each step, and what may stand in
the log.
"""

from __future__ import annotations

import logging
import time
from http import HTTPStatus
from random import getrandbits
from typing import Any

import structlog

from cds_service.telemetry import metrics
from cds_service.telemetry.logs import log_answer


class Call:
    """What is noted of a call until it is answered. `logged`, without a word of the patient's, is
    for the log line.
    """

    __slots__ = ("_last_step", "id", "logged", "started", "timings_ms")

    def __init__(self) -> None:
        """Begin a call; every log line until the next one bears its id."""
        self.id = f"{getrandbits(128):032x}"  # not secret, and without asking the system
        self.started = time.monotonic()
        self._last_step = self.started
        self.timings_ms: dict[str, float] = {}
        self.logged: dict[str, Any] = {}
        structlog.contextvars.bind_contextvars(request_id=self.id)

    def note_step(self, step: str) -> None:
        """Note for Server-Timing and metrics how long it is since the step before, or since the
        call began.
        """
        now = time.monotonic()
        self.timings_ms[step] = (now - self._last_step) * 1000
        self._last_step = now

    def finish(self, endpoint: str, status: int) -> list[tuple[str, str]]:
        """Count the answer, log it, and return the headers that it leaves with.

        A 401 does not say its time, which tells how far a token came: whether its issuer is known
        (R128).
        """
        seconds = time.monotonic() - self.started
        metrics.count_request(endpoint, status, seconds)
        level = logging.DEBUG if endpoint.startswith("health.") else logging.INFO
        told = {"endpoint": endpoint, "status": status, "ms": round(seconds * 1000, 2)}
        log_answer(level, self.id, told | self.logged)
        headers = [("X-Request-Id", self.id), ("X-Content-Type-Options", "nosniff")]
        if status != HTTPStatus.UNAUTHORIZED:
            steps = [f"{step};dur={ms:.2f}" for step, ms in self.timings_ms.items()]
            steps.append(f"total;dur={seconds * 1000:.2f}")
            headers.append(("Server-Timing", ", ".join(steps)))
        return headers
