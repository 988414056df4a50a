"""Which facts cite which entries of the record: from this follows what each was used for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from fhir_mappings.intake import Cited
from recommender.language import (
    ClinicalScenario,
    Evidence,
    Fact,
    LoweringDrugUse,
    Measurement,
    Order,
    UncountedResult,
)

CALLED: dict[str, str] = {
    "neurological_findings": "neurological_involvement",
    "causes": "cause",
    "doses": "treatment_phase",
    "combinations": "trace_supplement",
    "anticoagulant_fact": "anticoagulant",
    "allergy_fact": "allergies",
}
"""What the receipt calls a fact, where the scenario keeps its parts under another name."""


def cited_by(scenario: ClinicalScenario) -> Cited:
    """Return which facts cite which entries: those that are known, and those left unknown."""
    known: dict[str, dict[str, None]] = {}
    doubted: dict[str, dict[str, None]] = {}
    for item in fields(scenario):
        called = CALLED.get(item.name, item.name)
        for fact, entry, decided in _cited(called, getattr(scenario, item.name)):
            into = known if decided else doubted
            into.setdefault(entry.reference, {})[fact] = None
    return Cited(*({key: tuple(facts) for key, facts in each.items()} for each in (known, doubted)))


def _cited(name: str, value: Any) -> Iterator[tuple[str, Evidence, bool]]:
    """Yield of a field each fact, the entry that it cites, and whether the fact is known."""
    if isinstance(value, (Fact, Measurement)):
        decided = value.is_known if isinstance(value, Measurement) else not value.is_unknown
        yield from ((name, entry, decided) for entry in value.evidence)
    elif isinstance(value, tuple):
        for item in value:
            evidence = getattr(item, "evidence", None)
            if evidence is not None and not isinstance(item, UncountedResult):
                yield _name_of(item, name), evidence, True
            if isinstance(item, LoweringDrugUse):
                yield from ((name, entry, True) for entry in item.beside)


def _name_of(item: Any, name: str) -> str:
    if isinstance(item, Order):
        return "treatment_phase" if item.has_cobalamin else "course"
    return name
