"""What each result and the diagnosis do for the claim that somebody is deficient."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from recommender.assessment import assess
from recommender.guidance import Policy
from recommender.language import Fact
from tests.recommender.people import build_scenario

BORDERLINE = 200
NORMAL = 400
LOW = 90


def deficiency_of(known: dict[str, Any]) -> Fact:
    return dict(assess(build_scenario(known), Policy()).facts)["deficiency"]


def _name(reference: str) -> str:
    return reference.partition("/")[2]


@pytest.mark.parametrize(
    ("known", "value", "roles"),
    [
        ({"total_b12": LOW}, "confirmed", {"total_b12": "decides"}),
        (
            {"total_b12": LOW, "holotranscobalamin": 80, "mma": 400},
            "confirmed",
            {"total_b12": "decides", "holotranscobalamin": "contradicts", "mma": "supports"},
        ),
        (
            {"total_b12": LOW, "holotranscobalamin": 50, "mma": 200},
            "confirmed",
            {"total_b12": "decides", "holotranscobalamin": "supports", "mma": "contradicts"},
        ),
        (
            {"total_b12": LOW, "deficiency_diagnosis": "yes"},
            "confirmed",
            {"total_b12": "decides", "deficiency_diagnosis": "supports"},
        ),
        (
            {"total_b12": BORDERLINE, "deficiency_diagnosis": "yes"},
            "confirmed",
            {"total_b12": "supports", "deficiency_diagnosis": "decides"},
        ),
        (
            {"total_b12": BORDERLINE, "mma": 400, "egfr": 90},
            "confirmed",
            {"total_b12": "decides", "mma": "decides"},
        ),
        (
            {"total_b12": BORDERLINE, "signs": ["paraesthesia"], "mma": 200},
            "probable",
            {"total_b12": "decides", "mma": "contradicts"},
        ),
        (
            {"total_b12": NORMAL, "mma": 400, "egfr": 90, "symptoms": "yes"},
            "probable",
            {"total_b12": "contradicts", "mma": "decides"},
        ),
        (
            {
                "total_b12": BORDERLINE,
                "older_b12": [{"value": LOW, "why": "NEWER_COUNTS", "days_ago": 100}],
            },
            "probable",
            {"total_b12": "decides", "older": "decides"},
        ),
        (
            {
                "total_b12": NORMAL,
                "mma": 400,
                "orders": [{"phase": "MAINT-N", "days_ago": 100}],
                "injections": [40],
            },
            "diagnosed and treated",
            {"total_b12": "contradicts", "mma": "supports"},
        ),
        (
            {"total_b12": NORMAL, "b12_supplement_before_test": "no", "mma": 200},
            "unlikely",
            {"total_b12": "decides", "mma": "decides"},
        ),
        (
            {"total_b12": BORDERLINE, "mma": 200, "egfr": 90},
            "unlikely",
            {"total_b12": "decides", "mma": "decides"},
        ),
    ],
)
def test_role_of_each_entry(known: dict[str, Any], value: str, roles: dict[str, str]) -> None:
    fact = deficiency_of(known)
    assert fact.value == value
    assert {_name(entry.reference): entry.role.value for entry in fact.evidence} == roles


@pytest.mark.parametrize(
    ("level", "how", "value"),
    [
        (NORMAL, {}, "unlikely"),
        # the laboratory calls it low, or below its range (Q60)
        (NORMAL, {"flagged_low": True}, "unresolved"),
        # dated by its issue alone: it may alarm and never excludes (I18, Q33)
        (NORMAL, {"by_issue": True}, "unknown"),
        (LOW, {"by_issue": True}, "confirmed"),
    ],
)
def test_what_a_level_that_is_not_low_does_not_exclude_Q60_I18(
    level: int, how: dict[str, Any], value: str
) -> None:
    scenario = build_scenario({"total_b12": level})
    scenario = replace(scenario, total_b12=scenario.total_b12._replace(**how))
    assessed = assess(scenario, Policy())

    assert assessed.deficiency.value == value
