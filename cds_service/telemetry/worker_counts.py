"""How many decisions wait and how many were lost, over all workers of a service, and how many
connections each has: memory that they share, so that each can say it of all.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import threading
from typing import NamedTuple

SLOTS = 256
"""Workers that are told apart at a time; a slot is used again when its worker is gone."""

_SLOT = struct.Struct("qqq")


class Counts(NamedTuple):
    """Decisions that wait to be written, and decisions that will never be."""

    waiting: int
    lost: int


class WorkerCounts:
    """A slot for each worker: its process id, how many wait, how many were lost. It is made before
    workers are forked, and each takes a slot of its own when it first has something to say.

    What waited in a worker that was killed is lost.
    """

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, SLOTS * _SLOT.size)
        self._taking = threading.Lock()
        self._process = 0
        self._slot = 0
        self._lost_before = 0

    def note(self, waiting: int, lost: int) -> None:
        """Say how many wait and were lost in this process."""
        if self._process != os.getpid():
            self._take_slot()
        self._write(waiting, self._lost_before + lost)

    def totals(self) -> Counts:
        """Return the counts of all workers together, with those that are gone."""
        waiting = lost = 0
        for process, waits, gone in self._slots():
            lives = _lives(process)
            waiting += waits if lives else 0
            lost += gone if lives else gone + waits
        return Counts(waiting, lost)

    def least_elsewhere(self) -> int | None:
        """Return the fewest that wait in another worker; None where there is no other."""
        others = (
            waits
            for process, waits, _ in self._slots()
            if process != self._process and _lives(process)
        )
        return min(others, default=None)

    def _take_slot(self) -> None:
        """Take a slot that no living process has, one thread of one process at a time: of two that
        begin at once both had looked before either took. Of processes a file tells whose turn it
        is, that each of them can open.
        """
        own = os.getpid()
        with self._taking, open(__file__, "rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            if self._process == own:
                return
            for slot, (process, waits, gone) in enumerate(self._slots()):
                if not _lives(process) or process == own:
                    self._slot, self._lost_before = slot, waits + gone
                    break
            self._process = own
            self._write(0, self._lost_before)

    def _slots(self) -> list[tuple[int, ...]]:
        return list(_SLOT.iter_unpack(self._shared[:]))

    def _write(self, waiting: int, lost: int) -> None:
        _SLOT.pack_into(self._shared, self._slot * _SLOT.size, self._process, waiting, lost)


def _lives(process: int) -> bool:
    """Return whether a process runs; the first slots have none yet."""
    if not process:
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
