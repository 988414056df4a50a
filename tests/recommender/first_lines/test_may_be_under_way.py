"""Treatment that may be under way is asked about on the opened chart where anything speaks for
deficiency, and only there (T7, Q29); nothing calls it untreated (I27).
"""

from __future__ import annotations

from itertools import product

import pytest

from recommender.guidance.policy import Policy
from recommender.guidance.regimens import MAINT_N
from recommender.language import Order, OrderState
from recommender.review.order_review import review_record
from recommender.treatment.table import recommend
from tests.recommender.people import ago
from tests.recommender.review_cases import FACTS
from tests.recommender.review_space import person

PERMANENT = ("pernicious anaemia", "bariatric", "Crohn's", "ileum 25 cm")
SPEAKS_FOR_DEFICIENCY = ("confirmed", "unresolved", "symptoms", *PERMANENT)
"""Q29, Q73: deficiency, a level that leaves it open, a cause that stays, or symptoms; beside
treatment that may be under way a level that is not low excludes nothing (D6 is not reached).
"""


def opened(*known: str) -> list[tuple[str, str, str]]:
    """Return card, indicator and first line of what is said of somebody with an old order."""
    order = Order("old", OrderState.ACTIVE, (MAINT_N.line,), "x", authored=ago(900))
    scenario = person(*(FACTS[name] for name in ("no signs", *known)), {"orders": (order,)})
    recommendation = recommend(scenario, Policy())
    assert recommendation.rule == "T7"
    found = review_record(scenario, recommendation, Policy())
    assert "not treated" not in repr(found)
    return [(one.card.id, one.indicator.value, one.summary) for one in found]


@pytest.mark.parametrize(
    ("deficiency", "cause", "symptoms"),
    list(
        product(
            ("confirmed", "unresolved", "unlikely", "unknown"),
            ("cause unknown", *PERMANENT, "coeliac", "diet"),
            ((), ("symptoms",)),
        )
    ),
)
def test_it_is_asked_about_where_anything_speaks_for_deficiency(
    deficiency: str, cause: str, symptoms: tuple[str, ...]
) -> None:
    known = (deficiency, cause, *symptoms)
    asked = [one for one in opened(*known) if one[0] == "k1"]

    assert bool(asked) is bool({*known} & {*SPEAKS_FOR_DEFICIENCY})


def test_it_is_a_warning_by_a_recent_result_alone() -> None:
    assert [indicator for _, indicator, _ in opened("confirmed", "pernicious anaemia")] == [
        "warning"
    ]
    assert opened("unknown", "pernicious anaemia") == [
        (
            "k1",
            "info",
            "Hydroxocobalamin every 2 months, ordered Jun 2024, no dose on record since: still "
            "given?",
        )
    ]
