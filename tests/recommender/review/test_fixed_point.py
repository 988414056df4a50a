"""The proof of order review: people x courses, each review checked against every invariant and for
the fixed point.

The normal run takes every person and every course, in pairs that spread over the product; `python
-m tests.recommender.prove_review` takes the whole product.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from recommender.treatment.table import recommend
from tests.recommender.prove_review import prove
from tests.recommender.review_invariants import review_violations
from tests.recommender.review_space import (
    POLICIES,
    courses,
    people,
    people_at_turns,
    people_with_extras,
    with_record,
)

COURSES = courses()


@pytest.mark.parametrize("name", POLICIES)
def test_every_suggestion_is_safe_and_resolves_its_card(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    persons = [*people(), *people_with_extras(), *people_at_turns()]
    counts = prove(POLICIES[name], persons, COURSES, stride=181 if name == "default" else 1201)
    for what, count in counts.items():
        record_property(what, count)
    assert counts["reviews"] >= len(persons) * len(COURSES) // (182 if name == "default" else 1202)
    # where hydroxocobalamin cannot be had, fewer orders can be put right
    assert counts["suggestions"] > counts["reviews"] * (0.4 if "hydroxo" in name else 0.5)


def test_every_course_is_reviewed_for_a_person_with_untreated_deficiency() -> None:
    persons = dict(people())
    for neurology in ("signs", "no signs", "not recorded"):
        scenario = persons[f"{neurology}, confirmed, pernicious anaemia, eGFR 95, untreated"]
        recommendation = recommend(scenario, POLICIES["default"])
        for name, course in COURSES:
            _, problems = review_violations(
                with_record(course, scenario), scenario, recommendation, POLICIES["default"]
            )
            assert not problems, (neurology, name, problems)


@pytest.mark.parametrize("name", ["default", "oral allowed"])
def test_no_course_of_somebody_whose_tablets_failed_is_put_right_by_tablets(name: str) -> None:
    persons = dict((*people(), *people_with_extras(), *people_at_turns()))
    scenario = persons["no signs, unknown, pernicious anaemia, eGFR 95, symptoms, oral active"]
    recommendation = recommend(scenario, POLICIES[name])
    assert recommendation.rule == "T5b"
    for course_name, course in COURSES:
        _, problems = review_violations(
            with_record(course, scenario), scenario, recommendation, POLICIES[name]
        )
        assert not problems, (course_name, problems)


@pytest.mark.parametrize("name", POLICIES)
def test_tablets_beside_maintenance_when_nothing_improves_any_further_are_no_warning_T3b(
    name: str,
) -> None:
    """Injections go on: the suggestion of b5 leaves e2, not "tablets do not replace them"."""
    who = "new signs, confirmed, diet, eGFR 95, alternate days ended"
    scenario, ordered = dict(people_at_turns())[who], dict(COURSES)
    recommendation = recommend(scenario, POLICIES[name])
    assert recommendation.rule == "T3b"
    course = with_record(ordered["three a week for 2 weeks + oral 1000"], scenario)
    findings, problems = review_violations(course, scenario, recommendation, POLICIES[name])
    first = "k3" if name == "no hydroxocobalamin" else "b5"
    assert [str(finding.card) for finding in findings] == [first]
    assert not problems
