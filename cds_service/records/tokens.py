"""The token ids that were used: all workers know them by the database; what this process has seen
still refuses a replay while the database cannot be asked.

Source: R138.
"""

from __future__ import annotations

import threading

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from cds_service.database import REPLAY, Database, StoreUnavailable

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


class UsedTokens:
    """The token ids used, by issuer: in this process, and in the database for all of them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._memory = TokenMemory()

    def remember(self, issuer: str, token_id: str, expires: float) -> bool:
        """Return False when this issuer's token id was used before, by any worker; remember it
        until `expires` (seconds since 1970).

        While the database cannot be asked, only uses in this process are known: a failing disk must
        not silence advice.
        """
        if not self._memory.add(issuer, token_id, expires):
            return False
        if self._database.rests:
            return True
        try:
            return self._database.ask(self._insert, issuer, token_id, expires)
        except StoreUnavailable as error:
            self._database.rest("token ids are remembered in this process only", error)
            return True

    def _insert(self, issuer: str, token_id: str, expires: float) -> bool:
        try:
            with self._database.transaction() as connection:
                connection.execute(
                    sa.insert(REPLAY), {"issuer": issuer, "token_id": token_id, "expires": expires}
                )
        except IntegrityError:
            return False
        return True

    def purge(self, now: float) -> None:
        """Forget the token ids that expired before `now` (seconds since 1970).

        Raises: StoreUnavailable.
        """
        self._memory.purge(now)
        with self._database.transaction() as connection:
            connection.execute(sa.delete(REPLAY).where(REPLAY.c.expires < now))
