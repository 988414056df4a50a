"""The rows that are compared, and the table of them: processor time beside that of the bare
endpoint in the same round.
"""

from __future__ import annotations

import statistics
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import jwt

from benchmarks.scenarios.scenarios import list_scenarios
from benchmarks.served.load import Load, Running, drive, write_call
from benchmarks.served.servers import ISSUER, PATH, read_private_key

CONNECTIONS = 4
MOST_UNRELATED = 99
"""Unrelated orders to one of ours, in the row that has both."""


@dataclass(frozen=True, slots=True)
class Case:
    """One row: its name, the server it is sent to, the size of the record, the scenario, and the
    calls a round.
    """

    name: str
    kind: str
    resources: int
    scenario: str = "order"
    calls: int = 400


CASES = tuple(
    case
    for size in (20, 200)
    for case in (
        Case("a  bare Flask and orjson", "bare", size, calls=3000),
        Case("b  order of ours", "service", size),
        Case("c  unrelated order", "service", size, "unrelated", 3000),
        Case("d  order of ours, ES384 token", "tokens", size),
        Case("e  order of ours, prefetch through fhir.resources", "models", size, calls=100),
        Case("f  each rule once", "service", size, "rules"),
        Case("g  order of ours, a record of no interest", "service", size, "noise"),
        Case("h  1 order in 100 is ours", "service", size, "mix", 3000),
    )
)

Results = dict[Case, list[Load]]


def measure_all(
    cases: Sequence[Case],
    servers: Mapping[str, Running],
    folder: Path,
    rounds: int,
    share: float = 1.0,
) -> Results:
    """Return the runs of each case, one a round; one that is not counted comes first.

    Args:
        share: the part of the calls of a case that is sent in a round.
    """
    bodies = {(scenario.name, scenario.resources): scenario.bodies for scenario in list_scenarios()}
    results: Results = {case: [] for case in cases}
    for number in range(rounds + 1):
        for case in cases:
            server = servers[case.kind]
            calls = make_calls(case, _bodies_of(case, bodies), server, folder, share)
            load = drive(server, calls, CONNECTIONS)
            if number:
                results[case].append(load)
    return results


def _bodies_of(
    case: Case, bodies: Mapping[tuple[str, int], tuple[bytes, ...]]
) -> tuple[bytes, ...]:
    if case.scenario != "mix":
        return bodies[case.scenario, case.resources]
    (order,), (unrelated,) = (bodies[name, case.resources] for name in ("order", "unrelated"))
    return (order, *[unrelated] * MOST_UNRELATED)


def make_calls(
    case: Case, bodies: tuple[bytes, ...], server: Running, folder: Path, share: float = 1.0
) -> list[bytes]:
    """Return the calls of one round; each has a token of its own where tokens are measured."""
    number = max(len(bodies), round(case.calls * share))
    if case.kind != "tokens":
        return [write_call(PATH, bodies[place % len(bodies)]) for place in range(number)]
    key, now = read_private_key(folder), int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": f"http://127.0.0.1:{server.port}{PATH}",
        "iat": now,
        "exp": now + 300,
    }
    tokens = (
        jwt.encode({**claims, "jti": str(uuid.uuid4())}, key, "ES384", {"kid": "bench"})
        for _ in range(number)
    )
    return [write_call(PATH, bodies[0], f"Bearer {token}") for token in tokens]


def print_comparison(results: Results, instructions: Mapping[str, float]) -> dict[str, float]:
    """Print a row for each case, its processor time as a ratio to the bare endpoint of the same
    round, and return the ratios.

    Args:
        instructions: millions of them by scenario and size, below the server; may be empty.
    """
    print(
        f"\n{'':52}{'resources':>10}{'CPU ms':>8}{'ratio':>7}{'M instr.':>10}"
        f"{'core-h/M':>10}{'p50 ms':>8}{'p95':>7}{'p99':>7}{'calls/s':>9}"
    )
    bare = {case.resources: loads for case, loads in results.items() if case.kind == "bare"}
    ratios = {}
    for case, loads in results.items():
        pairs = zip(loads, bare[case.resources], strict=True)
        ratio = statistics.median(load.cpu_ms / floor.cpu_ms for load, floor in pairs)
        ratios[f"{case.name[0]} {case.resources}"] = round(ratio, 2)
        cpu = statistics.median(load.cpu_ms for load in loads)
        latencies = [
            statistics.median(load.latency(share) for load in loads) for share in (0.5, 0.95, 0.99)
        ]
        name = "bare" if case.kind == "bare" else case.scenario
        counted = instructions.get(f"{name} {case.resources}") if case.kind != "tokens" else None
        print(
            f"{case.name:52}{case.resources:>10}{cpu:>8.2f}{ratio:>7.2f}"
            f"{f'{counted:.1f}' if counted and case.kind != 'models' else '':>10}"
            f"{cpu / 3.6:>10.2f}{latencies[0]:>8.2f}{latencies[1]:>7.2f}{latencies[2]:>7.2f}"
            f"{statistics.median(load.per_second for load in loads):>9.0f}"
        )
    print(
        "core-h/M: core-hours of one million such calls; M instr.: counted below the server, what "
        "is written behind it included"
    )
    return ratios
