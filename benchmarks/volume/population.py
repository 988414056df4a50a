"""What a whole population costs: `./run bench population [--patients N] [--http N] [--spark]`.

Made people with 200 resources each, of which 20 matter. Every step runs in one process, so that a
rate is that of a core, from processor time; the last line is the same run with all cores, by the
clock. Memory is the largest so far.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import requests

from cds_service.decision import Decision
from cds_service.protocol import write_json
from population.runs import Decider, DeciderSetup, Mode, read_rows
from population.slices import list_parts

AS_OF = dt.date(2026, 11, 26)
ONE = ("--workers", 1)


@dataclass(frozen=True, slots=True)
class Step:
    """One command as it was measured. `peak_mb` is the largest process."""

    seconds: float
    processor: float
    peak_mb: float


def main(arguments: list[str]) -> None:
    """Measure every step and print the table."""
    parser = argparse.ArgumentParser(prog="./run bench population")
    parser.add_argument("--patients", type=int, default=10_000)
    parser.add_argument("--resources", type=int, default=200)
    parser.add_argument("--http", type=int, default=0, help="compare so many answers over HTTP")
    parser.add_argument("--spark", action="store_true", help="the run on Spark local[2] too")
    parser.add_argument("--folder", type=Path, help="where to work; kept")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="b12-population-") as temporary:
        folder = chosen.folder or Path(temporary)
        measure(folder, chosen)


def measure(folder: Path, chosen: argparse.Namespace) -> None:
    """Run the steps one after the other and print what each cost."""
    made, sliced = folder / "made", folder / "slice"
    day = ["--as-of", AS_OF.isoformat()]
    size = ["--patients", str(chosen.patients), "--resources", str(chosen.resources)]
    print(
        f"{chosen.patients:,} patients, {chosen.resources} resources each, {os.cpu_count()} cores"
    )
    print(f"{'':22}{'seconds':>9}{'processor s':>13}{'a core and s':>18}{'peak MB':>9}")
    say("make", step("make", *size, "--out", made, *day), chosen.patients, "patients")
    read = sum(path.stat().st_size for path in made.glob("*.ndjson")) / 1e6
    say("slice", step("slice", "--input", made, "--out", sliced, *ONE), read, "MB")
    for mode in Mode:
        out = ["--input", sliced, "--out", folder / mode.value, "--mode", mode.value, *day, *ONE]
        say(f"run {mode.value}", step("run", *out), chosen.patients, "patients")
    pool = step("run", "--input", sliced, "--out", folder / "pool", *day)
    print(f"{'run, all cores':22}{pool.seconds:>9.1f}")
    if chosen.spark:
        out = ["--input", sliced, "--out", folder / "spark", "--engine", "spark", *day]
        say("run snapshot on Spark", step("run", *out), chosen.patients, "patients")
    page = ["--input", folder / "snapshot", "--out", folder / "report.html"]
    say("report", step("report", *page), chosen.patients, "patients")
    if chosen.http:
        compare(sliced, chosen.http)


def step(name: str, *arguments: object) -> Step:
    """Run one command of `b12-cds population` and return what it cost."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    command = [sys.executable, "-m", "cli.main", "population", name, *map(str, arguments)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seconds = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Step(seconds, processor, after.ru_maxrss / 1024)


def say(name: str, cost: Step, done: float, unit: str) -> None:
    """Print one row; the peak is that of the largest process so far."""
    rate = f"{done / cost.processor:,.0f} {unit}"
    print(
        f"{name:22}{cost.seconds:>9.1f}{cost.processor:>13.1f}{rate:>18}{cost.peak_mb:>9.0f}",
        flush=True,
    )


def compare(sliced: Path, wanted: int) -> None:
    """Post the requests of a sample to a running server and compare the answers with ours."""
    missing = json.loads((sliced / "slice.json").read_bytes())["missing"]
    today = dt.datetime.now(dt.UTC).date()
    decider = Decider(DeciderSetup(Mode.SNAPSHOT, today, "", missing))
    rows = list(read_rows(list_parts(sliced)))
    sample = random.Random(1).sample(rows, min(wanted, len(rows)))
    port = 18_000 + os.getpid() % 1000
    server = subprocess.Popen(
        [sys.executable, "-m", "cli.main", "serve", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    decider.settings = replace(
        decider.settings, public_url=url
    )  # cards link to where they are from
    try:
        different, spoken = compare_all(sample, decider, url)
    finally:
        server.terminate()
        server.wait()
    print(f"\nover HTTP: {len(sample):,} patients, {spoken:,} with cards, {different:,} different")


def compare_all(sample: list[dict[str, object]], decider: Decider, url: str) -> tuple[int, int]:
    """Return how many answers differ, and how many hold a card."""
    different = spoken = 0
    with requests.Session() as session:
        session.trust_env = False
        _wait_for(session, url)
        for row in sample:
            (event,), _ = decider.events_of(row)
            decision = decider.decide(event)
            ours = [
                _without_ids(card)
                for card in (decision.cards if isinstance(decision, Decision) else ())
            ]
            answer = session.post(
                f"{url}/cds-services/b12-patient-view",
                data=write_json(event.body),
                headers={"Content-Type": "application/json"},
                timeout=30,
            )
            theirs = [_without_ids(card) for card in answer.json()["cards"]]
            spoken += bool(theirs)
            different += json.loads(write_json(ours)) != theirs
    return different, spoken


def _wait_for(session: requests.Session, url: str) -> None:
    for _ in range(150):
        try:
            if session.get(f"{url}/health/ready", timeout=2).ok:
                return
        except requests.RequestException:
            time.sleep(0.2)
    raise SystemExit("the server did not start")


def _without_ids(value: object) -> object:
    """Return a card without what is new in every answer: uuids, and ids made from them."""
    if isinstance(value, dict):
        return {
            name: _without_ids(item)
            for name, item in value.items()
            if name not in ("uuid", "id", "groupIdentifier", "identifier", "url")
        }
    return [_without_ids(item) for item in value] if isinstance(value, list | tuple) else value
