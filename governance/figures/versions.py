"""Since when another version of the program, the knowledge, the policy or the terminology
decides: the marks of the control charts, by which a change of rate is explained or not.

Source: R145; hazards H96, H98.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

import sqlalchemy as sa

from cds_service.records import DECISIONS, VERSIONED
from governance.figures.counts import Figures, Span


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A week in which a version decided that had decided nothing in the week with decisions before:
    of what, which versions decided then and which now, each as "a, b" where there were several;
    which of them are new, and the day of its first decision, empty where the record has none.
    """

    week: str
    what: str
    before: str
    now: str
    new: tuple[str, ...] = ()
    day: str = ""


def find_new_versions(figures: Figures) -> tuple[NewVersion, ...]:
    """Return the changes of versions, oldest first; the first week of the figures has none, nor has
    a version that an earlier release did not record.
    """
    found = [
        change for what in VERSIONED for change in _changes(what, _versions_by_week(figures, what))
    ]
    return tuple(sorted(found, key=lambda one: one.week))


SIDE_BY_SIDE = dt.timedelta(hours=1)
"""For how long two versions may decide side by side, as they do while a new one is installed."""


def find_side_by_side(spans: Iterable[Span], today: dt.date) -> dict[tuple[str, str], str]:
    """Return for each client and what decides ("policy") the versions, as "a, b", that answered it
    side by side, yesterday or today: two services that were set up differently.

    Source: hazard H100.
    """
    late = [one for one in spans if one.last.date() >= today - dt.timedelta(days=1)]
    found: dict[tuple[str, str], set[str]] = {}
    for one, other in combinations(late, 2):
        together = min(one.last, other.last) - max(one.first, other.first)
        if one.client != other.client or together < SIDE_BY_SIDE:
            continue
        for what, its, the_others in zip(VERSIONED, one.versions, other.versions, strict=True):
            if its != the_others:
                found.setdefault((one.client, what), set()).update((its, the_others))
    return {where: _listed(versions) for where, versions in sorted(found.items())}


def find_first_day(connection: sa.Connection, change: NewVersion) -> str:
    """Return the day (UTC) on which a new version first decided; empty when that is not in the
    record any more.
    """
    monday = dt.datetime.fromisoformat(change.week)
    query = (
        sa.select(DECISIONS.c.received_at)
        .where(
            DECISIONS.c.received_at >= monday,
            DECISIONS.c.received_at < monday + dt.timedelta(weeks=1),
            DECISIONS.c[f"{change.what}_version"].in_(change.new),
        )
        .order_by(DECISIONS.c.received_at)
        .limit(1)
    )
    first = connection.execute(query).scalar()
    return first.date().isoformat() if first else ""


def _versions_by_week(figures: Figures, what: str) -> dict[str, set[str]]:
    weeks: dict[str, set[str]] = {}
    for at, versioned, version in figures.versions:
        if versioned == what:
            weeks.setdefault(at.week, set()).add(version)
    return dict(sorted(weeks.items()))


def _changes(what: str, weeks: Mapping[str, set[str]]) -> list[NewVersion]:
    changes: list[NewVersion] = []
    before: set[str] = set()
    for week, versions in weeks.items():
        if before and versions - before:
            new = tuple(sorted(versions - before))
            changes.append(NewVersion(week, what, _listed(before), _listed(versions), new))
        before = versions
    return changes


def _listed(versions: set[str]) -> str:
    return ", ".join(sorted(versions))
