"""The folic acid gate, and what is said of drafted folic acid."""

from recommender.folic_acid.folic_acid import check_folate, first_b12_day, starts_after_first_dose
from recommender.folic_acid.gate import (
    FolateClass,
    FolateGate,
    folate_class,
    folate_gate,
    gas_leaves_level_open,
    hints_at_protection,
    holds_treatment_dose,
)

__all__ = [
    "FolateClass",
    "FolateGate",
    "check_folate",
    "first_b12_day",
    "folate_class",
    "folate_gate",
    "gas_leaves_level_open",
    "hints_at_protection",
    "holds_treatment_dose",
    "starts_after_first_dose",
]
