"""The tables of what two site files, or two versions, answer otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from population.report.counts import Counts
from population.report.small_counts import hidden_in_parts, shown, simple_rows, total
from population.report.tables import MOST_ROWS, Table, said_of_rest
from population.report.unseen import hidden_names

Move = tuple[str, str, str, str, str]
"""Rule and cards before, rule and cards after, and what differs where these do not."""


def change_tables(
    changes: Iterable[Mapping[str, Any]], counts: Counts, show_small: bool, *, offers: bool = True
) -> list[Table]:
    """Return what two policies answer otherwise, by rule and by fact.

    Args:
        counts: those of the decisions before, changed or not.
        offers: whether both sides tell what they offer.
    """
    moves: Counter[Move] = Counter()
    facts: Counter[str] = Counter()
    for change in changes:
        before, after = ", ".join(change["cards_before"]), ", ".join(change["cards_after"])
        otherwise = "" if _is_move(change) else _what_differs(change)
        moves[change["rule_before"], before, change["rule_after"], after, otherwise] += 1
        facts.update([*change["facts"], *(f"setting {key}" for key in change["settings"])])
    many = total(sum(counts.rules.values()), show_small)
    rows = _moves(moves, counts, show_small) or (("every decision", "the same answer", many),)
    note = (
        f"Of {many} decisions those that the second site file, or the other version, answers by "
        f"another rule, with other cards, louder or quieter, or with other orders offered."
    )
    note += "" if offers else NO_OFFERS
    head = ("From", "To", "Decisions")
    by_fact = dict(sorted(facts.items(), key=lambda item: (-item[1], item[0])))
    tables = [
        Table("changes", "Differences", note + said_of_rest(rows), head, rows[:MOST_ROWS]),
        Table(
            "change-facts",
            "Which fact or setting did it",
            "Facts that differ; where none does, the settings that do, or what the rules look at.",
            ("Fact or setting", "Decisions"),
            simple_rows(by_fact, show_small),
        ),
    ]
    return [table for table in tables if table.rows]


NO_OFFERS = (
    " One of the versions does not write down what it offers: another dose or product in the same "
    "card is not told here."
)


def _is_move(change: Mapping[str, Any]) -> bool:
    return any(change[f"{name}_before"] != change[f"{name}_after"] for name in ("rule", "cards"))


def _what_differs(change: Mapping[str, Any]) -> str:
    """Say how the same cards by the same rule differ."""
    if change["offers_before"] != change["offers_after"]:
        return OTHER_ORDERS
    return LOUDNESS_ALONE


OTHER_ORDERS = "other orders offered"
LOUDNESS_ALONE = "louder or quieter"


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
        part[rule, "", rule, "", ""] = max(0, counts.rules.get(rule, 0) - part.total())
    unseen = frozenset().union(*hidden_names(counts, show_small))
    hidden = hidden_in_parts(moves, parts.values(), show_small) | {
        move for move in moves if not unseen.isdisjoint((move[0], *move[1].split(", ")))
    }
    return tuple(
        (
            f"{rule or 'not decided'} ({cards or 'no card'})",
            f"{then or 'not decided'} ({then_cards or 'no card'})" + (beside and f", {beside}"),
            shown(count, (rule, cards, then, then_cards, beside) in hidden),
        )
        for (rule, cards, then, then_cards, beside), count in sorted(
            moves.items(), key=lambda one: (-one[1], one[0])
        )
    )
