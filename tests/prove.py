"""The long proofs, `./run prove`: the full product of the facts that the decision table reads, and
the product of people and courses of order review. Their result is written to docs/results.
"""

from __future__ import annotations

import argparse
import datetime as dt
import multiprocessing
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from recommender.guidance import KNOWLEDGE_VERSION
from recommender.treatment.table import decide
from tests.recommender.every_scenario import FULL, Sweep
from tests.recommender.invariants import violations
from tests.recommender.prove_review import prove as prove_pairs
from tests.recommender.review_space import POLICIES as REVIEW_POLICIES
from tests.recommender.review_space import courses, people, people_with_extras

RESULTS = Path(__file__).parents[1] / "docs" / "results"


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


def prove_table() -> tuple[list[str], int]:
    """Check the whole product of the decision table on all cores; return what to say of it and how
    many combinations are unsafe.
    """
    started, unsafe = time.perf_counter(), 0
    counts: dict[str, int] = {}
    with multiprocessing.Pool() as pool:
        for name, count, broken in pool.imap_unordered(prove, parts(FULL)):
            counts[name] = counts.get(name, 0) + count
            unsafe += len(broken)
            print(f"{sum(counts.values()):9} combinations, {unsafe} unsafe", flush=True)
            for line in broken:
                print(line)
    seconds = time.perf_counter() - started
    rows = [f"| {name} | {count:,} |" for name, count in counts.items()]
    total = f"| **all, in {seconds:.0f} s** | **{sum(counts.values()):,}, {unsafe} unsafe** |"
    return ["| decision table | combinations |", "|---|---|", *rows, total, ""], unsafe


def prove_review(policy: str, stride: int) -> tuple[str, Counter[str], str]:
    """Review every stride-th pair of person and course under one policy; return its name, the
    counts, and the first violation or nothing.
    """
    persons = [*people(), *people_with_extras()]
    try:
        counts = prove_pairs(REVIEW_POLICIES[policy], persons, courses(), stride)
    except AssertionError as error:
        return policy, Counter(), str(error)
    return policy, counts, ""


def prove_reviews(stride: int) -> tuple[list[str], int]:
    """Check the product of order review, every stride-th pair of it, on all cores."""
    rows, broken = ["| order review | reviews | cards | suggestions |", "|---|---|---|---|"], 0
    with multiprocessing.Pool() as pool:
        done = pool.starmap(prove_review, [(name, stride) for name in REVIEW_POLICIES])
    for name, counts, violation in done:
        numbers = (counts["reviews"], counts["cards"], counts["suggestions"])
        rows.append(f"| {name} | " + " | ".join(f"{number:,}" for number in numbers) + " |")
        if violation:
            broken += 1
            print(f"{name}: {violation}")
            rows.append(f"| {name} | violated, see the output of the run | | |")
    return [*rows, f"| one pair in {stride} | | | |", ""], broken


def main() -> int:
    """Run the proofs, write their dated result, and return 1 when something is unsafe."""
    parser = argparse.ArgumentParser(prog="./run prove", description=__doc__)
    parser.add_argument(
        "--stride", type=int, default=1, help="every n-th pair of order review (default: all)"
    )
    stride = parser.parse_args().stride
    table, unsafe = prove_table()
    reviews, violated = prove_reviews(stride)
    today = dt.datetime.now(dt.UTC).date()
    RESULTS.mkdir(exist_ok=True)
    heading = f"# Proofs of {today}, knowledge {KNOWLEDGE_VERSION}"
    text = "\n".join([heading, "", *table, *reviews])
    (RESULTS / f"proof-{today}.md").write_text(text, encoding="utf-8")
    print(text)
    return 1 if unsafe or violated else 0


if __name__ == "__main__":
    sys.exit(main())
