"""The long proof: `python -m tests.prove` runs the full product of the facts that the decision
table reads, and counts them.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from dataclasses import replace

from recommender.treatment.table import decide
from tests.recommender.every_scenario import FULL, Sweep
from tests.recommender.invariants import violations


def prove(sweep: Sweep) -> tuple[str, int, list[str]]:
    """Check one sweep; return its name, how many combinations there were, and the first few unsafe
    ones.
    """
    count, broken = 0, []
    for assessment in sweep.assessments():
        for policy in sweep.policies:
            found = decide(assessment, policy)
            count += 1
            broken += [
                f"{violation}: {found.rule} {assessment}" for violation in violations(found, policy)
            ]
    return sweep.name, count, broken[:5]


def parts(sweeps: tuple[Sweep, ...]) -> list[Sweep]:
    """Return the sweeps cut up by policy and by the values of their first dimension."""
    return [
        replace(sweep, dimensions=((facts,), *sweep.dimensions[1:]), policies=(policy,))
        for sweep in sweeps
        for policy in sweep.policies
        for facts in sweep.dimensions[0]
    ]


def main() -> int:
    """Run the whole proof on all cores; exit status 1 when a combination is unsafe."""
    started, unsafe = time.perf_counter(), 0
    counts: dict[str, int] = {}
    with multiprocessing.Pool() as pool:
        for name, count, broken in pool.imap_unordered(prove, parts(FULL)):
            counts[name] = counts.get(name, 0) + count
            unsafe += len(broken)
            print(f"{sum(counts.values()):9} combinations, {unsafe} unsafe", flush=True)
            for line in broken:
                print(line)
    for name, count in counts.items():
        print(f"{count:9} {name}")
    print(f"{sum(counts.values()):9} in {time.perf_counter() - started:.0f} s, {unsafe} unsafe")
    return 1 if unsafe else 0


if __name__ == "__main__":
    sys.exit(main())
