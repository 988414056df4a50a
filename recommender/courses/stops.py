"""Stops, holds and cancellations of vitamin B12 (cards f1, f2; Q20, Q56, Q72)."""

from __future__ import annotations

from collections.abc import Iterator

from recommender.assessment import Permanence
from recommender.cards import Indicator, cards
from recommender.checks import Case, Issue, has_test, may_be_cyanocobalamin, reaction_to
from recommender.language import HintAt, Order, Test, is_treatment_dose

INFO, WARNING, CRITICAL = Indicator.INFO, Indicator.WARNING, Indicator.CRITICAL


def check_stops(case: Case) -> Iterator[Issue]:
    """Yield f1 or f2 for a drafted stop, hold or cancellation of vitamin B12, unless other
    treatment goes on.
    """
    for stop in case.selected_stops:
        if is_treatment_dose(stop.cobalamin).is_false or _goes_on(case, stop):
            continue
        if stop.forbids and not _is_active(case, stop):
            continue
        if right := why_right(case, stop):
            yield _right_stop(stop, right)
            continue
        if case.assessment.permanence is not Permanence.RESOLVED:
            critical = case.assessment.neurological_ever.is_true
            yield Issue(
                cards.F1_STOP,
                CRITICAL if critical else WARNING,
                (_why_not_stop(case),),
                ("S16", "S84", "S85"),
                (stop.key,),
            )
        elif not has_test(case, Test.SERUM_B12):
            loud = case.policy.lifelong_for_dietary
            reason = (
                "The cause is recorded as resolved. Stopping may still lead to relapse: review "
                "symptoms and recheck in 3 to 6 months."
            )
            yield Issue(
                cards.F2_STOP_CAUSE_RESOLVED,
                WARNING if loud else INFO,
                (reason,),
                ("S46", "S84"),
                (stop.key,),
            )


def why_right(case: Case, stop: Order) -> str:
    """Return why it is right to stop this product, empty where it is not (Q72)."""
    line, a = stop.cobalamin, case.assessment
    if line is None:
        return ""
    hinted = bool(case.scenario.hints_at(HintAt.ALLERGY))
    if reaction_to(case, line) is not None or hinted:
        return "a reaction to it may be recorded: arrange allergy advice"
    if may_be_cyanocobalamin(line) and a.renal.is_true:
        return "kidney function is reduced: arrange hydroxocobalamin"
    if may_be_cyanocobalamin(line) and a.lebers.may_be_true:
        return "Leber's disease is not ruled out: arrange hydroxocobalamin"
    return ""


def _right_stop(stop: Order, why: str) -> Issue:
    line = stop.cobalamin
    named = line.substance.value.partition(" (")[0] if line else "this product"
    summary = f"Stopping {named} is right, {why} so that B12 does not lapse"
    reason = "Treatment with vitamin B12 itself goes on."
    return Issue(cards.F1_STOP, INFO, (reason,), ("S16", "S84"), (stop.key,), summary)


def _is_active(case: Case, stop: Order) -> bool:
    """Return whether an active order has the substance that the prescriber forbids."""
    substances = {order.cobalamin.substance for order in case.course.active if order.cobalamin}
    return stop.cobalamin is not None and stop.cobalamin.substance in substances


def _goes_on(case: Case, stop: Order) -> bool:
    """Return whether treatment would go on without the stopped order: another active one, or a
    draft.
    """
    stopped = {stop.key, stop.replaces}
    others = (*case.course.active, *case.all_drafts)
    return any(
        other.key not in stopped and is_treatment_dose(other.cobalamin).is_true for other in others
    )


def _why_not_stop(case: Case) -> str:
    if case.assessment.permanence is Permanence.UNKNOWN:
        return (
            "The cause of deficiency is not known, so it counts as permanent: stopping leads to "
            "relapse."
        )
    if case.assessment.permanence is Permanence.PERSISTENT:
        return "The cause is not recorded as resolved: stopping leads to relapse."
    return "The cause is permanent: stopping leads to relapse, and nerve damage may not recover."
