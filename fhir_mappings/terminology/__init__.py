"""The codes and words that the mapping knows, and the concepts they stand for."""

from fhir_mappings.terminology.code_systems import (
    ATC,
    DMD,
    LOINC,
    NATIONAL_ICD_10,
    NPU,
    RXNORM,
    SNOMED,
    names_icd_10,
)
from fhir_mappings.terminology.concepts import Concept
from fhir_mappings.terminology.loading import load_value_sets
from fhir_mappings.terminology.members import (
    LONGEST_TEXT,
    TERMINOLOGY,
    Field,
    Match,
    Member,
    Role,
    TerminologyError,
    without_semantic_tags,
)
from fhir_mappings.terminology.search_codes import (
    URGENT,
    is_searched,
    known_systems,
    observation_search_codes,
    observation_words,
)
from fhir_mappings.terminology.site_codes import (
    check_codes,
    concepts_of,
    describe_concepts,
    suggest_concepts,
)
from fhir_mappings.terminology.site_words import SiteCodes, say_not_utf8
from fhir_mappings.terminology.value_sets import (
    LANGUAGES,
    ValueSets,
    is_enumerated,
    is_enumerated_without_words,
)
from fhir_mappings.terminology.wordings import (
    LONGEST_SEARCHED,
    forget_wordings,
    has_marker,
    is_kept_out,
    leaves_open,
    names_in_doubt,
    read_markers,
    read_words,
    without_wordings,
    without_year,
)

__all__ = [
    "ATC",
    "DMD",
    "LANGUAGES",
    "LOINC",
    "LONGEST_SEARCHED",
    "LONGEST_TEXT",
    "NATIONAL_ICD_10",
    "NPU",
    "RXNORM",
    "SNOMED",
    "TERMINOLOGY",
    "URGENT",
    "Concept",
    "Field",
    "Match",
    "Member",
    "Role",
    "SiteCodes",
    "TerminologyError",
    "ValueSets",
    "check_codes",
    "concepts_of",
    "describe_concepts",
    "forget_wordings",
    "has_marker",
    "is_enumerated",
    "is_enumerated_without_words",
    "is_kept_out",
    "is_searched",
    "known_systems",
    "leaves_open",
    "load_value_sets",
    "names_icd_10",
    "names_in_doubt",
    "observation_search_codes",
    "observation_words",
    "read_markers",
    "read_words",
    "say_not_utf8",
    "suggest_concepts",
    "without_semantic_tags",
    "without_wordings",
    "without_year",
]
