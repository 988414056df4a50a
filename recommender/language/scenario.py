"""ClinicalScenario: every fact a rule may use, true at `as_of` (decisions 2.2, F1 to F28).

It holds what the record says. What follows from it (how sure we are of deficiency, whether the
kidneys are impaired, ...) is worked out in `assessment`, `deficiency` and their neighbours.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from recommender.language.choices import Choice
from recommender.language.course import DoseGiven, Order, Test
from recommender.language.logic import (
    NO_RESULT,
    NONE_RECORDED,
    NOT_RECORDED,
    Evidence,
    Fact,
    Measurement,
    Quantity,
    Truth,
)
from recommender.language.understanding import NotCounted, RecordUnderstood


class NeurologicalSign(Choice):
    """Neurological involvement (S8, S44, S67; the last three by C29, glossitis by C6)."""

    PERIPHERAL_NEUROPATHY = "peripheral neuropathy"
    PARAESTHESIA = "paraesthesia"
    GAIT_DISTURBANCE = "gait disturbance"
    COGNITIVE_IMPAIRMENT = "cognitive impairment"
    SUBACUTE_COMBINED_DEGENERATION = "subacute combined degeneration of the cord"
    GLOSSITIS = "glossitis"
    ATAXIA = "ataxia or loss of vibration sense"
    MYELOPATHY = "myelopathy"
    OPTIC_NEUROPATHY = "optic neuropathy"


@dataclass(frozen=True, slots=True)
class NeurologicalFinding:
    """One recorded sign.

    `current` is false for a resolved one (it still counts for neuroEver). `other_cause` is true
    when its code names another cause (Q4). `is_new` is true when it began after the current
    treatment did and within 90 days, or the record calls it recurrent (Q3). One that is `suspected`
    counts, and is called that (I33).
    """

    sign: NeurologicalSign
    current: bool
    evidence: Evidence
    other_cause: bool = False
    is_new: bool = False
    suspected: bool = False


@dataclass(frozen=True, slots=True)
class RefutedSign:
    """One sign that was looked for and refuted within 90 days (Q1)."""

    sign: NeurologicalSign
    evidence: Evidence


class Cause(Choice):
    """Why the person may lack vitamin B12 (F13); none of them means that the cause is unknown."""

    PERNICIOUS_ANAEMIA = "pernicious anaemia or autoimmune gastritis"
    TOTAL_GASTRECTOMY = "total gastrectomy"
    ILEAL_RESECTION = "ileal resection"
    CROHNS_ILEAL = "Crohn's disease of the ileum"
    BARIATRIC = "bariatric surgery"
    GASTRECTOMY_OTHER = "partial gastrectomy, or one of unknown extent"
    GASTRIC_BAND = "gastric band"
    OTHER_MALABSORPTION = "other malabsorption"
    DIETARY = "diet low in vitamin B12"
    DRUG = "medicine that lowers vitamin B12"
    NITROUS_OXIDE = "nitrous oxide"


@dataclass(frozen=True, slots=True)
class CauseFinding:
    """A cause: `by_result` of an antibody, `suspected`, `dated` by the day on which it began."""

    cause: Cause
    evidence: Evidence
    by_result: bool = False
    suspected: bool = False
    dated: bool = True


class Allergen(Choice):
    """What a recorded B12-related allergy is to (F21)."""

    HYDROXOCOBALAMIN = "hydroxocobalamin"
    CYANOCOBALAMIN = "cyanocobalamin"
    UNSPECIFIED_B12 = "vitamin B12 (form not recorded)"
    COBALT = "cobalt"
    BENZYL_ALCOHOL = "benzyl alcohol"
    MACROGOL = "polyethylene glycol"
    PARABENS = "parabens"


COBALAMINS = (Allergen.HYDROXOCOBALAMIN, Allergen.CYANOCOBALAMIN, Allergen.UNSPECIFIED_B12)
"""The allergens that are vitamin B12."""

EXCIPIENTS = frozenset({Allergen.BENZYL_ALCOHOL, Allergen.MACROGOL, Allergen.PARABENS})
"""What vitamin B12 products may hold besides, and people react to (Q63)."""


@dataclass(frozen=True, slots=True)
class Allergy:
    """One unrefuted allergy. `severe` is TRUE for an immediate severe reaction or high criticality,
    UNKNOWN where no severity is stated.

    `active` is false for a severe one that is marked inactive or resolved (Q80); a mild one so
    marked is none.
    """

    allergen: Allergen
    severe: Truth
    evidence: Evidence
    active: bool = True


class Anticoagulant(Choice):
    """The class of an active anticoagulant (F19)."""

    WARFARIN = "warfarin"
    DIRECT_ORAL = "direct oral anticoagulant"
    HEPARIN = "heparin"


class LoweringDrug(Choice):
    """A medicine that lowers vitamin B12 (F27)."""

    METFORMIN = "metformin"
    PROTON_PUMP_INHIBITOR = "proton pump inhibitor"
    H2_RECEPTOR_ANTAGONIST = "H2-receptor antagonist"
    COLCHICINE = "colchicine"


@dataclass(frozen=True, slots=True)
class LoweringDrugUse:
    """A B12-lowering medicine on the medication list. `long_term` is TRUE for metformin over 4
    months, PPI or H2RA over 12 (F27).

    `evidence` is the entry that shows how long, `beside` are the others by which it is taken now.
    """

    drug: LoweringDrug
    long_term: Truth
    evidence: Evidence
    beside: tuple[Evidence, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class UncountedResult:
    """A vitamin B12 or holotranscobalamin result of the last 5 years that does not decide (F35).

    The evidence has the value as reported and the date, of which `by_issue` says that it is the day
    of issue. `readings` are the values it may have: one, two where unit and test contradict each
    other (Q35), none where nothing could be read. `flagged_low`: its laboratory calls it low.
    """

    test: Test
    why: NotCounted
    evidence: Evidence
    readings: tuple[Quantity, ...] = ()
    flagged_low: bool = False
    by_issue: bool = False


@dataclass(frozen=True, slots=True)
class ReviewDone:
    """A test of a review on record (F34): total vitamin B12 or holotranscobalamin, blood count,
    homocysteine, methylmalonic acid, or a review of symptoms (SYMPTOM_REVIEW).

    Results at any time count, whatever their value and whether they decide anything else. The
    `evidence` is that of a review that was noted as one; `None` for a result.
    """

    test: Test
    date: dt.date
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class CombinationUse:
    """A multivitamin or vitamin B complex in use (F36, Q49, Q75): no treatment, of whatever phase.

    `micrograms_per_day` is its vitamin B12; `None` where that is not stated. `since` and `until`
    are the days it speaks of, `None` where it names none; until is `None` too while it is taken.
    """

    micrograms_per_day: Decimal | None
    evidence: Evidence
    since: dt.date | None = None
    until: dt.date | None = None
    current: bool = False


@dataclass(frozen=True)
class Person:
    """Who the person is on the day the record is read; `as_of` is that day."""

    as_of: dt.date
    age: Measurement = NO_RESULT
    female: Fact = NOT_RECORDED
    deceased: Fact = NONE_RECORDED
    pregnant: Fact = NOT_RECORDED
    planning_pregnancy: Fact = NOT_RECORDED
    breastfeeding: Fact = NOT_RECORDED


@dataclass(frozen=True)
class Laboratory:
    """Results: those before treatment for diagnosis (F4 to F7), the newest otherwise."""

    total_b12: Measurement = NO_RESULT
    holotranscobalamin: Measurement = NO_RESULT
    mma: Measurement = NO_RESULT
    homocysteine: Measurement = NO_RESULT
    total_b12_on_treatment: Measurement = NO_RESULT
    homocysteine_on_treatment: Measurement = NO_RESULT
    b12_supplement_before_test: Fact = NONE_RECORDED
    uncounted_b12: tuple[UncountedResult, ...] = ()  # newest first
    reviews_done: tuple[ReviewDone, ...] = ()  # of 15 months (F34); none: "none on record"
    folate: Measurement = NO_RESULT
    haemoglobin: Measurement = NO_RESULT
    mcv: Measurement = NO_RESULT
    potassium: Measurement = NO_RESULT
    platelets: Measurement = NO_RESULT
    inr: Measurement = NO_RESULT
    egfr: Measurement = NO_RESULT


@dataclass(frozen=True)
class Diagnoses:
    """Deficiency, neurology, symptoms and the diseases that decide safety."""

    deficiency_diagnosis: Fact = NOT_RECORDED
    deficiency_diagnosed_on: dt.date | None = None
    deficiency_recorded_on: dt.date | None = None
    neurological_findings: tuple[NeurologicalFinding, ...] = ()
    neurological_screen: Fact = NOT_RECORDED
    refuted_signs: tuple[RefutedSign, ...] = ()
    neurological_reason: str = "none recorded"
    symptoms: Fact = NOT_RECORDED
    recurrence: Fact = NOT_RECORDED
    kidney_disease: Fact = NOT_RECORDED
    severe_kidney_disease: Fact = NONE_RECORDED  # stage 4 or 5 (Q79)
    dialysis: Fact = NOT_RECORDED
    kidney_risk: Fact = NOT_RECORDED  # anything that points at the kidneys (Q51)
    lebers: Fact = NONE_RECORDED
    bleeding_disorder: Fact = NONE_RECORDED
    haemolysis: Fact = NONE_RECORDED
    raises_b12: Fact = NONE_RECORDED  # a condition that raises the measured level (Q60, Q79)


@dataclass(frozen=True)
class Causes:
    """Why the person may lack vitamin B12, and how much of the ileum is concerned."""

    causes: tuple[CauseFinding, ...] = ()
    causes_reason: str = "none recorded"
    ileal_resection_length: Measurement = NO_RESULT
    ileal_resection_complete: Fact = NONE_RECORDED
    crohns_ileal_extent: Measurement = NO_RESULT
    cause_resolved: Fact = NONE_RECORDED
    nitrous_oxide: Fact = NONE_RECORDED


@dataclass(frozen=True)
class Medicines:
    """Reactions, other medicines, and vitamin B12 and folic acid treatment so far (F25)."""

    allergies: tuple[Allergy, ...] = ()
    allergy_fact: Fact = NONE_RECORDED  # TRUE: listed in `allergies`; UNKNOWN: Q28
    anticoagulant: Anticoagulant | None = None
    anticoagulant_fact: Fact = NONE_RECORDED
    lowering_drugs: tuple[LoweringDrugUse, ...] = ()
    methotrexate: Fact = NONE_RECORDED
    oral_feasible: Fact = NOT_RECORDED
    im_feasible: Fact = NOT_RECORDED
    orders: tuple[Order, ...] = ()
    doses: tuple[DoseGiven, ...] = ()
    combinations: tuple[CombinationUse, ...] = ()


@dataclass(frozen=True)
class ClinicalScenario(RecordUnderstood, Medicines, Causes, Diagnoses, Laboratory, Person):
    """What the record says of one person on one day: all groups of facts at once.

    Open-world facts default to UNKNOWN, closed-world facts to "none recorded" (decisions 2.1).
    """
