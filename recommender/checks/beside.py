"""What the course holds beside an order: loading, alternate days, an answer to the question."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from recommender.case import Case, fulfils, is_readable, kind_of
from recommender.guidance import DAILY_LOADING_DOSES, INJECTION_DOSE, LOADING_DOSES
from recommender.language import (
    HintAt,
    Order,
    PhaseKind,
    Rhythm,
    Route,
    Timing,
    is_injected,
    rhythm_of,
    total_doses,
)
from recommender.treatment_so_far import TreatmentPhase


def _others(case: Case, order: Order) -> Iterator[tuple[Order, Timing]]:
    """Return the other injection orders of the course that count, with their timing: drafts, and
    active ones that are not replaced.
    """
    return ((other, timing) for other, timing in case.once(_injections) if other.key != order.key)


def _injections(case: Case) -> list[tuple[Order, Timing]]:
    return [
        (other, other.cobalamin.timing)
        for other in (*case.all_drafts, *case.standing)
        if other.cobalamin
        and other.cobalamin.timing
        and is_readable(other)
        and is_injected(other.cobalamin)
        and other.cobalamin.dose == INJECTION_DOSE
    ]


def has_alternate_days(case: Case, order: Order) -> bool:
    return any(rhythm_of(timing) is Rhythm.ALTERNATE_DAYS for _, timing in _others(case, order))


def is_followed_later_than(case: Case, order: Order, days: Decimal) -> bool:
    """Return whether maintenance stands beside this order that is further apart than so many
    days.
    """
    return any(
        rhythm_of(timing) is Rhythm.MAINTENANCE and timing.longest_interval > days
        for _, timing in _others(case, order)
    )


def loading_is_selected(case: Case, order: Order) -> bool:
    """Return whether loading is being ordered beside this order; what is wrong with it is said of
    the loading order itself.
    """
    return any(
        other.key != order.key and is_readable(other) and kind_of(other) is PhaseKind.LOADING
        for other in case.drafts
    )


def has_full_loading(case: Case, order: Order) -> bool:
    return any(
        kind_of(other) is PhaseKind.LOADING and is_full_loading(timing)
        for other, timing in _others(case, order)
    )


def tablets_treat(case: Case) -> bool:
    """Return whether tablets are ordered that are offered or acceptable here: beside them one
    injection is no course that stops (M6).
    """
    offered = [phase for phase in case.phases if phase.line.route is Route.ORAL]
    return any(
        fulfils(other, phase) for other in (*case.all_drafts, *case.standing) for phase in offered
    )


def is_loaded(case: Case, order: Order) -> bool:
    """Return whether loading is drafted, under way or complete beside this order."""
    treatment = case.assessment.treatment
    return (
        case.refill
        or treatment.loading_complete
        or treatment.phase is TreatmentPhase.LOADING
        or has_full_loading(case, order)
    )


def is_full_loading(timing: Timing) -> bool:
    """Return whether an order loads in full: 6 doses at three a week or more, or 5 daily ones (S10,
    S11).
    """
    rhythm, doses = rhythm_of(timing), total_doses(timing)
    if rhythm is Rhythm.LESS_THAN_THREE_A_WEEK:
        return False
    enough = DAILY_LOADING_DOSES[0] if rhythm is Rhythm.DAILY else LOADING_DOSES
    return doses is None or doses >= enough


def symptoms_answered(case: Case) -> bool:
    """Return whether the prescriber answered the question about symptoms by taking one leg of the
    choice.
    """
    return any(order.claims for order in case.all_drafts)


def asks_loudly(case: Case) -> bool:
    """Return whether the question about nerve signs is more than the usual one: the record could
    not be read, or words of it point at signs (Q28).
    """
    hinted = bool(case.scenario.hints_at(HintAt.NEUROLOGY))
    return case.assessment.neurological_unreadable or hinted
