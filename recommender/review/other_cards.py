"""The cards beside that of the course: stops, tests, treatment that is due, right orders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from recommender.cards import Finding, Resolution
from recommender.case import Case, Column, Issue, has_test, is_trace, sort_issues
from recommender.courses import (
    check_lowering_drug,
    check_not_ordered,
    check_stops,
    check_tests,
    emergency,
    forbids_what_is_due,
    more_than_an_order,
    right_order,
    sources_differ,
)
from recommender.guidance import ConfirmConsistentOrders
from recommender.language import AddFollowUps, AddRegimen
from recommender.monitoring import review_follow_ups
from recommender.remedies import (
    label_of_tests,
    resolve_not_ordered,
    resolve_review,
    resolve_stop,
    resolve_test,
    resolve_tests_due,
)
from recommender.review.course_card import advice_of, planned_tests
from recommender.review.merging import fold
from recommender.review.spoken import SPOKEN, Where


def stop_and_test_cards(case: Case) -> Iterator[Finding]:
    stops = list(check_stops(case))
    if stops:
        resolutions = resolve_stop(case, stops)
        starts = any(isinstance(edit, AddRegimen) for one in resolutions for edit in one.edits)
        advice = advice_of(case, stops, resolutions) if starts else ()
        yield fold(case, stops, resolutions, advice)
    tests = list(check_tests(case))
    if tests:
        yield fold(case, tests, resolve_test(case, tests))


def not_ordered(case: Case) -> Iterator[Finding]:
    """Yield k1, g1 or g2: what is due while something else is selected. Of two that say the same
    the louder one is shown.
    """
    supplement = _is_supplement_alone(case)
    if case.drafts and not supplement:
        return
    if case.selected_stops:
        yield from _due_and_forbidden(case)
        return
    drug = list(check_lowering_drug(case))
    in_scope = (
        bool(case.selected_folate)
        or any(test.selected for test in case.course.tests)
        or bool(drug)
        or supplement
    )
    due = list(check_not_ordered(case)) if in_scope else []
    other = bool(case.selected_folate) or bool(drug) or supplement
    if not other and case.chart_asks and _is_for_the_opened_chart(case):
        due = [issue for issue in due if issue.is_loud]
    issues = sort_issues([*due, *drug])
    if issues:
        yield due_card(
            case, issues[0], also=issues[1:], about_drug_or_test=not case.selected_folate
        )


def _is_supplement_alone(case: Case) -> bool:
    """Return whether a trace supplement is all that is drafted while tests are due that it would
    make misleading: a level that may be low is to be repeated (E3), or nerve signs ask for one
    (N2).
    """
    if not case.drafts or case.rule not in ("E3", "N2"):
        return False
    return all(is_trace(order, case.policy.trace_b12_mcg_per_day) for order in case.drafts)


def _is_for_the_opened_chart(case: Case) -> bool:
    """Return whether what is due is said where the chart is opened, and beside a laboratory order
    only if it presses (section 6).
    """
    return SPOKEN[case.rule][Where.TEST].silent_because == "patient-view"


def _due_and_forbidden(case: Case) -> Iterator[Finding]:
    """Yield k1 where an order forbids vitamin B12 that is due and given by nobody: said, and left
    to the prescriber, who has just decided otherwise.
    """
    if forbids_what_is_due(case):
        said = "This order forbids vitamin B12, which is due."
        loud = (issue for issue in check_not_ordered(case) if issue.is_loud)
        for issue in loud:
            yield fold(case, (replace(issue, reasons=(said, *issue.reasons)),), ())


def due_card(
    case: Case, issue: Issue, *, also: Sequence[Issue] = (), about_drug_or_test: bool
) -> Finding:
    """Return the card of treatment that is due. N2 offers its regimen only beside vitamin B12 or
    folic acid (cards.md 1).
    """
    opened = not case.course.has_anything_selected  # the chart, not an order
    emergency = opened and case.assessment.is_emergency
    tests_only = case.rule == "N2" and about_drug_or_test and not emergency
    resolutions = resolve_tests_due(case) if tests_only else resolve_not_ordered(case)
    issues = (issue, *also)
    return fold(
        case,
        issues,
        resolutions,
        advice_of(case, issues, resolutions),
        planned_tests(issues, case, resolutions),
    )


def refilled_as_it_is(case: Case, overdue: Sequence[Issue]) -> Iterator[Finding]:
    """Yield what is said of a refill that is right: the emergency, which is shown with every rule
    (K15, Q50), and a review that is overdue (m1).
    """
    urgent = emergency(case) if case.drafts and case.column is not Column.NONE else None
    issues = (*((urgent,) if urgent else ()), *overdue)
    if issues:
        yield fold(case, issues, resolve_review(case) if overdue else ())


def consistent(case: Case) -> Iterator[Finding]:
    """Yield a1 for orders that match the guidance, where the site or the person calls for it, or
    where not all could be checked.
    """
    if case.drafts and case.column is not Column.NONE and (urgent := more_than_an_order(case)):
        yield fold(case, (urgent,), ())
        return
    if case.drafts and (conflict := sources_differ(case)):
        yield fold(case, (conflict,), resolve_tests_due(case))
        return
    follow_ups = [
        item for item in review_follow_ups(case.assessment) if not has_test(case, item.test)
    ]
    a = case.assessment
    personal = (a.pregnant | a.breastfeeding).is_true and bool(follow_ups) and case.starts_treatment
    always = case.policy.confirm_consistent_orders is ConfirmConsistentOrders.ALWAYS
    wanted = always or (
        personal
        and case.policy.confirm_consistent_orders is ConfirmConsistentOrders.ACTIONABLE_ONLY
    )
    if not case.drafts or case.column is Column.NONE or not wanted:
        return
    tests = tuple(follow_ups) if case.starts_treatment else ()
    resolutions = (Resolution(label_of_tests(tests), (AddFollowUps(tests),)),) if tests else ()
    yield fold(case, (right_order(case, tests),), resolutions, _of_mother_and_child(case))


def _of_mother_and_child(case: Case) -> tuple[str, ...]:
    """Return what pregnancy and breastfeeding ask for beside an order that is right (K10, K11)."""
    wanted = {"K11"} | ({"K10"} if case.assessment.pregnant.is_true else set())
    return tuple(one.text for one in case.recommendation.advice if one.id in wanted)
