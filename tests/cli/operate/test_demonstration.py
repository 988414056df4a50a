"""`./run demo` shows a card and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "cli.operate.demonstration"]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def refused(folder: Path, port: str) -> subprocess.CompletedProcess[str]:
    """Run a demonstration that cannot start, to its end."""
    return subprocess.run(
        [*COMMAND, "--port", port],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_a_taken_port_is_said_before_anything_else(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ran = refused(tmp_path, port)

    assert ran.returncode == 2
    assert ran.stdout == ""
    assert f"127.0.0.1:{port} cannot be listened on" in ran.stderr


def test_a_log_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "b12-cds-demo.log").mkdir()  # like a folder that may only be read, also for root
    ran = refused(tmp_path, str(free_port()))

    assert ran.returncode == 2
    assert ran.stdout == ""
    assert ran.stderr == (
        "./run demo: b12-cds-demo.log: Is a directory; its log and its database are written into "
        "this folder.\n"
    )


BEHIND_A_PROXY = {"http_proxy": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
"""As in many hospitals; nothing listens there."""


@pytest.mark.slow
@pytest.mark.parametrize("ended_by", ["signal", "closed output"])
def test_the_card_is_shown_and_the_server_ends_with_its_demonstration(
    tmp_path: Path, ended_by: str
) -> None:
    port = free_port()
    demonstration = subprocess.Popen(
        [*COMMAND, "--port", str(port)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, **BEHIND_A_PROXY, "PYTHONPATH": str(ROOT)},
    )
    assert demonstration.stdout
    shown = []
    for line in demonstration.stdout:
        shown.append(line)
        if line.startswith("Ready"):
            break

    assert any("neurological" in line.lower() for line in shown)
    assert requests.get(f"http://127.0.0.1:{port}/health/live", timeout=60).status_code == 200
    if ended_by == "signal":
        demonstration.send_signal(signal.SIGTERM)
    demonstration.stdout.close()
    demonstration.wait(timeout=60)
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{port}/health/live", timeout=5)


@pytest.mark.slow
def test_a_reader_who_leaves_at_the_first_line_is_told_of_no_failure(tmp_path: Path) -> None:
    port = free_port()
    demonstration = subprocess.Popen(
        [*COMMAND, "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert demonstration.stdout
    assert demonstration.stderr
    assert demonstration.stdout.readline()
    demonstration.stdout.close()
    demonstration.wait(timeout=60)
    assert "did not start" not in demonstration.stderr.read()
    demonstration.stderr.close()
