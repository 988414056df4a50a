"""Test calls: a token that a registered client could have signed, and what came back in words."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from jwt.algorithms import ECAlgorithm
from werkzeug.serving import make_server

from cds_service.app import create_app
from cds_service.demonstration import load_request
from cds_service.site import Settings, demonstration
from cli.main import main
from tests.cds_service.conftest import AS_OF
from tests.cds_service.signing import ISSUER, ec_key, public_jwk, rsa_key
from tests.cds_service.signing import client as registered


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("store")
    return replace(demonstration(), store_url=f"sqlite:///{folder}/b12.db")


@contextmanager
def serving(settings: Settings, **changed: Any) -> Iterator[str]:
    """Serve on a free port, with the address of that port as the public one."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        app = create_app(replace(settings, public_url=base, **changed), today=lambda: AS_OF)
        server = make_server("127.0.0.1", 0, app, threaded=True, fd=listening.fileno())
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield base
        server.shutdown()


@pytest.fixture(scope="module")
def open_service(settings: Settings) -> Iterator[str]:
    with serving(settings) as base:
        yield base


@pytest.fixture
def request_file(tmp_path: Path) -> str:
    path = tmp_path / "request.json"
    path.write_text(json.dumps(load_request(AS_OF)), encoding="utf-8")
    return str(path)


def pem(folder: Path, key: Any) -> str:
    path = folder / "key.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return str(path)


def test_a_call_without_a_key_prints_the_cards_in_words(
    open_service: str, request_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["call", request_file, "--url", open_service]) == 0

    told = capsys.readouterr().out
    assert "\n200, " in f"\n{told}"
    assert "[b1]" in told


def test_a_call_can_be_signed_by_a_registered_key(
    settings: Settings, request_file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = ec_key()
    signing = pem(tmp_path, key)
    main(["token", "--key", signing])
    kid = jwt.get_unverified_header(capsys.readouterr().out.strip())["kid"]
    clients = (registered(keys=(public_jwk(key, kid),)),)
    with serving(settings, clients=clients) as base:
        arguments = ["call", request_file, "--url", base, "--key", signing]
        assert main([*arguments, "--iss", ISSUER]) == 0
        assert main([*arguments, "--iss", "https://elsewhere.example.org"]) == 1
        assert "401" in capsys.readouterr().err


@pytest.mark.parametrize(("key", "algorithm"), [(ec_key(), "ES384"), (rsa_key(), "RS384")])
def test_a_token_is_signed_by_the_key_that_was_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], key: Any, algorithm: str
) -> None:
    audience = "https://cds.example.org/cds-services/b12-order-sign"
    arguments = ["token", "--audience", audience, "--key", pem(tmp_path, key)]

    assert main(arguments) == 0

    captured = capsys.readouterr()
    claims = jwt.decode(
        captured.out.strip(), key.public_key(), algorithms=[algorithm], audience=audience
    )
    assert claims["exp"] - claims["iat"] == 300
    assert claims["jti"]
    jwk = json.loads(captured.err.partition(": ")[2])
    assert jwk == public_jwk(key, jwk["kid"], alg=algorithm)
    assert jwt.get_unverified_header(captured.out.strip())["kid"] == jwk["kid"]


def test_a_key_that_names_its_id_is_registered_already_and_not_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    private = {**ECAlgorithm.to_jwk(ec_key(), as_dict=True), "kid": "of-its-own"}
    path = tmp_path / "key.jwk"
    path.write_text(json.dumps(private), encoding="utf-8")

    assert main(["token", "--key", str(path)]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert jwt.get_unverified_header(captured.out.strip())["kid"] == "of-its-own"


@pytest.mark.parametrize("issuer", ["", "  "])
def test_a_token_without_an_issuer_is_refused(
    capsys: pytest.CaptureFixture[str], issuer: str
) -> None:
    assert main(["token", "--iss", issuer]) == 2
    assert "--iss: found" in capsys.readouterr().err


def test_a_fresh_key_is_shown_on_stderr_so_that_it_can_be_registered(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["token", "--audience", "https://x.example.org"]) == 0

    captured = capsys.readouterr()
    jwk = json.loads(captured.err.partition(": ")[2])
    assert "d" not in jwk
    assert jwt.get_unverified_header(captured.out.strip())["kid"] == jwk["kid"]
    key = jwt.PyJWK(jwk).key
    assert jwt.decode(
        captured.out.strip(), key, algorithms=["ES384"], audience="https://x.example.org"
    )


@pytest.mark.parametrize(
    ("content", "said"), [(b"no key", "found no private key"), (b"{}", "found no private key")]
)
def test_a_file_without_a_key_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, said: str
) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)

    assert main(["token", "--key", str(path)]) == 2
    assert said in capsys.readouterr().err


def test_a_key_with_a_passphrase_is_called_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "key"
    path.write_bytes(
        ec_key().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )

    assert main(["token", "--key", str(path)]) == 2
    assert "found a key with a passphrase, expected PEM" in capsys.readouterr().err


def test_an_rsa_key_that_the_service_refuses_signs_nothing_R132(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "key"
    path.write_bytes(
        rsa_key(1024).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )

    assert main(["token", "--key", str(path)]) == 2
    assert capsys.readouterr().err == (
        f"{path}: the RSA key has 1024 bits, which the service refuses; expected 2048 or more.\n"
    )


def test_nobody_there_is_one_sentence(
    request_file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["call", request_file, "--url", "http://127.0.0.1:9"]) == 2
    assert "no answer" in capsys.readouterr().err
