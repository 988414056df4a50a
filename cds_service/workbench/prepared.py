"""The prepared patients of the workbench: clinical stories as hook requests whose dates are counted
from today.

A date in the files reads `@today`, `@-12d`, `@-58y` or `@-58y100d`: that many years and days before
the day on which it is loaded, so a story never goes stale.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

RELATIVE_DATE = re.compile(r"@(?:today|-(?:(?P<years>\d+)y)?(?:(?P<days>\d+)d)?)")


class PreparedPatient(msgspec.Struct, frozen=True):
    """One story. `theme` groups it; `shows` says in a sentence what the service makes of it;
    `request` is a hook
    request with relative dates.
    """

    id: str
    theme: str
    title: str
    story: str
    shows: str
    request: dict[str, Any]

    def request_at(self, today: dt.date) -> Any:
        """Return the hook request with its dates counted from this day."""
        return resolve_dates(self.request, today)


@cache
def load_patients() -> tuple[PreparedPatient, ...]:
    """Return the stories in the order of their file names."""
    folder = files(__package__) / "patients"
    named = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".json")),
        key=lambda entry: entry.name,
    )
    return tuple(
        PreparedPatient(entry.name.removesuffix(".json"), **json.loads(entry.read_text("utf-8")))
        for entry in named
    )


@cache
def load_controls() -> dict[str, Any]:
    """Return what each control of the page puts into a request, with `@patient`, `@date` and
    `@value` left for the page to fill.
    """
    controls: dict[str, Any] = json.loads((files(__package__) / "controls.json").read_text("utf-8"))
    return controls


def resolve_dates(value: Any, today: dt.date) -> Any:
    """Return the JSON value with every relative date in it made absolute."""
    match value:
        case dict():
            return {key: resolve_dates(item, today) for key, item in value.items()}
        case list():
            return [resolve_dates(item, today) for item in value]
        case str() if (found := RELATIVE_DATE.fullmatch(value)) and value != "@-":
            return _count_back(today, int(found["years"] or 0), int(found["days"] or 0)).isoformat()
        case _:
            return value


def _count_back(today: dt.date, years: int, days: int) -> dt.date:
    """Return the day so many years and days ago; 29 February becomes the 28th where that year has
    none.
    """
    last_day = 28 if (today.month, today.day) == (2, 29) else today.day
    return today.replace(year=today.year - years, day=last_day) - dt.timedelta(days=days)
