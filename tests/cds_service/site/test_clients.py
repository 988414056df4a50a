"""Registered clients over HTTP: tokens on every endpoint, and each client's switches."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.protocol.json_text import read_json
from cds_service.site import Client, Settings
from tests.cds_service.card_rules import broken_rules
from tests.cds_service.conftest import running
from tests.cds_service.signing import client as registered
from tests.cds_service.signing import sign

BASE = "https://cds.example.org"
SELECT = "/cds-services/b12-order-select"


@pytest.fixture(scope="module")
def closed(settings: Settings) -> Iterator[FlaskClient]:
    """A service that only the registered client may call."""
    with running(
        replace(settings, clients=(registered(),), public_url=BASE, discovery_requires_token=True)
    ) as client:
        yield client


def token(aud: Any, **changes: Any) -> dict[str, str]:
    now = int(time.time())
    body = {
        "iss": "https://ehr.example.org",
        "aud": aud,
        "iat": now,
        "exp": now + 300,
        "jti": str(uuid.uuid4()),
        **changes,
    }
    return {
        "Authorization": sign({name: value for name, value in body.items() if value is not None})
    }


def test_a_call_with_a_good_token_is_answered_R127_IT5(
    closed: FlaskClient, order_select: dict[str, Any]
) -> None:
    answer = closed.post(SELECT, json=order_select, headers=token(BASE + SELECT, jti="ab" * 32))

    assert answer.status_code == 200
    assert answer.json["cards"]


def test_every_refused_token_gets_the_same_bare_401_R128_IT29(
    closed: FlaskClient, order_select: dict[str, Any]
) -> None:
    good = token(BASE + SELECT)
    closed.post(SELECT, json=order_select, headers=good)
    refused = [
        {},
        {"Authorization": "Basic eDp5"},
        {"Authorization": "Bearer x.y.z"},
        good,
        token(f"{BASE}/cds-services/b12-order-sign"),
        token(BASE + SELECT, iss="https://stranger.example"),
        token(BASE + SELECT, exp=int(time.time()) - 3600, iat=int(time.time()) - 3900),
        token(BASE + SELECT, jti=None),
    ]
    answers = [closed.post(SELECT, json=order_select, headers=headers) for headers in refused]

    assert {
        (answer.status_code, answer.data, answer.headers["WWW-Authenticate"]) for answer in answers
    } == {(401, b'{"error":"not authenticated"}', "Bearer")}
    assert {answer.headers["Access-Control-Allow-Origin"] for answer in answers} == {"*"}


def test_the_token_is_asked_for_before_the_body_is_read(closed: FlaskClient) -> None:
    assert closed.post(SELECT, data=b"{", content_type="application/json").status_code == 401


def test_an_unknown_service_is_404_without_a_token(closed: FlaskClient) -> None:
    assert closed.post("/cds-services/none").status_code == 404


def test_discovery_asks_for_a_token_when_configured_R23(closed: FlaskClient) -> None:
    assert closed.get("/cds-services").status_code == 401
    assert closed.get("/cds-services", headers=token(f"{BASE}/cds-services")).status_code == 200


def test_discovery_is_open_by_default_and_takes_no_notice_of_tokens_R23(settings: Settings) -> None:
    with running(replace(settings, clients=(registered(),), public_url=BASE)) as client:
        assert client.get("/cds-services").status_code == 200
        assert (
            client.get("/cds-services", headers={"Authorization": "Bearer nonsense"}).status_code
            == 200
        )


@pytest.mark.parametrize(
    "audience", [f"{BASE}{SELECT}/feedback", BASE + SELECT, [f"{BASE}{SELECT}/feedback"]]
)
def test_feedback_takes_its_own_url_or_that_of_the_service_R121(
    closed: FlaskClient, audience: Any
) -> None:
    body = {
        "feedback": [
            {
                "card": str(uuid.uuid4()),
                "outcome": "overridden",
                "outcomeTimestamp": "2026-06-01T10:00:00Z",
            }
        ]
    }

    assert closed.post(f"{SELECT}/feedback", json=body).status_code == 401
    answer = closed.post(f"{SELECT}/feedback", json=body, headers=token(audience))
    assert (answer.status_code, answer.json) == (200, {})


def test_the_public_url_counts_and_not_the_host_header_R126(
    closed: FlaskClient, order_select: dict[str, Any]
) -> None:
    host = {"Host": "evil.example"}

    assert (
        closed.post(
            SELECT, json=order_select, headers={**token(f"https://evil.example{SELECT}"), **host}
        ).status_code
        == 401
    )
    assert (
        closed.post(SELECT, json=order_select, headers={**token(BASE + SELECT), **host}).status_code
        == 200
    )


def answer_for(settings: Settings, request: dict[str, Any], **switches: Any) -> Any:
    made: Client = registered(**switches)
    with running(replace(settings, clients=(made,), public_url=BASE)) as client:
        path = f"/cds-services/b12-{request['hook']}"
        answer = client.post(path, json=request, headers=token(BASE + path))
    assert answer.status_code == 200
    if made.delete_style == "resourceId":
        assert broken_rules(answer.json, request) == []
    return answer


def actions_of(answer: Any) -> list[list[dict[str, Any]]]:
    return [one["actions"] for card in answer.json["cards"] for one in card["suggestions"]]


def test_selection_behavior_is_the_clients_R81(
    settings: Settings, order_select: dict[str, Any]
) -> None:
    for behavior in ("at-most-one", "any"):
        answer = answer_for(settings, order_select, selection_behavior=behavior)
        assert {card["selectionBehavior"] for card in answer.json["cards"]} == {behavior}


def test_replace_is_one_suggestion_that_creates_before_it_deletes_R162(
    settings: Settings, order_select: dict[str, Any]
) -> None:
    for actions in actions_of(answer_for(settings, order_select, replace_strategy="replace")):
        kinds = [action["type"] for action in actions]
        assert kinds == sorted(kinds), "create before delete, for the sandbox takes the first"
        assert kinds.count("delete") == 1


def test_update_rewrites_the_draft_whole_R106_R110(
    settings: Settings, order_select: dict[str, Any]
) -> None:
    draft = order_select["context"]["draftOrders"]["entry"][0]["resource"]
    draft["extension"] = [{"url": "urn:local", "valueString": "kept"}]

    (actions, *_) = actions_of(answer_for(settings, order_select, replace_strategy="update"))

    updated = next(action["resource"] for action in actions if action["type"] == "update")
    assert (updated["resourceType"], updated["id"]) == ("MedicationRequest", "request-123")
    (kept, basis) = updated["extension"]
    assert [kept] == draft["extension"]
    assert basis["url"] == "urn:b12-cds:basis"
    assert isinstance(updated["category"], list), (
        "R166: the sandbox sends an object where R4 wants an array"
    )
    assert "text" not in updated


@pytest.mark.parametrize(
    "digits", ["1.00", "1.0", "30.000", "1E2", "0.1000000000000000055511151231257827"]
)
def test_an_update_keeps_the_digits_of_every_number_R8(
    settings: Settings, order_select: dict[str, Any], digits: str
) -> None:
    import json

    draft = order_select["context"]["draftOrders"]["entry"][0]["resource"]
    draft["extension"] = [{"url": "urn:local", "valueDecimal": "DIGITS"}]
    body = json.dumps(order_select).replace('"DIGITS"', digits).encode()
    with running(
        replace(settings, clients=(registered(replace_strategy="update"),), public_url=BASE)
    ) as client:
        answer = client.post(
            SELECT, data=body, content_type="application/json", headers=token(BASE + SELECT)
        )

    assert read_json(answer.data)["cards"]
    assert re.search(
        rf'"valueDecimal":{re.escape(digits).replace("E", "E[+]?")}[,}}\]]'.encode(), answer.data
    )


def test_split_makes_one_action_of_each_suggestion_for_epic(
    settings: Settings, order_select: dict[str, Any]
) -> None:
    answer = answer_for(
        settings,
        order_select,
        replace_strategy="split",
        selection_behavior="any",
        intent="proposal",
    )

    assert all(len(actions) == 1 for actions in actions_of(answer))
    # a removal alone would take treatment away, maintenance alone is too little: in words (Q65)
    assert {action["type"] for actions in actions_of(answer) for action in actions} == {"create"}
    details = " ".join(card["detail"] for card in answer.json["cards"])
    assert "Not offered as an order here: " in details
    assert "Remove the" in details


def test_intent_is_the_clients_R163(settings: Settings, order_select: dict[str, Any]) -> None:
    for intent in ("order", "proposal"):
        actions = [
            action
            for actions in actions_of(answer_for(settings, order_select, intent=intent))
            for action in actions
        ]
        assert {
            action["resource"]["intent"] for action in actions if action["type"] == "create"
        } == {intent}


def test_the_preferred_code_system_comes_first(
    settings: Settings, order_select: dict[str, Any]
) -> None:
    for system in (
        "http://www.nlm.nih.gov/research/umls/rxnorm",
        "http://snomed.info/sct",
        "https://dmd.nhs.uk",
        "urn:oid:2.16.840.1.113883.6.88",
    ):
        actions = [
            action
            for actions in actions_of(answer_for(settings, order_select, preferred_system=system))
            for action in actions
        ]
        created = [
            action["resource"]["medicationCodeableConcept"]
            for action in actions
            if action["type"] == "create"
        ]
        assert {concept["coding"][0]["system"] for concept in created} == {system}


def test_old_clients_get_the_id_of_a_delete_in_resource_R107(
    settings: Settings, order_select: dict[str, Any]
) -> None:
    actions = [
        action
        for actions in actions_of(answer_for(settings, order_select, delete_style="resource"))
        for action in actions
    ]

    assert [action.get("resource") for action in actions if action["type"] == "delete"] == [
        "MedicationRequest/request-123"
    ]
    assert not [action for action in actions if "resourceId" in action]


@pytest.mark.parametrize(
    ("version", "writes"),
    [("R4", True), ("R4B", True), ("STU3", True), ("R5", True), ("DSTU2", False)],
)
def test_no_action_is_offered_in_a_version_that_is_not_written_R158_R159(
    settings: Settings, order_select: dict[str, Any], version: str, writes: bool
) -> None:
    answer = answer_for(settings, order_select, fhir_version=version)

    assert answer.json["cards"]
    assert any("suggestions" in card for card in answer.json["cards"]) is writes


def test_the_version_that_epic_names_is_written_R158(
    settings: Settings, order_select: dict[str, Any]
) -> None:
    order_select["extension"] = {"com.epic.cdshooks.request.fhir-version": "STU3"}

    actions = [
        action for actions in actions_of(answer_for(settings, order_select)) for action in actions
    ]

    created = [action["resource"] for action in actions if action["type"] == "create"]
    assert created
    assert all("doseQuantity" in one["dosageInstruction"][0] for one in created), (
        "STU3 has the dose directly on the dosage"
    )
