"""An anticoagulant that is being ordered beside an injection is in no list of medicines yet: the
card asks, and names the technique, as where words point at one (F19, K17, h5).
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.vignettes.test_stops_and_doubtful_orders import (
    LOADING,
    LOW,
    TABLETS,
    cards_of,
    request,
)

Json = dict[str, Any]

PRESSURE = "fine needle, firm pressure"


def said_beside(medicine: Any, order: str = LOADING, **more: Any) -> str:
    """Return what the cards say where this medicine is drafted beside the order."""
    asked = request(order, results=LOW)
    draft = {
        "resourceType": "MedicationRequest",
        "id": "beside",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": "Patient/p1"},
        "medicationCodeableConcept": medicine if isinstance(medicine, dict) else {"text": medicine},
    }
    asked["context"]["draftOrders"]["entry"].append({"resource": draft | more})
    return " ".join(f"{card['summary']} {card['detail']}" for card in cards_of(asked))


@pytest.mark.parametrize(
    "name", ["Warfarin 3 mg tablets", "Enoxaparin 40 mg injection", "Apixaban 5 mg", "Marcumar"]
)
def test_an_anticoagulant_ordered_beside_an_injection_is_asked_about_h5(name: str) -> None:
    said = said_beside(name)

    assert f"Record says 'ordered now: {name}': ask about bleeding; {PRESSURE}" in said


def test_one_named_by_its_code_alone_is_asked_about_h5() -> None:
    rxnorm = "http://www.nlm.nih.gov/research/umls/rxnorm"
    coded = {"coding": [{"system": rxnorm, "code": "11289", "display": "warfarin"}]}

    assert "ordered now: warfarin" in said_beside(coded)


@pytest.mark.parametrize(
    "more",
    [
        {"status": "stopped"},
        {"status": "cancelled"},
        {"status": "on-hold"},
        {"doNotPerform": True},
        {"status": "entered-in-error"},
        {"status": "completed"},
        {"subject": {"reference": "Patient/somebody-else"}},
    ],
)
def test_one_that_is_not_being_started_is_not_asked_about(more: Json) -> None:
    assert PRESSURE not in said_beside("Warfarin 3 mg tablets", **more)


def test_tablets_and_other_medicines_beside_ask_nothing_of_bleeding() -> None:
    assert PRESSURE not in said_beside("Warfarin 3 mg tablets", TABLETS)
    assert PRESSURE not in said_beside("Amoxicillin 500 mg capsules")
    assert PRESSURE not in said_beside("Warfarin INR clinic referral", resourceType="Task")


def test_nitrous_oxide_ordered_beside_makes_the_level_doubtful() -> None:
    assert "nitrous oxide" in said_beside("Nitrous oxide 50 % inhalation").lower()


@pytest.mark.parametrize("where", ["among the drafts", "by its address", "on record"])
def test_one_that_only_a_reference_leads_to_is_asked_about_h5(where: str) -> None:
    asked = request(LOADING, results=LOW)
    warfarin = {"resourceType": "Medication", "id": "m1", "code": {"text": "Warfarin 3 mg tablets"}}
    address = "urn:uuid:3b5d0c55-2e0f-4a52-9d6e-7a1e0c3f1c22"
    draft = {
        "resourceType": "MedicationRequest",
        "id": "beside",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": "Patient/p1"},
        "medicationReference": {
            "reference": address if where == "by its address" else "Medication/m1"
        },
    }
    drafts = asked["context"]["draftOrders"]["entry"]
    drafts.append({"resource": draft})
    if where == "on record":
        listed = asked["prefetch"]["medications"]
        listed["entry"] = [*listed.get("entry", ()), {"resource": warfarin}]
    else:
        drafts.append({"fullUrl": address, "resource": warfarin})

    said = " ".join(f"{card['summary']} {card['detail']}" for card in cards_of(asked))

    assert "ordered now: Warfarin 3 mg tablets" in said
