"""The codes and words that the mapping knows, and the concepts they stand for."""

from fhir_mappings.terminology.code_systems import ATC, DMD, LOINC, NPU, RXNORM, SNOMED
from fhir_mappings.terminology.concepts import Concept
from fhir_mappings.terminology.judging import (
    Judged,
    Shown,
    Understood,
    is_enumerated,
    judge,
    judge_name,
    meaningful_texts,
    reads_as_words,
)
from fhir_mappings.terminology.search_codes import (
    URGENT,
    observation_search_codes,
    observation_words,
)
from fhir_mappings.terminology.site_codes import (
    check_codes,
    describe_concepts,
    suggest_concepts,
)
from fhir_mappings.terminology.site_words import SiteCodes
from fhir_mappings.terminology.value_sets import (
    LANGUAGES,
    Field,
    Match,
    Member,
    Role,
    ValueSets,
    load_value_sets,
    normalise_text,
    without_accents,
)
from fhir_mappings.terminology.words import (
    forget_texts,
    has_marker,
    is_negative,
    read_words,
)

__all__ = [
    "ATC",
    "DMD",
    "LANGUAGES",
    "LOINC",
    "NPU",
    "RXNORM",
    "SNOMED",
    "URGENT",
    "Concept",
    "Field",
    "Judged",
    "Match",
    "Member",
    "Role",
    "Shown",
    "SiteCodes",
    "Understood",
    "ValueSets",
    "check_codes",
    "describe_concepts",
    "forget_texts",
    "has_marker",
    "is_enumerated",
    "is_negative",
    "judge",
    "judge_name",
    "load_value_sets",
    "meaningful_texts",
    "normalise_text",
    "observation_search_codes",
    "observation_words",
    "read_words",
    "reads_as_words",
    "suggest_concepts",
    "without_accents",
]
