"""What one ordered line of vitamin B12 amounts to: its route, its daily dose, and which phase of a
regimen it is.
"""

from __future__ import annotations

import enum
from decimal import Decimal

from recommender.assessment import is_treatment_dose
from recommender.language import (
    DAYS_PER_UNIT,
    DoseLine,
    Order,
    OrderState,
    Phase,
    PhaseKind,
    Route,
    Substance,
    Timing,
)

MAY_BE_CYANOCOBALAMIN = (Substance.CYANOCOBALAMIN, Substance.COBALAMIN_UNSPECIFIED)
"""Vitamin B12 of a form that is not recorded may be cyanocobalamin, and is restricted like it."""

WITHOUT_A_DOSE = (Substance.METHYLCOBALAMIN, Substance.ADENOSYLCOBALAMIN)
"""Forms for which the guidance gives no dose (C17)."""

LOADING_BELOW_DAYS = Decimal(7)
"""Days from injection to injection below which an order is a loading course (Q11)."""

LOADING_DOSES = 6


class Rhythm(enum.Enum):
    """How an injection order is timed."""

    ALTERNATE_DAYS = "on alternate days"
    DAILY = "daily"
    THREE_A_WEEK = "three times a week"
    LESS_THAN_THREE_A_WEEK = "less often than three times a week"
    SINGLE = "a single dose"
    MAINTENANCE = "at intervals of a week or more"


def is_injected(line: DoseLine) -> bool:
    """Return whether the line is given by injection; hydroxocobalamin without a route is, for it
    exists as injection only.
    """
    if line.route is None:
        return line.substance is Substance.HYDROXOCOBALAMIN
    return line.route.is_parenteral


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
    return knows_route and line.dose is not None and (line.timing is not None or line.as_needed)


def may_be_cyanocobalamin(line: DoseLine) -> bool:
    """Return whether the line is cyanocobalamin, or vitamin B12 of a form that is not recorded."""
    return line.substance in MAY_BE_CYANOCOBALAMIN


def daily_dose(line: DoseLine) -> Decimal | None:
    """Return micrograms a day at the least frequent reading, or `None` when dose or frequency is
    not known.
    """
    if line.dose is None or line.timing is None:
        return None
    return line.dose * line.timing.doses_per_day


def is_daily(timing: Timing) -> bool:
    """Return whether a dose is taken at least every day."""
    return timing.longest_interval <= 1


def total_doses(timing: Timing) -> Decimal | None:
    """Return how many doses are ordered in all (the largest reading), or `None` when there is no
    bound.
    """
    if timing.count is not None:
        return Decimal(timing.count_max or timing.count)
    if timing.duration is None:
        return None
    value, unit = timing.duration
    days = value * DAYS_PER_UNIT[unit][1]
    return max(Decimal(1), days / timing.shortest_interval)


def rhythm_of(timing: Timing) -> Rhythm:
    """Return how injections are timed, told by the days from dose to dose."""
    if total_doses(timing) == 1:
        return Rhythm.SINGLE
    days = timing.longest_interval
    if days >= LOADING_BELOW_DAYS:
        return Rhythm.MAINTENANCE
    if days <= Decimal("1.75"):
        return Rhythm.DAILY
    if days <= 2:
        return Rhythm.ALTERNATE_DAYS
    return Rhythm.THREE_A_WEEK if days <= Decimal(7) / 3 else Rhythm.LESS_THAN_THREE_A_WEEK


def kind_of(order: Order) -> PhaseKind | None:
    """Return which kind of phase the order is, or `None` when it cannot be told."""
    line = order.cobalamin
    if line is None or line.timing is None:
        return None
    if not is_injected(line):
        return PhaseKind.ORAL
    loading = rhythm_of(line.timing) not in (Rhythm.SINGLE, Rhythm.MAINTENANCE)
    return PhaseKind.LOADING if loading else PhaseKind.MAINTENANCE


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
        return is_daily(line.timing) and daily is not None and 1000 <= daily <= 2000
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
        return doses in (5, 6)
    return ordered.longest_interval <= asked.longest_interval and (
        doses is None or doses >= LOADING_DOSES
    )


def is_treatment(order: Order) -> bool:
    """Return whether the order holds vitamin B12 at treatment dose, or may do so because it cannot
    be read.
    """
    return order.has_cobalamin and is_treatment_dose(order.cobalamin).may_be_true


def is_standing(order: Order) -> bool:
    """Return whether the order is active in the record (not drafted, ended or stopped)."""
    return order.state in (OrderState.ACTIVE, OrderState.ON_HOLD)
