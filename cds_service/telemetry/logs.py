"""Structured logs: one JSON object a line on standard error, with the request id, and never a word
of the patient's or a token.
"""

from __future__ import annotations

import datetime as dt
import errno
import io
import logging
import os
import stat
import sys
import traceback
from collections.abc import Iterator
from typing import Any

import orjson
import structlog

from cds_service.telemetry import metrics

STANDARD_ERROR = 2


class _StandardError:
    """Writes lines to whatever standard error is at the time, each in one piece."""

    def msg(self, line: str) -> None:
        """Write a line."""
        _write(line)

    debug = info = warning = error = msg


def _write(line: str) -> None:
    """Write a line, or count it as lost: no call fails or waits, and no worker ends, because the
    disk of the log is full, or whoever read the log is gone or has stalled.
    """
    try:
        sys.stderr.write(line + "\n")
    except (OSError, ValueError, AttributeError):  # full, broken; closed; none
        metrics.LOG_LINES_LOST.labels("stderr").inc()


class _WithoutWaiting(io.TextIOBase):
    """Standard error as a pipe or socket that is written to at once or not at all."""

    def __init__(self) -> None:
        self._is_cut = False

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return STANDARD_ERROR

    def write(self, text: str) -> int:
        """Write a text.

        Raises:
            BlockingIOError: there is no room for it, or for the end of it; the next begins a line.
        """
        whole = ("\n" * self._is_cut + text).encode(errors="backslashreplace")
        written = os.write(STANDARD_ERROR, whole)
        self._is_cut = written < len(whole)
        if self._is_cut:
            raise BlockingIOError(errno.EAGAIN, "the end of a line found no room")
        return len(text)


def never_wait_for_a_reader() -> None:
    """Let no call, and not the process that watches the workers, wait for whoever reads standard
    error: a full pipe or socket refuses the line. It does so to other programs that write to the
    same pipe, too. A file or terminal stays as it is.
    """
    try:
        kind = os.fstat(STANDARD_ERROR).st_mode
    except OSError:  # it is closed
        return
    if stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind):
        os.set_blocking(STANDARD_ERROR, False)
        sys.stderr = _WithoutWaiting()


class _Level:
    """The lowest level that is written."""

    lowest = logging.INFO


def log_answer(level: int, request_id: str, fields: dict[str, Any]) -> None:
    """Write the line of one answer, as every line is written but in one step: it is the one line
    that every call has.
    """
    if level < _Level.lowest:
        return
    named = "info" if level == logging.INFO else "debug"
    line = {"event": "answered", "request_id": request_id, "level": named}
    line["timestamp"] = dt.datetime.now(dt.UTC).isoformat().replace("+00:00", "Z")
    _write(_as_text(line | fields))


def configure_logs(level: int = logging.INFO) -> None:
    """Send every log line of the process as JSON to standard error."""
    _Level.lowest = level
    standard_error = _StandardError()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=_as_text),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: standard_error,
    )


def _as_text(event: Any, **_: Any) -> str:
    return orjson.dumps(event, default=str).decode()


def describe_failure(error: BaseException) -> dict[str, Any]:
    """Return the class and the places of an exception. Its message is left out, because it may
    repeat what stood in the request.
    """
    return {"error": type(error).__name__, "at": list(_places(error))}


def _places(error: BaseException) -> Iterator[str]:
    for frame in traceback.extract_tb(error.__traceback__)[-8:]:
        yield f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}"
