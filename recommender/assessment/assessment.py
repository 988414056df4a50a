"""How the facts of decisions 2.3 are derived: everything the decision table looks at, each from a
closed set of values.

`assess` derives them from a ClinicalScenario. The decision table reads nothing else, so the whole
table can be run over the full product of these values.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from recommender.assessment.blood_and_reactions import (
    Facts,
    absent_unless_unread,
    kidneys_and_blood,
    reactions,
)
from recommender.assessment.derived_facts import Assessment
from recommender.assessment.explained_facts import explain_facts
from recommender.assessment.neurology import (
    Neurology,
    answered,
    presses,
    read_neurology,
)
from recommender.assessment.older_alarms import with_older_alarms
from recommender.assessment.suppositions import with_kidneys, with_signs
from recommender.assessment.tests_on_record import tests_on_record
from recommender.deficiency import (
    Beside,
    Deficiency,
    DeficiencyRow,
    Ground,
    Permanence,
    behind_a_flag,
    find_row,
    gather_deficiency_facts,
    mma_excludes,
    not_conclusive,
    older_low_result,
    total_b12_is_low,
    with_low_level,
)
from recommender.guidance import Policy, look_back
from recommender.language import (
    Cause,
    ClinicalScenario,
    RecordArea,
    Truth,
    any_true,
    changed,
    truth_of,
)
from recommender.treatment_so_far import Treatment, TreatmentPhase, read_treatment

ILEAL_RESECTION_OVER_CM = Decimal(20)
"""Ileal resection longer than this is a group of its own; exactly 20 cm is not (S20, S71)."""


PREGNANCY_AGE = (Decimal(12), Decimal(55))
"""Ages between which an unrecorded pregnancy is spoken of (F2)."""


PERMANENT_CAUSES = frozenset(
    {
        Cause.PERNICIOUS_ANAEMIA,
        Cause.TOTAL_GASTRECTOMY,
        Cause.ILEAL_RESECTION,
        Cause.CROHNS_ILEAL,
        Cause.BARIATRIC,
        Cause.GASTRECTOMY_OTHER,
    }
)
"""Causes that stay (S85, Q74)."""


REVERSIBLE_CAUSES = frozenset({Cause.DIETARY, Cause.DRUG, Cause.NITROUS_OXIDE})


def assess(scenario: ClinicalScenario, policy: Policy) -> Assessment:
    """Return the derived facts of the scenario under the site's policy."""
    scenario = with_older_alarms(_with_low_level(behind_a_flag(scenario, policy), policy), policy)
    basis = _Basis.of(scenario, policy)
    assessment = Assessment(
        **_who(scenario, policy),
        **_nerves(scenario, basis),
        **_cause(basis),
        **kidneys_and_blood(scenario, policy),
        **reactions(scenario),
        **_level(scenario, policy, basis),
        deficiency=basis.row.deficiency,
        **basis.supposed,
        ground=basis.row.ground,
        symptoms=scenario.symptoms.truth,
        recurrence=_recurrence(scenario, basis.treatment),
        nitrous_oxide=basis.nitrous_oxide,
        oral_infeasible=~scenario.oral_feasible.truth,
        oral_allowed_by_record=not {RecordArea.CONDITIONS, RecordArea.PROCEDURES}
        & (scenario.unavailable | scenario.incomplete),
        treatment=basis.treatment,
        medications_unreadable=RecordArea.MEDICATIONS in scenario.unavailable,
        lowering_drugs=frozenset(
            use.drug for use in scenario.lowering_drugs if use.long_term.is_true
        ),
        tests_on_record=tests_on_record(scenario, policy, basis.row.ground),
        hinted=frozenset(hint.at for hint in scenario.hints),
    )
    explained = explain_facts(assessment, scenario, policy, basis.neurology, basis.row)
    return changed(assessment, facts=explained)


def _with_low_level(scenario: ClinicalScenario, policy: Policy) -> ClinicalScenario:
    if not total_b12_is_low(scenario.total_b12_on_treatment, policy).is_true:
        return scenario  # most records: no phase is worked out for it
    signs = read_neurology(scenario, policy, deficient_on_other_grounds=False)
    phase = read_treatment(scenario, signs.involved, policy).phase
    return with_low_level(scenario, policy, phase)


@dataclass(frozen=True, slots=True)
class _Basis:
    """What the other facts rest on: cause, nerves, deficiency and treatment so far, which hang on
    each other.
    """

    causes: frozenset[Cause]
    ileal: Truth
    crohns: Truth
    permanence: Permanence
    nitrous_oxide: Truth
    neurology: Neurology
    row: DeficiencyRow
    treatment: Treatment
    supposed: Facts

    @classmethod
    def of(cls, scenario: ClinicalScenario, policy: Policy) -> _Basis:
        causes = frozenset(found.cause for found in scenario.causes)
        permanence = _permanence(scenario, causes)
        nitrous_oxide = scenario.nitrous_oxide.truth | truth_of(Cause.NITROUS_OXIDE in causes)
        neurology, row, treatment, supposed = _neurology_and_deficiency(
            scenario, policy, nitrous_oxide, permanence
        )
        return cls(
            causes,
            _ileal_resection_over_limit(scenario, causes),
            _crohns_over_limit(scenario, causes, policy),
            permanence,
            nitrous_oxide,
            neurology,
            row,
            treatment,
            supposed,
        )


def _who(scenario: ClinicalScenario, policy: Policy) -> Facts:
    return {
        "adult": ~scenario.age.below(Decimal(policy.min_age_years)),
        "deceased": scenario.deceased.truth,
        "pregnant": scenario.pregnant.truth,
        "breastfeeding": scenario.breastfeeding.truth,
        "planning_pregnancy": scenario.planning_pregnancy.truth,
        "pregnancy_possible": _pregnancy_possible(scenario),
    }


def _nerves(scenario: ClinicalScenario, basis: _Basis) -> Facts:
    neurology, treatment = basis.neurology, basis.treatment
    last = treatment.last_dose or treatment.treated_before
    return {
        "neurological": neurology.involved,
        "neurological_ever": neurology.ever,
        "neurological_new": Truth.FALSE
        if neurology.new.is_true and answered(treatment, neurology.dates, scenario.as_of)
        else neurology.new,
        "neurological_unreadable": neurology.unreadable,
        "glossitis_only": neurology.glossitis_only,
        "urgent_neurology": neurology.urgent and presses(neurology, treatment, scenario.as_of),
        "attribution_uncertain": neurology.attribution_uncertain,
        "neurological_recent": neurology.seen_within(scenario.as_of, look_back.YEAR_DAYS)
        or neurology.urgent,
        "signs_before_last_dose": last is not None and neurology.all_before(last),
        "signs_answered": treatment.increased_on is not None
        and treatment.started is not None
        and neurology.all_between(treatment.started, treatment.increased_on),
    }


def _recurrence(scenario: ClinicalScenario, treatment: Treatment) -> Truth:
    back = scenario.recurrence
    dates = [entry.date for entry in back.evidence] or [None]
    silent = back.is_true and answered(treatment, dates, scenario.as_of)
    return Truth.FALSE if silent else back.truth


def _cause(basis: _Basis) -> Facts:
    return {
        "causes": basis.causes,
        "ileal_resection_over_limit": basis.ileal,
        "crohns_over_limit": basis.crohns,
        "established_malabsorption": _established_malabsorption(
            basis.causes, basis.ileal, basis.crohns
        ),
        "permanence": basis.permanence,
    }


def _level(scenario: ClinicalScenario, policy: Policy, basis: _Basis) -> Facts:
    row = basis.row
    inconclusive = row.ground is Ground.LEVEL_NOT_CONCLUSIVE
    return {
        "b12_still_low": total_b12_is_low(scenario.total_b12_on_treatment, policy),
        "not_conclusive": not_conclusive(scenario, basis.neurology.involved)
        if inconclusive
        else None,
        "mma_excludes": mma_excludes(scenario, policy),
        "low_once": row.deficiency is Deficiency.UNKNOWN
        and older_low_result(scenario, policy) is not None,
        "positive_by_recent_result": row.deficiency in (Deficiency.CONFIRMED, Deficiency.PROBABLE)
        and row.ground is not Ground.DIAGNOSIS,
    }


def _neurology_and_deficiency(
    scenario: ClinicalScenario, policy: Policy, nitrous_oxide: Truth, permanence: Permanence
) -> tuple[Neurology, DeficiencyRow, Treatment, Facts]:
    """Work out the three facts that hang on each other, and what deficiency would be if one fact
    that is not known were.

    Signs whose code names another cause count once deficiency stands on other grounds (Q4), so
    deficiency is asked without them first.
    """
    own_signs = read_neurology(scenario, policy, deficient_on_other_grounds=False)
    before = read_treatment(scenario, own_signs.involved, policy)
    unknown = before.phase is TreatmentPhase.UNKNOWN
    beside = Beside(unknown, own_signs.involved, nitrous_oxide, permanence)
    facts = gather_deficiency_facts(scenario, policy, beside)
    row = find_row(facts)
    neurology, treatment = own_signs, before
    if row.deficiency in (Deficiency.CONFIRMED, Deficiency.PROBABLE):
        neurology = read_neurology(scenario, policy, deficient_on_other_grounds=True)
    if neurology.involved is not own_signs.involved:
        treatment = read_treatment(scenario, neurology.involved, policy)
    if treatment.phase not in (TreatmentPhase.NONE, TreatmentPhase.UNKNOWN):
        row = find_row(replace(facts, on_treatment=True))
        return neurology, row, treatment, {}
    ill = neurology.involved.is_true
    supposed = {} if ill else with_signs(scenario, policy, facts, row, beside)
    return neurology, row, treatment, supposed | with_kidneys(facts)


def _ileal_resection_over_limit(scenario: ClinicalScenario, causes: frozenset[Cause]) -> Truth:
    if scenario.ileal_resection_complete.is_true:
        return Truth.TRUE
    if Cause.ILEAL_RESECTION not in causes:
        return absent_unless_unread(scenario, RecordArea.PROCEDURES)
    return scenario.ileal_resection_length.above(ILEAL_RESECTION_OVER_CM)


def _crohns_over_limit(
    scenario: ClinicalScenario, causes: frozenset[Cause], policy: Policy
) -> Truth:
    if Cause.CROHNS_ILEAL not in causes:
        return absent_unless_unread(scenario, RecordArea.CONDITIONS)
    if policy.crohns_any_extent_prophylaxis:
        return Truth.TRUE
    return ~scenario.crohns_ileal_extent.below(policy.crohns_extent_cm)


def _established_malabsorption(causes: frozenset[Cause], ileal: Truth, crohns: Truth) -> Truth:
    """Return whether oral vitamin B12 is known not to be safe as replacement (2.3); UNKNOWN when no
    cause is known.
    """
    certain = truth_of(bool(causes & {Cause.PERNICIOUS_ANAEMIA, Cause.TOTAL_GASTRECTOMY}))
    return any_true((certain, ileal, crohns, Truth.FALSE if causes else Truth.UNKNOWN))


def _permanence(scenario: ClinicalScenario, causes: frozenset[Cause]) -> Permanence:
    if causes & PERMANENT_CAUSES or scenario.ileal_resection_complete.is_true:
        return Permanence.PERMANENT
    if not causes:
        return Permanence.UNKNOWN
    if causes <= REVERSIBLE_CAUSES and scenario.cause_resolved.is_true:
        return Permanence.RESOLVED
    return Permanence.PERSISTENT


def _pregnancy_possible(scenario: ClinicalScenario) -> bool:
    low, high = PREGNANCY_AGE
    of_age = scenario.age.below(low).is_false and scenario.age.above(high).is_false
    return scenario.pregnant.is_unknown and scenario.female.is_true and of_age
