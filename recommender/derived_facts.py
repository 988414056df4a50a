"""The closed sets of values that derived facts take (decisions 2.3)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from decimal import Decimal

from recommender.logic import Evidence
from recommender.regimens import Substance


class Deficiency(enum.Enum):
    """How sure we are of vitamin B12 deficiency (decisions 2.3, D1 to D7)."""

    DIAGNOSED = "diagnosed and treated"
    CONFIRMED = "confirmed"
    PROBABLE = "probable"
    UNRESOLVED = "unresolved"
    UNLIKELY = "unlikely"
    UNKNOWN = "unknown"


class TreatmentPhase(enum.Enum):
    """Where vitamin B12 treatment stands (decisions 2.3 and Q11). UNKNOWN is treated by the rules for NONE."""

    NONE = "none"
    LOADING = "loading"
    MAINTENANCE = "maintenance"
    ORAL = "oral treatment"
    LAPSED = "lapsed"
    UNKNOWN = "unknown"


class Permanence(enum.Enum):
    """Whether the cause stays (decisions 2.3). UNKNOWN behaves as PERMANENT."""

    PERMANENT = "permanent"
    PERSISTENT = "persistent"
    RESOLVED = "resolved"
    UNKNOWN = "unknown"


class PlateletBand(enum.Enum):
    """Platelets in 10*9/L (S31 to S34, C14)."""

    ABOVE_50 = "above 50"
    FROM_25_TO_50 = "25 to 50"
    FROM_10_TO_24 = "10 to below 25"
    BELOW_10 = "below 10"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Treatment:
    """The current course as far as the rules ask about it. Intervals in days, `None` when not known.

    `order_key` names the active order of the current phase, empty when there is none. `dose_documented` is that of Q12.
    `reason` says why the phase is what it is.
    """

    phase: TreatmentPhase
    order_key: str = ""
    substance: Substance | None = None
    alternate_days: bool = False
    loading_complete: bool = False
    maintenance_ordered: bool = False
    interval: Decimal | None = None
    days_on_treatment: int | None = None
    dose_documented: bool = False
    treatment_dose_ordered: bool = False
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""
