"""How sure we are of vitamin B12 deficiency: rows D1 to D7 of decisions 2.3, first match wins.

Results are compared in the unit they were reported in, never converted (1.1, I9), at full
precision.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from recommender.assessment.derived_facts import Deficiency, Permanence
from recommender.guidance import Policy
from recommender.language import ClinicalScenario, Evidence, Measurement, Truth, Unit

HOLOTC_LOW = Decimal(25)
HOLOTC_HIGH = Decimal(70)
"""Holotranscobalamin in pmol/L: below 25 deficient, above 70 not low (X4)."""

LOW_BORDERLINE_BELOW = {Unit.PMOL_PER_L: Decimal(140), Unit.PG_PER_ML: Decimal(190)}
"""Below this a borderline result is "low borderline": deficient by the molar range of S87,
borderline by the mass range (C7).
"""

HOMOCYSTEINE_RAISED_ABOVE = Decimal(15)
"""Homocysteine in umol/L, asked for nitrous oxide only (X31)."""

ANAEMIA_IN_PREGNANCY_BELOW = Decimal(110)
"""Haemoglobin in g/L that counts as "no anaemia" from here on in pregnancy. A design default: no
source gives it.
"""


class B12Class(enum.Enum):
    """Where the lower of total vitamin B12 and holotranscobalamin lies.

    UNDECIDED: there is a result, but its comparator or unit leaves the class open (Q9).
    """

    LOW = "low"
    LOW_BORDERLINE = "low borderline"
    BORDERLINE = "borderline"
    NOT_LOW = "not low"
    UNDECIDED = "undecided"
    NO_RESULT = "no result"


_LOWEST_FIRST = (
    B12Class.LOW,
    B12Class.LOW_BORDERLINE,
    B12Class.BORDERLINE,
    B12Class.UNDECIDED,
    B12Class.NOT_LOW,
    B12Class.NO_RESULT,
)
"""Which class wins when two results disagree: the lower one; an undecided result may be low, so it
outweighs one that is not low.
"""

_BORDERLINE = (B12Class.BORDERLINE, B12Class.LOW_BORDERLINE)


@dataclass(frozen=True, slots=True)
class DeficiencyFacts:
    """What rows D1 to D7 ask, each from a closed set. `neurological` leaves out signs whose code
    names another cause (Q4).
    """

    on_treatment: bool
    treatment_unknown: bool
    b12: B12Class
    mma_raised: Truth
    mma_measured: bool
    mma_readable: Truth
    homocysteine_raised: Truth
    diagnosed: Truth
    neurological: Truth
    symptoms: Truth
    nitrous_oxide: Truth
    supplement: Truth
    only_low_total_b12_in_pregnancy: bool
    only_an_outdated_diagnosis: bool

    @property
    def borderline(self) -> bool:
        return self.b12 in _BORDERLINE

    @property
    def raised_and_readable(self) -> bool:
        return self.mma_raised.is_true and self.mma_readable.is_true


@dataclass(frozen=True, slots=True)
class DeficiencyRow:
    """One row of the table: its id, when it holds, what follows, and the same in words."""

    id: str
    deficiency: Deficiency
    when: Callable[[DeficiencyFacts], bool]
    words: str


ROWS: tuple[DeficiencyRow, ...] = (
    DeficiencyRow(
        "D1",
        Deficiency.DIAGNOSED,
        lambda f: f.on_treatment,
        "vitamin B12 treatment is under way or was given",
    ),
    DeficiencyRow(
        "D2",
        Deficiency.UNRESOLVED,
        lambda f: f.only_low_total_b12_in_pregnancy,
        "low total vitamin B12 is the only abnormality, and it falls in normal pregnancy",
    ),
    DeficiencyRow(
        "D2",
        Deficiency.UNKNOWN,
        lambda f: f.only_an_outdated_diagnosis,
        "the diagnosis is recorded, but a later test without treatment was normal: "
        "still deficient?",
    ),
    DeficiencyRow(
        "D2",
        Deficiency.CONFIRMED,
        lambda f: f.b12 is B12Class.LOW,
        "vitamin B12 is below the deficiency limit",
    ),
    DeficiencyRow(
        "D2",
        Deficiency.CONFIRMED,
        lambda f: f.diagnosed.is_true,
        "vitamin B12 deficiency is recorded as a diagnosis",
    ),
    DeficiencyRow(
        "D3",
        Deficiency.CONFIRMED,
        lambda f: f.borderline and f.raised_and_readable,
        "borderline vitamin B12 with raised methylmalonic acid and sufficient kidney function",
    ),
    DeficiencyRow(
        "D4",
        Deficiency.PROBABLE,
        lambda f: f.borderline and f.neurological.is_true,
        "borderline vitamin B12 with neurological involvement",
    ),
    DeficiencyRow(
        "D4",
        Deficiency.PROBABLE,
        lambda f: f.b12 is B12Class.LOW_BORDERLINE and f.symptoms.is_true,
        "vitamin B12 at the low end of borderline with symptoms",
    ),
    DeficiencyRow(
        "D4",
        Deficiency.PROBABLE,
        lambda f: f.mma_raised.is_true and not f.mma_readable.is_true and f.symptoms.is_true,
        "raised methylmalonic acid with symptoms; kidney function is reduced or unknown, so it "
        "supports but does not confirm",
    ),
    DeficiencyRow(
        "D4",
        Deficiency.PROBABLE,
        lambda f: (
            f.b12 is B12Class.NOT_LOW
            and f.raised_and_readable
            and (f.symptoms | f.neurological).is_true
        ),
        "raised methylmalonic acid with symptoms although vitamin B12 is not low",
    ),
    DeficiencyRow(
        "D4",
        Deficiency.PROBABLE,
        lambda f: (
            f.nitrous_oxide.is_true
            and (f.neurological | f.mma_raised | f.homocysteine_raised).is_true
        ),
        "nitrous oxide exposure with neurological involvement, raised methylmalonic acid or raised "
        "homocysteine",
    ),
    DeficiencyRow(
        "D5",
        Deficiency.UNRESOLVED,
        lambda f: f.borderline and not f.mma_raised.is_false,
        "borderline vitamin B12; methylmalonic acid is missing or cannot be interpreted",
    ),
    DeficiencyRow(
        "D6",
        Deficiency.UNLIKELY,
        lambda f: (
            f.borderline
            and f.mma_raised.is_false
            and _exclusion_stands(f)
            and not f.supplement.is_true
        ),
        "borderline vitamin B12 with normal methylmalonic acid",
    ),
    DeficiencyRow(
        "D6",
        Deficiency.UNLIKELY,
        lambda f: (
            f.b12 is B12Class.NOT_LOW
            and _exclusion_stands(f)
            and f.supplement.is_false
            and _no_raised_mma(f)
        ),
        "vitamin B12 is not low",
    ),
    DeficiencyRow("D7", Deficiency.UNKNOWN, lambda _: True, "no usable test decides it"),
)
"""Decisions 2.3, row by row; a row of the document that has several ways to hold stands here once
for each.
"""


def _exclusion_stands(facts: DeficiencyFacts) -> bool:
    """Nothing makes a reassuring result misleading: no nitrous oxide, and treatment so far is known
    (I18, Q6).
    """
    return facts.nitrous_oxide.is_false and not facts.treatment_unknown


def _no_raised_mma(facts: DeficiencyFacts) -> bool:
    """Methylmalonic acid was not measured, or is certainly not raised."""
    return facts.mma_raised.is_false or not facts.mma_measured


def classify_b12(scenario: ClinicalScenario, policy: Policy) -> B12Class:
    """Return the class of the pre-treatment results; the lower one where total vitamin B12 and
    holotranscobalamin disagree.
    """
    classes = (_total_class(scenario.total_b12, policy), _holotc_class(scenario.holotranscobalamin))
    return min(classes, key=_LOWEST_FIRST.index)


def total_b12_is_low(result: Measurement, policy: Policy) -> Truth:
    """Return whether total vitamin B12 lies below the deficiency limit of its own unit."""
    limits = _limits(result, policy)
    return Truth.UNKNOWN if limits is None else result.below(limits[0])


def _limits(result: Measurement, policy: Policy) -> tuple[Decimal, Decimal] | None:
    if result.quantity is None:
        return None
    match result.quantity.unit:
        case Unit.PMOL_PER_L:
            return policy.b12_low_pmol_l, policy.b12_high_pmol_l
        case Unit.PG_PER_ML:
            return policy.b12_low_pg_ml, policy.b12_high_pg_ml
        case _:
            return None


def _total_class(result: Measurement, policy: Policy) -> B12Class:
    if result.quantity is None:
        return B12Class.NO_RESULT
    limits = _limits(result, policy)
    if limits is None:
        return B12Class.UNDECIDED
    found = _class_between(result, *limits)
    if (
        found is B12Class.BORDERLINE
        and result.below(LOW_BORDERLINE_BELOW[result.quantity.unit]).is_true
    ):
        return B12Class.LOW_BORDERLINE
    return found


def _holotc_class(result: Measurement) -> B12Class:
    if result.quantity is None:
        return B12Class.NO_RESULT
    if result.quantity.unit is not Unit.PMOL_PER_L:
        return B12Class.UNDECIDED
    return _class_between(result, HOLOTC_LOW, HOLOTC_HIGH)


def _class_between(result: Measurement, low: Decimal, high: Decimal) -> B12Class:
    """Below `low` is deficient, above `high` is not low, both ends belong to borderline (C8)."""
    if result.below(low).is_true:
        return B12Class.LOW
    if result.above(high).is_true:
        return B12Class.NOT_LOW
    if result.below(low).is_false and result.above(high).is_false:
        return B12Class.BORDERLINE
    return B12Class.UNDECIDED


def gather_deficiency_facts(
    scenario: ClinicalScenario,
    policy: Policy,
    *,
    on_treatment: bool,
    treatment_unknown: bool,
    neurological: Truth,
    nitrous_oxide: Truth,
    permanence: Permanence,
) -> DeficiencyFacts:
    """Return what the rows ask of this scenario."""
    b12 = classify_b12(scenario, policy)
    mma_raised = _above(scenario.mma, policy.mma_nmol_l, Unit.NMOL_PER_L)
    return DeficiencyFacts(
        on_treatment=on_treatment,
        treatment_unknown=treatment_unknown,
        b12=b12,
        mma_raised=mma_raised,
        mma_measured=scenario.mma.is_known,
        mma_readable=~scenario.egfr.below(policy.mma_min_egfr),
        homocysteine_raised=_above(
            scenario.homocysteine, HOMOCYSTEINE_RAISED_ABOVE, Unit.UMOL_PER_L
        ),
        diagnosed=scenario.deficiency_diagnosis.truth,
        neurological=neurological,
        symptoms=scenario.symptoms.truth,
        nitrous_oxide=nitrous_oxide,
        supplement=scenario.b12_supplement_before_test.truth,
        only_low_total_b12_in_pregnancy=_only_low_total_b12_in_pregnancy(
            scenario, policy, neurological, mma_raised
        ),
        only_an_outdated_diagnosis=_only_an_outdated_diagnosis(scenario, b12, permanence),
    )


def find_row(facts: DeficiencyFacts) -> DeficiencyRow:
    """Return the first row that holds; D7 always does."""
    return next(row for row in ROWS if row.when(facts))


def deficiency_evidence(scenario: ClinicalScenario) -> tuple[Evidence, ...]:
    """Return the entries of the record that the rows looked at."""
    looked_at = (
        scenario.total_b12,
        scenario.holotranscobalamin,
        scenario.mma,
        scenario.deficiency_diagnosis,
    )
    return tuple(evidence for fact in looked_at for evidence in fact.evidence)


def _above(result: Measurement, limit: Decimal, unit: Unit) -> Truth:
    """Return whether the result is above the limit; UNKNOWN without a result or in another unit."""
    if result.quantity is None or result.quantity.unit is not unit:
        return Truth.UNKNOWN
    return result.above(limit)


def _only_low_total_b12_in_pregnancy(
    scenario: ClinicalScenario, policy: Policy, neurological: Truth, mma_raised: Truth
) -> bool:
    """Pregnant, total vitamin B12 low, and every other sign of deficiency explicitly absent (D2,
    Q13, I8).
    """
    no_other_abnormality = (
        scenario.haemoglobin.below(ANAEMIA_IN_PREGNANCY_BELOW).is_false
        and neurological.is_false
        and not scenario.deficiency_diagnosis.is_true
        and _holotc_class(scenario.holotranscobalamin) is not B12Class.LOW
        and not mma_raised.is_true
    )
    return (
        scenario.pregnant.is_true
        and total_b12_is_low(scenario.total_b12, policy).is_true
        and no_other_abnormality
    )


def _only_an_outdated_diagnosis(
    scenario: ClinicalScenario, b12: B12Class, permanence: Permanence
) -> bool:
    """Only the diagnosis speaks for deficiency, its cause is not permanent, and a later test
    without vitamin B12 was normal (D2).
    """
    cause_can_pass = permanence in (Permanence.PERSISTENT, Permanence.RESOLVED)
    untreated = scenario.b12_supplement_before_test.is_false
    normal = b12 is B12Class.NOT_LOW
    return (
        scenario.deficiency_diagnosis.is_true
        and cause_can_pass
        and untreated
        and normal
        and _tested_after_diagnosis(scenario)
    )


def _tested_after_diagnosis(scenario: ClinicalScenario) -> bool:
    diagnosed_on = scenario.deficiency_diagnosed_on
    tested = [
        result.date
        for result in (scenario.total_b12, scenario.holotranscobalamin)
        if result.date is not None and result.is_known
    ]
    return diagnosed_on is not None and bool(tested) and max(tested) > diagnosed_on
