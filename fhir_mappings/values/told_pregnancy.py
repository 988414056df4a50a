"""Whether a result whose name speaks of a pregnancy tells of one today (decisions 2.2, F2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from fhir_mappings.fhir import DateSpan, read_date
from fhir_mappings.judging import dates_a_pregnancy
from fhir_mappings.values.yes_or_no import read_affirmed
from recommender.guidance import look_back


def may_be_pregnant(
    result: Mapping[str, Any], name: str, day: DateSpan | None, as_of: dt.date
) -> bool:
    """Return whether the day of birth is yet to come; or, of what is not known to be older than 42
    weeks, whether a test was positive, the question was affirmed, or there is a value of what only
    a pregnancy has.

    Args:
        name: the words of its code that speak of a pregnancy (`text_of_pregnancy`).
        day: when the result applied; `None` where that is not known.
    """
    due = read_date(result.get("valueDateTime") or result.get("valueString"))
    if due is not None:
        return due.latest >= as_of
    if day is not None and day.latest < as_of - dt.timedelta(days=look_back.PREGNANCY_DAYS):
        return False
    said = read_affirmed(result)
    has_value = any(key.startswith("value") and value for key, value in result.items())
    return said is True or (said is None and has_value and dates_a_pregnancy(name))
