"""How far the record was understood: gaps, hints, and what a scenario says of both."""

from __future__ import annotations

import datetime as dt

import pytest

from recommender.language import (
    NONE_RECORDED,
    Because,
    ClinicalScenario,
    Fact,
    Hint,
    HintAt,
    ListUnderstood,
    RecordArea,
    Truth,
)

DAY = dt.date(2026, 11, 26)


@pytest.mark.parametrize(
    ("because", "gap", "hint"),
    [
        (Because.NONE_RECORDED, False, False),
        (Because.COULD_NOT_BE_READ, False, False),
        (Because.LIST_NOT_COMPLETE, True, False),
        (Because.NOT_UNDERSTOOD, True, False),
        (Because.HINT, False, True),
        (None, False, False),
    ],
)
def test_a_fact_says_whether_it_is_a_gap_or_a_hint(
    because: Because | None, gap: bool, hint: bool
) -> None:
    fact = Fact(Truth.UNKNOWN, "why", because=because)
    assert (fact.is_gap, fact.because is Because.HINT) == (gap, hint)


def test_hints_at_a_fact_come_newest_first() -> None:
    undated, old, new = (
        Hint(HintAt.LEBERS, "Leber's?", reference, date)
        for reference, date in (("a", None), ("b", dt.date(2020, 1, 1)), ("c", DAY))
    )
    other = Hint(HintAt.ALLERGY, "B12?", "d", DAY)
    scenario = ClinicalScenario(DAY, hints=(undated, old, other, new))
    assert scenario.hints_at(HintAt.LEBERS) == (new, old, undated)
    assert scenario.hints_at(HintAt.LEBERS, HintAt.ALLERGY) == (other, new, old, undated)
    assert scenario.hints_at(HintAt.DIALYSIS) == ()


def test_a_list_that_nothing_is_said_of_is_understood_where_it_came_whole() -> None:
    scenario = ClinicalScenario(
        DAY,
        incomplete=frozenset({RecordArea.PROCEDURES}),
        lists=(ListUnderstood(RecordArea.CONDITIONS, True, 2, 1, 0, 1),),
    )
    assert scenario.list_of(RecordArea.CONDITIONS).not_understood == 1
    assert not scenario.list_of(RecordArea.PROCEDURES).complete
    assert scenario.list_of(RecordArea.ALLERGIES).complete
    assert NONE_RECORDED.because is Because.NONE_RECORDED
