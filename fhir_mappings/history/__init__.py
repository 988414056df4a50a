"""What the record says of the person's history: conditions, procedures, allergies, answers."""

from fhir_mappings.history.allergies import map_allergies
from fhir_mappings.history.answers import AnswerFacts, map_answers
from fhir_mappings.history.conditions import ConditionFacts, map_conditions
from fhir_mappings.history.diagnoses import read_diagnoses
from fhir_mappings.history.procedures import ProcedureFacts, map_procedures

__all__ = [
    "AnswerFacts",
    "ConditionFacts",
    "ProcedureFacts",
    "map_allergies",
    "map_answers",
    "map_conditions",
    "map_procedures",
    "read_diagnoses",
]
