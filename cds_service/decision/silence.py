"""Why an answer holds no card: what the demonstration says instead of nothing at all."""

from __future__ import annotations

from typing import Any

from cds_service.decision.decide import Decision
from cds_service.protocol import PATIENT_VIEW
from recommender.review import SPOKEN, Where

EXTENSION = "org.b12-cds"

NOT_CONCERNED = "nothing that is selected is vitamin B12, folic acid or a test of them"
WITHHELD = "the cards of this decision are not shown in the mode that is set"


def explain_silence(decision: Decision | None, hook: str) -> dict[str, Any]:
    """Return the extension of an empty answer: why, and the rule that fired. `None` stands for an
    order that was not looked into.
    """
    if decision is None or not decision.in_scope:
        return {EXTENSION: {"why": NOT_CONCERNED}}
    rule = decision.recommendation.rule
    why = WITHHELD if decision.findings else _reason(decision, hook)
    return {EXTENSION: {"why": why, "rule": rule}}


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
