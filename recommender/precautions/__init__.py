"""The modifiers of decisions 2.6, injection technique, and what is said of records not read."""

from recommender.precautions.advice import neurological_advice, technique, unavailable_record_advice
from recommender.precautions.modifiers import MODIFIERS, SAME_DAY, Advice, advise

__all__ = [
    "MODIFIERS",
    "SAME_DAY",
    "Advice",
    "advise",
    "neurological_advice",
    "technique",
    "unavailable_record_advice",
]
