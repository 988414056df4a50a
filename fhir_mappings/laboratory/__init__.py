"""What the record says of laboratory results: units, quantities, observations, kidney function."""

from fhir_mappings.laboratory.laboratory_facts import LaboratoryFacts, map_laboratory
from fhir_mappings.laboratory.names import COUNTED_ROLES
from fhir_mappings.laboratory.observations import (
    Observations,
    Observed,
    read_observations,
)
from fhir_mappings.laboratory.quantities import (
    Reading,
    read_booleanish,
    read_involved_length,
    read_resected_length,
    read_result,
    show_number,
)
from fhir_mappings.laboratory.recorded_gfr import kidney_risk_by_results
from fhir_mappings.laboratory.report_context import Undated, find_undated
from fhir_mappings.laboratory.results import ANALYTES, Result, Results, read_results
from fhir_mappings.laboratory.units import Analyte, reads_unit

__all__ = [
    "ANALYTES",
    "COUNTED_ROLES",
    "Analyte",
    "LaboratoryFacts",
    "Observations",
    "Observed",
    "Reading",
    "Result",
    "Results",
    "Undated",
    "find_undated",
    "kidney_risk_by_results",
    "map_laboratory",
    "read_booleanish",
    "read_involved_length",
    "read_observations",
    "read_resected_length",
    "read_result",
    "read_results",
    "reads_unit",
    "show_number",
]
