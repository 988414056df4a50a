"""Why a caller is not let in, in words for the log: what was found and what was expected.

What a token holds was written by a stranger. Names of systems (an issuer, an audience, a key id)
are shown, bounded and printable; what could name a person, be a secret or be a token is not.

Source: R128, R139.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal

LONGEST_SHOWN = 200
"""Characters of what was found or expected that stand in the log."""

MOST_SHOWN = 5
"""Members of a list that stand in the log; the others are counted."""

MOST_DIGITS = 1000
"""Digits of a number that are counted."""

LIKE_A_TOKEN = re.compile(r"(?<![\w-])[\w-]{8,}+\.[\w-]{8,}+\.|\beyJ[\w-]{8,}")
"""A JWT, or one part of it. A run of letters is looked at once, as strangers choose how long it is.
"""

NOT_A_SYSTEM = re.compile(r"[@\s]")
"""An e-mail address, a login in a URL and the name of a person have one; no name of a system."""


class NotAuthenticated(Exception):
    """The caller is not a registered client. `reason`, what was `found` and what was `expected` are
    for the log, never for the answer; they hold neither the token nor its signature or id.

    Source: R128, R139.
    """

    def __init__(self, reason: str, found: str, expected: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.found = _printable(found)
        self.expected = _printable(expected)


def shown(value: object) -> str:
    """Return what a claim holds: the name of a system as it is, of anything else only its kind."""
    if isinstance(value, list) and value:
        return listed([shown(one) if isinstance(one, str) else kind_of(one) for one in value])
    if not isinstance(value, str) or not value:
        return kind_of(value)
    if LIKE_A_TOKEN.search(value):
        return f"{kind_of(value)}, shaped like a token"
    if NOT_A_SYSTEM.search("".join(one for one in value if one.isprintable())):
        return f"{kind_of(value)}, no name of a system"
    address, query, _ = value.partition("?") if "://" in value else (value, "", "")
    return _printable(address + (query and "?…"))


def listed(names: Collection[str]) -> str:
    """Return the first of some names, and how many more there are."""
    more = f" and {len(names) - MOST_SHOWN} more" if len(names) > MOST_SHOWN else ""
    return _printable(", ".join(list(names)[:MOST_SHOWN]) or "none") + more


def kind_of(value: object) -> str:
    """Return what kind of JSON value was found, and how long it is, but not the value."""
    match value:
        case None:
            return "none"
        case bool():
            return "true or false"
        case int() if abs(value) < 10**MOST_DIGITS:
            return f"a {'negative ' if value < 0 else ''}number of {len(str(abs(value)))} digits"
        case int() | float() | Decimal():
            return "a number"
        case "":
            return "an empty text"
        case str():
            return f"a text of {len(value)} characters"
        case list():
            return f"a list of {len(value)}"
        case _:
            return "an object"


def _printable(text: str) -> str:
    start = "".join(one if one.isprintable() else "?" for one in text[:LONGEST_SHOWN])
    return start if len(text) <= LONGEST_SHOWN else f"{start} …"
