"""Counts of the versions that decided, by week, so that the charts show since when each decides."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

LONGEST = 64
WHAT = ("program", "knowledge", "policy", "terminology")


def upgrade() -> None:
    """Count the versions of the decisions that are there."""
    for what in WHAT:
        op.get_bind().execute(sa.text(COUNT.format(what=what)))


COUNT = f"""
INSERT INTO tallies SELECT week, client, hook, '', 'version', '{{what}}',
substr({{what}}_version, 1, {LONGEST}), '', count(*)
FROM decisions WHERE {{what}}_version <> '' GROUP BY 1, 2, 3, 7
"""
