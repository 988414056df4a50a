"""What is offered is taken: the second answer asks for nothing more, and never for the opposite.

Expectations: decisions 2.3 (LAPSED), 2.4 (T4), 2.7 (cyanocobalamin monthly, C27), 2.8, C25, Q16,
Q54, RN6, S47, S83; cards.md 4 (b23, c2, c3, e2, f1, f2, i1), 6 and 8; H56.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest

from cds_service.site import Settings
from tests.every_case.cases import site
from tests.vignettes.chart import write_request
from tests.vignettes.test_stops_and_doubtful_orders import cards_of, labels, only_card, request

Json = dict[str, Any]

ANAEMIA = "pernicious anaemia, since 2022-11-15"
VEGAN = "vegan diet, since 2020-01-01"
NO_SIGNS = "no neurological symptoms, on 2026-11-20"
LOW = "B12 96 pmol/L, on 2026-11-02"
KIDNEYS = "eGFR 90 mL/min/{1.73_m2}, on 2026-11-06"
LOADING = "hydroxocobalamin, 1000 mcg, IM, three times a week for 2 weeks"
EVERY_2 = "hydroxocobalamin, 1000 mcg, IM, every 2 months"
CYANO = "cyanocobalamin injection, 1000 mcg, IM, every month"
TABLETS = "vitamin B12 tablet 1 mg, 1 tablet, oral, daily"
FOLIC_ACID = "folic acid tablet 5 mg, 1 tablet, oral, daily"
RESCUE = "folinic acid, 15 mg, oral, daily"
IN_TIME = [
    f"hydroxocobalamin, 1000 mcg, IM, on 2026-{month}-20" for month in ("03", "05", "07", "09")
]
LOADED = [f"hydroxocobalamin, 1000 mcg, IM, on 2026-11-{day}" for day in (10, 12, 14, 17, 19, 21)]


def refill(*orders: str, **chart: Any) -> Json:
    born = {"born": "1960-02-02", "sex": "female"}
    return write_request({"chart": born | chart, "orders": orders, "refill": True})


def taken(asked: Json, suggestion: Json) -> Json:
    """Return the request after the actions of a suggestion were carried out."""
    then = copy.deepcopy(asked)
    held = "medications" if "medications" in then["context"] else "draftOrders"
    drafts = then["context"].setdefault(held, {"resourceType": "Bundle", "entry": []})
    kept = {entry["resource"]["id"]: entry["resource"] for entry in drafts["entry"]}
    for number, action in enumerate(suggestion["actions"]):
        if action["type"] == "delete":
            del kept[action["resourceId"].split("/")[-1]]
        else:
            resource = {"id": f"new-{number}"} | copy.deepcopy(action["resource"])
            kept[resource["id"]] = resource
    drafts["entry"] = [{"resource": resource} for resource in kept.values()]
    if held == "draftOrders":
        then["hook"] = "order-select"
        then["context"]["selections"] = [
            f"{resource['resourceType']}/{name}" for name, resource in kept.items()
        ]
    return then


def first_day(suggestion: Json) -> str:
    made = [action["resource"] for action in suggestion["actions"] if action["type"] == "create"]
    repeat = made[-1]["dosageInstruction"][0]["timing"]["repeat"]
    return str(repeat["boundsPeriod"]["start"])


# --- a change from cyanocobalamin: the next injection is due when that of cyanocobalamin was


@pytest.mark.parametrize(
    ("last", "due"),
    [("2026-11-05", "2026-12-05"), ("2026-10-26", "2026-11-26"), ("2026-10-20", "2026-11-26")],
)
def test_after_cyanocobalamin_the_next_injection_is_due_within_a_month_C27(
    last: str, due: str
) -> None:
    chart = {
        "conditions": [ANAEMIA],
        "results": ["eGFR 40 mL/min/{1.73_m2}, on 2026-11-06", NO_SIGNS],
        "active": [f"{CYANO}, since 2026-06-20"],
        "given": [f"cyanocobalamin injection, 1000 mcg, IM, on {last}"],
    }
    for asked in (request(**chart), request(CYANO, **chart), refill(CYANO, **chart)):
        assert {first_day(one) for one in only_card(asked)["suggestions"]} == {due}


def test_after_hydroxocobalamin_it_is_due_after_its_own_interval() -> None:
    chart = {"conditions": [ANAEMIA], "results": [NO_SIGNS, LOW, KIDNEYS], "given": LOADED}
    (offer,) = only_card(request(active=[f"{LOADING}, since 2026-11-10"], **chart))["suggestions"]
    assert first_day(offer) == "2027-01-21"


# --- a lapse: the order starts today, and signs are known to be absent


def lapsed(*orders: str, **more: Any) -> Json:
    chart = {
        "conditions": [ANAEMIA],
        "results": [NO_SIGNS, KIDNEYS],
        "active": [f"{EVERY_2}, since 2025-01-20"],
        "given": IN_TIME[:1],
    }
    return refill(*orders, **chart | more)


def test_a_lapse_is_no_longer_told_once_the_order_starts_today_T4() -> None:
    asked = lapsed(EVERY_2)
    (offer,) = only_card(asked)["suggestions"]
    assert offer["label"] == "Start on 26 Nov 2026"
    assert cards_of(taken(asked, offer)) == []


def test_what_the_opened_chart_offers_for_a_lapse_is_right_T4() -> None:
    asked = lapsed(EVERY_2)
    asked = {**asked, "hook": "patient-view", "context": {"patientId": "p1", "userId": "P/dr"}}
    (offer,) = only_card(asked)["suggestions"]
    assert cards_of(taken(asked, offer)) == []


@pytest.mark.parametrize(
    "more",
    [
        {"results": [KIDNEYS]},
        {"conditions": [ANAEMIA, "paraesthesia, since 2024-11-15, resolved 2025-03-01"]},
        {"conditions": [ANAEMIA, "fatigue, since 2026-11-01"]},
    ],
)
def test_where_signs_are_open_the_question_stays_T4(more: Json) -> None:
    asked = lapsed(EVERY_2, **more)
    offer = next(one for one in only_card(asked)["suggestions"] if "start on" in one["label"])
    (second,) = cards_of(taken(asked, offer))
    assert second["indicator"] == "info"
    assert "ask about nerve signs" in second["summary"]


# --- stops


def test_the_recheck_after_a_stop_is_not_argued_with_i1() -> None:
    asked = request(
        f"stop: {EVERY_2}",
        conditions=["vegan diet, since 2015-01-01, resolved 2025-10-20"],
        results=[NO_SIGNS, KIDNEYS],
        active=[f"{EVERY_2}, since 2025-11-20"],
        given=IN_TIME,
    )
    (offer,) = only_card(asked)["suggestions"]
    assert offer["label"].startswith("Plan symptom review, B12")
    assert cards_of(taken(asked, offer)) == []


@pytest.mark.parametrize(
    ("chart", "why"),
    [
        ({"allergies": ["severe: cyanocobalamin"]}, "a reaction to it is recorded"),
        (
            {"conditions": [VEGAN, "Leber's optic atrophy, since 2020-01-01"]},
            "Leber's disease is recorded",
        ),
    ],
)
def test_what_is_recorded_is_called_so_where_a_stop_is_right_I33(chart: Json, why: str) -> None:
    usual = {"conditions": [VEGAN], "results": [NO_SIGNS, KIDNEYS]}
    stop = request(f"stop: {TABLETS}", active=[f"{TABLETS}, since 2026-01-01"], **usual | chart)
    assert f"is right, {why}" in only_card(stop)["summary"]
    assert "may be" not in only_card(stop)["summary"]


def test_tablets_after_loading_that_was_given_are_no_second_treatment_e2() -> None:
    chart = {"conditions": [VEGAN], "results": [LOW, NO_SIGNS, KIDNEYS]}
    active = [f"{LOADING}, since 2026-11-10"]
    assert cards_of(request(TABLETS, active=active, given=LOADED, **chart)) == []
    (card,) = cards_of(request(TABLETS, active=active, given=LOADED[:5], **chart))
    assert card["summary"].startswith("Tablets and injections of B12 are both active")


# --- folic and folinic acid


@pytest.mark.parametrize("beside", [(), (LOADING, EVERY_2)])
def test_folinic_acid_is_never_put_off_H56(beside: tuple[str, ...]) -> None:
    chart = {"conditions": [ANAEMIA], "results": [LOW, NO_SIGNS, KIDNEYS]}
    active = [] if beside else [f"{LOADING}, since 2026-11-25"]
    (card,) = cards_of(request(RESCUE, *beside, active=active, **chart))
    assert card["indicator"] == "info"
    assert card["summary"] == "Folinic acid does not wait: see that vitamin B12 is given as well"
    assert not any("folic acid" in label.lower() for label in labels(card))


def test_folic_acid_beside_it_still_waits() -> None:
    chart = {"conditions": [ANAEMIA], "results": [LOW, NO_SIGNS, KIDNEYS]}
    asked = request(RESCUE, FOLIC_ACID, active=[f"{LOADING}, since 2026-11-25"], **chart)
    (card,) = cards_of(asked)
    (offer,) = card["suggestions"]
    assert {action["resource"]["id"] for action in offer["actions"]} == {"draft-2"}


def test_words_that_hint_at_signs_have_the_test_drafted_that_is_asked_for_Q69() -> None:
    hint = {"conditions": ["'numb feet', since 2026-10-10"]}
    card = only_card(request(FOLIC_ACID, results=["B12 420 pmol/L, on 2026-11-02"], **hint))
    assert "measure methylmalonic acid before folic acid" in card["summary"]
    assert labels(card) == ["Order B12, methylmalonic acid before folic acid"]


def test_where_the_site_waits_for_loading_folic_acid_starts_after_it_C25() -> None:
    strict: Settings = site('[policy]\nfolateGateOpens = "LOADING_COMPLETE"\n')
    asked = request(
        FOLIC_ACID,
        conditions=[ANAEMIA],
        results=[LOW, NO_SIGNS],
        active=[f"{LOADING}, since 2026-11-20", f"{EVERY_2}, since 2026-11-20"],
        given=["hydroxocobalamin, 1000 mcg, IM, on 2026-11-20"],
    )
    (card,) = cards_of(asked, strict)
    assert labels(card) == ["Start folic acid on 5 Dec 2026, once B12 loading is complete"]
    (offer,) = card["suggestions"]
    assert cards_of(taken(asked, offer), strict) == []


def test_folic_acid_waits_for_a_drafted_loading_that_names_no_day_C25() -> None:
    strict: Settings = site('[policy]\nfolateGateOpens = "LOADING_COMPLETE"\n')
    asked = request(FOLIC_ACID, LOADING, EVERY_2, conditions=[ANAEMIA], results=[LOW, NO_SIGNS])
    for entry in asked["context"]["draftOrders"]["entry"]:
        entry["resource"].pop("authoredOn", None)
    (card,) = cards_of(asked, strict)
    (offer,) = card["suggestions"]
    assert offer["label"] == "Start folic acid on 11 Dec 2026, once B12 loading is complete"
    assert cards_of(taken(asked, offer), strict) == []


def test_where_an_offer_makes_loading_right_folic_acid_starts_after_it_C25() -> None:
    strict: Settings = site('[policy]\nfolateGateOpens = "LOADING_COMPLETE"\n')
    wrong = LOADING.replace("1000 mcg", "1000 mg")
    asked = request(FOLIC_ACID, wrong, conditions=[ANAEMIA], results=[LOW, NO_SIGNS, KIDNEYS])
    (card, _) = cards_of(asked, strict)
    (offer,) = card["suggestions"]
    words = "Folic acid after loading. Hydroxocobalamin 1 mg IM x6 in 2 weeks"
    assert offer["label"] == words
    assert cards_of(taken(asked, offer), strict) == []


def test_what_is_stated_by_naming_the_old_order_is_not_asked_again_T7() -> None:
    asked = request(
        LOADING,
        EVERY_2,
        conditions=[ANAEMIA],
        results=[LOW, NO_SIGNS, KIDNEYS],
        active=[f"{EVERY_2}, since 2025-02-01"],
    )
    (card,) = cards_of(asked)
    words = "NOT given any more: this renews the order of 1 Feb 2025"
    (offer,) = [one for one in card["suggestions"] if one["label"] == words]
    (action,) = offer["actions"]
    assert action["description"].endswith("; state in it: not given any more")
    assert cards_of(taken(asked, offer)) == []


# --- several orders, choices, reactions


def test_drafts_that_are_changed_name_each_the_order_of_its_kind_Q16() -> None:
    active = [f"{LOADING}, since 2026-11-18", f"{EVERY_2.replace('2 months', '2 to 3 months')}"]
    chart = {
        "conditions": [ANAEMIA, "paraesthesia, since 2026-11-01"],
        "results": [LOW, KIDNEYS, "platelets 210 10*9/L, on 2026-11-20"],
        "active": [active[0], f"{active[1]}, since 2026-11-18"],
        "given": LOADED[-2:],
    }
    asked = request(LOADING, active[1], **chart)
    (offer,) = only_card(asked)["suggestions"]
    named = [action["resource"]["priorPrescription"]["reference"] for action in offer["actions"]]
    assert named == ["MedicationRequest/active-1", "MedicationRequest/active-2"]
    assert cards_of(taken(asked, offer)) == []


@pytest.mark.parametrize(
    ("chart", "said"),
    [
        (
            {"active": [f"{EVERY_2}, since 2024-01-20"]},
            "Pernicious anaemia: ask whether B12 is given;",
        ),
        ({"results": [LOW]}, "B12 96 pmol/L (2 Nov): ask about nerve signs, B12 is due;"),
    ],
)
def test_where_a_choice_is_due_no_leg_of_it_is_said_to_be_due_I8(chart: Json, said: str) -> None:
    words = "hydroxocobalamin, 'as directed'"
    card = only_card(request(words, **{"conditions": [ANAEMIA]} | chart))
    assert card["summary"].startswith(said)


def test_every_severe_reaction_is_named_and_with_signs_it_is_the_same_day_G2() -> None:
    chart = {"conditions": [ANAEMIA], "results": [LOW, NO_SIGNS]}
    both = {"allergies": ["severe: cyanocobalamin", "severe: hydroxocobalamin"]}
    assert only_card(request(**chart, **both))["summary"] == (
        "Severe reaction to hydroxocobalamin and cyanocobalamin and B12 96 pmol/L (2 Nov): "
        "urgent allergy and haematology advice"
    )
    signs = {"conditions": [ANAEMIA, "paraesthesia, since 2026-11-01"], "results": [LOW]}
    one = {"allergies": ["severe: hydroxocobalamin"]}
    assert only_card(request(**signs, **one))["summary"] == (
        "Paraesthesia (1 Nov), severe reaction to hydroxocobalamin: same-day allergy and "
        "haematology advice"
    )


SLEEVE = {"procedures": ["sleeve gastrectomy, on 2023-05-05"]}


def test_what_is_offered_if_nothing_is_given_any_more_is_not_called_too_seldom_T7() -> None:
    asked = request(
        **SLEEVE,
        conditions=["paraesthesia, since 2024-01-01, resolved 2025-01-01"],
        results=["B12 310 pmol/L, on 2026-11-02", KIDNEYS],
        active=[f"{EVERY_2}, since 2025-11-20"],
    )
    (offer,) = only_card(asked)["suggestions"]
    assert offer["label"].startswith("NOT given any more:")
    assert all(card["indicator"] == "info" for card in cards_of(taken(asked, offer)))


def test_earlier_signs_that_shorten_an_interval_are_shown_b6() -> None:
    asked = request(
        "hydroxocobalamin, 1000 mcg, IM, every 3 months",
        conditions=[ANAEMIA, "paraesthesia, since 2024-01-01, resolved 2025-01-01"],
        results=[KIDNEYS],
        active=[f"{EVERY_2}, since 2025-12-10; valid until 2026-12-10"],
        given=IN_TIME,
    )
    card = only_card(asked)
    assert "(nerve signs, now or earlier)" in card["summary"]
    assert "Earlier paraesthesia (Jan 2024)" in card["detail"]
    assert "Nerve signs: not recorded" not in card["detail"]


@pytest.mark.parametrize(
    "drafted", [(LOADING, "hydroxocobalamin, 1000 mcg, IM, every 2 to 3 months"), (LOADING,)]
)
def test_maintenance_never_starts_beside_a_drafted_loading_course_I35(
    drafted: tuple[str, ...],
) -> None:
    asked = request(
        *drafted,
        **SLEEVE,
        results=[NO_SIGNS, KIDNEYS, "platelets 210 10*9/L, on 2026-11-20"],
        active=[f"{EVERY_2}, since 2025-11-20"],
    )
    card = only_card(asked)
    offer = next(one for one in card["suggestions"] if one["label"].startswith("NOT given"))
    starts = [
        (repeat["period"], repeat.get("boundsPeriod"))
        for action in offer["actions"]
        for repeat in [action["resource"]["dosageInstruction"][0]["timing"]["repeat"]]
        if "count" not in repeat
    ]
    assert starts
    assert all(bounds is None for _, bounds in starts)
