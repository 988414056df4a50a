"""Which facts each row of the decision table looks at, as its conditions declare; and what a record
says of the conditions that were looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from cds_service.cards import FactInWords
from cds_service.decision.decide import Decision
from recommender.treatment import RULES, Condition, Rule

_CAUSE = ("cause",)
_DEFICIENCY = (
    "deficiency",
    "total_b12",
    "holotranscobalamin",
    "mma",
    "homocysteine",
    "deficiency_diagnosis",
    "b12_supplement_before_test",
)
_NEUROLOGICAL = ("neurological_involvement", "neurological_screen")
_KIDNEYS = ("kidney_function", "egfr", "kidney_disease", "dialysis")

FACTS_BEHIND: dict[str, tuple[str, ...]] = {
    "adult": ("adult", "age"),
    "deficiency": _DEFICIENCY,
    "neurological": _NEUROLOGICAL,
    "neurological_ever": ("neurological_involvement_ever", *_NEUROLOGICAL),
    "neurological_new": ("new_neurological_signs", *_NEUROLOGICAL),
    "renal": _KIDNEYS,
    "causes": _CAUSE,
    "established_malabsorption": ("established_malabsorption", *_CAUSE),
    "ileal_resection_over_limit": (
        "ileal_resection_over_20_cm",
        "ileal_resection_length",
        "ileal_resection_complete",
    ),
    "crohns_over_limit": ("crohns_ileal_extent_over_limit", "crohns_ileal_extent"),
    "treatment": ("treatment_phase",),
    "severe_anaemia": ("severe_anaemia", "haemoglobin"),
    "b12_still_low": ("total_b12_on_treatment",),
    "oral_infeasible": ("oral_feasible",),
    "unspecified_b12_allergy": ("allergies",),
    "hydroxocobalamin_allergy": ("allergies",),
    "cyanocobalamin_allergy": ("allergies",),
    "severe_reaction_unspecified": ("allergies",),
    "severe_reaction_hydroxocobalamin": ("allergies",),
    "severe_reaction_cyanocobalamin": ("allergies",),
    "past_reactions": ("allergies",),
    "excipient_reactions": ("allergies",),
    "hinted": _CAUSE,
    "low_once": _DEFICIENCY,
    "signs_answered": ("treatment_phase", *_NEUROLOGICAL),
    "signs_before_last_dose": ("treatment_phase", *_NEUROLOGICAL),
}
"""The facts of the explain JSON behind a field of the assessment; a field that is not here is a
fact of the same name.
"""


@cache
def facts_of_rows() -> tuple[tuple[str, ...], ...]:
    """Return for each row of the table, in its order, the names of the facts that its conditions
    look at.
    """
    return tuple(_facts_of(rule) for rule in RULES)


@cache
def facts_of_rules() -> Mapping[str, tuple[str, ...]]:
    """Return for each rule of the table the names of the facts that it looks at."""
    return {rule.id: facts for rule, facts in zip(RULES, facts_of_rows(), strict=True)}


def _facts_of(rule: Rule) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(fact for condition in rule.when for fact in facts_of_condition(condition))
    )


def facts_of_condition(condition: Condition) -> tuple[str, ...]:
    """Return the names of the facts that one condition looks at."""
    behind = (FACTS_BEHIND.get(field, (field,)) for field in condition.reads)
    return tuple(dict.fromkeys(fact for facts in behind for fact in facts))


def conditions_looked_at(decision: Decision) -> Iterator[tuple[str, str, str]]:
    """Return each condition of the table down to the row that fired, once, with its state."""
    assessment = decision.recommendation.assessment
    facts = {fact.name: fact for fact in decision.facts}
    states: dict[str, tuple[str, str]] = {}
    for rule in RULES:
        failed = False
        for condition in rule.when:
            if failed:
                states.setdefault(condition.words, ("not looked at", ""))
                continue
            met = condition.holds(assessment, decision.policy)
            looked_at = [facts[n] for n in facts_of_condition(condition) if n in facts]
            states[condition.words] = ("met" if met else "not met", _record_says(looked_at))
            failed = not met
        if not failed and rule.id == decision.recommendation.rule:
            break
    return ((words, *state) for words, state in states.items())


def one_short(rule: Rule, decision: Decision) -> str:
    """Return the words of the one condition that a row lacks beside others that are met; empty
    where it lacks none, or more, or has no other.
    """
    assessment, policy = decision.recommendation.assessment, decision.policy
    lacking = [one.words for one in rule.when if not one.holds(assessment, policy)]
    return lacking[0] if len(lacking) == 1 < len(rule.when) else ""


def _record_says(facts: Sequence[FactInWords]) -> str:
    """Return what is known of these facts; of none, which are not known and why."""
    known = [f"{fact.label}: {fact.value}" for fact in facts if fact.is_known and fact.value]
    unknown = [f"{fact.label}: {fact.reason or 'not known'}" for fact in facts]
    return "; ".join(known or unknown)
