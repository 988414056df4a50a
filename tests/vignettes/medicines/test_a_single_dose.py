"""One dose and no more, as fields and words say it ("Once"), of injections and of tablets.

Expectations: cards.md 3 ("HC IM 1000 mcg once ... untreated": b4) and b6 (tablets are taken every
day); decisions Q43; a completed order is an issue on its date, two or more make maintenance (Q30),
an order without a dose is a question (Q55), and one injection is no renewal (Q38).
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.vignettes.test_stops_and_doubtful_orders import (
    LOADING,
    LOW,
    MAINTENANCE,
    NO_SIGNS,
    SIGNS,
    cards_of,
    draft_of,
    labels,
    only_card,
    request,
)

Json = dict[str, Any]

INJECTION = "hydroxocobalamin, 1000 mcg, IM, every 2 months"
TABLETS = "vitamin B12 tablet 1 mg, 1 tablet, oral, daily"
NO_SIGNS_CHART: Json = {
    "conditions": ["vegan diet, since 2022-10-01"],
    "results": [*LOW, *NO_SIGNS],
}
SIGNS_CHART: Json = {"conditions": SIGNS[:1], "results": LOW}
ONCE: Json = {"code": {"text": "Once"}}
ONCE_IN_ALL = [
    ONCE,
    {"code": {"text": "ONCE"}, "repeat": {"count": 1}},
    {"repeat": {"count": 1}},
    {"repeat": {"count": 1, "frequency": 1, "period": 1, "periodUnit": "d"}},
    {"event": ["2026-11-02T12:00:00Z"]},
]


def led_by(
    drafted: str, timing: Json | None, words: str = "", **chart: Any
) -> tuple[str, str, str]:
    """Return topic, indicator and first line of the one card about a draft of this timing."""
    asked = request(drafted, **chart)
    line = draft_of(asked)["dosageInstruction"][0]
    line["text"], line["timing"] = words, timing
    if timing is None:
        del line["timing"]
    card = only_card(asked)
    return card["source"]["topic"]["code"], card["indicator"], card["summary"]


@pytest.mark.parametrize("chart", [NO_SIGNS_CHART, SIGNS_CHART])
@pytest.mark.parametrize("timing", ONCE_IN_ALL)
def test_one_injection_is_no_course_b4(timing: Json, chart: Json) -> None:
    topic, indicator, summary = led_by(INJECTION, timing, **chart)

    assert (topic, indicator) == ("b4", "warning")
    assert "no loading on record" in summary


def test_one_injection_in_words_alone_is_no_course_b4() -> None:
    said = led_by(INJECTION, None, "1,000 mcg, Intramuscular, Once", **NO_SIGNS_CHART)

    assert said[:2] == ("b4", "warning")


@pytest.mark.parametrize("timing", [*ONCE_IN_ALL[1:], {"code": {"text": "STAT"}}])
def test_one_tablet_is_no_treatment_b6(timing: Json) -> None:
    assert led_by(TABLETS, timing, **NO_SIGNS_CHART) == (
        "b6",
        "warning",
        "Tablets ordered once; B12 tablets are taken every day",
    )


@pytest.mark.parametrize(
    "code", [{"text": "Once"}, {"text": "ONCE."}, {"coding": [{"code": "ONCE"}]}]
)
def test_once_alone_of_tablets_may_be_once_a_day_and_is_not_read(code: Json) -> None:
    asked = request(TABLETS, **NO_SIGNS_CHART)
    draft_of(asked)["dosageInstruction"][0]["timing"] = {"code": code}

    assert "could not be read" in only_card(asked)["detail"]


def test_once_beside_every_day_without_an_end_says_two_things_b20() -> None:
    every_day = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}
    topic, indicator, summary = led_by(TABLETS, ONCE | every_day, **NO_SIGNS_CHART)

    assert (topic, indicator) == ("b20", "warning")
    assert "once" in summary


# --- ordered at each visit, as American clinics do
# --------------------------------------------------------------------------------------------------

TREATED: Json = {
    "conditions": ["pernicious anaemia, since 2022-11-15"],
    "results": ["B12 400 pmol/L, on 2026-09-01", "eGFR 90 mL/min/{1.73_m2}, on 2026-11-06"],
}
VISITS = ["2026-03-27", "2026-05-27", "2026-07-27", "2026-09-27"]


def ordered_once(asked: Json, status: str, days: list[str], timing: Json = ONCE) -> Json:
    """Return the request with an order of one injection on each of these days in its list."""
    for number, day in enumerate(days):
        order = {
            "resourceType": "MedicationRequest",
            "id": f"once-{number}",
            "status": status,
            "intent": "order",
            "medicationCodeableConcept": {"text": "Hydroxocobalamin 1 mg/mL injection"},
            "subject": {"reference": "Patient/p1"},
            "authoredOn": day,
            "dosageInstruction": [
                {
                    "timing": timing,
                    "route": {"text": "Intramuscular"},
                    "doseAndRate": [{"doseQuantity": {"value": 1000, "unit": "mcg"}}],
                }
            ],
        }
        asked["prefetch"]["medications"]["entry"].append({"resource": order})
    asked["prefetch"]["medications"]["total"] += len(days)
    return asked


def said_to(asked: Json) -> list[tuple[str, str]]:
    found = cards_of(asked)
    return [(card["source"]["topic"]["code"], card["indicator"]) for card in found]


@pytest.mark.parametrize("timing", ONCE_IN_ALL[:4])
def test_an_injection_ordered_at_each_visit_is_maintenance_and_no_loading_that_is_over_Q30(
    timing: Json,
) -> None:
    chart = ordered_once(request(**TREATED), "completed", VISITS, timing)
    due = ordered_once(request(INJECTION, **TREATED), "completed", VISITS, timing)
    draft_of(due)["dosageInstruction"][0]["timing"] = timing

    assert not any("oading" in card["summary"] for card in cards_of(chart))
    assert said_to(due) == []


def test_of_one_injection_that_was_ordered_only_it_is_asked_whether_it_is_given_Q55() -> None:
    asked = ordered_once(request(**TREATED), "active", ["2026-10-27"])
    card = only_card(asked)

    assert "ordered 27 Oct, no dose on record" in card["summary"]
    assert "oading" not in card["summary"]


def test_one_injection_takes_the_place_of_no_order_that_goes_on_Q38() -> None:
    """The dose of a visit, beside the standing order whose dose is due."""
    given = [f"hydroxocobalamin, 1000 mcg, IM, on {day}" for day in VISITS]
    asked = request(INJECTION, active=[f"{INJECTION}, since 2026-01-27"], given=given, **TREATED)
    draft_of(asked)["dosageInstruction"][0]["timing"] = ONCE

    assert said_to(asked) == []


def test_one_injection_now_beside_the_course_is_no_second_order_of_it() -> None:
    asked = request(LOADING, MAINTENANCE, INJECTION, **NO_SIGNS_CHART)
    draft_of(asked, 2)["dosageInstruction"][0]["timing"] = ONCE

    assert "e1" not in {topic for topic, _ in said_to(asked)}


def test_the_same_injection_ordered_twice_today_is_one_too_many_e1() -> None:
    asked = request(INJECTION, **TREATED)
    draft_of(asked)["dosageInstruction"][0]["timing"] = ONCE
    ordered_once(asked, "completed", VISITS)
    today = ordered_once(asked, "active", ["2026-11-26"])
    today["prefetch"]["medications"]["entry"][-1]["resource"]["id"] = "today"
    card = only_card(today)

    assert (card["source"]["topic"]["code"], card["indicator"]) == ("e1", "warning")
    assert "Remove this order" in labels(card)


def test_one_injection_beside_tablets_asks_for_no_choice_between_them_e2() -> None:
    asked = request(TABLETS, INJECTION, **NO_SIGNS_CHART)
    draft_of(asked, 1)["dosageInstruction"][0]["timing"] = ONCE

    assert "e2" not in {topic for topic, _ in said_to(asked)}


# --- one tablet on record
# --------------------------------------------------------------------------------------------------

FOLIC_ACID = "folic acid tablet 5 mg, 5 mg, oral, daily"


def one_tablet(asked: Json, status: str) -> Json:
    """Return the request with an order of one tablet, two months old, in its list."""
    asked = ordered_once(asked, status, ["2026-09-26"], {"repeat": {"count": 1}})
    order = asked["prefetch"]["medications"]["entry"][-1]["resource"]
    order["medicationCodeableConcept"] = {"text": "Cyanocobalamin 1 mg tablets"}
    order["dosageInstruction"][0]["route"] = {"text": "Oral"}
    return asked


@pytest.mark.parametrize("status", ["active", "completed"])
def test_one_tablet_on_record_silences_no_low_level(status: str) -> None:
    card = only_card(one_tablet(request(**NO_SIGNS_CHART), status))

    assert card["indicator"] == "warning"
    assert card["summary"].startswith("B12 95 pmol/L")


@pytest.mark.parametrize("status", ["active", "completed"])
def test_one_tablet_on_record_does_not_open_the_way_for_folic_acid_c1(status: str) -> None:
    found = said_to(one_tablet(request(FOLIC_ACID, **NO_SIGNS_CHART), status))

    assert ("c1", "critical") in found


# --- one injection goes on for nobody
# --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["draft", "active"])
def test_a_stop_beside_one_injection_is_a_stop_f1(status: str) -> None:
    """The dose of today does not go on in the place of maintenance for life (S13)."""
    given = [f"hydroxocobalamin, 1000 mcg, IM, on {day}" for day in VISITS]
    chart: Json = TREATED | {"active": [f"{INJECTION}, since 2026-01-27"], "given": given}
    if status == "draft":
        asked = request(f"stop: {INJECTION}", INJECTION, **chart)
        draft_of(asked, 1)["dosageInstruction"][0]["timing"] = ONCE
    else:
        asked = ordered_once(request(f"stop: {INJECTION}", **chart), "active", ["2026-11-26"])

    assert ("f1", "warning") in said_to(asked)


@pytest.mark.parametrize("status", ["draft", "active"])
def test_one_injection_is_no_maintenance_after_loading_b5(status: str) -> None:
    chart: Json = {"conditions": TREATED["conditions"], "results": [*LOW, *NO_SIGNS]}
    if status == "draft":
        asked = request(LOADING, INJECTION, **chart)
        draft_of(asked, 1)["dosageInstruction"][0]["timing"] = ONCE
    else:
        asked = ordered_once(request(LOADING, **chart), "active", ["2026-11-26"])

    assert ("b5", "warning") in said_to(asked)
