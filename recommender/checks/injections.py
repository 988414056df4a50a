"""Injections of vitamin B12, by what is recommended: with nerve signs, without, or maintenance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from recommender.cards import INFO, WARNING, cards
from recommender.case import Case, Column, Issue, issue_of, kind_of, may_need_loading
from recommender.checks.beside import has_alternate_days, loading_is_selected
from recommender.checks.injection_courses import american_course, check_bound
from recommender.checks.intervals import check_interval, more_than_needed
from recommender.checks.loading import (
    check_loading,
    check_unconfirmed,
    maintenance_before_loading,
    never_loaded,
)
from recommender.deficiency import older_low_result
from recommender.guidance import INJECTION_DOSE
from recommender.language import (
    Claim,
    DoseLine,
    Order,
    PhaseKind,
    Rhythm,
    Timing,
    describe_interval,
    is_injected,
    rhythm_of,
    total_doses,
)
from recommender.treatment_so_far import TreatmentPhase
from recommender.wording import Words, repeat_level


def check_injection(case: Case, order: Order, line: DoseLine) -> Iterator[Issue]:
    if line.dose != INJECTION_DOSE:
        reason = "Each injection of the guidance is 1000 micrograms (1 mg)."
        yield issue_of(cards.B7_DOSE, WARNING, order, reason, ("S2", "S7", "S10", "S12"))
    if line.as_needed or line.timing is None:
        reason = (
            "Injections as needed are not a treatment: the guidance gives them at fixed intervals."
        )
        yield issue_of(
            cards.B6_INTERVAL_TOO_LONG,
            WARNING,
            order,
            reason,
            ("S2", "S13"),
        )
        return
    if order.key in american_course(case):
        yield from _american(case, order)
        return
    match case.column:
        case Column.NEUROLOGICAL:
            yield from _neurological(case, order, line, line.timing)
        case Column.QUESTION:
            yield from check_unconfirmed(case, order, line, line.timing)
        case Column.LOADING:
            yield from check_loading(case, order, line, line.timing)
        case _:
            yield from check_maintenance_injections(case, order, line, line.timing)


def _american(case: Case, order: Order) -> Iterator[Issue]:
    """Yield one issue for the whole course (Q40): with nerve signs it is too seldom, beside
    treatment more than is needed, else it is acceptable.
    """
    keys = tuple(sorted(american_course(case)))
    if order.key != keys[0]:
        return
    if case.column is Column.NEUROLOGICAL:
        reason = "With nerve signs alternate days go on until there is no further improvement."
        yield Issue(cards.B3_TOO_SELDOM_WITH_SIGNS, WARNING, (reason,), ("S3", "S7", "S65"), keys)
    elif case.column is Column.MAINTENANCE:
        reason = "Loading is not called for here: injections at the maintenance interval do."
        yield replace(_more_than_maintenance(case, order, reason), about=keys)


def _more_than_maintenance(case: Case, order: Order, reason: str) -> Issue:
    """Return b6 of loading beside treatment or prophylaxis; while nerve signs are not known it asks
    for them, and a level that may be low it names first: they may be why it was ordered.
    """
    found = more_than_needed(order, reason)
    if case.assessment.neurological.is_unknown:
        asked = "New nerve signs need injections on alternate days."
        summary = "More frequent than is needed here, unless nerve signs are new: are there any?"
        found = replace(found, reasons=(f"{reason} {asked}",), summary=summary)
    if may_need_loading(case) and (level := older_low_result(case.scenario, case.policy)):
        words = Words(case.scenario, case.assessment, case.policy)
        reason = f"{found.reasons[0]} The loading is right if vitamin B12 is low."
        return replace(found, reasons=(reason,), summary=repeat_level(words, level))
    return found


def _neurological(case: Case, order: Order, line: DoseLine, timing: Timing) -> Iterator[Issue]:
    rhythm = rhythm_of(timing)
    if rhythm is Rhythm.ALTERNATE_DAYS:
        yield from check_bound(case, order)
    elif rhythm is Rhythm.SINGLE and case.rule != "N2" and never_loaded(case, order):
        yield from maintenance_before_loading(case, order, line, timing)
    elif has_alternate_days(case, order) or (
        rhythm is Rhythm.MAINTENANCE
        and (Claim.NO_FURTHER in order.claims or loading_is_selected(case, order))  # T1b
    ):
        yield from check_interval(case, order, line, timing)
    elif (
        rhythm is Rhythm.MAINTENANCE
        and case.rule == "T4a"
        and case.assessment.signs_before_last_dose
    ):
        yield from _resumed(case, order, line, timing)
    elif rhythm is Rhythm.DAILY and total_doses(timing) is None:
        yield more_than_needed(
            order, "Daily injections are more frequent than the alternate days of the guidance."
        )
    else:
        yield _too_seldom(case, order, timing)


def _follows(case: Case, order: Order, timing: Timing) -> bool:
    """Return whether more frequent injections are drafted beside this: they are the ones to be
    given on alternate days, and this follows them.
    """
    others = (other.cobalamin for other in case.drafts if other.key != order.key)
    return any(
        line
        and line.timing
        and is_injected(line)
        and line.timing.longest_interval < timing.longest_interval
        for line in others
    )


def _too_seldom(case: Case, order: Order, timing: Timing) -> Issue:
    daily = rhythm_of(timing) is Rhythm.DAILY
    then = " A daily course must go over into alternate days." if daily else ""
    involved = "glossitis" if case.assessment.glossitis_only else "neurological involvement"
    advised = (
        f"With {involved} injections are given on alternate days until no further improvement."
    )
    reason = f"Ordered {describe_interval(timing)}. {advised}{then}"
    found = issue_of(
        cards.B3_TOO_SELDOM_WITH_SIGNS,
        WARNING,
        order,
        reason,
        ("S3", "S7", "S65", "S67", "S69"),
    )
    # of maintenance behind more frequent injections it is said once, of these
    return replace(found, reasons=()) if _follows(case, order, timing) else found


def _resumed(case: Case, order: Order, line: DoseLine, timing: Timing) -> Iterator[Issue]:
    """Yield b3 as a question: a dose now and maintenance again is one leg of T4a where every sign
    is older than the last dose, so it is not criticised once it is taken (Q70, R164).
    """
    yield from check_interval(case, order, line, timing)
    yield issue_of(
        cards.B3_TOO_SELDOM_WITH_SIGNS,
        INFO,
        order,
        "Every sign is older than the last dose: maintenance again is right while they are "
        "unchanged; signs that came back or are worse need alternate days again.",
        ("S3", "S7", "S65"),
        "Nerve signs are older than the last dose: unchanged? If worse, alternate days again",
    )


def check_maintenance_injections(
    case: Case, order: Order, line: DoseLine, timing: Timing
) -> Iterator[Issue]:
    if rhythm_of(timing) is Rhythm.SINGLE:
        yield from _leaves_the_interval(case, order)
        return
    if kind_of(order) is not PhaseKind.LOADING:
        yield from check_interval(case, order, line, timing)
        return
    if _is_called_for(case, rhythm_of(timing)):
        return
    if _is_known_course(timing) and case.rule == "T1":
        yield _three_a_week_for_signs(case, order)
        return
    if _is_known_course(timing):
        yield _more_than_maintenance(
            case,
            order,
            "A loading course is not called for here: injections at the maintenance interval are "
            "enough.",
        )
        return
    apart = f"outside a loading course at least {case.policy.min_maintenance_days} days apart"
    said = f"Ordered {describe_interval(timing)}; {apart}"
    yield issue_of(cards.B6_INTERVAL_TOO_LONG, WARNING, order, f"{said}.", ("S15", "S89"), said)


def _leaves_the_interval(case: Case, order: Order) -> Iterator[Issue]:
    """Yield b6 of one injection where signs or symptoms returned and nothing is ordered more often:
    the dose of a visit shortens no interval (T1, T2).
    """
    course = (PhaseKind.LOADING, PhaseKind.MAINTENANCE)
    beside = any(kind_of(other) in course for other in case.all_drafts)
    if case.rule in ("T1", "T2") and not beside:
        reason = "One injection does not shorten the interval."
        yield issue_of(cards.B6_INTERVAL_TOO_LONG, WARNING, order, reason, ("S13", "S89"))


def _three_a_week_for_signs(case: Case, order: Order) -> Issue:
    """Return b6 of three a week where nerve signs have come under treatment: it is no answer to
    either question of T1.
    """
    words = Words(case.scenario, case.assessment, case.policy)
    then = "shorten the interval; if it progresses, alternate days"
    return issue_of(
        cards.B6_INTERVAL_TOO_LONG,
        INFO,
        order,
        "Three injections a week are for loading without nerve signs.",
        ("S10", "S13"),
        f"{words.finding} on {words.treatment}: {then}",
    )


def _is_called_for(case: Case, rhythm: Rhythm) -> bool:
    """Return whether loading again has its place in treatment that is under way."""
    phases = (TreatmentPhase.ORAL, TreatmentPhase.LOADING)
    reloads = case.rule in ("T3b", "T4", "T5", "T5b", "T7")
    if reloads or case.assessment.treatment.phase in phases:
        return True
    if case.assessment.is_emergency and rhythm is Rhythm.ALTERNATE_DAYS:
        return True
    return case.rule == "T1" and rhythm in (Rhythm.ALTERNATE_DAYS, Rhythm.DAILY)


def _is_known_course(timing: Timing) -> bool:
    """Return whether the order is one of the loading courses of the guidance."""
    rhythm = rhythm_of(timing)
    with_an_end = total_doses(timing) is not None
    return rhythm is Rhythm.ALTERNATE_DAYS or (
        rhythm in (Rhythm.DAILY, Rhythm.THREE_A_WEEK) and with_an_end
    )
