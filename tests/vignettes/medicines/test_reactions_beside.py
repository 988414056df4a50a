"""An alert that stands in a list of another type, and a reaction that an entry of vitamin B12 tells
of itself, are quoted before more is given; what is taken back, of something else or denied is not
(F21, Q26 to Q28).
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.vignettes.chart import SNOMED
from tests.vignettes.test_stops_and_doubtful_orders import (
    LOADING,
    LOW,
    MAINTENANCE,
    TABLETS,
    cards_of,
    draft_of,
    only_card,
    request,
)

Json = dict[str, Any]

PATIENT = {"reference": "Patient/p1"}
B12 = {"text": "Hydroxocobalamin 1 mg/mL injection"}
PENICILLIN = {
    "resourceType": "AllergyIntolerance",
    "patient": PATIENT,
    "code": {"text": "Penicillin"},
}
ALLERGIC = {"text": "Allergy to hydroxocobalamin"}


def flag(code: Json, **more: Any) -> Json:
    return {
        "resourceType": "Flag",
        "id": "f1",
        "status": "active",
        "subject": PATIENT,
        "code": code,
    } | more


def cards_with(key: str, *entries: Json) -> list[Json]:
    asked = request(LOADING, results=LOW)
    bundle = asked["prefetch"][key]
    bundle["entry"] += [{"resource": entry} for entry in entries]
    bundle["total"] += len(entries)
    return cards_of(asked)


def said(cards: list[Json]) -> str:
    return " ".join(f"{card['summary']} {card['detail']}" for card in cards)


ALERTS = [
    flag(ALLERGIC),
    {
        "resourceType": "DetectedIssue",
        "id": "i1",
        "status": "final",
        "patient": PATIENT,
        "code": {"text": "Drug allergy"},
        "implicated": [{"display": "Hydroxocobalamin"}],
    },
    {
        "resourceType": "AdverseEvent",
        "id": "e1",
        "actuality": "actual",
        "subject": PATIENT,
        "event": {"text": "Anaphylaxis after vitamin B12 injection"},
    },
    {"resourceType": "AllergyIntolerance", "id": "a9", "patient": PATIENT, "code": B12},
]


@pytest.mark.parametrize("alert", ALERTS, ids=lambda one: one["resourceType"])
def test_an_alert_beside_the_list_is_quoted_before_b12_is_given(alert: Json) -> None:
    keys = {"conditions", "allergies"} - ({"allergies"} if alert in ALERTS[3:] else set())
    for key in keys:
        first = PENICILLIN if key == "allergies" else {"resourceType": "Condition"}
        cards = cards_with(key, first, alert)
        assert any(card["indicator"] == "warning" for card in cards)
        assert "ydroxocobalamin" in said(cards) or "B12 injection" in said(cards)
        assert not any(
            one.get("isRecommended") for card in cards for one in card.get("suggestions", ())
        )


TAKEN_BACK = [
    flag(ALLERGIC, status="inactive"),
    flag(ALLERGIC, status="entered-in-error"),
    flag(ALLERGIC, period={"end": "2025-01-01"}),
    flag(ALLERGIC, subject={"reference": "Patient/other"}),
    flag({"text": "Penicillin allergy"}),
    flag({"text": "Hearing aid"}),
]


@pytest.mark.parametrize("alert", TAKEN_BACK, ids=str)
def test_an_alert_that_is_over_or_of_another_thing_changes_nothing(alert: Json) -> None:
    assert said(cards_with("allergies", PENICILLIN, alert)) == said(
        cards_with("allergies", PENICILLIN)
    )


def test_an_alert_of_bleeding_or_of_an_anticoagulant_is_quoted() -> None:
    for words in ("Haemophilia", "On blood thinners"):
        cards = cards_with("conditions", {"resourceType": "Condition"}, flag({"text": words}))
        assert f"'{words}'" in said(cards)


ENDED = {
    "resourceType": "MedicationRequest",
    "id": "m9",
    "status": "stopped",
    "intent": "order",
    "subject": PATIENT,
    "authoredOn": "2024-01-02",
    "medicationCodeableConcept": B12,
}
GIVEN = {
    "resourceType": "MedicationAdministration",
    "id": "g9",
    "status": "completed",
    "subject": PATIENT,
    "effectiveDateTime": "2024-01-02",
    "medicationCodeableConcept": B12,
}
INJECTED = {
    "resourceType": "Procedure",
    "id": "p9",
    "status": "completed",
    "subject": PATIENT,
    "performedDateTime": "2024-01-02",
    "code": {"text": "Vitamin B12 injection"},
}
TELLING = [
    ("medications", ENDED | {"statusReason": {"text": "Allergic reaction"}}),
    ("medications", ENDED | {"statusReason": {"text": "Suspected intolerance"}}),
    ("medications", ENDED | {"note": [{"text": "No fever. Anaphylaxis after the first dose"}]}),
    ("administrations", GIVEN | {"note": [{"text": "allergic reaction to the injection"}]}),
    ("procedures", INJECTED | {"complication": [{"text": "Anaphylaxis"}]}),
    ("procedures", INJECTED | {"note": [{"text": "reaction to hydroxocobalamin"}]}),
]


@pytest.mark.parametrize(("key", "entry"), TELLING, ids=str)
def test_a_reaction_that_an_entry_of_b12_tells_of_is_quoted(key: str, entry: Json) -> None:
    cards = cards_with(key, entry)
    assert any(card["indicator"] == "warning" for card in cards)
    assert "may mean" in said(cards)


SAYING_NOTHING = [
    ("medications", ENDED | {"statusReason": {"text": "No allergic reaction, course complete"}}),
    ("medications", ENDED | {"note": [{"text": "Allergic to penicillin"}]}),
    ("medications", ENDED | {"status": "entered-in-error", "note": [{"text": "Anaphylaxis"}]}),
    ("administrations", GIVEN | {"note": [{"text": "given without any allergic reaction"}]}),
    ("procedures", INJECTED | {"complication": [{"text": "Haematoma"}]}),
]


@pytest.mark.parametrize(("key", "entry"), SAYING_NOTHING, ids=str)
def test_what_denies_a_reaction_or_speaks_of_another_thing_is_not(key: str, entry: Json) -> None:
    assert "may mean" not in said(cards_with(key, entry))


@pytest.mark.parametrize(
    "note",
    [
        "developed urticaria 10 min after injection, treated with chlorphenamine",
        "urticaria settled with cetirizine",
        "swollen lips and wheeze",
        "Facial swelling. Adrenaline given.",
        "do not give again - allergic reaction",
        "GP informed of anaphylaxis",
        "Quaddeln am ganzen Körper",
        "urticaire après injection",
        "orticaria dopo iniezione",
        "galbulten na injectie",
        "nældefeber efter injektion",
        "elveblest etter injeksjon",
        "nässelutslag efter injektion",
        "SOB and chest tightness after injection",
        "Itching 20 mins post injection",
        "flushed, itchy all over",
        "EpiPen given",
        "BP dropped to 70/40 after inj",
        "reacted to injection",
        "Atemnot nach der Spritze",
        "œdème du visage après injection",
        "hinchazón de la cara",
        "gonfiore del volto",
        "inchaço da face",
        "gezwollen lippen",
        "svullna läppar",
        "åndenød efter injektion",
        "hovne lepper",
    ],
)
def test_signs_of_an_allergy_noted_beside_an_injection_are_quoted_before_the_next(
    note: str,
) -> None:
    cards = cards_with("administrations", GIVEN | {"note": [{"text": note}]})
    assert any(card["indicator"] == "warning" for card in cards)
    assert f"'{note[:20]}" in said(cards)


@pytest.mark.parametrize(
    "note",
    [
        "Allergies checked. Given IM left deltoid.",
        "Anaphylaxis kit available",
        "anaphylaxis advice given",
        "Patient advised of possible reactions, rash, anaphylaxis",
        "waited 15 minutes, no adverse reaction",
        "mild reaction at injection site, sore arm",
        "rash from amoxicillin settled",
        "vasovagal faint, recovered",
        "Allergie erfragt, keine",
        "Patient stayed 15 minutes, no anaphylaxis",
        "Rash cleared up since starting B12",
        "breathlessness after climbing stairs",
        "asthma: wheeze with exercise only",
        "Nappy rash cream also prescribed",
        "swelling of ankle",
        "leaflet on side effects: rash, itching, swelling of face given",
    ],
)
def test_what_is_noted_at_each_injection_is_no_reaction(note: str) -> None:
    assert "may mean" not in said(cards_with("administrations", GIVEN | {"note": [{"text": note}]}))


@pytest.mark.parametrize(
    ("why", "is_right"),
    [
        ({"statusReason": {"text": "Anaphylaxis to hydroxocobalamin"}}, True),
        ({"statusReason": {"text": "Allergic reaction"}}, True),
        ({"note": [{"text": "swollen lips after the last injection"}]}, True),
        ({"reasonCode": [{"text": "allergic reaction"}]}, True),
        ({"statusReason": {"coding": [{"code": "salg"}]}}, True),
        ({"statusReason": {"coding": [{"system": SNOMED, "code": "416098002"}]}}, True),
        ({"reasonCode": [{"text": "Pernicious anaemia"}]}, False),
        ({"statusReason": {"coding": [{"code": "altchoice"}]}}, False),
        ({"statusReason": {"text": "Penicillin allergy"}}, False),
        ({"statusReason": {"text": "Patient request"}}, False),
    ],
)
@pytest.mark.parametrize("status", ["stopped", "cancelled"])
def test_a_stop_for_a_reaction_is_never_offered_to_be_taken_back_Q72(
    status: str, why: Json, is_right: bool
) -> None:
    """It was "Do not stop: B12 goes on as ordered", marked, where no list knew of the reaction."""
    asked = request(
        f"stop: {MAINTENANCE}",
        conditions=["pernicious anaemia, since 2022-11-15"],
        active=[f"{MAINTENANCE}, since 2026-01-10"],
    )
    draft_of(asked).update(why, status=status)
    card = only_card(asked)

    assert card["indicator"] == ("info" if is_right else "warning")
    assert bool(card.get("suggestions")) is not is_right


def test_an_order_that_forbids_b12_for_a_reaction_is_not_offered_to_be_taken_back_Q72() -> None:
    asked = request(
        MAINTENANCE,
        conditions=["pernicious anaemia, since 2022-11-15"],
        active=[f"{MAINTENANCE}, since 2026-01-10"],
    )
    draft_of(asked).update(doNotPerform=True, note=[{"text": "Anaphylaxis after the last one"}])
    assert not only_card(asked).get("suggestions")


def test_lebers_disease_in_the_family_is_quoted_before_cyanocobalamin_F22() -> None:
    history = {
        "resourceType": "FamilyMemberHistory",
        "id": "fm",
        "status": "completed",
        "patient": PATIENT,
        "relationship": {"text": "Brother"},
        "condition": [{"code": {"text": "Leber's hereditary optic neuropathy"}}],
    }
    well = [*LOW, "no neurological symptoms, on 2026-11-20"]
    asked = request(TABLETS, conditions=["vegan diet, since 2020-01-01"], results=well)
    conditions = asked["prefetch"]["conditions"]
    conditions["entry"].append({"resource": history})
    conditions["total"] += 1
    assert "'Brother: Leber" in only_card(asked)["summary"]

    history["condition"] = [{"code": {"text": "Chronic kidney disease"}}]
    assert cards_of(asked) == []
