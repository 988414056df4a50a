"""Structured logs: one JSON object a line on standard error, with the request id, and never a word
of the patient's or a token.
"""

from __future__ import annotations

import datetime as dt
import logging
import sys
import traceback
from collections.abc import Iterator
from typing import Any

import orjson
import structlog

from cds_service.telemetry import metrics


class _StandardError:
    """Writes lines to whatever standard error is at the time, each in one piece."""

    def msg(self, line: str) -> None:
        """Write a line."""
        _write(line)

    debug = info = warning = error = msg


def _write(line: str) -> None:
    """Write a line, or count it as lost: no call fails, and no worker ends, because the disk of the
    log is full or whoever read the log is gone.
    """
    try:
        sys.stderr.write(line + "\n")
    except (OSError, ValueError, AttributeError):  # full or broken; closed; none at the start
        metrics.LOG_LINES_LOST.labels("stderr").inc()


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
