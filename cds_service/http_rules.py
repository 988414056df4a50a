"""What holds for every request: CORS, sizes and types of bodies, and how a refusal looks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from flask import Response, request

from cds_service.json_text import write_json
from cds_service.problems import Problem, operation_outcome
from cds_service.settings import Settings

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]


def json_answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return a JSON response."""
    return Response(write_json(body), status, headers, mimetype="application/json")


def refuse(problem: Problem) -> Response:
    """Return the OperationOutcome of a refusal (R72)."""
    return json_answer(operation_outcome(problem.code, problem.text), problem.status, problem.headers)


def not_authenticated() -> Response:
    """Return the one 401: the same for every cause, and no OperationOutcome (R128)."""
    return json_answer({"error": "not authenticated"}, 401, {"WWW-Authenticate": "Bearer"})


def read_body(longest: int) -> bytes:
    """Return the bytes of the body.

    Raises: Problem 413 above the limit, 415 for a type that is clearly not JSON or a body that is compressed.
    Source: R5, R7.
    """
    _check_type()
    if (request.content_length or 0) > longest:
        raise _too_long(longest)
    body = request.stream.read(longest + 1)
    if len(body) > longest:
        raise _too_long(longest)
    return body


def _too_long(longest: int) -> Problem:
    return Problem(413, "too-long", f"The body is too long: at most {longest} bytes are read.")


def _check_type() -> None:
    kind = request.mimetype
    if kind and kind not in ("application/json", "text/json") and not kind.endswith("+json"):
        raise Problem(415, "not-supported", "Content-Type: expected application/json.")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem(415, "not-supported", "Content-Encoding: expected a body that is not compressed.")


def allow_origins(response: Response, settings: Settings) -> Response:
    """Add the CORS headers that a browser client needs, on refusals too (R141)."""
    if not settings.cors_origins:
        return response
    if "*" in settings.cors_origins:
        response.headers["Access-Control-Allow-Origin"] = "*"
    else:
        response.vary.add("Origin")
        if request.headers.get("Origin") not in settings.cors_origins:
            return response
        response.headers["Access-Control-Allow-Origin"] = request.headers["Origin"]
    response.headers["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
    response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
    response.headers["Access-Control-Expose-Headers"] = "Server-Timing, X-Request-Id"
    return response


def tidy_paths(app: WsgiApp) -> WsgiApp:
    """Let `//` count as `/`, and a slash at the end of a CDS Hooks path as none, without a redirect (R24)."""

    def tidied(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = re.sub("/{2,}", "/", environ.get("PATH_INFO", ""))
        environ["PATH_INFO"] = path.rstrip("/") if path.startswith("/cds-services/") else path
        return app(environ, start_response)

    return tidied
