"""`b12-cds token` and `b12-cds call`: test calls as a registered EHR would send them."""

from __future__ import annotations

import argparse
import base64
import json
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import jwt
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from cds_service.decision import say_card_in_words
from cds_service.protocol import BASE, write_json
from cds_service.retrieval import describe_failure, plain_session
from cds_service.site import is_web_url, shown_url
from cli.parsing import (
    Refusal,
    authorities_of,
    cards_of,
    check_file,
    read_file,
    read_input,
    take_authorities,
)
from fhir_mappings.fhir import as_dict

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

LOCAL = "http://127.0.0.1:8080"
TEST_ISSUER = "https://test-client.example.org"
LIFETIME_SECONDS = 300
PATIENCE_SECONDS = 30

SHORTEST_RSA = 2048
"""Bits (R132)."""

CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}


def add_calls(commands: Any) -> None:
    """Add the commands to the parser."""
    token = commands.add_parser(
        "token",
        help="a signed token for a test call; the JWK of a key without an id goes to stderr",
    )
    token.add_argument(
        "--audience",
        default=f"{LOCAL}{BASE}/b12-order-select",
        metavar="URL",
        help="the endpoint that is called (default: %(default)s)",
    )
    _add_signing(token)
    token.set_defaults(run=_print_token)
    call = commands.add_parser(
        "call",
        help="send a hook request as a client would; signed with --key, or when it goes to "
        "another machine",
    )
    call.add_argument("request", metavar="REQUEST", help="a hook request, or - for standard input")
    call.add_argument(
        "--url", default=LOCAL, metavar="BASE", help="the service (default: %(default)s)"
    )
    call.add_argument("--json", action="store_true", help="the answer as it came")
    take_authorities(call)
    _add_signing(call)
    call.set_defaults(run=_call)


def _add_signing(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--key", type=Path, metavar="FILE", help="the private key, as PEM or JWK (default: fresh)"
    )
    command.add_argument(
        "--iss", default=TEST_ISSUER, metavar="ISS", help="the issuer (default: %(default)s)"
    )


def _print_token(chosen: argparse.Namespace) -> int:
    if not is_web_url(chosen.audience):
        raise Refusal(
            f'--audience: found "{shown_url(chosen.audience)}", expected an http or https URL.'
        )
    print(_sign(chosen, chosen.audience))
    return 0


def _call(chosen: argparse.Namespace) -> int:
    body = read_input(chosen.request)
    hook = body.get("hook") if isinstance(body, dict) else None
    if not isinstance(hook, str):
        raise Refusal(f"{chosen.request}: found no hook, expected a hook request.")
    if not is_web_url(chosen.url):
        raise Refusal(f'--url: found "{shown_url(chosen.url)}", expected an http or https URL.')
    url = f"{chosen.url.rstrip('/')}{BASE}/b12-{hook}"
    headers = {"Content-Type": "application/json"}
    if chosen.key or not _is_local(chosen.url):
        headers["Authorization"] = f"Bearer {_sign(chosen, url)}"
    try:
        with plain_session(authorities_of(chosen)) as session:
            answer = session.post(
                url,
                data=write_json(body),
                headers=headers,
                timeout=PATIENCE_SECONDS,
                allow_redirects=False,
            )
    except requests.RequestException as error:
        raise Refusal(f"{chosen.url}: no answer ({describe_failure(error)}).") from None
    return _print_answer(answer, url, chosen.json)


def _is_local(url: str) -> bool:
    return url.startswith(("http://127.0.0.1", "http://localhost", "http://[::1]"))


def _print_answer(answer: requests.Response, url: str, as_json: bool) -> int:
    """Print what came back. The exit status is 1 for anything but a 200."""
    if as_json or answer.status_code != 200:
        print(f"{answer.status_code} {answer.reason}", file=sys.stderr)
        print(answer.text)
    else:
        cards = cards_of(answer)
        if cards is None:
            raise Refusal(
                f"{url}: found status 200 without cards of b12-cds; --json shows what came."
            )
        took = answer.elapsed.total_seconds() * 1000
        counted = "1 card" if len(cards) == 1 else f"{len(cards)} cards"
        print(f"{answer.status_code}, {counted}, {took:.0f} ms")
        for card in cards:
            print(say_card_in_words(card))
        why = as_dict(as_dict(answer.json().get("extension")).get("org.b12-cds")).get("why")
        if why:
            print(why)
    return 0 if answer.status_code == 200 else 1


def _sign(chosen: argparse.Namespace, audience: str) -> str:
    """Return a token good for five minutes; the JWK of a key that brings no id of its own goes to
    stderr, to be registered.
    """
    key, kid = _read_key(chosen.key) if chosen.key else _fresh_key()
    now = int(time.time())
    claims = {
        "iss": chosen.iss,
        "aud": audience,
        "iat": now,
        "exp": now + LIFETIME_SECONDS,
        "jti": str(uuid.uuid4()),
    }
    headers = {"kid": kid, "typ": "JWT"}
    return jwt.encode(claims, key, _algorithm_of(key), headers)


def _fresh_key() -> tuple[PrivateKey, str]:
    return _shown(ec.generate_private_key(ec.SECP384R1()), str(uuid.uuid4()))


def _shown(key: PrivateKey, kid: str) -> tuple[PrivateKey, str]:
    """Print the public half of a key under the id that its tokens name."""
    kind: Any = ECAlgorithm if isinstance(key, ec.EllipticCurvePrivateKey) else RSAAlgorithm
    public = kind.to_jwk(key.public_key(), as_dict=True)
    jwk = {**public, "kid": kid, "use": "sig", "alg": _algorithm_of(key)}
    print(f"public key of this token: {json.dumps(jwk)}", file=sys.stderr)
    return key, kid


def _algorithm_of(key: PrivateKey) -> str:
    return CURVES[key.curve.name] if isinstance(key, ec.EllipticCurvePrivateKey) else "RS384"


def _read_key(path: Path) -> tuple[PrivateKey, str]:
    """Return the private key and its id, the same for the same file where it names none."""
    check_file(path)
    content = read_file(str(path))
    try:
        if content.lstrip().startswith(b"{"):
            jwk = json.loads(content)
            kind = ECAlgorithm if jwk.get("kty") == "EC" else RSAAlgorithm
            key: Any = kind.from_jwk(jwk)
            if jwk.get("kid"):
                return _private(key, path), str(jwk["kid"])
        else:
            key = serialization.load_pem_private_key(content, None)
        return _shown(_private(key, path), _kid_of(content))
    except (ValueError, TypeError, jwt.InvalidKeyError):
        found = "a key with a passphrase" if b"ENCRYPTED" in content else "no private key"
        raise Refusal(
            f"{path}: found {found}, expected PEM or JWK, EC or RSA, without a passphrase."
        ) from None


def _kid_of(content: bytes) -> str:
    """Return an id that is the same for the same key file."""
    return base64.urlsafe_b64encode(uuid.uuid5(uuid.NAMESPACE_OID, content.hex()).bytes).decode()


def _private(key: Any, path: Path) -> PrivateKey:
    known = isinstance(key, rsa.RSAPrivateKey) or (
        isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in CURVES
    )
    if not known:
        raise Refusal(f"{path}: found a key of another kind, expected a private EC or RSA key.")
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < SHORTEST_RSA:
        raise Refusal(
            f"{path}: the RSA key has {key.key_size} bits, which the service refuses; expected "
            f"{SHORTEST_RSA} or more."
        )
    private: PrivateKey = key
    return private
