"""The half of a pair that a client stored as a draft and that nothing binds to the other half.

Source: Q56, Q78; docs/decisions/0005-safer-readings.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from recommender.case import Case, fulfils
from recommender.language import (
    DAYS_PER_UNIT,
    Order,
    OrderState,
    Phase,
    PhaseKind,
    differences,
    is_same_line,
)


def is_maintenance_waiting(case: Case, loading: Sequence[Order]) -> bool:
    """Return whether a draft on record is, without doubt, the maintenance that follows the loading
    courses in one recommended regimen: to say that nothing follows would have it ordered twice.

    Whatever is not recorded of the draft, or was read from its words, leaves a doubt: false.
    """
    regimens = case.offered_regimens
    return any(
        _is_of(regimen.phases, loading) and _waits(case, regimen.phases) for regimen in regimens
    )


def _is_of(phases: Sequence[Phase], loading: Sequence[Order]) -> bool:
    loads = [phase for phase in phases if phase.kind is PhaseKind.LOADING]
    return all(any(fulfils(order, phase) for phase in loads) for order in loading)


def _waits(case: Case, phases: Sequence[Phase]) -> bool:
    drafts = [one for one in case.course.orders if one.state is OrderState.UNBOUND_DRAFT]
    follows = [phase for phase in phases if phase.kind is not PhaseKind.LOADING]
    latest = {phase: _latest_start(case.scenario.as_of, phases, phase) for phase in follows}
    return any(
        _is_exactly(order, phase) and (order.starts is None or order.starts <= latest[phase])
        for order in drafts
        for phase in follows
    )


def _is_exactly(order: Order, phase: Phase) -> bool:
    """Return whether a draft is the phase as it would be written here: structured, in product,
    dose, route and interval, without an end; its words, if any, say the same.
    """
    line = order.cobalamin
    if line is None or line.timing is None or len(order.lines) != 1 or order.from_words:
        return False
    ends = line.timing.is_bounded or order.ends is not None
    faulty = order.implausible or order.product_error or order.part_of
    if ends or faulty or (order.written and differences(line, order.written)):
        return False
    return fulfils(order, phase) and is_same_line(line, phase.line)


def _latest_start(as_of: dt.date, phases: Sequence[Phase], phase: Phase) -> dt.date:
    """Return the last day on which maintenance may begin: an interval after loading of known
    length that begins today; with loading of open length, an interval from today.
    """
    timings = (one.line.timing for one in phases if one.kind is PhaseKind.LOADING)
    lengths = [timing.duration for timing in timings if timing and timing.duration]
    loading = max((int(value * DAYS_PER_UNIT[unit][1]) for value, unit in lengths), default=0)
    interval = int(phase.line.timing.longest_interval) if phase.line.timing else 0
    return as_of + dt.timedelta(days=loading + interval)
