"""The whole way against a FHIR engine that is not ours: what our prefetch queries find there, and
what advice comes of it.

The engine runs under Node on loopback; `./run test` installs it where npm is there.
"""

from __future__ import annotations

import copy
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from cds_service.demonstration import load_request
from cds_service.site import demonstration
from tests.cds_service.conftest import AS_OF, running

HERE = Path(__file__).parent
TOKEN = "engine-token"

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or not (HERE / "node_modules").is_dir(),
    reason="needs Node, and the engine installed by `npm ci` in tests/fhir_server",
)


class Engine:
    """One running engine."""

    def __init__(self, base: str) -> None:
        self.base = base

    def put(self, resource: dict[str, Any]) -> None:
        answer = requests.put(
            f"{self.base}/{resource['resourceType']}/{resource['id']}", json=resource, timeout=60
        )
        assert answer.ok, answer.text

    def get(self, query: str) -> Any:
        return requests.get(
            f"{self.base}/{query}", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60
        ).json()


def run_engine(page_size: int) -> Iterator[Engine]:
    process = subprocess.Popen(
        ["node", "server.mjs", TOKEN, str(page_size)], cwd=HERE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        engine = Engine(f"http://127.0.0.1:{process.stdout.readline().strip()}/fhir")
        request = load_request(AS_OF)
        for resource in resources_of(request["prefetch"]):
            engine.put(resource)
        engine.put({"resourceType": "Patient", "id": "other", "birthDate": "1950-01-01"})
        engine.put(observation("other-b12", "Patient/other", "14685-2"))
        engine.put(observation("height", "Patient/pat1", "8302-2"))
        yield engine
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    yield from run_engine(1000)


@pytest.fixture(scope="module")
def paging_engine() -> Iterator[Engine]:
    """The same engine, one resource to a page."""
    yield from run_engine(1)


def observation(identity: str, subject: str, code: str) -> dict[str, Any]:
    coding = {"system": "http://loinc.org", "code": code}
    return {
        "resourceType": "Observation",
        "id": identity,
        "status": "final",
        "code": {"coding": [coding]},
        "subject": {"reference": subject},
    }


def resources_of(prefetch: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for value in prefetch.values():
        if value["resourceType"] == "Bundle":
            yield from (copy.deepcopy(entry["resource"]) for entry in value.get("entry", []))
        else:
            yield copy.deepcopy(value)


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    with running(
        replace(demonstration(), store_url=f"sqlite:///{tmp_path_factory.mktemp('t')}/b12.db")
    ) as client:
        found: dict[str, str] = client.get("/cds-services").json["services"][0]["prefetch"]
    return found


def test_every_prefetch_query_is_understood_by_a_real_engine_R43(
    engine: Engine, templates: dict[str, str]
) -> None:
    expected = {
        key: {one["id"] for one in resources_of({key: value})}
        for key, value in load_request(AS_OF)["prefetch"].items()
    }
    for key, template in templates.items():
        found = engine.get(template.replace("{{context.patientId}}", "pat1"))
        resources = (
            [entry["resource"] for entry in found.get("entry", [])]
            if found["resourceType"] == "Bundle"
            else [found]
        )

        assert {one["id"] for one in resources} == expected.get(key, set()), f"{key}: {template}"


def ask(folder: Path, base: str, token: str = TOKEN, call_ms: int = 20_000, **members: Any) -> Any:
    request = {
        **load_request(AS_OF),
        "fhirServer": base,
        "fhirAuthorization": {"access_token": token, "token_type": "Bearer"},
        **members,
    }
    with running(
        replace(demonstration(), store_url=f"sqlite:///{folder}/b12.db", call_ms=call_ms)
    ) as client:
        return client.post("/cds-services/b12-order-select", json=request)


def advice(answer: Any) -> list[tuple[str, str, str]]:
    assert answer.status_code == 200, answer.text
    return [
        (
            card["source"]["topic"]["code"],
            card["indicator"],
            card["extension"]["org.b12-cds"]["rule"],
        )
        for card in answer.json["cards"]
    ]


def test_what_is_fetched_leads_to_the_same_advice_as_what_is_prefetched_R59(
    engine: Engine, tmp_path: Path
) -> None:
    everything = ask(tmp_path, "", fhirAuthorization=None, prefetch=load_request(AS_OF)["prefetch"])
    nothing = ask(tmp_path, engine.base, prefetch=None)
    patient_only = ask(
        tmp_path, engine.base, prefetch={"patient": load_request(AS_OF)["prefetch"]["patient"]}
    )

    assert advice(nothing) == advice(everything) == advice(patient_only)
    assert advice(nothing)[0][2] == "N1"
    assert "Not known" not in nothing.json["cards"][0]["detail"]


def test_a_list_in_pages_of_one_is_read_to_its_end_R56(
    paging_engine: Engine, tmp_path: Path
) -> None:
    answer = ask(tmp_path, paging_engine.base, prefetch=None)

    assert advice(answer)[0][2] == "N1"
    assert "Not known" not in answer.json["cards"][0]["detail"]


def test_a_wrong_token_leaves_the_record_unknown_R66(engine: Engine, tmp_path: Path) -> None:
    answer = ask(tmp_path, engine.base, token="wrong", prefetch=None)

    assert answer.status_code == 412
    assert "refused access" in answer.json["issue"][0]["diagnostics"]
