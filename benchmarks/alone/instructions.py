"""How many instructions a call costs, counted by valgrind: the same on an idle and a busy machine.

`python -m benchmarks.alone.instructions` prints millions of instructions of one call of each
scenario below the server, what is written behind it included, beside those of a bare Flask endpoint
that parses the same body. It takes some minutes, and needs `valgrind`.
"""

from __future__ import annotations

import gc
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from flask import Flask

from benchmarks.alone.calls import an_app, answer
from benchmarks.scenarios.scenarios import Scenario, list_scenarios
from benchmarks.served.servers import bare_app
from cds_service.server import COLLECTOR_THRESHOLDS
from cds_service.web.deployment import CONFIG_KEY, Deployment

CALLS = 10
TOLD = ("order", "noise", "unrelated")
"""Scenarios that are counted; each call is slowed down fifty times."""

BEGIN, END = "getppid", "getpgrp"
"""Functions of the C library that nothing else calls: the first starts a count, the second ends
it.
"""


def measured() -> list[tuple[str, Scenario]]:
    """Return what is counted, in its order."""
    scenarios = [one for one in list_scenarios() if one.name in TOLD]
    bare = [("bare", one) for one in scenarios if one.name == "order"]
    return [bare[0], *bare, *((one.name, one) for one in scenarios)]


def count_instructions() -> dict[str, float]:
    """Return millions of instructions a call, by scenario and size of the record; empty without
    valgrind.
    """
    if shutil.which("valgrind") is None:
        return {}
    with tempfile.TemporaryDirectory(prefix="b12-cds-instructions-") as folder:
        command = [
            "valgrind",
            "--tool=callgrind",
            f"--callgrind-out-file={folder}/out",
            f"--zero-before={BEGIN}",
            f"--dump-before={END}",
            sys.executable,
            "-m",
            "benchmarks.alone.instructions",
            "--inside",
        ]
        environment = os.environ | {"PYTHONHASHSEED": "0"}
        subprocess.run(command, check=True, env=environment, capture_output=True)
        return {
            f"{name} {scenario.resources}": _millions(Path(folder) / f"out.{number}")
            for number, (name, scenario) in enumerate(measured(), start=1)
        }


def _millions(dump: Path) -> float:
    found = re.search(r"^summary: (\d+)", dump.read_text(errors="replace"), re.MULTILINE)
    assert found, dump
    return int(found[1]) / CALLS / 1e6


def _run_inside() -> None:
    """Answer each scenario between the two functions that valgrind waits for."""
    bare = bare_app()
    with an_app() as app:
        for _, scenario in measured():
            settle(app)
            answer(app, scenario.path, scenario.bodies[0])
        time.sleep(15)  # the schema is made, and everything is loaded
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECTOR_THRESHOLDS)
        for name, scenario in measured():
            _answer_between(app, bare if name == "bare" else app, scenario)
        sys.stdout.flush()
        os._exit(0)


def _answer_between(app: Flask, answering: Flask, scenario: Scenario) -> None:
    body = scenario.bodies[0]
    for _ in range(6):
        answer(answering, scenario.path, body)
    settle(app)
    gc.collect()
    os.getppid()
    for _ in range(CALLS):
        answer(answering, scenario.path, body)
    settle(app)
    os.getpgrp()


def settle(app: Flask) -> None:
    """Wait until what the calls left behind is written."""
    deployment: Deployment = app.config[CONFIG_KEY]
    while deployment.store.counts.waiting:
        time.sleep(0.1)
    time.sleep(3)


def main() -> None:
    """Print the counts."""
    counted = count_instructions()
    if not counted:
        raise SystemExit("valgrind is not installed")
    for name, millions in counted.items():
        print(f"{name:16}{millions:>8.2f} M")


if __name__ == "__main__":
    _run_inside() if "--inside" in sys.argv else main()
