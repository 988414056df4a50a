"""What the log says of a caller who is not let in: R128, R139."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.callers import authentication
from cds_service.callers.authentication import LEEWAY_SECONDS, LONGEST_TOKEN
from cds_service.callers.refusals import LONGEST_SHOWN, NotAuthenticated, kind_of, listed, shown
from cds_service.site import Client
from tests.cds_service.callers.test_authentication import (
    FORGERIES,
    GOOD_HEADER,
    JSON_VALUES,
    Tokens,
    _signed,
    call,
)
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
    rsa_key,
    sign,
)
from tests.yardstick import turns_of


def refused(authorization: str | None, clients: list[Client] | None = None) -> NotAuthenticated:
    with pytest.raises(NotAuthenticated) as caught:
        call(authorization, clients)
    return caught.value


ROWS: list[tuple[str, Callable[[], str | None], str, str]] = [
    ("no header", lambda: None, "none", "Bearer and a token"),
    (
        "another scheme",
        lambda: "Basic YW5uOnNlY3JldA==",
        "2 words, the first Basic",
        "Bearer and a token",
    ),
    ("a bare word", lambda: "hunter2", "1 words, the first unknown", "Bearer and a token"),
    ("too long", lambda: "Bearer " + "a" * 8200, "8207 characters", "at most 8192"),
    ("not a JWT", lambda: "Bearer hunter2", "1 parts", "3"),
    (
        "no base64url",
        lambda: "Bearer !!.e30.e30",
        "no base64url",
        "base64url of a JSON object, each name once",
    ),
    (
        "no JSON",
        lambda: forge(b"{Ann", claims()),
        "no strict JSON",
        "base64url of a JSON object, each name once",
    ),
    ("an array", lambda: forge(b"[1, 2]", claims()), "a list of 2", "base64url of a JSON object"),
    (
        "a text",
        lambda: _signed(GOOD_HEADER, b'"Ann"'),
        "a text of 3 characters",
        "base64url of a JSON object",
    ),
    (
        "alg none",
        lambda: forge({"alg": "none", "kid": "key-1"}, claims()),
        "none",
        ", ".join(authentication.ACCEPTED),
    ),
    (
        "alg missing",
        lambda: forge({"kid": "key-1"}, claims()),
        "none",
        ", ".join(authentication.ACCEPTED),
    ),
    ("typ", lambda: sign(claims(), typ="at+jwt"), "at+jwt", "JWT, or no typ"),
    (
        "crit",
        lambda: _signed({**GOOD_HEADER, "crit": ["exp"]}, claims()),
        "crit exp",
        "no crit, and no b64 other than true",
    ),
    (
        "b64",
        lambda: _signed({**GOOD_HEADER, "b64": False}, claims()),
        "b64 other than true",
        "no crit, and no b64 other than true",
    ),
    (
        "kid missing",
        lambda: _signed({"alg": "ES384"}, claims()),
        "none",
        "a text, the kid of the key",
    ),
    (
        "kid a number",
        lambda: _signed({"alg": "ES384", "kid": 12345}, claims()),
        "a number of 5 digits",
        "a text, the kid of the key",
    ),
    ("kid", lambda: sign(claims(), kid="key-2"), "kid key-2, alg ES384", "kid key-1 with ES384"),
    (
        "iss",
        lambda: sign(claims(iss="https://other.example.org")),
        "https://other.example.org",
        ISSUER,
    ),
    ("iss missing", lambda: sign(claims(iss=None)), "none", ISSUER),
    (
        "iss an object",
        lambda: _signed(GOOD_HEADER, claims(iss={"name": "Ann"})),
        "an object",
        ISSUER,
    ),
    (
        "another alg",
        lambda: forge({"alg": "ES256", "kid": "key-1"}, claims()),
        "ES256",
        "ES384, RS384",
    ),
    (
        "signature",
        lambda: sign(claims(), ec_key("P-384", 2)),
        "a signature by another key, or of other words",
        "a signature by the key key-1 with ES384",
    ),
    (
        "aud",
        lambda: sign(claims(aud="https://elsewhere.example.org")),
        "https://elsewhere.example.org",
        ENDPOINT,
    ),
    ("aud missing", lambda: sign(claims(aud=None)), "none", ENDPOINT),
    ("aud empty", lambda: sign(claims(aud=[])), "a list of 0", ENDPOINT),
    (
        "aud of two kinds",
        lambda: _signed(GOOD_HEADER, claims(aud=["https://a.example.org", 7])),
        "https://a.example.org, a number of 1 digits",
        ENDPOINT,
    ),
    (
        "exp missing",
        lambda: sign(claims(exp=None)),
        "none",
        "seconds since 1970, a number of at most 11 digits",
    ),
    (
        "exp in milliseconds",
        lambda: sign(claims(exp=int(NOW + 300) * 1000)),
        "a number of 13 digits",
        "seconds since 1970, a number of at most 11 digits",
    ),
    (
        "exp a text",
        lambda: _signed(GOOD_HEADER, claims(exp="1795000300")),
        "a text of 10 characters",
        "seconds since 1970, a number of at most 11 digits",
    ),
    (
        "exp below 0",
        lambda: _signed(GOOD_HEADER, claims(exp=-1)),
        "a negative number of 1 digits",
        "seconds since 1970, a number of at most 11 digits",
    ),
    (
        "expired",
        lambda: sign(claims(exp=int(NOW) - 100)),
        "100 s ago",
        f"at most {LEEWAY_SECONDS} s ago",
    ),
    (
        "iat ahead",
        lambda: sign(claims(iat=int(NOW) + 90)),
        "90 s ahead",
        f"at most {LEEWAY_SECONDS} s",
    ),
    (
        "nbf ahead",
        lambda: sign(claims(nbf=int(NOW) + 90)),
        "90 s ahead",
        f"at most {LEEWAY_SECONDS} s",
    ),
    ("lifetime", lambda: sign(claims(exp=int(NOW) + 7200)), "7200 s", "at most 3600 s"),
    (
        "jti missing",
        lambda: sign(claims(jti=None)),
        "none",
        "a text of 1 to 255 printable characters",
    ),
    (
        "jti empty",
        lambda: sign(claims(jti="")),
        "an empty text",
        "a text of 1 to 255 printable characters",
    ),
    (
        "jti with a control character",
        lambda: sign(claims(jti="a\x1b[31m")),
        "a text of 6 characters, some not printable",
        "a text of 1 to 255 printable characters",
    ),
]


@pytest.mark.parametrize(
    ("make", "found", "expected"),
    [row[1:] for row in ROWS],
    ids=[row[0] for row in ROWS],
)
def test_each_refusal_says_what_was_found_and_expected_R128(
    make: Callable[[], str | None], found: str, expected: str
) -> None:
    refusal = refused(make())

    assert (refusal.found, refusal.expected) == (found, expected)


@pytest.mark.parametrize("make", [row[0] for row in FORGERIES.values()], ids=FORGERIES.keys())
def test_no_refusal_leaves_one_of_them_empty_R128(make: Callable[[], str | None]) -> None:
    refusal = refused(make())

    assert refusal.reason
    assert refusal.found
    assert refusal.expected


def _reasons_in_the_source() -> set[str]:
    """Return the fixed beginnings of the reasons, as far as the first thing filled in."""
    tree = ast.parse(Path(authentication.__file__).read_text(encoding="utf-8"))
    calls = [
        node.args[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "NotAuthenticated"
    ]
    return {
        "*".join(
            str(part.value) if isinstance(part, ast.Constant) else ""
            for part in getattr(reason, "values", [reason])
        )
        for reason in calls
    }


def test_every_reason_of_the_source_is_tried_here() -> None:
    said = {refused(row[1]()).reason for row in ROWS}
    said.add(refused(sign(claims()), [client(tenants=("north",))]).reason)
    said.add(refused(sign(claims(), jku=JKU + "/x"), [client(jku=JKU)]).reason)
    said.add(_used_twice().reason)

    for reason in _reasons_in_the_source():
        pieces = reason.split("*")
        assert any(all(piece in one for piece in pieces) for one in said), reason


def _used_twice() -> NotAuthenticated:
    tokens, token = Tokens(), sign(claims(jti="secret-id"))
    call(token, tokens=tokens)
    with pytest.raises(NotAuthenticated) as caught:
        call(token, tokens=tokens)
    return caught.value


def test_a_token_used_twice_is_not_named_R139() -> None:
    refusal = _used_twice()

    assert refusal.found == "a jti known from this issuer"
    assert refusal.expected == "a new jti for each call"


@pytest.mark.parametrize(
    ("tenant", "found"),
    [(None, "none"), ("south", "south"), (4711, "a number of 4 digits"), (["south"], "south")],
)
def test_a_tenant_that_is_not_registered_is_shown_beside_those_that_are(
    tenant: object, found: str
) -> None:
    refusal = refused(
        _signed(GOOD_HEADER, claims(tenant=tenant)), [client(tenants=("north", "east"))]
    )

    assert (refusal.found, refusal.expected) == (found, "north, east")


def test_a_jku_is_shown_without_its_query() -> None:
    refusal = refused(sign(claims(), jku=JKU + "?code=secret"), [client(jku=JKU)])

    assert (refusal.found, refusal.expected) == (JKU + "?…", JKU)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (
            (public_jwk(rsa_key(), "rsa"), public_jwk(ec_key("P-256"), "small")),
            "kid rsa with RS384, kid small with no alg of this client",
        ),
        (
            tuple(public_jwk(ec_key(), f"k{number}") for number in range(7)),
            "kid k0 with ES384, kid k1 with ES384, kid k2 with ES384, kid k3 with ES384, "
            "kid k4 with ES384 and 2 more",
        ),
        (({"kty": "oct"},), "a key, but the set of this client holds none that is accepted"),
    ],
)
def test_the_keys_of_a_client_are_named_by_id_and_alg_alone(
    keys: tuple[dict[str, Any], ...], expected: str
) -> None:
    refusal = refused(sign(claims()), [client(keys=keys)])

    assert refusal.found == "kid key-1, alg ES384"
    assert refusal.expected == expected
    assert all(key.get("x", "no x") not in refusal.expected for key in keys)


def test_a_key_set_that_was_never_fetched_is_said_R136() -> None:
    jku = "http://ehr.example.org/keys"  # not https, so it is refused before any connection
    refusal = refused(sign(claims()), [client(keys=(), jku=jku)])

    assert refusal.expected == f"a key of the set at {jku}, which could not be fetched"


SECRETS = {
    "the name of a person": "Ann Example",
    "an e-mail address": "mailto:ann@example.org",
    "a login in an address": "https://ann:pass@example.org",
    "a query": "https://example.org/?name=ann",
    "a name behind a line end": "x\nAnn Example",
    "a token": "eyJhbGciOiJFUzM4NCJ9.eyJuYW1lIjoiYW5uIn0.c2lnbmF0dXJlLWFubg",
    "claims of a token": "eyJuYW1lIjoiYW5uIGV4YW1wbGUifQ",
}


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS.keys())
@pytest.mark.parametrize("place", ["iss", "aud", "jti", "exp", "iat", "kid", "alg", "typ", "crit"])
def test_what_may_name_a_person_or_be_a_token_stands_in_no_refusal_R139(
    place: str, secret: str
) -> None:
    header = {**GOOD_HEADER, **({place: secret} if place in ("kid", "alg", "typ", "crit") else {})}
    body = claims(**({} if place in header else {place: secret}))
    body["sub"] = secret
    refusal = NotAuthenticated("let in", "x", "y")
    try:
        call(_signed(header, body))
    except NotAuthenticated as error:
        refusal = error

    text = f"{refusal.reason} {refusal.found} {refusal.expected}".lower()
    assert "ann" not in text.replace("cannot", "")
    assert "eyj" not in text
    assert "c2lnbm" not in text


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["iss", "aud", "exp", "jti", "tenant", "kid", "alg", "typ"]),
    JSON_VALUES | st.text(min_size=150, max_size=3000),
)
def test_whatever_a_token_holds_the_log_line_is_printable_and_short(
    name: str, value: object
) -> None:
    in_header = name in ("kid", "alg", "typ")
    header = {**GOOD_HEADER, **({name: value} if in_header else {})}
    body = claims() if in_header else {**claims(), name: value}
    try:
        call(_signed(header, body), [client(tenants=("north",))] if name == "tenant" else None)
    except NotAuthenticated as error:
        for text in (error.reason, error.found, error.expected):
            assert text.isprintable()
            assert 0 < len(text) <= LONGEST_SHOWN + 2


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("a" * 500, "a" * 200 + " …"),
        ("a\x1b[31m", "a?[31m"),
        (10**3000, "a number"),
        (True, "true or false"),
        (None, "none"),
        (1.5, "a number"),
        ([], "a list of 0"),
        ({"a": 1}, "an object"),
    ],
)
def test_each_kind_of_value_has_its_words(value: object, words: str) -> None:
    assert shown(value) == words


def test_a_long_name_of_a_stranger_costs_no_time_R139() -> None:
    name = "-" * LONGEST_TOKEN
    _, turns = turns_of(lambda: shown(name))

    assert turns < 3_600_000  # ten times as many, were each end of the run looked for anew


def test_lists_are_short() -> None:
    assert listed([]) == "none"
    assert listed([str(number) for number in range(6)]) == "0, 1, 2, 3, 4 and 1 more"
    assert kind_of(["a"]) == "a list of 1"
