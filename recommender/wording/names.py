"""What causes and parts of the record are called, and small readings that words need."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from recommender.assessment import URGENT_SIGNS
from recommender.language import (
    Cause,
    CauseFinding,
    Measurement,
    NeurologicalFinding,
    RecordArea,
)
from recommender.wording.short import say_result

CAUSE_WORDS = {
    Cause.PERNICIOUS_ANAEMIA: "pernicious anaemia",
    Cause.TOTAL_GASTRECTOMY: "total gastrectomy",
    Cause.ILEAL_RESECTION: "ileal resection",
    Cause.CROHNS_ILEAL: "ileal Crohn's disease",
    Cause.BARIATRIC: "bariatric surgery",
    Cause.GASTRECTOMY_OTHER: "gastric surgery",
    Cause.GASTRIC_BAND: "gastric band",
    Cause.OTHER_MALABSORPTION: "malabsorption",
    Cause.DIETARY: "diet low in B12",
    Cause.DRUG: "medicine that lowers B12",
    Cause.NITROUS_OXIDE: "nitrous oxide",
}


def doubt_of(causes: Iterable[CauseFinding], cause: Cause) -> str:
    """Return what follows the name of a cause that is only suspected by all that is recorded."""
    return " (suspected)" if all(one.suspected for one in causes if one.cause is cause) else ""


LISTS = {
    RecordArea.CONDITIONS: "conditions",
    RecordArea.LABORATORY: "laboratory results",
    RecordArea.MEDICATIONS: "medication list",
    RecordArea.PROCEDURES: "procedures",
    RecordArea.ALLERGIES: "allergies",
}
"""Parts of the record that every card speaks of when they could not be read (Q58)."""


DOSES = {RecordArea.STATEMENTS: "statements of use", RecordArea.ADMINISTRATIONS: "doses given"}
"""Parts that are often not available and leave the phase as the orders say (Q6): said where a card
says that no dose is on record.
"""


def urgency(found: NeurologicalFinding) -> int:
    return URGENT_SIGNS.index(found.sign) if found.sign in URGENT_SIGNS else len(URGENT_SIGNS)


def ordinal(date: dt.date | None) -> int:
    return date.toordinal() if date else 0


def length(measured: Measurement) -> str:
    return say_result("", measured, dt.date.min, dated=False).strip() if measured.is_known else ""


def named_sign(found: NeurologicalFinding) -> str:
    """Return a recorded sign in words, and whether it is only suspected (I33)."""
    return f"{found.sign.value}, suspected" if found.suspected else found.sign.value
