"""What the record says of laboratory results: which there are, and which of them count."""

from fhir_mappings.laboratory.laboratory_facts import LaboratoryFacts, map_laboratory
from fhir_mappings.laboratory.names import COUNTED_ROLES, read_name
from fhir_mappings.laboratory.observations import Observations, read_observations
from fhir_mappings.laboratory.observed import MAY_BE_NEWER, Observed
from fhir_mappings.laboratory.recorded_gfr import kidney_risk_by_results
from fhir_mappings.laboratory.report_context import Undated, effective_day, find_undated
from fhir_mappings.laboratory.results import ANALYTES, Result, Results, read_results

__all__ = [
    "ANALYTES",
    "COUNTED_ROLES",
    "MAY_BE_NEWER",
    "LaboratoryFacts",
    "Observations",
    "Observed",
    "Result",
    "Results",
    "Undated",
    "effective_day",
    "find_undated",
    "kidney_risk_by_results",
    "map_laboratory",
    "read_name",
    "read_observations",
    "read_results",
]
