"""What follows from the facts: deficiency, neurology, phase of treatment, derived and explained
facts.
"""

from recommender.assessment.assessment import assess
from recommender.assessment.bands import Band, bands_of
from recommender.assessment.derived_facts import Assessment, PlateletBand
from recommender.deficiency import (
    Deficiency,
    Ground,
    NotConclusive,
    Permanence,
    contradicting_result,
    older_low_result,
    total_b12_is_borderline,
    with_low_level,
)
from recommender.language import is_treatment_dose
from recommender.treatment_so_far import (
    Treatment,
    TreatmentPhase,
    UnknownPhase,
    find_treatment_start,
    took_b12_before,
)

__all__ = [
    "Assessment",
    "Band",
    "Deficiency",
    "Ground",
    "NotConclusive",
    "Permanence",
    "PlateletBand",
    "Treatment",
    "TreatmentPhase",
    "UnknownPhase",
    "assess",
    "bands_of",
    "contradicting_result",
    "find_treatment_start",
    "is_treatment_dose",
    "older_low_result",
    "took_b12_before",
    "total_b12_is_borderline",
    "with_low_level",
]
