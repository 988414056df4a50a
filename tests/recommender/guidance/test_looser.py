"""Which settings are looser than the guidance by default (Q62)."""

from __future__ import annotations

from typing import Any

import pytest

from recommender.guidance import SETTINGS, Policy, looser_settings
from recommender.guidance.looser import NUMBERS, VALUES

CASES = [
    ({"b12LowPmolL": 120, "b12LowPgMl": 163}, ("b12LowPmolL", "b12LowPgMl")),
    ({"b12LowPmolL": 140, "b12LowPgMl": 190}, ()),
    ({"b12HighPmolL": 240, "b12HighPgMl": 325}, ("b12HighPmolL", "b12HighPgMl")),
    ({"cyanoMinEgfr": 59}, ("cyanoMinEgfr",)),
    ({"cyanoMinEgfr": 60}, ()),
    ({"mmaNmolL": 272}, ("mmaNmolL",)),
    ({"mmaNmolL": 270}, ()),
    ({"mmaMinEgfr": 61}, ()),
    ({"mmaMinEgfr": 59}, ("mmaMinEgfr",)),
    ({"minMaintenanceDays": 8}, ()),
    ({"neuroMinLoadingDays": 15}, ()),
    ({"traceB12McgPerDay": 26}, ("traceB12McgPerDay",)),
    ({"traceB12McgPerDay": 24}, ()),
    ({"crohnsExtentCm": 31}, ("crohnsExtentCm",)),
    ({"prefetchMaxAgeHours": 25}, ("prefetchMaxAgeHours",)),
    ({"prefetchMaxAgeHours": 23}, ()),
    ({"standingOrderMonths": 14}, ("standingOrderMonths",)),
    ({"standingOrderMonths": 16}, ()),
    ({"renewalWindowDays": 32}, ("renewalWindowDays",)),
    ({"kidneyAskAge": 51}, ("kidneyAskAge",)),
    ({"kidneyAskAge": 49}, ()),
    ({"maxOralPerDay": 7}, ("maxOralPerDay",)),
    ({"neuroReviewDays": 15}, ("neuroReviewDays",)),
    ({"monitoringGraceDays": 31}, ("monitoringGraceDays",)),
    ({"monitoringGraceDays": 29}, ()),
    ({"glossitisCountsAsNeuro": False}, ("glossitisCountsAsNeuro",)),
    ({"neuroExtended": False}, ("neuroExtended",)),
    ({"lifelongForDietary": False}, ("lifelongForDietary",)),
    ({"dietaryLowDoseAccepted": True}, ("dietaryLowDoseAccepted",)),
    ({"oralInEstablishedMalabsorption": "ALLOWED"}, ("oralInEstablishedMalabsorption",)),
    ({"oralInEstablishedMalabsorption": "NEVER"}, ()),
    (
        {"cyanoImProtocol": "Protocol 7 v2, 2026-01-05, approved by A. Officer"},
        ("cyanoImProtocol",),
    ),
    ({"folateGateOpens": "LOADING_COMPLETE"}, ()),
    ({"nonNeuroRoute": "IM_FIRST"}, ()),
    ({}, ()),
]


@pytest.mark.parametrize(("settings", "looser"), CASES)
def test_a_value_looser_than_the_default_is_said_and_one_that_is_not_is_not(
    settings: dict[str, Any], looser: tuple[str, ...]
) -> None:
    assert looser_settings(Policy.from_settings(settings)) == looser


def test_every_name_is_a_setting() -> None:
    assert {*NUMBERS, *VALUES} <= {setting.key for setting in SETTINGS}
