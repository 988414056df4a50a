"""What the rows about treatment under way offer (T0 to T6 of decisions 2.4)."""

from __future__ import annotations

from dataclasses import replace

from recommender.assessment import Assessment
from recommender.guidance import (
    M_LOAD,
    MAINT_1M,
    N_LOAD,
    ORAL,
    OralInEstablishedMalabsorption,
    Policy,
    starting_now,
    with_oral_dose,
)
from recommender.language import Claim, FollowUp, Phase, Regimen, Substance, Test
from recommender.monitoring import (
    intensified_phase,
    interval_of,
    longest_acceptable_interval,
    maintenance_phase,
    most_frequent_phase,
    phase_as_ordered,
    resumed_phase,
    review_follow_ups,
)
from recommender.precautions import Advice
from recommender.treatment.conditions import may_need_reloading
from recommender.treatment.offers import (
    Offer,
    as_neurological,
    egfr_if_unknown,
    injected_loading,
    neurological_loading,
    without_neurological_symptoms,
)
from recommender.treatment.products import (
    can_take_by_mouth,
    cyanocobalamin_may_go_on,
    is_on_unsuitable_product,
)
from recommender.treatment.recommendation import Option
from recommender.treatment_so_far import TreatmentPhase


def switch_to_neurological_loading(assessment: Assessment, policy: Policy) -> Offer:
    """Offer alternate-day injections in place of the course under way (T0)."""
    return _replacing(neurological_loading(assessment, policy), assessment)


def increase_or_reload(assessment: Assessment, policy: Policy) -> Offer:
    """Offer maintenance one step more frequent, or alternate-day injections again (T1)."""
    step = intensified_phase(assessment, policy)
    more_often = (Option((Claim.MILD_RETURN,), Regimen((starting_now(step),))),) if step else ()
    # After reloading nobody goes back to a longer interval than that at which the symptoms
    # returned, and to a shorter one where it is left.
    afterwards = min(
        maintenance_phase(as_neurological(assessment), policy),
        step or most_frequent_phase(policy),
        key=interval_of,
    )
    again = Option((Claim.PROGRESSIVE,), Regimen((N_LOAD, afterwards)))
    if assessment.urgent_neurology:  # signs of the cord or the optic nerve are objective
        more_often, again = (), replace(again, claims=())
    review = FollowUp(
        Test.SYMPTOM_REVIEW,
        why="urgent review: neurological symptoms have returned",
        citations=("S44",),
    )
    return _replacing(Offer(options=(*more_often, again), follow_ups=(review,)), assessment)


def increase_frequency(assessment: Assessment, policy: Policy) -> Offer:
    """Offer maintenance one step more frequent (T2)."""
    step = intensified_phase(assessment, policy)
    if step is None:
        return Offer(needs=("specialist advice: maintenance is already at its shortest interval",))
    return _replacing(Offer(options=(Option((), Regimen((starting_now(step),))),)), assessment)


def maintenance_after_loading(assessment: Assessment, policy: Policy) -> Offer:
    """Offer maintenance, due one interval after the last loading dose (T3)."""
    return Offer(
        options=(Option((), Regimen((maintenance_phase(assessment, policy),))),),
        acceptable=(Regimen((MAINT_1M,)),),
        follow_ups=review_follow_ups(assessment),
        advice=(_monitoring_advice(policy),),
    )


def first_year_on_alternate_days(assessment: Assessment, policy: Policy) -> Offer:
    """Offer alternate-day injections, which never were on record, or to go on where they no longer
    help (T1b).
    """
    reload = replace(
        neurological_loading(assessment, policy).options[0],
        claims=(Claim.STILL_IMPROVING,),
    )
    maintenance = maintenance_phase(as_neurological(assessment), policy)
    interval, longest = assessment.treatment.interval, longest_acceptable_interval
    too_long = interval is not None and interval > longest(assessment, policy)
    go_on = Option((Claim.GO_ON,), None)
    if too_long:  # after nerve signs it goes on at the interval of 2.7
        go_on = Option((Claim.NO_FURTHER,), Regimen((starting_now(maintenance),)))
    return _replacing(Offer(options=(reload, go_on)), assessment)


def go_on_or_maintain(assessment: Assessment, policy: Policy) -> Offer:
    """Offer alternate days again while signs improve, or maintenance (T3b)."""
    maintenance = maintenance_phase(as_neurological(assessment), policy)
    improving = Option((Claim.STILL_IMPROVING,), Regimen((N_LOAD, maintenance)))
    plateau = Option((Claim.NO_FURTHER,), Regimen((maintenance,)))
    return _replacing(
        Offer(options=(improving, plateau), acceptable=(Regimen((MAINT_1M,)),)), assessment
    )


def reload(assessment: Assessment, policy: Policy) -> Offer:
    """Offer alternate-day injections after a lapse with nerve signs; to resume only where every
    sign is older than the last dose, and never first (T4a).
    """
    offer = neurological_loading(assessment, policy)
    if not assessment.signs_before_last_dose:
        return _replacing(offer, assessment)
    maintenance = starting_now(resumed_phase(assessment, policy))
    legs = (
        replace(offer.options[0], claims=(Claim.SIGNS_PRESENT,)),
        Option((Claim.OLD_UNCHANGED,), Regimen((maintenance,))),
    )
    return _replacing(replace(offer, options=legs), assessment)


def resume_or_reload(assessment: Assessment, policy: Policy) -> Offer:
    """Offer a dose now and maintenance again; with loading as the other leg where symptoms or
    nerves may ask for it (T4).
    """
    maintenance = resumed_phase(assessment, policy)
    resume = Regimen((starting_now(maintenance),))
    if assessment.treatment.by_mouth:
        resume = _tablets_again(assessment, policy, maintenance)
    if not may_need_reloading(assessment):
        usual = maintenance_phase(assessment, policy)
        others = (Regimen((M_LOAD, maintenance)), Regimen((M_LOAD, usual)), Regimen((usual,)))
        return _replacing(Offer(options=(Option((), resume),), acceptable=others), assessment)
    legs = []
    if assessment.neurological.is_unknown:
        legs.append(
            Option(
                (Claim.SIGNS_PRESENT,),
                Regimen((N_LOAD, resumed_phase(as_neurological(assessment), policy))),
            )
        )
    if assessment.symptoms.is_true or assessment.neurological.is_false:
        legs.append(
            Option(
                (Claim.SIGNS_ABSENT, Claim.OTHERS_BACK),
                Regimen((M_LOAD, maintenance)),
            )
        )
    unchanged = (Claim.SIGNS_ABSENT, Claim.NOTHING_ELSE)
    return _replacing(Offer(options=(*legs, Option(unchanged, resume))), assessment)


def _tablets_again(assessment: Assessment, policy: Policy, maintenance: Phase) -> Regimen:
    """Return tablets again where they suit this person without nerve signs, else injections from
    the start: maintenance alone would follow no loading.
    """
    absent = without_neurological_symptoms(assessment)
    suits = can_take_by_mouth(absent, policy) and not absent.established_malabsorption.is_true
    if suits:
        return Regimen((with_oral_dose(ORAL, policy.oral_dose_mcg),))
    return Regimen((M_LOAD, maintenance))


def renew(assessment: Assessment, policy: Policy) -> Offer:
    """Offer the same injections again; what 2.7 asks for where they are too far apart or the
    product does not suit (T8).
    """
    usual = maintenance_phase(assessment, policy)
    treatment = assessment.treatment
    unsuitable = is_on_unsuitable_product(assessment)
    fits = not unsuitable and _in_time(assessment, policy)
    phase = phase_as_ordered(treatment.timing, usual, policy) if fits else usual
    return _replacing(
        Offer(
            options=(Option((), Regimen((starting_now(phase),))),),
            acceptable=(Regimen((usual,)), Regimen((MAINT_1M,))),
            advice=(_monitoring_advice(policy),),
        ),
        assessment,
    )


def oral_in_malabsorption(assessment: Assessment, policy: Policy) -> Offer:
    """Say that injections are preferred; offer the switch where the site never allows oral, or
    where oral does not work (T5).
    """
    advice = (
        Advice(
            "T5",
            "Injections stay preferred in established malabsorption; evidence does not support "
            "that oral treatment safely replaces them.",
            ("S48", "S49"),
        ),
    )
    never = policy.oral_in_established_malabsorption is OralInEstablishedMalabsorption.NEVER
    if not never and cyanocobalamin_may_go_on(assessment):
        return Offer(advice=advice)
    return replace(switch_to_injections(assessment, policy), advice=advice)


def injections_for_tablets_that_fail(assessment: Assessment, policy: Policy) -> Offer:
    """Offer injections in place of tablets that do not work (T5b). Where nerve signs are not known
    to be absent both legs are offered, and the clinician says which holds.
    """
    switch = switch_to_injections(assessment, policy)
    if not assessment.neurological.is_unknown:
        return switch
    signs = _replacing(neurological_loading(assessment, policy), assessment)
    legs = (
        *(replace(option, claims=(Claim.SIGNS_PRESENT,)) for option in signs.options),
        *(replace(option, claims=(Claim.SIGNS_ABSENT,)) for option in switch.options),
    )
    return replace(switch, options=legs, acceptable=(*signs.acceptable, *switch.acceptable))


def switch_to_injections(assessment: Assessment, policy: Policy) -> Offer:
    """Offer loading and maintenance injections in place of oral treatment (T5b): a change of route,
    not of an interval.
    """
    return _replacing(injected_loading(assessment, policy), assessment)


def carry_on(assessment: Assessment, policy: Policy) -> Offer:
    """Continue at the interval of 2.7; offer what the course lacks: maintenance, or a product that
    suits the person (T6).
    """
    treatment, maintenance = assessment.treatment, maintenance_phase(assessment, policy)
    injected = treatment.phase is not TreatmentPhase.ORAL
    unsuitable = is_on_unsuitable_product(assessment)
    acceptable = (Regimen((maintenance,)), Regimen((MAINT_1M,))) if injected else ()
    lacking: tuple[Option, ...] = ()
    if unsuitable and treatment.phase is not TreatmentPhase.MAINTENANCE:
        lacking = switch_to_injections(assessment, policy).options
    elif treatment.phase is TreatmentPhase.LOADING and not treatment.maintenance_ordered:
        lacking = (Option((), Regimen((maintenance,))),)
    elif treatment.phase is TreatmentPhase.MAINTENANCE and (
        unsuitable or not _maintenance_suffices(assessment, policy)
    ):
        lacking = _replacing(
            Offer(options=(Option((), Regimen((starting_now(maintenance),))),)), assessment
        ).options
    return Offer(
        options=lacking,
        acceptable=acceptable,
        follow_ups=() if injected else egfr_if_unknown(assessment),
        advice=(_monitoring_advice(policy),),
    )


def _maintenance_suffices(assessment: Assessment, policy: Policy) -> bool:
    """Whether maintenance is ordered, at an interval that is not too long (2.7)."""
    return assessment.treatment.maintenance_ordered and _in_time(assessment, policy)


def _in_time(assessment: Assessment, policy: Policy) -> bool:
    treatment = assessment.treatment
    substance = treatment.substance or Substance.HYDROXOCOBALAMIN
    return treatment.interval is None or treatment.interval <= longest_acceptable_interval(
        assessment, policy, substance
    )


def _monitoring_advice(policy: Policy) -> Advice:
    text = (
        f"After {policy.stable_checks} consecutive normal checks monitor yearly. One normal result "
        f"ends neither treatment nor monitoring, "
        "and no result changes the interval: symptoms do."
    )
    return Advice("2.7", text, ("S16", "S39", "S42", "S43", "S46", "S81", "S84", "S91", "S92"))


def _replacing(offer: Offer, assessment: Assessment) -> Offer:
    """The options take over from the active order (Q16)."""
    key = assessment.treatment.order_key
    return replace(offer, options=tuple(replace(option, replaces=key) for option in offer.options))
