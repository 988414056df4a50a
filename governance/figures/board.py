"""The figures and alarms of the running service, read from its store when they are asked for and
kept for a while.
"""

from __future__ import annotations

import datetime as dt
import gc
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from cds_service.records import StoreUnavailable, open_for_reading, week_of
from cds_service.site import Settings
from governance.figures.alarms import KINDS, Alarm, days_withheld, find_alarms
from governance.figures.control import WEEKS_BEFORE, chart_cards, chart_refusals
from governance.figures.counts import Figures, ModeChange, read_figures, read_modes
from governance.figures.versions import NewVersion, find_first_day, find_new_versions

KEPT_SECONDS = 60.0
"""How long figures that were read serve others who ask."""

WEEKS_OF_ALARMS = WEEKS_BEFORE + 2
"""Weeks that alarms look at; whatever is asked, as many are read."""


class Board:
    """What the governance page, the metrics and the report of one deployment read."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._kept: dict[int, tuple[float, Figures]] = {}
        self._days: dict[NewVersion, str] = {}

    def figures(self, weeks: int, today: dt.date) -> Figures:
        """Return the figures of so many weeks, this one included, at most a minute old.

        Raises: StoreUnavailable.
        """
        wide = max(weeks, WEEKS_OF_ALARMS)
        with self._lock:
            read_at, figures = self._kept.get(wide, (0.0, None))
            if figures is None or time.monotonic() - read_at > KEPT_SECONDS:
                figures = load_figures(self._settings.store_url, first_week(today, wide))
                self._kept[wide] = time.monotonic(), figures
        return figures if wide == weeks else figures.since(first_week(today, weeks))

    def alarms(self, today: dt.date, known_answer: bool, weeks: int = 0) -> tuple[Alarm, ...]:
        """Return every alarm of this day, the same whatever period is looked at.

        Args:
            weeks: of the figures that are kept already, so that no others are read.
        Raises: StoreUnavailable.
        """
        figures = self.figures(max(weeks, WEEKS_OF_ALARMS), today)
        if weeks > WEEKS_OF_ALARMS:
            figures = figures.since(first_week(today, WEEKS_OF_ALARMS))
        return find_alarms(figures, self._settings, today, known_answer)

    def count_alarms(self, today: dt.date, known_answer: bool) -> dict[str, int]:
        """Return how many alarms there are of each kind, 0 where none; all of -1 while the store
        cannot be read, so that nobody takes that for quiet.
        """
        try:
            alarms = self.alarms(today, known_answer)
        except StoreUnavailable:
            return dict.fromkeys(KINDS, -1)
        return {kind: sum(alarm.kind == kind for alarm in alarms) for kind in KINDS}

    def out_of_control(self, today: dt.date) -> dict[tuple[str, str], int]:
        """Return for each control chart, as ("card" or "refusal", its name), 1 where its last point
        is marked, else 0; nothing while the store cannot be read.
        """
        try:
            figures = self.figures(WEEKS_OF_ALARMS, today)
        except StoreUnavailable:
            return {}
        cards = chart_cards(figures, {fired.card for fired in figures.cards})
        refusals = chart_refusals(figures.calls, today)
        return {
            **{("card", chart.name): int(bool(chart.mark)) for chart in cards},
            **{("refusal", chart.name): int(bool(chart.mark)) for chart in refusals},
        }

    def days_withheld(self, today: dt.date) -> dict[tuple[str, str], int]:
        """Return for how many days each (client, what) is set to withhold cards; nothing while the
        store cannot be read.
        """
        try:
            modes = self.figures(WEEKS_OF_ALARMS, today).modes
        except StoreUnavailable:
            return {}
        found = days_withheld(modes, self._settings, today)
        return {(one.client, one.what): days for one, days in found.items()}

    def new_versions(self, figures: Figures) -> tuple[NewVersion, ...]:
        """Return the changes of versions, each with the day of its first decision.

        Raises: StoreUnavailable.
        """
        found = find_new_versions(figures)
        if missing := set(found).difference(self._days):
            with open_for_reading(self._settings.store_url) as connection:
                for one in missing:
                    self._days[one] = find_first_day(connection, one)
        return tuple(replace(one, day=self._days[one]) for one in found)


def load_modes(store_url: str) -> tuple[ModeChange, ...]:
    """Return the modes that are set, each since when.

    Raises: StoreUnavailable.
    """
    with open_for_reading(store_url) as connection:
        return read_modes(connection)


def first_week(today: dt.date, weeks: int) -> str:
    """Return the Monday of the first of so many weeks, this one included."""
    return week_of(today - dt.timedelta(weeks=weeks - 1))


def load_figures(store_url: str, since_week: str = "") -> Figures:
    """Return the figures of a store.

    Raises: StoreUnavailable.
    """
    with open_for_reading(store_url) as connection, _uncollected():
        return read_figures(connection, since_week)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no garbage meanwhile: a hundred thousand counts are kept, and looking at them again
    and again takes as long as reading them.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
