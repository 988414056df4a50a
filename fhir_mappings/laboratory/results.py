"""The results of a record, and of one kind the newest usable one within its look-back window.

A newer result that came but could not be read makes the fact unknown: the older one no longer
speaks for today.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, partial
from operator import attrgetter
from typing import NamedTuple

from fhir_mappings.fhir import code_of, months_before
from fhir_mappings.intake import RecordIndex, cite
from fhir_mappings.laboratory.names import COUNTED_ROLES
from fhir_mappings.laboratory.observations import Observed, why_no_day, why_not_used
from fhir_mappings.laboratory.report_context import is_flagged_low, was_taken
from fhir_mappings.terminology import Concept, Match, Role
from fhir_mappings.values import Analyte, Reading, read_result
from recommender.language import (
    Alarm,
    Because,
    Evidence,
    Measurement,
    NotCounted,
    Test,
    UncountedResult,
)

ANALYTES: dict[Concept, Analyte] = {
    Concept.SERUM_B12: Analyte.TOTAL_B12,
    Concept.ACTIVE_B12_HOLOTC: Analyte.HOLOTRANSCOBALAMIN,
    Concept.MMA_SERUM_PLASMA: Analyte.MMA,
    Concept.HOMOCYSTEINE: Analyte.HOMOCYSTEINE,
    Concept.FOLATE_SERUM: Analyte.FOLATE,
    Concept.HAEMOGLOBIN: Analyte.HAEMOGLOBIN,
    Concept.MCV: Analyte.MCV,
    Concept.PLATELETS: Analyte.PLATELETS,
    Concept.CREATININE: Analyte.CREATININE,
    Concept.EGFR: Analyte.EGFR,
    Concept.EGFR_NON_BLACK: Analyte.EGFR,
    Concept.EGFR_BLACK: Analyte.EGFR,
    Concept.POTASSIUM: Analyte.POTASSIUM,
    Concept.INR: Analyte.INR,
}
"""What each concept measures. Urine, red cell and whole blood concepts are not among them: they are
other tests.
"""

HIGH_IS_WORSE = frozenset({Analyte.MMA, Analyte.HOMOCYSTEINE, Analyte.CREATININE, Analyte.INR})
"""Of two results of one moment the more worrying one counts: the higher of these, the lower of all
others.
"""


@dataclass(frozen=True, slots=True)
class Window:
    """How far back a result is looked for (decisions 2.2)."""

    words: str
    months: int = 0
    days: int = 0

    def first_day(self, as_of: dt.date) -> dt.date:
        return months_before(as_of, self.months) - dt.timedelta(days=self.days)


@dataclass(frozen=True)
class Result:
    """One result of one analyte; its value is read only when somebody asks for it."""

    observed: Observed
    match: Match
    analyte: Analyte
    property_kind: str

    @cached_property
    def reading(self) -> Reading:
        return read_result(
            self.observed.body, self.analyte, self.property_kind, self.match.member.unit
        )

    @cached_property
    def evidence(self) -> Evidence:
        day, reported = self.observed.day, self.reading.reported
        if day is not None and self.observed.by_issue:
            reported = f"{reported}, issued {day} (sampling date not recorded)".removeprefix(", ")
        return cite(
            self.observed.placed,
            self.match,
            self.observed.code,
            day.earliest if day else None,  # so no result looks newer than it is
            reported,
            self.reading.converted,
        )

    @property
    def name(self) -> str:
        return self.analyte.value

    @property
    def day(self) -> dt.date:
        """The last day it may be of; a result without a date sorts before all others."""
        return self.observed.day.latest if self.observed.day else dt.date.min

    @property
    def flagged_low(self) -> bool:
        """Whether its laboratory calls it low (Q60)."""
        return is_flagged_low(self.observed.body)

    @property
    def is_absent(self) -> bool:
        """Whether it says that there is no result."""
        return self.reading.is_absent

    @property
    def newness(self) -> tuple[dt.date, str, bool, Decimal, str]:
        """Sorts results from old to new; of one moment the usable one comes last, of two usable
        ones the more worrying one.
        """
        quantity = self.reading.quantity
        value = Decimal(0) if quantity is None else quantity.value
        worry = value if self.analyte in HIGH_IS_WORSE else -value
        return (
            self.day,
            self.observed.moment,
            quantity is not None,
            worry,
            self.observed.placed.reference,
        )


Results = dict[Analyte, list[Result]]
"""The results of a record by what they measure, in no order."""


def read_results(index: RecordIndex, observed: Iterable[Observed]) -> Results:
    """Return every result of a kind that we know, also old ones and unreadable ones."""
    results: Results = {analyte: [] for analyte in Analyte}
    for item in observed:
        result = _read(index, item)
        if result:
            results[result.analyte].append(result)
    return results


def _read(index: RecordIndex, item: Observed) -> Result | None:
    """Return the result an Observation holds, if it is one of ours and its codes agree on that."""
    if len(item.matches) == 1:
        (match,) = item.matches
        if match.concept in ANALYTES and match.role in COUNTED_ROLES:
            return Result(item, match, ANALYTES[match.concept], match.member.property)
    counted = [
        match for match in item.matches if match.concept in ANALYTES and match.role in COUNTED_ROLES
    ]
    against = [match for match in item.matches if match.role is Role.EXCLUDE]
    if not counted or against:
        for match in item.matches:
            why = (
                f"codes contradict each other: {match.source}"
                if counted
                else partial(why_not_used, match)
            )
            index.receipt.ignore(item.placed, why)
        return None
    match = counted[0]
    analyte = ANALYTES[match.concept]
    if any(ANALYTES[other.concept] is not analyte for other in counted):
        index.receipt.ignore(
            item.placed,
            f"codes contradict each other: {', '.join(other.source for other in counted)}",
        )
        return None
    properties = {other.member.property for other in counted}
    return Result(item, match, analyte, properties.pop() if len(properties) == 1 else "")


B12_TESTS: dict[Analyte, Test] = {
    Analyte.TOTAL_B12: Test.SERUM_B12,
    Analyte.HOLOTRANSCOBALAMIN: Test.HOLOTRANSCOBALAMIN,
}
UNCOUNTED_MONTHS = 60
"""How far back results that do not decide are told: 5 years (F35). A design default."""


def list_uncounted(
    index: RecordIndex,
    results: Results,
    passed_over: Iterable[Observed],
    deciding: Iterable[Measurement],
    start: dt.date | None,
) -> tuple[UncountedResult, ...]:
    """Return the vitamin B12 results that do not decide, with why, the newest first (F35, Q36).

    Args:
        passed_over: the results that cannot count, whatever their value.
        deciding: the vitamin B12 facts; what they rest on is no part of the list, unless only its
            date of issue is known.
        start: the first day of the current treatment; `None` for none.
    """
    decides = {entry.reference for fact in deciding if fact.is_known for entry in fact.evidence}
    found: list[tuple[dt.date, UncountedResult]] = []
    for analyte, test in B12_TESTS.items():
        for result in results[analyte]:
            why = _why_uncounted(index, result, decides, start)
            if why is not None:
                found.append((result.day, _uncounted(result, test, why)))
    for item in passed_over:
        if code_of(item.placed.resource.get("status")) in NEVER_TOLD:
            continue
        found += _passed_over(item)
    oldest = months_before(index.as_of, UNCOUNTED_MONTHS)
    recent = [pair for pair in found if pair[0] >= oldest or pair[0] == dt.date.min]
    recent.sort(key=lambda pair: (pair[0], pair[1].evidence.reference), reverse=True)
    return tuple(item for _, item in recent)


NEVER_TOLD = frozenset({"entered-in-error", "cancelled"})
"""Statuses of what never was a result."""


def _why_uncounted(
    index: RecordIndex, result: Result, decides: set[str], start: dt.date | None
) -> NotCounted | None:
    """Return why a result does not decide; `None` when it does, or says that there is none."""
    day = result.observed.day
    if result.is_absent:
        return NotCounted.NO_VALUE if was_taken(result.observed.body) else None
    if result.observed.placed.reference in decides and result.reading.quantity is not None:
        return NotCounted.BY_ISSUE if result.observed.by_issue else None
    if result.reading.why is not None:
        return result.reading.why
    if day is None:
        return NotCounted.NO_DATE
    if day.earliest < months_before(index.as_of, 12):
        return NotCounted.TOO_OLD
    if start is not None and day.latest > start:
        return NotCounted.ON_TREATMENT
    return NotCounted.NEWER_COUNTS


def _uncounted(result: Result, test: Test, why: NotCounted) -> UncountedResult:
    reading = result.reading
    readings = (reading.quantity,) if reading.quantity else reading.readings
    return UncountedResult(
        test, why, result.evidence, readings, result.flagged_low, result.observed.by_issue
    )


def _passed_over(item: Observed) -> list[tuple[dt.date, UncountedResult]]:
    """Return a result that cannot count, whatever its value, if it is one of vitamin B12 and has a
    value or still awaits it.
    """
    kinds = {
        ANALYTES[match.concept]: match
        for match in item.matches
        if match.concept in ANALYTES and match.role in COUNTED_ROLES
    }
    found = []
    for analyte, match in kinds.items():
        result = Result(item, match, analyte, match.member.property)
        told = not result.is_absent or item.not_counted is NotCounted.PRELIMINARY
        if analyte in B12_TESTS and item.not_counted and told:
            said = _uncounted(result, B12_TESTS[analyte], item.not_counted)
            if item.not_counted is not NotCounted.PRELIMINARY:
                said = replace(said, readings=())
            found.append((result.day, said))
    return found


def find_newest(
    index: RecordIndex,
    fact: str,
    analyte: Analyte,
    results: Iterable[Result],
    window: Window,
    before: dt.date | None = None,
    after: dt.date | None = None,
) -> Measurement:
    """Return the newest result of the window, or why there is none.

    Args:
        fact: its name in the receipt.
        before: only results of this day or earlier (the sample is taken before the first injection
            of a day).
        after: only results after this day.
    """
    measured, source = measure_newest(index, analyte, results, window, before, after)
    if source:
        index.receipt.use(source.observed.placed, fact)
    return measured


def measure_newest(
    index: RecordIndex,
    analyte: Analyte,
    results: Iterable[Result],
    window: Window,
    before: dt.date | None = None,
    after: dt.date | None = None,
) -> tuple[Measurement, Result | None]:
    """Return the same and, when it is known, the result it was read from: the caller says in the
    receipt what that was used for.
    """
    first_day = window.first_day(index.as_of)
    inside: list[Result] = []
    outside: list[tuple[dt.date, _Reason]] = []
    for result in results:
        why_not = _outside(result, window, first_day, before, after)
        if why_not:
            pass_over(index, result, why_not.words)
            outside.append((result.day, why_not))
        else:
            inside.append(result)
    newest = _last_usable(index, inside, outside)
    if newest is None:
        return _none_usable(index, analyte, outside), None
    reading, evidence = newest.reading, newest.evidence
    measured = Measurement(
        reading.quantity,
        evidence.date,
        reading.reason,
        (evidence,),
        by_issue=newest.observed.by_issue,
        flagged_low=newest.flagged_low,
        alarms_only=_alarm_of(newest),
        because=reading.why,
    )
    if measured.is_known:
        return measured, newest
    pass_over(index, newest, partial(str, reading.reason))
    return measured, None


def _alarm_of(result: Result) -> Alarm | None:
    """Return on which side alone a result counts; `None` for one whose sampling date is known.

    A vitamin B12 by date of issue is classed as ever, and what the class may exclude is for the
    rules to say (Q33, I18).
    """
    if not result.observed.by_issue or result.analyte in B12_TESTS:
        return None
    return Alarm.HIGH if result.analyte in HIGH_IS_WORSE else Alarm.LOW


def _none_usable(
    index: RecordIndex, analyte: Analyte, outside: list[tuple[dt.date, _Reason]]
) -> Measurement:
    """Return why there is none: the newest is outside the window, none counts, or none came."""
    if outside:
        _, newest = max(outside, key=lambda pair: (pair[0], pair[1].words()))
        return Measurement(reason=newest.words(), because=newest.code)
    uncounted = sorted(
        why
        for concept, whys in index.uncounted.items()
        if ANALYTES.get(concept) is analyte
        for why in whys
    )
    if not uncounted or index.reason_missing("labs"):
        missing = index.not_recorded("labs")
        return Measurement(reason=missing.reason, because=missing.because)
    counted = ", ".join(f"{number} {why}" for why, number in Counter(uncounted).items())
    return Measurement(
        reason=f"none recorded that counts: {counted}", because=NotCounted.OTHER_STATUS
    )


_Why = Callable[[], str]
"""A reason for the receipt, worded only when somebody reads it: a record holds many results, and
few of them are used.
"""


class _Reason(NamedTuple):
    """Why a result is not of the window, in words and as a code."""

    words: _Why
    code: Because | NotCounted | None = None


def pass_over(index: RecordIndex, result: Result, why: _Why) -> None:
    """Write into the receipt what the result is and why it is not used."""
    index.receipt.ignore(result.observed.placed, partial(_with_name, result, why))


def _with_name(result: Result, why: _Why) -> str:
    return f"{result.name}, {why()}"


def _last_usable(
    index: RecordIndex, inside: list[Result], outside: list[tuple[dt.date, _Reason]]
) -> Result | None:
    """Return the newest result that does not say that there is none; those that say so join the
    ones outside the window.
    """
    inside.sort(key=attrgetter("day"), reverse=True)
    for _, one_day in itertools.groupby(inside, key=attrgetter("day")):
        usable = []
        for result in one_day:
            if result.is_absent:
                why = partial(str, result.reading.reason)
                pass_over(index, result, why)
                outside.append((result.day, _Reason(why, Because.NONE_RECORDED)))
            else:
                usable.append(result)
        if usable:
            newest = max(usable, key=attrgetter("newness"))
            for older in inside:
                if older is not newest:
                    why = partial(_why_outweighed, older, newest)
                    index.receipt.ignore(older.observed.placed, partial(_with_name, older, why))
            return newest
    return None


def _outside(
    result: Result,
    window: Window,
    first_day: dt.date,
    before: dt.date | None,
    after: dt.date | None,
) -> _Reason | None:
    """Return why a result is not of the window; `None` when it is."""
    day = result.observed.day
    if day is None:
        return _Reason(partial(why_no_day, result.observed.placed.resource), NotCounted.NO_DATE)
    if day.latest < first_day:
        return _Reason(partial("older than {}: {}".format, window.words, day), NotCounted.TOO_OLD)
    if day.earliest < first_day:
        words = "date too coarse to tell whether it is within {}: {}".format
        return _Reason(partial(words, window.words, day), NotCounted.NO_DATE)
    if before is not None and day.latest > before:
        words = "taken after vitamin B12 treatment began: {}".format
        return _Reason(partial(words, day), NotCounted.ON_TREATMENT)
    if after is not None and day.earliest <= after:
        early = "taken before vitamin B12 treatment began: {}"
        return _Reason(partial(early.format, day), Because.BEFORE_TREATMENT)
    return None


def _why_outweighed(older: Result, newest: Result) -> str:
    if older.reading.quantity is None:
        return older.reading.reason
    where = newest.observed.placed.reference
    if older.observed.day == newest.observed.day:
        return f"outweighed by another result of the same day: {where}"
    return f"outweighed by a newer result: {where} of {newest.observed.day}"
