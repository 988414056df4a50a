"""docs/results/smallest-prefetch.md: what is lost without each prefetch key, measured on every case
by leaving it out.

`python -m tests.every_case.smallest_prefetch` measures and writes the page, as `./run prove` does.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import wrap
from typing import Any

from cds_service.decision import decide_request
from fhir_mappings.fhir import PREFETCH_KEYS
from fhir_mappings.terminology import load_value_sets
from tests.every_case.cases import Case, every_case

PAGE = Path(__file__).parents[2] / "docs" / "results" / "smallest-prefetch.md"

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

Each key is left out alone, as by a client that neither sends it nor lets it be read, of {cases}
requests: the vignettes, the saved cases, the patients of the workbench and the test patients.
*Another answer*: the cards differ. *Loses*: warning and critical cards that are not said any more,
with the number of requests. *Gains*: what is asked or said instead. Measured on {day} by
`./run prove`.

| key | without this key | another answer | loses | gains |
|---|---|---|---|---|
"""


@dataclass
class Lost:
    """What leaving out one key changed: requests with another answer, and cards by their number."""

    changed: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    gained: Counter[str] = field(default_factory=Counter)


def render() -> str:
    """Return the page."""
    cases = list(every_case(at_every_hook=False))
    measured = measure(cases)
    rows = [
        f"| `{key}` | {WITHOUT[key]} | {one.changed} | {_said(one.lost)} | {_said(one.gained)} |\n"
        for key, one in measured.items()
    ]
    needed = [f"`{key}`" for key, one in measured.items() if one.lost]
    other = [f"`{key}`" for key, one in measured.items() if not one.lost]
    tail = f"A loud card is lost without any of {', '.join(needed)}. "
    tail += f"Without {', '.join(other)} none of these requests loses one." if other else ""
    head = HEAD.format(cases=len(cases), day=dt.datetime.now(dt.UTC).date())
    return head + "".join(rows) + "\n" + "\n".join(wrap(tail.rstrip(), 100)) + "\n"


def measure(cases: list[Case]) -> dict[str, Lost]:
    """Return what each key left out changed."""
    measured = {key: Lost() for key in PREFETCH_KEYS}
    for case in cases:
        prefetch = case.request.get("prefetch") or {}
        whole = _answer(case, prefetch)
        for key in PREFETCH_KEYS:
            if key not in prefetch:
                continue
            less = _answer(case, {name: part for name, part in prefetch.items() if name != key})
            found = measured[key]
            found.changed += less != whole
            found.lost.update(_loud(whole) - _loud(less))
            found.gained.update(_loud(less) - _loud(whole))
    return measured


_VALUE_SETS = load_value_sets()


def _answer(case: Case, prefetch: dict[str, Any]) -> frozenset[tuple[str, str]]:
    """Return the cards of an answer as (id, severity); folded ones count as said."""
    request = {**case.request, "prefetch": prefetch}
    decision = decide_request(request, case.settings, _VALUE_SETS, case.day, written=False)
    return frozenset(
        (card.id, finding.indicator.value)
        for finding in decision.findings
        for card in (finding.card, *finding.also_found)
    )


def _loud(answer: frozenset[tuple[str, str]]) -> set[str]:
    return {card for card, indicator in answer if indicator in LOUD}


def _said(cards: Counter[str]) -> str:
    return ", ".join(f"{card} ({number})" for card, number in sorted(cards.items())) or "–"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))
