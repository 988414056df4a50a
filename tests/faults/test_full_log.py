"""A log that cannot be written takes no advice away: its disk is full, its reader is gone, or its
reader reads no more.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import requests
from prometheus_client import Counter, Gauge, Histogram

from cds_service.demonstration import load_request
from cds_service.telemetry import metrics
from tests.cds_service.deployed import free_port

ROOT = Path(__file__).parents[2]
SITE = '[service]\nmetrics = true\n[store]\nurl = "sqlite:///{}"\n'
PATH = "/cds-services/b12-order-select"
Full = Callable[[], tuple[int, int]]


@contextmanager
def serving(folder: Path, log: int) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run `b12-cds serve` with two workers and its standard error there."""
    site, port = folder / "site.toml", free_port()
    site.write_text(SITE.format(folder / "b12.db"))
    command = [sys.executable, "-m", "cli.main", "serve", "--config", str(site)]
    process = subprocess.Popen(
        [*command, "--port", str(port)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=log,
        stderr=log,
    )
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait(60)


def wait_for(base: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if requests.get(f"{base}/health/ready", timeout=30).ok:
                return
        except (requests.ConnectionError, requests.Timeout):
            time.sleep(0.1)
    raise AssertionError("the server is not there")


def ask_again(base: str, request: dict[str, Any]) -> requests.Response:
    """Ask until the workers are there that take the place of those before them."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return requests.post(base + PATH, json=request, timeout=60)
        except requests.ConnectionError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def assert_advice_goes_on(base: str, process: subprocess.Popen[bytes]) -> None:
    """Ask, refuse, read the site file again, ask, and see that what was lost is counted."""
    request = load_request(dt.datetime.now(dt.UTC).date())
    for _ in range(3):
        assert requests.post(base + PATH, json=request, timeout=60).json()["cards"]
        assert requests.post(base + PATH, data="{", timeout=60).status_code == 400
    process.send_signal(signal.SIGHUP)
    time.sleep(3)
    wait_for(base, process)
    assert ask_again(base, request).json()["cards"]
    lines = requests.get(f"{base}/metrics", timeout=60).text.splitlines()
    counted = 'b12_cds_log_lines_lost_total{stream="stderr"} '
    lost = [line.removeprefix(counted) for line in lines if line.startswith(counted)]
    assert lost, lines
    assert float(lost[0]) >= 4


def test_a_full_disk_of_the_log_silences_no_advice(tmp_path: Path) -> None:
    log = os.open("/dev/full", os.O_WRONLY)
    with serving(tmp_path, log) as (base, process):
        wait_for(base, process)
        assert_advice_goes_on(base, process)
    os.close(log)


def test_a_reader_of_the_log_that_is_gone_silences_no_advice(tmp_path: Path) -> None:
    reader, log = os.pipe()
    with serving(tmp_path, log) as (base, process):
        os.close(log)
        wait_for(base, process)
        os.close(reader)
        assert_advice_goes_on(base, process)


def full_pipe() -> tuple[int, int]:
    """Return a reader that nobody reads, and its writer, with room for four bytes."""
    reader, log = os.pipe()
    room = fcntl.fcntl(log, fcntl.F_SETPIPE_SZ, 4096)
    os.write(log, b"." * (room - 5) + b"\n")
    return reader, log


def full_socket() -> tuple[int, int]:
    """Return the same of a socket, as the journal of systemd is one."""
    reader, log = socket.socketpair()
    log.setblocking(False)
    with suppress(BlockingIOError):
        while True:
            log.send(b"." * 1000 + b"\n")
    log.setblocking(True)
    return reader.detach(), log.detach()


def read_all(reader: int) -> bytes:
    """Return what waits to be read."""
    os.set_blocking(reader, False)
    read = b""
    with suppress(BlockingIOError):
        while page := os.read(reader, 1 << 16):
            read += page
    return read


@pytest.mark.parametrize("full", [full_pipe, full_socket])
def test_a_reader_of_the_log_that_stalls_silences_no_advice(tmp_path: Path, full: Full) -> None:
    reader, log = full()
    with serving(tmp_path, log) as (base, process):
        os.close(log)
        wait_for(base, process)
        assert_advice_goes_on(base, process)
        read_all(reader)
        assert requests.post(base + PATH, data="{", timeout=60).status_code == 400
        lines = read_all(reader).splitlines()
    os.close(reader)

    assert [json.loads(line)["event"] for line in lines if line] == ["answered"]


def test_every_metric_has_a_label_without_which_workers_would_never_tell_it() -> None:
    kinds = (Counter, Gauge, Histogram)
    bare = [
        name
        for name, metric in vars(metrics).items()
        if isinstance(metric, kinds) and not metric._labelnames
    ]

    assert bare == []
