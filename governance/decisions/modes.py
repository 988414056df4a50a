"""Which cards of a decision are shown: live, silent, to a share of the patients, or not for a while
as they were overridden again and again.

A critical card is withheld only while an approval by name holds. Whatever is withheld is in the
record with what withheld it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from cds_service.decision import Decision
from cds_service.protocol import HOOKS
from cds_service.site import (
    CRITICAL_MODES,
    DEFAULT,
    LIVE,
    SHARE,
    Approval,
    Client,
    Mode,
    Settings,
    read_mode,
)
from recommender.cards import Finding, Indicator

ARM_DIGITS = 13
"""Hexadecimal digits of the keyed hash of a patient that choose the arm: 52 bits, which a float
holds exactly.
"""


@dataclass(frozen=True, slots=True)
class Showing:
    """What becomes of one card: its mode, whether it is shown, and what says so."""

    mode: str
    shown: bool
    set_by: str


def choose_what_is_shown(
    decision: Decision, hook: str, client: Client, settings: Settings, patient: str
) -> tuple[Showing, ...]:
    """Return what becomes of each card of a decision, in their order.

    Args:
        patient: the keyed hash of the patient, which chooses the arm of a comparison.
    """
    return tuple(
        _showing(
            finding, mode_of(finding.card.id, hook, client, settings), decision, settings, patient
        )
        for finding in decision.findings
    )


def mode_of(card: str, hook: str, client: Client, settings: Settings) -> Mode:
    """Return the mode that is set for a card: the client's own table where it has one, else the
    site's; in it the line of the card, then of the hook, then the default.
    """
    table: Mapping[str, str | float] = client.modes or settings.modes
    place = f"clients.{client.name}.modes" if client.modes else "modes"
    named = next((key for key in (card, hook, DEFAULT) if key in table), "")
    return read_mode(table[named], f"{place}.{named}") if named else Mode()


def _showing(
    finding: Finding, mode: Mode, decision: Decision, settings: Settings, patient: str
) -> Showing:
    if mode.kind == LIVE:
        return Showing(LIVE, True, mode.set_by)
    if finding.indicator is Indicator.CRITICAL and not critical_may_be_withheld(
        settings, decision.as_of
    ):
        return Showing(LIVE, True, f"{CRITICAL_MODES}: no approval holds")
    shown = mode.kind == SHARE and arm_of(patient) < mode.share
    return Showing(mode.kind, shown, mode.set_by)


def critical_may_be_withheld(settings: Settings, day: dt.date) -> bool:
    """Return whether somebody has approved that critical cards are withheld on this day."""
    return bool(approvals_to_withhold_critical(settings, day))


def approvals_to_withhold_critical(settings: Settings, day: dt.date) -> tuple[Approval, ...]:
    """Return the approvals by which critical cards may be withheld on this day."""
    return tuple(
        approval
        for approval in settings.approvals
        if approval.what == CRITICAL_MODES and approval.holds_on(day)
    )


def arm_of(patient: str) -> float:
    """Return where a patient stands between 0 and 1: the same for every card, hook and day, so that
    a comparison is between patients.
    """
    return int(patient[:ARM_DIGITS], 16) / float(16**ARM_DIGITS)


MIXED = "mixed"
"""What is said of a mode that is not the same at every client and hook."""


def mode_in_words(card: str, client: str, hook: str, settings: Settings) -> str:
    """Return the mode of a card at a client and hook, empty for all of them: "live", "silent" or
    "share 0.5"; "mixed" where it is not the same everywhere. Where the site lists no clients its
    own table holds for whoever calls.
    """
    found = {
        _in_words(mode_of(card, each, one, settings))
        for one in settings.clients or (Client(""),)
        if client in ("", one.name)
        for each in HOOKS
        if hook in ("", each)
    }
    return found.pop() if len(found) == 1 else MIXED


def _in_words(mode: Mode) -> str:
    return f"share {mode.share:g}" if mode.kind == SHARE else mode.kind


def list_modes(settings: Settings) -> dict[tuple[str, str], str]:
    """Return every mode that the site sets, as (client, what) to words; the client is empty for
    the table of the site.
    """
    tables = {"": settings.modes} | {client.name: client.modes for client in settings.clients}
    return {
        (client, what): value if isinstance(value, str) else f"share {value:g}"
        for client, table in tables.items()
        for what, value in ({DEFAULT: LIVE} | dict(table) if not client else table).items()
    }
