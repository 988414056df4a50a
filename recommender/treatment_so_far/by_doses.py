"""What injections given, and tablets supplied, say of the course (Q11, Q30, Q77)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from statistics import median

from recommender.guidance import LOADING_DOSES, look_back
from recommender.language import (
    LOADING_BELOW_DAYS,
    Rhythm,
    Substance,
    Truth,
    changed,
    rhythm_by_days,
)
from recommender.treatment_so_far.by_orders import FIRST_MAINTENANCE_DUE, from_order, most_frequent
from recommender.treatment_so_far.entries import LOADING_WINDOW, SUPPLY_OVER_AFTER
from recommender.treatment_so_far.history import (
    ALTERNATE_GAP,
    LAPSED_AFTER,
    LONGEST_INTERVAL,
    History,
)
from recommender.treatment_so_far.reading import (
    bound_end,
    end_of,
    is_alternate_days,
    is_injected,
    start_of,
)
from recommender.treatment_so_far.treatment import Treatment, TreatmentPhase, UnknownPhase


def course_by_doses(history: History, neurological: Truth) -> Treatment | None:
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
        alternate_days_ended=_alternate_days_over(history, last) if alternate_days else None,
        reason=reason,
    )


def _alternate_days_over(history: History, last: dt.date) -> dt.date | None:
    """Return when a bounded alternate-day course ended whose order was completed (T3b); `None`
    where there is none, or injections went on.
    """
    ends = [
        end if end <= history.as_of else last
        for order in history.ended
        if is_alternate_days(order) and (end := bound_end(order)) is not None
    ]
    ended = max(ends, default=None)
    after = dt.timedelta(days=ALTERNATE_GAP)
    return ended if ended is not None and last <= ended + after else None


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


def oral(history: History) -> Treatment | None:
    """Tablets by their order or by what was supplied; lapsed when the supply is over, a question
    where it is not known for how long it lasts (Q77).
    """
    if history.oral and not _supply_says_otherwise(history):
        return from_order(TreatmentPhase.ORAL, most_frequent(history.oral), history)
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
    if history.days_since(newest) < look_back.STATED_ORAL_DAYS:
        return False
    end = _supply_end(history)
    return not history.oral_stated if end is None else history.days_since(end) > SUPPLY_OVER_AFTER


def days_on_tablets(history: History) -> int | None:
    """Return the days since tablets were begun: by their orders, and by doses and orders that are
    over without a gap that would make it an earlier course (Q77).
    """
    ordered = [start for start in map(start_of, history.oral) if start and start <= history.as_of]
    before = sorted(_tablets_before(history), reverse=True)
    began = min(ordered, default=before[0][0] if before else None)
    for start, until in before:
        if began is not None and start < began <= until:
            began = start
    return history.days_since(began) if began is not None else None


def _tablets_before(history: History) -> Iterator[tuple[dt.date, dt.date]]:
    """Yield when tablets were supplied or ordered, and the day up to which the next belong to the
    same course: 30 days after they were used up, or 90 after the day itself.
    """
    spans = [(dose.date, dose.supply_days) for dose in history.taken]
    for order in history.over:
        start, end = start_of(order), end_of(order)
        if not is_injected(order.cobalamin) and start is not None:
            spans.append((start, Decimal((end - start).days) if end else None))
    for day, lasts in spans:
        if day is not None:
            days = max(look_back.STATED_ORAL_DAYS, int(lasts or 0) + SUPPLY_OVER_AFTER)
            yield day, day + dt.timedelta(days=days)


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
    order = most_frequent(history.oral)
    return changed(found, order_key=order.key, ordered_on=start_of(order), maintenance_ordered=True)
