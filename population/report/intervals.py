"""95 % intervals of counts and parts, and which counts are too small to be shown."""

from __future__ import annotations

import math

from governance.figures import Z_95, wilson


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
