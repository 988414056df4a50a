"""The real server, started on a free port of loopback for one test."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.cds_service.signing import ISSUER, ec_key, public_jwk


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def folders_of_counts(server: int) -> set[Path]:
    """Return the folders of metrics that workers have mapped into memory."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    maps = [Path(f"/proc/{child}/maps").read_text().splitlines() for child in children]
    mapped = {line.split()[-1] for lines in maps for line in lines if "b12-cds-metrics-" in line}
    return {Path(name).parent for name in mapped}


SERVE = """
import sys
from pathlib import Path
from cds_service.server import serve
from cds_service.site import load_settings
settings = load_settings(Path(sys.argv[1]))
serve(lambda: settings, "127.0.0.1", int(sys.argv[2]), int(sys.argv[3]))
"""


class Deployed:
    """The real server with several workers, its site file in a directory of its own, and its log in
    a file.
    """

    def __init__(self, directory: Path, store_url: str, workers: int = 3) -> None:
        self._site_file = directory / "site.toml"
        self._workers = workers
        self._port = free_port()
        self.base = f"http://127.0.0.1:{self._port}"
        self.log = directory / "log"
        jwk = ", ".join(
            f"{name} = {json.dumps(value)}" for name, value in public_jwk(ec_key(), "key-1").items()
        )
        self._site_file.write_text(
            f"""
profile = "demonstration"
[service]
public_url = "{self.base}"
[store]
url = "{store_url}"
patient_key = "a key of this test"
[[clients]]
name = "EHR"
iss = "{ISSUER}"
keys = [{{ {jwk} }}]
"""
        )

    @contextmanager
    def running(self) -> Iterator[int]:
        """Serve meanwhile; give the id of the process that keeps the workers."""
        command = [
            sys.executable,
            "-c",
            SERVE,
            str(self._site_file),
            str(self._port),
            str(self._workers),
        ]
        with self.log.open("a") as log:
            server = subprocess.Popen(
                command, stderr=log, stdout=log, env={**os.environ, "PYTHONPATH": os.getcwd()}
            )
        try:
            self._wait_until_ready(server)
            yield server.pid
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)

    def _wait_until_ready(self, server: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + 60
        while server.poll() is None and time.monotonic() < deadline:
            try:
                if requests.get(f"{self.base}/health/ready", timeout=30).ok:
                    return
            except (requests.ConnectionError, requests.Timeout):
                time.sleep(0.1)
        raise AssertionError(f"the server did not start: {self.log.read_text()}")

    def post(self, path: str, body: Any, authorization: str) -> int:
        return requests.post(
            self.base + path, json=body, headers={"Authorization": authorization}, timeout=60
        ).status_code
