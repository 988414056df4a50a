"""A fresh database for each test, in SQLite and in PostgreSQL; the PostgreSQL server is started for
the run and stopped after it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from cds_service.database import database as database_module
from cds_service.records import store as store_module
from cds_service.records.store import Store

OWNER = "nobody" if os.geteuid() == 0 else None
"""PostgreSQL refuses to run as root."""


def find_postgresql() -> Path | None:
    """Return the directory of the newest PostgreSQL server on this machine."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name)
    )
    on_path = shutil.which("initdb")
    found = [*installed, *([Path(on_path).parent] if on_path else [])]
    return next(
        (
            path
            for path in reversed(found)
            if (path / "initdb").exists() and (path / "pg_ctl").exists()
        ),
        None,
    )


WITH_PASSWORD = "keyed"
"""The user who needs a password; a test makes it."""


class PostgreSQL:
    """A server of our own that listens on a Unix socket in its own directory and on nothing
    else.
    """

    def __init__(self, programs: Path, directory: Path) -> None:
        self._programs = programs
        self._directory = directory
        self._data = directory / "data"
        self._run(
            "initdb",
            "-D",
            str(self._data),
            "-U",
            "postgres",
            "--auth=trust",
            "--no-sync",
            "--encoding=UTF8",
            "--locale=C",
        )
        access = self._data / "pg_hba.conf"
        access.write_text(f"local all {WITH_PASSWORD} scram-sha-256\n{access.read_text()}")
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        subprocess.run(
            command,
            check=True,
            user=OWNER,
            cwd=self._directory,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def start(self) -> None:
        options = f"-k {self._directory} -h '' -c shared_buffers=16MB -c max_connections=100"
        self._run(
            "pg_ctl",
            "-D",
            str(self._data),
            "-w",
            "-l",
            str(self._directory / "log"),
            "-o",
            options,
            "start",
        )

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self._data), "-w", "-m", "immediate", "stop")

    def freeze(self, signal_number: int = signal.SIGSTOP) -> None:
        """Stop every process of the server where it stands; connections stay open and nothing
        answers.
        """
        main = int((self._data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        for process in (main, *map(int, children)):
            with suppress(ProcessLookupError):  # a child may just have ended
                os.kill(process, signal_number)

    def thaw(self) -> None:
        self.freeze(signal.SIGCONT)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self._directory}"

    def make_database(self, encoding: str = "UTF8") -> str:
        """Return the URL of a new and empty database."""
        name = f"test_{uuid.uuid4().hex}"
        engine = sa.create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(
                f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}'"
            )
        engine.dispose()
        return self.url(name)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    programs = find_postgresql()
    if programs is None:
        pytest.skip(
            "PostgreSQL is not installed on this machine (initdb and pg_ctl were not found)"
        )
    directory = Path(tempfile.mkdtemp(prefix="b12-pg-"))
    try:
        if OWNER:
            shutil.chown(directory, OWNER)
        server = PostgreSQL(programs, directory)
        yield server
        server.stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a new and empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'b12-cds.db'}"
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return server.make_database()


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait longer for the database than a clinician should, so that a busy test machine is not
    taken for a fault.
    """
    for module in (database_module, store_module):
        monkeypatch.setattr(module, "ASK_SECONDS", 20.0)


@pytest.fixture
def open_store(url: str) -> Iterator[Callable[[], Store]]:
    """Return a function that opens a further store on the database of this test, as another worker
    would.
    """
    stores: list[Store] = []

    def open_one() -> Store:
        stores.append(Store(url, patient_key="a key of this test"))
        return stores[-1]

    yield open_one
    for store in stores:
        store.close()


@pytest.fixture
def store(open_store: Callable[[], Store]) -> Store:
    return open_store()
