"""What is wrong with a database, in words: where it is, what was found and what was expected, and
nothing of what was to be stored.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

A_FILE = "expected a SQLite database file"

_SQLITE = {
    "SQLITE_NOTADB": f"is no SQLite database, or a damaged one; {A_FILE}",
    "SQLITE_CORRUPT": f"is damaged; {A_FILE}, as `b12-cds store restore` makes from a backup",
    "SQLITE_CANTOPEN": "cannot be opened; expected a file, in a folder, that the service may write",
    "SQLITE_PERM": "cannot be opened; expected a file that the service may write",
    "SQLITE_READONLY": "may only be read; expected one that the service may write",
    "SQLITE_BUSY": "is locked by another program; expected it to be free",
    "SQLITE_LOCKED": "is locked by another program; expected it to be free",
    "SQLITE_FULL": "cannot grow; expected room on its disk",
    "SQLITE_IOERR": "cannot be read or written; expected a disk that works",
    "SQLITE_ERROR": "lacks tables that are expected, or has others of their names",
}
"""What the codes of SQLite mean, whatever detail follows them."""

_POSTGRESQL = {
    "08": "cannot be reached, or refuses the connection",
    "28": "does not accept this user or password",
    "3D": "does not exist on its server",
    "42": "lacks tables that are expected, or has others of their names",
    "42501": "does not give this user the right",
    "53": "has no room or no connection left",
    "55": "is locked by another program; expected it to be free",
    "57": "ended or interrupted the work, or took too long",
}
"""What the codes of PostgreSQL mean, the whole code before its class."""


def say_failure(url: sa.URL, error: Exception) -> str:
    """Return where a database is and why it failed; where that is not known, the kind of error."""
    cause = getattr(error, "orig", None) or error
    is_file = url.get_backend_name() == "sqlite"
    why = _why_sqlite(url.database, cause) if is_file else _why_postgresql(cause)
    return f"{_place(url)} {why}"


SAID = 5
"""How many tables of another program are named."""


def say_foreign(url: sa.URL, tables: list[str]) -> str:
    """Say that a database without a schema of ours holds tables of these names."""
    more = f" and {len(tables) - SAID} more" if len(tables) > SAID else ""
    found = f"has tables ({', '.join(tables[:SAID])}{more}) and no version of this program"
    return f"{_place(url)} {found}; expected an empty database, or one of this program"


def say_newer(url: sa.URL, newest: str) -> str:
    """Say that the schema of a database is none that this version knows."""
    return (
        f"{_place(url)} has a schema that this version does not know; expected {newest} or an "
        "older one: was it used by a newer version?"
    )


def _place(url: sa.URL) -> str:
    if url.get_backend_name() == "sqlite":
        return f"the file {url.database}" if url.database else "the database in memory"
    return f"the database {url.database} on {url.host or 'this machine'}"


def _why_sqlite(file: str | None, cause: Any) -> str:
    if file and Path(file).is_dir():
        return f"is a folder; {A_FILE}"
    if file and not Path(file).parent.is_dir():
        return "lies in a folder that does not exist; expected one that the service may write"
    name = "_".join(str(getattr(cause, "sqlite_errorname", "")).split("_")[:2])
    return _SQLITE.get(name) or _unknown(cause)


def _why_postgresql(cause: Any) -> str:
    code = getattr(cause, "sqlstate", None) or ""
    if not code and type(cause).__name__ == "OperationalError":
        code = "08"
    return _POSTGRESQL.get(code) or _POSTGRESQL.get(code[:2]) or _unknown(cause)


def _unknown(cause: Any) -> str:
    return f"failed ({type(cause).__name__})"
