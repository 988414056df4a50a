"""A worker lets go of what it was sent: memory does not grow with the calls that it answered."""

from __future__ import annotations

from pathlib import Path

from benchmarks.scenarios.bodies import make_bodies
from benchmarks.served.load import drive, memory_of, serving, write_call
from benchmarks.served.servers import PATH

CALLS = 300
MOST_GROWTH_MB = 15
"""The bodies of all calls together are 41 MB."""


def test_the_bodies_of_answered_calls_are_let_go(tmp_path: Path) -> None:
    call = write_call(PATH, make_bodies(200)[1])
    with serving("service", tmp_path) as server:
        drive(server, [call] * 20, connections=4)
        _, before = memory_of(server.pid)
        drive(server, [call] * CALLS, connections=4)
        _, after = memory_of(server.pid)

    assert after - before < MOST_GROWTH_MB
