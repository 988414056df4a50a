"""Limits of the reading of a record that a site may set."""

from __future__ import annotations

from typing import NamedTuple


class Limits(NamedTuple):
    """`list_hours`: how old a stamped list may be to say "none" (Q61), counted in whole days where
    only the day is known; `old_encounter_months`: after how long the diagnosis of one encounter no
    longer says how it is now (F10).
    """

    list_hours: int = 24
    old_encounter_months: int = 12

    @property
    def list_days(self) -> int:
        """Days before today on which a list may have been put together."""
        return self.list_hours // 24


USUAL = Limits()
