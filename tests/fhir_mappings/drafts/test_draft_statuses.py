"""Drafts of which nobody knows whether they order anything.

Expected by decisions Q17 (a drafted test resolves what asks for it), Q28, I33; PROTOCOL R166.
"""

from __future__ import annotations

from typing import Any

import pytest

from fhir_mappings.draft_orders import Drafts, read_drafts
from fhir_mappings.fhir import Placed
from fhir_mappings.terminology.loading import load_value_sets
from recommender.language.course import OrderState, Test

VALUE_SETS = load_value_sets()
EGFR = {"coding": [{"system": "http://loinc.org", "code": "98979-8"}]}
INJECTION = {"text": "Hydroxocobalamin 1 mg injection"}


def read(kind: str, **changes: Any) -> Drafts:
    named = {"code": EGFR} if kind == "ServiceRequest" else {"medicationCodeableConcept": INJECTION}
    draft = {
        "resourceType": kind,
        "id": "d1",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": "Patient/p1"},
        **named,
        **changes,
    }
    return read_drafts([Placed("context.draftOrders.entry[0]", draft)], None, "p1", VALUE_SETS)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "rejected"},
        {"status": "bogus"},
        {"status": "On Hold"},
        {"status": "Entered in Error"},
        {"status": "revoked"},
        {"doNotPerform": "perhaps"},
        {"doNotPerform": True},
        {"modifierExtension": [{"url": "urn:x"}]},
    ],
)
def test_a_test_of_which_nobody_knows_is_not_ordered_Q17(changes: dict[str, Any]) -> None:
    assert read("ServiceRequest", **changes).tests == ()


@pytest.mark.parametrize("status", ["draft", "Draft", "active", "requested", "unknown", "", None])
def test_a_test_that_is_drafted_is_ordered(status: str | None) -> None:
    assert [one.test for one in read("ServiceRequest", status=status).tests] == [Test.EGFR]


@pytest.mark.parametrize(
    "status",
    ["discontinued", "canceled", "bogus", "not-taken", 5, True, ["?"], {"state": "stopped"}],
)
def test_a_medicine_whose_draft_may_be_a_stop_is_never_called_right(status: Any) -> None:
    (order,) = read("MedicationRequest", status=status).orders
    assert order.doubt == "its status is not understood, so it may be a stop"
    assert order.not_computable.startswith(order.doubt)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "discontinued"},
        {"doNotPerform": "perhaps"},
        {"modifierExtension": [{"url": "urn:x"}]},
    ],
)
def test_an_injection_ordered_as_a_procedure_is_doubted_likewise(changes: dict[str, Any]) -> None:
    injection = {"code": {"text": "Hydroxocobalamin injection"}}
    (order,) = read("ServiceRequest", **injection, **changes).orders
    assert order.doubt
    assert read("ServiceRequest", **injection).orders[0].doubt == ""


@pytest.mark.parametrize(
    "status", ["stopped", "Stopped", "On Hold", "cancelled", {"text": "Ended"}]
)
def test_a_stop_is_one_in_every_spelling(status: Any) -> None:
    (order,) = read("MedicationRequest", status=status).orders
    assert order.state is OrderState.STOP


@pytest.mark.parametrize("status", ["Entered in Error", {"text": "Entered in Error"}, "completed"])
def test_a_mistaken_draft_orders_nothing(status: Any) -> None:
    assert read("MedicationRequest", status=status).orders == ()
