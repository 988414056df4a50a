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
from recommender.assessment.derived_facts import TreatmentPhase
from recommender.assessment.treatment_phase import is_treatment_dose
from recommender.assessment.treatment_start import find_treatment_start, took_b12_before

__all__ = [
    "Assessment",
    "Band",
    "Deficiency",
    "Permanence",
    "PlateletBand",
    "TreatmentPhase",
    "assess",
    "bands_of",
    "find_treatment_start",
    "is_treatment_dose",
    "took_b12_before",
]
