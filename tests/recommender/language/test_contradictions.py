"""Where structure and words of an order differ (Q41)."""

from decimal import Decimal

import pytest

from recommender.language import (
    DoseLine,
    DosePart,
    PeriodUnit,
    Route,
    Substance,
    Timing,
    contradictions,
)

HC, IM = Substance.HYDROXOCOBALAMIN, Route.INTRAMUSCULAR
MONTH, WEEK, DAY = PeriodUnit.MONTH, PeriodUnit.WEEK, PeriodUnit.DAY


def line(
    dose: int | None = 1000, timing: Timing | None = None, route: Route | None = IM
) -> DoseLine:
    return DoseLine(HC, route, None if dose is None else Decimal(dose), timing)


def every(period: int, unit: PeriodUnit, count: int | None = None) -> Timing:
    return Timing(1, Decimal(period), unit, count=count)


@pytest.mark.parametrize(
    ("dose", "differs"), [(1000, False), (1010, False), (1011, True), (10000, True)]
)
def test_a_dose_differs_from_more_than_one_percent_on(dose: int, differs: bool) -> None:
    expected = (DosePart.DOSE,) if differs else ()
    assert contradictions(line(1000), line(dose)) == expected


@pytest.mark.parametrize(
    ("structured", "written", "differs"),
    [
        (every(3, MONTH), every(12, WEEK), False),
        (every(3, MONTH), every(13, WEEK), False),
        (every(3, MONTH), every(14, WEEK), True),
        (every(1, MONTH), every(4, WEEK), False),
        (every(2, DAY), every(2, MONTH), True),
        (Timing(1, Decimal(2), MONTH, Decimal(3)), every(3, MONTH), False),
    ],
)
def test_a_frequency_differs_when_no_number_of_days_fits_both(
    structured: Timing, written: Timing, differs: bool
) -> None:
    expected = (DosePart.FREQUENCY,) if differs else ()
    assert contradictions(line(timing=structured), line(timing=written)) == expected


def test_route_and_number_of_doses_differ_only_where_both_say_them() -> None:
    weekly = every(1, WEEK, 6)
    assert contradictions(line(timing=weekly), line(None, every(1, WEEK, 4), Route.ORAL)) == (
        DosePart.ROUTE,
        DosePart.NUMBER,
    )
    assert contradictions(line(timing=weekly), line(None, every(1, WEEK), None)) == ()
    five_or_six = Timing(1, Decimal(1), WEEK, count=5, count_max=6)
    assert contradictions(line(timing=weekly), line(timing=five_or_six)) == ()
