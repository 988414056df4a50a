"""The safety invariants I1 to I25 of decisions 2.11, as far as they are about recommendations.

Each is written from the document, not from the code: limits and intervals are worked out here
again.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from recommender.assessment import Assessment, PlateletBand
from recommender.deficiency.grounds import Deficiency
from recommender.guidance.policy import NonNeuroMaintenance, Policy
from recommender.guidance.statements import is_citable
from recommender.language import Claim, HintAt
from recommender.language.doses import PeriodUnit, Phase, PhaseKind, Regimen, Route, Substance
from recommender.language.logic import Truth
from recommender.language.scenario import Cause
from recommender.treatment.recommendation import Option, Outcome, Recommendation
from recommender.treatment.table import trace_rows
from recommender.treatment_so_far.treatment import TreatmentPhase

CYANO, HYDROXO = Substance.CYANOCOBALAMIN, Substance.HYDROXOCOBALAMIN
FEW_PLATELETS = (PlateletBand.FROM_25_TO_50, PlateletBand.FROM_10_TO_24, PlateletBand.BELOW_10)


def violations(found: Recommendation, policy: Policy) -> list[str]:
    """Return every invariant that the recommendation breaks; empty when it is safe."""
    checks = (
        _shape,
        _neurological,
        _cyanocobalamin,
        _doses,
        _course,
        _intervals,
        _who,
        _technique,
        _words,
    )
    return [broken for check in checks for broken in check(found, policy)]


def phases(found: Recommendation) -> list[tuple[Option, Phase]]:
    """Return every phase that may be drafted, with its option."""
    return [
        (option, phase)
        for option in found.options
        if option.regimen
        for phase in option.regimen.phases
    ]


def _shape(found: Recommendation, policy: Policy) -> Iterator[str]:
    """A total answer with one primary rule, and nothing without its sources (I22)."""
    trace = trace_rows(found, policy)
    if not found.rule or not found.summary or not found.citations or not trace:
        yield "I22: rule, summary, citations or trace missing"
    if not all(is_citable(citation) for citation in found.citations):
        yield "I22: unknown citation"
    fired = [row.rule for row in trace if row.fired]
    inner = found.rule == "T7"  # what would follow if it is not given any more
    beside = [] if inner else [rule for rule in found.also if not rule.startswith("M")]
    if sorted(fired) != sorted([found.rule, *beside]):
        yield f"not exactly one primary rule: {fired}"
    if any(not row.why for row in trace):
        yield "I22: a row without a reason"
    if len(found.summary) >= 140:
        yield "summary too long"
    if (
        (found.outcome is Outcome.CHOICE)
        and len(found.options) > 1
        and len({option.claims for option in found.options}) == 1
    ):
        yield "a choice whose legs are not told apart"


def _neurological(found: Recommendation, _: Policy) -> Iterator[str]:
    """I1, I8, I12."""
    a = found.assessment
    for option, phase in phases(found):
        by_mouth = phase.line.route in (Route.ORAL, Route.NASAL)
        if by_mouth and a.neurological.is_true:
            yield "I1: not by injection although neurological involvement is recorded"
        labelled = Claim.SIGNS_ABSENT in option.claims
        if (
            by_mouth
            and a.neurological.is_unknown
            and phase.kind is not PhaseKind.PROPHYLAXIS
            and not labelled
        ):
            yield "I1: oral with neurological status unknown outside the labelled choice"
        if (
            by_mouth
            and a.neurological.is_unknown
            and phase.kind is PhaseKind.PROPHYLAXIS
            and a.deficiency is not Deficiency.UNLIKELY
        ):
            yield (
                "P4: oral prophylaxis with neurological status unknown and deficiency not unlikely"
            )
    open_or_shown = a.deficiency not in (Deficiency.UNLIKELY, Deficiency.DIAGNOSED)
    old = a.deficiency in (Deficiency.UNKNOWN, Deficiency.UNRESOLVED) and not a.neurological_recent
    urgent = _treatable(a) and a.untreated and a.neurological.is_true and open_or_shown and not old
    if urgent and not _offers_alternate_days(found) and not _says_what_delay_risks(found):
        yield (
            "I12: neurological involvement without injections on offer, and without saying the "
            "risk of delay"
        )


def _says_what_delay_risks(found: Recommendation) -> bool:
    """What is not drafted is not to be delayed; where a severe reaction stands before it no dose
    comes before the advice on it (I16), and it is that which is not to be delayed (Q52, Q80).
    """
    said, a = found.not_drafted, found.assessment
    severe = (a.severe_reaction_hydroxocobalamin | a.severe_reaction_unspecified).may_be_true
    return ("the same day: delay risks" if severe else "Do not delay") in said


def _treatable(a: Assessment) -> bool:
    unspecified = a.unspecified_b12_allergy.is_true and a.severe_reaction_unspecified.may_be_true
    hydroxo = a.hydroxocobalamin_allergy.is_true and a.severe_reaction_hydroxocobalamin.may_be_true
    cyano = a.cyanocobalamin_allergy.is_true and a.severe_reaction_cyanocobalamin.may_be_true
    return (
        a.adult.is_true and not a.deceased.is_true and not unspecified and not (hydroxo and cyano)
    )


def _offers_alternate_days(found: Recommendation) -> bool:
    return any(
        _interval(phase) == 2 and phase.line.route is not Route.ORAL for _, phase in phases(found)
    )


def _cyanocobalamin(found: Recommendation, policy: Policy) -> Iterator[str]:
    """I2, I16, I19, I23 and PS5."""
    a = found.assessment
    for _, phase in phases(found):
        line = phase.line
        if line.substance is CYANO and not (
            a.renal.is_false
            and a.lebers.is_false
            and not a.cyanocobalamin_allergy.is_true
            and HintAt.ALLERGY not in a.hinted
        ):
            yield (
                "I2: cyanocobalamin with kidney function reduced or unknown, Leber's disease or "
                "allergy"
            )
        if line.substance not in (CYANO, HYDROXO):
            yield "I3, PS5: neither hydroxocobalamin nor cyanocobalamin"
        if line.substance is HYDROXO and a.hydroxocobalamin_allergy.is_true:
            yield "I16: hydroxocobalamin after a reaction to it"
        if a.unspecified_b12_allergy.is_true:
            yield "I16: a product after a reaction to vitamin B12 of unknown form"
        if a.severe_reaction_hydroxocobalamin.is_true and a.hydroxocobalamin_allergy.is_true:
            yield "PS4: automatic switch after a severe reaction"
        if line.route is Route.ORAL and a.established_malabsorption.is_true:
            yield "I19: oral in established malabsorption"
        if (
            line.substance is CYANO
            and line.route is not Route.ORAL
            and not policy.cyano_im_protocol
        ):
            yield "I23: cyanocobalamin injection without the site's protocol"
        if (
            line.route not in (Route.INTRAMUSCULAR, Route.ORAL)
            and policy.sc_hydroxocobalamin.value != "DRAFT"
        ):
            yield "PS5: a route that is never drafted"


def _doses(found: Recommendation, _: Policy) -> Iterator[str]:
    """I10, I25."""
    for _, phase in phases(found):
        line = phase.line
        if line.dose is None or line.timing is None or line.route is None:
            yield "a draft without dose, timing or route"
        elif line.route is Route.ORAL:
            if not 1000 <= line.dose <= 2000 or (
                line.timing.frequency,
                line.timing.period,
                line.timing.unit,
            ) != (1, 1, PeriodUnit.DAY):
                yield "I10, I25: oral dose other than 1000 to 2000 micrograms daily"
        elif line.dose != 1000:
            yield "I10: an injection other than 1000 micrograms"


def _course(found: Recommendation, _: Policy) -> Iterator[str]:
    """I4, I5, I20."""
    for option in found.options:
        if option.regimen:
            yield from _whole_course(option.regimen, found.rule)
    treatment = found.assessment.treatment
    awaits = treatment.phase is TreatmentPhase.LOADING and not treatment.maintenance_ordered
    if (
        awaits
        and _treatable(found.assessment)
        and not found.not_drafted
        and not any(phase.lifelong for _, phase in phases(found))
    ):
        yield "I5: a loading course without maintenance"


def _whole_course(regimen: Regimen, rule: str) -> Iterator[str]:
    *loading, last = regimen.phases
    if not last.lifelong and rule != "N2":
        yield "I4, I5: a course that ends"
    if any(phase.lifelong for phase in loading):
        yield "a phase after one for life"
    for phase in regimen.phases:
        bounded = phase.line.timing is not None and phase.line.timing.is_bounded
        if _interval(phase) == 2 and bounded:
            yield "I20: injections on alternate days with an end"
        if phase.lifelong and bounded:
            yield "I4: maintenance with an end"


def _intervals(found: Recommendation, policy: Policy) -> Iterator[str]:
    """I6, and no maintenance more frequent than the site allows (C5)."""
    a = found.assessment
    for option, phase in phases(found):
        if not phase.lifelong or phase.line.route is Route.ORAL:
            continue
        limit = (
            _prophylaxis_limit(a, policy)
            if phase.kind is PhaseKind.PROPHYLAXIS
            else _limit(a, policy, option)
        )
        if phase.line.substance is CYANO:
            limit = min(limit, Decimal(31))
        if _interval(phase) > limit:
            yield f"I6: every {_interval(phase)} days although {limit} is the longest"
        if _interval(phase) < policy.min_maintenance_days:
            yield "C5: maintenance more frequent than the site allows"


def _limit(a: Assessment, policy: Policy, option: Option) -> Decimal:
    ever = a.neurological_ever
    if (
        a.neurological.is_unknown
        and Claim.SIGNS_ABSENT in option.claims
        and ever.is_unknown
        and a.untreated
    ):
        ever = Truth.FALSE
    days = {
        NonNeuroMaintenance.RANGE_2_3: 93,
        NonNeuroMaintenance.FIXED_2: 62,
        NonNeuroMaintenance.FIXED_3: 93,
    }
    limit = 62 if ever.may_be_true else days[policy.non_neuro_maintenance]
    if (a.ileal_resection_over_limit | a.crohns_over_limit).is_true:
        limit = min(limit, 31 * policy.ileal_maintenance_months)
    return Decimal(limit)


def _prophylaxis_limit(a: Assessment, policy: Policy) -> Decimal:
    over = (a.ileal_resection_over_limit | a.crohns_over_limit).is_true
    return Decimal(31 * policy.ileal_maintenance_months) if over else Decimal(93)


def _who(found: Recommendation, _: Policy) -> Iterator[str]:
    """I15, Q14, K10, and a route for every person."""
    a = found.assessment
    drafted = bool(phases(found))
    if drafted and (not a.adult.is_true or a.deceased.is_true):
        yield "I15: treatment for someone under age, of unknown age, or deceased"
    shown = a.is_deficient or a.neurological.is_true or not a.untreated
    if drafted and a.pregnant.is_true and not shown:
        yield "K10: a draft in pregnancy before deficiency is shown"
    if a.causes and Cause.BARIATRIC not in a.causes and found.rule == "P4":
        yield "P4 without bariatric surgery"


def _technique(found: Recommendation, _: Policy) -> Iterator[str]:
    """I13, I14."""
    a, text = found.assessment, " ".join(found.technique)
    injected = any(phase.line.route is not Route.ORAL for _, phase in phases(found))
    said = {advice.id for advice in found.advice}
    if injected and "not the buttock" not in text:
        yield "I14: an injection without saying where"
    if (
        injected
        and a.platelets in FEW_PLATELETS
        and ("25 to 27 gauge" not in text or "K2" not in said)
    ):
        yield "I13: platelets of 50 or below without technique"
    if (
        injected
        and a.platelets is PlateletBand.BELOW_10
        and ("transfusion" not in text or "K4" not in said)
    ):
        yield "I13: platelets below 10 without the line on transfusion"


def _words(found: Recommendation, _: Policy) -> Iterator[str]:
    """I7, I21, I24: nothing claims more than the evidence, and every advice cites what it rests
    on.
    """
    for advice in found.advice:
        if (
            not advice.text
            or not advice.citations
            or not all(is_citable(citation) for citation in advice.citations)
        ):
            yield f"advice {advice.id} without text or citation"
        if "azard ratio" in advice.text or "cardiovascular" in advice.text:
            yield "I24: a claim of harm"


def _interval(phase: Phase) -> Decimal:
    assert phase.line.timing is not None
    return phase.line.timing.longest_interval
