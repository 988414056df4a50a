"""`b12-cds store`: backup, restore, retention and upgrade of the database."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cds_service.site import Settings
from cli.parsing import Refusal, days, settings_of, take_site_file

if TYPE_CHECKING:
    import sqlalchemy as sa

OURS = {"alembic_version", "decisions"}  # tables by which a store is known


def add_store(commands: Any) -> None:
    """Add the group of commands to the parser."""
    text = "backup, restore, retention and upgrade of the database"
    store = commands.add_parser("store", help=text, description=f"{text.capitalize()}.")
    each = store.add_subparsers(title="commands", metavar="COMMAND", required=True)
    backup = _add(
        each, "backup", _backup, "copy the database into a new file while the service runs"
    )
    backup.description = (
        "Copies a SQLite database into one file of the same kind; of a PostgreSQL database pg_dump "
        "makes an archive for pg_restore. An existing file is never overwritten. The keys of the "
        "patients' hash and of kept requests are not in it."
    )
    backup.add_argument("out", type=Path, metavar="OUT", help="the new file")
    restore = _add(
        each, "restore", _restore, "bring a backup to the place that the site file names"
    )
    restore.description = (
        "Reads a backup through and puts it where the store of the site file is, while the service "
        "is stopped. Nothing is overwritten: a SQLite file there is to be moved away first, and a "
        "PostgreSQL database must be empty; pg_restore fills it."
    )
    restore.add_argument("backup", type=Path, metavar="BACKUP", help="what `store backup` wrote")
    text = "delete old decisions with their cards, feedback and kept requests"
    prune = _add(each, "prune", _prune, text)
    prune.add_argument(
        "--older-than", type=days, required=True, metavar="400d", help="what is older than that"
    )
    _add(each, "upgrade", _upgrade, "bring the database to the newest schema")


def _add(each: Any, name: str, run: Any, text: str) -> argparse.ArgumentParser:
    """Add one command, which takes a site file."""
    command: argparse.ArgumentParser = each.add_parser(name, help=text)
    take_site_file(command)
    command.set_defaults(run=run)
    return command


def _backup(chosen: argparse.Namespace) -> int:
    url = _existing(settings_of(chosen))
    out: Path = chosen.out
    if out.exists() or out.is_symlink():
        raise Refusal(f"{out}: exists already, expected the name of a new file.")
    try:
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    except OSError as error:
        raise Refusal(f"{out}: {error.strerror or 'cannot be written'}.") from None
    os.close(handle)  # readable by its owner only
    try:
        if url.get_backend_name() == "sqlite":
            _copy_sqlite(str(url.database), name)
            tables = _tables_in(name)
        else:
            tables = _dump_postgresql(url, name)
        if not tables >= OURS:
            raise Refusal(f"{url.database}: holds no tables of this store; nothing is written.")
        _publish(name, out)
    finally:
        Path(name).unlink(missing_ok=True)
    print(f"{out} is written, {out.stat().st_size} bytes.")
    return 0


def _publish(name: str, out: Path) -> None:
    """Give a finished backup its name, so that half a backup never bears it."""
    with open(name, "rb") as file:
        os.fsync(file.fileno())
    try:
        os.link(name, out)
    except FileExistsError:
        raise Refusal(f"{out}: exists already, expected the name of a new file.") from None
    except OSError:  # a file system that gives no file two names, as of shares and sticks
        os.rename(name, out)


def _copy_sqlite(database: str, out: str) -> None:
    """Copy a database as it stands at one moment, and read the copy through."""
    source = f"{Path(database).resolve().as_uri()}?mode=ro"
    try:
        with (
            closing(sqlite3.connect(source, uri=True)) as old,
            closing(sqlite3.connect(out)) as new,
        ):
            old.backup(new)
            new.execute("PRAGMA journal_mode=DELETE")  # all of it in this one file
            [verdict] = new.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        raise Refusal(f"{database}: cannot be copied ({type(error).__name__}).") from None
    if verdict != "ok":
        raise Refusal(f"{database}: is damaged, so that no backup was made.")


def _dump_postgresql(url: sa.URL, out: str) -> set[str]:
    """Dump a database, and return its tables."""
    from cds_service.records import open_engine

    program = shutil.which("pg_dump")
    if program is None:
        raise Refusal("pg_dump was not found, which makes the backup of a PostgreSQL database.")
    tables = _tables_of(open_engine(url.render_as_string(hide_password=False)))
    status = _run_on(url, [program, "--format=custom", "--file", out])
    if status:
        raise Refusal(f"pg_dump could not make the backup (its exit status is {status}).")
    return tables


def _run_on(url: sa.URL, command: list[str]) -> int:
    """Run a program of PostgreSQL on a database, and return its exit status."""
    address = url._replace(drivername="postgresql", password=None).render_as_string()
    password = {"PGPASSWORD": str(url.password)} if url.password else {}
    done = subprocess.run(
        [*command[:1], "--no-password", "--dbname", address, *command[1:]],
        env={**os.environ, **password},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode


def _restore(chosen: argparse.Namespace) -> int:
    from cds_service.records import is_in_memory, open_engine

    backup: Path = chosen.backup
    if not backup.is_file():
        raise Refusal(f"{backup}: there is no such backup.")
    engine = open_engine(settings_of(chosen).store_url)
    try:
        if is_in_memory(engine.url):
            raise Refusal("The store is in memory only, expected a file or a PostgreSQL database.")
        if engine.url.get_backend_name() == "sqlite":
            _restore_sqlite(backup, Path(str(engine.url.database)))
        else:
            _restore_postgresql(backup, engine)
    finally:
        engine.dispose()
    print(
        f"{backup} is restored. The keys are not in a backup: patients are found again with the "
        f"patient_key of then."
    )
    return 0


def _restore_sqlite(backup: Path, database: Path) -> None:
    """Put a backup in the place of the database, where nothing is: half of one never bears its
    name.
    """
    for path in (database, *(Path(f"{database}{ending}") for ending in ("-wal", "-shm"))):
        if path.exists() or path.is_symlink():
            raise Refusal(f"{path}: is there; stop the service and move it away first.")
    try:
        handle, name = tempfile.mkstemp(dir=database.parent, prefix=f".{database.name}.")
    except OSError as error:
        raise Refusal(f"{database}: {error.strerror or 'cannot be written'}.") from None
    os.close(handle)  # readable by its owner only
    try:
        _copy_sqlite(str(backup), name)
        if not _tables_in(name) >= OURS:
            raise Refusal(f"{backup}: is no backup of this store.")
        with closing(sqlite3.connect(name)) as copy:
            [schema] = copy.execute("SELECT max(version_num) FROM alembic_version").fetchone()
        _check_schema(backup, schema or "")
        _publish(name, database)
    finally:
        Path(name).unlink(missing_ok=True)


def _check_schema(backup: Path, schema: str) -> None:
    """Refuse a backup whose schema this version does not know: the start would refuse it."""
    from cds_service.records import KNOWN_SCHEMAS, NEWEST_SCHEMA

    if schema not in KNOWN_SCHEMAS:
        raise Refusal(
            f"{backup}: has schema {schema or 'none'}, which this version does not know; expected "
            f"{NEWEST_SCHEMA} or an older one. Nothing is written; restore it with the version of "
            f"the program that made it, or a newer one."
        )


def _tables_in(database: str) -> set[str]:
    """Return the tables of a SQLite file."""
    with closing(sqlite3.connect(database)) as opened:
        found = opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return {name for (name,) in found}


def _restore_postgresql(backup: Path, engine: sa.Engine) -> None:
    program = shutil.which("pg_restore")
    if program is None:
        raise Refusal("pg_restore was not found, which fills a PostgreSQL database.")
    if _tables_of(engine):
        raise Refusal("The database holds tables already, expected an empty one.")
    _check_schema(backup, _schema_in_archive(program, backup))
    options = ["--no-owner", "--single-transaction", "--exit-on-error"]
    status = _run_on(engine.url, [program, *options, str(backup)])
    if status:
        raise Refusal(f"pg_restore could not fill the database (its exit status is {status}).")


def _tables_of(engine: sa.Engine) -> set[str]:
    """Return the tables of a database. Raises: Refusal when it cannot be asked."""
    import sqlalchemy as sa

    from cds_service.records import say_failure

    try:
        return set(sa.inspect(engine).get_table_names())
    except sa.exc.SQLAlchemyError as error:
        raise Refusal(f"The store cannot be used: {say_failure(engine.url, error)}.") from None


def _schema_in_archive(program: str, backup: Path) -> str:
    """Return the schema that an archive of pg_dump holds; it writes nothing into a database."""
    options = ["--data-only", "--table=alembic_version", "--file=/dev/stdout"]
    done = subprocess.run(
        [program, *options, str(backup)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Refusal(f"{backup}: is no archive that pg_restore reads, as `store backup` makes it.")
    _, copy, rows = done.stdout.partition("\nCOPY ")
    first, *_ = [*rows.splitlines()[1:2], ""]
    if not copy or first in ("", "\\."):
        raise Refusal(f"{backup}: is no backup of this store.")
    return first


def _prune(chosen: argparse.Namespace) -> int:
    from cds_service.records import Store, StoreUnavailable

    settings = settings_of(chosen)
    _existing(settings)
    store = Store(settings.store_url)
    before = dt.datetime.now(dt.UTC) - dt.timedelta(days=chosen.older_than)
    try:
        gone = store.prune(before)
    except StoreUnavailable as error:
        raise Refusal(f"{str(error).rstrip('.')}; what is deleted already stays so.") from None
    finally:
        store.close()
    print(
        f"Deleted: {gone['decisions']} decisions, {gone['cards']} cards, {gone['feedback']} "
        f"feedback, {gone['kept_requests']} kept requests, from before {before:%Y-%m-%d %H:%M} UTC."
    )
    return 0


def _upgrade(chosen: argparse.Namespace) -> int:
    from cds_service.records import NEWEST_SCHEMA, StoreUnavailable, open_engine, upgrade_schema

    engine = open_engine(settings_of(chosen).store_url)
    try:
        before = upgrade_schema(engine)
    except StoreUnavailable as error:
        raise Refusal(str(error) if str(error).endswith("?") else f"{error}.") from None
    finally:
        engine.dispose()
    if before is None:
        print(f"A new database is made, at migration {NEWEST_SCHEMA}.")
    elif before == NEWEST_SCHEMA:
        print(f"The database is at migration {NEWEST_SCHEMA} already.")
    else:
        print(f"The database is upgraded from migration {before} to {NEWEST_SCHEMA}.")
    return 0


def _existing(settings: Settings) -> sa.URL:
    """Return the URL of the store; a SQLite file that is not there is refused, not made."""
    from cds_service.records import is_in_memory, open_engine

    url = open_engine(settings.store_url).url
    if is_in_memory(url):
        raise Refusal("The store is in memory only, expected a file or a PostgreSQL database.")
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).is_file():
        raise Refusal(f"{url.database}: there is no such database.")
    return url
