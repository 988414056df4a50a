"""What nerve signs would change, where words of the record point at them and no rule asks (Q28)."""

from __future__ import annotations

from recommender.case import Case
from recommender.guidance import RuleGroup
from recommender.language import HintAt
from recommender.treatment import decide, with_nerve_signs

_THEN = {
    "N1": "With nerve signs, do not wait: injections on alternate days.",
    "N2": "With nerve signs, take samples, then give the first injection the same day.",
    "N3": "With nerve signs, measure methylmalonic acid before looking elsewhere.",
}
"""By the rule that holds then: deficiency is shown by the signs (D4), stays open, is unlikely."""


def with_signs(case: Case) -> str:
    """Return what is done if the words quoted are nerve signs; empty where nothing points at any,
    where the rule asks about them or knows of treatment, and where nothing could be offered.
    """
    hints = case.scenario.hints_at(HintAt.NEUROLOGY)
    asks = case.group not in (RuleGroup.OPEN, RuleGroup.PROPHYLAXIS)
    if asks or not hints or not case.assessment.neurological.is_unknown:
        return ""
    then = decide(with_nerve_signs(case.assessment), case.policy)
    if then.rule == "N3":
        measured = case.scenario.mma.above(case.policy.mma_nmol_l).is_false
        return "" if measured else _THEN[then.rule]
    return _THEN.get(then.rule, "") if then.options else ""
