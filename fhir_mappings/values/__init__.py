"""What a value says: a quantity in its unit, a written result, a length, yes or no."""

from fhir_mappings.values.computed_gfr import compute_egfr
from fhir_mappings.values.ileum_lengths import (
    holds_length,
    read_involved_length,
    read_resected_length,
)
from fhir_mappings.values.not_given import (
    denied_name,
    note_of_mistake,
    reasons_and_notes,
    words_of_not_given,
)
from fhir_mappings.values.quantities import Reading, show_number
from fhir_mappings.values.result_values import read_result
from fhir_mappings.values.told_pregnancy import may_be_pregnant
from fhir_mappings.values.units import Analyte, forget_units, reads_unit, ucum_of
from fhir_mappings.values.written_results import is_marked_low, says_high, says_low
from fhir_mappings.values.yes_or_no import (
    ABNORMAL,
    FOUND,
    NORMAL,
    NOT_FOUND,
    read_affirmed,
    read_booleanish,
)

__all__ = [
    "ABNORMAL",
    "FOUND",
    "NORMAL",
    "NOT_FOUND",
    "Analyte",
    "Reading",
    "compute_egfr",
    "denied_name",
    "forget_units",
    "holds_length",
    "is_marked_low",
    "may_be_pregnant",
    "note_of_mistake",
    "read_affirmed",
    "read_booleanish",
    "read_involved_length",
    "read_resected_length",
    "read_result",
    "reads_unit",
    "reasons_and_notes",
    "says_high",
    "says_low",
    "show_number",
    "ucum_of",
    "words_of_not_given",
]
