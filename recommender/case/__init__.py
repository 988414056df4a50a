"""What order review looks at: the course, the person, the recommendation, and how one order is read
in it.
"""

from recommender.case.case import Case, Column, case_of, has_test, is_muscle_or_unknown
from recommender.case.course_reading import (
    WITHOUT_A_DOSE,
    alternate_day_bound,
    daily_dose,
    fulfils,
    is_count_alone,
    is_daily,
    is_oral,
    is_readable,
    is_trace,
    is_treatment,
    kind_of,
    may_be_cyanocobalamin,
    most_folic_acid,
    names_no_route,
    same_kind,
)
from recommender.case.issues import Issue, issue_of, sort_issues
from recommender.case.levels_to_read import level_on_tablets, may_need_loading

__all__ = [
    "WITHOUT_A_DOSE",
    "Case",
    "Column",
    "Issue",
    "alternate_day_bound",
    "case_of",
    "daily_dose",
    "fulfils",
    "has_test",
    "is_count_alone",
    "is_daily",
    "is_muscle_or_unknown",
    "is_oral",
    "is_readable",
    "is_trace",
    "is_treatment",
    "issue_of",
    "kind_of",
    "level_on_tablets",
    "may_be_cyanocobalamin",
    "may_need_loading",
    "most_folic_acid",
    "names_no_route",
    "same_kind",
    "sort_issues",
]
