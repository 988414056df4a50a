"""What a call costs, as ratios to a bare Flask endpoint in the same server: `./run bench [--rounds
N]`.

The servers run side by side and take turns, so that a machine that slows down slows all of them;
each figure is the median over the rounds. Processor time counts every process of a server, user and
system. First comes the start; last come memory and how each step grows with the record.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
import uuid
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import jwt
import structlog

from benchmarks.alone.growth import print_growth
from benchmarks.scenarios.bodies import make_bodies
from benchmarks.served.load import (
    Load,
    Running,
    drive,
    measure_start,
    memory_of,
    serving,
    write_call,
)
from benchmarks.served.servers import ISSUER, PATH, read_private_key
from benchmarks.volume import population

CONNECTIONS = 4
STARTS = 5
KINDS = ("bare", "service", "tokens", "models")


@dataclass(frozen=True, slots=True)
class Case:
    """One row: its name, the server it is sent to, the size of the record, whether the order is
    ours, and calls a round.
    """

    name: str
    kind: str
    resources: int
    ours: bool = True
    calls: int = 400


CASES = tuple(
    case
    for size in (20, 200)
    for case in (
        Case("a  bare Flask and orjson", "bare", size, calls=1000),
        Case("b  order of ours", "service", size),
        Case("c  unrelated order", "service", size, ours=False, calls=1000),
        Case("d  order of ours, ES384 token", "tokens", size),
        Case("e  order of ours, all of prefetch through fhir.resources", "models", size, calls=100),
    )
)


def main() -> None:
    """Print the tables."""
    arguments = argparse.ArgumentParser(prog="./run bench")
    arguments.add_argument("--rounds", type=int, default=5)
    rounds = arguments.parse_args().rounds
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} processors, load "
        f"{os.getloadavg()[0]:.1f}"
    )
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="b12-cds-bench-")))
        print_starts([measure_start(folder) for _ in range(STARTS)])
        servers = {kind: stack.enter_context(serving(kind, folder)) for kind in KINDS}
        results = measure_all(servers, folder, rounds)
        print_comparison(results)
        print_servers(servers)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    print_growth()


def measure_all(servers: dict[str, Running], folder: Path, rounds: int) -> dict[Case, list[Load]]:
    """Return the runs of each case, one a round; one that is not counted comes first."""
    bodies = {size: make_bodies(size) for size in (20, 200)}
    results: dict[Case, list[Load]] = {case: [] for case in CASES}
    for number in range(rounds + 1):
        for case in CASES:
            body = bodies[case.resources][0 if case.ours else 1]
            load = drive(
                servers[case.kind], make_calls(case, body, servers[case.kind], folder), CONNECTIONS
            )
            if number:
                results[case].append(load)
    return results


def make_calls(case: Case, body: bytes, server: Running, folder: Path) -> list[bytes]:
    """Return the calls of one round; each has a token of its own where tokens are measured."""
    if case.kind != "tokens":
        return [write_call(PATH, body)] * case.calls
    key, now = read_private_key(folder), int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": f"http://127.0.0.1:{server.port}{PATH}",
        "iat": now,
        "exp": now + 300,
    }
    tokens = (
        jwt.encode({**claims, "jti": str(uuid.uuid4())}, key, "ES384", {"kid": "bench"})
        for _ in range(case.calls)
    )
    return [write_call(PATH, body, f"Bearer {token}") for token in tokens]


def print_comparison(results: dict[Case, list[Load]]) -> None:
    """Print a row for each case, its processor time as a ratio to the bare endpoint of the same
    round.
    """
    print(
        f"\n{'':58}{'resources':>10}{'CPU ms':>9}{'ratio':>8}"
        f"{'p50 ms':>9}{'p95':>8}{'p99':>8}{'calls/s':>9}"
    )
    bare = {case.resources: loads for case, loads in results.items() if case.kind == "bare"}
    for case, loads in results.items():
        ratio = statistics.median(
            load.cpu_ms / floor.cpu_ms
            for load, floor in zip(loads, bare[case.resources], strict=True)
        )
        latencies = [
            statistics.median(load.latency(share) for load in loads) for share in (0.5, 0.95, 0.99)
        ]
        print(
            f"{case.name:58}{case.resources:>10}"
            f"{statistics.median(load.cpu_ms for load in loads):>9.2f}{ratio:>8.2f}"
            f"{latencies[0]:>9.2f}{latencies[1]:>8.2f}{latencies[2]:>8.2f}"
            f"{statistics.median(load.per_second for load in loads):>9.0f}"
        )


def print_starts(starts: list[tuple[float, float]]) -> None:
    """Print how long one service takes from its command to its first answer while nothing else of
    ours runs.
    """
    seconds, processor = (statistics.median(column) for column in zip(*starts[1:], strict=True))
    print(
        f"\nfirst answer after {starts[0][0]:.2f} s with a new database, then after {seconds:.2f} "
        f"s, {processor:.2f} s of processor time"
    )


def print_servers(servers: dict[str, Running]) -> None:
    """Print what the worker of each server holds after the load."""
    print(f"\n{'':58}{'worker, MB':>12}{'of it its own':>15}")
    for kind, server in servers.items():
        resident, own = memory_of(server.pid)
        print(f"{kind:58}{resident:>12.0f}{own:>15.0f}")
    print()


if __name__ == "__main__":
    if sys.argv[1:2] == ["population"]:
        population.main(sys.argv[2:])
    else:
        main()
