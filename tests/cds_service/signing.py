"""CDS clients of our own making: their keys, their tokens, and tokens that no honest client would
make.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Mapping
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from cds_service.site import Client

NOW = 1_795_000_000.0
ISSUER = "https://ehr.example.org"
JKU = "https://ehr.example.org/jwks.json"
ENDPOINT = "https://cds.example.org/cds-services/b12-order-select"


@cache
def ec_key(curve: str = "P-384", _number: int = 1) -> ec.EllipticCurvePrivateKey:
    """Return a key pair; the same for the same curve and number within one run."""
    curves: dict[str, type[ec.EllipticCurve]] = {
        "P-256": ec.SECP256R1,
        "P-384": ec.SECP384R1,
        "P-521": ec.SECP521R1,
    }
    return ec.generate_private_key(curves[curve]())


@cache
def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def public_jwk(key: Any, kid: str, **members: Any) -> dict[str, Any]:
    """Return the public JWK of a key pair."""
    algorithm = ECAlgorithm if isinstance(key, ec.EllipticCurvePrivateKey) else RSAAlgorithm
    return {**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig", **members}


def client(**members: Any) -> Client:
    """Return a registered client with one static P-384 key, `key-1`."""
    usual: dict[str, Any] = {
        "name": "Main EHR",
        "iss": ISSUER,
        "keys": (public_jwk(ec_key(), "key-1"),),
    }
    return Client(**{**usual, **members})


def claims(**members: Any) -> dict[str, Any]:
    """Return the claims of a good token that was made now; a member given as None is left out."""
    usual = {
        "iss": ISSUER,
        "aud": ENDPOINT,
        "iat": int(NOW),
        "exp": int(NOW) + 300,
        "jti": str(uuid.uuid4()),
    }
    return {name: value for name, value in {**usual, **members}.items() if value is not None}


def sign(body: Mapping[str, Any], key: Any = None, algorithm: str = "ES384", **headers: Any) -> str:
    """Return the `Authorization` header of an honest client."""
    token = jwt.encode(dict(body), key or ec_key(), algorithm, {"kid": "key-1", **headers})
    return f"Bearer {token}"


def encode(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def forge(
    header: Mapping[str, Any] | bytes,
    body: Mapping[str, Any] | bytes,
    make_signature: Any = lambda _: b"",
) -> str:
    """Return an `Authorization` header with any header, any claims and any signature."""
    parts = [
        part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, body)
    ]
    signed = ".".join(encode(part) for part in parts)
    return f"Bearer {signed}.{encode(make_signature(signed.encode()))}"


def raw_signature(
    message: bytes, key: ec.EllipticCurvePrivateKey, digest: hashes.HashAlgorithm
) -> bytes:
    """Return an ECDSA signature in the form of a JWS, with whatever digest."""
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(digest)))
    size = (key.curve.key_size + 7) // 8
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")
