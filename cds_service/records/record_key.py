"""The key of the record, and what it does: patients and texts that clients chose stand in the
tables as keyed hashes, the user's own words sealed (AES-GCM).

The key comes from the settings or the environment, else it is made once for the deployment and kept
in a file. Whoever holds the database without it can tell neither whom a record is about nor what
was said.

Source: R124, R187.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
import hmac
import os
import re
import secrets
import tempfile
import time
from pathlib import Path

import sqlalchemy as sa
import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cds_service.database import FEEDBACK, Database, is_in_memory

log = structlog.get_logger(__name__)

VARIABLE = "B12_CDS_PATIENT_KEY"
"""Environment variable that holds the key, for deployments whose workers share no disk."""

UUID = re.compile(
    r"(?:urn:uuid:)?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE | re.ASCII
)
CODE_DIGITS = 16
"""Digits of a keyed hash that stand for a text: 64 bits tell all texts of a site apart."""

KEY_SECONDS = 0.5
"""How long a worker waits for the key that another one is writing."""

BEGINNING = "sealed:"
NONCE_BYTES = 12
NOT_OPENED = "(sealed with another key)"


class RecordKey:
    """The key of one database, read when it is first needed."""

    def __init__(self, store_url: str, configured: str = "") -> None:
        self._store_url = store_url
        self._configured = configured
        self._secret = b""

    @property
    def secret(self) -> bytes:
        """The key itself."""
        if not self._secret:
            self._secret = load_patient_key(self._store_url, self._configured)
        return self._secret

    @property
    def is_kept(self) -> bool:
        """Whether the key outlasts this process: nothing is sealed that is open so far without."""
        return bool(find_patient_key(self._store_url, self._configured))

    def hash_patient(self, whose: str, patient_id: str) -> str:
        """Return the keyed hash under which a patient stands in the record; without the key it
        leads nowhere. `whose` is the EHR, or one of its tenants (Caller.whose_ids).
        """
        return self.hash_text(f"{whose}\n{patient_id}")

    def hash_text(self, text: str) -> str:
        """Return a text hashed with the key: 64 hexadecimal digits."""
        hashed = self._keyed.copy()
        hashed.update(text.encode("utf-8", "replace"))
        return hashed.hexdigest()

    @functools.cached_property
    def _keyed(self) -> hmac.HMAC:
        return hmac.new(self.secret, digestmod="sha256")

    def code_of(self, text: str) -> str:
        """Return what stands in the tables for a text that a client chose: a UUID as it is, any
        other as `#` and the first digits of its keyed hash; nothing for nothing (R187).
        """
        if not text or UUID.fullmatch(text):
            return text
        return "#" + self.hash_text(text)[:CODE_DIGITS]

    def seal_words(self, words: str, card: str) -> str:
        """Return the user's own words so that only this key opens them, for the card they were said
        of; nothing for nothing.
        """
        return seal_words(words, card, self.secret) if words else ""


def plain_uuid(text: str) -> str:
    """Return a UUID as cards and suggestions bear it, whichever way it came back: in capitals, in
    braces, as a URN (RFC 9562, section 4). Any other text stays as it is.
    """
    bare = text.strip("{}").lower().removeprefix("urn:uuid:")
    return bare if UUID.fullmatch(bare) else text


def load_patient_key(store_url: str, configured: str) -> bytes:
    """Return the key as configured, else that of the key file, which is made when it is not there.

    With SQLite the file stands beside the database, else in the working directory. Where no file
    can be kept the key lasts as long as the process, and hashes of different processes cannot be
    compared.
    """
    if key := find_patient_key(store_url, configured):
        return key
    if is_in_memory(sa.make_url(store_url)):
        return secrets.token_bytes(32)
    try:
        return read_or_make_key(_key_file(store_url))
    except OSError as error:
        log.error(
            "patient key not kept: patients of earlier records will not be recognised",
            why=error.strerror,
        )
        return secrets.token_bytes(32)


def find_patient_key(store_url: str, configured: str) -> bytes:
    """Return the key as configured or as its file holds it, empty where there is none; for those
    who read the record, which is not read with a key that is made for it.
    """
    given = configured or os.environ.get(VARIABLE, "")
    if given:
        return given.encode()
    path = _key_file(store_url)
    try:
        return path.read_bytes().strip() if path.is_file() else b""
    except OSError:
        return b""


def _key_file(store_url: str) -> Path:
    url = sa.make_url(store_url)
    beside = url.get_backend_name() == "sqlite" and url.database
    return Path(f"{url.database}.patient-key" if beside else "b12-cds.patient-key")


def read_or_make_key(path: Path) -> bytes:
    """Return what the file holds; of several workers that start together, the key of the first
    holds for all.
    """
    if not path.exists():
        handle, name = tempfile.mkstemp(
            dir=path.parent, prefix=path.name
        )  # readable by its owner only
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
        try:
            os.link(name, path)
        except FileExistsError:
            pass  # another worker was first
        except OSError:  # a file system that gives no file two names, as of shares
            _make_at_once(path)
        finally:
            os.unlink(name)
    key = path.read_bytes().strip() or _read_soon(path)
    if not key:
        raise OSError(0, "the key file is empty")
    return key


def _make_at_once(path: Path) -> None:
    """Write a key into a file that only one worker can make, and the others wait for."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32))


def _read_soon(path: Path) -> bytes:
    """Return the key that another worker is about to write; empty where none comes."""
    until = time.monotonic() + KEY_SECONDS
    while time.monotonic() < until:
        time.sleep(0.01)
        if key := path.read_bytes().strip():
            return key
    return b""


def seal_words(words: str, card: str, key: bytes) -> str:
    """Return words sealed, for the card they were said of."""
    nonce = os.urandom(NONCE_BYTES)
    sealed = nonce + _cipher(key).encrypt(nonce, words.encode(), card.encode())
    return BEGINNING + base64.b64encode(sealed).decode()


def open_words(stored: str, card: str, key: bytes) -> str:
    """Return the words again; as they stand where an earlier version kept them open, and
    NOT_OPENED where they were sealed with another key, for another card, or changed.
    """
    if not stored.startswith(BEGINNING):
        return stored
    try:
        sealed = base64.b64decode(stored.removeprefix(BEGINNING), validate=True)
        opened = _cipher(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], card.encode())
    except (InvalidTag, binascii.Error, ValueError):
        return NOT_OPENED
    return opened.decode()


SEALED_AT_ONCE = 500
"""Words that are sealed in one transaction."""


def seal_open_words(database: Database, key: RecordKey) -> None:
    """Seal the words that the first release kept open, where the key is kept that opens them again.

    Raises: StoreUnavailable; what was sealed until then stays so.
    """
    words = FEEDBACK.c.user_comment
    is_open = (words != "") & ~words.startswith(BEGINNING, autoescape=True)
    some = sa.select(FEEDBACK.c.id, FEEDBACK.c.card, words).where(is_open).limit(SEALED_AT_ONCE)
    more = key.is_kept
    while more:
        with database.transaction() as connection:
            rows = connection.execute(some).all()
            more = len(rows) == SEALED_AT_ONCE
            if rows and connection.dialect.name == "sqlite":  # what stood there is written over
                connection.exec_driver_sql("PRAGMA secure_delete = ON")
            for number, card, said in rows:
                where = (FEEDBACK.c.id == number) & (words == said)  # another worker may be faster
                sealed = key.seal_words(said, card)
                connection.execute(sa.update(FEEDBACK).where(where).values(user_comment=sealed))


def _cipher(key: bytes) -> AESGCM:
    return AESGCM(hashlib.sha256(b"the user's own words\n" + key).digest())
