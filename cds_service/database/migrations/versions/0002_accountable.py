"""What accountability needs of each decision, the mode of each card, the modes over time, and
requests that are kept to be decided again.
"""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ROWS_AT_ONCE = 2000

MONDAY = {
    "sqlite": "date(received_at, 'weekday 0', '-6 days')",
    "postgresql": "to_char(date_trunc('week', received_at), 'YYYY-MM-DD')",
}
"""The Monday of the week of a decision."""


def upgrade() -> None:
    """Add the columns and tables, and fill what follows from the rows that are there."""
    _add("decisions", *DECISION_TEXTS)
    op.add_column("decisions", sa.Column("facts", sa.JSON, nullable=False, server_default="{}"))
    _add("cards", *CARD_TEXTS)
    op.add_column("cards", sa.Column("shown", sa.Boolean, nullable=False, server_default=sa.true()))
    op.create_table(
        "modes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("since", sa.DateTime, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("client", "what", "mode")),
    )
    op.create_table(
        "kept_requests",
        sa.Column("decision", sa.String(36), primary_key=True),
        sa.Column("kept_at", sa.DateTime, nullable=False, index=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "calls",
        *(sa.Column(name, sa.Text, primary_key=True) for name in CALL_KEY),
        sa.Column("times", sa.Integer, nullable=False),
    )
    _fill()
    for name, table, columns in INDEXES:
        op.create_index(name, table, list(columns))


DECISION_TEXTS = (
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
    "unknown_key",
)
CARD_TEXTS = ("mode", "mode_set_by", "week", "client", "hook", "user_role")
CALL_KEY = ("day", "client", "hook", "outcome")
INDEXES = (
    ("decisions_by_week", "decisions", ("week", "client", "hook", "user_role")),
    ("decisions_by_unknown", "decisions", ("week", "unknown_key", "id")),
    ("feedback_by_card", "feedback", ("card", "id", "client", "outcome", "reason_code")),
    ("cards_by_uuid", "cards", ("uuid", "week", "client", "hook", "user_role", "card", "shown")),
    ("cards_by_week", "cards", ("week", "client", "hook", "user_role", "card", "mode", "shown")),
)


def _add(table: str, *names: str) -> None:
    for name in names:
        default = "live" if name == "mode" else ""
        op.add_column(
            table, sa.Column(name, sa.Text, nullable=False, server_default=sa.text(f"'{default}'"))
        )


def _fill() -> None:
    connection = op.get_bind()
    monday = MONDAY[connection.dialect.name]
    connection.execute(sa.text(f"UPDATE decisions SET week = {monday}"))
    for name in ("week", "client", "hook"):
        connection.execute(
            sa.text(
                f"UPDATE cards SET {name} = (SELECT {name} FROM decisions "
                f"WHERE decisions.id = cards.decision)"
            )
        )
    _fill_unknown_keys(connection)


def _fill_unknown_keys(connection: sa.Connection) -> None:
    """Give equal sets of unknown facts one short key, in portions by id."""
    decisions = sa.table(
        "decisions",
        sa.column("id", sa.Text),
        sa.column("unknown_facts", sa.JSON),
        sa.column("unknown_key", sa.Text),
    )
    last = ""
    while True:
        rows = connection.execute(
            sa.select(decisions.c.id, decisions.c.unknown_facts)
            .where(decisions.c.id > last)
            .order_by(decisions.c.id)
            .limit(ROWS_AT_ONCE)
        ).all()
        if not rows:
            return
        last = rows[-1][0]
        connection.execute(
            sa.update(decisions)
            .where(decisions.c.id == sa.bindparam("row"))
            .values(unknown_key=sa.bindparam("key")),
            [{"row": identity, "key": _key(unknown)} for identity, unknown in rows],
        )


def _key(unknown: object) -> str:
    return hashlib.sha256(json.dumps(unknown, sort_keys=True).encode()).hexdigest()[:16]
