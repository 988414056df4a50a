"""A low level after treatment that is over still shows deficiency, and who had an order is never
"not treated" (D1, I18, I27, Q29).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from recommender.deficiency.grounds import Deficiency
from recommender.guidance.policy import Policy
from recommender.guidance.regimens import MAINT_N
from recommender.language import Evidence, Measurement, NotCounted, Quantity, Unit
from recommender.language.course import Course, OrderState, Test
from recommender.language.scenario import ClinicalScenario, UncountedResult
from recommender.review.order_review import review, review_record
from recommender.treatment.table import recommend
from tests.recommender.review_space import LINES, TODAY, folic, order, person

STOPPED_ON = TODAY - dt.timedelta(days=150)


def after(
    level: float | str,
    unit: Unit = Unit.PMOL_PER_L,
    state: OrderState = OrderState.STOPPED,
) -> ClinicalScenario:
    """Return somebody whose injections were ordered in June, with a level of today."""
    reading = Quantity(Decimal(str(level)), unit)
    evidence = Evidence("Observation/later", reported=f"{level} {unit.value}", date=TODAY)
    later = Measurement(reading, TODAY, "", (evidence,))
    uncounted = UncountedResult(
        Test.SERUM_B12, NotCounted.ON_TREATMENT, evidence, readings=(reading,)
    )
    treated = order("old", MAINT_N.line, state=state, authored=STOPPED_ON, selected=False)
    return person(
        {
            "total_b12_on_treatment": later,
            "uncounted_b12": (uncounted,),
            "orders": (replace(treated, evidence=Evidence("MedicationRequest/old")),),
        }
    )


@pytest.mark.parametrize(
    ("level", "unit", "deficiency"),
    [
        (132.9, Unit.PMOL_PER_L, Deficiency.CONFIRMED),
        (133, Unit.PMOL_PER_L, Deficiency.UNKNOWN),
        (179, Unit.PG_PER_ML, Deficiency.CONFIRMED),
        (180, Unit.PG_PER_ML, Deficiency.UNKNOWN),
        (400, Unit.PMOL_PER_L, Deficiency.UNKNOWN),
    ],
)
def test_only_a_low_level_after_treatment_decides(
    level: float, unit: Unit, deficiency: Deficiency
) -> None:
    found = recommend(after(level, unit), Policy())
    assert found.assessment.deficiency is deficiency


def test_a_level_after_treatment_that_may_be_low_is_to_be_repeated() -> None:
    """E3: borderline after treatment excludes nothing; one that is not low asks for nothing."""
    assert recommend(after(200), Policy()).rule == "E3"
    assert recommend(after(400), Policy()).rule == "E2"


def test_under_treatment_a_low_level_is_no_diagnosis() -> None:
    scenario = after(90, state=OrderState.ACTIVE)
    assert recommend(scenario, Policy()).assessment.deficiency is Deficiency.CONFIRMED
    loading = replace(
        scenario,
        orders=(order("l", LINES["three a week"], state=OrderState.ACTIVE, authored=TODAY),),
    )
    assert recommend(loading, Policy()).assessment.deficiency is Deficiency.DIAGNOSED


def test_the_opened_chart_says_the_last_order_and_not_untreated() -> None:
    scenario = after(90)
    (card,) = review_record(scenario, recommend(scenario, Policy()), Policy())

    assert card.indicator.value == "warning"
    assert card.summary == ("B12 90 pmol/L (21 Nov), last B12 on record 24 Jun: start it again")


@pytest.mark.parametrize(
    ("dose", "card", "said"),
    [
        (5000, "c1", "Last B12 on record 24 Jun: restart B12 before folic acid"),
        (400, "c5", "Last B12 on record 24 Jun: start B12 as well as this folic acid"),
    ],
)
def test_folic_acid_is_told_the_last_order(dose: int, card: str, said: str) -> None:
    scenario = after(90)
    course = Course((order("f", folic(dose)), *scenario.orders))
    (found,) = review(course, scenario, recommend(scenario, Policy()), Policy())
    assert (found.card.id, found.summary) == (card, said)


def test_maintenance_after_a_stopped_order_is_told_to_load_first() -> None:
    scenario = after(90)
    course = Course((order("a", LINES["every 2 months"]), *scenario.orders))
    (found,) = review(course, scenario, recommend(scenario, Policy()), Policy())
    assert found.card.id == "b4"
    assert "last B12 on record 24 Jun: load first" in found.summary
