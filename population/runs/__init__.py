"""Runs: every patient of a slice decided by the function that answers a hook request."""

from population.runs.changes import CHANGES
from population.runs.deciding import Decider, DeciderSetup, Mode
from population.runs.running import RunJob, RunRefused, run_decisions
from population.runs.tables import DECISIONS, read_rows

__all__ = [
    "CHANGES",
    "DECISIONS",
    "Decider",
    "DeciderSetup",
    "Mode",
    "RunJob",
    "RunRefused",
    "read_rows",
    "run_decisions",
]
