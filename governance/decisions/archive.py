"""The decision record as those read it who answer for the advice: single decisions and the kept
requests, apart from the running service.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from cds_service.records import (
    CARDS,
    DECISIONS,
    RecordKey,
    each_kept,
    find_kept,
    find_patient_key,
    open_for_reading,
)
from cds_service.site import Settings


class Archive:
    """One connection to the record, and the keys of the site, none of which is made here."""

    def __init__(self, connection: sa.Connection, settings: Settings) -> None:
        self._connection = connection
        self._settings = settings

    def hash_text(self, text: str) -> str:
        """Return a text hashed as in the record.

        Raises: ValueError where the key of the record is not there.
        """
        url, given = self._settings.store_url, self._settings.patient_key
        key = find_patient_key(url, given)
        if not key:
            raise ValueError(
                "the key that the record is hashed with is not there: beside the database, or in "
                "[store] patient_key"
            )
        return RecordKey(url, key.decode()).hash_text(text)

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

        Raises: ValueError when the key does not open it, or is not there.
        """
        key_file = self._settings.keep_requests_key_file
        return find_kept(self._connection, decision, key_file) if key_file else None

    def each_kept(self, since: dt.datetime) -> Iterator[tuple[Mapping[str, Any], bytes | None]]:
        """Yield decision (id, date, patient) and request of each that is kept since a time; no
        request where the key does not open it.

        Raises: ValueError when no requests are kept, or the key is not there.
        """
        key_file = self._settings.keep_requests_key_file
        if key_file is None:
            raise ValueError("no requests are kept; [store] keep_requests_days keeps them")
        naive = since.astimezone(dt.UTC).replace(tzinfo=None)
        yield from each_kept(self._connection, naive, key_file)


@contextmanager
def open_archive(settings: Settings) -> Iterator[Archive]:
    """Open the record for reading.

    Raises: StoreUnavailable.
    """
    with open_for_reading(settings.store_url) as connection:
        yield Archive(connection, settings)
