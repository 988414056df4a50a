"""What follows from the facts: deficiency, neurology, phase of treatment, derived and explained
facts.
"""

from recommender.assessment.assessment import (
    Assessment,
    Deficiency,
    Permanence,
    PlateletBand,
    assess,
)
from recommender.assessment.bands import Band, bands_of
from recommender.assessment.derived_facts import Ground, NotConclusive
from recommender.assessment.levels import total_b12_is_borderline
from recommender.assessment.older_results import contradicting_result, older_low_result
from recommender.treatment_so_far import (
    Treatment,
    TreatmentPhase,
    UnknownPhase,
    find_treatment_start,
    is_treatment_dose,
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
]
