"""How sure we are of deficiency, on which ground, and whether its cause stays."""

from __future__ import annotations

from recommender.language import Choice


class Deficiency(Choice):
    """How sure we are of vitamin B12 deficiency (decisions 2.3, D1 to D7)."""

    DIAGNOSED = "diagnosed and treated"
    CONFIRMED = "confirmed"
    PROBABLE = "probable"
    UNRESOLVED = "unresolved"
    UNLIKELY = "unlikely"
    UNKNOWN = "unknown"


class Permanence(Choice):
    """Whether the cause stays (decisions 2.3). UNKNOWN behaves as PERMANENT."""

    PERMANENT = "permanent"
    PERSISTENT = "persistent"
    RESOLVED = "resolved"
    UNKNOWN = "unknown"


class Ground(Choice):
    """What decided how sure we are of deficiency, as a code; the row of D1 to D7 says it in
    words.
    """

    ON_TREATMENT = "D1"
    PREGNANCY = "D2-pregnancy"
    OUTDATED_DIAGNOSIS = "D2-outdated"
    LOW = "D2-low"
    DIAGNOSIS = "D2-diagnosis"
    MMA = "D3"
    MMA_AGAINST_LEVEL = "D3-level"
    PROBABLE = "D4"
    LOW_BEFORE = "D4-low-before"
    CONTRADICT = "D5b"
    BORDERLINE = "D5"
    LEVEL_NOT_CONCLUSIVE = "D5-level"
    NEWER_MAY_BE_LOW = "D7-newer"
    EXCLUDED = "D6"
    NOTHING_DECIDES = "D7"


class NotConclusive(Choice):
    """Why a level that is not low excludes nothing (Q60, Q79)."""

    INTRINSIC_FACTOR = "pernicious anaemia, whose antibody can raise the measured level"
    FLAGGED_LOW = "its laboratory calls it low"
    RAISING_CONDITION = "a condition that raises vitamin B12 is recorded"
    KIDNEYS = "severely reduced kidney function raises vitamin B12"
