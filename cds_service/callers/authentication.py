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
from decimal import Decimal
from typing import Any, Protocol

import jwt
import msgspec

from cds_service.callers.key_sets import KeySets
from cds_service.callers.refusals import NotAuthenticated, kind_of, listed, shown
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
ACCEPTED = sorted(ALGORITHMS)
EXPECTED_PART = "base64url of a JSON object"
LATEST_TIME = 10**11
"""No `exp`, `iat` or `nbf` is read beyond it: it lies in the year 5138, and milliseconds given for
seconds are beyond.
"""


class Caller(msgspec.Struct, frozen=True):
    """The registered client that signed a request, and what its token says about the call; empty
    where there was no token.
    """

    client: Client
    issuer: str = ""
    tenant: str = ""
    token_id: str = ""

    @property
    def whose_ids(self) -> str:
        """Whose patients, users and encounters the ids of the call name: the issuer's, or those of
        one of its tenants. One issuer may serve many hospitals, each with a patient 4711.
        """
        return f"{self.issuer}\n{self.tenant}" if self.tenant else self.issuer


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
    key = keys.find_key(client, header["kid"], algorithm, now)
    if key is None:
        raise NotAuthenticated(
            "no usable key of this client has the kid and suits the alg",
            f"kid {shown(header['kid'])}, alg {algorithm}",
            keys.describe(client, now),
        )
    _check_signature(token, algorithm, key)
    _check_audience(claims, [*endpoint_urls, *client.audiences])
    expires = _check_times(claims, now, longest_lifetime)
    token_id = _text_claim(claims, "jti", LONGEST_TOKEN_ID)
    if not replay.remember_token(client.iss, token_id, expires + LEEWAY_SECONDS):
        raise NotAuthenticated(
            "the token was used before", "a jti known from this issuer", "a new jti for each call"
        )
    tenant = claims.get("tenant")
    return Caller(client, client.iss, tenant if isinstance(tenant, str) else "", token_id)


def _read_authorization(authorization: str | None) -> str:
    if not authorization:
        raise NotAuthenticated("no Authorization header", "none", "Bearer and a token")
    if len(authorization) > LONGEST_TOKEN:
        raise NotAuthenticated(
            f"the token is longer than {LONGEST_TOKEN} characters",
            f"{len(authorization)} characters",
            f"at most {LONGEST_TOKEN}",
        )
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
    except (Problem, binascii.Error, UnicodeEncodeError) as error:
        raise NotAuthenticated(
            f"the {name} of the token is not base64url of strict JSON",
            "no strict JSON" if isinstance(error, Problem) else "no base64url",
            f"{EXPECTED_PART}, each name once",
        ) from None
    if not isinstance(value, dict):
        raise NotAuthenticated(
            f"the {name} of the token is not a JSON object", kind_of(value), EXPECTED_PART
        )
    return value


def _check_header(header: Mapping[str, Any]) -> str:
    """Return the algorithm, when it is one that can be accepted at all (R129, R132)."""
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise NotAuthenticated(
            "alg is not an accepted asymmetric algorithm", shown(algorithm), ", ".join(ACCEPTED)
        )
    if "typ" in header and (not isinstance(header["typ"], str) or header["typ"].upper() != "JWT"):
        raise NotAuthenticated("typ is not JWT", shown(header["typ"]), "JWT, or no typ")
    if "crit" in header or header.get("b64", True) is not True:
        raise NotAuthenticated(
            "the header demands an extension that is not supported",
            f"crit {shown(header['crit'])}" if "crit" in header else "b64 other than true",
            "no crit, and no b64 other than true",
        )
    if not isinstance(kid, str) or not kid:
        raise NotAuthenticated("kid is missing", kind_of(kid), "a text, the kid of the key")
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
        raise NotAuthenticated(
            "alg is not allowed for this client", algorithm, listed(client.algorithms)
        )
    if client.jku and "jku" in header and header["jku"] != client.jku:
        raise NotAuthenticated(
            "jku is not the registered one", shown(header["jku"]), shown(client.jku)
        )
    return client


def _not_registered(clients: Sequence[Client], issuer: object, tenant: object) -> NotAuthenticated:
    tenants = [one for client in clients if client.iss == issuer for one in client.tenants]
    if tenants:
        return NotAuthenticated(
            "iss is not registered with this tenant", shown(tenant), listed(tenants)
        )
    known = [client.iss for client in clients]
    return NotAuthenticated("iss is not registered", shown(issuer), listed(known))


def _check_signature(token: str, algorithm: str, key: PublicKey) -> None:
    try:
        jwt.PyJWS().decode(token, key=key.key, algorithms=[algorithm])
    except jwt.PyJWTError as error:
        raise NotAuthenticated(
            f"the signature does not hold ({type(error).__name__})",
            "a signature by another key, or of other words",
            f"a signature by the key {shown(key.kid)} with {algorithm}",
        ) from None


def _check_audience(claims: Mapping[str, Any], expected: Sequence[str]) -> None:
    """Compare whole addresses, but for one slash at the end (R131)."""
    audience = claims.get("aud")
    named: list[Any] = audience if isinstance(audience, list) else [audience]
    if not all(isinstance(item, str) for item in named):
        raise NotAuthenticated("aud is missing or not text", shown(audience), listed(expected))
    if not {item.removesuffix("/") for item in named} & {url.removesuffix("/") for url in expected}:
        raise NotAuthenticated("aud is not this endpoint", shown(audience), listed(expected))


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
        raise _ahead("iat", issued - now)
    if "nbf" in claims and (begins := _time_claim(claims, "nbf")) > now + LEEWAY_SECONDS:
        raise _ahead("nbf", begins - now)
    if not 0 < expires - issued <= longest_lifetime:
        raise NotAuthenticated(
            "the lifetime of the token, from iat to exp, is not accepted",
            f"{expires - issued:.0f} s",
            f"at most {longest_lifetime:.0f} s",
        )
    return expires


def _ahead(name: str, seconds: float) -> NotAuthenticated:
    return NotAuthenticated(
        f"{name} is in the future", f"{seconds:.0f} s ahead", f"at most {LEEWAY_SECONDS} s"
    )


def _time_claim(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float | Decimal)
        or not 0 <= value < LATEST_TIME
    ):
        raise NotAuthenticated(
            f"{name} is missing or not a time",
            kind_of(value),
            f"seconds since 1970, a number of at most {len(str(LATEST_TIME)) - 1} digits",
        )
    return float(value)


def _text_claim(claims: Mapping[str, Any], name: str, longest: int) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest or not value.isprintable():
        odd = isinstance(value, str) and not value.isprintable()
        raise NotAuthenticated(
            f"{name} is missing or not a text of at most {longest} printable characters",
            f"{kind_of(value)}{', some not printable' if odd else ''}",
            f"a text of 1 to {longest} printable characters",
        )
    return value
