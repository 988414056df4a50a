"""Which medicine an entry names, in itself or by a reference to another resource.

Source: R160 (where a medication reference may lead).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from fhir_mappings.fhir import (
    Placed,
    as_dict,
    as_key,
    as_list,
    as_text,
    contained_in,
    reference_of,
)
from fhir_mappings.fhir import versions as fhir_versions
from fhir_mappings.medicines.dosage import LinesRead
from fhir_mappings.products import Product, identify_product
from fhir_mappings.terminology import ValueSets

LEADS_NOWHERE = "its medicine is a reference that leads nowhere"


@dataclass(frozen=True, slots=True)
class Siblings:
    """The resources of a record or draft set that others point to, by `Type/id` and by the
    `fullUrl` of their entry; `beside` those that came otherwise, looked through when one is missed.

    `read_before` holds the medicines told apart so far, by how they are written: most stand in a
    record many times; `lines` the dosage lines.
    """

    by_reference: Mapping[str, Placed] = field(default_factory=dict)
    beside: Callable[[], Mapping[str, Placed]] = dict
    read_before: dict[Any, Any] = field(default_factory=dict)
    lines: LinesRead = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        placed: Iterable[Placed],
        others: Callable[[], Iterable[Placed]] = tuple,
        read_before: dict[Any, Any] | None = None,
    ) -> Siblings:
        """Index the Medications and Conditions; of two with one id the first counts."""
        beside = dict if others is tuple else cache(lambda: _by_reference(others()))
        return cls(_by_reference(placed), beside, {} if read_before is None else read_before)

    def find(self, reference: Any, holder: Mapping[str, Any]) -> Placed | None:
        """Return the resource a Reference leads to, in the holder's `contained` or among the
        siblings.
        """
        target = reference_of(as_dict(reference) or reference)
        if target.startswith("#"):
            inside = contained_in(holder, target)
            return Placed("contained", inside) if inside else None
        named = (
            target,
            as_text(as_dict(reference).get("reference")),
            f"Medication/{target.removeprefix('urn:uuid:')}",
        )
        for name in named:
            if found := self.by_reference.get(name) or self.beside().get(name):
                return found
        return None


def _by_reference(placed: Iterable[Placed]) -> dict[str, Placed]:
    found: dict[str, Placed] = {}
    for item in placed:
        if as_text(item.resource.get("resourceType")) in ("Medication", "Condition"):
            found.setdefault(item.reference, item)
            found.setdefault(item.full_url, item)
    found.pop("", None)
    return found


def find_product(
    resource: Mapping[str, Any], siblings: Siblings, value_sets: ValueSets
) -> tuple[Product, Placed | None]:
    """Return the medicine of a resource, and the Medication resource it was read from, if any.

    A reference that leads nowhere leaves its display text; without one the drug is not known.
    """
    concept, reference = fhir_versions.read_medication(resource)
    target = siblings.find(reference, resource) if reference else None
    named = concept if concept is not None else {"text": as_text(as_dict(reference).get("display"))}
    medication = target and _with_ingredients_named(target, resource, siblings)
    return product_named(named, value_sets, siblings.read_before, medication), target


def _with_ingredients_named(
    target: Placed, holder: Mapping[str, Any], siblings: Siblings
) -> Placed:
    """Return a Medication whose ingredients stand in it by name: one that is a reference to another
    Medication or a Substance at hand, by the code of that.
    """
    listed = as_list(target.resource.get("ingredient"))
    ingredients = [_named(as_dict(one), target, holder, siblings) for one in listed]
    if ingredients == listed:
        return target
    return target._replace(resource={**target.resource, "ingredient": ingredients})


def _named(
    part: dict[str, Any], target: Placed, holder: Mapping[str, Any], siblings: Siblings
) -> dict[str, Any]:
    reference = part.get("itemReference") or as_dict(part.get("item")).get("reference")
    if not reference or part.get("itemCodeableConcept"):
        return part
    inside = holder if target.place == "contained" else target.resource
    found = siblings.find(reference, inside)
    said = as_text(as_dict(reference).get("display"))
    code = (found.resource.get("code") if found else None) or ({"text": said} if said else None)
    return {**part, "itemCodeableConcept": code} if code else part


def product_named(
    named: Any, value_sets: ValueSets, read_before: dict[Any, Any], target: Placed | None = None
) -> Product:
    """Return the medicine that a CodeableConcept, or the Medication it leads to, stands for; what
    is written alike is told once.
    """
    written = ("product", repr((named, target.resource)) if target else as_key(named))
    product: Product | None = read_before.get(written)
    if product is None:
        product = identify_product(named, value_sets, target.resource if target else None)
        read_before[written] = product
    return product


def is_unresolved(resource: Mapping[str, Any], siblings: Siblings) -> bool:
    """Return whether the drug is named by a reference that leads to nothing at hand; its display
    may still say what it is.
    """
    concept, reference = fhir_versions.read_medication(resource)
    return concept is None and bool(reference) and siblings.find(reference, resource) is None


def is_nameless(resource: Mapping[str, Any], siblings: Siblings) -> bool:
    """Return whether nothing at hand says which drug it is."""
    concept, reference = fhir_versions.read_medication(resource)
    return (
        concept is None
        and is_unresolved(resource, siblings)
        and not as_text(as_dict(reference).get("display"))
    )


def medication_target(resource: Mapping[str, Any]) -> str:
    """Return where the reference to the drug leads, as it stands; empty for none."""
    return as_text(as_dict(fhir_versions.read_medication(resource)[1]).get("reference"))
