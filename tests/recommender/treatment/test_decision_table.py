"""The decision table as it is built: laid out on a page, and said row by row for one person."""

from __future__ import annotations

from typing import Any

import pytest

from recommender.guidance.policy import Policy
from recommender.treatment.recommendation import Outcome, Recommendation
from recommender.treatment.table import RULES, recommend, trace_rows
from tests.recommender.people import build_scenario


def ask(**known: Any) -> Recommendation:
    return recommend(build_scenario(known), Policy())


def trace(**known: Any) -> dict[str, tuple[bool, str]]:
    return {row.rule: (row.fired, row.why) for row in trace_rows(ask(**known), Policy())}


def test_every_row_says_why_it_holds_or_not_R_I22() -> None:
    rows = trace(total_b12=100, signs=["paraesthesia"])
    assert list(rows) == list(dict.fromkeys(rule.id for rule in RULES))
    assert rows["N1"] == (
        True,
        "no vitamin B12 treatment is known to be under way; neurological involvement is recorded; "
        "deficiency is confirmed or probable",
    )
    assert rows["G1"] == (False, "not met: the person is under age or of unknown age")
    assert rows["E2"] == (False, "not reached: N1 holds")


def test_a_row_that_accumulates_is_said_to_have_fired() -> None:
    rows = trace(total_b12=200, neurological_screen="no", causes=["bariatric surgery"])
    assert [name for name, (fired, _) in rows.items() if fired] == ["B1", "P4"]
    assert rows["P4"][1].endswith(
        "deficiency is unlikely, unresolved or unknown; bariatric surgery is recorded"
    )
    assert rows["E1"] == (False, "not reached: B1 holds")


def test_the_last_row_holds_where_nothing_above_does() -> None:
    assert trace()["E2"] == (True, "nothing above holds")


@pytest.mark.parametrize(
    ("known", "indication"),
    [
        ({"total_b12": 100}, "Vitamin B12 deficiency"),
        (
            {"orders": [{"phase": "MAINT-N", "days_ago": 100}], "injections": [20]},
            "Vitamin B12 deficiency",
        ),
        ({"total_b12": 135, "symptoms": "yes"}, "Suspected vitamin B12 deficiency"),
        ({"signs": ["paraesthesia"]}, "Suspected vitamin B12 deficiency"),
        (
            {"total_b12": 400, "causes": ["bariatric surgery"]},
            "Prevention of vitamin B12 deficiency",
        ),
    ],
)
def test_what_a_drafted_order_is_for(known: dict[str, Any], indication: str) -> None:
    assert ask(**known).indication == indication


def test_deceased_and_children_get_no_advice() -> None:
    assert (ask(deceased="yes", total_b12=100).advice, ask(age=10, total_b12=100).advice) == (
        (),
        (),
    )
    assert ask(deceased="yes", total_b12=100).outcome is Outcome.NO_TREATMENT
    assert ask(total_b12=100, platelets=5, signs=["paraesthesia"]).advice
