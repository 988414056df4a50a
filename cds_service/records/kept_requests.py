"""Requests that are kept so that their answers can be decided again: encrypted with AES-GCM under a
key that stands outside the database, each bound to its decision, and pruned on time.

Off unless the site says for how many days. What is kept is patient data.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cds_service.database import DECISIONS, KEPT_REQUESTS
from cds_service.records.record_key import read_or_make_key

log = structlog.get_logger(__name__)

NONCE_BYTES = 12

KEPT_AT_ONCE = 20
"""Kept requests that are in memory together while all are read."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """For how many days requests are kept, and the AES-256 key. The key is empty where it cannot be
    read: then none is added, and those of earlier days keep their time.
    """

    days: int
    key: bytes = field(repr=False)


def load_keeping(days: int, key_file: Path | None) -> Keeping | None:
    """Return how requests are kept; `None` where the site keeps none.

    The key file is made when it is not there, readable by its owner only.
    """
    if not days or key_file is None:
        return None
    try:
        return Keeping(days, hashlib.sha256(read_or_make_key(key_file)).digest())
    except OSError as error:
        log.error("requests are not kept, as their key cannot be read", why=error.strerror)
        return Keeping(days, b"")


SHORTEST_KEY = 16
"""Characters; the service makes one of 64."""


def check_key_file(key_file: Path) -> str:
    """Say in one clause what is wrong with the key of the kept requests; empty where nothing is, or
    where it is yet to be made.
    """
    try:
        key = key_file.read_bytes().strip() if key_file.exists() else None
    except OSError as error:
        return f"cannot be read ({error.strerror}), so no requests are kept"
    if key is None or len(key) >= SHORTEST_KEY:
        return ""
    if not key:
        return "is empty, so no requests are kept"
    return f"holds {len(key)} characters, which can be guessed; expected at least {SHORTEST_KEY}"


def _read_key(key_file: Path) -> bytes:
    """Return the AES-256 key for those who read what is kept.

    Raises: ValueError when the file cannot be read; none is made.
    """
    try:
        key = key_file.read_bytes().strip()
    except OSError:
        key = b""
    if not key:
        raise ValueError(f"the key of the kept requests cannot be read: {key_file.name}")
    return hashlib.sha256(key).digest()


def seal(kept: bytes, decision: str, key: bytes) -> bytes:
    """Return a request compressed and encrypted; it opens for this decision only."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, zlib.compress(kept), decision.encode())


def unseal(sealed: bytes, decision: str, key: bytes) -> bytes:
    """Return the request again.

    Raises: ValueError when it was sealed with another key or for another decision, or was changed.
    """
    try:
        opened = AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], decision.encode())
    except InvalidTag:
        raise ValueError("the kept request does not open with this key") from None
    return zlib.decompress(opened)


def find_kept(connection: sa.Connection, decision: str, key_file: Path) -> bytes | None:
    """Return the kept request of a decision; `None` where none is kept (any more).

    Raises: ValueError when the key cannot be read or does not open it.
    """
    sealed = connection.execute(
        sa.select(KEPT_REQUESTS.c.sealed).where(KEPT_REQUESTS.c.decision == decision)
    ).scalar()
    return None if sealed is None else unseal(sealed, decision, _read_key(key_file))


def each_kept(
    connection: sa.Connection, since: dt.datetime, key_file: Path
) -> Iterator[tuple[dict[str, Any], bytes | None]]:
    """Yield decision (id, date, patient) and request of each that is kept since a time, oldest
    first and few at once; no request where it was sealed with another key, or changed.

    Raises: ValueError when the key cannot be read.
    """
    key = b""
    query = (
        sa.select(DECISIONS.c.id, DECISIONS.c.as_of, DECISIONS.c.patient, KEPT_REQUESTS.c.sealed)
        .join(DECISIONS, DECISIONS.c.id == KEPT_REQUESTS.c.decision)
        .where(KEPT_REQUESTS.c.kept_at >= since)
        .order_by(KEPT_REQUESTS.c.kept_at, KEPT_REQUESTS.c.decision)
        .execution_options(yield_per=KEPT_AT_ONCE)
    )
    for row in connection.execute(query).mappings():
        key = key or _read_key(key_file)
        decided = {name: row[name] for name in ("id", "as_of", "patient")}
        yield decided, _unsealed(row["sealed"], row["id"], key)


def _unsealed(sealed: bytes, decision: str, key: bytes) -> bytes | None:
    try:
        return unseal(sealed, decision, key)
    except ValueError:
        return None


def prune_kept(connection: sa.Connection, days: int, now: dt.datetime) -> int:
    """Delete what was kept for longer than so many days; with 0 all of it. Return how many.

    Args:
        now: in UTC, without saying so.
    """
    before = now - dt.timedelta(days=days)
    return connection.execute(
        sa.delete(KEPT_REQUESTS).where(KEPT_REQUESTS.c.kept_at <= before)
    ).rowcount
