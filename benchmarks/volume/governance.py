"""How long the governance page and the feedback report take at a million decisions: python -m
benchmarks.volume.governance [DECISIONS] [STORE URL].
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from cds_service.app import create_app
from cds_service.records import (
    CALLS,
    CARDS,
    DECISIONS,
    FEEDBACK,
    Store,
    add_tallies,
    count_decisions,
    open_engine,
    settle_feedback,
)
from cds_service.site import Settings, demonstration
from governance.figures import load_figures, make_report

FIRST = dt.datetime(2026, 6, 1, tzinfo=dt.UTC).replace(tzinfo=None)
WEEKS = 26
ROWS_AT_ONCE = 5000
SEED = 17
CARD_IDS = ("b1", "b2", "b5", "b6", "b12", "c1", "d1", "d2", "f1", "k1")
REASONS = ("", "NEURO-ABSENT", "SPECIALIST", "LOCAL-PROTOCOL", "PATIENT-DECLINES")
CLIENTS = ("Main EHR", "Clinic", "Ward")
HOOKS_CALLED = ("order-select", "order-sign", "patient-view")
REFUSED = {"400": 0.01, "401": 0.02, "412": 0.05, "503": 0.005}
"""Refusals by status, as shares of what is decided."""

FACTS = ("egfr", "mma", "symptoms", "haemoglobin", "platelets", "potassium", "pregnant", "inr")


def main() -> None:
    """Make the decisions, then time every view three times, none of them from what was kept."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        url = sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{folder}/b12.db"
        started = time.perf_counter()
        make_record(url, number)
        print(f"{number} decisions made in {time.perf_counter() - started:.0f} s")
        settings = replace(demonstration(), store_url=url)
        for path in ("/governance", "/governance?weeks=4", "/governance?hook=order-select"):
            print(f"{path:<32}", *(_say(_view(settings, path)) for _ in range(3)))
        print(f"{'feedback report':<32}", *(_say(lambda: _report(url)) for _ in range(3)))


def _say(do: Callable[[], object]) -> str:
    """Return how long something takes by the clock, and how much of it is processor time."""
    started, worked = time.perf_counter(), time.process_time()
    do()
    seconds, work = time.perf_counter() - started, time.process_time() - worked
    return f"{seconds:.2f} s ({work:.2f})"


def _view(settings: Settings, path: str) -> Callable[[], object]:
    """Return how a page is asked of a service that has kept no figures yet."""
    app = create_app(settings, today=lambda: (FIRST + dt.timedelta(weeks=WEEKS)).date())

    def ask() -> None:
        assert app.test_client().get(path).status_code == 200

    return ask


def _report(url: str) -> None:
    """Do what `feedback report` does, without starting Python."""
    make_report(load_figures(url))


def make_record(url: str, number: int) -> None:
    """Write so many made-up decisions with cards and feedback."""
    store = Store(url, "key of the benchmark")
    store.upgrade()
    store.close()
    engine = open_engine(url)
    chance = random.Random(SEED)
    for rows in _portions(chance, number):
        with engine.begin() as connection:
            for table, values in rows.items():
                connection.execute(sa.insert(table), values)
            add_tallies(connection, count_decisions(rows[DECISIONS], rows[CARDS]))
    with engine.begin() as connection:
        connection.execute(sa.insert(CALLS), list(_calls(chance, number)))
        if engine.dialect.name == "postgresql":  # its own ANALYZE may be at a table still
            connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("ANALYZE")
    count_until = FIRST + dt.timedelta(weeks=WEEKS + 1)
    more = True
    while more:
        with engine.begin() as connection:
            more = settle_feedback(connection, count_until)
    engine.dispose()


def _portions(chance: random.Random, number: int) -> Iterator[dict[sa.Table, list[Any]]]:
    sets = [
        {fact: chance.choice(["none recorded", "not available"]) for fact in FACTS[:count]}
        for count in range(1, len(FACTS))
        for _ in range(40)
    ]
    for start in range(0, number, ROWS_AT_ONCE):
        decisions, cards, feedback = [], [], []
        for place in range(start, min(start + ROWS_AT_ONCE, number)):
            decision = _decision(chance, place, number, sets)
            decisions.append(decision)
            for card in _cards(chance, decision):
                cards.append(card)
                if chance.random() < 0.5:
                    feedback.append(_feedback(chance, card, decision))
        yield {DECISIONS: decisions, CARDS: cards, FEEDBACK: feedback}


def _calls(chance: random.Random, number: int) -> Iterator[dict[str, Any]]:
    """Yield how each client's calls of each hook were answered a day, refusals among them."""
    usual = number // (7 * WEEKS * len(CLIENTS) * len(HOOKS_CALLED))
    shares = {"decided": 1.0, "not concerned": 3.0, **REFUSED}
    for day in range(7 * WEEKS):
        for client, hook, outcome in itertools.product(CLIENTS, HOOKS_CALLED, shares):
            times = round(usual * shares[outcome] * chance.uniform(0.8, 1.2))
            if times:
                when = (FIRST + dt.timedelta(days=day)).date().isoformat()
                row = {"day": when, "client": client, "hook": hook, "outcome": outcome}
                yield {**row, "times": times}


def _decision(chance: random.Random, place: int, number: int, sets: list[Any]) -> dict[str, Any]:
    at = FIRST + dt.timedelta(weeks=WEEKS) * (place / number)
    return {
        "id": f"{chance.getrandbits(128):032x}",
        "received_at": at,
        "week": (at.date() - dt.timedelta(days=at.weekday())).isoformat(),
        "unknown_facts": chance.choice(sets),
        "service": "b12-order-select",
        "hook": chance.choice(HOOKS_CALLED),
        "client": chance.choice(CLIENTS),
        "user_role": chance.choice(["doctor", "nurse", "pharmacist", ""]),
        "hook_instance": "h",
        **dict.fromkeys(("issuer", "tenant", "token_id"), "made-up"),
        "patient": f"{chance.getrandbits(256):064x}",
        "status": 200,
        "duration_ms": 12.5,
        "program_version": "0.1.0",
        "policy_version": "p",
        "knowledge_version": "k" if place < number // 2 else "k2",
        "terminology_version": "t",
        "prefetch": {"patient": "data", "labs": "data", "conditions": "absent"},
        "timings_ms": {"map": 2.0, "recommend": 0.1},
        "facts": dict.fromkeys(FACTS, "yes"),
    }


def _cards(chance: random.Random, decision: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for _ in range(chance.choice([0, 0, 1, 1, 1])):
        mode = "silent" if chance.random() < 0.1 else "live"
        yield {
            "decision": decision["id"],
            "uuid": f"{chance.getrandbits(128):032x}",
            "card": chance.choice(CARD_IDS),
            "rule": "M1",
            "indicator": "info",
            "order": "",
            **dict.fromkeys(("statements", "suggestions", "also_found"), ()),
            "mode": mode,
            "shown": mode == "live",
            **{name: decision[name] for name in ("week", "client", "hook", "user_role")},
        }


def _feedback(
    chance: random.Random, card: dict[str, Any], decision: dict[str, Any]
) -> dict[str, Any]:
    outcome = chance.choice(["accepted", "overridden"])
    return {
        "received_at": decision["received_at"],
        "service": decision["service"],
        "client": decision["client"],
        "card": card["uuid"],
        "outcome": outcome,
        "outcome_timestamp": "",
        "accepted_suggestions": [],
        "reason_system": "",
        "reason_code": chance.choice(REASONS) if outcome == "overridden" else "",
        "reason_display": "",
        "user_comment": "",
    }


if __name__ == "__main__":
    main()
