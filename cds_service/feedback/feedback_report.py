"""What clinicians did with the cards: how often each was shown, accepted and overridden, and for
which reasons.

Silence is not counted as anything: clients report neither ignored cards nor cards they could not
identify, so the shares are of what was shown, and lower bounds (R120).
"""

from __future__ import annotations

import datetime as dt
import string
from collections import Counter
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from cds_service.records import (
    CARDS,
    DECISIONS,
    FEEDBACK,
    StoreUnavailable,
    open_engine,
    utc,
)

Z_95 = 1.959963984540054
"""Standard normal quantile of a two-sided 95 % interval."""

ACCEPTED = "accepted"
OVERRIDDEN = "overridden"
NO_REASON = "no reason given"
WIDTH = 30
"""Columns of the text that a share takes."""


@dataclass(frozen=True, slots=True)
class Share:
    """A number of events out of a total, with the 95 % Wilson score interval of the proportion."""

    count: int
    total: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class CardFeedback:
    """One card of cards.md: how often it was shown and what was said of it last. `other` are
    outcomes that CDS Hooks does not define.
    """

    card: str
    shown: int
    accepted: Share
    overridden: Share
    reasons: dict[str, int]
    other: dict[str, int]


@dataclass(frozen=True, slots=True)
class FeedbackReport:
    """The cards by id. `unknown_cards` counts cards that were reported on in the period but are not
    in the record.
    """

    since: dt.datetime | None
    until: dt.datetime | None
    cards: tuple[CardFeedback, ...]
    unknown_cards: int


def wilson(count: int, total: int) -> Share:
    """Return a share with its interval; of nothing shown, nothing is known and the interval is
    everything.
    """
    if total == 0:
        return Share(count, total, 0.0, 1.0)
    p, z2 = count / total, Z_95**2
    centre = p + z2 / (2 * total)
    spread = Z_95 * sqrt(p * (1 - p) / total + z2 / (4 * total**2))
    low, high = (centre - spread) / (1 + z2 / total), (centre + spread) / (1 + z2 / total)
    return Share(
        count, total, max(0.0, low) if count else 0.0, min(1.0, high) if count < total else 1.0
    )


def report_feedback(
    store_url: str, since: dt.datetime | None = None, until: dt.datetime | None = None
) -> FeedbackReport:
    """Return the report over the cards sent from `since` until before `until`.

    Raises: ValueError for a URL that cannot be used; StoreUnavailable when the database cannot be
    read.
    """
    engine = open_engine(store_url)
    if (
        engine.dialect.name == "sqlite"
        and engine.url.database
        and not Path(engine.url.database).exists()
    ):
        raise StoreUnavailable("the store has no database file yet; has the service run with it?")
    try:
        with engine.connect() as connection:
            shown = _count_shown(connection, since, until)
            outcomes, reasons = _last_words(connection, since, until)
            unknown = _count_unknown(connection, since, until)
    except DBAPIError as error:
        raise StoreUnavailable(
            f"the store cannot be read ({type(error.orig).__name__}); has the service run with it?"
        ) from None
    finally:
        engine.dispose()
    cards = tuple(
        _card_feedback(card, shown[card], outcomes, reasons)
        for card in sorted(shown, key=_card_order)
    )
    return FeedbackReport(since, until, cards, unknown)


def _within(
    at: sa.ColumnElement[dt.datetime], since: dt.datetime | None, until: dt.datetime | None
) -> sa.ColumnElement[bool]:
    after = at >= utc(since) if since else sa.true()
    before = at < utc(until) if until else sa.true()
    return sa.and_(after, before)


def _count_shown(
    connection: sa.Connection, since: dt.datetime | None, until: dt.datetime | None
) -> Counter[str]:
    decided = sa.select(DECISIONS.c.id).where(_within(DECISIONS.c.received_at, since, until))
    query = (
        sa.select(CARDS.c.card, sa.func.count())
        .where(CARDS.c.decision.in_(decided), CARDS.c.shown)
        .group_by(CARDS.c.card)
    )
    return Counter({card: number for card, number in connection.execute(query)})  # noqa: C416  (rows are not pairs to the type checker)


def _last_words(
    connection: sa.Connection, since: dt.datetime | None, until: dt.datetime | None
) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    """Count (card, outcome) and (card, reason) over the last event of each card that was shown, as
    clients may report a card again.
    """
    later = FEEDBACK.alias("later")
    said_again = sa.exists().where(later.c.card == FEEDBACK.c.card, later.c.id > FEEDBACK.c.id)
    query = (
        sa.select(
            CARDS.c.card, FEEDBACK.c.outcome, FEEDBACK.c.reason_code, FEEDBACK.c.reason_display
        )
        .select_from(DECISIONS)
        .join(CARDS, CARDS.c.decision == DECISIONS.c.id)
        .join(FEEDBACK, FEEDBACK.c.card == CARDS.c.uuid)
        .where(_within(DECISIONS.c.received_at, since, until), ~said_again)
    )
    outcomes: Counter[tuple[str, str]] = Counter()
    reasons: Counter[tuple[str, str]] = Counter()
    for card, outcome, code, display in connection.execute(query):
        outcomes[card, outcome] += 1
        if outcome == OVERRIDDEN:
            reasons[card, " ".join((code or display or NO_REASON).split())] += 1
    return outcomes, reasons


def _count_unknown(
    connection: sa.Connection, since: dt.datetime | None, until: dt.datetime | None
) -> int:
    """Count the cards that feedback of the period speaks of and nobody knows."""
    known = sa.select(CARDS.c.uuid).where(CARDS.c.uuid == FEEDBACK.c.card).exists()
    query = sa.select(sa.func.count(sa.distinct(FEEDBACK.c.card))).where(
        _within(FEEDBACK.c.received_at, since, until), ~known
    )
    return connection.execute(query).scalar_one()


def _card_feedback(
    card: str, shown: int, outcomes: Counter[tuple[str, str]], reasons: Counter[tuple[str, str]]
) -> CardFeedback:
    of_card = {outcome: number for (name, outcome), number in outcomes.items() if name == card}
    return CardFeedback(
        card=card,
        shown=shown,
        accepted=wilson(of_card.pop(ACCEPTED, 0), shown),
        overridden=wilson(of_card.pop(OVERRIDDEN, 0), shown),
        reasons={
            reason: number
            for (name, reason), number in sorted(reasons.items(), key=_most_first)
            if name == card
        },
        other=of_card,
    )


def _card_order(card: str) -> tuple[str, int, str]:
    """Sort b2 before b10."""
    letters = card.rstrip(string.digits)
    return letters, int(card[len(letters) :] or 0), card


def _most_first(counted: tuple[tuple[str, str], int]) -> tuple[int, tuple[str, str]]:
    return -counted[1], counted[0]


def format_report(report: FeedbackReport) -> str:
    """Return the report as a text table; shares are of the cards shown, with their 95 %
    intervals.
    """
    if not report.cards:
        lines = ["No cards were sent in this period."]
    else:
        lines = [f"{'card':<6}{'shown':>7}  {'accepted':<{WIDTH}}{'overridden':<{WIDTH}}reasons"]
        lines += [_format_card(card) for card in report.cards]
        lines += [
            "",
            "Shares are of the cards shown, with 95 % Wilson intervals. Clients do not report "
            "ignored cards, so they are lower bounds.",
        ]
    if report.unknown_cards:
        lines.append(f"Feedback on cards that are not in the record: {report.unknown_cards}")
    return "\n".join(lines)


def _format_card(card: CardFeedback) -> str:
    reasons = ", ".join(
        f"{reason} {number}" for reason, number in {**card.reasons, **card.other}.items()
    )
    row = (
        f"{card.card:<6}{card.shown:>7}  "
        f"{_format_share(card.accepted):<{WIDTH}}{_format_share(card.overridden):<{WIDTH}}{reasons}"
    )
    return row.rstrip()


def _format_share(share: Share) -> str:
    return (
        f"{share.count} = {_percent(share.count / share.total)} ({_percent(share.low)} to "
        f"{_percent(share.high)})"
    )


def _percent(proportion: float) -> str:
    return f"{100 * proportion:.0f} %"


def report_as_json(report: FeedbackReport) -> dict[str, Any]:
    """Return the report as JSON values; members without value are left out."""
    period = {"since": report.since, "until": report.until}
    return {
        **{name: time.isoformat() for name, time in period.items() if time},
        "cards": [_card_as_json(card) for card in report.cards],
        "unknownCards": report.unknown_cards,
    }


def _card_as_json(card: CardFeedback) -> dict[str, Any]:
    shares = {ACCEPTED: card.accepted, OVERRIDDEN: card.overridden}
    written = {
        name: {"count": share.count, "low": round(share.low, 4), "high": round(share.high, 4)}
        for name, share in shares.items()
    }
    extra = {
        name: counts
        for name, counts in (("reasons", card.reasons), ("other", card.other))
        if counts
    }
    return {"card": card.card, "shown": card.shown, **written, **extra}
