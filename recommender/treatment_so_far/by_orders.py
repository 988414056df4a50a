"""What orders say of the course: loading, maintenance, ordered and not given (Q11, Q29, Q55)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from recommender.guidance import Policy
from recommender.language import MONTH_DAYS, Claim, Order, Truth, changed, is_treatment_dose
from recommender.treatment_so_far.entries import (
    LOADING_WINDOW,
    TABLETS_COUNT_AFTER,
    doses_stopped,
)
from recommender.treatment_so_far.history import LAPSED_AFTER, LONGEST_INTERVAL, History
from recommender.treatment_so_far.reading import (
    bound_end,
    bound_passed,
    end_of,
    from_first_dose,
    interval_of_order,
    is_alternate_days,
    is_injected,
    is_loading,
    start_of,
)
from recommender.treatment_so_far.treatment import Treatment, TreatmentPhase, UnknownPhase

FIRST_MAINTENANCE_DUE = Decimal(62)
"""Days after loading within which maintenance begins: two months (S9)."""


def standing_order_days(policy: Policy) -> int:
    """Return the days after which an order without a dose says no longer that it is taken (Q29)."""
    return int(policy.standing_order_months * MONTH_DAYS)


def ordered_not_given(history: History, policy: Policy) -> Treatment | None:
    """What an order alone says (Q29, Q55): nothing yet, a question, or tablets that are taken.

    A young loading order is a loading course (Q11), and is left to the rows below.
    """
    standing = standing_order_days(policy)
    current = history.current
    if not current:
        return None
    old = [order for order in current if is_older(order, standing, history)]
    fresh = [order for order in current if not is_older(order, standing, history)]
    loading = [order for order in fresh if order in history.loading]
    if loading:
        return _maintenance_not_given(loading, fresh, history)
    taken = [order for order in fresh if order in history.oral and _counts_as_taken(order, history)]
    if taken:
        return from_order(
            TreatmentPhase.ORAL, most_frequent(taken), history, reason="ordered; taking not known"
        )
    if asked := _still_asked_about(old, fresh):
        return not_known_by_orders(UnknownPhase.STANDING_ORDER, asked, history)
    late = [order for order in fresh if is_overdue(order, history)]
    if late:
        return not_known_by_orders(UnknownPhase.ORDERED_NOT_GIVEN, late, history)
    if history.undated:
        return not_known_by_orders(UnknownPhase.UNDATED_DOSE, fresh, history)
    first = most_frequent(fresh)
    return Treatment(
        TreatmentPhase.NONE,
        ordered_on=start_of(first),
        ordered=tuple(order.cobalamin for order in fresh if order.cobalamin),
        maintenance_ordered=True,
        reason=f"an order for {first.product}, no dose on record yet",
    )


def _still_asked_about(old: Sequence[Order], fresh: Sequence[Order]) -> list[Order]:
    """Return the standing orders that are still open: a newer one of their kind renews or changes
    them; one of another kind, or stated to follow what is given no more (T7), takes their place.
    """
    if any(Claim.NOT_GIVEN in one.claims for one in fresh):
        return []
    kinds = {is_injected(one.cobalamin) for one in fresh}
    return [one for one in old if not kinds or is_injected(one.cobalamin) in kinds]


def _maintenance_not_given(
    loading: Sequence[Order], fresh: Sequence[Order], history: History
) -> Treatment | None:
    """What maintenance says whose loading course was left active after its time: as without it,
    no dose within an interval of its start is a question (Q55).
    """
    if not all(bound_passed(order, history.as_of) for order in loading):
        return None
    after = [order for order in fresh if order in history.maintenance]
    late = [order for order in after if is_overdue(order, history)]
    return not_known_by_orders(UnknownPhase.ORDERED_NOT_GIVEN, late, history) if late else None


def is_older(order: Order, days: int, history: History) -> bool:
    start = history.in_force_since(order)
    return start is None or history.days_since(start) > days


def _counts_as_taken(order: Order, history: History) -> bool:
    start = history.in_force_since(order)
    return start is not None and history.days_since(start) >= TABLETS_COUNT_AFTER


def is_overdue(order: Order, history: History) -> bool:
    """Whether more than one interval of an injection has passed without a dose on record."""
    start, interval = history.in_force_since(order), interval_of_order(order)
    if order in history.oral or start is None or interval is None:
        return False
    return history.days_since(start) > interval


def not_known_by_orders(why: UnknownPhase, orders: Sequence[Order], history: History) -> Treatment:
    """Return the treatment of which these orders leave it open whether it is under way."""
    order = most_frequent(orders)
    found = from_order(TreatmentPhase.UNKNOWN, order, history, reason=why.value)
    return changed(found, unknown=why, ordered_on=history.in_force_since(order))


def not_known(why: UnknownPhase) -> Treatment:
    """Return the treatment of which nothing more is known."""
    return Treatment(TreatmentPhase.UNKNOWN, reason=why.value, unknown=why)


def loading_by_order(history: History, neurological: Truth) -> Treatment | None:
    under_way = [order for order in history.loading if _still_loading(order, history)]
    if not under_way:
        return None
    order = most_frequent(under_way)
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
            return _stale(order, under_way, history)
        six_given = six_given or not given
    complete = six_given and not neurological.is_true and not alternate_days
    return changed(
        from_order(TreatmentPhase.LOADING, order, history),
        alternate_days=alternate_days,
        loading_complete=complete,
        alternate_days_ended=bound_end(order) if ended and alternate_days else None,
    )


def _stale(order: Order, under_way: Sequence[Order], history: History) -> Treatment | None:
    """A loading order with which nobody went on. Tablets ordered since have taken its place; one of
    which no dose was ever recorded is a question, not treatment that has lapsed (Q55).
    """
    if history.oral:
        return None
    if not history.is_documented:
        return not_known_by_orders(UnknownPhase.ORDERED_NOT_GIVEN, under_way, history)
    return from_order(TreatmentPhase.LAPSED, order, history)


def _still_loading(order: Order, history: History) -> bool:
    """Whether an active order with less than 7 days from dose to dose is a loading course under way
    (Q11).

    The alternate-day course has no end (S7), so its order counts for as long as it is active; but
    not after doses of it that stopped 21 days ago or more, for then nobody goes on with it (Q11). A
    bounded course whose time has passed is over once a maintenance order stands beside it.
    """
    line = order.cobalamin
    if line is None or line.timing is None:
        return False
    if line.timing.is_bounded:
        return not (history.maintenance and bound_passed(order, history.as_of))
    start = start_of(order)
    if start is not None and history.days_since(start) < LOADING_WINDOW:
        return True
    return is_alternate_days(order) and not doses_stopped(
        order, history.injection_dates, history.as_of
    )


def maintenance_by_order(history: History, policy: Policy) -> Treatment | None:
    over = tuple(order for order in history.over if _is_maintenance(order))
    orders = history.maintenance or (over if history.injections else ())
    if not orders:
        return None
    order = most_frequent(orders)
    interval = interval_of_order(order)
    last = history.last_injection
    lapsed_at = LAPSED_AFTER * interval if interval is not None else None
    lapsed = last is not None and lapsed_at is not None and history.days_since(last) > lapsed_at
    lapsed = lapsed and not history.just_increased(order)
    phase = TreatmentPhase.LAPSED if lapsed else TreatmentPhase.MAINTENANCE
    ends, due = _renewal(orders, history, policy)
    return changed(
        from_order(phase, order, history),
        ordered=history.resumed(lapsed_at) if lapsed and lapsed_at else (),
        interval=interval,
        timing=order.cobalamin.timing if order.cobalamin else None,
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
    ends = [end_of(from_first_dose(order, history.injection_dates)) for order in orders]
    known = [end for end in ends if end is not None]
    if len(known) < len(ends) or not known:
        return None, False
    last = max(known)
    near = last <= history.as_of + dt.timedelta(days=policy.renewal_window_days)
    begun = max((start for order in orders if (start := start_of(order))), default=dt.date.min)
    tablets = [order for order in history.oral if (start_of(order) or dt.date.max) >= begun]
    return last, near and not tablets and not history.waiting


def ended_loading(history: History, neurological: Truth) -> Treatment | None:
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


def unreadable_with_doses(history: History) -> Treatment | None:
    """An active order that could not be read, with any dose: maintenance of unknown interval (Q30),
    lapsed where the next dose would be overdue at every interval there is (2.3).
    """
    last = history.last_injection
    if not history.unreadable or last is None:
        return None
    lapsed = history.days_since(last) > LAPSED_AFTER * LONGEST_INTERVAL and not history.only_issued
    phase = TreatmentPhase.LAPSED if lapsed else TreatmentPhase.MAINTENANCE
    order = most_frequent(history.unreadable)
    return changed(from_order(phase, order, history), maintenance_ordered=True)


def from_order(
    phase: TreatmentPhase, order: Order, history: History, reason: str = ""
) -> Treatment:
    line = order.cobalamin
    return Treatment(
        phase,
        order_key=order.key,
        substance=line.substance if line else None,
        maintenance_ordered=bool(history.maintenance or history.oral),
        reason=reason or f"an active order for {order.product}",
        ordered_on=start_of(order),
    )


def most_frequent(orders: Sequence[Order]) -> Order:
    """The order with the shortest interval; of equal ones the newest, then the first by key: how
    the record is ordered does not matter.
    """
    return min(
        orders,
        key=lambda order: (
            interval_of_order(order) or Decimal(0),
            -(start_of(order) or dt.date.min).toordinal(),
            order.key,
        ),
    )
