"""What somebody must look at: a client that has fallen silent, refusals or cards whose rate changed
by more than chance, a known case that is answered otherwise, a critical card that is withheld, a
mode that withholds cards for too long, an approval that ends, services of different versions or
modes on one database.

Source: R145; each alarm is a metric and stands on the governance page.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cds_service.site import LIVE, Settings, ends_of_approvals
from governance.decisions import approvals_to_withhold_critical, list_modes
from governance.figures.control import Mark, chart_cards, chart_refusals, find_changes
from governance.figures.counts import Called, Figures, ModeChange
from governance.figures.versions import find_side_by_side

WEEKS_COMPARED = 4
"""Weeks whose same weekday says how many calls of a day are usual."""

FALLS_BELOW = 0.25
"""A client without a floor of its own has fallen silent below this part of its usual calls."""

FEWEST_USUAL = 20
"""Usual calls a day below which silence of a day is not noticed."""

CALLS, REFUSALS, RATE, ANSWER, WITHHELD = "calls", "refusals", "rate", "answer", "withheld"
APPROVAL = "approval"
SHOWS_ALL = (LIVE, "share 1")
"""Modes, as they are written down, that withhold no card."""

SKEW = "skew"

KINDS = (CALLS, REFUSALS, RATE, ANSWER, WITHHELD, APPROVAL, SKEW)


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing to look at: its kind, what it is about (a client, a status, a card), and in a
    sentence what is to be seen.
    """

    kind: str
    about: str
    words: str


def find_alarms(
    figures: Figures, settings: Settings, today: dt.date, known_answer: bool
) -> tuple[Alarm, ...]:
    """Return every alarm of this day.

    Args:
        figures: of all clients, of at least the last five weeks.
        known_answer: whether the known case is answered as it must be.
    """
    alarms = [
        *_silent_clients(figures.calls, settings, today),
        *_refusals(figures.calls, today),
        *_rates(figures),
        *_skew(figures, settings, today),
    ]
    if not known_answer:
        alarms.append(Alarm(ANSWER, "known case", "The known case is not answered as it must be."))
    alarms += withheld_too_long(figures.modes, settings, today)
    alarms += [
        Alarm(
            WITHHELD,
            "critical",
            f"Critical cards may be withheld: approved by {one.name}, {one.end} ({one.reason}).",
        )
        for one in approvals_to_withhold_critical(settings, today)
    ]
    ends = ends_of_approvals(settings.policy, settings.approvals, today)
    return (*alarms, *(Alarm(APPROVAL, "approvals", words) for words in ends))


def _skew(figures: Figures, settings: Settings, today: dt.date) -> Iterator[Alarm]:
    """Yield where services that were set up differently share the database: several versions that
    answered one client side by side, and modes that another than this service has written down.

    Source: hazard H100.
    """
    for (client, what), versions in find_side_by_side(figures.spans, today).items():
        words = f"{client} was answered by several versions of the {what} side by side: {versions}."
        yield Alarm(SKEW, client, words)
    noted = {(one.client, one.what): one.mode for one in figures.modes if one.mode}
    if noted and noted != list_modes(settings):
        words = "The modes written down last are not those of this service: another shares the "
        yield Alarm(SKEW, "modes", f"{words}database, and has others.")


def withheld_too_long(
    modes: Iterable[ModeChange], settings: Settings, today: dt.date
) -> list[Alarm]:
    """Return the modes that have withheld cards for longer than the site allows, so that a silent
    start is not forgotten.

    Source: hazard H95.
    """
    return [
        Alarm(
            WITHHELD,
            one.client or "the site",
            f"{mode_place(one)} is {one.mode} since {one.since.date()}, {days} days: make "
            f"it live, or allow more than limits.withheld_days = {settings.withheld_days}.",
        )
        for one, days in days_withheld(modes, settings, today).items()
        if days > settings.withheld_days
    ]


def days_withheld(
    modes: Iterable[ModeChange], settings: Settings, today: dt.date
) -> dict[ModeChange, int]:
    """Return for how many days each mode that withholds cards from somebody is set as it is; the
    table of the site counts only where a client goes by it.
    """
    by_site = not settings.clients or any(not client.modes for client in settings.clients)
    return {
        one: (today - one.since.date()).days
        for one in modes
        if one.mode not in SHOWS_ALL and (one.client or by_site)
    }


def mode_place(change: ModeChange) -> str:
    """Return the place of a mode in the site file: "modes.b2", "Main EHR: modes.default"."""
    return f"{change.client}: modes.{change.what}" if change.client else f"modes.{change.what}"


def _silent_clients(calls: Mapping[Called, int], settings: Settings, today: dt.date) -> list[Alarm]:
    """Return the clients that called less often yesterday than their floor, or, where the site sets
    none, than a quarter of their usual day; and the hooks of which that is true of a client that
    has not fallen silent itself.
    """
    yesterday = today - dt.timedelta(days=1)
    per_day: Counter[tuple[str, str, str]] = Counter()
    for called, number in calls.items():
        per_day[called.client, "", called.day] += number
        if called.hook:  # one that was refused before it was read is of no hook
            per_day[called.client, called.hook, called.day] += number
    alarms = []
    for client in settings.clients:
        floor = client.expected_calls_per_day or _usual_floor(per_day, client.name, "", yesterday)
        found = [_below(per_day, client.name, "", yesterday, floor)]
        if found == [None]:
            hooks = sorted({hook for name, hook, _ in per_day if hook and name == client.name})
            floors = {hook: _usual_floor(per_day, client.name, hook, yesterday) for hook in hooks}
            found = [_below(per_day, client.name, hook, yesterday, floors[hook]) for hook in hooks]
        alarms += [alarm for alarm in found if alarm]
    return alarms


def _below(
    per_day: Counter[tuple[str, str, str]], client: str, hook: str, day: dt.date, floor: float
) -> Alarm | None:
    """Return the alarm for a client, or for one of its hooks, that called too seldom on a day."""
    now = per_day[client, hook, day.isoformat()]
    if now >= floor:
        return None
    what = f"{client} called {hook}" if hook else f"{client} called"
    return Alarm(CALLS, client, f"{what} {now} times on {day}; at least {floor:.0f} are expected.")


def _usual_floor(
    per_day: Mapping[tuple[str, str, str], int], client: str, hook: str, day: dt.date
) -> float:
    """Return the floor by the same weekday of four weeks; 0 where too few calls are usual."""
    days = [day - dt.timedelta(weeks=weeks) for weeks in range(1, WEEKS_COMPARED + 1)]
    usual = sorted(per_day.get((client, hook, one.isoformat()), 0) for one in days)
    middle = (usual[1] + usual[2]) / 2
    return middle * FALLS_BELOW if middle >= FEWEST_USUAL else 0.0


def _refusals(calls: Mapping[Called, int], today: dt.date) -> list[Alarm]:
    """Return the refusals that were more frequent yesterday than their chart allows."""
    yesterday = (today - dt.timedelta(days=1)).isoformat()
    alarms = []
    for chart in chart_refusals(calls, today):
        last = chart.points[-1]
        if last.when == yesterday and chart.mark in (Mark.ABOVE, Mark.HIGHER):
            words = f"{last.count} of {last.total} calls were answered {chart.name} on {yesterday}"
            usual = f"{100 * chart.usual:.1f} % is usual, up to {100 * last.high:.1f} % by chance"
            alarms.append(Alarm(REFUSALS, chart.name, f"{words}, {chart.mark}: {usual}."))
    return alarms


def _rates(figures: Figures) -> list[Alarm]:
    """Return the cards that fire otherwise this week or last, or for eight weeks in a row."""
    changes = find_changes(figures)
    marked = {change.name for change in changes}
    cards = sorted({fired.card for fired in figures.cards} - marked)
    return [
        *(
            Alarm(
                RATE,
                change.name,
                f"{change.name} fires {change.now:.1f} times per 1,000 decisions in the week from "
                f"{change.week}, {change.before:.1f} before: more than chance.",
            )
            for change in changes
        ),
        *(
            Alarm(
                RATE,
                chart.name,
                f"{chart.name} fires {1000 * point.rate:.1f} times per 1,000 decisions in the week "
                f"from {point.when}, {1000 * chart.usual:.1f} usually: {point.mark}.",
            )
            for chart in chart_cards(figures, cards)
            if (point := chart.marked)
        ),
    ]
