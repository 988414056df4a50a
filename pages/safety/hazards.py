"""The hazards of safety/hazards.toml, and whether the evidence that they name exists."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

Json = dict[str, Any]

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "safety" / "hazards.toml"
GENERATED = ROOT / "docs" / "generated"

FEWEST = 2
"""Controls that a machine checks, without which a hazard says why not."""

_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


@cache
def read_hazards() -> tuple[Json, ...]:
    """Return the hazards in their order."""
    document = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    return tuple(document["hazard"])


def is_checked_by_machine(control: str) -> bool:
    """Return whether a control is a test or an invariant, which runs with the test suite."""
    return "::" in control or control.startswith("invariant ")


def why_missing(control: str) -> str:
    """Return why the evidence that a control names is not there; empty when it is.

    A control is `tests/FILE::NAME`, `tests/FILE::CLASS::NAME`, `invariant I1`, `card b1`,
    `rule N1`, `setting NAME`, `page FILE`, `page /PATH`, or `FILE (WORD)`.
    """
    if "::" in control:
        file, _, name = control.partition("::")
        return "" if name in _tests_in(file) else "no such test"
    kind, _, name = control.partition(" ")
    looked_up: dict[str, Callable[[], object]] = {
        "invariant": lambda: re.search(rf"(\b|_){name}(\b|_)", _text("tests")),
        "card": lambda: f'"{name}"' in _text("recommender"),
        "rule": lambda: f'"{name}"' in _text("recommender"),
        "setting": lambda: f'"{name}"' in _text("recommender") or name in _text("cds_service"),
        "page": lambda: (
            name in _text("cds_service") if name.startswith("/") else (ROOT / name).exists()
        ),
    }
    if kind not in looked_up:
        return "" if _holds(control) else "neither a control of a known kind nor a file"
    return "" if looked_up[kind]() else f"no such {kind}"


@cache
def _tests_in(file: str) -> frozenset[str]:
    """Return the tests of a file as NAME, and of its classes as CLASS::NAME."""
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    names = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            names |= {f"{node.name}::{one.name}" for one in node.body if isinstance(one, _FUNCTION)}
        elif isinstance(node, _FUNCTION):
            names.add(node.name)
    return frozenset(name for name in names if name.rpartition("::")[2].startswith("test"))


def _holds(named: str) -> bool:
    file, _, word = named.partition(" ")
    path = ROOT / file
    return path.is_file() and word.strip("()") in path.read_text(encoding="utf-8")


@cache
def _text(folder: str) -> str:
    return "".join(
        path.read_text(encoding="utf-8") for path in sorted((ROOT / folder).rglob("*.py"))
    )


def open_hazards() -> tuple[Json, ...]:
    """Return the hazards with fewer controls that a machine checks than there must be."""
    return tuple(hazard for hazard in read_hazards() if "why_none" in hazard)


def with_gaps() -> tuple[Json, ...]:
    """Return the hazards of which something is known to be open in the product of today."""
    return tuple(hazard for hazard in read_hazards() if hazard["gap"])


def risk_now(hazard: Json) -> int:
    """Return the suggested risk with the controls there are."""
    risk: int = hazard["suggested"]["risk"][1]
    return risk


def assumption_rows() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Return each assumption on the EHR: its number, what is assumed, and the hazards that its
    untruth opens.
    """
    document = tomllib.loads((ROOT / "safety" / "assumptions.toml").read_text(encoding="utf-8"))
    return tuple(
        (row["id"], row["assumed"], tuple(row["hazards"])) for row in document["assumption"]
    )


def cell(text: str) -> str:
    """Return a text for the cell of a table."""
    return text.replace("|", "/").replace("\n", " ")
