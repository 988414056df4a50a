"""Runs: every patient of a slice decided by the function that answers a hook request."""

from population.runs.changes import CHANGES
from population.runs.deciding import Decider, DeciderSetup, Mode, RunRefused
from population.runs.running import RunJob, count_decided, read_slice, run_decisions
from population.runs.tables import read_rows
from population.runs.versions import (
    CannotAsk,
    changes_between,
    compares_offers,
    is_program,
    run_beside,
)

__all__ = [
    "CHANGES",
    "CannotAsk",
    "Decider",
    "DeciderSetup",
    "Mode",
    "RunJob",
    "RunRefused",
    "changes_between",
    "compares_offers",
    "count_decided",
    "is_program",
    "read_rows",
    "read_slice",
    "run_beside",
    "run_decisions",
]
