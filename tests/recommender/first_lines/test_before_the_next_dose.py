"""After a dose on record no card speaks of a first one (I27: never a sentence the record does not
carry).
"""

from __future__ import annotations

import pytest

from recommender.guidance.policy import Policy
from recommender.guidance.regimens import MAINT_M
from recommender.language import Course
from recommender.language.course import DoseGiven
from recommender.review.order_review import review
from recommender.treatment.table import recommend
from tests.recommender.people import injection
from tests.recommender.review_cases import FACTS
from tests.recommender.review_space import order, person

POLICY = Policy()


def first_line(*doses: DoseGiven) -> str:
    scenario = person(FACTS["no signs"], {"doses": doses})
    course = Course((order("a", MAINT_M.line),))
    findings = review(course, scenario, recommend(scenario, POLICY), POLICY)
    return next(finding.summary for finding in findings)


def test_without_a_dose_the_test_comes_before_the_first_one() -> None:
    assert first_line() == "No B12 test on record: take one before the first dose"


@pytest.mark.parametrize("days", [1, 20])
def test_after_a_dose_the_test_comes_before_the_next_one(days: int) -> None:
    said = first_line(injection(days))

    assert said.startswith("B12 given ")
    assert said.endswith(", no B12 test on record: take one before the next dose")


def said_of_tests(*doses: DoseGiven) -> str:
    scenario = person(FACTS["no signs"], FACTS["confirmed"], {"doses": doses})
    course = Course((order("a", MAINT_M.line),))
    findings = review(course, scenario, recommend(scenario, POLICY), POLICY)
    return next(finding.detail.tests for finding in findings if finding.detail.tests)


def test_the_tests_of_a_treatment_that_starts_come_before_the_first_dose() -> None:
    assert said_of_tests().startswith("Before the first dose: ")


@pytest.mark.parametrize("days", [1, 20])
def test_the_tests_after_a_dose_on_record_come_before_the_next_one(days: int) -> None:
    assert said_of_tests(injection(days)).startswith("Before the next dose: ")
