"""A request as gunicorn's strict parser reads its head, and what the worker asks of it: its body,
and whether the connection ends with the answer.
"""

from __future__ import annotations

import re
from typing import Any

from gunicorn.http.message import Request

from cds_service.wire.refusals import cut_off, wrong_host

_HOST = re.compile(r"[^\s/\\@?#,]*")
"""A Host: a name or address, with a port or without; it may be empty."""


class ParsedRequest(Request):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's request. Proxies say nothing that is believed, so nobody is asked whether they
    may.
    """

    _says_close: bool | None = None

    def _peer_is_trusted_proxy(self) -> bool:
        return False

    def parse(self, unreader: Any) -> bytes:
        """Return what came after the head, as gunicorn's parser does.

        Raises: what the parser raises; Problem 400 without exactly one Host that is one, which
        HTTP/1.1 asks of every request (RFC 9112 section 3.2).
        """
        after: bytes = super().parse(unreader)
        hosts = [value for name, value in self.headers if name == "HOST"]
        fewest = 0 if self.version < (1, 1) else 1
        if not fewest <= len(hosts) <= 1 or not all(map(_HOST.fullmatch, hosts)):
            raise wrong_host()
        return after

    def should_close(self) -> bool:
        """Return whether the connection ends with the answer: also when the body was refused unread
        (R184). What the head says of it is looked up once.
        """
        if self._says_close is None:
            said = [
                value.lower().split(",") for name, value in self.headers if name == "CONNECTION"
            ]
            listed = any("close" in map(str.strip, options) for options in said)
            self._says_close = listed or bool(super().should_close())
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
