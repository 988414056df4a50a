"""Who is calling: the JWT of the CDS client, checked in an order that fetches, trusts and stores
nothing too early.

The order is that of R137: form and size, algorithm, issuer and tenant, key address, key, signature,
audience, times, and last the token id, which is remembered only when all else holds. The reason of
a refusal is for the log; the answer is the same 401 for each.

Source: R126 to R140.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

import jwt

from cds_service.callers.key_sets import KeySets
from cds_service.protocol import Problem, read_json
from cds_service.site import ALGORITHMS, Client, PublicKey

LONGEST_TOKEN = 8192
"""Characters of a token that are read; real ones have about a thousand."""

LEEWAY_SECONDS = 60
"""How far the clocks of the two sides may be apart."""

LONGEST_LIFETIME_SECONDS = 3600
"""From `iat` to `exp`; each token id is remembered as long, so the cap bounds what must be kept
(R138).
"""

LONGEST_TOKEN_ID = 255
LATEST_TIME = 10**11
"""No `exp`, `iat` or `nbf` is read beyond it: it lies in the year 5138, and milliseconds given for
seconds are beyond.
"""


class NotAuthenticated(Exception):
    """The caller is not a registered client. `reason`, what was `found` and what was `expected` are
    for the log, never for the answer; they hold neither the token nor its signature or id.
    """

    def __init__(self, reason: str, found: object = None, expected: object = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.found = _shown(found)
        self.expected = _shown(expected)


LONGEST_SHOWN = 200
"""Characters of a claim that stand in the log; what a stranger wrote is not kept at any length."""


def _shown(value: object) -> str:
    """Return what a claim or setting holds as text of printable characters, empty for nothing."""
    if value is None:
        return ""
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(_shown(one) for one in list(value)[:5])[:LONGEST_SHOWN]
    text = value if isinstance(value, str) else f"{type(value).__name__} {value}"
    printable = "".join(one if one.isprintable() else "?" for one in text[:LONGEST_SHOWN])
    return printable if len(text) <= LONGEST_SHOWN else f"{printable} …"


@dataclass(frozen=True, slots=True)
class Caller:
    """The registered client that signed a request, and what its token says about the call; empty
    where there was no token.
    """

    client: Client
    issuer: str = ""
    tenant: str = ""
    token_id: str = ""


class ReplayStore(Protocol):
    """Where token ids are remembered across workers and restarts."""

    def remember_token(self, issuer: str, token_id: str, expires: float) -> bool:
        """Return False when this issuer's token id is known already."""


def authenticate(
    authorization: str | None,
    endpoint_urls: Sequence[str],
    keys: KeySets,
    replay: ReplayStore,
    now: float,
    longest_lifetime: float = LONGEST_LIFETIME_SECONDS,
) -> Caller:
    """Return the caller, one of the clients of `keys`, whose token holds for one of the public URLs
    of this endpoint, and remember the token as used.

    Args: `now` in seconds since 1970; `endpoint_urls` as configured, never taken from the request.
    Raises: NotAuthenticated.
    Source: R121, R127 to R138.
    """
    token = _read_authorization(authorization)
    header, claims = _read_token(token)
    algorithm = _check_header(header)
    client = _find_client(keys.clients, claims, header, algorithm)
    _check_signature(token, algorithm, keys.find_key(client, header["kid"], algorithm, now))
    _check_audience(claims, [*endpoint_urls, *client.audiences])
    expires = _check_times(claims, now, longest_lifetime)
    token_id = _text_claim(claims, "jti", LONGEST_TOKEN_ID)
    if not replay.remember_token(client.iss, token_id, expires + LEEWAY_SECONDS):
        raise NotAuthenticated("the token was used before")
    tenant = claims.get("tenant")
    return Caller(client, client.iss, tenant if isinstance(tenant, str) else "", token_id)


def _read_authorization(authorization: str | None) -> str:
    if not authorization:
        raise NotAuthenticated("no Authorization header", "none", "Bearer and a token")
    if len(authorization) > LONGEST_TOKEN:
        raise NotAuthenticated(f"the token is longer than {LONGEST_TOKEN} characters")
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip() or " " in token.strip():
        known = scheme.lower() in ("basic", "bearer", "digest")
        raise NotAuthenticated(
            "the Authorization header is not one Bearer token",
            f"{len(authorization.split())} words, the first {scheme if known else 'unknown'}",
            "Bearer and a token",
        )
    return token.strip()


def _read_token(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    parts = token.split(".")
    if len(parts) != 3:
        raise NotAuthenticated("the token does not have three parts", f"{len(parts)} parts", "3")
    return _read_part(parts[0], "header"), _read_part(parts[1], "claims")


def _read_part(part: str, name: str) -> dict[str, Any]:
    try:
        text = base64.b64decode(
            part.encode("ascii") + b"=" * (-len(part) % 4), altchars=b"-_", validate=True
        )
        value = read_json(text)
    except (Problem, binascii.Error, UnicodeEncodeError):
        raise NotAuthenticated(f"the {name} of the token is not base64url of strict JSON") from None
    if not isinstance(value, dict):
        raise NotAuthenticated(f"the {name} of the token is not a JSON object")
    return value


def _check_header(header: Mapping[str, Any]) -> str:
    """Return the algorithm, when it is one that can be accepted at all (R129, R132)."""
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise NotAuthenticated(
            "alg is not an accepted asymmetric algorithm", algorithm, sorted(ALGORITHMS)
        )
    if "typ" in header and (not isinstance(header["typ"], str) or header["typ"].upper() != "JWT"):
        raise NotAuthenticated("typ is not JWT", header["typ"], "JWT")
    if "crit" in header or header.get("b64", True) is not True:
        raise NotAuthenticated("the header demands an extension that is not supported")
    if not isinstance(header.get("kid"), str) or not header["kid"]:
        raise NotAuthenticated("kid is missing")
    return algorithm


def _find_client(
    clients: Sequence[Client], claims: Mapping[str, Any], header: Mapping[str, Any], algorithm: str
) -> Client:
    """Return the client registered for `iss` and `tenant`; a `jku` is compared with its own and
    never fetched (R133, R135).
    """
    issuer, tenant = claims.get("iss"), claims.get("tenant")
    found = (
        client
        for client in clients
        if client.iss == issuer and (not client.tenants or tenant in client.tenants)
    )
    client = next(found, None) if issuer else None
    if client is None:
        raise _not_registered(clients, issuer, tenant)
    if algorithm not in client.algorithms:
        raise NotAuthenticated("alg is not allowed for this client", algorithm, client.algorithms)
    if client.jku and "jku" in header and header["jku"] != client.jku:
        raise NotAuthenticated("jku is not the registered one", header["jku"], client.jku)
    return client


def _not_registered(clients: Sequence[Client], issuer: object, tenant: object) -> NotAuthenticated:
    tenants = [one for client in clients if client.iss == issuer for one in client.tenants]
    if tenants:
        return NotAuthenticated("iss is not registered with this tenant", tenant or "none", tenants)
    known = [client.iss for client in clients]
    return NotAuthenticated("iss is not registered", issuer or "none", known)


def _check_signature(token: str, algorithm: str, key: PublicKey | None) -> None:
    if key is None:
        raise NotAuthenticated("no usable key of this client has the kid and suits the alg")
    try:
        jwt.PyJWS().decode(token, key=key.key, algorithms=[algorithm])
    except jwt.PyJWTError as error:
        raise NotAuthenticated(f"the signature does not hold ({type(error).__name__})") from None


def _check_audience(claims: Mapping[str, Any], expected: Sequence[str]) -> None:
    """Compare whole addresses, but for one slash at the end (R131)."""
    audience = claims.get("aud")
    named: list[Any] = audience if isinstance(audience, list) else [audience]
    if not all(isinstance(item, str) for item in named):
        raise NotAuthenticated("aud is missing or not text", type(audience).__name__, expected)
    if not {item.removesuffix("/") for item in named} & {url.removesuffix("/") for url in expected}:
        raise NotAuthenticated("aud is not this endpoint", named, expected)


def _check_times(claims: Mapping[str, Any], now: float, longest_lifetime: float) -> float:
    """Return `exp`, when the token is valid now and not for longer than is accepted (R130, R137,
    R138).
    """
    expires, issued = _time_claim(claims, "exp"), _time_claim(claims, "iat")
    if now >= expires + LEEWAY_SECONDS:
        raise NotAuthenticated(
            "the token has expired",
            f"{now - expires:.0f} s ago",
            f"at most {LEEWAY_SECONDS} s ago",
        )
    if issued > now + LEEWAY_SECONDS:
        raise NotAuthenticated(
            "iat is in the future", f"{issued - now:.0f} s ahead", f"at most {LEEWAY_SECONDS} s"
        )
    if "nbf" in claims and _time_claim(claims, "nbf") > now + LEEWAY_SECONDS:
        raise NotAuthenticated("nbf is in the future")
    if not 0 < expires - issued <= longest_lifetime:
        raise NotAuthenticated(
            "the lifetime of the token, from iat to exp, is not accepted",
            f"{expires - issued:.0f} s",
            f"at most {longest_lifetime:.0f} s",
        )
    return expires


def _time_claim(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float | Decimal)
        or not 0 <= value < LATEST_TIME
    ):
        raise NotAuthenticated(f"{name} is missing or not a time")
    return float(value)


def _text_claim(claims: Mapping[str, Any], name: str, longest: int) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest or not value.isprintable():
        raise NotAuthenticated(
            f"{name} is missing or not a text of at most {longest} printable characters"
        )
    return value
