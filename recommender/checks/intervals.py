"""The interval of maintenance injections against the longest that suits (2.7)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from recommender.cards import INFO, WARNING, cards
from recommender.case import Case, Issue, issue_of
from recommender.language import (
    SHORTEST_MONTH,
    DoseLine,
    Order,
    Rhythm,
    Timing,
    describe_days,
    describe_interval,
    rhythm_of,
)


def check_interval(case: Case, order: Order, line: DoseLine, timing: Timing) -> Iterator[Issue]:
    """Check the interval of maintenance against 2.7; a single dose has none."""
    if rhythm_of(timing) is not Rhythm.MAINTENANCE:
        return
    if timing.longest_interval > case.longest_interval(line):
        yield _too_long(case, order, line, timing)
    elif timing.shortest_interval < max(
        SHORTEST_MONTH, Decimal(case.policy.min_maintenance_days)
    ) and not (_symptoms_recur(case) or _is_the_renewal(case, timing)):
        reason = (
            "More often than monthly is for symptoms that return on maintenance; none are recorded."
        )
        yield issue_of(
            cards.B6_INTERVAL_TOO_LONG,
            INFO,
            order,
            reason,
            ("S15", "S89", "S90"),
            f"Ordered {describe_interval(timing)}, no return of symptoms recorded: monthly will do",
        )


def _too_long(case: Case, order: Order, line: DoseLine, timing: Timing) -> Issue:
    reason = (
        f"Ordered {describe_interval(timing)}; here at most "
        f"{describe_days(case.longest_interval(line))} apart."
    )
    if case.causes_of_ileal_disease.is_true and case.rule not in ("T1", "T2"):
        return issue_of(
            cards.B11_ILEUM_MONTHLY, WARNING, order, reason, ("S20", "S22", "S71", "S73")
        )
    return issue_of(cards.B6_INTERVAL_TOO_LONG, WARNING, order, reason, ("S9", "S12", "S13", "S66"))


def _symptoms_recur(case: Case) -> bool:
    a = case.assessment
    return case.rule in ("T1", "T2") or a.recurrence.is_true or a.neurological_new.is_true


def _is_the_renewal(case: Case, timing: Timing) -> bool:
    """Return whether the order is what is offered as the renewal of the one that ends: what is
    accepted is not argued with (T8, R164).
    """
    return case.rule == "T8" and any(
        phase.line.timing is not None
        and phase.line.timing.shortest_interval <= timing.shortest_interval
        for option in case.recommendation.options
        if option.regimen
        for phase in option.regimen.phases
    )


def more_than_needed(order: Order, reason: str) -> Issue:
    return issue_of(
        cards.B6_INTERVAL_TOO_LONG,
        INFO,
        order,
        reason,
        ("S10", "S13"),
        "These B12 injections are more frequent than is needed here",
    )
