"""What one ordered line of vitamin B12 amounts to: its route, its daily dose, and which phase of a
regimen it is.
"""

from __future__ import annotations

from decimal import Decimal

from recommender.guidance import DAILY_LOADING_DOSES, LOADING_DOSES, ORAL_DOSES
from recommender.language import (
    DoseLine,
    Order,
    OrderState,
    Phase,
    PhaseKind,
    Rhythm,
    Route,
    Substance,
    Timing,
    is_injected,
    is_treatment_dose,
    read_line,
    rhythm_of,
    total_doses,
)

MAY_BE_CYANOCOBALAMIN = (Substance.CYANOCOBALAMIN, Substance.COBALAMIN_UNSPECIFIED)
"""Vitamin B12 of a form that is not recorded may be cyanocobalamin, and is restricted like it."""

WITHOUT_A_DOSE = (Substance.METHYLCOBALAMIN, Substance.ADENOSYLCOBALAMIN)
"""Forms for which the guidance gives no dose (C17)."""


def is_oral(line: DoseLine) -> bool:
    return line.route is Route.ORAL


def is_readable(order: Order) -> bool:
    """Return whether the order can be checked against the guidance: route, dose and frequency of
    its vitamin B12 are known.
    """
    line = order.cobalamin
    if line is None or order.not_computable:
        return False
    knows_route = line.route is not None or is_injected(line)
    often = line.timing is not None or line.as_needed
    return knows_route and line.dose is not None and often


def names_no_route(order: Order) -> bool:
    """Return whether an order is readable but for its route, which it does not name: an injection
    of hydroxocobalamin.
    """
    line = order.cobalamin
    return line is not None and line.route is None and is_readable(order)


def is_count_alone(order: Order) -> bool:
    """Return whether the order says how many injections of which dose, and not how often: too
    little to be checked, enough to see that it loads nobody (b4).
    """
    line = order.cobalamin
    if line is None or order.count_alone is None or line.timing is not None:
        return False
    return is_injected(line) and line.dose is not None


def alternate_day_bound(order: Order) -> Decimal | None:
    """Return for how many days alternate-day injections are ordered, by the fields or by the words
    beside them, whichever ends sooner (Q39, Q41); `None` without a bound.
    """
    lines = (order.cobalamin, order.written)
    reads = [read_line(line) for line in lines if line is not None]
    if not reads or reads[0].rhythm is not Rhythm.ALTERNATE_DAYS:
        return None
    bounds = (one.bound_days for one in reads if one.rhythm is Rhythm.ALTERNATE_DAYS)
    return min((days for days in bounds if days is not None), default=None)


def may_be_cyanocobalamin(line: DoseLine) -> bool:
    """Return whether the line is cyanocobalamin, or vitamin B12 of a form that is not recorded."""
    return line.substance in MAY_BE_CYANOCOBALAMIN


def daily_dose(line: DoseLine) -> Decimal | None:
    """Return micrograms a day at the least frequent reading, or `None` when dose or frequency is
    not known.
    """
    return read_line(line).daily_dose


def most_folic_acid(order: Order) -> DoseLine | None:
    """Return what an order says of folic acid, by its fields or, where these give more, by the
    words beside them (Q41, Q66); `None` where it holds none of a known dose.
    """
    line, written = order.folate, order.written
    if line is None or line.substance is not Substance.FOLIC_ACID:
        return None
    readings = [line] if line.dose else []
    if written is not None and written.substance is Substance.FOLIC_ACID and written.dose:
        timing = written.timing or line.timing
        readings.append(DoseLine(line.substance, line.route, written.dose, timing))
    return max(readings, key=_a_day, default=None)


def _a_day(line: DoseLine) -> Decimal:
    return daily_dose(line) or line.dose or Decimal(0)


def is_daily(timing: Timing) -> bool:
    """Return whether a dose is taken at least every day; a single one is not."""
    return timing.longest_interval <= 1 and not timing.is_single


def kind_of(order: Order) -> PhaseKind | None:
    """Return which kind of phase the order is, or `None` when it cannot be told."""
    line = order.cobalamin
    return read_line(line).kind if line is not None else None


def same_kind(order: Order, phase: Phase) -> bool:
    """Return whether the order has the place in a course that the phase has; prophylaxis has the
    place of maintenance.
    """
    return kind_of(order) is _place_of(phase)


def _place_of(phase: Phase) -> PhaseKind:
    if phase.line.route is Route.ORAL:
        return PhaseKind.ORAL
    return PhaseKind.LOADING if phase.kind is PhaseKind.LOADING else PhaseKind.MAINTENANCE


def fulfils(order: Order, phase: Phase) -> bool:
    """Return whether the order does what the phase asks: same product and dose, at least as often,
    and not for a shorter time.
    """
    line, asked = order.cobalamin, phase.line
    if (
        not is_readable(order)
        or line is None
        or line.timing is None
        or asked.timing is None
        or line.as_needed
    ):
        return False
    if (
        line.substance is not asked.substance
        or (line.route or Route.INTRAMUSCULAR) is not asked.route
        or not same_kind(order, phase)
    ):
        return False
    if asked.route is Route.ORAL:
        daily = daily_dose(line)
        low, high = ORAL_DOSES
        return is_daily(line.timing) and daily is not None and low <= daily <= high
    if line.dose != asked.dose:
        return False
    if phase.kind is PhaseKind.LOADING:
        return _loads_like(line.timing, asked.timing)
    return (
        rhythm_of(line.timing) is not Rhythm.SINGLE
        and line.timing.longest_interval <= asked.timing.longest_interval
    )


def _loads_like(ordered: Timing, asked: Timing) -> bool:
    """A loading course may be more frequent; one without bounds must not have gained any, nor a
    course lost doses (I20).
    """
    if not asked.is_bounded:
        return rhythm_of(ordered) is Rhythm.ALTERNATE_DAYS
    doses = total_doses(ordered)
    if rhythm_of(ordered) is Rhythm.DAILY:
        return doses in DAILY_LOADING_DOSES
    return ordered.longest_interval <= asked.longest_interval and (
        doses is None or doses >= LOADING_DOSES
    )


def is_treatment(order: Order) -> bool:
    """Return whether the order holds vitamin B12 at treatment dose, or may do so because it cannot
    be read.
    """
    line = order.cobalamin
    if order.combination and line is not None and daily_dose(line) is None:
        return False  # a multivitamin of unstated content is a trace supplement (Q75)
    return order.has_cobalamin and is_treatment_dose(line).may_be_true


def is_trace(order: Order, most: Decimal) -> bool:
    """Return whether the order is a trace supplement: several vitamins in one, with a stated
    content of vitamin B12 up to `most` micrograms a day, or an unstated one (Q75).
    """
    line = order.cobalamin
    if line is None or not order.combination or is_injected(line):
        return False
    daily = daily_dose(line)
    return daily is None or daily <= most


def is_standing(order: Order) -> bool:
    """Return whether the order is active in the record; one on hold is no treatment (Q11, Q78)."""
    return order.state is OrderState.ACTIVE
