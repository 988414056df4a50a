"""What work costs, in turns of a plain loop that runs beside it: a ratio, which is about the same
on a fast machine, a slow one, and one that has much else to do.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from typing import TypeVar

Given = TypeVar("Given")

TURNS = 300_000
"""Of the loop that is measured: some ten milliseconds, the least of three."""


def turns_of(work: Callable[[], Given]) -> tuple[Given, int]:
    """Return what the work gives, and in how many turns of a plain loop it is done, by processor
    time; garbage that the tests before left is not collected in it.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        loop = min(_loop() for _ in range(3))
        started = time.process_time()
        given = work()
        return given, round((time.process_time() - started) / loop * TURNS)
    finally:
        if collects:
            gc.enable()


def _loop() -> float:
    started = time.process_time()
    for _ in range(TURNS):
        pass
    return time.process_time() - started
