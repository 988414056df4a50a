"""How far an entry of the record is understood: by its code, by its words, or not (Q26)."""

from fhir_mappings.judging.certainty import certainty_of
from fhir_mappings.judging.judge import (
    Judged,
    Shown,
    Understood,
    judge,
    judge_allergen,
    judge_name,
    meaningful_texts,
    reads_as_words,
    shown_by_edition,
)
from fhir_mappings.judging.names_of_tests import (
    IN_FLUID,
    NAMES_B12,
    TOLD,
    match_test,
    test_perhaps_named,
    without_specimen,
)
from fhir_mappings.judging.negatives import is_negative
from fhir_mappings.judging.plain_words import forget_texts
from fhir_mappings.judging.plain_words import is_another_substance as names_another_substance
from fhir_mappings.judging.protecting_words import protecting_words
from fhir_mappings.judging.reactions import (
    clauses_of_reaction,
    describe_reactions,
    is_severe,
    without_its_treatment,
    words_of_reaction,
)
from fhir_mappings.judging.spoken_of import (
    LONGEST_NAME,
    as_of_family,
    dates_a_pregnancy,
    names_another_first,
    names_hcg,
    speaks_of_family,
    speaks_of_more,
    text_of_event,
    text_of_pregnancy,
)
from fhir_mappings.judging.tolerance import (
    clauses_of,
    denies,
    is_doubted,
    speaks_of_allergy,
    speaks_of_anaphylaxis,
    speaks_of_reaction,
    without_intolerance,
    without_tolerated,
)

__all__ = [
    "IN_FLUID",
    "LONGEST_NAME",
    "NAMES_B12",
    "TOLD",
    "Judged",
    "Shown",
    "Understood",
    "as_of_family",
    "certainty_of",
    "clauses_of",
    "clauses_of_reaction",
    "dates_a_pregnancy",
    "denies",
    "describe_reactions",
    "forget_texts",
    "is_doubted",
    "is_negative",
    "is_severe",
    "judge",
    "judge_allergen",
    "judge_name",
    "match_test",
    "meaningful_texts",
    "names_another_first",
    "names_another_substance",
    "names_hcg",
    "protecting_words",
    "reads_as_words",
    "shown_by_edition",
    "speaks_of_allergy",
    "speaks_of_anaphylaxis",
    "speaks_of_family",
    "speaks_of_more",
    "speaks_of_reaction",
    "test_perhaps_named",
    "text_of_event",
    "text_of_pregnancy",
    "without_intolerance",
    "without_its_treatment",
    "without_specimen",
    "without_tolerated",
    "words_of_reaction",
]
