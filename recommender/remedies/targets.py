"""The regimens that would put the course right, by the ordered route where both suit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from recommender.cards import Remedy, cards
from recommender.case import Case, Column, Issue, is_oral, kind_of
from recommender.courses import continued_order
from recommender.guidance import M_LOAD, ORAL, starting_now, with_oral_dose
from recommender.language import (
    Claim,
    Claims,
    DoseLine,
    Order,
    Phase,
    PhaseKind,
    Regimen,
    Route,
    is_injected,
)
from recommender.monitoring import maintenance_phase
from recommender.treatment import (
    product_for,
    without_neurological_symptoms,
)
from recommender.treatment_so_far import TreatmentPhase, end_of, has_ended

AGAINST_TABLETS = frozenset({cards.B10_BY_MOUTH_MALABSORPTION, cards.B22_TABLETS_FAIL})
"""Cards that want injections in the place of tablets."""


@dataclass(frozen=True, slots=True)
class Target:
    """A regimen to bring the course to. `claims` is what it rests on, `replaces` the active
    order it takes over from.
    """

    regimen: Regimen
    claims: Claims = ()
    replaces: str = ""

    @property
    def drafts(self) -> tuple[Claims, tuple[DoseLine, ...]]:
        """What tells one target from another: the claim, and the doses."""
        return self.claims, tuple(phase.line for phase in self.regimen.phases)


def find_targets(case: Case, issues: Sequence[Issue]) -> tuple[Target, ...]:
    """Return the regimens that would resolve the issues: what is recommended, by injection where
    injections were ordered.

    An order that must go while treatment stands needs nothing in its place, unless it may be what
    that treatment goes on with (I31).
    """
    ordered = _orders_of(case, issues)
    injected = any(
        order.cobalamin is not None and is_injected(order.cobalamin) for order in ordered
    )
    by_mouth = (
        any(order.cobalamin is not None and is_oral(order.cobalamin) for order in ordered)
        and not injected
        and case.rule != "T5b"  # tablets failed, whatever else is wrong with the order (b22)
        and not any(issue.card in AGAINST_TABLETS for issue in issues)
        and not _prefers_injections(case, issues)
    )
    targets = [
        _by_ordered_route(
            case,
            Target(option.regimen, option.claims, option.replaces),
            injected=injected,
            by_mouth=by_mouth,
        )
        for option in case.recommendation.options
        if option.regimen is not None
    ]
    if injected:
        targets = _without_second_injections(case, targets)
    replaced_for_safety = any(issue.card.remedy is Remedy.REPLACE for issue in issues)
    goes_on = any(continued_order(case, order) for order in ordered)
    if not targets and not (replaced_for_safety and case.standing and not goes_on):
        other = _target_without_option(case, injected=injected, by_mouth=by_mouth)
        targets = [other] if other else []
    return tuple({target.drafts: target for target in reversed(targets)}.values())[::-1]


def _prefers_injections(case: Case, issues: Iterable[Issue]) -> bool:
    """Return whether nerve signs are asked about before tablets of somebody for whom injections are
    preferred, in pregnancy too (K10): without signs tablets are not wrong, and what is preferred
    is offered (Q22, b10).
    """
    asked = any(issue.card == cards.B2_ASK_ABOUT_SIGNS for issue in issues)
    return asked and (case.assessment.malabsorbs_in_part or case.assessment.pregnant.is_true)


def _without_second_injections(case: Case, targets: Sequence[Target]) -> list[Target]:
    """Leave out the injections that stand in the place of tablets where the recommendation offers
    injections on the same grounds itself: both would say the same of another interval.
    """
    offered = {
        option.claims
        for option in case.recommendation.options
        if option.regimen
        and all(phase.line.route is not Route.ORAL for phase in option.regimen.phases)
    }
    regimens = [option.regimen for option in case.recommendation.options]
    return [one for one in targets if one.claims not in offered or one.regimen in regimens]


def _orders_of(case: Case, issues: Iterable[Issue]) -> list[Order]:
    keys = {key for issue in issues for key in issue.about}
    return [order for order in case.drafts if order.key in keys]


def _by_ordered_route(case: Case, target: Target, *, injected: bool, by_mouth: bool) -> Target:
    """Keep to the ordered route where both routes are acceptable (C1): nobody's acceptable choice
    is argued with.
    """
    recommended_oral = all(phase.line.route is Route.ORAL for phase in target.regimen.phases)
    if injected and recommended_oral:
        injections = _injections(case, target.claims)
        return replace(target, regimen=injections) if injections else target
    if (
        by_mouth
        and not recommended_oral
        and _oral_is_acceptable(case)
        and Claim.SIGNS_PRESENT not in target.claims
    ):
        return replace(target, regimen=Regimen((with_oral_dose(ORAL, case.policy.oral_dose_mcg),)))
    return target


def _oral_is_acceptable(case: Case) -> bool:
    return any(
        len(regimen.phases) == 1 and regimen.phases[0].line.route is Route.ORAL
        for regimen in case.recommendation.acceptable
    )


def _injections(case: Case, claims: Claims) -> Regimen | None:
    """Return loading and maintenance injections for a person without neurological symptoms, as far
    as products allow.
    """
    absent = Claim.SIGNS_ABSENT in claims
    a = without_neurological_symptoms(case.assessment) if absent else case.assessment
    maintenance = maintenance_phase(a, case.policy)
    alone = case.column is Column.MAINTENANCE  # nothing is loaded before it
    phases = (starting_now(maintenance),) if alone else (M_LOAD, maintenance)
    return _with_products(case, phases)


def _tablets_go_on(case: Case, *, by_mouth: bool) -> bool:
    """Return whether tablets are ordered in the place of those that are taken, and may be (I19)."""
    continued = any(continued_order(case, order) for order in case.drafts)
    return by_mouth and continued and not case.assessment.established_malabsorption.is_true


def _with_products(case: Case, phases: tuple[Phase, ...]) -> Regimen | None:
    usable = [
        phase
        for phase in (product_for(phase, case.assessment, case.policy) for phase in phases)
        if phase is not None
    ]
    return Regimen(tuple(usable)) if len(usable) == len(phases) else None


def _target_without_option(case: Case, *, injected: bool, by_mouth: bool) -> Target | None:
    """Return what to bring the course to where the recommendation proposes nothing new: treatment
    goes on as it should be (T6).

    A person for whom no treatment is indicated gets none drafted.
    """
    if (
        case.column is not Column.MAINTENANCE
        or case.is_prophylaxis
        or case.recommendation.not_drafted
    ):
        return None
    regimen = None
    if injected:
        maintenance = starting_now(maintenance_phase(case.assessment, case.policy))
        regimen = _with_products(case, (maintenance,))
    elif _tablets_go_on(case, by_mouth=by_mouth):
        regimen = _with_products(case, (with_oral_dose(ORAL, case.policy.oral_dose_mcg),))
    return Target(regimen) if regimen else None


def is_given_up(case: Case, order: Order) -> bool:
    """Return whether an order is active by its status alone, so that what is due is another one: a
    loading course whose time has passed or with which nobody goes on (Q11, T4, T7), tablets whose
    dosage has ended, and each of several orders for maintenance that end (T8).
    """
    kind = kind_of(order)
    loading = case.assessment.treatment.phase is TreatmentPhase.LOADING
    given_up = kind is PhaseKind.LOADING and not loading
    given_up = given_up or (kind is PhaseKind.ORAL and has_ended(order, case.scenario.as_of))
    return given_up or (kind is PhaseKind.MAINTENANCE and case.rule == "T8")


def old_loading(case: Case) -> str:
    """Return the key of the loading order that was given up and has no end by itself, for the new
    one to name (Q16); empty for none.
    """
    today = case.scenario.as_of
    given_up = (
        order
        for order in case.standing
        if kind_of(order) is PhaseKind.LOADING and is_given_up(case, order)
    )
    open_still = (one.key for one in given_up if (end_of(one) or today) >= today)
    return next(open_still, "")
