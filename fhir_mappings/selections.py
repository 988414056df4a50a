"""Which drafts of an order-select request are selected.

Source: R155, R156.
"""

from __future__ import annotations

from collections.abc import Sequence

from fhir_mappings.fhir import (
    Placed,
    reference_id,
    reference_of,
)


def resolve_selections(selections: Sequence[str], orders: Sequence[Placed]) -> set[str]:
    """Return the places of the selected orders.

    A selection is `Type/id`; absolute references, bare ids that are unique, `urn:uuid:` and the
    `fullUrl` of an entry are understood too. Without any, the only order is taken, or else all of
    them. One that is not in the draft set gets no advice.
    Source: R155, R156.
    """
    wanted = [
        selection for selection in selections if isinstance(selection, str) and selection.strip()
    ]
    if not wanted:
        return {placed.place for placed in orders}
    by_name, by_id = _index_drafts(orders)
    places: set[str] = set()
    for selection in dict.fromkeys(wanted):
        names = dict.fromkeys((selection, selection.strip(), reference_of(selection)))
        found = [place for name in names for place in by_name.get(name, ())]
        if not found and "/" not in selection:
            of_this_id = by_id.get(reference_id(selection), ())
            found = list(of_this_id) if len(of_this_id) == 1 else []
        places.update(found)
    return places


def _index_drafts(orders: Sequence[Placed]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return the places of the drafts by `Type/id` and `fullUrl`, and by the bare id."""
    by_name: dict[str, list[str]] = {}
    by_id: dict[str, list[str]] = {}
    for placed in orders:
        for name in {placed.reference, placed.full_url}:
            by_name.setdefault(name, []).append(placed.place)
        identity = placed.resource.get("id")
        if isinstance(identity, str):
            by_id.setdefault(identity, []).append(placed.place)
    return by_name, by_id
