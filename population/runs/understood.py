"""What of a record is not understood: entries of which no code and no word is known, and results
whose value cannot be used. A site would have to name them for us.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cds_service.decision import Decision
from fhir_mappings.fhir import as_text, codings_of, texts_of
from fhir_mappings.judging import Understood
from fhir_mappings.terminology import Field, ValueSets

LONGEST_TEXT = 80
"""Characters of a name that are kept: a longer one is a story and may name somebody."""

MOST_REMEMBERED = 50_000
"""Different names whose meaning is remembered; the same few are seen again and again."""

CODE_ELEMENTS = {
    "Observation": "code",
    "Condition": "code",
    "Procedure": "code",
    "AllergyIntolerance": "code",
    "MedicationRequest": "medicationCodeableConcept",
    "MedicationStatement": "medicationCodeableConcept",
    "MedicationAdministration": "medicationCodeableConcept",
    "MedicationDispense": "medicationCodeableConcept",
    "Medication": "code",
}
"""The element that says what an entry of each type is about."""

Name = tuple[str, str, str]
"""Code system, code and text."""


class NotUnderstood:
    """Finds the names in records that mean nothing to us."""

    def __init__(self, value_sets: ValueSets) -> None:
        self._value_sets = value_sets
        members = (member for listed in value_sets.members.values() for member in listed)
        self._systems = frozenset(member.system for member in members)
        self._tests: dict[str, bool] = {}

    def find(self, decision: Decision) -> Iterator[dict[str, str]]:
        """Yield each name in the lists of a record that means nothing to us, once: of a result as
        its code and words say, of every other entry as the decision itself understood it (Q26).
        """
        receipt, seen = decision.case.mapped.receipt, set()
        for key, placed in decision.record.entries():
            kind, resource = placed.type, placed.resource
            stated = resource.get(CODE_ELEMENTS.get(kind, ""))
            if not isinstance(stated, dict):
                continue
            if kind == "Observation":
                understood = self._is_known_test(stated)
            else:
                understood = receipt.understood_by(placed) != Understood.NOT.value
            name = None if understood else self._name_of(stated)
            if name is None or (found := (key, *name, unit_of(resource))) in seen:
                continue
            seen.add(found)
            yield dict(zip(("list", "system", "code", "text", "unit"), found, strict=True))

    def _is_known_test(self, stated: dict[str, Any]) -> bool:
        """Return whether a result has a code of a system we know, or words that name a test."""
        written = repr(stated)
        if written not in self._tests:
            if len(self._tests) >= MOST_REMEMBERED:
                self._tests.clear()
            known = any(system in self._systems for system in self._systems_of(stated))
            fields = Field.LABS, Field.OBSERVATIONS
            self._tests[written] = known or bool(self._value_sets.find(stated, *fields))
        return self._tests[written]

    def _systems_of(self, stated: dict[str, Any]) -> list[str]:
        return [self._value_sets.normalise_system(one.get("system")) for one in codings_of(stated)]

    def _name_of(self, stated: dict[str, Any]) -> Name | None:
        """Return the first coding and text; `None` for a text alone that is too long for a name."""
        codings = codings_of(stated)
        text = next(iter(texts_of(stated)), "")
        code = as_text(codings[0].get("code")) if codings else ""
        if not code and len(text) > LONGEST_TEXT:
            return None
        system = self._systems_of(stated)[0] if codings else ""
        return system, code, text[:LONGEST_TEXT]


def unit_of(resource: Mapping[str, Any]) -> str:
    """Return the unit of a result as it came; empty where there is none."""
    quantity = resource.get("valueQuantity")
    if not isinstance(quantity, dict):
        return ""
    return as_text(quantity.get("unit")) or as_text(quantity.get("code"))


def find_not_used(decision: Decision) -> Iterator[dict[str, str]]:
    """Yield for each test the reasons, as codes, why values of it cannot be used, with the unit
    they came in; each once.
    """
    seen: set[tuple[str, str, str]] = set()
    for analyte, results in decision.results.items():
        for result in results:
            why = result.reading.why
            if why is None:
                continue
            code = why.name.lower().replace("_", "-")
            found = (analyte.value, code, unit_of(result.observed.body))
            if found not in seen:
                seen.add(found)
                yield dict(zip(("test", "why", "unit"), found, strict=True))
