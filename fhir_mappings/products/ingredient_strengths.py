"""The strength of each ingredient, by the names of a product or as its Medication states it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from fhir_mappings.dosing import Strength, read_container, read_ratio, read_strengths
from fhir_mappings.fhir import as_dict, as_list
from fhir_mappings.products.substances import SUBSTANCES, named_in
from fhir_mappings.terminology import Field, Match, ValueSets
from recommender.language import Substance


def read_named_strengths(
    names: Iterable[list[str]], substances: tuple[Substance, ...]
) -> dict[Substance, Strength]:
    """Return the strength of each ingredient that the names, in their parts, agree on."""
    found: dict[Substance, set[tuple[Decimal, bool]]] = {}
    containers: set[Decimal | None] = set()
    for parts in names:
        containers.add(read_container(parts))
        for part in parts:
            substance, amounts = (
                _owner(part, substances, alone=len(parts) == 1),
                read_strengths(part),
            )
            if substance and len(amounts) == 1:
                found.setdefault(substance, set()).add((amounts[0].micrograms, amounts[0].per_ml))
                containers.add(amounts[0].container)
    containers.discard(None)
    container = containers.pop() if len(containers) == 1 else None
    agreed = {substance: values.pop() for substance, values in found.items() if len(values) == 1}
    return {
        substance: Strength(*value, container if value[1] else None)
        for substance, value in agreed.items()
    }


def _owner(part: str, substances: tuple[Substance, ...], alone: bool) -> Substance | None:
    """Return the ingredient that a part of the name speaks of; a name of one part that names none
    speaks of the only ingredient.
    """
    named = named_in(part)
    if not named:
        return substances[0] if alone and len(substances) == 1 else None
    kind = named[0].is_cobalamin
    return next((substance for substance in substances if substance.is_cobalamin == kind), None)


def read_stated_strengths(
    resource: Mapping[str, Any], substances: tuple[Substance, ...], value_sets: ValueSets
) -> dict[Substance, Strength]:
    """Return the strengths that a Medication resource states for its ingredients in coded form."""
    stated: dict[Substance, Strength] = {}
    for part in as_list(resource.get("ingredient")):
        item = as_dict(part)
        own = {
            substance
            for match in value_sets.find(item_of(item), Field.DRUGS)
            for substance in SUBSTANCES.get(match.concept, ())
        }
        ratio = as_dict(item.get("strength") or item.get("strengthRatio") or item.get("amount"))
        strength = read_ratio(ratio)
        stated |= {substance: strength for substance in substances if substance in own and strength}
    return stated


def strengths_of_brands(
    matches: Iterable[Match], substances: tuple[Substance, ...]
) -> dict[Substance, Strength]:
    """Return the strengths of a brand that there is in one strength alone, as the list of names
    says it beside the name.
    """
    known: dict[Substance, Strength] = {}
    for match in matches:
        amounts = read_strengths(match.member.property) if match.matched_by != "code" else []
        held = SUBSTANCES.get(match.concept, ())
        owners = [one for one in substances if one in held]
        if len(amounts) == len(owners) == 1:
            known[owners[0]] = amounts[0]
    return known


def agreed_strengths(
    named: Mapping[Substance, Strength], stated: Mapping[Substance, Strength]
) -> dict[Substance, Strength]:
    """Return the strength of each ingredient: what its Medication states, else what its name says;
    none where the two say different amounts of the same measure.
    """
    agreed = {**named, **stated}
    for substance in named.keys() & stated.keys():
        one, other = named[substance], stated[substance]
        if one.per_ml == other.per_ml and one.micrograms != other.micrograms:
            del agreed[substance]
    return agreed


def item_of(part: Any) -> Any:
    """Return the CodeableConcept of one ingredient of a Medication resource, in any FHIR
    version.
    """
    item = as_dict(part)
    return (
        item.get("itemCodeableConcept")
        or as_dict(item.get("item")).get("concept")
        or item.get("item")
    )
