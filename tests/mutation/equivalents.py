"""Faults that change nothing: the program behaves the same with them, so no test can notice, and why that is so."""

from __future__ import annotations

from tests.mutation.mutants import Mutant

EQUIVALENT: dict[tuple[str, str, str], str] = {}
"""By module, change and line of code; the reason in one line."""


def reason_of(mutant: Mutant) -> str:
    """Return why the fault changes nothing, or an empty string."""
    return EQUIVALENT.get((mutant.path.name, mutant.change, mutant.code), "")
