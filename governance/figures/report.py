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
from governance.figures.categories import category_of
from governance.figures.chance import NOT_CHANCE, Share, chance_of_change, wilson
from governance.figures.counts import Decided, Figures, Fired
from recommender.cards import CARDS

ACCEPTED = "accepted"
OVERRIDDEN = "overridden"
LIVE = "live"
WEEKS_BEFORE = 12
"""Weeks that a week is compared with."""

FEWEST_WEEKS = 4
"""Weeks of history without which nothing is marked."""

NAMES: Mapping[str, str] = {card.id: card.name for card in CARDS}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: a card, client, role, hook or week. `decided` are decisions there;
    shares of `fired` are of those, shares of what became of cards are of cards shown.
    """

    name: str
    words: str
    decided: int
    fired: Share
    shown: int
    accepted: Share
    overridden: Share
    no_answer: int
    comments: int


@dataclass(frozen=True, slots=True)
class Change:
    """A rate that is otherwise than before by more than chance: per 1,000 before and now."""

    name: str
    week: str
    before: float
    now: float
    chance: float


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
    are cards with feedback that are not in the record.
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
    reasons: Mapping[str, Mapping[str, int]]
    codes: Mapping[str, Mapping[str, int]]
    modes: tuple[ModeRow, ...]
    unknown: tuple[tuple[str, str, int], ...]
    stray: int


def make_report(figures: Figures) -> Report:
    """Return the report of these figures."""
    decided = sum(figures.decisions.values())
    cards = sorted({fired.card for fired in figures.cards}, key=_card_order)
    return Report(
        weeks=figures.weeks,
        orders=sum(n for at, n in figures.decisions.items() if at.hook in ORDER_HOOKS),
        total=_rows(figures, ("all",), lambda _: "all")[0],
        cards=_card_rows(figures, cards, decided),
        clients=_rows_by(figures, lambda at: at.client),
        roles=_rows_by(figures, lambda at: at.role or "not told"),
        hooks=_rows_by(figures, lambda at: at.hook),
        by_week=_rows_by(figures, lambda at: at.week),
        weekly=_weekly(figures, cards),
        changes=find_changes(figures),
        reasons=_overrides(figures, category_of),
        codes=_overrides(figures, lambda code: code or "no reason"),
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


def _rows_by(figures: Figures, name_of: Callable[[Decided], str]) -> tuple[Row, ...]:
    return _rows(figures, sorted({name_of(at) for at in figures.decisions}), name_of)


def _rows(
    figures: Figures, names: Iterable[str], name_of: Callable[[Decided], str]
) -> tuple[Row, ...]:
    """Return a line for each name that decisions go by."""
    decided: Counter[str] = Counter()
    tally = _Tally()
    for at, number in figures.decisions.items():
        decided[name_of(at)] += number
    for one, number in figures.cards.items():
        tally.add_fired(name_of(one.at), one.shown, number)
    for answer, number in figures.answers.items():
        tally.answers[name_of(answer.at), answer.outcome] += number
    for (at, _), number in figures.comments.items():
        tally.comments[name_of(at)] += number
    return tuple(_row(name, name, decided[name], tally) for name in names)


def _card_rows(figures: Figures, cards: Iterable[str], decided: int) -> tuple[Row, ...]:
    """Return a line for each card, of all decisions."""
    tally = _Tally()
    for one, number in figures.cards.items():
        tally.add_fired(one.card, one.shown, number)
    for answer, number in figures.answers.items():
        tally.answers[answer.card, answer.outcome] += number
    for (_, card), number in figures.comments.items():
        tally.comments[card] += number
    return tuple(_row(card, NAMES.get(card, card), decided, tally) for card in cards)


@dataclass(frozen=True, slots=True)
class _Tally:
    """What is counted under each name."""

    fired: Counter[str] = field(default_factory=Counter)
    shown: Counter[str] = field(default_factory=Counter)
    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    comments: Counter[str] = field(default_factory=Counter)

    def add_fired(self, name: str, shown: bool, number: int) -> None:
        self.fired[name] += number
        if shown:
            self.shown[name] += number


def _row(name: str, words: str, decided: int, tally: _Tally) -> Row:
    fired, shown = tally.fired[name], tally.shown[name]
    accepted, overridden = tally.answers[name, ACCEPTED], tally.answers[name, OVERRIDDEN]
    return Row(
        name,
        words,
        decided,
        wilson(min(fired, decided), decided),
        shown,
        wilson(min(accepted, shown), shown),
        wilson(min(overridden, shown), shown),
        max(0, shown - accepted - overridden),
        tally.comments[name],
    )


def _weekly(figures: Figures, cards: Iterable[str]) -> dict[str, tuple[float, ...]]:
    decided, fired = _per_week(figures)
    return {
        card: tuple(1000 * fired[card, week] / decided[week] for week in figures.weeks)
        for card in cards
    }


def _per_week(figures: Figures) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    decided: Counter[str] = Counter()
    fired: Counter[tuple[str, str]] = Counter()
    for at, number in figures.decisions.items():
        decided[at.week] += number
    for one, number in figures.cards.items():
        fired[one.card, one.at.week] += number
    return decided, fired


def find_changes(figures: Figures) -> tuple[Change, ...]:
    """Return the cards that fire otherwise in the last week than in the twelve before it, by more
    than chance; nothing with fewer than four weeks of history.

    The limit is divided by the number of cards, so that one look at all of them seldom marks one
    by chance.
    """
    weeks = figures.weeks
    if len(weeks) <= FEWEST_WEEKS:
        return ()
    decided, fired = _per_week(figures)
    last, earlier = weeks[-1], weeks[-1 - WEEKS_BEFORE : -1]
    cards = sorted({card for card, _ in fired}, key=_card_order)
    before_of = sum(decided[week] for week in earlier)
    changes = []
    for card in cards:
        now, before = fired[card, last], sum(fired[card, week] for week in earlier)
        chance = chance_of_change(now, decided[last], before, before_of)
        if chance < NOT_CHANCE / len(cards):
            rates = 1000 * before / before_of, 1000 * now / decided[last]
            changes.append(Change(card, last, *rates, chance))
    return tuple(changes)


def _overrides(figures: Figures, name_of: Callable[[str], str]) -> dict[str, dict[str, int]]:
    counted: dict[str, Counter[str]] = {}
    for answer, number in figures.answers.items():
        if answer.outcome == OVERRIDDEN:
            counted.setdefault(answer.card, Counter())[name_of(answer.reason)] += number
    return {card: dict(counted[card].most_common()) for card in sorted(counted, key=_card_order)}


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
        wilson(min(fired, decided), decided),
        shown,
        wilson(min(taken, shown), shown),
    )


def _card_order(card: str) -> tuple[str, int, str]:
    """Sort b2 before b10."""
    letters = card.rstrip("0123456789")
    number = card[len(letters) :]
    return letters, int(number) if number else 0, card
