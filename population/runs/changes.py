"""What two policies decide otherwise about the same events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from cds_service.decision import Decision
from population.runs.deciding import Decider

CHANGES = pa.schema(
    [
        ("patient", pa.string()),
        ("hook", pa.string()),
        ("order", pa.string()),
        ("time", pa.string()),
        ("rule_before", pa.string()),
        ("rule_after", pa.string()),
        ("cards_before", pa.list_(pa.string())),
        ("cards_after", pa.list_(pa.string())),
        ("indicator_before", pa.string()),
        ("indicator_after", pa.string()),
        ("facts", pa.list_(pa.string())),
    ]
)
"""One row per event that is answered otherwise. `facts` names the facts that differ; where none
does, those that the rule before and the rule after look at, since one of them met another limit.
"""


def rows_and_changes(
    row: Mapping[str, Any],
    decider: Decider,
    other: Decider,
    looks_at: Mapping[str, tuple[str, ...]],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the rows of one patient, and what the other policy answers otherwise."""
    rows, changes = [], []
    events, unreadable = decider.events_of(row)
    for event in events:
        before, after = decider.decide(event), other.decide(event)
        if before is not None:
            rows.append(decider.row_of(row["patient"], event, before, unreadable))
        if before is not None and after is not None:
            first = decider.row_of(row["patient"], event, before, unreadable)
            second = other.row_of(row["patient"], event, after, unreadable)
            if any(first[name] != second[name] for name in ("rule", "cards", "indicators")):
                changes.append(change_of(first, second, list(_facts(before, after, looks_at))))
    return rows, changes


def change_of(
    before: Mapping[str, Any], after: Mapping[str, Any], facts: list[str]
) -> dict[str, Any]:
    """Return the row of an event that is answered otherwise, and the facts that did it."""
    return {
        **{name: before[name] for name in ("patient", "hook", "order", "time")},
        **{f"{name}_before": before[name] for name in ("rule", "cards", "indicator")},
        **{f"{name}_after": after[name] for name in ("rule", "cards", "indicator")},
        "facts": facts,
    }


def _facts(
    before: Decision, after: Decision, looks_at: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    values = {fact.name: (fact.is_known, fact.value) for fact in before.facts}
    others = {fact.name: (fact.is_known, fact.value) for fact in after.facts}
    differing = [name for name in values if values[name] != others.get(name)]
    if differing:
        yield from differing
        return
    rules = (before.recommendation.rule, after.recommendation.rule)
    yield from dict.fromkeys(fact for rule in rules for fact in looks_at.get(rule, ()))
