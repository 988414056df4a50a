"""What Observations answer instead of measuring: screens, pregnancy, lengths, antibodies, diet; and
the reviews that they show.
"""

from fhir_mappings.answers.answers import AnswerFacts, map_answers
from fhir_mappings.answers.reviews import map_reviews
from fhir_mappings.answers.said_elsewhere import hint_at_what_is_said

__all__ = ["AnswerFacts", "hint_at_what_is_said", "map_answers", "map_reviews"]
