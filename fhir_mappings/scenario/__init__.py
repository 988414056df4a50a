"""Facts that several parts of the record say, and the scenario they are put together to."""

from fhir_mappings.scenario.citations import cited_by
from fhir_mappings.scenario.medicine_lists import (
    count_medicines,
    read_medicines,
    show_drafted_medicines,
)
from fhir_mappings.scenario.putting_together import FactsRead, put_together
from fhir_mappings.scenario.several_sources import kidney_risk

__all__ = [
    "FactsRead",
    "cited_by",
    "count_medicines",
    "kidney_risk",
    "put_together",
    "read_medicines",
    "show_drafted_medicines",
]
