"""A steady load over kept connections, and what it costs the server: processor time of all its
processes, latencies, memory. Linux only.
"""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

WRITTEN_SECONDS = 0.6
"""How long a server is left to write what waits behind its answers, so that it counts where it was
caused.
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What one run of calls cost: milliseconds of processor time a call, sorted latencies in
    milliseconds, calls a second.
    """

    cpu_ms: float
    latencies_ms: tuple[float, ...]
    per_second: float

    def latency(self, share: float) -> float:
        """Return the latency that this share of the calls did not exceed."""
        return self.latencies_ms[
            min(len(self.latencies_ms) - 1, int(share * len(self.latencies_ms)))
        ]


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers: where, its main process, and the seconds from its start to its first
    answer.
    """

    port: int
    pid: int
    started_in: float


@contextmanager
def serving(kind: str, folder: Path, workers: int = 1) -> Iterator[Running]:
    """Run one of the servers meanwhile."""
    port = _free_port()
    with _running(
        ["benchmarks.served.servers", kind, str(port), str(workers), str(folder)],
        port,
        folder / f"{kind}.log",
    ) as server:
        yield server


@contextmanager
def running(command: Sequence[str], log_file: Path, path: str) -> Iterator[Running]:
    """Run a server that is not ours meanwhile, from its command with `{port}` where that is meant;
    it is there when it answers anything at a path.
    """
    port = _free_port()
    made = [part.replace("{port}", str(port)) for part in command]
    with _answering(made, port, path, log_file) as server:
        yield server


def measure_start(folder: Path) -> tuple[float, float]:
    """Return the seconds from `b12-cds serve` to its first answer, and those of processor time; its
    database is in the folder.
    """
    port = _free_port()
    site = folder / "start.toml"
    site.write_text(f'[store]\nurl = "sqlite:///{folder}/start.db"\n')
    command = ["cli.main", "serve", "--config", str(site), "--port", str(port), "--workers", "1"]
    with _running(command, port, folder / "start.log") as server:
        return server.started_in, cpu_seconds(server.pid)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(module: Sequence[str], port: int, log_file: Path) -> Iterator[Running]:
    command = [sys.executable, "-m", *module]
    with _answering(command, port, "/health/ready", log_file) as server:
        yield server


@contextmanager
def _answering(command: Sequence[str], port: int, path: str, log_file: Path) -> Iterator[Running]:
    began = time.monotonic()
    with log_file.open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        started = _wait_until_answered(server, f"http://127.0.0.1:{port}{path}", began)
        yield Running(port, server.pid, started)
    finally:
        server.terminate()
        server.wait(30)


def _wait_until_answered(server: subprocess.Popen[bytes], url: str, began: float) -> float:
    """Return the seconds until anything is answered there that is no failure of the server."""
    while time.monotonic() < began + 60:
        if server.poll() is not None:
            raise SystemExit(f"the server ended with status {server.returncode}")
        try:
            if requests.get(url, timeout=2).status_code < 500:
                return time.monotonic() - began
        except requests.ConnectionError:
            time.sleep(0.005)
    raise SystemExit("the server did not become ready within a minute")


def write_call(path: str, body: bytes, authorization: str = "") -> bytes:
    """Return the bytes of one POST."""
    token = f"Authorization: {authorization}\r\n" if authorization else ""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
        f"application/json\r\n{token}Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def drive(server: Running, calls: Sequence[bytes], connections: int) -> Load:
    """Send the calls, shared by so many connections, each sending the next when the last is
    answered; every answer must be 200.
    """
    latencies: list[float] = []
    before, began = cpu_seconds(server.pid), time.monotonic()
    shares = [calls[number::connections] for number in range(connections)]
    threads = [
        threading.Thread(target=_send_all, args=(server.port, share, latencies)) for share in shares
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - began
    time.sleep(WRITTEN_SECONDS)
    cpu = cpu_seconds(server.pid) - before
    if len(latencies) != len(calls):
        raise SystemExit(
            f"{len(calls) - len(latencies)} of {len(calls)} calls were not answered with 200"
        )
    return Load(cpu / len(calls) * 1000, tuple(sorted(latencies)), len(calls) / seconds)


def _send_all(port: int, calls: Sequence[bytes], latencies: list[float]) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for call in calls:
            began = time.perf_counter()
            connection.sendall(call)
            if not read_answer(connection).startswith(b"HTTP/1.1 200"):
                return
            latencies.append((time.perf_counter() - began) * 1000)


def read_answer(connection: socket.socket) -> bytes:
    """Return the whole answer, which says its length."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += _receive(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    )
    while len(body) < length:
        body += _receive(connection)
    return head + b"\r\n\r\n" + body


def _receive(connection: socket.socket) -> bytes:
    part = connection.recv(262_144)
    if not part:
        raise SystemExit("the server closed the connection before its answer was whole")
    return part


def processes_of(pid: int) -> list[int]:
    """Return a process and those it started, directly or not."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(found for child in children for found in processes_of(int(child)))]


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process and its children have used, user and system."""
    return sum(time.clock_gettime(_clock_of(process)) for process in processes_of(pid))


def _clock_of(process: int) -> int:
    """Return the clock of what a process has used, which counts in nanoseconds where /proc counts
    in hundredths of a second (clock_getcpuclockid(3), as Linux numbers it).
    """
    return (~process << 3) | 2


def memory_of(pid: int) -> tuple[float, float]:
    """Return the resident and the own (unshared) megabytes of a worker, the median over all
    workers.
    """
    workers = processes_of(pid)[1:] or [pid]
    resident, own = [], []
    for worker in workers:
        rows = dict(
            line.split(":", 1)
            for line in Path(f"/proc/{worker}/smaps_rollup").read_text().splitlines()[1:]
        )
        resident.append(_megabytes(rows["Rss"]))
        own.append(_megabytes(rows["Private_Clean"]) + _megabytes(rows["Private_Dirty"]))
    return statistics.median(resident), statistics.median(own)


def _megabytes(row: str) -> float:
    return int(row.split()[0]) / 1024
