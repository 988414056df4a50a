"""The edits of a course that a prescriber can accept. Keys are opaque: the edits name orders and
tests by them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from recommender.language.choices import Claims
from recommender.language.course import FollowUp, InjectionSite
from recommender.language.doses import Phase, Regimen


@dataclass(frozen=True, slots=True)
class AddRegimen:
    """Draft every phase of a regimen. `replaces` is the key of the active order it takes over from
    (Q16), or empty.

    `claims` is what the prescriber states by taking it; the draft carries it.
    """

    regimen: Regimen
    technique: tuple[str, ...] = ()
    replaces: str = ""
    starts: dt.date | None = None
    claims: Claims = ()


@dataclass(frozen=True, slots=True)
class ChangeOrder:
    """Rewrite a drafted order as this phase, keeping its key. `claims` and `replaces` as in
    AddRegimen. `completes`: the order had lost its dose, so that nothing of it is gone against.
    """

    key: str
    phase: Phase
    technique: tuple[str, ...] = ()
    claims: Claims = ()
    replaces: str = ""
    completes: bool = False


@dataclass(frozen=True, slots=True)
class RemoveOrder:
    """Take a draft (also a drafted stop, or a test) out of the draft set."""

    key: str


@dataclass(frozen=True, slots=True)
class AddFollowUps:
    """Draft these tests and reviews."""

    follow_ups: tuple[FollowUp, ...]


@dataclass(frozen=True, slots=True)
class AddTechnique:
    """Write injection technique into a drafted order."""

    key: str
    technique: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeStart:
    """Let a drafted order start on this day."""

    key: str
    starts: dt.date


@dataclass(frozen=True, slots=True)
class ChangeSite:
    """Order the injection for another site."""

    key: str
    site: InjectionSite


@dataclass(frozen=True, slots=True)
class NameReplaced:
    """Let a drafted order name the active order that it renews or takes the place of (Q38).

    `written` is the day of that order; `changes`: the draft differs from it.
    """

    key: str
    replaces: str
    written: dt.date | None = None
    changes: bool = False


Edit = (
    AddRegimen
    | ChangeOrder
    | RemoveOrder
    | AddFollowUps
    | AddTechnique
    | ChangeStart
    | ChangeSite
    | NameReplaced
)
"""One change of the course that a prescriber can accept."""
