"""The evidence of the hazards ran: after a run of the whole suite, each test that is named as a
control must have passed, and a test that checks each invariant that is named.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "safety" / "hazards.toml"
INVARIANT = "invariant "


def _controls() -> list[str]:
    hazards = tomllib.loads(SOURCE.read_text(encoding="utf-8"))["hazard"]
    return [control for hazard in hazards for control in hazard["controls"]]


def named_tests() -> frozenset[str]:
    """Return the tests that are named as controls, as FILE::NAME or FILE::CLASS::NAME."""
    return frozenset(control for control in _controls() if "::" in control)


def named_invariants() -> frozenset[str]:
    """Return the invariants that are named as controls, as I1."""
    return frozenset(
        control.removeprefix(INVARIANT) for control in _controls() if control.startswith(INVARIANT)
    )


@cache
def files_that_check(invariant: str) -> frozenset[str]:
    """Return the files of tests that speak of an invariant, or import a module that does."""
    word = re.compile(rf"(\b|_){invariant}(\b|_)")
    speaking = {path for path, text in _texts().items() if word.search(text)}
    modules = {path.removesuffix(".py").replace("/", ".") for path in speaking}
    importing = {
        path
        for path, text in _texts().items()
        if modules & set(re.findall(r"^from ([\w.]+) import", text, re.MULTILINE))
    }
    return frozenset(path for path in speaking | importing if "/test_" in path)


@cache
def _texts() -> dict[str, str]:
    return {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in (ROOT / "tests").rglob("*.py")
        if "node_modules" not in path.parts
    }


def short_name(nodeid: str) -> str:
    """Return FILE::NAME or FILE::CLASS::NAME of a test, without its parameters."""
    return nodeid.partition("[")[0]


def not_run(passed: Iterable[str]) -> list[str]:
    """Return the named tests of which not one case passed, and the named invariants of which not
    one test did.
    """
    names = {short_name(nodeid) for nodeid in passed}
    files = {name.partition("::")[0] for name in names}
    unchecked = {one for one in named_invariants() if not files & files_that_check(one)}
    return sorted((named_tests() - names) | {INVARIANT + one for one in unchecked})


def skipped(nodeids: Iterable[str]) -> list[str]:
    """Return the names of skipped tests; of a file that was skipped whole, the file."""
    return [short_name(nodeid) if "::" in nodeid else nodeid for nodeid in nodeids]
