"""What observations, reports, answers to questions and alerts say in words or by codes of facts
that are read from elsewhere: it decides nothing, and is quoted and asked about.
"""

from fhir_mappings.said.asked_elsewhere import DIETS, hint_at_what_is_asked
from fhir_mappings.said.said_elsewhere import hint_at_what_is_said
from fhir_mappings.said.sayings import answers_said, is_of_family
from fhir_mappings.said.signs_in_words import NOT_ANSWERED, hint_at_signs, hint_at_signs_noted

__all__ = [
    "DIETS",
    "NOT_ANSWERED",
    "answers_said",
    "hint_at_signs",
    "hint_at_signs_noted",
    "hint_at_what_is_asked",
    "hint_at_what_is_said",
    "is_of_family",
]
