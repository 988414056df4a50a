"""Which rules and cards stand in no table with their count, so that no small count follows from all
tables together.

Who reads the report may know the rules: a rule that always gives a card is told by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from population.report.counts import Counts
from population.report.small_counts import (
    hidden_across,
    hidden_in_parts,
    hidden_of_whole,
    is_small,
)

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

NOT_ADULT = "G1"
"""The rule of charts of those who are not known to be adults."""

IN_NO_GROUP = ("deceased", "G1", "G2", "N3", "E1", "E2")
"""Rules that call for no treatment of vitamin B12 deficiency, or for nothing that can be said."""


def hidden_names(counts: Counts, show_small: bool) -> tuple[frozenset[str], frozenset[str]]:
    """Return the rules and the cards whose count is not shown, in any table."""
    if show_small:
        return frozenset(), frozenset()
    hidden = _small_rules(counts) | counts.covered, _small_cards(counts)
    return hidden_across(counts.rules, counts.cards, counts.rule_cards, hidden)


def _small_cards(counts: Counts) -> frozenset[str]:
    """Return the cards whose count is not shown; those of each indicator are summed up too."""
    parts: dict[str, Counter[str]] = {}
    for (card, indicator), number in counts.loud_cards.items():
        parts.setdefault(indicator, Counter())[card] += number
    return hidden_in_parts(counts.cards, parts.values(), False)


def _small_rules(counts: Counts) -> frozenset[str]:
    """Return the rules whose count is not shown. Groups of them are summed up too: a small count is
    covered by another of its group, so that the sum can be shown, or by one of those whose sum is
    not shown.
    """
    groups = [{rule: counts.rules[rule] for rule in rules} for rules in GROUPS.values()]
    parts = [one for one in groups if len(one) > 1 and not is_small(sum(one.values()))]
    within = frozenset(rule for one in parts for rule in one)
    parts.append({rule: count for rule, count in counts.rules.items() if rule not in within})
    return hidden_of_whole(parts, False)


class _Shown(Protocol):
    """What is read of a table."""

    @property
    def name(self) -> str: ...

    @property
    def head(self) -> tuple[str, ...]: ...

    @property
    def rows(self) -> tuple[tuple[Any, ...], ...]: ...


Sum = Mapping[Hashable, int]
"""Counts that are summed up, each with its factor."""


def rule_to_cover(counts: Counts, tables: Sequence[_Shown]) -> str:
    """Return a rule whose count must not be shown, as a small count follows from the tables as they
    are; empty where none does, or where all are hidden.
    """
    told = _Span(_known(counts, tables))
    for rules, asked in _small(counts):
        if asked in told:
            hidden, _ = hidden_names(counts, False)
            speaks = any(_gives(counts, rule) for rule in rules)
            return min(
                counts.rules.keys() - hidden,
                key=lambda rule: (_gives(counts, rule) != speaks, counts.rules[rule], rule),
                default="",
            )
    return ""


def _gives(counts: Counts, rule: str) -> bool:
    return any(one == rule for one, _ in counts.rule_cards)


def _small(counts: Counts) -> Iterator[tuple[set[str], Sum]]:
    """Yield each small count as a sum, with the rules it is about."""
    for rule, count in counts.rules.items():
        if is_small(count):
            yield {rule}, {("rule", rule): 1}
    for card, count in counts.cards.items():
        if is_small(count):
            yield {rule for rule, one in counts.rule_cards if one == card}, _of_card(counts, card)
    waiting: Counter[tuple[str, str]] = Counter()
    for (fact, code, _), count in counts.waits_for.items():
        waiting[fact, code] += count
    for (fact, code), count in waiting.items():
        if is_small(count):
            rules = {rule for one, why, rule in counts.waits_for if (one, why) == (fact, code)}
            yield rules, _of_fact(counts, fact, code)


def _known(counts: Counts, tables: Sequence[_Shown]) -> Iterator[Sum]:
    """Yield every sum whose value stands in a table or at the head of the page."""
    yield {("rule", rule): 1 for rule in counts.rules}
    yield _add(_of_card(counts, card) for card in counts.cards)
    yield {("rule", rule): 1 for rule in counts.rules if not _gives(counts, rule)}
    if counts.decisions == counts.patients and not is_small(counts.patients - counts.adults):
        yield {("rule", NOT_ADULT): 1}  # whoever is not among the adults that the head tells
    loud = {indicator: _cards_of(counts, indicator) for _, indicator in counts.loud_cards}
    what = {
        ("rules", "Decisions"): lambda row: {("rule", row[0]): 1},
        ("rules", "Cards"): lambda row: _add(
            {_given(counts, rule, card): 1} for rule, card in counts.rule_cards if rule == row[0]
        ),
        ("cards", "Cards"): lambda row: _of_card(counts, row[0]),
        ("groups", "Decisions"): lambda row: {
            ("rule", rule): 1 for rule in GROUPS.get(row[0], ()) if rule in counts.rules
        },
        ("indicators", "Cards"): lambda row: _add(
            _of_card(counts, card) for card in loud.get(row[0], ())
        ),
        ("help", "Decisions"): lambda row: _of_fact(counts, row[2], row[3]),
    }
    for table in tables:
        for place, title in enumerate(table.head):
            if (table.name, title) in what:
                numbers = (row for row in table.rows if isinstance(row[place], int))
                yield from map(what[table.name, title], numbers)
    yield from _whole_facts(counts)


def _cards_of(counts: Counts, indicator: str) -> tuple[str, ...]:
    """Return the cards of an indicator; none where one of them came with another one too."""
    cards = [card for card, loud in counts.loud_cards if loud == indicator]
    apart = all(counts.loud_cards[card, indicator] == counts.cards[card] for card in cards)
    return tuple(cards) if apart else ()


def _whole_facts(counts: Counts) -> Iterator[Sum]:
    """Yield that a rule which always waits for a fact is the sum over the reasons of it."""
    by_fact: Counter[tuple[str, str]] = Counter()
    for (fact, _, rule), count in counts.waits_for.items():
        by_fact[fact, rule] += count
    for (fact, rule), count in by_fact.items():
        if count == counts.rules[rule]:
            parts = [
                {_waits(counts, *one): 1}
                for one in counts.waits_for
                if (one[0], one[2]) == (fact, rule)
            ]
            yield _add([*parts, {("rule", rule): -1}])


def _given(counts: Counts, rule: str, card: str) -> Hashable:
    """Return what stands for how often a rule gave a card: the rule itself where it always does."""
    always = counts.rule_cards[rule, card] == counts.rules[rule]
    return ("rule", rule) if always else ("given", rule, card)


def _waits(counts: Counts, fact: str, code: str, rule: str) -> Hashable:
    always = counts.waits_for[fact, code, rule] == counts.rules[rule]
    return ("rule", rule) if always else ("waits", fact, code, rule)


def _of_card(counts: Counts, card: str) -> Sum:
    givers = [rule for rule, one in counts.rule_cards if one == card]
    return _add({_given(counts, rule, card): 1} for rule in givers)


def _of_fact(counts: Counts, fact: str, code: str) -> Sum:
    waiting = [one for one in counts.waits_for if one[:2] == (fact, code)]
    return _add({_waits(counts, *one): 1} for one in waiting)


def _add(sums: Iterable[Sum]) -> Sum:
    together: Counter[Hashable] = Counter()
    for one in sums:
        for name, factor in one.items():
            together[name] += factor
    return together


PRIME = (1 << 61) - 1
"""Sums are compared modulo it, in whole numbers."""


class _Span:
    """What can be worked out from known sums by adding, subtracting and multiplying them."""

    def __init__(self, known: Iterable[Sum]) -> None:
        self._rows: dict[Hashable, dict[Hashable, int]] = {}
        for one in known:
            rest = self._reduce(one)
            if rest:
                first = next(iter(rest))
                factor = pow(rest[first], -1, PRIME)
                self._rows[first] = {name: n * factor % PRIME for name, n in rest.items()}

    def __contains__(self, asked: Sum) -> bool:
        return not self._reduce(asked)

    def _reduce(self, one: Sum) -> dict[Hashable, int]:
        rest = {name: n % PRIME for name, n in one.items() if n % PRIME}
        while name := next((name for name in rest if name in self._rows), None):
            factor = rest[name]
            for other, n in self._rows[name].items():
                left = (rest.get(other, 0) - factor * n) % PRIME
                rest[other] = left
                if not left:
                    del rest[other]
        return rest
