"""The long proof: `python -m tests.prove` runs the full product of the facts that the decision table reads, and counts them."""

from __future__ import annotations

import multiprocessing
import sys
import time

from recommender.treatment import decide
from tests.recommender.every_scenario import FULL, Sweep
from tests.recommender.invariants import violations


def prove(job: tuple[int, int]) -> tuple[str, int, list[str]]:
    """Check one sweep under one of its policies; return its name, how many combinations there were, and the first few unsafe ones."""
    sweep, policy = FULL[job[0]], FULL[job[0]].policies[job[1]]
    count, broken = 0, []
    for assessment in sweep.assessments():
        found = decide(assessment, policy)
        count += 1
        for violation in violations(found, policy):
            broken.append(f"{violation}: {found.rule} {assessment}")
    return sweep.name, count, broken[:5]


def jobs(sweeps: tuple[Sweep, ...]) -> list[tuple[int, int]]:
    """Return one job per sweep and policy."""
    return [(number, policy) for number, sweep in enumerate(sweeps) for policy in range(len(sweep.policies))]


def main() -> int:
    """Run the whole proof on all cores; exit status 1 when a combination is unsafe."""
    started, total, broken = time.perf_counter(), 0, []
    with multiprocessing.Pool() as pool:
        for name, count, unsafe in pool.imap_unordered(prove, jobs(FULL)):
            print(f"{count:9} {name}", flush=True)
            total += count
            broken += unsafe
    for line in broken:
        print(line)
    print(f"{total} combinations, {len(broken)} unsafe, {time.perf_counter() - started:.0f} s")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
