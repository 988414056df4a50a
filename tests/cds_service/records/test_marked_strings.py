"""Strings that nobody else writes are sent through every field that a client can fill; neither
metrics nor log nor database hold one of them afterwards (R187). docs/records.md says so.
"""

from __future__ import annotations

import copy
import io
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.database.tables import METADATA
from cds_service.demonstration import load_request
from cds_service.site import Settings, demonstration
from cds_service.telemetry import configure_logs
from synthetic.sandbox import sandbox_patients
from tests.cds_service.conftest import AS_OF, running
from tests.cds_service.misbehaving_fhir import answer_with, bundle, fhir_server
from tests.cds_service.signing import claims, sign
from tests.cds_service.signing import client as registered

MARK = "quokkazeppelin"
YEAR, DECIMALS = "1947-04-09", "137.7531"
"""A day and a number that nothing else has."""

MARKS = re.compile(rb"quokka|zeppelin|1947.?04.?09|137\.?7531", re.IGNORECASE)
BASE = "/cds-services/"
CALL = BASE + "b12-order-select"
Json = dict[str, Any]


class Site:
    """A site with one registered client; what it wrote is read after it has closed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.client: FlaskClient
        self.metrics = b""
        self.log = io.StringIO()
        self.settings: Settings = replace(
            demonstration(),
            store_url=f"sqlite:///{folder}/b12.db",
            patient_key="a key of this test",
            clients=(registered(name="EHR"),),
            public_url="https://cds.example.org",
        )

    def run(self, calls: Callable[[Site], None]) -> None:
        with redirect_stderr(self.log):
            configure_logs()
            with running(self.settings) as self.client:
                calls(self)
                self.metrics = self.client.get("/metrics").data

    def post(self, path: str, body: Any, **members: Any) -> Any:
        now = int(time.time())
        token = sign(
            claims(
                **{"aud": f"https://cds.example.org{path}", "iat": now, "exp": now + 99} | members
            )
        )
        return self.client.post(path, json=body, headers={"Authorization": token})

    def marks(self) -> set[tuple[str, bytes]]:
        """Return where a mark stands: which of the three, and what stands around it."""
        written = {
            "metrics": self.metrics,
            "log": self.log.getvalue().encode(),
            **{file.name: file.read_bytes() for file in self.folder.iterdir()},
        }
        return {
            (name, text[max(0, found.start() - 40) : found.end() + 10])
            for name, text in written.items()
            for found in MARKS.finditer(text)
        }


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path to each value that holds no others."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from leaves(item, (*path, number))
    else:
        yield path


def changed(whole: Json, path: tuple[Any, ...], value: Any) -> Json:
    made = copy.deepcopy(whole)
    holder: Any = made
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return made


def in_each_field(whole: Json) -> Iterator[Json]:
    """Yield the request with a mark in each field in turn: alone, and behind what stood there."""
    for path in leaves(whole):
        yield changed(whole, path, MARK)
        yield changed(whole, path, f"{MARK}/{MARK}")
        here: Any = whole
        for step in path:
            here = here[step]
        if isinstance(here, str):
            yield changed(whole, path, f"{here} {MARK}")
            yield changed(whole, path, f"{MARK}/{here}")
        else:
            yield changed(whole, path, float(DECIMALS))


def everywhere(value: Any, key: str = "") -> Any:
    """Return a record whose words, dates and numbers are marked, and that is still one."""
    if isinstance(value, dict):
        return {name: everywhere(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [everywhere(item, key) for item in value]
    if key in ("display", "text", "family", "valueString", "div", "description"):
        return f"{value} {MARK}"
    if key == "birthDate":
        return YEAR
    if key == "value" and isinstance(value, int | float):
        return float(f"{int(value)}") + 0.7531 if value != 137 else float(DECIMALS)
    return value


def test_no_field_of_a_request_is_found_again_R187(site: Site) -> None:
    whole = load_request(AS_OF)
    whole["context"]["encounterId"] = "enc-1"
    whole["fhirServer"] = "http://127.0.0.1:9/fhir"
    whole["fhirAuthorization"] = {
        "access_token": "t",
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "patient/*.rs",
        "subject": "client-1",
    }
    whole["extension"] = {"any": "text"}
    statuses = set()

    def calls(site: Site) -> None:
        for request in in_each_field(whole):
            statuses.add(site.post(CALL, request).status_code)

    site.run(calls)

    assert 200 in statuses
    assert not [status for status in statuses if status >= 500]
    assert site.marks() == set()


def test_no_word_number_or_date_of_a_record_is_found_again_R187(site: Site) -> None:
    hooks = ("patient-view", "order-select", "order-sign", "medication-refill")
    decided = []

    def calls(site: Site) -> None:
        for patient in sandbox_patients(AS_OF):
            for hook in hooks if patient.drafts else hooks[:1]:
                body = everywhere(patient.request(hook))
                decided.append(site.post(f"{BASE}b12-{hook}", body).status_code)

    site.run(calls)

    assert decided.count(200) > 50
    assert site.marks() == set()


def test_who_asks_and_from_where_is_kept_as_codes_and_hashes_R187(site: Site) -> None:
    request = load_request(AS_OF)
    request["context"] |= {"userId": f"PractitionerRole/{MARK}", "encounterId": MARK}
    request["prefetch"]["role"] = {
        "resourceType": "PractitionerRole",
        "id": MARK,
        "code": [{"coding": [{"system": f"http://{MARK}.example.org", "code": MARK}]}],
        "location": [{"reference": f"Location/{MARK}", "display": MARK}],
    }
    request["prefetch"][MARK] = {
        "resourceType": "Encounter",
        "id": MARK,
        "location": [{"location": {"reference": f"Location/{MARK}"}}],
        "serviceProvider": {"reference": f"Organization/{MARK}"},
    }

    def calls(site: Site) -> None:
        assert site.post(CALL, request).status_code == 200
        for user in (f"{MARK}/{MARK}", f"https://{MARK}/{MARK}/1", MARK):
            request["context"]["userId"] = user
            assert site.post(CALL, request).status_code == 200

    site.run(calls)

    assert site.marks() == set()


def test_nothing_of_headers_tokens_paths_and_refusals_is_found_again_R187(site: Site) -> None:
    request = load_request(AS_OF)

    def calls(site: Site) -> None:
        for name in ("jti", "sub"):
            site.post(CALL, request, **{name: f"{MARK}"})
        site.post(CALL, request, iat=MARK)
        now = int(time.time())
        good = claims(aud=f"https://cds.example.org{CALL}", iat=now, exp=now + 99)
        for header in ("x5u", "cty"):
            token = sign(good, **{header: MARK})
            site.client.post(CALL, json=request, headers={"Authorization": token})
        for header in ("Origin", "User-Agent", "X-Request-Id", "Authorization", "Content-Type"):
            for path in (CALL, "/cds-services", "/health/ready", "/guidance"):
                site.client.open(path, method="POST", headers={header: MARK}, data=MARK)
                site.client.get(path, headers={header: MARK})
        for path in (f"/{MARK}", f"{BASE}{MARK}", f"{BASE}{MARK}/feedback", f"/guidance/{MARK}"):
            site.client.get(path)
            site.client.post(path, json={MARK: MARK})
            site.client.open(path, method=MARK.upper())
        site.client.post("/workbench/explain", json={**request, "hook": MARK})

    site.run(calls)

    assert site.marks() == set()


def test_what_a_refused_token_named_stands_in_one_field_of_the_log_alone_R128_R187(
    site: Site,
) -> None:
    """Who sets up a client needs to see what its token named; the record's words are not there."""
    request = load_request(AS_OF)

    def calls(site: Site) -> None:
        for name in ("iss", "aud", "tenant"):
            site.post(CALL, request, **{name: f"https://{MARK}/"})
        now = int(time.time())
        good = claims(aud=f"https://cds.example.org{CALL}", iat=now, exp=now + 99)
        for header in ("jku", "typ", "kid", "crit"):
            token = sign(good, **{header: MARK})
            site.client.post(CALL, json=request, headers={"Authorization": token})

    site.run(calls)
    lines = [json.loads(line) for line in site.log.getvalue().splitlines()]
    found = [line.pop("found", "") for line in lines]

    assert {name for name, _ in site.marks()} == {"log"}
    assert sum(MARK in text for text in found) == 5
    assert MARK not in json.dumps(lines)


def test_nothing_that_a_fhir_server_says_is_found_again_R187(site: Site) -> None:
    site.settings = replace(site.settings, call_ms=2000)
    request = load_request(AS_OF)
    del request["prefetch"]
    said = {
        "Patient": answer_with({"resourceType": "Patient", "id": "pat1", "birthDate": YEAR}),
        "Condition": answer_with({"resourceType": "OperationOutcome", "issue": [{"code": MARK}]}),
        "MedicationRequest": answer_with(MARK),
        "Procedure": answer_with(MARK, status=500),
        "AllergyIntolerance": answer_with({}, status=302, Location=f"http://{MARK}/"),
        "Observation": answer_with(
            bundle({"resourceType": "Observation", "id": MARK}, next_url=f"http://{MARK}/x?{MARK}")
        ),
    }

    def calls(site: Site) -> None:
        with fhir_server(**said) as server:
            request["fhirServer"] = server.base
            request["fhirAuthorization"] = {"access_token": MARK, "token_type": "Bearer"}
            assert site.post(CALL, request).status_code == 200
        for address in (f"http://{MARK}.invalid/fhir", f"http://user:{MARK}@127.0.0.1/", MARK):
            request["fhirServer"] = address
            assert site.post(CALL, request).status_code in (200, 412)

    site.run(calls)

    assert site.marks() == set()


def test_feedback_is_codes_and_the_users_own_words_are_sealed_R187_R124(site: Site) -> None:
    request = load_request(AS_OF)

    def calls(site: Site) -> None:
        [card, *_] = site.post(CALL, request).get_json()["cards"]
        entry = {
            "card": card["uuid"],
            "outcome": "overridden",
            "outcomeTimestamp": "2026-06-01T10:00:00Z",
            "acceptedSuggestions": [{"id": card["uuid"]}],
            "overrideReason": {
                "reason": {"code": "SPECIALIST", "system": "urn:x", "display": "d"},
                "userComment": "words",
            },
        }
        for one in in_each_field(entry):
            site.post(f"{CALL}/feedback", {"feedback": [one, {MARK: MARK}, MARK]})
        site.post(f"{CALL}/feedback", {MARK: MARK})

    site.run(calls)

    assert site.marks() == set()


def test_the_document_of_what_is_kept_names_every_table_and_column_of_free_text() -> None:
    page = Path("docs/records.md").read_text(encoding="utf-8")

    for table in METADATA.sorted_tables:
        assert f"`{table.name}`" in page
    for kept in ("sealed", "keyed hash", "closed list"):
        assert kept in page
