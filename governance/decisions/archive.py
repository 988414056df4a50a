"""The decision record as those read it who answer for the advice: single decisions and the kept
requests, apart from the running service.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from cds_service.records import (
    CARDS,
    DECISIONS,
    Store,
    StoreUnavailable,
    each_kept,
    find_kept,
    load_keeping,
    open_engine,
)
from cds_service.site import Settings


class Archive:
    """One connection to the record, and the keys of the site."""

    def __init__(self, connection: sa.Connection, settings: Settings) -> None:
        self._connection = connection
        self._store = Store(settings.store_url, settings.patient_key)
        keeping = load_keeping(max(1, settings.keep_requests_days), settings.keep_requests_key_file)
        self._key = keeping.key if keeping else None

    def hash_text(self, text: str) -> str:
        """Return a text hashed as in the record."""
        return self._store.key.hash_text(text)

    def find_decision(self, identity: str) -> Mapping[str, Any] | None:
        """Return the row of a decision with its `cards` as (card, indicator) in their order.

        Args:
            identity: the X-Request-Id of the answer, or the uuid of one of its cards.
        """
        of_card = sa.select(CARDS.c.decision).where(CARDS.c.uuid == identity)
        row = (
            self._connection.execute(
                sa.select(DECISIONS).where(
                    sa.or_(DECISIONS.c.id == identity, DECISIONS.c.id.in_(of_card))
                )
            )
            .mappings()
            .first()
        )
        if row is None:
            return None
        cards = self._connection.execute(
            sa.select(CARDS.c.card, CARDS.c.indicator)
            .where(CARDS.c.decision == row["id"])
            .order_by(CARDS.c.id)
        )
        return {**row, "cards": [(card, indicator) for card, indicator in cards]}

    def find_kept(self, decision: str) -> bytes | None:
        """Return the kept request of a decision; `None` where none is kept, or no key is set.

        Raises: ValueError when the key does not open it.
        """
        return find_kept(self._connection, decision, self._key) if self._key else None

    def each_kept(self, since: dt.datetime) -> Iterator[tuple[Mapping[str, Any], bytes]]:
        """Yield decision (id, date, patient) and request of each that is kept since a time."""
        if self._key is None:
            raise ValueError("no requests are kept; [store] keep_requests_days keeps them")
        naive = since.astimezone(dt.UTC).replace(tzinfo=None)
        for identity, kept in list(each_kept(self._connection, naive, self._key)):
            row = self._connection.execute(
                sa.select(DECISIONS.c.id, DECISIONS.c.as_of, DECISIONS.c.patient).where(
                    DECISIONS.c.id == identity
                )
            )
            yield dict(row.mappings().one()), kept


@contextmanager
def open_archive(settings: Settings) -> Iterator[Archive]:
    """Open the record for reading.

    Raises: StoreUnavailable.
    """
    engine = open_engine(settings.store_url)
    database = engine.url.database
    if engine.dialect.name == "sqlite" and database and not Path(database).exists():
        raise StoreUnavailable("the store has no database file yet; has the service run with it?")
    try:
        with engine.connect() as connection:
            yield Archive(connection, settings)
    except DBAPIError as error:
        raise StoreUnavailable(
            f"the store cannot be read ({type(error.orig).__name__}); has this version of the "
            f"service run with it?"
        ) from None
    finally:
        engine.dispose()
