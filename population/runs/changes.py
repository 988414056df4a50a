"""What two policies decide otherwise about the same events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from cds_service.decision import Decision
from cds_service.site import Settings
from population.runs.deciding import Decider, Refused
from recommender.guidance import SETTINGS

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
        ("offers_before", pa.list_(pa.string())),
        ("offers_after", pa.list_(pa.string())),
        ("facts", pa.list_(pa.string())),
        ("settings", pa.list_(pa.string())),
    ]
)
"""One row per event that is answered otherwise. `facts` names the facts that differ, `settings` the
clinical settings that do, where no fact differs. `offers` are as those of the decisions; of a
version that does not write them down there are none, and they are not compared. Where neither
fact nor setting differs, as between two versions, `facts` are those that the rule before and the
rule after look at.
"""


def rows_and_changes(
    rows: Iterable[Mapping[str, Any]],
    decider: Decider,
    other: Decider,
    looks_at: Mapping[str, tuple[str, ...]],
) -> Iterator[tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    """Yield the rows of some patients, and what the other policy answers otherwise."""
    settings = settings_between(decider.settings, other.settings)
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


ANSWER = ("rule", "cards", "indicators", "offers")
"""The columns of a row in which an answer differs from another one."""

TOLD = ("rule", "cards", "indicator", "offers")
"""The columns that a row of changes has of both."""

NOTHING: dict[str, Any] = {
    "rule": "",
    "cards": [],
    "indicators": [],
    "indicator": "",
    "offers": [],
    "unknown": [],
}
"""What stands in the place of an answer where one of the two does not decide on an event."""


def _not_decided(row: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the row of an event on which only the other decides, or neither."""
    return {**(row or {}), **NOTHING}


def settings_between(settings: Settings, other: Settings) -> tuple[str, ...]:
    """Return the keys of the clinical settings in which two site files differ, or "formulary"."""
    keys = (
        setting.key
        for setting in SETTINGS
        if getattr(settings.policy, setting.field) != getattr(other.policy, setting.field)
    )
    return (*keys, *(("formulary",) if settings.formulary != other.formulary else ()))


def change_of(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    facts: Iterable[str],
    settings: Iterable[str] = (),
) -> dict[str, Any]:
    """Return the row of an event that is answered otherwise, and what did it."""
    return {
        **{name: before[name] for name in ("patient", "hook", "order", "time")},
        **{f"{name}_before": before.get(name) for name in TOLD},
        **{f"{name}_after": after.get(name) for name in TOLD},
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
