"""What would put the course right: the resolutions of a card, as edits of the course that keep what
is already right.

Loading and maintenance that are already ordered stay; an order of the right product is changed, any
other is replaced (Q25).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from recommender.cards import Card, Remedy, cards
from recommender.checks import (
    Case,
    Column,
    FolateClass,
    Issue,
    check_order,
    folate_class,
    fulfils,
    has_test,
    is_injected,
    is_oral,
    is_treatment,
    kind_of,
    needs_inr,
    same_kind,
)
from recommender.courses import SECOND, Repeats, repeated_order, repeats
from recommender.guidance import INJECTION_DOSE, M_LOAD, ORAL, starting_now, with_oral_dose
from recommender.language import (
    AddFollowUps,
    AddRegimen,
    AddTechnique,
    ChangeOrder,
    ChangeSite,
    DoseLine,
    Edit,
    FollowUp,
    InjectionSite,
    NameReplaced,
    Order,
    Phase,
    PhaseKind,
    Regimen,
    RemoveOrder,
    Route,
    Test,
    changed,
)
from recommender.treatment import (
    NEURO_PRESENT_LABEL,
    maintenance_phase,
    potassium_follow_ups,
    product_for,
    without_neurological_symptoms,
)

LEAVES_ORDER_AS_IT_IS = frozenset({Remedy.ADD, Remedy.ADD_TREATMENT})
"""Remedies that are an addition to the course, not another dose or product."""

AGAINST_TABLETS = frozenset({cards.B10_BY_MOUTH_MALABSORPTION, cards.B22_TABLETS_FAIL})
"""Cards that want injections in the place of tablets."""

WRITES_TECHNIQUE = frozenset(
    {
        cards.H1_PLATELETS_25_TO_50,
        cards.H2_PLATELETS_10_TO_24,
        cards.H3_PLATELETS_BELOW_10,
        cards.H5_BLEEDING,
    }
)
"""Cards that write the injection technique into an order that stays."""


@dataclass(frozen=True, slots=True)
class Target:
    """A regimen to bring the course to. `condition` is the claim it rests on, `replaces` the active
    order it takes over from.
    """

    regimen: Regimen
    condition: str = ""
    replaces: str = ""

    @property
    def drafts(self) -> tuple[str, tuple[DoseLine, ...]]:
        """What tells one target from another: the claim, and the doses."""
        return self.condition, tuple(phase.line for phase in self.regimen.phases)


def find_targets(case: Case, issues: Sequence[Issue]) -> tuple[Target, ...]:
    """Return the regimens that would resolve the issues: what is recommended, by injection where
    injections were ordered.

    An order that must go while treatment stands needs nothing in its place.
    """
    ordered = _orders_of(case, issues)
    injected = any(
        order.cobalamin is not None and is_injected(order.cobalamin) for order in ordered
    )
    by_mouth = (
        bool(ordered)
        and not injected
        and not any(issue.card in AGAINST_TABLETS for issue in issues)
    )
    targets = [
        _by_ordered_route(
            case,
            Target(option.regimen, option.condition, option.replaces),
            injected=injected,
            by_mouth=by_mouth,
        )
        for option in case.recommendation.options
        if option.regimen is not None
    ]
    replaced_for_safety = any(issue.card.remedy is Remedy.REPLACE for issue in issues)
    if not targets and not (replaced_for_safety and case.standing):
        targets = [
            target
            for target in (_target_without_option(case, injected=injected, by_mouth=by_mouth),)
            if target
        ]
    return tuple({target.drafts: target for target in reversed(targets)}.values())[::-1]


def _orders_of(case: Case, issues: Iterable[Issue]) -> list[Order]:
    keys = {key for issue in issues for key in issue.about}
    return [order for order in case.drafts if order.key in keys]


def _by_ordered_route(case: Case, target: Target, *, injected: bool, by_mouth: bool) -> Target:
    """Keep to the ordered route where both routes are acceptable (C1): nobody's acceptable choice
    is argued with.
    """
    recommended_oral = all(phase.line.route is Route.ORAL for phase in target.regimen.phases)
    if injected and recommended_oral:
        injections = _injections(case, target.condition)
        return replace(target, regimen=injections) if injections else target
    if (
        by_mouth
        and not recommended_oral
        and _oral_is_acceptable(case)
        and target.condition != NEURO_PRESENT_LABEL
    ):
        return replace(target, regimen=Regimen((with_oral_dose(ORAL, case.policy.oral_dose_mcg),)))
    return target


def _oral_is_acceptable(case: Case) -> bool:
    return any(
        len(regimen.phases) == 1 and regimen.phases[0].line.route is Route.ORAL
        for regimen in case.recommendation.acceptable
    )


def _injections(case: Case, condition: str) -> Regimen | None:
    """Return loading and maintenance injections for a person without neurological symptoms, as far
    as products allow.
    """
    a = without_neurological_symptoms(case.assessment) if condition else case.assessment
    maintenance = maintenance_phase(a, case.policy)
    phases = (maintenance,) if case.column is Column.MAINTENANCE else (M_LOAD, maintenance)
    return _with_products(case, phases)


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
    if by_mouth and any(order.cobalamin and is_oral(order.cobalamin) for order in case.standing):
        return None
    regimen = (
        _with_products(case, (starting_now(maintenance_phase(case.assessment, case.policy)),))
        if injected
        else None
    )
    return Target(regimen) if regimen else None


# --- edits
# --------------------------------------------------------------------------------------------------


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
        edits.insert(
            0,
            AddRegimen(
                Regimen(needed),
                _technique(case, needed),
                target.replaces,
                condition=target.condition,
            ),
        )
    return (*edits, *additions(case, issues, edits))


def _change_drafts(
    case: Case, target: Target, issues: tuple[Issue, ...], whole: frozenset[str] = frozenset()
) -> tuple[list[Edit], tuple[Phase, ...]]:
    """Return the edits of the drafts, and the phases that none of them fulfils; drafts that are
    right claim their phase first.

    Args: whole: the keys of drafts of several dosage lines of which one must go, so that all do.
    """
    needed = _unclaimed(case, target)
    found = cards_by_order(issues)
    second = {id(order) for order in case.all_drafts if _is_second(case, found, order)}
    gone = {
        id(order): order
        for order in case.all_drafts
        if {order.key, order.part_of} & whole
        or (id(order) in second and repeats(case, order) is Repeats.DRAFT)
    }
    kept: set[int] = set()
    for order in sorted(case.all_drafts, key=lambda order: id(order) in second):
        phase = next((phase for phase in needed if fulfils(order, phase)), None)
        if phase is not None and id(order) not in gone and _only_asks(found, order):
            kept.add(id(order))
            needed = _without(needed, phase)
    gone |= {
        id(order): order
        for order in case.all_drafts
        if id(order) not in kept and id(order) not in gone and id(order) in second
    }
    edits: list[Edit] = [edit for order in gone.values() for edit in remove(case, order)]
    for order in case.all_drafts:
        if id(order) not in gone and id(order) not in kept:
            wrong = _wrong_cards(found, order)
            changes, needed = _put_order_right(case, target, order, wrong, needed)
            edits += changes
    return list(dict.fromkeys(edits)), needed


def _unclaimed(case: Case, target: Target) -> tuple[Phase, ...]:
    """Return the phases of the target whose place no standing order has; one that the target takes
    over from has none.
    """
    standing = [order for order in case.standing if order.key != target.replaces]
    return tuple(
        phase
        for phase in target.regimen.phases
        if not any(same_kind(order, phase) for order in standing)
    )


CardsByOrder = Mapping[str, frozenset[Card]]
"""The cards that speak of each order, by its key."""


def cards_by_order(issues: Iterable[Issue]) -> CardsByOrder:
    """Return the cards of each order that an issue speaks of."""
    found: dict[str, set[Card]] = {}
    for issue in issues:
        for key in issue.about:
            found.setdefault(key, set()).add(issue.card)
    return {key: frozenset(cards) for key, cards in found.items()}


def _cards_of(found: CardsByOrder, order: Order) -> frozenset[Card]:
    return found.get(order.key, frozenset())


def _wrong_cards(found: CardsByOrder, order: Order) -> frozenset[Card]:
    """Return the cards that speak against the order itself, not for something beside it."""
    return frozenset(
        card for card in _cards_of(found, order) if card.remedy not in LEAVES_ORDER_AS_IT_IS
    )


def _is_second(case: Case, found: CardsByOrder, order: Order) -> bool:
    """Return whether another of its kind is drafted, so that this one may go (RN7)."""
    about = cards.E1_SECOND_ORDER in _cards_of(found, order)
    return about and repeats(case, order) in SECOND


def _only_asks(found: CardsByOrder, order: Order) -> bool:
    """Return whether nothing speaks against the order but a question about neurological signs."""
    return all(card.remedy is Remedy.ASK for card in _wrong_cards(found, order))


def _put_order_right(
    case: Case, target: Target, order: Order, wrong: frozenset[Card], needed: tuple[Phase, ...]
) -> tuple[list[Edit], tuple[Phase, ...]]:
    """Return the edits for one draft that is not right, and the phases that are still needed after
    them.
    """
    if not wrong and not _is_in_the_way(order, target):
        return [], needed
    takes_over = bool(target.replaces) and target.replaces not in (order.replaces, order.key)
    replaced = any(card.remedy is Remedy.REPLACE for card in wrong)
    whole = takes_over or replaced or order.has_folate or has_parts(case, order)
    phase = None if whole else _phase_for(order, needed)
    if phase is None:
        return remove(case, order), needed
    adapted = _adapted(case, order, phase)
    return [
        ChangeOrder(order.key, adapted, _technique(case, (adapted,)), target.condition)
    ], _without(needed, phase)


def remove(case: Case, order: Order) -> list[Edit]:
    """Return the removal of a draft; one that holds protected folic acid stays (I17)."""
    protected = order.has_folate and folate_class(order, case) is FolateClass.PROTECTED
    return [] if protected else [RemoveOrder(order.part_of or order.key)]


def has_parts(case: Case, order: Order) -> bool:
    """Return whether the draft holds several dosage lines that follow one another: it can only be
    replaced as a whole.
    """
    return bool(order.part_of) or order.key in case.once(_wholes)


def _wholes(case: Case) -> frozenset[str]:
    return frozenset(order.part_of for order in case.all_drafts if order.part_of)


def _is_in_the_way(order: Order, target: Target) -> bool:
    """Return whether a draft without fault would stand beside the target as a second of its kind,
    or as injections beside oral.
    """
    if not is_treatment(order):
        return False
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
    same = [
        phase
        for phase in needed
        if line.substance is phase.line.substance and line.route is phase.line.route
    ]
    return next((phase for phase in same if same_kind(order, phase)), same[0] if same else None)


A_MONTH = Decimal(28)
"""Days: injections as often as monthly are acceptable for anybody (S14, S90)."""


def _adapted(case: Case, order: Order, phase: Phase) -> Phase:
    """Return the phase with the ordered frequency, where only the dose was wrong or only the start
    changes.

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
    timing = (
        line.timing
        if asked.is_bounded
        else replace(line.timing, count=None, count_max=None, duration=None)
    )
    least = min(A_MONTH, asked.shortest_interval)
    if phase.kind is PhaseKind.MAINTENANCE and timing.shortest_interval < least:
        return phase  # more often than monthly is for symptoms that return (S15)
    corrected = replace(line, dose=INJECTION_DOSE, timing=timing, as_needed=False)
    trial = changed(order, lines=(corrected,), not_computable="", product_error="")
    if not fulfils(trial, phase):
        return phase
    found = {issue.card for issue in check_order(case.with_order(trial), trial)}
    return (
        phase
        if found - {cards.B4_NO_LOADING, cards.B9_SECOND_CHOICE}
        else replace(phase, line=corrected)
    )


def _technique(case: Case, phases: tuple[Phase, ...]) -> tuple[str, ...]:
    injected = any(is_injected(phase.line) for phase in phases)
    return case.recommendation.technique if injected else ()


# --- additions
# --------------------------------------------------------------------------------------------------


def additions(case: Case, issues: Iterable[Issue], edits: Iterable[Edit] = ()) -> tuple[Edit, ...]:
    """Return what is added beside the orders: technique, site and tests, for the drafts that stay
    and for treatment that starts.
    """
    edits, issues = tuple(edits), tuple(issues)
    gone = {edit.key for edit in edits if isinstance(edit, RemoveOrder)}
    rewritten = {edit.key for edit in edits if isinstance(edit, ChangeOrder)}
    added: list[Edit] = []
    by_order = cards_by_order(issues)
    for order in case.drafts:
        if order.key in gone:
            continue
        if not edits and _is_second(case, by_order, order):
            added += remove(case, order)
            continue
        found = _cards_of(by_order, order)
        if (
            found & WRITES_TECHNIQUE
            and order.key not in rewritten
            and case.recommendation.technique
        ):
            added.append(AddTechnique(order.key, case.recommendation.technique))
        old = repeated_order(case, order) if cards.E1_SECOND_ORDER in found else None
        if old is not None and not order.replaces:
            changes = repeats(case, order) is Repeats.CHANGES
            added.append(NameReplaced(order.key, old.key, old.authored, changes))
        if cards.B12_BUTTOCK in found:
            added.append(ChangeSite(order.key, InjectionSite.DELTOID))
    tests = distinct_tests(_tests_to_add(case, issues, edits))
    return (*added, AddFollowUps(tests)) if tests else tuple(added)


def _tests_to_add(
    case: Case, issues: tuple[Issue, ...], edits: tuple[Edit, ...]
) -> Iterator[FollowUp]:
    """Yield the tests that treatment waits for nobody to order: potassium, INR, and in N2 the
    samples before the first dose.
    """
    drafts_treatment = any(isinstance(edit, AddRegimen | ChangeOrder) for edit in edits)
    found = {issue.card for issue in issues}
    potassium = cards.K2_POTASSIUM in found or (drafts_treatment and case.starts_treatment)
    if potassium and not has_test(case, Test.POTASSIUM):
        yield from potassium_follow_ups(case.assessment)
    if any(issue.card == cards.M1_REVIEW_OVERDUE and issue.is_loud for issue in issues):
        yield FollowUp(Test.SYMPTOM_REVIEW, why="the review is overdue", citations=("S7", "S65"))
    injecting = found & {cards.H4_INR, cards.H5_BLEEDING} or _drafts_injection(edits)
    if injecting and needs_inr(case.assessment) and not has_test(case, Test.INR):
        yield FollowUp(Test.INR, why="before the injection", citations=("X28",))
    if drafts_treatment and case.rule == "N2":
        yield from (
            item for item in case.recommendation.follow_ups if not has_test(case, item.test)
        )


def distinct_tests(follow_ups: Iterable[FollowUp]) -> tuple[FollowUp, ...]:
    """Return the tests without those that are asked for twice at one time, for two reasons:
    potassium as a sample and for anaemia.
    """
    by_time: dict[tuple[Test, int, int], FollowUp] = {}
    for item in follow_ups:
        by_time.setdefault((item.test, item.months, item.days), item)
    return tuple(by_time.values())


def _drafts_injection(edits: tuple[Edit, ...]) -> bool:
    added = (
        phase for edit in edits if isinstance(edit, AddRegimen) for phase in edit.regimen.phases
    )
    changed = (edit.phase for edit in edits if isinstance(edit, ChangeOrder))
    return any(is_injected(phase.line) for phase in (*added, *changed))
