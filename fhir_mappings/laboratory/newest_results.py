"""Of one kind the newest usable result within its look-back window.

A newer result that came but could not be read makes the fact unknown: the older one no longer
speaks for today. It is kept behind the newer one, for the rules to hear where it alarms (I30).
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from operator import attrgetter
from typing import NamedTuple

from fhir_mappings.fhir import months_before
from fhir_mappings.intake import RecordIndex
from fhir_mappings.laboratory.observed import why_no_day
from fhir_mappings.laboratory.results import ANALYTES, B12_TESTS, HIGH_IS_WORSE, Result
from fhir_mappings.values import Analyte
from recommender.language import (
    NO_RESULT,
    NOT_RECORDED,
    Alarm,
    Because,
    Comparator,
    Measurement,
    NotCounted,
    PassedOver,
)


class Window(NamedTuple):
    """How far back a result is looked for (decisions 2.2), and on which side of a treatment.

    `before`: only results of this day or earlier (the sample is taken before the first injection of
    a day); `after`: only results after this day; `None` for all.
    """

    months: int = 0
    days: int = 0
    before: dt.date | None = None
    after: dt.date | None = None

    @property
    def words(self) -> str:
        return f"{self.months} months" if self.months else f"{self.days} days"

    def first_day(self, as_of: dt.date) -> dt.date:
        return months_before(as_of, self.months) - dt.timedelta(days=self.days)


def find_newest(
    index: RecordIndex, analyte: Analyte, results: Sequence[Result], window: Window
) -> Measurement:
    """Return the newest result of the window, or why there is none; the receipt says why not the
    others.
    """
    return measure_newest(index, analyte, results, window)[0]


def measure_newest(
    index: RecordIndex, analyte: Analyte, results: Sequence[Result], window: Window
) -> tuple[Measurement, Result | None]:
    """Return the same and, when it is known, the result it was read from, for a caller that may
    yet pass it over.
    """
    inside, outside = _part(index, results, window) if results else ([], [])
    newest = _last_usable(index, inside, outside) if inside else None
    if newest is None:
        return _none_usable(index, analyte, outside), None
    reading, evidence = newest.reading, newest.evidence
    unusable = reading.why if reading.quantity is None else None
    measured = Measurement(
        reading.quantity,
        evidence.date,
        reading.reason,
        (evidence,),
        by_issue=newest.observed.by_issue,
        flagged_low=newest.flagged_low,
        alarms_only=_alarm_of(newest),
        because=reading.why,
        passed_over=_name(newest, unusable) if unusable else None,
        behind=() if _is_plain(newest) else tuple(_behind(inside, newest)),
    )
    if measured.is_known:
        return measured, newest
    pass_over(index, newest, partial(str, reading.reason))
    return measured, None


def _name(result: Result, why: NotCounted) -> PassedOver:
    return PassedOver(result.evidence, why, result.may_be, several=result.has_several)


def _is_plain(result: Result) -> bool:
    """Return whether a result can be used, its value is exact and its sampling date known."""
    quantity = result.reading.quantity
    exact = quantity is not None and quantity.comparator is Comparator.EXACT
    return exact and not result.observed.by_issue


def _behind(inside: Iterable[Result], newest: Result) -> Iterator[Measurement]:
    """Yield the usable results before one that is not plain, newest first, down to the first plain
    one: what a doubtful unit, a date of issue or words may not take back (I30).
    """
    usable = [one for one in inside if one is not newest and one.reading.quantity is not None]
    usable = [one for one in usable if one.day <= newest.day]
    for _, one_day in itertools.groupby(usable, key=attrgetter("day")):
        result = _newest_of_a_day(list(one_day))
        yield Measurement(
            result.reading.quantity,
            result.evidence.date,
            result.reading.reason,
            (result.evidence,),
            by_issue=result.observed.by_issue,
            alarms_only=_alarm_of(result),
        )
        if _is_plain(result):
            return


def _part(
    index: RecordIndex, results: Iterable[Result], window: Window
) -> tuple[list[Result], list[tuple[dt.date, _Reason]]]:
    """Return the results of the window, and of the others the day and why; the receipt says it
    too.
    """
    first_day = window.first_day(index.as_of)
    inside: list[Result] = []
    outside: list[tuple[dt.date, _Reason]] = []
    for result in results:
        why_not = _outside(result, window, first_day)
        if why_not:
            pass_over(index, result, why_not.words)
            outside.append((result.day, why_not))
        else:
            inside.append(result)
    return inside, outside


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
        _, newest = max(outside, key=_nearest_to_today)
        return Measurement(
            reason=newest.words(), because=newest.code, passed_over=newest.passed_over()
        )
    missing = index.not_recorded("labs")
    if missing is not NOT_RECORDED:
        return Measurement(reason=missing.reason, because=missing.because)
    if not index.uncounted:
        return NO_RESULT
    uncounted = [
        why
        for concept, whys in index.uncounted.items()
        if ANALYTES.get(concept) is analyte
        for why in whys
    ]
    if not uncounted:
        return NO_RESULT
    counted = ", ".join(f"{number} {why}" for why, number in Counter(sorted(uncounted)).items())
    return Measurement(
        reason=f"none recorded that counts: {counted}", because=NotCounted.OTHER_STATUS
    )


def _nearest_to_today(outside: tuple[dt.date, _Reason]) -> tuple[bool, dt.date, str]:
    """Sorts results outside the window; last comes one of which nobody knows the day: it may be of
    today, and one that is old or says that there is none does not hide it (I27).
    """
    day, why_not = outside
    return why_not.code is NotCounted.NO_DATE, day, why_not.words()


_Why = Callable[[], str]
"""A reason for the receipt, worded only when somebody reads it: a record holds many results, and
few of them are used.
"""


class _Reason(NamedTuple):
    """Why a result is not of the window, in words and as a code."""

    words: _Why
    code: Because | NotCounted | None = None
    result: Result | None = None

    def passed_over(self) -> PassedOver | None:
        """Return the result as reported, where it is only too old, or nobody knows of which day."""
        if self.result is None or not isinstance(self.code, NotCounted):
            return None
        reading = self.result.reading
        is_changed = self.result.observed.is_changed
        value = self.result.may_be if is_changed else reading.quantity
        return PassedOver(self.result.evidence, self.code, value)


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
            newest = _worst_that_may_be_newest(inside, _newest_of_a_day(usable))
            for older in inside:
                if older is not newest:
                    why = partial(_why_outweighed, older, newest)
                    index.receipt.ignore(older.observed.placed, partial(_with_name, older, why))
            return newest
    return None


def _worst_that_may_be_newest(inside: Iterable[Result], newest: Result) -> Result:
    """Return of the usable results that may be the newest the most worrying one, where of a month
    or year nobody knows the day: it takes back no restriction (I30).
    """
    if newest.reading.quantity is None or newest.day == newest.first_day:
        return newest
    since = max(one.first_day for one in inside if not one.is_absent)
    may_be = (one for one in inside if one.day >= since and one.reading.quantity is not None)
    return max(may_be, key=lambda one: one.newness[2:])


def _newest_of_a_day(results: list[Result]) -> Result:
    """Return the newest result of one day; of usable ones the more worrying one, where the time of
    one is not known.
    """
    newest = max(results, key=attrgetter("newness"))
    if newest.reading.quantity is None or all("T" in one.observed.moment for one in results):
        return newest
    return max(results, key=lambda one: one.newness[2:])


def _outside(result: Result, window: Window, first_day: dt.date) -> _Reason | None:
    """Return why a result is not of the window; `None` when it is."""
    day = result.observed.day
    if day is None:
        why = partial(why_no_day, result.observed.placed.resource)
        return _Reason(why, NotCounted.NO_DATE, result)
    if day.latest < first_day:
        words = partial("older than {}: {}".format, window.words, day)
        return _Reason(words, NotCounted.TOO_OLD, result)
    if day.earliest < first_day:
        coarse = "date too coarse to tell whether it is within {}: {}".format
        return _Reason(partial(coarse, window.words, day), NotCounted.NO_DATE, result)
    if window.before is not None and day.latest > window.before:
        late = "taken after vitamin B12 treatment began: {}".format
        return _Reason(partial(late, day), NotCounted.ON_TREATMENT)
    if window.after is not None and day.earliest <= window.after:
        early = "taken before vitamin B12 treatment began: {}"
        return _Reason(partial(early.format, day), Because.BEFORE_TREATMENT)
    return None


def _why_outweighed(older: Result, newest: Result) -> str:
    if older.reading.quantity is None:
        return older.reading.reason
    where = newest.observed.placed.reference
    if newest.reading.quantity is None:
        return f"behind a result that cannot be used: {where} of {newest.observed.day}"
    if older.observed.day == newest.observed.day:
        return f"outweighed by another result of the same day: {where}"
    return f"outweighed by a newer result: {where} of {newest.observed.day}"
