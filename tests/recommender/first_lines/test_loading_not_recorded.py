"""A loading order whose time is over, and of which no dose is on record, was perhaps never given:
no card says that loading is complete, or that treatment has been going on since (Q55).
"""

from __future__ import annotations

from typing import Any

import pytest

from recommender.guidance.policy import Policy
from recommender.guidance.regimens import M_LOAD, N_LOAD
from recommender.language import Order, OrderState, Phase
from recommender.review.order_review import review_record
from recommender.treatment.table import recommend
from tests.recommender.people import ago
from tests.recommender.review_cases import FACTS
from tests.recommender.review_space import person

POLICY = Policy()


def first_line(days: int, phase: Phase, *facts: str, **known: Any) -> str:
    """Return the first line of the card of an opened chart, beside a loading order this old."""
    ordered = Order("o", OrderState.ACTIVE, (phase.line,), "hydroxocobalamin", authored=ago(days))
    scenario = person(*(FACTS[name] for name in facts), {"orders": (ordered,), **known})
    findings = review_record(scenario, recommend(scenario, POLICY), POLICY)
    return findings[0].summary if findings else ""


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (10, ""),
        (20, "Loading ordered 1 Nov, no dose on record: if it was given, start injections"),
        (107, "Loading ordered 6 Aug, no dose on record: if it was given, start injections"),
        (108, "hydroxocobalamin ordered 5 Aug, no dose on record: is it given?"),
    ],
)
def test_bounded_loading_of_which_no_dose_is_on_record(days: int, expected: str) -> None:
    said = first_line(days, M_LOAD, "no signs", "confirmed")
    assert expected in said if expected else said == ""


def test_alternate_days_of_which_no_dose_is_on_record_are_ordered() -> None:
    said = first_line(20, N_LOAD, "signs", "confirmed")
    assert said == "Alternate-day B12 ordered 1 Nov: still improving? Review every 14 days"
