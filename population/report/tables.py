"""The tables of the report, each from the counts, with what is too small to be shown left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sized
from dataclasses import dataclass
from typing import Any

from population.report.counts import (
    NO_CARD,
    Counts,
    cards_a_week,
    load_base,
    part_interval,
    rate_interval,
)
from population.report.help_most import help_rows
from population.report.small_counts import (
    SMALL,
    hidden_beside,
    hidden_rows,
    hidden_sums,
    instead,
    is_small,
    most_told_apart,
    shown,
    simple_rows,
    total,
)
from population.report.unseen import GROUPS, hidden_names, rule_to_cover
from recommender.cards import CARDS, LOUDNESS
from recommender.treatment import RULES

MOST_ROWS = 50


def said_of_rest(rows: Sized) -> str:
    """Say that a table shows the first of its rows alone; nothing where it shows all."""
    return f" The first {MOST_ROWS} of {len(rows)} rows." if len(rows) > MOST_ROWS else ""


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
    """Return every table about one run that has a row, with as many rules covered as it takes until
    no small count follows from all tables together.
    """
    while True:
        tables = _build_tables(counts, show_small)
        cover = "" if show_small else rule_to_cover(counts, tables)
        if not cover:
            return tables
        counts.covered |= {cover}


def _build_tables(counts: Counts, show_small: bool) -> list[Table]:
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
    counted = {one.value: counts.indicators[one.value] for one in LOUDNESS}
    by_card = {
        indicator: {
            card: number for (card, loud), number in counts.loud_cards.items() if loud == indicator
        }
        for indicator in counted
    }
    hidden = hidden_sums(by_card, hidden_names(counts, show_small)[1], show_small)
    hidden |= hidden_rows(counted, show_small)
    rows, bars = _rates(counted, counts, show_small, hidden)
    head = ("Indicator", "Cards", load_base(counts)[2], "95 % interval")
    note = f"How often a card of each loudness would come, {load_base(counts)[2]}."
    return Table("indicators", "Alert load", note, head, tuple(rows), tuple(bars))


def _by_card(counts: Counts, show_small: bool) -> Table:
    counted = dict(sorted(counts.cards.items(), key=lambda item: (-item[1], item[0])))
    hidden = hidden_names(counts, show_small)[1]
    rows, bars = _rates(counted, counts, show_small, hidden, counts.card_patients)
    named = {card.id: card.name for card in CARDS}
    rows = [(row[0], named.get(row[0], ""), *row[1:]) for row in rows]
    head = ("Card", "About", "Cards", load_base(counts)[2], "95 % interval", "Patients")
    note = "The cards by their id, the most frequent first."
    return Table("cards", "Cards", note, head, tuple(rows), tuple(bars))


def _by_rule(counts: Counts, show_small: bool) -> Table:
    hidden, unseen = hidden_names(counts, show_small)
    said: dict[str, str] = {rule.id: rule.summary for rule in RULES}
    with_card = Counter[str]()
    untold = set(hidden)
    for (rule, card), count in counts.rule_cards.items():
        with_card[rule] += count
        if card in unseen:
            untold.add(rule)
    if not show_small:
        untold |= {rule for rule, cards in with_card.items() if is_small(cards)}
        untold = set(hidden_beside(with_card, untold))
    rows: list[tuple[Any, ...]] = []
    for rule, count in sorted(counts.rules.items(), key=lambda item: (-item[1], item[0])):
        if rule in hidden:
            rows.append((rule, said.get(rule, ""), instead(count), "", "", ""))
            continue
        part, low, high = part_interval(count, counts.decisions)
        cards = with_card[rule]
        told = shown(cards, rule in untold)
        rows.append(
            (rule, said.get(rule, ""), count, f"{part:.2f} %", f"{low:.2f} to {high:.2f}", told)
        )
    head = ("Rule", "In words", "Decisions", "Part", "95 % interval", "Cards")
    note = (
        "The row of the decision table that decided, for every decision, silent ones too. Where no "
        "card comes nobody is told: a chart in which nothing speaks of vitamin B12 ends at the "
        "last row, E2."
    )
    return Table("rules", "Rules", note, head, tuple(rows))


def _cards_of_patients(counts: Counts, show_small: bool) -> Table:
    told = MOST_CARDS if show_small else most_told_apart(counts.cards_of_patients, MOST_CARDS)
    most = told or 1
    grouped = Counter[str]()
    for cards, patients in counts.cards_of_patients.items():
        grouped[str(cards) if cards < most else f"{most} or more"] += patients
    rows = tuple((cards, shown(count, not told)) for cards, count in sorted(grouped.items()))
    note = "How many patients would get so many cards in all, the same one again or another."
    return Table("repeats", "Repeats", note, ("Cards", "Patients"), rows)


MOST_CARDS = 5
"""Cards from which patients are counted together."""


def _prescribers(counts: Counts, show_small: bool) -> Table:
    found = Counter(min(MOST_A_WEEK, int(cards + 0.5)) for cards in cards_a_week(counts))
    counted = {
        f"{cards} or more" if cards == MOST_A_WEEK else str(cards): found[cards]
        for cards in sorted(found)
    }
    rows = simple_rows(counted, show_small)
    many = total(sum(counted.values()), show_small)
    note = (
        f"How many of {many} prescribers would see so many cards in an average week in which they "
        f"order."
    )
    head = ("Cards a week", "Prescribers")
    return Table("prescribers", "Prescribers", note, head, rows)


MOST_A_WEEK = 7
"""Cards a week from which prescribers are counted together."""


def _what_followed(counts: Counts, show_small: bool) -> Table:
    said = ("kept", "stopped", "replaced", "not told")
    unseen = hidden_names(counts, show_small)[1]
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
    hidden = hidden_names(counts, show_small)[0]
    rows = help_rows(counts.waits_for, hidden, show_small)
    note = (
        "Facts that are not known, ranked by the decisions that waited for them. Figures overlap: "
        "one decision can wait for two."
    )
    note, rows = note + said_of_rest(rows), rows[:MOST_ROWS]
    head = ("Do this", "Decisions", "Fact", "Why it is not known", "Rules")
    return Table("help", "What would help most", note, head, rows, coded=frozenset({2, 3}))


MONITORING = "m1"
"""The card that says which tests of the first year are due."""


def _groups(counts: Counts, show_small: bool) -> Table:
    parts = {name: {rule: counts.rules[rule] for rule in rules} for name, rules in GROUPS.items()}
    hidden = hidden_sums(parts, hidden_names(counts, show_small)[0], show_small)
    counted = {name: sum(rules.values()) for name, rules in parts.items()}
    rows = [(name, shown(count, name in hidden)) for name, count in counted.items() if count]
    due = counts.cards[MONITORING]
    if due:
        unseen = MONITORING in hidden_names(counts, show_small)[1]
        rows.append(("under treatment, and tests are due", shown(due, unseen)))
    note = "Decisions by what the rule says of the treatment."
    if counts.orders:
        note += " It is that before the order: one that begins it stands under untreated."
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
    note += said_of_rest(ranked)
    head = ("Test", "Why", "Unit as sent", "Decisions")
    return Table("not-used", "Results that were not used", note, head, rows)


REFUSALS = {
    400: "records refused, as more is written in them than is read",
    422: "orders that do not say when they were written, and are not decided",
    500: "records that the service fails on",
}
"""Records on which nothing is decided, by the status of the answer."""


def _incomplete(counts: Counts, show_small: bool) -> Table:
    counted = dict(sorted(counts.incomplete.items()))
    if counts.without_time:
        counted["entries that do not say when they were recorded"] = counts.without_time
    if counts.unreadable:
        counted["entries that are not strict JSON"] = counts.unreadable
    for status, number in sorted(counts.refused.items()):
        counted[REFUSALS.get(status, f"records that are refused with status {status}")] = number
    note = (
        "Decisions with a list that may lack entries: what rests on its being whole is unknown "
        "there. Entries at fault are counted themselves; one without a time once for each order."
    )
    return Table(
        "incomplete",
        "Lists that were incomplete",
        note,
        ("List", "Decisions or entries"),
        simple_rows(counted, show_small),
    )
