"""Edits of the course as CDS Hooks actions with complete draft resources.

Source: R96 to R110, R159, R161, R162; the strategies of Q25.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import msgspec

from cds_service.cards.client_limits import Action, Planned
from cds_service.cards.new_ids import new_uuid
from cds_service.site import Client
from fhir_mappings.drafts import (
    DraftContext,
    draft_changes,
    group_id_of,
    injection_sites,
    medication_request,
    service_request,
    write_start,
)
from fhir_mappings.fhir import Resource, read_medication, texts_of
from recommender.cards import Resolution
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
    say_claims,
)
from recommender.remedies import claims_of, does
from recommender.wording import say_full_date

UNLESS = ", if not already on B12"
"""Said below what is drafted where the medication list could not be read (Q58)."""


class SuggestionContext(msgspec.Struct, frozen=True):
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


def write_actions(resolution: Resolution, context: SuggestionContext) -> list[Planned]:
    """Return the actions of one resolution: creates and updates first, deletes last (R162).

    Edits of one draft become one update (R106). The drafts of one resolution share a
    `groupIdentifier`, with the loading course that is drafted already where they follow it (Q56).
    """
    drafting = context.draft_context._replace(
        group_id=_followed_group(resolution, context) or new_uuid(),
        condition=say_claims(claims_of(resolution.edits)),
        after=loading_of(resolution.edits),
        before=_maintenance_of(resolution.edits),
    )
    context = msgspec.structs.replace(context, draft_context=drafting)
    edits = resolution.edits
    if context.client.replace_strategy == "update":
        edits = _as_update(edits, context.cobalamin_keys)
    return deletes_last(
        [
            *_updates(edits, context),
            *(action for edit in edits for action in _additions(edit, context)),
        ]
    )


def _followed_group(resolution: Resolution, context: SuggestionContext) -> str:
    """Return the group of the B12 draft that new maintenance follows; empty where there is none."""
    follows = all(isinstance(one, AddRegimen | AddFollowUps) for one in resolution.edits)
    if not follows or loading_of(resolution.edits):
        return ""
    groups = {group_id_of(context.drafts.get(key, {})) for key in context.cobalamin_keys}
    return groups.pop() if len(groups) == 1 else ""


def loading_of(edits: tuple[Edit, ...]) -> Phase | None:
    """Return the loading phase among the edits, which maintenance follows."""
    phases = (phase for phase in _phases_of(edits) if phase.kind is PhaseKind.LOADING)
    return next(phases, None)


def _maintenance_of(edits: tuple[Edit, ...]) -> Phase | None:
    """Return the phase among the edits that follows loading."""
    return next((one for one in _phases_of(edits) if one.kind is not PhaseKind.LOADING), None)


def _phases_of(edits: tuple[Edit, ...]) -> tuple[Phase, ...]:
    added = [phase for one in edits if isinstance(one, AddRegimen) for phase in one.regimen.phases]
    return (*(edit.phase for edit in edits if isinstance(edit, ChangeOrder)), *added)


def deletes_last(actions: Iterable[Planned]) -> list[Planned]:
    return sorted(actions, key=lambda one: one.action["type"] == "delete")


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
    change = ChangeOrder(removed.key, first, regimen.technique, regimen.claims, regimen.replaces)
    start = (ChangeStart(removed.key, regimen.starts),) if regimen.starts else ()
    return (change, *start, *rest, *kept)


def _updates(edits: tuple[Edit, ...], context: SuggestionContext) -> list[Planned]:
    """Return one update for each draft that the edits change."""
    changed: dict[str, Resource] = {}
    descriptions: dict[str, list[str]] = {}
    beside: dict[str, list[str]] = {}
    phases = {edit.key: edit.phase for edit in edits if isinstance(edit, ChangeOrder)}
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
            if not isinstance(edit, ChangeOrder):
                beside.setdefault(key, []).append(words)
    return [
        Planned(
            {"type": "update", "description": "; ".join(descriptions[key]), "resource": resource},
            phase=phases.get(key),
            dose=describe(phases[key]) if key in phases else "",
            beside=tuple(beside.get(key, ())),
        )
        for key, resource in changed.items()
    ]


def _rewrite(draft: Resource, edit: Edit, context: DraftContext) -> tuple[Resource | None, str]:
    """Return the draft as the edit wants it, and what that does in words; `None` for an edit that
    changes no draft.
    """
    match edit:
        case ChangeOrder(_, phase, technique, _, replaces):
            rewritten = draft_changes.rewrite(draft, phase, context, technique, replaces)
            start = _start_in_words(phase, rewritten, context.as_of)
            said = f"{does(edit)}: {describe(phase)}{start}"
            product = _other_strength(draft, rewritten, phase, context)
            return rewritten, f"{said}{product}{_supply_that_stays(draft, phase, context)}"
        case AddTechnique(_, technique):
            return draft_changes.with_technique(draft, technique, context), _technique_in_words(
                technique
            )
        case ChangeStart(_, starts):
            moved = draft_changes.with_start(draft, starts, context)
            return moved, f"Let the order start on {say_full_date(starts)}"
        case NameReplaced(replaces=replaces, claims=claims):
            stated = say_claims(claims)
            words = "Let the order name the active order that it renews or replaces"
            words += f"; state in it: {stated}" if stated else ""
            return draft_changes.with_prior(draft, replaces, context, stated), words
        case ChangeSite(_, site):
            return injection_sites.with_site(
                draft, site, context
            ), f"Change the injection site to: {site.value}"
        case _:
            return None, ""


def _other_strength(
    draft: Resource, rewritten: Resource | None, phase: Phase, context: DraftContext
) -> str:
    """Say the product of a rewritten draft whose own tablets cannot give the dose."""
    if rewritten is None or not draft_changes.is_in_another_strength(draft, phase, context):
        return ""
    concept, _ = read_medication(rewritten)
    return f"; as {', '.join(texts_of(concept)[:1])}, whose strength fits"


def _supply_that_stays(draft: Resource, phase: Phase, context: DraftContext) -> str:
    """Say that quantity, days and repeats stay as ordered where they no longer fit (cards.md 8)."""
    fits = not draft_changes.supply_no_longer_fits(draft, phase, context)
    return "" if fits else "; its supply stays as ordered: make quantity, days and repeats fit"


def _technique_in_words(technique: tuple[str, ...]) -> str:
    return f"Add to the order: {' '.join(technique)}"


def _additions(edit: Edit, context: SuggestionContext) -> Iterator[Planned]:
    """Yield the creates and deletes of one edit; a draft that no id names cannot be deleted
    (R161).
    """
    match edit:
        case AddRegimen(regimen, technique, _, starts):
            for phase in regimen.phases:
                # Only the first phase starts on the day; the next one follows from it.
                starts_on = starts if phase is regimen.phases[0] else None
                words = f"{describe(phase)}{context.unless}"
                drafted = medication_request.draft(
                    phase, context.draft_context, technique, edit.prior_of(phase), starts_on
                )
                start = _start_in_words(phase, drafted, context.draft_context.as_of)
                beside = (_technique_in_words(technique),) if len(technique) > 1 else ()
                said = f"{describe(phase)}{start}{context.unless}"
                yield Planned(_create(said, drafted), phase, words, beside)
        case AddFollowUps(follow_ups):
            for follow_up in follow_ups:
                drafted = service_request.draft(follow_up, context.draft_context)
                yield Planned(_create(f"Order {describe_follow_up(follow_up)}", drafted))
        case RemoveOrder(key) if key in context.drafts:
            yield delete_action(
                key, f"Remove the {context.names.get(key, f'draft order: {key}')}", context.client
            )


def _start_in_words(phase: Phase, drafted: Resource | None, as_of: dt.date) -> str:
    """Say when the first dose is due, where it is later than today: not every client takes the
    start of a draft (cards.md 8).
    """
    if (after_loading := write_start(phase)) or not drafted:
        return after_loading
    (line, *_) = drafted["dosageInstruction"]
    start = line.get("timing", {}).get("repeat", {}).get("boundsPeriod", {}).get("start", "")
    later = start > as_of.isoformat()
    return f"; first dose on {say_full_date(dt.date.fromisoformat(start))}" if later else ""


def delete_action(key: str, description: str, client: Client) -> Planned:
    """Return the delete; clients of CDS Hooks 1.0 want the id as text in `resource` (R107)."""
    member = "resource" if client.delete_style == "resource" else "resourceId"
    return Planned({"type": "delete", "description": description, member: key})


def _create(description: str, resource: Resource | None) -> Action:
    return {"type": "create", "description": description, "resource": resource or {}}


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
