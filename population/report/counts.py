"""What is counted over the decisions of a run, in one pass; nothing of it names a patient."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cds_service.records import week_of
from governance.figures import rate, wilson
from population.report.help_most import WAITS_FOR

MOST_NAMES = 100_000
"""Different names of what is not understood that are counted; rarer ones are then let go."""

NO_CARD = "no card"
"""Stands for a card where a decision has none."""

ANSWERED = 200
"""The status of an answer that rests on a decision."""

DEFICIENT = frozenset({"confirmed", "probable"})


@dataclass(slots=True)
class Counts:
    """The counts of one run. `orders` counts orders, refills and stops; `cards_of_patients` how
    many patients got so many cards; `then` what followed a card; `prescriber_weeks` the cards of
    each prescriber in each week in which they ordered, by its Monday; `covered` the rules that are
    not shown as a small count would follow from theirs.
    """

    decisions: int = 0
    patients: int = 0
    adults: int = 0
    orders: int = 0
    spoken: int = 0
    events: Counter[str] = field(default_factory=Counter)
    cards: Counter[str] = field(default_factory=Counter)
    card_patients: Counter[str] = field(default_factory=Counter)
    indicators: Counter[str] = field(default_factory=Counter)
    loud_cards: Counter[tuple[str, str]] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    rule_cards: Counter[tuple[str, str]] = field(default_factory=Counter)
    cards_of_patients: Counter[int] = field(default_factory=Counter)
    then: Counter[tuple[str, str]] = field(default_factory=Counter)
    waits_for: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    prescriber_weeks: Counter[tuple[str, str]] = field(default_factory=Counter)
    deficient: int = 0
    deficient_answered: int = 0
    not_used: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    names: Counter[tuple[str, ...]] = field(default_factory=Counter)
    incomplete: Counter[str] = field(default_factory=Counter)
    without_time: int = 0
    unreadable: int = 0
    refused: Counter[int] = field(default_factory=Counter)
    versions: Counter[str] = field(default_factory=Counter)
    covered: frozenset[str] = frozenset()


def count_decisions(rows: Iterable[Mapping[str, Any]]) -> Counts:
    """Return the counts over decisions, which stand patient by patient."""
    counts = Counts()
    patient, cards_seen = None, Counter[str]()
    for row in rows:
        if row["patient"] != patient:
            _close_patient(counts, patient, cards_seen)
            patient, cards_seen = row["patient"], Counter()
            counts.patients += 1
            counts.adults += row["adult"] == "yes"
            counts.unreadable += row["unreadable"]
        cards_seen.update(row["cards"])
        _count_row(counts, row)
    _close_patient(counts, patient, cards_seen)
    return counts


def _close_patient(counts: Counts, patient: str | None, cards: Counter[str]) -> None:
    if patient is None:
        return
    counts.cards_of_patients[cards.total()] += 1
    counts.card_patients.update(cards.keys())


def _count_row(counts: Counts, row: Mapping[str, Any]) -> None:
    status = row["status"]
    if status != ANSWERED:
        counts.refused[status] += 1
        return
    counts.decisions += 1
    counts.events[row["event"]] += 1
    counts.orders += row["event"] != "chart"
    counts.spoken += bool(row["cards"])
    counts.cards.update(row["cards"])
    counts.indicators.update(row["indicators"])
    counts.loud_cards.update(zip(row["cards"], row["indicators"], strict=True))
    counts.rules[row["rule"]] += 1
    counts.rule_cards.update((row["rule"], card) for card in row["cards"])
    if row["then"]:
        counts.then.update((card, row["then"]) for card in row["cards"] or (NO_CARD,))
    if row["prescriber"]:
        week = week_of(dt.date.fromisoformat(row["day"]))
        counts.prescriber_weeks[row["prescriber"], week] += len(row["cards"])
    counts.incomplete.update(row["incomplete"])
    counts.without_time += row["without_time"]
    counts.versions[f"{row['version']}, policy {row['policy_version']}"] += 1
    counts.not_used.update((one["test"], one["why"], one["unit"]) for one in row["not_used"])
    counts.names.update(tuple(name.values()) for name in row["not_understood"])
    if len(counts.names) > 2 * MOST_NAMES:
        counts.names = Counter(dict(counts.names.most_common(MOST_NAMES)))
    if row["adult"] == "yes" or row["rule"] == "G1":
        _count_waiting(counts, row)


def _count_waiting(counts: Counts, row: Mapping[str, Any]) -> None:
    """Count what a decision on an adult waits for. A chart of which nothing speaks of vitamin B12
    waits for nothing.
    """
    waits_for = WAITS_FOR.get(row["rule"], ())
    unknown = [one for one in row["unknown"] if one["fact"] in waits_for]
    deficient = row["deficiency"] in DEFICIENT
    counts.deficient += deficient
    counts.deficient_answered += deficient and not unknown
    if row["event"] == "chart" and row["rule"] == LAST_ROW:
        return
    for one in unknown:
        counts.waits_for[one["fact"], one["code"], row["rule"]] += 1


LAST_ROW = "E2"
"""The row that holds when nothing above does."""


def load_base(counts: Counts) -> tuple[int, float, str]:
    """Return what cards are counted over: orders in a replay, patients in a snapshot."""
    if counts.orders:
        return counts.orders, 1000.0, "per 1,000 orders"
    return counts.patients, 100.0, "per 100 patients"


def cards_a_week(counts: Counts) -> list[float]:
    """Return the cards of each prescriber in an average week in which they ordered, ascending."""
    weeks, cards = Counter[str](), Counter[str]()
    for (prescriber, _), number in counts.prescriber_weeks.items():
        weeks[prescriber] += 1
        cards[prescriber] += number
    return sorted(cards[prescriber] / number for prescriber, number in weeks.items())


def quantile(ascending: Sequence[float], part: float) -> float:
    """Return the value that this part of the values does not exceed; 0 of none."""
    return ascending[max(0, math.ceil(part * len(ascending)) - 1)] if ascending else 0.0


def rate_interval(count: int, base: int, per: float) -> tuple[float, float, float]:
    """Return a rate per so many, with its interval; all are 0 where there is no base."""
    if base <= 0:
        return 0.0, 0.0, 0.0
    found = rate(count, base)
    return found.value * per, found.low * per, found.high * per


def part_interval(count: int, base: int) -> tuple[float, float, float]:
    """Return a part in per cent, with its interval (Wilson's score interval); all are 0 where there
    is no base.
    """
    if base <= 0:
        return 0.0, 0.0, 0.0
    share = wilson(count, base)
    return 100 * share.value, 100 * share.low, 100 * share.high
