"""The dosing schedule of a regimen: on which days doses and reviews fall in the first 18 months,
were it started today.

It is a drawing aid. Advice and orders say how often; only this says when, and it says where it had
to assume something.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from recommender.language import (
    FollowUp,
    PeriodUnit,
    Phase,
    PhaseKind,
    Regimen,
    Test,
    Timing,
    describe,
    describe_interval,
    due_date,
    months_after,
    say_claims,
)
from recommender.treatment import Recommendation

MONTHS_DRAWN = 18
OPEN_LOADING_DAYS = 56
"""How long a loading course without an end is drawn; its real length is decided at the reviews."""

DAYS_OF = {PeriodUnit.DAY: 1, PeriodUnit.WEEK: 7}
MONTHS_OF = {PeriodUnit.MONTH: 1, PeriodUnit.YEAR: 12}


class ScheduledPhase(msgspec.Struct, frozen=True):
    """One phase with its days. `every_day` stands for daily doses without end. `until` is `None`
    where it goes on beyond the drawing.

    `assumed` says in words what was assumed to draw it.
    """

    phase: Phase
    begins: dt.date
    until: dt.date | None
    doses: tuple[dt.date, ...]
    every_day: bool = False
    assumed: str = ""


class Schedule(msgspec.Struct, frozen=True):
    """A regimen and its reviews, from the day it starts to the end of the drawing."""

    starts: dt.date
    ends: dt.date
    phases: tuple[ScheduledPhase, ...]
    reviews: tuple[tuple[dt.date, tuple[str, ...]], ...]


def draw_schedule(
    regimen: Regimen, follow_ups: Sequence[FollowUp], neuro_review_days: int, starts: dt.date
) -> Schedule:
    """Return the days of doses and reviews.

    Args:
        neuro_review_days: days between the reviews while a loading course without an end goes on.
        starts: the day of the first dose.
    """
    ends = months_after(starts, MONTHS_DRAWN)
    phases: list[ScheduledPhase] = []
    for phase in regimen.phases:
        phases.append(_schedule_phase(phase, _beginning_of(phase, phases, starts), ends))
    reviews = _reviews(follow_ups, starts, ends)
    for scheduled in phases:
        if scheduled.assumed and scheduled.until:
            for day in _every(neuro_review_days, starts, scheduled.until):
                reviews.setdefault(day, []).append(Test.SYMPTOM_REVIEW.value)
    return Schedule(
        starts,
        ends,
        tuple(phases),
        tuple((day, tuple(dict.fromkeys(what))) for day, what in sorted(reviews.items())),
    )


def _beginning_of(phase: Phase, before: Sequence[ScheduledPhase], starts: dt.date) -> dt.date:
    """Return the first dose of a phase: after loading, one interval after the last loading dose
    (decisions 2.5).
    """
    if not phase.starts_after_loading or phase.line.timing is None:
        return starts
    last = before[-1].doses[-1] if before and before[-1].doses else starts
    return next(iter(_days_of(phase.line.timing, last, skip=1)))


def _schedule_phase(phase: Phase, begins: dt.date, ends: dt.date) -> ScheduledPhase:
    timing = phase.line.timing
    if timing is None:
        return ScheduledPhase(phase, begins, None, ())
    if timing.is_bounded:
        doses = _bounded_doses(timing, begins)
        return ScheduledPhase(phase, begins, doses[-1], doses)
    if phase.kind is PhaseKind.LOADING:
        until = begins + dt.timedelta(days=OPEN_LOADING_DAYS)
        assumed = (
            f"drawn for {OPEN_LOADING_DAYS // 7} weeks as an example; the reviews decide how long "
            f"it goes on"
        )
        return ScheduledPhase(
            phase, begins, until, _doses_until(timing, begins, until), assumed=assumed
        )
    if timing.longest_interval <= 1:
        return ScheduledPhase(phase, begins, None, (), every_day=True)
    return ScheduledPhase(
        phase, begins, None, _doses_until(timing, begins, ends), assumed=_range_note(timing)
    )


def _range_note(timing: Timing) -> str:
    if timing.period_max is None:
        return ""
    shortest = Timing(timing.frequency, timing.period, timing.unit)
    return f"drawn at the shortest interval of the range, {describe_interval(shortest)}"


def _bounded_doses(timing: Timing, begins: dt.date) -> tuple[dt.date, ...]:
    days = _days_of(timing, begins)
    if timing.count is not None:
        return tuple(next(days) for _ in range(timing.count))
    length, unit = timing.duration or (0, PeriodUnit.DAY)
    ends = _add(begins, int(length), unit)
    return _doses_until(timing, begins, ends - dt.timedelta(days=1))


def _doses_until(timing: Timing, begins: dt.date, ends: dt.date) -> tuple[dt.date, ...]:
    doses = []
    for day in _days_of(timing, begins):
        if day > ends:
            break
        doses.append(day)
    return tuple(doses)


def _days_of(timing: Timing, begins: dt.date, skip: int = 0) -> Iterator[dt.date]:
    """Yield the days of the doses without end, at the shortest interval; several in one period are
    spread over it.
    """
    number = skip
    while True:
        round_, place = divmod(number, timing.frequency)
        if timing.unit in MONTHS_OF:
            months = MONTHS_OF[timing.unit] * int(timing.period)
            yield months_after(begins, round_ * months) + dt.timedelta(
                days=place * 30 * months // timing.frequency
            )
        else:
            days = DAYS_OF[timing.unit] * timing.period
            yield begins + dt.timedelta(days=int(round_ * days + place * days / timing.frequency))
        number += 1


def _reviews(
    follow_ups: Sequence[FollowUp], starts: dt.date, ends: dt.date
) -> dict[dt.date, list[str]]:
    """Return what is due on which later day; what is due now is no visit of its own."""
    reviews: dict[dt.date, list[str]] = {}
    for item in follow_ups:
        day = due_date(item, starts)
        if starts < day <= ends:
            reviews.setdefault(day, []).append(item.test.value)
    return reviews


def _every(days: int, starts: dt.date, ends: dt.date) -> Iterator[dt.date]:
    day = starts + dt.timedelta(days=days)
    while day <= ends:
        yield day
        day += dt.timedelta(days=days)


def _add(day: dt.date, number: int, unit: PeriodUnit) -> dt.date:
    if unit in MONTHS_OF:
        return months_after(day, number * MONTHS_OF[unit])
    return day + dt.timedelta(days=number * DAYS_OF[unit])


def draw_options(
    recommendation: Recommendation, neuro_review_days: int, starts: dt.date
) -> list[dict[str, object]]:
    """Return the schedule of each option with a regimen, as it stands in the explain JSON."""
    return [
        schedule_as_json(
            draw_schedule(
                option.regimen,
                (*recommendation.follow_ups, *option.follow_ups),
                neuro_review_days,
                starts,
            ),
            say_claims(option.claims),
        )
        for option in recommendation.options
        if option.regimen
    ]


def schedule_as_json(schedule: Schedule, condition: str) -> dict[str, object]:
    """Return the schedule as it stands in the explain JSON."""
    members: dict[str, object] = {
        "condition": condition,
        "from": schedule.starts.isoformat(),
        "to": schedule.ends.isoformat(),
        "phases": [_phase_as_json(one) for one in schedule.phases],
        "reviews": [
            {"date": day.isoformat(), "what": list(what)} for day, what in schedule.reviews
        ],
    }
    return without_empty(members)


def _phase_as_json(scheduled: ScheduledPhase) -> dict[str, object]:
    phase = scheduled.phase
    members: dict[str, object] = {
        "id": phase.id,
        "kind": phase.kind.value,
        "text": describe(phase),
        "begins": scheduled.begins.isoformat(),
        "until": scheduled.until.isoformat() if scheduled.until else "",
        "doses": [day.isoformat() for day in scheduled.doses],
        "everyDay": scheduled.every_day,
        "ends": phase.ends,
        "assumed": scheduled.assumed,
    }
    return without_empty(members)


def without_empty(members: dict[str, Any]) -> dict[str, Any]:
    """Return the members that have a value; `False` and 0 are values."""
    return {
        name: value
        for name, value in members.items()
        if value is not None and value != "" and value != [] and value != {}
    }
