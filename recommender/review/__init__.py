"""The review of a course: the checks in order, their remedies, and findings that belong
together.
"""

from recommender.review.merging import either_of
from recommender.review.not_adult import says_more_than_the_record
from recommender.review.order_review import review, review_record, review_refill
from recommender.review.spoken import SPOKEN, Where

__all__ = [
    "SPOKEN",
    "Where",
    "either_of",
    "review",
    "review_record",
    "review_refill",
    "says_more_than_the_record",
]
