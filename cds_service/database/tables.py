"""The tables of the store. All times are UTC."""

from __future__ import annotations

import sqlalchemy as sa

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
