"""The whole way against a second FHIR server: HAPI's plain server, with resources in memory.

`./run test` builds it by Maven; without Java or Maven it is skipped and says so.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from cds_service.demonstration import load_request
from cli.main import main
from synthetic import sandbox_patients
from tests.cds_service.conftest import AS_OF
from tests.fhir_server.test_real_fhir_server import advice, ask, observation, resources_of

HERE = Path(__file__).parent
JAVA = shutil.which("java")

pytestmark = [
    pytest.mark.skipif(JAVA is None, reason="java is not installed: HAPI's server cannot run"),
    pytest.mark.skipif(
        not (HERE / "target" / "lib").is_dir(),
        reason="HAPI's server was not built by maven: run ./run test where it is installed",
    ),
]


@contextmanager
def served(*arguments: str) -> Iterator[str]:
    """Run a server, and give its base address."""
    assert JAVA is not None
    path = os.pathsep.join([str(HERE / "target" / "classes"), str(HERE / "target" / "lib" / "*")])
    process = subprocess.Popen(
        [JAVA, "-cp", path, "PlainServer", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/fhir"
    finally:
        process.terminate()
        process.wait(60)


def put_record(base: str) -> None:
    """Put the demonstration's record and noise there."""
    record = list(resources_of(load_request(AS_OF)["prefetch"]))
    other = {"resourceType": "Patient", "id": "other", "birthDate": "1950-01-01"}
    noise = [
        observation("other-b12", "Patient/other", "14685-2"),
        observation("height", "Patient/pat1", "8302-2"),
    ]
    for resource in (*record, other, *noise):
        put(base, resource)


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with served() as base:
        put_record(base)
        yield base


@pytest.fixture(scope="module")
def one_to_a_page() -> Iterator[str]:
    """The same server, one resource to a page, and without transactions."""
    with served("1") as base:
        put_record(base)
        yield base


def put(base: str, resource: dict[str, Any]) -> None:
    url = f"{base}/{resource['resourceType']}/{resource['id']}"
    answer = requests.put(
        url, json=resource, headers={"Content-Type": "application/fhir+json"}, timeout=60
    )
    assert answer.ok, answer.text


def test_what_is_fetched_leads_to_the_same_advice_as_what_is_prefetched_R59(
    base: str, tmp_path: Path
) -> None:
    prefetch = load_request(AS_OF)["prefetch"]
    everything = ask(tmp_path, "", fhirAuthorization=None, prefetch=prefetch)
    nothing = ask(tmp_path, base, prefetch=None)
    patient_only = ask(tmp_path, base, prefetch={"patient": prefetch["patient"]})

    assert advice(nothing) == advice(everything) == advice(patient_only)
    assert advice(nothing)[0][2] == "N1"
    assert "Not known" not in nothing.json["cards"][0]["detail"]


def test_every_query_works_there_R43(base: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-server", base, "--patient", "pat1", "--json"]) == 0
    [patient] = json.loads(capsys.readouterr().out)["patients"]

    assert [query["failed"] for query in patient["queries"]] == [""] * 11
    found = {query["key"]: query["found"] for query in patient["queries"]}
    assert found["patient"] == {"Patient": 1}
    assert found["labs"]["Observation"] >= 1


def test_a_list_in_pages_of_one_is_read_to_its_end_R56(one_to_a_page: str, tmp_path: Path) -> None:
    answer = ask(tmp_path, one_to_a_page, prefetch=None)

    assert advice(answer)[0][2] == "N1"
    assert "Not known" not in answer.json["cards"][0]["detail"]


@pytest.mark.parametrize("server", ["base", "one_to_a_page"], ids=["a transaction", "one by one"])
def test_a_test_patient_that_is_loaded_there_is_read_as_the_sandbox_says(
    request: pytest.FixtureRequest, server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    base = request.getfixturevalue(server)
    as_of = ("--as-of", AS_OF.isoformat())
    [bela] = [one for one in sandbox_patients(AS_OF) if one.story.name == "Bela Novak"]
    assert main(["sandbox", "load", base, "--rule", bela.story.rule, *as_of]) == 0
    assert "patients are on 127.0.0.1" in capsys.readouterr().out
    read = ["explain", "--fhir", base, "--patient", bela.patient, "--json"]

    assert main([*read, *as_of]) == 0
    explained = json.loads(capsys.readouterr().out)
    assert explained["decision"]["rule"] == bela.story.rule
    assert [card["source"]["topic"]["code"] for card in explained["cards"]] == list(
        bela.story.cards
    )
