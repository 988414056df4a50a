"""Info cards that were overridden again and again for the same patient, order and rule are not
shown for a while.

Never a warning or a critical card, and never for callers that were not authenticated, who could
otherwise silence cards for others.

Source: cards.md 1.
"""

from __future__ import annotations

import datetime as dt

from cds_service.decision.decide import Decision
from cds_service.records import Store
from recommender.cards import Finding, Indicator
from recommender.language import Course, describe_line

QUIET_TIME = dt.timedelta(days=90)


def find_quiet(decision: Decision, store: Store, patient: str, now: dt.datetime) -> frozenset[int]:
    """Return the numbers of the quiet cards of a decision; `patient` is the hash under which the
    patient stands in the record.
    """
    return frozenset(
        number
        for number, finding in enumerate(decision.findings)
        if _is_quiet(finding, decision.course, store, patient, now)
    )


def _is_quiet(
    finding: Finding, course: Course, store: Store, patient: str, now: dt.datetime
) -> bool:
    if finding.indicator is not Indicator.INFO:
        return False
    return store.recently_overridden(
        patient, finding.card.id, finding.rule, now - QUIET_TIME, describe_order(finding, course)
    )


def describe_order(finding: Finding, course: Course) -> str:
    """Say what a finding is about in words that are the same for the same order drafted again,
    which the ids of drafts are not.
    """
    orders = [
        describe_line(line)
        for order in course.orders
        if order.key in finding.about
        for line in order.lines
    ]
    tests = [test.test.value for test in course.tests if test.key in finding.about]
    return "; ".join(sorted(orders + tests))
