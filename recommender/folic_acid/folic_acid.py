"""What is said of drafted folic acid: never before vitamin B12 is adequately treated, and never
silence about it (decisions 2.8).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from recommender.cards import CRITICAL, INFO, WARNING, cards
from recommender.case import (
    Case,
    Issue,
    daily_dose,
    has_test,
    issue_of,
    kind_of,
    level_on_tablets,
    most_folic_acid,
)
from recommender.deficiency import Deficiency
from recommender.folic_acid.gate import (
    FolateClass,
    FolateGate,
    counts_as_ordered,
    folate_class,
    folate_gate,
    hints_at_protection,
    holds_treatment_dose,
)
from recommender.guidance import FolateGateOpens
from recommender.language import (
    FolateIndication,
    HintAt,
    Order,
    OrderState,
    PhaseKind,
    Test,
)
from recommender.treatment_so_far import TreatmentPhase, bound_end
from recommender.wording import Words, quote, repeat_level

HIGHEST_FOLIC_ACID = Decimal(15000)
"""Micrograms of folic acid a day that are still a labelled dose (Q66, Q86)."""


SURELY_A_SLIP = Decimal(50000)
"""Micrograms of folic acid a day from which the unit is surely wrong (Q66)."""


def check_folate(case: Case, order: Order) -> Iterator[Issue]:
    """Yield what the gate says of one drafted order of folic or folinic acid (matrix of 2.8), and
    b24 of a dose that nobody means.
    """
    yield from _dose(order)
    yield from _by_the_gate(case, order)


def _dose(order: Order) -> Iterator[Issue]:
    """Yield b24: folic acid over 15 mg a day (Q66); folinic acid is dosed otherwise."""
    line = most_folic_acid(order)
    if line is None or line.dose is None:
        return
    daily = daily_dose(line) or line.dose
    if daily <= HIGHEST_FOLIC_ACID:
        return
    reason = "Folic acid is given up to 15 mg a day; 400 micrograms and 5 mg are usual."
    loud = CRITICAL if daily >= SURELY_A_SLIP else WARNING
    yield issue_of(cards.B24_FOLIC_ACID_DOSE, loud, order, reason, ("X32",))


def _by_the_gate(case: Case, order: Order) -> Iterator[Issue]:
    """Yield what the gate says of one drafted order of folic or folinic acid (matrix of 2.8)."""
    gate, dose_class = folate_gate(case), folate_class(order, case)
    note = _dose_note(order, dose_class)
    if gate is FolateGate.CLOSED:
        yield _deficient(case, order, dose_class, note)
    elif gate is FolateGate.PENDING:
        yield from _pending(case, order, dose_class, note)
    elif gate is FolateGate.UNKNOWN and case.refill:
        if dose_class is FolateClass.THERAPEUTIC:
            yield from _refilled(case, order)
    elif gate is FolateGate.UNKNOWN and not _b12_is_tested(case):
        yield from _not_known(case, order, dose_class, note)
    elif dose_class is FolateClass.THERAPEUTIC and (level := level_on_tablets(case)):
        said = repeat_level(Words(case.scenario, case.assessment, case.policy), level)
        reason = f"Tablets that leave vitamin B12 low do not open the way for folic acid.{note}"
        sources = ("S40", "S83")
        yield issue_of(cards.C3_B12_NOT_KNOWN, INFO, order, reason, sources, said)


def _b12_is_tested(case: Case) -> bool:
    """Return whether the draft set holds the level, or what decides a level that leaves it open
    (B1, Q17).
    """
    if has_test(case, Test.SERUM_B12) or has_test(case, Test.HOLOTRANSCOBALAMIN):
        return True
    asked = [item.test for item in case.recommendation.follow_ups if not item.months]
    return case.rule == "B1" and bool(asked) and all(has_test(case, test) for test in asked)


def _deficient(case: Case, order: Order, dose_class: FolateClass, note: str) -> Issue:
    """Return c1, c4 or c5: deficiency is untreated (gate CLOSED)."""
    match dose_class:
        case FolateClass.THERAPEUTIC:
            reason = (
                f"Folic acid corrects the anaemia of vitamin B12 deficiency while nerve damage "
                f"goes on.{note}{_perhaps_needed(order, case)}"
            )
            return issue_of(
                cards.C1_FOLIC_ACID_FIRST, CRITICAL, order, reason, ("S40", "S41", "S82", "S83")
            )
        case FolateClass.LOW:
            reason = "This low dose of folic acid may stay."
            return issue_of(cards.C5_LOW_FOLIC_ACID, WARNING, order, reason, ("S40", "S83", "X32"))
        case FolateClass.PROTECTED:
            reason = f"Keep this order{_why_protected(order, case)}."
            return issue_of(cards.C4_PROTECTED_FOLIC_ACID, WARNING, order, reason, ("S40", "S83"))


def _not_known(case: Case, order: Order, dose_class: FolateClass, note: str) -> Iterator[Issue]:
    """Yield c3: whether there is deficiency is not known (gate UNKNOWN)."""
    if dose_class is FolateClass.THERAPEUTIC:
        reason = f"Folic acid can hide vitamin B12 deficiency while nerve damage goes on.{note}"
        sources = ("S40", "S82", "S83")
        yield issue_of(cards.C3_B12_NOT_KNOWN, WARNING, order, reason, sources)
    elif dose_class is FolateClass.PROTECTED and (
        has_risk_factor(case) or _is_haemolysis(case, order)
    ):
        reason = f"Keep this order{_why_protected(order, case)}."
        yield issue_of(cards.C3_B12_NOT_KNOWN, INFO, order, reason, ("S40", "S83"))


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
    yield issue_of(cards.C3_B12_NOT_KNOWN, loud, order, reason, ("S40", "S82", "S83"))


def _pending(case: Case, order: Order, dose_class: FolateClass, note: str) -> Iterator[Issue]:
    """Folic acid with vitamin B12 ordered but not yet given: B12 first, unless both are one product
    or folic acid starts later (Q17).
    """
    failing = case.rule == "T5b" and not case.all_drafts  # else the card of the draft speaks
    if holds_treatment_dose(order) or (starts_after_first_dose(case, order) and not failing):
        return
    treatment = case.assessment.treatment
    loading = treatment.dose_documented and treatment.phase is TreatmentPhase.LOADING
    reason = f"Folic acid can hide vitamin B12 deficiency while nerve damage goes on.{note}"
    if loading:
        reason = f"This site starts folic acid when vitamin B12 loading is complete.{note}"
    elif not any(map(_orders_treatment, case.course.orders)):
        reason = f"Whether vitamin B12 is given is not known.{note}"
    if failing:
        reason = f"Vitamin B12 is still low: the tablets do not treat it.{note}"
    yield issue_of(
        cards.C2_FIRST_DOSE_PENDING,
        WARNING if dose_class is FolateClass.THERAPEUTIC else INFO,
        order,
        reason,
        ("S40", "S83"),
    )


def _orders_treatment(order: Order) -> bool:
    return counts_as_ordered(order) and holds_treatment_dose(order)


def first_b12_day(case: Case) -> dt.date:
    """Return the day of the first vitamin B12 dose as drafted, today when no start is given or it
    is past; at a site that waits for it, the day on which a loading course with an end is complete
    (C25).
    """
    ordered = [order for order in case.course.orders if _orders_treatment(order)]
    if case.policy.folate_gate_opens is FolateGateOpens.LOADING_COMPLETE:
        loading = (order for order in ordered if kind_of(order) is PhaseKind.LOADING)
        ends = [end for order in loading if (end := _end_of_loading(case, order)) is not None]
        if ends:
            return max(*ends, case.scenario.as_of)
    starts = [
        order.starts if order.starts and order.starts > case.scenario.as_of else case.scenario.as_of
        for order in ordered
    ]
    return min(starts, default=case.scenario.as_of)


def _end_of_loading(case: Case, order: Order) -> dt.date | None:
    """Return the day on which a loading course is complete; `None` when it has no end. A draft
    begins today at the earliest, and so does an order that says no day.
    """
    today, start = case.scenario.as_of, order.starts or order.authored or case.scenario.as_of
    begins = max(start, today) if order.state is OrderState.DRAFT else start
    return bound_end(replace(order, starts=begins))


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
    if order.is_folinic:
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


def _perhaps_needed(order: Order, case: Case) -> str:
    hints = hints_at_protection(order, case)
    said = quote(hints[0].words) if hints else ""
    return (
        f" Record says {said}: if that needs folic acid, it starts the day after B12."
        if said
        else ""
    )


def _dose_note(order: Order, dose_class: FolateClass) -> str:
    line = order.folate
    unreadable = line is not None and daily_dose(line) is None
    return (
        " Its dose or frequency could not be read and is treated as therapeutic."
        if unreadable and dose_class is FolateClass.THERAPEUTIC
        else ""
    )
