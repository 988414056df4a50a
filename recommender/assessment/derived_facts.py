"""The derived facts of decisions 2.3, and the closed sets of values they take."""

from __future__ import annotations

from dataclasses import dataclass

from recommender.deficiency import Deficiency, Ground, NotConclusive, Permanence
from recommender.language import (
    SURGERY_HINTS,
    Allergen,
    Anticoagulant,
    Cause,
    Choice,
    ComparedWhole,
    Fact,
    HintAt,
    LoweringDrug,
    Test,
    Truth,
)
from recommender.treatment_so_far import Treatment, TreatmentPhase


class PlateletBand(Choice):
    """Platelets in 10*9/L (S31 to S34, C14)."""

    ABOVE_50 = "above 50"
    FROM_25_TO_50 = "25 to 50"
    FROM_10_TO_24 = "10 to below 25"
    BELOW_10 = "below 10"
    UNKNOWN = "unknown"


VERY_FEW_PLATELETS = frozenset({PlateletBand.FROM_10_TO_24, PlateletBand.BELOW_10})
"""Below 25: haematology before an injection into muscle, or another route (K3)."""

_IN_PART = frozenset(
    {
        Cause.OTHER_MALABSORPTION,
        Cause.BARIATRIC,
        Cause.GASTRECTOMY_OTHER,
        Cause.ILEAL_RESECTION,
        Cause.CROHNS_ILEAL,
    }
)

FEW_PLATELETS = VERY_FEW_PLATELETS | {PlateletBand.FROM_25_TO_50}
"""50 or below: the injection technique for few platelets (K2)."""


@dataclass(frozen=True, eq=False)
class Assessment(ComparedWhole):
    """The derived facts. Every field is an enumeration member, a Truth, or a small closed set;
    evidence rides along in `facts`.

    An allergy is TRUE when recorded, its severe reaction UNKNOWN when recorded without severity.
    `oral_allowed_by_record` is false when diagnoses or procedures could not be read completely
    (Q6). `tests_on_record` are those with a usable result. `ground` is the row that decided the
    deficiency, `not_conclusive` why a level excludes nothing. `hinted` are the facts that words of
    the record point at without deciding them; `allergy_unclear`: an allergy entry is, or could be,
    such. `past_reactions` are severe ones marked as no longer active (Q80), `excipient_reactions`
    those to what products hold besides (Q63). `laboratory_unread`: results did not come, or not
    whole, and `laboratory_in_part`: the latter; `platelets_unusable`: a count came and leaves it
    open how many (Q58). `neurological_recent`: a sign of the last 12 months, or one without a date;
    `signs_answered`: every sign began under treatment, and injections were ordered more often
    since; `signs_before_last_dose`: every sign is older than the last dose (T4a). `mma_excludes`:
    methylmalonic acid of the last 6 months is not raised. `low_once`: an older or unusable result
    was low or is flagged low (E3). `positive_by_recent_result`: a result of 12 months, not the
    diagnosis alone, speaks for deficiency (Q73). `deficiency_with_signs` is what deficiency would
    be if nerve signs were recorded (D4), `None` where it would be the same or signs are recorded;
    `deficiency_with_kidneys` if kidney function were sufficient where raised methylmalonic acid
    waits for it, `None` elsewhere.
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
    ground: Ground = Ground.NOTHING_DECIDES
    not_conclusive: NotConclusive | None = None
    hinted: frozenset[HintAt] = frozenset()
    allergy_unclear: bool = False
    past_reactions: frozenset[Allergen] = frozenset()
    excipient_reactions: frozenset[Allergen] = frozenset()
    neurological_recent: bool = True
    signs_before_last_dose: bool = False
    signs_answered: bool = False
    mma_excludes: bool = False
    low_once: bool = False
    positive_by_recent_result: bool = False
    kidney_risk: Truth = Truth.UNKNOWN
    medications_unreadable: bool = False
    laboratory_unread: bool = False
    laboratory_in_part: bool = False
    platelets_unusable: bool = False
    deficiency_with_signs: Deficiency | None = None
    deficiency_with_kidneys: Deficiency | None = None

    @property
    def pregnancy_hinted(self) -> bool:
        """Something on record speaks of a pregnancy, now or planned, and leaves it open (Q28)."""
        return (self.pregnant.is_unknown and HintAt.PREGNANCY in self.hinted) or (
            self.planning_pregnancy.is_unknown and HintAt.PLANNING_PREGNANCY in self.hinted
        )

    @property
    def surgery_hinted(self) -> bool:
        """Words of the record point at gastric, bariatric or ileal surgery (Q28)."""
        return bool(self.hinted & SURGERY_HINTS)

    @property
    def has_deficiency_basis(self) -> bool:
        """Anything speaks for deficiency, so that a standing order is worth a question (Q29)."""
        return (
            self.deficiency not in (Deficiency.UNKNOWN, Deficiency.UNRESOLVED)
            or self.ground is Ground.DIAGNOSIS
            or self.permanence is Permanence.PERMANENT
            or self.neurological_ever.is_true
            or self.symptoms.is_true
        )

    @property
    def is_deficient(self) -> bool:
        """Deficiency is confirmed or probable and not yet treated."""
        return self.deficiency in (Deficiency.CONFIRMED, Deficiency.PROBABLE)

    @property
    def is_emergency(self) -> bool:
        """Signs of the cord or the optic nerve call for the same-day route (K15)."""
        return self.urgent_neurology and self.neurological.is_true

    @property
    def bleeding_is_a_risk(self) -> bool:
        """Another route than into muscle is acceptable (K3 to K6)."""
        bleeds = self.inr_high | self.on_anticoagulant | self.bleeding_disorder
        return self.platelets in VERY_FEW_PLATELETS or bleeds.is_true

    @property
    def untreated(self) -> bool:
        """No treatment is under way as far as known: the rules for phase NONE apply."""
        return self.treatment.phase in (TreatmentPhase.NONE, TreatmentPhase.UNKNOWN)

    @property
    def starts_or_resumes(self) -> bool:
        """Vitamin B12 would be started, as far as known, or again after a lapse."""
        return self.untreated or self.treatment.phase is TreatmentPhase.LAPSED

    @property
    def first_dose_to_come(self) -> bool:
        """The first dose comes, as far as known: also of loading that is ordered, while no dose of
        it is on record (K9, Q55).
        """
        loading = self.treatment.phase is TreatmentPhase.LOADING
        return self.starts_or_resumes or (loading and not self.treatment.dose_documented)

    @property
    def malabsorbs_in_part(self) -> bool:
        """Injections are preferred, and without nerve signs tablets are not wrong (2.3): also where
        it is not known, or not enough, how much of the ileum is diseased or gone (M4).
        """
        return not self.established_malabsorption.is_true and bool(self.causes & _IN_PART)

    @property
    def stays_for_life(self) -> bool:
        """The cause is permanent, or not known to pass."""
        return self.permanence in (Permanence.PERMANENT, Permanence.UNKNOWN)
