"""What of a record is not understood: entries of which no code and no word is known, and results
whose value cannot be used. A site would have to name them for us.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cds_service.decision import Decision
from fhir_mappings.fhir import as_text, codings_of, texts_of
from fhir_mappings.judging import Understood, judge
from fhir_mappings.terminology import Field, ValueSets

LONGEST_TEXT = 80
"""Characters of a name that are kept: a longer one is a story and may name somebody."""

MOST_REMEMBERED = 50_000
"""Different names whose meaning is remembered; the same few are seen again and again."""

CODE_ELEMENTS: dict[str, tuple[str, Field]] = {
    "Observation": ("code", Field.LABS),
    "Condition": ("code", Field.CONDITIONS),
    "Procedure": ("code", Field.PROCEDURES),
    "AllergyIntolerance": ("code", Field.DRUGS),
    "MedicationRequest": ("medicationCodeableConcept", Field.DRUGS),
    "MedicationStatement": ("medicationCodeableConcept", Field.DRUGS),
    "MedicationAdministration": ("medicationCodeableConcept", Field.DRUGS),
    "MedicationDispense": ("medicationCodeableConcept", Field.DRUGS),
    "Medication": ("code", Field.DRUGS),
}
"""The element that says what an entry of each type is about, and the words it is looked up by."""

Name = tuple[str, str, str]
"""Code system, code and text."""


class NotUnderstood:
    """Finds the names in records that mean nothing to us."""

    def __init__(self, value_sets: ValueSets) -> None:
        self._value_sets = value_sets
        members = (member for listed in value_sets.members.values() for member in listed)
        self._systems = frozenset(member.system for member in members)
        self._known: dict[tuple[Field, str], Name | None] = {}

    def find(self, prefetch: Mapping[str, Any]) -> Iterator[dict[str, str]]:
        """Yield each name in the lists of a record that means nothing to us, once."""
        seen: set[tuple[str, ...]] = set()
        for key, bundle in prefetch.items():
            if key == "patient":
                continue
            for entry in bundle["entry"]:
                resource = entry["resource"]
                name = self._name_of(resource)
                if name is None or (found := (key, *name, unit_of(resource))) in seen:
                    continue
                seen.add(found)
                yield dict(zip(("list", "system", "code", "text", "unit"), found, strict=True))

    def _name_of(self, resource: Mapping[str, Any]) -> Name | None:
        place = CODE_ELEMENTS.get(str(resource.get("resourceType")))
        codeable = resource.get(place[0]) if place else None
        if place is None or not isinstance(codeable, dict):
            return None
        written = place[1], repr(codeable)
        if written not in self._known:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[written] = self._read(codeable, place[1])
        return self._known[written]

    def _read(self, codeable: dict[str, Any], field: Field) -> Name | None:
        codings = codings_of(codeable)
        systems = [self._value_sets.normalise_system(one.get("system")) for one in codings]
        text = next(iter(texts_of(codeable)), "")
        code = as_text(codings[0].get("code")) if codings else ""
        if self._means_something(codeable, field, systems) or (
            not code and len(text) > LONGEST_TEXT
        ):
            return None
        return systems[0] if systems else "", code, text[:LONGEST_TEXT]

    def _means_something(self, codeable: dict[str, Any], field: Field, systems: list[str]) -> bool:
        """Return whether an entry is understood: a result by a code of a system we know or by its
        words, anything else as the mapping judges it (Q26).
        """
        if field is Field.LABS:
            known = any(system in self._systems for system in systems)
            return known or bool(self._value_sets.find(codeable, field, Field.OBSERVATIONS))
        return judge(self._value_sets, codeable, (field,)).understood is not Understood.NOT


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
