"""A stop drafted while nerve signs are old and no alternate-day course is on record (T1b): how it
goes on is for the signs to decide, so no interval is drafted with the advice not to stop.
"""

from __future__ import annotations

from recommender.language import AddRegimen
from recommender.review.order_review import review
from recommender.treatment.table import recommend
from tests.recommender.review_invariants import review_violations
from tests.recommender.review_space import POLICIES, courses, people, people_with_extras

POLICY = POLICIES["default"]
STOP = dict(courses())["stop"]


def test_a_stop_at_t1b_is_taken_back_and_drafts_no_maintenance() -> None:
    persons = dict([*people(), *people_with_extras()])
    person = persons["signs, confirmed, pernicious anaemia, eGFR 95, doses only"]
    recommendation = recommend(person, POLICY)
    assert recommendation.rule == "T1b"

    (finding,) = (
        found for found in review(STOP, person, recommendation, POLICY) if found.card.id == "f1"
    )
    (suggestion,) = finding.resolutions

    assert not any(isinstance(edit, AddRegimen) for edit in suggestion.edits)
    assert review_violations(STOP, person, recommendation, POLICY)[1] == []
