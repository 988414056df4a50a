"""What each row of the decision table offers: the column "Outcome" of decisions 2.4."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from recommender.assessment import Assessment
from recommender.guidance import (
    M_LOAD,
    M_LOAD_ALT,
    MAINT_1M,
    N_LOAD,
    ORAL,
    AltDailyLoading,
    BariatricMaintenance,
    OralInEstablishedMalabsorption,
    Policy,
    RuleId,
    with_oral_dose,
)
from recommender.language import Cause, Claim, FollowUp, Phase, Regimen, Test, Truth, changed
from recommender.monitoring import (
    baseline_tests,
    cause_tests,
    maintenance_phase,
    potassium_follow_ups,
    pregnancy_plan_b12,
    review_follow_ups,
    still_needed,
)
from recommender.precautions import Advice
from recommender.treatment.products import SAME_DAY_ADVICE, can_take_by_mouth
from recommender.treatment.recommendation import Option


@dataclass(frozen=True, slots=True)
class Offer:
    """What a row gives: options to draft, regimens that are never called wrong, tests, advice, and
    what is missing. `rows` names further rows that part of it comes from.
    """

    options: tuple[Option, ...] = ()
    acceptable: tuple[Regimen, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    advice: tuple[Advice, ...] = ()
    needs: tuple[str, ...] = ()
    rows: tuple[RuleId, ...] = ()


_OLD_SIGNS = Advice(
    "N2",
    "The signs were recorded more than 12 months ago: test first. If they are new or worse, inject "
    "on alternate days without waiting for results.",
    ("S7", "S69", "X6"),
)

Offering = Callable[[Assessment, Policy], Offer]


def nothing(_: Assessment, __: Policy) -> Offer:
    """Offer nothing."""
    return Offer()


def allergy_referral(assessment: Assessment, _: Policy) -> Offer:
    """Say how urgent the referral is (G2)."""
    if not assessment.neurological.may_be_true:
        return Offer()
    return Offer(advice=(Advice("G2", SAME_DAY_ADVICE, ("X27", "S8", "S69")),))


def neurological_loading(assessment: Assessment, policy: Policy) -> Offer:
    """Offer alternate-day injections until no further improvement, then maintenance (N1)."""
    maintenance = maintenance_phase(as_neurological(assessment), policy)
    return Offer(
        options=(Option((), Regimen((N_LOAD, maintenance))),),
        acceptable=(Regimen((N_LOAD, MAINT_1M)),),
        follow_ups=_follow_ups_of_treatment(assessment),
    )


def loading_while_testing(assessment: Assessment, _: Policy) -> Offer:
    """Offer the tests and alternate-day injections at once: sample first, do not wait for results
    (N2). By a finding of more than 12 months only the tests, and the injections in words (Q82).
    """
    wanted = (
        Test.SERUM_B12,
        Test.MMA,
        Test.HOMOCYSTEINE,
        Test.FULL_BLOOD_COUNT,
        Test.FOLATE,
        Test.EGFR,
        Test.POTASSIUM,
    )
    why = "sample before the first injection; do not wait for results"
    old = not assessment.neurological_recent
    return Offer(
        options=() if old else (Option((), Regimen((N_LOAD,))),),
        advice=(_OLD_SIGNS,) if old else (),
        follow_ups=tuple(
            FollowUp(test, why=why, citations=("S69", "X6"))
            for test in wanted
            if still_needed(test, assessment)
        ),
    )


def injected_loading(assessment: Assessment, policy: Policy) -> Offer:
    """Offer injections three times a week for 2 weeks, then maintenance at 2.7 (M1, M2, M4, M5,
    M8).
    """
    maintenance = maintenance_phase(assessment, policy)
    return _loading_with(assessment, policy, (maintenance,))


def ileal_loading(assessment: Assessment, policy: Policy) -> Offer:
    """Offer loading and maintenance, and ask for length or extent, which may call for monthly
    injections (M4).
    """
    return replace(injected_loading(assessment, policy), needs=ileal_needs(assessment))


def injections_first(assessment: Assessment, policy: Policy) -> Offer:
    """Offer loading and maintenance; oral treatment is acceptable after loading where it is
    possible (M5).
    """
    words = (
        "Oral cyanocobalamin 1000 to 2000 micrograms (1 to 2 mg) daily is acceptable after loading."
    )
    advice = (Advice("M5", words, ("S47",)),) if can_take_by_mouth(assessment, policy) else ()
    return replace(injected_loading(assessment, policy), advice=advice)


def bariatric_loading(assessment: Assessment, policy: Policy) -> Offer:
    """Offer loading, then what the site chose for maintenance after bariatric surgery (M3, C13)."""
    return _loading_with(
        assessment,
        policy,
        bariatric_maintenance(
            assessment, policy, maintenance_phase(assessment, policy), _oral(policy)
        ),
    )


def oral_treatment(assessment: Assessment, policy: Policy) -> Offer:
    """Offer oral cyanocobalamin daily (M6); injections are never called wrong (C1), and in
    pregnancy they come first (K10).
    """
    maintenance = maintenance_phase(assessment, policy)
    by_mouth = Option((), Regimen((_oral(policy),)))
    injected = Option((), Regimen((M_LOAD, maintenance)))
    return Offer(
        options=(injected, by_mouth) if assessment.pregnant.is_true else (by_mouth,),
        acceptable=_loading_regimens(assessment, policy, (maintenance,)),
        follow_ups=_follow_ups_of_treatment(assessment),
    )


def kidneys_first_or_injections(assessment: Assessment, policy: Policy) -> Offer:
    """Offer an eGFR before oral treatment, or injections, which need none (M7); in pregnancy
    injections come first (K10).
    """
    injections = injected_loading(assessment, policy)
    check = Option((Claim.KIDNEYS_FIRST,), None, follow_ups=egfr_if_unknown(assessment))
    legs = tuple(
        replace(option, claims=(Claim.NO_KIDNEYS_NEEDED,)) for option in injections.options
    )
    injections_lead = assessment.pregnant.is_true
    return replace(injections, options=(*legs, check) if injections_lead else (check, *legs))


def _loading_with(assessment: Assessment, policy: Policy, maintenance: tuple[Phase, ...]) -> Offer:
    loads = (M_LOAD, M_LOAD_ALT) if policy.alt_daily_loading is AltDailyLoading.OFFER else (M_LOAD,)
    return Offer(
        options=tuple(
            Option((), Regimen((load, phase))) for load in loads for phase in maintenance
        ),
        acceptable=_loading_regimens(assessment, policy, maintenance),
        follow_ups=_follow_ups_of_treatment(assessment),
    )


def _loading_regimens(
    assessment: Assessment, policy: Policy, maintenance: tuple[Phase, ...]
) -> tuple[Regimen, ...]:
    """Every loading course that is not wrong here, and oral treatment where it is possible (C1, C2,
    C22, S14).
    """
    loads = (
        (M_LOAD,) if policy.alt_daily_loading is AltDailyLoading.REJECT else (M_LOAD, M_LOAD_ALT)
    )
    regimens = [
        Regimen((load, phase))
        for load in loads
        for phase in dict.fromkeys((*maintenance, MAINT_1M))
    ]
    if _oral_is_acceptable(assessment, policy):
        regimens.append(Regimen((_oral(policy),)))
    return tuple(regimens)


def _oral_is_acceptable(assessment: Assessment, policy: Policy) -> bool:
    """Oral is never called wrong where it is possible, except in established malabsorption unless
    the site allows it (C2).
    """
    if assessment.neurological.is_true or not can_take_by_mouth(assessment, policy):
        return False  # no row that asks has neurological signs; said here all the same (I1)
    allowed = policy.oral_in_established_malabsorption is OralInEstablishedMalabsorption.ALLOWED
    return allowed or not assessment.established_malabsorption.is_true


def _oral(policy: Policy) -> Phase:
    return with_oral_dose(ORAL, policy.oral_dose_mcg)


def _follow_ups_of_treatment(assessment: Assessment) -> tuple[FollowUp, ...]:
    return (
        *potassium_follow_ups(assessment),
        *(
            item
            for item in baseline_tests(assessment)
            if item.test is not Test.POTASSIUM or not potassium_follow_ups(assessment)
        ),
        *cause_tests(assessment),
        *review_follow_ups(assessment),
        *pregnancy_plan_b12(assessment),
    )


def egfr_if_unknown(assessment: Assessment) -> tuple[FollowUp, ...]:
    """Return the kidney test that cyanocobalamin needs, while the result is not known."""
    if not assessment.renal.is_unknown:
        return ()
    return (
        FollowUp(Test.EGFR, why="cyanocobalamin needs a kidney result", citations=("S25", "S74")),
    )


def as_neurological(assessment: Assessment) -> Assessment:
    """Return the assessment as it stands with neurological involvement."""
    return changed(assessment, neurological=Truth.TRUE, neurological_ever=Truth.TRUE)


def without_neurological_symptoms(assessment: Assessment) -> Assessment:
    """Return the assessment as it stands once the clinician says that there are no neurological
    symptoms.
    """
    ever = assessment.neurological_ever if assessment.neurological_ever.is_true else Truth.FALSE
    return changed(
        assessment, neurological=Truth.FALSE, neurological_ever=ever, neurological_new=Truth.FALSE
    )


def ileal_needs(assessment: Assessment) -> tuple[str, ...]:
    """Return what is missing to know how much of the ileum is concerned, or which operation it
    was.
    """
    needs = []
    if Cause.CROHNS_ILEAL in assessment.causes and assessment.crohns_over_limit.is_unknown:
        needs.append("the extent of ileal Crohn's disease in cm")
    if (
        Cause.ILEAL_RESECTION in assessment.causes
        and assessment.ileal_resection_over_limit.is_unknown
    ):
        needs.append("the length of the ileal resection in cm")
    if assessment.surgery_hinted:
        needs.append("which operation was done")
    return tuple(needs)


def bariatric_maintenance(
    assessment: Assessment, policy: Policy, injection: Phase, oral: Phase
) -> tuple[Phase, ...]:
    """The maintenance or prophylaxis after bariatric surgery: injection first, oral where the
    kidneys are known to be good (C13).
    """
    by_mouth = (
        (oral,)
        if can_take_by_mouth(assessment, policy)
        and not assessment.established_malabsorption.is_true
        else ()
    )
    match policy.bariatric_maintenance:
        case BariatricMaintenance.IM_3MO:
            return (injection,)
        case BariatricMaintenance.ORAL_DAILY:
            return by_mouth or (injection,)
        case BariatricMaintenance.EITHER:
            return (injection, *by_mouth)
