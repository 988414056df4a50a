"""What the orders of a course are to one another: renewals, second orders, stops, reviews due."""

from recommender.courses.renewals import SECOND, Repeats, check_duplicates, repeated_order, repeats

__all__ = ["SECOND", "Repeats", "check_duplicates", "repeated_order", "repeats"]
