"""Which counts are not shown: those from 1 to 4, and larger ones from which a small one could be
worked out, by a sum or a difference, in the same table or between two of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

SMALLEST_SHOWN = 5
"""Counts from 1 up to this are not shown unless asked for."""

SMALL = "<5"
"""Stands for a count from 1 to 4; rates that rest on it are left out."""

HIDDEN = "hidden"
"""Stands for a larger count that is not shown, as a small one could be worked out from it."""

Key = TypeVar("Key")


def is_small(count: int) -> bool:
    """Return whether a count is one that is not shown."""
    return 0 < count < SMALLEST_SHOWN


def hidden_rows(counts: Mapping[Key, int], show_small: bool) -> frozenset[Key]:
    """Return the rows of a table whose count is not shown: those from 1 to 4, and the next smallest
    until what is hidden leaves each of them open, as their sum can be worked out.
    """
    if show_small:
        return frozenset()
    small = {row for row, count in counts.items() if is_small(count)}
    others = sorted(
        (row for row, count in counts.items() if count and row not in small),
        key=lambda row: counts[row],
    )
    while small and others and not _leaves_open(counts, small):
        small.add(others.pop(0))
    return frozenset(small)


def hidden_in_parts(
    counts: Mapping[Key, int], parts: Iterable[Mapping[Key, int]], show_small: bool
) -> frozenset[Key]:
    """Return the rows that are not shown where sums of parts of the table stand in another one.

    Args:
        parts: the counts of each part that is summed up elsewhere.
    """
    hidden = hidden_rows(counts, show_small)
    return hidden.union(*(hidden_rows(part, show_small) for part in parts))


def hidden_of_whole(parts: Sequence[Mapping[Key, int]], show_small: bool) -> frozenset[Key]:
    """Return the rows that are not shown of a table that is made up of these parts, where the sum
    of each part and of the whole may stand in another one. A part that cannot cover a small count
    by itself has it covered by the smallest of the whole.
    """
    hidden = [hidden_rows(part, show_small) for part in parts]
    together = frozenset[Key]().union(*hidden)
    for part, rows in zip(parts, hidden, strict=True):
        if rows and not _leaves_open(part, rows):
            whole = {row: count for one in parts for row, count in one.items()}
            return together | hidden_rows(whole, show_small)
    return together


def hidden_sums(
    groups: Mapping[str, Mapping[Key, int]], hidden: frozenset[Key], show_small: bool
) -> frozenset[str]:
    """Return the groups whose sum is not shown: it is small, or what is hidden in it could be
    worked out from it.
    """
    if show_small:
        return frozenset()

    def tells(rows: Mapping[Key, int]) -> bool:
        unseen = {row for row, count in rows.items() if count and row in hidden}
        told = bool(unseen) and not _leaves_open(rows, unseen)
        return is_small(sum(rows.values())) or told

    return frozenset(name for name, rows in groups.items() if tells(rows))


def hidden_across(
    rules: Mapping[str, int],
    cards: Mapping[str, int],
    given: Mapping[tuple[str, str], int],
    hidden: tuple[frozenset[str], frozenset[str]],
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the rules and the cards that are not shown where each could be worked out from the
    other by one who knows the rules: a card that comes of rules which always give it is their sum.

    Args:
        given: how often each rule gave each card.
        hidden: the rules and the cards that are not shown by themselves.
    """
    unseen, untold = set(hidden[0]), set(hidden[1])
    givers = {card: [rule for rule, one in given if one == card] for card in cards}
    sums = {
        card: by
        for card, by in givers.items()
        if by and all(given[rule, card] == rules[rule] for rule in by)
    }
    before = -1
    while before != len(unseen) + len(untold):
        before = len(unseen) + len(untold)
        for card, by in sums.items():
            if unseen.intersection(by):
                untold.add(card)
            elif card in untold:
                unseen.add(min(by, key=lambda rule: (rules[rule], rule)))
    return frozenset(unseen), frozenset(untold)


def hidden_beside(counts: Mapping[Key, int], hidden: Iterable[Key]) -> frozenset[Key]:
    """Return the rows that are not shown beside those that must not be: the next smallest until
    what is hidden leaves each of them open.
    """
    unseen = {row for row in hidden if counts.get(row)}
    others = sorted((row for row, count in counts.items() if count), key=lambda row: counts[row])
    for row in others:
        if not unseen or _leaves_open(counts, unseen):
            break
        unseen.add(row)
    return frozenset(unseen)


def most_told_apart(patients: Mapping[int, int], most: int) -> int:
    """Return up to how many cards the patients are told apart by them; those with as many or more
    are counted together.

    With the number of cards and of patients, which stand elsewhere, one unknown row follows from
    the others, so no row may be small, and the cards beyond may not be a single one.
    """

    def tells(top: int) -> bool:
        rows: Counter[int] = Counter()
        for cards, count in patients.items():
            rows[min(cards, top)] += count
        beyond = sum((cards - top) * count for cards, count in patients.items() if cards > top)
        return beyond == 1 or any(map(is_small, rows.values()))

    while most > 1 and tells(most):
        most -= 1
    return 0 if tells(most) else most


def _leaves_open(counts: Mapping[Key, int], rows: Collection[Key]) -> bool:
    """Return whether no count of these rows follows from their sum: there are two at least, they
    come to 5 or more, and what stands for them, 1 to 4 or 5 and more, leaves more than one way to
    reach it. Two from 1 to 4 that come to 8 are 4 each.
    """
    small = sum(is_small(counts[row]) for row in rows)
    large = sum(counts[row] >= SMALLEST_SHOWN for row in rows)
    least, most = small + SMALLEST_SHOWN * large, (SMALLEST_SHOWN - 1) * small
    whole = _sum(counts, rows)
    if small + large < 2 or whole < SMALLEST_SHOWN:
        return False
    return least < whole and (large > 0 or whole < most)


def _sum(counts: Mapping[Key, int], rows: Iterable[Key]) -> int:
    return sum(counts[row] for row in rows)


def simple_rows(counted: Mapping[str, int], show_small: bool) -> tuple[tuple[Any, ...], ...]:
    """Return the rows of a table of names and counts."""
    hidden = hidden_rows(counted, show_small)
    return tuple((name, shown(count, name in hidden)) for name, count in counted.items())


def shown(count: int, is_hidden: bool) -> int | str:
    """Return a count, or what stands for it."""
    return instead(count) if is_hidden else count


def instead(count: int) -> str:
    """Return what stands for a count that is not shown."""
    return SMALL if count < SMALLEST_SHOWN else HIDDEN


def total(count: int, show_small: bool) -> str:
    """Return how many there are of a whole, as text: patients, orders, prescribers."""
    return SMALL if is_small(count) and not show_small else f"{count:,}"


def about(count: int, show_small: bool) -> str:
    """Return how many there are of a whole beside a part in per cent, as text: in tens, so that no
    small rest follows from both.
    """
    if show_small or not count:
        return f"{count:,}"
    return SMALL if is_small(count) else f"about {max(10, round(count, -1)):,}"


def part_told(count: int, whole: int, figure: str, show_small: bool) -> str:
    """Return a figure from which a part of a whole can be worked out; words where few are in the
    part, or few are not.
    """
    if show_small or not whole:
        return figure
    if is_small(whole - count):
        return "nearly all"
    return SMALL if is_small(count) else figure
