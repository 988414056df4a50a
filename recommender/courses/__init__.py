"""What the orders of a course are to one another: renewals, second orders, stops, reviews due."""

from recommender.courses.renewals import SECOND, Repeats, check_duplicates, repeated_order, repeats
from recommender.courses.reviews import check_reviews, overdue_review
from recommender.courses.right_orders import more_than_an_order, right_order, sources_differ
from recommender.courses.stops import check_stops

__all__ = [
    "SECOND",
    "Repeats",
    "check_duplicates",
    "check_reviews",
    "check_stops",
    "more_than_an_order",
    "overdue_review",
    "repeated_order",
    "repeats",
    "right_order",
    "sources_differ",
]
