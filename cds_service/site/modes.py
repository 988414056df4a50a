"""Which cards are shown, decided in silence, or shown to a share of the patients, and who approved
what: the tables `[modes]` and `[[approvals]]` of the site file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.protocol import HOOKS
from cds_service.site.site_file import nearest
from recommender.cards import CARDS
from recommender.guidance import SETTINGS, Policy, looser_settings, policy_as_dict

LIVE = "live"
SILENT = "silent"
SHARE = "share"
DEFAULT = "default"

CRITICAL_MODES = "modes.critical"
"""What an approval names without which a critical card is always shown."""


@dataclass(frozen=True, slots=True)
class Mode:
    """How a card is treated: `kind` is live, silent or share; `share` of the patients is shown the
    card, between 0 and 1. `set_by` is the key of the site file that says so, empty for nobody.
    """

    kind: str = LIVE
    share: float = 1.0
    set_by: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved what, when and why, and the last day it holds for; `None`: no end."""

    what: str
    name: str
    date: dt.date
    reason: str
    expires: dt.date | None = None

    def holds_on(self, day: dt.date) -> bool:
        return self.date <= day and (self.expires is None or day <= self.expires)


def read_mode(value: str | float, set_by: str) -> Mode:
    """Return the mode that a value of a table of modes stands for."""
    if isinstance(value, str):
        return Mode(value, 1.0 if value == LIVE else 0.0, set_by)
    return Mode(SHARE, float(value), set_by)


def check_modes(table: Mapping[str, Any], place: str) -> list[str]:
    """Return what is wrong with a table of modes, one sentence each."""
    known = (DEFAULT, *HOOKS, *(card.id for card in CARDS))
    problems = [
        f'{place}.{key}: is neither "default" nor a hook nor a card{nearest(key, known)}.'
        for key in table
        if key not in known
    ]
    return problems + [
        f'{place}.{key}: found {value!r}, expected "live", "silent" or a share from 0 to 1.'
        for key, value in table.items()
        if not _is_mode(value)
    ]


def _is_mode(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return False
    return value in (LIVE, SILENT) if isinstance(value, str) else 0 <= value <= 1


def read_approvals(rows: Iterable[Mapping[str, Any]]) -> tuple[tuple[Approval, ...], list[str]]:
    """Return the approvals that are whole, and what is wrong with the others."""
    approvals, problems = [], []
    for number, row in enumerate(rows):
        must_end = row.get("what") == CRITICAL_MODES
        needed = ["what", "name", "date", "reason", *(["expires"] if must_end else [])]
        wrong = [
            f"approvals[{number}].{key}: is missing or empty; expected all of {', '.join(needed)}."
            for key in needed
            if not row.get(key)
        ]
        known = (CRITICAL_MODES, *(setting.key for setting in SETTINGS))
        if not wrong and row["what"] not in known:
            wrong = [
                f'approvals[{number}].what: is neither a setting nor "{CRITICAL_MODES}"'
                f"{nearest(row['what'], known)}."
            ]
        if not wrong and row.get("expires", row["date"]) < row["date"]:
            wrong = [f"approvals[{number}].expires: is before the date of the approval."]
        problems += wrong
        if not wrong:
            approvals.append(Approval(**row))
    return tuple(approvals), problems


def check_loosened(policy: Policy, approvals: Iterable[Approval]) -> list[str]:
    """Return the settings that are looser than their defaults and that nobody approved (Q62)."""
    approved = {approval.what for approval in approvals}
    in_force, defaults = policy_as_dict(policy), policy_as_dict(Policy())
    return [
        f"policy.{key}: found {in_force[key]}, looser than {defaults[key]}; expected an "
        f'[[approvals]] table with what = "{key}", name, date and reason.'
        for key in looser_settings(policy)
        if key not in approved
    ]
