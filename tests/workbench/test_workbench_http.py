"""The workbench over HTTP: what a browser is allowed, when it is off, and that it says what the
command line says.
"""

from __future__ import annotations

import datetime as dt
import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from cds_service.app import create_app
from cds_service.decision.explain import explain
from cds_service.decision.explainable import decide_request
from cds_service.site import Approval, Settings, demonstration
from cds_service.web.deployment import CONFIG_KEY
from fhir_mappings.terminology.loading import load_value_sets
from recommender.guidance import Policy

STATIC = files("cds_service.workbench") / "static"
SOURCES = [
    path
    for path in Path(str(files("cds_service"))).rglob("*")
    if path.suffix in (".js", ".css", ".html")
]
THEME = next(path for path in SOURCES if path.name == "theme.js")


def app_client(settings: Settings, folder: Path) -> Iterator[FlaskClient]:
    app = create_app(replace(settings, store_url=f"sqlite:///{folder}/pages.db"))
    yield app.test_client()
    app.config[CONFIG_KEY].close()


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[FlaskClient]:
    yield from app_client(replace(demonstration(), workbench_password="correct horse"), tmp_path)


@pytest.fixture
def without_workbench(tmp_path: Path) -> Iterator[FlaskClient]:
    yield from app_client(replace(demonstration(), workbench=False), tmp_path)


def test_the_page_may_only_run_our_files_and_talk_to_this_service(client: FlaskClient) -> None:
    policy = client.get("/workbench/").headers["Content-Security-Policy"]

    assert policy.split("; ") == [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]


def test_nothing_of_a_request_is_kept_by_the_browser(client: FlaskClient) -> None:
    answer = client.post(
        "/workbench/explain",
        json=client.get("/workbench/patients/02-vegan-well").get_json()["request"],
    )

    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/workbench/").headers["Cache-Control"] == "no-store"


def test_the_workbench_is_off_where_the_site_has_not_switched_it_on(
    without_workbench: FlaskClient,
) -> None:
    for path in ("/workbench/", "/workbench/static/main.js", "/workbench/patients"):
        assert without_workbench.get(path).status_code == 404
    assert without_workbench.post("/workbench/explain", json={}).status_code == 404


def test_in_production_it_is_off_by_default() -> None:
    assert not Settings(profile="production", workbench=False).workbench


@pytest.mark.parametrize(
    "path",
    ["/workbench/", "/workbench/static/main.js", "/workbench/patients", "/workbench/controls"],
)
def test_a_password_locks_all_of_it(locked: FlaskClient, path: str) -> None:
    refused = locked.get(path)
    wrong = locked.get(path, headers={"Authorization": f"Basic {b64encode(b'any:wrong').decode()}"})
    right = locked.get(
        path, headers={"Authorization": f"Basic {b64encode(b'any:correct horse').decode()}"}
    )

    assert (refused.status_code, wrong.status_code, right.status_code) == (401, 401, 200)
    assert refused.headers["WWW-Authenticate"].startswith("Basic")


def test_it_explains_as_the_command_line_does(client: FlaskClient, today: dt.date) -> None:
    request = client.get("/workbench/patients/05-kidneys-reduced").get_json()["request"]

    shown = client.post("/workbench/explain", json=request).get_json()
    said = explain(decide_request(request, demonstration(), load_value_sets(), today))

    for member in ("facts", "resources", "course", "laboratory"):
        assert shown[member] == said[member], member
    assert shown["decision"] == said["decision"]


def test_the_list_says_what_the_card_says_once_an_approval_has_ended(
    client: FlaskClient, tmp_path: Path
) -> None:
    """The setting is at its default again, for the prepared patients of the list too."""
    ended = Approval(
        "crohnsExtentCm", "A. Officer", dt.date(2026, 1, 1), "for a trial", dt.date(2026, 1, 2)
    )
    loose = Policy.from_settings({"crohnsExtentCm": 60})
    settings = replace(demonstration(), policy=loose, approvals=(ended,))

    for page in app_client(settings, tmp_path):
        assert page.get("/workbench/").text == client.get("/workbench/").text


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'{"hook": "order-select"}', b'{"hook": "patient-view", "hook": "x"}', b"{"],
)
def test_what_is_no_request_is_refused_in_words(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/workbench/explain", data=body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.get_json()["resourceType"] == "OperationOutcome"


def test_an_unknown_patient_is_not_found(client: FlaskClient) -> None:
    answer = client.get("/workbench/patients/nobody")

    assert answer.status_code == 404
    assert answer.get_json()["resourceType"] == "OperationOutcome"


def test_the_page_names_no_other_host() -> None:
    found = {
        (source.name, address)
        for source in SOURCES
        for address in re.findall(r"https?://[^\s\"'`)]+", source.read_text("utf-8"))
        if address != "http://www.w3.org/2000/svg"
    }
    assert not found
    assert {"main.js", "cards.js", "page.html", "base.css"} <= {one.name for one in SOURCES}


def test_the_page_never_reads_text_as_markup_and_keeps_only_the_colours() -> None:
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|localStorage|sessionStorage|indexedDB|\.cookie"
    )
    found = {
        (source.name, name)
        for source in SOURCES
        for name in forbidden.findall(source.read_text("utf-8"))
    }
    assert found == {("theme.js", "localStorage")}, "only which colours were chosen"
    kept = re.findall(r"setItem\((.*?)\)", THEME.read_text("utf-8"))
    assert kept == ["KEY, theme"]


def test_no_script_or_style_stands_in_the_pages() -> None:
    for template in (source for source in SOURCES if source.suffix == ".html"):
        text = template.read_text("utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", text), (
            template.name
        )


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31", "today"])
def test_a_day_beyond_all_records_is_refused(client: FlaskClient, day: str) -> None:
    answer = client.post(f"/workbench/explain?asOf={day}", json=SMALLEST)

    assert answer.status_code == 400
    assert "from 1900 to 2199" in answer.get_json()["issue"][0]["diagnostics"]


@pytest.mark.parametrize("day", ["1900-01-01", "2199-12-31"])
def test_the_first_and_the_last_day_are_answered(client: FlaskClient, day: str) -> None:
    answer = client.post(f"/workbench/explain?asOf={day}", json=SMALLEST)

    assert answer.get_json()["asOf"] == day


SMALLEST = {
    "hook": "patient-view",
    "hookInstance": "7d1b5a0e-56f1-4c5f-9d6c-0f4c0e1a2b3c",
    "context": {"userId": "Practitioner/a", "patientId": "p"},
    "prefetch": {"patient": {"resourceType": "Patient", "id": "p", "birthDate": "1960-01-01"}},
}
