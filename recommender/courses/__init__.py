"""What the orders of a course are to one another: renewals, second orders, stops, reviews due."""

from recommender.courses.renewals import SECOND, Repeats, check_duplicates, repeated_order, repeats
from recommender.courses.reviews import check_reviews, overdue_review
from recommender.courses.stops import check_stops

__all__ = [
    "SECOND",
    "Repeats",
    "check_duplicates",
    "check_reviews",
    "check_stops",
    "overdue_review",
    "repeated_order",
    "repeats",
]
