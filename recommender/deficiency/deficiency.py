"""What the rows of decisions 2.3 ask of a scenario, and which of them holds."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from recommender.deficiency.deficiency_rows import ROWS, DeficiencyFacts, DeficiencyRow
from recommender.deficiency.grounds import NotConclusive, Permanence
from recommender.deficiency.levels import (
    B12Class,
    classify_b12,
    flagged_low,
    holotc_class,
    total_b12_is_low,
)
from recommender.deficiency.older_results import (
    low_before,
    low_in_the_year_before,
    newer_that_may_be_low,
)
from recommender.guidance import Policy, look_back
from recommender.language import (
    Because,
    Cause,
    ClinicalScenario,
    CombinationUse,
    HintAt,
    Measurement,
    NotCounted,
    Quantity,
    RecordArea,
    Truth,
    Unit,
)

SEVERE_RENAL_BELOW = Decimal(30)
"""eGFR below which reduced kidney function is severe, stages 4 and 5: total vitamin B12 may be
raised (Q79), and cyanocobalamin is a critical matter (card d1).
"""

VERY_LOW_IN_PREGNANCY = {Unit.PMOL_PER_L: Decimal(100), Unit.PG_PER_ML: Decimal(135)}
"""Below this a low total vitamin B12 is not put down to pregnancy alone (Q84)."""

HOMOCYSTEINE_RAISED_ABOVE = Decimal(15)
"""Homocysteine in umol/L, asked for nitrous oxide only (X31)."""

ANAEMIA_IN_PREGNANCY_BELOW = Decimal(110)
"""Haemoglobin in g/L that counts as "no anaemia" from here on in pregnancy. A design default: no
source gives it.
"""


@dataclass(frozen=True, slots=True)
class Beside:
    """What the rows ask beside the results. `treatment_unknown`: whether treatment is under way is
    not known, whatever the reason (Q29). `neurological` leaves out signs with another cause (Q4).
    """

    treatment_unknown: bool
    neurological: Truth
    nitrous_oxide: Truth
    permanence: Permanence


def gather_deficiency_facts(
    scenario: ClinicalScenario, policy: Policy, beside: Beside
) -> DeficiencyFacts:
    """Return what the rows ask of this scenario while no treatment is under way."""
    reason = not_conclusive(scenario, beside.neurological)
    contradicted = _contradicted(scenario, policy, beside)
    by_issue = scenario.total_b12.by_issue or scenario.holotranscobalamin.by_issue
    newer = newer_that_may_be_low(scenario, policy) is not None
    trusted = not (beside.treatment_unknown or by_issue or reason or contradicted or newer)
    return DeficiencyFacts(
        treatment_unknown=beside.treatment_unknown,
        b12=classify_b12(scenario, policy),
        by_issue=by_issue,
        low_before=contradicted,
        low_in_the_year_before=low_in_the_year_before(scenario, policy),
        newer_may_be_low=newer,
        not_conclusive=reason,
        **_trace(scenario, policy),
        nitrous_oxide_misleads=nitrous_oxide_misleads(scenario, beside.nitrous_oxide),
        mma_raised=mma_is_raised(scenario, policy),
        mma_measured=scenario.mma.is_known or mma_may_be_raised(scenario, policy),
        mma_readable=_readable(scenario, policy),
        homocysteine_raised=_homocysteine_raised(scenario),
        diagnosed=scenario.deficiency_diagnosis.truth,
        neurological=beside.neurological,
        symptoms=scenario.symptoms.truth,
        nitrous_oxide=beside.nitrous_oxide,
        supplement=_supplement(scenario, policy),
        only_low_total_b12_in_pregnancy=_only_low_in_pregnancy(scenario, policy, beside),
        only_an_outdated_diagnosis=trusted and _only_outdated(scenario, policy, beside),
    )


def _contradicted(scenario: ClinicalScenario, policy: Policy, beside: Beside) -> bool:
    """Whether an older low result contradicts the newest one, of any age where somebody is ill or
    the cause stays (D5b, Q88).
    """
    ill = (beside.neurological | scenario.symptoms.truth).is_true
    any_age = ill or beside.permanence is Permanence.PERMANENT
    return low_before(scenario, policy, any_age=any_age)


def _homocysteine_raised(scenario: ClinicalScenario) -> Truth:
    return _above(scenario.homocysteine, HOMOCYSTEINE_RAISED_ABOVE, Unit.UMOL_PER_L)


def mma_is_raised(scenario: ClinicalScenario, policy: Policy) -> Truth:
    """Whether methylmalonic acid is raised; by its date of issue alone it may alarm, and never
    exclude (Q33).
    """
    raised = _above(scenario.mma, policy.mma_nmol_l, Unit.NMOL_PER_L)
    doubted = scenario.mma.by_issue or mma_may_be_raised(scenario, policy)
    return Truth.UNKNOWN if raised.is_false and doubted else raised


def mma_may_be_raised(scenario: ClinicalScenario, policy: Policy) -> bool:
    """Return whether one is raised that cannot count and may be newer (Q31, Q35)."""
    found = scenario.mma.passed_over
    if found is None or found.quantity is None or found.why is NotCounted.TOO_OLD:
        return False
    return _above(Measurement(found.quantity), policy.mma_nmol_l, Unit.NMOL_PER_L).is_true


def mma_excludes(scenario: ClinicalScenario, policy: Policy) -> bool:
    """Return whether methylmalonic acid of the last 6 months is certainly not raised (Q69)."""
    return mma_is_raised(scenario, policy).is_false


def _readable(scenario: ClinicalScenario, policy: Policy) -> Truth:
    enough = ~scenario.egfr.below(policy.mma_min_egfr)
    return Truth.UNKNOWN if enough.is_true and scenario.egfr.by_issue else enough


def not_conclusive(scenario: ClinicalScenario, neurological: Truth) -> NotConclusive | None:
    """Return why a level that is not low excludes nothing here (Q60, Q79); `None`: it may."""
    if any(found.cause is Cause.PERNICIOUS_ANAEMIA for found in scenario.causes):
        return NotConclusive.INTRINSIC_FACTOR
    if flagged_low(scenario).is_true:
        return NotConclusive.FLAGGED_LOW
    if scenario.raises_b12.is_true or scenario.hints_at(HintAt.RAISES_B12):
        return NotConclusive.RAISING_CONDITION
    ill = (neurological | scenario.symptoms.truth).is_true
    kidneys = renal_is_severe(scenario) | scenario.severe_kidney_disease.truth
    return NotConclusive.KIDNEYS if ill and kidneys.is_true else None


def renal_is_severe(scenario: ClinicalScenario) -> Truth:
    """Return whether kidney function is severely reduced, by dialysis or eGFR."""
    return scenario.dialysis.truth | scenario.egfr.below(SEVERE_RENAL_BELOW)


def nitrous_oxide_misleads(scenario: ClinicalScenario, nitrous_oxide: Truth) -> bool:
    """Recorded, hinted, or its lists were not available; an entry that was not understood alone
    does not hold an exclusion up (Q28).
    """
    only_a_gap = scenario.nitrous_oxide.because is Because.NOT_UNDERSTOOD
    hinted = bool(scenario.hints_at(HintAt.NITROUS_OXIDE))
    return nitrous_oxide.is_true or hinted or (nitrous_oxide.is_unknown and not only_a_gap)


def _supplement(scenario: ClinicalScenario, policy: Policy) -> Truth:
    """Whether vitamin B12 beyond a trace was taken before the test (F9, Q75): a gap or a hint in
    the list leaves it unknown.
    """
    above = any(
        use.micrograms_per_day is not None and use.micrograms_per_day > policy.trace_b12_mcg_per_day
        for use in _combinations_before_test(scenario)
    )
    if above:
        return Truth.TRUE
    return scenario.b12_supplement_before_test.truth


def _trace(scenario: ClinicalScenario, policy: Policy) -> dict[str, bool]:
    """Return whether a multivitamin was taken before the test, and one of unstated content."""
    taken = [
        use
        for use in _combinations_before_test(scenario)
        if use.micrograms_per_day is None or use.micrograms_per_day <= policy.trace_b12_mcg_per_day
    ]
    unstated = any(use.micrograms_per_day is None for use in taken)
    return {"on_trace": bool(taken), "trace_unstated": unstated}


def _combinations_before_test(scenario: ClinicalScenario) -> tuple[CombinationUse, ...]:
    """The multivitamins that may have been taken in the 4 months before the test (F36)."""
    if not scenario.combinations:
        return ()
    tests = [
        result.date
        for result in (scenario.total_b12, scenario.holotranscobalamin)
        if result.is_known and result.date is not None
    ]
    day = max(tests, default=scenario.as_of)
    since = day - dt.timedelta(days=look_back.SUPPLEMENT_DAYS)
    return tuple(
        use
        for use in scenario.combinations
        if (use.since is None or use.since < day) and (use.until is None or use.until >= since)
    )


def find_row(facts: DeficiencyFacts) -> DeficiencyRow:
    """Return the first row that holds; D7 always does."""
    return next(row for row in ROWS if row.when(facts))


def _above(result: Measurement, limit: Decimal, unit: Unit) -> Truth:
    """Return whether the result is above the limit; UNKNOWN without a result or in another unit."""
    if result.quantity is None or result.quantity.unit is not unit:
        return Truth.UNKNOWN
    return result.above(limit)


LISTS_OF_CAUSES = frozenset({RecordArea.CONDITIONS, RecordArea.PROCEDURES})
"""Where a cause would stand: unless they came whole, that there is none is not known."""


def _not_anaemic_in_pregnancy(haemoglobin: Measurement) -> bool:
    def anaemic(value: Measurement | Quantity) -> Truth:
        return value.below(ANAEMIA_IN_PREGNANCY_BELOW)

    return anaemic(haemoglobin).is_false and not haemoglobin.doubted_by_later(anaemic)


def _only_low_in_pregnancy(scenario: ClinicalScenario, policy: Policy, beside: Beside) -> bool:
    """Pregnant, total vitamin B12 low but not very low, haemoglobin normal, and no other sign or
    cause of deficiency recorded in lists that came whole (D2, Q13, Q84).
    """
    if not (scenario.pregnant.is_true and total_b12_is_low(scenario.total_b12, policy).is_true):
        return False
    return (
        not LISTS_OF_CAUSES & (scenario.unavailable | scenario.incomplete)
        and _not_anaemic_in_pregnancy(scenario.haemoglobin)
        and not (beside.neurological | scenario.symptoms.truth).is_true
        and not scenario.deficiency_diagnosis.is_true
        and not scenario.causes
        and not _very_low(scenario.total_b12)
        and holotc_class(scenario.holotranscobalamin) is not B12Class.LOW
        and not mma_is_raised(scenario, policy).is_true
    )


def _very_low(result: Measurement) -> bool:
    """Below 100 pmol/L or 135 pg/mL: lower than pregnancy alone explains (Q84); a comparator that
    leaves it open counts as very low.
    """
    if result.quantity is None:
        return True
    limit = VERY_LOW_IN_PREGNANCY.get(result.quantity.unit)
    return limit is None or result.below(limit).may_be_true


def _only_outdated(scenario: ClinicalScenario, policy: Policy, beside: Beside) -> bool:
    """Only the diagnosis speaks for deficiency, its cause is not permanent, and a later test
    without vitamin B12 was normal (D2).
    """
    return (
        scenario.deficiency_diagnosis.is_true
        and beside.permanence in (Permanence.PERSISTENT, Permanence.RESOLVED)
        and scenario.b12_supplement_before_test.is_false
        and classify_b12(scenario, policy) is B12Class.NOT_LOW
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
