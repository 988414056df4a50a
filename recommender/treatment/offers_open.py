"""What the rows offer where deficiency is not shown: tests, questions and prophylaxis (N3, B1,
P1 to P6, E1 to E3 of decisions 2.4).
"""

from __future__ import annotations

from dataclasses import replace

from recommender.assessment import Assessment
from recommender.deficiency import Deficiency
from recommender.guidance import (
    PROPH_1M,
    PROPH_3M,
    PROPH_M,
    PROPH_ORAL,
    GastrectomyProphylaxis,
    Policy,
    with_oral_dose,
)
from recommender.language import Cause, FollowUp, Regimen, Test
from recommender.monitoring import ileal_phase, pregnancy_plan_b12, still_needed, yearly_b12
from recommender.precautions import Advice
from recommender.treatment.offers import Offer, bariatric_maintenance, ileal_needs
from recommender.treatment.recommendation import Option


def look_for_other_causes(assessment: Assessment, _: Policy) -> Offer:
    """Offer methylmalonic acid and homocysteine if not done (N3)."""
    wanted = (Test.MMA, Test.HOMOCYSTEINE)
    why = "vitamin B12 alone misses functional deficiency"
    return Offer(
        follow_ups=tuple(
            FollowUp(test, why=why, citations=("S86", "S88"))
            for test in wanted
            if still_needed(test, assessment)
        ),
        needs=("another explanation of the neurological signs",),
    )


def resolve_borderline(assessment: Assessment, _: Policy) -> Offer:
    """Offer the test that decides a borderline result (B1)."""
    needs = (
        ("whether neurological symptoms are present",) if assessment.neurological.is_unknown else ()
    )
    test, why = _deciding_test(assessment)
    return Offer(
        follow_ups=(FollowUp(test, why=why, citations=("S38", "S87", "S88")),), needs=needs
    )


def _deciding_test(assessment: Assessment) -> tuple[Test, str]:
    if assessment.pregnant.is_true and Test.HOLOTRANSCOBALAMIN not in assessment.tests_on_record:
        return Test.HOLOTRANSCOBALAMIN, "total vitamin B12 falls in normal pregnancy"
    if Test.MMA not in assessment.tests_on_record:
        caveat = (
            "; reduced kidney function will make it hard to read"
            if assessment.renal.is_true
            else ""
        )
        return Test.MMA, f"borderline vitamin B12{caveat}"
    if Test.EGFR not in assessment.tests_on_record:
        return Test.EGFR, "methylmalonic acid cannot be interpreted without kidney function"
    if Test.HOLOTRANSCOBALAMIN not in assessment.tests_on_record:
        return (
            Test.HOLOTRANSCOBALAMIN,
            "methylmalonic acid is hard to read with this kidney function",
        )
    return Test.MMA, "borderline vitamin B12: repeat"


def ask_for_a_test(assessment: Assessment, _: Policy) -> Offer:
    """Say what is missing: a vitamin B12 test, and the neurological answer (E2)."""
    needs = ["a vitamin B12 or holotranscobalamin result taken without vitamin B12 treatment"]
    if assessment.neurological.is_unknown:
        needs.append("whether neurological symptoms are present")
    return Offer(follow_ups=_b12_if_missing(assessment), needs=tuple(needs))


def consider_mma(assessment: Assessment, _: Policy) -> Offer:
    """Nothing to treat; methylmalonic acid if symptoms persist (E1)."""
    if not assessment.symptoms.is_true or Test.MMA in assessment.tests_on_record:
        return Offer()
    return Offer(follow_ups=(FollowUp(Test.MMA, why="symptoms persist", citations=("S38", "S86")),))


def _b12_if_missing(assessment: Assessment) -> tuple[FollowUp, ...]:
    if assessment.deficiency is not Deficiency.UNKNOWN:
        return ()
    test = Test.HOLOTRANSCOBALAMIN if assessment.pregnant.is_true else Test.SERUM_B12
    return (FollowUp(test, why="no usable vitamin B12 result", citations=("S52", "S87")),)


def ileal_prophylaxis(assessment: Assessment, policy: Policy) -> Offer:
    """Offer monthly injections for life after ileal resection over 20 cm, or with extensive ileal
    Crohn's disease (P1, P2).
    """
    phase = replace(
        PROPH_1M, id=f"PROPH-{policy.ileal_maintenance_months}M", line=ileal_phase(policy).line
    )
    load_first = Advice("P1", "Load first if vitamin B12 turns out to be low.", ("S10", "S71"))
    unknown = assessment.deficiency is Deficiency.UNKNOWN
    return Offer(
        options=(Option((), Regimen((phase,))),),
        follow_ups=(*_b12_if_missing(assessment), *yearly_b12(assessment)),
        advice=(load_first,) if unknown else (),
    )


def watch_the_ileum(assessment: Assessment, policy: Policy) -> Offer:
    """Offer the test and ask for length or extent (P3); any-extent prophylaxis is named only
    (C10).
    """
    text = (
        "One source advises monthly prophylaxis for any extent of ileal Crohn's disease, the other "
        f"yearly screening below {policy.crohns_extent_cm:f} cm."
    )
    advice = (
        (Advice("P3", text, ("S21", "S22", "S72")),)
        if Cause.CROHNS_ILEAL in assessment.causes
        else ()
    )
    return Offer(
        follow_ups=(*_b12_if_missing(assessment), *yearly_b12(assessment)),
        advice=advice,
        needs=ileal_needs(assessment),
    )


def bariatric_prophylaxis(assessment: Assessment, policy: Policy) -> Offer:
    """Offer an injection every 3 months, or oral where neurological symptoms are not in the way
    (P4).
    """
    injection, oral = PROPH_3M, with_oral_dose(PROPH_ORAL, policy.oral_dose_mcg)
    unlikely = assessment.deficiency is Deficiency.UNLIKELY and not assessment.neurological.is_true
    phases = (
        bariatric_maintenance(assessment, policy, injection, oral)
        if assessment.neurological.is_false or unlikely
        else (injection,)
    )
    return Offer(
        options=tuple(Option((), Regimen((phase,))) for phase in phases),
        acceptable=(
            Regimen((injection,)),  # right whichever the site drafts (C13)
            Regimen((PROPH_1M,)),
            *(Regimen((oral,)) for phase in phases if phase is oral),
        ),
        follow_ups=(*_b12_if_missing(assessment), *pregnancy_plan_b12(assessment)),
    )


def gastrectomy_prophylaxis(assessment: Assessment, policy: Policy) -> Offer:
    """Offer the tests that are missing and, where the site does, injections every 2 to 3 months
    after total gastrectomy (P5, C35): an external source, so not recommended before a test.
    """
    load_first = Advice(
        "P5",
        "External source (UK label): injections every 2 to 3 months after total gastrectomy. "
        "Load first if vitamin B12 turns out to be low.",
        ("S13", "S85", "X8"),
    )
    offers = policy.gastrectomy_prophylaxis is GastrectomyProphylaxis.OFFER
    return Offer(
        options=(Option((), Regimen((PROPH_M,))),) if offers else (),
        acceptable=(Regimen((PROPH_M,)), Regimen((PROPH_1M,))),
        follow_ups=_tests_missing(assessment, (Test.SERUM_B12, Test.FULL_BLOOD_COUNT)),
        advice=(load_first,),
    )


def ask_about_the_operation(assessment: Assessment, _: Policy) -> Offer:
    """Offer the yearly test where it is missing and ask which operation it was; nothing is drafted
    (P6).
    """
    return Offer(
        follow_ups=_tests_missing(assessment, (Test.SERUM_B12,)),
        needs=("which operation was done",),
    )


def repeat_the_low_result(assessment: Assessment, _: Policy) -> Offer:
    """Offer the tests that decide after a low result that is old or cannot be used (E3)."""
    needs = (
        ("whether neurological symptoms are present",) if assessment.neurological.is_unknown else ()
    )
    words = "With symptoms do not wait for the repeat before deciding on treatment."
    advice = (Advice("E3", words, ("S52", "S86")),) if assessment.symptoms.is_true else ()
    wanted = (Test.SERUM_B12, Test.FULL_BLOOD_COUNT, Test.MMA)
    why = "an earlier result was low, or is flagged low"
    return Offer(
        follow_ups=tuple(
            FollowUp(test, why=why, citations=("S52", "S86", "S87"))
            for test in wanted
            if still_needed(test, assessment)
        ),
        advice=advice,
        needs=needs,
    )


def _tests_missing(assessment: Assessment, wanted: tuple[Test, ...]) -> tuple[FollowUp, ...]:
    return tuple(
        FollowUp(test, why="none in 12 months", citations=("S85",))
        for test in wanted
        if still_needed(test, assessment)
    )
