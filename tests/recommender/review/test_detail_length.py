"""How long cards are over all cases of order review (cards.md 7)."""

from __future__ import annotations

import statistics

from pages.clinical.cards import detail_of, tried
from recommender.cards.findings import Finding
from recommender.review.order_review import review
from recommender.treatment.table import recommend
from tests.recommender.review_cases import build_case

MEDIAN, LONGEST = 90, 180
LONGEST_LABEL = 80


def _findings() -> list[Finding]:
    found = []
    for case in tried():
        scenario, course, policy = build_case(case)
        found += review(course, scenario, recommend(scenario, policy), policy)
    return found


def test_details_are_short_and_labels_fit_on_a_button() -> None:
    findings = _findings()
    words = [len(detail_of(finding).split()) for finding in findings]
    longest = max(findings, key=lambda finding: len(detail_of(finding).split()))

    assert len(words) > 500
    assert statistics.median(words) <= MEDIAN
    assert max(words) <= LONGEST, f"{max(words)} words: {detail_of(longest)}"
    assert all(
        len(resolution.label) <= LONGEST_LABEL
        for finding in findings
        for resolution in finding.resolutions
    )


def test_every_first_line_fits() -> None:
    assert all(len(finding.summary) < 140 for finding in _findings())
