"""A run by another installed version, and what two runs over one slice decide otherwise."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from population.runs.changes import ANSWER, NOTHING, change_of
from population.runs.tables import read_rows
from population.slices import list_parts

Json = dict[str, Any]

SETTINGS_FILE = ".toml"
ASK_SECONDS = 60
EVENT = ("patient", "hook", "event", "order", "time")


class CannotAsk(Exception):
    """A program that cannot be run, or did not do what it was asked, in one sentence."""


def is_program(name: str) -> bool:
    """Return whether this names the b12-cds of another version, not a site file."""
    return bool(name) and not name.endswith(SETTINGS_FILE)


def version_of(program: str) -> str:
    """Return what the program says of its version.

    Raises: CannotAsk.
    """
    said = _ask([program, "--version"], ASK_SECONDS).decode("utf-8", "replace").strip()
    if not said.startswith(OURS):
        raise CannotAsk(f"{program}: is no b12-cds by its --version, expected one")
    return said


OURS = "b12-cds "
"""How what a program says of its version begins."""


def run_beside(program: str, options: Mapping[str, object]) -> None:
    """Let the program of another version run over a slice: its `population run` with these options,
    those without a value left out.

    Raises: CannotAsk.
    """
    given = [part for name, value in options.items() if value for part in (f"--{name}", str(value))]
    _ask([program, "population", "run", *given], None)


def _ask(command: list[str], seconds: float | None) -> bytes:
    try:
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        raise CannotAsk(f"{command[0]}: cannot be run, expected a site file or a b12-cds") from None
    if done.returncode:
        asked = " ".join(command[1:3])
        raise CannotAsk(f"{command[0]}: {asked} ended with exit status {done.returncode}")
    return done.stdout


def changes_between(
    before: Path, after: Path, looks_at: Mapping[str, tuple[str, ...]]
) -> Iterator[Json]:
    """Yield each event that two runs over one slice answer otherwise, part by part.

    Args:
        before: the folder of one run, as after is of the other; their parts hold the same patients.
        looks_at: the facts that the rules look at.
    """
    for part in list_parts(before / "decisions"):
        theirs = {_event(row): row for row in read_rows([after / "decisions" / part.name])}
        for row in read_rows([part]):
            other = theirs.pop(_event(row), {**row, **NOTHING})
            if _differ(row, other):
                yield change_of(row, other, list(_facts(row, other, looks_at)))
        for other in theirs.values():
            yield change_of({**other, **NOTHING}, other, list(_facts(NOTHING, other, looks_at)))


def _event(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in EVENT)


def _differ(row: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two answers differ in what both versions write down."""
    return any(row[name] != other[name] for name in ANSWER if name in row and name in other)


def compares_offers(before: Path, after: Path) -> bool:
    """Return whether both of two runs tell what is offered; versions before did not."""
    firsts = [list_parts(folder / "decisions")[:1] for folder in (before, after)]
    return all("offers" in pq.read_schema(part).names for parts in firsts for part in parts)


def _facts(
    row: Mapping[str, Any], other: Mapping[str, Any], looks_at: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    """Yield the facts that only one of the two knows, or knows not for another reason; without any,
    those that the two rules look at.
    """
    unknown, theirs = (
        {one["fact"]: one["code"] for one in side["unknown"]} for side in (row, other)
    )
    differing = [fact for fact in {**unknown, **theirs} if unknown.get(fact) != theirs.get(fact)]
    rules = (row["rule"], other["rule"])
    yield from differing or dict.fromkeys(fact for rule in rules for fact in looks_at.get(rule, ()))
