"""Neurological involvement: now, ever, new, pressing, and answered by injections more often.

Expectations: decisions F10, F11, Q1 (what says no), Q3 (new, answered for 90 days), Q4 (another
cause in its code), C6 and C29 (what counts), K15 and Q83 (the same-day route), Q6 (lists).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from recommender.assessment.neurology import answered, presses, read_neurology
from recommender.guidance import Policy
from recommender.language import (
    Evidence,
    Fact,
    NeurologicalFinding,
    NeurologicalSign,
    RefutedSign,
    Truth,
)
from recommender.treatment_so_far import Treatment, TreatmentPhase
from tests.recommender.people import TODAY, ago, build_scenario

YES, NO, OPEN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
ALL_FOUR = ["peripheral neuropathy", "paraesthesia", "gait disturbance", "cognitive impairment"]


def read(known: dict[str, Any], policy: Policy | None = None, **further: Any) -> Any:
    deficient = bool(further.pop("deficient", False))
    scenario = replace(build_scenario(known), **further)
    return read_neurology(scenario, policy or Policy(), deficient_on_other_grounds=deficient)


SCREEN = {"neurological_screen": "no"}
OTHER = {"signs_with_other_cause": ["peripheral neuropathy"]}

INVOLVED: list[tuple[dict[str, Any], Truth, Truth]] = [
    # known, involved, ever
    ({}, OPEN, OPEN),
    (SCREEN, NO, NO),
    ({"neurological_screen": "yes"}, YES, YES),
    ({"signs": ["paraesthesia"]}, YES, YES),
    # a sign on record outweighs a negative screen
    ({"signs": ["paraesthesia"]} | SCREEN, YES, YES),
    # what is past is ever, and no more
    ({"past_signs": ["paraesthesia"]}, OPEN, YES),
    ({"past_signs": ["paraesthesia"]} | SCREEN, NO, YES),
    # all of them refuted say no, with glossitis where it counts (Q1)
    ({"refuted_signs": ALL_FOUR}, OPEN, OPEN),
    ({"refuted_signs": [*ALL_FOUR, "glossitis"]}, NO, NO),
    ({"refuted_signs": [*ALL_FOUR[1:], "glossitis"]}, OPEN, OPEN),
    ({"refuted_signs": [*ALL_FOUR, "glossitis"], "signs": ["optic neuropathy"]}, YES, YES),
    # another cause in its code leaves it open (Q4)
    (OTHER, OPEN, OPEN),
    (OTHER | SCREEN, OPEN, OPEN),
    # a list that did not come, or not whole, permits no "no" (Q6)
    (SCREEN | {"unavailable": ["conditions"]}, OPEN, OPEN),
    (SCREEN | {"incomplete": ["conditions"]}, OPEN, OPEN),
    (SCREEN | {"unavailable": ["procedures"]}, NO, NO),
    ({"signs": ["paraesthesia"], "unavailable": ["conditions"]}, YES, YES),
]


@pytest.mark.parametrize(("known", "involved", "ever"), INVOLVED)
def test_involvement_now_and_ever_F10_F11(
    known: dict[str, Any], involved: Truth, ever: Truth
) -> None:
    found = read(known)
    assert (found.involved, found.ever) == (involved, ever)
    lists = {"unavailable", "incomplete"} & set(known)
    unread = bool(lists) and "conditions" in str([known[one] for one in lists])
    assert found.unreadable == (involved is OPEN and unread)


@pytest.mark.parametrize(
    ("known", "deficient", "involved", "uncertain"),
    [
        (OTHER, False, OPEN, False),
        (OTHER, True, YES, True),
        (OTHER | {"neurological_screen": "yes"}, True, YES, False),
        ({"signs": ["paraesthesia"]}, True, YES, False),
        ({}, True, OPEN, False),
        (SCREEN, True, NO, False),
    ],
)
def test_another_cause_counts_once_deficiency_stands_on_other_grounds_Q4(
    known: dict[str, Any], deficient: bool, involved: Truth, uncertain: bool
) -> None:
    found = read(known, deficient=deficient)
    assert (found.involved, found.attribution_uncertain) == (involved, uncertain)


ONLY_LISTED = Policy(neuro_extended=False)
NO_GLOSSITIS = Policy(glossitis_counts_as_neuro=False)


@pytest.mark.parametrize("sign", list(NeurologicalSign))
def test_what_counts_at_a_site_C6_C29(sign: NeurologicalSign) -> None:
    known = {"signs": [sign.value]}
    extended = sign.name in ("ATAXIA", "MYELOPATHY", "OPTIC_NEUROPATHY")
    glossitis = sign is NeurologicalSign.GLOSSITIS
    assert read(known).involved is YES
    assert read(known, ONLY_LISTED).involved is (OPEN if extended else YES)
    assert read(known, NO_GLOSSITIS).involved is (OPEN if glossitis else YES)
    assert read(known).glossitis_only == glossitis
    cord = ("subacute combined degeneration of the cord", "myelopathy", "optic neuropathy")
    assert read(known).urgent == (sign.value in cord)


def test_glossitis_is_alone_only_where_nothing_else_counts_C6() -> None:
    both = {"signs": ["glossitis", "paraesthesia"]}
    screened = {"signs": ["glossitis"], "neurological_screen": "yes"}
    assert not read(both).glossitis_only
    assert not read(screened).glossitis_only
    # where it does not count it need not be refuted
    assert read({"refuted_signs": ALL_FOUR}, NO_GLOSSITIS).involved is NO


def test_new_is_what_is_recorded_as_new_or_a_positive_screen_alone_Q3() -> None:
    assert read({"signs": ["paraesthesia"]}).new is NO
    assert read({"new_signs": ["paraesthesia"]}).new is YES
    assert read({"neurological_screen": "yes"}).new is YES
    assert read({"neurological_screen": "yes", "signs": ["paraesthesia"]}).new is NO
    assert read({}).new is OPEN
    assert read(SCREEN).new is NO


CORD = {"dated_signs": {"myelopathy": 91}}
IN_TIME = (TreatmentPhase.LOADING, TreatmentPhase.MAINTENANCE, TreatmentPhase.ORAL)


@pytest.mark.parametrize("phase", list(TreatmentPhase))
def test_signs_of_the_cord_press_for_90_days_or_without_treatment_in_time_K15_Q83(
    phase: TreatmentPhase,
) -> None:
    treatment = Treatment(phase=phase)
    assert presses(read(CORD), treatment, TODAY) == (phase not in IN_TIME)
    assert presses(read({"dated_signs": {"myelopathy": 90}}), treatment, TODAY)
    assert presses(read({"signs": ["myelopathy"]}), treatment, TODAY)  # without its day
    new = replace(read(CORD), new=YES)
    assert presses(new, treatment, TODAY)


@pytest.mark.parametrize(
    ("increased", "signs", "silent"),
    [
        (None, [100], False),
        (90, [100], True),
        (91, [100], False),
        (50, [50], True),
        (50, [49], False),
        (50, [100, 60], True),
        (50, [100, 40], False),
        (50, [None], False),
        (0, [0], True),
    ],
)
def test_injections_more_often_answer_a_sign_for_90_days_Q3(
    increased: int | None, signs: list[int | None], silent: bool
) -> None:
    day = None if increased is None else ago(increased)
    treatment = Treatment(phase=TreatmentPhase.MAINTENANCE, increased_on=day)
    dates = [None if one is None else ago(one) for one in signs]
    assert answered(treatment, dates, TODAY) == silent


@pytest.mark.parametrize(
    ("days", "within", "before_50", "between"),
    [
        # the days of the signs; within 90; all before 50 days ago; all after 200, by 50 days ago
        ([], False, False, False),
        ([90], True, True, True),
        ([91], False, True, True),
        ([200, 91], False, True, False),
        ([199, 91], False, True, True),
        ([50], True, False, True),
        ([49], True, False, False),
        ([51], True, True, True),
        ([None], True, False, False),
        ([None, 100], True, False, False),
    ],
)
def test_the_days_of_signs_T4a_Q82_Q83(
    days: list[int | None], within: bool, before_50: bool, between: bool
) -> None:
    signs = tuple(
        NeurologicalFinding(
            NeurologicalSign.PARAESTHESIA,
            True,
            Evidence("Condition/1", date=None if day is None else ago(day)),
        )
        for day in days
    )
    found = read({}, neurological_findings=signs)
    assert found.seen_within(TODAY, 90) == within
    assert found.all_before(ago(50)) == before_50
    assert found.all_between(ago(200), ago(50)) == between


def test_a_positive_screen_has_a_day_too_and_refuted_signs_are_cited_where_they_decide() -> None:
    seen = Evidence("Observation/screen", date=ago(10))
    screened = read({}, neurological_screen=Fact(YES, "recorded", (seen,)))
    assert screened.dates == (ago(10),)
    assert read({}, neurological_screen=Fact(YES, "recorded")).dates == (None,)
    assert read({}, neurological_screen=Fact(NO, "recorded", (seen,))).dates == ()
    assert not read({}).all_before(TODAY)
    signs = [*NeurologicalSign]
    refuted = tuple(RefutedSign(one, Evidence(f"Condition/{one.value}")) for one in signs)
    assert len(read({}, refuted_signs=refuted).evidence) == len(signs)
    assert read({"signs": ["paraesthesia"]}, refuted_signs=refuted).evidence == (
        Evidence("Condition/paraesthesia"),
    )
