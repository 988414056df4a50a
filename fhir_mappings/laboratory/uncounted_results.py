"""The vitamin B12 results that do not decide, with why; the creatinine that cannot count, named
beside the eGFR.

Source: decisions F16, F35, I27, I30, Q31, Q35, Q36.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from operator import attrgetter

from fhir_mappings.fhir import is_mistaken, months_before
from fhir_mappings.intake import Demographics, RecordIndex
from fhir_mappings.laboratory.names import COUNTED_ROLES
from fhir_mappings.laboratory.newest_results import Window
from fhir_mappings.laboratory.observed import MAY_BE_NEWER, Observed
from fhir_mappings.laboratory.recorded_gfr import egfr_from
from fhir_mappings.laboratory.report_context import is_flagged_high, was_taken
from fhir_mappings.laboratory.results import ANALYTES, B12_TESTS, Result, Results
from fhir_mappings.values import Analyte, read_result
from recommender.guidance import look_back
from recommender.language import (
    Comparator,
    Fact,
    Measurement,
    NotCounted,
    PassedOver,
    Quantity,
    Test,
    Truth,
    UncountedResult,
)


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
        index.receipt.tick()
        if is_mistaken(item.placed.resource):
            continue
        found += _passed_over(item)
    oldest = months_before(index.as_of, look_back.UNCOUNTED_B12_MONTHS)
    found.sort(key=lambda pair: (pair[0], pair[1].evidence.reference), reverse=True)
    recent = [pair for pair in found if pair[0] >= oldest or pair[0] == dt.date.min]
    if not recent and not decides:
        recent = found[:1]  # however old: "no test on record" would not be true (I27)
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
        NotCounted.SAID_MISTAKEN,
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


def with_creatinine_named(
    index: RecordIndex,
    egfr: Measurement,
    passed_over: Iterable[Observed],
    who: Demographics,
    window: Window,
) -> Measurement:
    """Return the eGFR, with a creatinine that cannot count named: the newest where nothing else is,
    for "none" is not said beside it (I27); beside an eGFR that counts the one that may be newer and
    gives the lowest, if that is lower (Q31, Q35).
    """
    first_day = window.first_day(index.as_of)
    results = (result_of(item, Analyte.CREATININE) for item in passed_over)
    found = [result for result in results if result is not None and result.day >= first_day]
    if egfr.is_known:
        return _doubted_by(egfr, found, who)
    newest = max(found, key=attrgetter("day"), default=None)
    why = newest.observed.not_counted if newest else None
    if newest is None or why is None or egfr.passed_over:
        return egfr
    named = PassedOver(newest.evidence, why, newest.reading.quantity, of=Analyte.CREATININE.value)
    return egfr._replace(passed_over=named)


def _doubted_by(egfr: Measurement, creatinine: list[Result], who: Demographics) -> Measurement:
    known = _lowest_so_far(egfr)
    for result in creatinine:
        why, evidence = result.observed.not_counted, result.evidence
        is_newer = egfr.date is None or result.day > egfr.date
        if why is None or why not in MAY_BE_NEWER or not is_newer or known is None:
            continue
        measured = Measurement(result.reading.quantity, evidence.date, evidence=(evidence,))
        computed = egfr_from(measured, who)
        if computed is None and (doubt := _as_doubt(result, why, known, who)):
            known, egfr = doubt.quantity, egfr._replace(passed_over=doubt)
        elif computed and computed.quantity and computed.quantity.value < known.value:
            known = computed.quantity
            egfr = egfr._replace(passed_over=PassedOver(computed.evidence[0], why, known))
    return egfr


def _lowest_so_far(egfr: Measurement) -> Quantity | None:
    """Return the lowest eGFR that counts or doubts it; `None` where what doubts it says nothing of
    how low it may be, so that nothing is worse.
    """
    if egfr.passed_over is None or egfr.quantity is None:
        return egfr.quantity
    doubt = egfr.passed_over.quantity
    return doubt and min(doubt, egfr.quantity, key=attrgetter("value"))


def _as_doubt(
    creatinine: Result, why: NotCounted, than: Quantity, who: Demographics
) -> PassedOver | None:
    """Return a result of which no eGFR is computed, a bound or of unknown sex or unit, where it may
    give a lower one or is called high. One without a value is still to come and says nothing.
    """
    lowest = _lowest_that_it_may_give(creatinine, who)
    reading = creatinine.reading
    has_value = reading.quantity is not None or bool(reading.readings)
    told = has_value or is_flagged_high(creatinine.observed.body)
    may_be_less = told if lowest is None else lowest.value < than.value
    of = Analyte.CREATININE.value
    return PassedOver(creatinine.evidence, why, lowest, of) if may_be_less else None


def doubted_by_unread(egfr: Measurement, results: Results, who: Demographics) -> Measurement:
    """Return the eGFR that counts with a newer creatinine named of which no eGFR can be computed
    (its value cannot be used, it is a bound, or the sex is not known) and that may give a lower
    one, or is called high by its laboratory: kidneys that may have got worse since permit nothing
    (I27, I30).
    """
    date = egfr.date
    if not egfr.is_known or date is None:
        return egfr
    egfr = _doubted_by_undated(egfr, results, who)
    known = _lowest_so_far(egfr)
    for result in results[Analyte.CREATININE]:
        why = _why_no_egfr(result, who)
        if why is None or result.day <= date or known is None:
            continue
        lowest = _lowest_that_it_may_give(result, who)
        in_words = why is NotCounted.IN_WORDS and not is_flagged_high(result.observed.body)
        if lowest is None and in_words:
            continue
        if lowest is None or lowest.value < known.value:
            doubt = PassedOver(result.evidence, why, lowest, Analyte.CREATININE.value)
            known, egfr = lowest, egfr._replace(passed_over=doubt)
    return egfr


def _doubted_by_undated(egfr: Measurement, results: Results, who: Demographics) -> Measurement:
    """Return the eGFR with the lowest one of an unknown day that is lower, or may follow from a
    creatinine of an unknown day: it may be the newest there is (I30).
    """
    for result in (*results[Analyte.EGFR], *results[Analyte.CREATININE]):
        if result.observed.day is not None or result.is_absent:
            continue
        of_creatinine = result.analyte is Analyte.CREATININE
        lowest = _lowest_that_it_may_give(result, who, egfr.date) if of_creatinine else None
        value = lowest or (None if of_creatinine else result.reading.quantity)
        known = _lowest_so_far(egfr)
        if value is not None and known is not None and value.value < known.value:
            doubt = PassedOver(result.evidence, NotCounted.NO_DATE, value)
            egfr = egfr._replace(passed_over=doubt)
    return egfr


def _why_no_egfr(creatinine: Result, who: Demographics) -> NotCounted | None:
    """Return why no eGFR is computed from a creatinine; `None` where one is."""
    reading = creatinine.reading
    if reading.quantity is None:
        return reading.why
    measured = Measurement(reading.quantity, creatinine.day, evidence=(creatinine.evidence,))
    return None if egfr_from(measured, who) else NotCounted.NOT_COMPUTED


def _lowest_that_it_may_give(
    creatinine: Result, who: Demographics, day: dt.date | None = None
) -> Quantity | None:
    """Return the lowest eGFR of the values that a result may have, for either sex where that is not
    known; `None` where there is none. A number without a unit is in any in which it is plausible.

    Args:
        day: of one that does not say its own, for the age.
    """
    reading, given = creatinine.reading, []
    known = (reading.quantity,) if reading.quantity else ()
    for value in known or reading.readings or _in_every_unit(creatinine):
        if value.comparator in _NO_HIGHEST:
            return None
        exact = replace(value, comparator=Comparator.EXACT)
        measured = Measurement(exact, day or creatinine.day, evidence=(creatinine.evidence,))
        each = (egfr_from(measured, one) for one in _of_either_sex(who))
        given += [one.quantity for one in each if one and one.quantity]
    return min(given, key=attrgetter("value"), default=None)


_NO_HIGHEST = frozenset({Comparator.MORE, Comparator.AT_LEAST})


def _of_either_sex(who: Demographics) -> tuple[Demographics, ...]:
    if not who.female.is_unknown:
        return (who,)
    return tuple(who._replace(female=Fact(truth)) for truth in (Truth.TRUE, Truth.FALSE))


def _in_every_unit(creatinine: Result) -> list[Quantity]:
    if creatinine.reading.why is not NotCounted.UNIT_MISSING:
        return []
    body = creatinine.observed.body
    read = [read_result(body, Analyte.CREATININE, "", unit) for unit in ("umol/L", "mg/dL")]
    return [one.quantity for one in read if one.quantity]
