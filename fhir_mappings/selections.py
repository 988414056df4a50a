"""Which drafts of an order-select request are selected, and which are alternatives.

Source: R154 to R156; FHIR's value set action-selection-behavior.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from fhir_mappings.fhir import (
    Placed,
    as_dict,
    as_list,
    as_text,
    code_of,
    reference_id,
    reference_of,
)

ORDER_SET_TYPES = frozenset({"RequestGroup", "RequestOrchestration", "CarePlan"})
"""Resources that order nothing themselves and list orders; the second is the name in R5."""

_PARTS = ("action", "activity")
_REFERENCES = ("resource", "reference", "plannedActivityReference")
"""Where an order set has its parts, and a part the order that it is for: RequestGroup.action, and
CarePlan.activity in R4 and R5.
"""


def order_sets(drafts: Iterable[Placed]) -> list[Placed]:
    """Return which entries of the draft set list orders, beside them or inside themselves."""
    return [one for one in drafts if as_text(one.resource.get("resourceType")) in ORDER_SET_TYPES]


def with_held_orders(drafts: Iterable[Placed]) -> Iterator[Placed]:
    """Yield the entries of a draft set, and after each order set the orders inside it that it lists
    (`contained`): without their ids, which name nothing outside of it (R161).
    """
    for placed in drafts:
        yield placed
        if "contained" in placed.resource and order_sets([placed]):
            yield from _held_in(placed)


def _held_in(order_set: Placed) -> Iterator[Placed]:
    listed = set(listed_orders(order_set))
    inside = list(map(as_dict, as_list(order_set.resource["contained"])))
    medications = [one for one in inside if one.get("resourceType") == "Medication"]
    about = {key: order_set.resource[key] for key in ("subject",) if key in order_set.resource}
    for number, one in enumerate(inside):
        identity = as_text(one.get("id"))
        name = f"{order_set.place}#{identity}"
        if identity and name in listed:
            order = {"contained": medications, **about, **one}
            del order["id"]
            yield Placed(f"{order_set.place}.contained[{number}]", order, name)


ONE_OF_THEM = frozenset({"exactly-one", "at-most-one"})
"""How an action says that of its own actions one at most is carried out (`selectionBehavior`)."""

Places = frozenset[str]
Find = Callable[[str], Places]


def ways_to_choose(sets: Iterable[Placed], orders: Sequence[Placed]) -> tuple[Places, ...]:
    """Return for each way to choose among the alternatives of the order sets the places of the
    orders that are then not ordered; of several choices each alternative comes up at least once.
    One way, that leaves nothing out, where there is no choice.
    """

    def find(reference: str) -> Places:
        return frozenset(_find([reference], orders))

    ways = _together(_ways(one.resource, one.place, find) for one in sets)
    listed = frozenset[str]().union(*ways)
    return _distinct(listed - way for way in ways)


def _ways(action: dict[str, Any], place: str, find: Find) -> tuple[Places, ...]:
    """Return the places of the orders of an action, and of those within it, for each way to choose
    among them.
    """
    own = frozenset[str]().union(*map(find, _orders_of(action, place)))
    within = [_ways(one, place, find) for one in _parts_of(action)]
    alternatives = len(within) > 1 and code_of(action.get("selectionBehavior")) in ONE_OF_THEM
    ways = _distinct(itertools.chain(*within)) if alternatives else _together(within)
    return _distinct(own | way for way in ways)


def _orders_of(part: dict[str, Any], place: str) -> Iterator[str]:
    """Yield the reference to the order of one part; one inside the set by the place of the set."""
    for name in _REFERENCES:
        if reference := as_text(as_dict(part.get(name)).get("reference")):
            yield f"{place}{reference}" if reference.startswith("#") else reference


def _parts_of(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in _PARTS:
        yield from map(as_dict, as_list(part.get(name)))


def _together(parts: Iterable[tuple[Places, ...]]) -> tuple[Places, ...]:
    """Return the ways of parts that are all carried out: the first of each, then the next."""
    chosen = [ways for ways in parts if ways]
    number = max(map(len, chosen), default=1)
    turns = (
        frozenset[str]().union(*(ways[min(turn, len(ways) - 1)] for ways in chosen))
        for turn in range(number)
    )
    return _distinct(turns)


def _distinct(ways: Iterable[Places]) -> tuple[Places, ...]:
    return tuple(dict.fromkeys(ways))


def listed_orders(order_set: Placed) -> Iterator[str]:
    """Yield the references of the orders that an order set lists, at any depth of its actions."""
    return _listed(order_set.resource, order_set.place)


def _listed(part: dict[str, Any], place: str) -> Iterator[str]:
    for one in _parts_of(part):
        yield from _orders_of(one, place)
        yield from _listed(one, place)


def resolve_selections(
    selections: Sequence[str], orders: Sequence[Placed], sets: Sequence[Placed] = ()
) -> set[str]:
    """Return the places of the selected orders.

    A selection is `Type/id`; absolute references, bare ids that are unique, `urn:uuid:` and the
    `fullUrl` of an entry are understood too. Without any, the only order is taken, or else all of
    them; words that name nothing (a reference holds no blank) are none. One that is not in the
    draft set gets no advice.

    Args:
        sets: order sets of the draft set; who selects one selects the orders that it lists.
    Source: R154 to R156.
    """
    wanted = [one for one in selections if isinstance(one, str) and len(one.split()) == 1]
    if not wanted:
        return {placed.place for placed in orders}
    places = _find(wanted, orders)
    if sets:
        chosen = _find(wanted, sets)
        listed = [
            reference for one in sets if one.place in chosen for reference in listed_orders(one)
        ]
        if listed:
            others = [one for one in sets if one.place not in chosen]
            places |= resolve_selections(listed, orders, others)
    return places


def _find(wanted: Sequence[str], orders: Sequence[Placed]) -> set[str]:
    by_name, by_id = _index_drafts(orders)
    written_otherwise = functools.cache(lambda: _index_otherwise(orders))
    places: set[str] = set()
    for selection in dict.fromkeys(wanted):
        reference = reference_of(selection)
        names = dict.fromkeys((selection, selection.strip(), reference))
        found = [place for name in names for place in by_name.get(name, ())]
        if not found and "/" not in selection:
            of_this_id = by_id.get(reference_id(selection), ())
            found = list(of_this_id) if len(of_this_id) == 1 else []
        if not found:
            found = list(_only_one([selection, reference], written_otherwise()))
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


_UUID = "urn:uuid:"


def _index_otherwise(orders: Sequence[Placed]) -> dict[str, set[str]]:
    """Return the places of the drafts by their ids, with and without the type, where one is a
    number, padded, or the uuid of the entry in any letters.
    """
    index: dict[str, set[str]] = {}
    for placed in orders:
        stated = placed.resource.get("id")
        own = str(stated).strip().lower() if isinstance(stated, str | int) else ""
        url = placed.full_url.strip().lower()
        for identity in {own, url.removeprefix(_UUID) if url.startswith(_UUID) else ""} - {""}:
            for name in (identity, f"{placed.type.lower()}/{identity}"):
                index.setdefault(name, set()).add(placed.place)
    return index


def _only_one(names: Iterable[str], index: dict[str, set[str]]) -> set[str]:
    """Return the place of the one draft that these names may mean; of several none."""
    lower = (name.strip().lower().removeprefix(_UUID) for name in names)
    places = set[str]().union(*(index.get(name, set()) for name in lower))
    return places if len(places) == 1 else set()
