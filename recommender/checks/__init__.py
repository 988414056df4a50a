"""What is wrong with an order of vitamin B12, read against what is recommended."""

from recommender.checks.consistency import check_order
from recommender.checks.injection_courses import american_course
from recommender.checks.no_indication import ileal_conflict
from recommender.checks.routes import check_route

__all__ = ["american_course", "check_order", "check_route", "ileal_conflict"]
