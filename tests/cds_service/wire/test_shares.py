"""Workers share the connections: none takes most of them while another has few."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from cds_service.telemetry import WorkerCounts
from cds_service.wire.connection import POLITE_SECONDS, POLITE_STEP_SECONDS, let_others_go_first
from tests.cds_service.test_server import PATIENCE, server


@contextmanager
def another_worker(connections: WorkerCounts, number: int) -> Iterator[Callable[[int], None]]:
    """Let another process have so many connections meanwhile, and then as many as it is told."""
    here, there = socket.socketpair()
    child = os.fork()
    if not child:
        for told in iter(lambda: there.recv(1), b""):
            connections.note(told[0], 0)
            there.send(told)
        os._exit(0)

    def tell(connections_of_it: int) -> None:
        here.send(bytes([connections_of_it]))
        assert here.recv(1)

    tell(number)
    try:
        yield tell
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_a_worker_with_more_connections_than_another_leaves_a_new_one_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("cds_service.wire.connection.time.sleep", waited.append)
    monkeypatch.setattr("cds_service.wire.connection.time.monotonic", lambda: sum(waited))
    connections = WorkerCounts()
    connections.note(3, 0)

    let_others_go_first(connections, 3)
    assert connections.least_elsewhere() is None
    assert waited == []  # there is no other
    with another_worker(connections, 2):
        assert connections.least_elsewhere() == 2
        for mine in (1, 2):
            let_others_go_first(connections, mine)
        assert waited == []
        let_others_go_first(connections, 3)
        assert POLITE_SECONDS <= sum(waited) <= POLITE_SECONDS + POLITE_STEP_SECONDS
    assert connections.least_elsewhere() is None  # it is gone


def test_it_waits_no_longer_than_until_the_other_took_it(monkeypatch: pytest.MonkeyPatch) -> None:
    connections = WorkerCounts()
    connections.note(3, 0)
    with another_worker(connections, 2) as tell:
        waited: list[float] = []

        def sleep(seconds: float) -> None:
            waited.append(seconds)
            tell(3)

        monkeypatch.setattr("cds_service.wire.connection.time.sleep", sleep)
        let_others_go_first(connections, 3)

    assert waited == [POLITE_STEP_SECONDS]


def test_connections_come_to_all_workers(tmp_path: Path) -> None:
    with server(tmp_path, "--workers", "2") as (base, process):
        address = ("127.0.0.1", int(base.rsplit(":", 1)[1]))
        before = settled(process.pid)
        with ExitStack() as stack:
            for _ in range(12):
                one = stack.enter_context(socket.create_connection(address))
                one.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
                assert one.recv(12) == b"HTTP/1.1 200"  # and is kept from now on
            after = settled(process.pid)

    assert sum(after) == sum(before) + 12
    assert min(now - then for now, then in zip(after, before, strict=True)) >= 3, (before, after)


def settled(main: int) -> list[int]:
    """Return the sockets of two workers once they have been the same for a second."""
    deadline, seen = time.monotonic() + PATIENCE, [sockets_of(main)]
    while len(seen[-1]) < 2 or len(seen) < 10 or any(one != seen[-1] for one in seen[-10:]):
        assert time.monotonic() < deadline, seen[-10:]
        time.sleep(0.1)
        seen.append(sockets_of(main))
    return seen[-1]


def sockets_of(main: int) -> list[int]:
    """Return how many sockets each worker of a server has."""
    workers = Path(f"/proc/{main}/task/{main}/children").read_text().split()
    return [sum(map(is_socket, Path(f"/proc/{one}/fd").iterdir())) for one in workers]


def is_socket(descriptor: Path) -> bool:
    try:
        return descriptor.readlink().name.startswith("socket:")
    except FileNotFoundError:  # closed meanwhile
        return False
