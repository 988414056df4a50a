"""When treatment began, and what was taken before a test (F4, F9)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from recommender.treatment_so_far import find_treatment_start, took_b12_before
from tests.recommender.people import TODAY, ago, build_scenario

ORAL: dict[str, Any] = {"substance": "cyanocobalamin", "route": "oral", "every": "1 day"}


def began(**known: Any) -> int | None:
    """Days since treatment began."""
    scenario = build_scenario(known)
    start = find_treatment_start(scenario.orders, scenario.doses, TODAY)
    return None if start is None else (TODAY - start).days


@pytest.mark.parametrize(
    ("known", "days"),
    [
        ({}, None),
        ({"injections": [200, 100, 3]}, 200),
        ({"orders": [{"phase": "MAINT-N", "days_ago": 300}], "injections": [100]}, 300),
        ({"orders": [{"phase": "MAINT-N", "state": "stopped", "days_ago": 90}]}, 90),
        ({"orders": [{"phase": "MAINT-N", "state": "completed", "days_ago": 90}]}, 90),
        ({"orders": [{"phase": "MAINT-N", "state": "on hold", "days_ago": 90}]}, None),
        ({"orders": [{"phase": "MAINT-N", "state": "draft", "days_ago": 90}]}, None),
        ({"orders": [{"phase": "MAINT-N", "days_ago": None}]}, None),
        ({"orders": [{"phase": "MAINT-N", "days_ago": -1}]}, None),
        ({"orders": [{"phase": "MAINT-N", "days_ago": 0}]}, None),
        ({"orders": [{"phase": "M-LOAD", "days_ago": 0}]}, 0),
        ({"orders": [ORAL | {"dose": 1000, "days_ago": 29}]}, None),
        ({"orders": [ORAL | {"dose": 1000, "days_ago": 30}]}, 30),
        ({"orders": [ORAL | {"dose": 999, "days_ago": 90}]}, None),
        ({"orders": [ORAL | {"dose": 1000, "days_ago": 90}]}, 90),
        (
            {
                "orders": [
                    {
                        "substance": "folic acid",
                        "route": "oral",
                        "dose": 5000,
                        "every": "1 day",
                        "days_ago": 90,
                    }
                ]
            },
            None,
        ),
        (
            {"doses": [{"substance": "folic acid", "route": "oral", "dose": 5000, "days_ago": 9}]},
            None,
        ),
        # a pause of more than 15 months ends a course
        ({"injections": [457]}, 457),
        ({"injections": [458]}, None),
        ({"injections": [460, 3]}, 460),
        ({"injections": [461, 3]}, 3),
        ({"injections": [900, 461, 5, 3]}, 900),
    ],
)
def test_when_treatment_began(known: dict[str, Any], days: int | None) -> None:
    assert began(**known) == days


def took(**known: Any) -> bool:
    """Whether vitamin B12 was taken before a test of ten days ago."""
    scenario = build_scenario(known)
    return took_b12_before(ago(10), scenario.orders, scenario.doses)


@pytest.mark.parametrize(
    ("known", "before"),
    [
        ({}, False),
        ({"injections": [10]}, False),
        ({"injections": [11]}, True),
        ({"injections": [132]}, True),
        ({"injections": [133]}, False),
        (
            {"doses": [{"substance": "folic acid", "route": "oral", "dose": 5000, "days_ago": 11}]},
            False,
        ),
        ({"doses": [{"route": "intramuscular", "dose": 1000}]}, False),
        ({"orders": [ORAL | {"dose": 50, "days_ago": 300}]}, True),
        ({"orders": [ORAL | {"dose": 50, "days_ago": 11}]}, True),
        ({"orders": [ORAL | {"dose": 50, "days_ago": 10}]}, False),
        ({"orders": [ORAL | {"dose": 50, "days_ago": None}]}, True),
        ({"orders": [ORAL | {"dose": 50, "days_ago": 100, "state": "draft"}]}, False),
        ({"orders": [ORAL | {"dose": 50, "days_ago": 300, "state": "on hold"}]}, True),
        (
            {
                "orders": [
                    ORAL | {"dose": 50, "days_ago": 300, "state": "stopped", "ended_days_ago": 132}
                ]
            },
            True,
        ),
        (
            {
                "orders": [
                    ORAL | {"dose": 50, "days_ago": 300, "state": "stopped", "ended_days_ago": 133}
                ]
            },
            False,
        ),
        ({"orders": [ORAL | {"dose": 50, "days_ago": 132, "state": "completed"}]}, True),
        ({"orders": [ORAL | {"dose": 50, "days_ago": 133, "state": "completed"}]}, False),
        ({"orders": [ORAL | {"dose": 50, "days_ago": None, "state": "completed"}]}, True),
        (
            {
                "orders": [
                    ORAL | {"dose": 50, "days_ago": 300, "state": "active", "ended_days_ago": 133}
                ]
            },
            False,
        ),
        ({"orders": [ORAL | {"substance": "folic acid", "dose": 5000, "days_ago": 300}]}, False),
    ],
)
def test_what_was_taken_in_the_four_months_before_a_test(
    known: dict[str, Any], before: bool
) -> None:
    assert took(**known) is before


@pytest.mark.parametrize(("dose", "before"), [(None, False), (1, False), (100, False), (101, True)])
def test_a_multivitamin_of_little_or_unstated_content_is_left_to_the_policy_Q75(
    dose: int | None, before: bool
) -> None:
    """H37: a low level taken beside it stays a low level."""
    (order,) = build_scenario({"orders": [ORAL | {"dose": 50, "days_ago": 300}]}).orders
    line = replace(order.lines[0], dose=None if dose is None else Decimal(dose))
    supplement = replace(order, lines=(line,), combination=True)

    assert took_b12_before(ago(10), (supplement,), ()) is before


def test_the_day_of_the_treatment_start_is_not_after_today() -> None:
    assert find_treatment_start(
        (), build_scenario({"injections": [-5, 40]}).doses, TODAY
    ) == TODAY - dt.timedelta(days=40)


def test_an_order_begins_on_the_day_it_says_not_on_the_day_it_was_written() -> None:
    (written,) = build_scenario({"orders": [{"phase": "M-LOAD", "days_ago": 90}]}).orders
    assert find_treatment_start([replace(written, starts=ago(60))], (), TODAY) == ago(60)
