"""What follows from the facts: deficiency, neurology, phase of treatment, derived and explained
facts.
"""

from recommender.assessment.assessment import assess
from recommender.assessment.bands import Band, bands_of
from recommender.assessment.derived_facts import Assessment, PlateletBand
from recommender.treatment_so_far import find_treatment_start, took_b12_before

__all__ = [
    "Assessment",
    "Band",
    "PlateletBand",
    "assess",
    "bands_of",
    "find_treatment_start",
    "took_b12_before",
]
