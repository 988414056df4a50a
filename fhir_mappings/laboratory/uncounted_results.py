"""The vitamin B12 results that do not decide, with why.

Source: decisions F35, Q36.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from fhir_mappings.fhir import is_mistaken, months_before
from fhir_mappings.intake import RecordIndex
from fhir_mappings.laboratory.names import COUNTED_ROLES
from fhir_mappings.laboratory.observed import Observed
from fhir_mappings.laboratory.report_context import was_taken
from fhir_mappings.laboratory.results import ANALYTES, B12_TESTS, Result, Results
from fhir_mappings.values import Analyte
from recommender.guidance import look_back
from recommender.language import Measurement, NotCounted, Test, UncountedResult


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
        if is_mistaken(item.placed.resource):
            continue
        found += _passed_over(item)
    oldest = months_before(index.as_of, look_back.UNCOUNTED_B12_MONTHS)
    recent = [pair for pair in found if pair[0] >= oldest or pair[0] == dt.date.min]
    recent.sort(key=lambda pair: (pair[0], pair[1].evidence.reference), reverse=True)
    return tuple(item for _, item in recent)


def result_of(item: Observed, analyte: Analyte) -> Result | None:
    """Return an observation as a result of this kind; `None` for one of another, made by mistake or
    without a value.
    """
    if is_mistaken(item.placed.resource):
        return None
    for match in item.matches:
        if ANALYTES.get(match.concept) is analyte and match.role in COUNTED_ROLES:
            result = Result(item, match, analyte, match.member.property)
            return None if result.is_absent else result
    return None


def _why_uncounted(
    index: RecordIndex, result: Result, decides: set[str], start: dt.date | None
) -> NotCounted | None:
    """Return why a result does not decide; `None` when it does, or says that there is none."""
    day = result.observed.day
    if result.is_absent:
        return NotCounted.NO_VALUE if was_taken(result.observed.body) else None
    if result.observed.placed.reference in decides and result.reading.quantity is not None:
        return NotCounted.BY_ISSUE if result.observed.by_issue else None
    if result.reading.why is not None and result.reading.quantity is None:
        return result.reading.why
    if day is None:
        return NotCounted.NO_DATE
    if day.earliest < months_before(index.as_of, look_back.B12_MONTHS):
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


_READ_ALL_THE_SAME = frozenset(
    {
        NotCounted.PRELIMINARY,
        NotCounted.NAME_UNCERTAIN,
        NotCounted.OTHER_STATUS,
        NotCounted.IN_FUTURE,
        NotCounted.CHANGED,
    }
)
"""Of these a low value is a reason to test again (E3); of the others nobody knows what it is of."""


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
            if item.not_counted not in _READ_ALL_THE_SAME:
                said = replace(said, readings=())
            found.append((result.day, said))
    return found
