"""Orders that go on from others: a renewal is no duplicate (Q38, RN1 to RN8), nor are the parts of
one course (Q40, Q56).
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Iterator

from recommender.cards import Indicator, cards
from recommender.case import Case, Issue, fulfils, is_oral, is_readable, is_treatment, kind_of
from recommender.checks import american_course
from recommender.language import (
    DoseLine,
    Order,
    OrderState,
    PhaseKind,
    Rhythm,
    contradictions,
    is_bound_together,
    is_injected,
    is_one_injection,
    rhythm_of,
)
from recommender.safety import is_implausible
from recommender.treatment_so_far import end_of, has_ended, standing_order_days

INFO, WARNING = Indicator.INFO, Indicator.WARNING


class Repeats(enum.Enum):
    """How a draft stands to another order of its kind (Q38)."""

    STANDING = "RN3: renews an old order of which no dose is known"
    ACTIVE = "RN4: repeats an order that goes on"
    CHANGES = "RN5: changes, or may change, an order that goes on"
    DRAFT = "RN7: is drafted twice"
    BESIDE = "another of its kind is drafted beside it"


_REASONS = {
    Repeats.STANDING: "An order that renews another names it; else both stand.",
    Repeats.ACTIVE: "An order that renews another names it; else both stand and both are given.",
    Repeats.CHANGES: "An order that takes the place of another names it; else both stand.",
    Repeats.DRAFT: "One of the two drafts is enough.",
    Repeats.BESIDE: "Signed as they are, both would be given.",
}


LOUD = frozenset({Repeats.ACTIVE, Repeats.DRAFT, Repeats.BESIDE})
SECOND = frozenset({Repeats.DRAFT, Repeats.BESIDE})
"""A second draft, which may go."""


def check_duplicates(case: Case) -> Iterator[Issue]:
    """Yield e1 for a draft that repeats or changes another order, and e2 where tablets and
    injections run side by side.
    """
    found = [(order, how) for order in case.drafts if (how := repeats(case, order))]
    for order, how in found:
        loud = WARNING if how in LOUD else INFO
        # a standing order is asked about before its doses are (b23 is folded)
        rank = cards.B23_LAPSED.rank - 1 if how is Repeats.STANDING else 0
        reasons, keys = (_REASONS[how],), (order.key,)
        yield Issue(cards.E1_SECOND_ORDER, loud, reasons, ("S13", "S16"), keys, rank=rank)
    if not found:
        yield from _both_routes(case)


def repeats(case: Case, order: Order) -> Repeats | None:
    """Return how a draft stands to another order of the same kind, `None` where it is the only one
    or follows another that has ended or ends soon (RN1, RN2).
    """
    if not is_readable(order) or _place_in_course(order) is None or not is_treatment(order):
        return None
    of_kind = case.once(_drafts_by_kind).get(_place_in_course(order), ())
    alike = case.once(_drafts_by_lines).get((_place_in_course(order), order.lines), ())
    if any(_is_twin(case, order, other) for other in alike):
        return Repeats.DRAFT
    if any(_is_twin(case, order, other) for other in of_kind):
        return Repeats.BESIDE
    active = repeated_order(case, order)
    return _how(case, order, active) if active is not None else None


def _is_twin(case: Case, order: Order, other: Order) -> bool:
    """Return whether a draft of the same kind comes first: it is not selected, or of two that are
    the one that nerve signs call for, else by the order of their keys.
    """
    comes_first = not other.selected or _place(case, other) < _place(case, order)
    return (
        comes_first
        and _is_of_its_kind(order, other)
        and _may_be_of_one_day(case, order, other)
        and not {other.key, order.key} <= american_course(case)
    )


def _may_be_of_one_day(case: Case, order: Order, other: Order) -> bool:
    """Return whether two drafts may order one dose: each visit of a plan has its own."""
    days = {one.starts or case.scenario.as_of for one in (order, other)}
    return len(days) == 1 or _place_in_course(order) is not Rhythm.SINGLE


def _place(case: Case, order: Order) -> tuple[bool, str]:
    """Sorts drafts of one kind, the one that stays first: with nerve signs alternate days (S7),
    where no regimen is offered by which the drafts are put right.
    """
    if not case.assessment.neurological.is_true or any(case.offered_regimens):
        return False, order.key
    timing = order.cobalamin.timing if order.cobalamin else None
    return timing is None or rhythm_of(timing) is not Rhythm.ALTERNATE_DAYS, order.key


def repeated_order(case: Case, order: Order) -> Order | None:
    """Return the active order that a draft repeats or changes, for it to name: one whose dosage is
    read first. A refill continues the first that is the same (RN8), which it does not repeat.
    """
    continues = not case.refill
    for other in case.once(_standing_by_kind).get(_place_in_course(order), ()):
        if _is_of_its_kind(order, other) and not _goes_over(case, order, other):
            if continues or not _is_refilled(order, other):
                return other
            continues = True
    return None if case.refill else _unread_order(case, order)


def _unread_order(case: Case, order: Order) -> Order | None:
    """Return an active order of the same route whose dose or frequency is not read, so that it may
    be the same as the draft, which is no loading course (RN6): both may be given.
    """
    line = order.cobalamin
    unread = case.once(_unread_orders)
    if not unread or line is None or _place_in_course(order) in _AGAIN_BESIDE:
        return None
    for other, theirs in unread:
        same_route = theirs.route is None or is_oral(theirs) is is_oral(line)
        if same_route and _is_of_its_kind(order, other) and not _goes_over(case, order, other):
            return other
    return None


def _unread_orders(case: Case) -> list[tuple[Order, DoseLine]]:
    """Return the active orders whose vitamin B12 cannot be read whole."""
    return [(one, one.cobalamin) for one in case.standing if one.cobalamin and not is_readable(one)]


def continued_order(case: Case, order: Order) -> Order | None:
    """Return the active order that a draft may go on from, also where its dose or frequency is
    wrong or the draft refills it: of the same product, route and kind, and not over. A draft that
    is no schedule, or none that anybody can mean, may go on from any of its product and route.
    """
    if not case.standing:
        return None
    line = order.cobalamin
    kind = None if is_implausible(order) else kind_of(order)
    if line is None or (kind is None and not (line.as_needed or is_implausible(order))):
        return None
    for other in case.standing:
        theirs = other.cobalamin
        if not theirs or (theirs.substance, theirs.route) != (line.substance, line.route):
            continue
        same = kind is None or _place_in_course(order) == _place_in_course(other)
        if same and _is_of_its_kind(order, other) and not _goes_over(case, order, other):
            return other
    return None


def _is_refilled(order: Order, other: Order) -> bool:
    one, two = order.cobalamin, other.cobalamin
    return bool(one and two and _is_the_same(one, two))


def _is_of_its_kind(order: Order, other: Order) -> bool:
    """Return whether two orders of one kind are not the same, no lines of one order, which follow
    each other (RN6), and not bound into one (Q56).
    """
    one_order = (other.part_of or other.key) == (order.part_of or order.key)
    return not one_order and not is_bound_together(order, other)


Place = PhaseKind | Rhythm | None
_AGAIN_BESIDE = (PhaseKind.LOADING, Rhythm.SINGLE)
"""What is no renewal of an order that goes on: it is given beside it."""


def _place_in_course(order: Order) -> Place:
    """Return the place of an order in a course; one injection alone has a place of its own."""
    kind = kind_of(order)
    once = kind is None and is_one_injection(order.cobalamin)
    return Rhythm.SINGLE if once else kind


def _drafts_by_kind(case: Case) -> dict[Place, list[Order]]:
    """Return the drafts by their place in a course; those that come first of two stand first, so
    that one look tells most orders that they are not alone.
    """
    return _by_kind(sorted(case.all_drafts, key=lambda order: (order.selected, order.key)))


def _drafts_by_lines(case: Case) -> dict[tuple[Place, object], list[Order]]:
    """Return the drafts by their place in a course and what they order."""
    found: dict[tuple[Place, object], list[Order]] = {}
    for kind, orders in case.once(_drafts_by_kind).items():
        for order in orders:
            found.setdefault((kind, order.lines), []).append(order)
    return found


def _standing_by_kind(case: Case) -> dict[Place, list[Order]]:
    return _by_kind(case.standing)


def _by_kind(orders: Iterable[Order]) -> dict[Place, list[Order]]:
    """Return the orders that can be read and treat, by their place in a course."""
    found: dict[Place, list[Order]] = {}
    for order in orders:
        if is_readable(order) and is_treatment(order):
            found.setdefault(_place_in_course(order), []).append(order)
    return found


def _how(case: Case, order: Order, other: Order) -> Repeats:
    one, two = order.cobalamin, other.cobalamin
    if one is None or two is None or not is_readable(other) or not _is_the_same(one, two):
        return Repeats.CHANGES
    return Repeats.STANDING if is_standing_order(case, other) else Repeats.ACTIVE


def _is_the_same(one: DoseLine, two: DoseLine) -> bool:
    return one.substance is two.substance and not contradictions(one, two)


def _goes_over(case: Case, order: Order, other: Order) -> bool:
    """Return whether the other has ended, or ends so soon that the draft follows it (RN1, RN2); a
    loading course is not renewed while it is under way.
    """
    end = end_of(other)
    if end is None:
        return False
    begins = max(order.starts or case.scenario.as_of, case.scenario.as_of)
    if _place_in_course(other) in _AGAIN_BESIDE:
        return begins > end
    return begins >= end - dt.timedelta(days=case.policy.renewal_window_days)


def is_standing_order(case: Case, order: Order) -> bool:
    """Return whether an active order is old, without an end, and no dose of its time is on record
    (Q29).
    """
    since = case.scenario.as_of - dt.timedelta(days=standing_order_days(case.policy))
    old = order.authored is None or order.authored < since
    given = any(dose.date is not None and dose.date >= since for dose in case.course.doses)
    return old and not given and end_of(order) is None


def _both_routes(case: Case) -> Iterator[Issue]:
    orders = [
        order
        for order in (*case.drafts, *case.standing)
        if is_treatment(order) and not _is_over_soon(case, order)
    ]
    oral = [order for order in orders if order.cobalamin and is_oral(order.cobalamin)]
    injected = [order for order in orders if order.cobalamin and is_injected(order.cobalamin)]
    ours = {order.key for order in case.drafts}
    about = tuple(order.key for order in (*oral, *injected) if order.key in ours)
    if not oral or not injected or not about or _is_recommended_pair(case, oral, injected):
        return
    reason, summary = "Which of the two goes on is for the prescriber to decide.", ""
    a = case.assessment
    if a.neurological.is_true or a.established_malabsorption.is_true or case.rule == "T5b":
        reason = "The injections are what is advised here; the tablets may end."
        summary = "Tablets and injections of B12 are both active; the tablets may be unnecessary"
    yield Issue(cards.E2_TABLETS_AND_INJECTIONS, INFO, (reason,), ("S47",), about, summary)


def _is_over_soon(case: Case, order: Order) -> bool:
    """Return whether the order has ended, is one injection, or a loading course of which every one
    was given.
    """
    if is_one_injection(order.cobalamin) or has_ended(order, case.scenario.as_of):
        return True
    loads = order.state is OrderState.ACTIVE and kind_of(order) is PhaseKind.LOADING
    return loads and case.assessment.treatment.loading_complete


def _is_recommended_pair(case: Case, oral: list[Order], injected: list[Order]) -> bool:
    """Return whether one recommended regimen holds all of them: loading injections, then oral
    maintenance (M3).
    """
    regimens = (option.regimen for option in case.recommendation.options if option.regimen)
    return any(
        all(any(fulfils(one, phase) for phase in regimen.phases) for one in (*oral, *injected))
        for regimen in regimens
    )
