"""The tables of the store, and how a database is opened and brought to the newest schema. All times
are UTC.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

MIGRATIONS = Path(__file__).with_name("migrations")
NEWEST_SCHEMA = "0003"
"""The last of the migrations."""

BUSY_MS = 200
"""How long a statement waits for a lock; whoever must not give up tries again."""

STATEMENT_MS = 2000
UPGRADE_WAIT_MS = 10_000
UPGRADE_LOCK = 7_312_012
"""The advisory lock that workers starting together take in turn."""

_UPGRADING = threading.Lock()
"""Alembic keeps the upgrade under way in module variables, so two stores of one process take
turns.
"""

METADATA = sa.MetaData()


def _text(name: str, default: str = "") -> sa.Column[str]:
    """Return a column of text that is empty where nothing was said."""
    return sa.Column(name, sa.Text, nullable=False, server_default=sa.text(f"'{default}'"))


DECISIONS = sa.Table(
    "decisions",
    METADATA,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("received_at", sa.DateTime, nullable=False, index=True),
    sa.Column("service", sa.Text, nullable=False),
    sa.Column("hook", sa.Text, nullable=False),
    sa.Column("hook_instance", sa.Text, nullable=False, index=True),
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("issuer", sa.Text, nullable=False),
    sa.Column("tenant", sa.Text, nullable=False),
    sa.Column("token_id", sa.Text, nullable=False),
    sa.Column("patient", sa.String(64), nullable=False, index=True),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("duration_ms", sa.Float, nullable=False),
    sa.Column("policy_version", sa.Text, nullable=False),
    sa.Column("knowledge_version", sa.Text, nullable=False),
    sa.Column("prefetch", sa.JSON, nullable=False),
    sa.Column("unknown_facts", sa.JSON, nullable=False),
    sa.Column("timings_ms", sa.JSON, nullable=False),
    *map(
        _text,
        (
            "as_of",
            "user",
            "user_kind",
            "user_role",
            "encounter",
            "place",
            "rule",
            "input_digest",
            "answer_digest",
            "program_version",
            "terminology_version",
            "week",
        ),
    ),
    sa.Column("facts", sa.JSON, nullable=False, server_default="{}"),
)

CARDS = sa.Table(
    "cards",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column(
        "decision",
        sa.String(36),
        sa.ForeignKey("decisions.id", name="cards_decision_fk"),
        nullable=False,
        index=True,
    ),
    sa.Column("uuid", sa.String(64), nullable=False, index=True),
    sa.Column("card", sa.Text, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("indicator", sa.Text, nullable=False),
    sa.Column("order", sa.Text, nullable=False),
    sa.Column("statements", sa.JSON, nullable=False),
    sa.Column("suggestions", sa.JSON, nullable=False),
    sa.Column("also_found", sa.JSON, nullable=False),
    _text("mode", "live"),
    *map(_text, ("mode_set_by", "week", "client", "hook", "user_role")),
    sa.Column("shown", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Index("cards_by_uuid", "uuid", "week", "client", "hook", "user_role", "card", "shown"),
)
"""Every card that was decided, withheld ones too. Week, client, hook and role are those of the
decision, so that feedback is counted without looking each one up.
"""

FEEDBACK = sa.Table(
    "feedback",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("received_at", sa.DateTime, nullable=False, index=True),
    sa.Column("service", sa.Text, nullable=False),
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("card", sa.Text, nullable=False, index=True),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("outcome_timestamp", sa.Text, nullable=False),
    sa.Column("accepted_suggestions", sa.JSON, nullable=False),
    sa.Column("reason_system", sa.Text, nullable=False),
    sa.Column("reason_code", sa.Text, nullable=False),
    sa.Column("reason_display", sa.Text, nullable=False),
    sa.Column("user_comment", sa.Text, nullable=False),
    sa.Index("feedback_by_card", "card", "id", "client", "outcome", "reason_code"),
)
"""Every event as it came: no uniqueness, and no demand that the card is known (R119)."""

REPLAY = sa.Table(
    "replay",
    METADATA,
    sa.Column("issuer", sa.Text, primary_key=True),
    sa.Column("token_id", sa.Text, primary_key=True),
    sa.Column("expires", sa.Float, nullable=False, index=True),
)


MODES = sa.Table(
    "modes",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("since", sa.DateTime, nullable=False),
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("mode", sa.Text, nullable=False),
)
"""Which mode was set for what since when; `client` is empty for the table of the site."""

CALLS = sa.Table(
    "calls",
    METADATA,
    *(sa.Column(name, sa.Text, primary_key=True) for name in ("day", "client", "hook", "outcome")),
    sa.Column("times", sa.Integer, nullable=False),
)
"""How often each client called each hook a day, and how it was answered: "decided", "not
concerned" or the status of a refusal. The client is empty where nobody proved who called.
"""

TALLIES = sa.Table(
    "tallies",
    METADATA,
    *(
        sa.Column(name, sa.Text, primary_key=True)
        for name in ("week", "client", "hook", "user_role", "kind", "name", "detail", "reason")
    ),
    sa.Column("times", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""What decisions, cards, feedback and unknown facts come to, by week; see tallies.py."""

TALLIED = sa.Table("tallied", METADATA, sa.Column("feedback", sa.Integer, primary_key=True))
"""One row: the id of the last feedback that stands in the tallies."""

KEPT_REQUESTS = sa.Table(
    "kept_requests",
    METADATA,
    sa.Column("decision", sa.String(36), primary_key=True),
    sa.Column("kept_at", sa.DateTime, nullable=False, index=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)
"""What came and what was fetched, encrypted with a key that is not in the database."""


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


def is_in_memory(url: sa.URL) -> bool:
    """Say whether a database lasts no longer than its connection, and is not shared with other
    processes.
    """
    return url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")


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


def _postgresql_options() -> dict[str, Any]:
    connect = {"connect_timeout": 2, "tcp_user_timeout": STATEMENT_MS}
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
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    connection.execute(f"SET lock_timeout = {BUSY_MS}")
    connection.execute(f"SET statement_timeout = {STATEMENT_MS}")
    connection.commit()


def upgrade_schema(engine: sa.Engine) -> str | None:
    """Bring the database to the newest schema and return the migration it was at, None for a new
    one; of several workers that start together one does it and the others wait.

    Raises: StoreUnavailable.
    """
    try:
        with engine.connect() as connection:
            _lock_schema(connection)
            before = _schema_of(connection)
            if before != NEWEST_SCHEMA:
                _migrate(connection)
            connection.commit()
            return before
    except DBAPIError as error:
        raise StoreUnavailable(
            f"the database cannot be upgraded ({type(error.orig).__name__})"
        ) from None


def _schema_of(connection: sa.Connection) -> str | None:
    """Return the migration that a database was last brought to; None for a new one."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(
        sa.text("SELECT version_num FROM alembic_version")
    ).scalar()
    return version


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
        raise StoreUnavailable(
            "the database has a schema that this version does not know; was it used by a newer one?"
        ) from None


def _lock_schema(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA busy_timeout={UPGRADE_WAIT_MS}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_MS}")
    else:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {UPGRADE_WAIT_MS}")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})")
