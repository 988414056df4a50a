"""Which settings of a site are looser than the guidance by default, and so need somebody's name.

Source: Q62; hazard H93.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from typing import Any

from recommender.guidance.policy import Policy, policy_as_dict


class Looser(enum.Enum):
    """In which direction a number is looser than its default."""

    LOWER = "lower"
    HIGHER = "higher"


NUMBERS: Mapping[str, Looser] = {
    "b12LowPmolL": Looser.LOWER,
    "b12HighPmolL": Looser.LOWER,
    "b12LowPgMl": Looser.LOWER,
    "b12HighPgMl": Looser.LOWER,
    "cyanoMinEgfr": Looser.LOWER,
    "minMaintenanceDays": Looser.LOWER,
    "neuroMinLoadingDays": Looser.LOWER,
    "mmaMinEgfr": Looser.LOWER,
    "standingOrderMonths": Looser.LOWER,
    "prefetchMaxAgeHours": Looser.HIGHER,
    "traceB12McgPerDay": Looser.HIGHER,
    "mmaNmolL": Looser.HIGHER,
    "crohnsExtentCm": Looser.HIGHER,
    "renewalWindowDays": Looser.HIGHER,
    "kidneyAskAge": Looser.HIGHER,
    "maxOralPerDay": Looser.HIGHER,
    "neuroReviewDays": Looser.HIGHER,
    "monitoringGraceDays": Looser.HIGHER,
}

VALUES: Mapping[str, Callable[[Any], bool]] = {
    "glossitisCountsAsNeuro": lambda value: value is False,
    "neuroExtended": lambda value: value is False,
    "lifelongForDietary": lambda value: value is False,
    "dietaryLowDoseAccepted": lambda value: value is True,
    "oralInEstablishedMalabsorption": lambda value: value == "ALLOWED",
    "cyanoImProtocol": lambda value: value != "NONE",
}
"""Settings of which a value is looser; every other setting is neither."""


def looser_settings(policy: Policy) -> tuple[str, ...]:
    """Return the settings of a policy that are looser than their defaults, in their order."""
    in_force: Mapping[str, Any] = policy_as_dict(policy)
    defaults: Mapping[str, Any] = policy_as_dict(Policy())

    def is_looser(key: str) -> bool:
        if key in VALUES:
            return VALUES[key](in_force[key])
        if key not in NUMBERS:
            return False
        now, default = in_force[key], defaults[key]
        return bool(now < default if NUMBERS[key] is Looser.LOWER else now > default)

    return tuple(key for key in in_force if is_looser(key))
