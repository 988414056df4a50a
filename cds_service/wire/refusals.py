"""What is answered to a request that cannot be read as HTTP: JSON with a request id, and the
connection closed (R186). What was wrong is said by kind; nothing of the request is repeated.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

import structlog
from gunicorn.http import errors

from cds_service.protocol import Problem, operation_outcome, write_json
from cds_service.telemetry import Call, describe_failure

log = structlog.get_logger(__name__)

ENDPOINT = "server"
"""The name of refusals by the server in logs and metrics."""

_FRAMING = (
    errors.UnsupportedTransferCoding,
    errors.InvalidChunkSize,
    errors.ChunkMissingTerminator,
    errors.InvalidChunkExtension,
)


def problem_of(error: BaseException) -> Problem:
    """Return what is answered to a request that ended so while it was read; 500 for a bug."""
    match error:
        case Problem():
            return error
        case errors.LimitRequestLine():
            return Problem(414, "too-long", "The first line of the request is too long.")
        case errors.LimitRequestHeaders():
            return Problem(431, "too-long", "The headers or trailers are too long or too many.")
        case errors.ExpectationFailed():
            return Problem(417, "not-supported", "Expect: expected 100-continue.")
        case errors.InvalidHeader() | errors.InvalidHeaderName() | errors.ObsoleteFolding():
            return Problem(400, "structure", "A header or trailer of the request is malformed.")
        case _ if isinstance(error, _FRAMING):
            return Problem(400, "structure", "The body of the request is not framed as HTTP says.")
        case errors.ParseException():
            return Problem(400, "structure", "The request is not HTTP/1.1.")
        case TimeoutError() | BlockingIOError():
            return too_slow("request")
        case _:
            log.error("failed", **describe_failure(error))
            return Problem(500, "exception", "The service failed.")


def too_slow(part: str) -> Problem:
    """Return the 408 of a part that was not whole in its time (R183)."""
    return Problem(408, "timeout", f"The {part} did not come in whole within the time allowed.")


def cut_off() -> Problem:
    """Return the 400 of a body that broke off."""
    return Problem(400, "structure", "The body ended before all of it had come.")


def wrong_host() -> Problem:
    """Return the 400 of a request without exactly one Host."""
    return Problem(400, "structure", "Host: expected once in every request of HTTP/1.1.")


def write_refusal(problem: Problem, cors: Sequence[tuple[str, str]] = ()) -> bytes:
    """Return the whole answer to a request that is refused, and count and log it.

    Args:
        problem: what is answered.
        cors: the headers that let a browser client read it (R141).
    """
    call = Call()
    body = write_json(operation_outcome(problem.code, problem.text))
    headers = [
        *call.finish(ENDPOINT, problem.status),
        *problem.headers.items(),
        *cors,
        ("Cache-Control", "no-store"),
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Connection", "close"),
    ]
    status = HTTPStatus(problem.status)
    first = f"HTTP/1.1 {status.value} {status.phrase}\r\n"
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"{first}{lines}\r\n".encode("ascii") + body
