"""What a client may accept alone is safe alone, whatever makes it take single actions (Q65)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from cds_service.cards import BY_HAND
from cds_service.decision import decide_request
from cds_service.site import Client, client_of_profile, demonstration
from fhir_mappings.terminology import load_value_sets
from synthetic import SandboxPatient, sandbox_patients
from synthetic.client_story import accept, choose

DAY = dt.date(2026, 11, 26)
SETTINGS = demonstration()
VALUE_SETS = load_value_sets()
PATIENTS = [one for one in sandbox_patients(DAY) if not one.story.site]
GENERIC = client_of_profile("generic-2.0")

CLIENTS = {
    "split": msgspec.structs.replace(GENERIC, replace_strategy="split"),
    "second-action": msgspec.structs.replace(GENERIC, ignores=("second-action",)),
    "second-action, any": msgspec.structs.replace(
        GENERIC, ignores=("second-action",), selection_behavior="any"
    ),
    "delete": msgspec.structs.replace(GENERIC, ignores=("delete",)),
    "sandbox": client_of_profile("sandbox"),
    "epic": client_of_profile("epic"),
}


def cards_for(client: Client, patient: SandboxPatient) -> tuple[dict[str, Any], ...]:
    hook = "order-select" if patient.drafts else "patient-view"
    return decide_request(patient.request(hook), SETTINGS, VALUE_SETS, DAY, client).cards


def actions_alone(card: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for suggestion in card.get("suggestions", []):
        if len(suggestion["actions"]) == 1:
            yield suggestion["actions"][0]


def second_phases(patient: SandboxPatient) -> set[str]:
    """Return what a card offers behind a loading course only, never by itself."""
    cards = cards_for(GENERIC, patient)
    alone = {action["description"] for card in cards for action in actions_alone(card)}
    return {
        action["description"]
        for card in cards
        for suggestion in card.get("suggestions", [])
        for action in [
            one
            for one in suggestion["actions"]
            if one["type"] == "create" and one["resource"]["resourceType"] == "MedicationRequest"
        ][1:]
    } - alone


@pytest.mark.parametrize("name", CLIENTS)
def test_maintenance_is_not_offered_without_the_loading_before_it_Q65(name: str) -> None:
    checked = 0
    for patient in PATIENTS:
        later = second_phases(patient)
        for card in cards_for(CLIENTS[name], patient):
            alone = [action["description"] for action in actions_alone(card)]
            assert not later & set(alone), patient.story.name
            words = card["detail"]
            checked += bool(later) and "Not offered as an order here" in words
    assert checked > 5, "what is left out is said in words"


@pytest.mark.parametrize("name", CLIENTS)
def test_a_removal_alone_is_offered_of_harmful_orders_only_Q65(name: str) -> None:
    removed = 0
    for patient in PATIENTS:
        for card in cards_for(CLIENTS[name], patient):
            found = card["extension"]["org.b12-cds"].get("alsoFound", [])
            said = {card["source"]["topic"]["code"], *found}
            for action in actions_alone(card):
                if action["type"] == "delete":
                    removed += 1
                    assert said & {"b8", "b21", "c1", "d3", "d4", "e1"}, patient.story.name
    assert removed or "delete" in CLIENTS[name].ignores


ANY = msgspec.structs.replace(GENERIC, selection_behavior="any")
"""A client that can take several suggestions of a card, and knows no "at most one" (Epic)."""


def legs(card: dict[str, Any]) -> list[str]:
    """Return the labels of the suggestions of a card that write orders of medicines."""
    return [
        suggestion["label"]
        for suggestion in card.get("suggestions", [])
        if any(
            action.get("resource", {}).get("resourceType") == "MedicationRequest"
            for action in suggestion["actions"]
        )
    ]


@pytest.mark.parametrize("client", [ANY, CLIENTS["epic"]], ids=["any", "epic"])
def test_where_none_can_be_excluded_one_leg_is_an_order_and_the_other_words_Q65_H78(
    client: Client,
) -> None:
    choices = 0
    for patient in PATIENTS:
        for before, after in zip(
            cards_for(GENERIC, patient), cards_for(client, patient), strict=True
        ):
            labels = legs(before)
            if len(labels) < 2:
                continue
            choices += 1
            assert (before["selectionBehavior"], after["selectionBehavior"]) == (
                "at-most-one",
                "any",
            )
            offered = legs(after)
            assert len(offered) <= 1, patient.story.name
            if offered and any(label.startswith("NEURO signs") for label in labels):
                assert offered[0].startswith("NEURO signs"), patient.story.name
            assert "Not offered as an order here" in after["detail"], patient.story.name
    assert choices > 3


def test_one_order_that_lost_its_dose_is_told_one_dose_not_two() -> None:
    """The form holds the loading product; maintenance is another order, not offered yet."""
    [fred] = [one for one in PATIENTS if one.story.name == "Fred Oakes"]
    client = CLIENTS["sandbox"]
    drafts = accept(choose({"cards": cards_for(client, fred)}), fred.drafts, client)
    request = fred.request("order-select", tuple(drafts))
    [card] = decide_request(request, SETTINGS, VALUE_SETS, DAY, client).cards

    to_do = card["detail"].partition(f"{BY_HAND}\n")[2].partition("\n\n")[0].splitlines()
    assert len(to_do) == 1
    assert to_do[0].startswith("- Enter in the order that is there: Hydroxocobalamin 1000 micro")
    assert "alternate days" in to_do[0]
    assert "Not offered as an order here: Hydroxocobalamin 1 mg IM every 2 months" in card["detail"]
