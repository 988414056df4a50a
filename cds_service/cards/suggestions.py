"""Resolutions become suggestions, as the client takes them.

Source: R96 to R110, R163 to R166; the strategies of Q25; Q65.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec.structs import replace

from cds_service.cards.actions import (
    SuggestionContext,
    delete_action,
    deletes_last,
    loading_of,
    write_actions,
)
from cds_service.cards.client_limits import SECOND_ACTION, Action, Planned, fit_to_client
from cds_service.cards.new_ids import new_uuid
from cds_service.protocol import make_plain
from cds_service.site import Client
from fhir_mappings.drafts import check_new_draft, check_outgoing
from fhir_mappings.fhir import FhirVersion
from recommender.cards import Finding, Resolution, cards
from recommender.language import (
    AddFollowUps,
    Claim,
    Phase,
    RemoveOrder,
)
from recommender.remedies import claim_of, claims_of, label_of_parts

LONGEST_LABEL = 120
LONGEST_DESCRIPTION = 500
"""Characters; ours are shorter, and names from the record are cut."""


class Suggestions(msgspec.Struct, frozen=True):
    """The suggestions of one card, the labels of those that could not be written, each with the
    reason, and what the client leaves to be done by hand. `in_words` are those that this client
    gets as words alone, so that whatever it accepts is safe (Q65).
    """

    offered: tuple[dict[str, Any], ...]
    withheld: tuple[tuple[str, str], ...] = ()
    by_hand: tuple[str, ...] = ()
    in_words: tuple[str, ...] = ()


LONE_DELETE = frozenset(
    {
        cards.B8_UNIT_OR_PRODUCT,
        cards.B21_FREQUENCY,
        cards.C1_FOLIC_ACID_FIRST,
        cards.D3_LEBERS,
        cards.D4_REACTION,
    }
)
"""Cards of an order so harmful that its removal alone is offered (Q65)."""


def write_suggestions(finding: Finding, context: SuggestionContext) -> Suggestions:
    """Return a suggestion for each resolution; one whose resources would not be valid is withheld
    and named. What a client could accept together although it must not is said in words (Q65).
    """
    offered: list[dict[str, Any]] = []
    withheld: list[tuple[str, str]] = []
    by_hand: dict[str, None] = {}
    ignores = context.client.ignores
    resolutions, excluded = _compatible(finding, context.client)
    in_words = [resolution.label for resolution in excluded]
    for resolution in resolutions:
        actions = write_actions(resolution, context)
        problem = _problem(resolution, actions, context)
        if problem:
            withheld.append((resolution.label, problem))
            continue
        done, left = fit_to_client(actions, ignores, context.drafts, context.undosed)
        whole = len(done) == len(actions)
        if whole and not _takes_one_action(context.client):
            offered.append(_suggestion(resolution.label, actions, resolution.recommended))
        else:
            split, left_out = _split(finding, resolution, done, context.client, whole=whole)
            offered += [_suggestion(label, [action]) for label, action in split]
            in_words += [label for label, _ in left_out]
            left = [(words, one) for words, one in left if one not in [one for _, one in left_out]]
        by_hand |= dict.fromkeys(words for words, _ in left)
    return Suggestions(tuple(offered), tuple(withheld), tuple(by_hand), tuple(in_words))


def _takes_one_action(client: Client) -> bool:
    return client.replace_strategy == "split" or SECOND_ACTION in client.ignores


def _compatible(
    finding: Finding, client: Client
) -> tuple[tuple[Resolution, ...], tuple[Resolution, ...]]:
    """Return the resolutions to offer, and those that exclude one of them, for a client that can
    accept several suggestions of a card at once.

    Tests alone exclude nothing. Of the others the regimen for nerve signs is offered, else the
    recommended one, else the first.
    """
    resolutions = finding.resolutions
    if client.selection_behavior != "any" or not finding.choice:
        return resolutions, ()
    legs = [one for one in resolutions if not _is_tests_alone(one)]
    if len(legs) < 2:
        return resolutions, ()
    kept = next(
        (one for one in legs if Claim.SIGNS_PRESENT in claims_of(one.edits)),
        next((one for one in legs if one.recommended), legs[0]),
    )
    excluded = tuple(one for one in legs if one is not kept)
    return tuple(one for one in resolutions if one not in excluded), excluded


def _is_tests_alone(resolution: Resolution) -> bool:
    return all(isinstance(edit, AddFollowUps) for edit in resolution.edits)


def _problem(resolution: Resolution, actions: list[Planned], context: SuggestionContext) -> str:
    """Return why these actions cannot be offered, or an empty string.

    Where an order cannot be named what remains is not offered: it would do less than the label
    says, such as maintenance without its loading, or a second order beside the one it replaces.
    """
    if not context.draft_context.version.can_be_written:
        return f"drafts are not written in FHIR {context.draft_context.version.value}"
    named = {edit.key for edit in resolution.edits if hasattr(edit, "key")}
    if not actions or not named <= context.drafts.keys():
        return "the draft has no id of its own, so no action can name it"
    for action in (one.action for one in actions):
        problems = _check_action(action, context.draft_context.version)
        if problems:
            return (
                f"the {action['resource'].get('resourceType', 'resource')} would not be valid: "
                f"{problems[0]}"
            )
    return ""


def _check_action(action: Action, version: FhirVersion) -> list[str]:
    """Return what is wrong with the resource of an action. What is created was written here; an
    update holds what was received.
    """
    match action["type"]:
        case "create":
            return check_new_draft(action["resource"], version)
        case "update":
            return check_outgoing(action["resource"], version)
        case _:
            return []


def _suggestion(label: str, actions: list[Planned], recommended: bool = False) -> dict[str, Any]:
    suggestion: dict[str, Any] = {
        "label": make_plain(label, LONGEST_LABEL),
        "uuid": new_uuid(),
    }
    if recommended:
        suggestion["isRecommended"] = True
    described = [
        one.action | {"description": make_plain(one.action["description"], LONGEST_DESCRIPTION)}
        for one in actions
    ]
    return suggestion | {"actions": described}


def _split(
    finding: Finding, resolution: Resolution, actions: list[Planned], client: Client, whole: bool
) -> tuple[list[tuple[str, Planned]], list[tuple[str, Planned]]]:
    """Return each action with the label of a suggestion of its own, for clients that take one
    action each, leave out deletes or cannot update (Epic), and those that would do harm when they
    alone are accepted (Q65). `whole`: these are all actions, so that a single one does what the
    label says.
    """
    if client.replace_strategy == "split":
        parts = (part for one in actions for part in _without_update(one, client))
        actions = deletes_last(parts)
    claim = claim_of(resolution.edits)
    labels: dict[Phase | None, str] = dict(label_of_parts(resolution.edits))
    offered: list[tuple[str, Planned]] = []
    left_out: list[tuple[str, Planned]] = []
    for one in actions:
        words: str = one.action["description"]
        alone = f"{claim}: {words}" if claim else words
        single = whole and len(actions) == 1
        label = resolution.label if single else labels.get(one.phase, alone)
        (offered if _is_safe_alone(finding, resolution, one) else left_out).append((label, one))
    return offered, left_out


def _is_safe_alone(finding: Finding, resolution: Resolution, planned: Planned) -> bool:
    """Return whether an action does no harm where it is the only one accepted: a removal takes
    treatment away, and maintenance without its loading course is too little.
    """
    if planned.action["type"] == "delete":
        found = {finding.card, *finding.also_found}
        only = all(isinstance(edit, RemoveOrder) for edit in resolution.edits)
        return bool(found & LONE_DELETE) or (only and finding.card is cards.E1_SECOND_ORDER)
    loading = loading_of(resolution.edits)
    medication = planned.action["resource"].get("resourceType") == "MedicationRequest"
    return loading is None or not medication or planned.phase == loading


def _without_update(planned: Planned, client: Client) -> Iterator[Planned]:
    """Yield the create and the delete that stand for an update, for clients that cannot update
    (Epic).
    """
    action = planned.action
    if action["type"] != "update":
        yield planned
        return
    resource = {name: value for name, value in action["resource"].items() if name != "id"}
    yield replace(planned, action=action | {"type": "create", "resource": resource})
    key = f"{action['resource']['resourceType']}/{action['resource']['id']}"
    yield delete_action(key, "Remove the draft order that this replaces", client)
