"""The database locked, gone, frozen, on a full disk: advice goes on, feedback is refused rather
than lost, all is written afterwards.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
import structlog

from cds_service.database import DECISIONS, FEEDBACK, StoreUnavailable, open_engine
from cds_service.database import database as database_module
from cds_service.database.tables import METADATA
from cds_service.records import store as store_module
from cds_service.records.records import Listener
from cds_service.records.store import Store
from tests.cds_service.records.conftest import PostgreSQL
from tests.cds_service.records.records import NOW, card, decision, overridden, rows, wait_until

SINCE = NOW - dt.timedelta(days=90)
LISTENER = Listener("Main EHR", "b12-order-select", "patient")


@pytest.fixture(autouse=True)
def _impatient(_patience: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Feedback gives up soon, and the database is asked again soon, so that the tests do not
    wait.
    """
    for module in (database_module, store_module):
        monkeypatch.setattr(module, "ASK_SECONDS", 0.25)
    monkeypatch.setattr(store_module, "FEEDBACK_SECONDS", 0.5)
    monkeypatch.setattr(database_module, "REST_SECONDS", 0.5)


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Hold every lock that a writer needs, as a stuck backup or an administrator's open transaction
    does.
    """
    engine = open_engine(url)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN EXCLUSIVE")
        else:
            connection.exec_driver_sql(
                "LOCK TABLE decisions, cards, feedback, replay IN ACCESS EXCLUSIVE MODE"
            )
        yield
        connection.rollback()
    engine.dispose()


def advise(store: Store, number: int) -> None:
    """Do with the store what one call does; none of it may raise."""
    assert store.remember_token("iss", f"jti-{number}", 2e9)
    assert store.recently_overridden(LISTENER, "b2", "M1", SINCE, "about") is False
    store.record_decision(decision(card(), hook_instance=f"call-{number}"))


def is_written(url: str, calls: int) -> bool:
    return {row["hook_instance"] for row in rows(url, DECISIONS)} == {
        f"call-{number}" for number in range(calls)
    }


class TestLocked:
    def test_advice_goes_on_and_is_written_when_the_lock_is_gone_R145(
        self, url: str, store: Store
    ) -> None:
        store.upgrade()
        with locked(url):
            for number in range(20):
                advise(store, number)

        wait_until(lambda: is_written(url, 20))
        assert store.counts.lost == 0

    def test_a_replay_in_this_process_is_still_refused_R138(self, url: str, store: Store) -> None:
        store.upgrade()
        with locked(url):
            assert store.remember_token("iss", "jti", 2e9)
            assert not store.remember_token("iss", "jti", 2e9)

    def test_feedback_is_refused_and_not_lost_silently_R122(
        self, url: str, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store.upgrade()
        with locked(url), pytest.raises(StoreUnavailable):
            store.record_feedback([overridden("card-1")], "s", "c", NOW)

        monkeypatch.setattr(store_module, "FEEDBACK_SECONDS", 20.0)
        store.record_feedback([overridden("card-1")], "s", "c", NOW)
        assert [row["card"] for row in rows(url, FEEDBACK)][-1] == "card-1"

    def test_feedback_waits_for_a_lock_that_is_soon_gone_R122(
        self, url: str, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(store_module, "FEEDBACK_SECONDS", 20.0)
        store.upgrade()
        with locked(url):
            answer = store.database._askers.submit(
                store.record_feedback, [overridden("card-1")], "s", "c", NOW
            )
            assert not answer.done()

        answer.result(20)
        assert [row["card"] for row in rows(url, FEEDBACK)] == ["card-1"]

    def test_much_feedback_at_once_leaves_threads_for_advice_R145(
        self, url: str, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Of eight threads that bring feedback to a locked database three wait; the others are told
        at once to come back.
        """
        monkeypatch.setattr(store_module, "FEEDBACK_SECONDS", 20.0)
        store.upgrade()
        with ThreadPoolExecutor(8) as callers:
            with locked(url):
                answers = [
                    callers.submit(store.record_feedback, [overridden("card-1")], "s", "c", NOW)
                    for _ in range(8)
                ]
                wait_until(
                    lambda: (
                        sum(answer.done() for answer in answers)
                        == 8 - store_module.FEEDBACK_AT_ONCE
                    )
                )
                assert all(
                    isinstance(answer.exception(), StoreUnavailable)
                    for answer in answers
                    if answer.done()
                )
            assert (
                sum(answer.exception() is None for answer in answers)
                == store_module.FEEDBACK_AT_ONCE
            )


class TestGone:
    def test_a_database_that_was_never_there_stops_no_advice_R145(self, tmp_path: Path) -> None:
        """And once its directory exists, what waited is written."""
        url = f"sqlite:///{tmp_path / 'later' / 'b12-cds.db'}"
        store = Store(url, "key")
        for number in range(5):
            advise(store, number)
        assert not store.is_available()
        with pytest.raises(StoreUnavailable):
            store.record_feedback([overridden("card-1")], "s", "c", NOW)

        (tmp_path / "later").mkdir()
        wait_until(store.is_available)
        wait_until(lambda: is_written(url, 5))
        store.close()

    def test_a_server_that_goes_down_and_comes_back_R145(
        self, postgresql: PostgreSQL, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        url = postgresql.make_database()
        store = Store(url, "key")
        store.upgrade()
        advise(store, 0)
        wait_until(lambda: is_written(url, 1))

        postgresql.stop()
        try:
            for number in range(1, 5):
                advise(store, number)
            assert not store.remember_token("iss", "jti-0", 2e9), (
                "what this process saw before the fall it still knows"
            )
            with pytest.raises(StoreUnavailable):
                store.record_feedback([overridden("card-1")], "s", "c", NOW)
        finally:
            postgresql.start()

        wait_until(lambda: is_written(url, 5))
        monkeypatch.setattr(store_module, "FEEDBACK_SECONDS", 20.0)
        store.record_feedback([overridden("card-2")], "s", "c", NOW)
        assert [row["card"] for row in rows(url, FEEDBACK)] == ["card-2"]
        store.close()

    def test_a_server_that_does_not_answer_any_more_R145(self, postgresql: PostgreSQL) -> None:
        url = postgresql.make_database()
        store = Store(url, "key")
        store.upgrade()
        advise(store, 0)
        wait_until(lambda: is_written(url, 1))

        postgresql.freeze()
        try:
            for number in range(1, 5):
                advise(store, number)
            assert not store.is_available()
        finally:
            postgresql.thaw()

        wait_until(store.is_available)
        wait_until(lambda: is_written(url, 5))
        store.close()

    def test_tables_that_somebody_dropped_stop_no_advice_R145(self, url: str, store: Store) -> None:
        store.upgrade()
        engine = open_engine(url)
        METADATA.drop_all(engine)
        engine.dispose()

        advise(store, 0)
        with pytest.raises(StoreUnavailable):
            store.record_feedback([overridden("card-1")], "s", "c", NOW)


FULL_DISK = """
import datetime as dt, resource, sys
from cds_service.database import database
from cds_service.records import store as module
from cds_service.records.store import Store
from cds_service.database import StoreUnavailable
from tests.cds_service.records.records import NOW, card, decision, overridden, rows, wait_until
module.FEEDBACK_SECONDS, database.REST_SECONDS = 20, 0.3
url = sys.argv[1]
store = Store(url, "key")
store.upgrade()
# The log of SQLite has 70,000 bytes after the upgrade.
resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, resource.RLIM_INFINITY))
kept = 0
try:
    while True:
        store.record_feedback([overridden(f"card-{kept}")], "s", "c", NOW)
        kept += 1
except StoreUnavailable as error:
    print("refused:", error)
for number in range(300):
    assert store.remember_token("iss", f"jti-{number}", 2e9)
    assert not store.remember_token("iss", f"jti-{number}", 2e9)
    store.record_decision(decision(card(), hook_instance=f"call-{number}"))
from cds_service.database import DECISIONS, FEEDBACK
assert len(rows(url, FEEDBACK)) == kept > 0
assert store.counts.waiting > 0 and store.counts.lost == 0
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
wait_until(lambda: len(rows(url, DECISIONS)) == 300)
store.record_feedback([overridden("card-last")], "s", "c", NOW)
assert len(rows(url, FEEDBACK)) == kept + 1
store.close()
print("all written")
"""


def test_a_full_disk_stops_no_advice_and_loses_nothing_R145(tmp_path: Path) -> None:
    """The disk is full because the process may not write files beyond a size; then there is room
    again.
    """
    command = [sys.executable, "-c", FULL_DISK, f"sqlite:///{tmp_path / 'b12-cds.db'}"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    assert ran.returncode == 0, ran.stderr
    assert "refused: the database cannot be used" in ran.stdout
    assert ran.stdout.endswith("all written\n")


def test_a_database_that_cannot_be_written_stops_no_advice_R145(tmp_path: Path) -> None:
    database = tmp_path / "b12-cds.db"
    database.write_text("this is no database")
    store = Store(f"sqlite:///{database}", "key")

    advise(store, 0)

    assert not store.is_available()
    store.close()
    assert store.counts.lost == 1


def test_the_log_names_the_fault_and_nothing_of_the_call_R139(url: str, store: Store) -> None:
    store.upgrade()
    with structlog.testing.capture_logs() as logged:
        with locked(url):
            store.remember_token("secret-issuer", "secret-jti", 2e9)
            with pytest.raises(StoreUnavailable) as refused:
                store.record_feedback([overridden("secret-card", "secret-code")], "s", "c", NOW)
        store.record_decision(decision(card(), hook_instance="secret-instance", duration_ms=None))
        wait_until(lambda: store.counts.lost == 1)

    assert "the database" in logged[0]["event"]
    assert "secret" not in repr(logged) + str(refused.value)
    assert "is locked by another program" in str(refused.value)


KILLED = """
import itertools, sys
from cds_service.database import StoreUnavailable
from cds_service.records.store import Store
from tests.cds_service.records.records import NOW, overridden
store = Store(sys.argv[1], "key")
for number in itertools.count():
    entries = [overridden(f"card-{number}-{part}") for part in range(3)]
    while True:
        try:
            store.record_feedback(entries, "s", "c", NOW)
            break
        except StoreUnavailable:  # the client is told to send it again
            pass
    print(number, flush=True)  # the answer to the client
"""


@pytest.mark.parametrize("answers", [1, 7, 40])
def test_a_worker_killed_in_the_middle_of_feedback_loses_nothing_that_was_answered_R122(
    url: str, answers: int
) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-c", KILLED, url], stdout=subprocess.PIPE, text=True
    )
    assert worker.stdout
    for _ in range(answers):
        assert worker.stdout.readline()
    worker.kill()
    answered = answers + len(worker.stdout.read().split())
    worker.wait()

    kept = {row["card"] for row in rows(url, FEEDBACK)}
    assert {f"card-{number}-{part}" for number in range(answered) for part in range(3)} <= kept
    assert len(kept) % 3 == 0, "a call's feedback is kept as a whole or not at all"


def test_sqlite_flushes_feedback_to_the_disk_before_the_answer_R122(tmp_path: Path) -> None:
    """In WAL mode only `synchronous` FULL (2) does; the rest is written at NORMAL (1)."""
    store = Store(f"sqlite:///{tmp_path / 'b12-cds.db'}", "key")
    levels: Callable[[bool], object] = lambda durable: _synchronous(store, durable)  # noqa: E731

    assert [levels(True), levels(False), levels(True)] == [2, 1, 2]
    store.close()


def test_a_reader_keeps_rows_beside_the_file_of_sqlite_and_it_is_said_until_it_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "LEAVE_TRY_SECONDS", 0)
    file = tmp_path / "b12-cds.db"
    store = Store(f"sqlite:///{file}", "key")
    store.database.upgrade()
    with closing(sqlite3.connect(file)) as reader, structlog.testing.capture_logs() as logs:
        reader.execute("select count(*) from decisions").fetchall()
        store.database.leave_one_file()

    assert [entry["log_level"] for entry in logs] == ["warning"]
    store.database.leave_one_file()
    assert [path.name for path in tmp_path.iterdir()] == ["b12-cds.db"]
    store.close()


def _synchronous(store: Store, durable: bool) -> object:
    with store.database.transaction(durable=durable) as connection:
        connection.execute(
            sa.insert(FEEDBACK).values({**_feedback_row(), "card": f"card-{durable}"})
        )
        return connection.exec_driver_sql("PRAGMA synchronous").scalar()


def _feedback_row() -> dict[str, object]:
    texts = (
        "service",
        "client",
        "outcome",
        "outcome_timestamp",
        "reason_system",
        "reason_code",
        "reason_display",
        "user_comment",
    )
    return {
        **dict.fromkeys(texts, ""),
        "accepted_suggestions": [],
        "received_at": NOW.replace(tzinfo=None),
    }


@contextmanager
def used(folder: Path) -> Iterator[tuple[Path, str, Store]]:
    """Give a SQLite file that a store writes to, with one decision in it."""
    file = folder / "b12.db"
    url = f"sqlite:///{file}"
    with closing(Store(url, patient_key="a key of this test")) as store:
        advise(store, 0)
        wait_until(lambda: is_written(url, 1))
        yield file, url, store


class TestMovedAway:
    """H92, H106: a SQLite file that is moved, deleted or replaced while the service runs."""

    def test_nothing_is_said_to_be_kept_while_the_file_is_gone_R122(self, tmp_path: Path) -> None:
        with used(tmp_path) as (file, url, store):
            moved = file.rename(tmp_path / "moved.db")

            assert not store.is_available()
            with pytest.raises(StoreUnavailable, match="is gone"):
                store.record_feedback([overridden("u1")], "b12-order-select", "Main EHR", NOW)
            advise(store, 1)
            assert not file.exists()

            moved.rename(file)
            wait_until(lambda: is_written(url, 2))
            assert store.is_available()

    def test_what_stands_in_its_place_is_used_from_then_on(self, tmp_path: Path) -> None:
        restored = tmp_path / "restored.db"
        with closing(Store(f"sqlite:///{restored}", patient_key="a key of this test")) as other:
            other.upgrade()
        with used(tmp_path) as (file, url, store):
            for left in tmp_path.glob("b12.db-*"):
                left.unlink()
            restored.replace(file)

            store.record_feedback([overridden("u1")], "b12-order-select", "Main EHR", NOW)
            assert [row["card"] for row in rows(url, FEEDBACK)] == ["u1"]
            assert not rows(url, DECISIONS)
            store.record_decision(decision(card(), hook_instance="call-0"))
            wait_until(lambda: is_written(url, 1))
