"""Authentication as a client meets it: through HTTP, with workers that share only the database, and
with a log that tells nothing.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.app import create_app
from cds_service.demonstration import load_request
from cds_service.site import Client, Settings
from cds_service.web.deployment import CONFIG_KEY
from tests.cds_service.deployed import Deployed
from tests.cds_service.signing import JKU, claims, client, ec_key, forge, sign

BASE = "https://cds.example.org"
CALL, FEEDBACK = "/cds-services/b12-order-select", "/cds-services/b12-order-select/feedback"
ACCEPTED = {
    "feedback": [
        {"card": "card-1", "outcome": "accepted", "outcomeTimestamp": "2026-11-21T12:00:00Z"}
    ]
}


def token(path: str, base: str = BASE, **members: Any) -> str:
    """Return the header of an honest client that calls now."""
    now = int(time.time())
    return sign(claims(**{"aud": base + path, "iat": now, "exp": now + 300, **members}))


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'b12-cds.db'}"


@contextmanager
def service(store_url: str, *clients: Client, **members: Any) -> Iterator[FlaskClient]:
    settings = Settings(
        public_url=BASE,
        store_url=store_url,
        patient_key="key",
        clients=clients or (client(),),
        **members,
    )
    app = create_app(settings)
    yield app.test_client()
    app.config[CONFIG_KEY].close()


def post_feedback(http: FlaskClient, authorization: str | None) -> Any:
    headers = {"Authorization": authorization} if authorization is not None else {}
    return http.post(FEEDBACK, json=ACCEPTED, headers=headers)


def test_a_call_with_a_good_token_is_answered_and_the_same_again_is_not_R127_R138(
    store_url: str,
) -> None:
    with service(store_url) as http:
        authorization = token(CALL)
        statuses = [
            http.post(
                CALL,
                json=load_request(dt.datetime.now(dt.UTC).date()),
                headers={"Authorization": authorization},
            ).status_code
            for _ in range(2)
        ]

        assert statuses == [200, 401]


def refused_tokens() -> dict[str, str | None]:
    now = int(time.time())
    return {
        "none": None,
        "not a token": "Bearer x",
        "alg none": forge({"alg": "none", "kid": "key-1"}, claims()),
        "unknown issuer": token(FEEDBACK, iss="https://other.example.org"),
        "foreign jku": sign(
            claims(aud=BASE + FEEDBACK, iat=now, exp=now + 300),
            jku="https://attacker.example.org/keys",
        ),
        "unknown kid": sign(claims(aud=BASE + FEEDBACK, iat=now, exp=now + 300), kid="key-9"),
        "another's key": sign(
            claims(aud=BASE + FEEDBACK, iat=now, exp=now + 300), ec_key("P-384", 2)
        ),
        "another service": token("/cds-services/b12-order-sign"),
        "expired": token(FEEDBACK, iat=now - 7200, exp=now - 3600),
        "too long a life": token(FEEDBACK, exp=now + 7200),
        "no jti": token(FEEDBACK, jti=None),
    }


def test_every_cause_is_answered_by_the_same_bare_401_R128(store_url: str) -> None:
    with service(store_url, client(jku=JKU)) as http:
        answers = [
            post_feedback(http, authorization) for authorization in refused_tokens().values()
        ]

    assert {answer.status_code for answer in answers} == {401}
    assert {answer.data for answer in answers} == {b'{"error":"not authenticated"}'}
    assert {answer.content_type for answer in answers} == {"application/json"}
    own = {"X-Request-Id"}
    assert {
        tuple(sorted(pair for pair in answer.headers if pair[0] not in own)) for answer in answers
    } == {
        (
            ("Access-Control-Allow-Headers", "Authorization, Content-Type"),
            ("Access-Control-Allow-Methods", "GET, POST, OPTIONS"),
            ("Access-Control-Allow-Origin", "*"),
            ("Access-Control-Expose-Headers", "Server-Timing, X-Request-Id"),
            ("Cache-Control", "no-store"),
            ("Content-Length", "29"),
            ("Content-Type", "application/json"),
            ("WWW-Authenticate", "Bearer"),
            ("X-Content-Type-Options", "nosniff"),
        )
    }


@pytest.mark.parametrize("audience", [CALL, FEEDBACK, FEEDBACK + "/"])
def test_feedback_takes_a_token_for_its_own_url_or_the_services_R121(
    store_url: str, audience: str
) -> None:
    with service(store_url) as http:
        answer = post_feedback(http, token(audience))

        assert (answer.status_code, answer.json) == (200, {})


def test_a_call_does_not_take_a_token_for_feedback_R131(store_url: str) -> None:
    with service(store_url) as http:
        assert (
            http.post(CALL, json={}, headers={"Authorization": token(FEEDBACK)}).status_code == 401
        )


def test_the_audience_is_the_public_url_whatever_host_the_request_names_R126_R131(
    store_url: str,
) -> None:
    with service(store_url) as http:
        headers = {
            "Authorization": token(FEEDBACK, base="https://attacker.example.org"),
            "Host": "attacker.example.org",
        }

        assert http.post(FEEDBACK, json=ACCEPTED, headers=headers).status_code == 401


@pytest.mark.parametrize(("demanded", "status"), [(False, 200), (True, 401)])
def test_discovery_is_open_unless_a_token_is_demanded_R23(
    store_url: str, demanded: bool, status: int
) -> None:
    with service(store_url, discovery_requires_token=demanded) as http:
        assert http.get("/cds-services").status_code == status
        assert (
            http.get("/cds-services", headers={"Authorization": token("/cds-services")}).status_code
            == 200
        )


def test_a_preflight_needs_no_token_R141(store_url: str) -> None:
    with service(store_url) as http:
        answers = [http.options(path) for path in ("/cds-services", CALL, FEEDBACK)]

        assert {answer.status_code for answer in answers} == {204}
        assert {answer.headers["Access-Control-Allow-Headers"] for answer in answers} == {
            "Authorization, Content-Type"
        }


def test_a_token_is_good_once_for_all_workers_and_restarts_and_the_log_tells_nothing_R138_R139(
    tmp_path: Path, store_url: str
) -> None:
    deployed = Deployed(tmp_path, store_url)
    authorization = token(FEEDBACK, base=deployed.base, jti="jti-once")
    secret = {
        "card": "secret-card",
        "outcome": "overridden",
        "overrideReason": {"userComment": "secret words of Mrs Smith"},
    }
    request = load_request(dt.datetime.now(dt.UTC).date())
    request["context"]["patientId"] = "secret-patient"
    call = token(CALL, base=deployed.base)

    with deployed.running(), ThreadPoolExecutor(12) as callers:
        statuses = list(
            callers.map(
                lambda _: deployed.post(FEEDBACK, {"feedback": [secret]}, authorization), range(24)
            )
        )
        assert sorted(statuses) == [200] + [401] * 23
        assert deployed.post(CALL, request, call) in (200, 412)
    with deployed.running():
        assert deployed.post(FEEDBACK, {"feedback": [secret]}, authorization) == 401

    log = deployed.log.read_text()
    assert "the token was used before" in log
    for authorized in (authorization, call):
        for part in authorized.removeprefix("Bearer ").split("."):
            assert part not in log
    assert "secret" not in log
    assert "Smith" not in log
