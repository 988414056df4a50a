"""Order-select in each FHIR version: drafts are read, suggestions are written in the same version,
and taking one settles the matter.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from fhir_mappings.drafts.outgoing import check_outgoing
from fhir_mappings.fhir.versions import FhirVersion

PILL = {"value": 1, "system": "http://unitsofmeasure.org", "code": "{pill}"}
DAILY = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}
ORAL_B12, LOW_DOSE_B12, MECOBALAMIN, FOLIC_ACID = "309593", "313896", "1539820", "199318"


def drafted(code: str, version: FhirVersion, patient: str) -> dict[str, Any]:
    concept = {"coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": code}]}
    draft = {
        "resourceType": "MedicationRequest",
        "id": "d1",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": f"Patient/{patient}"},
    }
    if version is FhirVersion.DSTU2:
        lines = [
            {
                "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnits": "d"}},
                "doseQuantity": PILL,
            }
        ]
        order = {
            "resourceType": "MedicationOrder",
            "id": "d1",
            "status": "draft",
            "patient": {"reference": f"Patient/{patient}"},
        }
        return order | {"medicationCodeableConcept": concept, "dosageInstruction": lines}
    if version is FhirVersion.STU3:
        lines = [{"timing": DAILY, "doseQuantity": PILL}]
        return draft | {
            "medicationCodeableConcept": concept,
            "dosageInstruction": lines,
            "context": {"reference": "Encounter/e1"},
        }
    lines = [{"timing": DAILY, "doseAndRate": [{"doseQuantity": PILL}]}]
    medication = (
        {"medication": {"concept": concept}}
        if version is FhirVersion.R5
        else {"medicationCodeableConcept": concept}
    )
    return draft | medication | {"dosageInstruction": lines}


def ask(
    client: FlaskClient,
    request: dict[str, Any],
    drafts: list[dict[str, Any]],
    selections: list[str],
) -> list[dict[str, Any]]:
    body = copy.deepcopy(request)
    body["context"]["draftOrders"] = {
        "resourceType": "Bundle",
        "entry": [{"resource": draft} for draft in drafts],
    }
    body["context"]["selections"] = selections
    answer = client.post("/cds-services/b12-order-select", json=body)
    assert answer.status_code == 200
    cards: list[dict[str, Any]] = answer.get_json()["cards"]
    return cards


def named(resource: dict[str, Any]) -> str:
    return f"{resource['resourceType']}/{resource['id']}"


def take(
    suggestion: dict[str, Any], drafts: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the draft set after a suggestion was taken, and what is selected then."""
    actions = suggestion["actions"]
    gone = {action["resourceId"] for action in actions if action["type"] == "delete"}
    written = [
        action["resource"] | {"id": action["resource"].get("id", f"n{number}")}
        for number, action in enumerate(actions)
        if "resource" in action
    ]
    kept = [
        draft
        for draft in drafts
        if named(draft) not in gone | {named(resource) for resource in written}
    ]
    return [*kept, *written], [named(resource) for resource in written]


@pytest.mark.parametrize("version", [FhirVersion.R4, FhirVersion.STU3, FhirVersion.R5])
@pytest.mark.parametrize("code", [ORAL_B12, LOW_DOSE_B12, MECOBALAMIN, FOLIC_ACID])
def test_every_suggestion_is_valid_and_settles_the_matter_R164(client, order_select, code, version):
    drafts = [drafted(code, version, order_select["context"]["patientId"])]
    cards = ask(client, order_select, drafts, ["MedicationRequest/d1"])
    suggestions = [suggestion for card in cards for suggestion in card.get("suggestions", [])]

    assert suggestions
    for resource in written_by(suggestions):
        assert check_outgoing(resource, version) == []
    for suggestion in suggestions:
        after, selected = take(suggestion, drafts)
        loud = [
            card
            for card in ask(client, order_select, after, selected)
            if card["indicator"] != "info"
        ]
        assert [card["summary"] for card in loud] == [], suggestion["label"]


def written_by(suggestions: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return (
        action["resource"]
        for suggestion in suggestions
        for action in suggestion["actions"]
        if "resource" in action
    )


def test_a_DSTU2_draft_gets_its_card_without_suggestions_R159(client, order_select):
    cards = ask(
        client,
        order_select,
        [drafted(ORAL_B12, FhirVersion.DSTU2, order_select["context"]["patientId"])],
        ["MedicationOrder/d1"],
    )

    assert [card["indicator"] for card in cards] == ["critical"]
    assert not any("suggestions" in card or "selectionBehavior" in card for card in cards)
