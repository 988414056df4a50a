"""Which facts each row of the decision table looked at for one person: found by watching the row read, so it cannot go stale."""

from __future__ import annotations

from typing import Any, cast

from recommender.assessment import Assessment
from recommender.policy import Policy
from recommender.treatment import RULES, Rule

_CAUSE = ("cause", "causes")
_DEFICIENCY = (
    "deficiency",
    "total_b12",
    "holotranscobalamin",
    "mma",
    "homocysteine",
    "deficiency_diagnosis",
    "b12_supplement_before_test",
)
_NEUROLOGICAL = ("neurological_involvement", "neurological_findings", "neurological_screen")
_KIDNEYS = ("kidney_function", "egfr", "kidney_disease", "dialysis")

FACTS_BEHIND: dict[str, tuple[str, ...]] = {
    "adult": ("adult", "age"),
    "deficiency": _DEFICIENCY,
    "is_deficient": _DEFICIENCY,
    "neurological": _NEUROLOGICAL,
    "neurological_ever": ("neurological_involvement_ever", *_NEUROLOGICAL),
    "neurological_new": ("new_neurological_signs", *_NEUROLOGICAL),
    "renal": _KIDNEYS,
    "causes": _CAUSE,
    "established_malabsorption": ("established_malabsorption", *_CAUSE),
    "ileal_resection_over_limit": ("ileal_resection_over_20_cm", "ileal_resection_length", "ileal_resection_complete"),
    "crohns_over_limit": ("crohns_ileal_extent_over_limit", "crohns_ileal_extent"),
    "treatment": ("treatment_phase", "orders", "doses"),
    "untreated": ("treatment_phase", "orders", "doses"),
    "severe_anaemia": ("severe_anaemia", "haemoglobin"),
    "b12_still_low": ("total_b12_on_treatment",),
    "oral_infeasible": ("oral_feasible",),
    "unspecified_b12_allergy": ("allergies",),
    "hydroxocobalamin_allergy": ("allergies",),
    "cyanocobalamin_allergy": ("allergies",),
    "severe_reaction_unspecified": ("allergies",),
    "severe_reaction_hydroxocobalamin": ("allergies",),
    "severe_reaction_cyanocobalamin": ("allergies",),
}
"""The facts of the explain JSON behind a field of the assessment; a field that is not here is a fact of the same name."""


def facts_of_rows(assessment: Assessment, policy: Policy) -> list[tuple[str, ...]]:
    """Return for each row of the table, in its order, the names of the facts it looked at until it was decided."""
    return [_facts_of(rule, assessment, policy) for rule in RULES]


def _facts_of(rule: Rule, assessment: Assessment, policy: Policy) -> tuple[str, ...]:
    watched = _Watched(assessment)
    rule.holds(cast(Assessment, watched), policy)
    facts = (fact for field in watched.read for fact in FACTS_BEHIND.get(field, (field,)))
    return tuple(dict.fromkeys(facts))


class _Watched:
    """An assessment that remembers which of its fields were read."""

    def __init__(self, assessment: Assessment) -> None:
        self._assessment = assessment
        self.read: dict[str, None] = {}

    def __getattr__(self, field: str) -> Any:
        self.read[field] = None
        return getattr(self._assessment, field)
