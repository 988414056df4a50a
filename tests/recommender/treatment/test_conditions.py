"""What each condition of the decision table declares to read is what it depends on: of any two
people who differ in one other fact alone it says the same.
"""

from __future__ import annotations

import random
from dataclasses import fields, replace
from enum import Enum
from typing import Any

import pytest

from recommender.assessment import Assessment
from recommender.deficiency import Deficiency, NotConclusive
from recommender.guidance import Policy
from recommender.language import (
    Allergen,
    Anticoagulant,
    Cause,
    HintAt,
    LoweringDrug,
    Route,
    Substance,
    Test,
    Truth,
)
from recommender.treatment import RULES, Condition
from recommender.treatment_so_far import Treatment, TreatmentPhase, UnknownPhase
from tests.recommender.every_scenario import PLAIN, QUICK

CONDITIONS = {one.words: one for rule in RULES for one in rule.when}
T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN

SEVERE = "severe_reaction_hydroxocobalamin"
BY_MOUTH = replace(PLAIN, renal=F, oral_infeasible=F, severe_anaemia=F)
PEOPLE = (
    *random.Random(11).sample([one for sweep in QUICK for one in sweep.assessments()], 40),
    PLAIN,
    BY_MOUTH,
    replace(BY_MOUTH, renal=U),
    *(
        replace(BY_MOUTH, renal=renal, hydroxocobalamin_allergy=allergy, **{SEVERE: severe})
        for renal in (F, U)
        for allergy, severe in ((F, T), (T, F))
    ),
    replace(PLAIN, unspecified_b12_allergy=T, severe_reaction_unspecified=T),
    replace(
        PLAIN,
        hydroxocobalamin_allergy=T,
        severe_reaction_hydroxocobalamin=T,
        cyanocobalamin_allergy=T,
        severe_reaction_cyanocobalamin=T,
    ),
)
"""People of the sweeps, always the same ones, and those of whom one fact more decides."""

POLICY = replace(
    Policy(),
    product_excipients=frozenset({(Substance.CYANOCOBALAMIN, Route.ORAL, Allergen.BENZYL_ALCOHOL)}),
)

TREATMENTS = (
    Treatment(TreatmentPhase.MAINTENANCE, renewal_due=True),
    *(Treatment(phase) for phase in TreatmentPhase if phase is not TreatmentPhase.UNKNOWN),
    *(Treatment(TreatmentPhase.UNKNOWN, unknown=why) for why in UnknownPhase),
)


MORE: dict[str, tuple[Any, ...]] = {
    "causes": tuple(frozenset({cause}) for cause in Cause),
    "past_reactions": tuple(frozenset({allergen}) for allergen in Allergen),
    "excipient_reactions": tuple(frozenset({allergen}) for allergen in Allergen),
    "hinted": tuple(frozenset({hint}) for hint in HintAt),
    "treatment": TREATMENTS,
    "lowering_drugs": tuple(frozenset({drug}) for drug in LoweringDrug),
    "tests_on_record": tuple(frozenset({one}) for one in Test),
    "anticoagulant": tuple(Anticoagulant),
    "not_conclusive": tuple(NotConclusive),
    "deficiency_with_signs": tuple(Deficiency),
    "deficiency_with_kidneys": tuple(Deficiency),
}
"""What a field may hold that is neither a truth nor one of a few names."""


def _values(name: str) -> list[Any]:
    """Return what a field of the assessment may hold, each once."""
    seen = [getattr(person, name) for person in PEOPLE]
    seen += MORE.get(name, ())
    if isinstance(seen[0], bool):
        seen += [True, False]
    elif isinstance(seen[0], Enum):
        seen += list(type(seen[0]))
    found: list[Any] = []
    for value in seen:
        if value not in found:
            found.append(value)
    return found


VALUES = {one.name: _values(one.name) for one in fields(Assessment) if one.name != "facts"}
"""`facts` are for showing."""
CHANGED = {
    name: [
        (person, replace(person, **{name: value}))
        for person in PEOPLE
        for value in values
        if value != getattr(person, name)
    ]
    for name, values in VALUES.items()
}
"""Pairs of people who differ in one fact alone, by the fact."""


def _matters(condition: Condition, name: str) -> bool:
    """Return whether the condition says something else of anybody when this fact alone changes."""
    return any(
        condition.holds(one, POLICY) is not condition.holds(other, POLICY)
        for one, other in CHANGED[name]
    )


def test_every_field_of_the_assessment_is_tried_with_more_than_one_value() -> None:
    assert {name for name, pairs in CHANGED.items() if not pairs} == set()


@pytest.mark.parametrize("words", CONDITIONS)
def test_a_condition_depends_on_the_facts_that_it_declares_and_on_no_other(words: str) -> None:
    condition = CONDITIONS[words]

    assert {name for name in VALUES if _matters(condition, name)} == set(condition.reads)
