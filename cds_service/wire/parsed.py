"""A request as gunicorn's strict parser reads its head, and what the worker asks of it: its body,
and whether the connection ends with the answer.
"""

from __future__ import annotations

from typing import Any

from gunicorn.http.message import Request

from cds_service.wire.refusals import cut_off


class ParsedRequest(Request):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's request. Proxies say nothing that is believed, so nobody is asked whether they
    may.
    """

    _says_close: bool | None = None

    def _peer_is_trusted_proxy(self) -> bool:
        return False

    def should_close(self) -> bool:
        """Return whether the connection ends with the answer: also when the body was refused unread
        (R184). What the head says of it is looked up once.
        """
        if self._says_close is None:
            self._says_close = bool(super().should_close())
        return self._says_close or self.must_close or not self.body.is_read


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
