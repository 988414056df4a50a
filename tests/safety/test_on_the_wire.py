"""What the hazard log promises of an answer as a client gets it, over all test patients."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.pages.guidance import NOT_COVERED
from synthetic import SandboxPatient, sandbox_patients
from tests.cds_service.conftest import AS_OF, client, order_select, settings

Json = dict[str, Any]
__all__ = ["client", "order_select", "settings"]

PATIENTS = {one.patient: one for one in sandbox_patients(AS_OF) if not one.story.site}
HYDROXOCOBALAMIN = {
    "text": "Hydroxocobalamin 1 mg/mL solution for injection",
    "coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "5514"}],
}
INTO_MUSCLE = {"coding": [{"system": "http://snomed.info/sct", "code": "78421000"}]}


def ask(client: FlaskClient, request: Json) -> Json:
    answer: Json = client.post(f"/cds-services/b12-{request['hook']}", json=request).json
    return answer


def basis(card: Json) -> Json:
    found: Json = card["extension"]["org.b12-cds"]
    return found


def signing(request: Json, draft: Json) -> Json:
    """Return the request with this one draft, as it is signed."""
    asked = copy.deepcopy(request)
    asked["hook"] = "order-sign"
    asked["context"].pop("selections", None)
    subject = {"reference": f"Patient/{asked['context']['patientId']}"}
    whole = {"resourceType": "MedicationRequest", "id": "d", "status": "draft", "intent": "order"}
    asked["context"]["draftOrders"] = {
        "resourceType": "Bundle",
        "entry": [{"resource": {**whole, "subject": subject, **draft}}],
    }
    return asked


@pytest.mark.parametrize("patient", PATIENTS.values(), ids=lambda one: one.patient)
def test_a_card_says_for_which_day_and_which_draft_it_is_and_silence_says_why(
    client: FlaskClient, patient: SandboxPatient
) -> None:
    """H69, H70, H75: a card on the wrong screen or of yesterday can be told, and an empty answer is
    not read as "checked".
    """
    answer = ask(client, patient.request())

    for card in answer["cards"]:
        assert basis(card)["asOf"] == AS_OF.isoformat()
        assert basis(card)["validUntil"].startswith(AS_OF.isoformat())
        assert bool(basis(card).get("draftDigest")) is bool(patient.drafts)
    if not answer["cards"]:
        assert answer["extension"]["org.b12-cds"]["why"]


LOUDNESS = {
    "critical": {"b1", "c1", "d3"},
    "warning": {"b3", "c2", "h1"},
    "info": {"b2", "b12", "k4"},
}
"""Cards that have one loudness alone in cards.md, each of some test patient."""


def test_a_card_reaches_the_client_as_loud_as_it_is_written(client: FlaskClient) -> None:
    """H73: what the client makes of it is its own; that it is told is ours."""
    told: dict[str, set[str]] = {}
    for patient in PATIENTS.values():
        for card in ask(client, patient.request())["cards"]:
            told.setdefault(card["source"]["topic"]["code"], set()).add(card["indicator"])
    for loud, cards in LOUDNESS.items():
        assert {card: told[card] for card in cards} == {card: {loud} for card in cards}


def test_the_digest_of_a_draft_changes_with_the_draft(
    client: FlaskClient, order_select: Json
) -> None:
    changed = copy.deepcopy(order_select)
    draft = changed["context"]["draftOrders"]["entry"][0]["resource"]
    draft["note"] = [{"text": "another"}]
    digests = [
        basis(ask(client, one)["cards"][0])["draftDigest"] for one in (order_select, changed)
    ]

    assert digests[0] != digests[1]


@pytest.mark.parametrize(
    ("dosage", "card"),
    [
        ({}, "k1"),
        ({"text": "as directed", "route": INTO_MUSCLE}, "k1"),
        (
            {
                "route": INTO_MUSCLE,
                "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "wk"}},
                "doseAndRate": [{"doseQuantity": {"value": 100, "unit": "ug"}}],
            },
            "b3",
        ),
    ],
)
def test_a_dose_that_the_order_form_lost_is_met_with_what_is_due(
    client: FlaskClient, order_select: Json, dosage: Json, card: str
) -> None:
    """H7, H79: with nerve signs the treatment that is due leads, not a note on the form."""
    lines = [dosage] if dosage else []
    draft = {"medicationCodeableConcept": HYDROXOCOBALAMIN, "dosageInstruction": lines}
    [found] = ask(client, signing(order_select, draft))["cards"]

    assert (basis(found)["card"], found["indicator"]) == (card, "warning")


@pytest.mark.parametrize(
    ("milligrams", "said"),
    [(15, None), (15.1, "warning"), (49.9, "warning"), (50, "critical"), (400, "critical")],
)
def test_a_dose_of_folic_acid_that_nobody_means_is_said(
    client: FlaskClient, order_select: Json, milligrams: float, said: str | None
) -> None:
    """H11 (Q66): over 15 mg a day, critical from 50 mg."""
    once = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}
    dose = {"doseQuantity": {"value": milligrams, "unit": "mg"}}
    draft = {
        "medicationCodeableConcept": {"text": "Folic acid 5 mg tablet"},
        "dosageInstruction": [{"timing": once, "doseAndRate": [dose]}],
    }
    cards = ask(client, signing(order_select, draft))["cards"]
    [card] = cards
    found = {basis(card)["card"], *basis(card).get("alsoFound", ())}

    assert ("b24" in found) is (said is not None)
    assert (basis(card)["card"] == "b24") is (said == "critical")


def test_a_reaction_to_an_excipient_is_said_on_the_card(
    client: FlaskClient, order_select: Json
) -> None:
    """H26: the formulary lists no excipients here, so the reader must see it and ask."""
    allergy = {
        "resourceType": "AllergyIntolerance",
        "id": "a",
        "patient": {"reference": f"Patient/{order_select['context']['patientId']}"},
        "code": {"text": "Benzyl alcohol"},
        "reaction": [{"manifestation": [{"text": "anaphylaxis"}]}],
    }
    bundle = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": allergy}]}
    order_select["prefetch"]["allergies"] = bundle
    [card] = ask(client, order_select)["cards"]

    assert "Severe reaction to benzyl alcohol" in card["detail"]


def test_both_legs_of_a_choice_are_noticed_when_they_are_signed(client: FlaskClient) -> None:
    """H78: a client that knows no "at most one" may let both be taken."""
    patient = next(one for one in PATIENTS.values() if one.story.rule == "U1")
    [card] = ask(client, patient.request("patient-view"))["cards"]
    assert card["selectionBehavior"] == "at-most-one"
    assert not any(suggestion.get("isRecommended") for suggestion in card["suggestions"])
    drafts = [
        action["resource"]
        for suggestion in card["suggestions"]
        for action in suggestion["actions"]
        if action["type"] == "create"
    ]
    both = ask(client, patient.request("order-sign", drafts=tuple(drafts)))["cards"]

    assert [basis(one)["card"] for one in both] == ["e2"]


def test_maintenance_never_begins_with_loading(client: FlaskClient) -> None:
    """H80 (I35): beside a drafted loading course, what goes on for life has a later first day, says
    after what it begins, or waits for a course whose end is open.
    """
    beside = 0
    for patient in PATIENTS.values():
        for card in ask(client, patient.request())["cards"]:
            for suggestion in card.get("suggestions", ()):
                lines = [line for action in suggestion["actions"] for line in dosages(action)]
                loading = [line for line in lines if is_loading(line)]
                for line in lines:
                    if loading and line not in loading:
                        beside += 1
                        assert begins_later(line, loading[0]), (patient.patient, line)
    assert beside > 20


def dosages(action: Json) -> list[Json]:
    lines = action.get("resource", {}).get("dosageInstruction", ())
    return [line for line in lines if "B12" in str(action) or "cobalamin" in str(action)]


def is_loading(line: Json) -> bool:
    return "alternate days" in line["text"] or "(6 doses)" in line["text"]


def begins_later(line: Json, loading: Json) -> bool:
    first = line["timing"]["repeat"].get("boundsPeriod", {}).get("start", "")
    is_open = "until" in loading["text"]
    return first > AS_OF.isoformat() or (
        not first and ("after the last" in line["text"] or is_open)
    )


def test_what_the_guidance_does_not_cover_stands_on_its_page(client: FlaskClient) -> None:
    """H115: what cannot be detected is said."""
    page = client.get("/guidance", headers={"Accept": "application/json"}).json

    assert page["notCovered"] == list(NOT_COVERED)
    assert {"children", "malignancy"} <= set(NOT_COVERED)
    assert "malignancy" in json.dumps(page)


def result(code: str, value: float, unit: str, day: str) -> Json:
    return {
        "resourceType": "Observation",
        "id": f"{code}-{day}",
        "status": "final",
        "subject": {"reference": "Patient/pat1"},
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "effectiveDateTime": day,
        "valueQuantity": {"value": value, "unit": unit},
    }


def details_with(client: FlaskClient, request: Json, *results: Json) -> str:
    asked = copy.deepcopy(request)
    asked["prefetch"]["conditions"]["entry"] = []
    asked["prefetch"]["labs"]["entry"] = [{"resource": one} for one in results]
    return "\n".join(f"{one['summary']}\n{one['detail']}" for one in ask(client, asked)["cards"])


def test_a_result_dated_in_the_future_is_shown_beside_the_one_that_counts_Q31(
    client: FlaskClient, order_select: Json
) -> None:
    """H22: the newest result, with a slip in its date, does not vanish behind an older one."""
    older, later = (
        result("14685-2", 300, "pmol/L", "2026-04-01"),
        result("14685-2", 96, "pmol/L", "2027-03-03"),
    )
    said = details_with(client, order_select, older, later)
    assert "- B12 300 pmol/L (1 Apr); B12 96 pmol/L (3 Mar 2027), not counted: it is dated" in said
    assert "not counted" not in details_with(client, order_select, older)


def test_a_kidney_result_of_one_race_is_not_called_none_H117(
    client: FlaskClient, order_select: Json
) -> None:
    level = result("14685-2", 96, "pmol/L", "2026-05-20")
    of_one = result("48643-1", 62, "mL/min/1.73m2", "2026-05-20")
    old = result("48643-1", 62, "mL/min/1.73m2", "2024-05-20")
    said = details_with(client, order_select, level, of_one)
    assert "eGFR 62 (20 May) cannot be used (it is the higher of a pair by race)" in said
    assert "no kidney result" not in said.lower()
    assert "No kidney result in 12 months" in details_with(client, order_select, level, old)
