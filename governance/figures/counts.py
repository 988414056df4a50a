"""What fired, for whom, what became of it and what was not known, from the counts that the store
keeps by week.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import sqlalchemy as sa

from cds_service.records import (
    CALLS,
    DECISIONS,
    MODES,
    SHOWN,
    VERSIONED,
    Kind,
    Tally,
    read_tallies,
)


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


class Span(NamedTuple):
    """From when to when, within the last day that has decisions, the same versions of what decides
    (in the order of `VERSIONED`) answered a client.
    """

    client: str
    versions: tuple[str, ...]
    first: dt.datetime
    last: dt.datetime


class ModeChange(NamedTuple):
    """Since when a mode is set for what; the client is empty for the table of the site."""

    since: dt.datetime
    client: str
    what: str
    mode: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that the page and the report count from, of some weeks. `unknown` is by fact and
    reason, `versions` by what decided and its version, both without roles; `stray` are cards with
    feedback that are not in the record.
    """

    decisions: Mapping[Decided, int] = field(default_factory=Counter)
    cards: Mapping[Fired, int] = field(default_factory=Counter)
    answers: Mapping[Answered, int] = field(default_factory=Counter)
    comments: Mapping[tuple[Decided, str], int] = field(default_factory=Counter)
    unknown: Mapping[tuple[Decided, str, str], int] = field(default_factory=Counter)
    versions: Mapping[tuple[Decided, str, str], int] = field(default_factory=Counter)
    stray: Mapping[Decided, int] = field(default_factory=Counter)
    calls: Mapping[Called, int] = field(default_factory=Counter)
    modes: tuple[ModeChange, ...] = ()
    spans: tuple[Span, ...] = ()

    @property
    def weeks(self) -> tuple[str, ...]:
        return tuple(sorted({at.week for at in self.decisions}))

    def since(self, week: str) -> Figures:
        """Return the figures from a week on, named by its Monday."""
        kept = self._where(lambda at: at.week >= week)
        return replace(kept, calls={one: n for one, n in self.calls.items() if one.day >= week})

    def of(self, client: str = "", hook: str = "") -> Figures:
        """Return the figures of one client or hook."""

        def chosen(at: Decided | Called) -> bool:
            return client in ("", at.client) and hook in ("", at.hook)

        calls = {one: number for one, number in self.calls.items() if chosen(one)}
        return replace(self._where(chosen), calls=calls)

    def _where(self, chosen: Callable[[Decided], bool]) -> Figures:
        """Return what was counted at the chosen places."""
        return replace(
            self,
            decisions={at: n for at, n in self.decisions.items() if chosen(at)},
            cards={one: n for one, n in self.cards.items() if chosen(one.at)},
            answers={one: n for one, n in self.answers.items() if chosen(one.at)},
            comments={one: n for one, n in self.comments.items() if chosen(one[0])},
            unknown={one: n for one, n in self.unknown.items() if chosen(one[0])},
            versions={one: n for one, n in self.versions.items() if chosen(one[0])},
            stray={at: n for at, n in self.stray.items() if chosen(at)},
        )


def read_figures(connection: sa.Connection, since_week: str = "") -> Figures:
    """Return the figures of the weeks from one on, named by its Monday; of all without."""
    places: dict[tuple[str, ...], Decided] = {}
    counted: dict[str, dict[Any, int]] = {kind: {} for kind in Kind}
    for tally, times in read_tallies(connection, since_week).items():
        where = tally[:4]
        at = places.get(where) or places.setdefault(where, Decided(*where))
        counted[tally.kind][_KEYS[tally.kind](at, tally)] = times
    return Figures(
        counted[Kind.DECIDED],
        counted[Kind.FIRED],
        counted[Kind.ANSWERED],
        counted[Kind.COMMENTED],
        counted[Kind.UNKNOWN],
        counted[Kind.VERSION],
        counted[Kind.STRAY],
        _calls(connection, since_week),
        read_modes(connection),
        _spans(connection),
    )


_KEYS: Mapping[str, Callable[[Decided, Tally], Any]] = {
    Kind.DECIDED: lambda at, _: at,
    Kind.FIRED: lambda at, tally: Fired(at, tally.name, tally.detail, tally.reason == SHOWN),
    Kind.ANSWERED: lambda at, tally: Answered(at, tally.name, tally.detail, tally.reason),
    Kind.COMMENTED: lambda at, tally: (at, tally.name),
    Kind.UNKNOWN: lambda at, tally: (at, tally.name, tally.detail),
    Kind.VERSION: lambda at, tally: (at, tally.name, tally.detail),
    Kind.STRAY: lambda at, _: at,
}
"""What each kind of tally is kept under."""


def _calls(connection: sa.Connection, since: str) -> dict[Called, int]:
    query = sa.select(CALLS.c.day, CALLS.c.client, CALLS.c.hook, CALLS.c.outcome, CALLS.c.times)
    rows = connection.execute(query.where(CALLS.c.day >= since))
    return {Called(*row[:4]): row[4] for row in rows}


def _spans(connection: sa.Connection) -> tuple[Span, ...]:
    at = DECISIONS.c.received_at
    newest = connection.execute(sa.select(sa.func.max(at))).scalar()
    if newest is None:
        return ()
    which = [DECISIONS.c.client, *(DECISIONS.c[f"{what}_version"] for what in VERSIONED)]
    query = sa.select(*which, sa.func.min(at), sa.func.max(at)).group_by(*which)
    rows = connection.execute(query.where(at >= newest - dt.timedelta(days=1)))
    return tuple(Span(row[0], tuple(row[1:-2]), row[-2], row[-1]) for row in rows)


def read_modes(connection: sa.Connection) -> tuple[ModeChange, ...]:
    """Return the modes that are set, each since when it is as it is."""
    query = sa.select(MODES.c.since, MODES.c.client, MODES.c.what, MODES.c.mode)
    changes: dict[tuple[str, str], ModeChange] = {}
    for row in connection.execute(query.order_by(MODES.c.id)):
        change = ModeChange(*row)
        before = changes.get((change.client, change.what))
        if before is None or before.mode != change.mode:
            changes[change.client, change.what] = change
    return tuple(change for change in changes.values() if change.mode)
