"""Reviews of the treated that are overdue (decisions 2.7, V1 to V8; F34, K19).

A review counts as done when one of its tests was sampled: for the rest the clinician is trusted.
Not known, so never said: tests done where this record does not see them ("none on record").
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from recommender.assessment import Assessment
from recommender.deficiency import total_b12_is_borderline
from recommender.guidance import Policy, look_back
from recommender.language import B12_LEVELS, Cause, ClinicalScenario, RecordArea, Test, months_after
from recommender.monitoring.follow_up import REVIEW_MONTHS
from recommender.treatment_so_far import TreatmentPhase


class ReviewRow(enum.Enum):
    """The rows of decisions 2.7, by their ids."""

    V1 = "V1"
    V2 = "V2"
    V3 = "V3"
    V4 = "V4"
    V5 = "V5"
    V6 = "V6"
    V7 = "V7"
    V8 = "V8"


FIRST_YEAR_ROWS = (ReviewRow.V1, ReviewRow.V2, ReviewRow.V3)

CITATIONS: dict[ReviewRow, tuple[str, ...]] = {
    **dict.fromkeys(FIRST_YEAR_ROWS, ("S35", "S36", "S37", "S44", "S78", "S79", "S80")),
    ReviewRow.V4: ("S39", "S46"),
    ReviewRow.V5: ("S19",),
    ReviewRow.V6: ("S37", "S43", "S80"),
    ReviewRow.V7: ("S21",),
    ReviewRow.V8: ("S7", "S65"),
}

REVIEW_TESTS = (
    Test.SYMPTOM_REVIEW,
    Test.SERUM_B12,
    Test.FULL_BLOOD_COUNT,
    Test.HOMOCYSTEINE,
)
"""What a review asks for (S35, S36, S78, S79)."""

DONE_BY = frozenset({*REVIEW_TESTS, Test.HOLOTRANSCOBALAMIN})
"""Any one of these on record is a review done (2.7)."""

YEARLY, HALF_YEARLY, BEFORE_PREGNANCY = 12, 6, 3
"""Months from one review to the next: once stable or not known, while not stable, and before a
planned pregnancy after bariatric surgery (S39, S19).
"""

DONE_FROM_MONTHS_BEFORE = 1
"""A test of the month before a point counts for it."""

HOMOCYSTEINE_TARGET = Decimal(10)
"""Micromoles per litre; on treatment the aim is below it (S37, S80)."""


LONG_ALTERNATE_DAYS = 4
"""Times the review interval after which alternate days without a review are a warning (Q67)."""

ON_TREATMENT = frozenset({TreatmentPhase.LOADING, TreatmentPhase.MAINTENANCE, TreatmentPhase.ORAL})


@dataclass(frozen=True, slots=True)
class OverdueReview:
    """A review that is overdue: its row, the tests it asks for (none: a line only).

    `since` is when treatment, or its alternate-day course, began; `last` the newest test of the
    kind on record, `None` where none is of the last 15 months. `pressing`: alternate days for so
    long that the next order is warned (Q67).
    """

    row: ReviewRow
    since: dt.date | None
    last: dt.date | None
    tests: tuple[Test, ...] = ()
    pressing: bool = False


def find_overdue(
    scenario: ClinicalScenario, assessment: Assessment, policy: Policy
) -> OverdueReview | None:
    """Return the review that is overdue, the most pressing where there are several; `None`: none,
    or results did not come whole, so that "none on record" cannot be said (Q58).
    """
    if RecordArea.LABORATORY in scenario.unavailable | scenario.incomplete:
        return None
    return next(_overdue(scenario, assessment, policy), None)


def _overdue(
    scenario: ClinicalScenario, assessment: Assessment, policy: Policy
) -> Iterator[OverdueReview]:
    yield from _alternate_days(scenario, assessment, policy)
    yield from _planning_pregnancy(scenario, assessment, policy)
    yield from _regular(scenario, assessment, policy)
    yield from _untreated_crohns(scenario, assessment, policy)
    yield from _homocysteine(scenario, assessment)


def review_points(
    scenario: ClinicalScenario, assessment: Assessment, until: dt.date | None = None
) -> Iterator[tuple[ReviewRow, dt.date]]:
    """Yield the points of V1 to V4 up to the first after a day, that of today where none is given.

    An uncertain start has yearly points only, counted from it; no start has none.
    """
    until = until or scenario.as_of
    treatment = assessment.treatment
    if treatment.started is None:
        return
    months: Iterable[tuple[ReviewRow, int]] = (
        zip(FIRST_YEAR_ROWS, REVIEW_MONTHS, strict=True)
        if treatment.start_certain
        else ((ReviewRow.V4, YEARLY),)
    )
    day = treatment.started
    for row, after in months:
        day = months_after(treatment.started, after)
        yield row, day
        if day > until:
            return
    while day <= until:
        day = _next_yearly(scenario, assessment, day)
        yield ReviewRow.V4, day


def _next_yearly(scenario: ClinicalScenario, assessment: Assessment, day: dt.date) -> dt.date:
    """Return the point after one: counted from the review that was done for it, else from it."""
    done = [done for done in _done_on_treatment(scenario, assessment) if done >= _opens(day)]
    step = HALF_YEARLY if _known_unstable(assessment) else YEARLY
    return months_after(max(max(done, default=day), day), step)


def _known_unstable(assessment: Assessment) -> bool:
    """Not two normal checks: symptoms, or vitamin B12 still low on treatment (C21)."""
    unstable = assessment.symptoms | assessment.recurrence | assessment.b12_still_low
    return unstable.is_true


def _regular(
    scenario: ClinicalScenario, assessment: Assessment, policy: Policy
) -> Iterator[OverdueReview]:
    """V1 to V4: of the points that are overdue the latest, where nothing was done for it."""
    treatment = assessment.treatment
    if treatment.phase not in ON_TREATMENT and not treatment.unknown_by_record:
        return
    late = scenario.as_of - dt.timedelta(days=policy.monitoring_grace_days)
    passed = [
        (row, day)
        for row, day in review_points(scenario, assessment)
        if day < late and (row is ReviewRow.V4 or treatment.phase in ON_TREATMENT)
    ]
    if not passed:
        return
    row, day = passed[-1]
    if any(done >= _opens(day) for done in _done_on_treatment(scenario, assessment)):
        return
    tests = (*REVIEW_TESTS, Test.MMA) if _ask_mma(scenario, assessment, policy) else REVIEW_TESTS
    yield OverdueReview(row, treatment.started, _newest(scenario, DONE_BY), tests)


def _ask_mma(scenario: ClinicalScenario, assessment: Assessment, policy: Policy) -> bool:
    last = scenario.total_b12_on_treatment
    last = last if last.is_known else scenario.total_b12
    return assessment.symptoms.is_true or total_b12_is_borderline(last, policy)


def _planning_pregnancy(
    scenario: ClinicalScenario, assessment: Assessment, policy: Policy
) -> Iterator[OverdueReview]:
    """V5: every 3 months after bariatric surgery while pregnancy is planned, treated or not."""
    planned = Cause.BARIATRIC in assessment.causes and assessment.planning_pregnancy.is_true
    last = _last_b12(scenario)
    if planned and _is_late(last, BEFORE_PREGNANCY, scenario, policy):
        yield OverdueReview(ReviewRow.V5, assessment.treatment.started, last, (Test.SERUM_B12,))


def _untreated_crohns(
    scenario: ClinicalScenario, assessment: Assessment, policy: Policy
) -> Iterator[OverdueReview]:
    """V7: once a year in ileal Crohn's disease that is not treated."""
    last = _last_b12(scenario)
    watched = Cause.CROHNS_ILEAL in assessment.causes and assessment.untreated
    if watched and _is_late(last, YEARLY, scenario, policy):
        yield OverdueReview(ReviewRow.V7, None, last, (Test.SERUM_B12,))


def _homocysteine(scenario: ClinicalScenario, assessment: Assessment) -> Iterator[OverdueReview]:
    """V6: above the target on treatment; a line, since no result changes the treatment (C19)."""
    result = scenario.homocysteine_on_treatment
    treated = assessment.treatment.phase in ON_TREATMENT
    if not treated or result.date is None or not result.above(HOMOCYSTEINE_TARGET).is_true:
        return
    if (scenario.as_of - result.date).days <= look_back.HOMOCYSTEINE_ON_TREATMENT_DAYS:
        yield OverdueReview(ReviewRow.V6, assessment.treatment.started, result.date)


def _alternate_days(
    scenario: ClinicalScenario, assessment: Assessment, policy: Policy
) -> Iterator[OverdueReview]:
    """V8: alternate days for the time after which they are reviewed, and no review since."""
    treatment = assessment.treatment
    since = treatment.ordered_on or treatment.started
    if treatment.phase is not TreatmentPhase.LOADING or not treatment.alternate_days:
        return
    if since is None or treatment.alternate_days_ended is not None:
        return
    reviews = [day for day in _symptom_reviews(scenario) if day > since]
    days = (scenario.as_of - max(reviews, default=since)).days
    if days >= policy.neuro_review_days:
        long = days > LONG_ALTERNATE_DAYS * policy.neuro_review_days
        pressing = long and not reviews and not treatment.maintenance_ordered
        tests = (Test.SYMPTOM_REVIEW,)
        yield OverdueReview(ReviewRow.V8, since, max(reviews, default=None), tests, pressing)


def _symptom_reviews(scenario: ClinicalScenario) -> Iterator[dt.date]:
    """Yield the days on which symptoms or nerve signs were asked about."""
    for done in scenario.reviews_done:
        if done.test is Test.SYMPTOM_REVIEW:
            yield done.date
    for entry in scenario.neurological_screen.evidence:
        if entry.date is not None:
            yield entry.date


def _is_late(last: dt.date | None, months: int, scenario: ClinicalScenario, policy: Policy) -> bool:
    grace = dt.timedelta(days=policy.monitoring_grace_days)
    return last is None or months_after(last, months) + grace < scenario.as_of


def _done_on_treatment(scenario: ClinicalScenario, assessment: Assessment) -> Iterator[dt.date]:
    start = assessment.treatment.started
    for done in scenario.reviews_done:
        if done.test in DONE_BY and (start is None or done.date > start):
            yield done.date


def _newest(scenario: ClinicalScenario, tests: frozenset[Test]) -> dt.date | None:
    return max((done.date for done in scenario.reviews_done if done.test in tests), default=None)


def _last_b12(scenario: ClinicalScenario) -> dt.date | None:
    """Return the day of the newest vitamin B12 or holotranscobalamin, usable or not (I27)."""
    results = (
        scenario.total_b12,
        scenario.holotranscobalamin,
        scenario.total_b12_on_treatment,
    )
    days = [result.date for result in results] + [_newest(scenario, B12_LEVELS)]
    days += [result.evidence.date for result in scenario.uncounted_b12]
    return max((day for day in days if day is not None), default=None)


def _opens(point: dt.date) -> dt.date:
    """Return the day from which a test counts for a point."""
    return months_after(point, -DONE_FROM_MONTHS_BEFORE)
