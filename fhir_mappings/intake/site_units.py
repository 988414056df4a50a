"""Results in the units that a site writes its own way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fhir_mappings.fhir import Placed, as_list, as_text


def with_site_units(placed: Placed, units: Mapping[str, str]) -> Placed:
    """Return a result whose units, as the site writes them, are those of UCUM."""
    resource = placed.resource
    parts = [resource, *as_list(resource.get("component"))]
    if resource.get("resourceType") != "Observation" or not any(
        _site_unit(part, units) for part in parts
    ):
        return placed
    told = {**resource, **_site_unit(resource, units)}
    if "component" in resource:
        told["component"] = [
            {**part, **_site_unit(part, units)} if isinstance(part, dict) else part
            for part in as_list(resource["component"])
        ]
    return placed._replace(resource=told)


def _site_unit(part: Any, units: Mapping[str, str]) -> dict[str, Any]:
    """Return the quantity of a part in its UCUM unit where the site has an alias, else nothing."""
    quantity = part.get("valueQuantity") if isinstance(part, dict) else None
    if not isinstance(quantity, dict):
        return {}
    for name in ("code", "unit"):
        ucum = units.get(as_text(quantity.get(name)))
        if ucum:
            return {"valueQuantity": {**quantity, "unit": ucum, "code": ucum}}
    return {}
