"""Which cards are shown, decided in silence, or shown to a share of the patients, and who approved
what: the tables `[modes]` and `[[approvals]]` of the site file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import msgspec

from cds_service.protocol import HOOKS
from cds_service.site.site_file import nearest, shown
from recommender.cards import CARDS
from recommender.guidance import (
    SETTINGS,
    Policy,
    PolicyError,
    looser_settings,
    policy_as_dict,
)

LIVE = "live"
SILENT = "silent"
SHARE = "share"
DEFAULT = "default"

CRITICAL_MODES = "modes.critical"
"""What an approval names without which a critical card is always shown."""


class Mode(msgspec.Struct, frozen=True):
    """How a card is treated: `kind` is live, silent or share; `share` of the patients is shown the
    card, between 0 and 1. `set_by` is the key of the site file that says so, empty for nobody.
    """

    kind: str = LIVE
    share: float = 1.0
    set_by: str = ""


class Approval(msgspec.Struct, frozen=True):
    """Who approved what, when and why, and the last day it holds for; `None`: no end."""

    what: str
    name: str
    date: dt.date
    reason: str
    expires: dt.date | None = None

    @property
    def end(self) -> str:
        """In words, how long it holds: "until 2026-08-31" or "without an end"."""
        return f"until {self.expires}" if self.expires else "without an end"

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
        f'{place}.{key}: found {shown(value)}, expected "live", "silent" or a share from 0 to 1.'
        for key, value in table.items()
        if not _is_mode(value)
    ]


def _is_mode(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return False
    return value in (LIVE, SILENT) if isinstance(value, str) else 0 <= value <= 1


NOBODY = frozenset({"tbc", "tba", "tbd", "none", "no", "n/a", "na", "to be confirmed"})
"""Texts that name nobody and give no reason."""


def says_something(text: str) -> bool:
    """Return whether a text names somebody or gives a reason: it has a letter or a figure, and is
    none of the words for "not yet".
    """
    plain = text.strip(" .").casefold()
    return any(sign.isalnum() for sign in plain) and plain not in NOBODY


def _is_given(value: object) -> bool:
    return says_something(value) if isinstance(value, str) else value is not None


def read_approvals(rows: Iterable[Mapping[str, Any]]) -> tuple[tuple[Approval, ...], list[str]]:
    """Return the approvals that are whole, and what is wrong with the others."""
    approvals, problems = [], []
    for number, row in enumerate(rows):
        must_end = row.get("what") == CRITICAL_MODES
        needed = ["what", "name", "date", "reason", *(["expires"] if must_end else [])]
        wrong = [
            f"approvals[{number}].{key}: is missing or empty; expected all of {', '.join(needed)}."
            for key in needed
            if not _is_given(row.get(key))
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


def unapproved_on(day: dt.date, policy: Policy, approvals: Iterable[Approval]) -> tuple[str, ...]:
    """Return the settings that are looser than their defaults and for which no approval holds on
    this day, in their order.
    """
    held = {approval.what for approval in approvals if approval.holds_on(day)}
    return tuple(key for key in looser_settings(policy) if key not in held)


@lru_cache(maxsize=8)
def policy_in_force(policy: Policy, approvals: tuple[Approval, ...], day: dt.date) -> Policy:
    """Return the policy of a day: a looser setting is its default again where no approval of it
    holds, and so are all looser ones where they do not go together otherwise (Q62, Q90).
    """
    fallen = unapproved_on(day, policy, approvals)
    try:
        return _with_defaults(policy, fallen)
    except PolicyError:
        return _with_defaults(policy, looser_settings(policy))


def _with_defaults(policy: Policy, keys: Iterable[str]) -> Policy:
    fields = {setting.key: setting.field for setting in SETTINGS}
    defaults = Policy()
    changed: Any = {fields[key]: getattr(defaults, fields[key]) for key in keys}
    return replace(policy, **changed) if changed else policy


SAID_BEFORE_DAYS = 30
"""Days before the end of an approval from which `check-config` says that it ends."""


def ends_of_approvals(
    policy: Policy, approvals: tuple[Approval, ...], day: dt.date
) -> tuple[str, ...]:
    """Return, in one sentence each, what is looser without an approval that holds on this day, and
    what will be within 30 days.
    """
    said = [
        f"policy.{key}: no [[approvals]] table holds on {day}{_when(key, approvals)}; its default "
        f"is in force."
        for key in unapproved_on(day, policy, approvals)
    ]
    critical = [one for one in approvals if one.what == CRITICAL_MODES]
    if critical and not any(one.holds_on(day) for one in critical):
        said.append(
            f"{CRITICAL_MODES}: no [[approvals]] table holds on {day}"
            f"{_when(CRITICAL_MODES, approvals)}; critical cards are shown."
        )
    return (*said, *_ends_soon((*looser_settings(policy), CRITICAL_MODES), approvals, day))


def _ends_soon(keys: Iterable[str], approvals: Iterable[Approval], day: dt.date) -> list[str]:
    """Say of each key whose approvals all end within 30 days on which day the last one does."""
    soon, said = day + dt.timedelta(days=SAID_BEFORE_DAYS), []
    for key in keys:
        holding = [one for one in approvals if one.what == key and one.holds_on(day)]
        ends = [one.expires for one in holding if one.expires]
        if ends and len(ends) == len(holding) and max(ends) <= soon:
            said.append(f"approvals: that of {key} holds until {max(ends)}, not longer.")
    return said


def _when(key: str, approvals: Iterable[Approval]) -> str:
    """Return when the approvals of a setting hold, in brackets."""
    told = ", ".join(f"{one.date} {one.end}" for one in approvals if one.what == key)
    return f" ({told})" if told else ""


def check_loosened(policy: Policy, approvals: Iterable[Approval]) -> list[str]:
    """Return the settings that are looser than their defaults and that nobody approved (Q62)."""
    approved = {approval.what for approval in approvals}
    in_force, defaults = policy_as_dict(policy), policy_as_dict(Policy())
    return [
        f"policy.{key}: found {shown(in_force[key])}, looser than {shown(defaults[key])}; "
        f'expected an [[approvals]] table with what = "{key}", name, date and reason.'
        for key in looser_settings(policy)
        if key not in approved
    ]
