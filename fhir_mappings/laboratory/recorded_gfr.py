"""The eGFR of a record: the recorded one, one computed from creatinine, or a race-specific one
(F16).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from operator import attrgetter

from fhir_mappings.intake import Demographics, Receipt, RecordIndex
from fhir_mappings.laboratory.newest_results import Window, find_newest, measure_newest, pass_over
from fhir_mappings.laboratory.report_context import is_flagged_high
from fhir_mappings.laboratory.results import Result, Results
from fhir_mappings.terminology import Concept
from fhir_mappings.values import Analyte, compute_egfr
from recommender.language import (
    NONE_RECORDED,
    Because,
    Fact,
    Measurement,
    NotCounted,
    PassedOver,
    Quantity,
    Truth,
    Unit,
)

Computed = tuple[Measurement, ...]
"""The eGFR computed from creatinine, the newest first: that of the newest, or those behind one that
cannot be used, which say so.
"""

NORMAL_GFR_FROM = Decimal(90)
"""mL/min per 1.73 m2 below which an eGFR of any age points at the kidneys (Q51)."""


def kidney_risk_by_results(
    index: RecordIndex, results: Results, egfr: Measurement, who: Demographics
) -> Fact:
    """Return whether a result points at the kidneys (Q51): the eGFR that counts is below 90, or one
    named beside it that cannot count (of a creatinine of the future: the eGFR that it gives, Q31);
    where none counts or only its date of issue is known (I30), any older one is or may be, or its
    laboratory calls a creatinine high. Unknown where the results did not come whole.
    """
    if egfr.is_known and egfr.below(NORMAL_GFR_FROM).is_true:
        return Fact(Truth.TRUE, "", egfr.evidence)
    named = egfr.passed_over
    if named and (may_be := _egfr_of(named, who)) and may_be.below(NORMAL_GFR_FROM).is_true:
        return Fact(Truth.TRUE, "", (named.evidence,))
    none = _no_result_points_there(index)
    if egfr.is_known and not egfr.by_issue:
        return none
    low = [
        result
        for result in results[Analyte.EGFR]
        if any(one.below(NORMAL_GFR_FROM).is_true for one in _values(result))
    ]
    high = [
        result for result in results[Analyte.CREATININE] if is_flagged_high(result.observed.body)
    ]
    found = tuple(dict.fromkeys(result.evidence for result in (*low, *high)))
    return Fact(Truth.TRUE, "", found) if found else none


def _egfr_of(named: PassedOver, who: Demographics) -> Quantity | None:
    """Return the eGFR of a result that cannot count; of a creatinine, what it would give (Q31)."""
    if not named.of or (named.quantity and named.quantity.unit is Unit.EGFR):
        return named.quantity
    if named.why is not NotCounted.IN_FUTURE:
        return None
    evidence = named.evidence
    computed = egfr_from(Measurement(named.quantity, evidence.date, evidence=(evidence,)), who)
    return computed.quantity if computed else None


def _values(result: Result) -> tuple[Quantity, ...]:
    """Return the value of a result, or those that it may have."""
    reading = result.reading
    return (reading.quantity,) if reading.quantity else reading.readings


def _no_result_points_there(index: RecordIndex) -> Fact:
    """Return that no result does, or that they did not come whole; one of a test that nobody knows
    is no test of the kidneys.
    """
    missing = index.reason_missing("labs")
    if missing:
        return Fact(Truth.UNKNOWN, missing, because=Because.LIST_NOT_COMPLETE)
    return NONE_RECORDED


def map_egfr(
    index: RecordIndex, results: Results, who: Demographics, window: Window
) -> Measurement:
    """Return the recorded eGFR; else one computed from creatinine; else a race-specific one, the
    lower of its pair and said to be (F16).

    A creatinine that is newer than the recorded eGFR and gives a lower one outweighs it: kidneys
    that got worse since must not permit what needs good ones. Behind a result that cannot be used
    an older one may alarm and never permits (I30).
    """
    plain = [result for result in results[Analyte.EGFR] if result.match.concept is Concept.EGFR]
    by_race = [
        result for result in results[Analyte.EGFR] if result.match.concept is not Concept.EGFR
    ]
    creatinine = results[Analyte.CREATININE]
    recorded, source = measure_newest(index, Analyte.EGFR, plain, window)
    computed = _computed_egfr(index, _since(recorded, creatinine), who, window)
    if (counts := _that_outweighs(recorded, computed)) is not None:
        find_newest(index, Analyte.CREATININE, creatinine, window)
        if source:
            pass_over(index, source, partial(str, WORSE_SINCE))
        _note_not_needed(index, by_race, creatinine)
        return counts
    if source:
        _note_not_needed(index, by_race, creatinine)
        return _with_behind(recorded, computed) if recorded.by_issue else recorded
    lower = _egfr_by_race(index, by_race, window)
    if lower.is_known and not _is_older(lower, recorded):
        return _that_outweighs(lower, computed) or lower
    unknown = recorded
    if by_race and not plain:
        unknown = lower
    elif creatinine and not plain:
        unknown = _not_computed(index, creatinine, window)
    for result in creatinine:
        index.receipt.ignore(result.observed.placed, BEHIND_UNUSABLE)
    return _with_behind(unknown, (*computed, lower, *lower.behind))


def _that_outweighs(recorded: Measurement, computed: Computed) -> Measurement | None:
    """Return the computed eGFR that counts before the recorded one: the first that is of a later
    day and lower; where none recorded can be used that of the newest creatinine, unless it is older
    than one that came and cannot be used. One that cannot be used takes back no lower eGFR before
    it, which a better creatinine does not outweigh either (I30, Q35).
    """
    worse = _is_worse_since if recorded.by_issue else _is_worse
    for place, one in enumerate(computed):
        newest = one.stands_in_for is None and not _is_older(one, recorded)
        if worse(one, recorded) if recorded.is_known else newest:
            before = next(iter(recorded.behind), None)
            if before and not (recorded.is_known or _is_worse_since(one, before)):
                return _with_behind(before, recorded.behind[1:])
            return _with_behind(one, (*computed[place + 1 :], *recorded.behind))
    return None


def _is_older(one: Measurement, recorded: Measurement) -> bool:
    """Return whether a result is older than a recorded one that came and cannot be used."""
    unusable = recorded.date if not recorded.is_known else None
    return unusable is not None and one.date is not None and one.date < unusable


def _with_behind(result: Measurement, older: Iterable[Measurement]) -> Measurement:
    """Return the result with these behind it too, the newest first."""
    usable = [one for one in (*result.behind, *older) if one.is_known and one.date]
    usable.sort(key=attrgetter("date"), reverse=True)
    return result._replace(behind=tuple(usable)) if usable else result


BEHIND_UNUSABLE = "creatinine behind a result that cannot be used: it counts where it alarms"
WORSE_SINCE = "outweighed by the lower one computed from a newer creatinine"


def _note_not_needed(index: RecordIndex, by_race: list[Result], creatinine: list[Result]) -> None:
    """Write into the receipt which results an eGFR without race, or one recorded, outweighs."""
    for result in by_race:
        index.receipt.ignore(result.observed.placed, "race-specific eGFR: one without race is used")
    for result in creatinine:
        index.receipt.ignore(
            result.observed.placed, "creatinine is not needed: an eGFR is recorded"
        )


def _since(recorded: Measurement, creatinine: list[Result]) -> list[Result]:
    """Return the creatinine that may outweigh the recorded eGFR: all where there is none, or only
    its date of issue is known; else what is newer.
    """
    if not recorded.is_known or recorded.date is None or recorded.by_issue:
        return creatinine
    return [result for result in creatinine if result.day > recorded.date]


def _egfr_by_race(index: RecordIndex, by_race: list[Result], window: Window) -> Measurement:
    """Return the newest race-specific eGFR that is the lower of its pair; where only the higher
    came, the unknown one that names it.
    """
    higher = [item for item in by_race if item.match.concept is Concept.EGFR_BLACK]
    for result in higher:
        index.receipt.ignore(
            result.observed.placed, "race-specific eGFR, the higher of a pair: never used"
        )
    lower = find_newest(
        index,
        Analyte.EGFR,
        [item for item in by_race if item.match.concept is Concept.EGFR_NON_BLACK],
        window,
    )
    if not lower.is_known:
        return lower._replace(passed_over=lower.passed_over or _newest_of(index, higher, window))
    paired = any(item.evidence.date == lower.date for item in higher)
    return lower._replace(
        reason="race-specific eGFR: "
        + (
            "the lower value of the pair is taken"
            if paired
            else "the other of its pair did not come"
        ),
    )


def _newest_of(index: RecordIndex, higher: list[Result], window: Window) -> PassedOver | None:
    """Return the newest result of the window that is there and never used."""
    first = window.first_day(index.as_of)
    newest = max((item for item in higher if item.day >= first), key=_day, default=None)
    if newest is None:
        return None
    return PassedOver(newest.evidence, NotCounted.HIGHER_BY_RACE, newest.reading.quantity)


def _day(result: Result) -> dt.date:
    return result.day


def _not_computed(index: RecordIndex, creatinine: list[Result], window: Window) -> Measurement:
    """Return the unknown eGFR of a record that holds creatinine, with the reason why it was not
    computed.
    """
    newest, _ = measure_newest(index, Analyte.CREATININE, creatinine, window)
    why = (
        "it needs an exact value, and an adult's date of birth and sex"
        if newest.is_known
        else newest.reason
    )
    for result in creatinine:
        index.receipt.ignore(result.observed.placed, f"no eGFR computed from it: {why}")
    return Measurement(
        reason=f"none recorded, and not computed from creatinine: {why}",
        evidence=newest.evidence,
        because=newest.because,
        passed_over=_creatinine_that_is_there(newest),
    )


def _creatinine_that_is_there(newest: Measurement) -> PassedOver | None:
    if newest.is_known:
        return PassedOver(
            newest.evidence[0],
            NotCounted.NOT_COMPUTED,
            newest.quantity,
            of=Analyte.CREATININE.value,
        )
    return newest.passed_over and newest.passed_over._replace(of=Analyte.CREATININE.value)


def _computed_egfr(
    index: RecordIndex, creatinine: list[Result], who: Demographics, window: Window
) -> Computed:
    if not creatinine:
        return ()
    # What becomes of them is not known yet, so this is written into no receipt.
    newest, _ = measure_newest(
        replace(index, receipt=Receipt()), Analyte.CREATININE, creatinine, window
    )
    first = egfr_from(newest, who)
    older = (egfr_from(one, who) for one in newest.behind)
    if first is not None:
        return first, *(one for one in older if one)
    return tuple(_behind_creatinine(one, newest) for one in older if one)


def egfr_from(creatinine: Measurement, who: Demographics) -> Measurement | None:
    """Return the eGFR computed from creatinine; `None` where it cannot be."""
    born = who.born.earliest if who.born and who.born.is_one_day else None
    female = None if who.female.is_unknown else who.female.is_true
    return compute_egfr(creatinine, born, female)


def _behind_creatinine(computed: Measurement, newest: Measurement) -> Measurement:
    why = newest.reason or "no eGFR can be computed from it"
    reason = f"{computed.reason}; a newer creatinine cannot be used: {why}"
    return computed._replace(reason=reason, stands_in_for=newest)


def _is_worse_since(computed: Measurement, recorded: Measurement) -> bool:
    """Return whether the computed eGFR is of a later day than the recorded one, and lower."""
    is_later = computed.date and recorded.date and computed.date > recorded.date
    return bool(is_later) and _is_worse(computed, recorded)


def _is_worse(computed: Measurement, recorded: Measurement) -> bool:
    """Return whether the computed eGFR is lower; what may be of a later day was chosen before."""
    if computed.quantity is None or recorded.quantity is None:
        return False
    return computed.quantity.value < recorded.quantity.value
