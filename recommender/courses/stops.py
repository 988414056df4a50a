"""Stops, holds and cancellations of vitamin B12 (cards f1, f2; Q20, Q56, Q72)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from recommender.cards import CRITICAL, INFO, WARNING, cards
from recommender.case import Case, Issue, has_test, issue_of, kind_of, may_be_cyanocobalamin
from recommender.deficiency import Permanence
from recommender.language import (
    DoseGiven,
    DoseLine,
    HintAt,
    Order,
    OrderState,
    PhaseKind,
    Test,
    ends_with_one,
    is_injected,
    is_one_injection,
    is_treatment_dose,
)
from recommender.safety import form_note, may_put_off, puts_off, reaction_to
from recommender.treatment_so_far import standing_order_days
from recommender.wording import capital, name_of


def check_stops(case: Case) -> Iterator[Issue]:
    """Yield f1 or f2 for a drafted stop, hold or cancellation of vitamin B12, unless other
    treatment goes on.
    """
    yield from _replaced_by_none(case)
    for stop in case.selected_stops:
        if _is_no_treatment(case, stop) or _goes_on(case, stop):
            continue
        if stop.forbids and not _is_active(case, stop):
            continue
        if right := why_right(case, stop):
            yield _right_stop(stop, right)
            continue
        if case.assessment.permanence is not Permanence.RESOLVED:
            yield _stop(case, stop, stop)
        elif not has_test(case, Test.SERUM_B12):
            yield _resolved(case, stop)


def _stop(case: Case, stopped: Order, by: Order) -> Issue:
    """Return f1 about the draft by which treatment would end."""
    critical = case.assessment.neurological_ever.is_true
    reasons = [_why_not_stop(case, stopped)]
    if stopped.cobalamin is not None and asks_for_kidneys(case, stopped):
        needs = "Cyanocobalamin needs a kidney result, hydroxocobalamin needs none."
        reasons.append(f"{needs}{form_note(stopped.cobalamin)}")
    if result := puts_off(case, stopped):
        lead = f"{capital(result)}: put the next injection off. " if critical else ""
        reasons.append(f"{lead}Ask whether another route suits meanwhile.")
    elif perhaps := may_put_off(case, stopped):
        reasons.append(f"{perhaps}: read or repeat it before the next injection.")
    return Issue(
        cards.F1_STOP,
        CRITICAL if critical else WARNING,
        tuple(reasons),
        ("S16", "S84", "S85"),
        (by.key,),
    )


def _replaced_by_none(case: Case) -> Iterator[Issue]:
    """Yield f1 for a draft that takes the place of treatment and is none: a multivitamin or folic
    acid with a `priorPrescription` (cards.md 1).
    """
    treated = {order.key: order for order in case.course.active if order.has_cobalamin}
    for draft in case.course.drafts:
        old = treated.get(draft.replaces) if draft.selected else None
        no_treatment = draft.combination or not draft.has_cobalamin
        if (
            old is not None
            and not _is_no_treatment(case, old)
            and no_treatment
            and not is_treatment_dose(draft.cobalamin).is_true
            and case.assessment.permanence is not Permanence.RESOLVED
            and not _goes_on(case, draft)
        ):
            yield _stop(case, old, draft)


def _is_no_treatment(case: Case, stop: Order) -> bool:
    """Return whether what is stopped treats nothing: below treatment dose, a multivitamin always,
    B12 alone where treatment goes on, or nothing speaks for deficiency (Q75); nor does one
    injection, where nothing does.
    """
    a = case.assessment
    basis = a.has_deficiency_basis or bool(a.causes) or a.treatment.last_dose is not None
    if is_one_injection(stop.cobalamin) and not basis:
        return True
    if not is_treatment_dose(stop.cobalamin).is_false:
        return False
    treated = any(is_treatment_dose(order.cobalamin).is_true for order in case.course.active)
    return stop.combination or treated or not (a.has_deficiency_basis or a.causes)


def _resolved(case: Case, stop: Order) -> Issue:
    """Return f2: the cause has passed, and the sources differ on stopping (C18)."""
    reason = (
        "The cause is recorded as resolved. Stopping may still lead to relapse: review symptoms "
        "and recheck in 3 to 6 months."
    )
    loud = WARNING if case.policy.lifelong_for_dietary else INFO
    return issue_of(cards.F2_STOP_CAUSE_RESOLVED, loud, stop, reason, ("S46", "S84"))


def forbids_what_is_due(case: Case) -> bool:
    """Return whether all that is selected forbids vitamin B12 that nobody takes, without a reason
    of the record: no stop (Q20), and what is due is said beside it.
    """
    stops = case.selected_stops
    return bool(stops) and all(
        stop.forbids and not _is_active(case, stop) and not why_right(case, stop) for stop in stops
    )


def asks_for_kidneys(case: Case, stopped: Order) -> bool:
    """Return whether what is stopped may be cyanocobalamin and the kidneys are not known: going on
    with it is then no advice (I2).
    """
    line = stopped.cobalamin
    unknown = case.assessment.renal.is_unknown
    return line is not None and may_be_cyanocobalamin(line) and unknown


def why_right(case: Case, stop: Order) -> str:
    """Return why it is right to stop this product, empty where it is not (Q72)."""
    line, a = stop.cobalamin, case.assessment
    if line is None:
        return ""
    if reaction_to(case, line) is not None:
        return "a reaction to it is recorded: arrange allergy advice"
    if case.scenario.hints_at(HintAt.ALLERGY):
        return "a reaction to it may be recorded: arrange allergy advice"
    if may_be_cyanocobalamin(line) and case.kidneys_surely_reduced:
        return "kidney function is reduced: arrange hydroxocobalamin"
    if may_be_cyanocobalamin(line) and a.lebers.is_true:
        return "Leber's disease is recorded: arrange hydroxocobalamin"
    # an entry or a list that was not understood makes no stop right (Q28, I33)
    if may_be_cyanocobalamin(line) and case.scenario.hints_at(HintAt.LEBERS):
        return "Leber's disease is not ruled out: arrange hydroxocobalamin"
    return ""


def _right_stop(stop: Order, why: str) -> Issue:
    line = stop.cobalamin
    named = name_of(line.substance) if line else "this product"
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
    stopped = {stop.key, stop.replaces} - {""}
    others = (*case.course.active, *case.all_drafts)
    return any(
        not {other.key, other.part_of} & stopped
        and is_treatment_dose(other.cobalamin).is_true
        and not ends_with_one(other.cobalamin)
        and not _ends_by_itself(other)
        and _may_be_given(case, other)
        for other in others
    )


def _may_be_given(case: Case, order: Order) -> bool:
    """Return whether an order may be treatment that goes on: a draft, one not older than an order
    may be without a dose, or one of whose form (injections or tablets) there is one since (Q29). A
    dose of unknown day or form may be of what is stopped.
    """
    since = case.scenario.as_of - dt.timedelta(days=standing_order_days(case.policy))
    line, begun = order.cobalamin, order.starts or order.authored
    if line is None:
        return False
    if order.state is OrderState.DRAFT or (begun is not None and begun >= since):
        return True
    return any(
        dose.substance.is_cobalamin
        and dose.date is not None
        and dose.date >= since
        and _is_of_form(dose, line)
        for dose in case.course.doses
    )


def _is_of_form(dose: DoseGiven, line: DoseLine) -> bool:
    """Return whether a dose is an injection as this line is, or is swallowed as it is."""
    if is_injected(line):
        return is_injected(DoseLine(dose.substance, dose.route, dose.dose, None))
    return dose.route is not None and dose.route is line.route


def _ends_by_itself(order: Order) -> bool:
    """Return whether it is a loading course under way that ends: of a drafted one b5 speaks."""
    timing = order.cobalamin.timing if order.cobalamin else None
    loads = kind_of(order) is PhaseKind.LOADING and order.state is OrderState.ACTIVE
    return loads and timing is not None and timing.is_bounded


def _why_not_stop(case: Case, stop: Order) -> str:
    by_mouth = stop.cobalamin is not None and not is_injected(stop.cobalamin)
    if by_mouth and case.assessment.neurological.is_true:
        return "With nerve signs, injections on alternate days take the place of tablets."
    if case.assessment.permanence is Permanence.UNKNOWN:
        return (
            "The cause of deficiency is not known, so it counts as permanent: stopping leads to "
            "relapse."
        )
    if case.assessment.permanence is Permanence.PERSISTENT:
        if case.scenario.cause_resolved.is_unknown:
            return "Whether every cause has passed is not known: stopping may lead to relapse."
        return "The cause is not recorded as resolved: stopping leads to relapse."
    return "The cause is permanent: stopping leads to relapse, and nerve damage may not recover."
