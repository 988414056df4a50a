"""The folic acid gate (decisions 2.8): never folic acid before vitamin B12 is adequately treated,
and never silence about it.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterator
from decimal import Decimal

from recommender.assessment import Deficiency, TreatmentPhase
from recommender.cards import Card, Indicator, cards
from recommender.checks.case import Case, Issue, has_test
from recommender.checks.course_reading import daily_dose
from recommender.guidance import FolateGateOpens
from recommender.language import (
    FolateIndication,
    HintAt,
    Order,
    OrderState,
    Substance,
    Test,
    is_treatment_dose,
)

INFO, WARNING, CRITICAL = Indicator.INFO, Indicator.WARNING, Indicator.CRITICAL

LOW_DOSE = Decimal(400)
"""Micrograms of folic acid a day up to which the dose is low; more counts as therapeutic unless
protected.
"""

HIGHEST_FOLIC_ACID = Decimal(15000)
"""Micrograms of folic acid a day that are still a labelled dose (Q66, Q86)."""

SURELY_A_SLIP = Decimal(50000)
"""Micrograms of folic acid a day from which the unit is surely wrong (Q66)."""

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
        return FolateGate.CLOSED
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
    that none comes (2.8, CLOSED).
    """
    lapsed = case.assessment.treatment.phase is TreatmentPhase.LAPSED
    return counts_as_ordered(order) and (order.state is OrderState.DRAFT or not lapsed)


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
    quiet = recent and a.nitrous_oxide.is_false and not a.symptoms.is_true
    return quiet and (not nerves or _mma_speaks_against(case))


def _mma_speaks_against(case: Case) -> bool:
    """Return whether methylmalonic acid of the last 6 months is not raised (Q69)."""
    mma = case.scenario.mma
    recent = mma.date is not None and (
        0 <= (case.scenario.as_of - mma.date).days <= EXCLUSION_VALID_DAYS
    )
    return recent and mma.above(case.policy.mma_nmol_l).is_false


def folate_class(order: Order, case: Case) -> FolateClass:
    """Return the class of a folic acid order; an unreadable dose counts as therapeutic, for
    safety.
    """
    line = order.folate
    if line is None or line.substance is Substance.FOLINIC_ACID or _is_protected(order, case):
        return FolateClass.PROTECTED
    daily = daily_dose(line)
    return FolateClass.LOW if daily is not None and daily <= LOW_DOSE else FolateClass.THERAPEUTIC


def _is_protected(order: Order, case: Case) -> bool:
    scenario = case.scenario
    pregnancy = (scenario.pregnant.truth | scenario.planning_pregnancy.truth).is_true
    specialist = (
        scenario.methotrexate.truth | scenario.haemolysis.truth | scenario.dialysis.truth
    ).is_true
    return order.folate_indication is not None or pregnancy or specialist


def check_folate(case: Case, order: Order) -> Iterator[Issue]:
    """Yield what the gate says of one drafted order of folic or folinic acid (matrix of 2.8), and
    b24 of a dose that nobody means.
    """
    yield from _dose(order)
    yield from _by_the_gate(case, order)


def _dose(order: Order) -> Iterator[Issue]:
    """Yield b24: folic acid over 15 mg a day (Q66); folinic acid is dosed otherwise."""
    line = order.folate
    if line is None or line.substance is not Substance.FOLIC_ACID or line.dose is None:
        return
    daily = daily_dose(line) or line.dose
    if daily <= HIGHEST_FOLIC_ACID:
        return
    reason = "Folic acid is given up to 15 mg a day; 400 micrograms and 5 mg are usual."
    loud = CRITICAL if daily >= SURELY_A_SLIP else WARNING
    yield _issue(cards.B24_FOLIC_ACID_DOSE, loud, order, reason, ("X32",))


def _by_the_gate(case: Case, order: Order) -> Iterator[Issue]:
    """Yield what the gate says of one drafted order of folic or folinic acid (matrix of 2.8)."""
    gate, dose_class = folate_gate(case), folate_class(order, case)
    note = _dose_note(order, dose_class)
    match gate, dose_class:
        case FolateGate.CLOSED, FolateClass.THERAPEUTIC:
            reason = (
                f"Folic acid corrects the anaemia of vitamin B12 deficiency while nerve damage "
                f"goes on.{note}"
            )
            yield _issue(
                cards.C1_FOLIC_ACID_FIRST, CRITICAL, order, reason, ("S40", "S41", "S82", "S83")
            )
        case FolateGate.CLOSED, FolateClass.LOW:
            reason = "This low dose of folic acid may stay."
            yield _issue(cards.C5_LOW_FOLIC_ACID, WARNING, order, reason, ("S40", "S83", "X32"))
        case FolateGate.CLOSED, FolateClass.PROTECTED:
            yield _issue(
                cards.C4_PROTECTED_FOLIC_ACID,
                WARNING,
                order,
                f"Keep this order{_why_protected(order, case)}.",
                ("S40", "S83"),
            )
        case FolateGate.PENDING, _:
            yield from _pending(case, order, dose_class, note)
        case FolateGate.UNKNOWN, FolateClass.THERAPEUTIC:
            if case.refill:
                yield from _refilled(case, order)
            elif not has_test(case, Test.SERUM_B12) and not has_test(case, Test.HOLOTRANSCOBALAMIN):
                reason = (
                    f"Folic acid can hide vitamin B12 deficiency while nerve damage goes on.{note}"
                )
                yield _issue(cards.C3_B12_NOT_KNOWN, WARNING, order, reason, ("S40", "S82", "S83"))
        case FolateGate.UNKNOWN, FolateClass.PROTECTED:
            if not case.refill and (
                (has_risk_factor(case) or _is_haemolysis(case, order))
                and not has_test(case, Test.SERUM_B12)
                and not has_test(case, Test.HOLOTRANSCOBALAMIN)
            ):
                reason = f"Keep this order{_why_protected(order, case)}."
                yield _issue(
                    cards.C3_B12_NOT_KNOWN,
                    INFO,
                    order,
                    reason,
                    ("S40", "S83"),
                )


def _refilled(case: Case, order: Order) -> Iterator[Issue]:
    """Yield c3 on a refill of folic acid: a warning with nerve signs, an info where no B12 was
    measured since folic acid began, else nothing (Q85).
    """
    a, scenario = case.assessment, case.scenario
    nerves = a.neurological.is_true or bool(scenario.hints_at(HintAt.NEUROLOGY))
    measured = scenario.total_b12.is_known or scenario.holotranscobalamin.is_known
    if not nerves and measured:
        return
    reason = "Folic acid can hide vitamin B12 deficiency while nerve damage goes on."
    loud = WARNING if nerves else INFO
    yield _issue(cards.C3_B12_NOT_KNOWN, loud, order, reason, ("S40", "S82", "S83"))


def _pending(case: Case, order: Order, dose_class: FolateClass, note: str) -> Iterator[Issue]:
    """Folic acid with vitamin B12 ordered but not yet given: B12 first, unless both are one product
    or folic acid starts later (Q17).
    """
    failing = case.rule == "T5b" and not case.all_drafts  # else the card of the draft speaks
    if holds_treatment_dose(order) or (starts_after_first_dose(case, order) and not failing):
        return
    treatment = case.assessment.treatment
    loading = treatment.dose_documented and treatment.phase is TreatmentPhase.LOADING
    waiting_for = "loading is not complete yet" if loading else "no dose of it is documented"
    reason = f"Vitamin B12 is ordered, but {waiting_for}.{note}"
    if failing:
        reason = f"Vitamin B12 is still low: the tablets do not treat it.{note}"
    yield _issue(
        cards.C2_FIRST_DOSE_PENDING,
        WARNING if dose_class is FolateClass.THERAPEUTIC else INFO,
        order,
        reason,
        ("S40", "S83"),
    )


def first_b12_day(case: Case) -> dt.date:
    """Return the day of the first vitamin B12 dose as drafted, today when no start is given or it
    is past.
    """
    ordered = [
        order
        for order in case.course.orders
        if counts_as_ordered(order) and holds_treatment_dose(order)
    ]
    starts = [
        order.starts if order.starts and order.starts > case.scenario.as_of else case.scenario.as_of
        for order in ordered
    ]
    return min(starts, default=case.scenario.as_of)


def starts_after_first_dose(case: Case, order: Order) -> bool:
    return order.starts is not None and order.starts > first_b12_day(case)


def has_risk_factor(case: Case) -> bool:
    """Return whether a risk factor for vitamin B12 deficiency is recorded; low total B12 in
    pregnancy counts (Q13).
    """
    a = case.assessment
    low_in_pregnancy = a.pregnant.is_true and a.deficiency is Deficiency.UNRESOLVED
    return bool(a.causes) or bool(a.lowering_drugs) or a.nitrous_oxide.is_true or low_in_pregnancy


def _is_haemolysis(case: Case, order: Order) -> bool:
    """Return whether folic acid is protected by haemolysis (F31): B12 is asked about, quietly."""
    specialist = order.folate_indication is FolateIndication.SPECIALIST
    return case.scenario.haemolysis.is_true or specialist


def _why_protected(order: Order, case: Case) -> str:
    if order.folate is not None and order.folate.substance is Substance.FOLINIC_ACID:
        return " of folinic acid"
    scenario = case.scenario
    indication = order.folate_indication
    if indication is FolateIndication.METHOTREXATE or scenario.methotrexate.is_true:
        return " (methotrexate)"
    if (
        indication is FolateIndication.PREGNANCY
        or (scenario.pregnant.truth | scenario.planning_pregnancy.truth).is_true
    ):
        return " (pregnancy or preconception)"
    return " (haemolysis or dialysis)"


def _dose_note(order: Order, dose_class: FolateClass) -> str:
    line = order.folate
    unreadable = line is not None and daily_dose(line) is None
    return (
        " Its dose or frequency could not be read and is treated as therapeutic."
        if unreadable and dose_class is FolateClass.THERAPEUTIC
        else ""
    )


def _issue(
    card: Card,
    indicator: Indicator,
    order: Order,
    reason: str,
    citations: tuple[str, ...],
    summary: str = "",
) -> Issue:
    return Issue(card, indicator, (reason,), citations, (order.key,), summary)
