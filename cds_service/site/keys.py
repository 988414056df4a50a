"""The public keys of CDS clients: which algorithms are accepted, which keys suit them, and which
keys the whole world holds; and the certificates of authorities that a site trusts besides.

Source: R132, R134, R140.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from jwt.exceptions import PyJWTError

ParsedKey = EllipticCurvePublicKey | RSAPublicKey

CURVES: Mapping[str, str] = {"ES256": "secp256r1", "ES384": "secp384r1", "ES512": "secp521r1"}
"""The one curve that each elliptic curve algorithm is used with."""

RSA_ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
ALGORITHMS = frozenset(CURVES) | RSA_ALGORITHMS
"""Every algorithm a client may be allowed; all asymmetric, so neither `none` nor a shared secret
can ever verify (R132).
"""

RSA_BITS = range(2048, 8193)
"""Sizes of RSA keys that are used: below they are weak, above they cost the service more than they
protect.
"""

PUBLIC_TEST_KEYS: Mapping[str, str] = {
    "a92f345bc2468b6f01e728ddb063c4e54390540db110ddd6930748da2368d983": "the CDS Hooks sandbox",
    "a093d0566297b33c4d987402180e00c3fcc3cd60f43c8244ad9ef1cf64a907de": (
        "the example of the CDS Hooks specification"
    ),
    "d0c6d4c5de2d29c5015887e6465f48f99d99e645929ada338a5f5d06248120a2": (
        "the Inferno CRD test kit (ES384)"
    ),
    "2e370f6253577b7657591f0c6e8fec7371df71bd62fe885ff6c2a554d1149b63": (
        "the Inferno CRD test kit (RS384)"
    ),
}
"""Keys whose private half is published, by the SHA-256 of their SubjectPublicKeyInfo (R140)."""


class PublicKey(msgspec.Struct, frozen=True):
    """One key of a client: its id, the algorithm it is meant for (empty: any that suits), and the
    parsed key.
    """

    kid: str
    algorithm: str
    key: ParsedKey

    def suits(self, algorithm: str) -> bool:
        """Say whether a signature made with this algorithm may be checked with this key."""
        if self.algorithm not in ("", algorithm):
            return False
        if isinstance(self.key, EllipticCurvePublicKey):
            return self.key.curve.name == CURVES.get(algorithm)
        return algorithm in RSA_ALGORITHMS


def read_key(jwk: object) -> PublicKey:
    """Return the public half of a JWK.

    Raises: ValueError in words when the key cannot be used to check a signature; the words hold no
    key material.
    """
    if not isinstance(jwk, Mapping):
        raise ValueError("a key is a JSON object with kty, kid and the public members")
    kid, algorithm, operations = jwk.get("kid"), jwk.get("alg", ""), jwk.get("key_ops", ["verify"])
    if not isinstance(kid, str) or not kid:
        raise ValueError("the key has no kid, so no token can name it")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS | {""}:
        raise ValueError(
            "the key names an algorithm that is not accepted; accepted are "
            + ", ".join(sorted(ALGORITHMS))
        )
    if (
        jwk.get("use", "sig") != "sig"
        or not isinstance(operations, list)
        or "verify" not in operations
    ):
        raise ValueError("the key is not meant for checking signatures (use or key_ops)")
    key = PublicKey(kid, algorithm, _parse(jwk))
    if not any(key.suits(candidate) for candidate in ALGORITHMS):
        raise ValueError("the key does not suit its own algorithm, or its curve is not accepted")
    return key


def _parse(jwk: Mapping[str, Any]) -> ParsedKey:
    """Parse the public members only, so that a private key pasted by mistake is never held."""
    try:
        match jwk.get("kty"):
            case "EC":
                key: Any = ECAlgorithm.from_jwk(
                    {name: jwk.get(name) for name in ("kty", "crv", "x", "y")}
                )
            case "RSA":
                key = RSAAlgorithm.from_jwk({name: jwk.get(name) for name in ("kty", "n", "e")})
            case _:
                raise ValueError("kty is neither EC nor RSA")
    except (PyJWTError, TypeError, AttributeError) as error:
        raise ValueError(
            f"the public members of the key cannot be read ({type(error).__name__})"
        ) from None
    if isinstance(key, RSAPublicKey) and key.key_size not in RSA_BITS:
        raise ValueError(
            f"the RSA key has {key.key_size} bits; accepted are {RSA_BITS.start} to "
            f"{RSA_BITS.stop - 1}"
        )
    if not isinstance(key, EllipticCurvePublicKey | RSAPublicKey):
        raise ValueError("the key is not a public key")
    return key


def published_by(key: ParsedKey) -> str:
    """Name who publishes the private half of this key; empty for a key that nobody is known to
    publish.
    """
    encoded = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return PUBLIC_TEST_KEYS.get(hashlib.sha256(encoded).hexdigest(), "")


def is_public_test_key(jwk: object) -> bool:
    """Say whether the private half of a JWK is published, so that anybody could sign with it
    (R140).
    """
    try:
        return bool(published_by(_parse(jwk))) if isinstance(jwk, Mapping) else False
    except ValueError:
        return False


def check_key(jwk: object) -> str:
    """Say in one clause why a key cannot be used; empty when it can."""
    try:
        read_key(jwk)
    except ValueError as error:
        return str(error)
    return ""


def read_keys(jwks: Iterable[object], production: bool) -> tuple[PublicKey, ...]:
    """Return the usable ones among the keys of a set; in production none whose private half is
    published.
    """
    usable = [read_key(jwk) for jwk in jwks if not check_key(jwk)]
    return tuple(key for key in usable if not (production and published_by(key.key)))


def read_authorities(path: Path) -> str:
    """Return the certificates of a PEM file as PEM text, and nothing else that stands in it.

    Raises: ValueError in one clause when it cannot be read, or holds no certificate.
    """
    try:
        certificates = x509.load_pem_x509_certificates(path.read_bytes())
    except OSError as error:
        raise ValueError(f"cannot be read ({error.strerror or type(error).__name__})") from None
    except ValueError:
        raise ValueError(
            "expected certificates as PEM text, each from -----BEGIN CERTIFICATE----- on"
        ) from None
    return "".join(one.public_bytes(Encoding.PEM).decode("ascii") for one in certificates)


def named_key_file(store: Mapping[str, Any], folder: Path, problems: list[str]) -> Path | None:
    """Return the file of the key of kept requests, where `[store]` names it."""
    named = store.get("keep_requests_key_file", "")
    if store.get("keep_requests_days") and not named:
        problems.append(
            "store.keep_requests_key_file: is missing; kept requests are encrypted with a key that "
            "stands outside the database."
        )
    return folder / named if named else None


def named_authorities(service: Mapping[str, Any], folder: Path, problems: list[str]) -> str:
    """Return the text of the file of authorities, where `[service]` names it."""
    named = service.get("ca_file", "")
    try:
        return read_authorities(folder / named) if named else ""
    except ValueError as error:
        problems.append(f"service.ca_file: {folder / named} {error}.")
        return ""
