"""The worker: one loop waits for all connections, threads answer requests that are whole.

gunicorn's threaded worker gives a thread to each connection on which something came, and the thread
waits for the rest; a few dozen half-sent requests take all threads, health checks with them. Here a
request is read whole by the loop, within a time, before a thread hears of it, and what a client is
slow to take is written by the loop too.

Source: R183, R184, R186.
"""

from __future__ import annotations

import errno
import socket
import time
from collections import deque
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, ThreadWorker

from cds_service.protocol import Problem
from cds_service.wire.answer import answer_one, refusal
from cds_service.wire.connection import (
    BODY_SECONDS,
    CLOSED_SECONDS,
    EVENTS,
    HEAD_SECONDS,
    PIECE,
    SENT_SECONDS,
    Connection,
    Phase,
    let_others_go_first,
)
from cds_service.wire.incoming import Incoming, State
from cds_service.wire.refusals import too_slow
from cds_service.wire.settled import Settled
from cds_service.wire.threads import LATE_SECONDS, Threads

SWEEP_SECONDS = 0.25
TELL_SECONDS = 1.0
MOST_BYTES = 268_435_456
"""Bytes of requests that are not whole yet, of all connections of a worker together."""

NO_MORE_FILES = (errno.EMFILE, errno.ENFILE)


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's threaded worker, but for who waits for clients."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cfg: Any = Settled(vars(self)["cfg"])
        self._open: set[Connection] = set()
        self._bytes = 0
        self._piece = memoryview(bytearray(PIECE))  # what the loop reads last
        self._swept = 0.0
        self._longest_body: int = self.app.longest_body
        self._answered: deque[Connection] = deque()
        self._told = 0.0

    def get_thread_pool(self) -> Threads[Connection]:
        """Return the threads that answer."""
        return Threads(self._answer, self.cfg.threads)

    def notify(self) -> None:
        """Tell the main process that the loop turns: once in so many seconds, not at each turn."""
        now = time.monotonic()
        if now - self._told >= TELL_SECONDS:
            self._told = now
            super().notify()

    def accept(self, listener: Any) -> None:
        """Take a connection; when there are too many, the one that waited longest makes room."""
        if self.cfg.workers > 1:
            let_others_go_first(self.app.connections, self.nr_conns)
        try:
            inner, client = listener.accept()
        except OSError as error:
            if error.errno in NO_MORE_FILES:
                self._make_room()
            elif error.errno not in (errno.EAGAIN, errno.ECONNABORTED):
                raise
            return
        server = listener.getsockname()
        connection = Connection(self.cfg, inner, client, server, self._longest_body)
        self._open.add(connection)
        self._count_connections(1)
        self._watch(connection, Phase.REQUEST, HEAD_SECONDS)
        if self.nr_conns >= self.worker_connections:
            self._make_room()

    def _count_connections(self, change: int) -> None:
        self.nr_conns += change
        self.app.connections.note(self.nr_conns, 0)

    def _make_room(self) -> None:
        """Close the connection that waited longest: one without a request, if there is any."""
        unfinished = [one for one in self._open if one.phase is Phase.REQUEST]
        idle = [one for one in unfinished if one.incoming.state is State.IDLE]
        oldest = min(idle or unfinished, key=lambda one: one.deadline, default=None)
        if oldest is not None:
            self._drop(oldest)

    def _watch(self, connection: Connection, phase: Phase, seconds: float) -> None:
        """Wait for what a phase waits for, so long at most."""
        connection.phase = phase
        connection.deadline = time.monotonic() + seconds
        events = EVENTS[phase]
        if connection.watched != events:
            self._unwatch(connection)
            self.poller.register(connection.sock, events, partial(self._on_event, connection))
            connection.watched = events

    def _unwatch(self, connection: Connection) -> None:
        if connection.watched:
            connection.watched = 0
            self.poller.unregister(connection.sock)

    def _on_event(self, connection: Connection, _: Any = None) -> None:
        """Go on with a connection, unless it was closed since the loop heard of it."""
        if connection not in self._open:
            return
        try:
            match connection.phase:
                case Phase.REQUEST:
                    self._read(connection)
                case Phase.ANSWER:  # the next request comes already: it is read afterwards
                    self._unwatch(connection)
                case Phase.SENT:
                    self._write(connection)
                case Phase.CLOSED:
                    self._throw_away(connection)
        except BlockingIOError:
            pass  # nothing is there yet after all
        except OSError:
            self._drop(connection)

    def _drop(self, connection: Connection) -> None:
        """Close a connection at once."""
        if connection in self._open:
            self._open.remove(connection)
            self._unwatch(connection)
            self._forget_bytes(connection)
            self._count_connections(-1)
            connection.close()

    def _forget_bytes(self, connection: Connection) -> None:
        self._bytes -= len(connection.incoming)
        connection.incoming = Incoming(self._longest_body)

    def _read(self, connection: Connection) -> None:
        """Read what came; hand the request over when it is whole."""
        length = connection.sock.recv_into(self._piece)
        if not length:
            self._read_end(connection)
            return
        incoming = connection.incoming
        before = incoming.state
        state = incoming.add(self._piece[:length])
        self._bytes += length
        if before is State.IDLE:
            connection.deadline = time.monotonic() + HEAD_SECONDS
        self._look_at(connection, state, before)

    def _read_end(self, connection: Connection) -> None:
        """The client sends no more: in the middle of a body it is told that it is not whole."""
        if connection.incoming.state is State.BODY:
            self._hand_over(connection)
        else:
            self._drop(connection)

    def _look_at(self, connection: Connection, state: State, before: State) -> None:
        """Do what has to be done when more of a request came."""
        incoming = connection.incoming
        if state is State.WHOLE:
            self._hand_over(connection)
        elif incoming.refusal is not None:
            self._refuse(connection, incoming.refusal)
        elif self._bytes > MOST_BYTES:
            text = "Too much is being sent at once. Please send this again later."
            self._refuse(connection, Problem(503, "throttled", text, {"Retry-After": "1"}))
        elif state is State.BODY and before is not State.BODY:
            connection.deadline = time.monotonic() + BODY_SECONDS
            if incoming.expects_continue:
                connection.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                connection.sock.flush()

    def _hand_over(self, connection: Connection) -> None:
        self._bytes -= len(connection.incoming)
        connection.phase = Phase.ANSWER
        self.tpool.submit(connection)

    def _answer(self, connection: Connection) -> None:
        """Answer one request that is whole, in a thread, and give the connection back. One that
        waits for its next request need not wake the loop: that request will.
        """
        try:
            connection.keeps = answer_one(connection, self.app, self.wsgi, not self.alive)
            connection.sock.flush()
        except Exception:  # noqa: BLE001 - the client is gone
            connection.keeps, connection.gone = False, True
        wants_more = not connection.keeps or connection.sock.unsent or connection.reads_ahead
        self._answered.append(connection)
        if wants_more or not connection.watched or not self.alive:  # looked up after it was given
            self.method_queue.defer(int)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Wait for events and do what each asks for; connections come back before and after it."""
        self._take_back()
        events = self.poller.select(LATE_SECONDS if self.tpool.help_what_is_late() else timeout)
        self._take_back()
        for key, _ in events:
            key.data(key.fileobj)

    def _take_back(self) -> None:
        """Go on with the connections whose request was answered."""
        while self._answered:
            connection = self._answered.popleft()
            if connection.requests == 1:
                connection.sock.setblocking(False)
            if connection.gone:
                self._drop(connection)
            elif connection.sock.unsent:
                self._watch(connection, Phase.SENT, SENT_SECONDS)
            else:
                self._go_on(connection)

    def _write(self, connection: Connection) -> None:
        if connection.sock.flush():
            self._go_on(connection)

    def _go_on(self, connection: Connection) -> None:
        """Wait for the next request, or let the client close."""
        if not connection.keeps:
            self._let_close(connection)
            return
        seconds = self.cfg.keepalive if self.alive else STOP_KEEPALIVE_LINGER
        self._watch(connection, Phase.REQUEST, seconds)
        incoming = connection.incoming
        read_ahead = connection.unreader.take_buffered()
        if read_ahead or len(incoming):
            incoming.add(read_ahead)
            self._bytes += len(incoming)
            connection.deadline = time.monotonic() + HEAD_SECONDS
            self._look_at(connection, incoming.state, State.IDLE)

    def _refuse(self, connection: Connection, problem: Problem) -> None:
        """Answer what cannot be read, and close."""
        head = connection.incoming.head
        self._forget_bytes(connection)
        connection.keeps = False
        connection.sock.sendall(refusal(self.app, head, problem))
        with suppress(OSError):
            connection.sock.flush()
        self._go_on(connection)

    def _let_close(self, connection: Connection) -> None:
        """Say that nothing more is sent, and throw away what still comes for a moment, so that the
        answer is not lost to a reset (RFC 9112 section 9.6).
        """
        try:
            connection.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._drop(connection)
        else:
            self._watch(connection, Phase.CLOSED, CLOSED_SECONDS)

    def _throw_away(self, connection: Connection) -> None:
        if not connection.sock.recv(PIECE):
            self._drop(connection)

    def murder_pending(self) -> None:
        """Look after the connections whose time is over; called by the loop again and again."""
        now = time.monotonic()
        if now - self._swept < SWEEP_SECONDS:
            return
        self._swept = now
        for connection in [one for one in self._open if one.deadline <= now]:
            if connection.phase is Phase.REQUEST:
                self._on_event(connection)  # what came while the loop was busy is not late
            if connection.deadline <= now:
                self._give_up(connection)

    def _give_up(self, connection: Connection) -> None:
        """End the connection of a client that was too slow; threads are left their time."""
        state = connection.incoming.state
        if connection.phase is Phase.REQUEST and state is not State.IDLE:
            part = "head" if state is State.HEAD else "body"
            self._refuse(connection, too_slow(f"{part} of the request"))
        elif connection.phase is not Phase.ANSWER:
            self._drop(connection)

    def _cap_keepalive(self, deadline: float) -> None:
        """Close connections without a request by then: the worker stops."""
        for connection in self._open:
            if connection.incoming.state is State.IDLE:
                connection.deadline = min(connection.deadline, deadline)
