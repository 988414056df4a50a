"""The tables of the report, each from the counts, with what is too small to be shown left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from population.report.counts import NO_CARD, Counts, cards_a_week, load_base
from population.report.help_most import help_rows
from population.report.intervals import part_interval, rate_interval
from population.report.small_counts import (
    SMALL,
    hidden_in_parts,
    hidden_of_whole,
    hidden_rows,
    hidden_sums,
    instead,
    is_small,
    shown,
    simple_rows,
)
from recommender.cards import CARDS
from recommender.treatment import RULES

MOST_ROWS = 50


@dataclass(frozen=True, slots=True)
class Table:
    """One table. The first column of a row names it; numbers are as they are, texts as shown.
    `bars` are value, low and high of each row, to be drawn beside it; `coded` are the columns that
    hold codes of ours, which the page shows with their words.
    """

    name: str
    title: str
    note: str
    head: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    bars: tuple[tuple[float, float, float] | None, ...] = ()
    coded: frozenset[int] = frozenset()


def build_tables(counts: Counts, show_small: bool) -> list[Table]:
    """Return every table about one run that has a row."""
    tables = [
        _by_indicator(counts, show_small),
        _prescribers(counts, show_small),
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


def _rates(
    counted: Mapping[str, int],
    counts: Counts,
    show_small: bool,
    hidden: frozenset[str],
    more: Mapping[str, int] | None = None,
) -> tuple[list[tuple[Any, ...]], list[tuple[float, float, float] | None]]:
    base, per, _ = load_base(counts)
    rows: list[tuple[Any, ...]] = []
    bars: list[tuple[float, float, float] | None] = []
    for name, count in counted.items():
        extra = () if more is None else (more.get(name, 0),)
        if name in hidden:
            rows.append((name, instead(count), "", "", *map(instead, extra)))
            bars.append(None)
            continue
        rate, low, high = rate_interval(count, base, per)
        beside = tuple(SMALL if is_small(value) and not show_small else value for value in extra)
        rows.append((name, count, round(rate, 2), f"{low:.2f} to {high:.2f}", *beside))
        bars.append((rate, low, high))
    return rows, bars


def _by_indicator(counts: Counts, show_small: bool) -> Table:
    counted = {name: counts.indicators[name] for name in ("critical", "warning", "info")}
    by_card = {
        indicator: {
            card: number for (card, loud), number in counts.loud_cards.items() if loud == indicator
        }
        for indicator in counted
    }
    hidden = hidden_sums(by_card, _hidden_cards(counts, show_small), show_small)
    hidden |= hidden_rows(counted, show_small)
    rows, bars = _rates(counted, counts, show_small, hidden)
    head = ("Indicator", "Cards", load_base(counts)[2], "95 % interval")
    note = f"How often a card of each loudness would come, {load_base(counts)[2]}."
    return Table("indicators", "Alert load", note, head, tuple(rows), tuple(bars))


def _hidden_cards(counts: Counts, show_small: bool) -> frozenset[str]:
    """Return the cards whose count is not shown; those of each indicator are summed up too."""
    parts: dict[str, Counter[str]] = {}
    for (card, indicator), number in counts.loud_cards.items():
        parts.setdefault(indicator, Counter())[card] += number
    return hidden_in_parts(counts.cards, parts.values(), show_small)


def _by_card(counts: Counts, show_small: bool) -> Table:
    counted = dict(sorted(counts.cards.items(), key=lambda item: (-item[1], item[0])))
    hidden = _hidden_cards(counts, show_small)
    rows, bars = _rates(counted, counts, show_small, hidden, counts.card_patients)
    named = {card.id: card.name for card in CARDS}
    rows = [(row[0], named.get(row[0], ""), *row[1:]) for row in rows]
    head = ("Card", "About", "Cards", load_base(counts)[2], "95 % interval", "Patients")
    note = "The cards by their id, the most frequent first."
    return Table("cards", "Cards", note, head, tuple(rows), tuple(bars))


def _hidden_rules(counts: Counts, show_small: bool) -> frozenset[str]:
    """Return the rules whose count is not shown. Groups of them are summed up too: a small count is
    covered by another of its group, so that the sum can be shown, or by one of those whose sum is
    not shown.
    """
    groups = [{rule: counts.rules[rule] for rule in rules} for rules in GROUPS.values()]
    parts = [one for one in groups if len(one) > 1 and not is_small(sum(one.values()))]
    within = frozenset(rule for one in parts for rule in one)
    parts.append({rule: count for rule, count in counts.rules.items() if rule not in within})
    return hidden_of_whole(parts, show_small)


def _by_rule(counts: Counts, show_small: bool) -> Table:
    hidden = _hidden_rules(counts, show_small)
    said: dict[str, str] = {rule.id: rule.summary for rule in RULES}
    with_card = Counter[str]()
    for (rule, _), count in counts.rule_cards.items():
        with_card[rule] += count
    rows: list[tuple[Any, ...]] = []
    for rule, count in sorted(counts.rules.items(), key=lambda item: (-item[1], item[0])):
        if rule in hidden:
            rows.append((rule, said.get(rule, ""), instead(count), "", "", ""))
            continue
        part, low, high = part_interval(count, counts.decisions)
        cards = with_card[rule]
        told = shown(cards, is_small(cards) and not show_small)
        rows.append(
            (rule, said.get(rule, ""), count, f"{part:.2f} %", f"{low:.2f} to {high:.2f}", told)
        )
    head = ("Rule", "In words", "Decisions", "Part", "95 % interval", "Cards")
    note = "The row of the decision table that decided, for every decision, silent ones too."
    return Table("rules", "Rules", note, head, tuple(rows))


def _cards_of_patients(counts: Counts, show_small: bool) -> Table:
    grouped = Counter[str]()
    for cards, patients in counts.cards_of_patients.items():
        grouped[str(cards) if cards < 5 else "5 or more"] += patients
    counted = dict(sorted(grouped.items()))
    rows = simple_rows(counted, show_small)
    note = "How many patients would get so many cards; more than one is a repeat."
    return Table("repeats", "Repeats", note, ("Cards", "Patients"), rows)


def _prescribers(counts: Counts, show_small: bool) -> Table:
    found = Counter(min(MOST_A_WEEK, int(cards + 0.5)) for cards in cards_a_week(counts))
    counted = {
        f"{cards} or more" if cards == MOST_A_WEEK else str(cards): found[cards]
        for cards in sorted(found)
    }
    rows = simple_rows(counted, show_small)
    note = (
        f"How many of {sum(counted.values()):,} prescribers would see so many cards in an average "
        f"week in which they order."
    )
    head = ("Cards a week", "Prescribers")
    return Table("prescribers", "Prescribers", note, head, rows)


MOST_A_WEEK = 7
"""Cards a week from which prescribers are counted together."""


def _what_followed(counts: Counts, show_small: bool) -> Table:
    said = ("kept", "stopped", "replaced", "not told")
    unseen = _hidden_cards(counts, show_small)
    rows = []
    for card in sorted({card for card, _ in counts.then}, key=lambda one: (one == NO_CARD, one)):
        followed = {what: counts.then[card, what] for what in said}
        hidden = frozenset(said) if card in unseen else hidden_rows(followed, show_small)
        told = (shown(number, number > 0 and what in hidden) for what, number in followed.items())
        rows.append((card, *told))
    note = (
        "What became of the order within 30 days; not told where the record ends before, or does "
        "not say when the order ended. Orders without a card stand last, to compare with."
    )
    head = ("Card", "Kept", "Stopped", "Replaced", "Not told")
    return Table("then", "What the prescriber then did", note, head, tuple(rows))


def _help(counts: Counts, show_small: bool) -> Table:
    rows = help_rows(counts.waits_for, show_small)[:MOST_ROWS]
    note = (
        "Facts that are not known, ranked by the decisions that waited for them. Figures overlap: "
        "one decision can wait for two."
    )
    head = ("Do this", "Decisions", "Fact", "Why it is not known", "Rules")
    return Table("help", "What would help most", note, head, rows, coded=frozenset({2, 3}))


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
    parts = {name: {rule: counts.rules[rule] for rule in rules} for name, rules in GROUPS.items()}
    hidden = hidden_sums(parts, _hidden_rules(counts, show_small), show_small)
    counted = {name: sum(rules.values()) for name, rules in parts.items()}
    rows = [(name, shown(count, name in hidden)) for name, count in counted.items() if count]
    due = counts.cards[MONITORING]
    if due:
        unseen = MONITORING in _hidden_cards(counts, show_small)
        rows.append(("under treatment, and tests are due", shown(due, unseen)))
    note = "Decisions by what the rule says of the treatment."
    head = ("Group", "Decisions")
    return Table("groups", "Untreated, wrongly treated, unmonitored", note, head, tuple(rows))


def _not_used(counts: Counts, show_small: bool) -> Table:
    hidden = hidden_rows(counts.not_used, show_small)
    ranked = sorted(counts.not_used.items(), key=lambda item: (-item[1], item[0]))
    rows = tuple(
        (test.replace("_", " "), why, unit, shown(count, (test, why, unit) in hidden))
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
        counted["entries that are not strict JSON"] = counts.unreadable
    note = "Lists that may lack entries: what rests on their being whole is unknown there."
    return Table(
        "incomplete",
        "Lists that were incomplete",
        note,
        ("List", "Decisions"),
        simple_rows(counted, show_small),
    )
