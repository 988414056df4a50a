"""Words that may be nerve signs and came while treatment goes on.

Expectations: cards.md 4 (b2), 6 (T5, T6, T8), 9; decisions 2.4 (T0, T1), Q3, Q28.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.vignettes.chart import write_request
from tests.vignettes.test_second_answers import refill
from tests.vignettes.test_stops_and_doubtful_orders import cards_of, only_card, request

Json = dict[str, Any]

NEW = "'tingling in both legs', since 2026-11-16"
TABLETS = "vitamin B12 tablet 1 mg, 1 tablet, oral, daily"
EVERY_3 = "hydroxocobalamin, 1000 mcg, IM, every 3 months"
KIDNEYS = "eGFR 90 mL/min/{1.73_m2}, on 2026-11-06"
VEGAN = "vegan diet, since 2020-01-01"
ANAEMIA = "pernicious anaemia, since 2022-11-15"
ON_TABLETS: Json = {
    "results": [KIDNEYS],
    "active": [f"{TABLETS}, since 2026-02-01"],
    "supplied": ["vitamin B12 tablet 1 mg, on 2026-11-01, for 90 days"],
}
ON_INJECTIONS: Json = {
    "results": [KIDNEYS],
    "active": [f"{EVERY_3}, since 2026-02-01"],
    "given": [f"hydroxocobalamin, 1000 mcg, IM, on 2026-{day}" for day in ("07-12", "10-11")],
}
MORE_OFTEN = "new? Then inject more often; if it progresses, alternate days"
ALTERNATE = "with nerve signs, injections on alternate days are needed"


def opened(**chart: Any) -> Json:
    return write_request({"chart": {"born": "1960-02-02", "sex": "female"} | chart})


def course(under: Json, *conditions: str) -> Json:
    return under | {"conditions": [VEGAN if under is ON_TABLETS else ANAEMIA, *conditions]}


@pytest.mark.parametrize(
    ("under", "order", "indicator", "then"),
    [(ON_TABLETS, TABLETS, "warning", ALTERNATE), (ON_INJECTIONS, EVERY_3, "info", MORE_OFTEN)],
)
def test_words_since_treatment_began_are_asked_about_Q28(
    under: Json, order: str, indicator: str, then: str
) -> None:
    said = f"Record says 'tingling in both legs': {then}"
    card = only_card(refill(order, **course(under, NEW)))
    assert (card["indicator"], card["summary"]) == (indicator, said)
    chart = only_card(opened(**course(under, NEW)))
    assert (chart["indicator"], chart["summary"]) == ("info", said)
    assert not chart.get("suggestions")
    (ordered,) = cards_of(request(order, **course(under, NEW)))
    found = ordered["extension"]["org.b12-cds"]
    assert "b2" in (ordered["source"]["topic"]["code"], *found.get("alsoFound", ()))


@pytest.mark.parametrize(
    "words",
    [
        "'tingling in both legs', since 2022-01-10",  # before treatment: residual
        "'tingling in both legs', since 2026-06-10",  # more than 90 days ago
        "'knee pain', since 2026-11-16",
    ],
)
@pytest.mark.parametrize(("under", "order"), [(ON_TABLETS, TABLETS), (ON_INJECTIONS, EVERY_3)])
def test_other_words_leave_what_is_right_in_silence_T6(under: Json, order: str, words: str) -> None:
    assert cards_of(refill(order, **course(under, words))) == []
    assert cards_of(opened(**course(under, words))) == []


@pytest.mark.parametrize(("day", "asked"), [("2026-08-28", True), ("2026-08-27", False)])
@pytest.mark.parametrize(("under", "order"), [(ON_TABLETS, TABLETS), (ON_INJECTIONS, EVERY_3)])
def test_words_of_90_days_ago_are_of_the_last_90_days_Q3(
    under: Json, order: str, day: str, asked: bool
) -> None:
    words = f"'tingling in both legs', since {day}"
    assert bool(cards_of(refill(order, **course(under, words)))) is asked


def test_words_of_late_are_asked_about_where_the_start_of_treatment_is_not_known() -> None:
    asked = refill(TABLETS, **course(ON_TABLETS, NEW))
    del asked["prefetch"]["medications"]["entry"][0]["resource"]["authoredOn"]
    assert any("tingling in both legs" in card["summary"] for card in cards_of(asked))


def test_by_a_code_they_decide_as_before_T0() -> None:
    coded = "paraesthesia, since 2026-11-16"
    assert only_card(refill(TABLETS, **course(ON_TABLETS, coded)))["indicator"] == "critical"
    assert only_card(refill(EVERY_3, **course(ON_INJECTIONS, coded)))["indicator"] == "warning"


def test_a_screen_of_today_or_loading_again_is_not_asked_about() -> None:
    screened = ON_TABLETS | {"results": [KIDNEYS, "no neurological symptoms, on 2026-11-24"]}
    assert cards_of(refill(TABLETS, **course(screened, NEW) | {"conditions": [VEGAN, NEW]})) == []


def test_tablets_that_harm_are_changed_aloud_whatever_words_came_since_T6() -> None:
    ckd = "kidney disease stage 4, since 2026-10-02"
    harm = only_card(opened(**course(ON_TABLETS, ckd)))
    both = only_card(opened(**course(ON_TABLETS, ckd, NEW)))
    assert harm["indicator"] == both["indicator"] == "warning"
    assert harm["summary"] == both["summary"]
    assert "tingling in both legs" in both["detail"]
