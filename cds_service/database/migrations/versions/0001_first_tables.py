"""Decisions with their cards, feedback, and the token ids that were used."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "decisions",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("received_at", sa.DateTime, nullable=False, index=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("service", "hook")),
        sa.Column("hook_instance", sa.Text, nullable=False, index=True),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("client", "issuer", "tenant", "token_id")
        ),
        sa.Column("patient", sa.String(64), nullable=False, index=True),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("duration_ms", sa.Float, nullable=False),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("policy_version", "knowledge_version")
        ),
        *(
            sa.Column(name, sa.JSON, nullable=False)
            for name in ("prefetch", "unknown_facts", "timings_ms")
        ),
    )
    op.create_table(
        "cards",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "decision",
            sa.String(36),
            sa.ForeignKey("decisions.id", name="cards_decision_fk"),
            nullable=False,
            index=True,
        ),
        sa.Column("uuid", sa.String(64), nullable=False, index=True),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("card", "rule", "indicator", "order")
        ),
        *(
            sa.Column(name, sa.JSON, nullable=False)
            for name in ("statements", "suggestions", "also_found")
        ),
    )
    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("received_at", sa.DateTime, nullable=False, index=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("service", "client")),
        sa.Column("card", sa.Text, nullable=False, index=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("outcome", "outcome_timestamp")),
        sa.Column("accepted_suggestions", sa.JSON, nullable=False),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("reason_system", "reason_code", "reason_display", "user_comment")
        ),
    )
    op.create_table(
        "replay",
        sa.Column("issuer", sa.Text, primary_key=True),
        sa.Column("token_id", sa.Text, primary_key=True),
        sa.Column("expires", sa.Float, nullable=False, index=True),
    )
