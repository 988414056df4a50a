"""An order that renews or changes another one is as old as that: who renews what nobody recorded
as given treats nobody anew (Q29, Q55, Q56), and what is ordered beside it makes no untreated
patient. Loading answers signs whatever was taken before it (Q3).
"""

from __future__ import annotations

from typing import Any

import pytest

from recommender.guidance.policy import Policy
from recommender.guidance.regimens import MAINT_M, MAINT_N, N_LOAD, ORAL
from recommender.language import (
    Claim,
    ClinicalScenario,
    DoseGiven,
    Fact,
    Order,
    OrderState,
    Phase,
    Route,
    Substance,
    Truth,
)
from recommender.review.order_review import review_record
from recommender.treatment.table import recommend
from recommender.treatment_so_far import Treatment, TreatmentPhase, UnknownPhase, read_treatment
from tests.recommender.people import ago, evidence
from tests.recommender.review_cases import FACTS
from tests.recommender.review_space import person

POLICY = Policy()
ANAEMIA = ("no signs", "unknown", "pernicious anaemia", "eGFR 95")
DIAGNOSED = {"deficiency_diagnosis": Fact(Truth.TRUE, "diagnosed")}


def order(
    key: str, days: int | None, phase: Phase = MAINT_N, state: str = "active", **more: Any
) -> Order:
    written = None if days is None else ago(days)
    return Order(key, OrderState(state), (phase.line,), "x", authored=written, **more)


def scenario(*orders: Order, **facts: Any) -> ClinicalScenario:
    return person(*(FACTS[name] for name in ANAEMIA), {"orders": orders, **DIAGNOSED, **facts})


def treatment(*orders: Order, **facts: Any) -> Treatment:
    return read_treatment(scenario(*orders, **facts), Truth.FALSE, POLICY)


def first_line(*orders: Order, **facts: Any) -> str:
    known = scenario(*orders, **facts)
    (finding, *_) = review_record(known, recommend(known, POLICY), POLICY)
    return finding.summary


@pytest.mark.parametrize("state", ["active", "stopped"])
def test_a_standing_order_that_is_renewed_by_name_stays_one_Q29(state: str) -> None:
    found = treatment(order("old", 900, state=state), order("new", 1, replaces="old"))

    assert (found.phase, found.unknown) == (TreatmentPhase.UNKNOWN, UnknownPhase.STANDING_ORDER)
    assert found.ordered_on == ago(900)


def test_a_chain_of_renewals_is_as_old_as_its_first_order() -> None:
    chain = [
        order("first", 1000, state="stopped", identifiers=("rx-1",)),
        order("second", 400, state="stopped", replaces="rx-1"),
        order("third", 20, replaces="second"),
    ]

    assert treatment(*chain).ordered_on == ago(1000)


def test_a_renewal_that_names_itself_comes_to_an_end() -> None:
    orders = [order("one", 1, replaces="two"), order("two", 2, replaces="one")]

    assert treatment(*orders).phase is TreatmentPhase.NONE


@pytest.mark.parametrize("renewed", [MAINT_N, MAINT_M], ids=["the same", "another interval"])
def test_a_standing_order_beside_a_new_one_that_does_not_name_it_is_still_asked_about_Q29(
    renewed: Phase,
) -> None:
    found = treatment(order("old", 900), order("new", 1, renewed))

    assert (found.phase, found.unknown) == (TreatmentPhase.UNKNOWN, UnknownPhase.STANDING_ORDER)


def test_an_order_that_is_more_than_an_interval_old_stays_overdue_when_it_is_renewed_Q55() -> None:
    old = order("old", 150, state="stopped")
    found = treatment(old, order("new", 1, replaces="old"))

    assert found.unknown is UnknownPhase.ORDERED_NOT_GIVEN
    assert treatment(old, order("new", 1)).phase is TreatmentPhase.NONE  # nothing says that it is


@pytest.mark.parametrize(
    "other",
    [
        order("old", 900, ORAL, state="stopped"),
        order("old", 900, N_LOAD, state="stopped"),
        order("old", 900, state="cancelled"),
        order("old", 900, state="draft"),
        order("old", 30, state="stopped"),
    ],
    ids=["tablets", "loading", "never in force", "a draft", "within an interval"],
)
def test_what_was_something_else_or_never_in_force_is_not_renewed(other: Order) -> None:
    assert treatment(other, order("new", 1, replaces="old")).phase is TreatmentPhase.NONE


@pytest.mark.parametrize("state", ["active", "stopped"])
@pytest.mark.parametrize("phase", [MAINT_M, ORAL], ids=lambda phase: phase.id)
def test_what_is_stated_to_be_given_no_more_is_not_asked_about_again_T7(
    phase: Phase, state: str
) -> None:
    old = order("old", 900, phase, state)
    new = order("new", 1, phase, replaces="old", claims=(Claim.NOT_GIVEN,))

    assert treatment(old, new).phase is TreatmentPhase.NONE


def test_tablets_take_the_place_of_a_standing_order_of_injections() -> None:
    assert treatment(order("old", 900), order("new", 1, ORAL)).phase is TreatmentPhase.NONE


def test_tablets_that_are_renewed_count_from_their_first_order_Q55() -> None:
    old = order("old", 60, ORAL, state="stopped")

    assert treatment(old, order("new", 5, ORAL, replaces="old")).phase is TreatmentPhase.ORAL
    assert treatment(order("new", 5, ORAL)).phase is TreatmentPhase.NONE


def test_the_question_names_the_day_of_the_first_order_T7() -> None:
    said = first_line(order("old", 900, state="stopped"), order("new", 1, replaces="old"))

    assert said.startswith("Hydroxocobalamin every 2 months, ordered Jun 2024, no dose on record")


def dose(days: int) -> DoseGiven:
    given = evidence(f"MedicationAdministration/{days}")._replace(date=ago(days))
    return DoseGiven(Substance.HYDROXOCOBALAMIN, Route.INTRAMUSCULAR, None, ago(days), given)


def test_what_was_ordered_again_after_a_long_pause_is_not_told_to_be_ordered_Q29() -> None:
    said = first_line(order("new", 1), doses=(dose(500),))

    assert "ordered 20 Nov" in said
    assert said.endswith("last B12 on record Jul 2025: load first")
    assert first_line(doses=(dose(500),)).endswith("last B12 on record Jul 2025: start it again")


@pytest.mark.parametrize(
    "before",
    [[order("old", 300, ORAL)], [order("old", 300)], []],
    ids=["tablets", "injections", ""],
)
def test_loading_answers_signs_whatever_came_before_it_Q3(before: list[Order]) -> None:
    assert treatment(*before, order("new", 20, N_LOAD, "completed")).increased_on == ago(20)


def test_maintenance_after_tablets_is_no_more_frequent_injection_Q3() -> None:
    assert treatment(order("old", 300, ORAL), order("new", 20)).increased_on is None
