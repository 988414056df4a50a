"""A month or a year of the record is said as what it is, and never as a day that nobody wrote."""

from __future__ import annotations

import datetime as dt
import pickle

import pytest

from recommender.language import MonthDate, YearDate, as_recorded, not_after
from recommender.wording import say_age, say_date, say_full_date

AS_OF = dt.date(2026, 11, 26)


@pytest.mark.parametrize(
    ("date", "said", "in_full", "recorded"),
    [
        (dt.date(2026, 11, 6), "6 Nov", "6 Nov 2026", "2026-11-06"),
        (dt.date(2025, 9, 6), "Sep 2025", "6 Sep 2025", "2025-09-06"),
        (MonthDate(2026, 11, 1), "Nov 2026", "Nov 2026", "2026-11"),
        (MonthDate(2019, 12, 31), "Dec 2019", "Dec 2019", "2019-12"),
        (YearDate(2026, 1, 1), "2026", "2026", "2026"),
        (YearDate(1999, 12, 31), "1999", "1999", "1999"),
    ],
)
def test_a_date_is_said_as_far_as_the_record_gives_it(
    date: dt.date, said: str, in_full: str, recorded: str
) -> None:
    assert [say_date(date, AS_OF), say_full_date(date), as_recorded(date)] == [
        said,
        in_full,
        recorded,
    ]


def test_the_age_of_a_month_or_a_year_is_its_longest() -> None:
    assert say_age(YearDate(2025, 1, 1), AS_OF) == "up to 22 months"
    assert say_age(dt.date(2025, 1, 1), AS_OF) == "22 months"


@pytest.mark.parametrize("kind", [dt.date, MonthDate, YearDate])
def test_a_date_that_reaches_into_the_future_ends_today_and_stays_what_it_is(kind: type) -> None:
    shortened = not_after(kind(2026, 12, 31), AS_OF)

    assert (shortened, type(shortened)) == (AS_OF, kind)
    assert not_after(kind(2026, 1, 1), AS_OF) == dt.date(2026, 1, 1)


@pytest.mark.parametrize("kind", [MonthDate, YearDate])
def test_it_reckons_and_travels_as_a_date(kind: type) -> None:
    day = kind(2026, 10, 1)

    assert day == dt.date(2026, 10, 1)
    assert (AS_OF - day).days == 56
    assert type(pickle.loads(pickle.dumps(day))) is kind
