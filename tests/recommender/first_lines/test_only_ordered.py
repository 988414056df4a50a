"""Ordered is not given, and not "untreated" either: beside an active order no card says "not
treated" or "no B12 treatment on record" (Q55, Q78, I27, I33).
"""

from __future__ import annotations

from typing import Any

import pytest

from recommender.guidance.policy import Policy
from recommender.guidance.regimens import MAINT_M, MAINT_N
from recommender.language import Course, Fact, Order, OrderState, Phase, RecordArea, Truth
from recommender.review.order_review import review, review_record
from recommender.treatment.table import recommend
from recommender.wording import say_full_date
from tests.recommender.people import ago
from tests.recommender.review_cases import FACTS
from tests.recommender.review_space import folic, order, person

POLICY = Policy()
PEOPLE = {
    "N1": ("signs", "confirmed", "pernicious anaemia", "eGFR 95"),
    "U1": ("not recorded", "confirmed", "pernicious anaemia", "eGFR 95"),
    "M2": ("no signs", "confirmed", "pernicious anaemia", "eGFR 95"),
}
DENIALS = ("not treated", "untreated", "no b12 treatment")


def active(phase: Phase, days: int = 5) -> Order:
    return Order("active", OrderState.ACTIVE, (phase.line,), "x", authored=ago(days))


def everything_said(people: tuple[str, ...], drafted: str, orders: tuple[Order, ...]) -> list[str]:
    """Return the first lines, fact lines and reasons of all cards, in lower case."""
    facts: dict[str, Any] = {"orders": orders}
    scenario = person(*(FACTS[name] for name in people), facts)
    recommendation = recommend(scenario, POLICY)
    if drafted == "opened chart":
        findings = review_record(scenario, recommendation, POLICY)
    else:
        course = Course((order("a", folic(5000)), *orders))
        findings = review(course, scenario, recommendation, POLICY)
    assert findings
    return [repr(finding).lower() for finding in findings]


@pytest.mark.parametrize("phase", [MAINT_N, MAINT_M], ids=lambda phase: phase.id)
@pytest.mark.parametrize("drafted", ["opened chart", "folic acid"])
@pytest.mark.parametrize("rule", PEOPLE)
def test_no_card_denies_what_is_ordered(rule: str, drafted: str, phase: Phase) -> None:
    said = everything_said(PEOPLE[rule], drafted, (active(phase),))

    assert not [text for text in said for denial in DENIALS if denial in text]


@pytest.mark.parametrize("rule", PEOPLE)
def test_without_an_order_it_is_still_said(rule: str) -> None:
    said = everything_said(PEOPLE[rule], "opened chart", ())

    assert any(denial in text for text in said for denial in DENIALS)


@pytest.mark.parametrize("rule", PEOPLE)
def test_maintenance_without_a_dose_is_named_and_loading_comes_first(rule: str) -> None:
    scenario = person(*(FACTS[name] for name in PEOPLE[rule]), {"orders": (active(MAINT_N),)})
    (finding, *_) = review_record(scenario, recommend(scenario, POLICY), POLICY)

    assert "hydroxocobalamin every 2 months ordered" in finding.summary
    assert finding.summary.endswith("no loading or dose on record: load first")
    assert len(finding.summary) <= 140


def test_nothing_is_said_of_an_unread_list() -> None:
    facts = {"unavailable": frozenset({RecordArea.MEDICATIONS})}
    scenario = person(*(FACTS[name] for name in PEOPLE["M2"]), facts)
    findings = review_record(scenario, recommend(scenario, POLICY), POLICY)

    assert "could not be read" in findings[0].summary


@pytest.mark.parametrize(
    ("deficiency", "starts", "asks"),
    [("confirmed", "B12 9", "Ask about numbness"), ("unknown", "Hydroxocobalamin", "still given?")],
)
def test_a_recent_low_result_leads_the_question_whether_it_is_given(
    deficiency: str, starts: str, asks: str
) -> None:
    """T7 by a standing order of two years: a warning's words with a result, else the order's."""
    people = ("no signs", deficiency, "pernicious anaemia", "eGFR 95")
    diagnosed = Fact(Truth.TRUE, "diagnosed")
    facts = {"orders": (active(MAINT_N, days=730),), "deficiency_diagnosis": diagnosed}
    scenario = person(*(FACTS[name] for name in people), facts)
    recommendation = recommend(scenario, POLICY)
    (finding, *_) = review_record(scenario, recommendation, POLICY)

    assert recommendation.rule == "T7"
    assert finding.summary.startswith(starts), finding.summary
    assert asks in finding.summary
    assert len(finding.summary) <= 140


@pytest.mark.parametrize("rule", PEOPLE)
def test_what_is_offered_beside_an_unread_list_holds_on_a_condition_Q58(rule: str) -> None:
    facts = {"unavailable": frozenset({RecordArea.MEDICATIONS})}
    scenario = person(*(FACTS[name] for name in PEOPLE[rule]), facts)
    (finding, *_) = review_record(scenario, recommend(scenario, POLICY), POLICY)

    assert "if not already on B12" in finding.detail.unread[0]
    whole = person(*(FACTS[name] for name in PEOPLE[rule]))
    (other, *_) = review_record(whole, recommend(whole, POLICY), POLICY)
    assert not [line for line in other.detail.unread if "already on B12" in line]


def test_the_day_of_the_order_is_said_as_a_clinic_writes_it() -> None:
    ordered = active(MAINT_N)
    assert ordered.authored
    said = everything_said(PEOPLE["N1"], "opened chart", (ordered,))

    assert any(f"was ordered on {say_full_date(ordered.authored)}".lower() in text for text in said)


def test_an_order_of_old_is_asked_about_once_T7() -> None:
    facts: dict[str, Any] = {"orders": (active(MAINT_M, 900),)}
    scenario = person(*(FACTS[name] for name in PEOPLE["U1"]), facts)
    found = recommend(scenario, POLICY)

    assert found.rule == "T7"
    assert not [advice for advice in found.advice if advice.id == "T7"]
