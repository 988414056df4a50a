"""What is wrong with a course of orders: safety, consistency, folic acid, and the course as a
whole.
"""

from recommender.checks.case import Case, Column, Issue, has_test
from recommender.checks.consistency import check_order, check_route
from recommender.checks.course_checks import (
    check_lowering_drug,
    check_maintenance,
    check_not_ordered,
    check_tests,
    check_unread,
    due_treatment,
    is_emergency,
)
from recommender.checks.course_reading import (
    fulfils,
    is_bound_together,
    is_oral,
    is_readable,
    is_treatment,
    kind_of,
    may_be_cyanocobalamin,
    same_kind,
)
from recommender.checks.folate import (
    FolateClass,
    FolateGate,
    check_folate,
    first_b12_day,
    folate_class,
    folate_gate,
    holds_treatment_dose,
    starts_after_first_dose,
)
from recommender.checks.injection_courses import american_course
from recommender.checks.plausibility import check_alone, is_unit_error
from recommender.checks.safety import (
    check_contraindications,
    check_safety,
    check_site,
    needs_inr,
    reaction_to,
)
from recommender.language import is_injected

__all__ = [
    "Case",
    "Column",
    "FolateClass",
    "FolateGate",
    "Issue",
    "american_course",
    "check_alone",
    "check_contraindications",
    "check_folate",
    "check_lowering_drug",
    "check_maintenance",
    "check_not_ordered",
    "check_order",
    "check_route",
    "check_safety",
    "check_site",
    "check_tests",
    "check_unread",
    "due_treatment",
    "first_b12_day",
    "folate_class",
    "folate_gate",
    "fulfils",
    "has_test",
    "holds_treatment_dose",
    "is_bound_together",
    "is_emergency",
    "is_injected",
    "is_oral",
    "is_readable",
    "is_treatment",
    "is_unit_error",
    "kind_of",
    "may_be_cyanocobalamin",
    "needs_inr",
    "reaction_to",
    "same_kind",
    "starts_after_first_dose",
]
