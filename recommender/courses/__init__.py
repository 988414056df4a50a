"""What the orders of a course are to one another, and what it lacks: renewals, second orders,
stops, reviews and treatment due.
"""

from recommender.courses.course_checks import check_lowering_drug, check_maintenance, check_tests
from recommender.courses.due import (
    check_not_ordered,
    check_unread,
    due_treatment,
    is_worth_asking,
    only_size_is_asked,
)
from recommender.courses.renewals import (
    SECOND,
    Repeats,
    check_duplicates,
    continued_order,
    repeated_order,
    repeats,
)
from recommender.courses.reviews import check_reviews, overdue_review, watches_pregnancy
from recommender.courses.right_orders import (
    emergency,
    more_than_an_order,
    right_order,
    sources_differ,
)
from recommender.courses.stops import asks_for_kidneys, check_stops, forbids_what_is_due
from recommender.courses.words_since import ask_about_new_words

__all__ = [
    "SECOND",
    "Repeats",
    "ask_about_new_words",
    "asks_for_kidneys",
    "check_duplicates",
    "check_lowering_drug",
    "check_maintenance",
    "check_not_ordered",
    "check_reviews",
    "check_stops",
    "check_tests",
    "check_unread",
    "continued_order",
    "due_treatment",
    "emergency",
    "forbids_what_is_due",
    "is_worth_asking",
    "more_than_an_order",
    "only_size_is_asked",
    "overdue_review",
    "repeated_order",
    "repeats",
    "right_order",
    "sources_differ",
    "watches_pregnancy",
]
