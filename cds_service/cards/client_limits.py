"""What a client leaves undone of a suggestion: it is not offered, and the card says what is to be
done by hand instead.

Source: `ignores` of a client (docs/client-profiles.md); cards.md 8; Q65.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fhir_mappings.fhir import Resource
from recommender.language import Phase

Action = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Planned:
    """One action of a suggestion. `phase` is what a medication order of it gives, `None` for any
    other action and for an update that gives no dose; `dose` says it for whoever enters it by hand.
    """

    action: Action
    phase: Phase | None = None
    dose: str = ""


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
        by_hand += [(_dose_of(one, number in twins), one) for number, one in _drafted(actions)]
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
        if isinstance(resource, dict) and resource.get("resourceType", "").startswith("Medication"):
            yield number, one


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


def _dose_of(planned: Planned, is_there: bool) -> str:
    """Return what is to be done by hand for an action; an update that gives no dose says itself
    what it does.
    """
    if planned.phase is None:
        return str(planned.action["description"])
    place = "Enter in the order that is there" if is_there else "Check in the order"
    return f"{place}: {planned.dose}"


def _named(action: Action) -> str:
    """Return the draft that a delete names, else an empty string."""
    if action["type"] != "delete":
        return ""
    return str(action.get("resourceId", action.get("resource", "")))
