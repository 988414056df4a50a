"""Many patterns are looked for in one text: only those are tried whose first signs stand at the
beginning of some word of it.

A list of some hundred wordings in ten languages is so searched at the cost of a few look-ups.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

LENGTH = 3
"""Signs of a beginning."""

_BEGINNING = re.compile(r"(?<![a-z0-9])(?=([a-z0-9].{0,2}))")


@functools.cache
def as_word(pattern: str) -> re.Pattern[str]:
    """Compile a pattern that must not continue a word; a number may follow ("b12 1000")."""
    return re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z])")


def whole_word(pattern: str) -> re.Pattern[str]:
    """Compile a pattern of whole words: no letter or number before or behind."""
    return re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])")


@functools.lru_cache(maxsize=4096)
def _beginnings_in(normal: str) -> frozenset[str]:
    """Return how the words of a normalised text begin, by one, two and three signs."""
    found = _BEGINNING.findall(normal)
    return frozenset({begins[:length] for begins in found for length in (1, 2, LENGTH)})


class BeginningsOf(NamedTuple):
    """The numbers of the patterns of a list by how what they match begins; `always` are those that
    may begin with anything.
    """

    numbers: Mapping[str, tuple[int, ...]]
    always: tuple[int, ...]

    def candidates(self, normal: str) -> tuple[int, ...]:
        """Return the numbers, in order, of the patterns that may match at the beginning of a word
        of a normalised text; no other pattern of the list can.
        """
        begun = self.numbers.keys() & _beginnings_in(normal)
        if not begun:
            return self.always
        found = set(self.always)
        for begins in begun:
            found.update(self.numbers[begins])
        return tuple(sorted(found))


def index_beginnings(patterns: Iterable[str]) -> BeginningsOf:
    """Return the index of a list of patterns, numbered from 0."""
    numbers: dict[str, list[int]] = {}
    for number, pattern in enumerate(patterns):
        for begins in beginnings_of(pattern):
            numbers.setdefault(begins, []).append(number)
    always = tuple(numbers.pop("", ()))
    return BeginningsOf({begins: tuple(listed) for begins, listed in numbers.items()}, always)


def forget_searched_texts() -> None:
    """Forget what was remembered of texts."""
    _beginnings_in.cache_clear()


# --- how what a pattern matches may begin

_Begun = set[tuple[str, bool]]
"""Beginnings, each with whether what follows in the pattern may go on with it."""

_NOTHING: _Begun = {("", True)}
_ANYTHING: _Begun = {("", False)}
_WIDTHLESS = ("(?!", "(?=", "(?<!", "(?<=")
_BRACKETS = re.compile(r"\\.|\[.[^\]]*\]|[()|]", re.DOTALL)
"""What may open or end something, and escaped signs and classes, in which nothing does."""

_MOST_SIGNS = 12
"""Signs of a class that are told apart; a larger one begins with anything."""


def beginnings_of(pattern: str) -> frozenset[str]:
    """Return strings of at most three letters and digits, one of which begins whatever a pattern
    matches; an empty one where it may begin with anything.
    """
    begun, at = _read_branches(pattern, 0)
    if at != len(pattern):
        raise ValueError(f"a bracket too many in {pattern!r}")
    found = {begins.lstrip(" ") for begins, _ in begun}
    known = all(begins and begins[0].isalnum() for begins in found)
    return frozenset(found) if known else frozenset({""})


def _read_branches(pattern: str, at: int) -> tuple[_Begun, int]:
    """Return how the branches from a place on begin, and where they end."""
    begun: _Begun = set()
    while True:
        branch, at = _read_branch(pattern, at)
        begun |= branch
        if not pattern.startswith("|", at):
            return begun, at
        at += 1


def _read_branch(pattern: str, at: int) -> tuple[_Begun, int]:
    begun = _NOTHING
    while at < len(pattern) and pattern[at] not in "|)":
        if not any(open_ and len(begins) < LENGTH for begins, open_ in begun):
            return begun, _end_of_branch(pattern, at)
        piece, at = _read_piece(pattern, at)
        piece, at = _read_repeats(pattern, at, piece)
        begun = _join(begun, piece)
    return begun, at


def _end_of_branch(pattern: str, at: int) -> int:
    """Return where the branch ends that goes on at a place, without reading what it says."""
    depth = 0
    for found in _BRACKETS.finditer(pattern, at):
        match found.group():
            case "(":
                depth += 1
            case ")" | "|" if not depth:
                return found.start()
            case ")":
                depth -= 1
    return len(pattern)


def _join(begun: _Begun, piece: _Begun) -> _Begun:
    joined: _Begun = set()
    for begins, open_ in begun:
        if not open_ or len(begins) >= LENGTH:
            joined.add((begins, open_))
        else:
            joined |= {((begins + more)[:LENGTH], goes_on) for more, goes_on in piece}
    return joined


def _read_piece(pattern: str, at: int) -> tuple[_Begun, int]:
    """Return how one piece begins: a group, a class, a sign."""
    sign = pattern[at]
    if sign == "(":
        return _read_group(pattern, at)
    if sign == "[":
        end = pattern.index("]", at + 2)
        return _signs_of(pattern[at + 1 : end]), end + 1
    if sign == "\\":
        letter = pattern[at + 1]
        if letter == "b":
            return _NOTHING, at + 2
        return (_ANYTHING if letter.isalnum() else {(letter, True)}), at + 2
    if sign in "^$":
        return _NOTHING, at + 1
    return (_ANYTHING if sign == "." else {(sign, True)}), at + 1


def _read_group(pattern: str, at: int) -> tuple[_Begun, int]:
    widthless = pattern.startswith(_WIDTHLESS, at)
    inside = at + (4 if pattern.startswith("(?<", at) else 3 if pattern[at + 1] == "?" else 1)
    begun, end = _read_branches(pattern, inside)
    return (_NOTHING if widthless else begun), end + 1


def _signs_of(inside: str) -> _Begun:
    plain = not (inside.startswith("^") or "-" in inside or "\\" in inside)
    if not plain or len(inside) > _MOST_SIGNS:
        return _ANYTHING
    return {(sign, True) for sign in inside}


def _read_repeats(pattern: str, at: int, piece: _Begun) -> tuple[_Begun, int]:
    """Return a piece that may be missing or come again, as what follows it says."""
    if at >= len(pattern) or pattern[at] not in "?*+{":
        return piece, at
    end = pattern.index("}", at) + 1 if pattern[at] == "{" else at + 1
    repeats = pattern[at:end]
    if repeats != "?":  # how often is not told apart: nothing is known behind it
        piece = {(begins, False) for begins, _ in piece}
    if repeats in ("?", "*") or repeats.startswith(("{0", "{,")):
        piece = piece | _NOTHING
    return piece, end + pattern.startswith(("?", "+"), end)
