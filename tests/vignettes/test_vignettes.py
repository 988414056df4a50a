"""The worked clinical examples through HTTP, and the fixed point of every suggestion they lead
to.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from cds_service.app import create_app
from cds_service.site import Settings
from recommender.guidance.policy import Policy

sys.path.insert(0, str(Path(__file__).parent))
from chart import write_request

AS_OF = dt.date(2026, 11, 21)
VIGNETTES = [
    vignette
    for name in ("vignettes", "clinical_cases")
    for vignette in yaml.safe_load(
        (Path(__file__).parent / f"{name}.yaml").read_text(encoding="utf-8")
    )
]
LOUDNESS = {"info": 0, "warning": 1, "critical": 2}

Json = dict[str, Any]


def ask(request: Json, settings: Settings) -> list[Json]:
    """Return the cards that the service answers with."""
    app = create_app(settings, today=lambda: AS_OF)
    response = app.test_client().post(f"/cds-services/b12-{request['hook']}", json=request)

    assert response.status_code == 200, response.get_data(as_text=True)
    cards: list[Json] = response.get_json()["cards"]
    return cards


@pytest.fixture
def settings(tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    vignette = request.node.callspec.params["vignette"]
    return Settings(
        store_url=f"sqlite:///{tmp_path}/decisions.db",
        policy=Policy.from_settings(vignette.get("policy", {})),
    )


def drafted(cards: list[Json]) -> list[Json]:
    """Return every resource that any suggestion would create or write anew."""
    return [
        action["resource"]
        for card in cards
        for offer in card.get("suggestions", ())
        for action in offer["actions"]
        if "resource" in action
    ]


def check(expected: Json, cards: list[Json]) -> None:
    if expected.get("card") == "none":
        assert cards == []
        return
    topics = [card["source"]["topic"]["code"] for card in cards]
    if "card" in expected:
        assert topics[:1] == [expected["card"]]
    if "cards" in expected:
        assert len(cards) == expected["cards"], topics
    if "card_among" in expected:
        folded = {
            found
            for card in cards
            for found in card["extension"]["org.b12-cds"].get("alsoFound", ())
        }
        assert (set(topics) | folded) & set(expected["card_among"])
    if "rule" in expected and cards:
        assert cards[0]["extension"]["org.b12-cds"]["rule"] == expected["rule"]
    if "indicator" in expected:
        assert cards[0]["indicator"] == expected["indicator"]
    if "first_line" in expected:
        assert cards[0]["summary"] == expected["first_line"]
    if "labels" in expected:
        assert [offer["label"] for offer in cards[0].get("suggestions", ())] == expected["labels"]
    if "at_most" in expected:
        assert all(LOUDNESS[card["indicator"]] <= LOUDNESS[expected["at_most"]] for card in cards)
    check_suggestions(expected, cards)
    check_words(expected, cards)


def check_suggestions(expected: Json, cards: list[Json]) -> None:
    offers = cards[0].get("suggestions", []) if cards else []
    if "choices" in expected:
        assert len(offers) == expected["choices"]
        assert cards[0]["selectionBehavior"] == "at-most-one"
    if "recommended" in expected:
        assert sum(offer.get("isRecommended", False) for offer in offers) == expected["recommended"]
    if "drafts" in expected:
        made = [
            action["resource"]
            for action in offers[0]["actions"]
            if action.get("resource", {}).get("resourceType") == "MedicationRequest"
        ]
        texts = [resource["dosageInstruction"][0]["text"] for resource in made]
        assert len(texts) == len(expected["drafts"])
        assert all(words in text for words, text in zip(expected["drafts"], texts, strict=True)), (
            texts
        )
    if "deletes" in expected:
        assert [
            action["resourceId"] for action in offers[0]["actions"] if action["type"] == "delete"
        ] == expected["deletes"]
    if "overrides" in expected:
        assert set(expected["overrides"]) <= {
            reason["code"] for reason in cards[0]["overrideReasons"]
        }
    if "medication_drafts" in expected:
        made = [
            resource
            for resource in drafted(cards)
            if resource["resourceType"] == "MedicationRequest"
        ]
        assert len(made) == expected["medication_drafts"]


def check_words(expected: Json, cards: list[Json]) -> None:
    answer = json.dumps(cards, ensure_ascii=False)
    for words in expected.get("says", ()):
        assert words in answer
    for words in expected.get("never", ()):
        assert words not in answer
    for words in expected.get("never_drafted", ()):
        assert words not in json.dumps(drafted(cards))


@pytest.mark.parametrize("vignette", VIGNETTES, ids=[vignette["name"] for vignette in VIGNETTES])
def test_vignette(vignette: Json, settings: Settings) -> None:
    check(vignette["expect"], ask(write_request(vignette), settings))


@pytest.mark.parametrize("vignette", VIGNETTES, ids=[vignette["name"] for vignette in VIGNETTES])
def test_taking_any_suggestion_leaves_nothing_loud_about_it_R164(
    vignette: Json, settings: Settings
) -> None:
    request = write_request(vignette)
    for card in ask(request, settings):
        for suggestion in card.get("suggestions", ()):
            after = take(suggestion, request)
            loud = [again for again in ask(after, settings) if again["indicator"] != "info"]

            assert loud == [], f"{card['source']['topic']['code']}: {suggestion['label']}"


def _by_key(bundle: Json) -> dict[str, Json]:
    return {
        f"{entry['resource']['resourceType']}/{entry['resource']['id']}": entry["resource"]
        for entry in bundle.get("entry", ())
    }


def take(suggestion: Json, request: Json) -> Json:
    """Return the order-select request that an EHR sends after the suggestion was accepted: its
    drafts, the new ones selected.
    """
    context = request["context"]
    refill = request["hook"] == "medication-refill"
    drafts = _by_key(context.get("medications" if refill else "draftOrders", {}))
    taken: list[str] = []
    for number, action in enumerate(suggestion["actions"]):
        if action["type"] == "delete":
            drafts.pop(action["resourceId"], None)
            continue
        resource = copy.deepcopy(action["resource"])
        resource.setdefault("id", f"new-{number}")
        key = f"{resource['resourceType']}/{resource['id']}"
        drafts[key] = resource
        taken.append(key)
    if refill:  # what is refilled stays a refill
        bundle = {"resourceType": "Bundle", "entry": [{"resource": r} for r in drafts.values()]}
        return request | {"context": context | {"medications": bundle}}
    return request | {
        "hook": "order-select",
        "context": context
        | {
            "selections": taken or list(drafts),
            "draftOrders": {
                "resourceType": "Bundle",
                "entry": [{"resource": resource} for resource in drafts.values()],
            },
        },
    }
