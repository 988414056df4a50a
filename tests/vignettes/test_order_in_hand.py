"""What is said of the order in hand where it is written in an unusual way, and what comes of the
offers.

Expectations: FHIR R4 (Period: a last day belongs to it; Timing.repeat), decisions 2.8, Q17, Q38,
Q39, Q40, Q66, I3, I31, RN7, R164; cards.md 1, 3, 4 (b4, b14, b24, c2, e1, k1), 6 (E3) and 7.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from tests.every_case.cases import site
from tests.vignettes.test_second_answers import (
    ANAEMIA,
    CYANO,
    EVERY_2,
    FOLIC_ACID,
    IN_TIME,
    KIDNEYS,
    LOADING,
    LOW,
    NO_SIGNS,
    TABLETS,
    taken,
)
from tests.vignettes.test_stops_and_doubtful_orders import (
    cards_of,
    draft_of,
    labels,
    only_card,
    request,
)

Json = dict[str, Any]

SIGNS = "paraesthesia, since 2026-10-20"
RANGE = "hydroxocobalamin, 1000 mcg, IM, every 2 to 3 months"
ALTERNATE = "hydroxocobalamin, 1000 mcg, IM, alternate days"
UNTREATED = {"conditions": [ANAEMIA], "results": [LOW, KIDNEYS, NO_SIGNS]}


def bounded(asked: Json, end: str) -> Json:
    asked = copy.deepcopy(asked)  # the rhythms of the chart are shared
    repeat = draft_of(asked)["dosageInstruction"][0]["timing"]["repeat"]
    for name in ("count", "boundsDuration"):
        repeat.pop(name, None)
    repeat["boundsPeriod"] = {"start": "2026-11-26", "end": end}
    return asked


# --- the last day of a period belongs to it


@pytest.mark.parametrize("end", ["2026-12-09", "2026-12-10", "2026-12-09T23:59:59Z"])
def test_two_weeks_by_their_first_and_last_day_are_the_loading_course(end: str) -> None:
    assert cards_of(bounded(request(LOADING, RANGE, **UNTREATED), end)) == []


def test_five_days_by_their_first_and_last_day_are_five_injections() -> None:
    daily = "hydroxocobalamin, 1000 mcg, IM, daily"
    assert cards_of(bounded(request(daily, RANGE, **UNTREATED), "2026-11-30")) == []
    fewer = only_card(bounded(request(daily, RANGE, **UNTREATED), "2026-11-29"))
    assert fewer["summary"].startswith("Ordered once daily for 4 days")


def test_alternate_days_for_two_weeks_end_on_the_day_that_is_ordered_Q39() -> None:
    chart = {"conditions": [ANAEMIA, SIGNS], "results": [LOW, KIDNEYS]}
    card = only_card(bounded(request(ALTERNATE, EVERY_2, **chart), "2026-12-09"))
    assert card["indicator"] == "info"
    assert card["summary"].startswith("Alternate days end on 9 Dec 2026")


# --- a frequency that cannot be read is not a missing one


@pytest.mark.parametrize(
    "timing",
    [
        {"repeat": {"dayOfWeek": ["mon", "wed", "fri"], "frequency": 1, "period": 1, "count": 6}},
        {"code": {"text": "as in the protocol"}, "repeat": {"count": 6}},
    ],
    ids=["days of the week against the frequency", "words"],
)
def test_a_frequency_that_is_not_understood_is_not_called_missing(timing: Json) -> None:
    asked = request(LOADING, RANGE, **UNTREATED)
    if "dayOfWeek" in timing["repeat"]:
        timing["repeat"]["periodUnit"] = "wk"
    draft_of(asked)["dosageInstruction"][0]["timing"] = timing
    card = only_card(asked)
    assert "without saying how often" not in card["detail"]
    assert "b14" in card["extension"]["org.b12-cds"]["alsoFound"]
    assert "no loading that could be read" in card["summary"]


def test_a_number_of_injections_without_any_frequency_is_called_that() -> None:
    asked = request(LOADING, **UNTREATED)
    draft_of(asked)["dosageInstruction"][0]["timing"] = {"repeat": {"count": 6, "frequency": 1}}
    assert "Ordered: 6 in all, without saying how often." in only_card(asked)["detail"]


@pytest.mark.parametrize("since", [None, "2026-11-19"], ids=["maintenance", "loading"])
def test_a_number_of_injections_that_is_not_called_for_is_not_passed_unread_b14(
    since: str | None,
) -> None:
    """Under treatment no loading is due: nothing says what six injections are (I36)."""
    chart = {"conditions": [ANAEMIA], "results": [KIDNEYS, NO_SIGNS]}
    if since:
        chart |= {
            "active": [f"{LOADING}, since {since}"],
            "given": [f"hydroxocobalamin, 1000 mcg, IM, on {since}"],
        }
    else:
        chart |= {
            "active": [f"{EVERY_2}, since 2025-11-01"],
            "given": [
                f"hydroxocobalamin, 1000 mcg, IM, on 2026-{day}" for day in ("08-20", "10-20")
            ],
        }
    asked = request(LOADING, **chart)
    draft_of(asked)["dosageInstruction"][0]["timing"] = {"repeat": {"count": 6, "frequency": 1}}
    found = [card["source"]["topic"]["code"] for card in cards_of(asked)]
    assert "b14" in found


@pytest.mark.parametrize("timing", [None, {"code": {"text": "as in the protocol"}}])
def test_folic_acid_that_was_put_off_is_not_put_off_again_Q17(timing: Json | None) -> None:
    asked = request(LOADING, RANGE, FOLIC_ACID, **UNTREATED)
    line = draft_of(asked, 2)["dosageInstruction"][0]
    line.pop("timing")
    if timing:
        line["timing"] = timing
    (offer,) = only_card(asked)["suggestions"]
    assert offer["label"].startswith("Start folic acid on 27 Nov 2026")
    assert cards_of(taken(asked, offer)) == []


# --- an order that may continue an active one is never offered for removal alone (I31)


def on_tablets(*orders: str) -> Json:
    taken_since = [f"{TABLETS}, since 2026-04-01"]
    supplied = ["vitamin B12 tablet 1 mg, on 2026-10-07, for 90 days"]
    chart = {"conditions": [ANAEMIA], "results": [KIDNEYS, NO_SIGNS]}
    return request(*orders, active=taken_since, supplied=supplied, **chart)


def test_a_renewal_that_names_its_order_is_not_offered_for_removal_I31() -> None:
    asked = on_tablets(TABLETS, EVERY_2)
    (offer,) = only_card(asked)["suggestions"]
    assert offer["label"] == "This renews the order of 1 Apr 2026"
    card = only_card(taken(asked, offer))
    assert card["indicator"] == "info"
    assert labels(card) == []


def test_kidneys_alone_do_not_end_the_treatment_of_a_renewal_I31() -> None:
    """Nothing is recommended while nobody knows whether tablets are taken, and why (T7, Q29)."""
    results = ["eGFR 20 mL/min/{1.73_m2}, on 2026-11-20", NO_SIGNS]
    asked = request(TABLETS, results=results, active=[f"{TABLETS}, since 2026-01-30"])
    taken_once = {
        "resourceType": "MedicationStatement",
        "id": "s1",
        "status": "active",
        "subject": {"reference": "Patient/p1"},
        "medicationCodeableConcept": draft_of(asked)["medicationCodeableConcept"],
        "effectivePeriod": {"start": "2026-01-30"},
    }
    asked["prefetch"]["statements"]["entry"] = [{"resource": taken_once}]
    asked["prefetch"]["statements"]["total"] = 1
    card = only_card(asked)
    assert card["indicator"] == "critical"
    assert labels(card) == []


def on_cyanocobalamin(*orders: str) -> Json:
    given = [
        f"cyanocobalamin injection, 1000 mcg, IM, on 2026-{month}-05"
        for month in ("09", "10", "11")
    ]
    chart = {"conditions": [ANAEMIA], "results": [KIDNEYS, NO_SIGNS]}
    return request(*orders, active=[f"{CYANO}, since 2025-12-01"], given=given, **chart)


def test_the_change_is_named_beside_a_removal_I31() -> None:
    asked = copy.deepcopy(on_cyanocobalamin(EVERY_2, TABLETS))
    draft_of(asked)["dosageInstruction"][0]["route"]["coding"][0]["code"] = "34206005"
    assert labels(only_card(asked)) == [
        "This replaces the order of 1 Dec 2025",
        "Remove these orders",
    ]


def test_two_orders_that_go_are_called_two() -> None:
    severe = UNTREATED | {"allergies": ["severe: hydroxocobalamin"]}
    assert labels(only_card(request(LOADING, RANGE, **severe))) == ["Remove these orders"]


def test_the_label_tells_the_order_that_goes_from_the_one_that_stays() -> None:
    active = [f"{EVERY_2}, since 2025-12-01"]
    chart = {"conditions": [ANAEMIA], "results": [KIDNEYS, NO_SIGNS], "given": IN_TIME}
    asked = request(EVERY_2, TABLETS, active=active, **chart)
    assert labels(only_card(asked)) == [
        "Remove one order; the other renews the order of 1 Dec 2025"
    ]


# --- an old low result: its repeat is what is ordered (section 6, E3)


def order_of_test(code: str) -> Json:
    return {
        "resourceType": "ServiceRequest",
        "id": "t1",
        "status": "draft",
        "intent": "order",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "subject": {"reference": "Patient/p1"},
    }


@pytest.mark.parametrize(("code", "said"), [("2132-9", []), ("13964-2", ["k1"])])
def test_the_repeat_of_an_old_low_level_is_not_asked_for_while_it_is_ordered_E3(
    code: str, said: list[str]
) -> None:
    asked = request(FOLIC_ACID, results=["B12 96 pmol/L, on 2024-03-06", KIDNEYS])
    asked["context"]["draftOrders"]["entry"] = [{"resource": order_of_test(code)}]
    asked["context"]["selections"] = ["ServiceRequest/t1"]
    assert [card["extension"]["org.b12-cds"]["card"] for card in cards_of(asked)] == said


# --- what is offered keeps to the order, and to what the card says


def test_an_injection_without_a_route_is_not_taken_for_tablets_M3() -> None:
    chart = UNTREATED | {"conditions": [], "procedures": ["sleeve gastrectomy, on 2023-11-01"]}
    asked = request("cyanocobalamin injection, 1000 mcg, IM, alternate days", **chart)
    draft_of(asked)["dosageInstruction"][0].pop("route")
    card = only_card(asked)
    assert "loading injections are due" in card["summary"]
    assert [label.split(",")[0] for label in labels(card)] == [
        "Replace by hydroxocobalamin 1 mg IM x6 in 2 weeks",
        "Hydroxocobalamin 1 mg IM x6 in 2 weeks",
    ]


def test_folic_acid_of_a_dose_nobody_means_is_held_not_put_off_b24() -> None:
    asked = request(FOLIC_ACID.replace("1 tablet", "400 mg"), conditions=[SIGNS], results=[KIDNEYS])
    card = only_card(asked)
    assert card["indicator"] == "critical"
    (offer,) = card["suggestions"]
    assert offer["label"].startswith("Hold folic acid. ")
    assert [one["type"] for one in offer["actions"]].count("delete") == 1
    assert cards_of(taken(copy.deepcopy(asked), offer)) == []


@pytest.mark.parametrize("dosage", ["as directed", ""])
def test_a_multivitamin_stays_as_it_is_whatever_its_dosage_Q49_Q75(dosage: str) -> None:
    asked = request("multivitamin, 1 tablet, oral, daily", **UNTREATED)
    draft_of(asked)["dosageInstruction"] = [{"text": dosage}] if dosage else []
    card = only_card(asked)
    assert "a multivitamin does not treat this" in card["summary"]
    actions = [action for offer in card["suggestions"] for action in offer["actions"]]
    assert {action["type"] for action in actions} == {"create"}


@pytest.mark.parametrize(("result", "marked"), [("INR 4.2 {INR}", False), ("INR 1.1 {INR}", True)])
def test_into_muscle_is_not_recommended_where_the_skin_was_chosen_for_bleeding_K5(
    result: str, marked: bool
) -> None:
    results = [*UNTREATED["results"], f"{result}, on 2026-11-24"]
    warfarin = [] if marked else ["warfarin, 5 mg, oral, daily, since 2026-01-01"]
    asked = request(EVERY_2, **UNTREATED | {"results": results, "active": warfarin})
    asked = copy.deepcopy(asked)
    draft_of(asked)["dosageInstruction"][0]["route"]["coding"][0]["code"] = "34206005"
    (offer,) = only_card(asked)["suggestions"]
    assert offer.get("isRecommended", False) is marked


def test_the_interval_of_cyanocobalamin_says_why_C27() -> None:
    card = only_card(request(LOADING, CYANO.replace("month", "2 months"), **UNTREATED))
    said = card["summary"] + card["detail"]
    assert "Ordered every 2 months; here at most 1 month apart (cyanocobalamin)" in said


def test_folic_acid_on_alternate_days_is_told_by_the_day_Q66() -> None:
    asked = copy.deepcopy(request(FOLIC_ACID.replace("1 tablet", "400 mg"), **UNTREATED))
    line = draft_of(asked)["dosageInstruction"][0]
    line["timing"]["repeat"] = {"frequency": 1, "period": 2, "periodUnit": "d"}
    assert only_card(asked)["summary"].startswith("Folic acid dose is 200 mg a day: micrograms")


@pytest.mark.parametrize(
    ("text", "indicator", "said"),
    [
        ("Take 400 mg once daily", "critical", "400 mg in the text, 5 mg in the fields"),
        ("Take 20 mg once daily", "warning", "20 mg in the text, 5 mg in the fields"),
        ("Take 5 mg once daily", "", ""),
        ("Take 400 micrograms once daily", "", ""),
    ],
)
def test_folic_acid_is_judged_by_its_words_too_Q41_Q66(
    text: str, indicator: str, said: str
) -> None:
    chart = {"results": ["B12 400 pmol/L, on 2026-11-06", NO_SIGNS, KIDNEYS]}
    asked = copy.deepcopy(request(FOLIC_ACID, **chart))
    draft_of(asked)["dosageInstruction"][0]["text"] = text
    found = [(card["indicator"], card["summary"]) for card in cards_of(asked)]
    question = f"Folic acid dose is {said}: micrograms or milligrams?"
    assert found == ([(indicator, question)] if said else [])


# --- two answers to one question never read the same


def test_signs_that_returned_keep_the_drafted_loading_only_if_they_progress_T1() -> None:
    active = [f"{EVERY_2}, since 2025-12-01"]
    chart = {"conditions": [ANAEMIA, SIGNS], "results": [KIDNEYS], "given": IN_TIME}
    asked = request(ALTERNATE, EVERY_2, active=active, **chart)
    mild, progressive = only_card(asked)["suggestions"]
    assert mild["label"] == "MILD, not progressing: hydroxocobalamin 1 mg IM every month for life"
    assert progressive["label"].startswith("PROGRESSIVE or objective signs: as ordered, then ")
    left = taken(asked, mild)["context"]["draftOrders"]["entry"]
    rhythms = [
        one["resource"]["dosageInstruction"][0]["timing"]["repeat"]["periodUnit"] for one in left
    ]
    assert rhythms == ["mo"]
    assert cards_of(taken(asked, progressive)) == []


def test_loading_that_stays_is_named_where_only_the_maintenance_is_changed_T4() -> None:
    active = [f"{EVERY_2}, since 2025-01-20"]
    chart = {"conditions": [ANAEMIA], "results": [KIDNEYS], "given": IN_TIME[:1]}
    twice = "hydroxocobalamin, 2000 mcg, IM, every month"
    asked = request(ALTERNATE, twice, active=active, **chart)
    assert labels(only_card(asked)) == [
        "NEURO signs: as ordered, then hydroxocobalamin 1 mg IM every month",
        "NO symptoms: as ordered, then hydroxocobalamin 1 mg IM every month",
    ]


# --- no dose that nobody means is passed over (I11)


@pytest.mark.parametrize(
    "name",
    [
        "Hydroxocobalamin 2.5 g powder for infusion",
        "Hydroxocobalamin 5 g injection",
        "Hydroxocobalamin 5 g/200 mL solution for infusion",
    ],
)
@pytest.mark.parametrize("dose", ["1000 mcg", ""])
def test_the_antidote_is_told_by_its_strength_whatever_dose_is_ordered_I11(
    name: str, dose: str
) -> None:
    asked = copy.deepcopy(request(LOADING, **UNTREATED))
    draft_of(asked)["medicationCodeableConcept"] = {"text": name}
    if not dose:
        draft_of(asked)["dosageInstruction"] = [{"text": "as directed"}]
    card = only_card(asked)
    assert card["indicator"] == "critical"
    assert card["summary"].startswith("This is the 5 g cyanide antidote")


def test_a_product_named_with_a_gram_is_a_slip_and_no_antidote_I11_I33() -> None:
    asked = copy.deepcopy(request(LOADING, **UNTREATED))
    draft_of(asked)["medicationCodeableConcept"] = {"text": "Cyanocobalamin 1000 mg/mL injection"}
    card = only_card(asked)
    assert card["indicator"] == "critical"
    assert card["summary"] == (
        "This product is named with 1 g or more in one mL or piece: check dose and product"
    )


TEN: Json = {"value": 10, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"}


@pytest.mark.parametrize("how", ["a range without an end", "one of two lines", "no route"])
def test_a_dose_far_too_high_is_critical_however_it_is_written_I11(how: str) -> None:
    product = "cyanocobalamin injection" if how == "no route" else "hydroxocobalamin"
    asked = copy.deepcopy(
        request(f"{product}, 1000 mcg, IM, every 2 months", **UNTREATED)  # right but for the dose
    )
    lines = draft_of(asked)["dosageInstruction"]
    if how == "a range without an end":
        lines[0]["doseAndRate"] = [{"doseRange": {"low": TEN}}]
    elif how == "one of two lines":
        lines.append(lines[0] | {"doseAndRate": [{"doseQuantity": TEN}]})
    else:
        lines[0]["doseAndRate"] = [{"doseQuantity": TEN | {"value": 5}}]
        lines[0].pop("route")
    card = only_card(asked)
    assert card["indicator"] == "critical"
    assert card["summary"].startswith("Dose ordered is ")


@pytest.mark.parametrize("slip", ["10 mg", "every hour"])
def test_tablets_beside_an_order_that_is_a_slip_are_judged_by_themselves(slip: str) -> None:
    seldom = TABLETS.replace("daily", "alternate days")
    asked = copy.deepcopy(request(TABLETS, seldom, **UNTREATED))
    line = draft_of(asked)["dosageInstruction"][0]
    if slip == "10 mg":
        line["doseAndRate"] = [{"doseQuantity": TEN}]
    else:
        line["timing"]["repeat"]["periodUnit"] = "min"
    card = only_card(asked)
    assert card["indicator"] == "critical"
    assert "b6" in card["extension"]["org.b12-cds"]["alsoFound"]
    deleted = [
        one["resourceId"] for one in card["suggestions"][0]["actions"] if "resourceId" in one
    ]
    assert deleted == ["MedicationRequest/draft-1", "MedicationRequest/draft-2"]
    assert cards_of(taken(asked, card["suggestions"][0])) == []


@pytest.mark.parametrize("lines", [(0, 1), (1,)], ids=["in both lines", "in the second"])
def test_the_buttock_is_left_in_every_dosage_line_that_names_it_I14(lines: tuple[int, ...]) -> None:
    buttock = {"coding": [{"system": "http://snomed.info/sct", "code": "46862004"}]}
    asked = copy.deepcopy(request(LOADING, RANGE, **UNTREATED))
    first, second = asked["context"]["draftOrders"]["entry"]
    dosage = first["resource"]["dosageInstruction"]
    dosage += second["resource"]["dosageInstruction"]
    for number, line in enumerate(dosage):
        line |= {"sequence": number + 1} | ({"site": buttock} if number in lines else {})
    asked["context"]["draftOrders"]["entry"] = [first]
    (offer,) = only_card(asked)["suggestions"]
    assert offer["label"] == "Inject into the deltoid"
    assert cards_of(taken(asked, offer)) == []


# --- several drafts: neither their order nor a second copy of one changes what is right


@pytest.mark.parametrize("orders", [(LOADING, LOADING, RANGE), (LOADING, RANGE, LOADING)])
def test_a_loading_course_drafted_twice_is_no_american_course_RN7_Q40(
    orders: tuple[str, ...],
) -> None:
    card = only_card(request(*orders, **UNTREATED))
    assert (card["indicator"], card["summary"]) == (
        "warning",
        "The same B12 order is drafted twice",
    )


def test_loading_a_second_time_after_the_first_is_a_later_phase_Q40() -> None:
    asked = copy.deepcopy(request(LOADING, LOADING, RANGE, **UNTREATED))
    line = draft_of(asked, 1)["dosageInstruction"][0]
    rhythm = {"frequency": 3, "period": 1, "periodUnit": "wk"}
    two_weeks = {"boundsPeriod": {"start": "2026-12-10", "end": "2026-12-23"}}
    line["timing"] = {"repeat": rhythm | two_weeks}
    assert cards_of(asked) == []


@pytest.mark.parametrize("turned", [False, True])
def test_the_draft_that_has_its_place_keeps_it_whatever_stands_first_Q25(turned: bool) -> None:
    seldom = EVERY_2.replace("2 months", "6 months")
    chart = {"procedures": ["total gastrectomy, on 2023-11-01"], "results": [KIDNEYS, NO_SIGNS]}
    asked = copy.deepcopy(request(LOADING, seldom, **chart))
    if turned:
        asked["context"]["draftOrders"]["entry"].reverse()
    (offer,) = only_card(asked)["suggestions"]
    changed = [one["resource"]["id"] for one in offer["actions"] if one["type"] == "update"]
    assert changed == ["draft-2"]


@pytest.mark.parametrize("turned", [False, True])
def test_tablets_beside_injections_are_asked_about_in_either_order_e2(turned: bool) -> None:
    seldom = EVERY_2.replace("2 months", "6 months")
    chart = {
        "procedures": ["sleeve gastrectomy, on 2023-11-01"],
        "results": [LOW, KIDNEYS, NO_SIGNS],
    }
    asked = copy.deepcopy(request(LOADING, seldom, TABLETS, **chart))
    if turned:
        asked["context"]["draftOrders"]["entry"].reverse()
    assert "e2" in only_card(asked)["extension"]["org.b12-cds"]["alsoFound"]


# --- the description of an action says the start: not every client takes that of the draft


def test_maintenance_after_loading_says_when_its_first_dose_is_due_cards_8() -> None:
    signs, without = only_card(request(**UNTREATED | {"results": [LOW, KIDNEYS]}))["suggestions"]
    said = [one["description"].split("; ")[1:] for one in signs["actions"] + without["actions"]]
    assert said == [
        [],
        ["first dose 2 months after the last loading dose"],
        [],
        ["first dose 2 to 3 months after the last loading dose"],
    ]


def test_a_change_of_product_says_from_which_day_it_is_given_cards_8() -> None:
    chart = {"conditions": [ANAEMIA], "results": [KIDNEYS, NO_SIGNS]}
    monthly = {
        "active": [f"{CYANO}, since 2025-12-01"],
        "given": [f"{CYANO.rsplit(',', 1)[0]}, on 2026-11-05"],
    }
    (offer,) = only_card(
        request(CYANO.replace("every month", "every 3 months"), **chart | monthly)
    )["suggestions"]
    created = next(one for one in offer["actions"] if one["type"] == "create")
    repeat = created["resource"]["dosageInstruction"][0]["timing"]["repeat"]
    assert repeat["boundsPeriod"] == {"start": "2026-12-05"}
    assert created["description"].endswith("; first dose on 5 Dec 2026")


def test_prophylaxis_waits_for_no_loading_that_nobody_gets_P4() -> None:
    chart = {
        "procedures": ["sleeve gastrectomy, on 2023-11-01"],
        "results": ["B12 420 pmol/L, on 2026-11-06", KIDNEYS, NO_SIGNS],
    }
    oral = site()
    oral = replace(oral, policy=oral.policy.from_settings({"bariatricMaintenance": "ORAL_DAILY"}))
    (card,) = cards_of(request(LOADING, **chart), oral)
    (offer,) = card["suggestions"]
    assert "loading dose" not in str(offer)


# --- where the injection goes, in the words of the dosage


def in_time(text: str) -> Json:
    """Return a call that signs maintenance in time, whose dosage has these words."""
    asked = copy.deepcopy(request(EVERY_2, conditions=[ANAEMIA], given=IN_TIME))
    draft_of(asked)["dosageInstruction"][0]["text"] = text
    return asked


def test_the_buttock_in_the_words_of_an_order_is_told_and_changed_there_b12() -> None:
    card = only_card(in_time("Inject 1 mg into the left buttock every 2 months"))
    (action,) = card["suggestions"][0]["actions"]
    line = action["resource"]["dosageInstruction"][0]

    assert (card["source"]["topic"]["code"], card["indicator"]) == ("b12", "info")
    assert line["text"] == "Inject 1 mg into the deltoid every 2 months"
    assert line["site"]["coding"][0]["code"] == "35259002"

    draft_of(asked := in_time(""))["dosageInstruction"][0] = line
    assert cards_of(asked) == []


def test_a_choice_of_places_that_holds_the_buttock_is_no_order_for_it_b12() -> None:
    text = "Inject 1,000 mcg into the shoulder, thigh, or buttocks every 2 months"

    assert cards_of(in_time(text)) == []
