"""What fired, for whom, what became of it and what was not known, counted by the database in a few
passes over its indexes.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import sqlalchemy as sa

from cds_service.records import CALLS, CARDS, DECISIONS, MODES


class Decided(NamedTuple):
    """Where decisions were made: the Monday of the week, client, hook and role of the user."""

    week: str
    client: str
    hook: str
    role: str


class Fired(NamedTuple):
    """Where a card was decided, its mode, and whether it was shown."""

    at: Decided
    card: str
    mode: str
    shown: bool


class Answered(NamedTuple):
    """What was said last of a shown card: the outcome and the code of the reason."""

    at: Decided
    card: str
    outcome: str
    reason: str


class Called(NamedTuple):
    """Calls of a day by how they were answered."""

    day: str
    client: str
    hook: str
    outcome: str


class ModeChange(NamedTuple):
    """Since when a mode is set for what; the client is empty for the table of the site."""

    since: dt.datetime
    client: str
    what: str
    mode: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that the page and the report count from, of some weeks."""

    decisions: Mapping[Decided, int] = field(default_factory=Counter)
    cards: Mapping[Fired, int] = field(default_factory=Counter)
    answers: Mapping[Answered, int] = field(default_factory=Counter)
    comments: Mapping[tuple[Decided, str], int] = field(default_factory=Counter)
    unknown: Mapping[tuple[str, str], int] = field(default_factory=Counter)
    calls: Mapping[Called, int] = field(default_factory=Counter)
    modes: tuple[ModeChange, ...] = ()

    @property
    def weeks(self) -> tuple[str, ...]:
        return tuple(sorted({at.week for at in self.decisions}))

    def since(self, week: str) -> Figures:
        """Return the figures from a week on, named by its Monday; unknown facts stay those of all
        weeks, as they are not counted by week.
        """
        return Figures(
            {at: number for at, number in self.decisions.items() if at.week >= week},
            {fired: number for fired, number in self.cards.items() if fired.at.week >= week},
            {one: number for one, number in self.answers.items() if one.at.week >= week},
            {one: number for one, number in self.comments.items() if one[0].week >= week},
            self.unknown,
            {called: number for called, number in self.calls.items() if called.day >= week},
            self.modes,
        )

    def of(self, client: str = "", hook: str = "") -> Figures:
        """Return the figures of one client or hook; unknown facts and calls stay those of all."""

        def chosen(at: Decided) -> bool:
            return client in ("", at.client) and hook in ("", at.hook)

        return Figures(
            {at: number for at, number in self.decisions.items() if chosen(at)},
            {fired: number for fired, number in self.cards.items() if chosen(fired.at)},
            {one: number for one, number in self.answers.items() if chosen(one.at)},
            {one: number for one, number in self.comments.items() if chosen(one[0])},
            self.unknown,
            self.calls,
            self.modes,
        )


def read_figures(connection: sa.Connection, since_week: str = "") -> Figures:
    """Return the figures of the weeks from one on, named by its Monday; of all without."""
    return Figures(
        _decisions(connection, since_week),
        _cards(connection, since_week),
        _answers(connection, since_week),
        _comments(connection, since_week),
        _unknown(connection, since_week),
        _calls(connection, since_week),
        _modes(connection),
    )


def _decisions(connection: sa.Connection, since: str) -> dict[Decided, int]:
    by = (DECISIONS.c.week, DECISIONS.c.client, DECISIONS.c.hook, DECISIONS.c.user_role)
    query = sa.select(*by, sa.func.count()).where(DECISIONS.c.week >= since).group_by(*by)
    return {Decided(*row[:4]): row[4] for row in connection.execute(query)}


def _cards(connection: sa.Connection, since: str) -> dict[Fired, int]:
    by = (
        CARDS.c.week,
        CARDS.c.client,
        CARDS.c.hook,
        CARDS.c.user_role,
        CARDS.c.card,
        CARDS.c.mode,
        CARDS.c.shown,
    )
    query = sa.select(*by, sa.func.count()).where(CARDS.c.week >= since).group_by(*by)
    return {
        Fired(Decided(*row[:4]), row[4], row[5], bool(row[6])): row[7]
        for row in connection.execute(query)
    }


def _answers(connection: sa.Connection, since: str) -> dict[Answered, int]:
    """Count the last word on each shown card, as clients may report a card again; only what the
    client says to which the card was sent.
    """
    rows = connection.execute(_ANSWERS, {"since": since})
    return {Answered(Decided(*row[:4]), *row[4:7]): row[7] for row in rows}


def _comments(connection: sa.Connection, since: str) -> dict[tuple[Decided, str], int]:
    """Count what came with words of the user's own."""
    rows = connection.execute(_COMMENTS, {"since": since})
    return {(Decided(*row[:4]), row[4]): row[5] for row in rows}


_CARD = "cards.week, cards.client, cards.hook, cards.user_role, cards.card"
_HEARD = (
    "FROM feedback CROSS JOIN cards WHERE cards.uuid = feedback.card AND cards.week >= :since "
    "AND cards.client = feedback.client AND cards.shown"
)
"""A cross join, as SQLite then walks through the feedback in the order of its cards and looks up
each: five times as quick as the other way round.
"""

_ANSWERS = sa.text(
    f"SELECT {_CARD}, feedback.outcome, feedback.reason_code, count(*) {_HEARD} AND NOT EXISTS "
    f"(SELECT 1 FROM feedback later WHERE later.card = feedback.card AND later.id > feedback.id) "
    f"GROUP BY {_CARD}, feedback.outcome, feedback.reason_code"
)
_COMMENTS = sa.text(
    f"SELECT {_CARD}, count(*) {_HEARD} AND feedback.user_comment <> '' GROUP BY {_CARD}"
)


def _unknown(connection: sa.Connection, since: str) -> Counter[tuple[str, str]]:
    """Count (fact, reason). Decisions with the same unknown facts are counted together first."""
    query = (
        sa.select(DECISIONS.c.unknown_key, sa.func.min(DECISIONS.c.id), sa.func.count())
        .where(DECISIONS.c.week >= since)
        .group_by(DECISIONS.c.week, DECISIONS.c.unknown_key)
    )
    times: Counter[str] = Counter()
    example: dict[str, str] = {}
    for key, identity, number in connection.execute(query):
        times[key] += number
        example[key] = identity
    counted: Counter[tuple[str, str]] = Counter()
    sets = _unknown_sets(connection, list(example.values()))
    for key, identity in example.items():
        for fact, reason in sets.get(identity, {}).items():
            counted[fact, reason] += times[key]
    return counted


def _unknown_sets(connection: sa.Connection, ids: list[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for start in range(0, len(ids), 500):
        query = sa.select(DECISIONS.c.id, DECISIONS.c.unknown_facts).where(
            DECISIONS.c.id.in_(ids[start : start + 500])
        )
        found |= {identity: dict(unknown) for identity, unknown in connection.execute(query)}
    return found


def _calls(connection: sa.Connection, since: str) -> dict[Called, int]:
    query = sa.select(CALLS.c.day, CALLS.c.client, CALLS.c.hook, CALLS.c.outcome, CALLS.c.times)
    rows = connection.execute(query.where(CALLS.c.day >= since))
    return {Called(*row[:4]): row[4] for row in rows}


def _modes(connection: sa.Connection) -> tuple[ModeChange, ...]:
    query = sa.select(MODES.c.since, MODES.c.client, MODES.c.what, MODES.c.mode)
    changes: dict[tuple[str, str], ModeChange] = {}
    for row in connection.execute(query.order_by(MODES.c.id)):
        change = ModeChange(*row)
        before = changes.get((change.client, change.what))
        if before is None or before.mode != change.mode:
            changes[change.client, change.what] = change
    return tuple(change for change in changes.values() if change.mode)
