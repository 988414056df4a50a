"""The user's own words: free text that may name the patient, so that it stands in the database
sealed (AES-GCM) and opens with the key of the record only, for its own card only.

Source: R124, R187.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

BEGINNING = "sealed:"
NONCE_BYTES = 12
NOT_OPENED = "(sealed with another key)"


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


def _cipher(key: bytes) -> AESGCM:
    return AESGCM(hashlib.sha256(b"the user's own words\n" + key).digest())
