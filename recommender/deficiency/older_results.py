"""Vitamin B12 results that do not decide today and still speak: older, contradicting, or not usable
(D4, D5b, E3; F35).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from recommender.deficiency.levels import (
    B12Class,
    class_of_reading,
    class_of_total,
    is_low_or_borderline,
    total_b12_is_low,
)
from recommender.guidance import Policy, look_back
from recommender.language import (
    ClinicalScenario,
    Measurement,
    NotCounted,
    Order,
    OrderState,
    Test,
    UncountedResult,
)
from recommender.treatment_so_far import TreatmentPhase, period_of

_SOUND = frozenset({NotCounted.TOO_OLD, NotCounted.NEWER_COUNTS})
"""Results that were usable when they were taken."""

_TREATED = frozenset({NotCounted.ON_TREATMENT})


def older_low_result(scenario: ClinicalScenario, policy: Policy) -> UncountedResult | None:
    """Return the newest result that asks to be repeated (E3): one of the deficient class, never
    treated since and not followed by one that is not low; or one that cannot be used but is flagged
    low, or may be low or borderline in any of its readings; or the last one on treatment, where it
    was no better. `None` when there is none.
    """
    on_treatment = [item for item in scenario.uncounted_b12 if item.why in _TREATED]
    for result in scenario.uncounted_b12:
        if result.why in _TREATED:
            if result is on_treatment[0] and _may_be_low(result, policy):
                return result
            continue
        if result.why in _SOUND:
            found = _class(result, policy)
            if found is B12Class.NOT_LOW:
                return None
            if found is B12Class.LOW and not _treated_since(scenario, result.evidence.date):
                return result
        elif result.flagged_low or _may_be_low(result, policy):
            return result
    return None


def low_before(scenario: ClinicalScenario, policy: Policy, *, any_age: bool) -> bool:
    """Return whether a low result stands before the newest usable one, with no vitamin B12 of any
    dose between (D5b); `any_age`: however long before.
    """
    return _low_within(scenario, policy, None if any_age else look_back.YEAR_DAYS) is not None


def low_in_the_year_before(scenario: ClinicalScenario, policy: Policy) -> bool:
    """Return whether a low result stands in the 12 months before the newest usable one (D4)."""
    return _low_within(scenario, policy, look_back.YEAR_DAYS) is not None


_MAY_BE_NEWEST = frozenset(
    {
        NotCounted.PRELIMINARY,
        NotCounted.OTHER_STATUS,
        NotCounted.IN_FUTURE,
        NotCounted.CHANGED,
        NotCounted.SAID_MISTAKEN,
        NotCounted.NAME_UNCERTAIN,
        NotCounted.NO_DATE,
    }
)
"""Results that came and cannot count, whatever their value, and may yet be what holds today."""

_VALUE_IN_DOUBT = frozenset(
    {
        NotCounted.UNIT_MISSING,
        NotCounted.UNIT_CONTRADICTS,
        NotCounted.IN_WORDS,
        NotCounted.NOT_READABLE,
        NotCounted.IMPLAUSIBLE,
    }
)
"""Results whose value cannot be used: one of them without its day may be the newest too."""


def newer_that_may_be_low(scenario: ClinicalScenario, policy: Policy) -> UncountedResult | None:
    """Return the first result that cannot count, may be newer than the newest usable one, and may
    be low or borderline: no level is excused by an older one (Q31, Q35, Q60). `None` for none. A
    preliminary one of the same day is not newer: the final one took its place.
    """
    now = _newest_day(scenario)
    if now is None:
        return None
    for result in scenario.uncounted_b12:
        doubtful = result.why in _VALUE_IN_DOUBT and result.evidence.date is None
        if not (doubtful or result.why in _MAY_BE_NEWEST) or not _may_be_later(result, now):
            continue
        if result.flagged_low or _may_be_low(result, policy):
            return result
    return None


def _doubtful_first(scenario: ClinicalScenario, policy: Policy) -> ClinicalScenario:
    """Return the scenario with that result before the others that do not decide: the headline names
    the first of them (Q36), and one without its day is the last by date.
    """
    doubtful = newer_that_may_be_low(scenario, policy)
    if doubtful is None or doubtful is scenario.uncounted_b12[0]:
        return scenario
    others = (one for one in scenario.uncounted_b12 if one is not doubtful)
    return replace(scenario, uncounted_b12=(doubtful, *others))


def _may_be_later(result: UncountedResult, now: dt.date) -> bool:
    day = result.evidence.date
    if day is None or day > now:
        return True
    return day == now and result.why is not NotCounted.PRELIMINARY


def contradicting_result(scenario: ClinicalScenario, policy: Policy) -> UncountedResult | None:
    """Return the low result that the newest usable one contradicts (D5b); `None` for none."""
    return _low_within(scenario, policy, None)


def _low_within(
    scenario: ClinicalScenario, policy: Policy, days: int | None
) -> UncountedResult | None:
    now = _newest_day(scenario)
    if now is None:
        return None
    for result in scenario.uncounted_b12:
        day = result.evidence.date
        if result.why not in _SOUND or day is None or day > now:
            continue
        if days is not None and (now - day).days > days:
            continue
        if not _treated_between(scenario, day, now) and _class(result, policy) is B12Class.LOW:
            return result
    return None


def _newest_day(scenario: ClinicalScenario) -> dt.date | None:
    days = [
        result.date
        for result in (scenario.total_b12, scenario.holotranscobalamin)
        if result.is_known and result.date is not None
    ]
    return max(days, default=None)


def _class(result: UncountedResult, policy: Policy) -> B12Class:
    """The class of a result with one reading; undecided with none, or where two differ."""
    classes = {class_of_reading(result.test, reading, policy) for reading in result.readings}
    return classes.pop() if len(classes) == 1 else B12Class.UNDECIDED


def _may_be_low(result: UncountedResult, policy: Policy) -> bool:
    """Low or borderline in any of its readings, also where its comparator leaves open which of the
    two (Q9, Q35).
    """
    return any(is_low_or_borderline(result.test, one, policy) for one in result.readings)


def _treated_since(scenario: ClinicalScenario, day: dt.date | None) -> bool:
    return day is not None and _treated_between(scenario, day, scenario.as_of)


def _treated_between(scenario: ClinicalScenario, first: dt.date, last: dt.date) -> bool:
    """Whether any vitamin B12 may have been taken between the two days."""
    given = any(
        dose.substance.is_cobalamin and dose.date is not None and first < dose.date <= last
        for dose in scenario.doses
    )
    return given or any(_covers(order, first, last) for order in scenario.orders)


def _covers(order: Order, first: dt.date, last: dt.date) -> bool:
    if not order.has_cobalamin or order.combination or order.state is OrderState.DRAFT:
        return False
    begins, ends = period_of(order)
    return (begins is None or begins < last) and (ends is None or ends > first)


def behind_a_flag(scenario: ClinicalScenario, policy: Policy) -> ClinicalScenario:
    """Return the scenario with the low level before a result that cannot be used, or that only its
    date of issue dates, as the one that decides: such a one takes back no restriction (I30, Q33,
    Q35). On treatment only where the laboratory calls that result low (Q60); else the low level
    goes on alarming and confirms nothing (Q71). One that may be newer than the level and low comes
    first of those that do not decide (Q36).
    """
    scenario = _doubtful_first(scenario, policy)
    later = scenario.total_b12_on_treatment
    total = _low_before(scenario, scenario.total_b12, NotCounted.NEWER_COUNTS, policy)
    flagged = not later.is_known and later.flagged_low
    later_low = flagged and _low_before(scenario, later, NotCounted.ON_TREATMENT, policy)
    if total is None and not later_low:
        return scenario
    return replace(
        scenario,
        total_b12=total or scenario.total_b12,
        total_b12_on_treatment=later_low or later,
    )


def _takes_nothing_back(newest: Measurement, policy: Policy) -> bool:
    """Return whether it leaves a low level before it as it is: it cannot be used, or it is not low
    by its date of issue alone (I30, Q33).
    """
    if not newest.is_known:
        return newest.date is not None
    return newest.by_issue and class_of_total(newest, policy) is B12Class.NOT_LOW


def _low_before(
    scenario: ClinicalScenario, newest: Measurement, why: NotCounted, policy: Policy
) -> Measurement | None:
    """Return the result right before the newest one, where it is low, or borderline and asks for
    more, and of the year before.

    Results between that cannot be used, or of which only the date of issue is known and that are
    not low, take nothing from it (I30).
    """
    if newest.date is None or not _takes_nothing_back(newest, policy):
        return None
    before = (
        result
        for result in scenario.uncounted_b12
        if result.test is Test.SERUM_B12
        and result.why is why
        and len(result.readings) == 1
        and (not result.by_issue or _class(result, policy) is B12Class.LOW)
    )
    found = next(before, None)
    day = found.evidence.date if found else None
    if found is None or day is None or (newest.date - day).days > look_back.YEAR_DAYS:
        return None
    is_low = _class(found, policy) is B12Class.LOW
    if not is_low and not _borderline_goes_on(scenario, found, why, policy):
        return None
    return Measurement(
        found.readings[0],
        day,
        evidence=(found.evidence,),
        by_issue=found.by_issue,
        flagged_low=found.flagged_low,
    )


def _borderline_goes_on(
    scenario: ClinicalScenario, found: UncountedResult, why: NotCounted, policy: Policy
) -> bool:
    """Return whether a borderline level goes on as it is (I30): methylmalonic acid is not known to
    be unraised, which would exclude, and it says more than a later level that may be low (E3).
    """
    level, raised = _class(found, policy), scenario.mma.above(policy.mma_nmol_l)
    if why is not NotCounted.NEWER_COUNTS or raised.is_false:
        return False
    signs = any(one.current for one in scenario.neurological_findings)
    if level is not B12Class.BORDERLINE or signs or raised.is_true:
        return level in (B12Class.BORDERLINE, B12Class.LOW_BORDERLINE)
    results = scenario.uncounted_b12
    later = results[: results.index(found)]  # the newest first
    return not any(one.flagged_low or _may_be_low(one, policy) for one in later)


NOT_UNDER_WAY = frozenset({TreatmentPhase.NONE, TreatmentPhase.UNKNOWN})


def with_low_level(
    scenario: ClinicalScenario, policy: Policy, phase: TreatmentPhase
) -> ClinicalScenario:
    """Return the scenario with a low level taken after an earlier treatment as the one that
    decides, where no treatment is known to be under way.

    Vitamin B12 taken before can only have raised it, so it confirms; one that is not low excludes
    nothing and stays where it is (D1, I18, Q29). Behind a newer one that cannot be used it
    confirms nothing.
    """
    later = scenario.total_b12_on_treatment
    if phase not in NOT_UNDER_WAY or later.stands_in_for is not None:
        return scenario
    if not total_b12_is_low(later, policy).is_true:
        return scenario
    cited = {entry.reference for entry in later.evidence}
    passed_over = (
        result
        for result in scenario.uncounted_b12
        if result.why is not NotCounted.ON_TREATMENT or result.evidence.reference not in cited
    )
    return replace(scenario, total_b12=later, uncounted_b12=tuple(passed_over))
