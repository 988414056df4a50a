"""The fixed point over people, drafts and strategies: what a suggestion proposes is not criticised
once it is taken (R164).

Taken whole, as the specification says; and as the reference sandbox takes it, which keeps a name
and a code and nothing else.
"""

from __future__ import annotations

import copy
import datetime as dt
import itertools
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from cds_service.decision.decide import Decision
from cds_service.decision.explainable import decide_request
from cds_service.site import DEMONSTRATION_CLIENT, Client, demonstration
from cds_service.workbench.prepared import load_patients
from fhir_mappings.terminology.loading import load_value_sets
from recommender.language import Claim
from recommender.remedies.labels import STATED, say_stated

Json = dict[str, Any]
AS_OF = dt.date(2026, 6, 1)
SETTINGS = demonstration()
VALUE_SETS = load_value_sets()
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"

SANDBOX_DOSE = {
    "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
    "doseAndRate": [
        {"doseQuantity": {"value": 1, "system": "http://unitsofmeasure.org", "code": "{pill}"}}
    ],
}
"""What the sandbox's form says of every medicine, injections too."""

WEEKLY_INJECTION = {
    "route": {"coding": [{"system": "http://snomed.info/sct", "code": "78421000"}]},
    "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "wk"}},
    "doseAndRate": [
        {"doseQuantity": {"value": 1000, "system": "http://unitsofmeasure.org", "code": "ug"}}
    ],
}

LOST_BY_THE_CLIENT = {"h1", "h2", "h3", "k1"}
"""These ask for words in the order about needle and pressure, or for its dose. The sandbox drops
both, so that they are asked for again is right (Q37).
"""

SAID_IN_WORDS = {"e1", "b5"}
"""A client that takes one action each is offered neither a lone removal nor the maintenance beside
its loading course (Q65): that the old draft still stands, and that maintenance is missing, is said
again until it is done by hand or follows.
"""

CLAIMS = [
    say_stated((*claims, *then))
    for claims in ((), *STATED)
    for then in ((), (Claim.NOT_GIVEN,))
    if claims or then
]
"""Every statement that a label can lead with."""

STRATEGIES = {
    "replace": msgspec.structs.replace(DEMONSTRATION_CLIENT, replace_strategy="replace"),
    "update": msgspec.structs.replace(DEMONSTRATION_CLIENT, replace_strategy="update"),
    "split": msgspec.structs.replace(
        DEMONSTRATION_CLIENT, replace_strategy="split", selection_behavior="any"
    ),
}


def drafts_for(request: Json) -> Iterator[list[Json]]:
    """Yield the drafts of the story itself, a tablet as the sandbox draws it up, and injections."""
    own = request["context"].get("draftOrders", {}).get("entry", [])
    if own:
        yield [entry["resource"] for entry in own]
    tablet, injection = (
        ("309593", "Vitamin B 12 1 MG Oral Tablet"),
        ("5514", "Hydroxocobalamin 1 mg/mL solution for injection"),
    )
    for (code, text), dosage in ((tablet, SANDBOX_DOSE), (injection, WEEKLY_INJECTION)):
        yield [
            named(
                {"id": "request-123", "dosageInstruction": [dosage]},
                code,
                text,
                request["context"]["patientId"],
            )
        ]


def named(draft: Json, code: str, text: str, patient: str) -> Json:
    concept = {"text": text, "coding": [{"display": text, "system": RXNORM, "code": code}]}
    usual = {
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": f"Patient/{patient}"},
    }
    return {**usual, **draft, "medicationCodeableConcept": concept}


def ask(request: Json, drafts: list[Json], selections: list[str], client: Client) -> Decision:
    context = {
        **request["context"],
        "selections": selections,
        "draftOrders": {"entry": [{"resource": draft} for draft in drafts]},
    }
    return decide_request(
        {**request, "hook": "order-select", "context": context}, SETTINGS, VALUE_SETS, AS_OF, client
    )


def name_of(resource: Json) -> str:
    return f"{resource['resourceType']}/{resource['id']}"


def take(drafts: list[Json], actions: list[Json]) -> tuple[list[Json], list[str]]:
    """Return the drafts after a transaction of these actions, and which of them are new or
    changed.
    """
    left = {name_of(draft): draft for draft in drafts}
    for action in actions:
        if action["type"] == "delete":
            left.pop(action["resourceId"])
    written = []
    for number, action in enumerate(action for action in actions if action["type"] != "delete"):
        resource = copy.deepcopy(action["resource"])
        resource.setdefault("id", f"new-{number}")
        left[name_of(resource)] = resource
        written.append(name_of(resource))
    return list(left.values()), written


def take_in_the_sandbox(actions: list[Json], patient: str) -> list[Json]:
    """Return what the sandbox makes of these actions: the first medicine that has text and code, at
    the dose of its form.
    """
    for action in actions:
        concept = action.get("resource", {}).get("medicationCodeableConcept", {})
        if concept.get("text") and concept.get("coding"):
            draft = {"id": "request-123", "dosageInstruction": [SANDBOX_DOSE]}
            return [named(draft, concept["coding"][0]["code"], concept["text"], patient)]
        if action["type"] == "delete":
            return []
    return []


def ways_to_take(card: Json, strategy: str) -> list[list[Json]]:
    """Return the actions of each suggestion; where one suggestion is one action, those under one
    condition belong together.
    """
    suggestions = card.get("suggestions", [])
    if strategy != "split":
        return [suggestion["actions"] for suggestion in suggestions]
    assert all(len(suggestion["actions"]) == 1 for suggestion in suggestions)
    together: dict[str, list[Json]] = {}
    for suggestion in suggestions:
        label = suggestion["label"]
        condition = max(
            (claim for claim in CLAIMS if label.startswith(f"{claim}:")), key=len, default=""
        )
        together.setdefault(condition, []).extend(suggestion["actions"])
    return list(together.values())


def worries(decision: Decision) -> set[str]:
    return {
        card["source"]["topic"]["code"] for card in decision.cards if card["indicator"] != "info"
    }


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("person", [patient.id for patient in load_patients()])
def test_a_suggestion_that_was_taken_is_not_criticised_R164(person: str, strategy: str) -> None:
    request = next(patient.request_at(AS_OF) for patient in load_patients() if patient.id == person)
    client = STRATEGIES[strategy]
    for drafts in drafts_for(request):
        selections = [
            name_of(draft) for draft in drafts if draft["resourceType"] == "MedicationRequest"
        ]
        for card in ask(request, drafts, selections, client).cards:
            for actions in ways_to_take(card, strategy):
                left, written = take(drafts, actions)
                said = worries(ask(request, left, written, client))
                said -= SAID_IN_WORDS if strategy == "split" else set()
                assert not written or said == set(), (
                    card["summary"],
                    actions,
                )
                lossy = take_in_the_sandbox(actions, request["context"]["patientId"])
                selected = [name_of(draft) for draft in lossy]
                assert (
                    not lossy
                    or worries(ask(request, lossy, selected, client)) <= LOST_BY_THE_CLIENT
                ), (card["summary"], actions)


MOST = 5
"""Suggestions of one card of which every subset is tried; no card has more."""


@pytest.mark.parametrize("person", [patient.id for patient in load_patients()])
def test_every_subset_that_a_client_may_accept_is_safe_Q65(person: str) -> None:
    """Whatever a client takes that excludes nothing and takes one action each: nothing critical
    comes of it, and no treatment is taken away with nothing in its place.
    """
    request = next(patient.request_at(AS_OF) for patient in load_patients() if patient.id == person)
    client = STRATEGIES["split"]
    for drafts in drafts_for(request):
        selections = [
            name_of(draft) for draft in drafts if draft["resourceType"] == "MedicationRequest"
        ]
        before = ask(request, drafts, selections, client)
        for card in before.cards:
            offered = card.get("suggestions", [])
            assert len(offered) <= MOST
            for taken in _subsets(offered):
                actions = [action for suggestion in taken for action in suggestion["actions"]]
                left, written = take(drafts, actions)
                loadings = [one for one in left if one["resourceType"] == "MedicationRequest"]
                assert loadings or card["source"]["topic"]["code"] in (
                    "b8",
                    "b21",
                    "c1",
                    "d3",
                    "d4",
                )
                after = ask(request, left, written, client)
                assert not written or "critical" not in {
                    found["indicator"]
                    for found in after.cards
                    if found["source"]["topic"]["code"] not in _codes(before)
                }, (card["summary"], [one["label"] for one in taken])


def _subsets(offered: list[Json]) -> Iterator[tuple[Json, ...]]:
    for size in range(1, len(offered) + 1):
        yield from itertools.combinations(offered, size)


def _codes(decision: Decision) -> set[str]:
    return {card["source"]["topic"]["code"] for card in decision.cards}
