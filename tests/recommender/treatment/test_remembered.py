"""What is remembered of the advice: by truths and closed enumerations alone, and never another
answer than working it out gives.
"""

import datetime as dt
import enum
import types
import typing

import pytest

from recommender.assessment import Assessment, assess
from recommender.guidance import Policy
from recommender.language import ClinicalScenario, Fact, Route, Substance, Truth, changed
from recommender.treatment.table import NOTHING_GIVEN, _decide, decide, discrete_facts
from recommender.treatment.what_would_change import VARIATIONS, _changes, nearest_changes
from recommender.treatment_so_far import Treatment, TreatmentPhase

POLICY = Policy()
NOBODY = assess(ClinicalScenario(as_of=dt.date(2026, 6, 1)), POLICY)
UNTREATED = changed(NOBODY, treatment=Treatment(TreatmentPhase.NONE, reason="nothing on record"))


def _is_closed(kind: object) -> bool:
    """Whether a type is a truth, an enumeration, yes or no, nothing, or made of such alone."""
    if typing.get_origin(kind) in (frozenset, types.UnionType, typing.Union):
        return all(_is_closed(part) for part in typing.get_args(kind))
    return isinstance(kind, type) and (
        kind in (bool, types.NoneType) or issubclass(kind, enum.Enum)
    )


def test_what_is_remembered_by_holds_no_value_date_key_or_text():
    kinds = typing.get_type_hints(Assessment)
    open_kinds = {name for name, kind in kinds.items() if not _is_closed(kind)}
    assert open_kinds == {"facts", "treatment"}
    discrete = discrete_facts(changed(UNTREATED, facts=(("x", Fact(Truth.TRUE, "a reason")),)))
    assert discrete is not None
    assert discrete.facts == ()
    assert discrete.treatment is NOTHING_GIVEN


@pytest.mark.parametrize(
    "treatment",
    [
        Treatment(TreatmentPhase.MAINTENANCE),
        Treatment(TreatmentPhase.UNKNOWN, reason="not read"),
        Treatment(TreatmentPhase.NONE, ordered_on=dt.date(2026, 1, 1)),
        Treatment(TreatmentPhase.NONE, treated_before=dt.date(2020, 1, 1)),
        Treatment(TreatmentPhase.NONE, order_key="MedicationRequest/1"),
    ],
)
def test_treatment_of_any_kind_is_never_remembered(treatment):
    assert discrete_facts(changed(UNTREATED, treatment=treatment)) is None


@pytest.mark.parametrize("variation", VARIATIONS, ids=lambda one: one.words)
def test_what_is_remembered_is_what_is_worked_out(variation):
    nothing_by_mouth = {(Substance.HYDROXOCOBALAMIN, Route.INTRAMUSCULAR)}
    for policy in (
        POLICY,
        Policy(oral_dose_mcg=POLICY.oral_dose_mcg * 2),
        Policy(available_products=frozenset(nothing_by_mouth)),
    ):
        for facts in (UNTREATED, variation.vary(UNTREATED)):
            worked_out = _decide(facts, policy)
            for _ in range(2):
                assert decide(facts, policy) == worked_out
                assert decide(facts, policy).assessment is facts
                changes = tuple(nearest_changes(worked_out, policy))
                assert changes == tuple(_changes(worked_out, policy))
