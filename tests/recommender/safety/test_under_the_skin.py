"""Very few platelets leave another route for hydroxocobalamin, which the card names unless the site
does not want that (C14, K3, K4).
"""

from __future__ import annotations

import pytest

from recommender.guidance.policy import Policy
from recommender.guidance.policy import SubcutaneousHydroxocobalamin as Setting
from recommender.guidance.regimens import MAINT_N, N_LOAD
from recommender.language import Course, Order, OrderState
from recommender.review.order_review import review
from recommender.treatment.table import recommend
from tests.recommender.people import build_scenario

NAMED = "Deep under the skin, off-label for hydroxocobalamin, is another route to ask about."


def said(platelets: int, setting: Setting) -> str:
    """Return everything that is said about loading and maintenance into muscle."""
    policy = Policy(sc_hydroxocobalamin=setting)
    known = {"total_b12": 90, "signs": ["paraesthesia"], "platelets": platelets}
    scenario = build_scenario(known)
    drafts = tuple(
        Order(phase.id, OrderState.DRAFT, (phase.line,), "hydroxocobalamin", selected=True)
        for phase in (N_LOAD, MAINT_N)
    )
    recommendation = recommend(scenario, policy)
    found = review(Course(orders=drafts), scenario, recommendation, policy)
    return " ".join(text for one in found for text in (one.summary, *one.reasons))


@pytest.mark.parametrize(
    ("platelets", "named"), [(9, True), (10, True), (24, True), (25, False), (60, False)]
)
def test_it_is_named_below_25(platelets: int, named: bool) -> None:
    assert (NAMED in said(platelets, Setting.ADVISE_ONLY)) is named


@pytest.mark.parametrize("platelets", [9, 24])
def test_a_site_may_leave_it_out(platelets: int) -> None:
    assert "under the skin" not in said(platelets, Setting.OFF).lower()
