"""What a site can do about a fact that is not known, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from population.report.small_counts import hidden_in_parts, shown

WAITS_FOR: dict[str, tuple[str, ...]] = {
    "U1": ("neurological_screen",),
    "M7": ("egfr",),
    "B1": ("mma", "holotranscobalamin"),
    "N2": ("total_b12", "holotranscobalamin"),
    "M4": ("ileal_resection_length", "crohns_ileal_extent"),
    "P3": ("ileal_resection_length", "crohns_ileal_extent"),
    "T4": ("neurological_involvement_ever",),
    "G1": ("adult",),
    "E2": ("total_b12", "holotranscobalamin", "deficiency_diagnosis"),
}
"""What the rows of the decision table that end in a question wait for, as their words say. It
orders a list for people; nothing is decided by it.
"""

WHAT_TO_DO: dict[str, str] = {
    "neurological_screen": "Record the neurological screen",
    "neurological_involvement": "Record whether there are neurological symptoms",
    "neurological_involvement_ever": "Record past neurological symptoms",
    "new_neurological_signs": "Record whether neurological symptoms are new",
    "total_b12": "Measure or map serum vitamin B12",
    "holotranscobalamin": "Measure or map active vitamin B12",
    "deficiency": "Settle whether there is deficiency",
    "deficiency_diagnosis": "Record the diagnosis",
    "mma": "Measure or map methylmalonic acid",
    "homocysteine": "Measure or map homocysteine",
    "egfr": "Measure or map the eGFR",
    "kidney_function": "Repeat an old eGFR, or map the laboratory's codes",
    "ileal_resection_length": "Record the length of ileum resected",
    "ileal_resection_over_20_cm": "Record the length of ileum resected",
    "ileal_resection_complete": "Record whether the whole ileum was resected",
    "crohns_ileal_extent": "Record the extent of ileal Crohn's disease",
    "crohns_ileal_extent_over_limit": "Record the extent of ileal Crohn's disease",
    "cause": "Record the cause",
    "allergies": "Export and code the list of allergies",
    "symptoms": "Record whether there are symptoms",
    "recurrence": "Record whether symptoms have returned",
    "treatment_phase": "Record the doses given",
    "adult": "Record the date of birth",
}

MENDED: dict[str, str] = {
    "recorded-not-usable": "mend what is recorded (date, unit or code)",
    "not-understood": "code what is recorded, or map its codes",
    "could-not-be-read": "export the list",
    "list-not-complete": "export the whole list",
    "hint": "settle what the record hints at",
    "not-certain": "confirm or deny what is recorded as possible",
    "in-future": "mend the date",
}
"""What would help where something is there, by the code of the reason."""


def what_to_do(fact: str, code: str) -> str:
    """Return what would make a fact known."""
    words = WHAT_TO_DO.get(fact, f"Record {fact.replace('_', ' ')}")
    return f"{words}: {MENDED[code]}" if code in MENDED else words


def help_rows(
    waits_for: Mapping[tuple[str, str, str], int], unseen: frozenset[str], show_small: bool
) -> tuple[tuple[Any, ...], ...]:
    """Return what would help, the most first: what to do, decisions, fact, reason and rules.

    A rule that asks always waits, so its count follows from what waited; so does one reason from
    the others of its fact.

    Args:
        waits_for: decisions that waited, by fact, code of the reason, and rule.
        unseen: the rules whose count is not shown.
    """
    by_fact: Counter[tuple[str, str]] = Counter()
    rules: dict[tuple[str, str], set[str]] = {}
    for (fact, code, rule), count in waits_for.items():
        by_fact[fact, code] += count
        rules.setdefault((fact, code), set()).add(rule)
    facts = {fact for fact, _ in by_fact}
    parts = [{one: by_fact[one] for one in by_fact if one[0] == fact} for fact in facts]
    hidden = hidden_in_parts(by_fact, parts, show_small)
    hidden |= {one for one, by in rules.items() if unseen & by}
    ranked = sorted(by_fact.items(), key=lambda item: (-item[1], item[0]))
    return tuple(
        (
            what_to_do(fact, code),
            shown(count, (fact, code) in hidden),
            fact,
            code,
            ", ".join(sorted(rules[fact, code])),
        )
        for (fact, code), count in ranked
    )
