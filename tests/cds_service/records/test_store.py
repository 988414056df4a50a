"""What the store keeps, in both databases: the schema, decisions, overrides, token ids, and
patients only as a keyed hash.
"""

from __future__ import annotations

import datetime as dt
import errno
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from cds_service.database import (
    CARDS,
    DECISIONS,
    FEEDBACK,
    NEWEST_SCHEMA,
    REPLAY,
    StoreUnavailable,
    open_engine,
    upgrade_schema,
)
from cds_service.database.tables import METADATA
from cds_service.records import decision_queue
from cds_service.records.decision_queue import DecisionQueue
from cds_service.records.record_key import VARIABLE
from cds_service.records.records import DecisionRecord, Listener
from cds_service.records.rows import count_overridden
from cds_service.records.store import Store
from cds_service.site import check_config
from cds_service.telemetry import WorkerCounts
from tests.cds_service.records.conftest import PostgreSQL
from tests.cds_service.records.records import NOW, card, decision, overridden, rows, wait_until


def test_a_week_is_named_by_its_monday_alone_whatever_the_time_of_day(
    url: str, store: Store
) -> None:
    upgrade_schema(open_engine(url))
    store.record_decision(decision(card()))
    store.close()

    [kept] = rows(url, DECISIONS)
    [shown] = rows(url, CARDS)
    assert kept["week"] == shown["week"] == "2026-11-16"


def test_a_database_that_cannot_be_prepared_stops_nobody() -> None:
    store = Store("sqlite:////nowhere/at/all/b12.db", "a key of this test")

    store.prepare()

    assert not store.is_available()
    store.close()


FORK_IS_MEANT = "ignore:This process:DeprecationWarning"


def run_forking(script: str) -> subprocess.CompletedProcess[str]:
    """Run a program that forks in a process of its own."""
    return subprocess.run(
        [sys.executable, "-W", FORK_IS_MEANT, "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class TestSchema:
    def test_a_new_database_has_the_tables_that_the_code_uses(self, url: str) -> None:
        engine = open_engine(url)
        upgrade_schema(engine)

        with engine.connect() as connection:
            context = MigrationContext.configure(connection)
            assert compare_metadata(context, METADATA) == []
            assert context.get_current_revision() == NEWEST_SCHEMA

    def test_an_upgrade_of_a_database_in_use_changes_nothing(self, url: str, store: Store) -> None:
        store.record_feedback([overridden("card-1")], "s", "c", NOW)
        before = rows(url, FEEDBACK)

        upgrade_schema(open_engine(url))

        assert rows(url, FEEDBACK) == before

    def test_workers_that_start_together_upgrade_in_turn(self, url: str) -> None:
        script = f"from cds_service.database import *; upgrade_schema(open_engine({url!r}))"
        workers = [
            subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE)
            for _ in range(4)
        ]

        assert [
            (worker.wait(), worker.stderr.read() if worker.stderr else b"") for worker in workers
        ] == [(0, b"")] * 4
        assert rows(url, DECISIONS) == []

    def test_the_schema_of_a_newer_version_is_refused_in_words(self, url: str) -> None:
        engine = open_engine(url)
        upgrade_schema(engine)
        with engine.begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))

        with pytest.raises(StoreUnavailable, match=f"expected {NEWEST_SCHEMA} .* newer version"):
            upgrade_schema(engine)

    @pytest.mark.parametrize(
        "made",
        [
            ["decisions"],
            ["invoices"],
            ["invoices", "alembic_version"],
            ["invoices", "alembic_version", NEWEST_SCHEMA],
            ["invoices", "alembic_version", "0001"],
            [f"t{number}" for number in range(9)],
        ],
        ids=" ".join,
    )
    def test_tables_of_another_program_are_left_alone_and_named(
        self, url: str, made: list[str]
    ) -> None:
        """With Alembic's table too, empty or with a version that happens to be one of ours."""
        engine, versions = open_engine(url), [one for one in made if one.startswith("0")]
        tables = sorted(set(made) - set(versions))
        with engine.begin() as connection:
            for name in tables:
                connection.execute(sa.text(f"CREATE TABLE {name} (version_num varchar(32))"))
            for one in versions:
                connection.execute(sa.text(f"INSERT INTO alembic_version VALUES ('{one}')"))

        with pytest.raises(
            StoreUnavailable, match=r"has tables \([^()]+\) and no version .* expected an empty"
        ) as refused:
            upgrade_schema(engine)
        assert sorted(sa.inspect(engine).get_table_names()) == tables
        assert ("t4 and 4 more)" in str(refused.value)) == (len(tables) == 9)

    @pytest.mark.parametrize(
        ("file", "said"),
        [
            ("damaged.db", "is no SQLite database, or a damaged one; expected a SQLite database"),
            ("words.db", "is no SQLite database, or a damaged one; expected a SQLite database"),
            ("folder.db", "is a folder; expected a SQLite database file"),
            ("none/b12.db", "lies in a folder that does not exist; expected one that the service"),
        ],
    )
    def test_a_file_that_is_no_database_is_named_with_what_was_expected(
        self, tmp_path: Path, file: str, said: str
    ) -> None:
        (tmp_path / "damaged.db").write_bytes(b"SQLite format 3\0" + b"\xa5" * 9000)
        (tmp_path / "words.db").write_text("Ana Example, born 1968\n" * 400)
        (tmp_path / "folder.db").mkdir()
        with pytest.raises(StoreUnavailable) as refused:
            upgrade_schema(open_engine(f"sqlite:///{tmp_path}/{file}"))
        assert f"cannot be upgraded: the file {tmp_path}/{file} {said}" in str(refused.value)
        assert "Ana" not in str(refused.value)


def test_a_database_made_in_the_locale_c_takes_texts_too(postgresql: PostgreSQL) -> None:
    """Its encoding is SQL_ASCII: texts came as bytes, and the service did not start."""
    url = postgresql.make_database("SQL_ASCII")
    store = Store(url, "key")
    store.upgrade()
    store.record_decision(decision(client="Klinikum Köln"))
    store.close(20)

    assert [row["client"] for row in rows(url, DECISIONS)] == ["Klinikum Köln"]


@pytest.mark.parametrize(
    "bad", ["", "nonsense", "mysql://host/name", "sqlite+nothing:///x", "postgresql://host:port/x"]
)
def test_a_store_url_that_cannot_be_used_is_refused_in_words(bad: str) -> None:
    with pytest.raises(ValueError, match="the store URL"):
        Store(bad)


def test_check_config_says_so_before_the_service_starts(tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text('[store]\nurl = "mysql://host/name"\n')

    [problem] = check_config(site)
    assert (
        problem == "store.url: the store URL cannot be used; expected sqlite:///FILE or "
        "postgresql+psycopg://USER@HOST/NAME."
    )


class TestDecisions:
    def test_a_decision_is_kept_with_its_cards_R145(self, url: str, store: Store) -> None:
        shown = card(statements=("S7", "S42"), suggestions=("suggestion-1",), also_found=("h1",))
        sent = decision(
            shown,
            issuer="https://ehr.example.org",
            tenant="north",
            token_id="jti-1",
            patient=store.key.hash_patient("https://ehr.example.org", "pat-1"),
            policy_version="1",
            knowledge_version="2",
            prefetch={"labs": "data", "allergies": "absent", "procedures": "unknown"},
            unknown_facts={"kidney_function": "not available"},
            timings_ms={"parse": 0.25},
        )
        store.record_decision(sent)
        store.close()

        [kept] = rows(url, DECISIONS)
        [kept_card] = rows(url, CARDS)
        assert kept["received_at"] == NOW.replace(tzinfo=None)
        assert {
            name: kept[name]
            for name in ("service", "hook", "client", "status", "token_id", "patient")
        } == {
            "service": "b12-order-select",
            "hook": "order-select",
            "client": "Main EHR",
            "status": 200,
            "token_id": "jti-1",
            "patient": sent.patient,
        }
        assert kept["prefetch"] == {"labs": "data", "allergies": "absent", "procedures": "unknown"}
        assert kept["unknown_facts"] == {"kidney_function": "not available"}
        assert kept["timings_ms"] == {"parse": 0.25}
        assert kept_card["decision"] == kept["id"]
        assert (kept_card["uuid"], kept_card["card"], kept_card["rule"]) == (shown.uuid, "b2", "M1")
        assert (kept_card["statements"], kept_card["suggestions"], kept_card["also_found"]) == (
            ["S7", "S42"],
            ["suggestion-1"],
            ["h1"],
        )

    def test_a_time_of_another_zone_is_kept_in_utc_R145(self, url: str, store: Store) -> None:
        store.record_decision(
            decision(received_at=NOW.astimezone(dt.timezone(dt.timedelta(hours=-5))))
        )
        store.close()

        assert rows(url, DECISIONS)[0]["received_at"] == NOW.replace(tzinfo=None)

    def test_all_decisions_of_many_threads_are_kept_R145(self, url: str, store: Store) -> None:
        with ThreadPoolExecutor(8) as callers:
            for number in range(500):
                callers.submit(
                    store.record_decision, decision(card(), card(), hook_instance=str(number))
                )
        store.close(30)

        assert {row["hook_instance"] for row in rows(url, DECISIONS)} == {
            str(number) for number in range(500)
        }
        assert len(rows(url, CARDS)) == 1000
        assert store.counts.lost == 0

    def test_texts_that_a_database_cannot_hold_are_kept_as_far_as_it_can_R145(
        self, url: str, store: Store
    ) -> None:
        store.record_decision(decision(hook_instance="a\0b\ud800c" + "x" * 2000))
        store.close()

        assert rows(url, DECISIONS)[0]["hook_instance"] == "abc" + "x" * 507

    def test_a_record_that_the_database_refuses_does_not_take_others_with_it_R145(
        self, url: str, store: Store
    ) -> None:
        store.upgrade()
        good, bad = decision(), decision(duration_ms=None)
        store._decisions._write_patiently([good, bad, decision()])

        assert len(rows(url, DECISIONS)) == 2
        assert store.counts.lost == 1


class TestQueue:
    def test_what_does_not_fit_is_dropped_and_counted_and_nobody_waits_R145(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(decision_queue, "LONGEST_QUEUE", 3)
        waiting = _stuck_queue()
        for _ in range(10):
            waiting.put(decision())

        assert (
            4 <= waiting.dropped <= 7
        )  # three wait in the queue, and the thread may hold up to three more
        waiting.close(10)
        assert waiting.dropped == 10

    def test_it_ends_although_the_database_never_comes_back_R145(self) -> None:
        waiting = _stuck_queue()
        waiting.put(decision())
        waiting.close(10)

        assert (len(waiting), waiting.dropped) == (0, 1)

    def test_a_worker_that_ends_with_everything_written_leaves_nothing_that_waits(self) -> None:
        counts, written = WorkerCounts(), list[DecisionRecord]()
        waiting = DecisionQueue(written.extend, lambda: None, counts)
        waiting.put(decision())
        wait_until(lambda: written)
        waiting.close(10)

        assert counts.totals() == (0, 0)


def _stuck_queue() -> DecisionQueue:
    def refuse(_records: object) -> None:
        raise StoreUnavailable("never")

    return DecisionQueue(refuse, lambda: None, WorkerCounts())


class TestTokens:
    def test_a_token_id_is_good_once_R138(self, store: Store) -> None:
        assert store.remember_token("iss", "jti", 2e9)
        assert not store.remember_token("iss", "jti", 2e9)
        assert store.remember_token("other", "jti", 2e9)

    def test_another_worker_knows_it_R138(self, open_store: Callable[[], Store]) -> None:
        first, second = open_store(), open_store()

        assert first.remember_token("iss", "jti", 2e9)
        assert not second.remember_token("iss", "jti", 2e9)

    def test_it_is_known_after_a_restart_R138(self, open_store: Callable[[], Store]) -> None:
        before = open_store()
        before.remember_token("iss", "jti", 2e9)
        before.close()

        assert not open_store().remember_token("iss", "jti", 2e9)

    def test_a_worker_that_was_prepared_asks_the_database_from_its_first_token_on_R138(
        self, url: str, open_store: Callable[[], Store]
    ) -> None:
        """The schema, which takes longer than a call waits, is there before the first call."""
        first, second = open_store(), open_store()
        first.prepare()
        second.prepare()

        assert [row["token_id"] for row in rows(url, REPLAY)] == ["readiness"]
        assert first.remember_token("iss", "jti", 2e9)
        assert not second.remember_token("iss", "jti", 2e9)

    def test_of_many_processes_one_gets_it_R138(self, url: str, store: Store) -> None:
        store.upgrade()
        script = (
            "import sys\nfrom cds_service.database import database as module\n"
            "from cds_service.records.store import Store\nmodule.ASK_SECONDS = 20\n"
            f"store = Store({url!r}); store.is_available(); sys.stdin.readline()\n"
            "print([store.remember_token('iss', f'jti-{number}', 2e9) for number in range(20)])"
        )
        command = [sys.executable, "-c", script]
        workers = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(4)
        ]
        for worker in workers:
            assert worker.stdin
            worker.stdin.write("go\n")
            worker.stdin.flush()
        answers = [eval(worker.communicate()[0]) for worker in workers]

        assert [sum(got) for got in zip(*answers, strict=True)] == [1] * 20

    def test_forked_workers_share_the_database_and_no_connection_R138(self, url: str) -> None:
        """As a preloaded server does it: the store is made and used, and then the workers are
        forked.
        """
        script = f"""
import os
from cds_service.database import database as module
from cds_service.records.store import Store
module.ASK_SECONDS = 20
store = Store({url!r})
assert store.remember_token("iss", "parent", 2e9)
def child():
    known = store.remember_token("iss", "parent", 2e9)
    own = store.remember_token("iss", f"child-{{os.getpid()}}", 2e9)
    return not known and own + 2 * store.remember_token("iss", "shared", 2e9)
children = []
for _ in range(4):
    child_id = os.fork()
    if child_id == 0:
        os._exit(child())
    children.append(child_id)
print(sorted(os.waitstatus_to_exitcode(os.waitpid(child_id, 0)[1]) for child_id in children))
assert not store.remember_token("iss", "shared", 2e9)
"""
        # The parent has asked, so its writing thread runs; newer Pythons warn of any thread.
        ran = run_forking(script)

        assert (ran.stdout.strip(), ran.stderr) == ("[1, 1, 1, 3]", "")

    def test_workers_that_begin_at_the_same_moment_are_counted_each(self) -> None:
        script = """
import os
from cds_service.telemetry import WorkerCounts
told = set()
for _ in range(60):
    counts, workers = WorkerCounts(), []
    (start, begin), (done, say), (end, finish) = os.pipe(), os.pipe(), os.pipe()
    for _ in range(4):
        worker = os.fork()
        if not worker:
            os.close(begin), os.close(finish)
            os.read(start, 1)
            counts.note(1, 1)
            os.write(say, b"x")
            os.read(end, 1)
            os._exit(0)
        workers.append(worker)
    os.close(begin)
    for _ in workers:
        os.read(done, 1)
    told.add(tuple(counts.totals()))
    os.close(finish)
    for worker in workers:
        os.waitpid(worker, 0)
print(told)
"""
        ran = run_forking(script)

        assert (ran.stdout.strip(), ran.stderr) == ("{(4, 4)}", "")

    def test_threads_that_begin_at_the_same_moment_lose_nothing(self) -> None:
        for _ in range(200):
            counts, start = WorkerCounts(), threading.Barrier(4)

            def begin(counts: WorkerCounts = counts, start: threading.Barrier = start) -> None:
                start.wait()
                counts.note(1, 0)

            threads = [threading.Thread(target=begin) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert tuple(counts.totals()) == (1, 0)

    def test_a_prepared_store_leaves_no_thread_at_the_fork(self, url: str) -> None:
        script = f"""
import os, threading
from cds_service.records.store import Store
store = Store({url!r})
store.prepare()
assert threading.active_count() == 2, threading.enumerate()
child_id = os.fork()
if child_id == 0:
    os._exit(threading.active_count())
assert threading.active_count() == 1, threading.enumerate()
assert os.waitstatus_to_exitcode(os.waitpid(child_id, 0)[1]) == 1
assert store.is_available()
"""
        # An ended thread may take the system a moment to forget, and Python 3.12 counts it then.
        ran = run_forking(script)

        assert (ran.returncode, ran.stderr) == (0, "")

    def test_expired_ids_are_forgotten_and_others_not_R138(self, url: str, store: Store) -> None:
        store.remember_token("iss", "old", 1000.0)
        store.remember_token("iss", "new", 2000.0)

        store.purge_tokens(1500.0)

        assert [row["token_id"] for row in rows(url, REPLAY)] == [store.key.code_of("new")]
        assert store.remember_token("iss", "old", 3000.0)
        assert not store.remember_token("iss", "new", 3000.0)


class TestOverrides:
    """cards.md 1: an override silences, for the same patient, order and rule."""

    SINCE = NOW - dt.timedelta(days=90)

    def override(
        self, store: Store, url: str, times: int, at: dt.datetime = NOW, **members: str
    ) -> None:
        store.upgrade()
        for _ in range(times):
            shown = card(**members)
            store.record_decision(decision(shown, patient="hash-1"))
            wait_until(
                lambda shown=shown: any(row["uuid"] == shown.uuid for row in rows(url, CARDS))
            )  # type: ignore[misc]
            store.record_feedback([overridden(shown.uuid)], "b12-order-select", "Main EHR", at)

    def is_quiet(
        self,
        store: Store,
        patient: str = "hash-1",
        rule: str = "M1",
        order: str = "cyanocobalamin oral",
        client: str = "Main EHR",
        service: str = "b12-order-select",
    ) -> bool:
        listener = Listener(client, service, patient)
        return store.recently_overridden(listener, "b2", rule, self.SINCE, order)

    @pytest.mark.parametrize(("times", "quiet"), [(0, False), (1, True), (2, True)])
    def test_from_the_first_override_on_Q45(
        self, store: Store, url: str, times: int, quiet: bool
    ) -> None:
        self.override(store, url, times)

        assert self.is_quiet(store) is quiet

    def test_only_for_the_same_patient_rule_and_order(self, store: Store, url: str) -> None:
        self.override(store, url, 2)

        assert not self.is_quiet(store, patient="hash-2")
        assert not self.is_quiet(store, rule="M2")
        assert not self.is_quiet(store, order="hydroxocobalamin IM")
        assert not self.is_quiet(store, patient="")

    def test_only_for_the_same_client_and_service_R173(self, store: Store, url: str) -> None:
        self.override(store, url, 2)

        assert self.is_quiet(store)
        assert not self.is_quiet(store, client="Another EHR")
        assert not self.is_quiet(store, service="b12-order-sign")

    @pytest.mark.parametrize("other", ["b12-order-sign", "b12"])
    def test_one_told_at_another_service_than_that_of_its_card_counts_nowhere_R167_R173(
        self, store: Store, url: str, other: str
    ) -> None:
        store.upgrade()
        shown = card()
        store.record_decision(decision(shown, patient="hash-1"))
        wait_until(lambda: any(row["uuid"] == shown.uuid for row in rows(url, CARDS)))
        store.record_feedback([overridden(shown.uuid)], other, "Main EHR", NOW)

        assert not self.is_quiet(store)
        assert not self.is_quiet(store, service=other)

    def test_one_told_by_another_client_than_that_of_its_card_counts_nowhere_R173(
        self, store: Store, url: str
    ) -> None:
        store.upgrade()
        shown = card()
        store.record_decision(decision(shown, patient="hash-1"))
        wait_until(lambda: any(row["uuid"] == shown.uuid for row in rows(url, CARDS)))
        store.record_feedback([overridden(shown.uuid)], "b12-order-select", "Another EHR", NOW)

        assert not self.is_quiet(store)
        assert not self.is_quiet(store, client="Another EHR")

    @pytest.mark.parametrize(("days", "quiet"), [(89, True), (90, True), (91, False)])
    def test_not_for_overrides_of_more_than_90_days_ago(
        self, store: Store, url: str, days: int, quiet: bool
    ) -> None:
        self.override(store, url, 2, at=NOW - dt.timedelta(days=days))

        assert self.is_quiet(store) is quiet

    def test_the_same_card_reported_twice_is_one_override_R119(
        self, store: Store, url: str
    ) -> None:
        self.override(store, url, 1)
        store.record_feedback(
            [overridden(rows(url, CARDS)[0]["uuid"])], "b12-order-select", "Main EHR", NOW
        )

        listener = Listener("Main EHR", "b12-order-select", "hash-1")
        asked = (listener, "b2", "M1", self.SINCE, "cyanocobalamin oral")
        assert store.database.ask(store._read, count_overridden(*asked)) == 1


class TestPatientHash:
    def test_it_is_keyed_and_of_one_ehr(self, url: str) -> None:
        one, other = Store(url, "key one"), Store(url, "key two")
        hashes = {
            one.key.hash_patient("ehr-a", "pat-1"),
            one.key.hash_patient("ehr-b", "pat-1"),
            one.key.hash_patient("ehr-a", "pat-2"),
        }

        assert len(hashes | {other.key.hash_patient("ehr-a", "pat-1")}) == 4
        assert one.key.hash_patient("ehr-a", "pat-1") == Store(url, "key one").key.hash_patient(
            "ehr-a", "pat-1"
        )
        assert all("pat-1" not in made and len(made) == 64 for made in hashes)

    def test_the_environment_may_hold_the_key(
        self, url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(VARIABLE, "key one")

        assert Store(url).key.hash_patient("ehr", "pat-1") == Store(
            url, "key one"
        ).key.hash_patient("ehr", "pat-1")

    def test_without_one_a_key_is_made_that_only_its_owner_can_read(self, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path / 'b12-cds.db'}"
        made = Store(url).key.hash_patient("ehr", "pat-1")

        [key_file] = tmp_path.iterdir()
        assert key_file.name == "b12-cds.db.patient-key"
        assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
        assert Store(url).key.hash_patient("ehr", "pat-1") == made

    def test_workers_that_start_together_make_one_key(self, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path / 'b12-cds.db'}"
        with ThreadPoolExecutor(8) as workers:
            made = set(
                workers.map(lambda _: Store(url).key.hash_patient("ehr", "pat-1"), range(16))
            )

        assert len(made) == 1
        assert os.listdir(tmp_path) == ["b12-cds.db.patient-key"]

    def test_a_share_that_gives_no_file_two_names_keeps_one_key_for_all_workers(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each worker had one of its own, until each next start."""

        def refuse(*_: object) -> None:
            raise PermissionError(errno.EPERM, "Operation not permitted")

        monkeypatch.setattr(os, "link", refuse)
        url = f"sqlite:///{tmp_path / 'b12-cds.db'}"
        with ThreadPoolExecutor(8) as workers:
            made = set(
                workers.map(lambda _: Store(url).key.hash_patient("ehr", "pat-1"), range(16))
            )

        assert len(made) == 1
        assert os.listdir(tmp_path) == ["b12-cds.db.patient-key"]
        [key_file] = tmp_path.iterdir()
        assert stat.S_IMODE(key_file.stat().st_mode) == 0o600

    def test_where_no_file_can_be_kept_the_hash_still_hides_the_patient(self) -> None:
        store = Store("sqlite:////nowhere/at/all/b12-cds.db")

        assert store.key.hash_patient("ehr", "pat-1") == store.key.hash_patient("ehr", "pat-1")


def test_nothing_of_the_patient_or_a_token_is_in_the_database_R139_R145(
    url: str, store: Store
) -> None:
    store.record_decision(
        decision(card(), patient=store.key.hash_patient("ehr", "patient-4711"), issuer="ehr")
    )
    store.remember_token("ehr", "jti-1", 2e9)
    store.close()

    everything = repr([rows(url, table) for table in METADATA.sorted_tables])
    assert "patient-4711" not in everything
    assert store.key.hash_patient("ehr", "patient-4711") in everything


def test_the_record_of_a_decision_holds_no_more_than_is_listed() -> None:
    """A new member must be thought about: whatever is recorded outlives the call."""
    derived = {"week"}
    elsewhere = {"cards", "kept"}
    assert set(DecisionRecord.__slots__) - elsewhere == set(DECISIONS.columns.keys()) - derived


def test_the_database_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/b12.db", "key")
    store.upgrade()
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    store.close()

    assert modes["b12.db"] == 0o600
    assert set(modes.values()) == {0o600}
