"""Hostile strings in everything that a page or its JSON repeats: the same elements as with a
harmless word, no link of anybody else's, nothing that a terminal obeys.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from cds_service.site import Client, Settings
from tests.cds_service.conftest import running
from tests.hostile import HOSTILE, OBEYED, Elements, without_breaks

HARMLESS = "qqq"
PLACES = (
    "/guidance?q={}",
    "/guidance/{}",
    "/governance?client={}&hook={}&weeks={}",
    "/workbench/patients/{}",
    "/workbench/{}",
    "/health/{}",
    "/cds-services/{}",
    "/{}?x={}",
)


def encoded(text: str) -> str:
    """Return the text as it stands in an address; half characters as the bytes they would be."""
    return quote(text.encode("utf-8", "surrogatepass")[:6000], safe="")


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("kind", ["text/html", "application/json"])
@pytest.mark.parametrize("place", PLACES)
def test_what_an_address_asks_for_is_never_obeyed(
    client: FlaskClient, place: str, kind: str, hostile: str
) -> None:
    answer = client.get(place.replace("{}", encoded(hostile)), headers={"Accept": kind})
    usual, found = (
        client.get(place.replace("{}", word), headers={"Accept": kind})
        for word in (HARMLESS, "hydroxocobalamin")
    )

    assert answer.status_code == usual.status_code
    assert not OBEYED.search(without_breaks(answer.text))
    if answer.mimetype == "text/html":
        page, pages = Elements(answer.text), (Elements(usual.text), Elements(found.text))
        assert set(page.found) <= {element for one in pages for element in one.found}
        assert set(page.links) <= {link for one in pages for link in one.links}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_what_the_workbench_is_asked_is_never_obeyed(client: FlaskClient, hostile: str) -> None:
    request = client.get("/workbench/patients/01-numb-feet-tablets").get_json()["request"]
    for query in (f"asOf={encoded(hostile)}", f"{encoded(hostile)}=1", f"reviewDays={hostile!a}"):
        answer = client.post(f"/workbench/explain?{query}", json=request)

        assert answer.status_code == 400
        assert len(answer.data) < 3000
        assert not OBEYED.search(without_breaks(answer.text))
        assert not OBEYED.search(without_breaks("".join(texts(answer.get_json()))))


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_what_is_read_as_a_chart_is_said_to_be_none(client: FlaskClient, hostile: str) -> None:
    for body in ({"server": hostile, "patient": "p"}, {hostile: hostile}, hostile):
        data = json.dumps(body).encode()
        answer = client.post("/workbench/chart", data=data, content_type="application/json")

        assert answer.status_code == 400
        assert len(answer.data) < 3000
        assert not OBEYED.search(without_breaks("".join(texts(answer.get_json()))))


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_the_name_of_a_client_is_text_on_the_governance_page(
    settings: Settings, hostile: str
) -> None:
    with (
        running(replace(settings, clients=(Client(hostile, iss="https://a.example"),))) as named,
        running(replace(settings, clients=(Client(HARMLESS, iss="https://a.example"),))) as usual,
    ):
        page, other = (
            Elements(one.get("/governance", headers={"Accept": "text/html"}).text)
            for one in (named, usual)
        )

    assert page.found == other.found
    assert page.links == other.links


def texts(value: object) -> Iterator[str]:
    """Yield each text of a JSON value."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from (name, *texts(item))
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, str):
        yield value
