"""Where vitamin B12 treatment stands: the phase of decisions 2.3, read from active orders and
documented doses (Q11, Q12, Q29, Q55).

Ordered is not given: an order without a dose is at most a question. Not taken into account:
injections given elsewhere that nobody recorded; the advice says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from statistics import median

from recommender.guidance import Policy
from recommender.language import (
    LOADING_BELOW_DAYS,
    ClinicalScenario,
    Evidence,
    HintAt,
    Order,
    RecordArea,
    Rhythm,
    Substance,
    Truth,
    changed,
    rhythm_by_days,
)
from recommender.treatment_so_far.history import (
    LAPSED_AFTER,
    LOADING_DOSES,
    LOADING_WINDOW,
    LONGEST_INTERVAL,
    STATED_ORAL_LOOKBACK,
    History,
    first_sign,
    last_sign,
)
from recommender.treatment_so_far.reading import (
    bound_end,
    bound_passed,
    end_of,
    interval_of_order,
    is_alternate_days,
    is_injected,
    is_loading,
    is_treatment_dose,
    start_of,
)
from recommender.treatment_so_far.treatment import Treatment, TreatmentPhase, UnknownPhase

FIRST_MAINTENANCE_DUE = Decimal(62)
"""Days after loading within which maintenance begins: two months (S9)."""

ORAL_ORDER_COUNTS_AFTER = 30
"""Days after which an active order for tablets counts as taken, though no dose is on record
(Q55).
"""

SUPPLY_OVER_AFTER = 30
"""Days after the end of the last supply of tablets from which they have lapsed (Q77)."""

DAYS_A_MONTH = Decimal("30.44")


def read_treatment(scenario: ClinicalScenario, neurological: Truth, policy: Policy) -> Treatment:
    """Return where treatment stands; UNKNOWN with its reason when the record does not say.

    `neurological` decides what completes a loading course: after six injections it is complete only
    without neurological involvement (T3, I20).
    """
    if RecordArea.MEDICATIONS in scenario.unavailable:
        return _unknown(UnknownPhase.COULD_NOT_BE_READ)
    history = History.of(scenario)
    treatment = _phase(history, neurological, policy) or _nothing_under_way(history, scenario)
    started, certain = first_sign(scenario)
    nothing = treatment.phase in (TreatmentPhase.NONE, TreatmentPhase.UNKNOWN)
    return changed(
        treatment,
        days_on_treatment=history.days_on_tablets
        if treatment.phase is TreatmentPhase.ORAL
        else history.days_on_treatment,
        dose_documented=history.dose_documented,
        treatment_dose_ordered=bool(history.current),
        evidence=_evidence(treatment, history),
        last_dose=history.last_dose,
        treated_before=last_sign(scenario) if nothing else None,
        alternate_days_on_record=history.alternate_days_on_record,
        started=started,
        start_certain=certain,
    )


def _phase(history: History, neurological: Truth, policy: Policy) -> Treatment | None:
    """First match: ordered and never given, a loading course under way, maintenance, tablets, a
    course that ended; `None` for nothing of these.
    """
    if not history.is_documented and (asked := _ordered_not_given(history, policy)):
        return asked
    injected = _course_by_doses(history, neurological)
    if injected is not None and injected.phase is TreatmentPhase.LAPSED and history.oral:
        injected = None  # the tablets ordered since have taken the place of the injections
    return (
        _loading_by_order(history, neurological)
        or _maintenance_by_order(history, policy)
        or injected
        or _oral(history)
        or _ended_loading(history, neurological)
        or _unreadable_with_doses(history)
    )


# --- ordered, and no dose on record


def _ordered_not_given(history: History, policy: Policy) -> Treatment | None:
    """What an order alone says (Q29, Q55): nothing yet, a question, or tablets that are taken.

    A young loading order is a loading course (Q11), and is left to the rows below.
    """
    standing = int(policy.standing_order_months * DAYS_A_MONTH)
    current = history.current
    if not current:
        return None
    fresh = [order for order in current if not _is_older(order, standing, history)]
    if not fresh:
        return _asked(UnknownPhase.STANDING_ORDER, current, history)
    if any(is_loading(order) and is_injected(order.cobalamin) for order in fresh):
        return None
    taken = [order for order in fresh if order in history.oral and _counts_as_taken(order, history)]
    if taken:
        return _from_order(
            TreatmentPhase.ORAL, _most_frequent(taken), history, reason="ordered; taking not known"
        )
    late = [order for order in fresh if _is_overdue(order, history)]
    if late:
        return _asked(UnknownPhase.ORDERED_NOT_GIVEN, late, history)
    first = _most_frequent(fresh)
    return Treatment(
        TreatmentPhase.NONE,
        ordered_on=start_of(first),
        ordered=tuple(order.cobalamin for order in fresh if order.cobalamin),
        maintenance_ordered=True,
        reason=f"an order for {first.product}, no dose on record yet",
    )


def _is_older(order: Order, days: int, history: History) -> bool:
    start = start_of(order)
    return start is None or history.days_since(start) > days


def _counts_as_taken(order: Order, history: History) -> bool:
    start = start_of(order)
    return start is not None and history.days_since(start) >= ORAL_ORDER_COUNTS_AFTER


def _is_overdue(order: Order, history: History) -> bool:
    """Whether more than one interval of an injection has passed without a dose on record."""
    start, interval = start_of(order), interval_of_order(order)
    if order in history.oral or start is None or interval is None:
        return False
    return history.days_since(start) > interval


def _asked(unknown: UnknownPhase, orders: Sequence[Order], history: History) -> Treatment:
    order = _most_frequent(orders)
    return changed(
        _from_order(TreatmentPhase.UNKNOWN, order, history, reason=unknown.value), unknown=unknown
    )


def _unknown(unknown: UnknownPhase) -> Treatment:
    return Treatment(TreatmentPhase.UNKNOWN, reason=unknown.value, unknown=unknown)


# --- under way


def _loading_by_order(history: History, neurological: Truth) -> Treatment | None:
    under_way = [order for order in history.loading if _still_loading(order, history)]
    if not under_way:
        return None
    order = _most_frequent(under_way)
    alternate_days = any(is_alternate_days(order) for order in under_way)
    given = [date for date in history.injection_dates if date >= history.course_since]
    six_given = history.six_doses_given(history.course_since)
    ended: dt.date | None = None
    if all(bound_passed(order, history.as_of) for order in under_way):
        bound = max(end for order in under_way if (end := bound_end(order)))
        ended = given[-1] if given else bound
        if history.days_since(ended) > (
            LOADING_WINDOW if given and not six_given else LAPSED_AFTER * FIRST_MAINTENANCE_DUE
        ):
            # A stale order: nobody went on with the course. Tablets ordered since have taken its
            # place.
            return None if history.oral else _from_order(TreatmentPhase.LAPSED, order, history)
        six_given = six_given or not given
    complete = six_given and not neurological.is_true and not alternate_days
    return changed(
        _from_order(TreatmentPhase.LOADING, order, history),
        alternate_days=alternate_days,
        loading_complete=complete,
        alternate_days_ended=bound_end(order) if ended and alternate_days else None,
    )


def _still_loading(order: Order, history: History) -> bool:
    """Whether an active order with less than 7 days from dose to dose is a loading course under way
    (Q11).

    The alternate-day course has no end (S7), so its order counts for as long as it is active. A
    bounded course whose time has passed is over once a maintenance order stands beside it.
    """
    line = order.cobalamin
    if line is None or line.timing is None:
        return False
    if line.timing.is_bounded:
        return not (history.maintenance and bound_passed(order, history.as_of))
    start = start_of(order)
    return is_alternate_days(order) or (
        start is not None and history.days_since(start) < LOADING_WINDOW
    )


def _maintenance_by_order(history: History, policy: Policy) -> Treatment | None:
    over = tuple(order for order in history.over if _is_maintenance(order))
    orders = history.maintenance or (over if history.injections else ())
    if not orders:
        return None
    order = _most_frequent(orders)
    interval = interval_of_order(order)
    last = history.last_injection
    lapsed = (
        last is not None
        and interval is not None
        and history.days_since(last) > LAPSED_AFTER * interval
    )
    phase = TreatmentPhase.LAPSED if lapsed else TreatmentPhase.MAINTENANCE
    ends, due = _renewal(orders, history, policy)
    return changed(
        _from_order(phase, order, history),
        interval=interval,
        renewal_due=due and last is not None and not lapsed,
        order_ends=ends,
    )


def _is_maintenance(order: Order) -> bool:
    treats = is_treatment_dose(order.cobalamin).is_true and is_injected(order.cobalamin)
    return treats and interval_of_order(order) is not None and not is_loading(order)


def _renewal(
    orders: Sequence[Order], history: History, policy: Policy
) -> tuple[dt.date | None, bool]:
    """Return when the last of the orders ends, and whether that is past or near with none to follow
    (T8); `None` where one is open.
    """
    ends = [end_of(order) for order in orders]
    known = [end for end in ends if end is not None]
    if len(known) < len(ends) or not known:
        return None, False
    last = max(known)
    near = last <= history.as_of + dt.timedelta(days=policy.renewal_window_days)
    return last, near and not history.oral and not history.waiting


def _course_by_doses(history: History, neurological: Truth) -> Treatment | None:
    """What the injections given say where no order does; one injection alone says nothing."""
    last = history.last_injection
    substance = history.substance
    if last is None or not history.gaps:
        return _one_after_others(history, last, substance)
    if history.gaps[-1] >= LOADING_BELOW_DAYS or history.only_issued:
        return _spaced_injections(history, last, substance)
    usual = Decimal(median(history.gaps[-LOADING_DOSES:]))
    alternate_days = rhythm_by_days(usual) is Rhythm.ALTERNATE_DAYS
    complete = (
        history.six_doses_given(last - dt.timedelta(days=LOADING_WINDOW))
        and not neurological.is_true
    )
    reason = f"injections given, the last on {last}"
    if history.days_since(last) > (
        LAPSED_AFTER * FIRST_MAINTENANCE_DUE if complete else LOADING_WINDOW
    ):
        return Treatment(TreatmentPhase.LAPSED, substance=substance, reason=reason)
    return Treatment(
        TreatmentPhase.LOADING,
        substance=substance,
        alternate_days=alternate_days,
        loading_complete=complete,
        maintenance_ordered=bool(history.oral),
        reason=reason,
    )


def _one_after_others(
    history: History, last: dt.date | None, substance: Substance | None
) -> Treatment | None:
    """Return the course of a single injection within reach that older ones went before: maintenance
    at their spacing, lapsed where the next is overdue (2.3).
    """
    gap = history.gap_before_reach
    if last is None or gap is None or gap < LOADING_BELOW_DAYS:
        return None
    interval = min(Decimal(gap), LONGEST_INTERVAL)  # whatever was missed, nobody waits longer
    lapsed = history.days_since(last) > LAPSED_AFTER * interval
    return Treatment(
        TreatmentPhase.LAPSED if lapsed else TreatmentPhase.MAINTENANCE,
        substance=substance,
        interval=interval,
        reason=f"injections given, the last on {last}",
    )


ISSUES_APART = 21
"""Days between two issues of injections from which they are a course (Q30)."""


def _spaced_injections(
    history: History, last: dt.date, substance: Substance | None
) -> Treatment | None:
    """Maintenance at the median spacing of the injections, or of the issues (Q11, Q30)."""
    least = ISSUES_APART if history.only_issued else LOADING_BELOW_DAYS
    spaced = [gap for gap in history.gaps if gap >= least]
    if not spaced:
        return None
    interval = Decimal(median(spaced))
    lapsed = history.days_since(last) > LAPSED_AFTER * interval
    done = "issued" if history.only_issued else "given"
    return Treatment(
        TreatmentPhase.LAPSED if lapsed else TreatmentPhase.MAINTENANCE,
        substance=substance,
        interval=interval,
        maintenance_ordered=bool(history.unreadable),
        reason=f"injections {done}, the last on {last}",
    )


def _oral(history: History) -> Treatment | None:
    """Tablets by their order or by what was supplied; lapsed when the supply is over, a question
    where it is not known for how long it lasts (Q77).
    """
    if history.oral and not _supply_says_otherwise(history):
        return _from_order(TreatmentPhase.ORAL, _most_frequent(history.oral), history)
    if not history.taken:
        return None
    end = _supply_end(history)
    if end is None:
        if not history.oral_stated:
            return _of_tablets(TreatmentPhase.UNKNOWN, history, UnknownPhase.SUPPLY_NOT_KNOWN)
        return _of_tablets(TreatmentPhase.ORAL, history)
    lapsed = history.days_since(end) > SUPPLY_OVER_AFTER
    return _of_tablets(TreatmentPhase.LAPSED if lapsed else TreatmentPhase.ORAL, history)


def _supply_says_otherwise(history: History) -> bool:
    """Whether what was supplied speaks against tablets being taken though their order is active."""
    if not history.taken:
        return False
    newest = max(
        (start for order in history.oral if (start := start_of(order))), default=dt.date.min
    )
    if history.days_since(newest) < STATED_ORAL_LOOKBACK:
        return False
    end = _supply_end(history)
    return not history.oral_stated if end is None else history.days_since(end) > SUPPLY_OVER_AFTER


def _supply_end(history: History) -> dt.date | None:
    """The last day that the tablets supplied last; `None` where that is not known."""
    ends = [
        dose.date + dt.timedelta(days=int(dose.supply_days))
        for dose in history.taken
        if dose.date is not None and dose.supply_days is not None
    ]
    return max(ends, default=None)


def _of_tablets(
    phase: TreatmentPhase, history: History, unknown: UnknownPhase | None = None
) -> Treatment:
    found = Treatment(
        phase,
        substance=Substance.CYANOCOBALAMIN,
        reason=unknown.value if unknown else "oral treatment dispensed or stated as taken",
        unknown=unknown,
        by_mouth=True,
    )
    if not history.oral:
        return found
    order = _most_frequent(history.oral)
    return changed(found, order_key=order.key, ordered_on=start_of(order), maintenance_ordered=True)


def _ended_loading(history: History, neurological: Truth) -> Treatment | None:
    """A loading course whose order was completed and that awaits maintenance."""
    ended = [
        order
        for order in history.ended
        if is_loading(order)
        and is_treatment_dose(order.cobalamin).is_true
        and is_injected(order.cobalamin)
    ]
    if not ended:
        return None
    order = max(ended, key=lambda order: (order.ends or start_of(order) or dt.date.min, order.key))
    end = order.ends or start_of(order)
    if end is None:
        return None
    since = history.days_since(max(end, history.last_injection or end))
    lapsed = since > LAPSED_AFTER * FIRST_MAINTENANCE_DUE
    line = order.cobalamin
    alternate_days = is_alternate_days(order)
    bounded = line is not None and line.timing is not None and line.timing.is_bounded
    return Treatment(
        TreatmentPhase.LAPSED if lapsed else TreatmentPhase.LOADING,
        substance=line.substance if line else None,
        alternate_days=alternate_days,
        loading_complete=not (alternate_days and bounded)
        and (not neurological.is_true or alternate_days),
        alternate_days_ended=end if alternate_days and bounded else None,
        reason="an order for loading injections was completed",
    )


def _unreadable_with_doses(history: History) -> Treatment | None:
    """An active order that could not be read, with any dose: maintenance of unknown interval
    (Q30).
    """
    if not history.unreadable or history.last_injection is None:
        return None
    order = _most_frequent(history.unreadable)
    return changed(
        _from_order(TreatmentPhase.MAINTENANCE, order, history), maintenance_ordered=True
    )


def _nothing_under_way(history: History, scenario: ClinicalScenario) -> Treatment:
    if history.unreadable or history.loading:
        return _asked(UnknownPhase.UNREADABLE_ORDER, history.unreadable or history.loading, history)
    if history.planned:
        return _asked(UnknownPhase.PLAN, history.planned, history)
    if (last := history.last_injection) is not None:
        issued = history.only_issued
        if not issued and history.days_since(last) > LAPSED_AFTER * LONGEST_INTERVAL:
            reason = f"one injection in the last 15 months, on {last}"
            return Treatment(TreatmentPhase.LAPSED, substance=history.substance, reason=reason)
        found = _unknown(UnknownPhase.ONE_ISSUE if issued else UnknownPhase.ONE_INJECTION)
        return changed(found, reason=f"{found.reason}, on {history.last_injection}")
    if history.undated:
        return _unknown(UnknownPhase.UNDATED_DOSE)
    if scenario.hints_at(HintAt.B12_TREATMENT):
        return _unknown(UnknownPhase.HINT)
    return _none_or_not_known(history, scenario)


def _none_or_not_known(history: History, scenario: ClinicalScenario) -> Treatment:
    """Nothing found is "none" only where the list came whole and was understood (Q26)."""
    medicines = scenario.list_of(RecordArea.MEDICATIONS)
    in_part = scenario.incomplete - scenario.unavailable
    if (
        RecordArea.MEDICATIONS in scenario.incomplete
        or RecordArea.STATEMENTS in in_part  # that none came at all is the usual state (Q6)
        or not medicines.complete
    ):
        return _unknown(UnknownPhase.LIST_NOT_COMPLETE)
    statements = scenario.list_of(RecordArea.STATEMENTS)
    if medicines.not_understood or statements.not_understood:
        return _unknown(UnknownPhase.NOT_UNDERSTOOD)
    waiting = history.waiting
    return Treatment(
        TreatmentPhase.NONE,
        reason="vitamin B12 is ordered but on hold"
        if waiting
        else "no vitamin B12 treatment recorded in the last 15 months",
        ordered_on=start_of(waiting[0]) if waiting else None,
    )


# --- common


def _evidence(treatment: Treatment, history: History) -> tuple[Evidence, ...]:
    """The orders and the newest doses that the phase rests on."""
    asked = treatment.phase is TreatmentPhase.UNKNOWN
    orders = (history.unreadable + history.planned) if asked else ()
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


def _from_order(
    phase: TreatmentPhase, order: Order, history: History, reason: str = ""
) -> Treatment:
    line = order.cobalamin
    return Treatment(
        phase,
        order_key=order.key,
        substance=line.substance if line else None,
        maintenance_ordered=bool(history.maintenance or history.oral),
        interval=None,
        reason=reason or f"an active order for {order.product}",
        ordered_on=start_of(order),
    )


def _most_frequent(orders: Sequence[Order]) -> Order:
    """The order with the shortest interval; of equal ones the first by key, so that the order in
    the record does not matter.
    """
    return min(orders, key=lambda order: (interval_of_order(order) or Decimal(0), order.key))
