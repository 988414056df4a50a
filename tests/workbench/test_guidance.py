"""The guidance page: every statement, what rests on it, and where it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from cds_service.app import create_app
from cds_service.site import demonstration
from cds_service.web.deployment import CONFIG_KEY
from recommender.cards import CARDS
from recommender.guidance.policy import Policy
from recommender.guidance.regimens import CATALOGUE
from recommender.guidance.statements import EXTERNAL_SOURCES, LOST_FRAGMENTS, PROVENANCE, STATEMENTS
from recommender.treatment.table import RULES
from tests.workbench.cited_in_cards import read_card_citations

HTML, JSON = {"Accept": "text/html"}, {"Accept": "application/json"}


@pytest.fixture
def cautious(tmp_path: Path) -> Iterator[FlaskClient]:
    settings = replace(
        demonstration(),
        policy=Policy.from_settings({"nonNeuroRoute": "IM_FIRST"}),
        store_url=f"sqlite:///{tmp_path}/x.db",
    )
    app = create_app(settings)
    yield app.test_client()
    app.config[CONFIG_KEY].close()


def test_the_page_is_for_people_and_json_for_clients(client: FlaskClient) -> None:
    assert client.get("/guidance", headers=HTML).mimetype == "text/html"
    assert client.get("/guidance").mimetype == "text/html"
    answer = client.get("/guidance", headers=JSON)
    assert answer.mimetype == "application/json"
    assert "Accept" in answer.headers["Vary"]


def test_every_statement_stands_there_once_and_can_be_linked_to(client: FlaskClient) -> None:
    page = client.get("/guidance", headers=HTML).text

    for citation in [*STATEMENTS, *EXTERNAL_SOURCES]:
        assert page.count(f'id="{citation}"') == 1, citation
    listed = [one["id"] for one in client.get("/guidance", headers=JSON).get_json()["statements"]]
    assert listed == [*STATEMENTS, *EXTERNAL_SOURCES]


def test_every_row_regimen_and_lost_fragment_can_be_linked_to(client: FlaskClient) -> None:
    page = client.get("/guidance", headers=HTML).text

    anchors = (
        [f"rule-{rule.id}" for rule in RULES]
        + [f"regimen-{phase.id}" for phase in CATALOGUE]
        + [one.id for one in LOST_FRAGMENTS]
    )
    for anchor in set(anchors):
        assert page.count(f'id="{anchor}"') == 1, anchor


@pytest.mark.parametrize("citation", [*STATEMENTS, *EXTERNAL_SOURCES])
def test_every_statement_has_a_page_of_its_own(client: FlaskClient, citation: str) -> None:
    page = client.get(f"/guidance/{citation}", headers=HTML)

    assert page.status_code == 200
    assert f"<h1>{citation}</h1>" in page.text
    assert ("External evidence" in page.text) == (citation in EXTERNAL_SOURCES)


def test_a_statement_names_the_rules_and_regimens_that_rest_on_it(client: FlaskClient) -> None:
    statement = client.get("/guidance/S7", headers=JSON).get_json()["statement"]

    assert {"N1", "U1", "T0"} <= set(statement["rules"])
    assert statement["regimens"] == ["N-LOAD"]
    assert "b3" in statement["cards"]


def test_each_card_names_the_statements_its_findings_cite() -> None:
    """The table of the guidance page is held to the findings in the source of the recommender."""
    written = {card.id: frozenset(card.statements) for card in CARDS}
    cited = {
        card: frozenset(citations) for card, citations in read_card_citations().items() if citations
    }

    assert {card: written[card] for card in cited} == cited
    silent = {card.id for card in CARDS if not card.statements}
    assert silent == {"k1"}, "k1 cites what its rule cites"


def test_external_evidence_is_marked_and_says_how_it_was_read(client: FlaskClient) -> None:
    statements = {
        one["id"]: one for one in client.get("/guidance", headers=JSON).get_json()["statements"]
    }

    assert statements["X10"]["external"]
    assert statements["X10"]["secondaryReading"]
    assert not statements["S10"]["external"]


def test_a_lost_fragment_is_said_where_its_text_should_be(client: FlaskClient) -> None:
    assert "lost" in client.get("/guidance/S20", headers=HTML).text


def test_provenance_and_the_missing_sign_off_stand_on_every_page(client: FlaskClient) -> None:
    for path in ("/guidance", "/guidance/S42", "/guidance/X10"):
        page = client.get(path, headers=HTML).text
        assert PROVENANCE in page
        assert "not a certified medical device" in page


def test_no_citation_number_of_the_documents_is_shown(client: FlaskClient) -> None:
    assert "cit." not in client.get("/guidance", headers=HTML).text


def test_the_policy_in_force_is_shown_with_what_the_site_changed(
    client: FlaskClient, cautious: FlaskClient
) -> None:
    by_default = {
        one["name"]: one for one in client.get("/guidance", headers=JSON).get_json()["policy"]
    }
    changed = {
        one["name"]: one for one in cautious.get("/guidance", headers=JSON).get_json()["policy"]
    }

    assert (by_default["nonNeuroRoute"]["value"], by_default["nonNeuroRoute"]["changed"]) == (
        "ORAL_FIRST",
        False,
    )
    assert (changed["nonNeuroRoute"]["value"], changed["nonNeuroRoute"]["changed"]) == (
        "IM_FIRST",
        True,
    )
    page = cautious.get("/guidance", headers=HTML).text
    assert "injections first <code>IM_FIRST</code>" in page
    assert "set by the site; default tablets first <code>ORAL_FIRST</code>" in page


@pytest.mark.parametrize("citation", ["S0", "S93", "X37", "Q1", "s", "%3Cscript%3E"])
def test_a_number_that_is_not_there_is_not_found(client: FlaskClient, citation: str) -> None:
    answer = client.get(f"/guidance/{citation}", headers=HTML)

    assert answer.status_code == 404
    assert answer.get_json()["resourceType"] == "OperationOutcome"


def test_a_number_may_be_written_small(client: FlaskClient) -> None:
    assert client.get("/guidance/s42", headers=JSON).get_json()["statement"]["id"] == "S42"


def test_the_pages_may_run_nothing_of_others(client: FlaskClient) -> None:
    assert (
        client.get("/guidance")
        .headers["Content-Security-Policy"]
        .startswith("default-src 'none'; script-src 'self'")
    )


def test_every_card_leads_to_the_guidance_page(client: FlaskClient, running: object) -> None:
    request = client.get("/workbench/patients/01-numb-feet-tablets").get_json()["request"]
    [card] = client.post("/cds-services/b12-order-select", json=request).get_json()["cards"]

    assert card["source"]["url"].endswith("/guidance")
    assert client.get("/guidance").status_code == 200


def test_the_guidance_is_searched_without_a_script(client: FlaskClient) -> None:
    page = client.get("/guidance?q=folic+acid", headers={"Accept": "text/html"}).text
    found = page.partition('id="found"')[2].partition("</section>")[0]

    assert 'href="#c1"' in found or 'href="#card-c1"' in found
    assert 'value="folic acid"' in page
    for place in re.findall(r'href="#([^"]+)"', found):
        assert f'id="{place}"' in page, place


def test_a_search_that_finds_nothing_says_so_and_repeats_nothing_as_markup(
    client: FlaskClient,
) -> None:
    answer = client.get("/guidance?q=<script>", headers={"Accept": "text/html"})

    assert "0 places with" in answer.text
    assert "<script>" not in answer.text
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]


def test_the_documents_are_named_in_the_table_of_contents(client: FlaskClient) -> None:
    page = client.get("/guidance", headers={"Accept": "text/html"}).text
    contents = page.partition('class="contents"')[2].partition("</nav>")[0]

    assert re.search(r"Document A: \w+", contents)
    assert re.search(r"Document B: \w+", contents)
