"""What one ordered line amounts to: its rhythm, its doses, and which phase of a regimen it
fulfils.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from recommender.case.course_reading import (
    daily_dose,
    fulfils,
    is_daily,
    is_readable,
    is_treatment,
    kind_of,
    same_kind,
)
from recommender.guidance.regimens import (
    M_LOAD,
    MAINT_1M,
    MAINT_M,
    MAINT_N,
    N_LOAD,
    ORAL,
    PROPH_1M,
    PROPH_ORAL,
)
from recommender.language.doses import (
    DoseLine,
    PeriodUnit,
    Phase,
    PhaseKind,
    Route,
    Substance,
    Timing,
)
from recommender.language.ordered_line import Rhythm, is_injected, rhythm_of, total_doses
from tests.recommender.review_space import DAY, LINES, MONTH, WEEK, every, injection, oral, order


@pytest.mark.parametrize(
    ("timing", "rhythm"),
    [
        (every(1, DAY, 2), Rhythm.DAILY),
        (every(1, DAY), Rhythm.DAILY),
        (every(1, WEEK, 4), Rhythm.THREE_A_WEEK),
        (every(2, DAY), Rhythm.ALTERNATE_DAYS),
        (every(1, WEEK, 3), Rhythm.THREE_A_WEEK),
        (every(5, DAY, 2), Rhythm.LESS_THAN_THREE_A_WEEK),
        (every(3, DAY), Rhythm.LESS_THAN_THREE_A_WEEK),
        (every(6, DAY), Rhythm.LESS_THAN_THREE_A_WEEK),
        (every(7, DAY), Rhythm.MAINTENANCE),
        (every(1, WEEK), Rhythm.MAINTENANCE),
        (every(2, MONTH), Rhythm.MAINTENANCE),
        (every(1, DAY, count=1), Rhythm.SINGLE),
        (every(2, DAY, duration=(Decimal(1), DAY)), Rhythm.SINGLE),
        (every(1, DAY, count=2), Rhythm.DAILY),
    ],
)
def test_rhythm_is_told_by_the_days_from_dose_to_dose(timing: Timing, rhythm: Rhythm) -> None:
    assert rhythm_of(timing) is rhythm


@pytest.mark.parametrize(
    ("timing", "doses"),
    [
        (every(2, DAY), None),
        (every(1, WEEK, 3, duration=(Decimal(2), WEEK)), 6),
        (every(1, DAY, count=5), 5),
        (every(1, DAY, count=5, count_max=6), 6),
        (every(1, DAY, count=4, duration=(Decimal(2), WEEK)), 4),
        (every(2, DAY, duration=(Decimal(2), WEEK)), 7),
        (every(2, MONTH, duration=(Decimal(1), WEEK)), 1),
        (Timing(1, Decimal(2), DAY, period_max=Decimal(4), duration=(Decimal(8), DAY)), 4),
    ],
)
def test_how_many_doses_are_ordered_in_all(timing: Timing, doses: int | None) -> None:
    found = total_doses(timing)
    assert (found if found is None else round(found, 9)) == doses


def test_doses_of_a_day_are_counted_at_the_least_frequent_reading() -> None:
    assert daily_dose(oral(500, every(1, DAY, 2))) == 1000
    assert daily_dose(oral(1000, every(2, DAY))) == 500
    assert (daily_dose(oral(None)), daily_dose(oral(1000, None))) == (None, None)
    assert is_daily(every(1, DAY))
    assert is_daily(every(1, DAY, 2))
    assert not is_daily(every(2, DAY))
    assert not is_daily(every(1, DAY, count=1))
    assert is_daily(every(1, DAY, count=2))
    assert not is_daily(Timing(1, Decimal(1), DAY, period_max=Decimal(2)))


@pytest.mark.parametrize(
    ("route", "substance", "injected"),
    [
        (Route.INTRAMUSCULAR, Substance.CYANOCOBALAMIN, True),
        (Route.SUBCUTANEOUS, Substance.CYANOCOBALAMIN, True),
        (Route.INTRAVENOUS, Substance.CYANOCOBALAMIN, True),
        (Route.ORAL, Substance.HYDROXOCOBALAMIN, False),
        (Route.NASAL, Substance.CYANOCOBALAMIN, False),
        (None, Substance.HYDROXOCOBALAMIN, True),
        (None, Substance.CYANOCOBALAMIN, False),
    ],
)
def test_hydroxocobalamin_without_a_route_is_an_injection(
    route: Route | None, substance: Substance, injected: bool
) -> None:
    assert is_injected(DoseLine(substance, route, Decimal(1000), every(2, MONTH))) is injected


@pytest.mark.parametrize(
    ("line", "more", "readable"),
    [
        (MAINT_N.line, {}, True),
        (replace(MAINT_N.line, route=None), {}, True),
        (LINES["no route"], {}, False),
        (replace(MAINT_N.line, dose=None), {}, False),
        (replace(MAINT_N.line, timing=None), {}, False),
        (LINES["injections as needed"], {}, True),
        (MAINT_N.line, {"not_computable": "two dosage lines that contradict each other"}, False),
    ],
)
def test_an_order_is_readable_with_route_dose_and_frequency(
    line: DoseLine, more: dict[str, Any], readable: bool
) -> None:
    assert is_readable(order("a", line, **more)) is readable


def test_an_order_without_vitamin_b12_is_not_read() -> None:
    empty = order("a")
    assert (is_readable(empty), kind_of(empty), is_treatment(empty), fulfils(empty, MAINT_N)) == (
        False,
        None,
        False,
        False,
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("alternate days", PhaseKind.LOADING),
        ("weekly", PhaseKind.MAINTENANCE),
        ("one injection", None),  # neither what goes on nor what follows loading (Q38)
        ("oral 1000", PhaseKind.ORAL),
        ("nasal", PhaseKind.ORAL),
        ("injections as needed", None),
    ],
)
def test_kind_of_an_order(name: str, kind: PhaseKind | None) -> None:
    assert kind_of(order("a", LINES[name])) is kind


@pytest.mark.parametrize(
    ("name", "phase", "same"),
    [
        ("every 2 months", MAINT_1M, True),
        ("every 2 months", PROPH_1M, True),
        ("every 2 months", M_LOAD, False),
        ("alternate days", M_LOAD, True),
        ("oral 50", PROPH_ORAL, True),
        ("oral 50", PROPH_1M, False),
    ],
)
def test_prophylaxis_has_the_place_of_maintenance(name: str, phase: Phase, same: bool) -> None:
    assert same_kind(order("a", LINES[name]), phase) is same


def timed(*words: Any, **more: Any) -> DoseLine:
    return injection(every(*words, **more))


@pytest.mark.parametrize(
    ("line", "phase", "does"),
    [
        # maintenance: as often or more often, of the same dose and product
        (MAINT_N.line, MAINT_N, True),
        (MAINT_1M.line, MAINT_N, True),
        (timed(3, MONTH), MAINT_N, False),
        (timed(3, MONTH), MAINT_M, True),
        (MAINT_N.line, MAINT_M, True),
        (replace(MAINT_N.line, route=None), MAINT_N, True),
        (replace(MAINT_N.line, route=Route.SUBCUTANEOUS), MAINT_N, False),
        (injection(MAINT_N.line.timing, 999), MAINT_N, False),
        (injection(MAINT_N.line.timing, 1000, Substance.CYANOCOBALAMIN), MAINT_N, False),
        (replace(MAINT_N.line, as_needed=True), MAINT_N, False),
        (LINES["one injection"], MAINT_N, False),
        (LINES["alternate days"], MAINT_N, False),
        # alternate days: without any end, and no other rhythm
        (N_LOAD.line, N_LOAD, True),
        (LINES["alternate days for 2 weeks"], N_LOAD, True),
        (timed(1, DAY), N_LOAD, False),
        (M_LOAD.line, N_LOAD, False),
        # three a week for two weeks: as often or more often, six doses or more; 5 or 6 daily ones
        (M_LOAD.line, M_LOAD, True),
        (timed(1, WEEK, 3, count=6), M_LOAD, True),
        (timed(1, WEEK, 3, count=5), M_LOAD, False),
        (timed(1, WEEK, 3), M_LOAD, True),
        (timed(2, DAY), M_LOAD, True),
        (timed(3, DAY, count=6), M_LOAD, False),
        (timed(1, DAY, count=4), M_LOAD, False),
        (timed(1, DAY, count=5), M_LOAD, True),
        (timed(1, DAY, count=6), M_LOAD, True),
        (timed(1, DAY, count=7), M_LOAD, False),
        (timed(1, DAY), M_LOAD, False),
        # by mouth: 1000 to 2000 micrograms every day
        (oral(999), ORAL, False),
        (oral(1000), ORAL, True),
        (oral(2000), ORAL, True),
        (oral(2001), ORAL, False),
        (oral(500, every(1, DAY, 2)), ORAL, True),
        (oral(2000, every(2, DAY)), ORAL, False),
        (oral(1000, every(1, DAY), Substance.METHYLCOBALAMIN), ORAL, False),
    ],
)
def test_an_order_fulfils_a_phase(line: DoseLine, phase: Phase, does: bool) -> None:
    assert fulfils(order("a", line), phase) is does


def test_what_may_be_treatment_counts_as_treatment() -> None:
    names = ("oral 1000", "oral 50", "oral without dose", "every 2 months", "nasal")
    assert [is_treatment(order("a", LINES[name])) for name in names] == [
        True,
        False,
        True,
        True,
        False,
    ]


def test_units_of_time_have_a_shortest_and_a_longest_reading() -> None:
    limits = [
        (every(1, unit).shortest_interval, every(1, unit).longest_interval) for unit in PeriodUnit
    ]
    assert limits == [(1, 1), (7, 7), (28, 31), (365, 366)]
