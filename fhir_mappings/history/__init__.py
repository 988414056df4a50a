"""What the record says of the person's history: conditions, procedures, allergies, reviews."""

from fhir_mappings.history.allergies import AllergyFacts, map_allergies
from fhir_mappings.history.allergies_elsewhere import reaction_in, show_what_is_said
from fhir_mappings.history.allergy_words import is_coded_as_allergy
from fhir_mappings.history.conditions import ConditionFacts, map_conditions
from fhir_mappings.history.diagnoses import read_diagnoses
from fhir_mappings.history.order_reasons import add_order_reasons, hint_at_reasons
from fhir_mappings.history.procedures import ProcedureFacts, map_procedures
from fhir_mappings.history.reading_lists import judge_lists
from fhir_mappings.history.signs_and_causes import CAUSES as DIAGNOSED_CAUSES
from fhir_mappings.history.signs_and_causes import SIGNS

__all__ = [
    "DIAGNOSED_CAUSES",
    "SIGNS",
    "AllergyFacts",
    "ConditionFacts",
    "ProcedureFacts",
    "add_order_reasons",
    "hint_at_reasons",
    "is_coded_as_allergy",
    "judge_lists",
    "map_allergies",
    "map_conditions",
    "map_procedures",
    "reaction_in",
    "read_diagnoses",
    "show_what_is_said",
]
