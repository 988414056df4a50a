"""docs/generated/facts-and-rules.md: which rule or card reads each fact, or why none does."""

from __future__ import annotations

import textwrap
from pathlib import Path

from recommender.guidance.readers import FACTS, MEMBERS_NOT_READ

PAGE = Path(__file__).parents[2] / "docs" / "generated" / "facts-and-rules.md"

INTRODUCTION = """# Facts and the rules that read them

Every fact that the record can give has a rule, a row or a card that reads it, or a written reason
why none does (Q63). Written by `./run pages` from `recommender/guidance/readers.py`; a test holds
the table to the code.

| fact | read by |
|---|---|
"""

MEMBERS = """
## Values that no rule names

"""


def render() -> str:
    """Return the page."""
    rows = [
        f"| `{name}` | {', '.join(reader.by) if reader.by else f'none: {reader.why_none}'} |"
        for name, reader in FACTS.items()
    ]
    members = (
        textwrap.fill(f"- `{name}`: {why}.", 100, subsequent_indent="  ")
        for name, why in MEMBERS_NOT_READ.items()
    )
    return INTRODUCTION + "\n".join(rows) + "\n" + MEMBERS + "\n".join(members) + "\n"
