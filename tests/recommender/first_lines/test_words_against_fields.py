"""b20 says what differs: dose and rhythm, the number of doses where that is it (Q41)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from recommender.guidance.policy import Policy
from recommender.guidance.regimens import M_LOAD
from recommender.language import Course, DoseLine
from recommender.review.order_review import review
from recommender.treatment.table import recommend
from tests.recommender.review_cases import FACTS
from tests.recommender.review_space import order, person

PEOPLE = ("no signs", "confirmed", "pernicious anaemia", "eGFR 95")
LINE = M_LOAD.line


def first_line(written: DoseLine, words: str) -> str:
    scenario = person(*(FACTS[name] for name in PEOPLE), {})
    drafted = replace(order("a", LINE), written=written, words=words)
    (finding,) = review(Course((drafted,)), scenario, recommend(scenario, Policy()), Policy())
    assert finding.card.id == "b20"
    return finding.summary


@pytest.mark.parametrize(("words", "said"), [("5 doses", "'5 doses'"), ("", "'1 mg three times a")])
def test_another_number_of_doses_is_said_of_both(words: str, said: str) -> None:
    assert LINE.timing
    line = first_line(replace(LINE, timing=replace(LINE.timing, count=5)), words)
    assert "'1 mg three times a week, 6 doses' in the fields" in line
    assert said in line


def test_another_dose_is_said_without_the_number_of_doses() -> None:
    assert LINE.dose
    line = first_line(replace(LINE, dose=LINE.dose / 2), "500 micrograms three times a week")
    assert "'1 mg three times a week' in the fields" in line
