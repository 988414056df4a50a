"""What the course holds beside an order: loading, alternate days, an answer to the question."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from recommender.cards import INFO, WARNING, cards
from recommender.case import Case, Issue, is_oral, is_readable, issue_of, kind_of
from recommender.guidance import (
    DAILY_LOADING_DOSES,
    INJECTION_DOSE,
    LOADING_DOSES,
    NEW_SIGN_DAYS,
)
from recommender.language import (
    Hint,
    HintAt,
    Order,
    PhaseKind,
    Rhythm,
    Timing,
    is_injected,
    rhythm_of,
    total_doses,
)
from recommender.treatment_so_far import TreatmentPhase
from recommender.wording import quote, say_date


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


def ask_about_new_signs(case: Case, order: Order) -> Iterator[Issue]:
    """Yield b2 where words of late hint at nerve signs of somebody who is on treatment and goes on
    as before (T6): with signs it would be T0 or T1, and no rule asks (Q28).
    """
    line = order.cobalamin
    daily = line is not None and line.timing is not None and rhythm_of(line.timing)
    hint = None if daily is Rhythm.ALTERNATE_DAYS else _new_hint(case)
    if hint is None or case.rule != "T6" or symptoms_answered(case):
        return
    day = f" ({say_date(hint.date, case.scenario.as_of)})" if hint.date else ""
    said = f"Record says {quote(hint.words, 40)}{day}: if these are nerve signs"
    loud = WARNING if line is not None and is_oral(line) else INFO
    if case.assessment.treatment.phase is TreatmentPhase.MAINTENANCE:
        reason = "Nerve signs that return on maintenance call for injections more often."
        then = f"{said}, inject more often"
        yield issue_of(cards.B2_ASK_ABOUT_SIGNS, loud, order, reason, ("S44", "S45", "S91"), then)
    else:
        reason = "With nerve signs injections are given on alternate days."
        then = f"{said}, inject on alternate days"
        yield issue_of(cards.B2_ASK_ABOUT_SIGNS, loud, order, reason, ("S7", "S64", "S68"), then)


def _new_hint(case: Case) -> Hint | None:
    """Return words of the last 90 days, and of the time on maintenance, that hint at signs which
    nobody recorded as absent.
    """
    treatment = case.assessment.treatment
    since = case.scenario.as_of - dt.timedelta(days=NEW_SIGN_DAYS)
    if treatment.phase is TreatmentPhase.MAINTENANCE and treatment.started:
        since = max(since, treatment.started)
    if case.assessment.neurological.is_false or treatment.alternate_days:
        return None
    hints = case.scenario.hints_at(HintAt.NEUROLOGY)
    return next((one for one in hints if one.date is not None and one.date >= since), None)


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
