"""A database of the first schema is brought to the newest one with its rows, in both databases."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from cds_service.database import (
    CARDS,
    DECISIONS,
    FEEDBACK,
    NEWEST_SCHEMA,
    open_engine,
    upgrade_schema,
)
from cds_service.database.tables import METADATA
from cds_service.database.upgrade import MIGRATIONS
from cds_service.records.record_key import open_words
from cds_service.records.store import Store
from tests.cds_service.records.records import card, decision, rows
from tests.cds_service.records.test_tallies import recount, tallies

FIRST = {
    "service": "b12-order-select",
    "hook": "order-select",
    "hook_instance": "h",
    "client": "Main EHR",
    "issuer": "",
    "tenant": "",
    "token_id": "",
    "patient": "0" * 64,
    "status": 200,
    "duration_ms": 1.0,
    "policy_version": "p",
    "knowledge_version": "2026.11",
    "prefetch": {},
    "timings_ms": {},
}
SAID = ("service", "outcome_timestamp", "reason_system", "reason_display", "user_comment")
IN_WORDS = {
    "mma": "none recorded",
    "inr": "older than 14 days: 2026-10-05",
    "total_b12": "its unit says otherwise: 95 mol",
}
"""Reasons as the first release kept them: with days and values of the record."""

ASIDE = "Mrs Example said no"

SUNDAY = dt.datetime.fromisoformat("2026-11-22T23:59:00")
MONDAY = dt.datetime.fromisoformat("2026-11-23T00:00:00")


def walk(connection: sa.Connection, step: str) -> None:
    """Bring a database to the schema of a migration."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, step)


def make_first_schema(url: str) -> None:
    """Make a database as the first release made it, with two decisions and a card."""
    engine = open_engine(url)
    with engine.connect() as connection:
        walk(connection, "0001")
        old = sa.MetaData()
        old.reflect(connection)
        decided: list[dict[str, Any]] = [
            {**FIRST, "id": "one", "received_at": SUNDAY, "unknown_facts": {"egfr": "none"}},
            {**FIRST, "id": "two", "received_at": MONDAY, "unknown_facts": dict(IN_WORDS)},
        ]
        connection.execute(sa.insert(old.tables["decisions"]), decided)
        sent = {"uuid": "u", "card": "b2", "rule": "M1", "indicator": "info", "order": "x"}
        lists: dict[str, Any] = {"statements": [], "suggestions": [], "also_found": []}
        connection.execute(sa.insert(old.tables["cards"]), [{"decision": "two", **sent, **lists}])
        heard = {**dict.fromkeys(SAID, ""), "received_at": MONDAY, "accepted_suggestions": []}
        heard["service"] = FIRST["service"]
        said = [
            ("u", "accepted", ""),
            ("u", "overridden", "SPECIALIST"),
            ("nobody", "accepted", ""),
        ]
        feedback = [
            {**heard, "client": "Main EHR", "card": uuid, "outcome": outcome, "reason_code": reason}
            for uuid, outcome, reason in said
        ]
        feedback[1]["user_comment"] = ASIDE
        connection.execute(sa.insert(old.tables["feedback"]), feedback)
        connection.commit()
    engine.dispose()


@pytest.fixture
def upgraded(url: str) -> str:
    """Return the URL of a database that began with the first schema."""
    make_first_schema(url)
    store = Store(url, "key")
    store.upgrade()
    store.record_decision(decision(card(), unknown_facts={"egfr": "none"}))
    store.close()
    return url


def test_the_decisions_of_the_first_release_are_there_and_have_their_week(upgraded: str) -> None:
    kept = {row["id"]: row for row in rows(upgraded, DECISIONS)}

    assert len(kept) == 3
    assert (kept["one"]["week"], kept["two"]["week"]) == ("2026-11-16", "2026-11-23")
    assert kept["one"]["facts"] == {}


def test_what_was_there_is_counted_like_what_comes(upgraded: str) -> None:
    assert tallies(upgraded) == recount(upgraded)
    unknown = {key: n for key, n in tallies(upgraded).items() if key.kind == "unknown"}
    assert [(key.week, key.name, key.detail, n) for key, n in sorted(unknown.items())] == [
        ("2026-11-16", "egfr", "none", 2),
        ("2026-11-23", "inr", "other", 1),
        ("2026-11-23", "mma", "none-recorded", 1),
        ("2026-11-23", "total_b12", "other", 1),
    ]


def test_reasons_in_words_of_the_first_release_become_codes_R187(upgraded: str) -> None:
    kept = {row["id"]: row["unknown_facts"] for row in rows(upgraded, DECISIONS)}

    assert kept["one"] == {"egfr": "none"}
    assert kept["two"] == {"mma": "none-recorded", "inr": "other", "total_b12": "other"}
    if upgraded.startswith("sqlite"):
        written = b"".join(file.read_bytes() for file in files_of(upgraded))
        assert b"2026-10-05" not in written
        assert b"95 mol" not in written


def files_of(url: str) -> list[Path]:
    """Return the files of a SQLite database, the log of what was written among them."""
    database = Path(url.removeprefix("sqlite:///"))
    return sorted(database.parent.glob(f"{database.name}*"))


def test_words_of_the_first_release_are_sealed_when_the_service_starts_R187(upgraded: str) -> None:
    store = Store(upgraded, "key")
    store.prepare()
    [said] = [row for row in rows(upgraded, FEEDBACK) if row["user_comment"]]
    store.prepare()
    [again] = [row for row in rows(upgraded, FEEDBACK) if row["user_comment"]]
    store.close()

    assert ASIDE not in said["user_comment"]
    assert open_words(said["user_comment"], said["card"], b"key") == ASIDE
    assert again == said


def test_without_a_key_that_is_kept_no_words_are_sealed(
    url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A key that is made for this process alone would lose them."""
    monkeypatch.delenv("B12_CDS_PATIENT_KEY", raising=False)
    monkeypatch.chdir(tmp_path)
    make_first_schema(url)
    store = Store(url)
    store.prepare()
    store.close()

    assert [row["user_comment"] for row in rows(url, FEEDBACK) if row["user_comment"]] == [ASIDE]


def test_feedback_of_the_first_release_is_counted(upgraded: str) -> None:
    """Two words on one card count as the last, one on a card that nobody knows as a stray."""
    said = {key[4:]: n for key, n in tallies(upgraded).items() if key.kind in ("answered", "stray")}

    assert said == {("answered", "b2", "overridden", "SPECIALIST"): 1, ("stray", "", "", ""): 1}


def test_a_card_of_the_first_release_was_shown_live_to_its_client(upgraded: str) -> None:
    [row] = [row for row in rows(upgraded, CARDS) if row["decision"] == "two"]

    assert (row["mode"], row["shown"], row["client"], row["hook"], row["week"]) == (
        "live",
        True,
        "Main EHR",
        "order-select",
        "2026-11-23",
    )


def test_the_newest_schema_is_the_one_of_the_tables(upgraded: str) -> None:
    engine = open_engine(upgraded)
    found = sa.MetaData()
    with engine.connect() as connection:
        found.reflect(connection)
        version = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    engine.dispose()

    assert version == NEWEST_SCHEMA
    for table in METADATA.sorted_tables:
        assert set(found.tables[table.name].columns.keys()) == set(table.columns.keys())
        names = {index.name for index in found.tables[table.name].indexes}
        assert {index.name for index in table.indexes} <= names


def described(connection: sa.Connection) -> dict[str, Any]:
    """Return every table with its columns, keys and indexes, and what stands in the small ones."""
    inspector = sa.inspect(connection)
    tables = {
        name: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["default"])
                for column in inspector.get_columns(name)
            },
            "key": inspector.get_pk_constraint(name),
            "others": inspector.get_foreign_keys(name),
            "indexes": sorted(inspector.get_indexes(name), key=str),
        }
        for name in inspector.get_table_names()
    }
    rows = {
        name: connection.execute(sa.text(f"SELECT * FROM {name}")).all()
        for name in ("tallied", "alembic_version")
    }
    return {"tables": tables, "rows": rows}


def test_a_new_database_is_as_the_steps_would_leave_it(url: str) -> None:
    engine = open_engine(url)
    assert upgrade_schema(engine) is None
    with engine.begin() as connection:
        at_once = described(connection)
        METADATA.drop_all(connection)
        connection.execute(sa.text("DROP TABLE alembic_version"))
        walk(connection, "head")
        by_steps = described(connection)

    assert at_once == by_steps
