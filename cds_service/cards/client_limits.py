"""What a client leaves undone of a suggestion: it is not offered, and the card says what is to be
done by hand instead.

Source: `ignores` of a client (docs/client-profiles.md); cards.md 8; Q65.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from fhir_mappings.fhir import Resource
from recommender.language import Phase

Action = dict[str, Any]


class Planned(msgspec.Struct, frozen=True):
    """One action of a suggestion. `phase` is what a medication order of it gives, `None` for any
    other action and for an update that gives no dose; `dose` says it for whoever enters it by hand,
    `beside` what else the action does to the order: technique, site, start.
    """

    action: Action
    phase: Phase | None = None
    dose: str = ""
    beside: tuple[str, ...] = ()


DOSE, SECOND_ACTION, DELETE = "dose", "second-action", "delete"
"""What a client may leave undone."""


def fit_to_client(
    actions: list[Planned],
    ignores: tuple[str, ...],
    drafts: Mapping[str, Resource],
    undosed: frozenset[str],
) -> tuple[list[Planned], list[tuple[str, Planned]]]:
    """Return the actions that the client carries out, and what is left to do by hand: in words, and
    the action that it belongs to.

    Args:
        undosed: the keys of drafts whose dose cannot be read. An order form that has lost the dose
            holds one; the same product is not offered again beside it, its dose is to be entered.
    """
    by_hand: list[tuple[str, Planned]] = []
    if DOSE in ignores:
        twins = dict(_twins(actions, drafts, undosed))
        by_hand += [
            (line, one)
            for number, one in _drafted(actions)
            for line in _lines_of(one, number in twins, drafts)
        ]
        gone = set(twins.values()) - {""}
        actions = [
            one
            for number, one in enumerate(actions)
            if number not in twins and _named(one.action) not in gone
        ]
    if DELETE in ignores:
        deletes = [one for one in actions if one.action["type"] == "delete"]
        by_hand += [(one.action["description"], one) for one in deletes]
        actions = [one for one in actions if one.action["type"] != "delete"]
    return actions, by_hand


def _drafted(actions: list[Planned]) -> Iterator[tuple[int, Planned]]:
    for number, one in enumerate(actions):
        resource = one.action.get("resource")
        if isinstance(resource, dict) and _is_medicine(resource):
            yield number, one


def _is_medicine(resource: Resource) -> bool:
    return str(resource.get("resourceType", "")).startswith("Medication")


def _twins(
    actions: list[Planned], drafts: Mapping[str, Resource], undosed: frozenset[str]
) -> Iterator[tuple[int, str]]:
    """Yield which actions would give a draft that is there nothing but a dose: updates that keep
    its product, and creates of a product that a draft without a readable dose holds already, with
    its key. Each such draft stands for one create.
    """
    open_drafts = {key: one for key, one in drafts.items() if key in undosed}
    for number, one in _drafted(actions):
        action = one.action
        wanted = _medicine(action["resource"])
        if action["type"] == "update":
            key = f"{action['resource']['resourceType']}/{action['resource'].get('id')}"
            if key in drafts and _medicine(drafts[key]) == wanted:
                open_drafts.pop(key, None)  # it stands for this update, and for no create besides
                yield number, ""
            continue
        held = (key for key, draft in open_drafts.items() if _medicine(draft) == wanted)
        twin = next(held, "")
        if action["type"] == "create" and twin:
            del open_drafts[twin]
            yield number, twin


def _medicine(resource: Resource) -> object:
    """Return what the medicine is called: the text of its concept."""
    concept = resource.get("medicationCodeableConcept") or resource.get("medication")
    concept = concept.get("concept", concept) if isinstance(concept, dict) else {}
    return concept.get("text") if isinstance(concept, dict) else None


def _lines_of(planned: Planned, is_there: bool, drafts: Mapping[str, Resource]) -> Iterator[str]:
    """Yield what is to be done by hand for an action, a line each; where there are several orders,
    a change names the one that it is about.
    """
    lines = planned.beside
    if planned.phase is not None:
        place = "Enter in the order that is there" if is_there else "Check in the order"
        lines = (f"{place}: {planned.dose}", *lines)
    resource = planned.action["resource"]
    changed = drafts.get(f"{resource['resourceType']}/{resource.get('id')}")
    orders = [one for one in drafts.values() if _is_medicine(one)]
    named = planned.action["type"] == "update" and changed is not None and len(orders) > 1
    about = f"{_in_words(changed)}: " if named and changed else ""
    yield from (f"{about}{line}" for line in lines)


def _in_words(order: Resource) -> str:
    """Return the name of an order and, where it says one in words, its dose."""
    dosages = order.get("dosageInstruction")
    first = dosages[0] if isinstance(dosages, list) and dosages else None
    said = first.get("text") if isinstance(first, dict) else None
    return ", ".join(str(part) for part in (_medicine(order), said) if part) or "an order"


def _named(action: Action) -> str:
    """Return the draft that a delete names, else an empty string."""
    if action["type"] != "delete":
        return ""
    return str(action.get("resourceId", action.get("resource", "")))
