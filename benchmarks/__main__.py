"""What a call costs, as ratios to a bare Flask endpoint in the same server: `./run bench [--quick]
[--rounds N] [--save]`; `./run bench peers` has others beside it, `./run bench population` the rate
of a population.

The servers run side by side and take turns, so that a machine that slows down slows all of them;
each figure is the median over the rounds. Processor time counts every process of a server, user and
system. First comes the start; last come memory and how each step grows with the record. `--quick`
takes about a minute and leaves out what the tables do not need; `--save` keeps the results as a
dated file and draws them over the commits.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import sysconfig
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks.alone.calls import count_all
from benchmarks.alone.growth import print_growth
from benchmarks.alone.instructions import count_instructions
from benchmarks.history import save
from benchmarks.peers import peers
from benchmarks.served.comparison import CASES, measure_all, print_comparison
from benchmarks.served.load import Running, measure_start, memory_of, serving
from benchmarks.volume import population
from cds_service.telemetry import configure_logs

STARTS = 5
QUICK_CASES = ("a", "b", "c", "h")


def main() -> None:
    """Print the tables."""
    chosen = _read_arguments()
    print(describe_machine())
    rows = [case for case in CASES if not chosen.quick or case.name[0] in QUICK_CASES]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="b12-cds-bench-")))
        starts = [measure_start(folder) for _ in range(2 if chosen.quick else STARTS)]
        start = print_starts(starts)
        kinds = dict.fromkeys(case.kind for case in rows)
        servers = {kind: stack.enter_context(serving(kind, folder)) for kind in kinds}
        share = 0.25 if chosen.quick else 1.0
        results = measure_all(rows, servers, folder, chosen.rounds, share)
        ratios = print_comparison(results, {} if chosen.quick else count_instructions())
        memory = print_servers(servers)
    if chosen.save:
        save({"start": start, "worker MB": memory, "ratios": ratios, "calls": count_all()})
    if not chosen.quick:
        configure_logs(50)
        print_growth()


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench")
    parser.add_argument("--quick", action="store_true", help="in about a minute")
    parser.add_argument("--rounds", type=int, help="counted rounds")
    parser.add_argument("--save", action="store_true", help="keep the results under docs/results")
    chosen = parser.parse_args()
    chosen.rounds = chosen.rounds or (2 if chosen.quick else 5)
    return chosen


def describe_machine() -> str:
    """Return the interpreter, how it was built, and how busy the machine is: PGO and LTO make it
    a tenth faster.
    """
    flags = sysconfig.get_config_var("CONFIG_ARGS") or ""
    optimised = [name for name in ("--enable-optimizations", "--with-lto") if name in flags]
    built = " and ".join(optimised) or "neither --enable-optimizations nor --with-lto"
    return (
        f"Python {platform.python_version()} ({built}), {os.cpu_count()} processors, load "
        f"{os.getloadavg()[0]:.1f}"
    )


def print_starts(starts: list[tuple[float, float]]) -> dict[str, float]:
    """Print how long one service takes from its command to its first answer while nothing else of
    ours runs, and return that.
    """
    seconds, processor = (statistics.median(column) for column in zip(*starts[1:], strict=True))
    print(
        f"\nfirst answer after {starts[0][0]:.2f} s with a new database, then after {seconds:.2f} "
        f"s, {processor:.2f} s of processor time"
    )
    return {"new": starts[0][0], "seconds": seconds, "processor": processor}


def print_servers(servers: dict[str, Running]) -> float:
    """Print what the worker of each server holds after the load, and return that of the service."""
    print(f"\n{'':58}{'worker, MB':>12}{'of it its own':>15}")
    held = {kind: memory_of(server.pid) for kind, server in servers.items()}
    for kind, (resident, own) in held.items():
        print(f"{kind:58}{resident:>12.0f}{own:>15.0f}")
    print()
    return round(held["service"][0])


if __name__ == "__main__":
    if sys.argv[1:2] == ["population"]:
        population.main(sys.argv[2:])
    elif sys.argv[1:2] == ["peers"]:
        print(describe_machine())
        peers.main(sys.argv[2:])
    else:
        main()
