"""What the worker asks of a request that gunicorn has parsed: its body, whether the connection ends
with the answer, and that its memory is freed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cds_service.wire.connection import WholeBody
from cds_service.wire.refusals import cut_off


def read_body(req: Any) -> bytes:
    """Return the body as the parser decodes it; it came already.

    Raises: what the parser raises for chunks and trailers that are none; Problem 400 for a body
    that broke off.
    """
    body: bytes = req.body.read()
    lengths = [value for name, value in req.headers if name == "CONTENT-LENGTH"]
    if lengths and len(body) < int(lengths[0]):
        raise cut_off()
    return body


def let_go(req: Any) -> None:
    """Free the body of a request that was answered: request and what tells whether it closes hold
    one another, and the collector comes by only after thousands of calls.
    """
    req.body = WholeBody(b"")
    req.__dict__.pop("should_close", None)


def closes_after(req: Any, closes: Callable[[], bool]) -> bool:
    """Return whether the connection ends with the answer: also when the body was refused unread
    (R184).
    """
    return closes() or not req.body.is_read
