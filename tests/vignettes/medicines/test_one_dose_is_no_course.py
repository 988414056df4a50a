"""What one injection leaves open: returned signs, loading that is over, a stop; and tablets whose
dosage has ended though their order is active.

Expectations: decisions 2.4 (T1 to T3b), Q20, Q38, Q72, Q77, I5; cards.md section 6 (N2: b3, b13),
and b2, which asks.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.vignettes.medicines.test_a_single_dose import (
    INJECTION,
    ONCE,
    TREATED,
    VISITS,
    ordered_once,
    said_to,
)
from tests.vignettes.test_stops_and_doubtful_orders import (
    LOADING,
    LOW,
    MAINTENANCE,
    NO_SIGNS,
    SIGNS,
    TABLETS,
    cards_of,
    draft_of,
    labels,
    only_card,
    request,
)

Json = dict[str, Any]

PERNICIOUS = TREATED["conditions"]
GIVEN = [f"hydroxocobalamin, 1000 mcg, IM, on {day}" for day in VISITS]
UNDER_WAY: Json = TREATED | {"active": [f"{INJECTION}, since 2026-01-27"], "given": GIVEN}
LOADED = [f"hydroxocobalamin, 1000 mcg, IM, on 2026-10-{day}" for day in (12, 14, 16, 19, 21, 23)]
ONE_OF_TWO_MONTHS = {"repeat": {"frequency": 1, "period": 2, "periodUnit": "mo", "count": 1}}
ONE_DAY = {
    "repeat": {
        "frequency": 1,
        "period": 1,
        "periodUnit": "d",
        "boundsDuration": {"value": 1, "unit": "d", "code": "d"},
    }
}


def timed(asked: Json, timing: Json, number: int = 0) -> Json:
    """Return the request with this timing on one of its drafts."""
    draft_of(asked, number)["dosageInstruction"][0]["timing"] = timing
    return asked


def created(card: Json) -> list[str]:
    """Return the dosages of the orders that the first suggestion creates or changes."""
    (first, *_) = card["suggestions"]
    orders = [action["resource"] for action in first["actions"] if "resource" in action]
    return [one["dosageInstruction"][0]["text"] for one in orders if "dosageInstruction" in one]


# --- signs or symptoms that returned, loading that is over
# --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("timing", [ONCE, ONE_DAY])
def test_the_dose_of_a_visit_is_no_answer_to_signs_that_came_T1(timing: Json) -> None:
    chart = UNDER_WAY | {"conditions": [*PERNICIOUS, SIGNS[1]]}
    card = only_card(timed(request(INJECTION, **chart), timing))

    assert (card["source"]["topic"]["code"], card["indicator"]) == ("b6", "warning")
    assert "Paraesthesia (10 Nov)" in card["summary"]
    assert [label.split(":")[0] for label in labels(card)] == [
        "MILD, not progressing",
        "PROGRESSIVE or objective signs",
    ]


def test_the_dose_of_a_visit_beside_the_shorter_interval_is_right_T1() -> None:
    chart = UNDER_WAY | {"conditions": [*PERNICIOUS, SIGNS[1]]}
    monthly = "hydroxocobalamin, 1000 mcg, IM, every month"
    asked = timed(request(monthly, INJECTION, **chart), ONCE, 1)

    assert not any(topic == "b6" for topic, _ in said_to(asked))


def test_symptoms_that_returned_want_a_shorter_interval_T2() -> None:
    chart = UNDER_WAY | {"conditions": [*PERNICIOUS, "fatigue, since 2026-11-05"]}

    assert said_to(timed(request(INJECTION, **chart), ONCE)) == [("b6", "warning")]


def test_one_injection_after_loading_is_followed_by_maintenance_T3() -> None:
    chart: Json = {"conditions": PERNICIOUS, "results": [*LOW, *NO_SIGNS], "given": LOADED}
    card = only_card(timed(request(INJECTION, **chart), ONCE))

    assert (card["source"]["topic"]["code"], card["indicator"]) == ("b5", "warning")
    (text,) = created(card)
    assert "every 2 to 3 months for life" in text
    (action,) = card["suggestions"][0]["actions"]
    starts = action["resource"]["dosageInstruction"][0]["timing"]["repeat"]["boundsPeriod"]
    assert starts["start"] == "2027-01-26"  # two months after the dose that is ordered


def test_with_signs_and_no_test_one_injection_is_told_by_the_signs_N2() -> None:
    """Nothing shows deficiency yet, so that none is said to be there (I33)."""
    card = only_card(timed(request(INJECTION, conditions=SIGNS[1:]), ONCE))

    assert (card["source"]["topic"]["code"], card["indicator"]) == ("b3", "warning")
    assert card["summary"].startswith("Paraesthesia (10 Nov)")
    assert "take samples" in card["detail"]


def test_a_question_takes_the_dose_of_a_visit_from_nobody_b2() -> None:
    tingling = "'tingling in both legs', since 2026-11-16"
    chart = UNDER_WAY | {"conditions": [*PERNICIOUS, tingling]}
    card = only_card(timed(request(INJECTION, **chart), ONCE))

    assert card["source"]["topic"]["code"] == "b2"
    assert labels(card) == []


@pytest.mark.parametrize(
    ("product", "micrograms", "route", "topic"),
    [
        ("Hydroxocobalamin 1 mg/mL injection", 100, "Intramuscular", "b7"),
        ("Hydroxocobalamin 1 mg/mL injection", 1000, "Intravenous", "b15"),
        ("Cyanocobalamin 1 mg/mL injection", 1000, "Intramuscular", "b9"),
    ],
)
def test_what_is_wrong_with_the_dose_of_a_visit_is_put_right_and_not_taken_out(
    product: str, micrograms: int, route: str, topic: str
) -> None:
    """The order under way goes on; with its dose taken out, none would be given today."""
    asked = timed(request(INJECTION, **UNDER_WAY), ONCE)
    draft_of(asked)["medicationCodeableConcept"] = {"text": product}
    line = draft_of(asked)["dosageInstruction"][0]
    line["route"] = {"text": route}
    line["doseAndRate"] = [{"doseQuantity": {"value": micrograms, "unit": "mcg"}}]
    card = only_card(asked)

    assert card["source"]["topic"]["code"] == topic
    assert not any("Remove" in label for label in labels(card))


# --- beside tablets
# --------------------------------------------------------------------------------------------------

VEGAN: Json = {"conditions": ["vegan diet, since 2022-10-01"]}


@pytest.mark.parametrize(
    ("chart", "said"),
    [
        (VEGAN | {"results": [*LOW, *NO_SIGNS]}, []),
        (VEGAN | {"results": LOW}, [("b2", "info")]),
        ({"conditions": PERNICIOUS, "results": [*LOW, *NO_SIGNS]}, [("b4", "warning")]),
    ],
)
def test_one_injection_before_tablets_that_treat_is_no_course_that_stops_M6(
    chart: Json, said: list[tuple[str, str]]
) -> None:
    """Tablets alone are right here; in pernicious anaemia they are not, nor is one injection."""
    assert said_to(timed(request(TABLETS, INJECTION, **chart), ONCE, 1)) == said


def test_a_multivitamin_beside_one_injection_treats_nobody_Q49() -> None:
    asked = request(TABLETS, **VEGAN, results=[*LOW, *NO_SIGNS])
    ordered_once(asked, "active", ["2026-11-20"])
    draft_of(asked)["medicationCodeableConcept"] = {"text": "Multivitamin tablets"}
    draft_of(asked)["dosageInstruction"] = [{"text": "1 tablet daily"}]
    card = only_card(asked)

    assert (card["source"]["topic"]["code"], card["indicator"]) == ("k1", "warning")
    assert "a multivitamin does not treat this" in card["summary"]


# --- stops
# --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("timing", [ONE_DAY, ONE_OF_TWO_MONTHS])
def test_a_stop_beside_one_injection_however_written_is_a_stop_f1(timing: Json) -> None:
    asked = request(f"stop: {INJECTION}", INJECTION, **UNDER_WAY)

    assert ("f1", "warning") in said_to(timed(asked, timing, 1))


def test_one_injection_however_written_is_no_maintenance_after_loading_b5() -> None:
    asked = request(LOADING, INJECTION, conditions=PERNICIOUS, results=[*LOW, *NO_SIGNS])

    assert said_to(timed(asked, ONE_OF_TWO_MONTHS, 1)) == [("b5", "warning")]


@pytest.mark.parametrize(
    ("stays", "said"),
    [
        (f"{LOADING}, since 2026-11-23", [("f1", "warning")]),
        ("hydroxocobalamin, 1000 mcg, IM, alternate days, since 2026-11-23", []),
    ],
)
def test_a_loading_course_that_ends_goes_on_for_nobody_f1(
    stays: str, said: list[tuple[str, str]]
) -> None:
    """Beside the maintenance order nothing was said of what follows it; alternate days go on."""
    chart = UNDER_WAY | {"active": [f"{INJECTION}, since 2026-01-27", stays]}

    assert said_to(request(f"stop: {INJECTION}", **chart)) == said


def stopped_once(**chart: Any) -> Json:
    """Return the stop of the only order there is, one injection of yesterday."""
    asked = timed(request(f"stop: {INJECTION}", **chart), ONCE)
    ordered_once(asked, "active", ["2026-11-25"])
    active = asked["prefetch"]["medications"]["entry"][-1]["resource"]
    active["id"] = draft_of(asked)["id"]
    return asked


def test_where_one_injection_is_stopped_the_course_that_is_due_is_offered_f1() -> None:
    """That it goes on as ordered would leave one injection and nothing after it."""
    card = only_card(stopped_once(conditions=PERNICIOUS, results=[*LOW, *NO_SIGNS]))

    assert card["source"]["topic"]["code"] == "f1"
    loading, maintenance = created(card)
    assert "three times a week" in loading
    assert "for life" in maintenance


def test_where_signs_decide_the_course_none_is_created_beside_the_injection_f1() -> None:
    card = only_card(stopped_once(conditions=PERNICIOUS, results=LOW))

    assert labels(card) == ["Do not stop: give it, then order the course that is due"]


def test_a_single_injection_that_nothing_asked_for_may_be_stopped() -> None:
    assert cards_of(stopped_once()) == []


# --- one dose that was given, its order still active
# --------------------------------------------------------------------------------------------------

FOLIC_ACID = "folic acid tablet 5 mg, 5 mg, oral, daily"
GIVEN_ONCE: Json = {
    "conditions": PERNICIOUS,
    "results": [*LOW, *NO_SIGNS],
    "given": ["hydroxocobalamin, 1000 mcg, IM, on 2026-11-12"],
}


@pytest.mark.parametrize("status", ["active", "completed"])
def test_one_injection_that_was_given_silences_no_low_level_Q30(status: str) -> None:
    """American orders of one dose stay active: as an order that is not read it was maintenance."""
    card = only_card(ordered_once(request(**GIVEN_ONCE), status, ["2026-11-12"]))

    assert card["indicator"] == "warning"
    assert "last B12 on record 12 Nov" in card["summary"]


@pytest.mark.parametrize("status", ["active", "completed"])
def test_one_injection_that_was_given_does_not_open_the_way_for_folic_acid_c1(
    status: str,
) -> None:
    asked = ordered_once(request(FOLIC_ACID, **GIVEN_ONCE), status, ["2026-11-12"])

    assert ("c1", "critical") in said_to(asked)


def test_one_injection_that_is_ordered_with_folic_acid_is_waited_for_c2() -> None:
    asked = ordered_once(
        request(FOLIC_ACID, **GIVEN_ONCE | {"given": []}), "active", ["2026-11-24"]
    )

    assert ("c2", "warning") in said_to(asked)


def tablets_given(asked: Json, *days: str) -> Json:
    """Return the request with tablets given on these days and no order of them."""
    given = asked["prefetch"]["administrations"]["entry"]
    for number, entry in enumerate(given):
        entry["resource"]["medicationCodeableConcept"] = {"text": "Cyanocobalamin 1 mg tablets"}
        entry["resource"]["dosage"]["route"] = {"text": "Oral"}
        entry["resource"]["effectiveDateTime"] = days[number]
    return asked


@pytest.mark.parametrize(("days", "said"), [(1, [("k1", "warning")]), (3, [])])
def test_one_tablet_that_was_given_treats_nobody(days: int, said: list[tuple[str, str]]) -> None:
    """Of several given on end nobody says that they were the last."""
    dates = ["2026-11-12", "2026-11-13", "2026-11-14"][:days]
    given = [f"hydroxocobalamin, 1000 mcg, IM, on {day}" for day in dates]
    asked = request(**VEGAN, results=[*LOW, *NO_SIGNS], given=given)

    assert said_to(tablets_given(asked, *dates)) == said


# --- tablets whose dosage has ended
# --------------------------------------------------------------------------------------------------


def tablets_for(days: int, written: str, **repeat: Any) -> Json:
    """Return a chart of somebody with a low level and an active order of daily tablets."""
    asked = request(conditions=["vegan diet, since 2022-10-01"], results=[*LOW, *NO_SIGNS])
    asked = ordered_once(asked, "active", [written], {"repeat": repeat})
    order = asked["prefetch"]["medications"]["entry"][-1]["resource"]
    order["medicationCodeableConcept"] = {"text": "Cyanocobalamin 1 mg tablets"}
    order["dosageInstruction"][0]["route"] = {"text": "Oral"}
    daily = {"frequency": 1, "period": 1, "periodUnit": "d"}
    order["dosageInstruction"][0]["timing"]["repeat"] = daily | (repeat or {"count": days})
    return asked


FOUR_WEEKS = {"boundsDuration": {"value": 28, "unit": "d", "code": "d"}}


@pytest.mark.parametrize(("days", "repeat"), [(3, {}), (28, {}), (28, FOUR_WEEKS)])
def test_tablets_whose_dosage_ended_are_not_taken_for_ever_Q77(days: int, repeat: Json) -> None:
    """Written in August, and over for more than 30 days: active by the status alone."""
    card = only_card(tablets_for(days, "2026-08-20", **repeat))

    assert card["indicator"] == "warning"
    assert "is it given?" in card["summary"]
    assert labels(card) == ["Cyanocobalamin 1 mg by mouth daily"]


@pytest.mark.parametrize(
    ("repeats", "said"),
    [(11, "after 3 months of tablets"), (2, "after 3 months of tablets"), (0, "is it given?")],
)
def test_what_is_supplied_again_has_not_ended_with_the_first_supply_Q77(
    repeats: int, said: str
) -> None:
    """Tablets "for 28 days" with eleven repeats are 28 days of each."""
    asked = tablets_for(28, "2026-08-20", **FOUR_WEEKS)
    once = FOUR_WEEKS["boundsDuration"]
    supply = {"expectedSupplyDuration": once, "numberOfRepeatsAllowed": repeats}
    asked["prefetch"]["medications"]["entry"][-1]["resource"]["dispenseRequest"] = supply

    assert said in only_card(asked)["summary"]


def test_tablets_whose_dosage_ended_are_no_choice_beside_injections_e2() -> None:
    asked = tablets_for(28, "2026-08-20")
    drafts = request(LOADING, MAINTENANCE)["context"]["draftOrders"]
    asked["hook"], asked["context"]["draftOrders"] = "order-sign", drafts

    assert said_to(asked) == []


def test_tablets_whose_dosage_ends_now_are_as_tablets_whose_supply_ends_Q77() -> None:
    assert cards_of(tablets_for(28, "2026-10-20")) == []


def test_tablets_written_every_four_weeks_are_one_course_T5b() -> None:
    """Three months of tablets, and a level that is still low: the orders before count too."""
    asked = tablets_for(28, "2026-11-10", **FOUR_WEEKS)
    entries = asked["prefetch"]["medications"]["entry"]
    for number, written in enumerate(("2026-07-21", "2026-08-18", "2026-09-15", "2026-10-13")):
        again = entries[-1]["resource"] | {"id": f"before-{number}", "authoredOn": written}
        entries.insert(0, {"resource": again})
    asked["prefetch"]["medications"]["total"] += 4
    card = only_card(asked)

    assert "after 4 months of tablets" in card["summary"]


# --- a plan of visits
# --------------------------------------------------------------------------------------------------


def test_each_visit_of_a_plan_has_its_own_injection_e1() -> None:
    """The card had offered to remove all but one of the doses of a year."""
    asked = request(INJECTION, INJECTION, INJECTION, **TREATED | {"given": GIVEN})
    for number, day in enumerate(("2026-11-26", "2027-01-26", "2027-03-26")):
        once = {"count": 1, "boundsPeriod": {"start": day}}
        timed(asked, {"code": {"text": "Once"}, "repeat": once}, number)

    assert said_to(asked) == []
    again = timed(asked, ONCE, 1)  # and now two of them are of today
    assert said_to(again) == [("e1", "warning")]
