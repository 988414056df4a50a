"""Progress says what is done, and of the rest only when it can be told."""

from __future__ import annotations

import time
from io import StringIO

from population.sources import Progress


def said(done: float, before: float = 0) -> str:
    """Return what is said twenty seconds after the start."""
    stream = StringIO()
    shown = Progress("slice", "MB", 22_000, before, stream)
    shown._started = time.monotonic() - 20
    shown.add(done)
    return stream.getvalue()


def test_nothing_is_said_of_the_rest_before_enough_is_done() -> None:
    assert said(3) == "slice: 3 of 22,000 MB\n"
    assert said(1100, before=1100) == "slice: 2,200 of 22,000 MB, 55 a second, 6 min left\n"
    assert said(2200) == "slice: 2,200 of 22,000 MB, 110 a second, 3 min left\n"
