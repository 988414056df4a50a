"""A product that cannot be given by its route, precautions with their number, and reviews that are
due in any phase.

Expectations: cards.md 2, 3 (b14, b15), 7 (rules 3 and 4); decisions 2.7 (V1, V5), Q10, Q22,
Q50, Q80, I1, I16, I27; cards.md 6 (refill), 9; S17, S19, S31 to S34; H2, H5, H59, H63.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.vignettes.test_second_answers import refill
from tests.vignettes.test_stops_and_doubtful_orders import (
    cards_of,
    draft_of,
    labels,
    only_card,
    request,
)

Json = dict[str, Any]

ANAEMIA = "pernicious anaemia, since 2022-11-15"
SIGNS = "paraesthesia, since 2026-11-10"
VEGAN = "vegan diet, since 2020-01-01"
NO_SIGNS = "no neurological symptoms, on 2026-11-20"
LOW = "B12 96 pmol/L, on 2026-11-02"
KIDNEYS = "eGFR 90 mL/min/{1.73_m2}, on 2026-11-06"
LOADING = "hydroxocobalamin, 1000 mcg, IM, three times a week for 2 weeks"
EVERY_2_TO_3 = "hydroxocobalamin, 1000 mcg, IM, every 2 to 3 months"
TABLETS = "vitamin B12 tablet 1 mg, 1 tablet, oral, daily"
RESECTED = "ileal resection 25 cm, on 2023-11-05"
MISFIT = "Product and route do not fit"


def without_signs(cause: str) -> Json:
    return {"conditions": [cause], "results": [LOW, NO_SIGNS, KIDNEYS]}


# --- a product that is not given by its route is not called right, whichever is the slip


@pytest.mark.parametrize(
    ("order", "cause"),
    [
        ("vitamin B12 tablet 1 mg, 1000 mcg, IM, three times a week for 2 weeks", ANAEMIA),
        ("vitamin B12 tablet 1 mg, 1 tablet, IM, every month", ANAEMIA),
        ("hydroxocobalamin, 1000 mcg, oral, daily", VEGAN),
        ("cyanocobalamin injection, 1000 mcg, oral, daily", VEGAN),
    ],
)
def test_a_form_that_is_not_given_by_the_route_is_not_checked(order: str, cause: str) -> None:
    asked = request(order, **without_signs(cause))
    (card,) = cards_of(asked)
    assert f"{MISFIT} (" in card["detail"]
    assert any("1 mg" in label for label in labels(card))


def test_tablets_ordered_into_muscle_are_no_loading_b4() -> None:
    tablets = "vitamin B12 tablet 1 mg, 1 tablet, IM, three times a week for 2 weeks"
    card = only_card(request(tablets, EVERY_2_TO_3, **without_signs(ANAEMIA)))
    assert card["indicator"] == "warning"
    assert "no loading that could be read" in card["summary"]


@pytest.mark.parametrize(
    ("order", "indicator"),
    [
        ("vitamin B12 tablet 1 mg, 1 tablet, IM, alternate days", "warning"),
        ("hydroxocobalamin, 1000 mcg, oral, daily", "critical"),
    ],
)
def test_with_nerve_signs_it_is_as_loud_as_before_I1(order: str, indicator: str) -> None:
    card = only_card(request(order, conditions=[ANAEMIA, SIGNS], results=[LOW, KIDNEYS]))
    assert card["indicator"] == indicator
    assert MISFIT in card["detail"]
    assert "Replace by hydroxocobalamin 1 mg IM alternate days, then every 2 months" in labels(card)


def test_a_refill_says_what_does_not_fit() -> None:
    order = "vitamin B12 tablet 1 mg, 1 tablet, IM, every month"
    asked = refill(order, **without_signs(ANAEMIA), active=[f"{order}, since 2026-03-01"])
    summary = only_card(asked)["summary"]
    expected = f"{MISFIT} (tablet or capsule, route intramuscular): the order was not checked"
    assert summary == expected


@pytest.mark.parametrize(
    ("name", "route"),
    [
        ("Cyanocobalamin 1 mg sublingual tablet", "37839007"),
        ("Cyanocobalamin 1 mg oral liquid", "26643006"),
        ("Cyanocobalamin 1 mg", "26643006"),
    ],
)
def test_what_can_be_given_so_fits_Q22(name: str, route: str) -> None:
    asked = request("vitamin B12 tablet 1 mg, 1000 mcg, oral, daily", **without_signs(VEGAN))
    draft_of(asked)["medicationCodeableConcept"] = {"text": name}
    draft_of(asked)["dosageInstruction"][0]["route"]["coding"][0]["code"] = route
    assert cards_of(asked) == []


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"status": "discontinued"}, "its status is not understood, so it may be a stop"),
        ({"modifierExtension": [{"url": "urn:x"}]}, "an extension that is not read changes it"),
        ({"implicitRules": "https://example.org/x"}, "a set of rules that is not read changes it"),
        ({"doNotPerform": "perhaps"}, "it cannot be read whether the order forbids what it names"),
    ],
)
def test_what_may_be_no_order_is_not_called_dose_or_frequency_I33(how: Json, why: str) -> None:
    order = "hydroxocobalamin, 1000 mcg, IM, every 2 months"
    given = ["hydroxocobalamin, 1000 mcg, IM, on 2026-09-20"]
    active = [f"{order}, since 2026-01-20"]
    chart = {"conditions": [ANAEMIA], "results": [NO_SIGNS, KIDNEYS, LOW]}
    right = request(order, **chart, active=active, given=given)
    draft_of(right).update(how)
    card = only_card(right)
    assert card["summary"].startswith(f"Order not checked: {why}")
    assert card["detail"].startswith("Nothing here says that the order is right.")

    due = request(LOADING, **without_signs(ANAEMIA))
    draft_of(due).update(how, note=[{"text": "as the clinic told"}])
    card = only_card(due)
    assert "this order was not checked" in card["summary"]
    assert f"Order not checked: {why}" in card["detail"]
    assert "Dose or frequency" not in card["detail"]
    (offer,) = card["suggestions"]  # an update would keep what is not understood
    assert [action["type"] for action in offer["actions"]] == ["create", "create", "delete"]


def test_a_route_that_is_not_known_is_not_called_dose_or_frequency_I33() -> None:
    order = "hydroxocobalamin, 1000 mcg, IM, every 2 months"
    given = ["hydroxocobalamin, 1000 mcg, IM, on 2026-09-20"]
    active = [f"{order}, since 2026-01-20"]
    chart = {"conditions": [ANAEMIA], "results": [NO_SIGNS, KIDNEYS, LOW]}
    asked = refill(order, **chart, active=active, given=given)
    draft = asked["context"]["medications"]["entry"][0]["resource"]
    draft["dosageInstruction"][0]["route"] = {"text": "intrathecal"}
    assert only_card(asked)["summary"].startswith("Route could not be read")


# --- precautions with their number


def test_a_very_low_count_of_some_days_ago_is_to_be_repeated_Q10() -> None:
    for day, said in (("19", ""), ("18", ", 8 days ago: repeat it")):
        counts = [f"platelets 40 10*9/L, on 2026-11-{day}"]
        chart = {"conditions": [ANAEMIA], "results": [LOW, NO_SIGNS, KIDNEYS, *counts]}
        card = only_card(request(LOADING, EVERY_2_TO_3, **chart))
        assert f"Platelets 40 ({day} Nov){said}\n" in card["detail"] + "\n"


@pytest.mark.parametrize("platelets", [9, 24, 50])
def test_few_platelets_are_shown_where_injections_are_offered(platelets: int) -> None:
    counts = [f"platelets {platelets} 10*9/L, on 2026-11-24"]
    results = [LOW, NO_SIGNS, KIDNEYS, *counts]
    card = only_card(request(conditions=[ANAEMIA], results=results))
    assert f"Platelets {platelets} (24 Nov)" in card["detail"]
    card = only_card(request(conditions=[VEGAN], results=results))  # tablets: they decide nothing
    assert "latelets" not in card["detail"]


def test_the_other_route_that_few_platelets_make_reasonable_is_not_marked_wrong_b15() -> None:
    under_the_skin = [order.replace(", IM,", ", oral,") for order in (LOADING, EVERY_2_TO_3)]
    for count, marked in (("40", False), ("140", True)):
        results = [LOW, NO_SIGNS, KIDNEYS, f"platelets {count} 10*9/L, on 2026-11-24"]
        asked = request(*under_the_skin, conditions=[ANAEMIA], results=results)
        for number in (0, 1):
            line = draft_of(asked, number)["dosageInstruction"][0]
            line["route"]["coding"][0]["code"] = "34206005"
        card = only_card(asked)
        assert card["indicator"] == "info"
        assert [one.get("isRecommended", False) for one in card["suggestions"]] == [marked]
        assert ("for people in whom bleeding" in card["detail"]) is marked


def test_what_may_be_an_allergy_to_cobalt_is_said_beside_a_right_start_Q28_K12() -> None:
    asked = request(LOADING, EVERY_2_TO_3, **without_signs(ANAEMIA))
    allergy = {
        "resourceType": "AllergyIntolerance",
        "id": "a1",
        "patient": {"reference": "Patient/p1"},
        "code": {"text": "Possible cobalt allergy"},
    }
    asked["prefetch"]["allergies"] |= {"total": 1, "entry": [{"resource": allergy}]}
    card = only_card(asked)
    said = "perhaps cobalt: watch for a reaction for 72 hours after each dose"
    assert (card["indicator"], card["summary"]) == (
        "info",
        f"Record says 'Possible cobalt allergy', {said}",
    )
    allergy["verificationStatus"] = {"coding": [{"code": "refuted"}]}
    assert cards_of(asked) == []


# --- lengths in open words


@pytest.mark.parametrize("kind", ["conditions", "procedures"])
@pytest.mark.parametrize(
    "words",
    [
        "ileal resection 30-40 cm",
        "ileum 30 cm resected",
        "Removal of 30 cm terminal ileum",
        "30 cm TI resection",
        "30 cm of small bowel resected",
    ],
)
def test_a_length_in_open_words_is_quoted_and_asked_about_Q34(words: str, kind: str) -> None:
    chart = {"results": ["B12 400 pmol/L, on 2026-11-06", NO_SIGNS, KIDNEYS]}
    entry = {kind: [f"'{words}', on 2022-05-01"]}
    card = only_card(request(**chart, **entry))
    assert card["indicator"] == "info"
    assert card["summary"] == (
        f"Record says '{words}': B12 yearly (last 6 Nov); how much was removed?"
    )
    assert card.get("suggestions", []) == []
    card = only_card(request("hydroxocobalamin, 1000 mcg, IM, every 3 months", **chart, **entry))
    assert card["summary"] == (
        f"Record says '{words}': if over 20 cm was resected, inject every month"
    )


@pytest.mark.parametrize(
    "words", ["No ileal resection, stricture 30 cm from the valve", "FH: ileum 30 cm resected"]
)
def test_a_length_beside_a_denial_is_none_to_ask_about_Q34(words: str) -> None:
    chart = {"results": ["B12 400 pmol/L, on 2026-11-06", NO_SIGNS, KIDNEYS]}
    assert cards_of(request(**chart, conditions=[f"'{words}', since 2022-05-01"])) == []


# --- reviews


def test_before_a_pregnancy_the_level_is_due_without_treatment_too_V5() -> None:
    chart = {
        "born": "1994-05-05",
        "conditions": ["planning pregnancy, since 2026-06-01"],
        "procedures": ["sleeve gastrectomy, on 2023-05-05"],
    }
    for measured, due in (("2026-07-20", True), ("2026-09-20", False)):
        results = [f"B12 400 pmol/L, on {measured}", NO_SIGNS, KIDNEYS]
        card = only_card(request(results=results, **chart))
        said = "Planning pregnancy after bariatric surgery: B12 every 3 months, last 20 Jul"
        assert (said in card["detail"]) is due


def test_haemoglobin_shows_that_a_blood_count_was_taken_I27() -> None:
    loading = "hydroxocobalamin, 1000 mcg, IM, three times a week for 2 weeks, since 2026-04-01"
    days = [
        f"hydroxocobalamin, 1000 mcg, IM, on {day}"
        for day in (
            *(f"2026-04-{number:02}" for number in (1, 3, 6, 8, 10, 13)),
            *("2026-06-12", "2026-08-11", "2026-10-10"),
        )
    ]
    chart = {
        "conditions": [ANAEMIA],
        "active": [loading, "hydroxocobalamin, 1000 mcg, IM, every 2 months, since 2026-04-01"],
        "given": days,
    }
    (card,) = cards_of(request(results=[NO_SIGNS, KIDNEYS], **chart))
    assert "no B12, blood count or homocysteine on record" in card["summary"]
    counted = [NO_SIGNS, KIDNEYS, "haemoglobin 13.2 g/dL, on 2026-10-01"]
    assert cards_of(request(results=counted, **chart)) == []


# --- the supply that a changed order keeps


def supplied(order: str, supply: Json, **chart: Any) -> list[str]:
    asked = request(order, **chart)
    draft_of(asked)["dispenseRequest"] = supply
    (offer,) = only_card(asked)["suggestions"]
    return [action["description"] for action in offer["actions"] if action["type"] == "update"]


DAYS = {"unit": "days", "system": "http://unitsofmeasure.org", "code": "d"}
MONTHS = DAYS | {"unit": "months", "code": "mo"}
STAYS = "its supply stays as ordered: make quantity, days and repeats fit"


def test_a_supply_that_no_longer_fits_the_changed_order_is_said_to_stay() -> None:
    weekly = "vitamin B12 tablet 1 mg, 1 tablet, oral, weekly"
    for_13_weeks = {"quantity": {"value": 13}, "expectedSupplyDuration": {"value": 91} | DAYS}
    (said,) = supplied(weekly, for_13_weeks, **without_signs(VEGAN))
    assert STAYS in said
    short = "hydroxocobalamin, 1000 mcg, IM, alternate days for 5 days"
    signs = {"conditions": [ANAEMIA, SIGNS], "results": [LOW, KIDNEYS]}
    (said,) = supplied(short, {"validityPeriod": {"end": "2026-12-03"}}, **signs)
    assert STAYS in said


def test_a_supply_that_fits_or_is_not_stated_is_not_spoken_of() -> None:
    weekly = "vitamin B12 tablet 1 mg, 1 tablet, oral, weekly"
    three_months = ({"value": 90} | DAYS, {"value": 3} | MONTHS)
    for supply in (*({"expectedSupplyDuration": one} for one in three_months), {}):
        (said,) = supplied(weekly, supply, **without_signs(VEGAN))
        assert "supply" not in said


def test_a_supply_in_weeks_is_compared_in_days() -> None:
    weekly = "vitamin B12 tablet 1 mg, 1 tablet, oral, weekly"
    for weeks in (Decimal("13.0"), 90):
        supply = {"expectedSupplyDuration": DAYS | {"value": weeks, "unit": "weeks", "code": "wk"}}
        (said,) = supplied(weekly, supply, **without_signs(VEGAN))
        assert (STAYS in said) is (weeks == 90)


# --- a severe reaction: nothing on the card says to give it all the same


SEVERE = ["severe: hydroxocobalamin"]
LAPSED = {
    "conditions": [ANAEMIA],
    "results": [KIDNEYS],
    "active": [f"{EVERY_2_TO_3}, since 2025-01-20"],
    "given": ["hydroxocobalamin, 1000 mcg, IM, on 2026-03-20"],
}


@pytest.mark.parametrize("ask", [request, refill])
def test_after_a_severe_reaction_nobody_is_told_to_give_a_dose_now_I16(ask: Any) -> None:
    card = only_card(ask(EVERY_2_TO_3, **LAPSED, allergies=SEVERE))
    assert card["summary"].startswith("Severe reaction to hydroxocobalamin recorded: no dose")
    assert "give one now" not in card["detail"]


def test_tablets_of_somebody_who_reacted_to_the_injections_bring_no_injection_I16() -> None:
    card = only_card(request(TABLETS, **LAPSED, allergies=SEVERE))
    assert "give one now" not in card["detail"]
    assert "8 months ago: allergy advice comes before the next one" in card["detail"]


def test_the_opened_chart_of_somebody_who_reacted_asks_for_no_dose_I16() -> None:
    card = only_card(request(**LAPSED, allergies=SEVERE))
    assert "give a dose now" not in card["detail"]
    assert "allergy advice comes before the next dose" in card["detail"]


def test_with_nerve_signs_the_allergy_advice_is_asked_for_the_same_day_Q50_Q80() -> None:
    chart = {"conditions": [ANAEMIA, SIGNS], "results": [LOW, KIDNEYS], "allergies": SEVERE}
    card = only_card(request(EVERY_2_TO_3, **chart))
    assert card["indicator"] == "critical"
    assert "the same day" in card["detail"]
    assert "inject on alternate days" not in card["detail"]


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"modifierExtension": [{"url": "urn:x"}]}, "an extension that is not read changes its"),
        ({"implicitRules": "https://example.org/x"}, "a set of rules that is not read changes its"),
        ({"status": "entered-in-error"}, "its medicine is marked as entered in error"),
        ({"status": "active"}, ""),
    ],
)
@pytest.mark.parametrize("ask", [request, refill])
def test_an_order_is_not_right_whose_medication_is_changed_or_a_mistake_I33(
    ask: Any, how: Json, why: str
) -> None:
    order = "hydroxocobalamin, 1000 mcg, IM, every 2 months"
    given = ["hydroxocobalamin, 1000 mcg, IM, on 2026-09-20"]
    chart = {"conditions": [ANAEMIA], "results": [NO_SIGNS, KIDNEYS, LOW], "given": given}
    asked = ask(order, **chart, active=[f"{order}, since 2026-01-20"])
    held = asked["context"].get("draftOrders") or asked["context"]["medications"]
    draft = held["entry"][0]["resource"]
    code = draft.pop("medicationCodeableConcept")
    draft["medicationReference"] = {"reference": "#product"}
    draft["contained"] = [{"resourceType": "Medication", "id": "product", "code": code, **how}]
    said = [card["summary"].startswith("Order not checked") for card in cards_of(asked)]
    assert any(said) is bool(why)
    assert all(why in card["summary"] for card in cards_of(asked) if any(said))


# --- a refill of which no dose is known


@pytest.mark.parametrize(
    "chart",
    [
        {"results": ["B12 420 pmol/L, on 2026-11-06", KIDNEYS, NO_SIGNS]},
        {"results": [KIDNEYS, NO_SIGNS]},
        {"procedures": ["sleeve gastrectomy, on 2023-11-01"], "results": [KIDNEYS, NO_SIGNS]},
    ],
    ids=["E1", "E2", "P4"],
)
def test_a_refill_where_no_deficiency_is_known_loads_nobody(chart: dict[str, Any]) -> None:
    assert not any("reload" in card["summary"] for card in cards_of(refill(EVERY_2_TO_3, **chart)))


def test_a_refill_with_a_borderline_level_asks_for_the_test_B1() -> None:
    borderline = ["B12 180 pmol/L, on 2026-11-06", KIDNEYS, NO_SIGNS]
    card = only_card(refill(EVERY_2_TO_3, results=borderline))
    assert card["summary"].startswith("B12 180 pmol/L (6 Nov) is borderline: measure methylmalonic")


def test_a_refill_with_an_unread_medication_list_asks_for_no_dose_Q58() -> None:
    given = [f"hydroxocobalamin, 1000 mcg, IM, on 2026-{month}-20" for month in ("05", "07", "09")]
    chart = {"given": given, "not available": ["medications"], "results": [KIDNEYS, NO_SIGNS]}
    card = only_card(refill(EVERY_2_TO_3, conditions=[ANAEMIA], **chart))
    assert card["summary"].startswith("B12 treatment could not be read: if doses were missed")


# --- what a draft is for, where the deficiency is not shown: by a code (cards.md 8)


def reasons(asked: Json) -> list[Json]:
    """Return what each drafted order says that it is for."""
    created = [
        action["resource"]
        for card in cards_of(asked)
        for suggestion in card.get("suggestions", ())
        for action in suggestion["actions"]
        if action["type"] == "create"
    ]
    orders = [one for one in created if one["resourceType"] == "MedicationRequest"]
    return [one.get("reasonReference", one.get("reasonCode")) for one in orders]


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("ileal resection, on 2023-11-01", "307193005"),
        ("total gastrectomy, on 2023-11-01", "26452005"),
        ("sleeve gastrectomy, on 2023-11-01", "427074001"),
    ],
)
@pytest.mark.parametrize("diet", [[], [VEGAN]])
def test_an_order_of_prevention_is_for_the_operation_by_its_own_code(
    operation: str, code: str, diet: list[str]
) -> None:
    chart = {
        "procedures": [operation],
        "results": [NO_SIGNS, KIDNEYS, RESECTED],
        "conditions": diet,
    }
    said = reasons(request(**chart))

    assert said
    for reason in (one[0] for one in said):
        coding = reason["coding"][0]
        assert (coding["system"], coding["code"]) == ("http://snomed.info/sct", code)
        assert reason["text"] == "Prevention of vitamin B12 deficiency"


def test_treatment_of_a_sign_without_a_test_is_for_the_sign_by_its_own_code_N2() -> None:
    asked = request(TABLETS, results=[KIDNEYS])
    sign = {
        "resourceType": "Observation",
        "id": "sign",
        "status": "final",
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "91019004"}]},
        "effectiveDateTime": "2026-11-10",
        "valueBoolean": True,
    }
    asked["prefetch"]["labs"]["entry"].append({"resource": sign})
    said = reasons(asked)

    assert said
    assert all(one[0]["coding"][0]["code"] == "91019004" for one in said)


def test_another_disease_of_the_ileum_is_not_what_the_order_is_for_P1() -> None:
    chart = {
        "conditions": ["Crohn's disease of ileum, since 2020-01-01"],
        "results": [KIDNEYS, RESECTED],
    }
    asked = request(procedures=["ileal resection, on 2023-11-01"], **chart)

    assert {one[0]["coding"][0]["code"] for one in reasons(asked)} == {"307193005"}
