"""One dose and no more, as fields and words say it ("Once"), of injections and of tablets.

Expectations: cards.md 3 ("HC IM 1000 mcg once ... untreated": b4) and b6 (tablets are taken every
day); decisions Q43.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.vignettes.test_stops_and_doubtful_orders import (
    LOW,
    NO_SIGNS,
    SIGNS,
    draft_of,
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


@pytest.mark.parametrize("timing", ONCE_IN_ALL)
def test_one_tablet_is_no_treatment_b6(timing: Json) -> None:
    assert led_by(TABLETS, timing, **NO_SIGNS_CHART) == (
        "b6",
        "warning",
        "Tablets ordered once; B12 tablets are taken every day",
    )


def test_once_beside_every_day_without_an_end_says_two_things_b20() -> None:
    every_day = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}
    topic, indicator, summary = led_by(TABLETS, ONCE | every_day, **NO_SIGNS_CHART)

    assert (topic, indicator) == ("b20", "warning")
    assert "once" in summary
