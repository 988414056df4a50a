"""Ids of cards and suggestions."""

from __future__ import annotations

from random import getrandbits


def new_uuid() -> str:
    """Return a random UUID (version 4). It is not secret and the system is not asked for it: who
    may send feedback on a card is told by the token and the client, not by its id.
    """
    digits = f"{getrandbits(128) & _FREE | _FIXED:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


_FREE = ~(0xF000 << 64 | 0xC000 << 48)
_FIXED = 0x4000 << 64 | 0x8000 << 48
"""Where version and variant stand, and that they say 4 and RFC 9562."""
