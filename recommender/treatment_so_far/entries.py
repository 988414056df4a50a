"""Which orders and doses of the record are treatment, and the first and last sign of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from recommender.guidance import LOADING_DOSES, look_back
from recommender.language import (
    Claim,
    ClinicalScenario,
    DoseGiven,
    DoseKind,
    Order,
    OrderState,
    Route,
    is_treatment_dose,
)
from recommender.treatment_so_far.reading import (
    bound_passed,
    end_of,
    is_given_at_treatment_dose,
    is_injected,
    is_loading,
    loading_run,
    start_of,
)

LOADING_WINDOW = 21
"""Days: an unbounded loading order counts as one up to this age, six injections within it complete
a loading course (Q11).
"""


TABLETS_COUNT_AFTER = 30
"""Days after which an active order for tablets counts as taken, though no dose is on record
(Q55).
"""

SUPPLY_OVER_AFTER = 30
"""Days after the end of the last supply of tablets from which they have lapsed (Q77)."""

STARTED = frozenset({OrderState.ACTIVE, OrderState.COMPLETED, OrderState.STOPPED})
"""States of an order by which treatment began."""


def first_sign(scenario: ClinicalScenario) -> tuple[dt.date | None, bool]:
    """Return the earliest dose or treatment order of the record at any age, and whether it is a
    loading course, so that the start is certain (Q54).
    """
    orders = [order for order in scenario.orders if may_treat(order) and not order.planned]
    ordered = [
        (start, is_loading(order) and is_injected(order.cobalamin))
        for order in orders
        if order.state in STARTED
        and is_treatment_dose(order.cobalamin).is_true
        and (start := start_of(order)) is not None
    ]
    given = sorted(
        dose.date
        for dose in scenario.doses
        if dose.substance.is_cobalamin and dose.date and is_given_at_treatment_dose(dose)
    )
    signs = [day for day, _ in ordered] + given
    past = [day for day in signs if day <= scenario.as_of]
    if not past:
        return None, False
    first = min(past)
    loaded = any(loading and day == first for day, loading in ordered)
    six = given[LOADING_DOSES - 1 : LOADING_DOSES]
    return first, loaded or (bool(six) and (six[0] - first).days <= LOADING_WINDOW)


def last_sign(scenario: ClinicalScenario) -> dt.date | None:
    """Return the newest dose, or end of an order that is over, of treatment at any age (Q29)."""
    days = [
        dose.date
        for dose in scenario.doses
        if dose.substance.is_cobalamin and dose.date and is_given_at_treatment_dose(dose)
    ]
    for order in scenario.orders:
        over = order.state in (OrderState.COMPLETED, OrderState.STOPPED) or (
            order.state is OrderState.ACTIVE and has_ended(order, scenario.as_of)
        )
        day = end_of(order) or start_of(order)
        if over and day and may_treat(order) and is_treatment_dose(order.cobalamin).is_true:
            days.append(min(day, scenario.as_of))
    return max((day for day in days if day <= scenario.as_of), default=None)


def may_treat(order: Order) -> bool:
    """Whether an order may be vitamin B12 treatment; a multivitamin is one only where its dose says
    so (Q49).
    """
    if not order.has_cobalamin:
        return False
    return not order.combination or is_treatment_dose(order.cobalamin).is_true


def doses_stopped(order: Order, injected: Iterable[dt.date], as_of: dt.date) -> bool:
    """Whether injections less than 7 days apart are on record since an order began, the last of
    them 21 days ago or more: later ones, further apart, are maintenance (Q11).
    """
    since = start_of(order) or dt.date.min
    given = [date for date in injected if date >= since]
    last = loading_run(given) or next(iter(given), None)
    return last is not None and (as_of - last).days >= LOADING_WINDOW


def on_hold(orders: tuple[Order, ...]) -> tuple[Order, ...]:
    return tuple(
        order
        for order in orders
        if order.state is OrderState.ON_HOLD and is_treatment_dose(order.cobalamin).is_true
    )


def in_force_since(orders: tuple[Order, ...]) -> dict[str, dt.date | None]:
    """Return when each treatment order that goes on from others of its kind by name, or the oldest
    of these, began: what is renewed is as old as before (Q29, Q56). `None`: unknown.
    """
    if not any(order.replaces for order in orders):
        return {}
    by_name = {
        name: one
        for one in orders
        if one.state in STARTED and is_treatment_dose(one.cobalamin).is_true
        for name in (one.key, *one.identifiers)
    }
    since: dict[str, dt.date | None] = {}
    for order in orders:
        chain, earlier = [], order
        while earlier.key not in since:  # each is walked over once, a circle too
            since[earlier.key] = start_of(earlier)
            chain.append(earlier)
            named = by_name.get(earlier.replaces)
            if named is None or not _goes_on_from(earlier, named):
                break
            earlier = named
        began = since[earlier.key]
        for one in reversed(chain):
            own = start_of(one)
            began = since[one.key] = min(own, began) if own and began else None
    return since


def _goes_on_from(order: Order, earlier: Order) -> bool:
    """Whether an order is of the kind of one that it names (tablets, loading or maintenance by
    injection), and its prescriber did not state that this one was given no more (T7).
    """
    same_route = is_injected(order.cobalamin) is is_injected(earlier.cobalamin)
    same_kind = same_route and is_loading(order) is is_loading(earlier)
    return same_kind and Claim.NOT_GIVEN not in order.claims


def has_ended(order: Order, as_of: dt.date) -> bool:
    """Whether the period of an order has passed (Q38), or the last tablet of a dosage that ends was
    due as long ago as tablets supplied may last (Q77): a loading course has its own reading of its
    bound, and a supply that ran out is no end.
    """
    if order.ends is not None:
        return order.ends < as_of
    timing = order.cobalamin.timing if order.cobalamin is not None else None
    if timing is None or (timing.count is None and timing.duration is None):
        return False
    since, start = as_of - dt.timedelta(days=SUPPLY_OVER_AFTER), start_of(order)
    over = not is_injected(order.cobalamin) and bound_passed(order, since)
    repeated = start is not None and start + dt.timedelta(days=int(order.supply_days or 0)) > since
    return over and not repeated  # "for 28 days" may be said of each supply of a year


def ended_recently(order: Order, as_of: dt.date) -> bool:
    end = order.ends or start_of(order)
    return (
        order.state is OrderState.COMPLETED
        and end is not None
        and 0 <= (as_of - end).days <= look_back.TREATMENT_DAYS
    )


def doses_given(scenario: ClinicalScenario, orders: Iterable[Order]) -> tuple[DoseGiven, ...]:
    """The dated doses at treatment dose of the last 15 months, oldest first; a completed order that
    is no loading course counts as one issue on its day (Q30).
    """
    since = scenario.as_of - dt.timedelta(days=look_back.TREATMENT_DAYS)
    doses = [
        dose
        for dose in scenario.doses
        if dose.substance.is_cobalamin
        and dose.date is not None
        and since <= dose.date <= scenario.as_of
        and is_given_at_treatment_dose(dose)
    ]
    known = {(dose.date, dose.route is Route.ORAL) for dose in doses}
    doses += [
        issue
        for order in orders
        if (issue := _issue(order, since)) is not None
        and issue.date is not None
        and since <= issue.date <= scenario.as_of
        and (issue.date, issue.route is Route.ORAL) not in known
    ]
    return tuple(
        sorted(doses, key=lambda dose: (dose.date or dt.date.min, dose.evidence.reference))
    )


def undated(scenario: ClinicalScenario, orders: tuple[Order, ...]) -> tuple[DoseGiven, ...]:
    """The doses at treatment dose, and issues of them, that have no date: they may be of any
    time.
    """
    issues = (_issue(order, dt.date.min) for order in orders)
    documented = (dose for dose in scenario.doses if dose.substance.is_cobalamin)
    return tuple(
        dose
        for dose in (*documented, *(issue for issue in issues if issue is not None))
        if dose.date is None and is_given_at_treatment_dose(dose)
    )


def given_before(scenario: ClinicalScenario) -> tuple[dt.date, ...]:
    """The days of injections that are longer ago than the 15 months that count."""
    since = scenario.as_of - dt.timedelta(days=look_back.TREATMENT_DAYS)
    return tuple(
        dose.date
        for dose in scenario.doses
        if dose.substance.is_cobalamin
        and dose.route is not Route.ORAL
        and dose.date is not None
        and dose.date < since
        and is_given_at_treatment_dose(dose)
    )


def _issue(order: Order, since: dt.date) -> DoseGiven | None:
    """A completed order of a treatment product as an issue of it on the day it was written, or
    ended where that was longer ago than is read.
    """
    line = order.cobalamin
    if order.state is not OrderState.COMPLETED or line is None or order.evidence is None:
        return None
    if is_loading(order) or is_treatment_dose(line).is_false:
        return None
    written = order.authored or order.starts
    dose = DoseGiven(
        line.substance,
        line.route,
        line.dose,
        written if written is None or written >= since else order.ends,
        order.evidence,
        DoseKind.ISSUED,
        line.timing,
        order.supply_days,
    )
    return dose if is_given_at_treatment_dose(dose) else None
