"""How the facts of decisions 2.3 are derived: everything the decision table looks at, each from a
closed set of values.

`assess` derives them from a ClinicalScenario. The decision table reads nothing else, so the whole
table can be run over the full product of these values.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from recommender.assessment.deficiency import (
    DeficiencyRow,
    find_row,
    gather_deficiency_facts,
    total_b12_is_low,
)
from recommender.assessment.derived_facts import (
    Assessment,
    Deficiency,
    Permanence,
    PlateletBand,
    Treatment,
    TreatmentPhase,
)
from recommender.assessment.explained_facts import explain_facts
from recommender.assessment.neurology import Neurology, read_neurology
from recommender.assessment.treatment_phase import read_treatment
from recommender.guidance import Policy
from recommender.language import (
    Allergen,
    Cause,
    ClinicalScenario,
    Measurement,
    RecordArea,
    Test,
    Truth,
    any_true,
    truth_of,
)

__all__ = [
    "Assessment",
    "Deficiency",
    "Permanence",
    "PlateletBand",
    "Treatment",
    "TreatmentPhase",
    "assess",
]

ILEAL_RESECTION_OVER_CM = Decimal(20)
"""Ileal resection longer than this is a group of its own; exactly 20 cm is not (S20, S71)."""

SEVERE_RENAL_BELOW = Decimal(30)
"""eGFR below which reduced kidney function is severe (card d1)."""

INR_HIGH_ABOVE = Decimal("3.0")
"""INR above which it counts as high, for the person's own range is not recorded (K5)."""

POTASSIUM_LOW_BELOW = Decimal("3.5")
"""mmol/L (K9)."""

PREGNANCY_AGE = (Decimal(12), Decimal(55))
"""Ages between which an unrecorded pregnancy is spoken of (F2)."""

PERMANENT_CAUSES = frozenset(
    {
        Cause.PERNICIOUS_ANAEMIA,
        Cause.TOTAL_GASTRECTOMY,
        Cause.ILEAL_RESECTION,
        Cause.CROHNS_ILEAL,
        Cause.BARIATRIC,
    }
)
"""Causes that stay (S85)."""

REVERSIBLE_CAUSES = frozenset({Cause.DIETARY, Cause.DRUG, Cause.NITROUS_OXIDE})


def assess(scenario: ClinicalScenario, policy: Policy) -> Assessment:
    """Return the derived facts of the scenario under the site's policy."""
    causes = frozenset(found.cause for found in scenario.causes)
    ileal = _ileal_resection_over_limit(scenario, causes)
    crohns = _crohns_over_limit(scenario, causes, policy)
    malabsorption = _established_malabsorption(causes, ileal, crohns)
    permanence = _permanence(scenario, causes)
    nitrous_oxide = scenario.nitrous_oxide.truth | truth_of(Cause.NITROUS_OXIDE in causes)
    neurology, row, treatment = _neurology_and_deficiency(
        scenario, policy, nitrous_oxide, permanence
    )
    renal = _renal(scenario, policy)
    platelets = _platelet_band(scenario.platelets)
    assessment = Assessment(
        adult=~scenario.age.below(Decimal(policy.min_age_years)),
        deceased=scenario.deceased.truth,
        deficiency=row.deficiency,
        neurological=neurology.involved,
        neurological_ever=neurology.ever,
        neurological_new=neurology.new,
        neurological_unreadable=neurology.unreadable,
        glossitis_only=neurology.glossitis_only,
        urgent_neurology=neurology.urgent,
        attribution_uncertain=neurology.attribution_uncertain,
        symptoms=scenario.symptoms.truth,
        recurrence=scenario.recurrence.truth,
        renal=renal,
        renal_severe=scenario.dialysis.truth | scenario.egfr.below(SEVERE_RENAL_BELOW),
        causes=causes,
        ileal_resection_over_limit=ileal,
        crohns_over_limit=crohns,
        established_malabsorption=malabsorption,
        permanence=permanence,
        platelets=platelets,
        inr_high=scenario.inr.above(INR_HIGH_ABOVE),
        on_anticoagulant=scenario.anticoagulant_fact.truth,
        bleeding_disorder=scenario.bleeding_disorder.truth,
        severe_anaemia=scenario.haemoglobin.below(policy.severe_hb_g_per_l),
        low_potassium=scenario.potassium.below(POTASSIUM_LOW_BELOW),
        pregnant=scenario.pregnant.truth,
        lebers=scenario.lebers.truth,
        hydroxocobalamin_allergy=_allergy(scenario, Allergen.HYDROXOCOBALAMIN),
        cyanocobalamin_allergy=_allergy(scenario, Allergen.CYANOCOBALAMIN),
        severe_reaction_hydroxocobalamin=_severe_reaction(scenario, Allergen.HYDROXOCOBALAMIN),
        severe_reaction_cyanocobalamin=_severe_reaction(scenario, Allergen.CYANOCOBALAMIN),
        severe_reaction_unspecified=_severe_reaction(scenario, Allergen.UNSPECIFIED_B12),
        cobalt_allergy=_allergy(scenario, Allergen.COBALT),
        nitrous_oxide=nitrous_oxide,
        oral_infeasible=~scenario.oral_feasible.truth,
        oral_allowed_by_record=not {RecordArea.CONDITIONS, RecordArea.PROCEDURES}
        & (scenario.unavailable | scenario.incomplete),
        b12_still_low=total_b12_is_low(scenario.total_b12_on_treatment, policy),
        treatment=treatment,
        unspecified_b12_allergy=_allergy(scenario, Allergen.UNSPECIFIED_B12),
        allergies_unavailable=RecordArea.ALLERGIES in scenario.unavailable,
        anticoagulant=scenario.anticoagulant,
        lowering_drugs=frozenset(
            use.drug for use in scenario.lowering_drugs if use.long_term.is_true
        ),
        breastfeeding=scenario.breastfeeding.truth,
        planning_pregnancy=scenario.planning_pregnancy.truth,
        pregnancy_possible=_pregnancy_possible(scenario),
        tests_on_record=_tests_on_record(scenario),
    )
    return replace(assessment, facts=explain_facts(assessment, scenario, neurology, row))


def _neurology_and_deficiency(
    scenario: ClinicalScenario, policy: Policy, nitrous_oxide: Truth, permanence: Permanence
) -> tuple[Neurology, DeficiencyRow, Treatment]:
    """Work out the three facts that hang on each other.

    Signs whose code names another cause count once deficiency stands on other grounds (Q4), so
    deficiency is asked without them first.
    """
    own_signs = read_neurology(scenario, policy, deficient_on_other_grounds=False)
    treatment_unknown = read_treatment(scenario, own_signs.involved).phase is TreatmentPhase.UNKNOWN

    def row_for(neurological: Truth, on_treatment: bool) -> DeficiencyRow:
        return find_row(
            gather_deficiency_facts(
                scenario,
                policy,
                on_treatment=on_treatment,
                treatment_unknown=treatment_unknown,
                neurological=neurological,
                nitrous_oxide=nitrous_oxide,
                permanence=permanence,
            )
        )

    grounds = row_for(own_signs.involved, on_treatment=False).deficiency
    deficient = grounds in (Deficiency.CONFIRMED, Deficiency.PROBABLE)
    neurology = read_neurology(scenario, policy, deficient_on_other_grounds=deficient)
    treatment = read_treatment(scenario, neurology.involved)
    on_treatment = treatment.phase not in (TreatmentPhase.NONE, TreatmentPhase.UNKNOWN)
    return neurology, row_for(own_signs.involved, on_treatment), treatment


def _ileal_resection_over_limit(scenario: ClinicalScenario, causes: frozenset[Cause]) -> Truth:
    if scenario.ileal_resection_complete.is_true:
        return Truth.TRUE
    if Cause.ILEAL_RESECTION not in causes:
        return _absent_unless_unread(scenario, RecordArea.PROCEDURES)
    return scenario.ileal_resection_length.above(ILEAL_RESECTION_OVER_CM)


def _crohns_over_limit(
    scenario: ClinicalScenario, causes: frozenset[Cause], policy: Policy
) -> Truth:
    if Cause.CROHNS_ILEAL not in causes:
        return _absent_unless_unread(scenario, RecordArea.CONDITIONS)
    if policy.crohns_any_extent_prophylaxis:
        return Truth.TRUE
    return ~scenario.crohns_ileal_extent.below(policy.crohns_extent_cm)


def _absent_unless_unread(scenario: ClinicalScenario, area: RecordArea) -> Truth:
    """No record counts as absent, unless that part of the record did not come completely."""
    return Truth.UNKNOWN if area in scenario.unavailable | scenario.incomplete else Truth.FALSE


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


def _renal(scenario: ClinicalScenario, policy: Policy) -> Truth:
    """Return whether kidney function is reduced: by eGFR or diagnosis; never FALSE when diagnoses
    could not be had (Q6).
    """
    below = scenario.egfr.below(policy.cyano_min_egfr)
    if below.is_true or scenario.kidney_disease.is_true:
        return Truth.TRUE
    return Truth.UNKNOWN if RecordArea.CONDITIONS in scenario.unavailable else below


def _platelet_band(platelets: Measurement) -> PlateletBand:
    """Return the most severe band that is certain: "<20" is certainly below 25, and claims no
    more.
    """
    if platelets.below(Decimal(10)).is_true:
        return PlateletBand.BELOW_10
    if platelets.below(Decimal(25)).is_true:
        return PlateletBand.FROM_10_TO_24
    above = platelets.above(Decimal(50))
    if above.is_unknown:
        return PlateletBand.UNKNOWN
    return PlateletBand.ABOVE_50 if above.is_true else PlateletBand.FROM_25_TO_50


def _allergy(scenario: ClinicalScenario, allergen: Allergen) -> Truth:
    recorded = any(allergy.allergen is allergen for allergy in scenario.allergies)
    return Truth.TRUE if recorded else _absent_unless_unread(scenario, RecordArea.ALLERGIES)


def _severe_reaction(scenario: ClinicalScenario, allergen: Allergen) -> Truth:
    recorded = any_true(
        allergy.severe for allergy in scenario.allergies if allergy.allergen is allergen
    )
    return recorded | _absent_unless_unread(scenario, RecordArea.ALLERGIES)


def _pregnancy_possible(scenario: ClinicalScenario) -> bool:
    low, high = PREGNANCY_AGE
    of_age = scenario.age.below(low).is_false and scenario.age.above(high).is_false
    return scenario.pregnant.is_unknown and scenario.female.is_true and of_age


def _tests_on_record(scenario: ClinicalScenario) -> frozenset[Test]:
    results = {
        Test.SERUM_B12: scenario.total_b12,
        Test.HOLOTRANSCOBALAMIN: scenario.holotranscobalamin,
        Test.MMA: scenario.mma,
        Test.HOMOCYSTEINE: scenario.homocysteine,
        Test.FULL_BLOOD_COUNT: scenario.haemoglobin,
        Test.FOLATE: scenario.folate,
        Test.EGFR: scenario.egfr,
        Test.POTASSIUM: scenario.potassium,
        Test.INR: scenario.inr,
    }
    return frozenset(test for test, result in results.items() if result.is_known)
