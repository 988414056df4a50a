"""`b12-cds store`: backup while the service writes, retention, and upgrade."""

from __future__ import annotations

import datetime as dt
import errno
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from cds_service.database import (
    CARDS,
    DECISIONS,
    FEEDBACK,
    KEPT_REQUESTS,
    NEWEST_SCHEMA,
    open_engine,
)
from cds_service.records.records import FeedbackEntry
from cds_service.records.retention import PRUNED_AT_ONCE
from cds_service.records.store import Store
from cli.main import main
from tests.cds_service.records.conftest import WITH_PASSWORD, PostgreSQL, postgresql
from tests.cds_service.records.records import card, decision, overridden, rows
from tests.cds_service.records.test_migrations import make_first_schema

__all__ = ["postgresql"]

TODAY = dt.datetime.now(dt.UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'b12 cds.db'}"
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return server.make_database()


@pytest.fixture
def site(url: str, tmp_path: Path) -> str:
    """Return the path of a site file of which only the store matters."""
    path = tmp_path / "site.toml"
    path.write_text(f'[store]\nurl = "{url}"\npatient_key = "{"k" * 32}"\n', encoding="utf-8")
    return str(path)


STOPPED_WHILE_COPYING = """
import signal, sys, time
from cli.main import main
from cli.operate import store

def copy(*_):
    print("copying", file=sys.__stdout__, flush=True)
    time.sleep(60)

signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored behind &
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # ignored behind nohup, as it is to be
store._copy_sqlite = copy
sys.exit(main(["store", "backup", sys.argv[1], "--config", sys.argv[2]]))
"""


def fill(url: str, *ages: int) -> None:
    """Record one decision with a card and feedback for each age in days."""
    store = Store(url, "key")
    for age in ages:
        then = TODAY - dt.timedelta(days=age)
        store.record_decision(decision(card(uuid=f"card-{age}"), received_at=then))
        store.record_feedback([overridden(f"card-{age}")], "b12", "Main EHR", then)
    store.close(20)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["store", *arguments])
    said = capsys.readouterr()
    return status, said.out, said.err


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
class TestBackupOfSqlite:
    def test_it_has_what_is_committed_while_a_writer_holds_the_database(
        self, url: str, site: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        fill(url, 1, 2)
        out = tmp_path / "copy.db"
        engine = open_engine(url)
        with engine.connect() as writer:
            writer.execute(sa.delete(FEEDBACK))
            assert run(capsys, "backup", str(out), "--config", site)[0] == 0
            writer.rollback()
        engine.dispose()

        assert stat.S_IMODE(out.stat().st_mode) == 0o600
        assert not list(tmp_path.glob("*copy.db*-*")), "all of it is in one file"
        with closing(sqlite3.connect(f"{out.as_uri()}?mode=ro", uri=True)) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        for table in (DECISIONS, CARDS, FEEDBACK):
            assert rows(f"sqlite:///{out}", table) == rows(url, table) != []

    def test_a_share_that_gives_no_file_two_names_takes_a_backup_too(
        self,
        url: str,
        site: str,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def refuse(*_: object) -> None:
            raise PermissionError(errno.EPERM, "Operation not permitted")

        fill(url, 1)
        monkeypatch.setattr(os, "link", refuse)
        out = tmp_path / "copy"

        assert run(capsys, "backup", str(out), "--config", site)[0] == 0
        assert stat.S_IMODE(out.stat().st_mode) == 0o600
        assert not list(tmp_path.glob(".copy*"))
        assert run(capsys, "backup", str(out), "--config", site)[0] == 2

    def test_an_existing_file_stays_as_it_is(
        self, url: str, site: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        fill(url, 1)
        out = tmp_path / "there"
        out.write_text("mine")
        before = set(tmp_path.iterdir())

        assert run(capsys, "backup", str(out), "--config", site) == (
            2,
            "",
            f"{out}: exists already, expected the name of a new file.\n",
        )
        assert out.read_text() == "mine"
        assert set(tmp_path.iterdir()) == before

    def test_a_database_without_our_tables_is_no_backup_that_could_be_restored(
        self, site: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "b12 cds.db").touch()
        before = set(tmp_path.iterdir())

        status, _, refused = run(capsys, "backup", str(tmp_path / "out"), "--config", site)

        assert (status, set(tmp_path.iterdir())) == (2, before)
        assert "holds no tables of this store" in refused

    def test_what_is_no_database_leaves_no_file_behind(
        self, site: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "b12 cds.db").write_text("this is no database" * 100)
        status, _, refused = run(capsys, "backup", str(tmp_path / "out"), "--config", site)

        assert (status, refused.count("\n")) == (2, 1)
        assert "cannot be copied" in refused
        assert {path.name for path in tmp_path.iterdir()} == {"b12 cds.db", "site.toml"}

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
    def test_one_that_is_stopped_leaves_no_copy_behind(
        self, url: str, site: str, tmp_path: Path, number: signal.Signals
    ) -> None:
        """Each left a hidden copy of the database as far as it had come."""
        fill(url, 1)
        command = [sys.executable, "-c", STOPPED_WHILE_COPYING, str(tmp_path / "out"), site]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as backup:
            assert backup.stdout
            assert backup.stdout.readline() == b"copying\n"
            backup.send_signal(number)
            _, said = backup.communicate(timeout=60)

        assert (backup.returncode, said) == (128 + number, b"")
        assert not list(tmp_path.glob(".out*"))

    def test_a_directory_that_is_not_there_is_refused(
        self, url: str, site: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        fill(url, 1)
        out = tmp_path / "none" / "out"
        assert run(capsys, "backup", str(out), "--config", site) == (
            2,
            "",
            f"{out}: No such file or directory.\n",
        )

    @pytest.mark.parametrize("command", [["backup", "OUT"], ["prune", "--older-than", "9d"]])
    def test_a_database_that_is_not_there_is_not_made(
        self, command: list[str], site: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        status, _, refused = run(capsys, *command, "--config", site)
        assert (status, refused) == (2, f"{tmp_path / 'b12 cds.db'}: there is no such database.\n")
        assert [path.name for path in tmp_path.iterdir()] == ["site.toml"]


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
class TestBackupOfPostgresql:
    def test_pg_restore_brings_the_rows_into_an_empty_database(
        self,
        url: str,
        site: str,
        tmp_path: Path,
        postgresql: PostgreSQL,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        fill(url, 1, 2)
        out = tmp_path / "copy.dump"
        assert run(capsys, "backup", str(out), "--config", site)[0] == 0
        assert stat.S_IMODE(out.stat().st_mode) == 0o600

        empty = postgresql.make_database()
        address = empty.replace("postgresql+psycopg", "postgresql")
        subprocess.run(["pg_restore", "--no-owner", "--dbname", address, str(out)], check=True)
        for table in (DECISIONS, CARDS, FEEDBACK):
            assert rows(empty, table) == rows(url, table) != []

    def test_a_password_of_the_site_file_reaches_pg_dump_and_pg_restore(
        self,
        url: str,
        site: str,
        tmp_path: Path,
        postgresql: PostgreSQL,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        fill(url, 1)
        empty, out = postgresql.make_database(), tmp_path / "copy.dump"
        with open_engine(url).begin() as connection:
            connection.exec_driver_sql(f"DROP ROLE IF EXISTS {WITH_PASSWORD}")
            connection.exec_driver_sql(
                f"CREATE ROLE {WITH_PASSWORD} SUPERUSER LOGIN PASSWORD 'a b'"
            )

        def keyed(database: str, password: str = "a%20b") -> str:
            named = database.replace("postgres@", f"{WITH_PASSWORD}:{password}@")
            text = f'[store]\nurl = "{named}"\npatient_key = "{"k" * 32}"\n'
            Path(site).write_text(text, encoding="utf-8")
            return site

        assert run(capsys, "backup", str(out), "--config", keyed(url))[0] == 0
        assert run(capsys, "restore", str(out), "--config", keyed(empty))[0] == 0
        assert rows(empty, DECISIONS) == rows(url, DECISIONS) != []
        other = str(tmp_path / "other.dump")
        status, _, refused = run(capsys, "backup", other, "--config", keyed(url, "wrong"))
        assert status == 2
        assert refused.startswith("The store cannot be used: the database test_")
        assert "wrong" not in refused

    def test_a_database_without_our_tables_is_no_backup_that_could_be_restored(
        self, site: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        status, _, refused = run(capsys, "backup", str(tmp_path / "out"), "--config", site)

        assert (status, "holds no tables of this store" in refused) == (2, True)
        assert [path.name for path in tmp_path.iterdir()] == ["site.toml"]

    def test_without_pg_dump_one_sentence_names_it(
        self,
        site: str,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        status, _, refused = run(capsys, "backup", str(tmp_path / "out"), "--config", site)
        assert (status, refused.count("\n")) == (2, 1)
        assert refused.startswith("pg_dump was not found")
        assert [path.name for path in tmp_path.iterdir()] == ["site.toml"]


class TestRestore:
    def test_a_backup_brings_every_row_back_and_nothing_is_overwritten(
        self,
        request: pytest.FixtureRequest,
        url: str,
        site: str,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        fill(url, 1, 2)
        before = {table: rows(url, table) for table in (DECISIONS, CARDS, FEEDBACK)}
        out = str(tmp_path / "copy")
        assert run(capsys, "backup", out, "--config", site)[0] == 0

        status, said, refused = run(capsys, "restore", out, "--config", site)
        assert (status, said, refused.count("\n")) == (2, "", 1)
        assert rows(url, DECISIONS) == before[DECISIONS] != []

        if url.startswith("sqlite"):
            for path in tmp_path.glob("b12 cds.db*"):
                path.unlink()
        else:
            url = request.getfixturevalue("postgresql").make_database()
            text = f'[store]\nurl = "{url}"\npatient_key = "{"k" * 32}"\n'
            Path(site).write_text(text, encoding="utf-8")
        status, said, refused = run(capsys, "restore", out, "--config", site)
        assert (status, refused) == (0, "")
        assert said.startswith(f"{out} is restored.")
        assert {table: rows(url, table) for table in before} == before
        if url.startswith("sqlite"):
            assert stat.S_IMODE((tmp_path / "b12 cds.db").stat().st_mode) == 0o600
            assert not list(tmp_path.glob(".b12*"))
        assert run(capsys, "upgrade", "--config", site)[0] == 0

    @pytest.mark.parametrize("content", ["", "this is no database" * 100, None])
    def test_what_is_no_backup_leaves_the_place_empty(
        self,
        url: str,
        content: str | None,
        site: str,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        out = tmp_path / "copy"
        if content is not None:
            out.write_text(content)
        status, said, refused = run(capsys, "restore", str(out), "--config", site)
        assert (status, said, refused.count("\n")) == (2, "", 1)
        assert not list(tmp_path.glob("*b12*"))

    def test_a_backup_of_a_newer_version_is_refused_before_anything_is_written(
        self,
        request: pytest.FixtureRequest,
        url: str,
        site: str,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """It was restored in words of success, and the start refused the database."""
        fill(url, 1)
        engine = open_engine(url)
        with engine.begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '0999'"))
        engine.dispose()
        out = str(tmp_path / "copy")
        assert run(capsys, "backup", out, "--config", site)[0] == 0
        if url.startswith("sqlite"):
            for path in tmp_path.glob("b12 cds.db*"):
                path.unlink()
        else:
            url = request.getfixturevalue("postgresql").make_database()
            text = f'[store]\nurl = "{url}"\npatient_key = "{"k" * 32}"\n'
            Path(site).write_text(text, encoding="utf-8")

        status, said, refused = run(capsys, "restore", out, "--config", site)

        assert (status, said, refused.count("\n")) == (2, "", 1)
        assert refused.startswith(f"{out}: has schema 0999, which this version does not know")
        assert "Nothing is written" in refused
        if url.startswith("sqlite"):
            assert not list(tmp_path.glob("*b12*"))
        else:
            engine = open_engine(url)
            assert sa.inspect(engine).get_table_names() == []
            engine.dispose()

    @pytest.mark.parametrize("url", ["sqlite"], indirect=True)
    @pytest.mark.parametrize("ending", ["-wal", "-shm"])
    def test_what_is_left_of_the_old_database_is_not_read_with_the_new_one(
        self, ending: str, url: str, site: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        fill(url, 1)
        assert run(capsys, "backup", str(tmp_path / "copy"), "--config", site)[0] == 0
        for path in tmp_path.glob("b12 cds.db*"):
            path.unlink()
        left = tmp_path / f"b12 cds.db{ending}"
        left.write_text("old")
        status, _, refused = run(capsys, "restore", str(tmp_path / "copy"), "--config", site)
        assert (status, refused) == (
            2,
            f"{left}: is there; stop the service and move it away first.\n",
        )


class TestPrune:
    def test_what_is_younger_stays(
        self, url: str, site: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        fill(url, 399, 401, 500)
        keep(url, 399, 401)
        status, said, _ = run(capsys, "prune", "--older-than", "400d", "--config", site)
        counted = "Deleted: 2 decisions, 2 cards, 2 feedback, 1 kept requests, from before "
        assert (status, said.startswith(counted)) == (0, True)
        [stays] = rows(url, DECISIONS)
        for table, column in ((CARDS, "decision"), (KEPT_REQUESTS, "decision")):
            assert [row[column] for row in rows(url, table)] == [stays["id"]]
        assert [row["card"] for row in rows(url, FEEDBACK)] == ["card-399"]

    def test_feedback_stays_with_its_decision_and_else_as_long_as_it_is_young(
        self, url: str, site: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        fill(url, 10)
        store = Store(url, "key")
        old, young = TODAY - dt.timedelta(days=50), TODAY - dt.timedelta(days=20)
        unknown = FeedbackEntry("nobody's", "accepted", "2026-01-01T00:00:00Z")
        store.record_feedback([overridden("card-10"), unknown], "b12", "Main EHR", old)
        store.record_feedback([unknown], "b12", "Main EHR", young)
        store.close()

        _, said, _ = run(capsys, "prune", "--older-than", "30d", "--config", site)
        assert "0 decisions, 0 cards, 1 feedback" in said
        assert sorted(row["card"] for row in rows(url, FEEDBACK)) == [
            "card-10",
            "card-10",
            "nobody's",
        ]

    @pytest.mark.parametrize("more", [-1, 0, 1])
    def test_more_than_one_transaction_of_them(
        self, more: int, url: str, site: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        count = PRUNED_AT_ONCE + more
        store = Store(url, "key")
        for _ in range(count):
            store.record_decision(decision(received_at=TODAY - dt.timedelta(days=9)))
        store.close(20)
        _, said, _ = run(capsys, "prune", "--older-than", "8d", "--config", site)
        assert said.startswith(f"Deleted: {count} decisions")
        assert rows(url, DECISIONS) == []

    @pytest.mark.parametrize("url", ["sqlite"], indirect=True)
    def test_a_database_that_another_holds_is_one_sentence(
        self, url: str, site: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        fill(url, 9)
        engine = open_engine(url)
        with engine.connect() as writer:
            writer.execute(sa.delete(FEEDBACK))
            status, _, refused = run(capsys, "prune", "--older-than", "8d", "--config", site)
            writer.rollback()
        engine.dispose()
        assert (status, refused.count("\n")) == (2, 1)
        assert len(rows(url, DECISIONS)) == 1

    @pytest.mark.parametrize("age", ["400", "0d", "-1d", "d", "1.5d", "٣d"])
    def test_another_age_is_refused(self, age: str, capsys: pytest.CaptureFixture[str]) -> None:
        status, _, refused = run(capsys, "prune", f"--older-than={age}")
        assert (status, f'found "{age}", expected days such as 7d' in refused) == (2, True)


class TestUpgrade:
    def test_from_the_first_release_and_then_nothing_more(
        self, url: str, site: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        make_first_schema(url)
        said = f"The database is upgraded from migration 0001 to {NEWEST_SCHEMA}.\n"
        assert run(capsys, "upgrade", "--config", site) == (0, said, "")
        assert {row["week"] for row in rows(url, DECISIONS)} == {"2026-11-16", "2026-11-23"}
        said = f"The database is at migration {NEWEST_SCHEMA} already.\n"
        assert run(capsys, "upgrade", "--config", site) == (0, said, "")

    def test_a_new_database_is_made(
        self, url: str, site: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        said = f"A new database is made, at migration {NEWEST_SCHEMA}.\n"
        assert run(capsys, "upgrade", "--config", site) == (0, said, "")
        assert rows(url, DECISIONS) == []

    def test_the_schema_of_a_newer_version_is_refused(
        self, url: str, site: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        fill(url, 1)
        engine = open_engine(url)
        with engine.begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        engine.dispose()
        status, _, refused = run(capsys, "upgrade", "--config", site)
        assert (status, refused.count("\n")) == (2, 1)
        assert "a schema that this version does not know" in refused


@pytest.mark.parametrize("command", [[], ["backup"], ["restore"], ["prune"], ["upgrade"]])
def test_each_has_its_help(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["store", *command, "--help"])
    assert ended.value.code == 0
    assert "usage: b12-cds store" in capsys.readouterr().out


@pytest.mark.parametrize("command", [[], ["backup"], ["prune"], ["restore"]])
def test_what_is_missing_or_not_known_is_one_sentence(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    status, said, refused = run(capsys, *command)
    assert (status, said, refused.count("\n")) == (2, "", 1)


def keep(url: str, *ages: int) -> None:
    """Keep something for the decisions of these ages."""
    engine = open_engine(url)
    with engine.begin() as connection:
        for age in ages:
            then = (TODAY - dt.timedelta(days=age)).replace(tzinfo=None)
            identity = connection.execute(
                sa.select(DECISIONS.c.id).where(DECISIONS.c.received_at == then)
            ).scalar_one()
            row = {"decision": identity, "kept_at": then, "sealed": b"sealed"}
            connection.execute(sa.insert(KEPT_REQUESTS), row)
    engine.dispose()
