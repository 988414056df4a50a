"""Maintenance intervals and follow-up (decisions 2.7). The shortest interval of all that apply
wins; no interval hangs on a result (I7).
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from recommender.assessment import Assessment
from recommender.guidance import (
    MAINT_1M,
    MAINT_BAR,
    MAINT_M,
    MAINT_N,
    NonNeuroMaintenance,
    Policy,
    with_interval,
    with_timing,
)
from recommender.language import (
    B12_LEVELS,
    Cause,
    FollowUp,
    PeriodUnit,
    Phase,
    Substance,
    Test,
    Timing,
    Truth,
    changed,
)

INTENSIFICATION: tuple[tuple[int, PeriodUnit], ...] = (
    (3, PeriodUnit.MONTH),
    (2, PeriodUnit.MONTH),
    (1, PeriodUnit.MONTH),
    (3, PeriodUnit.WEEK),
    (2, PeriodUnit.WEEK),
    (1, PeriodUnit.WEEK),
)
"""The steps of T2 when symptoms recur, from the longest interval to the shortest."""

_INTENSIFIED_CITATIONS = ("S14", "S15", "S45", "S89", "S91")

REVIEW_MONTHS = (3, 6, 12)
"""Months after the start at which treatment is reviewed (S35, S78)."""

BASELINE_TESTS = (Test.FULL_BLOOD_COUNT, Test.FOLATE, Test.EGFR, Test.POTASSIUM)
"""What is tested before the first dose besides vitamin B12 itself (X6, X9)."""


CAUSE_TESTS = (Test.INTRINSIC_FACTOR_ANTIBODY, Test.COELIAC_SEROLOGY)
"""What is tested for the cause where none is known (K16)."""


def maintenance_phase(assessment: Assessment, policy: Policy) -> Phase:
    """Return the maintenance phase of 2.7: the shortest interval of all that apply."""
    candidates = [_standard_phase(assessment, policy)]
    if _ileal_disease_over_limit(assessment):
        candidates.append(ileal_phase(policy))
    if Cause.BARIATRIC in assessment.causes and not _needs_standard_interval(assessment):
        candidates.insert(0, MAINT_BAR)  # of two equally long intervals its own wins
    return min(candidates, key=interval_of)


def longest_acceptable_interval(
    assessment: Assessment, policy: Policy, substance: Substance = Substance.HYDROXOCOBALAMIN
) -> Decimal:
    """Return the longest interval in days between injections of the substance that is not too long
    for this person.

    While it is open whether neurological symptoms are present, the longest of either answer is
    acceptable (Q15). Cyanocobalamin is retained less, so its interval is never longer than a month
    (C27).
    """
    if assessment.neurological.is_unknown and assessment.neurological_ever.is_unknown:
        assessment = changed(assessment, neurological_ever=Truth.FALSE)
    longest = interval_of(maintenance_phase(assessment, policy))
    return min(longest, interval_of(MAINT_1M)) if substance is Substance.CYANOCOBALAMIN else longest


def intensified_phase(assessment: Assessment, policy: Policy) -> Phase | None:
    """Return maintenance one step more frequent than now, or `None` when the shortest interval is
    reached (T2).
    """
    usual = interval_of(maintenance_phase(assessment, policy))
    current = assessment.treatment.interval or usual
    return next(
        (
            phase
            for phase in _steps(policy)
            if interval_of(phase) < current and interval_of(phase) <= usual
        ),
        None,
    )


def phase_as_ordered(timing: Timing | None, usual: Phase, policy: Policy) -> Phase:
    """Return maintenance as it is ordered now, without an end; the usual one where that is not
    known. A range stays a range, and what is no step of the guidance ("every 4 weeks") stays as it
    is (T8: "renew (same order)"); several a period become one by its days, so that supply and start
    can be told.
    """
    if timing is None:
        return usual
    if timing.shortest_interval < policy.min_maintenance_days:
        return most_frequent_phase(policy)
    if timing.frequency > 1:
        timing = Timing(1, Decimal(int(timing.shortest_interval)), PeriodUnit.DAY)
    open_ended = replace(timing, count=None, count_max=None, duration=None)
    if MAINT_M.line.timing == open_ended:
        return MAINT_M
    return with_timing(MAINT_1M, open_ended, ("S13", "S16"))


def resumed_phase(assessment: Assessment, policy: Policy) -> Phase:
    """Return maintenance as it goes on after a lapse: as it was ordered, where that is more often
    than 2.7 asks, for a lapse is no reason for a longer interval (T4, I6, S14, S15).
    """
    usual = maintenance_phase(assessment, policy)
    ordered = phase_as_ordered(assessment.treatment.timing, usual, policy)
    return min(usual, ordered, key=interval_of)


def most_frequent_phase(policy: Policy) -> Phase:
    """Return maintenance at the shortest interval that the site allows (C5)."""
    return _steps(policy)[-1]


def _steps(policy: Policy) -> tuple[Phase, ...]:
    phases = (
        with_interval(MAINT_1M, period, unit, _INTENSIFIED_CITATIONS)
        for period, unit in INTENSIFICATION
    )
    return tuple(phase for phase in phases if _shortest(phase) >= policy.min_maintenance_days)


def interval_of(phase: Phase) -> Decimal:
    """Return the days from dose to dose at the least frequent reading of the phase."""
    if phase.line.timing is None:
        raise ValueError(f"{phase.id} has no timing")
    return phase.line.timing.longest_interval


def ileal_phase(policy: Policy) -> Phase:
    """Return maintenance after ileal resection over 20 cm or with extensive ileal Crohn's disease
    (C12).
    """
    months = policy.ileal_maintenance_months
    return MAINT_1M if months == 1 else with_interval(MAINT_1M, months, PeriodUnit.MONTH)


def baseline_tests(assessment: Assessment) -> tuple[FollowUp, ...]:
    """Return the tests to take before the first dose that are not on record."""
    why = "before the first dose" if assessment.untreated else "now"
    return tuple(
        FollowUp(test, why=why, citations=("X6", "X9"))
        for test in (Test.SERUM_B12, *BASELINE_TESTS)
        if still_needed(test, assessment)
    )


def still_needed(test: Test, assessment: Assessment) -> bool:
    """Return whether the test has no usable result on record; total and active vitamin B12 stand
    for each other.
    """
    if test is Test.SERUM_B12:
        return B12_LEVELS.isdisjoint(assessment.tests_on_record)
    return test not in assessment.tests_on_record


def _review(month: int) -> tuple[FollowUp, ...]:
    why = f"review at {month} months"
    return (
        FollowUp(Test.SYMPTOM_REVIEW, months=month, why=why, citations=("S35", "S44")),
        FollowUp(Test.SERUM_B12, months=month, why=why, citations=("S36", "S78")),
        FollowUp(Test.FULL_BLOOD_COUNT, months=month, why=why, citations=("S36", "S79")),
        FollowUp(Test.HOMOCYSTEINE, months=month, why=why, citations=("S36", "S37", "S79", "S80")),
    )


FIRST_YEAR = tuple(follow_up for month in REVIEW_MONTHS for follow_up in _review(month))
"""The reviews of the first year: symptoms, serum vitamin B12, full blood count, homocysteine (S35,
S36, S78, S79).
"""

EARLY_REVIEW = FollowUp(
    Test.SYMPTOM_REVIEW,
    months=1,
    why="early review in pregnancy or breastfeeding",
    citations=("X4",),
)


def review_follow_ups(assessment: Assessment) -> tuple[FollowUp, ...]:
    """Return the reviews of the first year, with an earlier one in pregnancy and breastfeeding."""
    early = (assessment.pregnant | assessment.breastfeeding).is_true
    return (EARLY_REVIEW, *FIRST_YEAR) if early else FIRST_YEAR


def potassium_follow_ups(assessment: Assessment) -> tuple[FollowUp, ...]:
    """Return potassium now and within 48 hours of the first dose, where severe anaemia or low
    potassium is recorded (K9).
    """
    if not (assessment.severe_anaemia | assessment.low_potassium).is_true:
        return ()
    now = FollowUp(
        Test.POTASSIUM,
        why="before the first dose" if assessment.untreated else "now",
        citations=("X9",),
    )
    return (
        now,
        FollowUp(
            Test.POTASSIUM, days=2, why="48 hours after the first dose", citations=("X8", "X9")
        ),
    )


def cause_tests(assessment: Assessment) -> tuple[FollowUp, ...]:
    """Return the tests for the cause where none is known (K16); treatment never waits for them."""
    if assessment.causes or not assessment.is_deficient:
        return ()
    why = "the cause is not known"
    return tuple(FollowUp(test, why=why, citations=("X6",)) for test in CAUSE_TESTS)


def yearly_b12(assessment: Assessment) -> tuple[FollowUp, ...]:
    """Return the yearly vitamin B12 test of ileal Crohn's disease (S21)."""
    if Cause.CROHNS_ILEAL not in assessment.causes:
        return ()
    return (
        FollowUp(
            Test.SERUM_B12, months=12, why="yearly in ileal Crohn's disease", citations=("S21",)
        ),
    )


def pregnancy_plan_b12(assessment: Assessment) -> tuple[FollowUp, ...]:
    """Return the test every 3 months after bariatric surgery while planning pregnancy (S19)."""
    if Cause.BARIATRIC not in assessment.causes or not assessment.planning_pregnancy.is_true:
        return ()
    why = "every 3 months after bariatric surgery while planning pregnancy"
    return (FollowUp(Test.SERUM_B12, months=3, why=why, citations=("S19",)),)


def _standard_phase(assessment: Assessment, policy: Policy) -> Phase:
    """Two months where neurological involvement was ever present or is not known; else what the
    site chose (C4).
    """
    if assessment.neurological_ever.may_be_true:
        return MAINT_N
    match policy.non_neuro_maintenance:
        case NonNeuroMaintenance.RANGE_2_3:
            return MAINT_M
        case NonNeuroMaintenance.FIXED_2:
            return with_interval(MAINT_M, 2, PeriodUnit.MONTH)
        case NonNeuroMaintenance.FIXED_3:
            return with_interval(MAINT_M, 3, PeriodUnit.MONTH)


def _ileal_disease_over_limit(assessment: Assessment) -> bool:
    return (assessment.ileal_resection_over_limit | assessment.crohns_over_limit).is_true


def _needs_standard_interval(assessment: Assessment) -> bool:
    """Malabsorption beyond the surgery, or not known for want of a part of the record: the 2 to 3
    months of M2 and M4 hold.
    """
    beyond = {Cause.OTHER_MALABSORPTION, Cause.ILEAL_RESECTION, Cause.CROHNS_ILEAL}
    return assessment.established_malabsorption.may_be_true or bool(assessment.causes & beyond)


def _shortest(phase: Phase) -> Decimal:
    return phase.line.timing.shortest_interval if phase.line.timing is not None else Decimal(0)
