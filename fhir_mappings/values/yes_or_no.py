"""Whether a result says yes or no: a boolean, a code, or a word that is plainly one of them."""

from __future__ import annotations

import re
from typing import Any

from fhir_mappings.fhir import as_dict, as_list, as_text, words_of


def read_booleanish(result: dict[str, Any]) -> bool | None:
    """Return whether an Observation says yes or no: `valueBoolean`, or a value that is plainly
    positive or negative; `None` otherwise.

    Reads ordinal results in any of their forms: a coded "Positive", a text "NEGATIVE", a boolean.
    """
    if result.get("dataAbsentReason") is not None:
        return None
    value = result.get("valueBoolean")
    if isinstance(value, bool):
        return value
    said = result.get("valueCodeableConcept")
    texts = [words_of(item) for item in as_list(said)] + [as_text(result.get("valueString"))]
    codes = {
        as_text(coding.get("code"))
        for item in as_list(said)
        for coding in as_list(as_dict(item).get("coding"))
        if isinstance(coding, dict)
    }
    if codes & _POSITIVE_CODES:
        return True
    if codes & _NEGATIVE_CODES:
        return False
    for text in texts:
        plain = re.sub(r"[^a-z ]", "", text.lower()).strip()
        if plain in _POSITIVE_WORDS:
            return True
        if plain in _NEGATIVE_WORDS:
            return False
    return None


_POSITIVE_CODES: frozenset[str] = frozenset({"POS", "Y"})
_NEGATIVE_CODES: frozenset[str] = frozenset({"NEG", "N"})
_POSITIVE_WORDS = frozenset(
    {
        "positive",
        "pos",
        "detected",
        "present",
        "yes",
        "true",
        "reactive",
        "strongly positive",
        "weakly positive",
    }
)
_NEGATIVE_WORDS = frozenset(
    {
        "negative",
        "neg",
        "not detected",
        "absent",
        "no",
        "false",
        "none",
        "nonreactive",
        "non reactive",
        "normal",
    }
)
