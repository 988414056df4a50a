"""How sure we are of vitamin B12 deficiency: classes of levels, and the rows of decisions 2.3."""

from recommender.deficiency.deficiency import (
    SEVERE_RENAL_BELOW,
    Beside,
    find_row,
    gather_deficiency_facts,
    mma_excludes,
    mma_is_raised,
    mma_may_be_raised,
    nitrous_oxide_misleads,
    not_conclusive,
    renal_is_severe,
)
from recommender.deficiency.deficiency_rows import DeficiencyFacts, DeficiencyRow
from recommender.deficiency.grounds import Deficiency, Ground, NotConclusive, Permanence
from recommender.deficiency.levels import (
    HOLOTC_HIGH,
    HOLOTC_LOW,
    active_alone_is_low,
    low_in_both_readings,
    total_b12_is_borderline,
    total_b12_is_low,
    unusable_low_since,
)
from recommender.deficiency.older_results import (
    behind_a_flag,
    contradicting_result,
    older_low_result,
    with_low_level,
)
from recommender.deficiency.what_decided import deficiency_evidence

__all__ = [
    "HOLOTC_HIGH",
    "HOLOTC_LOW",
    "SEVERE_RENAL_BELOW",
    "Beside",
    "Deficiency",
    "DeficiencyFacts",
    "DeficiencyRow",
    "Ground",
    "NotConclusive",
    "Permanence",
    "active_alone_is_low",
    "behind_a_flag",
    "contradicting_result",
    "deficiency_evidence",
    "find_row",
    "gather_deficiency_facts",
    "low_in_both_readings",
    "mma_excludes",
    "mma_is_raised",
    "mma_may_be_raised",
    "nitrous_oxide_misleads",
    "not_conclusive",
    "older_low_result",
    "renal_is_severe",
    "total_b12_is_borderline",
    "total_b12_is_low",
    "unusable_low_since",
    "with_low_level",
]
