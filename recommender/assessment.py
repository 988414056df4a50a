"""The derived facts of decisions 2.3: everything the decision table looks at, each from a closed set of values.

`assess` derives them from a ClinicalScenario. The decision table reads nothing else, so the whole table can be run over the
full product of these values.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from recommender.course import Test
from recommender.deficiency import DeficiencyRow, deficiency_evidence, find_row, gather_deficiency_facts, total_b12_is_low
from recommender.derived_facts import Deficiency, Permanence, PlateletBand, Treatment, TreatmentPhase
from recommender.logic import Evidence, Fact, Measurement, Truth, any_true, truth_of
from recommender.neurology import Neurology, read_neurology
from recommender.policy import Policy
from recommender.scenario import Allergen, Anticoagulant, Cause, ClinicalScenario, LoweringDrug, RecordArea
from recommender.treatment_phase import read_treatment

__all__ = ["Assessment", "Deficiency", "Permanence", "PlateletBand", "Treatment", "TreatmentPhase", "assess"]

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
    {Cause.PERNICIOUS_ANAEMIA, Cause.TOTAL_GASTRECTOMY, Cause.ILEAL_RESECTION, Cause.CROHNS_ILEAL, Cause.BARIATRIC}
)
"""Causes that stay (S85)."""

REVERSIBLE_CAUSES = frozenset({Cause.DIETARY, Cause.DRUG, Cause.NITROUS_OXIDE})


@dataclass(frozen=True, slots=True)
class Assessment:
    """The derived facts. Every field is an enumeration member, a Truth, or a small closed set; evidence rides along in `facts`.

    An allergy is TRUE when recorded, its severe reaction UNKNOWN when recorded without severity. `oral_allowed_by_record` is false
    when diagnoses or procedures could not be read completely (Q6). `tests_on_record` are those with a usable result.
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


def assess(scenario: ClinicalScenario, policy: Policy) -> Assessment:
    """Return the derived facts of the scenario under the site's policy."""
    causes = frozenset(found.cause for found in scenario.causes)
    ileal = _ileal_resection_over_limit(scenario, causes)
    crohns = _crohns_over_limit(scenario, causes, policy)
    malabsorption = _established_malabsorption(causes, ileal, crohns)
    permanence = _permanence(scenario, causes)
    nitrous_oxide = scenario.nitrous_oxide.truth | truth_of(Cause.NITROUS_OXIDE in causes)
    neurology, row, treatment = _neurology_and_deficiency(scenario, policy, nitrous_oxide, permanence)
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
        oral_allowed_by_record=not {RecordArea.CONDITIONS, RecordArea.PROCEDURES} & (scenario.unavailable | scenario.incomplete),
        b12_still_low=total_b12_is_low(scenario.total_b12_on_treatment, policy),
        treatment=treatment,
        unspecified_b12_allergy=_allergy(scenario, Allergen.UNSPECIFIED_B12),
        allergies_unavailable=RecordArea.ALLERGIES in scenario.unavailable,
        anticoagulant=scenario.anticoagulant,
        lowering_drugs=frozenset(use.drug for use in scenario.lowering_drugs if use.long_term.is_true),
        breastfeeding=scenario.breastfeeding.truth,
        planning_pregnancy=scenario.planning_pregnancy.truth,
        pregnancy_possible=_pregnancy_possible(scenario),
        tests_on_record=_tests_on_record(scenario),
    )
    return replace(assessment, facts=_facts(assessment, scenario, neurology, row))


def _neurology_and_deficiency(
    scenario: ClinicalScenario, policy: Policy, nitrous_oxide: Truth, permanence: Permanence
) -> tuple[Neurology, DeficiencyRow, Treatment]:
    """Work out the three facts that hang on each other.

    Signs whose code names another cause count once deficiency stands on other grounds (Q4), so deficiency is asked without them first.
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


def _crohns_over_limit(scenario: ClinicalScenario, causes: frozenset[Cause], policy: Policy) -> Truth:
    if Cause.CROHNS_ILEAL not in causes:
        return _absent_unless_unread(scenario, RecordArea.CONDITIONS)
    if policy.crohns_any_extent_prophylaxis:
        return Truth.TRUE
    return ~scenario.crohns_ileal_extent.below(policy.crohns_extent_cm)


def _absent_unless_unread(scenario: ClinicalScenario, area: RecordArea) -> Truth:
    """No record counts as absent, unless that part of the record did not come completely."""
    return Truth.UNKNOWN if area in scenario.unavailable | scenario.incomplete else Truth.FALSE


def _established_malabsorption(causes: frozenset[Cause], ileal: Truth, crohns: Truth) -> Truth:
    """Return whether oral vitamin B12 is known not to be safe as replacement (2.3); UNKNOWN when no cause is known."""
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
    """Return whether kidney function is reduced: by eGFR or diagnosis; never FALSE when diagnoses could not be had (Q6)."""
    below = scenario.egfr.below(policy.cyano_min_egfr)
    if below.is_true or scenario.kidney_disease.is_true:
        return Truth.TRUE
    return Truth.UNKNOWN if RecordArea.CONDITIONS in scenario.unavailable else below


def _platelet_band(platelets: Measurement) -> PlateletBand:
    """Return the most severe band that is certain: "<20" is certainly below 25, and claims no more."""
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
    recorded = any_true(allergy.severe for allergy in scenario.allergies if allergy.allergen is allergen)
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


_DEFICIENCY_TRUTH = {
    Deficiency.DIAGNOSED: Truth.TRUE,
    Deficiency.CONFIRMED: Truth.TRUE,
    Deficiency.PROBABLE: Truth.TRUE,
    Deficiency.UNLIKELY: Truth.FALSE,
}


def _facts(assessment: Assessment, scenario: ClinicalScenario, neurology: Neurology, row: DeficiencyRow) -> tuple[tuple[str, Fact], ...]:
    """Return the derived facts by name, each with its value in words, its reason and its evidence."""
    deficiency = assessment.deficiency
    treatment = assessment.treatment
    return (
        ("adult", Fact(assessment.adult, _age_reason(assessment, scenario), scenario.age.evidence)),
        (
            "deficiency",
            Fact(
                _DEFICIENCY_TRUTH.get(deficiency, Truth.UNKNOWN),
                f"{row.words} ({row.id})",
                deficiency_evidence(scenario),
                deficiency.value,
            ),
        ),
        ("neurological_involvement", Fact(neurology.involved, neurology.reason, neurology.evidence)),
        ("neurological_involvement_ever", Fact(neurology.ever, neurology.reason, neurology.evidence)),
        ("new_neurological_signs", Fact(neurology.new, neurology.reason, neurology.evidence)),
        ("kidney_function", _kidney_fact(assessment, scenario)),
        ("cause", _cause_fact(assessment, scenario)),
        (
            "permanence_of_cause",
            _valued(assessment.permanence is not Permanence.UNKNOWN, assessment.permanence.value, scenario.causes_reason),
        ),
        ("established_malabsorption", Fact(assessment.established_malabsorption, _reason(assessment, scenario), _cause_evidence(scenario))),
        ("ileal_resection_over_20_cm", _ileal_resection_fact(assessment, scenario)),
        ("crohns_ileal_extent_over_limit", _crohns_fact(assessment, scenario)),
        ("platelet_band", _platelet_fact(assessment, scenario)),
        (
            "treatment_phase",
            Fact(
                Truth.UNKNOWN if treatment.phase is TreatmentPhase.UNKNOWN else truth_of(treatment.phase is not TreatmentPhase.NONE),
                treatment.reason,
                treatment.evidence,
                treatment.phase.value,
            ),
        ),
        ("severe_anaemia", Fact(assessment.severe_anaemia, scenario.haemoglobin.reason, scenario.haemoglobin.evidence)),
        ("low_potassium", Fact(assessment.low_potassium, scenario.potassium.reason, scenario.potassium.evidence)),
    )


def _age_reason(assessment: Assessment, scenario: ClinicalScenario) -> str:
    undecided = assessment.adult.is_unknown and scenario.age.is_known
    return "the date of birth on record is not exact enough" if undecided else scenario.age.reason


def _valued(known: bool, value: str, reason: str, evidence: tuple[Evidence, ...] = ()) -> Fact:
    return Fact(Truth.TRUE if known else Truth.UNKNOWN, "" if known else reason, evidence, value)


def _kidney_fact(assessment: Assessment, scenario: ClinicalScenario) -> Fact:
    words = {Truth.TRUE: "reduced", Truth.FALSE: "not reduced", Truth.UNKNOWN: "not known"}[assessment.renal]
    unread = f"{RecordArea.CONDITIONS.value} not available" if RecordArea.CONDITIONS in scenario.unavailable else scenario.egfr.reason
    reason = unread if assessment.renal.is_unknown else ""
    measured = scenario.egfr.evidence if scenario.egfr.is_known or assessment.renal.is_unknown else ()
    return Fact(assessment.renal, reason, measured + scenario.kidney_disease.evidence, words)


def _cause_fact(assessment: Assessment, scenario: ClinicalScenario) -> Fact:
    words = ", ".join(sorted(cause.value for cause in assessment.causes)) or "unknown"
    return _valued(bool(assessment.causes), words, scenario.causes_reason, _cause_evidence(scenario))


def _ileal_resection_fact(assessment: Assessment, scenario: ClinicalScenario) -> Fact:
    if Cause.ILEAL_RESECTION in assessment.causes:
        length = scenario.ileal_resection_length
        return Fact(assessment.ileal_resection_over_limit, "" if length.is_known else length.reason, length.evidence)
    reason = "" if scenario.ileal_resection_complete.is_true else "no ileal resection recorded"
    return Fact(assessment.ileal_resection_over_limit, _unread_or(scenario, RecordArea.PROCEDURES, reason))


def _crohns_fact(assessment: Assessment, scenario: ClinicalScenario) -> Fact:
    if Cause.CROHNS_ILEAL in assessment.causes:
        extent = scenario.crohns_ileal_extent
        return Fact(assessment.crohns_over_limit, "" if extent.is_known else extent.reason, extent.evidence)
    return Fact(assessment.crohns_over_limit, _unread_or(scenario, RecordArea.CONDITIONS, "no ileal Crohn's disease recorded"))


def _platelet_fact(assessment: Assessment, scenario: ClinicalScenario) -> Fact:
    return _valued(
        assessment.platelets is not PlateletBand.UNKNOWN, assessment.platelets.value, scenario.platelets.reason, scenario.platelets.evidence
    )


def _cause_evidence(scenario: ClinicalScenario) -> tuple[Evidence, ...]:
    return tuple(found.evidence for found in scenario.causes)


def _reason(assessment: Assessment, scenario: ClinicalScenario) -> str:
    if not assessment.established_malabsorption.is_unknown:
        return ""
    if not assessment.causes:
        return scenario.causes_reason
    if assessment.causes & {Cause.ILEAL_RESECTION, Cause.CROHNS_ILEAL}:
        return "length of ileal resection or extent of ileal Crohn's disease not known"
    unread = [area.value for area in (RecordArea.CONDITIONS, RecordArea.PROCEDURES) if area in scenario.unavailable | scenario.incomplete]
    return f"{' and '.join(unread)} not available, or only in part"


def _unread_or(scenario: ClinicalScenario, area: RecordArea, reason: str) -> str:
    if area in scenario.unavailable:
        return f"{area.value} not available"
    return f"only part of the {area.value} came" if area in scenario.incomplete else reason
