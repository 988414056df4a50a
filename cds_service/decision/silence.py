"""Why an answer holds no card: what the demonstration says instead of nothing at all."""

from __future__ import annotations

from typing import Any

from cds_service.decision.decide import Decision
from cds_service.protocol import HOOK_ROWS, PATIENT_VIEW, HookRequest
from fhir_mappings.draft_orders import resolve_selections
from fhir_mappings.fhir import Placed, read_medication, subject_id, words_of
from recommender.review import SPOKEN, Where
from recommender.wording import join, quote

EXTENSION = "org.b12-cds"

NOT_CONCERNED = "nothing that is selected is vitamin B12, folic acid or a test of them"
NO_DRAFTS = "no draft order came"
MOST_NAMES = 5
"""Orders that are named; a larger order set is known to who sent it."""

ANOTHER_PATIENT = "the draft orders are about another patient than context.patientId"
NOT_A_DRAFT = "what is selected is not among the draft orders"
WITHHELD = "the cards of this decision are not shown in the mode that is set"


def explain_silence(decision: Decision | None, request: HookRequest) -> dict[str, Any]:
    """Return the extension of an empty answer: why, and the rule that fired. `None` stands for an
    order that was not looked into.
    """
    if decision is None or not decision.in_scope:
        return {EXTENSION: {"why": _why_not_concerned(request)}}
    rule = decision.recommendation.rule
    why = WITHHELD if decision.findings else _reason(decision, request.hook)
    return {EXTENSION: {"why": why, "rule": rule}}


def _why_not_concerned(request: HookRequest) -> str:
    """Say what keeps the orders of a call out of scope (R38, R154 to R157)."""
    if not request.drafts:
        return NO_DRAFTS
    drafts = [one for one in request.drafts if _is_about(one, request.patient_id)]
    if not drafts:
        return ANOTHER_PATIENT
    if HOOK_ROWS[request.hook].selects:
        places = resolve_selections(request.selections, drafts, [])
        drafts = [one for one in drafts if one.place in places]
        if not drafts:
            others = resolve_selections(request.selections, request.drafts, [])
            return ANOTHER_PATIENT if others else NOT_A_DRAFT
    names = dict.fromkeys(name for one in drafts if (name := _name_of(one)))
    return f"{NOT_CONCERNED}: {join(list(names)[:MOST_NAMES])}" if names else NOT_CONCERNED


def _is_about(draft: Placed, patient_id: str) -> bool:
    return subject_id(draft.resource) in ("", patient_id)


def _name_of(draft: Placed) -> str:
    """Return how a draft names what is ordered, in quotes; empty when it does not."""
    concept, _ = read_medication(draft.resource)
    words = words_of(concept or draft.resource.get("code"))
    seen = "".join(letter for letter in words if letter.isprintable() or letter.isspace())
    return quote(seen) if seen else ""


def _reason(decision: Decision, hook: str) -> str:
    """Return the reason of the table of rules and hooks, else what the rule says."""
    row = SPOKEN.get(decision.recommendation.rule, {})
    course = decision.course
    if hook == PATIENT_VIEW:
        where = Where.PATIENT_VIEW
    elif any(order.selected and order.has_cobalamin for order in course.drafts):
        where = Where.RIGHT_ORDER
    elif any(order.selected for order in course.drafts):
        where = Where.FOLIC_ACID
    else:
        where = Where.TEST
    reason = row[where].silent_because if where in row else ""
    return reason or f"nothing to add: {decision.recommendation.summary}"
