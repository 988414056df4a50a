"""Control charts: for each card by week and for each refusal by day, the usual rate, the limits
within which chance keeps it, and the points that are out of control.

The chart is a p-chart with Laney's correction: limits stand three deviations from the usual rate,
and widen where a rate has always varied by more than its numbers explain. A point is marked when it
is outside its limits and chance would bring it less than once in 1,000 times; a run of eight points
on one side of the usual rate is marked on the same terms.

Source: R145; hazards H1, H96, H98.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import sqrt

from governance.figures.chance import NOT_CHANCE, chance_of_change
from governance.figures.counts import Called, Figures

FEWEST_BEFORE = 4
"""Points before a point without which it has no limits."""

RUN = 8
"""Points in a row on one side of the usual rate that are a shift."""

DEVIATIONS = 3
MOVING_RANGE = 1.128
"""Mean range of two numbers, in deviations."""

DAYS = 35
"""Days of a chart of refusals, yesterday the last of them."""

WEEKS_BEFORE = 12
"""Weeks that a week is compared with."""

FEWEST_WEEKS = 4
"""Weeks of history without which nothing is marked."""

WEEKS_LOOKED_AT = 2
"""Weeks of which a change is said: the one that runs, and the whole one before it, so that what is
seen on a Sunday is not gone on Monday.
"""

NOT_REFUSALS = ("decided", "not concerned")


class Mark(StrEnum):
    """What is to be seen at a point; empty for nothing."""

    NONE = ""
    ABOVE = "above its limits"
    BELOW = "below its limits"
    HIGHER = "eight in a row above the usual rate"
    LOWER = "eight in a row below the usual rate"


@dataclass(frozen=True, slots=True)
class Point:
    """One week or day: how often out of how many, and the limits of the rate, both per one; the
    limits are 0 and 1 where too little came before.
    """

    when: str
    count: int
    total: int
    low: float = 0.0
    high: float = 1.0
    mark: Mark = Mark.NONE

    @property
    def rate(self) -> float:
        return self.count / self.total if self.total else 0.0

    @property
    def is_judged(self) -> bool:
        """Whether enough came before to say what is usual."""
        return (self.low, self.high) != (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Chart:
    """The points of one card or refusal, oldest first, and the usual rate before the last; of the
    newest `looked_at` points a mark is said.
    """

    name: str
    usual: float
    points: tuple[Point, ...]
    looked_at: int = 1

    @property
    def marked(self) -> Point | None:
        """The newest of the points looked at that is marked."""
        newest = reversed(self.points[-self.looked_at :])
        return next((point for point in newest if point.mark), None)

    @property
    def mark(self) -> Mark:
        """What is to be seen there."""
        return self.marked.mark if self.marked else Mark.NONE

    def since(self, when: str) -> Chart:
        """Return the points from a week or day on, as they stand by all that came before."""
        return replace(self, points=tuple(point for point in self.points if point.when >= when))


def chart_cards(figures: Figures, cards: Iterable[str]) -> tuple[Chart, ...]:
    """Return the chart of each card: firings of the decisions of a week; a mark of this week and of
    the one before it is said.
    """
    decided, fired = per_week(figures)
    weeks = sorted(decided)
    return tuple(
        draw_chart(
            card, [(week, fired[card, week], decided[week]) for week in weeks], WEEKS_LOOKED_AT
        )
        for card in cards
    )


def chart_refusals(calls: Mapping[Called, int], today: dt.date) -> tuple[Chart, ...]:
    """Return the chart of each kind of refusal: of all calls of a day, of the last five weeks."""
    first, last = (today - dt.timedelta(days=days) for days in (DAYS, 1))
    totals: Counter[str] = Counter()
    refused: Counter[tuple[str, str]] = Counter()
    for called, number in calls.items():
        if first.isoformat() <= called.day <= last.isoformat():
            totals[called.day] += number
            refused[called.outcome, called.day] += number
    kinds = sorted({outcome for outcome, _ in refused}.difference(NOT_REFUSALS))
    days = sorted(totals)
    return tuple(
        draw_chart(kind, [(day, refused[kind, day], totals[day]) for day in days]) for kind in kinds
    )


def draw_chart(name: str, counted: Sequence[tuple[str, int, int]], looked_at: int = 1) -> Chart:
    """Return the chart of what was counted: when, how often, out of how many."""
    points: list[Point] = []
    for when, count, total in counted:
        points.append(_judge(points, Point(when, min(count, total), total)))
    before = points[:-1]
    return Chart(name, _rate_of(before), tuple(points), looked_at)


def _judge(before: Sequence[Point], point: Point) -> Point:
    """Return a point with its limits by the points before it, and its mark."""
    if len(before) < FEWEST_BEFORE or not point.total:
        return point
    usual = _rate_of(before)
    spread = DEVIATIONS * _deviation(usual, point) * _excess(before, usual)
    low, high = max(0.0, usual - spread), min(1.0, usual + spread)
    mark = _outside(before, point, low, high) or _run((*before, point))
    return Point(point.when, point.count, point.total, low, high, mark)


def _rate_of(points: Sequence[Point]) -> float:
    total = sum(point.total for point in points)
    return sum(point.count for point in points) / total if total else 0.0


def _deviation(usual: float, point: Point) -> float:
    return sqrt(usual * (1 - usual) / point.total) if point.total else 0.0


def _excess(points: Sequence[Point], usual: float) -> float:
    """Return by how much the rates vary more than their numbers explain; at least 1."""
    scores = [
        (point.rate - usual) / deviation
        for point in points
        if (deviation := _deviation(usual, point))
    ]
    steps = [abs(later - one) for one, later in itertools.pairwise(scores)]
    return max(1.0, sum(steps) / len(steps) / MOVING_RANGE) if steps else 1.0


def _outside(before: Sequence[Point], point: Point, low: float, high: float) -> Mark:
    if low <= point.rate <= high or not _is_more_than_chance(before, [point]):
        return Mark.NONE
    return Mark.ABOVE if point.rate > high else Mark.BELOW


def _run(points: Sequence[Point]) -> Mark:
    """Return whether the last eight points are all on one side of the usual rate before them."""
    before, run = points[:-RUN], points[-RUN:]
    if len(before) < FEWEST_BEFORE or not _is_more_than_chance(before, run):
        return Mark.NONE
    usual = _rate_of(before)
    if all(point.rate > usual for point in run):
        return Mark.HIGHER
    return Mark.LOWER if all(point.rate < usual for point in run) else Mark.NONE


def _is_more_than_chance(before: Sequence[Point], now: Sequence[Point]) -> bool:
    counts = (sum(point.count for point in points) for points in (now, before))
    totals = (sum(point.total for point in points) for points in (now, before))
    (now_count, before_count), (now_total, before_total) = counts, totals
    return chance_of_change(now_count, now_total, before_count, before_total) < NOT_CHANCE


@dataclass(frozen=True, slots=True)
class Change:
    """A rate that is otherwise than before by more than chance: per 1,000 before and now."""

    name: str
    week: str
    before: float
    now: float
    chance: float


def find_changes(figures: Figures) -> tuple[Change, ...]:
    """Return the cards that fire otherwise in this week, or in the one before it, than in the
    twelve before that, by more than chance; nothing with fewer than four weeks of history.

    The limit is divided by the number of cards and weeks, so that one look at all of them seldom
    marks one by chance.
    """
    decided, fired = per_week(figures)
    cards = sorted({card for card, _ in fired}, key=card_order)
    limit = NOT_CHANCE / max(1, len(cards)) / WEEKS_LOOKED_AT
    found: dict[str, Change] = {}
    for place in range(WEEKS_LOOKED_AT):
        weeks = figures.weeks[: len(figures.weeks) - place]
        if len(weeks) > FEWEST_WEEKS:
            for card in cards:
                change = _change_of(card, weeks, decided, fired)
                if change.chance < limit:
                    found.setdefault(card, change)
    return tuple(found[card] for card in cards if card in found)


def _change_of(
    card: str,
    weeks: Sequence[str],
    decided: Mapping[str, int],
    fired: Mapping[tuple[str, str], int],
) -> Change:
    """Return how the last of these weeks compares with the twelve before it."""
    last, earlier = weeks[-1], weeks[-1 - WEEKS_BEFORE : -1]
    now, before = fired.get((card, last), 0), sum(fired.get((card, one), 0) for one in earlier)
    now_of, before_of = decided.get(last, 0), sum(decided.get(one, 0) for one in earlier)
    chance = chance_of_change(now, now_of, before, before_of)
    before_rate, now_rate = _per_thousand(before, before_of), _per_thousand(now, now_of)
    return Change(card, last, before_rate, now_rate, chance)


def _per_thousand(count: int, total: int) -> float:
    return 1000 * count / total if total else 0.0


def per_week(figures: Figures) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """Return decisions by week, and firings by card and week."""
    decided: Counter[str] = Counter()
    fired: Counter[tuple[str, str]] = Counter()
    for at, number in figures.decisions.items():
        decided[at.week] += number
    for one, number in figures.cards.items():
        fired[one.card, one.at.week] += number
    return decided, fired


def card_order(card: str) -> tuple[str, int, str]:
    """Sort b2 before b10."""
    letters = card.rstrip("0123456789")
    number = card[len(letters) :]
    return letters, int(number) if number else 0, card
