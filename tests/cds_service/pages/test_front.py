"""The front page says what this is and where to go, for people and for programs."""

from __future__ import annotations

from dataclasses import replace

from flask.testing import FlaskClient

from cds_service.site import Settings
from tests.cds_service.conftest import running


def test_a_person_gets_a_page_with_links(client: FlaskClient) -> None:
    answer = client.get("/", headers={"Accept": "text/html"})

    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    for path in ("/workbench/", "/cds-services", "/guidance", "/openapi.json"):
        assert f'href="http://127.0.0.1:8080{path}"' in answer.get_data(as_text=True)


def test_a_program_gets_json(client: FlaskClient) -> None:
    answer = client.get("/", headers={"Accept": "application/json"})

    assert answer.get_json()["name"] == "b12-cds"
    assert {place["name"] for place in answer.get_json()["places"]} >= {"Workbench", "Guidance"}


def test_what_is_switched_off_is_not_linked(settings: Settings) -> None:
    with running(replace(settings, workbench=False, metrics=False)) as client:
        places = client.get("/", headers={"Accept": "application/json"}).get_json()["places"]

    assert not {"Workbench", "Metrics"} & {place["name"] for place in places}


def test_the_interface_names_the_public_address_and_not_the_host_of_the_request(
    settings: Settings,
) -> None:
    with running(replace(settings, public_url="https://cds.example.org/b12/")) as client:
        interface = client.get("/openapi.json", headers={"Host": "elsewhere"}).get_json()

    assert interface["servers"] == [{"url": "https://cds.example.org/b12"}]
    assert "/cds-services/b12-order-select" in interface["paths"]
