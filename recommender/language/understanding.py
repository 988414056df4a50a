"""How far the record was understood, and what its words may mean that no rule could read.

A list says "none" only over entries that were understood (Q26). What was not understood is a gap;
words that point at a fact without deciding it are a hint (Q27). Both leave the fact unknown, and
restrict as Q28 says. Why a fact is unknown, or a result does not count, is a code of its own here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

from recommender.language.choices import Choice


class RecordArea(Choice):
    """The parts of the record that are asked for separately and can each be unavailable (Q6)."""

    PATIENT = "patient"
    CONDITIONS = "conditions"
    LABORATORY = "laboratory results"
    MEDICATIONS = "medication orders"
    STATEMENTS = "medication statements"
    ADMINISTRATIONS = "administrations"
    PROCEDURES = "procedures"
    ALLERGIES = "allergies"


class ListUnderstood(NamedTuple):
    """How far one list of the record was understood (F33, Q26).

    `complete`: all there is came (no failure, no further page, nothing masked). The counts add up
    to `entries`: those judged by a code, those judged by their words only, and those not
    understood, any of which may be anything.
    """

    area: RecordArea
    complete: bool
    entries: int = 0
    by_code: int = 0
    by_words: int = 0
    not_understood: int = 0


class HintAt(Choice):
    """What the words of an entry may mean; the value is the name of the fact in explanations."""

    LEBERS = "lebers"
    ALLERGY = "allergies"
    COBALT_ALLERGY = "cobalt_allergy"
    KIDNEY_DISEASE = "kidney_disease"
    DIALYSIS = "dialysis"
    BLEEDING_DISORDER = "bleeding_disorder"
    ANTICOAGULANT = "anticoagulant"
    NITROUS_OXIDE = "nitrous_oxide"
    B12_TREATMENT = "b12_treatment"
    GASTRIC_SURGERY = "gastric_surgery"
    BARIATRIC_SURGERY = "bariatric_surgery"
    ILEAL_SURGERY = "ileal_surgery"
    ILEAL_LENGTH = "ileal_resection_length"
    NEUROLOGY = "neurological_involvement"
    SYMPTOMS = "symptoms"
    DEFICIENCY = "deficiency_diagnosis"
    CAUSE = "cause"
    PREGNANCY = "pregnant"
    PLANNING_PREGNANCY = "planning_pregnancy"
    HAEMOLYSIS = "haemolysis"
    RAISES_B12 = "raises_b12"
    METHOTREXATE = "methotrexate"


SURGERY_HINTS = frozenset({HintAt.GASTRIC_SURGERY, HintAt.BARIATRIC_SURGERY, HintAt.ILEAL_SURGERY})
"""The hints that P6 and P3 ask about (Q28)."""


@dataclass(frozen=True, slots=True)
class Hint:
    """An entry whose words point at a fact without deciding it (F32, Q27 b).

    `words` is at most 60 characters of the entry as written, to be quoted; `date` is `None` where
    the entry has none. `in_future`: the entry is dated after tomorrow, and that alone keeps it
    from deciding (Q31).
    """

    at: HintAt
    words: str
    reference: str
    date: dt.date | None = None
    in_future: bool = False


@dataclass(frozen=True)
class RecordUnderstood:
    """What was not available of the record, and how far the rest was understood (Q26 to Q28).

    `unavailable` names the parts of the record of which nothing came; `incomplete` those of which
    only a part did.
    """

    unavailable: frozenset[RecordArea] = frozenset()
    incomplete: frozenset[RecordArea] = frozenset()
    lists: tuple[ListUnderstood, ...] = ()
    hints: tuple[Hint, ...] = ()

    def hints_at(self, *facts: HintAt) -> tuple[Hint, ...]:
        """Return the hints at any of these, newest first, those without a date at the end."""
        if not self.hints:
            return ()
        found = [hint for hint in self.hints if hint.at in facts]
        return tuple(sorted(found, key=lambda hint: hint.date or dt.date.min, reverse=True))

    def list_of(self, area: RecordArea) -> ListUnderstood:
        """Return how far a list was understood; one that nothing is known of counts as understood
        where it came whole.
        """
        for item in self.lists:
            if item.area is area:
                return item
        return ListUnderstood(area, area not in self.unavailable | self.incomplete)


class Because(Choice):
    """Why nothing more is known of a claim, as a code: what decides, where `Fact.reason` is words.

    The first three are the three sentences of Q58; NOT_UNDERSTOOD and LIST_NOT_COMPLETE are gaps,
    HINT is a hint (Q28). COULD_NOT_BE_READ is a gap by failure (Q6).
    """

    NONE_RECORDED = "none-recorded"
    COULD_NOT_BE_READ = "could-not-be-read"
    LIST_NOT_COMPLETE = "list-not-complete"
    NOT_UNDERSTOOD = "not-understood"
    HINT = "hint"
    IN_FUTURE = "in-future"
    NOT_CERTAIN = "not-certain"
    BEFORE_TREATMENT = "before-treatment"

    @property
    def code(self) -> str:
        """The reason as a code."""
        return self.value


class NotCounted(Choice):
    """Why a result on record does not decide (F35, Q33, Q35, Q36)."""

    UNIT_MISSING = "its unit is missing"
    UNIT_CONTRADICTS = "its unit contradicts itself or the test"
    NAMES_CONTRADICT = "its code and its words name different tests"
    SEVERAL_TESTS = "it names several tests"
    NAME_UNCERTAIN = "its name leaves open which test it is"
    ABOUT_ANOTHER = "it is about somebody or something else"
    NO_VALUE = "no result is given"
    IN_WORDS = "it is reported in words"
    NOT_READABLE = "it could not be read"
    CHANGED = "it is changed by what is not read"
    SAID_MISTAKEN = "its note says that it is a mistake"
    IMPLAUSIBLE = "its value is not plausible"
    PRELIMINARY = "it is preliminary"
    OTHER_STATUS = "its status does not count"
    NO_DATE = "its day is not recorded"
    BY_ISSUE = "only its date of issue is known"
    IN_FUTURE = "it is dated in the future"
    TOO_OLD = "it is older than 12 months"
    ON_TREATMENT = "it was taken on vitamin B12"
    NEWER_COUNTS = "a newer result counts"
    HIGHER_BY_RACE = "it is the higher of a pair by race"
    NOT_COMPUTED = "no eGFR can be computed from it"

    @property
    def code(self) -> str:
        """The reason as a code: "unit-missing"."""
        return self.name.lower().replace("_", "-")


# --- days of which a record gives only the month or the year: they reckon as the first or the last
# day they may mean, and are said as what the record has


class MonthDate(dt.date):
    """A day that stands for its month."""


class YearDate(dt.date):
    """A day that stands for its year."""


def not_after(day: dt.date, latest: dt.date) -> dt.date:
    """Return the day, or the latest one when it lies after that; a month stays a month."""
    return day if day <= latest else type(day)(latest.year, latest.month, latest.day)


def as_recorded(day: dt.date) -> str:
    """Return a date as far as the record gives it: "2026-10-03", "2026-10" or "2026"."""
    if isinstance(day, YearDate):
        return f"{day.year:04}"
    return f"{day.year:04}-{day.month:02}" if isinstance(day, MonthDate) else day.isoformat()
