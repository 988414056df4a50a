"""The dosing schedule: on which days the doses and reviews of a regimen fall."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

from cds_service.decision.schedule import draw_schedule, schedule_as_json
from recommender.guidance.regimens import (
    CATALOGUE,
    M_LOAD,
    M_LOAD_ALT,
    MAINT_BAR,
    MAINT_M,
    MAINT_N,
    N_LOAD,
    ORAL,
)
from recommender.language.course import FollowUp, Test
from recommender.language.doses import Phase, Regimen

START = dt.date(2026, 1, 31)
REVIEWS = tuple(FollowUp(Test.SYMPTOM_REVIEW, months=month) for month in (0, 3, 6, 12, 24))


def gaps(days: tuple[dt.date, ...]) -> list[int]:
    return [(later - earlier).days for earlier, later in pairwise(days)]


def test_alternate_days_are_every_second_day_and_the_length_is_said_to_be_assumed() -> None:
    loading, _ = draw_schedule(Regimen((N_LOAD, MAINT_N)), (), 14, START).phases

    assert loading.doses[0] == START
    assert set(gaps(loading.doses)) == {2}
    assert "as an example" in loading.assumed


def test_three_a_week_for_two_weeks_are_six_doses() -> None:
    loading, _ = draw_schedule(Regimen((M_LOAD, MAINT_M)), (), 14, START).phases

    assert gaps(loading.doses) == [2, 2, 3, 2, 2]
    assert loading.assumed == ""


def test_daily_loading_is_drawn_with_its_smallest_number_of_doses() -> None:
    [loading] = draw_schedule(Regimen((M_LOAD_ALT,)), (), 14, START).phases

    assert gaps(loading.doses) == [1, 1, 1, 1]


def test_the_first_maintenance_dose_is_one_interval_after_the_last_loading_dose() -> None:
    loading, maintenance = draw_schedule(Regimen((M_LOAD, MAINT_N)), (), 14, START).phases

    assert loading.doses[-1] == dt.date(2026, 2, 11)
    assert maintenance.doses[0] == dt.date(2026, 4, 11)


def test_a_range_is_drawn_at_its_shorter_interval_and_says_so() -> None:
    _, maintenance = draw_schedule(Regimen((M_LOAD, MAINT_M)), (), 14, START).phases

    assert maintenance.doses[:2] == (dt.date(2026, 4, 11), dt.date(2026, 6, 11))
    assert maintenance.assumed == "drawn at the shortest interval of the range, every 2 months"


def test_daily_tablets_are_a_stretch_and_not_five_hundred_days() -> None:
    [oral] = draw_schedule(Regimen((ORAL,)), (), 14, START).phases

    assert (oral.every_day, oral.doses) == (True, ())


def test_every_3_months_gives_six_doses_in_18_months() -> None:
    [phase] = draw_schedule(Regimen((MAINT_BAR,)), (), 14, START).phases

    assert len(phase.doses) == 6, "the first one is due one interval after loading"


def test_reviews_fall_on_their_months_and_what_is_due_now_is_no_visit() -> None:
    schedule = draw_schedule(Regimen((ORAL,)), REVIEWS, 14, START)

    assert [day.isoformat() for day, _ in schedule.reviews] == [
        "2026-04-30",
        "2026-07-31",
        "2027-01-31",
    ]


@pytest.mark.parametrize(("days", "number"), [(7, 8), (14, 4), (28, 2)])
def test_neurological_loading_is_reviewed_as_the_policy_says(days: int, number: int) -> None:
    schedule = draw_schedule(Regimen((N_LOAD, MAINT_N)), (), days, START)

    assert len(schedule.reviews) == number


@pytest.mark.parametrize("phase", CATALOGUE, ids=[phase.id for phase in CATALOGUE])
def test_every_phase_of_the_catalogue_can_be_drawn(phase: Phase) -> None:
    schedule = draw_schedule(Regimen((phase,)), REVIEWS, 14, START)
    drawn = schedule_as_json(schedule, "")

    [scheduled] = schedule.phases
    assert scheduled.every_day or scheduled.doses
    assert all(schedule.starts <= day <= schedule.ends for day in scheduled.doses)
    assert "condition" not in drawn
