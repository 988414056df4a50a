"""One connection: a socket that never makes anybody wait, what came on it, and by when something
must happen.
"""

from __future__ import annotations

import enum
import io
import selectors
import socket
import struct
import time
from contextlib import suppress
from typing import Any

from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn

from cds_service.telemetry import WorkerCounts
from cds_service.wire.incoming import Incoming

PIECE = 262_144
"""Bytes that are read at once."""

LONGEST_READ_SECONDS = 1
"""How long a thread waits for bytes that should be there already: none are waited for, unless the
server's parser reads a request otherwise than `Incoming`.
"""


HEAD_SECONDS = 5.0
"""From the first byte of a request, or the connection, to the end of its headers (R183)."""

BODY_SECONDS = 10.0
"""From the end of the headers to the end of the body (R183)."""

SENT_SECONDS = 60.0
"""How long a client may take to read an answer, such as a long page on a slow line; until then it
costs memory and no thread.
"""

CLOSED_SECONDS = 2.0
"""How long what a client still sends is thrown away, so that it can read why it was refused."""

POLITE_SECONDS = 0.006
"""How long a worker that has more connections than another leaves a new one to that: longer than
the 5 ms that its loop may wait for the interpreter while a call is decided.
"""

POLITE_STEP_SECONDS = 0.0005


class Phase(enum.Enum):
    """What a connection waits for."""

    REQUEST = "a request, or the rest of one"
    ANSWER = "its answer"
    SENT = "the client to take the answer"
    CLOSED = "the client to close"


EVENTS = {
    Phase.REQUEST: selectors.EVENT_READ,
    Phase.SENT: selectors.EVENT_WRITE,
    Phase.CLOSED: selectors.EVENT_READ,
}
"""What the loop waits for in a phase."""


class PatientSocket:
    """A socket whose writers never wait: what is written is kept in `unsent` until `flush` sends as
    much as the client takes. Head and body of an answer leave together so.

    Everything else is as the socket has it.
    """

    def __init__(self, inner: socket.socket) -> None:
        self._inner = inner
        self.unsent = bytearray()
        inner.setsockopt(
            socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", LONGEST_READ_SECONDS, 0)
        )

    def sendall(self, data: bytes) -> None:
        """Keep what is to be sent."""
        self.unsent += data

    def send(self, data: bytes) -> int:
        """As `sendall`."""
        self.unsent += data
        return len(data)

    def flush(self) -> bool:
        """Send what is kept as far as the client takes it; return whether all of it is sent.

        Raises: OSError when the client is gone.
        """
        with suppress(BlockingIOError):
            while self.unsent:
                piece = bytes(self.unsent[:PIECE])
                del self.unsent[: self._inner.send(piece, socket.MSG_DONTWAIT)]
        return not self.unsent

    def fileno(self) -> int:
        return self._inner.fileno()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class Connection(TConn):  # type: ignore[misc]  # gunicorn has no types
    """A connection as the worker keeps it. `deadline` is on the clock of `time.monotonic`; `keeps`
    says whether another request may follow, `gone` that the client
    is not there any more, `watched` for which events the loop waits (0: none).
    """

    sock: PatientSocket

    def __init__(
        self, cfg: Any, inner: socket.socket, client: Any, server: Any, longest_body: int
    ) -> None:
        super().__init__(cfg, PatientSocket(inner), client, server)
        self.incoming = Incoming(longest_body)
        self.phase = Phase.REQUEST
        self.deadline = 0.0
        self.keeps = False
        self.gone = False
        self.watched = 0
        self.unreader = SocketUnreader(self.sock)
        self.requests = 0

    def init(self) -> None:
        """Let the parser wait for what should be there, until the first answer."""
        if not self.requests:
            self.sock.setblocking(True)
        self.requests += 1

    @property
    def reads_ahead(self) -> bool:
        """Whether bytes of the next request are here already."""
        return bool(len(self.incoming) or self.unreader.buf.getvalue())


class WholeBody(io.BytesIO):
    """The body of a request, which is there already. `is_read` says whether anybody looked at it to
    its end.
    """

    def __init__(self, body: bytes) -> None:
        super().__init__(body)
        self._length = len(body)

    @property
    def is_read(self) -> bool:
        return self.tell() >= self._length


def let_others_go_first(connections: WorkerCounts, mine: int) -> None:
    """Wait a moment while another worker has fewer connections: all heard of the new one, and kept
    connections stay where they came. Of eight that one worker of two has, each call waits twice as
    long as with four and four.
    """
    until = time.monotonic() + POLITE_SECONDS
    while (least := connections.least_elsewhere()) is not None and least < mine:
        if time.monotonic() >= until:
            return
        time.sleep(POLITE_STEP_SECONDS)
