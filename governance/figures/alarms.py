"""What somebody must look at: a client that has fallen silent, refusals or cards whose rate changed
by more than chance, a known case that is answered otherwise, a critical card that is withheld.

Source: R145; each alarm is a metric and stands on the governance page.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from cds_service.site import Settings
from governance.decisions import critical_may_be_withheld
from governance.figures.chance import NOT_CHANCE, chance_of_change
from governance.figures.counts import Called, Figures
from governance.figures.report import find_changes

DAYS_BEFORE = 28
"""Days that a day's calls are compared with."""

FALLS_BELOW = 0.25
"""A client without a floor of its own has fallen silent below this part of its usual calls."""

FEWEST_USUAL = 20
"""Usual calls a day below which silence of a day is not noticed."""

NOT_REFUSALS = ("decided", "not concerned")

CALLS, REFUSALS, RATE, ANSWER, WITHHELD = "calls", "refusals", "rate", "answer", "withheld"
KINDS = (CALLS, REFUSALS, RATE, ANSWER, WITHHELD)


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
        *(
            Alarm(
                RATE,
                change.name,
                f"{change.name} fires {change.now:.1f} times per 1,000 decisions in the week from "
                f"{change.week}, {change.before:.1f} before: more than chance.",
            )
            for change in find_changes(figures)
        ),
    ]
    if not known_answer:
        alarms.append(Alarm(ANSWER, "known case", "The known case is not answered as it must be."))
    if critical_may_be_withheld(settings, today):
        alarms.append(Alarm(WITHHELD, "critical", "An approval lets critical cards be withheld."))
    return tuple(alarms)


def _silent_clients(calls: Mapping[Called, int], settings: Settings, today: dt.date) -> list[Alarm]:
    """Return the clients that called less often yesterday than their floor, or, where the site sets
    none, than a quarter of their usual day.
    """
    yesterday = today - dt.timedelta(days=1)
    per_day: Counter[tuple[str, str]] = Counter()
    for called, number in calls.items():
        per_day[called.client, called.day] += number
    alarms = []
    for client in settings.clients:
        now = per_day[client.name, yesterday.isoformat()]
        floor = client.expected_calls_per_day or _usual_floor(per_day, client.name, yesterday)
        if now < floor:
            alarms.append(
                Alarm(
                    CALLS,
                    client.name,
                    f"{client.name} called {now} times on {yesterday}; at least {floor:.0f} are "
                    f"expected.",
                )
            )
    return alarms


def _usual_floor(per_day: Mapping[tuple[str, str], int], client: str, day: dt.date) -> float:
    """Return the floor by the same weekday of four weeks; 0 where too few calls are usual."""
    days = [day - dt.timedelta(weeks=weeks) for weeks in range(1, DAYS_BEFORE // 7 + 1)]
    usual = sorted(per_day.get((client, one.isoformat()), 0) for one in days)
    middle = (usual[1] + usual[2]) / 2
    return middle * FALLS_BELOW if middle >= FEWEST_USUAL else 0.0


def _refusals(calls: Mapping[Called, int], today: dt.date) -> list[Alarm]:
    """Return the refusals that were more frequent yesterday than in the four weeks before."""
    yesterday = today - dt.timedelta(days=1)
    first = yesterday - dt.timedelta(days=DAYS_BEFORE)
    now, before = Counter[str](), Counter[str]()
    for called, number in calls.items():
        if called.day == yesterday.isoformat():
            now[called.outcome] += number
        elif first.isoformat() <= called.day < yesterday.isoformat():
            before[called.outcome] += number
    alarms = []
    for outcome in sorted({*now, *before}.difference(NOT_REFUSALS)):
        rates = now[outcome] / (now.total() or 1), before[outcome] / (before.total() or 1)
        chance = chance_of_change(now[outcome], now.total(), before[outcome], before.total())
        if rates[0] > rates[1] and chance < NOT_CHANCE:
            words = f"{now[outcome]} of {now.total()} calls were answered {outcome} on {yesterday}"
            alarms.append(Alarm(REFUSALS, outcome, f"{words}; {100 * rates[1]:.1f} % before."))
    return alarms
