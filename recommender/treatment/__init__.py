"""The decision table and what it recommends: rules, offers, products, precautions and
monitoring.
"""

from recommender.treatment import conditions
from recommender.treatment.conditions import ORAL_TRIAL_DAYS, Condition
from recommender.treatment.offers import without_neurological_symptoms
from recommender.treatment.products import (
    SAME_DAY_ADVICE,
    excipients_reacted_to,
    hydroxocobalamin_allowed,
    is_on_unsuitable_product,
    product_for,
)
from recommender.treatment.recommendation import Option, Outcome, Recommendation
from recommender.treatment.table import RULES, Rule, decide, recommend, trace_rows
from recommender.treatment.what_would_change import nearest_changes, with_nerve_signs

__all__ = [
    "ORAL_TRIAL_DAYS",
    "RULES",
    "SAME_DAY_ADVICE",
    "Condition",
    "Option",
    "Outcome",
    "Recommendation",
    "Rule",
    "conditions",
    "decide",
    "excipients_reacted_to",
    "hydroxocobalamin_allowed",
    "is_on_unsuitable_product",
    "nearest_changes",
    "product_for",
    "recommend",
    "trace_rows",
    "with_nerve_signs",
    "without_neurological_symptoms",
]
