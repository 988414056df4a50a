"""The folic acid gate (decisions 2.8): whether vitamin B12 stands in the way of folic acid, and the
class of a folic acid order.
"""

from __future__ import annotations

import enum
from decimal import Decimal

from recommender.assessment import PREGNANCY_AGE
from recommender.case import Case, daily_dose, has_test, most_folic_acid
from recommender.deficiency import Deficiency, Ground, nitrous_oxide_misleads
from recommender.guidance import FolateGateOpens
from recommender.language import (
    Hint,
    HintAt,
    Order,
    OrderState,
    Substance,
    Test,
    is_one_injection,
    is_treatment_dose,
)
from recommender.treatment_so_far import TreatmentPhase

LOW_DOSE = Decimal(400)
"""Micrograms of folic acid a day up to which the dose is low; more counts as therapeutic unless
protected.
"""


EXCLUSION_VALID_DAYS = 183
"""Days for which a test that makes deficiency unlikely keeps the gate open: 6 months."""


class FolateGate(enum.Enum):
    """Whether vitamin B12 stands in the way of folic acid."""

    OPEN_EXCLUDED = "open: deficiency excluded"
    OPEN_TREATED = "open: vitamin B12 treated"
    PENDING = "vitamin B12 ordered, no dose documented"
    CLOSED = "vitamin B12 deficiency untreated"
    UNKNOWN = "vitamin B12 status unknown"


class FolateClass(enum.Enum):
    """Dose and indication of a folic acid order."""

    THERAPEUTIC = "therapeutic"
    LOW = "low"
    PROTECTED = "protected"


def gas_leaves_level_open(case: Case) -> bool:
    """Return whether nitrous oxide, recorded or pointed at, is why a level that is not low excludes
    nothing, and nobody has measured methylmalonic acid: another level would mislead again (K14).
    """
    a, s = case.assessment, case.scenario
    gas = a.nitrous_oxide.is_true or bool(s.hints_at(HintAt.NITROUS_OXIDE))
    known = s.mma.is_known or has_test(case, Test.MMA)
    return gas and a.ground is Ground.NOTHING_DECIDES and s.total_b12.is_known and not known


def folate_gate(case: Case) -> FolateGate:
    """Return the state of the gate for the course as drafted: vitamin B12 in the same draft set
    counts as ordered.
    """
    a = case.assessment
    if case.rule == "T5b" and a.b12_still_low.is_true:
        return FolateGate.PENDING  # whatever was given: it does not treat (Q71)
    if is_adequately_treated(case):
        return FolateGate.OPEN_TREATED
    if a.deficiency is Deficiency.UNLIKELY and _exclusion_holds(case):
        return FolateGate.OPEN_EXCLUDED
    if case.once(_treatment_is_ordered):
        return FolateGate.PENDING
    if a.deficiency in (Deficiency.CONFIRMED, Deficiency.PROBABLE):
        asked = case.rule == "T7"  # the record says that there may be treatment
        return FolateGate.PENDING if asked else FolateGate.CLOSED
    if a.deficiency is Deficiency.DIAGNOSED:
        return _without_order(case)
    return FolateGate.UNKNOWN


def _treatment_is_ordered(case: Case) -> bool:
    return any(
        holds_treatment_dose(order) and _will_be_given(case, order) for order in case.course.orders
    )


def is_adequately_treated(case: Case) -> bool:
    """Return whether vitamin B12 treatment is under way with a documented dose, or loading complete
    where the site asks it (C25).

    Treatment that is known from regular doses alone, without an order, counts too: it is under way
    until it lapses.
    """
    treatment = case.assessment.treatment
    if (
        treatment.phase
        not in (TreatmentPhase.LOADING, TreatmentPhase.MAINTENANCE, TreatmentPhase.ORAL)
        or not treatment.dose_documented
    ):
        return False
    loaded = treatment.loading_complete or treatment.phase is not TreatmentPhase.LOADING
    return loaded or case.policy.folate_gate_opens is FolateGateOpens.FIRST_DOSE


def _without_order(case: Case) -> FolateGate:
    """Treatment known from doses alone that is not adequate yet is waited for; a lapse closes the
    gate.
    """
    treatment = case.assessment.treatment
    return (
        FolateGate.CLOSED
        if treatment.phase is TreatmentPhase.LAPSED or not treatment.dose_documented
        else FolateGate.PENDING
    )


def counts_as_ordered(order: Order) -> bool:
    """Return whether the order will be given: active, or drafted in the same set."""
    return order.state is OrderState.DRAFT or order.state is OrderState.ACTIVE


def _will_be_given(case: Case, order: Order) -> bool:
    """Return whether a dose is to be expected from the order; an active one that has lapsed shows
    that none comes (2.8, CLOSED), nor does another from one injection that was given.
    """
    treatment, begun = case.assessment.treatment, order.starts or order.authored
    given = begun is not None and treatment.last_dose is not None and treatment.last_dose >= begun
    over = given and is_one_injection(order.cobalamin)
    over = over or treatment.phase is TreatmentPhase.LAPSED
    return counts_as_ordered(order) and (order.state is OrderState.DRAFT or not over)


def holds_treatment_dose(order: Order) -> bool:
    """Return whether the order is known to hold vitamin B12 at treatment dose; a supplement does
    not count.
    """
    return not order.product_error and is_treatment_dose(order.cobalamin).is_true


def _exclusion_holds(case: Case) -> bool:
    scenario = case.scenario
    dates = [
        result.date
        for result in (scenario.total_b12, scenario.holotranscobalamin)
        if result.is_known and result.date
    ]
    recent = any(0 <= (scenario.as_of - date).days <= EXCLUSION_VALID_DAYS for date in dates)
    a = case.assessment
    nerves = a.neurological.is_true or bool(scenario.hints_at(HintAt.NEUROLOGY))
    misleads = nitrous_oxide_misleads(scenario, a.nitrous_oxide)
    quiet = recent and not misleads and not a.symptoms.is_true
    return quiet and (not nerves or _mma_speaks_against(case))


def _mma_speaks_against(case: Case) -> bool:
    """Return whether methylmalonic acid of the last 6 months is not raised (Q69)."""
    mma = case.scenario.mma
    recent = mma.date is not None and (
        0 <= (case.scenario.as_of - mma.date).days <= EXCLUSION_VALID_DAYS
    )
    return recent and mma.above(case.policy.mma_nmol_l).is_false


def folate_class(order: Order, case: Case) -> FolateClass:
    """Return the class of a folic acid order, by its fields or the words beside them, whichever
    give more (Q41); an unreadable dose counts as therapeutic, for safety.
    """
    line = order.folate
    if line is None or line.substance is Substance.FOLINIC_ACID or _is_protected(order, case):
        return FolateClass.PROTECTED
    readings = (line, most_folic_acid(order) or line)
    daily = [daily_dose(reading) for reading in readings]
    low = all(dose is not None and dose <= LOW_DOSE for dose in daily)
    return FolateClass.LOW if low else FolateClass.THERAPEUTIC


def _is_protected(order: Order, case: Case) -> bool:
    scenario = case.scenario
    pregnancy = (scenario.pregnant.truth | scenario.planning_pregnancy.truth).is_true
    specialist = (
        scenario.methotrexate.truth | scenario.haemolysis.truth | scenario.dialysis.truth
    ).is_true
    return order.folate_indication is not None or pregnancy or specialist


def hints_at_protection(order: Order, case: Case) -> tuple[Hint, ...]:
    """Return what on record speaks of a reason that would protect folic acid and leaves it open: a
    pregnancy without a day, words beside a doubt. Folic acid is not taken away over these; it
    starts the day after the first vitamin B12, which is right whatever is true (I17, Q28). A
    product that holds vitamin B12 too goes where that is wrong.
    """
    if order.has_cobalamin:
        return ()
    facts = [HintAt.METHOTREXATE, HintAt.HAEMOLYSIS, HintAt.DIALYSIS]
    if case.assessment.pregnancy_hinted and _can_be_pregnant(case):
        facts += [HintAt.PREGNANCY, HintAt.PLANNING_PREGNANCY]
    return case.scenario.hints_at(*facts)


def _can_be_pregnant(case: Case) -> bool:
    scenario, (low, high) = case.scenario, PREGNANCY_AGE
    of_age = not (scenario.age.below(low).is_true or scenario.age.above(high).is_true)
    return of_age and not scenario.female.is_false
