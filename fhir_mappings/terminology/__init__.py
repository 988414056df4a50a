"""The codes and words that the mapping knows, and the concepts they stand for."""

from fhir_mappings.terminology.code_systems import ATC, DMD, LOINC, NPU, RXNORM, SNOMED
from fhir_mappings.terminology.concepts import Concept
from fhir_mappings.terminology.search_codes import URGENT, observation_search_codes
from fhir_mappings.terminology.value_sets import (
    Field,
    Match,
    Role,
    ValueSets,
    load_value_sets,
    normalise_text,
    without_accents,
)

__all__ = [
    "ATC",
    "DMD",
    "LOINC",
    "NPU",
    "RXNORM",
    "SNOMED",
    "URGENT",
    "Concept",
    "Field",
    "Match",
    "Role",
    "ValueSets",
    "load_value_sets",
    "normalise_text",
    "observation_search_codes",
    "without_accents",
]
