"""The decision table and what it recommends: rules, offers, products, precautions and
monitoring.
"""

from recommender.monitoring import (
    interval_of,
    longest_acceptable_interval,
    maintenance_phase,
    potassium_follow_ups,
    review_follow_ups,
)
from recommender.treatment import conditions
from recommender.treatment.conditions import Condition
from recommender.treatment.offers import NEURO_PRESENT_LABEL, without_neurological_symptoms
from recommender.treatment.products import (
    cyanocobalamin_may_go_on,
    excipients_reacted_to,
    hydroxocobalamin_allowed,
    product_for,
)
from recommender.treatment.recommendation import Option, Outcome, Recommendation
from recommender.treatment.table import RULES, Rule, recommend, trace_rows
from recommender.treatment.what_would_change import nearest_changes

__all__ = [
    "NEURO_PRESENT_LABEL",
    "RULES",
    "Condition",
    "Option",
    "Outcome",
    "Recommendation",
    "Rule",
    "conditions",
    "cyanocobalamin_may_go_on",
    "excipients_reacted_to",
    "hydroxocobalamin_allowed",
    "interval_of",
    "longest_acceptable_interval",
    "maintenance_phase",
    "nearest_changes",
    "potassium_follow_ups",
    "product_for",
    "recommend",
    "review_follow_ups",
    "trace_rows",
    "without_neurological_symptoms",
]
