"""What Observations answer instead of measuring: screens, pregnancy, lengths, antibodies, diet."""

from fhir_mappings.answers.answers import AnswerFacts, map_answers

__all__ = ["AnswerFacts", "map_answers"]
