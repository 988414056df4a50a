"""Maintenance intervals, what is tested when, and the reviews that are due."""

from recommender.monitoring.follow_up import (
    CAUSE_TESTS,
    baseline_tests,
    cause_tests,
    ileal_phase,
    intensified_phase,
    interval_of,
    longest_acceptable_interval,
    maintenance_phase,
    most_frequent_phase,
    phase_as_ordered,
    potassium_follow_ups,
    pregnancy_plan_b12,
    review_follow_ups,
    still_needed,
    yearly_b12,
)
from recommender.monitoring.reviews import (
    CITATIONS,
    OverdueReview,
    ReviewRow,
    find_overdue,
    review_points,
)

__all__ = [
    "CAUSE_TESTS",
    "CITATIONS",
    "OverdueReview",
    "ReviewRow",
    "baseline_tests",
    "cause_tests",
    "find_overdue",
    "ileal_phase",
    "intensified_phase",
    "interval_of",
    "longest_acceptable_interval",
    "maintenance_phase",
    "most_frequent_phase",
    "phase_as_ordered",
    "potassium_follow_ups",
    "pregnancy_plan_b12",
    "review_follow_ups",
    "review_points",
    "still_needed",
    "yearly_b12",
]
