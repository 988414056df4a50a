"""How a draft stands to another order of its kind: a renewal is no duplicate, a second one is.

Expectations: decisions Q38, RN1 to RN8; Q29 (standing order), Q56 (one course), Q16 (an order that
names the old one), I31 (never removal alone); e2 of cards.md 4, with RN6 and S47.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from recommender.case import Case, case_of
from recommender.courses import Repeats, check_duplicates, continued_order, repeats
from recommender.guidance import BariatricMaintenance, Policy
from recommender.language import Course, Order, OrderState, PeriodUnit, Substance, apply
from recommender.review import review
from recommender.treatment.table import recommend
from tests.recommender.people import injection as given
from tests.recommender.review_space import (
    CAUSES,
    DEFICIENCY,
    KIDNEYS,
    LINES,
    NEUROLOGY,
    TODAY,
    every,
    folic,
    injection,
    order,
    person,
)

WELL = [NEUROLOGY["no signs"], DEFICIENCY["confirmed"], CAUSES["diet"], KIDNEYS["eGFR 95"]]
MONTH, WEEK, DAY = PeriodUnit.MONTH, PeriodUnit.WEEK, PeriodUnit.DAY
TWO = LINES["every 2 months"]


def days(number: int) -> dt.date:
    return TODAY + dt.timedelta(number)


def draft(line: str = "every 2 months", **more: Any) -> Order:
    return order("new", LINES[line], **more)


def old(line: str = "every 2 months", **more: Any) -> Order:
    more = {"authored": days(-200)} | more
    return order("old", LINES[line], state=OrderState.ACTIVE, **more)


def case_with(
    *orders: Order, last_dose: int | None = 20, refill: bool = False, policy: Policy | None = None
) -> Case:
    policy = policy or Policy()
    doses = () if last_dose is None else (given(last_dose),)
    active = tuple(one for one in orders if one.state is OrderState.ACTIVE)
    scenario = person(*WELL, {"doses": doses, "orders": active})
    course = Course(orders, doses=doses)
    return case_of(course, scenario, recommend(scenario, policy), policy, refill=refill)


def said(case: Case) -> list[str]:
    return [f"{one.indicator.value} {one.card}" for one in check_duplicates(case)]


SECOND, CHANGES, BOTH = ["warning e1"], ["info e1"], ["info e2"]

RENEWALS = [
    ("the same, and it goes on: RN4", draft(), old(), SECOND),
    # RN1 and RN2: it has ended, or ends within the 31 days of a renewal
    ("ended yesterday", draft(), old(ends=days(-1)), []),
    ("ends today", draft(), old(ends=days(0)), []),
    ("ends in 31 days", draft(), old(ends=days(31)), []),
    ("ends in 32 days", draft(), old(ends=days(32)), SECOND),
    ("ends in 60 days, starts 31 before", draft(starts=days(29)), old(ends=days(60)), []),
    ("ends in 60 days, starts 32 before", draft(starts=days(28)), old(ends=days(60)), SECOND),
    ("starts long after it", draft(starts=days(90)), old(ends=days(60)), []),
    ("a start that is past counts as today", draft(starts=days(-40)), old(ends=days(32)), SECOND),
    ("may be supplied until then", draft(), old(valid_until=days(31)), []),
    ("may be supplied for longer", draft(), old(valid_until=days(32)), SECOND),
    # the same: dose, and an interval that fits (2.7)
    (
        "monthly and every 4 weeks",
        draft("monthly"),
        four_weeks := replace(old(), lines=(injection(every(4, WEEK)),)),
        SECOND,
    ),
    ("another interval: RN5", draft("monthly"), old(), CHANGES),
    ("another dose: RN5", draft(), old("every 2 months of 250 micrograms"), CHANGES),
    (
        "another form of B12: RN5",
        draft(),
        replace(old(), lines=(injection(every(2, MONTH), 1000, Substance.CYANOCOBALAMIN),)),
        CHANGES,
    ),
    ("tablets twice", draft("oral 1000"), old("oral 1000"), SECOND),
    ("tablets of more", draft("oral 2000"), old("oral 1000"), CHANGES),
    # RN6: successive phases, other routes and traces are no duplicates
    (
        "loading and then maintenance",
        draft(),
        old("three a week for 2 weeks", authored=days(-3)),
        [],
    ),
    ("tablets beside injections", draft("oral 1000"), old(), BOTH),
    ("injections beside tablets", draft(), old("oral 1000"), BOTH),
    ("a supplement beside injections", draft("oral 50"), old(), []),
    ("injections beside a supplement", draft(), old("oral 50"), []),
    (
        "tablets of 100 beside injections",
        replace(draft(), lines=(replace(LINES["oral 50"], dose=Decimal(100)),)),
        old(),
        [],
    ),
    # a draft that names the old one takes its place (Q16); nor are two of one course two (Q56)
    ("it names the old one", draft(replaces="MedicationRequest/old"), old(), []),
    ("it is based on it", draft(based_on=("MedicationRequest/old",)), old(), []),
    ("of one group", draft(group="g"), old(group="g"), []),
    ("of two groups", draft(group="g"), old(group="h"), SECOND),
    # what is on hold or over does not go on
    ("on hold", draft(), replace(old(), state=OrderState.ON_HOLD), []),
    ("stopped", draft(), replace(old(), state=OrderState.STOPPED), []),
    # a draft that cannot be read repeats nothing; an old one that cannot may be the same (RN5)
    ("the draft cannot be read", draft(not_computable="dose only as text"), old(), []),
    ("the old one cannot be read", draft(), old(not_computable="dose only as text"), ["info e1"]),
    (
        "the old one cannot be read, of another product",
        draft(),
        replace(
            old(not_computable="dose only as text"),
            lines=(injection(every(2, MONTH), 1000, Substance.CYANOCOBALAMIN),),
        ),
        ["info e1"],  # as one that is read (RN5)
    ),
    (
        "the old one cannot be read, of tablets",
        draft(),
        old("oral 1000", not_computable="dose only as text"),
        BOTH,
    ),
    (
        "the old one cannot be read, and loading is drafted",
        draft("three a week for 2 weeks"),
        old(not_computable="dose only as text"),
        [],
    ),
    (
        "the old one cannot be read, and has ended",
        draft(),
        old(not_computable="dose only as text", ends=days(-1)),
        [],
    ),
]


@pytest.mark.parametrize(
    ("new", "before", "expected"),
    [pytest.param(*rest, id=name) for name, *rest in RENEWALS],
)
def test_a_draft_and_an_order_on_record_Q38(new: Order, before: Order, expected: list[str]) -> None:
    assert said(case_with(new, before)) == expected
    assert said(case_with(replace(new, selected=False), before)) == []


STANDING = [
    # older than 15 months without an end and without a dose: RN3; else RN4
    (old(authored=days(-458)), None, CHANGES),
    (old(authored=days(-456)), None, SECOND),
    (old(authored=None), None, CHANGES),
    (old(authored=days(-458)), 20, SECOND),
    (old(authored=days(-458)), 456, SECOND),
    (old(authored=days(-458)), 458, CHANGES),
    (old(authored=days(-458), ends=days(100)), None, SECOND),
]


@pytest.mark.parametrize(("before", "last_dose", "expected"), STANDING)
def test_an_old_order_of_which_no_dose_is_known_is_asked_about_RN3_Q29(
    before: Order, last_dose: int | None, expected: list[str]
) -> None:
    assert said(case_with(draft(), before, last_dose=last_dose)) == expected


DRAFTS = [
    ("the same twice: RN7", [draft(), replace(draft(), key="other")], SECOND),
    ("two intervals side by side", [draft(), replace(draft("monthly"), key="other")], SECOND),
    ("two phases", [draft("three a week for 2 weeks"), replace(draft(), key="other")], []),
    ("of one group", [draft(group="g"), replace(draft(group="g"), key="other")], []),
    ("tablets and injections", [draft("oral 1000"), replace(draft(), key="other")], BOTH),
    ("a supplement twice", [draft("oral 50"), replace(draft("oral 50"), key="other")], []),
]


@pytest.mark.parametrize(
    ("orders", "expected"), [pytest.param(*rest, id=name) for name, *rest in DRAFTS]
)
def test_two_drafts_RN6_RN7(orders: list[Order], expected: list[str]) -> None:
    """One of two is too many; the one that is not selected was there before."""
    case = case_with(*orders, last_dose=None)
    assert said(case) == expected
    issues = [one for one in check_duplicates(case) if one.card.id == "e1"]
    assert all(
        one.about == ("MedicationRequest/other",) or one.about == ("other",) for one in issues
    )
    first, second = orders
    if expected == SECOND:
        (issue,) = check_duplicates(
            case_with(first, replace(second, selected=False), last_dose=None)
        )
        assert issue.about == (first.key,)


def test_a_refill_of_an_order_that_cannot_be_read_repeats_nothing_RN8() -> None:
    before = old(not_computable="dose only as text")
    assert said(case_with(draft(), before, refill=True)) == []


def test_of_two_drafts_with_nerve_signs_alternate_days_stay_S7() -> None:
    loading, alternate = (
        draft("three a week for 2 weeks"),
        replace(draft("alternate days"), key="z"),
    )
    scenario = person(NEUROLOGY["signs"], *WELL[1:3], KIDNEYS["eGFR 95"])
    recommendation = replace(recommend(scenario, Policy()), options=())
    case = case_of(Course((loading, alternate)), scenario, recommendation, Policy())
    assert [one.about for one in check_duplicates(case)] == [(loading.key,)]


def test_of_two_drafts_one_may_go_also_beside_an_active_order_of_another_product_RN7() -> None:
    """What is chosen puts the first right and takes the second out: nothing is left of e1."""
    other = replace(draft(), key="other", selected=False)
    active = replace(old(), lines=(injection(every(1, MONTH), 1000, Substance.CYANOCOBALAMIN),))
    known = {"orders": (active,), "doses": (given(20),)}
    scenario = person(NEUROLOGY["signs"], *WELL[1:3], KIDNEYS["eGFR 40"], known)
    course, policy = Course((draft(), other, active), doses=(given(20),)), Policy()
    recommendation = recommend(scenario, policy)
    assert recommendation.rule == "T1b"
    offered = [
        resolution.edits
        for finding in review(course, scenario, recommendation, policy)
        for resolution in finding.resolutions
    ]
    assert offered
    for edits in offered:
        after = case_of(apply(course, edits, TODAY), scenario, recommendation, policy)
        assert not any(one.card.id == "e1" and one.is_loud for one in check_duplicates(after))


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([old()], []),
        ([old(), replace(old(), key="third")], SECOND),
        ([old("monthly")], CHANGES),
        ([old("monthly"), old()], CHANGES),
    ],
)
def test_a_refill_continues_the_order_it_refills_RN8(
    others: list[Order], expected: list[str]
) -> None:
    assert said(case_with(draft(), *others, refill=True)) == expected


def test_removal_is_never_all_that_is_offered_for_what_may_go_on_I31() -> None:
    for before in (old(), old(authored=days(-458)), old("monthly")):
        case = case_with(draft(), before, last_dose=20)
        for finding in review(case.course, case.scenario, case.recommendation, case.policy):
            labels = [one.label for one in finding.resolutions]
            assert labels != ["Remove this order"]


FINISHED = [
    # every injection of the loading was given: it is not active any more (RN6, S47)
    ([12, 10, 8, 6, 4, 2], []),
    ([10, 8, 6, 4, 2], BOTH),
]


@pytest.mark.parametrize(("given_on", "expected"), FINISHED)
def test_tablets_after_a_loading_course_S47(given_on: list[int], expected: list[str]) -> None:
    loading = old("three a week for 2 weeks", authored=days(-13))
    doses = tuple(given(day) for day in given_on)
    scenario = person(*WELL, {"doses": doses, "orders": (loading,)})
    recommendation = replace(recommend(scenario, Policy()), options=())
    course = Course((draft("oral 1000"), loading), doses=doses)
    assert said(case_of(course, scenario, recommendation, Policy())) == expected


UNDER_WAY = old("three a week for 2 weeks", authored=days(-4), ends=days(10))


@pytest.mark.parametrize(
    ("starts", "expected"), [(None, SECOND), (days(10), SECOND), (days(11), [])]
)
def test_a_loading_course_is_not_renewed_while_it_is_under_way_RN2(
    starts: dt.date | None, expected: list[str]
) -> None:
    case = case_with(draft("three a week for 2 weeks", starts=starts), UNDER_WAY, last_dose=1)
    assert said(case) == expected


CC_MONTHLY = replace(old(), lines=(LINES["CC monthly"],))
AS_NEEDED = replace(draft(), lines=(LINES["injections as needed"],))

CONTINUED = [
    # of the same product, route and kind, also where dose or frequency is wrong
    (draft(), old(), True),
    (draft("every 6 months"), old(), True),
    (draft("every 2 months of 250 micrograms"), old(), True),
    (draft("oral 5000"), old("oral 1000"), True),
    (draft(), CC_MONTHLY, False),
    (draft("oral 1000"), CC_MONTHLY, False),
    (draft("subcutaneous every 2 months"), old(), False),
    (draft("three a week for 2 weeks"), old(), False),
    (draft(), UNDER_WAY, False),
    # as needed is no schedule, and a slip none that anybody can mean: it may go on from any
    (AS_NEEDED, old(), True),
    (AS_NEEDED, UNDER_WAY, True),
    (AS_NEEDED, old("oral 1000"), False),
    (draft("twice a day"), old(), True),
    (draft("1000 mg"), old(), True),
    (draft("twice a day"), CC_MONTHLY, False),
    # without any frequency it is not known what it goes on from
    (replace(draft(), lines=(injection(None),)), old(), False),
    # over, of one course with it, or taken over from already
    (draft(), old(ends=days(31)), False),
    (draft(group="g"), old(group="g"), False),
    (draft(replaces="MedicationRequest/old"), old(), False),
    (draft(), replace(old(), state=OrderState.ON_HOLD), False),
    (order("new", folic()), old(), False),
]


@pytest.mark.parametrize(("new", "before", "continues"), CONTINUED)
def test_which_active_order_a_draft_may_go_on_from_Q16_Q38(
    new: Order, before: Order, continues: bool
) -> None:
    found = continued_order(case_with(new, before), new)
    assert found == (before if continues else None)
    other = order("other", folic(), state=OrderState.ACTIVE)
    assert continued_order(case_with(new, other, before), new) == found


REPEATED = [
    ([draft(), replace(draft(), key="other")], Repeats.DRAFT),
    ([draft(), replace(draft(authored=TODAY), key="other")], Repeats.DRAFT),
    ([draft(), replace(draft("monthly"), key="other")], Repeats.BESIDE),
    ([draft("monthly"), replace(draft(), key="other")], Repeats.BESIDE),
]


@pytest.mark.parametrize(("orders", "how"), REPEATED)
def test_a_draft_twice_and_a_draft_beside_another_RN7(orders: list[Order], how: Repeats) -> None:
    """The second by its key is one too many, whichever the client names first."""
    first, second = orders
    for sent in (orders, orders[::-1]):
        case = case_with(*sent, last_dose=None)
        assert repeats(case, first) is None
        assert repeats(case, second) is how
    beside_the_record = case_with(*orders, old())
    assert repeats(beside_the_record, second) is how  # one draft is enough, whatever goes on
    assert repeats(beside_the_record, first) is not None


def test_tablets_after_loading_where_that_is_the_recommended_regimen_M3_S47() -> None:
    """After bariatric surgery a site may go on with tablets: then both are one regimen (C13)."""
    policy = Policy(bariatric_maintenance=BariatricMaintenance.ORAL_DAILY)
    scenario = person(*WELL[:2], CAUSES["bariatric"], KIDNEYS["eGFR 95"])
    recommendation = recommend(scenario, policy)
    assert recommendation.rule == "M3"
    loading, tablets = draft("three a week for 2 weeks"), replace(draft("oral 1000"), key="other")
    for orders, expected in (
        ((loading, tablets), []),
        ((replace(loading, lines=(LINES["alternate days of 2000 micrograms"],)), tablets), BOTH),
        ((loading, replace(tablets, lines=(LINES["oral 5000"],))), BOTH),
    ):
        case = case_of(Course(orders), scenario, recommendation, policy)
        assert said(case) == expected
    unselected = tuple(replace(one, selected=False) for one in (loading, tablets))
    assert said(case_of(Course(unselected), scenario, recommendation, policy)) == []
