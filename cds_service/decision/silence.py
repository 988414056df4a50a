"""Why an answer holds no card: what a tester is told instead of nothing at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cds_service.cards import EXTENSION
from cds_service.decision.decide import Decision
from cds_service.decision.quiet_cards import ASKED_BEFORE, OVERRIDDEN
from cds_service.protocol import (
    HOOK_ROWS,
    MEDICATION_REFILL,
    NOT_AN_ORDER,
    PATIENT_VIEW,
    READ_INSTEAD,
    HookRequest,
)
from fhir_mappings.draft_reading import NOT_ORDERS
from fhir_mappings.fhir import Placed, code_of, read_medication, subject_id, words_of
from fhir_mappings.selections import listed_orders, order_sets, resolve_selections
from recommender.wording import join, quote, unread_lines

NOT_CONCERNED = "not a vitamin B12 or folic acid order, nor a test of them"
NO_DRAFTS = "no draft order came"
UNREAD_DRAFTS = "no resource with a resourceType, expected an order"
NOT_ORDERED = "the draft orders are completed or entered in error, so nothing is being ordered"
NO_NAMES = "the draft orders name no medicine and no test yet"
NAME_NOT_READ = "the name of what is ordered has more characters than are read"
SETS_NOT_READ = (
    "an order set (RequestGroup) is not read itself; expected the orders it lists as entries of "
    "draftOrders, or inside it"
)
MOST_NAMES = 5
"""Orders that are named; a larger order set is known to who sent it."""

ANOTHER_PATIENT = "the draft orders are about another patient than context.patientId"
NOT_A_DRAFT = "what is selected is not among the draft orders"
WITHHELD = "the cards of this decision are not shown in the mode that is set"
QUIET = {
    OVERRIDDEN: "what was decided was overridden for this patient and order, and is not shown for "
    "a while",
    ASKED_BEFORE: "what was decided asks a question that was asked before",
}
"""Why a card is not shown although its mode would show it (Q45, Q93)."""

DECEASED = "no cards for somebody who has died"


def explain_silence(
    decision: Decision | None, request: HookRequest, withheld_by: Iterable[str] = ()
) -> dict[str, Any]:
    """Return the extension of an empty answer: why, and the rule that fired. `None` stands for an
    order that was not looked into; `withheld_by` says of each card what keeps it back.
    """
    if decision is None or not decision.in_scope:
        why = "; ".join([*_unread_drafts(request), _why_not_concerned(request)])
        return {EXTENSION: {"why": why}}
    rule = decision.recommendation.rule
    why = _why_withheld(withheld_by) if decision.findings else _reason(decision, request.hook)
    return {EXTENSION: {"why": why, "rule": rule}}


def _why_withheld(withheld_by: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(QUIET.get(one, WITHHELD) for one in withheld_by)) or WITHHELD


def _why_not_concerned(request: HookRequest) -> str:
    """Say what keeps the orders of a call out of scope (R38, R154 to R157)."""
    if not request.drafts:
        return NO_DRAFTS
    drafts = [one for one in request.drafts if _is_about(one, request.patient_id)]
    if not drafts:
        return ANOTHER_PATIENT
    sets = order_sets(drafts)
    if HOOK_ROWS[request.hook].selects:
        places = resolve_selections(request.selections, drafts, sets)
        drafts = [one for one in drafts if one.place in places]
        if not drafts:
            others = resolve_selections(request.selections, request.drafts)
            return ANOTHER_PATIENT if others else NOT_A_DRAFT
    drafts = [one for one in drafts if code_of(one.resource.get("status")) not in NOT_ORDERS]
    if not drafts:
        return NOT_ORDERED
    unread = any(_lists_others(one, request.drafts) for one in sets if one in drafts)
    return "; ".join([_what_is_ordered(drafts), *([SETS_NOT_READ] if unread else ())])


def _unread_drafts(request: HookRequest) -> Iterator[str]:
    unread = [place for place, why in request.tolerated if why == NOT_AN_ORDER]
    if unread:
        yield f"{UNREAD_DRAFTS}: {join(unread[:MOST_NAMES])}"


def _what_is_ordered(drafts: list[Placed]) -> str:
    names = dict.fromkeys(name for one in drafts if (name := _name_of(one)))
    if quote(READ_INSTEAD) in names:
        return NAME_NOT_READ
    if names:
        return f"{NOT_CONCERNED}: {join(list(names)[:MOST_NAMES])}"
    return NOT_CONCERNED if any(map(_orders_something, drafts)) else NO_NAMES


def _lists_others(order_set: Placed, drafts: Iterable[Placed]) -> bool:
    """Return whether an order set lists what is no entry of the draft set, or holds it inside."""
    there = list(drafts)
    listed = listed_orders(order_set)
    return any(not resolve_selections([one], there) for one in listed)


def _orders_something(draft: Placed) -> bool:
    """Return whether a draft says in any form what is ordered; an order screen fires before."""
    return any(read_medication(draft.resource)) or bool(draft.resource.get("code"))


def _is_about(draft: Placed, patient_id: str) -> bool:
    return subject_id(draft.resource) in ("", patient_id)


def _name_of(draft: Placed) -> str:
    """Return how a draft names what is ordered, in quotes; empty when it does not."""
    concept, _ = read_medication(draft.resource)
    words = words_of(concept or draft.resource.get("code"))
    seen = words
    if not words.isprintable():
        seen = "".join(letter for letter in words if letter.isprintable() or letter.isspace())
    return quote(seen) if seen else ""


def _reason(decision: Decision, hook: str) -> str:
    """Return what was checked, the row that leaves nothing to say, and what could not be checked
    (Q59, Q92).
    """
    found = decision.recommendation
    if found.rule == "deceased":
        return DECEASED
    row = f"{found.rule}, {found.summary[:1].lower()}{found.summary[1:]}"
    said, unread = _found(decision, hook, row), unread_lines(decision.scenario)
    if not unread:
        return f"checked{said}"
    return f"as far as the record could be read{said}. {' '.join(unread)}"


def _found(decision: Decision, hook: str, row: str) -> str:
    """Return what was found to be as it should be, to be read after how it was checked."""
    if hook == PATIENT_VIEW:
        return f", nothing is due: {row}"
    if hook == MEDICATION_REFILL:
        return f": the refill is consistent with {row}"
    selected = [order for order in decision.course.drafts if order.selected]
    if any(order.has_cobalamin for order in selected):
        return f": consistent with {row}"
    if selected:
        return f": folic acid is not held back by {row}"
    return f", nothing to say about the test: {row}"
