"""The suggestions about drafted vitamin B12, and about folic acid that waits for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from recommender.cards import Remedy, Resolution, cards
from recommender.case import Case, Issue, has_test, sort_issues
from recommender.courses import SECOND, Repeats, continued_order, repeated_order, repeats
from recommender.language import (
    AddFollowUps,
    ChangeStart,
    Edit,
    FollowUp,
    NameReplaced,
    Order,
    RemoveOrder,
    Test,
    distinct_follow_ups,
)
from recommender.remedies.additions import LEAVES_ORDER_AS_IT_IS, additions, the_level_again
from recommender.remedies.folic_acid import folinic_keys, resolve_folate, resolve_removals
from recommender.remedies.labels import label_of, label_of_tests
from recommender.remedies.targets import find_targets
from recommender.remedies.towards import day_after, towards


def resolve_course(case: Case, issues: Sequence[Issue]) -> tuple[Resolution, ...]:
    """Return the suggestions for issues about drafted vitamin B12, and about folic acid that waits
    for it; never removal alone of what may renew an active order (I31).
    """
    out = _would_put_the_right_one_out(case, issues)
    issues = [one for one in issues if one.card != cards.E1_SECOND_ORDER or not out & {*one.about}]
    resolutions = _resolve_course(case, issues)
    removal = all(isinstance(edit, RemoveOrder) for one in resolutions for edit in one.edits)
    if not resolutions or not removal:
        return resolutions
    removed = {
        edit.key for one in resolutions for edit in one.edits if isinstance(edit, RemoveOrder)
    }
    severe = {issue.card for issue in issues if issue.is_critical}
    if severe:  # what must not be given is no renewal either; of the kidneys too little is worse
        goes_on = any(_may_go_on(case, order) for order in case.drafts if order.key in removed)
        return () if severe == {cards.D1_KIDNEY} and goes_on else resolutions
    active = {order.key for order in case.course.active}
    if any(order.key in removed and order.replaces in active for order in case.drafts):
        return ()  # it says itself which order it goes on from
    quiet = not any(issue.is_loud for issue in issues)
    second = [
        issue
        for issue in issues
        if issue.card == cards.E1_SECOND_ORDER
        and (quiet or removed & set(issue.about) or _repeats_an_active_order(case, issue))
    ]
    named = tuple(edit for edit in additions(case, second) if isinstance(edit, NameReplaced))
    return (Resolution(label_of(named), named), *resolutions) if named else resolutions


def _would_put_the_right_one_out(case: Case, issues: Sequence[Issue]) -> set[str]:
    """Return the drafts that something loud speaks against, and that are of another product or
    route than the active order they repeat: named as its successor such a one would stand as it is,
    and the order that is right would go (I2, I6). Of what is drafted twice one may go.
    """
    asked = {key for one in issues if one.card == cards.E1_SECOND_ORDER for key in one.about}
    wrong = {
        key
        for one in issues
        if asked and one.is_loud and one.card.remedy not in LEAVES_ORDER_AS_IT_IS
        for key in one.about
    }
    both = wrong & asked
    return {
        order.key
        for order in case.drafts
        if order.key in both
        and repeats(case, order) not in SECOND
        and repeated_order(case, order)
        and not continued_order(case, order)
    }


def _may_go_on(case: Case, order: Order) -> bool:
    """Return whether a draft refills or may renew an active order."""
    return case.refill or continued_order(case, order) is not None


def _resolve_course(case: Case, issues: Sequence[Issue]) -> tuple[Resolution, ...]:
    if any(
        issue.card == cards.D4_REACTION and issue.is_loud and issue.is_critical for issue in issues
    ):
        out = (cards.D4_REACTION, cards.C1_FOLIC_ACID_FIRST, cards.B8_UNIT_OR_PRODUCT)
        return _and_tests(case, issues, [issue for issue in issues if issue.card in out])
    if all(issue.card.remedy is Remedy.ADD for issue in issues) and not _is_a_choice(case, issues):
        return (*_additions_only(case, issues), *_second_order_removed(case, issues))
    targets = find_targets(case, issues)
    first = (*_kidney_test_first(case, issues), *_b12_test_first(case, issues))
    regimens = tuple(
        resolution
        for target in targets
        if (resolution := towards(case, target, issues, alone=len(targets) == 1))
    )
    if answers := _which_order(case, issues, regimens):
        return first + answers + tuple(map(_one_of_several, regimens))
    if regimens or first:
        return first + regimens
    return _without_regimen(case, issues)


def _which_order(
    case: Case, issues: Sequence[Issue], regimens: Sequence[Resolution]
) -> tuple[Resolution, ...]:
    """Return the answers to "a renewal, or a second order?" where that leads (Q38); a lapsed course
    is resumed by the regimens, which name the old order themselves (T4).
    """
    leads = bool(regimens) and sort_issues(issues)[0].card == cards.E1_SECOND_ORDER
    if not leads or case.rule == "T4":
        return ()
    asked = [issue for issue in issues if issue.card == cards.E1_SECOND_ORDER]
    edits = tuple(edit for edit in additions(case, asked) if isinstance(edit, NameReplaced))
    named = (Resolution(label_of(edits), edits),) if edits else ()
    return named + _second_order_removed(case, asked)


def _one_of_several(resolution: Resolution) -> Resolution:
    return replace(resolution, recommended=False)


def _is_a_choice(case: Case, issues: Sequence[Issue]) -> bool:
    """Return whether two different drafts of one kind stand beside each other: what is recommended
    says which of them stays.
    """
    keys = {key for issue in issues if issue.card == cards.E1_SECOND_ORDER for key in issue.about}
    beside = (order for order in case.drafts if order.key in keys)
    return any(repeats(case, order) is Repeats.BESIDE for order in beside)


def _second_order_removed(case: Case, issues: Sequence[Issue]) -> tuple[Resolution, ...]:
    """Return the removal of a draft that repeats another order: never the only suggestion for one
    that may go on from an active order (I31).
    """
    second = [
        issue
        for issue in issues
        if issue.card == cards.E1_SECOND_ORDER and _repeats_an_active_order(case, issue)
    ]
    return resolve_removals(case, second)


def _repeats_an_active_order(case: Case, issue: Issue) -> bool:
    """Return whether the draft repeats an active order; one that changes it is only named (RN5)."""
    orders = [order for order in case.drafts if order.key in issue.about]
    same = (Repeats.STANDING, Repeats.ACTIVE)
    return any(repeats(case, order) in same for order in orders)


def _without_regimen(case: Case, issues: Sequence[Issue]) -> tuple[Resolution, ...]:
    """Return what is left when nothing can be put in the place of an order that is wrong (PS3).

    It is taken out only when it harms, as folic acid alone does: too little is better than none,
    and the card says what to source.
    """
    wrong = [
        issue
        for issue in issues
        if issue.card.remedy not in LEAVES_ORDER_AS_IT_IS and issue.is_loud
    ]
    if not wrong:
        missing = any(issue.card == cards.B5_NO_MAINTENANCE and issue.is_loud for issue in issues)
        unsaid = missing and not case.recommendation.not_drafted
        return () if unsaid else _additions_only(case, issues)  # another site is no maintenance
    removals = _and_tests(case, issues, [issue for issue in wrong if _harms(issue)])
    # N2 by older signs (Q82), P3 and P6 draft no regimen: their tests are all there is to take
    tests_only = case.rule in ("N2", "P3", "P6")
    return removals or (_additions_only(case, issues) if tests_only else ())


def _and_tests(
    case: Case, issues: Sequence[Issue], harmful: Sequence[Issue]
) -> tuple[Resolution, ...]:
    """Return the removal of what harms, with the tests that the card asks for."""
    removals = resolve_removals(case, harmful)
    tests = _tests_asked(case, issues) if removals else ()
    if not tests:
        return removals
    edits = _with_tests(removals[0].edits, tests)
    return (Resolution(label_of(edits), edits),)


def _harms(issue: Issue) -> bool:
    """Return whether the order had better go with nothing in its place: not for a reaction that is
    to be clarified first, nor for what words may mean (Q52).
    """
    clarify = issue.card in (cards.D4_REACTION, cards.D6_PERHAPS_LEBERS) and not issue.is_critical
    slip = issue.card == cards.B21_FREQUENCY and issue.is_critical
    removes = issue.card.remedy in (Remedy.REPLACE, Remedy.START_FIRST)
    return slip or (removes and not clarify)


def _kidney_test_first(case: Case, issues: Sequence[Issue]) -> Iterator[Resolution]:
    """Offer the eGFR for d2, where nothing else is wrong with the order (Q17)."""
    loud = {
        issue.card
        for issue in issues
        if issue.is_loud and issue.card.remedy not in LEAVES_ORDER_AS_IT_IS
    }
    asked = any(issue.card == cards.D2_KIDNEY_NOT_KNOWN for issue in issues)
    if asked and loud <= {cards.D2_KIDNEY_NOT_KNOWN}:
        test = FollowUp(
            Test.EGFR, why="cyanocobalamin needs a kidney result", citations=("S25", "S74")
        )
        tests = (test, *_tests_asked(case, issues))
        added = _with_tests(additions(case, issues), tests)
        alone = added == (AddFollowUps(distinct_follow_ups(tests)),)
        first = case.starts_treatment and not case.had_a_dose
        before = " before the first dose" if first else " before the next dose"
        words = label_of_tests(tests, after=before) if alone else label_of(added)
        yield Resolution(words, added)


def _b12_test_first(case: Case, issues: Sequence[Issue]) -> tuple[Resolution, ...]:
    waiting = [issue for issue in issues if issue.card == cards.C3_B12_NOT_KNOWN]
    return resolve_folate(case, waiting) if len(waiting) == len(issues) else ()


def _with_tests(edits: tuple[Edit, ...], tests: tuple[FollowUp, ...]) -> tuple[Edit, ...]:
    """Return the edits with these tests joined to those that they already add."""
    before = tuple(
        item for edit in edits if isinstance(edit, AddFollowUps) for item in edit.follow_ups
    )
    others = tuple(edit for edit in edits if not isinstance(edit, AddFollowUps))
    return (
        (*others, AddFollowUps(distinct_follow_ups((*before, *tests))))
        if before or tests
        else others
    )


def _additions_only(case: Case, issues: Sequence[Issue]) -> tuple[Resolution, ...]:
    """Return one resolution of technique, site, tests and start dates, or none."""
    tests = _tests_asked(case, issues)
    waiting = {
        key for issue in issues if issue.card == cards.C2_FIRST_DOSE_PENDING for key in issue.about
    } - folinic_keys(case)
    later = tuple(ChangeStart(key, day_after(case)) for key in sorted(waiting))
    edits = (*_with_tests(additions(case, issues), tests), *later)
    return (Resolution(label_of(edits), edits),) if edits else ()


def _tests_asked(case: Case, issues: Sequence[Issue]) -> tuple[FollowUp, ...]:
    """Return the tests that the cards ask for and nobody has drafted."""
    found = {issue.card for issue in issues}
    asking = () if case.rule == "N2" else (cards.B13_NO_USABLE_TEST, cards.C3_B12_NOT_KNOWN)
    asked = dict.fromkeys(test for card in asking if card in found for test in card.tests)
    why = "before choosing route and frequency"
    tests = tuple(
        FollowUp(test, why=why, citations=("S52", "S87"))
        for test in asked
        if not has_test(case, test)
    )
    if cards.B17_NO_INDICATION in found and not has_test(case, Test.MMA):
        tests += _tests_behind_the_level(case)
    open_ileum = cards.A1_RIGHT_BUT_MORE in found and case.rule == "P3"
    if cards.B18_BORDERLINE in found or open_ileum or case.rule == "N2":
        tests += tuple(
            item
            for item in case.recommendation.follow_ups
            if not item.months and not has_test(case, item.test)
        )
    if cards.B18_BORDERLINE in found and tests:
        tests += the_level_again(case)
    return tests


def _tests_behind_the_level(case: Case) -> tuple[FollowUp, ...]:
    """Return the tests that say more than a level that is not low, where signs or symptoms ask for
    them (b17, Q69).
    """
    asked: tuple[Test, ...] = () if case.scenario.mma.is_known else (Test.MMA,)
    if case.rule == "N3" and asked:
        asked = (Test.MMA, Test.HOMOCYSTEINE)
    if case.rule != "N3" and not case.assessment.symptoms.is_true:
        asked = ()
    why = "the level does not rule deficiency out"
    return tuple(FollowUp(test, why=why, citations=("S38", "S88")) for test in asked)
