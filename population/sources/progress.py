"""How far a long command is: one line that is written over on a terminal, plain lines otherwise."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from typing import TextIO

PLAIN_SECONDS = 10.0
"""Between two lines where there is no terminal."""

TERMINAL_SECONDS = 0.2

TELLING_SHARE = 0.01
"""Of the whole; before, a rate says nothing: the processes start, the first pieces are small."""


@dataclass(slots=True)
class Progress:
    """What is done of a whole, its rate, and what remains; `unit` is what is counted ("patients").

    `whole` is 0 where it is not known; then nothing is said of the rest. `before` was done before
    this began, and is no part of the rate.
    """

    what: str
    unit: str
    whole: float = 0
    before: float = 0
    stream: TextIO = field(default_factory=lambda: sys.stderr)
    done: float = 0
    _started: float = field(default_factory=time.monotonic)
    _said: float = 0

    def add(self, amount: float) -> None:
        """Count what was done, and say so where it is time to."""
        self.done += amount
        now = time.monotonic()
        wait = TERMINAL_SECONDS if self.stream.isatty() else PLAIN_SECONDS
        if now - self._said >= wait and now - self._started >= 1:
            self._said = now
            self._say(self._line(now))

    def end(self) -> float:
        """Say how it ended, and return the seconds it took."""
        now = time.monotonic()
        seconds = now - self._started
        rate = self.done / seconds if seconds > 0 else 0
        if self.stream.isatty():
            self.stream.write("\r\033[K")
        words = f"{self.what}: {self.done:,.0f} {self.unit} in {seconds:.1f} s"
        words += f" ({rate:,.0f} a second)"
        if self.before:
            words += f", {self.before:,.0f} were done before"
        print(words, file=self.stream, flush=True)
        return seconds

    def _line(self, now: float) -> str:
        rate = self.done / (now - self._started)
        if not self.whole:
            return f"{self.what}: {self.done:,.0f} {self.unit}, {rate:,.0f} a second"
        so_far = self.before + self.done
        words = f"{self.what}: {so_far:,.0f} of {self.whole:,.0f} {self.unit}"
        if self.done < TELLING_SHARE * self.whole:
            return words
        left = max(0, self.whole - so_far) / rate
        return f"{words}, {rate:,.0f} a second, {_span(left)} left"

    def _say(self, line: str) -> None:
        if self.stream.isatty():
            self.stream.write(f"\r\033[K{line}")
            self.stream.flush()
        else:
            print(line, file=self.stream, flush=True)


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def say_size(size: float) -> str:
    """Return a number of bytes in words: 12.3 MB, 4.5 GB."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:,.0f} {unit}" if unit == "bytes" else f"{size:,.1f} {unit}"
        size /= 1000
    return f"{size:,.1f} TB"
