"""docs/generated/smallest-prefetch.md: what is lost without each prefetch key, measured on every
test patient by leaving it out.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cds_service.decision import decide_request
from cds_service.site import demonstration
from fhir_mappings.fhir import PREFETCH_KEYS
from fhir_mappings.terminology import load_value_sets
from synthetic import sandbox_patients

PAGE = Path(__file__).parents[2] / "docs" / "generated" / "smallest-prefetch.md"

DAY = dt.date(2026, 6, 1)

LOUD = ("warning", "critical")

WITHOUT = {
    "patient": "the age is unknown, so nothing is advised but what the order alone shows",
    "conditions": "signs of the nerves, causes and kidney disease are unknown",
    "labs": "vitamin B12, eGFR, platelets and folate are unknown: deficiency is neither shown nor "
    "excluded",
    "medications": "treatment so far and anticoagulants are unknown, and nothing is marked "
    "recommended",
    "statements": "medicines and supplements from elsewhere are unknown",
    "administrations": "doses that were given are unknown, so an order counts as ordered only",
    "procedures": "operations on stomach and bowel are unknown unless conditions say them",
    "allergies": "reactions to cobalamins are unknown, and nothing is marked recommended",
}
"""What is unknown without each key, in words."""

HEAD = """# The smallest prefetch

Each key is left out alone, as by a client that neither sends it nor lets it be read, for {people}
test patients, on the chart or while their order is signed. *Another answer*: the cards differ.
*Loses*: warning and critical cards that are not said any more, with the number of patients.
*Gains*: what is asked or said instead. Nothing is ever said as if the list had come empty. Written
by `./run pages`.

| key | without this key | another answer | loses | gains |
|---|---|---|---|---|
"""


@dataclass
class Lost:
    """What leaving out one key changed: patients with another answer, and cards by their number."""

    changed: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    gained: Counter[str] = field(default_factory=Counter)


def render() -> str:
    """Return the page."""
    people, measured = measure()
    rows = [
        f"| `{key}` | {WITHOUT[key]} | {one.changed} | {_said(one.lost)} | {_said(one.gained)} |\n"
        for key, one in measured.items()
    ]
    needed = [f"`{key}`" for key, one in measured.items() if one.lost]
    other = [f"`{key}`" for key, one in measured.items() if not one.lost]
    tail = f"\nA loud card is lost without any of {', '.join(needed)}. "
    tail += f"Without {', '.join(other)} none of these patients loses one." if other else ""
    return HEAD.format(people=people) + "".join(rows) + tail.rstrip() + "\n"


def measure() -> tuple[int, dict[str, Lost]]:
    """Return the number of patients, and what each key left out changed."""
    measured = {key: Lost() for key in PREFETCH_KEYS}
    people = [one for one in sandbox_patients(DAY) if not one.story.site]
    for patient in people:
        request = patient.request()
        whole = _answer(request)
        for key, found in measured.items():
            prefetch = {name: part for name, part in request["prefetch"].items() if name != key}
            less = _answer({**request, "prefetch": prefetch})
            found.changed += less != whole
            found.lost.update(_loud(whole) - _loud(less))
            found.gained.update(_loud(less) - _loud(whole))
    return len(people), measured


_VALUE_SETS = load_value_sets(None)


def _answer(request: dict[str, Any]) -> frozenset[tuple[str, str]]:
    """Return the cards of an answer as (id, severity); folded ones count as said."""
    decision = decide_request(request, demonstration(), _VALUE_SETS, DAY)
    return frozenset(
        (card.id, finding.indicator.value)
        for finding in decision.findings
        for card in (finding.card, *finding.also_found)
    )


def _loud(answer: frozenset[tuple[str, str]]) -> set[str]:
    return {card for card, indicator in answer if indicator in LOUD}


def _said(cards: Counter[str]) -> str:
    return ", ".join(f"{card} ({number})" for card, number in sorted(cards.items())) or "–"
