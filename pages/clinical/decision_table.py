"""docs/generated/decision-table.md: every row as it is built, to be laid beside the clinical
documents.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from recommender.cards import CARDS, OVERRIDE_REASONS, Indicator, severity_key
from recommender.deficiency.deficiency_rows import ROWS
from recommender.guidance.regimens import CATALOGUE
from recommender.language.dose_words import describe
from recommender.precautions.modifiers import MODIFIERS, Modifier
from recommender.treatment.table import RULES

PAGE = Path(__file__).parents[2] / "docs" / "generated" / "decision-table.md"

HEAD = """# The decision table as it is built

Generated from the tables of the recommender by `./run pages`, in the order in which they are read:
the first row that holds decides. Rows that accumulate are named with the rows beside which they do.
"""


def render() -> str:
    """Return the page."""
    return "\n".join(
        [HEAD, *_deficiency(), *_rules(), *_regimens(), *_modifiers(), *_cards(), *_reasons()]
    )


def _table(title: str, columns: str, rows: Iterable[str]) -> Iterator[str]:
    yield from (f"## {title}", "", f"| {columns} |", "|---" * len(columns.split("|")) + "|")
    yield from (f"| {row} |" for row in rows)
    yield ""


def _deficiency() -> Iterator[str]:
    rows = (f"{row.id} | {row.words} | {row.deficiency.value}" for row in ROWS)
    return _table("How sure we are of deficiency", "row | when | deficiency", rows)


def _rules() -> Iterator[str]:
    rows = (
        f"{rule.id} | "
        f"{'; '.join(condition.words for condition in rule.when) or 'nothing above holds'} | "
        f"{rule.outcome.value} | "
        f"{rule.summary}{_beside(rule.beside)} | {', '.join(rule.citations)}"
        for rule in RULES
    )
    return _table(
        "What is recommended", "row | when all of these hold | outcome | in words | rests on", rows
    )


def _beside(rows: tuple[str, ...]) -> str:
    return f" (beside {', '.join(rows)})" if rows else ""


def _regimens() -> Iterator[str]:
    rows = (
        f"{phase.id} | {phase.kind.value} | {describe(phase)} | {phase.ends} | "
        f"{'for life' if phase.lifelong else ''} | "
        f"{'after loading' if phase.starts_after_loading else 'now'} | {', '.join(phase.citations)}"
        for phase in CATALOGUE
    )
    return _table("The regimens", "phase | kind | in words | ends | kept | starts | rests on", rows)


def _modifiers() -> Iterator[str]:
    rows = (
        f"{item.id} | {_only(item)} | {item.text} | {', '.join(item.citations)}"
        for item in MODIFIERS
    )
    return _table("What goes with a recommendation", "modifier | only | says | rests on", rows)


def _only(item: Modifier) -> str:
    if item.tablets:
        return "with injections, where tablets may be taken from the start"
    return "with injections" if item.injection else ""


def _cards() -> Iterator[str]:
    loudest_first = sorted(CARDS, key=lambda card: severity_key(card, Indicator.WARNING))
    rows = (
        f"{card.id} | {card.summary} | {', '.join(reason.code for reason in card.overrides)}"
        for card in loudest_first
    )
    return _table(
        "The cards, in the order in which one leads the others",
        "card | first line | reasons to go against it",
        rows,
    )


def _reasons() -> Iterator[str]:
    rows = (
        f"{reason.code} | {reason.display} | {'yes' if reason.requires_comment else ''}"
        for reason in OVERRIDE_REASONS
    )
    return _table("Reasons to go against a card", "code | in words | comment needed", rows)
