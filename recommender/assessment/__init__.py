"""What follows from the facts: deficiency, neurology, phase of treatment, derived and explained
facts.
"""

from recommender.assessment.assessment import PREGNANCY_AGE, assess
from recommender.assessment.bands import Band, bands_of
from recommender.assessment.blood_and_reactions import (
    INR_HIGH_ABOVE,
    PLATELET_LIMITS,
    POTASSIUM_LOW_BELOW,
)
from recommender.assessment.derived_facts import (
    FEW_PLATELETS,
    VERY_FEW_PLATELETS,
    Assessment,
    PlateletBand,
)
from recommender.assessment.neurology import URGENT_SIGNS
from recommender.assessment.older_alarms import with_older_alarms

__all__ = [
    "FEW_PLATELETS",
    "INR_HIGH_ABOVE",
    "PLATELET_LIMITS",
    "POTASSIUM_LOW_BELOW",
    "PREGNANCY_AGE",
    "URGENT_SIGNS",
    "VERY_FEW_PLATELETS",
    "Assessment",
    "Band",
    "PlateletBand",
    "assess",
    "bands_of",
    "with_older_alarms",
]
