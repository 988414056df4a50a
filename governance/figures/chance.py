"""How sure a share or a rate is, and whether a change of it is more than chance."""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, exp, lgamma, log, sqrt

Z_95 = 1.959963984540054
"""Standard normal quantile of a two-sided 95 % interval."""

NOT_CHANCE = 0.001
"""A change is marked when chance alone would bring one as large less often than this."""

LARGEST_EXACT = 5000
"""Events up to which tails are summed exactly; beyond, the normal curve serves."""


@dataclass(frozen=True, slots=True)
class Share:
    """A number of events in a total, with the 95 % interval of their proportion, or of their rate
    where several may fall upon one.
    """

    count: int
    total: int
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.count / self.total if self.total else 0.0


def wilson(count: int, total: int) -> Share:
    """Return a share with its interval; of nothing shown, nothing is known and the interval is
    everything.
    """
    if total == 0:
        return Share(count, total, 0.0, 1.0)
    p, z2 = count / total, Z_95**2
    centre = p + z2 / (2 * total)
    spread = Z_95 * sqrt(max(0.0, p * (1 - p) / total + z2 / (4 * total**2)))
    low, high = (centre - spread) / (1 + z2 / total), (centre + spread) / (1 + z2 / total)
    return Share(
        count, total, max(0.0, low) if count else 0.0, min(1.0, high) if count < total else 1.0
    )


def rate(count: int, total: int) -> Share:
    """Return a rate with its interval by Byar's approximation of the Poisson distribution: there
    may be more events than there are chances, as cards in a decision.
    """
    if total == 0:
        return Share(count, total, 0.0, 1.0)
    more = count + 1
    low = count * (1 - 1 / (9 * count) - Z_95 / (3 * sqrt(count))) ** 3 if count else 0.0
    high = more * (1 - 1 / (9 * more) + Z_95 / (3 * sqrt(more))) ** 3
    return Share(count, total, max(0.0, low) / total, high / total)


def chance_of_change(now: int, now_of: int, before: int, before_of: int) -> float:
    """Return how likely chance alone brings a change of a rate as large as from before to now, in
    either direction; 1 where there is nothing to compare.

    Given all events of both times, those of now are binomial if the rate has not changed; so the
    test allows for what is not known of the rate before.
    """
    events = now + before
    if not events or not now_of or not before_of:
        return 1.0
    share = now_of / (now_of + before_of)
    tail = min(_tail(now, events, share), _tail(events - now, events, 1 - share))
    return min(1.0, 2 * tail)


def _tail(least: int, events: int, share: float) -> float:
    """Return the probability of at least so many of the events, each with this share."""
    if least <= 0:
        return 1.0
    if events > LARGEST_EXACT:
        deviation = sqrt(events * share * (1 - share))
        return 0.5 * erfc((least - 0.5 - events * share) / (deviation * sqrt(2)))
    return min(1.0, sum(_chance(number, events, share) for number in range(least, events + 1)))


def _chance(number: int, events: int, share: float) -> float:
    ways = lgamma(events + 1) - lgamma(number + 1) - lgamma(events - number + 1)
    return exp(ways + number * log(share) + (events - number) * log(1 - share))
