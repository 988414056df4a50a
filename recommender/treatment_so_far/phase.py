"""Where vitamin B12 treatment stands: the phase of decisions 2.3, read from active orders and
documented doses (Q11, Q12, Q29, Q55).

Ordered is not given: an order without a dose is at most a question. Not taken into account:
injections given elsewhere that nobody recorded; the advice says so.
"""

from __future__ import annotations

import datetime as dt

from recommender.guidance import Policy, look_back
from recommender.language import (
    ClinicalScenario,
    Evidence,
    HintAt,
    Order,
    RecordArea,
    Truth,
    changed,
)
from recommender.treatment_so_far.by_doses import course_by_doses, days_on_tablets, oral
from recommender.treatment_so_far.by_orders import (
    ended_loading,
    from_order,
    is_older,
    is_overdue,
    loading_by_order,
    maintenance_by_order,
    not_known,
    not_known_by_orders,
    ordered_not_given,
    standing_order_days,
    unreadable_with_doses,
)
from recommender.treatment_so_far.entries import doses_stopped, first_sign, last_sign
from recommender.treatment_so_far.history import LAPSED_AFTER, LONGEST_INTERVAL, History
from recommender.treatment_so_far.reading import start_of
from recommender.treatment_so_far.start import last_increase
from recommender.treatment_so_far.treatment import Treatment, TreatmentPhase, UnknownPhase


def read_treatment(scenario: ClinicalScenario, neurological: Truth, policy: Policy) -> Treatment:
    """Return where treatment stands; UNKNOWN with its reason when the record does not say.

    `neurological` decides what completes a loading course: after six injections it is complete only
    without neurological involvement (T3, I20).
    """
    if RecordArea.MEDICATIONS in scenario.unavailable:
        return not_known(UnknownPhase.COULD_NOT_BE_READ)
    if not (scenario.orders or scenario.doses):
        return _none_or_not_known(scenario)  # most records: there is no history to sort out
    history = History.of(scenario)
    treatment = _phase(history, neurological, policy) or _nothing_under_way(history, scenario)
    started, certain = first_sign(scenario)
    nothing = treatment.phase in (TreatmentPhase.NONE, TreatmentPhase.UNKNOWN)
    return changed(
        treatment,
        days_on_treatment=days_on_tablets(history)
        if treatment.phase is TreatmentPhase.ORAL
        else history.days_on_treatment,
        dose_documented=history.dose_documented,
        evidence=_evidence(treatment, history),
        last_dose=history.last_dose,
        treated_before=last_sign(scenario) if nothing else None,
        alternate_days_on_record=history.alternate_days_on_record,
        started=started,
        start_certain=certain,
        increased_on=last_increase(history.all_orders),
    )


def _phase(history: History, neurological: Truth, policy: Policy) -> Treatment | None:
    """First match: ordered and never given, a loading course under way, maintenance, tablets, a
    course that ended; `None` for nothing of these.
    """
    if not history.is_documented and (ordered := ordered_not_given(history, policy)):
        return ordered
    injected = course_by_doses(history, neurological)
    if injected is not None and injected.phase is TreatmentPhase.LAPSED and history.oral:
        injected = None  # the tablets ordered since have taken the place of the injections
    return (
        loading_by_order(history, neurological)
        or _maintenance(history, policy)
        or injected
        or oral(history)
        or ended_loading(history, neurological)
        or unreadable_with_doses(history)
    )


def _maintenance(history: History, policy: Policy) -> Treatment | None:
    """Maintenance by its order. Tablets document no injection (Q55): injections ordered longer ago
    than their interval, none of them on record, are a question if they were ordered after the
    tablets on record, and else not in force.
    """
    standing = standing_order_days(policy)
    late = [
        order
        for order in history.maintenance
        if is_older(order, standing, history) or is_overdue(order, history)
    ]
    if history.injections or not history.taken or len(late) < len(history.maintenance):
        return maintenance_by_order(history, policy)
    days = [dose.date for dose in history.taken] + [start_of(order) for order in history.oral]
    tablets = max((day for day in days if day is not None), default=dt.date.min)
    newer = [order for order in late if (history.in_force_since(order) or dt.date.min) > tablets]
    return not_known_by_orders(UnknownPhase.ORDERED_NOT_GIVEN, newer, history) if newer else None


def _nothing_under_way(history: History, scenario: ClinicalScenario) -> Treatment:
    if stopped := [
        order
        for order in history.loading
        if doses_stopped(order, history.injection_dates, history.as_of)
    ]:
        return from_order(TreatmentPhase.LAPSED, stopped[0], history)
    if history.unreadable or history.loading:
        return not_known_by_orders(
            UnknownPhase.UNREADABLE_ORDER, history.unreadable or history.loading, history
        )
    if history.planned:
        return not_known_by_orders(UnknownPhase.PLAN, history.planned, history)
    if (last := history.last_injection) is not None:
        issued = history.only_issued
        if not issued and history.days_since(last) > LAPSED_AFTER * LONGEST_INTERVAL:
            reason = f"one injection in the last 15 months, on {last}"
            return Treatment(TreatmentPhase.LAPSED, substance=history.substance, reason=reason)
        found = not_known(UnknownPhase.ONE_ISSUE if issued else UnknownPhase.ONE_INJECTION)
        return changed(found, reason=f"{found.reason}, on {last}")
    if history.once:
        return not_known_by_orders(UnknownPhase.ONE_ORDERED, history.once, history)
    if history.stated:
        return not_known(UnknownPhase.STATED)
    if history.undated:
        return not_known(UnknownPhase.UNDATED_DOSE)
    return _none_or_not_known(scenario, history.waiting)


def _none_or_not_known(scenario: ClinicalScenario, waiting: tuple[Order, ...] = ()) -> Treatment:
    """Nothing found is "none" only where the list came whole, was understood, and its words do not
    speak of treatment (Q26, Q28); `waiting` are orders on hold.
    """
    if scenario.hints_at(HintAt.B12_TREATMENT):
        return not_known(UnknownPhase.HINT)
    medicines = scenario.list_of(RecordArea.MEDICATIONS)
    in_part = scenario.incomplete - scenario.unavailable
    if (
        RecordArea.MEDICATIONS in scenario.incomplete
        or RecordArea.STATEMENTS in in_part  # that none came at all is the usual state (Q6)
        or not medicines.complete
    ):
        return not_known(UnknownPhase.LIST_NOT_COMPLETE)
    statements = scenario.list_of(RecordArea.STATEMENTS)
    if medicines.not_understood or statements.not_understood:
        return not_known(UnknownPhase.NOT_UNDERSTOOD)
    return Treatment(
        TreatmentPhase.NONE,
        reason="vitamin B12 is ordered but on hold" if waiting else _why_none(scenario),
        ordered_on=start_of(waiting[0]) if waiting else None,
    )


def _why_none(scenario: ClinicalScenario) -> str:
    """Say that nothing is recorded only where nothing is (I27)."""
    last = last_sign(scenario)
    if last is None or (scenario.as_of - last).days > look_back.TREATMENT_DAYS:
        return "no vitamin B12 treatment recorded in the last 15 months"
    return f"no vitamin B12 treatment is under way; the last on record is of {last}"


def _evidence(treatment: Treatment, history: History) -> tuple[Evidence, ...]:
    """The orders and the newest doses that the phase rests on."""
    asked = treatment.phase is TreatmentPhase.UNKNOWN
    orders = (history.unreadable + history.planned + history.once) if asked else ()
    orders = orders or history.current or history.waiting
    lapsed = treatment.phase in (TreatmentPhase.LAPSED, TreatmentPhase.UNKNOWN)
    given = [
        dose
        for dose in history.given
        if lapsed or (dose.date is not None and dose.date >= history.course_since)
    ]
    return tuple(order.evidence for order in orders if order.evidence) + tuple(
        dose.evidence for dose in reversed(given[-3:])
    )
