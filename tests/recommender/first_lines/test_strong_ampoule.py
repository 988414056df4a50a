"""The card of the ampoule of 10 mg names what it holds, also where the dose ordered is right."""

from __future__ import annotations

from recommender.guidance.policy import Policy
from recommender.guidance.regimens import MAINT_N
from recommender.language import Course
from recommender.review.order_review import review
from recommender.treatment.table import recommend
from tests.recommender.review_cases import FACTS
from tests.recommender.review_space import order, person

POLICY = Policy()


def first_line(product_error: str) -> str:
    scenario = person(FACTS["signs"], FACTS["confirmed"])
    course = Course((order("a", MAINT_N.line, product_error=product_error),))
    findings = review(course, scenario, recommend(scenario, POLICY), POLICY)
    return findings[0].summary


def test_a_right_dose_of_the_strong_ampoule_is_told_by_what_the_ampoule_holds() -> None:
    said = first_line("one ampoule of this product holds 10 mg, 10 times the usual")

    assert (
        said
        == "One ampoule of this product holds 10 mg, 10 times the usual: check dose and product"
    )


def test_the_usual_ampoule_is_not() -> None:
    assert "10 mg" not in first_line("")
