"""The derived facts of decisions 2.3, and the closed sets of values they take."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from decimal import Decimal

from recommender.language import (
    Anticoagulant,
    Cause,
    Evidence,
    Fact,
    LoweringDrug,
    Substance,
    Test,
    Truth,
)


class Deficiency(enum.Enum):
    """How sure we are of vitamin B12 deficiency (decisions 2.3, D1 to D7)."""

    DIAGNOSED = "diagnosed and treated"
    CONFIRMED = "confirmed"
    PROBABLE = "probable"
    UNRESOLVED = "unresolved"
    UNLIKELY = "unlikely"
    UNKNOWN = "unknown"


class TreatmentPhase(enum.Enum):
    """Where vitamin B12 treatment stands (decisions 2.3 and Q11). UNKNOWN is treated by the rules
    for NONE.
    """

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
    """The current course as far as the rules ask about it. Intervals in days, `None` when not
    known.

    `order_key` names the active order of the current phase, empty when there is none.
    `dose_documented` is that of Q12. `reason` says why the phase is what it is.
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


@dataclass(frozen=True, slots=True)
class Assessment:
    """The derived facts. Every field is an enumeration member, a Truth, or a small closed set;
    evidence rides along in `facts`.

    An allergy is TRUE when recorded, its severe reaction UNKNOWN when recorded without severity.
    `oral_allowed_by_record` is false when diagnoses or procedures could not be read completely
    (Q6). `tests_on_record` are those with a usable result.
    """

    adult: Truth
    deceased: Truth
    deficiency: Deficiency
    neurological: Truth
    neurological_ever: Truth
    neurological_new: Truth
    neurological_unreadable: bool
    glossitis_only: bool
    urgent_neurology: bool
    attribution_uncertain: bool
    symptoms: Truth
    recurrence: Truth
    renal: Truth
    renal_severe: Truth
    causes: frozenset[Cause]
    ileal_resection_over_limit: Truth
    crohns_over_limit: Truth
    established_malabsorption: Truth
    permanence: Permanence
    platelets: PlateletBand
    inr_high: Truth
    on_anticoagulant: Truth
    bleeding_disorder: Truth
    severe_anaemia: Truth
    low_potassium: Truth
    pregnant: Truth
    lebers: Truth
    hydroxocobalamin_allergy: Truth
    cyanocobalamin_allergy: Truth
    severe_reaction_hydroxocobalamin: Truth
    severe_reaction_cyanocobalamin: Truth
    severe_reaction_unspecified: Truth
    cobalt_allergy: Truth
    nitrous_oxide: Truth
    oral_infeasible: Truth
    oral_allowed_by_record: bool
    b12_still_low: Truth
    treatment: Treatment
    facts: tuple[tuple[str, Fact], ...] = ()
    unspecified_b12_allergy: Truth = Truth.FALSE
    allergies_unavailable: bool = False
    anticoagulant: Anticoagulant | None = None
    lowering_drugs: frozenset[LoweringDrug] = frozenset()
    breastfeeding: Truth = Truth.UNKNOWN
    planning_pregnancy: Truth = Truth.UNKNOWN
    pregnancy_possible: bool = False
    tests_on_record: frozenset[Test] = frozenset()

    @property
    def is_deficient(self) -> bool:
        """Deficiency is confirmed or probable and not yet treated."""
        return self.deficiency in (Deficiency.CONFIRMED, Deficiency.PROBABLE)

    @property
    def untreated(self) -> bool:
        """No treatment is under way as far as known: the rules for phase NONE apply."""
        return self.treatment.phase in (TreatmentPhase.NONE, TreatmentPhase.UNKNOWN)

    @property
    def stays_for_life(self) -> bool:
        """The cause is permanent, or not known to pass."""
        return self.permanence in (Permanence.PERMANENT, Permanence.UNKNOWN)
