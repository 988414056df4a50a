"""Reasons of unknown facts that the first release kept in words, which may quote dates and results
of the record, become codes as they are kept since (R187).
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ROWS_AT_ONCE = 2000

CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""The shape of a code; words hold blanks."""

SAME = {"none recorded": "none-recorded"}
"""Words that a code says as well."""

OTHER = "other"


def upgrade() -> None:
    """Write the codes over the words, in the decisions of the first release and in the counts."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":  # what stood there is written over
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    _of_decisions(connection)
    _of_counts(connection)


def _of_decisions(connection: sa.Connection) -> None:
    names = (sa.column("id", sa.Text), sa.column("program_version", sa.Text))
    decisions = sa.table("decisions", *names, sa.column("unknown_facts", sa.JSON))
    first_release = decisions.c.program_version == ""
    last = ""
    while True:
        rows = connection.execute(
            sa.select(decisions.c.id, decisions.c.unknown_facts)
            .where(first_release & (decisions.c.id > last))
            .order_by(decisions.c.id)
            .limit(ROWS_AT_ONCE)
        ).all()
        if not rows:
            return
        last = rows[-1][0]
        coded = [(row, {fact: _code(why) for fact, why in facts.items()}) for row, facts in rows]
        connection.execute(
            sa.update(decisions)
            .where(decisions.c.id == sa.bindparam("row"))
            .values(unknown_facts=sa.bindparam("facts")),
            [{"row": row, "facts": facts} for row, facts in coded],
        )


def _of_counts(connection: sa.Connection) -> None:
    key = ("week", "client", "hook", "user_role", "kind", "name", "detail", "reason")
    columns = [sa.column(name, sa.Text) for name in key]
    tallies = sa.table("tallies", *columns, sa.column("times", sa.Integer))
    rows = connection.execute(sa.select(tallies).where(tallies.c.kind == "unknown")).all()
    counted: dict[tuple[str, ...], int] = {}
    for *place, detail, reason, times in rows:
        coded = (*place, _code(detail), reason)
        counted[coded] = counted.get(coded, 0) + times
    connection.execute(sa.delete(tallies).where(tallies.c.kind == "unknown"))
    if counted:
        added = [dict(zip((*key, "times"), (*row, n), strict=True)) for row, n in counted.items()]
        connection.execute(sa.insert(tallies), added)


def _code(why: str) -> str:
    return why if CODE.fullmatch(why) else SAME.get(why, OTHER)
