"""Injections that make one course, each limit at, below and above it.

Expectations: decisions Q39, Q81 and C33 (alternate days with an end), Q40 and C38 (loading as in
the United States), b23 of cards.md 3 and 4 (treatment that resumes; T4, T7).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from recommender.cards import Finding
from recommender.case import case_of
from recommender.checks.injection_courses import check_resuming
from recommender.guidance import Policy
from recommender.language import (
    NOT_RECORDED,
    Course,
    Fact,
    NeurologicalFinding,
    NeurologicalSign,
    Order,
    OrderState,
    PeriodUnit,
    Substance,
    Test,
    TestOrder,
    Timing,
    Truth,
    read_claims,
)
from recommender.review import review
from recommender.treatment.table import recommend
from tests.recommender.review_space import (
    CAUSES,
    DEFICIENCY,
    KIDNEYS,
    LINES,
    NEUROLOGY,
    SEEN,
    TODAY,
    TREATMENT,
    TURNS,
    every,
    injection,
    order,
    person,
    with_record,
)

DAY, WEEK, MONTH = PeriodUnit.DAY, PeriodUnit.WEEK, PeriodUnit.MONTH
CC = Substance.CYANOCOBALAMIN
SIGNS = [NEUROLOGY["signs"], DEFICIENCY["confirmed"], KIDNEYS["eGFR 95"]]
WELL = [NEUROLOGY["no signs"], *SIGNS[1:]]
ASKED = [NEUROLOGY["not recorded"], *SIGNS[1:]]


def findings_of(
    who: list[dict[str, Any]], *orders: Order, policy: Policy | None = None, **more: Any
) -> tuple[Finding, ...]:
    policy = policy or Policy()
    scenario = person(*who)
    course = with_record(Course(orders, **more), scenario)
    return review(course, scenario, recommend(scenario, policy), policy)


def said(findings: tuple[Finding, ...]) -> str:
    return "; ".join(
        " ".join((one.indicator.value, *map(str, (one.card, *one.also_found)))) for one in findings
    )


# --- alternate days with an end


def alternate(days: int | None = None, doses: int | None = None, **more: Any) -> Order:
    bounds: dict[str, Any] = {"count": doses}
    if days is not None:
        bounds["duration"] = (Decimal(days), DAY)
    return order("a", injection(every(2, DAY, **bounds)), **more)


def noted(days: int | None = None, doses: int | None = None) -> Order:
    return alternate(days, doses, review_noted=True)


BOUNDS = [
    # bound, default of 14 days, a site that asks for 28
    (alternate(), "", ""),
    (alternate(13), "warning b19", "warning b19"),
    (alternate(14), "info b19", "warning b19"),
    (alternate(27), "info b19", "warning b19"),
    (alternate(28), "info b19", "info b19"),
    (alternate(doses=6), "warning b19", "warning b19"),
    (alternate(doses=7), "info b19", "warning b19"),
    (alternate(doses=13), "info b19", "warning b19"),
    (alternate(doses=14), "info b19", "info b19"),
    # days or 2 x doses, the smaller
    (alternate(28, 6), "warning b19", "warning b19"),
    # a review in sight is enough, but not for too short a course
    (noted(13), "warning b19", "warning b19"),
    (noted(14), "", "warning b19"),
    (noted(doses=6), "warning b19", "warning b19"),
    (noted(doses=7), "", "warning b19"),
    (noted(28), "", ""),
]


@pytest.mark.parametrize(("draft", "by_default", "by_28_days"), BOUNDS)
def test_the_end_of_alternate_days_Q39_C33(draft: Order, by_default: str, by_28_days: str) -> None:
    then = order("b", LINES["every 2 months"])
    assert said(findings_of(SIGNS, draft, then)) == by_default
    longer = Policy(neuro_min_loading_days=28)
    assert said(findings_of(SIGNS, draft, then, policy=longer)) == by_28_days


@pytest.mark.parametrize(
    ("test", "due", "starts", "in_sight"),
    [
        (Test.SYMPTOM_REVIEW, 14, 0, True),
        (Test.SYMPTOM_REVIEW, 0, 0, True),
        (Test.SYMPTOM_REVIEW, 17, 0, True),
        (Test.SYMPTOM_REVIEW, 18, 0, False),
        (Test.SYMPTOM_REVIEW, -1, 0, False),
        (Test.SYMPTOM_REVIEW, None, 0, False),
        # counted from a drafted start
        (Test.SYMPTOM_REVIEW, 18, 1, True),
        (Test.SYMPTOM_REVIEW, 4, 5, False),
        # blood tests alone are none (Q81)
        (Test.SERUM_B12, 14, 0, False),
        (Test.FULL_BLOOD_COUNT, 14, 0, False),
    ],
)
def test_a_drafted_review_within_three_days_of_the_end_Q39_Q81(
    test: Test, due: int | None, starts: int, in_sight: bool
) -> None:
    begins = TODAY + dt.timedelta(starts) if starts else None
    draft = replace(alternate(14), starts=begins)
    day = None if due is None else TODAY + dt.timedelta(due)
    review_order = TestOrder("ServiceRequest/1", test, due=day)
    then = order("b", LINES["every 2 months"])
    found = said(findings_of(SIGNS, draft, then, tests=(review_order,)))
    assert found == ("" if in_sight else "info b19")


# --- loading as in the United States


def us_course(
    first: Timing, second: Timing, last: Timing, substance: Substance = CC
) -> tuple[Order, ...]:
    return tuple(
        order(name, injection(timing, 1000, substance))
        for name, timing in zip("abc", (first, second, last), strict=True)
    )


def as_needed(orders: tuple[Order, ...]) -> tuple[Order, ...]:
    """The same with the last phase as needed."""
    *others, last = orders
    return (*others, replace(last, lines=(replace(last.lines[0], as_needed=True),)))


DAILY_7 = every(1, DAY, count=7)
WEEKLY_4 = every(1, WEEK, count=4)
MONTHLY = every(1, MONTH)

US = [
    (us_course(DAILY_7, WEEKLY_4, MONTHLY), True),
    # five injections in the first 14 days
    (us_course(every(1, DAY, count=5), WEEKLY_4, MONTHLY), True),
    (us_course(every(1, DAY, count=4), WEEKLY_4, MONTHLY), False),
    (us_course(every(2, DAY, count=7), WEEKLY_4, MONTHLY), True),
    (us_course(every(1, WEEK, 3, count=6), WEEKLY_4, MONTHLY), True),
    # on days 0, 3, 6, 9 and 12
    (us_course(every(3, DAY, count=5), WEEKLY_4, MONTHLY), True),
    (us_course(every(3, DAY, duration=(Decimal(2), WEEK)), WEEKLY_4, MONTHLY), True),
    (us_course(every(3, DAY, count=4), WEEKLY_4, MONTHLY), False),
    (us_course(every(1, WEEK, 2, count=5), WEEKLY_4, MONTHLY), False),
    (us_course(every(4, DAY, count=5), WEEKLY_4, MONTHLY), False),
    # at least two, at most 14 days apart
    (us_course(DAILY_7, every(2, WEEK, count=2), MONTHLY), True),
    (us_course(DAILY_7, every(15, DAY, count=2), MONTHLY), False),
    (us_course(DAILY_7, every(1, WEEK, count=1), MONTHLY), False),
    # without end at most 31 days apart
    (us_course(DAILY_7, WEEKLY_4, every(31, DAY)), True),
    (us_course(DAILY_7, WEEKLY_4, every(32, DAY)), False),
    (us_course(DAILY_7, WEEKLY_4, every(2, MONTH)), False),
    (us_course(DAILY_7, WEEKLY_4, every(1, MONTH, count=6)), False),
    (us_course(DAILY_7, every(1, WEEK), MONTHLY), False),
    (us_course(every(1, DAY), WEEKLY_4, MONTHLY), False),
    (as_needed(us_course(DAILY_7, WEEKLY_4, MONTHLY)), False),
    # three phases of one product and dose, each once
    (us_course(DAILY_7, WEEKLY_4, MONTHLY)[:2], False),
    ((*us_course(DAILY_7, WEEKLY_4, MONTHLY), order("d", injection(MONTHLY, 1000, CC))), False),
]


@pytest.mark.parametrize(("orders", "accepted"), US)
def test_loading_as_in_the_united_states_Q40(orders: tuple[Order, ...], accepted: bool) -> None:
    """One course, b9 alone; with nerve signs b3; as any other where the site does not accept it."""
    assert (said(findings_of(WELL, *orders)) == "info b9") == accepted
    assert (said(findings_of(ASKED, *orders)) == "info b9") == accepted
    not_accepted = Policy(alt_loading_accepted=False)
    assert said(findings_of(WELL, *orders, policy=not_accepted)) != "info b9"
    if accepted:
        (with_signs,) = findings_of(SIGNS, *orders)
        assert (with_signs.indicator.value, with_signs.card.id) == ("warning", "b3")
        (kidneys,) = findings_of([*WELL, KIDNEYS["eGFR 40"]], *orders)
        assert (kidneys.indicator.value, kidneys.card.id) == ("warning", "d1")


HC = Substance.HYDROXOCOBALAMIN


@pytest.mark.parametrize(
    ("orders", "who", "silent"),
    [
        (us_course(DAILY_7, WEEKLY_4, MONTHLY, HC), WELL, True),
        # within 2.7: two to three months without nerve signs, two where they are not known
        (us_course(DAILY_7, WEEKLY_4, every(3, MONTH), HC), WELL, True),
        (us_course(DAILY_7, WEEKLY_4, every(4, MONTH), HC), WELL, False),
        (us_course(DAILY_7, WEEKLY_4, every(2, MONTH), HC), ASKED, True),
        (us_course(DAILY_7, WEEKLY_4, every(2, MONTH), HC), [*WELL, CAUSES["ileum 25 cm"]], False),
        (us_course(DAILY_7, WEEKLY_4, MONTHLY, HC), [*WELL, CAUSES["ileum 25 cm"]], True),
        # of two products, or another dose, it is no course
        (
            (
                *us_course(DAILY_7, WEEKLY_4, MONTHLY, HC)[:2],
                order("c", injection(MONTHLY, 1000, CC)),
            ),
            WELL,
            False,
        ),
        (
            (*us_course(DAILY_7, WEEKLY_4, MONTHLY, HC)[:2], order("c", injection(MONTHLY, 500))),
            WELL,
            False,
        ),
    ],
)
def test_the_same_with_hydroxocobalamin_is_silent_Q40(
    orders: tuple[Order, ...], who: list[dict[str, Any]], silent: bool
) -> None:
    assert (findings_of(who, *orders) == ()) == silent


# --- treatment that resumes


def lapsed(**facts: Any) -> list[dict[str, Any]]:
    """Two-monthly injections of which the last is a year ago (T4)."""
    return [*WELL, TREATMENT["every 3 months, lapsed"], facts]


def not_known(**facts: Any) -> list[dict[str, Any]]:
    """An old order of which no dose is on record (T7)."""
    return [*WELL, TURNS["standing order without a dose"], facts]


TOMORROW = TODAY + dt.timedelta(1)
RESUMED = order("a", LINES["every 2 months"], replaces="MedicationRequest/active")
TODAY_AGAIN = replace(RESUMED, starts=TODAY)
SYMPTOMS = {"symptoms": Fact(Truth.TRUE, "recorded")}
EVER = {"neurological_findings": (NeurologicalFinding(NeurologicalSign.PARAESTHESIA, False, SEEN),)}

RESUMING = [
    # T4: loud where nerves were ever involved or symptoms are there, unless it starts today
    (lapsed(), RESUMED, "info"),
    (lapsed(**SYMPTOMS), RESUMED, "warning"),
    (lapsed(**EVER), RESUMED, "warning"),
    (lapsed(neurological_screen=NOT_RECORDED), RESUMED, "info"),
    (lapsed(), TODAY_AGAIN, ""),
    (lapsed(**SYMPTOMS), TODAY_AGAIN, "info"),
    (lapsed(**EVER), TODAY_AGAIN, "info"),
    (lapsed(neurological_screen=NOT_RECORDED), TODAY_AGAIN, "info"),
    (lapsed(), replace(RESUMED, starts=TOMORROW), "info"),
    # loading again is what it asks for
    (lapsed(**SYMPTOMS), order("a", LINES["three a week for 2 weeks"]), ""),
    (lapsed(**SYMPTOMS), order("a", LINES["alternate days"]), ""),
    # no treatment: a supplement
    (lapsed(**SYMPTOMS), order("a", LINES["oral 50"]), ""),
    # T7: asked, never loud, whatever is drafted of treatment
    (not_known(), RESUMED, "info"),
    (not_known(**SYMPTOMS), RESUMED, "info"),
    (not_known(), TODAY_AGAIN, "info"),
    (not_known(), order("a", LINES["three a week for 2 weeks"]), "info"),
    (not_known(), order("a", LINES["oral 50"]), ""),
    # the prescriber has answered by taking a leg of the choice
    (lapsed(**SYMPTOMS), replace(RESUMED, claims=read_claims("no neurological symptoms")), ""),
    # nothing resumes where nothing was given
    (WELL, order("a", LINES["every 2 months"]), ""),
    ([*WELL, TREATMENT["every 2 months active"]], RESUMED, ""),
]


@pytest.mark.parametrize(("who", "draft", "loud"), RESUMING)
def test_treatment_that_resumes_b23(who: list[dict[str, Any]], draft: Order, loud: str) -> None:
    scenario = person(*who)
    course = with_record(Course((draft,)), scenario)
    case = case_of(course, scenario, recommend(scenario, Policy()), Policy())
    found = list(check_resuming(case, draft))
    assert [issue.indicator.value for issue in found] == ([loud] if loud else [])
    assert all((issue.card.id, issue.about) == ("b23", (draft.key,)) for issue in found)


def test_loading_drafted_or_standing_beside_it_answers_a_lapse_but_no_standing_order() -> None:
    loading = order("b", LINES["three a week for 2 weeks"])
    for who, silent in ((lapsed(**SYMPTOMS), True), (not_known(), False)):
        scenario = person(*who)
        for other in (loading, replace(loading, state=OrderState.ACTIVE, authored=TODAY)):
            course = with_record(Course((RESUMED, other)), scenario)
            case = case_of(course, scenario, recommend(person(*who), Policy()), Policy())
            assert (not list(check_resuming(case, RESUMED))) == silent
        maintenance = order("b", LINES["monthly"])
        course = with_record(Course((RESUMED, maintenance)), scenario)
        case = case_of(course, scenario, recommend(scenario, Policy()), Policy())
        assert list(check_resuming(case, RESUMED))


@pytest.mark.parametrize(
    ("who", "asked"),
    [(WELL, True), ([*WELL, TREATMENT["every 2 months active"]], False), (lapsed(), True)],
)
def test_a_refill_of_which_nothing_else_is_known_is_asked_about_9(
    who: list[dict[str, Any]], asked: bool
) -> None:
    """Phase NONE on a refill is T7's text: never loud (cards.md 9)."""
    scenario = person(*who)
    course = with_record(Course((RESUMED,)), scenario)
    case = case_of(course, scenario, recommend(scenario, Policy()), Policy(), refill=True)
    found = list(check_resuming(case, RESUMED))
    assert [issue.indicator.value for issue in found] == (["info"] if asked else [])
