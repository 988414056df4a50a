"""Maintenance intervals, what is tested when, and the reviews that are due."""

from recommender.monitoring.follow_up import (
    baseline_tests,
    cause_tests,
    ileal_phase,
    intensified_phase,
    interval_of,
    longest_acceptable_interval,
    maintenance_phase,
    most_frequent_phase,
    phase_at,
    potassium_follow_ups,
    pregnancy_plan_b12,
    review_follow_ups,
    yearly_b12,
)

__all__ = [
    "baseline_tests",
    "cause_tests",
    "ileal_phase",
    "intensified_phase",
    "interval_of",
    "longest_acceptable_interval",
    "maintenance_phase",
    "most_frequent_phase",
    "phase_at",
    "potassium_follow_ups",
    "pregnancy_plan_b12",
    "review_follow_ups",
    "yearly_b12",
]
