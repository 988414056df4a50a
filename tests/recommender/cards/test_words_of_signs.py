"""What a card says beside words that may be nerve signs, where its rule asks nothing about them
(decisions D4, D6, N1 to N3, Q28, Q69; cards.md 7, rule 2): what is done if they are signs.
"""

from __future__ import annotations

from typing import Any

import pytest

from recommender.guidance.policy import Policy
from recommender.language import HintAt
from recommender.review.order_review import review, review_record
from recommender.treatment.table import recommend
from tests.recommender.people import build_scenario
from tests.recommender.review_cases import build_case

WORDS = {HintAt.NEUROLOGY.value: "numb feet"}
INJECT = "With nerve signs, do not wait: injections on alternate days."
SAMPLES = "With nerve signs, take samples, then give the first injection the same day."
MEASURE = "With nerve signs, measure methylmalonic acid before looking elsewhere."
ALL = (INJECT, SAMPLES, MEASURE)
BORDERLINE = {"total_b12": 160, "egfr": 90}
NOT_LOW = {"total_b12": 400, "egfr": 90}
BYPASS = {"causes": ["bariatric surgery"]}


def said(known: dict[str, Any], orders: str = "") -> list[str]:
    """Return which of the sentences the cards say, each card at most one."""
    policy = Policy()
    scenario = build_scenario({"hints": WORDS} | known)
    advice = recommend(scenario, policy)
    found = review_record(scenario, advice, policy)
    if orders:
        found = review(build_case({"who": (), "orders": orders})[1], scenario, advice, policy)
    lines = [line for finding in found for line in finding.detail.unread if line in ALL]
    assert len(lines) <= len(found)
    return lines


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (BORDERLINE, [INJECT]),  # D4: borderline with signs is deficiency, whatever the acid
        (BORDERLINE | {"mma": 200}, [INJECT]),
        (NOT_LOW, [MEASURE]),  # N3
        (NOT_LOW | {"mma": 200}, []),  # N3: another cause is looked for
        (NOT_LOW | {"mma": 400}, [INJECT]),  # D4
        ({}, [SAMPLES]),  # N2
        (BYPASS, [SAMPLES]),
        ({"total_b12": 100, "egfr": 90}, []),  # U1 asks, and offers both ways
        (BORDERLINE | {"neurological_screen": "no"}, []),
        (BORDERLINE | {"signs": ["paraesthesia"]}, []),
        (BORDERLINE | {"hints": {}}, []),
        (BORDERLINE | {"hints": {HintAt.CAUSE.value: "numb feet"}}, []),
    ],
)
def test_beside_tablets_the_card_says_what_is_done_if_they_are_signs(
    known: dict[str, Any], expected: list[str]
) -> None:
    assert said(known, "oral 1000") == expected


@pytest.mark.parametrize(
    ("known", "expected"),
    [(BORDERLINE, [INJECT]), ({}, [SAMPLES]), (NOT_LOW, []), (BYPASS | NOT_LOW, [MEASURE])],
)
def test_an_opened_chart_says_so_where_it_speaks(
    known: dict[str, Any], expected: list[str]
) -> None:
    assert said(known) == expected


@pytest.mark.parametrize(
    ("orders", "hints", "asked"),
    [
        (["alternate days for 2 weeks", "every 3 months"], WORDS, True),
        (["alternate days for 2 weeks", "every 2 to 3 months"], WORDS, True),
        (["alternate days for 2 weeks", "every 2 months"], WORDS, False),
        (["alternate days", "every 2 months"], WORDS, False),  # the leg for nerve signs as drawn
        (["alternate days for 2 weeks", "every 3 months"], {}, False),  # either is acceptable (Q15)
    ],
)
def test_alternate_days_that_late_maintenance_follows_are_asked_about_Q15_Q28(
    orders: list[str], hints: dict[str, str], asked: bool
) -> None:
    known = {"total_b12": 100, "egfr": 90, "platelets": 200, "hints": hints}
    scenario = build_scenario(known)
    course = build_case({"who": (), "orders": orders})[1]
    found = review(course, scenario, recommend(scenario, Policy()), Policy())
    said = [f"{one.indicator.value}: {one.summary}" for one in found]
    expected = (
        "info: Record says 'numb feet': with nerve signs, go on while improving, then at most "
        "2 months apart"
    )
    assert said == ([expected] if asked else [])
