"""A course followed over months and years: what is accepted falls silent, a renewal renews the same
order, a course that nobody goes on with is not under way.

Expectations: decisions 2.3 (LAPSED), 2.4 (T1, T1b, T2, T4, T4a, T8), Q3, Q11, Q15, Q16, Q38, Q55,
Q93; cards.md 6 (T1, T2, T4, T8) and 8; R164.
"""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

import pytest

from cds_service.decision import decide_request
from fhir_mappings.terminology import load_value_sets
from tests.every_case.cases import site
from tests.vignettes.chart import write_request

Json = dict[str, Any]

VALUE_SETS = load_value_sets()
ANAEMIA = "pernicious anaemia, since 2025-01-05"
LOADING = "hydroxocobalamin, 1000 mcg, IM, three times a week for 2 weeks"
ALTERNATE_DAYS = "hydroxocobalamin, 1000 mcg, IM, alternate days"
EVERY_2_TO_3 = "hydroxocobalamin, 1000 mcg, IM, every 2 to 3 months"
EVERY_2 = "hydroxocobalamin, 1000 mcg, IM, every 2 months"
EVERY_3 = "hydroxocobalamin, 1000 mcg, IM, every 3 months"


def days(first: str, number: int, apart: int) -> list[str]:
    begun = dt.date.fromisoformat(first)
    return [
        f"hydroxocobalamin, 1000 mcg, IM, on {begun + dt.timedelta(days=apart * n)}"
        for n in range(number)
    ]


def chart(**more: Any) -> Json:
    whole = {"born": "1960-02-02", "sex": "female", "conditions": [ANAEMIA]} | more
    return write_request({"chart": whole})


def seen(asked: Json, today: str) -> tuple[str, list[Json]]:
    """Return the rule of the opened chart and its cards, on that day."""
    decision = decide_request(asked, site(), VALUE_SETS, dt.date.fromisoformat(today))
    return str(decision.recommendation.rule), list(decision.cards)


def offers(cards: list[Json]) -> dict[str, list[Json]]:
    """Return the drafts of each suggestion by its label."""
    return {
        offer["label"]: [action["resource"] for action in offer["actions"]]
        for card in cards
        for offer in card.get("suggestions", ())
    }


def drafted(asked: Json, drafts: list[Json], today: str) -> list[Json]:
    """Return the cards of order-select and order-sign about these drafts."""
    found: list[Json] = []
    named = [copy.deepcopy(draft) | {"id": f"new-{n}"} for n, draft in enumerate(drafts)]
    for hook in ("order-select", "order-sign"):
        then = copy.deepcopy(asked) | {"hook": hook}
        then["context"]["draftOrders"] = {
            "resourceType": "Bundle",
            "entry": [{"resource": draft} for draft in named],
        }
        if hook == "order-select":
            then["context"]["selections"] = [f"{one['resourceType']}/{one['id']}" for one in named]
        found += seen(then, today)[1]
    return found


def signed(asked: Json, drafts: list[Json], today: str, old: str = "stopped") -> Json:
    """Return the chart after these drafts became orders, those they take over from `old`."""
    then = copy.deepcopy(asked)
    entries = then["prefetch"]["medications"]["entry"]
    prior = {
        draft.get("priorPrescription", {}).get("reference", "").split("/")[-1] for draft in drafts
    }
    for entry in entries:
        if entry["resource"]["id"] in prior:
            entry["resource"]["status"] = old
    for n, draft in enumerate(drafts):
        order = copy.deepcopy(draft) | {"id": f"signed-{n}", "status": "active"}
        entries.append({"resource": order | {"authoredOn": today}})
    then["prefetch"]["medications"]["total"] = len(entries)
    return then


def repeats_of(drafts: list[Json]) -> list[Json]:
    return [draft["dosageInstruction"][0]["timing"]["repeat"] for draft in drafts]


# --- T8 renews the same order


RENEWED: dict[str, Json] = {
    "4 weeks": {"frequency": 1, "period": 4, "periodUnit": "wk"},
    "10 weeks": {"frequency": 1, "period": 10, "periodUnit": "wk"},
    "2 to 3 months": {"frequency": 1, "period": 2, "periodMax": 3, "periodUnit": "mo"},
    "8 to 12 weeks": {"frequency": 1, "period": 8, "periodMax": 12, "periodUnit": "wk"},
    "17 days": {"frequency": 1, "period": 17, "periodUnit": "d"},
}


@pytest.mark.parametrize("every", RENEWED)
@pytest.mark.parametrize("screen", [[], ["no neurological symptoms, on 2026-11-20"]])
def test_a_renewal_is_the_same_order_T8(every: str, screen: list[str]) -> None:
    asked = chart(
        active=[f"{EVERY_2}, since 2025-12-10; valid until 2026-12-10"],
        given=days("2026-01-10", 19, 17),
        results=screen,
    )
    order = asked["prefetch"]["medications"]["entry"][0]["resource"]
    order["dosageInstruction"][0]["timing"]["repeat"] = RENEWED[every]
    rule, cards = seen(asked, "2026-11-26")
    (drafts,) = offers(cards).values()
    (repeat,) = repeats_of(drafts)

    assert rule == "T8"
    assert {key: repeat[key] for key in RENEWED[every]} == RENEWED[every]
    assert set(repeat) == {*RENEWED[every], "boundsPeriod"}
    assert drafted(asked, drafts, "2026-11-26") == []
    assert seen(signed(asked, drafts, "2026-11-26"), "2026-11-26")[0] == "T6"


def test_several_a_month_are_renewed_by_their_days_with_an_ampoule_each_T8() -> None:
    asked = chart(
        active=[f"{EVERY_2}, since 2025-12-10; valid until 2026-12-10"],
        given=days("2026-01-10", 23, 14),
    )
    order = asked["prefetch"]["medications"]["entry"][0]["resource"]
    twice = {"frequency": 2, "period": 1, "periodUnit": "mo"}
    order["dosageInstruction"][0]["timing"]["repeat"] = twice
    _, cards = seen(asked, "2026-11-26")
    (drafts,) = offers(cards).values()
    (repeat,) = repeats_of(drafts)
    dispensed = drafts[0]["dispenseRequest"]

    assert (repeat["frequency"], repeat["period"], repeat["periodUnit"]) == (1, 14, "d")
    assert (dispensed["quantity"]["value"], dispensed["expectedSupplyDuration"]["value"]) == (1, 14)
    assert drafted(asked, drafts, "2026-11-26") == []


def test_orders_left_active_after_their_renewal_leave_the_next_one_to_be_offered_T8() -> None:
    years = [
        f"{EVERY_2}, since {year}-12-10; valid until {year + 1}-12-10"
        for year in (2023, 2024, 2025)
    ]
    asked = chart(
        conditions=["pernicious anaemia, since 2022-11-15"],
        active=years,
        given=days("2025-10-10", 7, 61),
    )
    rule, cards = seen(asked, "2026-11-26")
    (drafts,) = offers(cards).values()

    assert rule == "T8"
    assert drafts[0]["priorPrescription"] == {"reference": "MedicationRequest/active-3"}


def test_tablets_that_injections_took_the_place_of_are_no_renewal_T8() -> None:
    asked = chart(
        active=[
            "vitamin B12 tablet 1 mg, 1 tablet, oral, daily, since 2025-03-01",
            f"{EVERY_2}, since 2025-12-10; valid until 2026-12-10",
        ],
        given=days("2026-01-10", 6, 60),
    )
    assert seen(asked, "2026-11-26")[0] == "T8"


def test_supply_after_alternate_days_counts_from_its_first_dose_T8() -> None:
    asked = chart(conditions=[ANAEMIA, "paraesthesia, since 2025-12-20"])
    _, cards = seen(asked, "2026-01-10")
    (pair,) = offers(cards).values()
    asked = signed(asked, pair, "2026-01-10")
    doses = [*days("2026-01-10", 21, 2), *days("2026-04-19", 5, 61)]
    given = chart(given=doses)["prefetch"]["administrations"]
    asked["prefetch"]["administrations"] = given

    assert pair[1]["dispenseRequest"]["validityPeriod"]["end"] == "2027-07-10"
    assert seen(asked, "2026-12-20")[0] == "T6"  # six ampoules from 19 April last until April


# --- a loading course with which nobody goes on


SIGNS = [ANAEMIA, "paraesthesia, since 2026-01-02"]
GIVEN = days("2026-01-10", 21, 2)  # the last on 19 February


@pytest.mark.parametrize("maintenance", [[], [f"{EVERY_2}, since 2026-01-10"]])
def test_alternate_days_that_stopped_are_not_under_way_T4a(maintenance: list[str]) -> None:
    active = [f"{ALTERNATE_DAYS}, since 2026-01-10", *maintenance]
    asked = chart(conditions=SIGNS, active=active, given=GIVEN)

    assert seen(asked, "2026-03-11")[0] == "T6"
    rule, cards = seen(asked, "2026-06-01")
    (card,) = cards
    assert (rule, card["indicator"]) == ("T4a", "warning")
    again, resume = offers(cards).values()
    assert [repeat["period"] for repeat in repeats_of(again)] == [2, 2]  # days, then months
    assert [repeat["periodUnit"] for repeat in repeats_of(again)] == ["d", "mo"]
    for drafts in (again, resume):
        assert drafted(asked, drafts, "2026-06-01") == []
        for old in ("stopped", "active"):
            rule, cards = seen(signed(asked, drafts, "2026-06-01", old), "2026-06-01")
            assert not any(card["indicator"] == "warning" for card in cards)


OLD_SIGNS = [ANAEMIA, "paraesthesia, since 2025-01-02"]
LAPSED_ORDER = [f"{EVERY_2}, since 2025-02-10"]
LAPSED_DOSES = days("2025-02-10", 5, 61)  # the last on 12 October


def test_to_resume_where_every_sign_is_old_is_asked_about_and_not_warned_of_T4a_R164() -> None:
    asked = chart(conditions=OLD_SIGNS, active=LAPSED_ORDER, given=LAPSED_DOSES)
    rule, cards = seen(asked, "2026-06-01")
    assert rule == "T4a"
    again, resume = offers(cards).values()
    assert drafted(asked, again, "2026-06-01") == []
    for card in drafted(asked, resume, "2026-06-01"):
        assert (card["source"]["topic"]["code"], card["indicator"]) == ("b3", "info")
        assert "unchanged?" in card["summary"]


def test_to_resume_is_too_seldom_with_signs_that_came_after_the_last_dose_T4a() -> None:
    old = chart(conditions=OLD_SIGNS, active=LAPSED_ORDER, given=LAPSED_DOSES)
    _, resume = offers(seen(old, "2026-06-01")[1]).values()
    new = [ANAEMIA, "paraesthesia, since 2026-05-02"]
    asked = chart(conditions=new, active=LAPSED_ORDER, given=LAPSED_DOSES)

    for card in drafted(asked, resume, "2026-06-01"):
        assert (card["source"]["topic"]["code"], card["indicator"]) == ("b3", "warning")


def test_maintenance_after_alternate_days_that_were_left_active_is_maintenance_Q11() -> None:
    active = [f"{ALTERNATE_DAYS}, since 2026-01-10", f"{EVERY_2}, since 2026-01-10"]
    asked = chart(conditions=SIGNS, active=active, given=[*GIVEN, *days("2026-04-19", 4, 61)])

    _, cards = seen(asked, "2026-10-25")  # six days after a dose
    assert not any("lternate" in card["summary"] for card in cards)


def test_alternate_days_without_any_dose_on_record_stay_a_question_Q67() -> None:
    asked = chart(conditions=SIGNS, active=[f"{ALTERNATE_DAYS}, since 2026-01-10"])
    _, (card,) = seen(asked, "2026-04-01")
    assert card["summary"].startswith("Alternate-day B12 ordered 10 Jan: still improving?")


def test_signs_after_a_loading_course_that_was_broken_off_are_loaded_T4() -> None:
    asked = chart(
        active=[f"{LOADING}, since 2026-01-10", f"{EVERY_2_TO_3}, since 2026-01-10"],
        given=days("2026-01-10", 3, 2),
    )
    rule, cards = seen(asked, "2026-06-10")
    signs = next(drafts for label, drafts in offers(cards).items() if label.startswith("NEURO"))

    assert rule == "T4"
    assert [repeat["periodUnit"] for repeat in repeats_of(signs)] == ["d", "mo"]


def test_maintenance_of_which_no_dose_is_on_record_is_asked_about_Q55() -> None:
    asked = chart(
        results=["B12 90 pmol/L, on 2026-01-08", "no neurological symptoms, on 2026-01-09"]
    )
    _, cards = seen(asked, "2026-01-10")
    (pair,) = offers(cards).values()
    asked = signed(asked, pair, "2026-01-10")

    start = dt.date(2026, 3, 24)  # two weeks and two months after the loading course began
    assert repeats_of(pair)[1]["boundsPeriod"]["start"] == start.isoformat()
    assert seen(asked, str(start + dt.timedelta(days=93)))[0] == "T6"
    rule, (card,) = seen(asked, str(start + dt.timedelta(days=94)))
    assert (rule, card["indicator"]) == ("T7", "warning")  # a result of 12 months (Q73)


# --- what is accepted falls silent, and is not asked for again


def test_resuming_after_a_lapse_is_not_asked_for_again_until_a_dose_is_late_T4() -> None:
    asked = chart(
        active=[f"{EVERY_2}, since 2025-01-20"],
        given=days("2025-01-10", 6, 61),  # the last on 11 November
        results=["no neurological symptoms, on 2026-02-20"],
    )
    rule, cards = seen(asked, "2026-03-01")
    (drafts,) = offers(cards).values()
    then = signed(asked, drafts, "2026-03-01")

    assert rule == "T4"
    assert not any(card["indicator"] == "warning" for card in seen(then, "2026-03-01")[1])
    assert seen(then, "2026-07-01")[1][0]["indicator"] == "warning"


def test_resuming_at_a_longer_interval_than_that_which_lapsed_is_heard_too_T4() -> None:
    asked = chart(
        active=[f"{EVERY_2}, since 2025-01-20", f"{EVERY_2_TO_3}, since 2026-02-15"],
        given=days("2025-01-10", 6, 61),  # the last on 11 November, lapsed on 12 February
        results=["no neurological symptoms, on 2026-02-10"],
    )
    assert not any(card["indicator"] == "warning" for card in seen(asked, "2026-02-16")[1])


def test_an_order_that_begins_later_is_no_dose_now_T4() -> None:
    asked = chart(
        active=[f"{EVERY_2}, since 2025-01-20", f"{EVERY_2}, since 2026-02-15"],
        given=days("2025-01-10", 6, 61),
        results=["no neurological symptoms, on 2026-02-10"],
    )
    later = asked["prefetch"]["medications"]["entry"][1]["resource"]["dosageInstruction"][0]
    repeat = copy.deepcopy(later["timing"]["repeat"])
    later["timing"] = {"repeat": repeat | {"boundsPeriod": {"start": "2026-04-15"}}}
    assert seen(asked, "2026-02-16")[1][0]["indicator"] == "warning"


def test_an_order_written_before_the_lapse_does_not_silence_it_T4() -> None:
    asked = chart(
        active=[f"{EVERY_2}, since 2026-01-20"],
        given=days("2025-01-10", 6, 61),
        results=["no neurological symptoms, on 2026-02-20"],
    )
    rule, (card,) = seen(asked, "2026-03-01")
    assert (rule, card["indicator"]) == ("T4", "warning")


RETURNED = {
    "T1": "paraesthesia, since 2026-02-10",
    "T2": "fatigue, since 2026-02-10",
}


def on_maintenance(rule: str, sign: str, every: str = EVERY_2_TO_3) -> Json:
    return chart(
        conditions=[ANAEMIA, sign],
        active=[f"{every}, since 2025-01-10"],
        given=[*days("2025-01-10", 6, 2), *days("2025-04-20", 4, 91)],
        results=["no neurological symptoms, on 2026-02-01"] if rule == "T2" else [],
    )


@pytest.mark.parametrize("rule", RETURNED)
@pytest.mark.parametrize("old", ["stopped", "active"])
def test_an_increase_for_signs_that_returned_is_asked_for_once(rule: str, old: str) -> None:
    asked = on_maintenance(rule, RETURNED[rule])
    found, cards = seen(asked, "2026-02-12")
    assert found == rule
    for drafts in offers(cards).values():
        then = signed(asked, drafts, "2026-02-12", old)
        for today in ("2026-02-12", "2026-02-13", "2026-03-01"):
            assert seen(then, today)[0] == "T6"


@pytest.mark.parametrize("rule", RETURNED)
def test_signs_recorded_again_after_the_increase_ask_for_the_next_step(rule: str) -> None:
    asked = on_maintenance(rule, RETURNED[rule])
    first = next(iter(offers(seen(asked, "2026-02-12")[1]).values()))
    then = signed(asked, first, "2026-02-12")
    again = on_maintenance(rule, RETURNED[rule].replace("2026-02-10", "2026-04-01"))
    then["prefetch"]["conditions"] = again["prefetch"]["conditions"]
    found, cards = seen(then, "2026-04-02")

    assert found == rule
    assert repeats_of(next(iter(offers(cards).values())))[0]["period"] == 1  # every month


@pytest.mark.parametrize("rule", RETURNED)
def test_an_increase_that_is_ordered_and_not_given_does_not_stay_silent(rule: str) -> None:
    """Ordered is not given (Q55): the last dose is of 18 January, and treatment every 2 months has
    lapsed one and a half intervals later (2.3).
    """
    asked = on_maintenance(rule, RETURNED[rule])
    first = next(iter(offers(seen(asked, "2026-02-12")[1]).values()))
    then = signed(asked, first, "2026-02-12")
    found, (card,) = seen(then, "2026-04-25")

    assert (found, card["indicator"]) == ("T4a" if rule == "T1" else "T4", "warning")


@pytest.mark.parametrize("rule", RETURNED)
def test_the_same_order_written_again_is_no_increase(rule: str) -> None:
    asked = on_maintenance(rule, RETURNED[rule], EVERY_3)
    order = copy.deepcopy(asked["prefetch"]["medications"]["entry"][0]["resource"])
    del order["id"]
    assert seen(signed(asked, [order], "2026-02-12"), "2026-02-13")[0] == rule


def test_an_increase_for_signs_of_the_first_year_is_not_followed_by_loading_T1b() -> None:
    asked = chart(
        conditions=[ANAEMIA, "paraesthesia, since 2025-08-10"],
        active=[f"{EVERY_2_TO_3}, since 2025-01-10"],
        given=[*days("2025-01-10", 6, 2), *days("2025-04-20", 2, 91)],
    )
    rule, cards = seen(asked, "2025-08-12")
    mild = next(drafts for label, drafts in offers(cards).items() if label.startswith("MILD"))

    assert rule == "T1"
    assert seen(signed(asked, mild, "2025-08-12"), "2025-08-13")[0] == "T6"


def test_an_interval_that_was_shortened_in_time_has_not_lapsed_at_once_T1() -> None:
    asked = chart(
        conditions=[ANAEMIA, "paraesthesia, since 2026-03-02"],
        active=[f"{EVERY_2}, since 2025-01-10"],
        given=[*days("2025-01-10", 6, 2), *days("2025-03-12", 6, 61)],  # the last on 11 January
    )
    rule, cards = seen(asked, "2026-03-05")
    mild = next(drafts for label, drafts in offers(cards).items() if label.startswith("MILD"))
    then = signed(asked, mild, "2026-03-05")

    assert rule == "T1"
    assert repeats_of(mild)[0]["period"] == 1  # every month, 53 days after the last
    assert seen(then, "2026-03-05")[0] == "T6"
    assert seen(then, "2026-03-25")[0] == "T4a"  # the dose of 5 March is half a month late


# --- what may be a later dose than the last one that counts


def lapsed(hook: str) -> Json:
    """Return a request about a course whose last injection is of 20 Jul 2026, four months ago."""
    given = [f"hydroxocobalamin, 1000 mcg, IM, on 2026-{month}-20" for month in ("03", "05", "07")]
    whole = {"born": "1960-02-02", "sex": "female", "conditions": [ANAEMIA], "given": given}
    results = ["no neurological symptoms, on 2026-11-20"]
    asked = {"chart": whole | {"results": results, "active": [f"{EVERY_2}, since 2025-12-01"]}}
    return write_request(
        asked if hook == "patient-view" else asked | {"orders": [EVERY_2], "refill": True}
    )


def add_dose(asked: Json, **changes: Any) -> None:
    doses = asked["prefetch"]["administrations"]["entry"]
    dose = copy.deepcopy(doses[0]["resource"]) | {"id": "later", **changes}
    doses.append({"resource": {key: value for key, value in dose.items() if value is not None}})


@pytest.mark.parametrize("hook", ["medication-refill", "patient-view"])
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"status": "unknown", "effectiveDateTime": "2026-09-20"}, "status unknown"),
        ({"status": None, "effectiveDateTime": "2026-09-20"}, "status missing"),
        ({"effectiveDateTime": None}, "A B12 dose without its date is on record"),
        ({"effectiveDateTime": "last autumn"}, "A B12 dose without its date is on record"),
    ],
)
def test_what_may_be_a_later_dose_is_told_beside_the_last_that_counts_T4_Q28(
    hook: str, changes: Json, told: str
) -> None:
    asked = lapsed(hook)
    rule, (card,) = seen(asked, "2026-11-26")
    assert rule == "T4"
    assert card["summary"].startswith("Last B12 injection 20 Jul")
    assert told not in card["detail"]
    add_dose(asked, **changes)
    rule, (card,) = seen(asked, "2026-11-26")
    assert rule == "T4"
    assert told in "\n".join(card["detail"].splitlines()[:4])  # hints, in the first four lines
    if "status" in changes:
        assert "(20 Sep)" in card["detail"]


@pytest.mark.parametrize("hook", ["medication-refill", "patient-view"])
@pytest.mark.parametrize(("last", "rule"), [("2026-03-20", "T4"), ("2026-09-20", "T6")])
def test_an_order_that_cannot_be_read_does_not_keep_a_course_in_time_T4_Q30(
    hook: str, last: str, rule: str
) -> None:
    """No interval is longer than three months: half as long again after the last dose it is over,
    whatever the order says (2.3). Without the order it was so, and with it all was silent.
    """
    asked = lapsed(hook)
    doses = asked["prefetch"]["administrations"]["entry"]
    doses[:] = doses[:1]
    doses[0]["resource"]["effectiveDateTime"] = last
    del asked["prefetch"]["medications"]["entry"][0]["resource"]["dosageInstruction"]
    found, cards = seen(asked, "2026-11-26")
    assert found == rule
    assert [card["summary"][:18] for card in cards] == ["Last B12 injection"] * (rule == "T4")
