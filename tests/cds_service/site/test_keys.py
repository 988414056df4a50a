"""Which keys are used and which are not: R132, R134, R140."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from cds_service.site.keys import (
    ALGORITHMS,
    PUBLIC_TEST_KEYS,
    check_key,
    is_public_test_key,
    published_by,
    read_key,
    read_keys,
)
from tests.cds_service.signing import ec_key, public_jwk, rsa_key

SANDBOX = {
    "kty": "EC",
    "crv": "P-384",
    "x": "dw_JGR8nB2I6XveNxUOl2qk699ZPLM2nYI5STSdiEl9avAkrm3CkfYMbrrjr8laB",
    "y": "Sm3mLE-n1zYNla_aiE3cb3nZsL51RbC7ysw3q8aJLxGm-hx79RPMYpITDjp7kgzy",
}
SPECIFICATION = {
    "kty": "EC",
    "crv": "P-384",
    "x": "46SDH7Znh821wblCBglA61sNE9ZrHYKKt3qRtRTmSXyOI_FIGBLWrWa0GPUkDCEk",
    "y": "XMcRuuoGW7CXjQdy-F5i3FeBE0x9hPLdeFdSoDd3ELmx404tLX0VRRcqzAsPhXcI",
}
INFERNO_EC = {
    "kty": "EC",
    "crv": "P-384",
    "x": "JQKTsV6PT5Szf4QtDA1qrs0EJ1pbimQmM2SKvzOlIAqlph3h1OHmZ2i7MXahIF2C",
    "y": "bRWWQRJBgDa6CTgwofYrHjVGcO-A7WNEnu4oJA5OUJPPPpczgx1g2NsfinK-D2Rw",
}
INFERNO_RSA = {
    "kty": "RSA",
    "e": "AQAB",
    "n": "vjbIzTqiY8K8zApeNng5ekNNIxJfXAue9BjoMrZ9Qy9m7yIA"
    "-tf6muEupEXWhq70tC7vIGLqJJ4O8m7yiH8H2qklX2mCAMg3xG3nbykY2X7JXtW9P8VIdG0sAMt5aZQn"
    "UGCgSS3n0qaooGn2LUlTGIR88Qi-4Nrao9_3Ki3UCiICeCiAE224jGCg0OlQU6qj2gEB3o-DWJFlG_dz1y-Mxo5ivaeM0vWuodjDrp-aiabJcSF_dx26sdC9dZdBKXFDq0t1"
    "9I9S9AyGpGDJwzGRtWHY6LsskNHLvo8Zb5AsJ9eRZKpnh30SYBZI9WHtzU85M9WQqdScR69Vyp-6Uhfbvw",
}
PUBLISHED = {
    "sandbox": SANDBOX,
    "specification": SPECIFICATION,
    "inferno EC": INFERNO_EC,
    "inferno RSA": INFERNO_RSA,
}


@pytest.mark.parametrize("jwk", PUBLISHED.values(), ids=PUBLISHED.keys())
def test_a_key_whose_private_half_is_published_is_known_whatever_it_is_called_R140(
    jwk: dict[str, Any],
) -> None:
    assert is_public_test_key(jwk)
    assert is_public_test_key({**jwk, "kid": "our-own-key", "use": "sig"})
    assert read_keys([{**jwk, "kid": "k"}], production=False)
    assert not read_keys([{**jwk, "kid": "k"}], production=True)


def test_a_published_key_is_known_in_another_spelling_of_its_numbers_R140() -> None:
    modulus = base64.urlsafe_b64decode(INFERNO_RSA["n"] + "==")
    padded = base64.urlsafe_b64encode(b"\0\0" + modulus).decode()

    assert is_public_test_key({**INFERNO_RSA, "n": padded})


def test_every_published_key_of_the_list_is_tested_R140() -> None:
    assert {published_by(read_key({**jwk, "kid": "k"}).key) for jwk in PUBLISHED.values()} == set(
        PUBLIC_TEST_KEYS.values()
    )


@pytest.mark.parametrize("jwk", [public_jwk(ec_key(), "k"), {"kty": "EC"}, {}, None, "key"])
def test_other_things_are_no_published_keys_R140(jwk: object) -> None:
    assert not is_public_test_key(jwk)


@pytest.mark.parametrize(("bits", "usable"), [(2047, False), (2048, True), (2056, True)])
def test_an_rsa_key_below_2048_bits_is_not_used_R132(bits: int, usable: bool) -> None:
    problem = check_key(public_jwk(rsa_key(bits), "k"))

    assert problem == ("" if usable else "the RSA key has 2047 bits; accepted are 2048 to 8192")


@pytest.mark.parametrize(
    ("curve", "algorithm"), [("P-256", "ES256"), ("P-384", "ES384"), ("P-521", "ES512")]
)
def test_a_curve_suits_one_algorithm_alone_R132(curve: str, algorithm: str) -> None:
    key = read_key(public_jwk(ec_key(curve), "k"))

    assert {candidate for candidate in ALGORITHMS if key.suits(candidate)} == {algorithm}


GOOD = public_jwk(ec_key(), "k")
UNUSABLE: dict[str, tuple[object, str]] = {
    "not an object": (["kty"], "JSON object"),
    "no kid": ({name: GOOD[name] for name in ("kty", "crv", "x", "y")}, "kid"),
    "an empty kid": ({**GOOD, "kid": ""}, "kid"),
    "a kid that is a number": ({**GOOD, "kid": 1}, "kid"),
    "a shared secret": ({"kty": "oct", "k": "c2VjcmV0", "kid": "k"}, "kty"),
    "a shared secret's algorithm": ({**GOOD, "alg": "HS256"}, "algorithm"),
    "an algorithm that is an array": ({**GOOD, "alg": ["ES384"]}, "algorithm"),
    "an algorithm of another kind of key": ({**GOOD, "alg": "RS384"}, "suit"),
    "an algorithm of another curve": ({**GOOD, "alg": "ES256"}, "suit"),
    "a curve that is not accepted": (public_jwk(ec_key(), "k", crv="secp256k1"), "cannot be read"),
    "meant for encryption": ({**GOOD, "use": "enc"}, "use or key_ops"),
    "meant for signing": ({**GOOD, "key_ops": ["sign"]}, "use or key_ops"),
    "key_ops that is a number": ({**GOOD, "key_ops": 1}, "use or key_ops"),
    "no coordinate": (
        {name: value for name, value in GOOD.items() if name != "y"},
        "cannot be read",
    ),
    "a coordinate that is no text": ({**GOOD, "x": 5}, "cannot be read"),
    "a point off the curve": ({**GOOD, "x": GOOD["y"], "y": GOOD["x"]}, ""),
}


@pytest.mark.parametrize(("jwk", "why"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_a_key_that_cannot_check_signatures_is_said_to_be_so_R134(jwk: object, why: str) -> None:
    problem = check_key(jwk)

    assert problem
    assert why in problem
    assert GOOD["x"] not in problem
    assert read_keys([jwk, GOOD], production=True) == read_keys([GOOD], production=True)


def test_of_a_private_key_only_the_public_half_is_held_R140() -> None:
    private = {
        **GOOD,
        "d": base64.urlsafe_b64encode(ec_key().private_numbers().private_value.to_bytes(48, "big"))
        .decode()
        .rstrip("="),
    }

    assert read_key(private).key.public_numbers() == ec_key().public_key().public_numbers()
    assert not hasattr(read_key(private).key, "sign")
