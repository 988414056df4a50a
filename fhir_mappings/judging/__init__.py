"""How far an entry of the record is understood: by its code, by its words, or not (Q26)."""

from fhir_mappings.judging.judge import (
    Judged,
    Understood,
    judge,
    judge_allergen,
    judge_name,
    meaningful_texts,
    reads_as_words,
)
from fhir_mappings.judging.plain_words import forget_texts, is_negative

__all__ = [
    "Judged",
    "Understood",
    "forget_texts",
    "is_negative",
    "judge",
    "judge_allergen",
    "judge_name",
    "meaningful_texts",
    "reads_as_words",
]
