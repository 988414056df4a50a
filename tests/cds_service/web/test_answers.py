"""Every answer to every prepared request keeps the rules for cards, and no optional member is
needed for an answer.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.site import Settings
from cds_service.workbench.prepared import PreparedPatient, load_patients
from tests.cds_service.card_rules import broken_rules
from tests.cds_service.conftest import AS_OF, running

STORIES = load_patients()


def ask(client: FlaskClient, request: dict[str, Any]) -> Any:
    return client.post(f"/cds-services/b12-{request['hook']}", json=request)


def as_hook(request: dict[str, Any], hook: str) -> dict[str, Any]:
    """Return the same request for another hook."""
    made = copy.deepcopy(request)
    made["hook"] = hook
    if hook == "patient-view":
        made["context"].pop("draftOrders", None)
    if hook != "order-select":
        made["context"].pop("selections", None)
    return made


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.id)
def test_each_answer_keeps_the_rules_IT8_to_IT24(
    client: FlaskClient, story: PreparedPatient
) -> None:
    request = story.request_at(AS_OF)
    hooks = (
        ["order-select", "order-sign", "patient-view"]
        if request["hook"] != "patient-view"
        else ["patient-view"]
    )
    for hook in hooks:
        asked = as_hook(request, hook)
        answer = ask(client, asked)

        assert answer.status_code == 200, answer.json
        assert broken_rules(answer.json, asked) == []
        assert "systemActions" not in answer.json


def without_uuids(answer: bytes) -> str:
    return re.sub(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
        "uuid",
        answer.decode(),
    )


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.id)
def test_the_same_request_has_the_same_cards_but_for_their_uuids_R86_IT25(
    client: FlaskClient, story: PreparedPatient
) -> None:
    request = story.request_at(AS_OF)

    first, second = ask(client, request), ask(client, request)

    assert without_uuids(first.data) == without_uuids(second.data)


def without_each_optional_member(request: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in ("fhirServer", "fhirAuthorization", "extension"):
        yield name, {key: value for key, value in request.items() if key != name}
    for name in ("userId", "encounterId", "selections"):
        made = copy.deepcopy(request)
        made["context"].pop(name, None)
        yield f"context.{name}", made
    for name in request["prefetch"]:
        made = copy.deepcopy(request)
        del made["prefetch"][name]
        yield f"prefetch.{name}", made
    draft = request["context"]["draftOrders"]["entry"][0]["resource"]
    for name in [name for name in draft if name not in ("resourceType",)]:
        made = copy.deepcopy(request)
        del made["context"]["draftOrders"]["entry"][0]["resource"][name]
        yield f"draft.{name}", made


def test_every_optional_member_may_be_missing_IT26(
    client: FlaskClient, order_select: dict[str, Any]
) -> None:
    order_select["context"]["encounterId"] = "e1"
    for name, request in without_each_optional_member(order_select):
        answer = ask(client, request)

        assert answer.status_code == 200, name
        assert broken_rules(answer.json, request) == [], name


def test_every_prefetch_key_may_be_anything_IT27(
    client: FlaskClient, order_select: dict[str, Any]
) -> None:
    error = {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": "exception"}],
    }
    for key in order_select["prefetch"]:
        for value in (
            None,
            {},
            [],
            5,
            "x",
            error,
            {"resourceType": "Bundle", "total": 0},
            {"entry": [None, {}, {"resource": error}]},
        ):
            request = copy.deepcopy(order_select)
            request["prefetch"][key] = value
            answer = ask(client, request)

            assert answer.status_code == 200, (key, value)
            assert broken_rules(answer.json, request) == [], (key, value)


@pytest.mark.parametrize(
    "member", ["medicationCodeableConcept", "dosageInstruction", "id", "status", "subject"]
)
def test_a_draft_without_this_member_is_answered_R157(
    client: FlaskClient, order_select: dict[str, Any], member: str
) -> None:
    del order_select["context"]["draftOrders"]["entry"][0]["resource"][member]

    answer = ask(client, order_select)

    assert answer.status_code == 200
    if member in ("medicationCodeableConcept", "id"):
        actions = [
            action
            for card in answer.json["cards"]
            for one in card.get("suggestions", [])
            for action in one["actions"]
        ]
        assert not [action for action in actions if action["type"] != "create"], (
            "R161: what has no id is not updated or deleted"
        )


@pytest.mark.parametrize(
    "identity", ["x" * 250, "a‐b", "request-123", "e" * 64 + "." * 100, "urn:uuid:1"]
)
def test_the_id_of_a_draft_comes_back_byte_for_byte(
    client: FlaskClient, order_select: dict[str, Any], identity: str
) -> None:
    order_select["context"]["draftOrders"]["entry"][0]["resource"]["id"] = identity
    order_select["context"]["selections"] = [f"MedicationRequest/{identity}"]

    answer = ask(client, order_select)

    (card,) = answer.json["cards"]
    touched = [
        action
        for one in card["suggestions"]
        for action in one["actions"]
        if action["type"] != "create"
    ]
    assert touched
    for action in touched:
        assert (
            action.get("resourceId") or f"MedicationRequest/{action['resource']['id']}"
        ) == f"MedicationRequest/{identity}"


def test_an_unrelated_order_is_answered_with_nothing_and_nothing_is_fetched(
    client: FlaskClient, order_select: dict[str, Any]
) -> None:
    draft = order_select["context"]["draftOrders"]["entry"][0]["resource"]
    draft["medicationCodeableConcept"] = {
        "coding": [
            {
                "system": "http://www.nlm.nih.gov/research/umls/rxnorm",
                "code": "617310",
                "display": "atorvastatin 20 MG Oral Tablet",
            }
        ]
    }
    del order_select["prefetch"]
    order_select["fhirServer"] = "http://127.0.0.1:1/fhir"

    answer = ask(client, order_select)

    assert (answer.status_code, answer.json["cards"]) == (200, [])
    assert "record" not in answer.headers["Server-Timing"]


def test_a_draft_of_another_patient_gets_no_advice_R38(
    client: FlaskClient, order_select: dict[str, Any]
) -> None:
    order_select["context"]["draftOrders"]["entry"][0]["resource"]["subject"] = {
        "reference": "Patient/somebody-else"
    }

    answer = ask(client, order_select)

    assert (answer.status_code, answer.json["cards"]) == (200, [])


def test_the_prefetched_patient_of_another_id_refuses_the_call_with_the_place_R38(
    client: FlaskClient, order_select: dict[str, Any]
) -> None:
    order_select["prefetch"]["patient"]["id"] = "somebody-else"

    answer = ask(client, order_select)

    assert answer.status_code == 400
    said = answer.json["issue"][0]["diagnostics"]
    assert said.startswith("prefetch.patient")
    assert "somebody-else" not in said


def test_a_selection_that_is_not_among_the_drafts_is_no_error_R156(
    client: FlaskClient, order_select: dict[str, Any]
) -> None:
    order_select["context"]["selections"] = ["MedicationRequest/elsewhere"]

    answer = ask(client, order_select)

    assert (answer.status_code, answer.json["cards"]) == (200, [])
    assert why_empty(answer) == "what is selected is not among the draft orders"


def order_set(*listed: str, **elements: Any) -> dict[str, Any]:
    actions = [{"resource": {"reference": reference}} for reference in listed]
    return {"resourceType": "RequestGroup", "id": "set", "action": actions} | elements


def test_a_selected_order_set_is_advised_on_as_its_orders_are_R154(
    client: FlaskClient, order_select: dict[str, Any]
) -> None:
    entries = order_select["context"]["draftOrders"]["entry"]
    (drafted,) = order_select["context"]["selections"]
    alone = ask(client, order_select).json["cards"]
    entries.insert(0, {"resource": order_set(drafted)})
    order_select["context"]["selections"] = ["RequestGroup/set"]

    cards = ask(client, order_select).json["cards"]

    assert [card["summary"] for card in cards] == [card["summary"] for card in alone]
    assert cards


@pytest.mark.parametrize("hook", ["order-select", "order-sign"])
def test_an_order_set_whose_orders_did_not_come_is_said_not_to_be_read(
    client: FlaskClient, order_select: dict[str, Any], hook: str
) -> None:
    (entry,) = order_select["context"]["draftOrders"]["entry"]
    held = order_set("#elsewhere", contained=[entry["resource"] | {"id": "inside"}])
    order_select["hook"] = hook
    order_select["context"] |= {
        "draftOrders": {"entry": [{"resource": held}]},
        "selections": ["RequestGroup/set"],
    }

    answer = ask(client, order_select)

    assert (answer.status_code, answer.json["cards"]) == (200, [])
    assert "an order set (RequestGroup) is not read itself" in why_empty(answer)


@pytest.mark.parametrize("kind", [["x"], {"a": 1}, 7, True])
def test_a_draft_whose_type_is_no_text_disturbs_no_other_R73(
    client: FlaskClient, order_select: dict[str, Any], kind: Any
) -> None:
    entries = order_select["context"]["draftOrders"]["entry"]
    entries.append({"resource": {"resourceType": kind, "id": "odd"}})

    answer = ask(client, order_select)
    explained = client.post("/workbench/explain", json=order_select)

    assert [card["source"]["topic"]["code"] for card in answer.json["cards"]] == ["b1"]
    assert explained.json["outcome"] == "speaks"


def why_empty(answer: Any) -> str:
    why: str = answer.json["extension"]["org.b12-cds"]["why"]
    return why


def test_an_order_of_another_patient_is_named_as_the_reason_R38(
    client: FlaskClient, order_select: dict[str, Any]
) -> None:
    (entry,) = order_select["context"]["draftOrders"]["entry"]
    other = copy.deepcopy(entry)
    other["resource"] |= {"id": "theirs", "subject": {"reference": "Patient/somebody-else"}}
    order_select["context"]["draftOrders"]["entry"].append(other)

    (card,) = ask(client, order_select).json["cards"]
    assert "Draft orders of another patient came along and were left out." in card["detail"]

    order_select["context"]["selections"] = ["MedicationRequest/theirs"]
    selected = ask(client, order_select)
    order_select["context"] |= {"selections": [], "draftOrders": {"entry": [other]}}
    alone = ask(client, order_select)

    for answer in (selected, alone):
        assert (answer.status_code, answer.json["cards"]) == (200, [])
        assert why_empty(answer) == (
            "the draft orders are about another patient than context.patientId"
        )


@pytest.mark.parametrize(
    ("about", "foreign"),
    [
        ({"subject": {"reference": "Patient/somebody-else"}}, True),
        ({"patient": {"reference": "Patient/somebody-else"}}, True),
        ({"subject": {"reference": "Patient/somebody-else"}, "id": "another-one"}, False),
        ({"subject": {"reference": "Patient/pat1"}}, False),
        ({}, False),
    ],
)
def test_an_encounter_of_another_patient_is_left_out_and_it_is_said_R38(
    client: FlaskClient, order_select: dict[str, Any], about: dict[str, Any], foreign: bool
) -> None:
    order_select["context"]["encounterId"] = "enc-1"
    encounter = {"resourceType": "Encounter", "id": "enc-1", "status": "in-progress"}
    order_select["prefetch"]["encounter"] = encounter | about

    (card,) = ask(client, order_select).json["cards"]
    explained = client.post("/workbench/explain", json=order_select).json

    drafts = [
        action["resource"]
        for suggestion in card["suggestions"]
        for action in suggestion["actions"]
        if action["type"] == "create"
    ]
    assert drafts
    assert all(("encounter" in draft) is not foreign for draft in drafts)
    said = "The encounter that came is another patient's and was left out."
    assert (said in card["detail"]) is foreign
    (line,) = [one for one in explained["resources"] if one["type"] == "Encounter"]
    of_another = "somebody-else" in str(about)
    assert line["ignored"].endswith("about another patient") is of_another
    assert "somebody-else" not in json.dumps([card, line])


def test_an_order_that_is_none_of_ours_is_named(
    client: FlaskClient, order_select: dict[str, Any]
) -> None:
    (entry,) = order_select["context"]["draftOrders"]["entry"]
    entry["resource"]["medicationCodeableConcept"] = {"text": "Lisino\u202epril\n10 mg"}

    assert why_empty(ask(client, order_select)).endswith("a test of them: 'Lisinopril 10 mg'")

    order_select["context"]["draftOrders"]["entry"] = []
    assert why_empty(ask(client, order_select)) == "no draft order came"

    order_select["context"]["draftOrders"]["entry"] = ["Hydroxocobalamin 1 mg im", 5]
    why = why_empty(ask(client, order_select))
    assert why.startswith("no resource with a resourceType, expected an order: ")
    assert "context.draftOrders.entry[0] and context.draftOrders.entry[1]" in why
    assert "Hydroxo" not in why


def test_the_topic_of_a_card_is_the_same_for_every_patient_R86(
    client: FlaskClient, order_select: dict[str, Any]
) -> None:
    (card,) = ask(client, order_select).json["cards"]

    assert card["source"]["topic"] == {
        "system": "urn:b12-cds:card",
        "code": "b1",
        "display": "by mouth with nerve signs",
    }


@pytest.mark.parametrize("nobody", [None, {"resourceType": "Bundle"}, "missing"])
def test_an_age_is_not_recorded_only_where_a_patient_was_read(
    client: FlaskClient, order_select: dict[str, Any], nobody: Any
) -> None:
    del order_select["prefetch"]["patient"]
    if nobody != "missing":
        order_select["prefetch"]["patient"] = nobody

    (card,) = ask(client, order_select).json["cards"]

    assert card["summary"] == "The age could not be read: adult B12 guidance is not applied"


def test_nothing_known_of_the_patient_is_412_with_an_outcome_R63_R72(
    client: FlaskClient, order_select: dict[str, Any]
) -> None:
    for prefetch in (None, {}, dict.fromkeys(order_select["prefetch"])):
        order_select["prefetch"] = prefetch
        answer = ask(client, order_select)

        assert answer.status_code == 412
        assert answer.json["resourceType"] == "OperationOutcome"
        assert "pat1" not in answer.text


def test_a_patient_alone_is_enough_to_be_answered_R63(
    client: FlaskClient, order_select: dict[str, Any]
) -> None:
    order_select["prefetch"] = {"patient": order_select["prefetch"]["patient"]}

    answer = ask(client, order_select)

    assert answer.status_code == 200
    assert answer.json["cards"]


def test_patient_view_without_any_data_is_no_empty_answer_R63_R176(client: FlaskClient) -> None:
    answer = ask(
        client,
        {
            "hook": "patient-view",
            "hookInstance": "i",
            "context": {"patientId": "p", "userId": "Practitioner/x"},
        },
    )

    assert answer.status_code == 412


def test_a_dose_that_is_wrong_for_anybody_is_said_without_a_record_R175(
    client: FlaskClient,
) -> None:
    draft = {
        "resourceType": "MedicationRequest",
        "id": "a",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": "Patient/p"},
        "medicationCodeableConcept": {
            "text": "Hydroxocobalamin 1 mg/mL solution for injection",
            "coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "5514"}],
        },
        "dosageInstruction": [
            {
                "timing": {"repeat": {"frequency": 1, "period": 2, "periodUnit": "d"}},
                "doseAndRate": [
                    {
                        "doseQuantity": {
                            "value": 1000,
                            "unit": "mg",
                            "system": "http://unitsofmeasure.org",
                            "code": "mg",
                        }
                    }
                ],
            }
        ],
    }
    context = {"patientId": "p", "userId": "Practitioner/x"}
    for hook, member in (("order-sign", "draftOrders"), ("medication-refill", "medications")):
        bundle = {"resourceType": "Bundle", "entry": [{"resource": draft}]}
        body = {"hook": hook, "hookInstance": "i", "context": {**context, member: bundle}}
        answer = ask(client, body)
        assert answer.status_code == 200
        assert [card["source"]["topic"]["code"] for card in answer.json["cards"]] == ["b8"]


def test_a_right_order_without_a_record_is_no_empty_answer_R63(client: FlaskClient) -> None:
    body = {
        "hook": "medication-refill",
        "hookInstance": "i",
        "context": {
            "patientId": "p",
            "medications": {
                "entry": [
                    {
                        "resource": {
                            "resourceType": "MedicationRequest",
                            "id": "a",
                            "status": "draft",
                            "intent": "order",
                            "subject": {"reference": "Patient/p"},
                            "medicationCodeableConcept": {"text": "Hydroxocobalamin"},
                        }
                    }
                ]
            },
        },
    }
    assert ask(client, body).status_code == 412


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("conditions", "conditions"),
        ("labs", "laboratory results"),
        ("medications", "medication list"),
        ("procedures", "procedures"),
        ("allergies", "allergies"),
    ],
)
def test_a_right_order_beside_what_was_not_read_is_no_empty_answer_R176(
    client: FlaskClient, order_select: dict[str, Any], key: str, words: str
) -> None:
    (card,) = ask(client, order_select).json["cards"]
    created = [
        action["resource"]
        for action in card["suggestions"][0]["actions"]
        if action["type"] == "create"
    ]
    pair = [{"resource": {**made, "id": f"n{place}"}} for place, made in enumerate(created)]
    order_select["context"] |= {"draftOrders": {"entry": pair}, "selections": []}
    assert ask(client, order_select).json["cards"] == []

    del order_select["prefetch"][key]
    (said,) = ask(client, order_select).json["cards"]

    assert said["summary"] == f"B12 order not fully checked: {words} could not be read"


def test_links_lead_below_the_public_url_to_what_is_there_R192(
    settings: Settings, order_select: dict[str, Any]
) -> None:
    base = "https://cds.example.org/base"
    with running(replace(settings, public_url=base)) as client:
        (card,) = ask(client, order_select).json["cards"]
        urls = [card["source"]["url"], *(link["url"] for link in card["links"])]

        assert len(urls) > 2
        for url in urls:
            path, _, anchor = url.removeprefix(base).partition("#")
            page = client.get(path)
            assert (url.startswith(f"{base}/guidance"), page.status_code) == (True, 200)
            assert not anchor or f'id="{anchor}"' in page.text


@pytest.mark.parametrize("hook", ["medication-refill", "order-select"])
def test_without_a_user_a_new_draft_takes_the_requester_of_the_drafts_R190(
    client: FlaskClient, order_select: dict[str, Any], hook: str
) -> None:
    context = order_select["context"]
    del context["userId"]
    (entry,) = context["draftOrders"]["entry"]
    entry["resource"]["requester"] = {"reference": "Practitioner/earlier"}
    if hook == "medication-refill":
        context |= {"medications": context.pop("draftOrders"), "draftOrders": None}
        del context["selections"]

    (card,) = ask(client, {**order_select, "hook": hook}).json["cards"]

    created = [
        action["resource"]
        for suggestion in card["suggestions"]
        for action in suggestion["actions"]
        if action["type"] == "create"
    ]
    assert created
    for resource in created:
        assert resource["requester"] == {"reference": "Practitioner/earlier"}


@pytest.mark.parametrize(
    "medications",
    [..., None, [], {}, {"resourceType": "Bundle"}, {"resourceType": "Bundle", "entry": []}],
)
def test_drafts_of_a_refill_may_stand_under_draftOrders_R170(
    client: FlaskClient, order_select: dict[str, Any], medications: Any
) -> None:
    if medications is not ...:
        order_select["context"]["medications"] = medications

    answer = ask(client, {**order_select, "hook": "medication-refill"})

    assert [card["source"]["topic"]["code"] for card in answer.json["cards"]] == ["b1"]


def test_markup_in_the_record_is_escaped_on_the_card_R77(
    client: FlaskClient, order_select: dict[str, Any]
) -> None:
    text = "<img src=x onerror=alert(1)> [link](javascript:alert(1)) | `code` **bold**"
    for entry in order_select["prefetch"]["conditions"]["entry"]:
        entry["resource"]["code"] = {"text": f"Paraesthesia? {text}"}  # quoted and asked about
    order_select["context"]["draftOrders"]["entry"][0]["resource"]["medicationCodeableConcept"][
        "text"
    ] = text

    (card,) = ask(client, order_select).json["cards"]

    assert r"\<img src=x onerror" in card["detail"]
    assert not re.search(r"(?<!\\)<img|(?<!\\)\[link\]", card["detail"] + card["summary"])


HOW = re.compile(r"(micrograms|mcg|1 mg).*(inject|IM\b|oral|by mouth|intramuscular)", re.IGNORECASE)
HOW_OFTEN = re.compile(r"daily|every|alternate|a week|weekly|once|per day|monthly", re.IGNORECASE)


def test_labels_and_descriptions_state_drug_dose_route_and_frequency_R165(
    client: FlaskClient,
) -> None:
    ordered = 0
    for story in STORIES:
        for card in ask(client, story.request_at(AS_OF)).json["cards"]:
            for suggestion in card.get("suggestions", []):
                new = [
                    one
                    for one in suggestion["actions"]
                    if one.get("resource", {}).get("resourceType") == "MedicationRequest"
                ]
                for action in (one for one in new if one["type"] == "create"):
                    ordered += 1
                    for text in (suggestion["label"], action["description"]):
                        assert "cobalamin" in text.lower(), text
                        assert HOW.search(text), text
                        assert HOW_OFTEN.search(text), text
    assert ordered > 10
