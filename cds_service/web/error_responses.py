"""Error responses: to a request that cannot be read, to a caller who is not known, and where a bug
of ours ends a call.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import structlog
from werkzeug.exceptions import HTTPException

from cds_service.callers import NotAuthenticated
from cds_service.protocol import Problem, operation_outcome
from cds_service.telemetry import describe_failure, metrics
from fhir_mappings.fhir import TooMany

log = structlog.get_logger(__name__)

STATUS_WORDS = {
    404: ("not-found", "There is nothing at this path; GET / says what there is."),
    405: ("not-supported", "This path does not take this method"),
}


class Refusal(NamedTuple):
    """The status, the JSON and the headers of an answer."""

    body: Any
    status: int
    headers: dict[str, str]


def refusal_of(error: Exception, endpoint: str, call_id: str) -> Refusal:
    """Return what is answered to a call that ended so; what the answer does not tell is logged and
    counted.

    Source: R72, R73, R128.
    """
    match error:
        case Problem():
            return _of_problem(error)
        case NotAuthenticated():
            metrics.NOT_AUTHENTICATED.labels(endpoint).inc()
            log.warning(
                "not authenticated",
                reason=error.reason,
                found=error.found,
                expected=error.expected,
            )
            # the same for every cause, and no more
            return Refusal({"error": "not authenticated"}, 401, {"WWW-Authenticate": "Bearer"})
        case HTTPException():
            return _of_problem(_problem_of(error))
        case TooMany():
            return _of_problem(Problem(400, "too-costly", f"Found {error}."))
        case _:
            # a bug: a loud 500 without half-built cards, and its place, not its words, in the log
            log.error("failed", **describe_failure(error))
            return _of_problem(
                Problem(500, "exception", f"The service failed. The request id is {call_id}.")
            )


def _of_problem(problem: Problem) -> Refusal:
    return Refusal(operation_outcome(problem.code, problem.text), problem.status, problem.headers)


def _problem_of(error: HTTPException) -> Problem:
    """Say what Werkzeug refuses (404, 405, ...) in our words, keeping its headers such as Allow."""
    status = error.code or 500
    code, text = STATUS_WORDS.get(
        status, ("invalid" if status < 500 else "exception", "The request cannot be answered.")
    )
    methods = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
    if status == 405:
        text += f"; it takes {methods}." if methods else "."
    return Problem(status, code, text, {"Allow": methods} if methods else {})
