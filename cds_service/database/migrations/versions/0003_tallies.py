"""Counts by week that are kept up on write, instead of indexes walked through on reading."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ROWS_AT_ONCE = 2000
LONGEST = 64
KEYS = ("week", "client", "hook", "user_role", "kind", "name", "detail", "reason")
INDEXES = (
    ("decisions_by_week", "decisions"),
    ("decisions_by_unknown", "decisions"),
    ("cards_by_week", "cards"),
)


def upgrade() -> None:
    """Count what is there; then drop what served to count it."""
    op.create_table(
        "tallies",
        *(sa.Column(name, sa.Text, primary_key=True) for name in KEYS),
        sa.Column("times", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table("tallied", sa.Column("feedback", sa.Integer, primary_key=True))
    connection = op.get_bind()
    for select in (DECIDED, FIRED, ANSWERED, COMMENTED, STRAY[connection.dialect.name]):
        connection.execute(sa.text(f"INSERT INTO tallies {select}"))
    _count_unknown(connection)
    connection.execute(sa.text("INSERT INTO tallied SELECT coalesce(max(id), 0) FROM feedback"))
    for name, table in INDEXES:
        op.drop_index(name, table)
    op.drop_column("decisions", "unknown_key")


DECIDED = f"""
SELECT week, client, hook, substr(user_role, 1, {LONGEST}), 'decided', '', '', '', count(*)
FROM decisions GROUP BY 1, 2, 3, 4
"""

FIRED = f"""
SELECT week, client, hook, substr(user_role, 1, {LONGEST}), 'fired', card, mode,
CASE WHEN shown THEN 'shown' ELSE 'withheld' END, count(*)
FROM cards GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""

REASON = f"""
substr(trim(CASE WHEN reason_code <> '' THEN reason_code ELSE reason_display END), 1, {LONGEST})
"""

CARD = f"cards.week, cards.client, cards.hook, substr(cards.user_role, 1, {LONGEST})"
HEARD = """
FROM feedback CROSS JOIN cards
WHERE cards.uuid = feedback.card AND cards.client = feedback.client AND cards.shown
"""

ANSWERED = f"""
SELECT {CARD}, 'answered', cards.card, outcome, {REASON}, count(*) {HEARD}
AND NOT EXISTS (SELECT 1 FROM feedback later WHERE later.card = feedback.card
AND later.client = feedback.client AND later.id > feedback.id) GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""

COMMENTED = f"""
SELECT {CARD}, 'commented', cards.card, '', '', count(*) {HEARD}
AND user_comment <> '' GROUP BY 1, 2, 3, 4, 5, 6
"""

MONDAY = {
    "sqlite": "date(received_at, 'weekday 0', '-6 days')",
    "postgresql": "to_char(date_trunc('week', received_at), 'YYYY-MM-DD')",
}

STRAY = {
    dialect: f"""
SELECT {monday}, client, '', '', 'stray', '', '', '', count(*) FROM feedback
WHERE NOT EXISTS (SELECT 1 FROM cards WHERE cards.uuid = feedback.card
AND cards.client = feedback.client AND cards.shown)
AND NOT EXISTS (SELECT 1 FROM feedback earlier WHERE earlier.card = feedback.card
AND earlier.client = feedback.client AND earlier.id < feedback.id) GROUP BY 1, 2
"""
    for dialect, monday in MONDAY.items()
}


def _count_unknown(connection: sa.Connection) -> None:
    """Count unknown facts by week, client and hook; decisions with the same ones go together."""
    decisions = sa.table(
        "decisions",
        *(sa.column(name, sa.Text) for name in ("id", "week", "client", "hook", "unknown_key")),
        sa.column("unknown_facts", sa.JSON),
    )
    by = (decisions.c.week, decisions.c.client, decisions.c.hook, decisions.c.unknown_key)
    groups = connection.execute(
        sa.select(*by, sa.func.min(decisions.c.id), sa.func.count()).group_by(*by)
    ).all()
    examples = {key: example for *_, key, example, _ in groups}
    facts = _unknown_facts(connection, decisions, examples)
    counted: dict[tuple[str, ...], int] = {}
    for week, client, hook, key, _, number in groups:
        for fact, reason in facts[key].items():
            place = (week, client, hook, fact, reason[:LONGEST])
            counted[place] = counted.get(place, 0) + number
    rows = [
        {"week": week, "client": client, "hook": hook, "fact": fact, "why": why, "times": times}
        for (week, client, hook, fact, why), times in counted.items()
    ]
    if rows:
        add = "INSERT INTO tallies VALUES (:week, :client, :hook, '', 'unknown', :fact, :why, '', "
        connection.execute(sa.text(f"{add}:times)"), rows)


def _unknown_facts(
    connection: sa.Connection, decisions: sa.TableClause, examples: dict[str, str]
) -> dict[str, dict[str, str]]:
    """Return the unknown facts of each key, read from one decision that has them."""
    keys = {example: key for key, example in examples.items()}
    found: dict[str, dict[str, str]] = {}
    ids = list(keys)
    for start in range(0, len(ids), ROWS_AT_ONCE):
        query = sa.select(decisions.c.id, decisions.c.unknown_facts).where(
            decisions.c.id.in_(ids[start : start + ROWS_AT_ONCE])
        )
        found |= {keys[identity]: dict(facts) for identity, facts in connection.execute(query)}
    return found
