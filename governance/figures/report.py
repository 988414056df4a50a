"""The figures as those read them who answer for the advice: per card, client, role and week, with
intervals; overrides by category; unknown facts; silent against live.

Silence is counted as no answer, neither as agreement nor as an override: clients report neither
ignored cards nor cards they could not identify, so shares are of what was shown, and lower bounds
(R120).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from cds_service.protocol import ORDER_HOOKS
from cds_service.records import ACCEPTED, OVERRIDDEN
from cds_service.site import LIVE
from governance.figures.categories import category_of
from governance.figures.chance import Share, rate, wilson
from governance.figures.control import (
    FEWEST_WEEKS,
    Change,
    card_order,
    find_changes,
    per_week,
)
from governance.figures.counts import Decided, Figures, Fired
from recommender.cards import CARDS

NAMES: Mapping[str, str] = {card.id: card.name for card in CARDS}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: a card, client, role, hook or week. `decided` are decisions there, and
    `fired` is of those; `on_orders` are firings on orders, of the decisions about orders. Shares of
    what became of cards are of cards shown.
    """

    name: str
    words: str
    decided: int
    fired: Share
    on_orders: Share
    shown: int
    accepted: Share
    overridden: Share
    no_answer: int
    comments: int


@dataclass(frozen=True, slots=True)
class ModeRow:
    """How often a card was decided in one mode, and what became of it where it was shown."""

    card: str
    words: str
    mode: str
    fired: Share
    shown: int
    accepted: Share


@dataclass(frozen=True, slots=True)
class Report:
    """Everything of a period. `weekly` has for each card its firings per 1,000 decisions by week,
    `reasons` for each card its overrides by category, `codes` by the reason as it came. `stray`
    are cards with feedback that are not in the record. `changes_judged` says whether enough weeks
    came before to tell a change.
    """

    weeks: tuple[str, ...]
    orders: int
    total: Row
    cards: tuple[Row, ...]
    clients: tuple[Row, ...]
    roles: tuple[Row, ...]
    hooks: tuple[Row, ...]
    by_week: tuple[Row, ...]
    weekly: Mapping[str, tuple[float, ...]]
    changes: tuple[Change, ...]
    changes_judged: bool
    reasons: Mapping[str, Mapping[str, int]]
    codes: Mapping[str, Mapping[str, int]]
    modes: tuple[ModeRow, ...]
    unknown: tuple[tuple[str, str, int], ...]
    stray: int


def make_report(figures: Figures, history: Figures | None = None) -> Report:
    """Return the report of these figures.

    Args:
        history: the same with the weeks before, by which changes are told; else by these alone.
    """
    decided = sum(figures.decisions.values())
    orders = sum(n for at, n in figures.decisions.items() if at.hook in ORDER_HOOKS)
    cards = sorted({fired.card for fired in figures.cards}, key=card_order)
    places, codes = _places(figures), _overrides(figures)
    return Report(
        weeks=figures.weeks,
        orders=orders,
        total=_rows(places, ("all",), lambda _: "all")[0],
        cards=_card_rows(figures, cards, (decided, orders)),
        clients=_rows_by(places, lambda at: at.client),
        roles=_rows_by(places, lambda at: at.role or "not told"),
        hooks=_rows_by(places, lambda at: at.hook),
        by_week=_rows_by(places, lambda at: at.week),
        weekly=_weekly(figures, cards),
        changes=find_changes(history or figures),
        changes_judged=len((history or figures).weeks) > FEWEST_WEEKS,
        reasons={card: _by_category(counted) for card, counted in codes.items()},
        codes={card: _named(counted) for card, counted in codes.items()},
        modes=_by_mode(figures, cards),
        unknown=_unknown(figures),
        stray=sum(figures.stray.values()),
    )


def _unknown(figures: Figures) -> tuple[tuple[str, str, int], ...]:
    """Return each unknown fact with its reason and how often, the most frequent first."""
    counted: Counter[tuple[str, str]] = Counter()
    for (_, fact, reason), number in figures.unknown.items():
        counted[fact, reason] += number
    most_first = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return tuple((fact, reason, number) for (fact, reason), number in most_first)


def _rows_by(places: _Places, name_of: Callable[[Decided], str]) -> tuple[Row, ...]:
    return _rows(places, sorted({name_of(at) for at in places}), name_of)


def _places(figures: Figures) -> _Places:
    """Return what was counted at each place, so that each table is added up from few numbers."""
    places = {at: _Place(number) for at, number in figures.decisions.items()}

    def place(at: Decided) -> _Place:
        return places.get(at) or places.setdefault(at, _Place(0))

    for one, number in figures.cards.items():
        place(one.at).fired += number
        place(one.at).shown += number * one.shown
    for answer, number in figures.answers.items():
        place(answer.at).answers[answer.outcome] += number
    for (at, _), number in figures.comments.items():
        place(at).comments += number
    return places


def _rows(
    places: _Places, names: Iterable[str], name_of: Callable[[Decided], str]
) -> tuple[Row, ...]:
    """Return a line for each name that decisions go by."""
    decided: Counter[str] = Counter()
    orders: Counter[str] = Counter()
    tally = _Tally()
    for at, place in places.items():
        name = name_of(at)
        decided[name] += place.decided
        orders[name] += place.decided * (at.hook in ORDER_HOOKS)
        tally.add_fired(name, at, place.fired)
        tally.shown[name] += place.shown
        tally.comments[name] += place.comments
        for outcome, number in place.answers.items():
            tally.answers[name, outcome] += number
    return tuple(_row(name, name, (decided[name], orders[name]), tally) for name in names)


def _card_rows(figures: Figures, cards: Iterable[str], of: tuple[int, int]) -> tuple[Row, ...]:
    """Return a line for each card, of all decisions and of those about orders."""
    tally = _Tally()
    for one, number in figures.cards.items():
        tally.add_fired(one.card, one.at, number)
        tally.shown[one.card] += number * one.shown
    for answer, number in figures.answers.items():
        tally.answers[answer.card, answer.outcome] += number
    for (_, card), number in figures.comments.items():
        tally.comments[card] += number
    return tuple(_row(card, NAMES.get(card, card), of, tally) for card in cards)


@dataclass(slots=True)
class _Place:
    """What was counted at one place: of one week, client, hook and role."""

    decided: int
    fired: int = 0
    shown: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    comments: int = 0


_Places = dict[Decided, _Place]


@dataclass(frozen=True, slots=True)
class _Tally:
    """What is counted under each name."""

    fired: Counter[str] = field(default_factory=Counter)
    on_orders: Counter[str] = field(default_factory=Counter)
    shown: Counter[str] = field(default_factory=Counter)
    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    comments: Counter[str] = field(default_factory=Counter)

    def add_fired(self, name: str, at: Decided, number: int) -> None:
        self.fired[name] += number
        self.on_orders[name] += number * (at.hook in ORDER_HOOKS)


def _row(name: str, words: str, of: tuple[int, int], tally: _Tally) -> Row:
    """Return a line, of so many decisions, and so many of them about orders."""
    shown, (decided, orders) = tally.shown[name], of
    accepted, overridden = tally.answers[name, ACCEPTED], tally.answers[name, OVERRIDDEN]
    return Row(
        name,
        words,
        decided,
        rate(tally.fired[name], decided),
        rate(tally.on_orders[name], orders),
        shown,
        wilson(min(accepted, shown), shown),
        wilson(min(overridden, shown), shown),
        max(0, shown - accepted - overridden),
        tally.comments[name],
    )


def _weekly(figures: Figures, cards: Iterable[str]) -> dict[str, tuple[float, ...]]:
    decided, fired = per_week(figures)
    return {
        card: tuple(1000 * fired[card, week] / decided[week] for week in figures.weeks)
        for card in cards
    }


def _overrides(figures: Figures) -> dict[str, Counter[str]]:
    """Return for each card how often it was overridden for each reason as it came."""
    counted: dict[str, Counter[str]] = {}
    for answer, number in figures.answers.items():
        if answer.outcome == OVERRIDDEN:
            reasons = counted.get(answer.card) or counted.setdefault(answer.card, Counter())
            reasons[answer.reason] += number
    return {card: counted[card] for card in sorted(counted, key=card_order)}


def _by_category(counted: Counter[str]) -> dict[str, int]:
    categories: Counter[str] = Counter()
    for reason, number in counted.items():
        categories[category_of(reason)] += number
    return dict(categories.most_common())


def _named(counted: Counter[str]) -> dict[str, int]:
    return {reason or "no reason": number for reason, number in counted.most_common()}


def _by_mode(figures: Figures, cards: Iterable[str]) -> tuple[ModeRow, ...]:
    """Return a line for each card and mode, of cards that were decided in another mode than live.

    Firings of a mode are of the decisions in the weeks, clients and hooks in which the card was in
    that mode, so that silent weeks are compared with live ones fairly.
    """
    found: dict[str, dict[str, list[Fired]]] = {card: {} for card in cards}
    for one in figures.cards:
        found[one.card].setdefault(one.mode, []).append(one)
    accepted: Counter[tuple[Decided, str]] = Counter()
    for answer, number in figures.answers.items():
        if answer.outcome == ACCEPTED:
            accepted[answer.at, answer.card] += number
    return tuple(
        _mode_row(figures, mode, ones, accepted)
        for modes in found.values()
        if set(modes) - {LIVE}
        for mode, ones in sorted(modes.items())
    )


def _mode_row(
    figures: Figures, mode: str, found: list[Fired], accepted: Mapping[tuple[Decided, str], int]
) -> ModeRow:
    """Return the line of one card in one mode, in which it was decided as `found`."""
    card = found[0].card
    places = {(one.at.week, one.at.client, one.at.hook) for one in found}
    decided = sum(
        number
        for at, number in figures.decisions.items()
        if (at.week, at.client, at.hook) in places
    )
    fired = sum(figures.cards[one] for one in found)
    shown = sum(figures.cards[one] for one in found if one.shown)
    taken = sum(accepted.get((at, card), 0) for at in {one.at for one in found if one.shown})
    return ModeRow(
        card,
        NAMES.get(card, card),
        mode,
        rate(fired, decided),
        shown,
        wilson(min(taken, shown), shown),
    )
