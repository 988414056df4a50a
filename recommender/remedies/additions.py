"""What is added beside the orders: technique, site and tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from recommender.cards import Card, Remedy, cards
from recommender.case import Case, Issue, has_test, kind_of
from recommender.courses import SECOND, Repeats, repeated_order, repeats
from recommender.deficiency import Ground
from recommender.folic_acid import FolateClass, folate_class, hints_at_protection
from recommender.language import (
    AddFollowUps,
    AddRegimen,
    AddTechnique,
    ChangeOrder,
    ChangeSite,
    Edit,
    FollowUp,
    InjectionSite,
    NameReplaced,
    Order,
    Phase,
    RemoveOrder,
    Test,
    distinct_follow_ups,
    is_injected,
)
from recommender.monitoring import potassium_follow_ups
from recommender.safety import needs_inr

LEAVES_ORDER_AS_IT_IS = frozenset({Remedy.ADD, Remedy.ADD_TREATMENT})
"""Remedies that are an addition to the course, not another dose or product."""


WRITES_TECHNIQUE = frozenset(
    {
        cards.H1_PLATELETS_25_TO_50,
        cards.H2_PLATELETS_10_TO_24,
        cards.H3_PLATELETS_BELOW_10,
        cards.H5_BLEEDING,
    }
)
"""Cards that write the injection technique into an order that stays."""


CardsByOrder = Mapping[str, frozenset[Card]]
"""The cards that speak of each order, by its key."""


def cards_by_order(issues: Iterable[Issue]) -> CardsByOrder:
    """Return the cards of each order that an issue speaks of."""
    found: dict[str, set[Card]] = {}
    for issue in issues:
        for key in issue.about:
            found.setdefault(key, set()).add(issue.card)
    return {key: frozenset(cards) for key, cards in found.items()}


def cards_of(found: CardsByOrder, order: Order) -> frozenset[Card]:
    return found.get(order.key, frozenset())


def technique_of(case: Case, phases: tuple[Phase, ...]) -> tuple[str, ...]:
    injected = any(is_injected(phase.line) for phase in phases)
    return case.recommendation.technique if injected else ()


def additions(case: Case, issues: Iterable[Issue], edits: Iterable[Edit] = ()) -> tuple[Edit, ...]:
    """Return what is added beside the orders: technique, site and tests, for the drafts that stay
    and for treatment that starts.
    """
    edits, issues = tuple(edits), tuple(issues)
    gone = {edit.key for edit in edits if isinstance(edit, RemoveOrder)}
    rewritten = {edit.key: edit.phase.kind for edit in edits if isinstance(edit, ChangeOrder)}
    named = {edit.key for edit in edits if isinstance(edit, NameReplaced)}
    added: list[Edit] = []
    by_order = cards_by_order(issues)
    for order in case.drafts:
        if {order.key, order.part_of} & gone:
            continue
        if not edits and is_second(case, by_order, order):
            added += remove(case, order)
            continue
        found = cards_of(by_order, order)
        if (
            found & WRITES_TECHNIQUE
            and order.key not in rewritten
            and case.recommendation.technique
        ):
            added.append(AddTechnique(order.key, case.recommendation.technique))
        old = _can_be_named(case, order) if cards.E1_SECOND_ORDER in found else None
        stays = rewritten.get(order.key, kind_of(order)) is kind_of(order)
        if old is not None and stays and not order.replaces and order.key not in named:
            changes = repeats(case, order) is Repeats.CHANGES
            added.append(NameReplaced(order.key, old.key, old.authored, changes))
        if cards.B12_BUTTOCK in found:
            added.append(ChangeSite(order.part_of or order.key, InjectionSite.DELTOID))
    tests = distinct_follow_ups(_tests_to_add(case, issues, edits))
    added = list(dict.fromkeys(added))  # one change of several dosage lines
    return (*added, AddFollowUps(tests)) if tests else tuple(added)


def _can_be_named(case: Case, order: Order) -> Order | None:
    """Return the active order that a draft repeats, for it to name; none of what was told of."""
    old = repeated_order(case, order)
    return None if old is None or old.stated else old


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


def _drafts_injection(edits: tuple[Edit, ...]) -> bool:
    added = (
        phase for edit in edits if isinstance(edit, AddRegimen) for phase in edit.regimen.phases
    )
    changed = (edit.phase for edit in edits if isinstance(edit, ChangeOrder))
    return any(is_injected(phase.line) for phase in (*added, *changed))


def the_level_again(case: Case) -> tuple[FollowUp, ...]:
    """Return the repeat of a level that an earlier one contradicts, beside the test that decides
    (D5b): the first line says so.
    """
    if case.assessment.ground is not Ground.CONTRADICT or has_test(case, Test.SERUM_B12):
        return ()
    why = "two results contradict each other"
    return (FollowUp(Test.SERUM_B12, why=why, citations=("S86", "S87")),)


def is_second(case: Case, found: CardsByOrder, order: Order) -> bool:
    """Return whether another of its kind is drafted, so that this one may go (RN7)."""
    about = cards.E1_SECOND_ORDER in cards_of(found, order)
    return about and repeats(case, order) in SECOND


def remove(case: Case, order: Order) -> list[Edit]:
    """Return the removal of a draft; one that holds folic acid which is protected, or may be, stays
    (I17, Q28).
    """
    protected = order.has_folate and (
        folate_class(order, case) is FolateClass.PROTECTED or bool(hints_at_protection(order, case))
    )
    return [] if protected else [RemoveOrder(order.part_of or order.key)]


def has_parts(case: Case, order: Order) -> bool:
    """Return whether the draft holds several dosage lines that follow one another: it can only be
    replaced as a whole.
    """
    return bool(order.part_of) or order.key in case.once(_wholes)


def _wholes(case: Case) -> frozenset[str]:
    return frozenset(order.part_of for order in case.all_drafts if order.part_of)
