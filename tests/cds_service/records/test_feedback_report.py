"""The report on feedback: counts of what was shown, and intervals that can be checked by hand."""

from __future__ import annotations

import datetime as dt
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import Pool

from cds_service.feedback.feedback_report import (
    FeedbackReport,
    format_report,
    report_as_json,
    report_feedback,
    wilson,
)
from cds_service.records.records import FeedbackEntry
from cds_service.records.store import Store
from cds_service.records.store_tables import StoreUnavailable
from tests.cds_service.records.records import NOW, card, decision, overridden

DAY = dt.timedelta(days=1)

WILSON = [
    (0, 10, 0.0, 0.2775),
    (1, 10, 0.0179, 0.4042),
    (5, 10, 0.2366, 0.7634),
    (10, 10, 0.7225, 1.0),
    (81, 263, 0.2553, 0.3662),
]
"""The last row is Newcombe's (1998) worked example, 81 of 263; the others follow from the
formula.
"""


@pytest.mark.parametrize(("count", "total", "low", "high"), WILSON)
def test_the_interval_is_wilsons(count: int, total: int, low: float, high: float) -> None:
    share = wilson(count, total)

    assert (round(share.low, 4), round(share.high, 4)) == (low, high)


def test_of_nothing_shown_nothing_is_known() -> None:
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)


@pytest.fixture
def used(url: str, store: Store) -> str:
    """A store after some use: card b2 shown ten times, h1 once, a day later."""
    shown = [card(uuid=f"b2-{number}") for number in range(10)]
    store.record_decision(decision(*shown))
    store.record_decision(decision(card(uuid="h1-0", card="h1"), received_at=NOW + DAY))
    entries = [
        *(FeedbackEntry(f"b2-{number}", "accepted") for number in range(3)),
        overridden("b2-3", "NEURO-ABSENT"),
        overridden("b2-4", "NEURO-ABSENT"),
        overridden("b2-5", "SPECIALIST"),
        overridden("b2-6", ""),
        FeedbackEntry("b2-7", "ignored"),
        FeedbackEntry("nobody-knows-it", "accepted"),
    ]
    store.record_feedback(entries, "b12-order-select", "Main EHR", NOW)
    store.close()
    return url


def test_each_card_has_what_was_shown_and_what_was_said_R119(used: str) -> None:
    report = report_feedback(used)

    b2, h1 = report.cards
    assert (b2.card, b2.shown, b2.accepted.count, b2.overridden.count) == ("b2", 10, 3, 4)
    assert b2.reasons == {"NEURO-ABSENT": 2, "SPECIALIST": 1, "no reason given": 1}
    assert b2.other == {"ignored": 1}
    assert (h1.card, h1.shown, h1.accepted.count, h1.overridden.count) == ("h1", 1, 0, 0)
    assert report.unknown_cards == 1


def test_cards_stand_in_the_order_of_their_numbers(url: str, store: Store) -> None:
    store.record_decision(decision(*(card(card=name) for name in ("b10", "h1", "b2", "a1"))))
    store.close()

    assert [card.card for card in report_feedback(url).cards] == ["a1", "b2", "b10", "h1"]


def test_a_card_reported_again_counts_once_with_its_last_word_R119(used: str) -> None:
    store = Store(used, "key")
    store.record_feedback(
        [FeedbackEntry("b2-3", "accepted"), FeedbackEntry("b2-0", "accepted")], "s", "c", NOW
    )
    store.close()

    b2 = report_feedback(used).cards[0]
    assert (b2.accepted.count, b2.overridden.count, b2.reasons["NEURO-ABSENT"]) == (4, 3, 1)


@pytest.mark.parametrize(
    ("since", "until", "cards"),
    [
        (None, None, ["b2", "h1"]),
        (NOW, NOW + DAY, ["b2"]),
        (NOW + DAY, None, ["h1"]),
        (NOW + 2 * DAY, None, []),
        (None, NOW, []),
    ],
)
def test_a_period_holds_its_beginning_and_not_its_end(
    used: str, since: dt.datetime | None, until: dt.datetime | None, cards: list[str]
) -> None:
    assert [card.card for card in report_feedback(used, since, until).cards] == cards


def test_the_text_says_counts_shares_and_intervals(used: str) -> None:
    lines = format_report(report_feedback(used)).splitlines()

    assert lines[0].split() == ["card", "shown", "accepted", "overridden", "reasons"]
    assert lines[1] == (
        "b2         10  3 = 30 % (11 % to 60 %)       4 = 40 % (17 % to 69 %)       "
        "NEURO-ABSENT 2, SPECIALIST 1, no reason given 1, ignored 1"
    )
    assert lines[2] == "h1          1  0 = 0 % (0 % to 79 %)         0 = 0 % (0 % to 79 %)"
    assert lines[-1] == "Feedback on cards that are not in the record: 1"


def test_the_json_says_the_same(used: str) -> None:
    report = report_as_json(report_feedback(used, since=NOW))

    assert report["since"] == "2026-11-21T12:00:00+00:00"
    assert "until" not in report
    assert report["cards"][1] == {
        "card": "h1",
        "shown": 1,
        "accepted": {"count": 0, "low": 0.0, "high": 0.7935},
        "overridden": {"count": 0, "low": 0.0, "high": 0.7935},
    }
    assert report["unknownCards"] == 1


def test_nothing_shown_is_said_in_words() -> None:
    assert format_report(FeedbackReport(None, None, (), 0)) == "No cards were sent in this period."


def test_a_store_that_is_not_there_is_said_in_words_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="no database file"):
        report_feedback(f"sqlite:///{tmp_path / 'b12-cds.db'}")
    assert list(tmp_path.iterdir()) == []


def test_a_database_without_our_tables_is_said_in_words(url: str) -> None:
    with pytest.raises(StoreUnavailable, match="the store"):
        report_feedback(url)


def test_the_report_of_a_day_costs_what_the_day_costs(tmp_path: Path) -> None:
    costs = []
    for older in (200, 2000):
        url = f"sqlite:///{tmp_path}/{older}.db"
        with closing(Store(url, "key")) as store:
            for number in range(older + 50):
                at = NOW if number >= older else NOW - 30 * DAY
                one = card(uuid=str(uuid.UUID(int=number)))
                store.record_decision(decision(one, received_at=at))
                if number % 10 == 0:
                    told = [FeedbackEntry(one.uuid, "accepted")]
                    store.record_feedback(told, "b12-order-select", "EHR", at)
        costs.append(_steps_of_a_report(url))

    assert costs[1] < 1.2 * costs[0]


def _steps_of_a_report(url: str) -> int:
    """Return how many hundreds of steps SQLite takes for the report of the last day."""
    taken: list[int] = []

    def count(connection: Any, _: Any) -> None:
        connection.set_progress_handler(lambda: taken.append(1), 100)

    sa.event.listen(Pool, "connect", count)
    try:
        [reported] = report_feedback(url, NOW - DAY / 2).cards
    finally:
        sa.event.remove(Pool, "connect", count)
    assert (reported.shown, reported.accepted.count) == (50, 5)
    return len(taken)
