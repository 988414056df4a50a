"""Loading without nerve signs, or where they are not known: whether it is whole, and whether
anything loads at all.
"""

from __future__ import annotations

from collections.abc import Iterator

from recommender.cards import INFO, WARNING, cards
from recommender.case import Case, Column, Issue, issue_of, kind_of
from recommender.checks.beside import (
    asks_loudly,
    has_alternate_days,
    has_full_loading,
    is_followed_later_than,
    is_full_loading,
    is_loaded,
    loading_is_selected,
    symptoms_answered,
    tablets_treat,
)
from recommender.checks.intervals import check_interval, more_than_needed
from recommender.guidance import DAILY_LOADING_DOSES, LOADING_DOSES, MAINT_N, AltDailyLoading
from recommender.language import (
    DoseLine,
    HintAt,
    Order,
    PhaseKind,
    Rhythm,
    Timing,
    describe_days,
    describe_interval,
    describe_timing,
    is_one_injection,
    rhythm_of,
    total_doses,
)
from recommender.monitoring import interval_of
from recommender.safety import check_readable
from recommender.treatment_so_far import TreatmentPhase, UnknownPhase
from recommender.wording import Words, quote


def never_loaded(case: Case, order: Order) -> bool:
    """Return whether nothing was given, ordered or drafted that loads."""
    never = case.assessment.treatment.phase is TreatmentPhase.NONE
    return never and not is_loaded(case, order)


def check_unconfirmed(case: Case, order: Order, line: DoseLine, timing: Timing) -> Iterator[Issue]:
    rhythm = rhythm_of(timing)
    if rhythm is Rhythm.ALTERNATE_DAYS:
        yield from _ask_beside_alternate_days(case, order)
        return
    if kind_of(order) is PhaseKind.LOADING and not is_full_loading(timing):
        yield from _less_than_loading(case, order, timing)
    elif kind_of(order) is PhaseKind.LOADING:
        if not symptoms_answered(case) and not has_alternate_days(case, order):
            yield from _ask_before_loading(case, order)
    else:
        yield from maintenance_before_loading(case, order, line, timing)


def _ask_before_loading(case: Case, order: Order) -> Iterator[Issue]:
    """Yield b2 on loading only where words hint at signs, the record could not be read, or no
    opened chart asks (cards.md 3; Q93).
    """
    if case.chart_asks and not asks_loudly(case):
        return
    reason = (
        "With nerve signs, injections are given on alternate days until there is no further "
        "improvement."
    )
    yield issue_of(cards.B2_ASK_ABOUT_SIGNS, INFO, order, reason, ("S3", "S7", "S10"))


def _ask_beside_alternate_days(case: Case, order: Order) -> Iterator[Issue]:
    """Yield b2 where words hint at signs, on alternate days that maintenance for people without
    them follows (Q15, Q28).
    """
    hints = case.scenario.hints_at(HintAt.NEUROLOGY)
    longest = interval_of(MAINT_N)
    if not hints or symptoms_answered(case) or not is_followed_later_than(case, order, longest):
        return
    then = describe_days(longest)
    reason = f"With nerve signs, maintenance injections are at most {then} apart."
    summary = (
        f"Record says {quote(hints[0].words, 40)}: with nerve signs, go on while improving, then "
        f"at most {then} apart"
    )
    yield issue_of(cards.B2_ASK_ABOUT_SIGNS, INFO, order, reason, ("S3", "S7", "S9"), summary)


def check_loading(case: Case, order: Order, line: DoseLine, timing: Timing) -> Iterator[Issue]:
    rhythm, doses = rhythm_of(timing), total_doses(timing)
    if kind_of(order) is not PhaseKind.LOADING:
        yield from maintenance_before_loading(case, order, line, timing)
    elif rhythm is Rhythm.ALTERNATE_DAYS:
        yield more_than_needed(
            order,
            "Without neurological involvement three injections a week for 2 weeks are enough.",
        )
    elif not is_full_loading(timing):
        yield from _less_than_loading(case, order, timing)
    elif (
        doses is None
        or doses > (DAILY_LOADING_DOSES[1] if rhythm is Rhythm.DAILY else LOADING_DOSES + 1)
        or _rejects_daily(case, rhythm)
    ):
        yield more_than_needed(
            order,
            "The loading course is three injections a week for 2 weeks: it ends after six doses.",
        )


def _rejects_daily(case: Case, rhythm: Rhythm) -> bool:
    return rhythm is Rhythm.DAILY and case.policy.alt_daily_loading is AltDailyLoading.REJECT


def _less_than_loading(case: Case, order: Order, timing: Timing) -> Iterator[Issue]:
    if has_full_loading(case, order):
        return
    reason = "Loading is three injections a week for 2 weeks (6 doses)."
    yield issue_of(
        cards.B4_NO_LOADING,
        WARNING,
        order,
        reason,
        ("S10", "S62"),
        f"Ordered {describe_timing(timing)}; the loading course is 6 injections in 2 weeks",
    )


def maintenance_before_loading(
    case: Case, order: Order, line: DoseLine, timing: Timing
) -> Iterator[Issue]:
    if is_loaded(case, order) or loading_is_selected(case, order):
        yield from check_interval(case, order, line, timing)
        return
    if is_one_injection(line) and tablets_treat(case):
        return
    if case.assessment.treatment.phase is TreatmentPhase.UNKNOWN:
        yield _perhaps_not_loaded(case, order)
        return
    ordered = "one injection" if total_doses(timing) == 1 else describe_interval(timing)
    reason = f"Ordered {ordered}; a loading course comes first."
    yield issue_of(cards.B4_NO_LOADING, WARNING, order, reason, ("S5", "S10", "S12"))


def _perhaps_not_loaded(case: Case, order: Order) -> Issue:
    """Return b23 where the record does not say whether loading was given: b4 would claim that it
    was not (I27).
    """
    treatment = case.assessment.treatment
    words = Words(case.scenario, case.assessment, case.policy)
    known = f"Last B12 on record {words.day(words.last_dose)}" if words.last_dose else ""
    if treatment.unknown is UnknownPhase.COULD_NOT_BE_READ:
        known = "B12 treatment could not be read"
    if treatment.unknown is UnknownPhase.UNDATED_DOSE:
        known = "A B12 dose without its date is on record"
    known = known or "B12 treatment so far is not known"
    summary = f"{known}: was loading given? If not, load first"
    reason = "Whether loading was given cannot be told from the record."
    return issue_of(cards.B23_LAPSED, WARNING, order, reason, ("S5", "S10", "S12"), summary)


def check_count_alone(case: Case, order: Order) -> Iterator[Issue]:
    """Yield b4 for a number of injections without a frequency, where loading is due; b3 with nerve
    signs where treatment is or may be under way, since loading may have been given (I27); b14 where
    none is due: nothing says what they are then.
    """
    due = case.column in (Column.NEUROLOGICAL, Column.QUESTION, Column.LOADING)
    if not due or is_loaded(case, order) or loading_is_selected(case, order):
        yield from check_readable(order)
        return
    reason = f"Ordered: {order.count_alone} in all, without saying how often."
    never = case.assessment.treatment.phase is TreatmentPhase.NONE
    if case.column is Column.NEUROLOGICAL and not never:
        yield issue_of(cards.B3_TOO_SELDOM_WITH_SIGNS, WARNING, order, reason, ("S7", "S65"))
    else:
        yield issue_of(cards.B4_NO_LOADING, WARNING, order, reason, ("S5", "S10", "S12"))
