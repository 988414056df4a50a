"""Who is let in, and who is not: R127 to R138, and the negative matrix IT29."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.callers.authentication import (
    LEEWAY_SECONDS,
    LONGEST_LIFETIME_SECONDS,
    Caller,
    NotAuthenticated,
    authenticate,
)
from cds_service.callers.key_sets import KeySets
from cds_service.records.tokens import TokenMemory
from cds_service.site import Client
from tests.cds_service.signing import (
    ENDPOINT,
    ISSUER,
    JKU,
    NOW,
    claims,
    client,
    ec_key,
    forge,
    public_jwk,
    raw_signature,
    rsa_key,
    sign,
)


class Tokens(TokenMemory):
    """A place to remember token ids that lives as long as one test."""

    def remember_token(self, issuer: str, token_id: str, expires: float) -> bool:
        return self.add(issuer, token_id, expires)


def call(
    authorization: str | None,
    clients: Sequence[Client] | None = None,
    urls: Sequence[str] = (ENDPOINT,),
    now: float = NOW,
    tokens: Tokens | None = None,
    **options: Any,
) -> Caller:
    registered = [client()] if clients is None else clients
    return authenticate(
        authorization,
        urls,
        KeySets(registered, production=True),
        tokens or Tokens(),
        now,
        **options,
    )


def refusal(authorization: str | None, **options: Any) -> str:
    """Return why a call is refused, and see that it was not remembered as a use of its token."""
    tokens = Tokens()
    with pytest.raises(NotAuthenticated) as refused:
        call(authorization, tokens=tokens, **options)
    assert tokens.add(ISSUER, "a", NOW)
    assert len(tokens._expires) == 1
    return refused.value.reason


class TestLetIn:
    def test_a_registered_client_is_known_by_its_token_R127(self) -> None:
        caller = call(sign(claims(jti="id-1", tenant="north")))

        assert caller == Caller(client(), ISSUER, "north", "id-1")

    @pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"])
    def test_every_rsa_algorithm_that_a_client_is_allowed_verifies_R132(
        self, algorithm: str
    ) -> None:
        registered = client(keys=(public_jwk(rsa_key(), "key-1"),), algorithms=(algorithm,))

        assert call(sign(claims(), rsa_key(), algorithm), [registered]).client is registered

    @pytest.mark.parametrize(
        ("algorithm", "curve"), [("ES256", "P-256"), ("ES384", "P-384"), ("ES512", "P-521")]
    )
    def test_every_curve_verifies_with_its_own_algorithm_R132(
        self, algorithm: str, curve: str
    ) -> None:
        registered = client(keys=(public_jwk(ec_key(curve), "key-1"),), algorithms=(algorithm,))

        assert call(sign(claims(), ec_key(curve), algorithm), [registered]).client is registered

    def test_typ_may_be_missing_R129(self) -> None:
        token = forge(
            {"alg": "ES384", "kid": "key-1"},
            claims(),
            lambda message: raw_signature(message, ec_key(), hashes.SHA384()),
        )

        assert call(token).issuer == ISSUER

    @pytest.mark.parametrize(
        "audience",
        [ENDPOINT, ENDPOINT + "/", [ENDPOINT], ["https://elsewhere.example.org", ENDPOINT]],
    )
    def test_aud_is_the_endpoint_as_text_or_in_an_array_R130_R131(self, audience: object) -> None:
        assert call(sign(claims(aud=audience))).issuer == ISSUER

    def test_one_slash_at_the_end_of_the_public_url_is_no_difference_R131(self) -> None:
        assert call(sign(claims()), urls=[ENDPOINT + "/"]).issuer == ISSUER

    def test_a_client_may_have_an_audience_of_its_own_R131(self) -> None:
        assert call(sign(claims(aud="cds-b12")), [client(audiences=("cds-b12",))]).issuer == ISSUER

    @pytest.mark.parametrize("audience", [ENDPOINT, ENDPOINT + "/feedback"])
    def test_feedback_accepts_its_own_url_and_that_of_the_service_R121(self, audience: str) -> None:
        assert (
            call(sign(claims(aud=audience)), urls=[ENDPOINT + "/feedback", ENDPOINT]).issuer
            == ISSUER
        )

    def test_claims_of_other_standards_are_of_no_matter_R130(self) -> None:
        assert (
            call(sign(claims(sub="client-17", nbf=int(NOW) - 300, extension={"a": 1}))).issuer
            == ISSUER
        )

    def test_no_jku_is_asked_for_where_keys_are_static_and_none_is_registered_R134(
        self,
    ) -> None:
        assert call(sign(claims(), jku="https://anywhere.example.org/keys")).issuer == ISSUER

    def test_the_registered_jku_may_be_left_out_of_the_token_R134(self) -> None:
        assert call(sign(claims()), [client(jku=JKU)]).issuer == ISSUER

    def test_two_clients_of_one_issuer_are_told_apart_by_tenant_R137(self) -> None:
        north, south = (
            client(name="North", tenants=("north",)),
            client(name="South", tenants=("south",)),
        )

        assert call(sign(claims(tenant="south")), [north, south]).client is south

    def test_the_scheme_is_read_in_any_case_R127(self) -> None:
        assert call(sign(claims()).replace("Bearer", "bearer")).issuer == ISSUER


def _with_hs256(secret: bytes) -> str:
    header = {"alg": "HS256", "typ": "JWT", "kid": "key-1"}
    return forge(
        header, claims(), lambda message: hmac.new(secret, message, hashlib.sha256).digest()
    )


def _pem() -> bytes:
    return (
        ec_key()
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def _signed(header: dict[str, Any], body: dict[str, Any] | bytes) -> str:
    return forge(header, body, lambda message: raw_signature(message, ec_key(), hashes.SHA384()))


GOOD_HEADER = {"alg": "ES384", "typ": "JWT", "kid": "key-1"}

FORGERIES: dict[str, tuple[Callable[[], str | None], str]] = {
    "no header at all": (lambda: None, "no Authorization"),
    "an empty header": (lambda: "", "no Authorization"),
    "basic authentication": (lambda: "Basic dXNlcjpwYXNz", "one Bearer token"),
    "no token after the scheme": (lambda: "Bearer ", "one Bearer token"),
    "two tokens": (lambda: sign(claims()) + " " + sign(claims())[7:], "one Bearer token"),
    "a token of two parts": (lambda: "Bearer a.b", "three parts"),
    "a token of four parts": (lambda: sign(claims()) + ".e30", "three parts"),
    "a part that is not base64url": (lambda: "Bearer !!.e30.e30", "base64url"),
    "a part that is not text": (lambda: "Bearer ü.e30.e30", "base64url"),
    "a header that is not an object": (lambda: forge(b"[]", claims()), "not a JSON object"),
    "claims that are not an object": (lambda: _signed(GOOD_HEADER, b'"x"'), "not a JSON object"),
    "claims with a name twice": (
        lambda: _signed(GOOD_HEADER, b'{"iss":"https://ehr.example.org","iss":"x"}'),
        "strict JSON",
    ),
    "a token beyond the size limit": (lambda: sign(claims(padding="x" * 8000)), "longer than"),
    "alg none": (
        lambda: forge({"alg": "none", "typ": "JWT", "kid": "key-1"}, claims()),
        "asymmetric",
    ),
    "alg None in other case": (
        lambda: forge({"alg": "nOnE", "typ": "JWT", "kid": "key-1"}, claims()),
        "asymmetric",
    ),
    "alg missing": (lambda: forge({"typ": "JWT", "kid": "key-1"}, claims()), "asymmetric"),
    "alg that is an array": (
        lambda: forge({"alg": ["ES384"], "kid": "key-1"}, claims()),
        "asymmetric",
    ),
    "HS256 with the public key as the secret": (lambda: _with_hs256(_pem()), "asymmetric"),
    "EdDSA": (lambda: forge({"alg": "EdDSA", "kid": "key-1"}, claims()), "asymmetric"),
    "an algorithm this client may not use": (
        lambda: forge({"alg": "ES256", "kid": "key-1"}, claims()),
        "not allowed for this client",
    ),
    "typ of something else": (lambda: sign(claims(), typ="at+jwt"), "typ"),
    "a critical extension": (
        lambda: _signed({**GOOD_HEADER, "crit": ["exp"]}, claims()),
        "extension",
    ),
    "an unencoded payload": (lambda: _signed({**GOOD_HEADER, "b64": False}, claims()), "extension"),
    "kid missing": (lambda: _signed({"alg": "ES384", "typ": "JWT"}, claims()), "kid"),
    "kid that is a number": (lambda: _signed({**GOOD_HEADER, "kid": 1}, claims()), "kid"),
    "kid that is not in the set": (lambda: sign(claims(), kid="key-2"), "no usable key"),
    "iss missing": (lambda: sign(claims(iss=None)), "iss"),
    "iss not registered": (lambda: sign(claims(iss="https://other.example.org")), "iss"),
    "iss with a slash more": (lambda: sign(claims(iss=ISSUER + "/")), "iss"),
    "iss that is an array": (lambda: _signed(GOOD_HEADER, claims(iss=[ISSUER])), "iss"),
    "another client's key": (lambda: sign(claims(), ec_key("P-384", 2)), "signature"),
    "no signature": (lambda: forge(GOOD_HEADER, claims()), "signature"),
    "RS384 signed but ES384 declared": (
        lambda: forge(
            GOOD_HEADER,
            claims(),
            lambda message: rsa_key().sign(message, padding.PKCS1v15(), hashes.SHA384()),
        ),
        "signature",
    ),
    "a key of its own in the header": (
        lambda: sign(claims(), ec_key("P-384", 2), jwk=public_jwk(ec_key("P-384", 2), "key-1")),
        "signature",
    ),
    "aud missing": (lambda: sign(claims(aud=None)), "aud"),
    "aud of another service": (
        lambda: sign(claims(aud="https://cds.example.org/cds-services/b12-order-sign")),
        "aud",
    ),
    "aud that is only the host": (lambda: sign(claims(aud="https://cds.example.org")), "aud"),
    "aud with two slashes at the end": (lambda: sign(claims(aud=ENDPOINT + "//")), "aud"),
    "aud in capitals": (lambda: sign(claims(aud=ENDPOINT.upper())), "aud"),
    "aud that is an empty array": (lambda: sign(claims(aud=[])), "aud"),
    "aud array with a number": (lambda: _signed(GOOD_HEADER, claims(aud=[ENDPOINT, 1])), "aud"),
    "exp missing": (lambda: sign(claims(exp=None)), "exp"),
    "exp that is text": (lambda: _signed(GOOD_HEADER, claims(exp=str(int(NOW) + 300))), "exp"),
    "exp that is true": (lambda: _signed(GOOD_HEADER, claims(exp=True)), "exp"),
    "exp in milliseconds": (lambda: sign(claims(exp=int(NOW + 300) * 1000)), "exp"),
    "exp beyond all numbers": (
        lambda: _signed(
            GOOD_HEADER,
            b'{"iss":"https://ehr.example.org","aud":"%s","exp":1e999}' % ENDPOINT.encode(),
        ),
        "exp",
    ),
    "iat missing": (lambda: sign(claims(iat=None)), "iat"),
    "iat in the future": (lambda: sign(claims(iat=int(NOW) + 120)), "iat"),
    "nbf in the future": (lambda: sign(claims(nbf=int(NOW) + 120)), "nbf"),
    "nbf that is text": (lambda: _signed(GOOD_HEADER, claims(nbf="now")), "nbf"),
    "exp before iat": (lambda: sign(claims(iat=int(NOW) + 30, exp=int(NOW) - 30)), "lifetime"),
    "jti missing": (lambda: sign(claims(jti=None)), "jti"),
    "jti empty": (lambda: sign(claims(jti="")), "jti"),
    "jti that is a number": (lambda: _signed(GOOD_HEADER, claims(jti=7)), "jti"),
    "jti too long to keep": (lambda: sign(claims(jti="x" * 256)), "jti"),
    "jti with a control character": (lambda: sign(claims(jti="a\0b")), "jti"),
}


@pytest.mark.parametrize(("make", "why"), FORGERIES.values(), ids=FORGERIES.keys())
def test_a_token_that_is_not_good_in_every_way_is_refused_R137(
    make: Callable[[], str | None], why: str
) -> None:
    """Each is good but for what its name says (IT29)."""
    assert why in refusal(make())


@pytest.mark.parametrize(
    ("algorithm", "key", "kid_key"),
    [("ES384", "P-256", "P-256"), ("ES384", "P-521", "P-521"), ("ES256", "P-384", "P-384")],
)
def test_a_key_of_another_curve_does_not_verify_an_algorithm_R132(
    algorithm: str, key: str, kid_key: str
) -> None:
    registered = client(
        keys=(public_jwk(ec_key(kid_key), "key-1"),), algorithms=("ES256", "ES384", "ES512")
    )
    token = forge(
        {**GOOD_HEADER, "alg": algorithm},
        claims(),
        lambda message: raw_signature(message, ec_key(key), hashes.SHA384()),
    )

    assert "suits the alg" in refusal(token, clients=[registered])


def test_a_key_meant_for_one_algorithm_verifies_no_other_R132() -> None:
    registered = client(
        keys=(public_jwk(rsa_key(), "key-1", alg="RS384"),), algorithms=("RS384", "PS384")
    )

    assert "suits the alg" in refusal(sign(claims(), rsa_key(), "PS384"), clients=[registered])


def test_a_foreign_jku_is_refused_whatever_key_signed_R133_R135() -> None:
    assert "jku" in refusal(
        sign(claims(), jku="https://attacker.example.org/keys"), clients=[client(jku=JKU)]
    )


def test_a_jku_is_compared_as_a_whole_R135() -> None:
    assert "jku" in refusal(sign(claims(), jku=JKU + "?x"), clients=[client(jku=JKU)])


@pytest.mark.parametrize("tenant", [None, "south", ["north"], 1])
def test_a_tenant_that_is_not_registered_is_refused_R137(tenant: object) -> None:
    assert "tenant" in refusal(
        _signed(GOOD_HEADER, claims(tenant=tenant)), clients=[client(tenants=("north",))]
    )


def test_nobody_is_registered_so_nobody_is_let_in_R133() -> None:
    assert "iss" in refusal(sign(claims()), clients=[])


@pytest.mark.parametrize(
    ("late", "let_in"),
    [(59, True), (60, False), (61, False)],
)
def test_exp_may_be_past_by_less_than_the_leeway_R137(late: int, let_in: bool) -> None:
    token = sign(claims(iat=int(NOW) - 300, exp=int(NOW) - late))

    assert (call(token).issuer == ISSUER) if let_in else ("expired" in refusal(token))


@pytest.mark.parametrize("claim", ["iat", "nbf"])
@pytest.mark.parametrize(
    ("early", "let_in"),
    [(59, True), (60, True), (61, False)],
)
def test_iat_and_nbf_may_be_ahead_by_the_leeway_R137(claim: str, early: int, let_in: bool) -> None:
    token = sign(claims(**{claim: int(NOW) + early}))

    assert (call(token).issuer == ISSUER) if let_in else ("future" in refusal(token))


@pytest.mark.parametrize(
    ("lifetime", "let_in"), [(3599, True), (LONGEST_LIFETIME_SECONDS, True), (3601, False)]
)
def test_a_lifetime_above_an_hour_is_refused_R138(lifetime: int, let_in: bool) -> None:
    token = sign(claims(exp=int(NOW) + lifetime))

    assert (call(token).issuer == ISSUER) if let_in else ("lifetime" in refusal(token))


def test_times_may_have_fractions_R130() -> None:
    assert call(sign(claims(iat=NOW - 0.25, exp=NOW + 299.75))).issuer == ISSUER


class TestReplay:
    def test_a_token_is_good_once_R138(self) -> None:
        tokens, token = Tokens(), sign(claims())
        call(token, tokens=tokens)

        with pytest.raises(NotAuthenticated, match="used before"):
            call(token, tokens=tokens)

    def test_another_token_with_the_same_jti_is_refused_too_R138(self) -> None:
        tokens = Tokens()
        call(sign(claims(jti="id-1")), tokens=tokens)

        with pytest.raises(NotAuthenticated, match="used before"):
            call(sign(claims(jti="id-1", iat=int(NOW) - 1)), tokens=tokens)

    def test_two_issuers_may_use_the_same_jti_R138(self) -> None:
        tokens, other = Tokens(), client(iss="https://other.example.org")
        call(sign(claims(jti="id-1")), tokens=tokens)

        assert call(sign(claims(jti="id-1", iss=other.iss)), [other], tokens=tokens).client is other

    def test_a_token_with_a_bad_signature_does_not_use_up_the_jti_R137(self) -> None:
        tokens, good = Tokens(), claims(jti="id-1")
        with pytest.raises(NotAuthenticated):
            call(sign(good, ec_key("P-384", 2)), tokens=tokens)

        assert call(sign(good), tokens=tokens).token_id == "id-1"

    def test_a_jti_is_kept_until_exp_and_leeway_have_passed_R138(self) -> None:
        tokens = Tokens()
        call(sign(claims(jti="id-1", exp=int(NOW) + 300)), tokens=tokens)

        assert tokens._expires == {(ISSUER, "id-1"): NOW + 300 + LEEWAY_SECONDS}


def test_no_reason_repeats_what_the_token_held_R139() -> None:
    secrets = {
        "iss": "https://secret.example.org",
        "aud": "secret-aud",
        "jti": "secret-jti",
        "tenant": "secret-tenant",
    }

    reasons = [
        refusal(sign(claims(**{name: value}), kid="secret-kid")) for name, value in secrets.items()
    ]

    assert not any("secret" in reason for reason in reasons)


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@settings(max_examples=300, deadline=None)
@given(
    st.text()
    | st.text().map(lambda text: f"Bearer {text}")
    | st.binary().map(lambda raw: f"Bearer {raw.decode('latin-1')}")
)
def test_no_header_whatsoever_is_more_than_refused_R137(authorization: str) -> None:
    refusal(authorization)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["alg", "typ", "kid", "jku", "crit", "b64", "x5u", "jwk"]), JSON_VALUES)
def test_no_header_value_breaks_the_check_R137(name: str, value: object) -> None:
    try:
        call(_signed({**GOOD_HEADER, name: value}, claims()), [client(jku=JKU)])
    except NotAuthenticated as refused:
        assert refused.reason  # noqa: PT017


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["iss", "aud", "exp", "iat", "nbf", "jti", "tenant", "sub"]), JSON_VALUES)
def test_no_signed_claim_breaks_the_check_R137(name: str, value: object) -> None:
    try:
        assert call(_signed(GOOD_HEADER, {**claims(), name: value})).issuer == ISSUER
    except NotAuthenticated as refused:
        assert refused.reason  # noqa: PT017


@settings(max_examples=200, deadline=None)
@given(st.integers(min_value=0), st.characters(min_codepoint=33, max_codepoint=126))
def test_a_token_with_one_character_changed_is_refused_R132(place: int, character: str) -> None:
    scheme, token = CHANGED_TOKEN.split(" ")
    place %= len(token)
    if token[place] != character:
        refusal(f"{scheme} {token[:place]}{character}{token[place + 1 :]}")


CHANGED_TOKEN = sign(claims(jti="id-1"))

SPEC_KEY = {
    "kty": "EC",
    "crv": "P-384",
    "kid": "example-kid",
    "x": "46SDH7Znh821wblCBglA61sNE9ZrHYKKt3qRtRTmSXyOI_FIGBLWrWa0GPUkDCEk",
    "y": "XMcRuuoGW7CXjQdy-F5i3FeBE0x9hPLdeFdSoDd3ELmx404tLX0VRRcqzAsPhXcI",
}
SPEC_TOKEN = (
    "Bearer "
    "eyJhbGciOiJFUzM4NCIsInR5cCI6IkpXVCIsImtpZCI6ImV4YW1wbGUta2lkIiwiamt1IjoiaHR0cHM6Ly9maGlyLWVoci5leGFtcGxlLmNvbS9qd2tfdXJpIn0."
    "eyJpc3MiOiJodHRwczovL2ZoaXItZWhyLmV4YW1wbGUuY29tLyIsImF1ZCI6Imh0dHBzOi8vY2RzLmV4YW1wbGUub3JnL2Nkcy1zZXJ2aWNlcy9zb21lLXNlcnZpY2UiLCJleHAi"
    "OjE0MjI1Njg4NjAsImlhdCI6MTMxMTI4MDk3MCwianRpIjoiZWUyMmIwMjEtZTFiNy00NjExLWJhNWItOGVlYzZhMzNhYzFlIiwidGVuYW50IjoiMmRkZDZjM2EtOGU5YS00NGM2LWEz"
    "MDUtNTIxMTFhZDMwMmEyIn0.d1WfLjGRKlcWB94l9do4cM8REXeYJLL6SGUBO8VHZhfM8mwKYP70EMxJ67War4TQblEpaQrp11wx5p7oPFm2ETYgCicS84vXWEIYTdjooZdooCSDf2L8"
    "-i4awdoUwiEb"
)
SPEC_URL = "https://cds.example.org/cds-services/some-service"
SPEC_TIME = 1_400_000_000.0


def spec_call(jwk: dict[str, str] = SPEC_KEY, production: bool = False, **options: Any) -> Caller:
    registered = [
        client(
            iss="https://fhir-ehr.example.com/",
            jku="https://fhir-ehr.example.com/jwk_uri",
            keys=(jwk,),
        )
    ]
    return authenticate(
        SPEC_TOKEN,
        [SPEC_URL],
        KeySets(registered, production),
        Tokens(),
        SPEC_TIME,
        **options,
    )


def test_the_token_of_the_specification_verifies_R137() -> None:
    """Its lifetime is three years, so the cap is lifted; the clock stands before its end in
    2015.
    """
    caller = spec_call(longest_lifetime=4 * 365 * 86400)

    assert (caller.tenant, caller.token_id) == (
        "2ddd6c3a-8e9a-44c6-a305-52111ad302a2",
        "ee22b021-e1b7-4611-ba5b-8eec6a33ac1e",
    )


def test_the_token_of_the_specification_lives_too_long_for_the_cap_R138() -> None:
    with pytest.raises(NotAuthenticated, match="lifetime"):
        spec_call()


def test_the_key_of_the_specification_is_no_key_in_production_R140() -> None:
    with pytest.raises(NotAuthenticated, match="no usable key"):
        spec_call(production=True, longest_lifetime=4 * 365 * 86400)


SANDBOX_KEY = {
    "kty": "EC",
    "crv": "P-384",
    "kid": "44823f3d-0b01-4a6c-a80e-b9d3e8a7226f",
    "x": "dw_JGR8nB2I6XveNxUOl2qk699ZPLM2nYI5STSdiEl9avAkrm3CkfYMbrrjr8laB",
    "y": "Sm3mLE-n1zYNla_aiE3cb3nZsL51RbC7ysw3q8aJLxGm-hx79RPMYpITDjp7kgzy",
}
SANDBOX_TOKEN = (
    "Bearer "
    "eyJhbGciOiJFUzM4NCIsInR5cCI6IkpXVCIsImtpZCI6IjQ0ODIzZjNkLTBiMDEtNGE2Yy1hODBlLWI5ZDNlOGE3MjI2ZiIsImprdSI6Imh0dHBzOi8vc2FuZGJveC5j"
    "ZHMtaG9va3Mub3JnLy53ZWxsLWtub3duL2p3a3MuanNvbiJ9.eyJpc3MiOiJodHRwczovL3NhbmRib3guY2RzLWhvb2tzLm9yZyIsImF1ZCI6Imh0dHA6Ly8xMjcuMC4wLjE6OT"
    "EwMC9jZHMtc2VydmljZXMvYjEyLW9yZGVyLXNlbGVjdC9mZWVkYmFjayIsImV4cCI6MTc5NTE3MDg5OCwiaWF0IjoxNzk1MTcwNTk4LCJqdGkiOiI5MmUwNDFmNS01MmZkLTQ4"
    "OTQtYjNiNy1jOTFjNGFjMjYwODYifQ.t4Tg-NVk-s0fPN2e_d0dU94quDDc9SzE2xAJpkJmRZ0_UvkeadVstnKGS1nlwJtcQJiR8lPai3LrRiwGJqLfulYnquMTo3OYuTbzZ0k8"
    "8HroQec2gz06JTR2OaYVKHvu"
)
SANDBOX_URL = "http://127.0.0.1:9100/cds-services/b12-order-select"


def sandbox_call(production: bool) -> Caller:
    """Replay a feedback call of the reference sandbox, with its public key given statically and the
    clock as it was then.
    """
    jku = "https://sandbox.cds-hooks.org/.well-known/jwks.json"
    registered = [client(iss="https://sandbox.cds-hooks.org", jku=jku, keys=(SANDBOX_KEY,))]
    urls = [SANDBOX_URL + "/feedback", SANDBOX_URL]
    return authenticate(
        SANDBOX_TOKEN, urls, KeySets(registered, production), Tokens(), 1_795_170_600.0
    )


def test_the_sandbox_is_let_in_with_its_static_key_R134() -> None:
    assert sandbox_call(production=False).token_id == "92e041f5-52fd-4894-b3b7-c91c4ac26086"


def test_the_sandbox_is_not_let_in_in_production_R140() -> None:
    with pytest.raises(NotAuthenticated, match="no usable key"):
        sandbox_call(production=True)
