"""The tables of what two site files, or two versions, answer otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from population.report.counts import Counts
from population.report.small_counts import hidden_in_parts, shown, simple_rows, total
from population.report.tables import MOST_ROWS, Table
from population.report.unseen import hidden_names

Move = tuple[str, str, str, str]
"""Rule and cards before, rule and cards after."""


def change_tables(
    changes: Iterable[Mapping[str, Any]], counts: Counts, show_small: bool
) -> list[Table]:
    """Return what two policies answer otherwise, by rule and by fact.

    Args:
        counts: those of the decisions before, changed or not.
    """
    moves: Counter[Move] = Counter()
    facts: Counter[str] = Counter()
    for change in changes:
        before, after = ", ".join(change["cards_before"]), ", ".join(change["cards_after"])
        moves[change["rule_before"], before, change["rule_after"], after] += 1
        facts.update([*change["facts"], *(f"setting {key}" for key in change["settings"])])
    many = total(sum(counts.rules.values()), show_small)
    rows = _moves(moves, counts, show_small)[:MOST_ROWS]
    note = (
        f"Of {many} decisions those that the second site file, or the other version, answers by "
        f"another rule, with other cards or louder or quieter; another dose or product in the same "
        f"card is not told here."
    )
    head = ("From", "To", "Decisions")
    by_fact = dict(sorted(facts.items(), key=lambda item: (-item[1], item[0])))
    tables = [
        Table("changes", "Differences", note, head, rows),
        Table(
            "change-facts",
            "Which fact or setting did it",
            "Facts that differ; where none does, the settings that do, or what the rules look at.",
            ("Fact or setting", "Decisions"),
            simple_rows(by_fact, show_small),
        ),
    ]
    return [table for table in tables if table.rows]


def _moves(
    moves: Mapping[Move, int], counts: Counts, show_small: bool
) -> tuple[tuple[Any, ...], ...]:
    """Return the moves. How many decisions of a rule stay follows from its count and its moves, so
    they are hidden as if those that stay were one of them. Of a rule or a card that stands in no
    table with its count they tell it where all move, and are not shown either.
    """
    parts: dict[str, Counter[Move]] = {}
    for move, count in moves.items():
        parts.setdefault(move[0], Counter())[move] += count
    for rule, part in parts.items():
        part[rule, "", rule, ""] = max(0, counts.rules.get(rule, 0) - part.total())
    unseen = frozenset().union(*hidden_names(counts, show_small))
    hidden = hidden_in_parts(moves, parts.values(), show_small) | {
        move for move in moves if not unseen.isdisjoint((move[0], *move[1].split(", ")))
    }
    return tuple(
        (
            f"{rule or 'not decided'} ({cards or 'no card'})",
            f"{then or 'not decided'} ({then_cards or 'no card'})",
            shown(count, (rule, cards, then, then_cards) in hidden),
        )
        for (rule, cards, then, then_cards), count in sorted(
            moves.items(), key=lambda one: (-one[1], one[0])
        )
    )
