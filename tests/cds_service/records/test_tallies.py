"""The counts by week are those of the rows, whatever was written in which order."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from cds_service.database import CARDS, DECISIONS, FEEDBACK, TALLIED, open_engine
from cds_service.records.records import CardRecord, DecisionRecord, FeedbackEntry
from cds_service.records.rows import utc
from cds_service.records.store import Store
from cds_service.records.tallies import Kind, Tally, read_tallies, settle_feedback, week_of
from tests.cds_service.records.records import NOW, card, decision, overridden, rows

Opener = Callable[[], Store]
EARLIER = NOW - dt.timedelta(weeks=3)


def recount(url: str) -> Counter[Tally]:
    """Count the rows of the record the long way, row by row."""
    counted: Counter[Tally] = Counter()
    for row in rows(url, DECISIONS):
        counted[Tally(*_place(row), Kind.DECIDED)] += 1
        for fact, reason in row["unknown_facts"].items():
            counted[Tally(*_place(row)[:3], "", Kind.UNKNOWN, fact, reason)] += 1
        for what in ("program", "knowledge", "policy", "terminology"):
            if row[f"{what}_version"]:
                version = (what, row[f"{what}_version"])
                counted[Tally(*_place(row)[:3], "", Kind.VERSION, *version)] += 1
    services = {row["id"]: row["service"] for row in rows(url, DECISIONS)}
    cards = {}
    for row in rows(url, CARDS):
        seen = "shown" if row["shown"] else "withheld"
        counted[Tally(*_place(row), Kind.FIRED, row["card"], row["mode"], seen)] += 1
        if row["shown"]:
            cards[row["uuid"], row["client"], services[row["decision"]]] = row
    last, strays = {}, {}
    for row in sorted(rows(url, FEEDBACK), key=lambda row: row["id"]):
        key = row["card"], row["client"], row["service"]
        if key not in cards:
            strays.setdefault(key, Tally(week_of(row["received_at"]), key[1], "", "", Kind.STRAY))
            continue
        last[key] = row
        if row["user_comment"]:
            counted[Tally(*_place(cards[key]), Kind.COMMENTED, cards[key]["card"])] += 1
    for key, row in last.items():
        said = (cards[key]["card"], row["outcome"], row["reason_code"] or row["reason_display"])
        counted[Tally(*_place(cards[key]), Kind.ANSWERED, *said)] += 1
    counted.update(strays.values())
    return counted


def _place(row: dict[str, str]) -> tuple[str, str, str, str]:
    return row["week"], row["client"], row["hook"], row["user_role"]


def tallies(url: str, since: str = "") -> Counter[Tally]:
    engine = open_engine(url)
    with engine.connect() as connection:
        found = read_tallies(connection, since)
    engine.dispose()
    return found


def settle(url: str, now: dt.datetime) -> bool:
    engine = open_engine(url)
    with engine.begin() as connection:
        more = settle_feedback(connection, utc(now))
    engine.dispose()
    return more


def some_decisions(chance: random.Random, number: int) -> list[DecisionRecord]:
    return [
        decision(
            *some_cards(chance),
            received_at=EARLIER + dt.timedelta(days=chance.randrange(21)),
            client=chance.choice(["Main EHR", "Ward"]),
            hook=chance.choice(["order-select", "patient-view"]),
            user_role=chance.choice(["", "nurse"]),
            unknown_facts=chance.choice([{}, {"egfr": "none"}, {"egfr": "old", "mma": "none"}]),
            policy_version=chance.choice(["", "p1", "p2"]),
            program_version=chance.choice(["0.1.0", "0.2.0"]),
        )
        for _ in range(number)
    ]


def some_cards(chance: random.Random) -> list[CardRecord]:
    return [
        card(card=chance.choice(["b2", "h1"]), mode=mode, shown=mode == "live")
        for mode in chance.choices(["live", "live", "silent"], k=chance.randrange(3))
    ]


def some_words(
    chance: random.Random, decisions: list[DecisionRecord]
) -> list[tuple[str, FeedbackEntry]]:
    cards = [(one.client, sent.uuid) for one in decisions for sent in one.cards]
    said = []
    for client, uuid in chance.choices(cards, k=len(cards)):
        entry = chance.choice(
            [
                FeedbackEntry(uuid, "accepted"),
                overridden(uuid, chance.choice(["SPECIALIST", ""])),
                FeedbackEntry(uuid, "overridden", reason_display="the family asked"),
                FeedbackEntry(uuid, "overridden", user_comment="see the letter"),
                FeedbackEntry(f"nobody-{chance.randrange(3)}", "accepted"),
            ]
        )
        said.append((chance.choice([client, "Ward"]), entry))
    return said


@pytest.mark.parametrize("seed", range(3))
def test_the_counts_are_those_of_the_rows_at_any_time(
    url: str, open_store: Opener, seed: int
) -> None:
    chance = random.Random(seed)
    for turn in range(3):
        store = open_store()
        decisions = some_decisions(chance, 30)
        for record in decisions:
            store.record_decision(record)
        store.close()
        store = open_store()
        at = NOW + dt.timedelta(minutes=turn)
        for client, entry in some_words(chance, decisions):
            service = chance.choice(["b12-order-select"] * 3 + ["b12-order-sign"])
            store.record_feedback([entry], service, client, at)
        assert tallies(url) == recount(url)
        settle(url, at + dt.timedelta(seconds=chance.choice([0, 30, 90])))
        assert tallies(url) == recount(url)
    assert {tally.kind for tally in tallies(url)} == set(Kind)


def test_feedback_is_counted_once_however_often_it_is_settled(url: str, open_store: Opener) -> None:
    store = open_store()
    store.record_decision(decision(card(uuid="one")))
    store.close()
    said = [FeedbackEntry("one", "accepted")]
    open_store().record_feedback(said, "b12-order-select", "Main EHR", NOW)

    for _ in range(3):
        assert settle(url, NOW + dt.timedelta(minutes=2)) is False
    answered = [n for tally, n in tallies(url).items() if tally.kind == Kind.ANSWERED]
    assert answered == [1]
    assert rows(url, TALLIED) == [{"feedback": 1}]


def test_feedback_told_at_another_service_than_that_of_its_card_counts_nowhere_R173(
    url: str, open_store: Opener
) -> None:
    """Neither does it take away what was told at the service of the card."""
    store = open_store()
    store.record_decision(decision(card(uuid="one")))
    store.close()
    store = open_store()
    for service, outcome in (("b12-order-select", "accepted"), ("b12-order-sign", "overridden")):
        store.record_feedback([FeedbackEntry("one", outcome)], service, "Main EHR", NOW)
    settle(url, NOW + dt.timedelta(minutes=2))

    told = {tally.kind: (tally.detail, n) for tally, n in tallies(url).items()}
    assert told[Kind.ANSWERED] == ("accepted", 1)
    assert told[Kind.STRAY] == ("", 1)


def test_feedback_of_the_last_minute_waits_for_its_decision(url: str, open_store: Opener) -> None:
    store = open_store()
    store.record_feedback([FeedbackEntry("one", "accepted")], "b12-order-select", "Main EHR", NOW)
    settle(url, NOW + dt.timedelta(seconds=59))
    store.record_decision(decision(card(uuid="one")))
    store.close()
    settle(url, NOW + dt.timedelta(seconds=60))

    kinds = Counter({tally.kind: n for tally, n in tallies(url).items()})
    assert (kinds[Kind.ANSWERED], kinds[Kind.STRAY]) == (1, 0)


def test_who_waits_while_another_worker_counts_goes_on(url: str, open_store: Opener) -> None:
    store = open_store()
    if not url.startswith("postgresql"):
        pytest.skip("SQLite has one writer only")
    store.record_feedback([FeedbackEntry("one", "accepted")], "b12-order-select", "Main EHR", NOW)
    engine = open_engine(url)
    later = utc(NOW + dt.timedelta(minutes=2))
    with engine.begin() as first, engine.begin() as second:
        settle_feedback(first, later)
        assert settle_feedback(second, later) is False
    engine.dispose()
    assert sum(tallies(url).values()) == 1


def test_only_the_weeks_asked_for_are_read(url: str, open_store: Opener) -> None:
    store = open_store()
    for weeks in range(3):
        at = NOW - dt.timedelta(weeks=weeks)
        store.record_decision(decision(card(uuid=f"u{weeks}"), received_at=at))
    store.close()
    open_store().record_feedback(
        [FeedbackEntry("u2", "accepted")], "b12-order-select", "Main EHR", NOW
    )

    last = week_of(NOW.date())
    assert {tally.week for tally in tallies(url, last)} == {last}
    assert len({tally.week for tally in tallies(url)}) == 3


def test_a_week_costs_what_the_week_costs(tmp_path: Path) -> None:
    """However long the record is: counted in steps of SQLite, the same on every machine."""
    costs = []
    for older in (100, 1000):
        url = f"sqlite:///{tmp_path}/{older}.db"
        with closing(Store(url, "key")) as store:
            for number in range(older + 50):
                weeks = 0 if number < 50 else 1 + number % 40
                one = card(uuid=f"u{number}")
                at = NOW - dt.timedelta(weeks=weeks)
                store.record_decision(decision(one, received_at=at, user_role=f"r{number % 25}"))
        with closing(Store(url, "key")) as store:
            entries = [FeedbackEntry(f"u{number}", "accepted") for number in range(older + 50)]
            store.record_feedback(entries, "b12-order-select", "Main EHR", NOW)
        settle(url, NOW + dt.timedelta(minutes=2))
        costs.append(_steps_of_a_week(url))

    assert costs[1] < 1.2 * costs[0]


def _steps_of_a_week(url: str) -> int:
    """Return how many tens of steps SQLite takes for the counts of the last week."""
    engine = open_engine(url)
    taken: list[int] = []
    with engine.connect() as connection:
        sqlite: Any = connection.connection.dbapi_connection
        sqlite.set_progress_handler(lambda: taken.append(1), 10)
        counted = read_tallies(connection, week_of(NOW.date()))
        sqlite.set_progress_handler(None, 10)
    engine.dispose()
    assert sum(n for tally, n in counted.items() if tally.kind == Kind.ANSWERED) == 50
    return len(taken)


def test_counts_go_with_the_last_decision_of_their_week(url: str, store: Store) -> None:
    """A week of which something is kept keeps its counts."""
    monday = NOW - dt.timedelta(days=NOW.weekday())
    for days in (-1, 0, 1):
        at = monday + dt.timedelta(days=days)
        store.record_decision(decision(card(), received_at=at))
    store.close()
    store.prune(monday + dt.timedelta(hours=1))

    assert {tally.week for tally in tallies(url)} == {week_of(monday.date())}
    assert len(rows(url, DECISIONS)) == 1


def test_what_a_client_chose_never_keeps_a_decision_from_being_written(
    url: str, open_store: Opener
) -> None:
    """Roles and reasons are as long as a client likes; a key of an index is not."""
    store = open_store()
    odd = "".join(chr(0x4E00 + number) for number in range(500))
    store.record_decision(decision(card(uuid="one"), user_role=odd + "\0"))
    store.close()
    said = [FeedbackEntry("one", "overridden", reason_code=odd)]
    open_store().record_feedback(said, "b12-order-select", "Main EHR", NOW)
    settle(url, NOW + dt.timedelta(minutes=2))

    assert len(rows(url, DECISIONS)) == 1
    assert {tally.user_role for tally in tallies(url)} == {odd[:64]}


def test_an_index_is_no_longer_needed_to_count(url: str, store: Store) -> None:
    store.upgrade()
    engine = open_engine(url)
    with engine.connect() as connection:
        names = {index["name"] for index in sa.inspect(connection).get_indexes("decisions")}
    engine.dispose()
    assert "decisions_by_unknown" not in names
