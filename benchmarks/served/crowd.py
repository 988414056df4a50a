"""A thousand clients that all call at the same moment.

`python -m benchmarks.served.crowd [CLIENTS]` prints what each of them was answered.

None may be left without an answer: a call is either answered, or told to come back (503 with
`Retry-After`). Right afterwards the service must answer as before.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from benchmarks.scenarios.bodies import make_bodies
from benchmarks.served.load import serving, write_call
from benchmarks.served.servers import PATH

PATIENCE = 60
NO_ANSWER = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What one client got: the status (0: none), whether it was told when to come back, and after
    how many seconds.
    """

    status: int
    retry_after: bool
    seconds: float


def call_all_at_once(port: int, call: bytes, clients: int) -> list[Answer]:
    """Return what so many clients are answered that connect first and then all send the same
    call.
    """
    return asyncio.run(_call_all_at_once(port, call, clients))


async def _call_all_at_once(port: int, call: bytes, clients: int) -> list[Answer]:
    connections = [await asyncio.open_connection("127.0.0.1", port) for _ in range(clients)]
    return list(
        await asyncio.gather(*(_call(reader, writer, call) for reader, writer in connections))
    )


async def _call(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, call: bytes) -> Answer:
    began, head = time.monotonic(), b""
    with contextlib.suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
        writer.write(call)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
    writer.close()
    status = int(head.split(b" ", 2)[1]) if head else NO_ANSWER
    return Answer(status, b"\r\nretry-after:" in head.lower(), time.monotonic() - began)


def main() -> None:
    """Print how many clients were answered what, how late the last was, and what the next call
    gets.
    """
    clients = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    call = write_call(PATH, make_bodies(20)[0])
    with (
        tempfile.TemporaryDirectory(prefix="b12-cds-crowd-") as folder,
        serving("service", Path(folder), workers=2) as server,
    ):
        for _ in range(3):
            answers = call_all_at_once(server.port, call, clients)
            print(
                describe(answers), describe(call_all_at_once(server.port, call, 1)), sep="\n  then "
            )


def describe(answers: list[Answer]) -> str:
    """Say how many clients were answered what, and how late."""
    statuses = Counter(answer.status for answer in answers)
    counted = ", ".join(
        f"{count} x {status or 'no answer'}" for status, count in sorted(statuses.items())
    )
    untold = sum(answer.status == 503 and not answer.retry_after for answer in answers)
    late = sorted(answer.seconds for answer in answers)
    waits = f"half within {late[len(late) // 2]:.2f} s, all within {late[-1]:.2f} s"
    return f"{len(answers)} at once: {counted}; {waits}; 503 without Retry-After: {untold}"


if __name__ == "__main__":
    main()
