"""Which suggestions of one card exclude each other and which add to each other (cards.md 1):
alternatives of which at most one is taken, or tests beside the one regimen of prophylaxis.
"""

from __future__ import annotations

from typing import Any

import pytest

from recommender.guidance import Policy
from recommender.review import review_record
from recommender.treatment.table import recommend
from tests.recommender.people import build_scenario

GOOD = {"egfr": 90, "kidney_disease": "no", "neurological_screen": "no"}
SLEEVE = {"causes": ["bariatric surgery"]}
ILEUM = {"causes": ["ileal resection"], "ileal_resection_length": 25}
STOMACH = {"causes": ["total gastrectomy"]}


@pytest.mark.parametrize(
    ("known", "offered", "excludes"),
    [
        # a question with its answers (U1, M7, T2 and the like)
        ({"total_b12": 90, "egfr": 40}, 2, True),
        ({"total_b12": 90}, 3, True),
        ({"total_b12": 90, "neurological_screen": "no"}, 2, True),
        # injections or tablets (P4), with a test beside them or without
        (GOOD | SLEEVE | {"total_b12": 400}, 2, True),
        (GOOD | SLEEVE, 3, True),
        # the test beside the one regimen (P1 with D unknown, P5, B1 with P5)
        (ILEUM, 2, False),
        (STOMACH, 2, False),
        (STOMACH | {"total_b12": 200}, 2, False),
    ],
)
def test_alternatives_exclude_each_other_and_tests_do_not(
    known: dict[str, Any], offered: int, excludes: bool
) -> None:
    scenario = build_scenario(known)
    (finding,) = review_record(scenario, recommend(scenario, Policy()), Policy())
    assert len(finding.resolutions) == offered
    assert finding.choice == excludes
