"""95 % intervals of counts and parts, and which counts are too small to be shown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TypeVar

from governance.figures import Z_95, wilson

SMALLEST_SHOWN = 5
"""A count from 1 to 4 is not shown: with so few, somebody may be recognised."""

Key = TypeVar("Key")


def rate_interval(count: int, base: int, per: float) -> tuple[float, float, float]:
    """Return a rate per so many, with its interval (Byar's approximation to the Poisson one).

    All are 0 where there is no base.
    """
    if base <= 0:
        return 0.0, 0.0, 0.0
    low = 0.0
    if count:
        low = count * (1 - 1 / (9 * count) - Z_95 / (3 * math.sqrt(count))) ** 3
    above = count + 1
    high = above * (1 - 1 / (9 * above) + Z_95 / (3 * math.sqrt(above))) ** 3
    return count / base * per, low / base * per, high / base * per


def part_interval(count: int, base: int) -> tuple[float, float, float]:
    """Return a part in per cent, with its interval (Wilson's score interval); all are 0 where there
    is no base.
    """
    if base <= 0:
        return 0.0, 0.0, 0.0
    share = wilson(count, base)
    return 100 * share.value, 100 * share.low, 100 * share.high


def hidden_rows(counts: Mapping[Key, int], show_small: bool) -> frozenset[Key]:
    """Return the rows of a table whose count is not shown: those from 1 to 4, and where that is
    one row alone the next smallest too, as it could be worked out from the sum.
    """
    if show_small:
        return frozenset()
    small = {row for row, count in counts.items() if 0 < count < SMALLEST_SHOWN}
    if len(small) == 1:
        others = [row for row, count in counts.items() if row not in small and count]
        if others:
            small.add(min(others, key=lambda row: counts[row]))
    return frozenset(small)
