"""The tables of the report, each from the counts, with what is too small to be shown left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from population.report.counts import Counts
from population.report.help_most import what_to_do
from population.report.intervals import (
    SMALLEST_SHOWN,
    hidden_rows,
    part_interval,
    rate_interval,
)
from recommender.cards import CARDS
from recommender.treatment import RULES

SMALL = "<5"
"""Stands for a count from 1 to 4; rates that rest on it are left out."""

HIDDEN = "hidden"
"""Stands for a larger count that is not shown, as a small one could be worked out from it."""

MOST_ROWS = 50


@dataclass(frozen=True, slots=True)
class Table:
    """One table. The first column of a row names it; numbers are as they are, texts as shown.
    `bars` are value, low and high of each row, to be drawn beside it.
    """

    name: str
    title: str
    note: str
    head: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    bars: tuple[tuple[float, float, float] | None, ...] = ()


def build_tables(counts: Counts, show_small: bool) -> list[Table]:
    """Return every table about one run that has a row."""
    tables = [
        _by_indicator(counts, show_small),
        _cards_of_patients(counts, show_small),
        _help(counts, show_small),
        _by_card(counts, show_small),
        _what_followed(counts, show_small),
        _groups(counts, show_small),
        _by_rule(counts, show_small),
        _not_used(counts, show_small),
        _incomplete(counts, show_small),
    ]
    return [table for table in tables if table.rows]


def load_base(counts: Counts) -> tuple[int, float, str]:
    """Return what cards are counted over: orders in a replay, patients in a snapshot."""
    if counts.orders:
        return counts.orders, 1000.0, "per 1,000 orders"
    return counts.patients, 100.0, "per 100 patients"


def _rates(
    counted: Mapping[str, int],
    counts: Counts,
    show_small: bool,
    more: Mapping[str, int] | None = None,
) -> tuple[list[tuple[Any, ...]], list[tuple[float, float, float] | None]]:
    base, per, _ = load_base(counts)
    hidden = hidden_rows(counted, show_small)
    rows: list[tuple[Any, ...]] = []
    bars: list[tuple[float, float, float] | None] = []
    for name, count in counted.items():
        extra = () if more is None else (more.get(name, 0),)
        if name in hidden:
            rows.append((name, _instead(count), "", "", *map(_instead, extra)))
            bars.append(None)
            continue
        rate, low, high = rate_interval(count, base, per)
        shown = tuple(
            value if show_small or value == 0 or value >= SMALLEST_SHOWN else SMALL
            for value in extra
        )
        rows.append((name, count, round(rate, 2), f"{low:.2f} to {high:.2f}", *shown))
        bars.append((rate, low, high))
    return rows, bars


def _by_indicator(counts: Counts, show_small: bool) -> Table:
    counted = {name: counts.indicators[name] for name in ("critical", "warning", "info")}
    rows, bars = _rates(counted, counts, show_small)
    head = ("Indicator", "Cards", load_base(counts)[2], "95 % interval")
    note = f"How often a card of each loudness would come, {load_base(counts)[2]}."
    return Table("indicators", "Alert load", note, head, tuple(rows), tuple(bars))


def _by_card(counts: Counts, show_small: bool) -> Table:
    counted = dict(sorted(counts.cards.items(), key=lambda item: (-item[1], item[0])))
    rows, bars = _rates(counted, counts, show_small, counts.card_patients)
    named = {card.id: card.name for card in CARDS}
    rows = [(row[0], named.get(row[0], ""), *row[1:]) for row in rows]
    head = ("Card", "About", "Cards", load_base(counts)[2], "95 % interval", "Patients")
    note = "The cards by their id, the most frequent first."
    return Table("cards", "Cards", note, head, tuple(rows), tuple(bars))


def _by_rule(counts: Counts, show_small: bool) -> Table:
    hidden = hidden_rows(counts.rules, show_small)
    said: dict[str, str] = {rule.id: rule.summary for rule in RULES}
    with_card = Counter[str]()
    for (rule, _), count in counts.rule_cards.items():
        with_card[rule] += count
    rows: list[tuple[Any, ...]] = []
    for rule, count in sorted(counts.rules.items(), key=lambda item: (-item[1], item[0])):
        if rule in hidden:
            rows.append((rule, said.get(rule, ""), _instead(count), "", "", ""))
            continue
        part, low, high = part_interval(count, counts.decisions)
        cards = with_card[rule]
        shown = cards if show_small or cards == 0 or cards >= SMALLEST_SHOWN else SMALL
        rows.append(
            (rule, said.get(rule, ""), count, f"{part:.2f} %", f"{low:.2f} to {high:.2f}", shown)
        )
    head = ("Rule", "In words", "Decisions", "Part", "95 % interval", "Cards")
    note = "The row of the decision table that decided, for every decision, silent ones too."
    return Table("rules", "Rules", note, head, tuple(rows))


def _cards_of_patients(counts: Counts, show_small: bool) -> Table:
    grouped = Counter[str]()
    for cards, patients in counts.cards_of_patients.items():
        grouped[str(cards) if cards < 5 else "5 or more"] += patients
    counted = dict(sorted(grouped.items()))
    rows = _simple(counted, show_small)
    note = "How many patients would get so many cards; more than one is a repeat."
    return Table("repeats", "Repeats", note, ("Cards", "Patients"), rows)


def _what_followed(counts: Counts, show_small: bool) -> Table:
    said = ("kept", "stopped", "replaced")
    hidden = hidden_rows(counts.then, show_small)
    cards = sorted({card for card, _ in counts.then})
    rows = tuple(
        (card, *(_shown(counts.then[card, what], (card, what) in hidden) for what in said))
        for card in cards
    )
    note = "What became of the order within 30 days, where the record tells."
    return Table(
        "then", "What the prescriber then did", note, ("Card", "Kept", "Stopped", "Replaced"), rows
    )


def _help(counts: Counts, show_small: bool) -> Table:
    by_fact: Counter[tuple[str, str]] = Counter()
    rules: dict[tuple[str, str], set[str]] = {}
    for (fact, code, rule), count in counts.waits_for.items():
        by_fact[fact, code] += count
        rules.setdefault((fact, code), set()).add(rule)
    hidden = hidden_rows(by_fact, show_small)
    ranked = sorted(by_fact.items(), key=lambda item: (-item[1], item[0]))[:MOST_ROWS]
    rows = tuple(
        (
            what_to_do(fact, code),
            _shown(count, (fact, code) in hidden),
            fact,
            code,
            ", ".join(sorted(rules[fact, code])),
        )
        for (fact, code), count in ranked
    )
    note = (
        "Facts that are not known, ranked by the decisions that waited for them. Figures overlap: "
        "one decision can wait for two."
    )
    head = ("Do this", "Decisions", "Fact", "Why it is not known", "Rules")
    return Table("help", "What would help most", note, head, rows)


GROUPS: dict[str, tuple[str, ...]] = {
    "untreated: treatment is indicated": (
        *("N1", "U1"),
        *("M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8"),
    ),
    "untreated: signs, and a test is needed": ("N2",),
    "borderline, or a test that is too old or unusable: a test decides": ("B1", "E3"),
    "prophylaxis or yearly test is due": ("P1", "P2", "P3", "P4", "P5", "P6"),
    "treated, but not as it should be": ("T0", "T1", "T1b", "T2", "T5", "T5b"),
    "loading done or treatment lapsed": ("T3", "T3b", "T4", "T4a"),
    "ordered, and whether it is given is not known": ("T7",),
    "a prescription to be renewed": ("T8",),
    "under treatment": ("T6",),
}
"""Rules in groups, for reading only."""

IN_NO_GROUP = ("deceased", "G1", "G2", "N3", "E1", "E2")
"""Rules that call for no treatment of vitamin B12 deficiency, or for nothing that can be said."""

MONITORING = "m1"
"""The card that says which tests of the first year are due."""


def _groups(counts: Counts, show_small: bool) -> Table:
    counted = {name: sum(counts.rules[rule] for rule in rules) for name, rules in GROUPS.items()}
    counted["under treatment, and tests are due"] = counts.cards[MONITORING]
    note = "Decisions by what the rule says of the treatment."
    rows = _simple({name: count for name, count in counted.items() if count}, show_small)
    return Table(
        "groups", "Untreated, wrongly treated, unmonitored", note, ("Group", "Decisions"), rows
    )


def _not_used(counts: Counts, show_small: bool) -> Table:
    hidden = hidden_rows(counts.not_used, show_small)
    ranked = sorted(counts.not_used.items(), key=lambda item: (-item[1], item[0]))
    rows = tuple(
        (test.replace("_", " "), why, unit, _shown(count, (test, why, unit) in hidden))
        for (test, why, unit), count in ranked[:MOST_ROWS]
    )
    note = "Values of tests we know that cannot be used: units that are not read among them."
    head = ("Test", "Why", "Unit as sent", "Decisions")
    return Table("not-used", "Results that were not used", note, head, rows)


def _incomplete(counts: Counts, show_small: bool) -> Table:
    counted = dict(sorted(counts.incomplete.items()))
    if counts.without_time:
        counted["entries that do not say when they were recorded"] = counts.without_time
    if counts.unreadable:
        counted["entries that are no strict JSON"] = counts.unreadable
    note = "Lists that may lack entries: what rests on their being whole is unknown there."
    return Table(
        "incomplete",
        "Lists that were incomplete",
        note,
        ("List", "Decisions"),
        _simple(counted, show_small),
    )


def _simple(counted: Mapping[str, int], show_small: bool) -> tuple[tuple[Any, ...], ...]:
    hidden = hidden_rows(counted, show_small)
    return tuple((name, _shown(count, name in hidden)) for name, count in counted.items())


def _shown(count: int, is_hidden: bool) -> int | str:
    return _instead(count) if is_hidden else count


def _instead(count: int) -> str:
    """Return what stands for a count that is not shown."""
    return SMALL if count < SMALLEST_SHOWN else HIDDEN


def change_tables(changes: Iterable[Mapping[str, Any]], show_small: bool) -> list[Table]:
    """Return what two policies answer otherwise, by rule and by fact."""
    moves: Counter[tuple[str, str, str, str]] = Counter()
    facts: Counter[str] = Counter()
    for change in changes:
        before, after = ", ".join(change["cards_before"]), ", ".join(change["cards_after"])
        moves[change["rule_before"], before, change["rule_after"], after] += 1
        facts.update(change["facts"])
    note = "Decisions that the second site file, or the other version, answers otherwise."
    head = ("From", "To", "Decisions")
    by_fact = dict(sorted(facts.items(), key=lambda item: (-item[1], item[0])))
    tables = [
        Table("changes", "Differences", note, head, _moves(moves, show_small)[:MOST_ROWS]),
        Table(
            "change-facts",
            "Which fact did it",
            "Facts that differ, or that the rules look at.",
            ("Fact", "Decisions"),
            _simple(by_fact, show_small),
        ),
    ]
    return [table for table in tables if table.rows]


def _moves(
    moves: Counter[tuple[str, str, str, str]], show_small: bool
) -> tuple[tuple[Any, ...], ...]:
    hidden = hidden_rows(moves, show_small)
    return tuple(
        (
            f"{rule or 'not decided'} ({cards or 'no card'})",
            f"{then or 'not decided'} ({then_cards or 'no card'})",
            _shown(count, (rule, cards, then, then_cards) in hidden),
        )
        for (rule, cards, then, then_cards), count in sorted(
            moves.items(), key=lambda one: (-one[1], one[0])
        )
    )
