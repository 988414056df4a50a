"""What holds for every request: CORS, sizes and types of bodies, tidy paths."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Response, request
from werkzeug.wsgi import get_content_length, get_input_stream

from cds_service.protocol import Problem, write_json
from cds_service.site import Settings

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]


JSON_TYPES = ("application/json", "text/json", "application/json+fhir")
"""Content types that say JSON without the ending `+json`; the last is that of FHIR before STU3."""


def json_answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a JSON response."""
    return Response(write_json(body), status, headers, mimetype="application/json")


def ask_for_password(wanted: str, realm: str) -> Response | None:
    """Return the 401 that makes a browser ask for the password of a page; `None` where it has sent
    the one wanted, or none is wanted.
    """
    given = request.authorization
    sent = (given.password or "").encode() if given is not None else b""
    if not wanted or hmac.compare_digest(sent, wanted.encode()):
        return None
    asks = {"WWW-Authenticate": f'Basic realm="{realm}"'}
    return json_answer({"error": "not authenticated"}, 401, asks)


def read_body(environ: dict[str, Any], longest: int) -> bytes:
    """Return the bytes of the body of a WSGI request.

    Raises: Problem 400 when it breaks off, 413 above the limit, 415 for a type that is clearly not
    JSON or a body that is compressed.
    Source: R5, R7.
    """
    _check_type(environ)
    length = environ.get("CONTENT_LENGTH") or ""
    plain = _PLAIN_LENGTH.fullmatch(length) and "HTTP_TRANSFER_ENCODING" not in environ
    announced = int(length) if plain else get_content_length(environ) or 0
    if announced > longest:
        raise _too_long(longest)
    try:
        body: bytes = (
            environ["wsgi.input"].read(announced)
            if plain
            else get_input_stream(environ).read(longest + 1)
        )
    except OSError:
        # raised by the server when the caller breaks off, or sends chunks that are none
        raise _broken_off() from None
    if plain and len(body) < announced:
        raise _broken_off()
    if len(body) > longest:
        raise _too_long(longest)
    return body


_PLAIN_LENGTH = re.compile(r"[0-9]{1,12}", re.ASCII)


def _broken_off() -> Problem:
    return Problem(400, "structure", "The body could not be read to its end.")


def _too_long(longest: int) -> Problem:
    return Problem(413, "too-long", f"The body is too long: at most {longest} bytes are read.")


def _check_type(environ: dict[str, Any]) -> None:
    kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if kind and kind not in JSON_TYPES and not kind.endswith("+json"):
        raise Problem(415, "not-supported", "Content-Type: expected application/json.")
    if environ.get("HTTP_CONTENT_ENCODING", "").strip().lower() not in ("", "identity"):
        raise Problem(
            415, "not-supported", "Content-Encoding: expected a body that is not compressed."
        )


_CORS = (
    ("Access-Control-Allow-Methods", "GET, POST, OPTIONS"),
    ("Access-Control-Allow-Headers", "Authorization, Content-Type"),
    ("Access-Control-Expose-Headers", "Server-Timing, X-Request-Id"),
)


def cors_headers(settings: Settings, origin: str | None) -> tuple[tuple[str, str], ...]:
    """Return the headers that a browser client of this origin needs, on refusals too (R141)."""
    if not settings.cors_origins:
        return ()
    if "*" in settings.cors_origins:
        return ("Access-Control-Allow-Origin", "*"), *_CORS
    if origin is None or origin not in settings.cors_origins:
        return (("Vary", "Origin"),)
    return ("Vary", "Origin"), ("Access-Control-Allow-Origin", origin), *_CORS


def tidy_paths(app: WsgiApp, prefix: str = "") -> WsgiApp:
    """Let `//` count as `/`, and a slash at the end of a path as none, without a redirect (R24);
    only the workbench, whose page names its files from there, keeps its own.

    Args:
        prefix: the path of the public URL, under which a proxy shows the service. A proxy may take
            it off or pass it on; the links of the pages have it either way.
    """

    def tidied(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if "//" in path:
            path = re.sub("/{2,}", "/", path)
        if prefix:
            environ["SCRIPT_NAME"] = prefix
            if path == prefix or path.startswith(f"{prefix}/"):
                path = path[len(prefix) :] or "/"
        if path.endswith("/") and not path.startswith("/workbench/"):
            path = path.rstrip("/") or "/"
        environ["PATH_INFO"] = path
        return app(environ, start_response)

    return tidied
