"""Faults that change nothing: the program behaves the same with them, so no test can notice.
`equivalents.txt` names each, and says why.

A fault is named as the report prints it after the line; the reason stands below it, indented.
"""

from __future__ import annotations

from pathlib import Path

from tests.mutation.mutants import Mutant


def _read() -> dict[str, str]:
    lines = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    return {name: reason.strip() for name, reason in zip(lines[::2], lines[1::2], strict=True)}


EQUIVALENT = _read()


def reason_of(mutant: Mutant) -> str:
    """Return why the fault changes nothing, or an empty string."""
    return EQUIVALENT.get(mutant.id, "")
