"""Why a fact is not known, as the metrics and the decision record hold it: a closed list of codes,
whatever stands in the words (R187).
"""

from __future__ import annotations

OTHER = "other"

KINDS: tuple[tuple[str, str], ...] = (
    ("none recorded", "none-recorded"),
    ("not read from FHIR", "not-read"),
    ("not available", "could-not-be-read"),
    ("no vitamin B12 treatment", "no-treatment"),
    ("older than", "too-old"),
    ("low count older than", "too-old"),
    ("last count", "too-old"),
    ("taken before vitamin B12 treatment", "before-treatment"),
    ("taken after vitamin B12 treatment", "on-treatment"),
    ("no usable test", "no-usable-test"),
    ("borderline", "borderline"),
    ("no result", "no-result"),
    ("no value", "no-result"),
    ("unit missing", "unit-missing"),
    ("unit", "unit-not-known"),
    ("no readable number", "not-readable"),
    ("comparator not known", "not-readable"),
    ("reported", "not-a-number"),
    ("the code says", "unit-contradicts-code"),
    ("implausible", "implausible"),
    ("birth date", "birth-date"),
    ("race-specific eGFR", "race-specific"),
    ("ordered longer ago", "no-dose-recorded"),
    ("length of ileal resection", "extent-not-known"),
    ("recorded as", "recorded-otherwise"),
)
"""How the words of a reason begin, and its code; the first that fits holds. These are the reasons
that have no code of their own yet.
"""


SENTENCES = (
    (" not available", "could-not-be-read"),
    (" could not be read", "could-not-be-read"),
    (" is not complete", "list-not-complete"),
    (" list is incomplete", "list-not-complete"),
    ("only part of", "list-not-complete"),
)
"""What a reason that begins with the part of the record it speaks of says of it (Q58)."""


def kind_of_reason(reason: str) -> str:
    """Return the code of a reason in words; OTHER for words that are not in the lists."""
    found = (code for words, code in KINDS if reason.startswith(words))
    return next(found, "") or next((code for words, code in SENTENCES if words in reason), OTHER)
