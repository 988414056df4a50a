"""Intervals of shares and changes beyond chance, against values worked out by hand."""

from __future__ import annotations

from math import comb

import pytest

from governance.figures.chance import chance_of_change, rate, wilson


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [(0, 0, 0.0, 1.0), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (30, 100, 0.2189, 0.3958)],
)
def test_the_wilson_interval(count: int, total: int, low: float, high: float) -> None:
    share = wilson(count, total)

    assert (round(share.low, 4), round(share.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [
        (0, 0, 0.0, 1.0),
        (0, 1000, 0.0, 0.0037),
        (10, 1000, 0.0048, 0.0184),
        (100, 1000, 0.0814, 0.1216),
        (120, 100, 0.9949, 1.4349),
    ],
)
def test_the_interval_of_a_rate(count: int, total: int, low: float, high: float) -> None:
    """The exact limits of a Poisson count of 10 are 4.80 and 18.39, of 100 81.36 and 121.63."""
    found = rate(count, total)

    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_nothing_to_compare_is_chance() -> None:
    assert chance_of_change(0, 100, 0, 100) == 1.0
    assert chance_of_change(5, 0, 5, 100) == 1.0


def test_the_same_rate_is_chance() -> None:
    assert chance_of_change(10, 1000, 120, 12000) > 0.5


@pytest.mark.parametrize(("now", "before"), [(9, 1), (1, 9), (0, 12), (12, 0), (6, 6)])
def test_the_chance_is_the_binomial_tail_both_ways(now: int, before: int) -> None:
    events = now + before
    upper = sum(comb(events, k) for k in range(now, events + 1)) / 2**events
    lower = sum(comb(events, k) for k in range(now + 1)) / 2**events

    expected = min(1.0, 2 * min(upper, lower))
    assert chance_of_change(now, 500, before, 500) == pytest.approx(expected)


def test_many_events_use_the_normal_curve_and_join_the_exact_sum() -> None:
    exact = chance_of_change(2600, 5000, 2400, 5000)
    normal = chance_of_change(2601, 5000, 2400, 5000)

    assert normal == pytest.approx(exact, rel=0.15)
