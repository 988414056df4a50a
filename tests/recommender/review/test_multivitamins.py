"""A multivitamin is no treatment: nothing is said of it as an order, and what is due still is (Q49,
Q75).
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from recommender.checks.course_reading import is_trace
from recommender.guidance.policy import Policy
from recommender.language import (
    Allergen,
    Allergy,
    ClinicalScenario,
    Course,
    DoseLine,
    Evidence,
    Order,
    PeriodUnit,
    Route,
    Substance,
    Timing,
    Truth,
    Unit,
)
from recommender.review.order_review import review
from recommender.treatment.table import recommend
from tests.recommender.review_space import measured, order, person

POLICY = Policy()
DAILY = Timing(1, Decimal(1), PeriodUnit.DAY)
LOW = {"total_b12": measured(95, Unit.PMOL_PER_L)}


def multivitamin(dose: int | None, timing: Timing | None = DAILY) -> Order:
    line = DoseLine(
        Substance.COBALAMIN_UNSPECIFIED, Route.ORAL, None if dose is None else Decimal(dose), timing
    )
    return order("multivitamin", line, combination=True)


def said(scenario: ClinicalScenario, draft: Order) -> list[str]:
    course = Course((draft,))
    findings = review(course, scenario, recommend(scenario, POLICY), POLICY)
    return [f"{finding.indicator.value} {finding.card.id}" for finding in findings]


@pytest.mark.parametrize(
    ("dose", "timing", "trace"),
    [
        (24, DAILY, True),
        (25, DAILY, True),
        (26, DAILY, False),
        (10, Timing(3, Decimal(1), PeriodUnit.DAY), False),
        (25, Timing(1, Decimal(1), PeriodUnit.WEEK), True),
        (26, Timing(1, Decimal(1), PeriodUnit.WEEK), False),
        (25, None, True),
        (None, DAILY, True),
        (None, None, True),
    ],
)
def test_up_to_the_limit_of_a_day_or_of_unstated_content(dose, timing, trace):
    assert is_trace(multivitamin(dose, timing), POLICY.trace_b12_mcg_per_day) is trace


def test_vitamin_b12_alone_and_a_wrong_product_are_never_a_trace():
    alone = replace(multivitamin(10), combination=False)
    wrong = replace(multivitamin(10), product_error="holds 5 g")

    assert not is_trace(alone, Decimal(25))
    assert not is_trace(wrong, Decimal(25))


@pytest.mark.parametrize("dose", [None, 10, 25])
def test_without_deficiency_a_multivitamin_is_silent(dose):
    assert said(person(), multivitamin(dose)) == []


@pytest.mark.parametrize("dose", [None, 10, 25])
def test_beside_untreated_deficiency_treatment_is_due(dose):
    assert said(person(LOW), multivitamin(dose)) == ["warning k1"]


def test_an_allergy_is_said_of_a_multivitamin_too():
    allergy = Allergy(Allergen.UNSPECIFIED_B12, Truth.TRUE, Evidence("AllergyIntolerance/1"))

    assert "critical d4" in said(person({"allergies": (allergy,)}), multivitamin(10))


def test_for_a_child_a_multivitamin_is_silent_Q14():
    child = person({"age": measured(9, Unit.YEARS)})

    assert said(child, multivitamin(10)) == []
