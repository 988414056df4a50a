"""docs/generated/rule-by-hook.md: which card each rule leads to on each hook, or why none."""

from __future__ import annotations

from pathlib import Path

from recommender.review.spoken import SPOKEN, Where

PAGE = Path(__file__).parents[2] / "docs" / "generated" / "rule-by-hook.md"

HEAD = """# Which rule speaks where

For every rule of the decision table and everything a clinician may be doing: the card, or why the
service is deliberately silent ("s:"). The ids are those of [the cards](cards/index.md); a test
holds the table complete.
"""


def render() -> str:
    """Return the page."""
    columns = [where.value for where in Where]
    lines = [HEAD, f"| rule | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    lines += [
        f"| {rule} | {' | '.join(row[where].words for where in Where)} |"
        for rule, row in SPOKEN.items()
    ]
    return "\n".join(lines) + "\n"
