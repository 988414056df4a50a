"""Days of which a record gives only the month or the year.

They reckon as the first or the last day they may mean, and are said as what the record has: "Oct
2026", "2026". Never a day that nobody wrote.
"""

from __future__ import annotations

import datetime as dt


class MonthDate(dt.date):
    """A day that stands for its month."""


class YearDate(dt.date):
    """A day that stands for its year."""


def not_after(day: dt.date, latest: dt.date) -> dt.date:
    """Return the day, or the latest one when it lies after that; a month stays a month."""
    return day if day <= latest else type(day)(latest.year, latest.month, latest.day)


def as_recorded(day: dt.date) -> str:
    """Return a date as far as the record gives it: "2026-10-03", "2026-10" or "2026"."""
    if isinstance(day, YearDate):
        return f"{day.year:04}"
    return f"{day.year:04}-{day.month:02}" if isinstance(day, MonthDate) else day.isoformat()
