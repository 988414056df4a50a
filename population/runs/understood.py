"""Entries of which no code and no word is known: what a site would have to name for us."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fhir_mappings.fhir import as_text, codings_of, texts_of
from fhir_mappings.terminology import Field, ValueSets

LONGEST_TEXT = 80
"""Characters of a name that are kept: a longer one is a story and may name somebody."""

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


def find_not_understood(
    prefetch: Mapping[str, Any], value_sets: ValueSets, known: frozenset[str]
) -> Iterator[dict[str, str]]:
    """Yield each name in the lists of a record that means nothing to us, once.

    Args:
        known: the code systems we know; a code of one of them that is in no list is understood.
    """
    seen: set[tuple[str, ...]] = set()
    for key, bundle in prefetch.items():
        if key == "patient":
            continue
        for entry in bundle["entry"]:
            found = _name_of(key, entry["resource"], value_sets, known)
            if found and found not in seen:
                seen.add(found)
                yield dict(zip(("list", "system", "code", "text", "unit"), found, strict=True))


def _name_of(
    key: str, resource: Mapping[str, Any], value_sets: ValueSets, known: frozenset[str]
) -> tuple[str, ...] | None:
    place = CODE_ELEMENTS.get(str(resource.get("resourceType")))
    codeable = resource.get(place[0]) if place else None
    if place is None or not isinstance(codeable, dict) or value_sets.find(codeable, place[1]):
        return None
    codings = codings_of(codeable)
    systems = [value_sets.normalise_system(coding.get("system")) for coding in codings]
    if any(system in known for system in systems):
        return None
    text = next(iter(texts_of(codeable)), "")
    code = as_text(codings[0].get("code")) if codings else ""
    if not code and len(text) > LONGEST_TEXT:
        return None
    quantity = resource.get("valueQuantity")
    unit = (
        as_text(quantity.get("unit") or quantity.get("code")) if isinstance(quantity, dict) else ""
    )
    return key, systems[0] if systems else "", code, text[:LONGEST_TEXT], unit


def systems_we_know(value_sets: ValueSets) -> frozenset[str]:
    """Return the code systems of which at least one code is listed."""
    return frozenset(member.system for members in value_sets.members.values() for member in members)
