"""What would put the course right: the suggestions of a card, as labelled edits of the course."""

from recommender.remedies.course import resolve_course
from recommender.remedies.folic_acid import resolve_folate, resolve_removals
from recommender.remedies.labels import claim_of, claims_of, does, label_of_parts, label_of_tests
from recommender.remedies.other_orders import (
    resolve_not_ordered,
    resolve_review,
    resolve_stop,
    resolve_test,
    resolve_tests_due,
)

__all__ = [
    "claim_of",
    "claims_of",
    "does",
    "label_of_parts",
    "label_of_tests",
    "resolve_course",
    "resolve_folate",
    "resolve_not_ordered",
    "resolve_removals",
    "resolve_review",
    "resolve_stop",
    "resolve_test",
    "resolve_tests_due",
]
