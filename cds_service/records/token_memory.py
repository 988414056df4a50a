"""The token ids that this process has seen: what still refuses a replay while the database cannot
be asked.
"""

from __future__ import annotations

import threading

MOST_TOKENS = 100_000
"""Ids held at most, about ten megabytes; beyond, the oldest are forgotten."""


class TokenMemory:
    """Token ids by issuer, until they expire."""

    def __init__(self) -> None:
        self._expires: dict[tuple[str, str], float] = {}
        self._lock = threading.Lock()

    def add(self, issuer: str, token_id: str, expires: float) -> bool:
        """Remember a token id; return False when it is remembered already."""
        with self._lock:
            if (issuer, token_id) in self._expires:
                return False
            if len(self._expires) >= MOST_TOKENS:
                del self._expires[next(iter(self._expires))]
            self._expires[issuer, token_id] = expires
            return True

    def purge(self, now: float) -> None:
        """Forget what expired before `now` (seconds since 1970)."""
        with self._lock:
            self._expires = {
                token: expires for token, expires in self._expires.items() if expires >= now
            }
