"""What deficiency would be if one fact that is not known were: told as what would change the
advice, never part of the advice itself.
"""

from __future__ import annotations

from dataclasses import replace

from recommender.assessment.blood_and_reactions import Facts
from recommender.deficiency import (
    Beside,
    Deficiency,
    DeficiencyFacts,
    DeficiencyRow,
    find_row,
    gather_deficiency_facts,
)
from recommender.guidance import Policy
from recommender.language import ClinicalScenario, Truth

NOT_SHOWN = frozenset({Deficiency.UNKNOWN, Deficiency.UNRESOLVED, Deficiency.UNLIKELY})


def with_signs(
    scenario: ClinicalScenario,
    policy: Policy,
    facts: DeficiencyFacts,
    row: DeficiencyRow,
    beside: Beside,
) -> Facts:
    """Return what deficiency is once nerve signs are recorded (D4); nothing where it is shown, or
    nothing was read that they could change.
    """
    levels = scenario.total_b12.is_known or scenario.holotranscobalamin.is_known
    read = levels or facts.mma_measured or facts.nitrous_oxide.is_true
    if row.deficiency not in NOT_SHOWN or not read:
        return {}
    ill = replace(beside, neurological=Truth.TRUE)
    found = find_row(gather_deficiency_facts(scenario, policy, ill))
    return {"deficiency_with_signs": found.deficiency}


def with_kidneys(facts: DeficiencyFacts) -> Facts:
    """Return what deficiency is once the kidneys prove sufficient for methylmalonic acid (D3);
    nothing where no raised one waits for them.
    """
    if not (facts.mma_raised.is_true and facts.mma_readable.is_unknown):
        return {}
    found = find_row(replace(facts, mma_readable=Truth.TRUE))
    return {"deficiency_with_kidneys": found.deficiency}
