"""An active order of vitamin B12 that is years old, of which no dose is on record, makes no opened
chart silent that speaks without it, over every case there is: ordered is not given (Q29, Q55, Q73).

Where treatment is on record the order may be what goes on with it, so these charts are left out.
"""

from __future__ import annotations

import copy
import datetime as dt

import pytest

from cds_service.decision import decide_request, explain
from cds_service.protocol import Problem
from tests.every_case.cases import Case, Json, every_case
from tests.every_case.test_metamorphic import VALUE_SETS

CASES = [
    case
    for case in every_case(at_every_hook=False)
    if isinstance(case.request.get("context"), dict)
    and isinstance((case.request.get("prefetch") or {}).get("medications"), dict)
    and isinstance(case.request["prefetch"]["medications"].get("entry", []), list)
]
INJECTIONS = ("1 mg/mL hydroxocobalamin injection", "1 mg intramuscularly every 3 months")
TABLETS = ("Cyanocobalamin 1000 microgram tablet", "1000 micrograms by mouth once daily")


def opened(case: Case, day: dt.date, ordered: tuple[str, str] | None) -> tuple[str, list[Json]]:
    """Return rule and cards of the opened chart, with this order of three years ago."""
    request = copy.deepcopy(case.request)
    request["hook"] = "patient-view"
    request["context"].pop("draftOrders", None)
    request["context"].pop("selections", None)
    medicines = request["prefetch"]["medications"]
    if ordered:
        medicines.setdefault("entry", []).append({"resource": old_order(case, day, *ordered)})
        if "total" in medicines:
            medicines["total"] = len(medicines["entry"])
    try:
        decision = decide_request(request, case.settings, VALUE_SETS, day)
    except Problem:
        return "", []
    return (explain(decision).get("decision") or {}).get("rule", ""), list(decision.cards)


def old_order(case: Case, day: dt.date, product: str, dosage: str) -> Json:
    return {
        "resourceType": "MedicationRequest",
        "id": "old-order",
        "status": "active",
        "intent": "order",
        "subject": {"reference": f"Patient/{case.request['context'].get('patientId')}"},
        "authoredOn": (day - dt.timedelta(days=1100)).isoformat(),
        "medicationCodeableConcept": {"text": product},
        "dosageInstruction": [{"text": dosage}],
    }


@pytest.mark.parametrize(
    ("days", "ordered"), [(0, INJECTIONS), (360, INJECTIONS), (360, TABLETS)], ids=str
)
def test_an_old_order_without_a_dose_makes_no_chart_silent(
    days: int, ordered: tuple[str, str]
) -> None:
    silent, spoke = [], 0
    for case in CASES:
        day = case.day + dt.timedelta(days=days)
        rule, cards = opened(case, day, None)
        if not cards or rule.startswith("T"):
            continue
        spoke += 1
        if not opened(case, day, ordered)[1]:
            silent.append((case.name, cards[0]["summary"]))
    assert spoke > 100
    assert silent == []
