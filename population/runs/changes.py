"""What two policies decide otherwise about the same events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from cds_service.decision import Decision
from population.runs.deciding import Decider, Refused
from recommender.guidance import SETTINGS, Policy

Answer = Decision | Refused | None
"""What is made of an event: nothing where it is not about vitamin B12 or folic acid."""

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
        ("settings", pa.list_(pa.string())),
    ]
)
"""One row per event that is answered otherwise. `facts` names the facts that differ, `settings` the
clinical settings that do, where no fact differs. Where neither does, as between two versions,
`facts` are those that the rule before and the rule after look at.
"""


def rows_and_changes(
    rows: Iterable[Mapping[str, Any]],
    decider: Decider,
    other: Decider,
    looks_at: Mapping[str, tuple[str, ...]],
) -> Iterator[tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    """Yield the rows of some patients, and what the other policy answers otherwise."""
    settings = settings_between(decider.settings.policy, other.settings.policy)
    for asked in decider.ask(rows, other):
        events = [one.event for one in asked]
        decided, changes = [], []
        both = zip(asked, decider.decide_all(events), other.decide_all(events), strict=True)
        for one, before, after in both:
            first = decider.row_of(one, before) if before is not None else None
            second = other.row_of(one, after) if after is not None else None
            if first is not None:
                decided.append(first)
            first, second = first or _not_decided(second), second or _not_decided(first)
            if any(first.get(name) != second.get(name) for name in ANSWER):
                facts = _differing(before, after)
                why = facts or (() if settings else _looked_at(first, second, looks_at))
                changes.append(change_of(first, second, why, () if facts else settings))
        yield decided, changes


ANSWER = ("rule", "cards", "indicators")
"""The columns of a row in which an answer differs from another one."""

NOTHING: dict[str, Any] = {
    "rule": "",
    "cards": [],
    "indicators": [],
    "indicator": "",
    "unknown": [],
}
"""What stands in the place of an answer where one of the two does not decide on an event."""


def _not_decided(row: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the row of an event on which only the other decides, or neither."""
    return {**(row or {}), **NOTHING}


def settings_between(policy: Policy, other: Policy) -> tuple[str, ...]:
    """Return the keys of the clinical settings in which two policies differ."""
    return tuple(
        setting.key
        for setting in SETTINGS
        if getattr(policy, setting.field) != getattr(other, setting.field)
    )


def change_of(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    facts: Iterable[str],
    settings: Iterable[str] = (),
) -> dict[str, Any]:
    """Return the row of an event that is answered otherwise, and what did it."""
    return {
        **{name: before[name] for name in ("patient", "hook", "order", "time")},
        **{f"{name}_before": before[name] for name in ("rule", "cards", "indicator")},
        **{f"{name}_after": after[name] for name in ("rule", "cards", "indicator")},
        "facts": list(facts),
        "settings": list(settings),
    }


def _differing(before: Answer, after: Answer) -> tuple[str, ...]:
    if not (isinstance(before, Decision) and isinstance(after, Decision)):
        return ()
    values = {fact.name: (fact.is_known, fact.value) for fact in before.facts}
    others = {fact.name: (fact.is_known, fact.value) for fact in after.facts}
    return tuple(name for name in values if values[name] != others.get(name))


def _looked_at(
    before: Mapping[str, Any], after: Mapping[str, Any], looks_at: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    rules = (before["rule"], after["rule"])
    return tuple(dict.fromkeys(fact for rule in rules for fact in looks_at.get(rule, ())))
