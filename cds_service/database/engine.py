"""How a database is opened, and how long it may keep anybody waiting."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from cds_service.database.failures import say_failure

BUSY_MS = 200
"""How long a statement waits for a lock; whoever must not give up tries again."""

STATEMENT_MS = 2000

SQLITE_CACHE_KIB = 512
"""Pages that a connection keeps. SQLite keeps 2,000 where nothing is said, of each connection of
each worker; a decision is written in 10 microseconds less so, of 5,000 for an order.
"""


class StoreUnavailable(Exception):
    """The database cannot be used now; the text says why, without anything that was to be
    stored.
    """


def open_engine(url: str) -> sa.Engine:
    """Return the engine of a SQLite or PostgreSQL database; nothing is connected yet.

    Raises: ValueError in words when the URL cannot be used.
    """
    try:
        parsed = sa.make_url(url)
        backend = parsed.get_backend_name()
        engine = sa.create_engine(
            parsed, **(_sqlite_options(parsed) if backend == "sqlite" else _postgresql_options())
        )
    except (sa.exc.ArgumentError, ModuleNotFoundError, ValueError):
        backend = ""
    if backend not in ("sqlite", "postgresql"):
        raise ValueError(
            "the store URL cannot be used; expected sqlite:///FILE or "
            "postgresql+psycopg://USER@HOST/NAME"
        )
    sa.event.listen(
        engine, "connect", _prepare_sqlite if backend == "sqlite" else _prepare_postgresql
    )
    return engine


@contextmanager
def open_for_reading(store_url: str) -> Iterator[sa.Connection]:
    """Open a database for reading, with time for an export of a million decisions.

    Raises: StoreUnavailable.
    """
    engine = open_engine(store_url)
    database = engine.url.database
    if engine.dialect.name == "sqlite" and database and not Path(database).exists():
        where = "" if Path(database).is_absolute() else " in the working directory"
        raise StoreUnavailable(
            f"the store has no database file yet, {database}{where}; has the service run with it?"
        )
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET LOCAL statement_timeout = 30000")
            yield connection
    except DBAPIError as error:
        raise StoreUnavailable(
            f"the store cannot be read: {say_failure(engine.url, error)}; has this version of the "
            f"service, or its b12-cds store upgrade, run with it?"
        ) from None
    finally:
        engine.dispose()


def is_in_memory(url: sa.URL) -> bool:
    """Say whether a database lasts no longer than its connection, and is not shared with other
    processes.
    """
    return url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")


FileId = tuple[int, int]
"""The device and number of a file, which it keeps when it is moved."""


def file_of(url: sa.URL) -> FileId | None:
    """Return which file stands where a SQLite database is; `None` where none does, or for another
    database.
    """
    if url.get_backend_name() != "sqlite" or is_in_memory(url):
        return None
    try:
        found = os.stat(url.database or "")
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _sqlite_options(url: sa.URL) -> dict[str, Any]:
    connect = {"check_same_thread": False, "timeout": BUSY_MS / 1000}
    if is_in_memory(url):  # one connection for all, as each would see a database of its own
        return {
            "poolclass": QueuePool,
            "pool_size": 1,
            "max_overflow": 0,
            "pool_timeout": 2,
            "connect_args": connect,
        }
    return {"pool_size": 10, "max_overflow": 10, "pool_timeout": 2, "connect_args": connect}


KEEP_ALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""An idle connection is asked for a sign of life (libpq, seconds): firewalls forget those that are
silent, and what is sent on one that was forgotten is never answered.
"""


def _postgresql_options() -> dict[str, Any]:
    """Texts come as UTF-8 whatever the database was made with: of one made in the locale C, whose
    encoding is SQL_ASCII, they would come as bytes.
    """
    connect = {
        "client_encoding": "utf8",
        "connect_timeout": 2,
        "tcp_user_timeout": STATEMENT_MS,
        **KEEP_ALIVE,
    }
    return {
        "pool_size": 10,
        "max_overflow": 10,
        "pool_timeout": 2,
        "pool_pre_ping": True,
        "connect_args": connect,
    }


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """WAL lets readers and one writer work side by side. Only the owner may read the file; those
    that SQLite puts beside it get the same mode.
    """
    name = connection.execute("PRAGMA database_list").fetchone()[2]
    if name:
        with suppress(OSError):  # another owner's file: what may be done with it, was decided there
            os.chmod(name, 0o600)
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"cache_size=-{SQLITE_CACHE_KIB}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    connection.execute(f"SET lock_timeout = {BUSY_MS}")
    connection.execute(f"SET statement_timeout = {STATEMENT_MS}")
    connection.commit()
