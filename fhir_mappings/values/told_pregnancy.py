"""Whether a result whose name speaks of a pregnancy tells of one today (decisions 2.2, F2)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from fhir_mappings.fhir import DateSpan, as_dict, as_text, comparator_of, read_date, read_number
from fhir_mappings.judging import dates_a_pregnancy, names_hcg
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
    if said is None and names_hcg(name) and _reaches(result):
        return True
    has_value = any(key.startswith("value") and value for key, value in result.items())
    return said is True or (said is None and has_value and dates_a_pregnancy(name))


HCG_FROM = 5
"""IU/L from which chorionic gonadotrophin may be that of a pregnancy."""
_WRITTEN = re.compile(r"\s*(<=?|>=?)?\s*(\d+(?:[.,]\d+)?)")


def _reaches(result: Mapping[str, Any]) -> bool:
    """Return whether a number is at least that of an early pregnancy, or may be (">", not "<")."""
    quantity = as_dict(result.get("valueQuantity"))
    value, below = read_number(quantity.get("value")), comparator_of(quantity)
    if value is None and (written := _WRITTEN.match(as_text(result.get("valueString")))):
        value, below = read_number(written[2].replace(",", ".")), written[1] or ""
    return value is not None and value >= HCG_FROM and not (below[:1] == "<" and value <= 25)
