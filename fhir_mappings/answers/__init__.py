"""What Observations answer instead of measuring: screens, pregnancy, lengths, antibodies, diet; and
the reviews that they show.
"""

from fhir_mappings.answers.answers import AnswerFacts, map_answers
from fhir_mappings.answers.reviews import map_reviews

__all__ = ["AnswerFacts", "map_answers", "map_reviews"]
