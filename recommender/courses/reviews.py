"""Reviews of treatment that are overdue (card m1; decisions 2.7, K19): said where the record is
opened and on a refill, else at most as a line of a card that speaks anyway.
"""

from __future__ import annotations

from collections.abc import Iterator

from recommender.cards import Indicator, cards
from recommender.case import Case, Issue, has_test, is_treatment, kind_of
from recommender.guidance import MonitoringCards
from recommender.language import PhaseKind, Test
from recommender.monitoring import CITATIONS, OverdueReview, ReviewRow, find_overdue

REASONS: dict[ReviewRow, str] = {
    ReviewRow.V5: "After bariatric surgery the level is watched before a pregnancy.",
    ReviewRow.V6: "By itself it is no reason to change the interval.",
    ReviewRow.V7: "Ileal Crohn's disease that is not treated is tested once a year.",
    ReviewRow.V8: "Alternate days go on while nerve signs improve, and no longer.",
}
"""What a row adds to its first line."""

SEEN_HERE_ALONE = (
    "Tests done elsewhere are not seen here; no result by itself changes the interval."
)


def check_reviews(case: Case) -> Iterator[Issue]:
    """Yield m1 where the site wants it: info; a warning on an order where alternate days have gone
    on for long without a review (Q67).
    """
    where = case.policy.monitoring_cards
    if where is MonitoringCards.OFF or (where is MonitoringCards.REFILL_ONLY and not case.refill):
        return
    overdue = overdue_review(case)
    if overdue is None or (overdue.row is ReviewRow.V7 and case.drafts and not case.refill):
        return  # an order of vitamin B12 ends what V7 watches
    pressing = overdue.pressing and case.course.has_anything_selected
    pressing = pressing and not _maintenance_drafted(case)
    yield Issue(
        cards.M1_REVIEW_OVERDUE,
        Indicator.WARNING if pressing else Indicator.INFO,
        (REASONS.get(overdue.row, SEEN_HERE_ALONE),),
        CITATIONS[overdue.row],
        tuple(order.key for order in case.drafts),
    )


def watches_pregnancy(overdue: Issue) -> bool:
    """Return whether the review is that before a planned pregnancy, due in any phase (V5)."""
    return overdue.citations == CITATIONS[ReviewRow.V5]


def _maintenance_drafted(case: Case) -> bool:
    """Return whether the draft set holds what follows alternate days."""
    return any(
        kind_of(order) is PhaseKind.MAINTENANCE and is_treatment(order) for order in case.all_drafts
    )


def overdue_review(case: Case) -> OverdueReview | None:
    """Return the review that is overdue and not drafted; `None` where there is none."""
    overdue = find_overdue(case.scenario, case.assessment, case.policy)
    if overdue is None or any(has_test(case, test) for test in _done_by(overdue)):
        return None
    return overdue


def _done_by(overdue: OverdueReview) -> tuple[Test, ...]:
    """Any drafted test of a review stands for it; active B12 for total B12."""
    return (
        (*overdue.tests, Test.HOLOTRANSCOBALAMIN)
        if Test.SERUM_B12 in overdue.tests
        else (overdue.tests)
    )
