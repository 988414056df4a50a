"""In which files a process counts: those of a number that is its own while it lives. Who comes
after it takes the number and counts on in them, so that a service that reads its site file again
and again, or whose workers are killed, never has more files than processes at a time.
"""

from __future__ import annotations

import fcntl
import itertools
import os
from pathlib import Path


class MetricFiles:
    """The numbers of one folder. Each is held by a lock that the system lets go of when its process
    ends, however it ends.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = 0
        self._number = 0
        self._held: int | None = None

    def number(self) -> int:
        """Return the number of this process, the lowest that nobody held when it first asked.

        Raises:
            OSError: the folder cannot be written, or locks nothing.
        """
        if self._process != os.getpid():
            self._take()
        return self._number

    def _take(self) -> None:
        if self._held is not None:  # of the process that this one was forked from, which keeps it
            os.close(self._held)
        for number in itertools.count():
            held = os.open(self._folder / f"held-{number}", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(held)
                continue
            self._held, self._number, self._process = held, number, os.getpid()
            return
