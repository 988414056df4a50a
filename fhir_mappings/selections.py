"""Which drafts of an order-select request are selected.

Source: R154 to R156.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from fhir_mappings.fhir import (
    Placed,
    as_dict,
    as_list,
    as_text,
    reference_id,
    reference_of,
)

ORDER_SET_TYPES = frozenset({"RequestGroup", "RequestOrchestration"})
"""Resources that order nothing themselves and list orders; the second is the name in R5."""


def order_sets(drafts: Iterable[Placed]) -> list[Placed]:
    """Return which entries of the draft set list orders that stand beside them."""
    return [one for one in drafts if as_text(one.resource.get("resourceType")) in ORDER_SET_TYPES]


def listed_orders(order_set: Any) -> Iterator[str]:
    """Yield the references of the orders that an order set lists, at any depth of its actions."""
    for action in map(as_dict, as_list(order_set.get("action"))):
        if reference := as_text(as_dict(action.get("resource")).get("reference")):
            yield reference
        yield from listed_orders(action)


def resolve_selections(
    selections: Sequence[str], orders: Sequence[Placed], sets: Sequence[Placed] = ()
) -> set[str]:
    """Return the places of the selected orders.

    A selection is `Type/id`; absolute references, bare ids that are unique, `urn:uuid:` and the
    `fullUrl` of an entry are understood too. Without any, the only order is taken, or else all of
    them. One that is not in the draft set gets no advice.

    Args:
        sets: order sets of the draft set; who selects one selects the orders that it lists.
    Source: R154 to R156.
    """
    wanted = [
        selection for selection in selections if isinstance(selection, str) and selection.strip()
    ]
    if not wanted:
        return {placed.place for placed in orders}
    places = _find(wanted, orders)
    if sets:
        chosen = _find(wanted, sets)
        listed = [
            reference
            for one in sets
            if one.place in chosen
            for reference in listed_orders(one.resource)
        ]
        if listed:
            others = [one for one in sets if one.place not in chosen]
            places |= resolve_selections(listed, orders, others)
    return places


def _find(wanted: Sequence[str], orders: Sequence[Placed]) -> set[str]:
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
