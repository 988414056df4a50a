"""Treatment so far: what orders and doses on record say of the course under way."""

from recommender.treatment_so_far.by_orders import standing_order_days
from recommender.treatment_so_far.entries import has_ended
from recommender.treatment_so_far.phase import read_treatment
from recommender.treatment_so_far.reading import bound_end, end_of, period_of
from recommender.treatment_so_far.start import find_treatment_start, took_b12_before
from recommender.treatment_so_far.treatment import Treatment, TreatmentPhase, UnknownPhase

__all__ = [
    "Treatment",
    "TreatmentPhase",
    "UnknownPhase",
    "bound_end",
    "end_of",
    "find_treatment_start",
    "has_ended",
    "period_of",
    "read_treatment",
    "standing_order_days",
    "took_b12_before",
]
