"""A restart behind a socket that systemd keeps loses no call: what comes meanwhile waits."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import requests

from tests.cds_service.site.test_settings import PRODUCTION

ROOT = Path(__file__).parents[2]
AS_SYSTEMD = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}
os.execv(sys.executable, [sys.executable, "-m", "cli.main", "serve", *sys.argv[2:]])
"""
PATIENCE = 60


def start(folder: Path, kept: socket.socket, *arguments: str) -> subprocess.Popen[bytes]:
    """Run `b12-cds serve` with a socket handed over as systemd does."""
    return subprocess.Popen(
        [sys.executable, "-c", AS_SYSTEMD, str(kept.fileno()), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        pass_fds=[kept.fileno()],
        stderr=subprocess.PIPE,
    )


def test_a_call_that_comes_while_nobody_runs_is_answered_after_the_restart(tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text(PRODUCTION)
    statuses: list[int] = []
    with socket.create_server(("127.0.0.1", 0), backlog=64) as kept:
        url = f"http://127.0.0.1:{kept.getsockname()[1]}/cds-services/b12-order-select"

        def call() -> None:
            statuses.append(requests.post(url, json={}, timeout=PATIENCE).status_code)

        for _ in range(2):
            caller = threading.Thread(target=call)
            caller.start()  # nobody accepts yet
            process = start(tmp_path, kept, "--config", str(site), "--workers", "1")
            caller.join(PATIENCE)
            call()
            process.terminate()
            process.communicate(timeout=PATIENCE)
            assert process.returncode == 0

    assert statuses == [401] * 4, "each was answered, and asked for its token"


def test_the_demonstration_is_not_served_on_a_socket_of_another_address(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as kept:
        process = start(tmp_path, kept)
        _, said = process.communicate(timeout=PATIENCE)

    assert process.returncode == 2
    assert b"the demonstration profile" in said
