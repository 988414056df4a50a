"""Servers whose certificates are of the hospital's own authority: trusted where it is named,
besides the public ones; where not, what is wrong with them is said.
"""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from urllib3.util.ssl_ import create_urllib3_context

from cds_service.callers.key_sets import KeySetUnavailable, fetch_keys
from cds_service.retrieval import Reach, describe_failure, outbound, plain_session
from cds_service.retrieval.fhir_client import FhirClient
from cds_service.retrieval.fhir_server import FhirServer
from cds_service.site import read_address
from cli.main import main
from population.sources import ExportFailed, Wanted, fetch_export
from tests.cds_service.certificates import DAY, NOW, Authority, make_authority
from tests.cds_service.misbehaving_fhir import answer_with, bundle, fhir_server
from tests.cds_service.signing import ec_key, public_jwk

PATIENT = {"resourceType": "Patient", "id": "p", "birthDate": "1960-02-01"}
CAPABILITIES = {"resourceType": "CapabilityStatement", "status": "active"}


@pytest.fixture
def hospital(tmp_path: Path) -> Authority:
    return make_authority(tmp_path)


@pytest.fixture(autouse=True)
def nothing_known() -> Iterator[None]:
    outbound._read_trusted.cache_clear()
    yield
    outbound._read_trusted.cache_clear()


def why_not(tls: ssl.SSLContext, authorities: str) -> str:
    """Return why a patient cannot be read of such a server; empty where it can."""
    client = FhirClient(authorities)
    try:
        with fhir_server(tls, Patient=answer_with(PATIENT)) as server:
            address = read_address(server.base)
            assert address is not None
            named = FhirServer(address, "", Reach.LOOPBACK)
            asked = {"patient": [address.below("Patient/p")]}
            reading = client.fetch(named, asked, time.monotonic() + 30)["patient"]
    finally:
        client.close()
    assert bool(reading.part.resources) is not bool(reading.part.reason)
    return reading.part.reason


def test_a_server_of_the_hospital_is_read_where_its_authority_is_named(hospital: Authority) -> None:
    assert why_not(hospital.server(), hospital.pem) == ""
    assert why_not(hospital.server(), "") == (
        "the FHIR server's certificate is of no authority that is trusted here"
    )


def test_the_public_authorities_are_read_once_for_all_connections(
    hospital: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[ssl.SSLContext] = []

    def make(*arguments: object, **options: object) -> ssl.SSLContext:
        made.append(create_urllib3_context(*arguments, **options))  # type: ignore[arg-type]
        return made[-1]

    for module in ("cds_service.retrieval.outbound", "urllib3.connection"):
        monkeypatch.setattr(f"{module}.create_urllib3_context", make)
    client = FhirClient(hospital.pem)
    with fhir_server(hospital.server(), Patient=answer_with(PATIENT)) as server:
        address = read_address(server.base)
        assert address is not None
        named = FhirServer(address, "", Reach.LOOPBACK)
        asked = {"patient": [address.below("Patient/p")] * 6}
        read = client.fetch(named, asked, time.monotonic() + 30)
    client.close()

    assert len(read["patient"].part.resources) == 6
    assert len(made) == 1


def test_another_authority_is_not_enough(hospital: Authority, tmp_path: Path) -> None:
    other = make_authority(tmp_path, "Other")

    assert "no authority that is trusted" in why_not(hospital.server(), other.pem)


def test_the_public_ones_stay_trusted(
    hospital: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = make_authority(tmp_path, "Public")
    monkeypatch.setattr(outbound.certifi, "where", lambda: str(public.file))
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(public.file))

    assert why_not(public.server(), hospital.pem) == ""
    assert why_not(hospital.server(), hospital.pem) == ""
    for authority in (public, hospital):
        with (
            fhir_server(authority.server(), Patient=answer_with(PATIENT)) as server,
            plain_session(hospital.pem) as session,
        ):
            assert session.get(f"{server.base}/Patient/p", timeout=30).json() == PATIENT


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ends": NOW - DAY}, "has expired"),
        ({"begins": NOW + DAY}, "is not valid yet"),
        ({"host": "127.0.0.9"}, "is for another address"),
    ],
)
def test_what_is_wrong_with_a_certificate_is_said(
    hospital: Authority, changes: dict[str, object], said: str
) -> None:
    tls = hospital.server(**changes)  # type: ignore[arg-type]

    assert why_not(tls, hospital.pem) == f"the FHIR server's certificate {said}"
    with fhir_server(tls) as server, plain_session(hospital.pem) as session:
        with pytest.raises(OSError, match="certificate verify failed") as refused:
            session.get(server.base, timeout=30)
        assert describe_failure(refused.value) == f"its certificate {said}"


def test_key_sets_are_fetched_from_the_hospital_too(hospital: Authority) -> None:
    keys = answer_with({"keys": [public_jwk(ec_key(), "key-1")]})
    with fhir_server(hospital.server(), jwks=keys) as server:
        url = f"{server.base}/jwks"
        [key], _ = fetch_keys(url, Reach.ANYWHERE, True, hospital.pem)
        with pytest.raises(KeySetUnavailable, match="certificate is of no authority"):
            fetch_keys(url, Reach.ANYWHERE, True)

    assert key.kid == "key-1"


def test_check_server_takes_the_authority_of_site_file_or_option(
    hospital: Authority, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = tmp_path / "site.toml"
    site.write_text('[service]\nca_file = "Hospital.pem"\n')
    answers = {"metadata": answer_with(CAPABILITIES), "Patient": answer_with(bundle(PATIENT))}
    with fhir_server(hospital.server(), **answers) as server:
        statuses = [
            main(["check-server", server.base, *more])
            for more in ([], ["--config", str(site)], ["--ca-file", str(hospital.file)])
        ]
        said = capsys.readouterr()
        assert main(["explain", "--fhir", server.base, "--patient", "p"]) == 2
        unknown = capsys.readouterr().err
        trusting = ["--ca-file", str(hospital.file)]
        assert main(["explain", "--fhir", server.base, "--patient", "p", *trusting]) == 0

    assert statuses == [1, 0, 0]
    for text in (said.out + said.err, unknown):
        assert "certificate is of no authority that is trusted here" in text


def test_calls_and_test_patients_reach_a_service_of_the_hospital(
    hospital: Authority, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    request = tmp_path / "request.json"
    request.write_text(json.dumps({"hook": "patient-view"}))
    trusting = ["--ca-file", str(hospital.file)]
    cards = answer_with({"cards": []})
    commands = [
        ["call", str(request), "--url"],
        ["sandbox", "walk", "Bela", "--url"],
        ["sandbox", "load", "--yes", "--rule", "N1"],
    ]
    with fhir_server(hospital.server(), default=cards) as server:
        host = server.base.removesuffix("/fhir")
        for command in commands:
            assert main([*command, host]) == 2, command
            assert "certificate is of no authority" in capsys.readouterr().err
            assert main([*command, host, *trusting]) == 0, command


def test_a_file_that_holds_no_certificate_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "request.json"
    file.write_text(json.dumps({"hook": "patient-view"}))

    for name, said in ((file, "expected certificates as PEM text"), ("none.pem", "cannot be read")):
        assert main(["call", str(file), "--ca-file", str(name)]) == 2
        assert f"--ca-file: {name} {said}" in capsys.readouterr().err


def test_an_export_comes_from_the_hospital(hospital: Authority, tmp_path: Path) -> None:
    with fhir_server(hospital.server()) as server:
        for authorities, said in (("", "of no authority"), (hospital.pem, "it answered 200")):
            wanted = Wanted(server.base, "g", "", ("Patient",), authorities)
            with pytest.raises(ExportFailed, match=said):
                fetch_export(wanted, tmp_path, lambda _: None, lambda _: None)
