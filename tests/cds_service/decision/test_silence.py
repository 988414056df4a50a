"""An answer without cards says why: in the demonstration, and to the clients that want it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from cds_service.decision import decide_request, explain_silence
from cds_service.protocol import HookRequest, parse_hook_request
from cds_service.site import DEMONSTRATION_CLIENT, Settings, demonstration
from fhir_mappings.terminology import load_value_sets
from synthetic import sandbox_patients
from tests.cds_service.conftest import AS_OF, running
from tests.cds_service.signing import client as registered
from tests.cds_service.site.test_clients import BASE, token

SELECT = "/cds-services/b12-order-select"
SETTINGS = demonstration()
VALUE_SETS = load_value_sets(None)

SILENT = [
    one
    for one in sandbox_patients(AS_OF)
    if not one.story.cards and not one.story.site and one.story.rule
]


@pytest.mark.parametrize(
    ("patient", "hook"),
    [(one, hook) for one in SILENT for hook in dict.fromkeys(("patient-view", one.hook))],
    ids=lambda one: one if isinstance(one, str) else one.story.name,
)
def test_each_silence_is_a_sentence_of_its_rule(patient: Any, hook: str) -> None:
    decision = decide_request(patient.request(hook), SETTINGS, VALUE_SETS, AS_OF)
    request = parse_hook_request(patient.request(hook), hook)
    said = explain_silence(decision, request)["org.b12-cds"]

    assert re.fullmatch(
        r"(checked|as far as|not a vitamin|no cards|the cards of)[^|]*", said["why"]
    )
    assert said["why"].count("(") == said["why"].count(")"), "no half of a note"
    assert not re.search(r"\b[a-m]\d+\b", said["why"]), "no id of a card"


FAILED = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "timeout"}]}


@pytest.mark.parametrize(
    ("came", "said"),
    [
        (FAILED, "Could not be read: conditions and laboratory results."),
        (
            {"resourceType": "Bundle", "entry": [], "link": [{"relation": "next", "url": "x"}]},
            "Not complete: conditions and laboratory results.",
        ),
    ],
)
def test_a_silence_over_lists_that_were_not_read_is_not_said_to_be_checked(
    came: dict[str, Any], said: str
) -> None:
    """Nothing else gives a reason to look, so there is no card (Q92); the words say the gap."""
    request = {
        "hook": "patient-view",
        "hookInstance": "one",
        "context": {"userId": "Practitioner/1", "patientId": "p"},
        "prefetch": {
            "patient": {"resourceType": "Patient", "id": "p", "birthDate": "1970-02-03"},
            **dict.fromkeys(("conditions", "labs"), came),
            **dict.fromkeys(
                ("medications", "statements", "administrations", "procedures", "allergies")
            ),
        },
    }
    decision = decide_request(request, SETTINGS, VALUE_SETS, AS_OF)
    assert decision.cards == ()
    told = explain_silence(decision, parse_hook_request(request, "patient-view"))["org.b12-cds"]

    assert told["why"].startswith("as far as the record could be read, nothing is due: E2")
    assert told["why"].endswith(said)


def test_there_are_silent_test_patients() -> None:
    assert len(SILENT) >= 3


@pytest.fixture
def amlodipine(order_select: dict[str, Any]) -> dict[str, Any]:
    [entry] = order_select["context"]["draftOrders"]["entry"]
    entry["resource"]["medicationCodeableConcept"] = {"text": "Lisinopril 5 mg tablet"}
    return order_select


def test_in_production_a_client_is_told_only_where_its_switch_is_on(
    settings: Settings, amlodipine: dict[str, Any]
) -> None:
    answers = []
    for wanted in (False, True):
        client = msgspec.structs.replace(registered(), explain_empty=wanted)
        site = replace(settings, profile="production", clients=(client,), public_url=BASE)
        with running(site) as http:
            answer = http.post(SELECT, json=amlodipine, headers=token(BASE + SELECT))
            answers.append(answer.get_json())

    assert answers[0] == {"cards": []}
    assert answers[1]["cards"] == []
    assert answers[1]["extension"]["org.b12-cds"]["why"].startswith("not a vitamin B12 or folic")


@pytest.mark.parametrize("status", ["completed", "entered-in-error"])
def test_a_b12_order_that_orders_nothing_is_not_called_another_medicine(
    settings: Settings, order_select: dict[str, Any], status: str
) -> None:
    [entry] = order_select["context"]["draftOrders"]["entry"]
    entry["resource"]["status"] = status
    with running(settings) as http:
        answer = http.post(SELECT, json=order_select).get_json()

    assert answer["cards"] == []
    why = answer["extension"]["org.b12-cds"]["why"]
    assert why == "the draft orders are completed or entered in error, so nothing is being ordered"


def test_an_order_whose_name_is_too_long_to_be_read_is_not_called_another_medicine(
    settings: Settings, order_select: dict[str, Any]
) -> None:
    """A text that was cut is not understood (R181, Q26): nothing is claimed of it."""
    [entry] = order_select["context"]["draftOrders"]["entry"]
    entry["resource"]["medicationCodeableConcept"] = {"text": "Cyanocobalamin " + "x" * 4096}
    with running(settings) as http:
        answer = http.post(SELECT, json=order_select).get_json()

    assert answer["extension"]["org.b12-cds"]["why"] == (
        "the name of what is ordered has more characters than are read"
    )


@pytest.mark.parametrize(
    ("withheld_by", "said"),
    [
        (["clients.Main EHR.modes.default"], "not shown in the mode that is set"),
        (["overridden"], "was overridden for this patient and order"),
        (["asked before"], "asks a question that was asked before"),
        (["modes.b2", "overridden"], "mode that is set; what was decided was overridden"),
    ],
)
def test_what_keeps_a_card_back_is_told_apart(withheld_by: list[str], said: str) -> None:
    """An empty answer that explains itself gives the reason that holds (contract, Q45, Q93)."""
    [patient] = [one for one in sandbox_patients(AS_OF) if one.story.name == "Gail Ortiz"]
    request = patient.request(patient.hook)
    decision = decide_request(request, SETTINGS, VALUE_SETS, AS_OF)
    asked = parse_hook_request(request, patient.hook)

    why = explain_silence(decision, asked, withheld_by)["org.b12-cds"]["why"]

    assert said in why
    assert ("mode that is set" in why) is ("mode" in said)


def test_in_the_demonstration_everybody_is_told(
    settings: Settings, amlodipine: dict[str, Any]
) -> None:
    assert not DEMONSTRATION_CLIENT.explain_empty
    with running(settings) as http:
        answer = http.post(SELECT, json=amlodipine).get_json()

    assert answer["extension"]["org.b12-cds"]["why"].startswith("not a vitamin B12")


def test_a_right_order_is_said_to_be_consistent_with_its_rule() -> None:
    [right] = [one for one in sandbox_patients(AS_OF) if one.story.name == "Oda Winter"]
    decision = decide_request(right.request("order-sign"), SETTINGS, VALUE_SETS, AS_OF)
    said = explain_silence(decision, HookRequest("order-sign", "explain", right.patient))[
        "org.b12-cds"
    ]

    assert said["why"].startswith(f"checked: consistent with {said['rule']}, ")
