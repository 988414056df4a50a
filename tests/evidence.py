"""The evidence of the hazards ran: after a run of the whole suite, each test that is named as a
control must have passed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "safety" / "hazards.toml"


def named_tests() -> frozenset[str]:
    """Return the tests that are named as controls, as FILE::NAME."""
    hazards = tomllib.loads(SOURCE.read_text(encoding="utf-8"))["hazard"]
    return frozenset(
        control for hazard in hazards for control in hazard["controls"] if "::" in control
    )


def short_name(nodeid: str) -> str:
    """Return FILE::NAME of a test, without its class and parameters."""
    file, _, rest = nodeid.partition("::")
    return f"{file}::{rest.partition('[')[0].rpartition('::')[2]}"


def not_run(passed: Iterable[str]) -> list[str]:
    """Return the named tests of which not one case passed."""
    return sorted(named_tests() - {short_name(nodeid) for nodeid in passed})


def skipped(nodeids: Iterable[str]) -> list[str]:
    """Return the names of skipped tests; of a file that was skipped whole, the file."""
    return [short_name(nodeid) if "::" in nodeid else nodeid for nodeid in nodeids]
