"""The test patients with the answers that must come."""

from __future__ import annotations

from pathlib import Path

from synthetic import STORIES

PAGE = Path(__file__).parents[2] / "docs" / "generated" / "sandbox-patients.md"

HEAD = """# The test patients

Made-up people, one or more for every rule and card, with what must be answered. Written by
`./run pages`; `b12-cds sandbox patients` lists them with their requests. Those with a star need a
part of a site file of their own, which `--json` shows.

| patient | story | asked | rule | cards |
|---|---|---|---|---|
"""


def render() -> str:
    """Return the page."""
    rows = [
        f"| {story.name}{' *' if story.site else ''} | {story.what} "
        f"| {'an order is signed' if story.orders else 'the chart is opened'} "
        f"| {story.rule} | {', '.join(story.cards) or 'none'} |\n"
        for story in STORIES
    ]
    return HEAD + "".join(rows)
