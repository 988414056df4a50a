"""Signs of the cord and the optic nerve under treatment (T1, T6 with K15), and orders that forbid
vitamin B12 which is due: each fires, does not, and what is not known stays a question.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from recommender.cards.findings import Finding
from recommender.guidance.policy import Policy
from recommender.language import Claim, ClinicalScenario, Course, HintAt, Order, OrderState
from recommender.language.understanding import Hint
from recommender.review.order_review import review, review_record
from recommender.treatment.recommendation import Recommendation
from recommender.treatment.table import recommend
from tests.recommender.people import build_scenario
from tests.recommender.review_invariants import review_violations
from tests.recommender.review_space import LINES, order, with_record

POLICY = Policy()
MAINTAINED = {"injections": [6], "orders": [{"phase": "MAINT-N", "days_ago": 300}]}
AFTER_LOADING = {
    "injections": [6, 287, 289, 291, 293],
    "orders": [{"phase": "MAINT-N", "days_ago": 280}],
}
OBJECTIVE = ("subacute combined degeneration of the cord", "myelopathy", "optic neuropathy")
NUMB = Hint(HintAt.NEUROLOGY, "numb feet", "Condition/words")


def known(**facts: Any) -> tuple[ClinicalScenario, Recommendation]:
    scenario = build_scenario(facts)
    return scenario, recommend(scenario, POLICY)


def opened(scenario: ClinicalScenario) -> list[str]:
    found = review_record(scenario, recommend(scenario, POLICY), POLICY)
    return [f"{one.indicator.value} {one.card}: {one.summary}" for one in found]


def labels(found: tuple[Finding, ...]) -> list[str]:
    return [one.label for finding in found for one in finding.resolutions]


# --- T1: signs return on maintenance


@pytest.mark.parametrize("sign", OBJECTIVE)
def test_new_signs_of_the_cord_or_the_optic_nerve_on_maintenance_are_reloaded_at_once_T1(
    sign: str,
) -> None:
    scenario, recommendation = known(**MAINTAINED, new_signs=[sign])

    assert recommendation.rule == "T1"
    assert [option.claims for option in recommendation.options] == [()]
    (finding,) = review_record(scenario, recommendation, POLICY)
    assert finding.indicator.value == "warning"
    assert "same-day" in finding.summary
    assert labels((finding,)) == ["Hydroxocobalamin 1 mg IM alternate days, then every month"]


def test_other_new_signs_leave_the_choice_between_a_step_and_reloading_T1() -> None:
    scenario, recommendation = known(**MAINTAINED, new_signs=["paraesthesia"])

    assert recommendation.rule == "T1"
    stated = [option.claims for option in recommendation.options]
    assert stated == [(Claim.MILD_RETURN,), (Claim.PROGRESSIVE,)]
    (finding,) = review_record(scenario, recommendation, POLICY)
    assert "same-day" not in finding.summary


def test_words_that_may_mean_signs_change_no_interval_T1() -> None:
    scenario, _ = known(**MAINTAINED)
    scenario = replace(scenario, hints=(NUMB,))

    assert recommend(scenario, POLICY).rule == "T6"
    assert opened(scenario) == []


# --- T6: signs of the cord that are recent, under treatment in time


@pytest.mark.parametrize("days", [5, 90])
def test_recent_signs_of_the_cord_under_right_treatment_are_an_emergency_K15_Q83(days: int) -> None:
    scenario, recommendation = known(**AFTER_LOADING, dated_signs={OBJECTIVE[0]: days})

    assert recommendation.rule == "T6"
    (said,) = opened(scenario)
    assert said.startswith("warning k1: ")
    assert "same-day" in said


@pytest.mark.parametrize(
    "signs",
    [{OBJECTIVE[0]: 91}, {"paraesthesia": 5}],
    ids=["older signs of the cord", "signs of nerves alone"],
)
def test_old_signs_of_the_cord_and_other_signs_under_right_treatment_are_silent_Q83(
    signs: dict[str, int],
) -> None:
    scenario, recommendation = known(**AFTER_LOADING, dated_signs=signs)

    assert recommendation.rule == "T6"
    assert not any("k1" in said for said in opened(scenario))


def test_signs_of_the_cord_of_unknown_date_are_an_emergency_until_they_are_dated_Q83() -> None:
    scenario, recommendation = known(**AFTER_LOADING, signs=[OBJECTIVE[0]])

    assert recommendation.rule == "T6"
    assert any("same-day" in said for said in opened(scenario))


# --- an order that forbids vitamin B12 which is due


def forbid(line: str = "every 2 months") -> Order:
    return order("no", LINES[line], state=OrderState.STOP, forbids=True)


def forbidden(line: str = "every 2 months", **facts: Any) -> tuple[Finding, ...]:
    scenario, recommendation = known(**facts)
    course = with_record(Course((forbid(line),)), scenario)  # it names the active order, if any
    findings, problems = review_violations(course, scenario, recommendation, POLICY)
    assert not problems
    assert findings == review(course, scenario, recommendation, POLICY)
    return findings


def test_an_order_that_forbids_what_is_due_is_answered_and_left_to_the_prescriber() -> None:
    (finding,) = forbidden(total_b12=90, signs=["paraesthesia"])

    assert str(finding.card) == "k1"
    assert finding.indicator.value == "warning"
    assert finding.reasons[0] == "This order forbids vitamin B12, which is due."
    assert finding.resolutions == ()


def test_nothing_is_said_where_nothing_is_due() -> None:
    assert forbidden(total_b12=400, neurological_screen="no") == ()


def test_nothing_is_due_aloud_while_the_level_is_not_known() -> None:
    assert forbidden() == ()


def test_what_a_reaction_or_the_kidneys_forbid_is_not_argued_with_Q72() -> None:
    reaction = {"allergies": {"hydroxocobalamin": "yes"}}
    assert not any(str(one.card) == "k1" for one in forbidden(total_b12=90, **reaction))
    kidneys = {"egfr": 40, "kidney_disease": "no"}
    assert not any(str(one.card) == "k1" for one in forbidden("oral 1000", total_b12=90, **kidneys))


def test_forbidding_what_is_taken_is_a_stop_f1() -> None:
    cards = [str(one.card) for one in forbidden(**MAINTAINED)]
    assert cards == ["f1"]
