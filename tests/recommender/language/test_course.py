"""The edits of a course: what each changes, and that it changes nothing else; when a test is
due.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from recommender.guidance.regimens import M_LOAD, MAINT_N, N_LOAD
from recommender.language import Claim
from recommender.language.course import (
    Course,
    FollowUp,
    InjectionSite,
    Order,
    OrderState,
    Test,
    TestOrder,
    due_date,
    months_after,
)
from recommender.language.doses import Regimen
from recommender.language.edits import (
    AddFollowUps,
    AddRegimen,
    AddTechnique,
    ChangeOrder,
    ChangeSite,
    ChangeStart,
    RemoveOrder,
    apply,
)
from recommender.treatment_so_far import Treatment, TreatmentPhase
from tests.recommender.review_space import LINES, TODAY, folic, order

KEY = "MedicationRequest/a"
DRAFT = order(
    "a",
    LINES["every 6 months of 100 micrograms"],
    not_computable="dose only as text",
    product_error="wrong",
)
OTHER = order("b", LINES["oral 1000"])
COURSE = Course((DRAFT, OTHER), (TestOrder("ServiceRequest/1", Test.SERUM_B12, True),))


@pytest.mark.parametrize(
    ("today", "months", "days", "due"),
    [
        ((2026, 11, 21), 0, 0, (2026, 11, 21)),
        ((2026, 11, 21), 0, 2, (2026, 11, 23)),
        ((2026, 11, 21), 1, 0, (2026, 12, 21)),
        ((2026, 11, 21), 3, 0, (2027, 2, 21)),
        ((2026, 11, 21), 12, 0, (2027, 11, 21)),
        ((2026, 12, 1), 1, 0, (2027, 1, 1)),
        ((2026, 1, 31), 1, 0, (2026, 2, 28)),
        ((2027, 11, 30), 3, 0, (2028, 2, 29)),
        ((2026, 6, 15), 6, 1, (2026, 12, 16)),
    ],
)
def test_when_a_test_is_due(
    today: tuple[int, int, int], months: int, days: int, due: tuple[int, int, int]
) -> None:
    assert due_date(FollowUp(Test.SERUM_B12, months=months, days=days), dt.date(*today)) == dt.date(
        *due
    )


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-12-01", 12, "2027-12-01"),
        ("2026-01-31", -1, "2025-12-31"),
        ("2028-02-29", -12, "2027-02-28"),
        ("2026-03-31", -1, "2026-02-28"),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_of_a_shorter_month(
    day: str, months: int, expected: str
) -> None:
    assert months_after(dt.date.fromisoformat(day), months).isoformat() == expected


def test_a_regimen_is_drafted_and_selected_as_new_orders() -> None:
    starts = TODAY + dt.timedelta(days=3)
    edit = AddRegimen(
        Regimen((N_LOAD, MAINT_N)),
        ("fine needle",),
        "MedicationRequest/old",
        starts,
        (Claim.SIGNS_PRESENT,),
    )
    first, second = apply(COURSE, (edit,), TODAY).orders[2:]
    assert (first.key, second.key) == ("new/0", "new/1")
    assert (first.state, first.selected, first.technique_noted, first.replaces) == (
        OrderState.DRAFT,
        True,
        True,
        "MedicationRequest/old",
    )
    assert (first.lines, first.product, first.starts, first.claims) == (
        (N_LOAD.line,),
        "hydroxocobalamin",
        starts,
        (Claim.SIGNS_PRESENT,),
    )
    assert second.lines == (MAINT_N.line,)


def test_new_orders_and_tests_get_keys_that_are_free() -> None:
    edits = (
        AddRegimen(Regimen((M_LOAD,))),
        AddRegimen(Regimen((MAINT_N,))),
        *(AddFollowUps((FollowUp(Test.MMA),)) for _ in range(2)),
    )
    course = apply(COURSE, edits, TODAY)
    assert [item.key for item in course.orders[2:]] == ["new/0", "new/1"]
    assert [test.key for test in course.tests] == ["ServiceRequest/1", "new-test/0", "new-test/1"]
    assert not course.orders[2].technique_noted


def test_a_changed_order_is_the_phase_and_keeps_its_key() -> None:
    changed, other = apply(
        COURSE, (ChangeOrder(KEY, MAINT_N, ("fine needle",), (Claim.SIGNS_ABSENT,)),), TODAY
    ).orders
    assert (changed.key, changed.lines, changed.product) == (
        KEY,
        (MAINT_N.line,),
        "hydroxocobalamin",
    )
    assert (changed.not_computable, changed.product_error, changed.technique_noted) == (
        "",
        "",
        True,
    )
    assert (changed.claims, changed.replaces, other) == ((Claim.SIGNS_ABSENT,), "", OTHER)


def test_a_changed_order_takes_over_only_where_the_change_says_so() -> None:
    course = Course((replace(DRAFT, replaces="MedicationRequest/old"),))
    assert (
        apply(course, (ChangeOrder(KEY, MAINT_N),), TODAY).orders[0].replaces
        == "MedicationRequest/old"
    )
    assert (
        apply(course, (ChangeOrder(KEY, MAINT_N, replaces="MedicationRequest/x"),), TODAY)
        .orders[0]
        .replaces
        == "MedicationRequest/x"
    )


def test_an_order_is_removed_with_its_parts_and_a_test_by_its_key() -> None:
    part = replace(OTHER, key="MedicationRequest/a#2", part_of=KEY)
    course = replace(COURSE, orders=(DRAFT, part, OTHER))
    assert apply(course, (RemoveOrder(KEY),), TODAY).orders == (OTHER,)
    assert apply(course, (RemoveOrder("ServiceRequest/1"),), TODAY).tests == ()
    assert apply(course, (RemoveOrder("MedicationRequest/a#2"),), TODAY).orders == (DRAFT, OTHER)


def test_technique_start_and_site_are_written_into_the_one_order() -> None:
    day = TODAY + dt.timedelta(days=1)
    edits = (
        AddTechnique(KEY, ("fine needle",)),
        ChangeStart(KEY, day),
        ChangeSite(KEY, InjectionSite.DELTOID),
    )
    changed, other = apply(COURSE, edits, TODAY).orders
    assert (changed.technique_noted, changed.starts, changed.site) == (
        True,
        day,
        InjectionSite.DELTOID,
    )
    assert other == OTHER


def test_a_drafted_test_is_selected_and_due_when_it_is_asked_for() -> None:
    (_, test) = apply(COURSE, (AddFollowUps((FollowUp(Test.MMA, months=3),)),), TODAY).tests
    assert (test.test, test.selected, test.drafted, test.due) == (
        Test.MMA,
        True,
        True,
        dt.date(2027, 2, 21),
    )


def test_an_edit_of_what_is_not_there_changes_nothing() -> None:
    assert (
        apply(COURSE, (RemoveOrder("x"), ChangeOrder("x", MAINT_N), ChangeStart("x", TODAY)), TODAY)
        == COURSE
    )


def test_something_is_selected_when_an_order_a_test_or_a_medicine_is() -> None:
    assert COURSE.has_anything_selected
    assert Course((replace(DRAFT, selected=True),)).has_anything_selected
    assert Course(tests=(TestOrder("x", Test.MMA, True),)).has_anything_selected
    assert Course(lowering_drug_selected=True).has_anything_selected
    assert not Course(
        (replace(DRAFT, selected=False),), (TestOrder("x", Test.MMA),)
    ).has_anything_selected


def test_what_is_not_said_of_an_order_a_test_or_a_treatment_does_not_hold() -> None:
    plain = Order("x", OrderState.DRAFT, (), "x")
    assert (plain.selected, plain.technique_noted, TestOrder("x", Test.MMA).selected) == (
        False,
        False,
        False,
    )
    unknown = Treatment(TreatmentPhase.UNKNOWN)
    assert not any(
        (
            unknown.alternate_days,
            unknown.loading_complete,
            unknown.maintenance_ordered,
            unknown.dose_documented,
        )
    )


def test_a_product_of_both_vitamins_has_both_lines_in_whichever_order_they_stand() -> None:
    b12, folate = LINES["oral 1000"], folic()
    for lines in ((b12, folate), (folate, b12)):
        both = order("a", *lines)
        assert (both.cobalamin, both.folate) == (b12, folate)
