"""Workers come and go, by SIGHUP or killed: their counts stay, and no files pile up in memory."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import requests

from cds_service.demonstration import load_request
from cds_service.telemetry import MetricFiles
from tests.cds_service.deployed import folders_of_counts
from tests.faults.test_full_log import PATH, serving, wait_for

COUNTED = 'b12_cds_cards_total{card="b1",indicator="critical"} '


def workers_of(server: int) -> list[int]:
    children = Path(f"/proc/{server}/task/{server}/children").read_text()
    return [int(child) for child in children.split()]


def wait_for_others(server: int, before: list[int]) -> None:
    """Wait until the workers of before have ended and as many others are there."""
    deadline = time.monotonic() + 60
    while len(now := workers_of(server)) != 2 or set(now) & set(before):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_counts_of_workers_that_ended_stay_and_their_files_are_used_again(tmp_path: Path) -> None:
    request, asked = load_request(dt.datetime.now(dt.UTC).date()), 0
    with serving(tmp_path, subprocess.DEVNULL) as (base, process):
        for end_them in ("reload", "kill", "reload", "kill", "reload"):
            wait_for(base, process)
            for _ in range(6):
                assert requests.post(base + PATH, json=request, timeout=60).json()["cards"]
                asked += 1
            before = workers_of(process.pid)
            if end_them == "reload":
                process.send_signal(signal.SIGHUP)
            else:
                for worker in before:
                    os.kill(worker, signal.SIGKILL)
            wait_for_others(process.pid, before)
        wait_for(base, process)
        lines = requests.get(f"{base}/metrics", timeout=60).text.splitlines()
        [folder] = folders_of_counts(process.pid)
        files = list(folder.iterdir())

    counted = [float(line.removeprefix(COUNTED)) for line in lines if line.startswith(COUNTED)]
    assert counted == [asked]
    # the server and two workers, and for a moment of a reload the two of before
    assert len([file for file in files if file.name.startswith("held-")]) <= 5
    assert len(files) <= 5 * 4


def test_a_number_is_of_one_process_while_it_lives(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from cds_service.telemetry import MetricFiles\n"
        "print(MetricFiles(Path(sys.argv[1])).number(), flush=True); sys.stdin.read()"
    )

    def begin() -> tuple[subprocess.Popen[str], str]:
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout
        return process, process.stdout.readline().strip()

    own = MetricFiles(tmp_path)
    first, number = begin()
    second, next_number = begin()
    first.kill()
    first.communicate()
    third, number_again = begin()
    for process in (second, third):
        process.communicate("")

    assert (own.number(), number, next_number, number_again) == (0, "0", "1", "0")
