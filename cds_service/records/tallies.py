"""Counts by week, client, hook and role, kept up as decisions and feedback are written, so that a
view costs what its period costs and not what the record has grown to.

Decisions are counted in the transaction that writes them. Feedback is counted a little later, when
the decision it speaks of is surely written; until then whoever reads adds what is not counted yet.

Source: R119, R145.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa

from cds_service.database import FEEDBACK, TALLIED, TALLIES, Database, StoreUnavailable

LONGEST = 64
"""Characters of a role or reason that are told apart; the whole text stands in the record."""

SETTLES_AFTER = dt.timedelta(minutes=1)
"""How old feedback is when it is counted: by then the decision is written, and no earlier feedback
is still on its way.
"""

SETTLED_AT_ONCE = 5000
"""Words of feedback that are counted in one transaction."""

IDS_AT_ONCE = 500
"""Ids that stand in one query."""


class Kind(StrEnum):
    """What is counted; what `name`, `detail` and `reason` of a tally then are.

    DECIDED: decisions. FIRED: the card, its mode, "shown" or "withheld". ANSWERED: the card, the
    outcome that was said last, the reason. COMMENTED: the card. UNKNOWN: the fact, the code of the
    reason. VERSION: what decided, one of `VERSIONED`, and its version. STRAY: cards that are not in
    the record, by the week of the feedback.
    """

    DECIDED = "decided"
    FIRED = "fired"
    ANSWERED = "answered"
    COMMENTED = "commented"
    UNKNOWN = "unknown"
    VERSION = "version"
    STRAY = "stray"


SHOWN, WITHHELD = "shown", "withheld"

VERSIONED = ("program", "knowledge", "policy", "terminology")
"""What decides, each with a version in every decision."""


class Tally(NamedTuple):
    """What is counted together: the Monday of the week, client, hook and role of the user, what
    kind of thing, and which.
    """

    week: str
    client: str
    hook: str
    user_role: str
    kind: str
    name: str = ""
    detail: str = ""
    reason: str = ""


def week_of(day: dt.date) -> str:
    """Return the Monday of a day's week, as it stands in the tables."""
    return f"{day - dt.timedelta(days=day.weekday()):%Y-%m-%d}"


def count_decisions(
    decisions: Iterable[Mapping[str, Any]], cards: Iterable[Mapping[str, Any]]
) -> Counter[Tally]:
    """Count rows of decisions with their unknown facts, and rows of cards."""
    counted: Counter[Tally] = Counter()
    for row in decisions:
        counted[Tally(*_where(row), Kind.DECIDED)] += 1
        where = (row["week"], row["client"], row["hook"], "")
        for what in VERSIONED:
            version = row[f"{what}_version"][:LONGEST]
            counted[Tally(*where, Kind.VERSION, what, version)] += bool(version)
        for fact, reason in row["unknown_facts"].items():
            counted[Tally(*where, Kind.UNKNOWN, fact, reason[:LONGEST])] += 1
    for row in cards:
        seen = SHOWN if row["shown"] else WITHHELD
        counted[Tally(*_where(row), Kind.FIRED, row["card"], row["mode"], seen)] += 1
    return counted


def _where(row: Mapping[str, Any]) -> tuple[str, str, str, str]:
    return row["week"], row["client"], row["hook"], row["user_role"][:LONGEST]


def add_tallies(connection: sa.Connection, counted: Mapping[Tally, int]) -> None:
    """Add to the counts that are there, always in one order, so that two workers never wait for
    each other.
    """
    rows = [
        {**tally._asdict(), "times": times} for tally, times in sorted(counted.items()) if times
    ]
    if rows:
        connection.execute(_ADD, rows)


_KEYS = ", ".join(Tally._fields)
_ADD = sa.text(
    f"INSERT INTO tallies ({_KEYS}, times) VALUES ({', '.join(f':{key}' for key in Tally._fields)},"
    f" :times) ON CONFLICT ({_KEYS}) DO UPDATE SET times = tallies.times + excluded.times"
)


def read_tallies(connection: sa.Connection, since_week: str = "") -> Counter[Tally]:
    """Return the counts of the weeks from one on, named by its Monday; of all without."""
    query = sa.select(*(TALLIES.c[key] for key in Tally._fields), TALLIES.c.times)
    rows = connection.execute(query.where(TALLIES.c.week >= since_week, TALLIES.c.times > 0)).all()
    counted = Counter({Tally._make(row[:-1]): row[-1] for row in rows})
    after = connection.execute(sa.select(TALLIED.c.feedback)).scalar_one()
    last = connection.execute(sa.select(sa.func.max(FEEDBACK.c.id))).scalar()
    if last is None or last <= after:
        return counted
    for tally, times in count_feedback(connection, after).items():
        if tally.week >= since_week:
            counted[tally] += times
            if counted[tally] <= 0:
                del counted[tally]
    return counted


def count_feedback(
    connection: sa.Connection, after: int, until: int | None = None
) -> Counter[Tally]:
    """Count the feedback with an id above one and up to another. Clients may report a card again:
    each word counts, and takes away the one before it. Only what the client says to which the card
    was shown, at the service that showed it (R173).
    """
    last = until if until is not None else 2**62
    words = connection.execute(_FEEDBACK, {"after": after, "until": last}).mappings().all()
    earlier = _words_by_id(connection, {row["earlier"] for row in words} - {None})
    counted: Counter[Tally] = Counter()
    for row in words:
        _count_word(counted, row, earlier.get(row["earlier"]))
    return counted


_FEEDBACK = sa.text(
    "SELECT said.received_at, said.client, said.outcome, said.reason_code, said.reason_display, "
    "said.user_comment, cards.week, cards.hook, cards.user_role, cards.card, "
    "(SELECT max(id) FROM feedback one WHERE one.card = said.card AND one.client = said.client "
    "AND one.service = said.service AND one.id < said.id) AS earlier "
    "FROM feedback said LEFT JOIN cards ON cards.uuid = said.card AND cards.client = said.client "
    "AND cards.shown "
    "AND said.service = (SELECT service FROM decisions WHERE decisions.id = cards.decision) "
    "WHERE said.id > :after AND said.id <= :until"
).columns(received_at=sa.DateTime)


def _words_by_id(connection: sa.Connection, ids: Collection[int]) -> dict[int, sa.RowMapping]:
    """Return the words of feedback by their ids. They are asked for by themselves: joined to the
    words after them, PostgreSQL reads the whole table for each portion.
    """
    columns = (FEEDBACK.c.id, FEEDBACK.c.outcome, FEEDBACK.c.reason_code, FEEDBACK.c.reason_display)
    found: dict[int, sa.RowMapping] = {}
    ordered = sorted(ids)
    for start in range(0, len(ordered), IDS_AT_ONCE):
        some = FEEDBACK.c.id.in_(ordered[start : start + IDS_AT_ONCE])
        query = sa.select(*columns).where(some)
        found.update((row["id"], row) for row in connection.execute(query).mappings())
    return found


def _count_word(counted: Counter[Tally], row: sa.RowMapping, earlier: sa.RowMapping | None) -> None:
    if row["card"] is None:
        if earlier is None:
            counted[Tally(week_of(row["received_at"]), row["client"], "", "", Kind.STRAY)] += 1
        return
    where = (row["week"], row["client"], row["hook"], row["user_role"][:LONGEST])
    said = _reason(row["reason_code"], row["reason_display"])
    counted[Tally(*where, Kind.ANSWERED, row["card"], row["outcome"], said)] += 1
    if earlier is not None:
        said = _reason(earlier["reason_code"], earlier["reason_display"])
        counted[Tally(*where, Kind.ANSWERED, row["card"], earlier["outcome"], said)] -= 1
    if row["user_comment"]:
        counted[Tally(*where, Kind.COMMENTED, row["card"])] += 1


def _reason(code: str, display: str) -> str:
    """Return a reason by its code, else by its words; empty where none was given."""
    return " ".join((code or display).split())[:LONGEST]


def settle_all(database: Database, now: dt.datetime) -> None:
    """Count all feedback that is old enough, in UTC. Raises: StoreUnavailable."""
    more = True
    while more:
        with database.transaction() as connection:
            more = settle_feedback(connection, now)


def settle_feedback(connection: sa.Connection, now: dt.datetime) -> bool:
    """Count the next feedback that is old enough, in UTC, and say whether there may be more; of
    several workers one does it, and the others go on.
    """
    after = _take_turn(connection)
    if after is None:
        return False
    ready = (FEEDBACK.c.id > after) & (FEEDBACK.c.received_at <= now - SETTLES_AFTER)
    ids: Sequence[int] = (
        connection.execute(
            sa.select(FEEDBACK.c.id).where(ready).order_by(FEEDBACK.c.id).limit(SETTLED_AT_ONCE)
        )
        .scalars()
        .all()
    )
    if not ids:
        return False
    add_tallies(connection, count_feedback(connection, after, ids[-1]))
    connection.execute(sa.update(TALLIED).values(feedback=ids[-1]))
    return len(ids) == SETTLED_AT_ONCE


def _take_turn(connection: sa.Connection) -> int | None:
    """Return up to which id feedback is counted, for this transaction alone; None while another
    counts.
    """
    if connection.dialect.name == "sqlite":  # it knows one writer only: become it before reading
        connection.execute(sa.update(TALLIED).values(feedback=TALLIED.c.feedback))
    turn = sa.select(TALLIED.c.feedback).with_for_update(skip_locked=True)
    return connection.execute(turn).scalar_one_or_none()


def drop_tallies(connection: sa.Connection, before: dt.datetime) -> None:
    """Delete the counts of weeks that had ended before a time."""
    connection.execute(sa.delete(TALLIES).where(TALLIES.c.week < week_of(before)))


class CallCounts:
    """How often each client called each hook a day, until it is written down."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._calls: Counter[tuple[str, str, str, str]] = Counter()
        self._lock = threading.Lock()

    def add(self, day: str, client: str, hook: str, outcome: str) -> None:
        """Count a call of a day (ISO)."""
        with self._lock:
            self._calls[day, client, hook, outcome] += 1

    def write(self) -> None:
        """Add what was counted to the table.

        Raises: StoreUnavailable; what was counted is then kept.
        """
        with self._lock:
            counted, self._calls = self._calls, Counter()
        if not counted:
            return
        try:
            with self._database.transaction() as connection:
                connection.execute(
                    _ADD_CALLS,
                    [
                        {"day": day, "client": client, "hook": hook, "outcome": outcome, "times": n}
                        for (day, client, hook, outcome), n in sorted(counted.items())
                    ],
                )
        except StoreUnavailable:
            with self._lock:
                self._calls.update(counted)
            raise


_ADD_CALLS = sa.text(
    "INSERT INTO calls (day, client, hook, outcome, times) "
    "VALUES (:day, :client, :hook, :outcome, :times) "
    "ON CONFLICT (day, client, hook, outcome) DO UPDATE SET times = calls.times + excluded.times"
)
