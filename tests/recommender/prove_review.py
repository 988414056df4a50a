"""Runs order review over people x courses and counts; `python -m tests.recommender.prove_review`
takes the whole product.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence

from recommender.guidance.policy import Policy
from recommender.language.course import Course
from recommender.treatment.table import recommend
from tests.recommender.review_invariants import review_violations
from tests.recommender.review_space import (
    POLICIES,
    Named,
    courses,
    people,
    people_at_turns,
    people_with_extras,
    with_record,
)


def prove(
    policy: Policy,
    persons: Iterable[Named],
    named_courses: Sequence[tuple[str, Course]],
    stride: int = 1,
) -> Counter[str]:
    """Review every stride-th pair of person and course; return how many reviews, cards and
    suggestions there were.

    Raises: AssertionError with the person and the course at the first review that breaks an
    invariant.
    """
    counts: Counter[str] = Counter()
    for place, (who, scenario) in enumerate(persons):
        numbers = range(-place * len(named_courses) % stride, len(named_courses), stride)
        if not numbers:
            continue
        recommendation = recommend(scenario, policy)
        for number in numbers:
            name, course = named_courses[number]
            findings, problems = review_violations(
                with_record(course, scenario), scenario, recommendation, policy
            )
            assert not problems, f"{who} | {name} | {recommendation.rule}\n" + "\n".join(problems)
            counts["reviews"] += 1
            counts["silent"] += not findings
            counts["cards"] += len(findings)
            counts["suggestions"] += sum(len(finding.resolutions) for finding in findings)
    return counts


def main() -> int:
    """Prove the whole product under every policy, or every n-th pair of it: `prove_review
    [stride]`.
    """
    stride = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    total: Counter[str] = Counter()
    for name, policy in POLICIES.items():
        begun = time.perf_counter()
        counts = prove(
            policy, [*people(), *people_with_extras(), *people_at_turns()], courses(), stride
        )
        total += counts
        print(f"{name}: {dict(counts)} in {time.perf_counter() - begun:.0f} s", flush=True)
    print(f"in all: {dict(total)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
