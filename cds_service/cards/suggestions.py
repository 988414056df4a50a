"""Resolutions become suggestions: edits of the course turned into CDS Hooks actions with complete
draft resources.

Source: R96 to R110, R159, R161 to R166; the strategies of Q25.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cds_service.cards.client_limits import SECOND_ACTION, fit_to_client
from cds_service.cards.new_ids import new_uuid
from cds_service.protocol import make_plain
from cds_service.site import Client
from fhir_mappings.drafts import (
    DraftContext,
    check_new_draft,
    check_outgoing,
    draft_changes,
    group_id_of,
    medication_request,
    service_request,
)
from fhir_mappings.fhir import FhirVersion, Resource
from recommender.cards import Finding, Resolution
from recommender.language import (
    AddFollowUps,
    AddRegimen,
    AddTechnique,
    ChangeOrder,
    ChangeSite,
    ChangeStart,
    Edit,
    FollowUp,
    NameReplaced,
    Phase,
    PhaseKind,
    RemoveOrder,
    describe,
)
from recommender.remedies import claim_of, does, label_of_parts
from recommender.treatment import NEURO_PRESENT_LABEL

Action = dict[str, Any]

LONGEST_LABEL = 120
LONGEST_DESCRIPTION = 500
"""Characters; ours are shorter, and names from the record are cut."""

UNLESS = ", if not already on B12"
"""Said below what is drafted where the medication list could not be read (Q58)."""


@dataclass(frozen=True, slots=True)
class SuggestionContext:
    """What a suggestion needs besides its edits: the drafts by key as they came, their names, which
    hold vitamin B12, who it is for; `undosed` are the drafts of which no dose can be read. `unless`
    goes below what is drafted, where the medication list
    could not be read (Q58).
    """

    drafts: Mapping[str, Resource]
    names: Mapping[str, str]
    cobalamin_keys: frozenset[str]
    draft_context: DraftContext
    client: Client
    unless: str = ""
    undosed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The suggestions of one card, the labels of those that could not be written, each with the
    reason, and what the client leaves to be done by hand. `in_words` are those that this client
    gets as words alone, so that whatever it accepts is safe (Q65).
    """

    offered: tuple[dict[str, Any], ...]
    withheld: tuple[tuple[str, str], ...] = ()
    by_hand: tuple[str, ...] = ()
    in_words: tuple[str, ...] = ()


LONE_DELETE = frozenset({"b8", "b21", "c1", "d3", "d4"})
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
        problem = _problem(actions, context)
        if problem:
            withheld.append((resolution.label, problem))
            continue
        done, left = fit_to_client(actions, ignores, context.drafts, context.undosed)
        by_hand |= dict.fromkeys(left)
        if len(done) == len(actions) and not _takes_one_action(context.client):
            offered.append(_suggestion(resolution.label, actions, resolution.recommended))
        else:
            whole = len(done) == len(actions)
            split, left_out = _split(finding, resolution, done, context.client, whole=whole)
            offered += split
            in_words += left_out
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
        (one for one in legs if _claims(one, NEURO_PRESENT_LABEL)),
        next((one for one in legs if one.recommended), legs[0]),
    )
    excluded = tuple(one for one in legs if one is not kept)
    return tuple(one for one in resolutions if one not in excluded), excluded


def _is_tests_alone(resolution: Resolution) -> bool:
    return all(isinstance(edit, AddFollowUps) for edit in resolution.edits)


def _claims(resolution: Resolution, claim: str) -> bool:
    edits = (edit for edit in resolution.edits if isinstance(edit, AddRegimen | ChangeOrder))
    return any(edit.condition == claim for edit in edits)


def _problem(actions: list[Action], context: SuggestionContext) -> str:
    """Return why these actions cannot be offered, or an empty string."""
    if not context.draft_context.version.can_be_written:
        return f"drafts are not written in FHIR {context.draft_context.version.value}"
    if not actions:
        return "the draft has no id, so no action can name it"
    for action in actions:
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


def _suggestion(label: str, actions: list[Action], recommended: bool = False) -> dict[str, Any]:
    suggestion: dict[str, Any] = {
        "label": make_plain(label, LONGEST_LABEL),
        "uuid": new_uuid(),
    }
    if recommended:
        suggestion["isRecommended"] = True
    described = [
        action | {"description": make_plain(action["description"], LONGEST_DESCRIPTION)}
        for action in actions
    ]
    return suggestion | {"actions": described}


def _split(
    finding: Finding, resolution: Resolution, actions: list[Action], client: Client, whole: bool
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return one suggestion per action, for clients that take one action each and cannot update
    (Epic), and the labels of actions that would do harm when they alone are accepted (Q65).
    `whole`: these are all actions, so that a single one does what the label says.
    """
    if client.replace_strategy == "split":
        parts = (part for action in actions for part in _without_update(action, client))
        actions = _deletes_last(parts)
    claim = claim_of(resolution.edits)
    labels: dict[str, str] = dict(label_of_parts(resolution.edits))
    offered, in_words = [], []
    for action in actions:
        words: str = action["description"]
        alone = f"{claim}: {words}" if claim else words
        label = (
            resolution.label
            if whole and len(actions) == 1
            else labels.get(words.removesuffix(UNLESS), alone)
        )
        if client.replace_strategy != "split" or _is_safe_alone(finding, resolution, action):
            offered.append(_suggestion(label, [action]))
        else:
            in_words.append(label)
    return offered, in_words


def _is_safe_alone(finding: Finding, resolution: Resolution, action: Action) -> bool:
    """Return whether an action does no harm where it is the only one accepted: a removal takes
    treatment away, and maintenance without its loading course is too little.
    """
    if action["type"] == "delete":
        found = {card.id for card in (finding.card, *finding.also_found)}
        only = all(isinstance(edit, RemoveOrder) for edit in resolution.edits)
        return bool(found & LONE_DELETE) or (only and finding.card.id == "e1")
    loading = _loading_of(resolution.edits)
    if loading is None or action["resource"].get("resourceType") != "MedicationRequest":
        return True
    return describe(loading) in action["description"]


def write_actions(resolution: Resolution, context: SuggestionContext) -> list[Action]:
    """Return the actions of one resolution: creates and updates first, deletes last (R162).

    Edits of one draft become one update (R106). The drafts of one resolution share a
    `groupIdentifier`, with the loading course that is drafted already where they follow it (Q56).
    """
    claims = (
        edit.condition for edit in resolution.edits if isinstance(edit, AddRegimen | ChangeOrder)
    )
    drafting = replace(
        context.draft_context,
        group_id=_followed_group(resolution, context) or new_uuid(),
        condition=next(claims, ""),
        after=_loading_of(resolution.edits),
    )
    context = replace(context, draft_context=drafting)
    edits = resolution.edits
    if context.client.replace_strategy == "update":
        edits = _as_update(edits, context.cobalamin_keys)
    return _deletes_last(
        [
            *_updates(edits, context),
            *(action for edit in edits for action in _additions(edit, context)),
        ]
    )


def _followed_group(resolution: Resolution, context: SuggestionContext) -> str:
    """Return the group of the B12 draft that new maintenance follows; empty where there is none."""
    follows = all(isinstance(one, AddRegimen | AddFollowUps) for one in resolution.edits)
    if not follows or _loading_of(resolution.edits):
        return ""
    groups = {group_id_of(context.drafts.get(key, {})) for key in context.cobalamin_keys}
    return groups.pop() if len(groups) == 1 else ""


def _loading_of(edits: tuple[Edit, ...]) -> Phase | None:
    """Return the loading phase among the edits, which maintenance follows."""
    added = [phase for one in edits if isinstance(one, AddRegimen) for phase in one.regimen.phases]
    changed = [edit.phase for edit in edits if isinstance(edit, ChangeOrder)]
    phases = (phase for phase in (*changed, *added) if phase.kind is PhaseKind.LOADING)
    return next(phases, None)


def _deletes_last(actions: Iterable[Action]) -> list[Action]:
    return sorted(actions, key=lambda action: action["type"] == "delete")


def _as_update(edits: tuple[Edit, ...], cobalamin_keys: frozenset[str]) -> tuple[Edit, ...]:
    """Return edits in which a regimen that takes the place of a B12 draft rewrites it, so that only
    further phases are created (Q25).

    A folic acid draft that goes with it is removed, never rewritten.
    """
    regimen = next((edit for edit in edits if isinstance(edit, AddRegimen)), None)
    removed = next(
        (edit for edit in edits if isinstance(edit, RemoveOrder) and edit.key in cobalamin_keys),
        None,
    )
    if regimen is None or removed is None:
        return edits
    first, *further = regimen.regimen.phases
    rest = (
        (replace(regimen, regimen=replace(regimen.regimen, phases=tuple(further)), starts=None),)
        if further
        else ()
    )
    kept = tuple(edit for edit in edits if edit is not regimen and edit is not removed)
    change = ChangeOrder(removed.key, first, regimen.technique, regimen.condition, regimen.replaces)
    start = (ChangeStart(removed.key, regimen.starts),) if regimen.starts else ()
    return (change, *start, *rest, *kept)


def _updates(edits: tuple[Edit, ...], context: SuggestionContext) -> list[Action]:
    """Return one update for each draft that the edits change."""
    changed: dict[str, Resource] = {}
    descriptions: dict[str, list[str]] = {}
    for edit in edits:
        key = getattr(edit, "key", "")
        if isinstance(edit, RemoveOrder) or key not in context.drafts:
            continue
        resource, words = _rewrite(
            changed.get(key, context.drafts[key]), edit, context.draft_context
        )
        if resource is not None:
            changed[key] = resource
            descriptions.setdefault(key, []).append(words)
    return [
        {"type": "update", "description": "; ".join(descriptions[key]), "resource": resource}
        for key, resource in changed.items()
    ]


def _rewrite(draft: Resource, edit: Edit, context: DraftContext) -> tuple[Resource | None, str]:
    """Return the draft as the edit wants it, and what that does in words; `None` for an edit that
    changes no draft.
    """
    match edit:
        case ChangeOrder(_, phase, technique, _, replaces):
            return draft_changes.rewrite(
                draft, phase, context, technique, replaces
            ), f"{does(edit)}: {describe(phase)}"
        case AddTechnique(_, technique):
            return draft_changes.with_technique(
                draft, technique, context
            ), f"Add to the order: {' '.join(technique)}"
        case ChangeStart(_, starts):
            moved = draft_changes.with_start(draft, starts, context)
            return moved, f"Let the order start on {starts.isoformat()}"
        case NameReplaced(replaces=replaces):
            return (
                draft_changes.with_prior(draft, replaces, context),
                "Let the order name the active order that it renews or replaces",
            )
        case ChangeSite(_, site):
            return draft_changes.with_site(
                draft, site, context
            ), f"Change the injection site to: {site.value}"
        case _:
            return None, ""


def _additions(edit: Edit, context: SuggestionContext) -> Iterator[Action]:
    """Yield the creates and deletes of one edit; a draft that no id names cannot be deleted
    (R161).
    """
    match edit:
        case AddRegimen(regimen, technique, replaces, starts):
            for phase in regimen.phases:
                # Only the first phase starts on the day; the next one follows from it.
                starts_on = starts if phase is regimen.phases[0] else None
                yield _create(
                    f"{describe(phase)}{context.unless}",
                    medication_request.draft(
                        phase, context.draft_context, technique, replaces, starts_on
                    ),
                )
        case AddFollowUps(follow_ups):
            for follow_up in follow_ups:
                yield _create(
                    f"Order {describe_follow_up(follow_up)}",
                    service_request.draft(follow_up, context.draft_context),
                )
        case RemoveOrder(key) if key in context.drafts:
            yield _delete(
                key, f"Remove the {context.names.get(key, f'draft order: {key}')}", context.client
            )


def _delete(key: str, description: str, client: Client) -> Action:
    """Return the delete; clients of CDS Hooks 1.0 want the id as text in `resource` (R107)."""
    member = "resource" if client.delete_style == "resource" else "resourceId"
    return {"type": "delete", "description": description, member: key}


def _create(description: str, resource: Resource | None) -> Action:
    return {"type": "create", "description": description, "resource": resource or {}}


def _without_update(action: Action, client: Client) -> Iterator[Action]:
    """Yield the create and the delete that stand for an update, for clients that cannot update
    (Epic).
    """
    if action["type"] != "update":
        yield action
        return
    resource = {name: value for name, value in action["resource"].items() if name != "id"}
    yield action | {"type": "create", "resource": resource}
    key = f"{action['resource']['resourceType']}/{action['resource']['id']}"
    yield _delete(key, "Remove the draft order that this replaces", client)


def describe_follow_up(follow_up: FollowUp) -> str:
    """Say a test or review and when it is due: "full blood count in 3 months"."""
    if follow_up.months:
        return (
            f"{follow_up.test.value} in {follow_up.months} months"
            if follow_up.months > 1
            else f"{follow_up.test.value} in 1 month"
        )
    if follow_up.days:
        return (
            f"{follow_up.test.value} in {follow_up.days} days"
            if follow_up.days > 1
            else f"{follow_up.test.value} tomorrow"
        )
    return f"{follow_up.test.value} now"
