"""The edits that bring the drafts to a regimen, and keep what is already right.

Loading and maintenance that are already ordered stay; an order of the right product is changed, any
other is replaced (Q25).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from recommender.cards import Card, Remedy, cards
from recommender.case import Case, Issue, fulfils, is_oral, is_treatment, kind_of, same_kind
from recommender.checks import check_order
from recommender.courses import Repeats, continued_order, repeats
from recommender.guidance import INJECTION_DOSE
from recommender.language import (
    SHORTEST_MONTH,
    AddRegimen,
    ChangeOrder,
    Claim,
    Edit,
    NameReplaced,
    Order,
    Phase,
    PhaseKind,
    Regimen,
    RemoveOrder,
    Rhythm,
    Route,
    Timing,
    changed,
    differences,
    is_injected,
    is_one_injection,
    rhythm_of,
)
from recommender.remedies.additions import (
    LEAVES_ORDER_AS_IT_IS,
    CardsByOrder,
    additions,
    cards_by_order,
    cards_of,
    has_parts,
    is_second,
    remove,
    technique_of,
)
from recommender.remedies.targets import Target, is_given_up, old_loading


def put_right(case: Case, target: Target, issues: Iterable[Issue]) -> tuple[Edit, ...]:
    """Return the edits that bring the course to the target and resolve the issues about the drafted
    orders.
    """
    issues = tuple(issues)
    edits, needed = _change_drafts(case, target, issues)
    removed = {edit.key for edit in edits if isinstance(edit, RemoveOrder)}
    if whole := removed & {order.part_of for order in case.all_drafts}:
        edits, needed = _change_drafts(case, target, issues, frozenset(whole))
    if needed:
        old = (_goes_on_from(case, target, phase) for phase in needed)
        edits.insert(
            0,
            AddRegimen(
                Regimen(_after_loading(case, edits, needed)),
                technique_of(case, needed),
                next(filter(None, old), ""),
                claims=target.claims,
                old_loading=old_loading(case),
            ),
        )
    return (*edits, *additions(case, issues, edits))


def _after_loading(
    case: Case, edits: Iterable[Edit], phases: tuple[Phase, ...]
) -> tuple[Phase, ...]:
    """Return the phases so that injections for life wait for a loading course that stays drafted:
    they never start beside it (I35).
    """
    kept = {order.key for order in drafted_loading(case)}
    kept -= {edit.key for edit in edits if isinstance(edit, ChangeOrder | RemoveOrder)}
    return tuple(
        replace(phase, starts_after_loading=True)
        if kept and phase.lifelong and is_injected(phase.line)
        else phase
        for phase in phases
    )


def drafted_loading(case: Case) -> tuple[Order, ...]:
    """Return the drafts that are a loading course."""
    return tuple(order for order in case.all_drafts if kind_of(order) is PhaseKind.LOADING)


def _change_drafts(
    case: Case, target: Target, issues: tuple[Issue, ...], whole: frozenset[str] = frozenset()
) -> tuple[list[Edit], tuple[Phase, ...]]:
    """Return the edits of the drafts, and the phases that none of them fulfils; drafts that are
    right claim their phase first.

    Args: whole: the keys of drafts of several dosage lines of which one must go, so that all do.
    """
    needed = _unclaimed(case, target)
    found = cards_by_order(issues)
    second = {id(order) for order in case.all_drafts if is_second(case, found, order)}
    gone = {
        id(order): order
        for order in case.all_drafts
        if {order.key, order.part_of} & whole
        or (id(order) in second and repeats(case, order) is Repeats.DRAFT)
    }
    kept: set[int] = set()
    drafts = sorted(case.all_drafts, key=lambda order: (id(order) in second, _turn(order, target)))
    for order in drafts:
        phase = next((phase for phase in needed if fulfils(order, phase)), None)
        if phase is not None and id(order) not in gone and _only_asks(found, order):
            kept.add(id(order))
            needed = _without(needed, phase)
    left = (order for order in drafts if id(order) in second - kept - set(gone))
    gone |= {id(order): order for order in left}
    edits: list[Edit] = [edit for order in gone.values() for edit in remove(case, order)]
    for order in drafts:
        if id(order) not in gone and id(order) not in kept:
            wrong = _wrong_cards(found, order)
            changes, needed = _put_order_right(case, target, order, wrong, needed)
            edits += changes
    return list(dict.fromkeys(edits)), needed


def _turn(order: Order, target: Target) -> tuple[bool, str]:
    """Return when a draft is changed: the client's order of the drafts says nothing (Q25)."""
    return not any(same_kind(order, phase) for phase in target.regimen.phases), order.key


def _unclaimed(case: Case, target: Target) -> tuple[Phase, ...]:
    """Return the phases of the target whose place no standing order has; one that the target takes
    over from, or that a draft goes on from, has none.
    """
    going_on = (continued_order(case, order) for order in case.drafts)
    taken = {target.replaces, *(old.key for old in going_on if old is not None)}
    standing = [
        order for order in case.standing if order.key not in taken and not is_given_up(case, order)
    ]
    return tuple(
        phase
        for phase in target.regimen.phases
        if not any(same_kind(order, phase) for order in standing)
    )


def _wrong_cards(found: CardsByOrder, order: Order) -> frozenset[Card]:
    """Return the cards that speak against the order itself, not for something beside it."""
    return frozenset(
        card for card in cards_of(found, order) if card.remedy not in LEAVES_ORDER_AS_IT_IS
    )


def _only_asks(found: CardsByOrder, order: Order) -> bool:
    """Return whether nothing speaks against the order but a question about neurological signs."""
    return all(card.remedy is Remedy.ASK for card in _wrong_cards(found, order))


def _put_order_right(
    case: Case, target: Target, order: Order, wrong: frozenset[Card], needed: tuple[Phase, ...]
) -> tuple[list[Edit], tuple[Phase, ...]]:
    """Return the edits for one draft that is not right, and the phases still needed after them."""
    if not wrong and not _is_in_the_way(order, target):
        return [], needed
    replaced = any(card.remedy is Remedy.REPLACE for card in wrong)
    whole = replaced or order.has_folate or has_parts(case, order) or order.doubt
    phase = None if whole else _phase_for(order, needed)
    if phase is None:  # taken out with nothing in its place, the dose of a visit would be missed
        stays = is_one_injection(order.cobalamin) and not (needed or replaced)
        return ([] if stays else remove(case, order)), needed
    adapted = _adapted(case, order, phase)
    change = ChangeOrder(
        order.key,
        adapted,
        technique_of(case, (adapted,)),
        target.claims,
        completes=_lost_its_dose(order),
    )
    return [change, *_name_the_old(case, target, order, phase)], _without(needed, phase)


def _goes_on_from(case: Case, target: Target, phase: Phase) -> str:
    """Return the key of the active order that this phase goes on from: the one of its kind that a
    draft would have gone on from, else the one that the target takes over from (Q16, Q38); empty
    for none.
    """
    continued = (continued_order(case, one) for one in case.drafts)
    going_on = (one.key for one in continued if one is not None and same_kind(one, phase))
    return next(going_on, "") or target.replaces


def _name_the_old(
    case: Case, target: Target, order: Order, phase: Phase
) -> tuple[NameReplaced, ...]:
    """Let a draft that is put right name the active order it goes on from."""
    old = _goes_on_from(case, target, phase)
    if not old or old in (order.replaces, order.key):
        return ()
    written = next((one.authored for one in case.standing if one.key == old), None)
    return (NameReplaced(order.key, old, written, changes=True),)


def _lost_its_dose(order: Order) -> bool:
    """Return whether the form of an order lost its dose, and no words say another (I36)."""
    line = order.cobalamin
    return line is not None and line.dose is None and not order.words


NO_LOADING = frozenset({Claim.NO_FURTHER, Claim.OLD_UNCHANGED, Claim.MILD_RETURN})
"""Answers after which nothing is loaded any more (T3b, T4a), or nothing again (T1)."""


def _is_in_the_way(order: Order, target: Target) -> bool:
    """Return whether a faultless draft would be a second of its kind, or injections beside oral."""
    if not is_treatment(order):
        return False
    if kind_of(order) is PhaseKind.LOADING and set(target.claims) & NO_LOADING:
        return True
    oral_instead = (
        all(is_oral(phase.line) for phase in target.regimen.phases)
        and kind_of(order) is not PhaseKind.ORAL
    )
    return oral_instead or any(
        same_kind(order, phase) and not fulfils(order, phase) for phase in target.regimen.phases
    )


def _without(phases: tuple[Phase, ...], taken: Phase) -> tuple[Phase, ...]:
    return tuple(phase for phase in phases if phase is not taken)


def _phase_for(order: Order, needed: tuple[Phase, ...]) -> Phase | None:
    """Return the phase that this draft becomes by a change of dose or frequency alone: of the same
    product, its own kind first (Q25).
    """
    line = order.cobalamin
    if line is None:
        return None
    route = line.route or (Route.INTRAMUSCULAR if is_injected(line) else None)
    same = [
        phase
        for phase in needed
        if line.substance is phase.line.substance and route is phase.line.route
    ]
    return next((phase for phase in same if same_kind(order, phase)), same[0] if same else None)


def _is_more_often(ordered: Timing, asked: Timing, phase: Phase) -> bool:
    """Return whether an order is given more often than the phase and for no reason of this person:
    alternate days are for nerve signs, more than monthly for symptoms that return (S15).
    """
    alternate = rhythm_of(ordered) is Rhythm.ALTERNATE_DAYS
    if alternate and rhythm_of(asked) is not Rhythm.ALTERNATE_DAYS:
        return True
    least = min(SHORTEST_MONTH, asked.shortest_interval)
    return phase.kind is PhaseKind.MAINTENANCE and ordered.shortest_interval < least


def _adapted(case: Case, order: Order, phase: Phase) -> Phase:
    """Return the phase with the ordered frequency, where only the dose was wrong or only the start
    changes. Words that agree with the fields are written anew with them.

    An end that was ordered is kept for a course that has one: neither alternate days nor what goes
    on for life may gain one (I4, I20).
    """
    line, asked = order.cobalamin, phase.line.timing
    if (
        line is None
        or line.timing is None
        or asked is None
        or not same_kind(order, phase)
        or line.route is Route.ORAL
    ):
        return phase
    if _is_more_often(line.timing, asked, phase):
        return phase
    timing = (
        line.timing
        if asked.is_bounded
        else replace(line.timing, count=None, count_max=None, duration=None)
    )
    route = line.route or phase.line.route
    corrected = replace(line, dose=INJECTION_DOSE, route=route, timing=timing, as_needed=False)
    kept = order.written if order.written and differences(line, order.written) else None
    made = {"lines": (corrected,), "written": kept}
    trial = changed(order, **made, not_computable="", misfit="", product_error="")
    if not fulfils(trial, phase):
        return phase
    found = {issue.card for issue in check_order(case.with_order(trial), trial)}
    return (
        phase
        if found - {cards.B4_NO_LOADING, cards.B9_SECOND_CHOICE}
        else replace(phase, line=corrected)
    )
