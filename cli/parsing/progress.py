"""How far a command is that takes longer than a second: one line of a terminal, written over."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

QUIET_SECONDS = 1.0
"""What is done within them needs no word."""

LOOK_SECONDS = 0.2

_CLEAR = "\r\033[K"


def counted(items: Iterable[Item], unit: str, whole: int = 0) -> Iterator[Item]:
    """Yield the items; on a terminal say how many are done, and wipe it off at the end.

    Args:
        whole: how many there are; 0 where that is not known.
    """
    if not sys.stderr.isatty():
        yield from items
        return
    began = said = time.monotonic()
    done = 0
    try:
        for item in items:
            yield item
            done += 1
            now = time.monotonic()
            if now - began >= QUIET_SECONDS and now - said >= LOOK_SECONDS:
                said = now
                of = f" of {whole}" if whole else ""
                print(f"{_CLEAR}{done}{of} {unit} ...", end="", file=sys.stderr, flush=True)
    finally:
        if said != began:
            print(_CLEAR, end="", file=sys.stderr, flush=True)
