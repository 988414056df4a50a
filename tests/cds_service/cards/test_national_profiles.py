"""What national profiles ask of a draft order beyond FHIR itself: US Core's requester on an order,
UK Core's and FHIR's one `allowed[x]` in a substitution.
"""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.decision import decide_request
from cds_service.site import PROFILES, client_of_profile, demonstration
from fhir_mappings.terminology import load_value_sets
from synthetic import sandbox_patients
from tests.cds_service.conftest import AS_OF

SUBSTITUTION = "http://terminology.hl7.org/CodeSystem/v3-substanceAdminSubstitution"
KINDS_OF_SUBSTITUTION = {"E", "EC", "BC", "G", "TE", "TB", "TG", "F", "N"}
"""The codes of that system that a substitution may be allowed by."""

VALUE_SETS = load_value_sets(None)
PEOPLE = [one for one in sandbox_patients(AS_OF) if not one.story.site]


def drafts_for(profile: str) -> list[dict[str, Any]]:
    """Return every medication order that the cards of all test patients draft for this client."""
    client = client_of_profile(profile)
    found = []
    for patient in PEOPLE:
        decision = decide_request(patient.request(), demonstration(), VALUE_SETS, AS_OF, client)
        found += [
            action["resource"]
            for card in decision.cards
            for suggestion in card.get("suggestions", [])
            for action in suggestion["actions"]
            if action["type"] == "create"
            and action["resource"]["resourceType"] == "MedicationRequest"
        ]
    return found


@pytest.mark.parametrize("profile", PROFILES)
def test_every_drafted_order_is_what_us_core_and_uk_core_ask_R190(profile: str) -> None:
    drafts = drafts_for(profile)

    assert len(drafts) > 30
    for draft in drafts:
        assert {"status", "intent", "medicationCodeableConcept", "subject", "authoredOn"} <= set(
            draft
        )
        assert draft["requester"]["reference"].startswith("Practitioner/"), "US Core, us-core-21"
        allowed = [name for name in draft["substitution"] if name.startswith("allowed")]
        assert allowed == ["allowedCodeableConcept"], "exactly one, as UK Core has it"
        [coding] = draft["substitution"]["allowedCodeableConcept"]["coding"]
        assert coding["system"] == SUBSTITUTION
        assert coding["code"] in KINDS_OF_SUBSTITUTION
