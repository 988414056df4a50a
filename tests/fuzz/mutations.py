"""Changes of JSON that fuzzers make: what is there is exchanged, left out, doubled, wrapped; long
runs of digits, many of one thing under ids of their own, and the same many times, besides.
"""

from __future__ import annotations

from random import Random
from typing import Any

DIGIT_RUNS = (
    "1" * 5000,
    "0" * 300 + "5",
    "9" * 40 + " mg " + "9" * 40 + " mcg",
    "1 mg/" * 400,
    "1/2/3/4/5/6/7/8/9 " * 60,
    "12.5.12.5.12 " * 80,
    "1 000 000 000 000 " * 50,
    "1-2-3 " * 300,
)


def renamed(value: Any, number: int) -> Any:
    """Return an entry, a resource or a reference under an id of its own, so that many are many."""
    if isinstance(value, str):
        return f"{value}-{number}"
    if isinstance(value, dict) and isinstance(value.get("resource"), dict):
        return {**value, "resource": renamed(value["resource"], number)}
    if isinstance(value, dict) and "resourceType" in value:
        return {**value, "id": f"{value.get('id')}-{number}"}
    return value


def change(value: Any, random: Random, words: list[str]) -> Any:
    """Return the value with one change somewhere in it."""
    if isinstance(value, dict) and value and random.random() < 0.9:
        name = random.choice(list(value))
        kept = {other: item for other, item in value.items() if other != name}
        match random.randrange(12):
            case 0:
                return kept
            case 1:
                return {**kept, random.choice(words): value[name]}
            case _:
                return {**value, name: change(value[name], random, words)}
    if isinstance(value, list) and value and random.random() < 0.9:
        at = random.randrange(len(value))
        match random.randrange(10):
            case 0:
                return value[:at] + value[at + 1 :]
            case 1:
                return [*value, value[at]]
            case 2:
                return value * random.choice((2, 50, 201))
            case 3:
                return [renamed(value[at], number) for number in range(random.choice((3, 60, 199)))]
            case _:
                return [*value[:at], change(value[at], random, words), *value[at + 1 :]]
    others = (
        value,
        random.choice(DIGIT_RUNS),
        random.choice(words),
        random.choice(NUMBERS),
        None,
        True,
        [value],
        {random.choice(words): value},
        "",
        [],
        {},
    )
    return random.choice(
        (*others, f"{value} {random.choice(words)}"[:200]) if isinstance(value, str) else others
    )


NUMBERS = (
    0,
    1,
    -1,
    2,
    7,
    59,
    1000,
    0.1,
    1e-9,
    1e300,
    2**63 - 1,
    100000000000000000,
    -0.0,
    "1,000",
    "< 150",
    "0x1",
    "1e5",
    "2026-02-30",
)


def words_of(value: Any) -> set[str]:
    """Return the names and texts of a seed: they let the search put together what is read."""
    if isinstance(value, dict):
        return {*value, *(word for item in value.values() for word in words_of(item))}
    if isinstance(value, list):
        return {word for item in value for word in words_of(item)}
    return (
        {value}
        if isinstance(value, str)
        and value.isascii()
        and value.isprintable()
        and '"' not in value
        and "\\" not in value
        else set()
    )
