"""How a database is brought to the newest schema, by one worker while the others wait."""

from __future__ import annotations

import threading
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from cds_service.database.engine import BUSY_MS, StoreUnavailable
from cds_service.database.failures import say_failure, say_foreign, say_newer
from cds_service.database.tables import METADATA, TALLIED

MIGRATIONS = Path(__file__).with_name("migrations")
NEWEST_SCHEMA = "0005"
"""The last of the migrations."""

KNOWN_SCHEMAS = frozenset(path.name[:4] for path in MIGRATIONS.glob("versions/[0-9]*.py"))
"""Every schema that can be brought to the newest one, and that itself."""

UPGRADE_WAIT_MS = 10_000
UPGRADE_LOCK = 7_312_012
"""The advisory lock that workers starting together take in turn."""

_UPGRADING = threading.Lock()
"""Alembic keeps the upgrade under way in module variables, so two stores of one process take
turns.
"""


def upgrade_schema(engine: sa.Engine) -> str | None:
    """Bring the database to the newest schema and return the migration it was at, None for a new
    one; of several workers that start together one does it and the others wait. Another program's
    tables are left alone: a database that holds some is refused.

    Raises: StoreUnavailable.
    """
    try:
        with engine.connect() as connection:
            _lock_schema(connection)
            before = _schema_of(connection)
            there = sa.inspect(connection).get_table_names()
            if foreign := _foreign(before, there):
                raise StoreUnavailable(
                    f"the database cannot be upgraded: {say_foreign(engine.url, foreign)}"
                )
            if before is None and not there:
                _make_tables(connection)
            elif before != NEWEST_SCHEMA:
                _migrate(connection)
            connection.commit()
            return before
    except DBAPIError as error:
        raise StoreUnavailable(
            f"the database cannot be upgraded: {say_failure(engine.url, error)}"
        ) from None


def _foreign(before: str | None, there: list[str]) -> list[str]:
    """Return the tables of another program: all, where there is no version of ours, or a version
    (Alembic's, which many programs have) without any table of ours.
    """
    if before is not None and METADATA.tables.keys() & set(there):
        return []
    return sorted(set(there) - ({"alembic_version"} if before is None else set()))


def _schema_of(connection: sa.Connection) -> str | None:
    """Return the migration that a database was last brought to; None for a new one."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(
        sa.text("SELECT version_num FROM alembic_version")
    ).scalar()
    return version


def _make_tables(connection: sa.Connection) -> None:
    """Make the tables of an empty database at once, as the migrations would leave them: loading
    Alembic, which walks through these, takes a tenth of the start and ten megabytes.
    """
    METADATA.create_all(connection, checkfirst=False)
    connection.execute(sa.insert(TALLIED), {"feedback": 0})
    connection.exec_driver_sql(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
        "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{NEWEST_SCHEMA}')")


def _migrate(connection: sa.Connection) -> None:
    from alembic import (
        command,  # only here: it takes long to import, and most starts find the newest schema
    )
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        with _UPGRADING:
            command.upgrade(config, "head")
    except CommandError:
        where = say_newer(connection.engine.url, NEWEST_SCHEMA)
        raise StoreUnavailable(f"the database cannot be upgraded: {where}") from None


def _lock_schema(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA busy_timeout={UPGRADE_WAIT_MS}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_MS}")
    else:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {UPGRADE_WAIT_MS}")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})")
